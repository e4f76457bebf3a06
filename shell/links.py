"""Lists of links that stay in the session: a plain click switches the page here, any other opens the address."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from shell import components, pages
from views import links


def show(targets: Sequence[links.Target], label: str, key: str, cards: bool = False) -> None:
    """Draw the links; after a click on one, go there."""
    go(components.links(links.data(targets, label, cards), key), targets)


def go(clicked: object, targets: Sequence[links.Target]) -> None:
    """Open the page of the link that was clicked. `clicked` is from outside: it may be anything."""
    if isinstance(clicked, int | float) and 0 <= int(clicked) < len(targets):
        target = targets[int(clicked)]
        st.switch_page(pages.place(target.page), query_params=dict(target.query))
