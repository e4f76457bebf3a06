"""What the page for pasted texts keeps of a visit, so that another page can hand it a text."""

from __future__ import annotations

import streamlit as st

from explainers.reading.results import Pasted

TEXT, KEPT, FOUND = "pasted_text", "pasted_kept", "pasted_found"  # a widget's own state ends with its page
BEFORE = "pasted_before"  # the texts that were explained before this one, the last one last
ASKED = "pasted_asked"  # what a worker is to be asked
WHICH = "pasted_model"  # the number of the model to rebuild, where the code makes several
SAID = "pasted_said"  # what the learner said about what the text leaves open, by its key
VERDICT = "verdict"  # the id of the heading above what was found
GO = "pasted_go"  # whether the page is to be opened now
MOST_BEFORE = 5  # a text may have a megabyte


def note(text: str) -> None:
    """This text is explained now; the one that it replaces can be brought back."""
    before = st.session_state.get(KEPT, "")
    if before.strip() and before != text:
        st.session_state[BEFORE] = [*st.session_state.get(BEFORE, []), before][-MOST_BEFORE:]
    st.session_state[KEPT] = text


def bring_back() -> None:
    """Put the text that was explained before into the box."""
    *earlier, text = st.session_state[BEFORE]
    st.session_state[BEFORE] = earlier
    st.session_state[TEXT] = st.session_state[KEPT] = text


def keep(text: str, found: Pasted) -> None:
    """Hand a text and what was found in it over to the page."""
    note(text)
    st.session_state[TEXT] = text
    st.session_state[FOUND] = found
    st.session_state[SAID] = {}
    st.session_state.pop(WHICH, None)
    st.session_state[GO] = True
