"""The home page: one input that takes anything, a live example to drag, what is your own, one card per lesson."""

from __future__ import annotations

from functools import partial

import streamlit as st

from explainers.core.dims import DimsBase
from explainers.core.explainer import GROUPS
from explainers.core.registry import all_explainers, find_explainer
from explainers.core.results import Inspection
from shell import components, engine, links, waiting
from shell.beginnings import EXAMPLE, EXAMPLE_DIMS
from shell.dims_state import texts_of
from shell.frame import foot
from shell.prose import painted
from shell.way_in import ask_box
from views import shape_flow
from views.links import Target

OWN = (
    Target(
        "Fix an error",
        "diagnose",
        line="Paste a message, a summary or code. See the cause, and fixes that were tested live.",
    ),
    Target("Your model", "your_model", line="Build it layer by layer, or open your code or file. Every shape is live."),
)
_DIMS = "home_dims"  # of the live example, as the learner dragged them


def home_page() -> None:
    """What this is, a live model, and all questions."""
    st.title("Where does every number in a tensor shape come from?", anchor=False)
    st.markdown(
        "Ask, and you get a small live Keras model with your sizes: every number shows which argument put it there."
    )
    if not ask_box():
        _example()
    links.show(OWN, "Your own error or model", key="own", cards=True)
    st.header("Lessons", anchor="questions")
    _cards()
    foot()


def _example() -> None:
    """A model that is built while the page is read; its edges can be dragged right here."""
    lesson = find_explainer(EXAMPLE)
    dims, _ = lesson.dims.read_kindly(st.session_state.get(_DIMS, dict(EXAMPLE_DIMS)))
    with st.container(border=True):
        starting = "A live example appears here as soon as Keras has started (a few seconds, once)."
        shown = waiting.asked(partial(engine.structure, EXAMPLE, texts_of(dims)), starting=starting)
        if shown is None:
            return
        st.markdown(painted(shown.explanation.sentence))
        _figure(dims, shown.explanation.inspection)
        open_it = Target("Open this model and change everything", EXAMPLE, dims.changed())
        links.show([open_it], "The lesson of this model", key="home:open")


def _figure(dims: DimsBase, found: Inspection) -> None:
    key = "flow:home"
    drags = shape_flow.draggable(dims.specs(), dims.values())
    may = {drag["dim"] for drag in drags.values()}

    def sized() -> None:
        size = st.session_state[key].get("size")  # from outside: read_kindly judges the value at the next run
        if isinstance(size, dict) and size.get("dim") in may:
            st.session_state[_DIMS] = {**dims.changed(), size["dim"]: str(size.get("value"))}

    components.shape_flow({**shape_flow.data(found), "drags": drags}, key, on_size=sized)


def _cards() -> None:
    """One card per lesson by group: what it answers, the question as people ask it, the layer."""
    for group in GROUPS:
        lessons = {name: lesson for name, lesson in all_explainers().items() if lesson.group == group}
        if not lessons:
            continue
        st.subheader(group, anchor=False)
        targets = [
            Target(lesson.question, name, line=lesson.about, badge=lesson.title) for name, lesson in lessons.items()
        ]
        links.show(targets, group, key=f"lessons:{group}", cards=True)
