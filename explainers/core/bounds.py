"""Where a demonstration takes less than the learner's dims say, to be quick, and how its verdict comes to tell so.

    with telling() as told:                    # `explaining.run_trial` does this around every demonstration
        small = bounded(dims, timesteps=8)     # the demonstration: at most 8 of the dims' 500 timesteps
    sentence(told)                             # "To be quick, this was tried with 8 of the 500 timesteps."

A demonstration that bounds its data in another way would keep it to itself: `bounded` and `at_most` are the only ways.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from explainers.core.dims import DimsBase

D = TypeVar("D", bound=DimsBase)

_TOLD: ContextVar[list[str] | None] = ContextVar("bounds told", default=None)


def bounded(dims: D, **most: int) -> D:
    """The dims with none of the named ones above its bound; None stays None. What was cut is told."""
    values = dims.values()
    given = {name: value for name in most if isinstance(value := values[name], int)}
    return dims.but(**{name: at_most(most[name], value, name) for name, value in given.items()})


def at_most(most: int, given: int, what: str) -> int:
    """`given`, but not more than `most`; told as "8 of the 500 timesteps"."""
    told = _TOLD.get()
    if given <= most:
        return given
    words = f"{most:,} of the {given:,} {what}"
    if told is not None and words not in told:
        told.append(words)
    return most


@contextmanager
def telling() -> Iterator[list[str]]:
    """Collects what was cut while the body runs."""
    told: list[str] = []
    token = _TOLD.set(told)
    try:
        yield told
    finally:
        _TOLD.reset(token)


def sentence(told: list[str]) -> str:
    """One sentence about what was cut; "" where nothing was."""
    if not told:
        return ""
    listed = told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"
    return f"To be quick, this was tried with {listed}."
