"""The page of the lesson hadamard: with x, W and their product in real numbers."""

from shell.frame import guard

guard()

import streamlit as st  # noqa: E402  (nothing may be drawn before the guard)

from explainers.core.results import Explanation  # noqa: E402
from shell import components  # noqa: E402
from shell.lesson import lesson_page  # noqa: E402
from views import hadamard as view  # noqa: E402


def product(explanation: Explanation) -> None:
    """x, W and x ∘ W as they met in this model."""
    extra = explanation.extra or {}
    drawn = view.data(extra)
    if drawn is None:
        return
    st.header("Cell by cell", anchor="cell-by-cell")
    st.markdown(
        f"One sample, the weights, and what comes out, in this model's real numbers. {view.shared(extra)} "
        "Point at a cell to see the three that belong together; hatched weights are stretched copies."
    )
    components.hadamard(drawn, key="product:hadamard")
    st.caption(f"Largest difference to x * W in NumPy, over everything that was fed: {view.difference(extra)}.")


lesson_page("hadamard", product)
