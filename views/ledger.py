"""The parameter ledger: each weight as the rectangle of its axes, and how the counts add up to `count_params()`."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from explainers.core.axes import TIMES, Axis, Shape, as_factor, blocks, is_named
from explainers.core.results import Inspection, Layer, Weight
from explainers.core.words import listed
from views.numbers import axis_data, code_by_layer, shape_data

INPUT = "InputLayer"


def data(inspection: Inspection, hide: bool | Collection[str] = False) -> dict[str, Any]:
    """What ledger.js draws. hide: the layers (True: all) of which nothing but the name leaves the server, not even
    whether they have weights: the learner guesses first. While one is hidden, so is the sum."""
    code = code_by_layer(inspection)
    names = {layer.name for layer in inspection.layers if hide is True or (hide and layer.name in hide)}
    asked = [layer for layer in inspection.layers if layer.name in names and layer.class_name != INPUT]
    weighty = [layer for layer in inspection.layers if layer.weights or layer in asked]
    light = [layer for layer in inspection.layers if _is_light(layer) and layer.name not in names]
    return {
        "hide": bool(names),
        "layers": [_layer(layer, layer.name in names, code) for layer in weighty],
        "total": None if names else inspection.total_params,
        "failed": inspection.error is not None,
        "light": [f"{layer.class_name} {layer.name}" for layer in light],
        "text": "Counts that say “?” are yours to predict." if names else text(inspection),
    }


def text(inspection: Inspection) -> str:
    """The ledger in words, one sentence a layer, and the total."""
    sentences = []
    for layer in inspection.layers:
        if layer.weights:
            weights = "; ".join(f"{w.name} {w.formula} = {w.numbers} = {w.count:,}" for w in layer.weights)
            sentences.append(f"{layer.name} ({layer.class_name}): {weights}; together {layer.params:,}.")
    whole = "The model has" if inspection.error is None else "The layers built before the failure have"
    return " ".join([*sentences, f"{whole} {inspection.total_params:,} parameters."])


def remark(layer: Layer) -> str:
    """Which axes of the layer's data no weight has, so that the same numbers serve every length.

    Worked out from names and sources: a kernel after Flatten does grow with timesteps, and then this says so.
    """
    if not layer.known or not layer.weights or not layer.inputs:
        return ""
    growing = _with_timesteps(layer)
    if growing:
        sized = "size of {} in {} depends" if len(growing) == 1 else "sizes of {} in {} depend"
        which = sized.format(listed(growing), layer.name)
        return f"The {which} on the number of timesteps: a different length needs different weights."
    absent = [axis.axis for axis in layer.inputs[0][:-1] if is_named(axis.axis)]
    if not absent:
        return ""
    which = listed(absent, "or")
    kept, whose = _numbers(layer.params), "its size" if len(absent) == 1 else "their sizes"
    return f"No weight of {layer.name} has an axis for {which}: whatever {whose}, its {kept} the same."


def _numbers(params: int) -> str:
    return "1 number stays" if params == 1 else f"{params:,} numbers stay"


def _with_timesteps(layer: Layer) -> list[str]:
    """Names of the weights one of whose axes is made of timesteps: by name, or as the flattened axis that it reads."""
    flattened = [axis.sources for shape in layer.inputs for axis in shape if _of_timesteps(axis) and axis.sources]
    return [
        weight.name
        for weight in layer.weights
        if any(_of_timesteps(axis) or axis.sources in flattened for axis in weight.shape)
    ]


def _of_timesteps(axis: Axis) -> bool:
    return "timesteps" in axis.axis.split(TIMES)


def _is_light(layer: Layer) -> bool:
    return not layer.weights and layer.class_name != INPUT


def _layer(layer: Layer, hide: bool, code: dict[str, str]) -> dict[str, Any]:
    frozen = sum(weight.count for weight in layer.weights if not weight.trainable)
    return {
        "name": layer.name,
        "class_name": layer.class_name,
        "params": None if hide else layer.params,
        "frozen": None if hide else frozen,
        "remark": "" if hide else remark(layer),
        "weights": [] if hide else [_weight(weight, code) for weight in layer.weights],
    }


def _weight(weight: Weight, code: dict[str, str]) -> dict[str, Any]:
    gates = max(len(weight.gates), 1)
    factors = [as_factor(axis) for axis in weight.shape]
    return {
        "name": weight.name,
        "shape": shape_data(weight.shape, code),
        "block": [axis_data(axis, code) for axis in _block(weight.shape, gates)],
        "gates": list(weight.gates),
        "words": [words for words, _ in factors] or [weight.formula],
        "numbers": [numbers for _, numbers in factors] or [weight.numbers],
        "count": _count(weight, code),
        "trainable": weight.trainable,
    }


def _block(shape: Shape, gates: int) -> Shape:
    """The axes of one gate's block: 4 × units = 20 becomes units = 5."""
    if gates == 1 or not shape:
        return shape
    last = shape[-1]
    size = None if last.size is None else last.size // gates
    return (*shape[:-1], Axis(blocks(last)[1], size, last.origin, last.sources))


def _count(weight: Weight, code: dict[str, str]) -> dict[str, Any]:
    """The count of a weight as a number with an origin: everything that any of its axes comes from."""
    sources = tuple(dict.fromkeys(source for axis in weight.shape for source in axis.sources))
    origin = f"{weight.formula} = {weight.numbers}: all the numbers in {weight.name}"
    return axis_data(Axis("parameters", weight.count, origin, sources), None)
