"""Parts of a page that ask a worker for more than the page begins with: drawn last, and only while they are on screen.

A change of a dim is then answered with a third of the work. A part that is on screen keeps its old numbers until the
new ones are there, as the rest of the page does; one that isn't keeps its height, so that nothing moves.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from shell import components
from shell.page import Page, Section
from views.search import AT


def place(section: Section, page: Page) -> Callable[[], None]:
    """Keep a place for the section, here; returns what fills it if it is on screen."""
    kept = st.container(key=f"later-{section.name}")

    def fill() -> None:
        with kept:
            _part(section, page)

    return fill


@st.fragment
def _part(section: Section, page: Page) -> None:
    key = f"on-screen:{section.name}:{page.name}"
    on = is_on(section, key)
    data = {
        "told": page.explanation.url,
        "filled": on,
        "kept": _leads_to(section),
        "fills": section.fills,
        "high": section.high(page),
    }
    components.on_screen(data, key)
    if on:
        section.draw(page)


def is_on(section: Section, key: str) -> bool:
    """Whether the browser said so, or the link leads here."""
    return _leads_to(section) or bool((st.session_state.get(key) or {}).get("on"))


def _leads_to(section: Section) -> bool:
    """Whether the link leads here. A section without a title has anchors that are known only when it is drawn."""
    at = st.query_params.get(AT)
    return at is not None and (at in section.names or not section.title)
