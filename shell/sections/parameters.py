"""The parameter ledger: each count taken apart."""

from __future__ import annotations

from shell import components
from shell.page import Page, Section
from views import ledger, predict


def draw(page: Page) -> None:
    hidden = predict.hidden_layers(page.found, page.hidden)
    components.ledger(ledger.data(page.found, hidden), key=f"ledger:{page.name}")


PARAMETERS = Section(
    "parameters",
    "Where the parameters are",
    draw,
    # Whether any layer has weights is a part of what is still to be predicted.
    wanted=lambda page: bool(page.hidden) or any(layer.weights for layer in page.found.layers),
    hides=True,
)
