"""Functions of Python and NumPy whose results decide on shapes."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from explainers.reading.code.any_operation import any_operation
from explainers.reading.code.arrays import array_function
from explainers.reading.code.budget import MOST_TURNS
from explainers.reading.code.frames import frame_function
from explainers.reading.code.higher_order import added_up, mapped_over
from explainers.reading.code.names import dotted
from explainers.reading.code.old_backend import of_the_backend
from explainers.reading.code.operations import OPERATIONS, contracted, operate
from explainers.reading.code.samples import windows
from explainers.reading.code.values import (
    NOT_READ,
    Arr,
    Items,
    Missing,
    Stream,
    Sym,
    Ten,
    Value,
    Weight,
    count_of,
    keyed,
)
from explainers.reading.tensor_operations import KEPT

if TYPE_CHECKING:
    from explainers.reading.code.evaluator import Reader


def paired(reader: Reader, last: str, positional: list[Value], named: dict[str, Value], node: ast.Call) -> Value:
    """zip(…), enumerate(…), reversed(…) of lists of the text."""
    parts = [_iterated(part) for part in positional[: None if last == "zip" else 1]]
    lists = [part for part in parts if part is not None]
    if len(lists) < len(parts) or not lists:
        return Missing(reader.short(node))
    counts = [count_of(part) for part in lists]
    total = min((n for n in counts if n is not None), default=None)
    short = [list(part)[:MOST_TURNS] for part in lists]
    if last == "zip":
        return Items(zip(*short, strict=False), total)
    if last == "enumerate":
        start = positional[1] if len(positional) > 1 and isinstance(positional[1], int) else named.get("start", 0)
        return Items(enumerate(short[0], start if isinstance(start, int) else 0), total)
    return Items(list(lists[0])[::-1][:MOST_TURNS] if last == "reversed" else short[0], total)


def _iterated(value: Value) -> list[Value] | tuple[Value, ...] | None:
    """What a loop over a value goes through: a list's items, a dict's keys, one row of an array for all of them."""
    if isinstance(value, list | tuple):
        return value
    if isinstance(value, dict | str):
        return Items(value, count_of(value) if isinstance(value, dict) else len(value))
    if isinstance(value, Arr) and value.sizes:
        return Items([Arr(value.name, value.sizes[1:])], value.sizes[0])
    return Items([value.element], None) if isinstance(value, Stream) else None


def converted(reader: Reader, last: str, positional: list[Value], named: dict[str, Value], node: ast.Call) -> Value:
    """int(…), list(…)."""
    value = positional[0]
    if isinstance(value, str) and last in ("list", "tuple"):
        return list(value[:MOST_TURNS]) if last == "list" else tuple(value[:MOST_TURNS])
    if isinstance(value, str) and last in ("int", "float") and len(value) <= 12 and value.strip().isdigit():
        value = int(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return {"float": float(value), "abs": abs(value), "ceil": math.ceil(value)}.get(last, int(value))
    if isinstance(value, list) and last in ("list", "tuple"):
        return Items(value, count_of(value)) if last == "list" else tuple(value)
    if isinstance(value, tuple) and last == "list":
        return list(value)
    if isinstance(value, dict) and last in ("list", "tuple"):
        return Items(value, count_of(value))
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
    return windows(positional, named, symbol.last == "TimeseriesGenerator")


def result_of(
    reader: Reader, node: ast.Call, positional: list[Value] | None = None, named: dict[str, Value] | None = None
) -> Value:
    """An unknown function's result: unknown, but its arguments are read."""
    if positional is None or named is None:
        positional, named = reader.arguments(node)
    made = of_data(reader, dotted(node.func), positional, named, node)
    return made if made is not NOT_READ else Missing(reader.short(node))


def of_data(reader: Reader, function: str, positional: list[Value], named: dict[str, Value], node: ast.AST) -> Value:
    """What a library's function makes of data; NOT_READ where it is none of those that are followed here."""
    made = frame_function(reader, function, positional, named)
    return made if made is not NOT_READ else array_function(reader, function, positional, named, node)


