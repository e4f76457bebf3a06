"""``x[…]`` of data, tensors, lists and dicts."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from explainers.core.spec import Ref, Sizes
from explainers.reading.code.operations import operate
from explainers.reading.code.values import (
    Arr,
    Missing,
    Ten,
    Value,
)

if TYPE_CHECKING:
    from explainers.reading.code.evaluator import Reader


def subscript(reader: Reader, node: ast.Subscript) -> Value:
    """``x.shape[1:]``, ``x[:, None]``, ``outputs[0]``."""
    owner = reader.value(node.value)
    if isinstance(owner, Arr):
        return Arr(reader.short(node), sliced(owner.sizes, node.slice, reader))
    if isinstance(owner, Ten):
        place = node.slice.value if isinstance(node.slice, ast.Constant) else None
        if isinstance(place, int) and reader.graph.outputs_of(owner.ref.index) > place >= 0:
            return Ten(Ref("call", owner.ref.index, place))
        return one_place(reader, owner, node)
    if isinstance(owner, list | tuple):
        if isinstance(node.slice, ast.Slice):
            read = [reader.value(part) if part is not None else None for part in (node.slice.lower, node.slice.upper)]
            bounds = [b for b in read if b is None or isinstance(b, int)]
            if len(bounds) == 2:
                return owner[bounds[0] : bounds[1]]
            return Missing(reader.short(node))
        which = reader.value(node.slice)
        if isinstance(which, int) and -len(owner) <= which < len(owner):
            return owner[which]
    if isinstance(owner, dict):
        return owner.get(reader.value(node.slice), Missing(reader.short(node)))
    return Missing(reader.short(node))


def one_place(reader: Reader, owner: Ten, node: ast.Subscript) -> Value:
    """``x[:, -1]``: one place of one axis, all of the others."""
    parts = list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]
    places = [(axis, reader.value(part)) for axis, part in enumerate(parts) if not isinstance(part, ast.Slice)]
    whole = all(p.lower is p.upper is p.step is None for p in parts if isinstance(p, ast.Slice))
    if not whole or len(places) != 1 or not isinstance(places[0][1], int) or isinstance(places[0][1], bool):
        return Missing(reader.short(node))
    return operate(reader, "take", [owner], {"indices": places[0][1], "axis": places[0][0]}, node)


def sliced(sizes: Sizes | None, place: ast.expr, reader: Reader) -> Sizes | None:
    """The shape of ``x[…]``."""
    if sizes is None:
        return None
    parts = list(place.elts) if isinstance(place, ast.Tuple) else [place]
    left = list(sizes)
    out: list[int | None] = []
    for part in parts:
        if (isinstance(part, ast.Constant) and part.value is None) or (
            isinstance(part, ast.Attribute) and part.attr == "newaxis"
        ):
            out.append(1)
            continue
        if isinstance(part, ast.Constant) and part.value is Ellipsis:
            keep = len(left) - (len(parts) - parts.index(part) - 1)
            out, left = [*out, *left[:keep]], left[keep:]
            continue
        if not left:
            return None
        size = left.pop(0)
        if isinstance(part, ast.Slice):
            out.append(_cut(size, part, reader))
        elif not isinstance(reader.value(part), int):
            return None
    return (*out, *left)


def _cut(size: int | None, part: ast.Slice, reader: Reader) -> int | None:
    if size is None:
        return None
    low = reader.value(part.lower) if part.lower is not None else 0
    high = reader.value(part.upper) if part.upper is not None else size
    step = reader.value(part.step) if part.step is not None else 1
    if not all(isinstance(n, int) and abs(n) < 10**9 for n in (low, high, step)) or step == 0:
        return None
    return len(range(*slice(low, high, step).indices(size)))
