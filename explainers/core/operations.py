"""keras.ops in a functional model: ``x + y``, ``ops.mean(x, axis=1)``. What they do to the axes, and as code.

An operation holds no weights, and its numbers (a constant, an index) are no tensors of the graph. So a rule here is
tried, and where the live shape says otherwise only what its sizes show is named.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from explainers.core.axes import Axis, Shape, count, joined
from explainers.core.calls import read_by
from explainers.core.layers.merging import broadcast
from explainers.core.layers.reshaping import regroup

_MERGING = (
    *("Add", "Subtract", "Multiply", "Divide", "TrueDivide", "FloorDivide", "Power", "Mod", "Maximum", "Minimum"),
    *("Greater", "GreaterEqual", "Less", "LessEqual", "Equal", "NotEqual", "LogicalAnd", "LogicalOr", "Where"),
)
_KEEPING = (
    *("Tanh", "Sigmoid", "Relu", "Softmax", "LogSoftmax", "Softplus", "Elu", "Gelu", "Silu", "LeakyRelu", "Exp"),
    *("Log", "Log1p", "Sqrt", "Square", "Abs", "Absolute", "Negative", "Sign", "Cast", "Clip", "Sin", "Cos", "Flip"),
    *("HardSigmoid", "Relu6", "Selu", "Normalize", "Round", "Floor", "Ceil", "Reciprocal", "Rsqrt", "Cumsum", "Roll"),
)
_REDUCING = ("Mean", "Sum", "Max", "Min", "Prod", "Std", "Var", "Any", "All", "Argmax", "Argmin")


def is_operation(layer: Any) -> bool:
    """Whether it is a bare operation of keras.ops and no layer."""
    return type(layer).__module__.startswith("keras.src.ops.")


def operated(operation: Any, inputs: Sequence[Shape]) -> tuple[Shape, str] | None:
    """The named shape that comes out and one sentence why; None where no rule fits."""
    name = type(operation).__name__
    if name in _MERGING:
        return broadcast(inputs), "Element by element: axes line up from the right, and an axis of 1 stretches."
    if name in _KEEPING:
        return inputs[0], "Changes values, never the shape."
    rule = _RULES.get("Reduce" if name in _REDUCING else name)
    return rule(operation, inputs) if rule is not None else None


def _reduced(operation: Any, inputs: Sequence[Shape]) -> tuple[Shape, str]:
    shape = inputs[0]
    axis = operation.axis
    places = range(len(shape)) if axis is None else axis if isinstance(axis, list | tuple) else (axis,)
    gone = {place % len(shape) for place in places}
    name = type(operation).__name__.lower()
    origin = f"keepdims=True of {operation.name}"
    kept = [replace(a, size=1, origin=origin) if i in gone else a for i, a in enumerate(shape)]
    left = kept if operation.keepdims else [a for i, a in enumerate(shape) if i not in gone]
    return tuple(left), f"The {name} over {', '.join(shape[i].axis for i in sorted(gone))}: one number is left of them."


def _expanded(operation: Any, inputs: Sequence[Shape]) -> tuple[Shape, str] | None:
    axis = operation.axis
    if not isinstance(axis, int):
        return None
    place = axis % (len(inputs[0]) + 1)
    new = Axis("1", 1, f"axis={axis} of expand_dims {operation.name}", (f"{operation.name}.axis",))
    return (*inputs[0][:place], new, *inputs[0][place:]), "Puts in an axis of 1; no number is added."


def _squeezed(operation: Any, inputs: Sequence[Shape]) -> tuple[Shape, str]:
    shape, axis = inputs[0], operation.axis
    places = axis if isinstance(axis, list | tuple) else (axis,)
    gone = {i for i, a in enumerate(shape) if (a.size == 1 if axis is None else i in {p % len(shape) for p in places})}
    return tuple(a for i, a in enumerate(shape) if i not in gone), "Takes out an axis of 1; no number is lost."


def _transposed(operation: Any, inputs: Sequence[Shape]) -> tuple[Shape, str]:
    axes = operation.axes if operation.axes is not None else tuple(reversed(range(len(inputs[0]))))
    moved = tuple(inputs[0][place] for place in axes)
    return moved, f"Turns the axes: {', '.join(axis.axis for axis in moved)}."


def _multiplied(operation: Any, inputs: Sequence[Shape]) -> tuple[Shape, str] | None:
    """(…, rows, inner) by (…, inner, columns)."""
    if len(inputs) != 2 or min(len(shape) for shape in inputs) < 2:
        return None
    left, right = inputs
    longer = left if len(left) >= len(right) else right
    inner = f"{left[-1].axis} of the first meet {right[-2].axis} of the second and are summed away."
    return (*longer[:-2], left[-2], right[-1]), f"A product of matrices: {inner}"


def _concatenated(operation: Any, inputs: Sequence[Shape]) -> tuple[Shape, str]:
    place = operation.axis % len(inputs[0])
    meeting = tuple(shape[place] for shape in inputs)
    origin = f"concatenate {operation.name}: " + " + ".join(f"{a.axis} {a.size}" for a in meeting)
    rest = list(broadcast(inputs))
    rest[place] = joined(meeting, origin, (f"{operation.name}.axis",))
    return tuple(rest), f"Joins its inputs along {rest[place].axis}; all other axes must agree."


def _taken(operation: Any, inputs: Sequence[Shape]) -> tuple[Shape, str] | None:
    """One place of one axis: ``ops.take(x, -1, axis=1)``."""
    if operation.axis is None:
        return None
    gone = operation.axis % len(inputs[0])
    left = (*inputs[0][:gone], *inputs[0][gone + 1 :])
    return left, f"Takes one of the {inputs[0][gone].axis}: that axis goes."


def _stacked(operation: Any, inputs: Sequence[Shape]) -> tuple[Shape, str]:
    place = operation.axis % (len(inputs[0]) + 1)
    new = Axis("stacked", len(inputs), f"{len(inputs)} tensors in {operation.name}", (f"{operation.name}.axis",))
    return (*inputs[0][:place], new, *inputs[0][place:]), "Puts tensors of one shape side by side on a new axis."


def _cut_out(operation: Any, inputs: Sequence[Shape]) -> tuple[Shape, str] | None:
    """``x[:, -1]``, ``x[:, 2:5, None]``: an index takes an axis away, a slice shortens it, None puts one in."""
    index = operation._inbound_nodes[0].arguments.args[1]
    parts = list(index) if isinstance(index, tuple) else [index]
    if any(not (part is None or part is Ellipsis or isinstance(part, int | slice)) for part in parts):
        return None  # an index that is a tensor itself
    whole = len(inputs[0]) - sum(part is not None and part is not Ellipsis for part in parts)
    if Ellipsis not in parts:
        parts.append(Ellipsis)
    place = parts.index(Ellipsis)
    parts[place : place + 1] = [slice(None)] * whole
    left, entering = [], iter(inputs[0])
    for part in parts:
        left += _indexed(operation, part, None if part is None else next(entering))
    return tuple(left), "Takes a part of the tensor: an index drops its axis, a slice keeps it."


def _indexed(operation: Any, part: Any, axis: Axis | None) -> list[Axis]:
    """What one part of an index leaves of its axis."""
    if axis is None:
        return [Axis("1", 1, f"None in the index of {operation.name}")]
    if isinstance(part, int):
        return []
    if part == slice(None) or axis.size is None:
        return [axis]
    return [axis.resized(len(range(*part.indices(axis.size))))]


def _reshaped(operation: Any, inputs: Sequence[Shape]) -> tuple[Shape, str] | None:
    """The batch stays where the numbers of one sample stay together."""
    batch, *rest = inputs[0]
    target = tuple(operation.newshape)
    whole, wanted = count(tuple(rest)), target[1:]
    if whole is None or -1 in wanted or None in wanted or math.prod(wanted) != whole:
        return None
    named = regroup(tuple(rest), wanted, operation.name)
    return (batch, *named), "Re-cuts the numbers in reading order; it never turns axes."


def _einsum(operation: Any, inputs: Sequence[Shape]) -> tuple[Shape, str] | None:
    """Each letter of the subscripts is an axis."""
    into, arrow, out = operation.subscripts.replace(" ", "").partition("->")
    terms = into.split(",")
    if not arrow or "." in into or [len(term) for term in terms] != [len(shape) for shape in inputs]:
        return None
    axes: dict[str, Axis] = {}
    for term, shape in zip(terms, inputs, strict=True):
        for letter, axis in zip(term, shape, strict=True):
            axes.setdefault(letter, axis)
    gone = ", ".join(axis.axis for letter, axis in axes.items() if letter not in out) or "nothing"
    return tuple(axes[letter] for letter in out), f"{operation.subscripts} sums {gone} away."


def _swapped(operation: Any, inputs: Sequence[Shape]) -> tuple[Shape, str]:
    moved = list(inputs[0])
    one, other = operation.axis1 % len(moved), operation.axis2 % len(moved)
    moved[one], moved[other] = moved[other], moved[one]
    return tuple(moved), f"Turns the axes: {', '.join(axis.axis for axis in moved)}."


_RULES: dict[str, Callable[[Any, Sequence[Shape]], tuple[Shape, str] | None]] = {
    "Reduce": _reduced,
    "ExpandDims": _expanded,
    "Squeeze": _squeezed,
    "Transpose": _transposed,
    "Matmul": _multiplied,
    "Dot": _multiplied,
    "Concatenate": _concatenated,
    "Stack": _stacked,
    "Take": _taken,
    "GetItem": _cut_out,
    "Reshape": _reshaped,
    "Einsum": _einsum,
    "Swapaxes": _swapped,
}


# -- as code -------------------------------------------------------------------------------------------------


def expression(operation: Any, given: Sequence[str]) -> str:
    """``ops.mean(lstm_1, axis=1)``: the call as one writes it. given: the variables of its tensors, in order."""
    node = operation._inbound_nodes[0]
    names = {id(tensor): name for tensor, name in zip(read_by(node), given, strict=True)}
    positional = [as_written(value, names) for value in node.arguments.args]
    if type(operation).__name__ == "GetItem":
        return f"{positional[0]}[{_place(node.arguments.args[1])}]"
    named = {key: as_written(value, names) for key, value in node.arguments.kwargs.items()}
    made = {key: as_written(value, names) for key, value in _config(operation).items()}
    if "subscripts" in made:  # einsum has them in front of its tensors
        positional.insert(0, made.pop("subscripts"))
    named |= made
    words = [*positional, *(f"{key}={text}" for key, text in named.items())]
    return f"ops.{_function(type(operation).__name__)}({', '.join(words)})"


def _config(operation: Any) -> dict[str, Any]:
    """What its constructor was given; nothing where it can't be told."""
    try:
        config = dict(operation.get_config())
    except (NotImplementedError, TypeError, ValueError, AttributeError):
        return {}
    kept = ("name",) if type(operation).__name__ == "Cast" else ("name", "dtype")
    return {key: value for key, value in config.items() if key not in kept and value is not None}


def _function(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def as_written(value: Any, names: dict[int, str]) -> str:
    """A tensor by its variable, a literal as it is; an array of numbers by its shape alone."""
    if id(value) in names:
        return names[id(value)]
    if isinstance(value, dict):
        inside = ", ".join(f"{key!r}: {as_written(part, names)}" for key, part in value.items())
        return f"{{{inside}}}"
    if isinstance(value, list | tuple):
        inside = ", ".join(as_written(part, names) for part in value)
        return f"[{inside}]" if isinstance(value, list) else f"({inside},)" if len(value) == 1 else f"({inside})"
    if hasattr(value, "shape"):
        return f"ops.ones({tuple(value.shape)})"
    return repr(value)


def _place(index: Any) -> str:
    parts = index if isinstance(index, tuple) else (index,)
    return ", ".join(_index(part) for part in parts)


def _index(part: Any) -> str:
    if not isinstance(part, slice):
        return "..." if part is Ellipsis else repr(part)
    low, high = ("" if n is None else str(n) for n in (part.start, part.stop))
    return f"{low}:{high}" + (f":{part.step}" if part.step is not None else "")
