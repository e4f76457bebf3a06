"""Step through time: what the recurrent cells really did."""

from __future__ import annotations

from functools import partial

from shell import components, engine, waiting
from shell.page import Page, Section
from views import calls


def draw(page: Page) -> None:
    run = waiting.asked(partial(engine.calls, page.name, page.texts), where=f"calls:{page.name}")
    if run is not None:
        components.calls(calls.data(run, page.found.layers), key=f"calls:{page.name}")


CALLS = Section("calls", "Step through time", draw, wanted=lambda page: page.cells, later=lambda page: True)
