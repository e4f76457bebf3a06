"""The home page: one idea, one live example, one card per question."""

from __future__ import annotations

from functools import partial

import streamlit as st

from explainers.core.registry import all_explainers
from shell import components, engine, links, pages, waiting
from shell.diagnose import box
from shell.frame import foot
from shell.prose import painted
from shell.search import search_box
from views import shape_flow
from views.links import Target

EXAMPLE = "stacked_lstm"
EXAMPLE_DIMS = (("timesteps", "20"), ("features", "1"))


def home_page() -> None:
    """What this is, a live model, and all questions."""
    st.title("Where does every number in a tensor shape come from?", anchor=False)
    st.markdown(
        "`expected ndim=3, found ndim=2`, `(None, 20, 5)`, 4,224 parameters: type your dims, and a small live Keras "
        "model shows which argument put each number there."
    )
    search_box()
    with st.expander("Paste an error, a summary or a few lines of Keras", icon=":material/content_paste:"):
        if box():
            st.switch_page(pages.place("diagnose"))
    _example()
    st.header("Lessons", anchor="questions")
    _cards()
    foot()


def _example() -> None:
    """A model that is built while the page is read."""
    place = st.container(border=True)
    with place:
        starting = "A live example appears here as soon as Keras has started (a few seconds, once)."
        shown = waiting.asked(partial(engine.explanation, EXAMPLE, EXAMPLE_DIMS), starting=starting)
        if shown is None:
            return
        st.markdown(painted(shown.answer))
        components.shape_flow(shape_flow.data(shown.inspection), key="flow:home")
        st.page_link(pages.place(EXAMPLE), label="Open it and change its dims", query_params=dict(EXAMPLE_DIMS))


def _cards() -> None:
    """One card per lesson: the question first, as people ask it."""
    targets = [
        Target(lesson.question, name, line=lesson.about.replace("`", "")) for name, lesson in all_explainers().items()
    ]
    links.show(targets, "Lessons", key="questions", cards=True)
