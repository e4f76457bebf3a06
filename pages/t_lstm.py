"""The page of the lesson t_lstm."""

from shell.frame import guard

guard()

import streamlit as st  # noqa: E402  (nothing may be drawn before the guard)

from explainers.core.results import Explanation  # noqa: E402
from shell import components  # noqa: E402
from shell.lesson import lesson_page  # noqa: E402
from views import t_lstm  # noqa: E402


def decay_path(explanation: Explanation) -> None:
    """The first patient's visits on a timeline, and the memory of one unit at each."""
    extra = explanation.extra
    if not extra or not extra["visits"]:
        return
    st.header("What fades between two visits", anchor="decay")
    st.markdown(
        "The cell splits its memory. The short-term part is multiplied by g(Δt), so a long gap leaves less of it; the "
        "long-term part passes as it is. These are the visits of the first patient, by day and then one timestep each:"
    )
    components.decay(t_lstm.data(extra), key="decay:t_lstm")
    st.caption(t_lstm.text(extra))


lesson_page("t_lstm", decay_path)
