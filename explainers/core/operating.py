"""What the operations of keras.ops do to the axes: ``x + y``, ``ops.mean(x, axis=1)``, ``ops.split(x, 3, axis=-1)``.

An operation holds no weights, and its numbers (a constant, an index) are no tensors of the graph. So a rule here is
tried, and where the live shape says otherwise only what its sizes show is named. A rule reads the operation's own
attributes (``op``) and what its call was given (`_given`), and moves the axes; none invents a size.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from explainers.core.axes import Axis, Shape, count, product, sizes
from explainers.core.layers.merging import broadcast
from explainers.core.layers.reshaping import regroup
from explainers.core.layers.sliding import listed
from explainers.core.making import at_length, made, new_axis, window_reads
from explainers.core.matrices import of_matrices
from explainers.core.products import attended, concatenated, einsum, multiplied, several

Operated = tuple[tuple[Shape, ...], str]  # all outputs, and one sentence why
Rule = Callable[[Any, Sequence[Shape]], "tuple[Shape, str] | None"]  # of an operation with one output
_MERGING = (
    *("Add", "Subtract", "Multiply", "Divide", "TrueDivide", "FloorDivide", "Power", "Mod", "Maximum", "Minimum"),
    *("Greater", "GreaterEqual", "Less", "LessEqual", "Equal", "NotEqual", "LogicalAnd", "LogicalOr", "LogicalXor"),
    *("Where", "Arctan2", "Logaddexp", "Logaddexp2", "Hypot", "Isclose", "DivideNoNan", "Fmod"),
    *("Fmax", "Fmin", "Gcd", "Lcm", "Heaviside", "Ldexp", "Nextafter", "Polar", "BinaryCrossentropy", "Cross"),
    *("BitwiseAnd", "BitwiseOr", "BitwiseXor", "BitwiseLeftShift", "BitwiseRightShift", "LeftShift", "RightShift"),
)
_REDUCING = (
    *("Mean", "Sum", "Max", "Min", "Amax", "Amin", "Prod", "Std", "Var", "Any", "All", "Argmax", "Argmin", "Median"),
    *("Norm", "Logsumexp", "CountNonzero", "Average", "Ptp", "Quantile", "Percentile", "Nanmax", "Nanmean", "Nanmin"),
    *("Nansum", "Nanargmax", "Nanargmin", "Nanmedian", "Nanprod", "Nanstd", "Nanvar", "Nanquantile", "Nanpercentile"),
    "Trapezoid",
)


def op_reads(operation: Any, rank: int) -> tuple[str, ...]:
    """What an operation calls the axes of its first tensor; () where it has no words: most take anything."""
    if type(operation).__name__ == "Matmul" and _multiplies_a_constant(operation):
        return ("batch", *[""] * (rank - 2), "features")
    return window_reads(operation, rank)


def is_faint(operation: Any) -> bool:
    """Whether its words only count where nobody else has one, as those of a Dense."""
    return type(operation).__name__ == "Matmul"


def _multiplies_a_constant(operation: Any) -> bool:
    """``x @ w``, as a Dense does it: w is no tensor of the graph."""
    args = operation._inbound_nodes[0].arguments.args
    return len(args) == 2 and hasattr(args[0], "_keras_history") and not hasattr(args[1], "_keras_history")


def is_merging(operation: Any) -> bool:
    """Whether it goes element by element through several tensors."""
    return type(operation).__name__ in _MERGING


def operated(operation: Any, inputs: Sequence[Shape], live: Sequence[Sequence[int | None]]) -> Operated | None:
    """The named shapes that come out and one sentence why; None where no rule fits.

    live: the shapes of what the live operation returns.
    """
    try:
        return _ruled(operation, inputs, live)
    except Exception:  # an argument that a rule doesn't know: its live shape is shown all the same
        return None


def _ruled(operation: Any, inputs: Sequence[Shape], live: Sequence[Sequence[int | None]]) -> Operated | None:
    name = type(operation).__name__
    if name in _MERGING:
        why = "Element by element: axes line up from the right, and an axis of 1 stretches."
        return (_beside_constants(operation, broadcast(inputs), live[0]),), why
    if name in _SEVERAL:
        return _SEVERAL[name](operation, inputs, len(live))
    rule = _reduced if name in _REDUCING else _RULES.get(name)
    several = of_matrices(operation, inputs, live) if rule is None else None
    if several is not None:
        return several
    found = rule(operation, inputs) if rule is not None else made(operation, inputs, live[0])
    return ((found[0],) * len(live), found[1]) if found is not None else None


def _beside_constants(operation: Any, shape: Shape, live: Sequence[int | None]) -> Shape:
    """An array of the call that is no tensor of the graph stretches an axis, too: the live size counts."""
    origin = f"a constant of {operation.name}"
    if len(shape) != len(live):
        return shape
    return tuple(
        axis if axis.size == size else replace(axis, size=size, origin=origin)
        for axis, size in zip(shape, live, strict=True)
    )


def _given(operation: Any, place: int, name: str) -> Any:
    """What the operation's call was given besides its first tensor: ``indices`` of take."""
    arguments = operation._inbound_nodes[0].arguments
    return arguments.args[place] if len(arguments.args) > place else arguments.kwargs.get(name)


