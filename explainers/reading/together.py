"""Code and a message in one paste: the code's own model, given what the message says came to it."""

from __future__ import annotations

import math
from dataclasses import replace

from explainers.core.finding import Finding
from explainers.core.mistakes import find_mistake
from explainers.core.spec import Check, LayerSpec, ModelSpec, Sizes
from explainers.reading.shapes import walk

SAMPLES = 8  # where the message says nothing of them
STEPS = 7  # in place of an open axis
MOST = 20_000_000  # numbers in one array
_WHOLE = (None, "Sequential", "Functional", "InputLayer", "Activation")


def together(spec: ModelSpec, error: Finding, loss: str) -> ModelSpec | None:
    """The model with a check that does what failed; None where the message isn't about the ends of this model."""
    if len(spec.inputs) != 1 or not spec.calls:
        return None
    if error.family is not None and error.family.counts_samples:
        return _cardinality(spec, error, loss)
    mistake = find_mistake(error.mistake)
    end = mistake.end if mistake is not None else ""
    if end == "target":
        return _target(spec, error, loss)
    of_data = end == "data" or error.class_name in ("Sequential", "Functional")
    return _data(spec, error) if of_data else None


def _data(spec: ModelSpec, error: Finding) -> ModelSpec | None:
    """What was found, put into the model."""
    shape, found = spec.inputs[0].shape, error.shape("found")
    sample = _fits(error, shape, spec.layers[spec.calls[0].layer])
    if found is None or sample is None:
        return None
    return replace(spec, checks=(Check("predict", (_samples(found, sample),)),))


def _target(spec: ModelSpec, error: Finding, loss: str) -> ModelSpec | None:
    """The targets that were found, against the model's own output."""
    out, found = _output(spec), error.shape("found")
    if out is None or found is None:
        return None
    sample = _fits(error, out, spec.layers[spec.calls[-1].layer])
    if sample is None:
        return None
    target = _samples(found, sample)
    data = _samples((target[0], *spec.inputs[0].shape[1:]), False)
    return replace(spec, checks=(Check("fit", (data,), (target,), loss),))


def _cardinality(spec: ModelSpec, error: Finding, loss: str) -> ModelSpec | None:
    """So many samples of data, and another number of targets."""
    out, left, right = _output(spec), error.number("left"), error.number("right")
    if out is None or left is None or right is None or error.number("second") is not None:
        return None
    data, target = _samples((left, *spec.inputs[0].shape[1:]), False), _samples((right, *out[1:]), False)
    if math.prod(n or 1 for n in data) > MOST or math.prod(n or 1 for n in target) > MOST:
        return None
    return replace(spec, checks=(Check("fit", (data,), (target,), loss),))


def _output(spec: ModelSpec) -> Sizes | None:
    """The shape of the model's only output, as far as it is worked out without Keras."""
    outputs = {i: shapes for i, _, shapes in walk(spec)}
    if len(spec.outputs) != 1 or spec.outputs[0].source != "call":
        return None
    shapes = outputs.get(spec.outputs[0].index)
    return shapes[0] if shapes and None not in (shapes[0][-1:]) else None


def _fits(error: Finding, shape: Sizes, layer: LayerSpec) -> bool | None:
    """Whether the message is about this end of the model: one sample (True), with the batch (False), or not (None)."""
    if error.class_name not in (*_WHOLE, layer.class_name):
        return None
    expected, rank = error.shape("expected"), error.number("expected_ndim")
    if expected is None:
        return False if rank == len(shape) else None
    if len(expected) == len(shape):
        return False if _same(expected, shape) else None
    return True if len(expected) == len(shape) - 1 and _same(expected, shape[1:]) else None


def _same(one: Sizes, other: Sizes) -> bool:
    return all(a == b or a is None or b is None for a, b in zip(one, other, strict=True))


def _samples(sizes: Sizes, sample: bool) -> Sizes:
    """An array's shape: with samples in front, and no axis open."""
    whole = (SAMPLES, *sizes) if sample else (sizes[0] if sizes and sizes[0] is not None else SAMPLES, *sizes[1:])
    return tuple(STEPS if n is None else n for n in whole)
