"""The parameter ledger: each count taken apart."""

from __future__ import annotations

from shell import components
from shell.page import Page, Section
from views import ledger


def draw(page: Page) -> None:
    components.ledger(ledger.data(page.found), key=f"ledger:{page.name}")


PARAMETERS = Section(
    "parameters",
    "Where the parameters are",
    draw,
    wanted=lambda page: any(layer.weights for layer in page.found.layers),
)