def _places(axis: Any, rank: int) -> set[int]:
    """``axis=None``, ``-1`` or ``(1, 2)`` as places of the axes."""
    several = range(rank) if axis is None else axis if isinstance(axis, list | tuple) else (axis,)
    return {place % rank for place in several}


def _put_in(shape: Shape, place: int, axis: Axis) -> Shape:
    at = place % (len(shape) + 1)
    return (*shape[:at], axis, *shape[at:])


# -- fewer axes, or more -------------------------------------------------------------------------------------


def _reduced(operation: Any, inputs: Sequence[Shape]) -> tuple[Shape, str]:
    name = type(operation).__name__.lower()
    left, gone = _without(operation, inputs[0], operation.axis)
    return left, f"The {name} over {gone}: a single number is left."


def _without(operation: Any, shape: Shape, axis: Any) -> tuple[Shape, str]:
    """The shape with axes reduced to nothing, or to 1 with keepdims; and which they were, in words."""
    gone = _places(axis, len(shape))
    origin = f"keepdims=True of {operation.name}"
    kept = [replace(a, size=1, origin=origin) if i in gone else a for i, a in enumerate(shape)]
    keeps = getattr(operation, "keepdims", False)
    left = kept if keeps else [a for i, a in enumerate(shape) if i not in gone]
    return tuple(left), listed([shape[i] for i in sorted(gone)])


def _moments(operation: Any, inputs: Sequence[Shape], outputs: int) -> Operated:
    left, gone = _without(operation, inputs[0], operation.axes)
    return (left, left), f"Mean and variance over {gone}."


def _expanded(operation: Any, inputs: Sequence[Shape]) -> tuple[Shape, str] | None:
    given = several(operation.axis)
    shape, rank = inputs[0], len(inputs[0]) + len(given)
    for place in sorted(place % rank for place in given):
        shape = _put_in(shape, place, new_axis(operation, "1", 1, "axis"))
    return shape, "Inserts an axis of size 1; no number is added."


def _squeezed(operation: Any, inputs: Sequence[Shape]) -> tuple[Shape, str]:
    shape, axis = inputs[0], operation.axis
    ones = {i for i, a in enumerate(shape) if a.size == 1}
    gone = ones if axis is None else _places(axis, len(shape))
    return tuple(a for i, a in enumerate(shape) if i not in gone), "Removes an axis of size 1; no number is lost."


def _taken(operation: Any, inputs: Sequence[Shape]) -> tuple[Shape, str] | None:
    """``ops.take(x, -1, axis=1)`` takes one place, and the axis goes; ``[0, 2]`` takes two, and it stays."""
    if operation.axis is None:
        return None
    shape, gone = inputs[0], operation.axis % len(inputs[0])
    if len(inputs) > 1:  # the indices are a tensor with axes of their own
        return (*shape[:gone], *inputs[1], *shape[gone + 1 :]), (
            f"Takes entries along {shape[gone].axis} by their indices."
        )
    indices = _given(operation, 1, "indices")
    if isinstance(indices, list | tuple):
        left = at_length(operation, shape, gone, len(indices), "indices")
        return left, f"Takes {len(indices)} of the {shape[gone].axis}."
    if getattr(indices, "shape", ()):
        return None
    return (*shape[:gone], *shape[gone + 1 :]), f"Takes one of the {shape[gone].axis}: that axis disappears."


def _stacked(operation: Any, inputs: Sequence[Shape]) -> tuple[Shape, str]:
    origin = f"{len(inputs)} tensors in {operation.name}"
    new = Axis("stacked", len(inputs), origin, (f"{operation.name}.axis",))
    return _put_in(broadcast(inputs), operation.axis, new), "Stacks tensors of the same shape along a new axis."


