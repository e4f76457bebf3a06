"""The rule of each layer held against the live model: what `core.layers` says, checked number by number.

A rule that disagrees with the live layer is a bug of ours, never a reason to refuse somebody's model: it warns
(`RuleError`, which makes every test fail), and the layer is shown as one without a rule.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from explainers.core.axes import Axis, Shape, by_place, is_named, product, sizes
from explainers.core.layers import CellRuling, NamedWeight, Ruling
from explainers.core.layers.ruling import (
    Sizes,
    base_rule_of,
    cell_ruling,
    recognised,
    recognised_shape,
    rule_of,
    weights_of,
)
from explainers.core.layers.sheet import argument, as_role, kind_of, times
from explainers.core.operating import operated
from explainers.core.operations import is_operation

__all__ = [
    "CellRuling",
    "NamedWeight",
    "RuleError",
    "Ruling",
    "apply_rule",
    "argument",
    "as_role",
    "cell_ruling",
    "nameless",
    "times",
    "weights_of",
]


class RuleError(UserWarning):
    """A rule says one thing and the live model another."""


def apply_rule(
    layer: Any,
    inputs: Sequence[Shape],
    live: Sequence[Sizes],
    check: bool = True,
    inside: Callable[[], Ruling | None] | None = None,
) -> Ruling:
    """The layer's ruling, checked against its live output shapes and weights.

    check: whether the outputs are: not those of a model inside a model that was called on other sizes.
    inside: of a layer without a rule, what following its call says.
    Warns with RuleError where a rule disagrees or fails; `recognised` stands in for it, and for a missing rule.
    """
    if is_operation(layer):
        return _operation(layer, inputs, live)
    rule = rule_of(layer)
    if rule is None:
        return _tried(layer, inputs, live, inside)
    try:
        return _checked(layer, rule(layer, inputs), live, check)
    except RuleError as error:
        doubt = error
    except Exception as error:  # whatever a rule stumbles over: told aloud, and the model is shown all the same
        doubt = RuleError(f"{kind_of(layer)} {layer.name}: its rule fails on {_given(inputs)}: {error!r}.")
    warnings.warn(doubt, stacklevel=2)
    return recognised(layer, inputs, live)


def beside_constants(layer: Any, inputs: Sequence[Shape], live: Sequence[Sizes]) -> Ruling:
    """A merge that was also given an array: its axes line up with the others, and the live sizes count.

    Keras' static shape has the array's batch of 1 where data will have their own.
    """
    rule = rule_of(layer)
    ruling = rule(layer, inputs) if rule is not None else recognised(layer, inputs, live)
    if [len(shape) for shape in ruling.outputs] != [len(shape) for shape in live]:
        return recognised(layer, inputs, live)
    outputs = tuple(
        tuple(_of_call(axis, size, place) for place, (axis, size) in enumerate(zip(shape, there, strict=True)))
        for shape, there in zip(ruling.outputs, live, strict=True)
    )
    return replace(ruling, outputs=outputs)


def _of_call(axis: Axis, size: int | None, place: int) -> Axis:
    """An axis at its live size; one that only the array has is called by its place here."""
    return replace(axis, size=size, axis=axis.axis if is_named(axis.axis) else by_place(place))


def _given(inputs: Sequence[Shape]) -> str:
    return " and ".join(str(sizes(shape)) for shape in inputs)


def _tried(
    layer: Any, inputs: Sequence[Shape], live: Sequence[Sizes], inside: Callable[[], Ruling | None] | None
) -> Ruling:
    """A custom class: as the Keras class that it builds on, or by its call followed, where all numbers are right."""
    base = base_rule_of(layer)
    for rule in (lambda: base(layer, inputs) if base else None, inside):
        try:
            ruling = rule() if rule is not None else None
            if ruling is not None:
                return _checked(layer, ruling, live, True)
        except Exception:  # it does something else: no mistake of anybody's
            continue
    return recognised(layer, inputs, live)


def _checked(layer: Any, ruling: Ruling, live: Sequence[Sizes], check: bool) -> Ruling:
    """The ruling with the outputs that this call really has; RuleError where its numbers aren't the live ones."""
    ruling = _adapted(layer, _called_for(ruling, live))
    if check and not ruling.known:
        ruling = _filled(layer, ruling, live)
    elif check:
        _check_outputs(layer, ruling, live)
    _check_weights(layer, ruling)
    return ruling


def _called_for(ruling: Ruling, live: Sequence[Sizes]) -> Ruling:
    """Without the optional outputs that nobody asked for, or with those of the other direction."""
    if ruling.optional and len(live) < len(ruling.outputs):
        return replace(ruling, outputs=ruling.outputs[: len(live)])
    wanted = [tuple(shape) for shape in live]
    if ruling.otherwise and [sizes(shape) for shape in ruling.outputs] != wanted:
        return replace(ruling, outputs=ruling.otherwise)
    return ruling


