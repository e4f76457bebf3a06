"""Step through time: what the recurrent cells really did."""

from __future__ import annotations

from shell import components
from shell.page import Page, Section
from views import calls


def draw(page: Page) -> None:
    assert page.found.run is not None
    components.calls(calls.data(page.found.run, page.found.layers), key=f"calls:{page.name}")


CALLS = Section(
    "calls", "Step through time", draw, wanted=lambda page: page.found.run is not None and bool(page.found.run.calls)
)
