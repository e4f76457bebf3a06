"""The page of the lesson sequence_set."""

from shell.frame import guard

guard()

from typing import Any  # noqa: E402  (nothing may be drawn before the guard)

import streamlit as st  # noqa: E402

from explainers.core.results import Explanation  # noqa: E402
from shell import components  # noqa: E402
from shell.lesson import lesson_page  # noqa: E402
from views import sequence_set as view  # noqa: E402


def two_ways(explanation: Explanation) -> None:
    """Both ways side by side, and the average in real numbers."""
    extra: dict[str, Any] = explanation.extra or {}
    if not extra.get("answers"):
        return
    st.header("Two ways, one set of weights", anchor="two-ways")
    st.markdown(
        "Either the sample is taken out of its batch of one, so that its sequences stand in for the batch, and put "
        "back afterwards; or TimeDistributed runs the RNN once for each sequence. The weights are the same, and so "
        "are the "
        "numbers. Only the second way takes a batch of more than one sample."
    )
    st.table(view.ways(extra))
    st.subheader("The average in real numbers", anchor="average")
    components.average(view.data(extra), key="average:sequence_set")
    st.caption(view.text(extra))


lesson_page("sequence_set", two_ways)
