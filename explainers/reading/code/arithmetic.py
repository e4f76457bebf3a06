"""Arithmetic of numbers, texts, lists and tensors, all of it bounded."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeGuard

from explainers.reading.code.budget import MOST_ITEMS
from explainers.reading.code.operations import operate
from explainers.reading.code.values import (
    MASK,
    Arr,
    Items,
    Missing,
    Ten,
    Value,
    count_of,
)
from explainers.reading.operation_shapes import broadcast

if TYPE_CHECKING:
    from explainers.reading.code.evaluator import Reader

_ARITHMETIC: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}


_ORDER: dict[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


_TENSOR_OPS = {
    ast.Add: "add",
    ast.Sub: "subtract",
    ast.Mult: "multiply",
    ast.Div: "divide",
    ast.MatMult: "matmul",
    ast.Pow: "power",
}
DEEPEST_SUM = 6  # operations in operations on numbers that the text doesn't give
PERCENT, BRACES = re.compile("%[ds]"), re.compile(r"\{\d?\}")


def unary(reader: Reader, node: ast.UnaryOp) -> Value:
    """``-1`` and the like."""
    value = reader.value(node.operand)
    if isinstance(node.op, ast.USub) and isinstance(value, int | float):
        return -value
    if isinstance(node.op, ast.USub) and isinstance(value, Ten | Arr):
        return value
    if isinstance(node.op, ast.Not) and isinstance(value, bool):
        return not value
    return value if isinstance(node.op, ast.UAdd) else Missing(reader.short(node))


def binary(reader: Reader, op: type[ast.operator], left: Value, right: Value, node: ast.AST) -> Value:
    """Arithmetic of numbers, of lists, of tensors."""
    if isinstance(left, Ten) or isinstance(right, Ten):
        return operate(reader, _TENSOR_OPS.get(op, ""), [left, right], {}, node)
    if isinstance(left, Arr) or isinstance(right, Arr):
        return _product(left, right) if op is ast.MatMult else of_arrays(left, right, op)
    if isinstance(left, str) and isinstance(right, str | int | tuple) and op in (ast.Add, ast.Mod):
        parts = list(right) if isinstance(right, tuple) else [right]
        return spelled(left, PERCENT, parts) if op is ast.Mod else f"{left}{right}"[:400]
    if isinstance(left, Missing) or isinstance(right, Missing):
        return with_example(reader, op, left, right, node)
    if isinstance(left, tuple | list) and op is ast.Add and isinstance(right, tuple | list):
        joined, counts = [*left, *right][:MOST_ITEMS], [count_of(part) for part in (left, right)]
        total = sum(n or 0 for n in counts) if None not in counts else None
        return Items(joined, total) if isinstance(left, list) else tuple(joined)
    if (
        isinstance(left, list | tuple)
        and op is ast.Mult
        and isinstance(right, int)
        and 0 <= right * len(left) <= MOST_ITEMS
    ):
        if not isinstance(left, list):
            return left * right
        count = count_of(left)
        return Items(left * right, count * right if count is not None else None)
    if isinstance(left, int | float) and isinstance(right, int | float):
        result = arithmetic(op, left, right)
        return result if result is not None else Missing(reader.short(node))
    return Missing(reader.short(node))


def _product(left: Value, right: Value) -> Arr:
    """``x @ w`` of two matrices; other ranks aren't followed."""
    sides = [part.sizes for part in (left, right) if isinstance(part, Arr) and part.sizes is not None]
    if [len(sizes) for sizes in sides] != [2, 2]:
        return Arr("a product", None)
    return Arr("a product", (sides[0][0], sides[1][1]))


def of_arrays(left: Value, right: Value, op: type[ast.operator] | None = None) -> Arr:
    """Arithmetic of data: the shape that both stretch to. Labels that are moved by a number keep their largest."""
    arrays = [part for part in (left, right) if isinstance(part, Arr)]
    shapes = tuple(a.sizes for a in arrays if a.sizes is not None)
    sizes = broadcast(shapes) if len(shapes) == len(arrays) else None
    moved = right if type(right) is int and op in (ast.Add, ast.Sub) else None
    if isinstance(left, Arr) and left.largest is not None and moved is not None:
        return Arr(left.name, sizes, left.largest + (moved if op is ast.Add else -moved))
    return Arr(arrays[0].name, sizes)


def arithmetic(op: type[ast.operator], left: float, right: float) -> float | None:
    """Bounded arithmetic: no power of a power."""
    if op is ast.Pow:
        real = left > 0 or (left <= 0 <= right and isinstance(right, int))
        return left**right if real and abs(left) <= 10**4 and abs(right) <= 12 else None
    if op not in _ARITHMETIC or (right == 0 and op in (ast.Div, ast.FloorDiv, ast.Mod)):
        return None
    result = _ARITHMETIC[op](left, right)
    return result if abs(result) < 10**15 else None


def with_example(reader: Reader, op: type[ast.operator], left: Value, right: Value, node: ast.AST) -> Value:
    """A sum with a number that isn't in the text: worked out where an example is needed in its place."""
    sides = (left, right)
    if any(not isinstance(side, int | float | Missing) for side in sides):
        return Missing(reader.short(node))
    unknown = [side for side in sides if isinstance(side, Missing)]
    nested = max((side.depth for side in unknown), default=0) >= DEEPEST_SUM
    return Missing(reader.short(node), any(side.open for side in unknown), None if nested else (op, left, right))


def compared(node: ast.Compare, left: Value, right: Value) -> Value:
    """``__name__ == "__main__"`` and comparisons of literals."""
    if isinstance(left, Arr) or isinstance(right, Arr):
        made = of_arrays(left, right)
        return Arr(f"{MASK}{made.name}", made.sizes)
    if isinstance(node.ops[0], ast.Is | ast.IsNot) and right is None:
        unknown = isinstance(left, Missing)
        return True if unknown else (left is None) is isinstance(node.ops[0], ast.Is)
    if isinstance(node.ops[0], ast.In | ast.NotIn) and isinstance(right, list | tuple | dict):
        plain = isinstance(left, int | float | str)
        return (left in right) is isinstance(node.ops[0], ast.In) if plain else True
    if isinstance(node.ops[0], ast.Eq | ast.NotEq) and _written_out(left) and _written_out(right):
        return (tuple(left) == tuple(right)) is isinstance(node.ops[0], ast.Eq)
    plain = all(isinstance(side, int | float | str | None) for side in (left, right))
    if plain and isinstance(node.ops[0], ast.Eq | ast.NotEq):
        return (left == right) is isinstance(node.ops[0], ast.Eq)
    if isinstance(left, int | float) and isinstance(right, int | float):
        order = _ORDER.get(type(node.ops[0]))
        if order is not None:
            return order(left, right)
    return True


def _written_out(value: Value) -> TypeGuard[list[Value] | tuple[Value, ...]]:
    """Whether it is a list or tuple, a shape for one, of which the text gives every part."""
    return isinstance(value, list | tuple) and all(
        part is None or isinstance(part, int | float | str) for part in value
    )


def spelled(text: str, places: re.Pattern[str], parts: list[Value]) -> str:
    """``"conv_%d" % 3`` and ``"conv_{}".format(3)``: one part after the other, without Python's own formatting."""
    for part in parts:
        text = places.sub(str(part)[:40].replace("\\", ""), text[:400], count=1)
    return text
