"""The layers that a text can make of literal arguments alone, and old names of their arguments."""

from __future__ import annotations

from explainers.core.layers import Sheet, book, sheet

BY_NAME = book.Literal()
KNOWN = tuple(BY_NAME.values())


def known(name: str) -> Sheet | None:
    """The class by today's or an older name; None where it isn't one that a text can make of literals."""
    found = sheet(name)
    return found if found is not None and found.name in BY_NAME else None


def today_name(name: str) -> str | None:
    """``"Convolution1D"`` -> ``"Conv1D"``; lower-case merge functions too (``add`` -> ``Add``)."""
    found = book.today_name(name)
    return found if found in BY_NAME else None


SHAPE_ARGUMENTS = ("input_shape", "batch_input_shape", "input_dim", "input_length", "batch_size")

# Metrics that compare each number of the output with one of the target; they are made without an argument.
METRICS_OF_NUMBERS = (
    "Precision", "Recall", "AUC", "TruePositives", "TrueNegatives", "FalsePositives", "FalseNegatives",
)  # fmt: skip
