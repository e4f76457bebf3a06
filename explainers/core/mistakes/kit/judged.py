"""A live failure, judged by its layer and the named shapes that reached it; Keras' sentence isn't read for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from explainers.core.axes import Shape


@dataclass(frozen=True)
class Judged:
    """Why a layer refused what reached it. axis: where the two shapes disagree; None where it is their rank."""

    cause: str
    expected: Shape = ()
    found: Shape = ()
    axis: int | None = None


Judge = Callable[[Any, Sequence[Shape]], Judged | None]


def who(layer: Any) -> str:
    """``LSTM encoder``: the class and the name."""
    return f"{type(layer).__name__} {layer.name}"
