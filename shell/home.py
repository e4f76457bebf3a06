"""The home page: one input that takes anything, a live example, one card per lesson."""

from __future__ import annotations

from functools import partial

import streamlit as st

from explainers.core.explainer import GROUPS
from explainers.core.registry import all_explainers
from shell import components, engine, links, pages, waiting
from shell.beginnings import EXAMPLE, EXAMPLE_DIMS
from shell.frame import foot
from shell.prose import painted
from shell.way_in import ask_box
from views import shape_flow
from views.links import Target

OWN = (
    Target(
        "Fix an error",
        "diagnose",
        line="Paste the message, the summary or the code: see the cause, and fixes that were run.",
    ),
    Target("Your model", "your_model", line="Build it layer by layer, or open your code or file: every shape, live."),
)


def home_page() -> None:
    """What this is, a live model, and all questions."""
    st.title("Where does every number in a tensor shape come from?", anchor=False)
    st.markdown(
        "Ask, and a small live Keras model with your sizes answers: each number shows which argument put it there."
    )
    links.show(OWN, "Your own error or model", key="own", cards=True)
    if not ask_box():
        _example()
    st.header("Lessons", anchor="questions")
    _cards()
    foot()


def _example() -> None:
    """A model that is built while the page is read."""
    place = st.container(border=True)
    with place:
        starting = "A live example appears here as soon as Keras has started (a few seconds, once)."
        shown = waiting.asked(partial(engine.structure, EXAMPLE, EXAMPLE_DIMS), starting=starting)
        if shown is None:
            return
        st.markdown(painted(shown.explanation.sentence))
        components.shape_flow(shape_flow.data(shown.explanation.inspection), key="flow:home")
        st.page_link(pages.place(EXAMPLE), label="Open it and change its sizes", query_params=dict(EXAMPLE_DIMS))


def _cards() -> None:
    """One card per lesson by group: what it answers, the question as people ask it, the layer."""
    for group in GROUPS:
        lessons = {name: lesson for name, lesson in all_explainers().items() if lesson.group == group}
        if not lessons:
            continue
        st.subheader(group, anchor=False)
        targets = [
            Target(lesson.question, name, line=lesson.about.replace("`", ""), badge=lesson.title)
            for name, lesson in lessons.items()
        ]
        links.show(targets, group, key=f"lessons:{group}", cards=True)
