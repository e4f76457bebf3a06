"""The page of the lesson conv1d: with the kernel sliding over the steps."""

from shell.frame import guard

guard()

import streamlit as st  # noqa: E402  (nothing may be drawn before the guard)

from explainers.core.results import Explanation  # noqa: E402
from shell import components  # noqa: E402
from shell.lesson import lesson_page  # noqa: E402
from views import conv1d as view  # noqa: E402


def sliding(explanation: Explanation) -> None:
    """Which input steps feed an output step: point at one and see."""
    extra = explanation.extra or {}
    if not extra.get("rows"):
        return
    st.header("Which steps feed which", anchor="sliding")
    if extra["stuck"]:
        st.markdown(
            "The kernel held against the steps that reach it: it can stand only where all of it has a step under it."
        )
    else:
        st.markdown(
            "Each cell is one step of a sample. Point at a step to see which steps above it were read; move the kernel "
            "with the buttons or the arrow keys."
        )
    components.conv1d(view.data(extra), key="sliding:conv1d")
    if told := view.source(extra):
        st.caption(told)


lesson_page("conv1d", sliding)
