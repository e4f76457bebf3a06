"""Weights that don't fit, beside code: the layer of the code that holds a weight of the shape in the message."""

from __future__ import annotations

from dataclasses import replace

from explainers.core.finding import Finding
from explainers.core.mistakes import find_mistake
from explainers.core.spec import Check, ModelSpec, Sizes
from explainers.reading.causes import cause_of
from explainers.reading.shapes import walk, weight_shapes

_NO_LAYER = ("Sequential", "Functional", "Model", None)


def in_the_weights(spec: ModelSpec | None, error: Finding) -> tuple[Finding, ModelSpec | None]:
    """The message about that layer, and the model with the weights put into it; as it came where none is found."""
    expected, found = error.shape("expected"), error.shape("found")
    mistake = find_mistake(error.mistake)
    if mistake is None or mistake.end != "weights" or spec is None or expected is None or found is None:
        return error, None
    for i, inputs, _ in walk(spec):
        layer = spec.layers[spec.calls[i].layer]
        held = weight_shapes(layer, inputs)
        if expected not in held or error.class_name not in (*_NO_LAYER, layer.class_name):
            continue
        told = replace(error, layer=layer.name, class_name=layer.class_name)
        told = replace(told, cause=cause_of(error.family, told) if error.family is not None else error.cause)
        if any(
            check.kind == "weights" and check.layer == layer.name and found in check.shapes for check in spec.checks
        ):
            return told, spec
        return told, replace(spec, checks=(Check("weights", _given(held, expected, found), layer=layer.name),))
    return error, None


def _given(held: tuple[Sizes, ...], expected: Sizes, found: Sizes) -> tuple[Sizes, ...]:
    """The layer's weights with the one that was given in its place."""
    place = held.index(expected)
    return (*held[:place], found, *held[place + 1 :])
