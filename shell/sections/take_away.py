"""Take it away: the code that runs as shown, Keras' own summary, and files and links, each behind a tab.

What is behind a tab is sent when the tab is open and the section on screen, and then only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from shell import components
from shell.page import Page, Section
from shell.sections import export
from views import code, summary
from views import export as files
from views.classroom import SECTION
from views.search import AT


@dataclass(frozen=True)
class _Tab:
    """name: its word in links (``at=summary``). there: whether a model that failed has it too."""

    name: str
    label: str
    draw: Callable[[Page], None]
    there: Callable[[Page], bool] = lambda page: True


def _code(page: Page) -> None:
    components.code(code.data(page.found, page.hidden), key=f"code:{page.name}")


def _summary(page: Page) -> None:
    components.summary(summary.data(page.found, page.hidden), key=f"summary:{page.name}")


TABS = (
    _Tab("code", "Code", _code),
    _Tab("summary", "Summary", _summary, there=lambda page: bool(page.found.summary)),
    _Tab("export", "Export", export.draw),
)


def _shown(page: Page) -> list[_Tab]:
    return [tab for tab in TABS if tab.name not in page.left_out and tab.there(page)]


def draw(page: Page) -> None:
    shown = _shown(page)
    key = f"tabs:{page.name}"
    _follow_link(shown, key)
    opened = st.tabs([tab.label for tab in shown], key=key, on_change="rerun")
    for tab, place in zip(shown, opened, strict=True):
        if place.open:
            with place:
                tab.draw(page)


def _follow_link(shown: list[_Tab], key: str) -> None:
    """Open the tab that the link leads to: once, so that the learner may open another."""
    linked = st.query_params.get(AT) or st.query_params.get(SECTION)
    label = next((tab.label for tab in shown if tab.name == linked), None)
    followed = f"followed:{key}"
    if label is not None and st.session_state.get(followed) != linked:
        st.session_state[key] = label
    st.session_state[followed] = linked
    if st.session_state.get(key) not in [tab.label for tab in shown]:
        st.session_state.pop(key, None)  # a model that failed has no summary


TAKE_AWAY = Section(
    "take-away",
    "Code, summary and export",
    draw,
    wanted=lambda page: files.can_be_taken(page.found) and bool(_shown(page)),
    later=lambda page: True,
    hides=True,
    parts=tuple(tab.name for tab in TABS),
    fills="This part is filled in",
)
