"""``x[…]`` of data, tensors, lists and dicts."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from explainers.core.layers.operations import INDEX, written_index
from explainers.core.spec import Ref, Sizes
from explainers.reading.code.operations import operate, operation_node
from explainers.reading.code.pretrained import InsideV, one_inside
from explainers.reading.code.values import (
    MASK,
    Arr,
    Items,
    Missing,
    Options,
    Stream,
    Ten,
    Value,
    count_of,
)
from explainers.reading.cutting import WHOLE

if TYPE_CHECKING:
    from explainers.reading.code.evaluator import Reader


def subscript(reader: Reader, node: ast.Subscript) -> Value:
    """``x.shape[1:]``, ``x[:, None]``, ``outputs[0]``."""
    owner = reader.value(node.value)
    if isinstance(owner, Arr):
        made = Arr(reader.short(node), sliced(owner.sizes, node.slice, reader))
        names = reader.value(node.slice) if isinstance(node.slice, ast.List) else None
        return replace(made, columns=tuple(map(str, names))) if isinstance(names, list) and _is_names(names) else made
    if isinstance(owner, Ten):
        several = reader.graph.outputs_of(owner.ref.index) if owner.whole else 1
        if several == 1:
            return one_place(reader, owner, node)
        owner = [Ten(Ref("call", owner.ref.index, place)) for place in range(several)]
    if isinstance(owner, InsideV):
        return one_inside(reader, owner, node)
    if isinstance(owner, list | tuple):
        if isinstance(node.slice, ast.Slice):
            ends = (node.slice.lower, node.slice.upper, node.slice.step)
            read = [reader.value(part) if part is not None else None for part in ends]
            bounds = [b for b in read if b is None or isinstance(b, int)]
            if len(bounds) == 3 and bounds[2] != 0:
                return _several(owner, slice(*bounds))
            return Missing(reader.short(node))
        which = reader.value(node.slice)
        if isinstance(which, slice):
            return _several(owner, which)
        if isinstance(which, int) and -len(owner) <= which < len(owner):
            return owner[which]
    if isinstance(owner, Stream):  # a batch of a generator
        return owner.element
    if isinstance(owner, Options):
        owner = owner.values
    if isinstance(owner, dict):
        return owner.get(reader.value(node.slice), Missing(reader.short(node)))
    return Missing(reader.short(node), open=isinstance(owner, Missing) and owner.open)


def _several(items: list[Value] | tuple[Value, ...], ends: slice) -> list[Value] | tuple[Value, ...]:
    """``files[:-3]``; of a list that was read in part, too, as many as there are."""
    if not isinstance(items, Items) or items.total == len(items):
        return items[ends]
    total = len(range(*ends.indices(items.total))) if items.total is not None else None
    return Items(items[ends] or items[:1], total)


def one_place(reader: Reader, owner: Ten, node: ast.Subscript) -> Value:
    """``x[:, -1]``: one place of one axis, all of the others; any other index, ``x[:, :7]``, cuts a part out."""
    parts = list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]
    index = [_index_of(reader, part) for part in parts]
    if any(part is NotImplemented for part in index):
        return Missing(reader.short(node))
    places = [(axis, place) for axis, place in enumerate(index) if place != WHOLE]
    rank = len(reader.graph.made.get(owner.ref) or index)
    if len(index) <= rank and len(places) == 1 and isinstance(places[0][1], int):
        return operate(reader, "take", [owner], {"indices": places[0][1], "axis": places[0][0]}, node)
    return operation_node(reader, INDEX, (("key", written_index(index)),), (owner.ref,), node)


def _index_of(reader: Reader, part: ast.expr) -> Any:
    """One part of an index; NotImplemented where the text doesn't give it."""
    if isinstance(part, ast.Slice):
        ends = [None if end is None else reader.value(end) for end in (part.lower, part.upper, part.step)]
        known = [end for end in ends if end is None or (isinstance(end, int) and not isinstance(end, bool))]
        return slice(*known) if len(known) == 3 and ends[2] != 0 else NotImplemented
    if _is_rest(part):
        return ...
    if _is_new(part):
        return None
    place = reader.value(part)
    return place if isinstance(place, slice | int) and not isinstance(place, bool) else NotImplemented


def sliced(sizes: Sizes | None, place: ast.expr, reader: Reader) -> Sizes | None:
    """The shape of ``x[…]``; None where it isn't known."""
    parts = list(place.elts) if isinstance(place, ast.Tuple) else [place]
    only = reader.value(parts[0]) if len(parts) == 1 and not isinstance(parts[0], ast.Slice) else None
    if isinstance(only, str) or _is_names(only):
        return _columns(sizes, only)
    if sizes is None:
        return None
    left, out = list(sizes), list[int | None]()
    used = sum(not _is_new(part) and not _is_rest(part) for part in parts)
    for part in parts:
        if _is_new(part):
            out.append(1)
        elif _is_rest(part):
            keep = len(left) - (used - (len(sizes) - len(left)))
            out, left = [*out, *left[:keep]], left[keep:]
        elif not left:
            return None
        elif isinstance(part, ast.Slice):
            out.append(_cut(left.pop(0), part, reader))
        elif isinstance(index := reader.value(part), slice):
            out.append(_cut_by(left.pop(0), [index.start or 0, index.stop, index.step or 1]))
        else:
            left.pop(0)
            taken = _taken(index)
            if taken is None:
                return None
            out += taken
    return (*out, *left)


def _columns(sizes: Sizes | None, names: Value) -> Sizes | None:
    """``table["Close"]`` and ``table[["Open", "Close"]]``."""
    rows = sizes[:1] if sizes else (None,)
    return (*rows, count_of(names)) if isinstance(names, list | tuple) else rows


def _is_names(value: Value) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(name, str) for name in value)


def _is_new(part: ast.expr) -> bool:
    """``None``, ``np.newaxis``."""
    return (isinstance(part, ast.Constant) and part.value is None) or getattr(part, "attr", "") == "newaxis"


def _is_rest(part: ast.expr) -> bool:
    return isinstance(part, ast.Constant) and part.value is Ellipsis


def _taken(place: Value) -> list[int | None] | None:
    """The axes that an index leaves in the place of one: none for a number; None where the index isn't known."""
    if isinstance(place, bool) or place is None:
        return None
    if isinstance(place, int | str) or (isinstance(place, Missing) and (place.open or "turn of" in place.name)):
        return []
    if isinstance(place, Arr) and place.sizes is not None:
        return [None] if place.name.startswith(MASK) else list(place.sizes)
    return [count_of(place)] if isinstance(place, list | tuple) else None


def _cut(size: int | None, part: ast.Slice, reader: Reader) -> int | None:
    low = reader.value(part.lower) if part.lower is not None else 0
    high = reader.value(part.upper) if part.upper is not None else size
    step = reader.value(part.step) if part.step is not None else 1
    return _cut_by(size, [low, high, step])


def _cut_by(size: int | None, ends: list[Value]) -> int | None:
    """What a slice leaves of an axis: its start, its end and its step."""
    low, high, step = ends
    high = size if high is None else high
    numbers = [n for n in (low, high, step) if isinstance(n, int) and abs(n) < 10**9]
    if len(numbers) < 3 or not numbers[2]:
        return None
    if size is None:  # as long as it says, where the data are long enough
        return len(range(*numbers)) if min(numbers[:2]) >= 0 else None
    return len(range(*slice(*numbers).indices(size)))
