"""Activations that are layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from explainers.core.axes import Shape
from explainers.core.layers.sheet import Ruling, Sheet, same, weights

SECTION = "Activation layers"


def _prelu(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    """A slope for every element of a sample, or one for all places of a shared axis."""
    shared = layer.shared_axes or ()
    places = tuple(shared) if isinstance(shared, tuple | list) else (shared,)
    alpha = tuple(
        replace(axis, axis="1", size=1, origin=f"shared_axes={places} of PReLU {layer.name}") if i in places else axis
        for i, axis in enumerate(inputs[0])
        if i
    )
    why = "Learns how steep its slope is below zero; the shape stays the same."
    return Ruling((inputs[0],), weights(layer, alpha=alpha), why)


SHEETS = (
    Sheet("Activation", "same", same),
    *(Sheet(name, "same", same) for name in ("ReLU", "Softmax", "LeakyReLU")),
    Sheet("PReLU", "prelu", _prelu),
    Sheet("ELU", "same", same),
)
