"""The glossary: Keras' words for axes and sizes, and those of other books and frameworks."""

from __future__ import annotations

import streamlit as st

from explainers.core.registry import find_explainer
from explainers.practice.glossary.terms import Term, find_term
from explainers.practice.misconceptions.catalogue import find_misconception
from shell import links
from shell.frame import foot
from views import glossary, misconceptions
from views.links import Target


def glossary_page() -> None:
    """All terms, the one of the link first; a text finds them by any of their names."""
    st.title("Glossary: the words for axes and sizes", anchor=False)
    st.markdown(
        "This app uses Keras' words. Other books and frameworks use different words for the same things: "
        "`hidden_size` is `units`, `seq_len` is `timesteps`, B, T, C is (batch, timesteps, features)."
    )
    wanted = find_term(st.query_params.get("term", ""))
    text = st.text_input(
        "Find a word",
        key="find:words",
        placeholder="hidden_size, seq_len, num_steps, embedding_dim …",
        live=True,
        type="search",
    )
    if wanted is not None and not text:
        st.header("Your word", anchor=False)
        _term(wanted, "asked")
    grouped = glossary.groups(text or "")
    if not grouped:
        st.info("No entry has that word. Try hidden_size, seq_len or num_steps.")
    for group, terms in grouped.items():
        st.header(group, anchor=False)
        for term in terms:
            _term(term, "")
    foot()


def _term(term: Term, place: str) -> None:
    with st.container(border=True, key=f"term-{term.slug}{place and '-' + place}"):
        left, right = st.columns([3, 2], gap="small")
        with left:
            st.subheader(glossary.heading(term), anchor=term.slug if not place else False)
            st.markdown(term.what)
            st.markdown(f"In Keras: `{term.keras}`")
            _links(term, place)
        with right:
            if term.others:
                st.markdown(glossary.elsewhere(term))


def _links(term: Term, place: str) -> None:
    targets = []
    if term.lesson:
        lesson = find_explainer(term.lesson)
        query = {name: str(value) for name, value in term.dims.items()}
        targets.append(Target(f"See it live: {lesson.title}", term.lesson, query))
    if term.misconception:
        misconception = find_misconception(term.misconception)
        targets.append(
            Target(misconceptions.quoted(misconception), "misconceptions", {"misconception": misconception.slug})
        )
    if targets:
        links.show(targets, f"More about {term.word}", key=f"links:{term.slug}:{place}")
