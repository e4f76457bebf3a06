"""One reading of one row: a layer, the last axis of what it reads, and how its count comes about."""

from __future__ import annotations

from dataclasses import dataclass

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