def _range(reader: Reader, last: str, positional: list[Value], named: dict[str, Value], node: ast.Call) -> Value:
    numbers = [v for v in positional if isinstance(v, int) and not isinstance(v, bool) and abs(v) < 10**6]
    if len(positional) > 3:
        return NOT_READ
    if len(numbers) < len(positional):  # how far isn't in the text: the first turn stands for all
        start = positional[0] if len(positional) > 1 else 0
        return Items([start if isinstance(start, int) else 0], None)
    turns = range(*numbers)
    return Items(turns[:MOST_TURNS], len(turns))


def _set(reader: Reader, last: str, positional: list[Value], named: dict[str, Value], node: ast.Call) -> Value:
    """``set(words)``: each of them once, in a fixed order."""
    value = list(positional[0]) if isinstance(positional[0], str) else positional[0]
    if not isinstance(value, list | tuple) or count_of(value) != len(value):
        return NOT_READ
    words = [part for part in value if isinstance(part, str | int)]
    return list(dict.fromkeys(words)) if len(words) == len(value) else NOT_READ


def _length(reader: Reader, last: str, positional: list[Value], named: dict[str, Value], node: ast.Call) -> Value:
    first = positional[0]
    if isinstance(first, Arr):
        known = first.sizes[0] if first.sizes else None
        return known if known is not None else Missing(reader.short(node), open=True)
    if isinstance(first, list | tuple | dict):
        count = count_of(first)
        return count if count is not None else Missing(reader.short(node), open=True)
    return len(first) if isinstance(first, str) else NOT_READ


def _extreme(reader: Reader, last: str, positional: list[Value], named: dict[str, Value], node: ast.Call) -> Value:
    last = last.removeprefix("reduce_")
    numbers = positional[0] if len(positional) == 1 or last == "prod" else positional
    if not isinstance(numbers, list | tuple) or not numbers or not all(isinstance(n, int) for n in numbers):
        return NOT_READ
    if last == "prod":
        return math.prod(numbers)
    return max(numbers) if last == "max" else min(numbers)


def _root(reader: Reader, last: str, positional: list[Value], named: dict[str, Value], node: ast.Call) -> Value:
    """``math.sqrt(12)`` and ``tf.math.sqrt(tf.cast(12, tf.float32))``: one number."""
    number = positional[0]
    if isinstance(number, bool) or not isinstance(number, int | float) or not 0 < number < 10**12:
        return NOT_READ
    root = math.sqrt(number)
    return root if last == "sqrt" else 1 / root


_Function = Callable[["Reader", str, list[Value], dict[str, Value], ast.Call], Value]
_CONVERTERS = (
    "int", "float", "round", "list", "tuple", "abs", "TensorShape", "str", "ceil", "floor", "bool", "cast",
)  # fmt: skip


def _iterator(reader: Reader, last: str, positional: list[Value], named: dict[str, Value], node: ast.Call) -> Value:
    """``next(iter(data_set))``: its first element."""
    if not isinstance(positional[0], Stream):
        return NOT_READ
    return positional[0].element if last == "next" else positional[0]


def _slice(reader: Reader, last: str, positional: list[Value], named: dict[str, Value], node: ast.Call) -> Value:
    """``slice(start, end)``, as an index has it."""
    ends = [end for end in positional if end is None or (isinstance(end, int) and not isinstance(end, bool))]
    told = len(ends) == len(positional) and len(ends) in (1, 2, 3) and ends[2:] != [0]
    return slice(*ends) if told else NOT_READ


_SETTINGS = {  # of Keras, as they are where nobody changed them
    "image_data_format": "channels_last",
    "image_dim_ordering": "tf",
    "backend": "tensorflow",
    "floatx": "float32",
    "epsilon": 1e-7,
}


