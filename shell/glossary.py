"""The glossary: Keras' words for axes and sizes, and those of other books and frameworks."""

from __future__ import annotations

import streamlit as st

from explainers.practice.glossary.terms import find_term
from shell import components, links
from shell.frame import foot
from views import glossary
from views.markup import whole_shapes

WANTED = "Your word"


def glossary_page() -> None:
    """All terms, the one of the link first; a text finds them by any of their names."""
    st.title("Glossary: the words for axes and sizes", anchor=False)
    st.markdown(
        whole_shapes(
            "This app uses Keras' words. Other books and frameworks use different words for the same things: "
            "`hidden_size` is `units`, `seq_len` is `timesteps`, B, T, C is (batch, timesteps, features)."
        )
    )
    wanted = find_term(st.query_params.get("term", ""))
    text = st.text_input(
        "Find a word",
        key="find:words",
        placeholder="hidden_size, seq_len, num_steps, embedding_dim …",
        live=True,
        type="search",
    )
    grouped = glossary.groups(text or "")
    if not grouped:
        st.info("No entry has that word. Try hidden_size, seq_len or num_steps.")
    if wanted is not None and not text:
        grouped = {WANTED: (wanted,), **grouped}
    clicked = components.glossary(glossary.data(grouped), "glossary")
    links.go(clicked, glossary.targets(grouped))
    foot()
