"""Functions of Python that call a function, or add up, item by item: reduce, map, sum."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from explainers.reading.code.arithmetic import binary
from explainers.reading.code.budget import MOST_TURNS
from explainers.reading.code.values import NOT_READ, Items, Missing, Sym, Ten, Value, count_of

if TYPE_CHECKING:
    from explainers.reading.code.evaluator import Reader


def called_with(reader: Reader, function: Value, arguments: list[Value], node: ast.AST) -> Value:
    """What calling a value gives, whatever it is: a function, a layer, a model."""
    names = ["function", *(f"argument_{i}" for i in range(len(arguments)))]
    kept, reader.env = reader.env, {**reader.env, **dict(zip(names, [function, *arguments], strict=True))}
    words = [ast.copy_location(ast.Name(name, ast.Load()), node) for name in names]
    try:
        return reader.value(ast.copy_location(ast.Call(words[0], list[ast.expr](words[1:]), []), node))
    finally:
        reader.env = kept


def reduced(reader: Reader, symbol: Sym, node: ast.Call) -> Value:
    """``functools.reduce(lambda x, layer: layer(x), layers, inputs)``."""
    positional, _ = reader.arguments(node)
    items = _all_of(positional[1]) if len(positional) in (2, 3) else None
    if items is None or (not items and len(positional) == 2):
        return Missing(reader.short(node))
    made, *rest = [*positional[2:], *items]
    for item in rest:
        made = called_with(reader, positional[0], [made, item], node)
    return made


def mapped_over(reader: Reader, last: str, positional: list[Value], named: dict[str, Value], node: ast.Call) -> Value:
    """``map(layers.Dense, (32, 16))``."""
    items = _all_of(positional[1]) if len(positional) == 2 else None
    if items is None:
        return NOT_READ
    return Items([called_with(reader, positional[0], [item], node) for item in items], len(items))


def added_up(reader: Reader, last: str, positional: list[Value], named: dict[str, Value], node: ast.Call) -> Value:
    """Python's ``sum`` of numbers, or of tensors one after the other."""
    items = _all_of(positional[0])
    start = positional[1] if len(positional) > 1 else named.get("start", 0)
    if not items or not all(isinstance(item, Ten | int | float) for item in items):
        return NOT_READ
    made, *rest = items if start == 0 else [start, *items]
    for item in rest:
        made = binary(reader, ast.Add, made, item, node)
    return made


def _all_of(value: Value) -> list[Value] | None:
    """The items of a list that was read whole; None for anything else."""
    whole = isinstance(value, list | tuple) and count_of(value) == len(value) <= MOST_TURNS
    return list(value) if isinstance(value, list | tuple) and whole else None