def _unstacked(operation: Any, inputs: Sequence[Shape], outputs: int) -> Operated:
    shape, gone = inputs[0], operation.axis % len(inputs[0])
    left = (*shape[:gone], *shape[gone + 1 :])
    return (left,) * outputs, f"Splits {shape[gone].axis}: one tensor for each."


def _one_hot(operation: Any, inputs: Sequence[Shape]) -> tuple[Shape, str]:
    new = new_axis(operation, "num_classes", operation.num_classes, "num_classes")
    place = operation.axis if operation.axis >= 0 else operation.axis + len(inputs[0]) + 1
    return _put_in(inputs[0], place, new), "Each number becomes a row of zeros with one 1."


def _cut_out(operation: Any, inputs: Sequence[Shape]) -> tuple[Shape, str] | None:
    """``x[:, -1]``, ``x[:, 2:5, None]``: an index takes an axis away, a slice shortens it, None puts one in."""
    index = _given(operation, 1, "key")
    parts = list(index) if isinstance(index, tuple | list) else [index]
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
    return tuple(left), "Takes part of the tensor: an index drops its axis, a slice keeps it."


def _indexed(operation: Any, part: Any, axis: Axis | None) -> list[Axis]:
    """What one part of an index leaves of its axis."""
    if axis is None:
        return [Axis("1", 1, f"None in the index of {operation.name}")]
    if isinstance(part, int):
        return []
    if part == slice(None) or axis.size is None:
        return [axis]
    return [axis.resized(len(range(*part.indices(axis.size))))]


def _diagonal(operation: Any, inputs: Sequence[Shape]) -> tuple[Shape, str]:
    shape = inputs[0]
    gone = _places((operation.axis1, operation.axis2), len(shape))
    rest = tuple(axis for place, axis in enumerate(shape) if place not in gone)
    if type(operation).__name__ == "Trace":
        return rest, "The sum of the diagonal: both axes disappear."
    diagonal = shape[min(gone)]
    return (*rest, diagonal), "The diagonal: one of its two axes is left, and comes last."


# -- the same axes, turned or of another length --------------------------------------------------------------


def _transposed(operation: Any, inputs: Sequence[Shape]) -> tuple[Shape, str]:
    axes = operation.axes if operation.axes is not None else tuple(reversed(range(len(inputs[0]))))
    return _turned(tuple(inputs[0][place] for place in axes))


def _swapped(operation: Any, inputs: Sequence[Shape]) -> tuple[Shape, str]:
    moved = list(inputs[0])
    one, other = operation.axis1 % len(moved), operation.axis2 % len(moved)
    moved[one], moved[other] = moved[other], moved[one]
    return _turned(tuple(moved))


def _moved_axis(operation: Any, inputs: Sequence[Shape]) -> tuple[Shape, str]:
    rank = len(inputs[0])
    source, target = (several(value) for value in (operation.source, operation.destination))
    order = [place for place in range(rank) if place not in {place % rank for place in source}]
    for there, here in sorted(zip((place % rank for place in target), source, strict=True)):
        order.insert(there, here % rank)
    return _turned(tuple(inputs[0][place] for place in order))


def _turned(moved: Shape) -> tuple[Shape, str]:
    return moved, f"Reorders the axes: {listed(moved)}."


def _split(operation: Any, inputs: Sequence[Shape], outputs: int) -> Operated:
    """``ops.split(x, 3, axis=-1)``: the parts of a joined axis as they were, else shares of the same axis."""
    along = _SPLITTING.get(type(operation).__name__, getattr(operation, "axis", 0))
    shape, place = inputs[0], along % len(inputs[0])
    axis, how = shape[place], operation.indices_or_sections
    why = f"Cuts {axis.axis} into {outputs} parts; all other axes stay."
    if axis.size is None and isinstance(how, int):
        return tuple(at_length(operation, shape, place, None, "indices_or_sections") for _ in range(outputs)), why
    ends = [int(end) for end in how] if not isinstance(how, int) else _ends(axis.size or 0, how)
    lengths = tuple(
        None if high is None else max(high - low, 0) for low, high in zip([0, *ends], [*ends, axis.size], strict=True)
    )
    if tuple(part.size for part in axis.parts) == lengths:
        return tuple((*shape[:place], part, *shape[place + 1 :]) for part in axis.parts), why
    return tuple(at_length(operation, shape, place, size, "indices_or_sections") for size in lengths), why


_SPLITTING = {"Vsplit": 0, "Hsplit": 1, "Dsplit": 2}  # the axis that is cut, of those that are never told one


