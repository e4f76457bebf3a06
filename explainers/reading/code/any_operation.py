"""Every function of keras.ops by its signature, and those of tf that are called otherwise."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from explainers.core.layers.operations import operations
from explainers.core.spec import Argument, Ref
from explainers.reading.code.given import tensor
from explainers.reading.code.operations import literal, operation_node
from explainers.reading.code.values import NOT_READ, Arr, Missing, Ten, Value

if TYPE_CHECKING:
    from explainers.reading.code.evaluator import Reader


@dataclass(frozen=True)
class _Called:
    """A function of another library: what keras.ops calls it, its arguments in order, and what it takes by default."""

    name: str
    order: tuple[str, ...]
    default: tuple[tuple[str, Argument], ...] = ()


_FIRST_AXIS = (("axis", 0),)
_OF_TF = {
    "split": _Called("split", ("x", "indices_or_sections", "axis"), _FIRST_AXIS),
    "unstack": _Called("unstack", ("x", "num", "axis"), _FIRST_AXIS),
    "gather": _Called("take", ("x", "indices", "", "axis"), _FIRST_AXIS),
    "where": _Called("where", ("condition", "x1", "x2")),
    "top_k": _Called("top_k", ("x", "k")),
    "depth_to_space": _Called("depth_to_space", ("x", "block_size")),
    "space_to_depth": _Called("space_to_depth", ("x", "block_size")),
    "unsorted_segment_sum": _Called("segment_sum", ("data", "segment_ids", "num_segments")),
    "unsorted_segment_max": _Called("segment_max", ("data", "segment_ids", "num_segments")),
    **{name: _Called(name, ("x1", "x2")) for name in ("greater", "greater_equal", "less", "less_equal", "equal")},
}
_RENAMED = {"value": "x", "num_or_size_splits": "indices_or_sections", "params": "x", "input": "x"}  # of tf
_LISTS = ("split", "array_split", "unstack", "top_k", "moments", "meshgrid")  # whose result is always several tensors
COMPARED = {
    ast.Gt: "greater",
    ast.GtE: "greater_equal",
    ast.Lt: "less",
    ast.LtE: "less_equal",
    ast.Eq: "equal",
    ast.NotEq: "not_equal",
}


def any_operation(
    reader: Reader, symbol: str, positional: list[Value], named: dict[str, Value], node: ast.AST
) -> Value:
    """``ops.segment_sum(x, ids, num_segments=4)``; NOT_READ for a name that isn't one of these functions."""
    called = _called(symbol)
    facts = operations().get(f"ops.{called.name}") if called is not None else None
    if called is None or facts is None or facts["spread"] or facts["listed"]:
        return NOT_READ
    given = dict(zip(called.order, positional, strict=False))
    given |= {_RENAMED.get(key, key) if key not in facts["call"] else key: value for key, value in named.items()}
    if len(positional) > len(called.order) or not set(given) - {"", "name"} <= set(facts["call"]):
        return NOT_READ
    return _node(reader, called, facts["call"], facts["reads"], given, node)


def _called(symbol: str) -> _Called | None:
    """A function by the name under which the text calls it."""
    front, dot, name = symbol.partition("ops.")
    if dot and (not front or front.endswith(".")):
        facts = operations().get(f"ops.{name}") or operations().get(f"ops.{name.rpartition('.')[2]}")
        return _Called(name, tuple(facts["call"])) if facts is not None else None
    return _OF_TF.get(symbol.rpartition(".")[2])


def _node(
    reader: Reader, called: _Called, order: list[str], reads: list[str], given: dict[str, Value], node: ast.AST
) -> Value:
    refs: list[Ref] = []
    arguments: list[tuple[str, Argument]] = [pair for pair in called.default if pair[0] not in given]
    for name in (name for name in order if name in given):
        value = tensor(reader, given[name]) if isinstance(given[name], Arr) else given[name]
        if isinstance(value, Ten) and name in reads:
            refs.append(value.ref)
            continue
        value = _ends_of(value) if called.default and name == "indices_or_sections" else value
        word = value if isinstance(value, float) else literal(value)
        if word is NotImplemented:
            return Missing(reader.short(node))
        arguments.append((name, word))
    if not refs:
        return Missing(reader.short(node))
    made = operation_node(reader, f"ops.{called.name}", tuple(arguments), tuple(refs), node)
    several = reader.graph.outputs_of(made.ref.index)
    if called.name not in _LISTS:
        return made
    unknown = reader.graph.made.get(made.ref) is None
    return Missing(reader.short(node)) if unknown else [Ten(Ref("call", made.ref.index, i)) for i in range(several)]


def _ends_of(sizes: Value) -> Value:
    """``tf.split(x, [2, 3, 4], axis)`` says how long each part is; keras.ops says where each but the last one ends."""
    if not isinstance(sizes, list | tuple) or not all(isinstance(size, int) for size in sizes):
        return sizes
    return tuple(accumulate(size for size in sizes[:-1] if isinstance(size, int)))
