"""Operations of keras.ops that read several tensors: products, sums of products, and what joins them.

See `operating`. A weight or a constant is no tensor of the graph, but its axes are multiplied all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from explainers.core.axes import Axis, Shape, by_place, is_named
from explainers.core.layers.merging import broadcast, side_by_side
from explainers.core.layers.sliding import listed, parted


def concatenated(operation: Any, inputs: Sequence[Shape]) -> tuple[Shape, str]:
    place = getattr(operation, "axis", _STACKING.get(type(operation).__name__, 0)) % len(inputs[0])
    inputs = _with_constants(operation, inputs)
    meeting = tuple(shape[place] for shape in inputs)
    origin = f"concatenate {operation.name}: " + " + ".join(f"{a.axis} {a.size}" for a in meeting)
    rest = list(broadcast(inputs))
    rest[place] = side_by_side(meeting, place == len(rest) - 1, origin, (f"{operation.name}.axis",))
    return tuple(rest), f"Joins its inputs along {rest[place].axis}; all other axes must agree."


_STACKING = {"Hstack": 1, "Dstack": 2}  # the axis along which they join


def _with_constants(operation: Any, inputs: Sequence[Shape]) -> list[Shape]:
    """The shapes of all that is multiplied: weights and constants are no tensors of the graph."""
    return [shape for _, shape in operands(operation._inbound_nodes[0], inputs)]


def operands(node: Any, inputs: Sequence[Shape]) -> list[tuple[Any, Shape]]:
    """All that a call was given with a shape, in order: tensors of the graph, weights, constants."""
    named, found = iter(inputs), []
    for value in node.arguments.args:
        for part in value if isinstance(value, list | tuple) else (value,):
            if hasattr(part, "_keras_history"):
                found.append((part, next(named)))
            elif hasattr(part, "shape"):
                origin = f"a constant of {node.operation.name}"
                found.append((part, tuple(Axis(by_place(i), n, origin) for i, n in enumerate(part.shape))))
    return found


# -- the weights of somebody's own class, by what they meet --------------------------------------------------


def met(operation: Any, inputs: Sequence[Shape], output: Shape) -> dict[int, Shape]:
    """By id of each weight that an operation reads: its axes, as far as those that they meet have names.

    ``x @ w``: the rows of w meet the last axis of x, and its columns are the last axis of what comes out.
    """
    found = operands(operation._inbound_nodes[0], inputs)
    shapes = [shape for _, shape in found]
    name = type(operation).__name__
    if name == "Matmul" and len(found) == 2 and min(len(shape) for shape in shapes) >= 2:
        named = _met_in_product(shapes[0], shapes[1], output)
    elif name == "Conv" and len(found) == 2:
        named = [shapes[0], _kernel(operation, shapes[0], shapes[1], output)]
    elif name == "Einsum":
        named = _met_in_einsum(operation, shapes)
    else:
        named = [_lined_up(shape, output) for shape in shapes]
    weights = zip(found, named, strict=True)
    return {id(part): shape for (part, _), shape in weights if not hasattr(part, "_keras_history")}


def _met_in_product(left: Shape, right: Shape, output: Shape) -> list[Shape]:
    rows, columns = _same_as(left[-2], output[-2]), _same_as(right[-1], output[-1])
    return [(*left[:-2], rows, _same_as(left[-1], right[-2])), (*right[:-2], _same_as(right[-2], left[-1]), columns)]


def _kernel(operation: Any, entering: Shape, kernel: Shape, output: Shape) -> Shape:
    """As a Conv2D has it: the window, the channels that it reads, the filters that it makes."""
    window = kernel[:-2]
    words = ["kernel_size"] if len(window) == 1 else [f"kernel_size[{place}]" for place in range(len(window))]
    sized = tuple(replace(axis, axis=word) for axis, word in zip(window, words, strict=True))
    channels, filters = parted(operation, entering)[2], parted(operation, output)[2]
    return (*sized, _same_as(kernel[-2], channels), _same_as(kernel[-1], filters))


def _met_in_einsum(operation: Any, shapes: Sequence[Shape]) -> list[Shape]:
    terms, out = _letters(operation.subscripts, shapes)
    if out is None:
        return list(shapes)
    axes: dict[str, Axis] = {}
    for term, shape in zip(terms, shapes, strict=True):
        for letter, axis in zip(term, shape, strict=True):
            if is_named(axis.axis):
                axes.setdefault(letter, axis)
    return [
        tuple(_same_as(axis, axes.get(letter, axis)) for letter, axis in zip(term, shape, strict=True))
        for term, shape in zip(terms, shapes, strict=True)
    ]


def _lined_up(shape: Shape, output: Shape) -> Shape:
    """As sizes line up in a sum: the last with the last."""
    if len(shape) > len(output):
        return shape
    return tuple(_same_as(axis, other) for axis, other in zip(shape, output[len(output) - len(shape) :], strict=True))


def _same_as(axis: Axis, other: Axis) -> Axis:
    """An axis without a name, called as the one of the same size that it meets."""
    if is_named(axis.axis) or not is_named(other.axis):
        return axis
    if axis.size == 1:
        return replace(axis, axis="1")
    return replace(other, parts=()) if axis.size == other.size else axis


def multiplied(operation: Any, inputs: Sequence[Shape]) -> tuple[Shape, str] | None:
    """(…, rows, inner) by (…, inner, columns)."""
    inputs = _with_constants(operation, inputs)
    if len(inputs) != 2 or min(len(shape) for shape in inputs) < 2:
        return None
    left, right = inputs
    ahead = broadcast([shape[:-2] for shape in (left, right)]) if len(left) == len(right) > 2 else ()
    longer = left if len(left) >= len(right) else right
    inner = f"{left[-1].axis} of the first meet {right[-2].axis} of the second and are summed over."
    return (*(ahead or longer[:-2]), left[-2], right[-1]), f"A product of matrices: {inner}"


def einsum(operation: Any, inputs: Sequence[Shape]) -> tuple[Shape, str] | None:
    """Each letter of the subscripts is an axis; dots are all the axes that have none."""
    inputs = _with_constants(operation, inputs)
    terms, out = _letters(operation.subscripts, inputs)
    if out is None:
        return None
    axes: dict[str, Axis] = {}
    for term, shape in zip(terms, inputs, strict=True):
        for letter, axis in zip(term, shape, strict=True):
            known = axes.setdefault(letter, axis)
            if known.size == 1 or not is_named(known.axis):  # dots stretch as everywhere; a constant has no names
                axes[letter] = axis
    gone = listed([axis for letter, axis in axes.items() if letter not in out]) or "nothing"
    return tuple(axes[letter] for letter in out), f"{operation.subscripts} sums over {gone}."


def _letters(subscripts: str, inputs: Sequence[Shape]) -> tuple[list[list[str]], list[str] | None]:
    """The letters of each term and of the output, dots as numbered places; None where they don't fit."""
    into, arrow, out = subscripts.replace(" ", "").partition("->")
    terms = into.split(",")
    if not arrow or len(terms) != len(inputs):
        return [], None
    dots = [len(shape) - len(term.replace("...", "")) for term, shape in zip(terms, inputs, strict=True)]
    if any(n < 0 or (n and "..." not in term) for n, term in zip(dots, terms, strict=True)):
        return [], None
    most = max(dots)

    def spread(term: str, n: int) -> list[str]:
        before, some, behind = term.partition("...")
        return [*before, *(f"dot {most - n + i}" for i in range(n if some else 0)), *behind]

    return [spread(term, n) for term, n in zip(terms, dots, strict=True)], spread(out, most)


def attended(operation: Any, inputs: Sequence[Shape]) -> tuple[Shape, str]:
    query, _, value = inputs[:3]
    return (*query[:-1], value[-1]), "Each query gets a mean of the values, weighted by how well its key fits."


def several(value: Any) -> list[int]:
    """One place or more, as a list."""
    return [int(part) for part in value] if isinstance(value, list | tuple) else [int(value)]
