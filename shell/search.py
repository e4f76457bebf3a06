"""The search of the home page: questions, misconceptions, errors and words, found while one types."""

from __future__ import annotations

from functools import lru_cache

import streamlit as st

from explainers.core.registry import all_explainers
from shell import links
from views import search
from views.links import Target


@lru_cache(maxsize=4)
def _index(lessons: tuple[str, ...]) -> search.Index:
    """The index over everything; made again when a lesson's page comes or goes."""
    return search.index_of(search.entries(all_explainers()))


@st.fragment
def search_box() -> None:
    """A line to type in, and what it finds. A whole pasted error may stand there."""
    text = st.text_input(
        "Search questions, errors and words",
        key="search",
        placeholder="expected ndim=3 · hidden_size · how many parameters …",
        live=True,
        type="search",
    )
    if not text or not text.strip():
        return
    found = search.search(text, _index(tuple(all_explainers())))
    if not found:
        st.info("Nothing found. Try one word, the name of an argument such as units, or part of the error.")
        return
    there = [result.entry for result in found]
    targets = [
        Target(entry.title, entry.page, entry.query, entry.line, entry.kind.lower(), search.TONES[entry.kind])
        for entry in there
    ]
    with st.container(border=True):
        links.show(targets, f"{len(targets)} result{'s' * (len(targets) != 1)}", key="search:results")