def _ends(size: int, parts: int) -> list[int]:
    """Where each part ends but the last; the first ones are longer where it doesn't come out even (array_split)."""
    more = size % parts
    return [size // parts * part + min(part, more) for part in range(1, parts)]


def _padded(operation: Any, inputs: Sequence[Shape]) -> tuple[Shape, str]:
    width, shape = operation.pad_width, inputs[0]
    pairs = [(width, width)] * len(shape) if isinstance(width, int) else [tuple(pair) for pair in width]
    pairs = pairs * len(shape) if len(pairs) == 1 else pairs
    for place, pair in enumerate(pairs):
        size = shape[place].size
        if sum(_two(pair)) and size is not None:
            shape = at_length(operation, shape, place, size + sum(_two(pair)), "pad_width")
    return shape, "Pads with more numbers; all axes keep their meaning."


def _two(pair: tuple[int, ...]) -> tuple[int, int]:
    return (pair[0], pair[0]) if len(pair) == 1 else (pair[0], pair[1])


def _tiled(operation: Any, inputs: Sequence[Shape]) -> tuple[Shape, str]:
    times = several(operation.repeats)
    shape = inputs[0]
    times = [1] * (len(shape) - len(times)) + times
    new = [new_axis(operation, "repeats", 1, "repeats")] * (len(times) - len(shape))
    shape = (*new, *shape)
    for place, factor in enumerate(times):
        if factor != 1:
            size = shape[place].size
            shape = at_length(operation, shape, place, None if size is None else size * factor, "repeats")
    return shape, "Repeats the tensor side by side."


def _repeated(operation: Any, inputs: Sequence[Shape]) -> tuple[Shape, str] | None:
    if operation.axis is None or not isinstance(operation.repeats, int):
        return None
    place = operation.axis % len(inputs[0])
    size = inputs[0][place].size
    longer = at_length(operation, inputs[0], place, None if size is None else size * operation.repeats, "repeats")
    return longer, f"Each of the {inputs[0][place].axis} is repeated {operation.repeats} times."


def _stretched(operation: Any, inputs: Sequence[Shape]) -> tuple[Shape, str]:
    target, shape = tuple(operation.shape), inputs[0]
    shape = (*(new_axis(operation, "repeats", 1, "shape") for _ in range(len(target) - len(shape))), *shape)
    for place, size in enumerate(target):
        if shape[place].size != size and size is not None:
            shape = at_length(operation, shape, place, size, "shape")
    return shape, "An axis of 1 stretches."


def _differences(operation: Any, inputs: Sequence[Shape]) -> tuple[Shape, str]:
    place = operation.axis % len(inputs[0])
    size = inputs[0][place].size
    less = at_length(operation, inputs[0], place, None if size is None else max(size - operation.n, 0), "n")
    return less, f"Differences of neighbors along {inputs[0][place].axis}."


def _best(operation: Any, inputs: Sequence[Shape], outputs: int) -> Operated:
    shape = at_length(operation, inputs[0], len(inputs[0]) - 1, operation.k, "k")
    return (shape, shape), f"The {operation.k} largest along {inputs[0][-1].axis}, and their indices."


def _halved(operation: Any, inputs: Sequence[Shape]) -> tuple[Shape, str]:
    place = operation.axis % len(inputs[0])
    size = inputs[0][place].size
    half = at_length(operation, inputs[0], place, None if size is None else size // 2, "axis")
    return half, f"One half of {inputs[0][place].axis} is a gate for the other."


def _sliced(operation: Any, inputs: Sequence[Shape]) -> tuple[Shape, str]:
    shape = inputs[0]
    for place, size in enumerate(operation.shape):
        if shape[place].size != size and size != -1:
            shape = at_length(operation, shape, place, size, "shape")
    return shape, "Takes part of the tensor; all axes keep their meaning."


# -- the same numbers, cut anew ------------------------------------------------------------------------------


def _reshaped(operation: Any, inputs: Sequence[Shape]) -> tuple[Shape, str] | None:
    """The batch stays where the numbers of one sample stay together; else axes in front are laid end to end."""
    target = tuple(operation.newshape)
    batch, *rest = _batch_apart(inputs[0], target)
    why = "Regroups the numbers in reading order; it never swaps axes."
    whole = count(tuple(rest))
    wanted = _filled(target[1:], whole)
    if whole is None and sizes(tuple(rest)).count(None) == len(target[1:]) - len(_known(target[1:])) == 1:
        wanted = tuple(None if size == -1 else size for size in target[1:])  # the axis that is open stays open
    if target and wanted is not None and (whole is None or math.prod(_known(wanted)) == whole):
        return (batch, *regroup(tuple(rest), wanted, operation.name)), why
    merged_in_front = _laid_in_front((batch, *rest), target, operation)
    if merged_in_front is not None:
        return merged_in_front, why
    kept = 0  # axes at the end that stay as they are
    while kept < min(len(target) - 1, len(rest)) and inputs[0][-1 - kept].size == target[-1 - kept]:
        kept += 1
    ahead, merged = inputs[0][: len(inputs[0]) - kept], len(target) - kept
    if merged == 1 and target[0] in (-1, None):
        front = product(ahead, f"newshape[0]={target[0]} of {operation.name}")
        return (front, *inputs[0][len(ahead) :]), f"{listed(ahead)} are laid end to end."
    return None


def _batch_apart(shape: Shape, target: Sequence[int | None]) -> Shape:
    """``batch × windows`` as batch and windows, where the target cuts them apart again."""
    batch, *rest = shape
    factors = batch.factors
    apart = (*factors, *rest)
    fits = len(factors) > 1 and factors[0].size is None and count(apart[1:]) == math.prod(_known(target[1:]))
    return apart if fits and -1 not in target[1:] else shape


def _laid_in_front(shape: Shape, target: Sequence[int | None], operation: Any) -> Shape | None:
    """``(-1, 16, 24)`` of (batch, 4, 4, 2, 8, 24): from the right, each size is a run of axes; the rest becomes one."""
    left, found = list(shape), list[Axis]()
    if target[0] not in (-1, None) or any(size in (-1, None) for size in target[1:]):
        return None
    for place in range(len(target) - 1, 0, -1):
        run: list[Axis] = []
        while left and (count(tuple(run)) or 1) < (target[place] or 0) and left[-1].size is not None:
            run.insert(0, left.pop())
        if not run or count(tuple(run)) != target[place]:
            return None
        origin = f"newshape[{place}]={target[place]} of {operation.name}"
        found.insert(0, run[0] if len(run) == 1 else product(tuple(run), origin))
    if len(left) < 2:
        return None
    return (product(tuple(left), f"newshape[0]={target[0]} of {operation.name}"), *found)


def _filled(wanted: Sequence[int | None], whole: int | None) -> tuple[int | None, ...] | None:
    """With the one -1 (or None) worked out."""
    known = _known(wanted)
    if len(wanted) - len(known) > 1 or (len(wanted) > len(known) and whole is None):
        return None
    return tuple((whole or 0) // max(math.prod(known), 1) if size in (-1, None) else size for size in wanted)


def _known(wanted: Sequence[int | None]) -> list[int]:
    return [size for size in wanted if size is not None and size != -1]


def _flat(operation: Any, inputs: Sequence[Shape]) -> tuple[Shape, str]:
    return (product(inputs[0], f"ravel {operation.name}"),), "Lays all axes end to end, the batch too."


def _flat_in_order(operation: Any, inputs: Sequence[Shape]) -> tuple[Shape, str] | None:
    """``ops.sort(x, axis=None)`` lays all flat first; along one axis nothing changes but the values."""
    return _flat(operation, inputs) if operation.axis is None else (inputs[0], "Changes values, never the shape.")


_SEVERAL: dict[str, Callable[[Any, Sequence[Shape], int], Operated]] = {
    "Split": _split,
    "ArraySplit": _split,
    **dict.fromkeys(_SPLITTING, _split),
    "Unstack": _unstacked,
    "TopK": _best,
    "Moments": _moments,
}
_RULES: dict[str, Rule] = {
    "ExpandDims": _expanded,
    "Squeeze": _squeezed,
    "Take": _taken,
    "Stack": _stacked,
    "OneHot": _one_hot,
    "GetItem": _cut_out,
    "Diagonal": _diagonal,
    "Trace": _diagonal,
    "Transpose": _transposed,
    "Swapaxes": _swapped,
    "Moveaxis": _moved_axis,
    "Pad": _padded,
    "Tile": _tiled,
    "Repeat": _repeated,
    "BroadcastTo": _stretched,
    "Diff": _differences,
    "Glu": _halved,
    "Slice": _sliced,
    "Reshape": _reshaped,
    "Ravel": _flat,
    **dict.fromkeys(("Sort", "Argsort", "Cumsum", "Cumprod"), _flat_in_order),
    "Concatenate": concatenated,
    "Append": concatenated,
    "Hstack": concatenated,
    "Dstack": concatenated,
    "Vstack": concatenated,
    "Matmul": multiplied,
    "Dot": multiplied,
    "Einsum": einsum,
    "DotProductAttention": attended,
}
