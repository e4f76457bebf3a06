"""The page of a lesson: the same sections in the same order for all of them.

`shell.pages` makes one for every lesson; a file in pages/ does where it brings a section that a view can't describe.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explainers.core.dims import DimsBase, DimSpec, Value
from explainers.core.explainer import Explainer
from explainers.core.registry import find_explainer
from explainers.core.results import Explanation, Structure
from explainers.core.words import listed
from shell import components, dims_state, engine, hiding, on_screen, predict_first, projector, rail, waiting
from shell.frame import beside_controls, foot
from shell.page import Page, Section
from shell.prose import painted
from shell.sections.break_it import BREAK_IT
from shell.sections.calls import CALLS
from shell.sections.compare import COMPARE
from shell.sections.concrete import CONCRETE
from shell.sections.failure import FAILURE
from shell.sections.flow import FLOW
from shell.sections.own import section_of
from shell.sections.parameters import PARAMETERS
from shell.sections.practise import PRACTISE
from shell.sections.predict import PREDICT, still_hidden
from shell.sections.take_away import TAKE_AWAY
from views import controls
from views.classroom import OWN, Hidden, fixed, turned, usable
from views.markup import unbroken, verbatim
from views.search import AT

LATER = "How does each layer change the shape? Predict it step by step. The answer appears here when you have finished."

OwnSection = Callable[[Explanation], None]

FIRST = (FLOW, PREDICT, FAILURE)
THEN = (PARAMETERS, CALLS, CONCRETE, BREAK_IT, COMPARE, TAKE_AWAY, PRACTISE)

EMBEDDED = FIRST  # what the suggested frame in another page has room for


@dataclass(frozen=True)
class _Frame:
    """What is the same on a page to read and on a projector's: the lesson, its dims, what is hidden, what is drawn."""

    explainer: Explainer[Any]
    chosen: dims_state.Chosen
    hidden: Hidden
    sections: tuple[Section, ...]
    predicting: bool

    def ask(self) -> Page | None:
        """The lesson as the engine answers it just now; None where it doesn't, and says so."""
        structure = _ask(self.explainer, self.chosen)
        if structure is None:
            return None
        return _page(self.explainer, self.chosen.dims, structure, self.predicting, self.hidden)


def lesson_page(name: str, own_section: OwnSection | None = None) -> None:
    """Draw one lesson. `own_section` draws what only this lesson has, where its view can't say it as plain parts."""
    explainer = find_explainer(name)
    chosen = dims_state.read(explainer)
    every = sections(explainer, own_section)
    projected = projector.is_on()
    if projected:
        projector.style()
    heading = st.container()
    hidden = hiding.read(explainer, every)
    with heading:
        predicting = _heading(explainer.asks(chosen.dims), hidden, projected)
        sentence = st.container(key="sentence")  # not `st.empty`, which would be empty until the next reply is there
    if not projected:
        hiding.note(explainer, hidden)
    for notice in chosen.notices:
        st.warning(verbatim(notice))
    shown = tuple(section for section in every if hidden.shows(section.name))
    draw = _slides if projected else _columns
    draw(_Frame(explainer, chosen, hidden, shown, predicting), sentence)


def _heading(question: str, hidden: Hidden, projected: bool) -> bool:
    """The question and the switch; returns whether it is on. A page around this one has a title of its own."""
    switched = not hidden.answers and not hidden.asking
    if projected:
        st.title(unbroken(question), anchor=False)
        return predict_first.is_on() if switched else hidden.answers
    heading, corner = st.columns([5, 1], vertical_alignment="center")
    (heading.header if st.context.is_embedded else heading.title)(unbroken(question), anchor=False)
    with corner.container(horizontal_alignment="right", key="switch"):
        return predict_first.switch() if switched else hidden.answers


def _sentence(page: Page) -> str:
    """What answers the question at these dims, unless it would give away what is still to be predicted."""
    return LATER if page.hidden else painted(page.explanation.sentence)


def _columns(frame: _Frame, sentence: DeltaGenerator) -> None:
    """A page to read: the dims on the left, all sections on the right."""
    right = st.container()
    if not frame.hidden.controls:
        left, right = beside_controls()
        with left:
            _controls(frame.explainer, frame.chosen, frame.hidden)
    with right:
        rail.draw()
        page = frame.ask()
        if page is not None:
            sentence.markdown(_sentence(page))
            _draw_as_fits(frame.sections, page)
    if AT in st.query_params:
        components.go_to(_heading_of(st.query_params[AT], frame.sections))
    foot(all_live=True)


def _heading_of(place: str, every: Sequence[Section]) -> str:
    """The id of the heading that a link leads to: a part of a section is found under the section's."""
    return next((section.name for section in every if place in section.parts), place)


def _slides(frame: _Frame, sentence: DeltaGenerator) -> None:
    """One section at a time, in large type; the dims are folded away below it."""
    page = frame.ask()
    if page is not None:
        shown, waiting = _parted(frame.sections, page)
        if shown:
            section = projector.choose(shown, _knobs(frame))
            if section is shown[0]:
                st.markdown(_sentence(page))
            section.draw(page)
        _later(waiting, page)
    if not frame.hidden.controls:
        with st.expander("Change dims", key=f"projector:dims:{frame.explainer.name}"):
            _controls(frame.explainer, frame.chosen, frame.hidden)


