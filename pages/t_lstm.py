"""The page of the lesson t_lstm."""

from shell.frame import guard

guard()

import streamlit as st  # noqa: E402  (nothing may be drawn before the guard)

from explainers.core.results import Explanation  # noqa: E402
from shell.lesson import lesson_page  # noqa: E402
from views import t_lstm  # noqa: E402


def decay_path(explanation: Explanation) -> None:
    """The first patient's visits on a timeline, and the memory of one unit at each."""
    extra = explanation.extra
    if not extra or not extra["visits"]:
        return
    dark = st.context.theme.type == "dark"
    st.header("What fades between two visits", anchor="decay")
    st.markdown(
        "The cell splits its memory. The short-term part is multiplied by g(Δt), so a long gap leaves less of it; the "
        "long-term part passes as it is. These are the visits of the first patient:"
    )
    st.plotly_chart(t_lstm.timeline_figure(extra, dark), key="t_lstm:timeline", config={"displayModeBar": False})
    left, right = st.columns(2)
    last = len(extra["visits"]) - 1  # type: ignore[arg-type]
    width = len(extra["visits"][0]["memory"])  # type: ignore[index]
    visit = left.slider("timestep", 0, last, min(2, last), key=f"t_lstm:visit:{last}") if last else 0
    unit = right.slider("unit", 0, width - 1, 0, key=f"t_lstm:unit:{width}") if width > 1 else 0
    st.plotly_chart(t_lstm.path_figure(extra, unit, dark), key="t_lstm:path", config={"displayModeBar": False})
    st.table(t_lstm.steps(extra, visit, unit))
    st.caption(t_lstm.text(extra))


lesson_page("t_lstm", decay_path)
