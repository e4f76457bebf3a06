"""keras.ops in a functional model: ``x + y``, ``ops.mean(x, axis=1)``. What they do to the axes, and as code.

An operation holds no weights, and its numbers (a constant, an index) are no tensors of the graph. So a rule here is
tried, and where the live shape says otherwise the axes are honestly unknown, for that tensor alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from explainers.core.axes import Axis, Shape, joined

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
}


# -- as code -------------------------------------------------------------------------------------------------


def expression(operation: Any, given: Sequence[str]) -> str:
    """``ops.mean(lstm_1, axis=1)``: the call as one writes it. given: the variables of its tensors, in order."""
    node = operation._inbound_nodes[0]
    names = {id(tensor): name for tensor, name in zip(node.input_tensors, given, strict=True)}
    positional = [_written(value, names) for value in node.arguments.args]
    if type(operation).__name__ == "GetItem":
        return f"{positional[0]}[{_place(node.arguments.args[1])}]"
    named = {key: _written(value, names) for key, value in node.arguments.kwargs.items()}
    made = {key: _written(value, names) for key, value in _config(operation).items()}
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
    return {key: value for key, value in config.items() if key not in ("name", "dtype") and value is not None}


def _function(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _written(value: Any, names: dict[int, str]) -> str:
    """A tensor by its variable, a literal as it is; an array of numbers by its shape alone."""
    if id(value) in names:
        return names[id(value)]
    if isinstance(value, list | tuple):
        inside = ", ".join(_written(part, names) for part in value)
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
