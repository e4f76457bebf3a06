"""One reading of one row: a layer, the last axis of what it reads, and how its count comes about."""

from __future__ import annotations

from dataclasses import dataclass

from explainers.core.axes import Axis, is_named, sized
from explainers.core.layers import axis_names, sheet
from explainers.core.spec import Argument, LayerSpec, Sizes


@dataclass(frozen=True)
class Reading:
    """One way to read a row: the layer, the size of its input's last axis, how the count comes about."""

    layer: LayerSpec
    last: int | None = None
    formula: str = ""
    input: Sizes | None = None


def make(class_name: str, name: str, **arguments: Argument) -> LayerSpec:
    return LayerSpec(class_name, name, tuple(arguments.items()))


def last(first: Sizes | None) -> int | None:
    return first[-1] if first else None


def last_axis(layer: LayerSpec, size: int) -> str:
    """``3 channels``: what the last axis of a layer's input counts."""
    facts = sheet(layer.class_name)
    name = axis_names(layer.class_name, (facts.rank if facts is not None else None) or 2)[-1]
    return sized(Axis(name if is_named(name) else "features", size, ""))
