"""The search of the home page: questions, beliefs, errors and words, found while one types."""

from __future__ import annotations

import streamlit as st

from shell.frame import ROOT, shown_lessons
from views import search


@st.cache_resource(show_spinner=False)
def _index(lessons: tuple[str, ...]) -> search.Index:
    """The index over everything; made again when a lesson's page comes or goes."""
    return search.index_of(search.entries(shown_lessons()))


@st.fragment
def search_box() -> None:
    """A line to type in, and what it finds. A whole pasted error may stand there."""
    text = st.text_input(
        "Search questions, errors and words",
        key="search",
        placeholder="expected ndim=3 · hidden_size · how many parameters …",
        live=True,
        type="search",
        max_chars=search.LONGEST,
    )
    if not text or not text.strip():
        return
    found = search.search(text, _index(tuple(shown_lessons())))
    if not found:
        st.info("Nothing found. Try one word of it, an argument's name such as units, or a piece of the error.")
        return
    with st.container(border=True, gap="xsmall"):
        for result in found:
            _result(result.entry)


def _result(entry: search.Entry) -> None:
    if not (ROOT / entry.page).exists():
        return
    st.page_link(entry.page, label=f"**{entry.title}** {search.BADGES[entry.kind]}", query_params=dict(entry.query))
    st.caption(entry.line)
