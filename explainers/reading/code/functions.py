"""Functions of Python and NumPy whose results decide on shapes."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from explainers.core.spec import Check
from explainers.reading.code.budget import MOST_TURNS
from explainers.reading.code.data import array_of, fitted, method_of
from explainers.reading.code.names import dotted
from explainers.reading.code.operations import OPERATIONS, operate
from explainers.reading.code.values import (
    NOT_READ,
    Arr,
    Missing,
    Sym,
    Ten,
    Value,
)

if TYPE_CHECKING:
    from explainers.reading.code.evaluator import Reader


def paired(reader: Reader, last: str, positional: list[Value], named: dict[str, Value], node: ast.Call) -> Value:
    """zip(…), enumerate(…), reversed(…) of lists of the text."""
    if not all(isinstance(part, list | tuple) for part in positional[: None if last == "zip" else 1]):
        return Missing(reader.short(node))
    lists = [list(part)[:MOST_TURNS] for part in positional if isinstance(part, list | tuple)]
    if last == "zip":
        return list(zip(*lists, strict=False))
    if last == "enumerate":
        start = positional[1] if len(positional) > 1 and isinstance(positional[1], int) else 0
        return list(enumerate(lists[0], start))
    return lists[0][::-1] if last == "reversed" else lists[0]


def converted(reader: Reader, last: str, positional: list[Value], named: dict[str, Value], node: ast.Call) -> Value:
    """int(…), list(…), np.array(…)."""
    value = positional[0]
    if last in ("array", "asarray"):
        return value if isinstance(value, Arr) else array_of("np.array", positional, named, reader.sizes)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return {"float": float(value), "abs": abs(value), "ceil": math.ceil(value)}.get(last, int(value))
    return value


def windows_of(reader: Reader, symbol: Sym, node: ast.Call) -> Value:
    """TimeseriesGenerator(data, targets, length) and timeseries_dataset_from_array: windows of one series."""
    positional, named = reader.arguments(node)
    series = positional[0] if positional else named.get("data")
    length = named.get("length", named.get("sequence_length", positional[2] if len(positional) > 2 else None))
    points = series.sizes[0] if isinstance(series, Arr) and series.sizes else None
    reader.custom.cut(points, length if isinstance(length, int) else None)
    if isinstance(series, Arr) and series.sizes is not None and len(series.sizes) == 2:
        reader.custom.features = series.sizes[1]
    return Missing(reader.short(node))


def data_method(reader: Reader, data: Arr, name: str, node: ast.Call) -> Value:
    """``x.reshape(-1, 3, 58)``; an impossible one is a mistake of its own."""
    positional, _ = reader.arguments(node)
    wanted = reader.sizes(
        positional[0] if len(positional) == 1 and isinstance(positional[0], tuple | list) else positional
    )
    if name == "reshape" and wanted is not None:
        sizes = fitted(data.sizes, wanted)
        if sizes is None and data.sizes is not None:
            line = reader.line(node)
            reader.checks.append(
                (None, Check("reshape", shapes=(data.sizes, wanted), line=line, text=reader.source(line)))
            )
        return Arr(
            data.name, sizes if sizes is not None else wanted if None not in wanted and -1 not in wanted else None
        )
    return method_of(data, name, positional)


def result_of(reader: Reader, node: ast.Call) -> Value:
    """An unknown function's result: unknown, but its arguments are read."""
    positional, _ = reader.arguments(node)
    data = array_of(dotted(node.func), positional, reader.keywords(node), reader.sizes)
    return data if data is not None else Missing(reader.short(node))


def _range(reader: Reader, last: str, positional: list[Value], named: dict[str, Value], node: ast.Call) -> Value:
    numbers = [v for v in positional if isinstance(v, int) and not isinstance(v, bool) and abs(v) < 10**6]
    if len(numbers) != len(positional) or len(numbers) > 3:
        return NOT_READ
    return list(range(*numbers)[:MOST_TURNS])


def _length(reader: Reader, last: str, positional: list[Value], named: dict[str, Value], node: ast.Call) -> Value:
    first = positional[0]
    if isinstance(first, Arr) and first.sizes:
        return first.sizes[0]
    return len(first) if isinstance(first, list | tuple | str) else NOT_READ


def _extreme(reader: Reader, last: str, positional: list[Value], named: dict[str, Value], node: ast.Call) -> Value:
    numbers = positional[0]
    if not isinstance(numbers, list | tuple) or not numbers or not all(isinstance(n, int) for n in numbers):
        return NOT_READ
    if last == "prod":
        return math.prod(numbers)
    return max(numbers) if last == "max" else min(numbers)


_Function = Callable[["Reader", str, list[Value], dict[str, Value], ast.Call], Value]
_CONVERTERS = (
    "int", "float", "round", "list", "tuple", "abs", "TensorShape", "str", "array", "asarray", "ceil", "floor",
)  # fmt: skip
PYTHON: dict[str, _Function] = {
    "range": _range,
    "len": _length,
    **dict.fromkeys(("zip", "enumerate", "reversed", "sorted"), paired),
    **dict.fromkeys(_CONVERTERS, converted),
    **dict.fromkeys(("max", "min", "prod"), _extreme),
}


def of_function(reader: Reader, symbol: Sym, node: ast.Call) -> Value:
    """A function of a library: an operation where a tensor goes in, else one of Python or NumPy."""
    positional, named = reader.arguments(node)
    several = positional[0] if positional and isinstance(positional[0], list) else []
    if any(isinstance(value, Ten) for value in (*positional, *several)):
        return operate(reader, OPERATIONS.get(symbol.last, ""), positional, named, node)
    read = PYTHON.get(symbol.last) if positional else None
    value = read(reader, symbol.last, positional, named, node) if read is not None else NOT_READ
    if value is not NOT_READ:
        return value
    data = array_of(symbol.name, positional, named, reader.sizes)
    return data if data is not None else Missing(reader.short(node))
