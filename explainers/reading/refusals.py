"""What was tried with a live model and failed -> the mistake. It is known what was tried; Keras' words aren't read."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from explainers.core.axes import Shape, sizes
from explainers.core.finding import Finding, Value, name_axes
from explainers.core.mistakes import find_mistake
from explainers.core.results import BuildError
from explainers.core.spec import Check, ModelSpec, Sizes
from explainers.core.words import spoken_by_keras
from explainers.reading.causes import cause_of_mistake


@dataclass(frozen=True)
class Tried:
    """One check that failed.

    named: the shapes of the live model with the names of their axes. outputs: what it gives.
    weights: those of the layer that the check is about.
    data_pass: whether the data go through the model, so that it is the targets which don't fit.
    """

    spec: ModelSpec
    check: Check
    named: tuple[Shape, ...] = ()
    outputs: tuple[Sizes, ...] = ()
    weights: tuple[Sizes, ...] = ()
    data_pass: bool = False


def refusal(error: Exception, tried: Tried) -> BuildError:
    """The failure with its mistake, its cause and the two shapes that disagree, as far as what was tried says them."""
    judge = _JUDGES.get(tried.check.kind)
    found = judge(tried) if judge is not None else None
    if found is None:
        return BuildError(type(error).__name__, spoken_by_keras(error), None, None, "")
    cause = cause_of_mistake(found)
    expected = _with_names(tried, found.shape("expected") or ())
    names = tuple(axis.axis for axis in expected) if len(expected) == len(found.shape("found") or ()) else ()
    came = name_axes(found.shape("found") or (), names, "what was tried")
    return BuildError(
        type(error).__name__, spoken_by_keras(error), None, found.mistake, cause, expected=expected, found=came
    )


def _with_names(tried: Tried, expected: Sizes) -> Shape:
    """A shape of the live model under the names of its axes."""
    return next((shape for shape in tried.named if sizes(shape) == expected), name_axes(expected, (), "the live model"))


def finding_of(error: BuildError, classes: Mapping[str, str]) -> Finding | None:
    """A failure known in structure, as the fixes of its mistake take it; None where only its words are known."""
    if find_mistake(error.mistake) is None:
        return None
    shapes: dict[str, Shape] = {"expected": error.expected, "found": error.found}
    return Finding(
        "error",
        mistake=error.mistake,
        layer=error.layer,
        class_name=classes.get(error.layer or ""),
        values={f"{role}_ndim": len(shape) for role, shape in shapes.items() if shape},
        named={role: (sizes(shape),) for role, shape in shapes.items() if shape},
        shapes=tuple(shape for shape in (error.found,) if shape),
        cause=error.cause,
    )


def _fed(tried: Tried) -> Finding | None:
    """Data that the Inputs don't take, or targets that the outputs don't fit."""
    check = tried.check
    if check.shapes and len(check.shapes) != len(tried.spec.inputs):
        counts: dict[str, Value] = {"expected_inputs": len(tried.spec.inputs), "received_inputs": len(check.shapes)}
        return Finding("error", "input_count", values=counts)
    for tensor, came in zip(tried.spec.inputs, check.shapes, strict=False):
        if not tried.data_pass and _apart(tensor.shape, came):  # Keras adds and drops a last axis of 1
            mistake = "data_size" if len(tensor.shape) == len(came) else "data_rank"
            return _between(mistake, tensor.shape, came)
    if not tried.data_pass or check.loss_keys or check.target_keys:
        return None  # no shape is wrong
    outputs = check.of_outputs(tried.outputs)
    classes = outputs[0][-1] if len(outputs) == 1 and outputs[0] else None
    if check.label is not None and classes is not None and check.label >= classes:
        return None  # the message says it: no shape is wrong
    pairs = zip(outputs, check.targets, strict=False)
    rows = check.loss.startswith("sparse")  # it reads one number for each sample, not a row as wide as the output
    expected, came = next(((a, b) for a, b in pairs if _apart(a, b) or rows), ((), ()))
    found = _between("target_shape", expected, came)
    return replace(found, values={"loss": check.loss}) if check.loss else found


def _between(mistake: str, expected: Sizes, came: Sizes) -> Finding:
    return Finding("error", mistake, named={"expected": (expected,), "found": (came,)} if expected or came else {})


def _apart(expected: Sizes, came: Sizes) -> bool:
    """Whether two shapes disagree beyond their batch."""
    differ = any(a is not None and b is not None and a != b for a, b in zip(expected[1:], came[1:], strict=False))
    return len(expected) != len(came) or differ


def _weights(tried: Tried) -> Finding:
    given = tried.check.shapes
    if len(tried.weights) != len(given):
        counts: dict[str, Value] = {"left": len(tried.weights), "right": len(given)}
        return Finding("error", "weights_shape", layer=tried.check.layer, values=counts)
    expected, came = next(((a, b) for a, b in zip(tried.weights, given, strict=True) if a != b), ((), ()))
    return _between("weights_shape", expected, came)


def _ids(tried: Tried) -> Finding:
    words = next((n for layer in tried.spec.layers if isinstance(n := layer.get("input_dim"), int)), None)
    return Finding("error", "embedding_range", values={"index": tried.check.number, "input_dim": words})


def _unpack(tried: Tried) -> Finding:
    return Finding("error", "output_count", values={"expected_outputs": tried.check.number})


def _attribute(tried: Tried) -> Finding:
    return Finding("error", "old_argument", values={"attribute": tried.check.layer})


def _input(tried: Tried) -> Finding:
    return Finding("error", "old_argument", values={"size": tried.check.number})


def _reshape(tried: Tried) -> Finding:
    before, after = tried.check.shapes
    values: dict[str, Value] = {"values": math.prod(n or 1 for n in before)}
    return Finding("error", "reshape", values=values, named={"target": (after,)})


def _ragged(tried: Tried) -> Finding:
    return Finding("error", "ragged_data", named={"found": tried.check.shapes[:1]} if tried.check.shapes else {})


_JUDGES: dict[str, Callable[[Tried], Finding | None]] = {
    "fit": _fed,
    "predict": _fed,
    "weights": _weights,
    "ids": _ids,
    "unpack": _unpack,
    "attribute": _attribute,
    "input": _input,
    "reshape": _reshape,
    "values": _ragged,
}
