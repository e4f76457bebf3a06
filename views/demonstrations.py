"""A demonstration's numbers as rows of a table."""

from __future__ import annotations

from explainers.core.results import Demonstration, Figure


def figures(demo: Demonstration) -> list[dict[str, str]]:
    """One row per number: what it is, how much, how it came about."""
    return [{"what": f.label, "how many": spelled(f), "how": f.how} for f in demo.figures]


def spelled(figure: Figure) -> str:
    """``8,000``, ``0.25``, ``True``."""
    value = figure.value
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
