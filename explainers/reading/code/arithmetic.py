"""Arithmetic of numbers, texts, lists and tensors, all of it bounded."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from explainers.reading.code.budget import MOST_ITEMS
from explainers.reading.code.operations import operate
from explainers.reading.code.values import (
    Missing,
    Ten,
    Value,
)

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


_TENSOR_OPS = {ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide", ast.MatMult: "matmul"}
PERCENT, BRACES = re.compile("%[ds]"), re.compile(r"\{\d?\}")


def unary(reader: Reader, node: ast.UnaryOp) -> Value:
    """``-1`` and the like."""
    value = reader.value(node.operand)
    if isinstance(node.op, ast.USub) and isinstance(value, int | float):
        return -value
    if isinstance(node.op, ast.Not) and isinstance(value, bool):
        return not value
    return value if isinstance(node.op, ast.UAdd) else Missing(reader.short(node))


def binary(reader: Reader, op: type[ast.operator], left: Value, right: Value, node: ast.AST) -> Value:
    """Arithmetic of numbers, of lists, of tensors."""
    if isinstance(left, Ten) or isinstance(right, Ten):
        return operate(reader, _TENSOR_OPS.get(op, ""), [left, right], {}, node)
    if isinstance(left, str) and isinstance(right, str | int | tuple) and op in (ast.Add, ast.Mod):
        parts = list(right) if isinstance(right, tuple) else [right]
        return spelled(left, PERCENT, parts) if op is ast.Mod else f"{left}{right}"[:400]
    if isinstance(left, Missing) or isinstance(right, Missing):
        return with_example(reader, op, left, right, node)
    if isinstance(left, tuple | list) and op is ast.Add and isinstance(right, tuple | list):
        joined = [*left, *right][:MOST_ITEMS]
        return joined if isinstance(left, list) else tuple(joined)
    if (
        isinstance(left, list | tuple)
        and op is ast.Mult
        and isinstance(right, int)
        and 0 <= right * len(left) <= MOST_ITEMS
    ):
        return left * right
    if isinstance(left, int | float) and isinstance(right, int | float):
        return arithmetic(reader, op, left, right, node)
    return Missing(reader.short(node))


def arithmetic(reader: Reader, op: type[ast.operator], left: float, right: float, node: ast.AST) -> Value:
    """Bounded arithmetic: no power of a power."""
    if op is ast.Pow:
        if abs(left) > 10**4 or not 0 <= right <= 12:
            return Missing(reader.short(node))
        return left**right
    if op not in _ARITHMETIC or (right == 0 and op in (ast.Div, ast.FloorDiv, ast.Mod)):
        return Missing(reader.short(node))
    result = _ARITHMETIC[op](left, right)
    return result if abs(result) < 10**15 else Missing(reader.short(node))


def with_example(reader: Reader, op: type[ast.operator], left: Value, right: Value, node: ast.AST) -> Value:
    """A sum with a number that isn't in the text: worked out with the example in its place."""
    name = reader.short(node)
    parts = [reader.whole(part) if isinstance(part, Missing) else part for part in (left, right)]
    numbers = [part for part in parts if isinstance(part, int | float)]
    if len(numbers) != 2:
        return Missing(name)
    result = arithmetic(reader, op, numbers[0], numbers[1], node)
    return Missing(name, int(result)) if isinstance(result, int | float) and result >= 1 else Missing(name)


def compare(reader: Reader, node: ast.Compare) -> Value:
    """``__name__ == "__main__"`` and comparisons of literals."""
    left, right = reader.value(node.left), reader.value(node.comparators[0])
    if isinstance(left, int | float | str) and isinstance(right, int | float | str):
        same = left == right
        if isinstance(node.ops[0], ast.Eq | ast.NotEq):
            return same if isinstance(node.ops[0], ast.Eq) else not same
        order = _ORDER.get(type(node.ops[0]))
        if order is not None and not isinstance(left, str) and not isinstance(right, str):
            return order(left, right)
    return True


def spelled(text: str, places: re.Pattern[str], parts: list[Value]) -> str:
    """``"conv_%d" % 3`` and ``"conv_{}".format(3)``: one part after the other, without Python's own formatting."""
    for part in parts:
        text = places.sub(str(part)[:40].replace("\\", ""), text[:400], count=1)
    return text
