"""A trial's numbers as rows of a table."""

from __future__ import annotations

from explainers.core.results import Figure
from explainers.core.trial import Tried

BADGES = {  # what came of a trial, in a word
    "loud": ":red-badge[Keras refuses]",
    "silent": ":orange-badge[accepted, but wrong]",
    "run": ":green-badge[it runs]",
    "absent": ":gray-badge[not here]",
}


def figures(tried: Tried) -> list[dict[str, str]]:
    """One row per number: what it is, its value, how it came about (no such column where nothing is said of it)."""
    told = any(figure.how for figure in tried.figures)
    return [
        {"what": figure.label, "value": spelled(figure), **({"how": figure.how} if told else {})}
        for figure in tried.figures
    ]


def spelled(figure: Figure) -> str:
    """``8,000``, ``0.3639``, ``1.5e-07``, ``True``: whole numbers in full, others with four digits that count."""
    value = figure.value
    if isinstance(value, bool | str):
        return str(value)
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}"
