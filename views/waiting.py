"""What a page says while it waits: the place in the line, and that nothing needs to be done."""

from __future__ import annotations

FULL = (
    "Too many people are asking right now, so the line is full. This page tries again automatically; nothing you "
    "typed is lost."
)
TRAINING_FULL = "The line is full. The training starts as soon as there is a place; “Stop” cancels it."
BY_ITSELF = "This page will fill in automatically."
TRAINING_BY_ITSELF = "The training will start automatically; “Stop” leaves the line."


def in_line(number: int, seconds: float, then: str = BY_ITSELF) -> str:
    """``You're 7th in line, about 40 s. This page will fill in automatically.``"""
    place = "You're next in line" if number == 1 else f"You're {ordinal(number)} in line"
    return f"{place}{about(seconds)}. {then}"


def about(seconds: float) -> str:
    """``, about 40 s``; nothing for what is over before it is read."""
    if seconds < 2:
        return ""
    if seconds < 10:
        return f", about {seconds:.0f} s"
    if seconds < 100:
        return f", about {5 * round(seconds / 5)} s"
    return f", about {round(seconds / 60)} minutes"


def ordinal(number: int) -> str:
    """``1st``, ``2nd``, ``3rd``, ``4th``, ``11th``, ``21st``."""
    teens = 10 < number % 100 < 20
    return f"{number:,}" + ("th" if teens else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th"))
