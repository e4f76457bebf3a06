"""Named axes: a shape is a tuple of them, and every number in it has an origin.

    (None, 20, 5)   ->   batch=None · timesteps=20 · units=5
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Axis:
    """One axis of a tensor: what it is called, how long it is, and who said so.

    axis:    its name, in Keras' words ("batch", "timesteps", "units", "4·units", ...).
    size:    its length; None where it is left open until data arrive.
    origin:  in words, which argument of which layer, or which axis of the data, put it there.
    sources: the same for machines: "lstm_1.units", "sequence.shape[0]", "sequence.batch_size".
             Two numbers with a source in common light up together.
    """

    axis: str
    size: int | None
    origin: str
    sources: tuple[str, ...] = ()

    def resized(self, size: int | None) -> Axis:
        """The same axis with another length: a batch that was None and is now 7."""
        return replace(self, size=size)


Shape = tuple[Axis, ...]


def sizes(shape: Shape) -> tuple[int | None, ...]:
    """The plain shape, as Keras prints it: ``(None, 20, 5)``."""
    return tuple(axis.size for axis in shape)


def names(shape: Shape) -> tuple[str, ...]:
    """``("batch", "timesteps", "units")``."""
    return tuple(axis.axis for axis in shape)


def plain(shape: Shape) -> str:
    """``"(None, 20, 5)"``: exactly what Keras would print, the comma of a 1-tuple included."""
    return str(sizes(shape))


def spoken(shape: Shape) -> str:
    """``"batch None, timesteps 20, units 5"``: for prose, alt texts and code comments."""
    return ", ".join(f"{axis.axis} {axis.size}" for axis in shape)


def count(shape: Shape) -> int | None:
    """The number of elements; None while any axis is open."""
    lengths = [axis.size for axis in shape]
    return None if None in lengths else math.prod(n for n in lengths if n is not None)


def product(axes: Shape, origin: str) -> Axis:
    """Several axes laid end to end in one: ``timesteps·units`` after a Flatten."""
    return Axis(
        axis="·".join(axis.axis for axis in axes) or "1",
        size=count(axes),
        origin=origin,
        sources=tuple(dict.fromkeys(s for axis in axes for s in axis.sources)),
    )
