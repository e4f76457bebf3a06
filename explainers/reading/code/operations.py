"""Operations on tensors, as nodes of the graph: keras.ops, keras.backend, tf."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from explainers.core.spec import Argument, LayerSpec, Ref
from explainers.reading.code.values import (
    Missing,
    Ten,
    Value,
    Weight,
)

if TYPE_CHECKING:
    from explainers.reading.code.evaluator import Reader

OPERATIONS = {  # as a library calls it -> as keras.ops does
    "sum": "sum",
    "reduce_sum": "sum",
    "mean": "mean",
    "reduce_mean": "mean",
    "max": "max",
    "reduce_max": "max",
    "multiply": "multiply",
    "matmul": "matmul",
    "add": "add",
    "subtract": "subtract",
    "divide": "divide",
    "expand_dims": "expand_dims",
    "squeeze": "squeeze",
    "concat": "concatenate",
    "concatenate": "concatenate",
    "softmax": "softmax",
    "tanh": "tanh",
    "sigmoid": "sigmoid",
    "relu": "relu",
    "exp": "exp",
    "square": "square",
    "transpose": "transpose",
    "permute_dimensions": "transpose",
    "reshape": "reshape",
    "dot": "matmul",
    "swapaxes": "swapaxes",
    "abs": "abs",
}


def operate(reader: Reader, name: str, positional: list[Value], named: dict[str, Value], node: ast.AST) -> Value:
    """An operation on tensors, as a node of the graph."""
    if not name:
        return Missing(reader.short(node))
    if name == "swapaxes":
        return swapped(reader, positional, named, node)
    if name == "matmul":
        positional = _turned(reader, positional, named, node)
    parts = list(positional[0]) if positional and isinstance(positional[0], list) else positional
    tensors = [p for p in parts if isinstance(p, Ten | Weight)]
    arguments: list[tuple[str, Argument]] = []
    others = [p for p in parts if not isinstance(p, Ten | Weight)]
    for key, value in named.items():
        if key in ("axis", "keepdims", "axes", "perm", "pattern", "indices"):
            arguments.append(({"perm": "axes", "pattern": "axes"}.get(key, key), reader.literal(value, key)))
    rest = [*others, *(positional[1:] if positional and isinstance(positional[0], list) else [])]
    if rest and not isinstance(rest[0], Ten | Weight | Missing) and not arguments:
        key = "newshape" if name == "reshape" else "axes" if name == "transpose" else "axis"
        if name in ("add", "subtract", "multiply", "divide"):
            return tensors[0] if tensors else Missing(reader.short(node))
        arguments.append((key, reader.literal(rest[0], key)))
    weights = [w for w in tensors if isinstance(w, Weight)]
    if weights:
        arguments.append(("weight", tuple(weights[0].sizes)))
        arguments.append(("weight_first", isinstance(tensors[0], Weight)))
    refs = tuple(t.ref for t in tensors if isinstance(t, Ten))
    if not refs:
        return Missing(reader.short(node))
    layer = reader.graph.add_layer(LayerSpec(f"ops.{name}", "", tuple(arguments), reader.line(node)))
    line = reader.line(node)
    return Ten(Ref("call", reader.graph.call(layer, refs, (), line, reader.source(line))))


def swapped(reader: Reader, positional: list[Value], named: dict[str, Value], node: ast.AST) -> Value:
    """``ops.swapaxes(x, -1, -2)``, as the transpose that it is; where the rank isn't known, neither is that."""
    first = positional[0] if positional else named.get("x")
    sizes = reader.graph.made.get(first.ref) if isinstance(first, Ten) else None
    given = [*positional[1:], *(named[key] for key in ("axis1", "axis2") if key in named)]
    axes = [axis for axis in given if isinstance(axis, int) and not isinstance(axis, bool)]
    if sizes is None or len(axes) != 2 or not all(-len(sizes) <= axis < len(sizes) for axis in axes):
        return Missing(reader.short(node))
    order = list(range(len(sizes)))
    one, other = (axis % len(sizes) for axis in axes)
    order[one], order[other] = order[other], order[one]
    return operate(reader, "transpose", [first], {"axes": tuple(order)}, node)


def _turned(reader: Reader, positional: list[Value], named: dict[str, Value], node: ast.AST) -> list[Value]:
    """The operands of ``tf.matmul(a, b, transpose_b=True)``, the one that it names turned."""
    names = ("transpose_a", "transpose_b")
    return [
        swapped(reader, [value, -1, -2], {}, node) if place < 2 and named.get(names[place]) is True else value
        for place, value in enumerate(positional)
    ]
