"""Layers that move, cut, pad or repeat axes. None of them has weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from explainers.core.axes import Axis, Shape, count, product
from explainers.core.layers.sheet import Ruling, Sheet, argument, reading, spread
from explainers.core.layers.sliding import PLACES, channels_first, listed, parted, put_back

SECTION = "Reshaping layers"
FRESH = "reshaped"  # an axis that a reshape made, until a layer that reads it says what it is
_MADE = ".target_shape["  # in the source of an axis that a reshape made


def _flatten(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    batch, *rest = inputs[0]
    if len(rest) == 1:
        return Ruling((inputs[0],), why="Nothing to flatten: the sample has one axis.")
    if channels_first(layer):
        rest = [*rest[1:], rest[0]]  # Keras lays the channels innermost in both formats
    flat = product(tuple(rest), f"Flatten {layer.name}: {' × '.join(axis.axis for axis in rest)} laid end to end")
    flat = replace(flat, sources=(*flat.sources, f"{layer.name}.output"))  # so that its own line lights up too
    return Ruling(
        ((batch, flat),), why=("Lays all axes of a sample end to end; the batch axis stays."), verb="joins all axes"
    )


def _repeat_vector(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    batch, features = inputs[0]
    timesteps = argument(layer, "n", layer.n, "timesteps")
    return Ruling(((batch, timesteps, features),), why=f"Copies the vector {layer.n} times: a new timesteps axis.",
                  verb=f"copies {layer.n} times")  # fmt: skip


def _permute(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    moved = tuple(inputs[0][index] for index in layer.dims)
    return Ruling(
        ((inputs[0][0], *moved),),
        why=f"Reorders the axes: {', '.join(axis.axis for axis in moved)}.",
        verb="reorders the axes",
    )


def _reshape(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    batch, *rest = inputs[0]
    target = _resolved(tuple(layer.target_shape), tuple(rest))
    named = tuple(regroup(tuple(rest), target, layer.name))
    why = "Regroups the numbers in reading order; it never swaps axes."
    return Ruling(((batch, *named),), why=why, verb="regroups the numbers")


def _resolved(target: tuple[int | None, ...], rest: Shape) -> tuple[int | None, ...]:
    """Fill in the -1 of a target shape."""
    total = product(rest, "").size
    if -1 not in target:
        return target
    if total is None:
        return tuple(None if n == -1 else n for n in target)
    known = 1
    for n in target:
        known *= n if n not in (-1, None) else 1
    return tuple(total // known if n == -1 else n for n in target)


def regroup(axes: Shape, target: tuple[int | None, ...], owner: str) -> list[Axis]:
    """Name the axes of a reshape: those that stay keep their names, merged ones become products, cut ones are numbered.

    Reading order is kept by a reshape, so old and new axes are matched from the left, group by group.
    """
    old = [axis for axis in axes if axis.size != 1]
    made = [_made(size, owner, position) for position, size in enumerate(target)]
    left = [axis for axis in made if axis.size != 1]
    named: list[Axis] = []
    while left:
        ours, theirs = _group(old, left)
        named += _named(ours, theirs)
        old, left = old[len(ours) :], left[len(theirs) :]
    fresh = [axis for axis in named if axis.axis == FRESH]
    number = {id(axis): place for place, axis in enumerate(fresh, 1)} if len(fresh) > 1 else {}
    numbered = iter(replace(axis, axis=f"{FRESH}_{number[id(axis)]}") if id(axis) in number else axis for axis in named)
    return [axis if axis.size == 1 else next(numbered) for axis in made]


def _made(size: int | None, owner: str, position: int) -> Axis:
    source = (f"{owner}{_MADE}{position}]",)
    return Axis("1" if size == 1 else FRESH, size, f"target_shape[{position}]={size} of Reshape {owner}", source)


def _group(old: Sequence[Axis], new: Sequence[Axis]) -> tuple[Shape, Shape]:
    """The first old and new axes that hold the same numbers; all that are left where None hides which those are."""
    if not old or (old[0].size == new[0].size and (old[0].size is not None or _alike_behind(old, new))):
        return tuple(old[:1]), tuple(new[:1])
    ours, theirs = 1, 1
    while ours <= len(old) and theirs <= len(new):
        before, after = count(tuple(old[:ours])), count(tuple(new[:theirs]))
        if before is None or after is None:
            break
        if before == after:
            return tuple(old[:ours]), tuple(new[:theirs])
        ours, theirs = (ours + 1, theirs) if before < after else (ours, theirs + 1)
    return tuple(old), tuple(new)


def _alike_behind(old: Sequence[Axis], new: Sequence[Axis]) -> bool:
    """Whether the axes behind two open ones hold as many numbers: only then the open ones are the same."""
    behind = count(tuple(old[1:]))
    return behind == count(tuple(new[1:])) and (behind is not None or len(old) == len(new))


def _named(old: Shape, new: Shape) -> Shape:
    """The new axes of one group by the old ones."""
    whole = count(old)
    if None in (whole, count(new)):
        return _from_behind(old, new)
    if len(new) == 1 and old and (old[0].size == new[0].size or (whole is not None and whole == new[0].size)):
        return (old[0] if len(old) == 1 else product(old, new[0].origin),)
    if len(old) == 1 and [axis.size for axis in old[0].factors] == [axis.size for axis in new]:
        return old[0].factors  # what was laid end to end is cut apart again
    if len(old) == 1 and old[0].axis.isidentifier() and whole is not None and whole == count(new):
        return tuple(
            replace(
                axis,
                axis=f"{old[0].axis}_{number}",
                origin=f"{axis.origin}: one of the {len(new)} axes into which {old[0].axis} {whole} is cut",
                sources=(*axis.sources, *old[0].sources),
            )
            for number, axis in enumerate(new, 1)
        )
    return _from_behind(old, new) if len(old) > 1 and len(new) > 1 else new


def _from_behind(old: Shape, new: Shape) -> Shape:
    """Where a size is open: matched from the right as far as sizes are known; what is left in front is laid end to end.

    ``(None, None, 36)`` as ``(None, 4)``: the last axis is cut into 9 and 4, and all in front of the 4 become one.
    """
    ours, theirs, behind = [*old], [*new], list[Axis]()
    while ours and theirs:
        last, wanted = ours[-1], theirs[-1]
        if last.size is None or wanted.size is None or last.size % wanted.size:
            break
        theirs.pop()
        if last.size == wanted.size:
            behind.insert(0, ours.pop())
            continue
        origin = f"{wanted.origin}: a part of {last.axis} {last.size}"
        sources = (*wanted.sources, *last.sources)
        behind.insert(0, replace(wanted, axis=f"{last.axis}_2", origin=origin, sources=sources))
        ours[-1] = replace(last, axis=f"{last.axis}_1", size=last.size // wanted.size, origin=origin)
    if len(theirs) == 1 and len(ours) > 1 and count(tuple(ours)) == theirs[0].size:
        return (product(tuple(ours), theirs[0].origin), *behind)
    if len(theirs) == len(ours) == 1 and ours[0].size == theirs[0].size:
        return (*ours, *behind)
    return (*theirs, *behind)


def is_fresh(axis: Axis) -> bool:
    """Whether a reshape made the axis, and no layer that reads it has said yet what it is."""
    cut = any(_MADE in source for source in axis.sources) and axis.axis.rpartition("_")[2].isdigit()
    return axis.axis == FRESH or cut


# -- more or fewer places ------------------------------------------------------------------------------------


def both_sides(value: Any, rank: int) -> tuple[tuple[int, int], ...]:
    """``padding=1``, ``(1, 2)`` or ``((1, 2), (3, 4))`` as (before, behind) for each axis, as Keras reads them."""
    if isinstance(value, int):
        return ((value, value),) * rank
    if rank == 1 and len(value) == 2:
        return ((int(value[0]), int(value[1])),)
    return tuple((part, part) if isinstance(part, int) else (int(part[0]), int(part[1])) for part in value)


def _padded(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    return _grown(layer, inputs[0], "padding", 1)


def _cropped(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    return _grown(layer, inputs[0], "cropping", -1)


def _grown(layer: Any, shape: Shape, word: str, sign: int) -> Ruling:
    batch, places, channels = parted(layer, shape)
    sides = both_sides(getattr(layer, word), len(places))
    left = [_by(layer, axis, sign * sum(side), word, side) for axis, side in zip(places, sides, strict=True)]
    return Ruling((put_back(layer, batch, left, channels),), why=f"{word} changes only {listed(places)}.")


def _by(layer: Any, axis: Axis, change: int, word: str, side: tuple[int, int]) -> Axis:
    size = None if axis.size is None else axis.size + change
    return Axis(axis.axis, size, f"{word}={side} of {layer.name}", (*axis.sources, f"{layer.name}.{word}"))


def _upsampled(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    batch, places, channels = parted(layer, inputs[0])
    factors = spread(layer.size, len(places))
    longer = [
        Axis(
            axis.axis,
            None if axis.size is None else axis.size * factor,
            f"size={factor} of {layer.name}",
            (*axis.sources, f"{layer.name}.size"),
        )
        for axis, factor in zip(places, factors, strict=True)
    ]
    why = f"Repeats each of the {listed(places)} {' and '.join(map(str, dict.fromkeys(factors)))} times."
    return Ruling((put_back(layer, batch, longer, channels),), why=why)


def _words(rank: int) -> dict[str, Any]:
    return reading(f"batch {' '.join(PLACES[rank])} channels", made="channels")


SHEETS = (
    Sheet("Reshape", "reshape", _reshape),
    Sheet("Flatten", "flatten", _flatten, made="values", rank=1, least=True),
    Sheet("RepeatVector", "repeat", _repeat_vector, **reading("batch features", made="features")),
    Sheet("Permute", "permute", _permute),
    *(Sheet(f"Cropping{rank}D", "crop", _cropped, **_words(rank)) for rank in PLACES),
    *(Sheet(f"UpSampling{rank}D", "up", _upsampled, **_words(rank)) for rank in PLACES),
    *(Sheet(f"ZeroPadding{rank}D", "pad", _padded, **_words(rank)) for rank in PLACES),
)
