"""The switch "Predict first": off by default, on by link (``?predict=on``), and it stays on from page to page."""

from __future__ import annotations

import streamlit as st

PARAMETER = "predict"
_KEPT = "predict_first"
_SWITCH = "predict_first:switch"
_ON = ("on", "true", "1", "yes")


def is_on() -> bool:
    """Whether the learner predicts first. A link that says so wins; else what was chosen earlier in this visit."""
    said = st.query_params.get(PARAMETER)
    if said is not None:
        st.session_state[_KEPT] = said.strip().lower() in _ON
    wanted = bool(st.session_state.get(_KEPT, False))
    if wanted and said is None:
        st.query_params[PARAMETER] = "on"  # so that the link of this page reproduces it
    return wanted


def switch() -> bool:
    """Draw the switch; returns whether it is on."""
    st.session_state[_SWITCH] = is_on()
    return st.toggle(
        "Predict first",
        key=_SWITCH,
        on_change=_turned,
        help="Hides shapes and counts until you make a prediction. Even a wrong guess helps.",
    )


def _turned() -> None:
    wanted = bool(st.session_state[_SWITCH])
    st.session_state[_KEPT] = wanted
    if wanted:
        st.query_params[PARAMETER] = "on"
    else:
        st.query_params.pop(PARAMETER, None)
