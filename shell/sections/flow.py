"""The hero: how the shape changes from layer to layer."""

from __future__ import annotations

from shell import components
from shell.page import Page, Section
from views import shape_flow


def draw(page: Page) -> None:
    components.shape_flow(shape_flow.data(page.found, page.hidden), key=f"flow:{page.name}")


FLOW = Section("flow", "", draw, wanted=lambda page: bool(page.found.flow), hides=True)
