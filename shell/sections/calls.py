"""Step through time: what the recurrent cells really did."""

from __future__ import annotations

from functools import partial

import streamlit as st

from shell import components, engine, projector, waiting
from shell.page import Page, Section
from views import calls
from views.search import AT

NAME = "calls"


def draw(page: Page) -> None:
    run = waiting.asked(partial(engine.calls, page.name, page.texts), where=f"calls:{page.name}")
    if run is not None:
        data = calls.data(run, page.found.layers)
        components.calls({**data, "folded": _folded(page)}, key=f"calls:{page.name}")


def _folded(page: Page) -> bool:
    """A lesson whose own picture goes through the sequence has shown the calls once, unless a link leads here."""
    return page.explainer.extra is not None and not projector.is_on() and st.query_params.get(AT) != NAME


CALLS = Section(
    NAME,
    "Step through time",
    draw,
    wanted=lambda page: page.cells,
    later=lambda page: True,
    high=lambda page: 48 if _folded(page) else 560,
)
