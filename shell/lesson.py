"""The page of a lesson: the same sections in the same order for all of them.

A page file says which lesson, and brings the section that only this lesson has.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st

from explainers.core.dims import DimsBase
from explainers.core.explainer import Explainer
from explainers.core.registry import find_explainer
from explainers.core.results import Explanation
from explainers.core.words import listed
from shell import components, dims_state, engine, predict_first
from shell.frame import foot
from shell.page import Page, Section
from shell.prose import painted
from shell.sections.break_it import BREAK_IT
from shell.sections.calls import CALLS
from shell.sections.compare import COMPARE
from shell.sections.concrete import CONCRETE
from shell.sections.export import EXPORT
from shell.sections.failure import FAILURE
from shell.sections.flow import FLOW
from shell.sections.parameters import PARAMETERS
from shell.sections.practise import PRACTISE
from shell.sections.predict import PREDICT, still_hidden
from shell.sections.take_away import TAKE_AWAY
from views import controls
from views.markup import verbatim
from workers.pool import WorkerError

LATER = "What does each layer make of the shape? Predict it step by step; the answer stands here when you are through."

OwnSection = Callable[[Explanation], None]

FIRST = (FLOW, PREDICT, FAILURE)
THEN = (PARAMETERS, CALLS, CONCRETE, BREAK_IT, COMPARE, TAKE_AWAY, EXPORT, PRACTISE)


def lesson_page(name: str, own_section: OwnSection | None = None) -> None:
    """Draw one lesson. `own_section` draws what only this lesson has, right after the shape flow."""
    explainer = find_explainer(name)
    chosen = dims_state.read(explainer)
    heading, corner = st.columns([5, 1], vertical_alignment="center")
    heading.title(explainer.question, anchor=False)
    with corner.container(horizontal_alignment="right"):
        predicting = predict_first.switch()
    answer = st.empty()
    for notice in chosen.notices:
        st.warning(verbatim(notice))
    left, right = st.columns([1, 3.3], gap="large")
    with left:
        _controls(explainer, chosen)
    with right:
        explanation = _ask(explainer, chosen)
        if explanation is not None:
            page = _page(explainer, chosen.dims, explanation, predicting)
            answer.markdown(LATER if page.hidden else painted(explanation.answer))
            _draw_all(sections(own_section), page)
    foot()


def sections(own_section: OwnSection | None) -> tuple[Section, ...]:
    """All sections in the order of the page."""
    own = () if own_section is None else (Section("own", "", lambda page: own_section(page.explanation)),)
    return (*FIRST, *own, *THEN)


def _page(explainer: Explainer[Any], dims: DimsBase, explanation: Explanation, predicting: bool) -> Page:
    page = Page(explainer, dims, explanation, predicting)
    if not predicting:
        return page
    return replace(page, hidden=still_hidden(page.name, page.texts, page.found))


def _draw_all(every: tuple[Section, ...], page: Page) -> None:
    """Sections that would give away what is still to be predicted wait, and are named."""
    wanted = [section for section in every if section.wanted(page)]
    waiting = [section for section in wanted if page.hidden and not section.hides]
    for section in wanted:
        if section not in waiting:
            _draw(section, page)
    titles = [section.title for section in waiting if section.title]
    if waiting:
        st.caption(f"{listed(titles) or 'The rest'} will stand here when you have predicted or skipped every step.")


def _draw(section: Section, page: Page) -> None:
    if section.title:
        st.header(section.title, anchor=section.name)
    section.draw(page)


def _controls(explainer: Explainer[Any], chosen: dims_state.Chosen) -> None:
    key = f"controls:{explainer.name}"

    def changed() -> None:
        texts = st.session_state[key].get("values")
        if isinstance(texts, dict):
            dims_state.change(explainer, texts)

    def preset() -> None:
        wanted = st.session_state[key].get("preset")
        for entry in explainer.presets:
            if entry.name == wanted:
                dims_state.apply(explainer, dict(entry.dims), start_over=True)

    data = controls.data(
        explainer.dims.specs(),
        chosen.dims.values(),
        explainer.presets,
        chosen.problems,
        hidden=explainer.unused(chosen.dims),
    )
    components.controls(data, key, on_change=changed, on_preset=preset)


def _ask(explainer: Explainer[Any], chosen: dims_state.Chosen) -> Explanation | None:
    """The engine's answer; while Keras is still loading the page is there and says so."""
    waiting = st.empty()
    if not engine.state().ready:
        waiting.info(
            "Keras is starting on this server (a few seconds, once). The page is ready and fills in by itself."
        )
    try:
        explanation = engine.explanation(explainer.name, dims_state.texts_of(chosen.dims))
    except WorkerError as error:
        waiting.error(error.sentence)
        st.button("Try again", key=f"again:{explainer.name}")
        return None
    waiting.empty()
    return explanation
