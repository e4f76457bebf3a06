"""A live failure, judged by its layer and the named shapes that reached it; Keras' sentence isn't read for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
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


def built_for_other(layer: Any, inputs: Sequence[Shape]) -> Judged | None:
    """A layer that is called again, on another size than the one that its weights were made for."""
    spec = getattr(layer, "input_spec", None)
    axes = getattr(spec, "axes", None)
    if (
        not getattr(layer, "built", False)
        or not axes
        or len(inputs) != 1
        or getattr(spec, "ndim", None) not in (None, len(inputs[0]))
    ):
        return None
    found = inputs[0]
    for place, size in ((at % len(found), size) for at, size in axes.items() if -len(found) <= at < len(found)):
        axis = found[place]
        if None in (size, axis.size) or axis.size == size:
            continue
        expected = (*found[:place], replace(axis, size=size, origin=f"built for {size}"), *found[place + 1 :])
        return Judged(f"{who(layer)} was built for {axis.axis}={size}; it got {axis.size}.", expected, found, place)
    return None