def _knobs(frame: _Frame) -> list[projector.Knob]:
    """The dims that a presenter may change by keys: those that count here and that the link doesn't hide."""
    if frame.hidden.controls:
        return []
    away = {*frame.explainer.unused(frame.chosen.dims), *frame.hidden.dims}
    values = frame.chosen.dims.values()
    there = [spec for spec in frame.explainer.dims.specs() if spec.name not in away and not spec.advanced]
    there.sort(key=lambda spec: values[spec.name] is None)  # what is open comes last
    return [_knob(frame, spec, values[spec.name]) for spec in there]


def _knob(frame: _Frame, spec: DimSpec, value: Value) -> projector.Knob:
    def turn(by: int) -> None:
        dims_state.change(frame.explainer, {spec.name: turned(spec, value, by)})

    return projector.Knob(f"{spec.name} {value}", turn)


def sections(explainer: Explainer[Any], own_section: OwnSection | None = None) -> tuple[Section, ...]:
    """All sections in the order of the page."""
    return (*FIRST, *_own(explainer, own_section), *THEN)


def _own(explainer: Explainer[Any], own_section: OwnSection | None) -> tuple[Section, ...]:
    if own_section is not None:
        return (Section(OWN, "", lambda page: own_section(page.explanation)),)
    return (section_of(explainer.picture),) if explainer.picture else ()


def _page(explainer: Explainer[Any], dims: DimsBase, structure: Structure, predicting: bool, hidden: Hidden) -> Page:
    held = fixed(explainer.dims.specs(), hidden)
    page = Page(
        explainer,
        dims,
        structure.explanation,
        structure.cells,
        predicting,
        must_guess=hidden.answers,
        fixed=held,
        left_out=hidden.sections,
    )
    if not predicting:
        return page
    return replace(page, hidden=still_hidden(page.name, page.texts, page.found))


def _draw_as_fits(every: Sequence[Section], page: Page) -> None:
    """All sections; within another page the figure that answers the question, and the rest behind one click."""
    if not st.context.is_embedded or page.hidden or AT in st.query_params:
        _draw_all(every, page)
        return
    _draw_all([section for section in every if section in EMBEDDED], page)
    rest = [section for section in every if section not in EMBEDDED and section.wanted(page)]
    if rest:
        folded = st.expander("More about this model", key=f"rest:{page.name}", on_change="rerun")
        if folded.open:
            with folded:
                _draw_all(rest, page)


def _draw_all(every: Sequence[Section], page: Page) -> None:
    """Sections that would give away what is still to be predicted wait, and are named."""
    shown, waiting = _parted(every, page)
    left = [_draw(section, page) for section in shown]
    _later(waiting, page)
    for fill in left:
        fill()


def _parted(every: Sequence[Section], page: Page) -> tuple[list[Section], list[Section]]:
    """The sections to show now, and those that wait."""
    wanted = [section for section in every if section.wanted(page)]
    waiting = [section for section in wanted if page.hidden and not section.hides]
    return [section for section in wanted if section not in waiting], waiting


def _later(waiting: Sequence[Section], page: Page) -> None:
    if waiting:
        titles = [section.title for section in waiting if section.title]
        done = "predicted" if page.must_guess else "predicted or skipped"
        st.caption(f"{listed(titles) or 'The rest'} will appear here when you have {done} every step.")


def _draw(section: Section, page: Page) -> Callable[[], None]:
    """Draw it now; or, if it asks for more, keep its place and return what draws it there."""
    if section.title:
        st.header(section.title, anchor=section.name)
    if section.later(page):
        return on_screen.place(section, page)
    section.draw(page)
    return lambda: None


def _controls(explainer: Explainer[Any], chosen: dims_state.Chosen, hidden: Hidden) -> None:
    """The column of dims. What the link hides stays as the link says, whatever is clicked here."""
    key = f"controls:{explainer.name}"
    presets = usable(explainer.presets, explainer.dims.specs(), chosen.dims, hidden)

    def changed() -> None:
        texts = components.typed(key)
        if texts is not None:
            dims_state.change(explainer, {name: text for name, text in texts.items() if name not in hidden.dims})

    def preset() -> None:
        wanted = st.session_state[key].get("preset")
        for entry in presets:
            if entry.name == wanted:
                dims_state.apply(explainer, dict(entry.dims), start_over=True)

    data = controls.data(
        explainer.dims.specs(),
        chosen.dims.values(),
        presets,
        chosen.problems,
        hidden={*explainer.unused(chosen.dims), *hidden.dims},
    )
    components.controls(data, key, on_change=changed, on_preset=preset)


def _ask(explainer: Explainer[Any], chosen: dims_state.Chosen) -> Structure | None:
    """The engine's reply; while Keras is still loading, or others come first, the page is there and says so."""
    ask = partial(engine.structure, explainer.name, dims_state.texts_of(chosen.dims))
    structure = waiting.asked(ask, where=explainer.name)
    if structure is None:
        st.button("Try again", key=f"again:{explainer.name}")
    return structure
