"""Operations of keras.ops that read several tensors: products, sums of products, and what joins them.

See `operating`. A weight or a constant is no tensor of the graph, but its axes are multiplied all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from explainers.core.axes import Axis, Shape, by_place, is_named, joined
from explainers.core.layers.merging import broadcast
from explainers.core.layers.sliding import listed


def concatenated(operation: Any, inputs: Sequence[Shape]) -> tuple[Shape, str]:
    place = getattr(operation, "axis", 1 if type(operation).__name__ == "Hstack" else 0) % len(inputs[0])
    meeting = tuple(shape[place] for shape in inputs)
    origin = f"concatenate {operation.name}: " + " + ".join(f"{a.axis} {a.size}" for a in meeting)
    rest = list(broadcast(inputs))
    rest[place] = joined(meeting, origin, (f"{operation.name}.axis",))
    return tuple(rest), f"Joins its inputs along {rest[place].axis}; all other axes must agree."


def _with_constants(operation: Any, inputs: Sequence[Shape]) -> list[Shape]:
    """The shapes of all that is multiplied: weights and constants are no tensors of the graph."""
    named, shapes = iter(inputs), []
    for value in operation._inbound_nodes[0].arguments.args:
        for part in value if isinstance(value, list | tuple) else (value,):
            if hasattr(part, "_keras_history"):
                shapes.append(next(named))
            elif hasattr(part, "shape"):
                origin = f"a constant of {operation.name}"
                shapes.append(tuple(Axis(by_place(i), n, origin) for i, n in enumerate(part.shape)))
    return shapes


def multiplied(operation: Any, inputs: Sequence[Shape]) -> tuple[Shape, str] | None:
    """(…, rows, inner) by (…, inner, columns)."""
    inputs = _with_constants(operation, inputs)
    if len(inputs) != 2 or min(len(shape) for shape in inputs) < 2:
        return None
    left, right = inputs
    ahead = broadcast([shape[:-2] for shape in (left, right)]) if len(left) == len(right) > 2 else ()
    longer = left if len(left) >= len(right) else right
    inner = f"{left[-1].axis} of the first meet {right[-2].axis} of the second and are summed away."
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
    return tuple(axes[letter] for letter in out), f"{operation.subscripts} sums {gone} away."


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