def _filled(layer: Any, ruling: Ruling, live: Sequence[Sizes]) -> Ruling:
    """Outputs that hang on something without a rule: the live sizes count."""
    origin = f"the live shape of {kind_of(layer)} {layer.name}"
    outputs = tuple(
        shape if sizes(shape) == tuple(size) else recognised_shape(tuple(size), (shape,), origin)
        for shape, size in zip(ruling.outputs, live, strict=True)
    )
    return replace(ruling, outputs=outputs)


def _operation(layer: Any, inputs: Sequence[Shape], live: Sequence[Sizes]) -> Ruling:
    """A bare operation: its rule where the live shape agrees, else what its sizes show (a constant changed it)."""
    given = [tuple(shape) for shape in live]
    found = operated(layer, inputs, given)
    if found is not None and [sizes(shape) for shape in found[0]] == given:
        return Ruling(found[0], why=found[1])
    if found is None and len(inputs) == 1 and [sizes(inputs[0])] == given:
        return Ruling((inputs[0],), why="Changes values, never the shape.")
    return recognised(layer, inputs, live)


def nameless(shape: Sizes, origin: str, inputs: Sequence[Shape] = ()) -> Shape:
    """A shape whose axes nobody named: those of its inputs where they can be seen, else "axis 1"."""
    return recognised_shape(tuple(shape), inputs, origin)


def _check_outputs(layer: Any, ruling: Ruling, live: Sequence[Sizes]) -> None:
    claimed = [sizes(shape) for shape in ruling.outputs]
    if claimed != [tuple(shape) for shape in live]:
        raise RuleError(f"{kind_of(layer)} {layer.name}: the rule says {claimed}, the live model {list(live)}.")


def _check_weights(layer: Any, ruling: Ruling) -> None:
    claimed = {id(weight.variable): sizes(weight.shape) for weight in ruling.weights}
    live = {id(variable): tuple(variable.shape) for variable in weights_of(layer)}
    if claimed != live:
        raise RuleError(
            f"{kind_of(layer)} {layer.name}: the rule has weights {sorted(claimed.values(), key=str)}, "
            f"the live layer {sorted(live.values(), key=str)}."
        )


# -- LoRA and quantized layers -------------------------------------------------------------------------------


def _adapted(layer: Any, ruling: Ruling) -> Ruling:
    """With the weights that LoRA or quantization put beside the layer's own, or in their place."""
    parts = [part for part in _parts(layer) if _is_adapted(part)]
    if not parts:
        return ruling
    claimed = {id(weight.variable): weight for weight in ruling.weights}
    known = tuple(dict.fromkeys(axis for weight in ruling.weights for axis in _runs(weight.shape)))
    ranks = tuple(
        Axis("lora_rank", part.lora_rank, f"lora_rank={part.lora_rank} of {layer.name}", (f"{layer.name}.lora_rank",))
        for part in parts
        if getattr(part, "lora_enabled", False)
    )
    found = [_adapted_weight(variable, claimed.get(id(variable)), (*known, *ranks)) for variable in weights_of(layer)]
    return replace(ruling, weights=tuple(found))


def _runs(shape: Shape) -> Shape:
    """The axes of a weight, and neighbours laid end to end: quantization keeps heads and key_dim as one axis."""
    pairs = ((i, j) for i in range(len(shape)) for j in range(i + 2, len(shape) + 1))
    return (*(product(shape[i:j], f"axes {i} to {j - 1} of a weight, end to end") for i, j in pairs), *shape)


def _parts(layer: Any) -> list[Any]:
    return list(layer._flatten_layers()) if hasattr(layer, "_flatten_layers") else []


def _is_adapted(layer: Any) -> bool:
    return bool(getattr(layer, "lora_enabled", False) or getattr(layer, "quantization_mode", None))


def _adapted_weight(variable: Any, claimed: NamedWeight | None, known: Shape) -> NamedWeight:
    shape = tuple(variable.shape)
    if claimed is not None and sizes(claimed.shape) == shape:
        return claimed
    ours = claimed.shape if claimed is not None and len(claimed.shape) == len(shape) else ()
    if variable.name.endswith("_history"):  # what float8 remembers of the last steps
        return NamedWeight(variable, variable.name, tuple(Axis("history", size, variable.name) for size in shape))
    axes = tuple(_adapted_axis(size, place, ours[place : place + 1], known) for place, size in enumerate(shape))
    return NamedWeight(variable, variable.name, axes)


def _adapted_axis(size: int, place: int, ours: Shape, known: Shape) -> Axis:
    """The axis of that size; half of one where two numbers of four bits share a byte."""
    candidates = (*ours, *reversed(known))
    for axis in candidates:
        if axis.size == size:
            return axis
    for axis in candidates:
        if axis.size is not None and math.ceil(axis.size / 2) == size:
            return replace(axis, axis=f"{axis.axis}/2", size=size, origin=f"two numbers a byte: {axis.origin}")
    return Axis("1" if size == 1 else by_place(place), size, "a weight of the quantization")
