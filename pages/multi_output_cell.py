"""The page of the lesson multi_output_cell."""

from shell.frame import guard

guard()

from typing import Any  # noqa: E402  (nothing may be drawn before the guard)

import streamlit as st  # noqa: E402

from explainers.core.results import Explanation  # noqa: E402
from shell import components  # noqa: E402
from shell.lesson import lesson_page  # noqa: E402
from views import multi_output_cell as view  # noqa: E402


def packing(explanation: Explanation) -> None:
    """What is packed into one call and where it is cut, call by call."""
    extra: dict[str, Any] = explanation.extra or {}
    packings = extra.get("packings", ())
    if not packings:
        return
    st.header("Packed for one call, cut after it", anchor="packing")
    st.markdown(
        "RNN hands its cell one tensor and takes one back. So several things travel in one last axis, side by side, "
        "and whoever needs them cuts the axis at the same places. Widths are drawn to scale."
    )
    components.packing(view.data(extra), key="multi_output_cell:packing")
    st.caption(view.latent_sentence(extra))


lesson_page("multi_output_cell", packing)
