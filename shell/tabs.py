"""Tabs of which only the open one is drawn, and sent.

A link may open one by its name (``at=summary``; on the projector ``section=summary``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from views.classroom import SECTION
from views.search import AT


@dataclass(frozen=True)
class Tab:
    """name: its word in links. draw: called while it is open."""

    name: str
    label: str
    draw: Callable[[], None]


def show(tabs: Sequence[Tab], key: str) -> None:
    """Draw the tabs, and what is behind the open one. In a fragment, a click runs that alone."""
    _follow_link(tabs, key)
    for tab, place in zip(tabs, st.tabs([tab.label for tab in tabs], key=key, on_change="rerun"), strict=True):
        if place.open:
            with place:
                tab.draw()


def _follow_link(tabs: Sequence[Tab], key: str) -> None:
    """Open the tab that the link leads to: once, so that the learner may open another."""
    linked = st.query_params.get(AT) or st.query_params.get(SECTION)
    label = next((tab.label for tab in tabs if tab.name == linked), None)
    followed = f"followed:{key}"
    if label is not None and st.session_state.get(followed) != linked:
        st.session_state[key] = label
    st.session_state[followed] = linked
    if st.session_state.get(key) not in [tab.label for tab in tabs]:
        st.session_state.pop(key, None)  # it is not there any more: a model that failed has no summary
