"""What a message of PyTorch, flax or JAX is made into."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from explainers.core.finding import Change, Finding, Value, name_axes
from explainers.core.spec import Sizes


def ints(text: str) -> tuple[int, ...]:
    """All whole numbers of a piece of text."""
    return tuple(int(n) for n in re.findall(r"\d{1,9}", text))


@dataclass(frozen=True)
class Wording:
    """A message, and what is made of its numbers."""

    pattern: re.Pattern[str]
    told: Callable[[re.Match[str]], Finding]


def finding(mistake: str, cause: str, values: dict[str, Value], *fixes: Change, shape: Sizes = (),
        names: tuple[str, ...] = ()) -> Finding:  # fmt: skip
    """What a message says, with the shape that it names."""
    shapes = (name_axes(shape, names, "in the message"),) if shape else ()
    return Finding("error", mistake, values=values, cause=cause, fixes=fixes, shapes=shapes)
