"""Layers with several inputs of one shape, or nearly so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from explainers.core.axes import Axis, Shape, joined
from explainers.core.layers.sheet import Ruling, Sheet

SECTION = "Merging layers"


def broadcast(inputs: Sequence[Shape]) -> Shape:
    """Line the axes up from the right; where sizes differ, the 1 stretches."""
    rank = max(len(shape) for shape in inputs)
    result: list[Axis] = []
    for place in range(-rank, 0):
        candidates = [shape[place] for shape in inputs if len(shape) >= -place]
        result.append(next((axis for axis in candidates if axis.size not in (1, None)), candidates[0]))
    if len(inputs[0]) == rank:
        result[0] = inputs[0][0]  # batch lines up from the left
    return tuple(result)


def _merge(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    why = "Element by element: the axes must agree, and an axis of 1 stretches."
    return Ruling((broadcast(inputs),), why=why, verb="element by element")


def _concatenate(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    position = layer.axis % len(inputs[0])
    meeting = tuple(shape[position] for shape in inputs)
    origin = f"Concatenate {layer.name}: " + " + ".join(f"{a.axis} {a.size}" for a in meeting)
    axis = side_by_side(meeting, position == len(inputs[0]) - 1, origin, (f"{layer.name}.axis",))
    rest = list(broadcast(inputs))
    rest[position] = axis
    why = f"Joins its inputs along {axis.axis}; all other axes must agree."
    return Ruling((tuple(rest),), why=why, verb=f"joins {meeting[0].axis}")


def side_by_side(axes: Shape, is_last: bool, origin: str, sources: tuple[str, ...]) -> Axis:
    """Axes joined in one. Single numbers on the last axis become features of their sample."""
    axis = joined(axes, origin, sources)
    if all(part.axis == "1" for part in axes):
        return replace(axis, axis="features" if is_last else "stacked", parts=())
    return axis


def _dot(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    one, other = inputs
    places = layer.axes if isinstance(layer.axes, tuple | list) else (layer.axes, layer.axes)
    gone, met = places[0] % len(one), places[1] % len(other)
    left = [axis for i, axis in enumerate(one) if i != gone]
    right = [axis for i, axis in enumerate(other) if i not in (0, met)]
    single = Axis("1", 1, f"Dot {layer.name} of two vectors: one number for each sample", (f"{layer.name}.axes",))
    shape = (*left, *right) if len(left) + len(right) > 1 else (*left, single)
    why = f"{one[gone].axis} of the first meet {other[met].axis} of the second and are summed over."
    return Ruling((shape,), why=why)


SHEETS = (
    Sheet("Concatenate", "merge", _concatenate),
    *(Sheet(name, "merge", _merge) for name in ("Average", "Maximum", "Minimum", "Add", "Subtract", "Multiply")),
    Sheet("Dot", "merge", _dot),
)
