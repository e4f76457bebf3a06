"""The page of a lesson: the same sections in the same order for all of them.

A page file says which lesson, and brings the section that only this lesson has.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from explainers.core.explainer import Explainer
from explainers.core.registry import find_explainer
from explainers.core.results import Explanation
from shell import components, dims_state, engine
from shell.frame import foot
from shell.page import Page, Section
from shell.prose import painted
from shell.sections.break_it import BREAK_IT
from shell.sections.calls import CALLS
from shell.sections.failure import FAILURE
from shell.sections.flow import FLOW
from shell.sections.parameters import PARAMETERS
from shell.sections.take_away import TAKE_AWAY
from views import controls
from workers.pool import WorkerError

OwnSection = Callable[[Explanation], None]

FIRST = (FLOW, FAILURE)
THEN = (PARAMETERS, CALLS, BREAK_IT, TAKE_AWAY)


def lesson_page(name: str, own_section: OwnSection | None = None) -> None:
    """Draw one lesson. `own_section` draws what only this lesson has, right after the shape flow."""
    explainer = find_explainer(name)
    chosen = dims_state.read(explainer)
    st.title(explainer.question, anchor=False)
    answer = st.empty()
    for notice in chosen.notices:
        st.warning(notice)
    left, right = st.columns([1, 3.3], gap="large")
    with left:
        _controls(explainer, chosen)
    with right:
        explanation = _ask(explainer, chosen, answer)
        if explanation is not None:
            for section in sections(own_section):
                _draw(section, Page(explainer, chosen.dims, explanation))
    foot()


def sections(own_section: OwnSection | None) -> tuple[Section, ...]:
    """All sections in the order of the page."""
    own = () if own_section is None else (Section("own", "", lambda page: own_section(page.explanation)),)
    return (*FIRST, *own, *THEN)


def _draw(section: Section, page: Page) -> None:
    if not section.wanted(page):
        return
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


def _ask(explainer: Explainer[Any], chosen: dims_state.Chosen, answer: Any) -> Explanation | None:
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
    answer.markdown(painted(explanation.answer))
    return explanation
