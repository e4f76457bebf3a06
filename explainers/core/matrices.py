"""Operations of keras.ops on matrices (the last two axes), and those that count, sample or compare. See `operating`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from explainers.core.axes import Axis, Shape, product
from explainers.core.layers.merging import broadcast
from explainers.core.layers.sliding import listed
from explainers.core.making import at_length, new_axis

Live = Sequence[Sequence[int | None]]
Operated = tuple[tuple[Shape, ...], str]


def of_matrices(operation: Any, inputs: Sequence[Shape], live: Live) -> Operated | None:
    """The named shapes that come out and one sentence why; None where no rule here fits."""
    rule = _RULES.get(type(operation).__name__)
    return rule(operation, inputs, live) if rule is not None and inputs else None


def _own(operation: Any, name: str, size: int | None) -> Axis:
    return Axis(name, size, f"{type(operation).__name__.lower()} {operation.name}")


# -- matrices ------------------------------------------------------------------------------------------------


def _one_number(operation: Any, inputs: Sequence[Shape], live: Live) -> Operated:
    left = inputs[0][:-2]
    shapes = tuple(left if len(shape) == len(left) else () for shape in live)
    return shapes, f"One number for each matrix of {listed(inputs[0][-2:])}."


def _turned(operation: Any, inputs: Sequence[Shape], live: Live) -> Operated:
    *ahead, rows, columns = inputs[0]
    return ((*ahead, columns, rows),), "The inverse of a matrix has its rows and columns swapped."


def _eigen(operation: Any, inputs: Sequence[Shape], live: Live) -> Operated:
    *ahead, rows, _ = inputs[0]
    values = _own(operation, "eigenvalues", rows.size)
    return ((*ahead, values), (*ahead, rows, values)), "An eigenvalue and a vector for each."


def _singular(operation: Any, inputs: Sequence[Shape], live: Live) -> Operated:
    *ahead, rows, columns = inputs[0]
    values = _own(operation, "singular values", live[-1][-1] if len(live) == 1 else live[1][-1])
    if len(live) == 1:
        return ((*ahead, values),), "The singular values alone."
    left = rows if live[0][-1] == rows.size else values
    right = columns if live[2][-2] == columns.size else values
    return (
        (*ahead, rows, left),
        (*ahead, values),
        (*ahead, right, columns),
    ), "A matrix as rotation, stretch, rotation."


def _orthogonal(operation: Any, inputs: Sequence[Shape], live: Live) -> Operated:
    *ahead, rows, columns = inputs[0]
    inner = columns if live[0][-1] == columns.size else rows
    return ((*ahead, rows, inner), (*ahead, inner, columns)), "An orthogonal matrix times a triangular one."


def _triangles(operation: Any, inputs: Sequence[Shape], live: Live) -> Operated:
    *ahead, rows, columns = inputs[0]
    pivots = rows if live[1][-1] == rows.size else columns
    return (inputs[0], (*ahead, pivots)), "Two triangular matrices stored in one, and the order of the rows."


def _kronecker(operation: Any, inputs: Sequence[Shape], live: Live) -> Operated:
    pairs = zip(*inputs, strict=True)
    return (tuple(product(pair, f"kron {operation.name}") for pair in pairs),), "Every number times every other one."


def _distances(operation: Any, inputs: Sequence[Shape], live: Live) -> Operated:
    one, other = inputs
    ahead = broadcast([one[:-2], other[:-2]])
    return ((*ahead, one[-2], other[-2]),), f"One distance for each pair of {one[-2].axis} and {other[-2].axis}."


# -- counted, sampled, turned --------------------------------------------------------------------------------


def _counted(operation: Any, inputs: Sequence[Shape], live: Live) -> Operated:
    return ((*inputs[0][:-1], _own(operation, "bins", live[0][-1])),), "How often each number occurs."


def _histogram(operation: Any, inputs: Sequence[Shape], live: Live) -> Operated:
    counts, edges = (_own(operation, name, shape[0]) for name, shape in zip(("bins", "edges"), live, strict=True))
    return ((counts,), (edges,)), "How many numbers fall into each bin, and where the bins end."


def _between(operation: Any, inputs: Sequence[Shape], live: Live) -> Operated:
    shape = list(broadcast(inputs))
    place = operation.axis % (len(shape) + 1)
    shape.insert(place, new_axis(operation, "num", operation.num, "num"))
    return (tuple(shape),), "Evenly spaced numbers from the first to the second, on a new axis."


def _quarter_turns(operation: Any, inputs: Sequence[Shape], live: Live) -> Operated:
    shape = list(inputs[0])
    if operation.k % 2:
        one, other = (axis % len(shape) for axis in operation.axes)
        shape[one], shape[other] = shape[other], shape[one]
    return (tuple(shape),), "Rotated by 90° k times: an odd k swaps two axes."


def _two_parts(operation: Any, inputs: Sequence[Shape], live: Live) -> Operated:
    return ((*inputs[0], _own(operation, "real, imaginary", 2)),), "Each complex number as two real ones."


def _one_part(operation: Any, inputs: Sequence[Shape], live: Live) -> Operated:
    return (inputs[0][:-1],), "Two real numbers become one complex number."


def _edges(operation: Any, inputs: Sequence[Shape], live: Live) -> Operated:
    return ((*inputs[0], _own(operation, "dy, dx", 2)),), "How much an image changes downwards, and to the right."


def _windows(operation: Any, inputs: Sequence[Shape], live: Live) -> Operated | None:
    if len(inputs[0]) != 4:
        return None
    batch, channels = inputs[0][:2]
    window = at_length(operation, (channels,), 0, live[0][1], "kernel_size")[0]
    places = _own(operation, "windows", live[0][2])
    return ((batch, window, places),), "Each window of the image, flattened."


_RULES: dict[str, Callable[[Any, Sequence[Shape], Live], Operated | None]] = {
    **dict.fromkeys(("Det", "Slogdet", "Logdet", "MatrixRank"), _one_number),
    **dict.fromkeys(("Eig", "Eigh"), _eigen),
    **dict.fromkeys(("Linspace", "Logspace", "Geomspace"), _between),
    "Pinv": _turned,
    "SVD": _singular,
    "Qr": _orthogonal,
    "LuFactor": _triangles,
    "Kron": _kronecker,
    "CDist": _distances,
    "Bincount": _counted,
    "Histogram": _histogram,
    "Rot90": _quarter_turns,
    "ViewAsReal": _two_parts,
    "ViewAsComplex": _one_part,
    "SobelEdges": _edges,
    "Unfold": _windows,
}
