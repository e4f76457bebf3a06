"""Named axes: a shape is a tuple of them, and every number in it has an origin.

(None, 20, 5)   ->   batch=None · timesteps=20 · units=5
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

# Of one axis: a program of forty lines that joins a tensor with itself in each would have more than there are atoms.
MOST_PARTS = 64
MOST_LETTERS = 120
IMAGE_CHANNELS = (1, 3, 4)  # gray, RGB, RGBA: the last axis of most images


@dataclass(frozen=True)
class Axis:
    """One axis of a tensor: what it is called, how long it is, and who said so.

    axis:    its name, in Keras' words ("batch", "timesteps", "units", "4 × units", ...).
    size:    its length; None where it is left open until data arrive.
    origin:  in words, which argument of which layer, or which axis of the data, put it there.
    sources: the same for machines: "lstm_1.units", "sequence.shape[0]", "sequence.batch_size".
             Two numbers with a source in common light up together.
    parts:   of an axis that was joined ("features + elapsed time"), the axes that lie in it, in their order.
    factors: of an axis that was laid end to end ("heads × key_dim"), the axes that it was, in their order.
    """

    axis: str
    size: int | None
    origin: str
    sources: tuple[str, ...] = ()
    parts: tuple[Axis, ...] = ()
    factors: tuple[Axis, ...] = ()

    def resized(self, size: int | None) -> Axis:
        """The same axis with another length: a batch that was None and is now 7."""
        return self if size == self.size else replace(self, size=size, factors=())


Shape = tuple[Axis, ...]
TIMES = " × "  # between the factors of a product: "4 × units", "timesteps × units"
LIKE = "same size as "  # before the name of an axis that has this size, where nothing else is known


def by_place(place: int) -> str:
    """The name of an axis that nobody has a word for: ``"axis 2"``."""
    return f"axis {place}"


def is_named(name: str) -> bool:
    """Whether somebody had a word for the axis, and not only a number or a likeness."""
    return not name.startswith(("axis ", LIKE))


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
    """``"batch None, timesteps 20, 2 × units = 10"``: for prose, alt texts and code comments."""
    return ", ".join(map(_named_and_sized, shape))


def _named_and_sized(axis: Axis) -> str:
    if axis.axis == str(axis.size):
        return axis.axis
    return f"{axis.axis}{' =' if is_product(axis.axis) else ''} {axis.size}"


def is_product(name: str) -> bool:
    """Whether an axis is several in one, or one several times: ``timesteps × units``, ``4 × units``."""
    return TIMES in name


def blocks(axis: Axis) -> tuple[int, str]:
    """How many alike blocks an axis is made of, and what one of them is called: 4 and "units" of ``4 × units``."""
    first, _, rest = axis.axis.partition(TIMES)
    return (int(first), rest) if first.isdigit() and rest else (1, axis.axis)


def as_factor(axis: Axis) -> tuple[str, str]:
    """An axis in the product of a weight's axes, in words and in numbers: ``4 × units`` and ``4 × 5``.

    A sum is a factor only in brackets: ``(features + latent)`` and ``(10 + 8)``.
    """
    name = f"({axis.axis})" if " + " in axis.axis else axis.axis
    if " + " in axis.axis and axis.parts:
        return name, f"({' + '.join(as_factor(part)[1] for part in axis.parts)})"
    if axis.size is None:
        return name, "None"
    times, _ = blocks(axis)
    return name, f"{times}{TIMES}{axis.size // times:,}" if times > 1 else f"{axis.size:,}"


def count(shape: Shape) -> int | None:
    """The number of elements; None while any axis is open."""
    lengths = [axis.size for axis in shape]
    return None if None in lengths else math.prod(n for n in lengths if n is not None)


def cut(axis: Axis, lengths: tuple[int, ...]) -> Shape:
    """The parts of a joined axis again, where their lengths are these; else honest nameless pieces of it."""
    if tuple(part.size for part in axis.parts) == lengths:
        return axis.parts
    return tuple(
        Axis(f"{axis.axis} [{index}]", n, f"piece {index} of {axis.origin}", axis.sources)
        for index, n in enumerate(lengths)
    )


def joined(axes: Shape, origin: str, sources: tuple[str, ...] = ()) -> Axis:
    """Axes side by side in one: ``features + elapsed time``; ``2 × units`` for two alike."""
    named = [axis.axis for axis in axes if is_named(axis.axis)]
    names_once = list(dict.fromkeys(named or [axes[0].axis]))
    known = [axis.size for axis in axes if axis.size is not None]  # of two that are open nobody knows that they agree
    alike = len(named) == len(axes) == len(known) and len(names_once) == 1 and len(set(known)) == 1
    return Axis(
        axis=_short(f"{len(axes)}{TIMES}{names_once[0]}" if alike and len(axes) > 1 else " + ".join(names_once)),
        size=sum(known) if len(known) == len(axes) else None,
        origin=origin,
        sources=tuple(dict.fromkeys((*(s for axis in axes for s in axis.sources), *sources))),
        parts=_few(part for axis in axes for part in (axis.parts or (axis,))),
    )


def _short(name: str) -> str:
    """A name that can still be read. Each join may hold the names of the one before it twice."""
    return name if len(name) <= MOST_LETTERS else name[: MOST_LETTERS - 1].rsplit(" ", 1)[0] + " …"


def _few(parts: Iterable[Axis]) -> Shape:
    """The parts of an axis; none where there are so many that nobody takes them apart again."""
    first = tuple(itertools.islice(parts, MOST_PARTS + 1))
    return first if len(first) <= MOST_PARTS else ()


def product(axes: Shape, origin: str) -> Axis:
    """Several axes laid end to end in one: ``timesteps × units`` after a Flatten."""
    more = [axis for axis in axes if axis.axis != "1"]
    return Axis(
        axis=_short(TIMES.join(axis.axis for axis in more) or "1"),
        size=count(axes),
        origin=origin,
        sources=tuple(dict.fromkeys(s for axis in axes for s in axis.sources)),
        factors=tuple(factor for axis in more for factor in (axis.factors or (axis,))) if len(more) > 1 else (),
    )


def sized(axis: Axis) -> str:
    """``5 features``, ``1 feature``, ``None batch``, ``10 (2 × units)``: the size before the name."""
    if is_product(axis.axis):
        return f"{axis.size} ({axis.axis})"
    one = axis.size == 1 and axis.axis.endswith("s")
    return f"{axis.size} {axis.axis[:-1] if one else axis.axis}"