PYTHON: dict[str, _Function] = {
    "range": _range,
    "len": _length,
    "set": _set,
    **dict.fromkeys(("sqrt", "rsqrt"), _root),
    **dict.fromkeys(("iter", "next"), _iterator),
    **dict.fromkeys(("zip", "enumerate", "reversed", "sorted"), paired),
    **dict.fromkeys(_CONVERTERS, converted),
    **dict.fromkeys(("max", "min", "prod", "reduce_prod", "reduce_max", "reduce_min"), _extreme),
    "slice": _slice,
    "map": mapped_over,
}


def of_function(reader: Reader, symbol: Sym, node: ast.Call) -> Value:
    """A function of a library: an operation where a tensor goes in, else one of Python or NumPy."""
    positional, named = reader.arguments(node)
    if symbol.name == "sum" and positional:
        return _told(added_up(reader, "sum", positional, named, node), reader, node)
    if symbol.last in _SETTINGS and not positional and not named:
        return _SETTINGS[symbol.last]
    several = positional[0] if positional and isinstance(positional[0], list) and symbol.name not in _OF_LISTS else []
    if symbol.last in ("shape", "int_shape") and positional and isinstance(positional[0], Ten):
        return _shape_of(reader, positional[0], node)
    if symbol.last == "preprocess_input" and positional:
        return positional[0]  # the same shape: other numbers, or the colors in another order
    if symbol.name.endswith("activations.get"):
        return _activation(positional[0] if positional else None)
    if symbol.last in KEPT and positional and isinstance(positional[0], Ten):
        return positional[0]
    if any(isinstance(value, Ten) for value in (*positional, *named.values(), *several)):
        return _on_tensors(reader, symbol, positional, named, node)
    if symbol.name in ("dict", "list", "set"):
        made = _made(reader, symbol.name, positional, named)
        if made is not NOT_READ:
            return made
    made = of_data(reader, symbol.name, positional, named, node)
    read = PYTHON.get(symbol.last) if positional and made is NOT_READ else None
    return _told(read(reader, symbol.last, positional, named, node) if read is not None else made, reader, node)


def _told(value: Value, reader: Reader, node: ast.Call) -> Value:
    """A value; Missing where it isn't read."""
    return value if value is not NOT_READ else Missing(reader.short(node))


def _on_tensors(reader: Reader, symbol: Sym, positional: list[Value], named: dict[str, Value], node: ast.Call) -> Value:
    """A function of keras.ops, keras.backend or tf."""
    before = len(reader.graph.calls)
    if symbol.last == "tensordot" and any(isinstance(value, Weight) for value in positional):
        made = contracted(reader, positional, named, node)
    elif symbol.last in OPERATIONS:
        made = operate(reader, OPERATIONS[symbol.last], positional, named, node)
    else:
        made = _told(any_operation(reader, symbol.name, positional, named, node), reader, node)
    if (today := of_the_backend(symbol.name)) is not None:
        reader.renamed.append(f"{symbol.name} is {today}")
    if symbol.name.startswith(("tf.", "tensorflow.")) and ".keras." not in symbol.name and not reader.in_layer:
        reader.of_tf |= dict.fromkeys(range(before, len(reader.graph.calls)), dotted(node.func))
    return made


_OF_LISTS = (  # whatever is in them
    *("map", "zip", "enumerate", "reversed", "sorted", "len", "list", "tuple", "iter", "next"),
)


def _activation(given: Value) -> Value:
    """``keras.activations.get("relu")``: a function by its name; None leaves the numbers as they are."""
    return Sym(f"keras.activations.{given or 'linear'}") if isinstance(given, str | None) else given


def _shape_of(reader: Reader, tensor: Ten, node: ast.Call) -> Value:
    """``ops.shape(x)``: what is open is decided by the data."""
    sizes = reader.graph.made.get(tensor.ref)
    name = reader.short(node)
    return (
        Missing(name, open=True)
        if sizes is None
        else tuple(Missing(name, open=True) if n is None else n for n in sizes)
    )


def _made(reader: Reader, name: str, positional: list[Value], named: dict[str, Value]) -> Value:
    """``list()``, ``set()`` and ``dict(units=9, **more)``."""
    if name != "dict":
        return Items([], 0) if not positional else NOT_READ
    return keyed(positional[0] if positional else {}, named)
