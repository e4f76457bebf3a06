"""What the page for pasted texts keeps of a visit, so that another page can hand it a text."""

from __future__ import annotations

import streamlit as st

from explainers.reading.results import Pasted

TEXT, KEPT, FOUND = "pasted_text", "pasted_kept", "pasted_found"  # a widget's own state ends with its page
ASKED = "pasted_asked"  # what a worker is to be asked
WHICH = "pasted_model"  # the number of the model to rebuild, where the code makes several
SAID = "pasted_said"  # what the learner said about what the text leaves open, by its key
VERDICT = "verdict"  # the id of the heading above what was found
GO = "pasted_go"  # whether the page is to be opened now


def keep(text: str, found: Pasted) -> None:
    """Hand a text and what was found in it over to the page."""
    st.session_state[TEXT] = st.session_state[KEPT] = text
    st.session_state[FOUND] = found
    st.session_state[SAID] = {}
    st.session_state.pop(WHICH, None)
    st.session_state[GO] = True
