"""Tables and data from elsewhere: pandas, scikit-learn, Keras' own data sets, tf.data. Only shapes are followed."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from explainers.core.spec import Sizes
from explainers.reading.code.arrays import dims, largest, nested
from explainers.reading.code.samples import SAMPLES
from explainers.reading.code.values import NOT_READ, Arr, Missing, Stream, Ten, Value, count_of

if TYPE_CHECKING:
    from explainers.reading.code.evaluator import Reader

Rule = Callable[["Reader", list[Value], dict[str, Value]], Value]
MOST_COLUMNS = 500  # whose names are kept

# Keras' data sets: samples for training and for testing, the shape of one, that of one target, the largest class.
DATASETS: dict[str, tuple[int, int, Sizes, Sizes, int | None]] = {
    "mnist": (60_000, 10_000, (28, 28), (), 9),
    "fashion_mnist": (60_000, 10_000, (28, 28), (), 9),
    "cifar10": (50_000, 10_000, (32, 32, 3), (1,), 9),
    "cifar100": (50_000, 10_000, (32, 32, 3), (1,), 99),
    "imdb": (25_000, 25_000, (), (), 1),
    "reuters": (8_982, 2_246, (), (), 45),
    "boston_housing": (404, 102, (13,), (), None),
    "california_housing": (16_512, 4_128, (8,), (), None),
}


def dataset(name: str) -> Value:
    """``(x_train, y_train), (x_test, y_test)`` of ``mnist.load_data()``."""
    train, test, one, target, largest = DATASETS[name]
    return tuple((Arr(f"{name} x", (n, *one)), Arr(f"{name} y", (n, *target), largest)) for n in (train, test))


def _read_table(reader: Reader, positional: list[Value], named: dict[str, Value]) -> Value:
    """read_csv: as many columns as are named, rows as the file has."""
    columns = next((named[key] for key in ("usecols", "names") if isinstance(named.get(key), list | tuple)), None)
    width = count_of(columns) if isinstance(columns, list | tuple) else None
    return Arr("the table", (None, width), columns=_named(columns, width))


def _named(names: Value, width: int | None) -> tuple[str, ...] | None:
    """The names of so many columns, where all are known."""
    told = [str(name) for name in names if isinstance(name, str | int)] if isinstance(names, list | tuple) else []
    return tuple(told) if width is not None and len(told) == width else None


def _table(reader: Reader, positional: list[Value], named: dict[str, Value]) -> Value:
    first = positional[0] if positional else named.get("data")
    if isinstance(first, dict):
        rows = [nested(column) for column in first.values()]
        columns = tuple(map(str, first))
        return Arr("the table", (rows[0][0] if rows and rows[0] else None, len(first)), columns=columns)
    if isinstance(first, Arr) and first.sizes is not None and len(first.sizes) == 1:
        return Arr(first.name, (*first.sizes, 1))
    sizes = first.sizes if isinstance(first, Arr) else nested(first)
    width = sizes[1] if sizes is not None and len(sizes) == 2 else None
    names: Value = named.get("columns", list(range(width)) if width is not None and width <= MOST_COLUMNS else None)
    return Arr("the table", sizes if sizes is not None else (None, None), columns=_named(names, width))


def _series(reader: Reader, positional: list[Value], named: dict[str, Value]) -> Value:
    sizes = nested(positional[0]) if positional else None
    return Arr("the series", sizes if sizes is not None else (None,))


def _split(reader: Reader, positional: list[Value], named: dict[str, Value]) -> Value:
    """train_test_split: of each array the rows for training and those for testing."""
    size, train = named.get("test_size"), named.get("train_size")
    share = size if isinstance(size, int | float) else 1 - train if isinstance(train, float) else 0.25
    out: list[Value] = []
    for array in positional:
        sizes = array.sizes if isinstance(array, Arr) else nested(array)
        if sizes is None or not sizes:
            name = array.name if isinstance(array, Missing | Arr) else "the data"
            out += [Arr(name, None), Arr(name, None)]
            continue
        rows = sizes[0]
        test = None if rows is None else share if isinstance(share, int) else math.ceil(rows * share)
        first = rows - test if rows is not None and test is not None else None
        whole = array if isinstance(array, Arr) else Arr("the data", sizes, largest(array))
        out += [replace(whole, sizes=(first, *sizes[1:])), replace(whole, sizes=(test, *sizes[1:]))]
    return out


def _slices(reader: Reader, positional: list[Value], named: dict[str, Value]) -> Value:
    """tf.data.Dataset.from_tensor_slices((x, y)): one sample after the other."""
    first = positional[0] if positional else None
    parts = [*first] if isinstance(first, tuple) else [first]
    arrays = [part for part in parts if isinstance(part, Arr) and part.sizes]
    if len(arrays) != len(parts):
        return Missing("a data set")
    return Stream(tuple(Arr(a.name, a.sizes[1:] if a.sizes else None, a.largest) for a in arrays))


def _side_by_side(positional: list[Value], named: dict[str, Value]) -> Value:
    """``pd.concat([one, other], axis=1)``: the columns of all; of axis=0 the rows."""
    first, axis = positional[0] if positional else named.get("objs"), named.get("axis", 0)
    parts = [part for part in first if isinstance(part, Arr)] if isinstance(first, list | tuple) else []
    shapes = [part.sizes for part in parts if part.sizes is not None and len(part.sizes) <= 2]
    if not isinstance(first, list | tuple) or count_of(first) != len(shapes) or not shapes:
        return NOT_READ
    along, across = [shape[0] for shape in shapes], [shape[1] if len(shape) == 2 else 1 for shape in shapes]
    if axis in (1, "columns"):
        return Arr("the table", (along[0] if len(set(along)) == 1 else None, _total(across)))
    series = all(len(shape) == 1 for shape in shapes)
    return Arr("the table", (_total(along), *(() if series else across[:1] if len(set(across)) == 1 else (None,))))


def _total(sizes: list[int | None]) -> int | None:
    known = [n for n in sizes if n is not None]
    return sum(known) if len(known) == len(sizes) else None


def _dummies(positional: list[Value], named: dict[str, Value]) -> Value:
    """get_dummies: as many rows as before, and as many columns as there are different values."""
    data = positional[0] if positional else named.get("data")
    sizes = data.sizes if isinstance(data, Arr) else nested(data)
    return Arr("the table", (sizes[0] if sizes else None, None))


def _spec(positional: list[Value], named: dict[str, Value]) -> Value:
    """``tf.TensorSpec(shape=(30, 4))``."""
    return Arr("the data set", dims(positional[0] if positional else named.get("shape")))


def _described(reader: Reader, positional: list[Value], named: dict[str, Value]) -> Value:
    """Dataset.from_generator, as its output_signature describes one sample."""
    signature = named.get("output_signature")
    parts = [*signature] if isinstance(signature, tuple) else [signature]
    arrays = [part for part in parts if isinstance(part, Arr) and part.sizes is not None]
    return Stream(tuple(arrays)) if len(arrays) == len(parts) else Missing("a data set")


FRAMES: dict[str, Rule] = {
    **dict.fromkeys(("read_csv", "read_excel", "read_table", "read_json"), _read_table),
    "DataFrame": _table,
    "Series": _series,
    "get_dummies": lambda reader, positional, named: _dummies(positional, named),
    "train_test_split": _split,
    "from_tensor_slices": _slices,
    "from_generator": _described,
    "TensorSpec": lambda reader, positional, named: _spec(positional, named),
}


def frame_function(reader: Reader, function: str, positional: list[Value], named: dict[str, Value]) -> Value:
    """What pandas, scikit-learn, tf.data and Keras' data sets give; NOT_READ for any other function."""
    *owner, last = function.split(".")
    if last == "load_data" and owner and owner[-1] in DATASETS:
        return dataset(owner[-1])
    if last in SAMPLES:
        return SAMPLES[last](positional, named)
    if last == "concat" and owner and owner[0] in ("pd", "pandas"):
        return _side_by_side(positional, named)
    rule = FRAMES.get(last)
    return rule(reader, positional, named) if rule is not None else NOT_READ


# -- methods ------------------------------------------------------------------------------------------------------

_SCALED = ("fit_transform", "transform", "inverse_transform")


def tool_method(owner: str, name: str, positional: list[Value]) -> Value:
    """A scaler's or an encoder's method: the same shape, or one that the data decide."""
    first = positional[0] if positional else None
    if name == "texts_to_sequences":
        return Arr("the sequences", (None,))
    if name not in _SCALED or first is None or isinstance(first, Ten):
        return NOT_READ  # a model's own tensor is no data that a scaler could take
    words = _words(first)
    sizes = first.sizes if isinstance(first, Arr) else (len(words),) if words is not None else nested(first)
    arr = Arr(first.name if isinstance(first, Arr) else "the data", sizes)
    if "LabelEncoder" in owner and name != "inverse_transform":
        return Arr(arr.name, sizes, len(set(words)) - 1 if words is not None else largest(first))
    if "caler" in owner or "Imputer" in owner or name == "inverse_transform":
        return arr
    rows = sizes[0] if sizes else None
    return Arr(arr.name, (rows, None))


def _words(value: Value) -> list[str] | None:
    """A list of words, all of which are in the text."""
    if not isinstance(value, list | tuple) or count_of(value) != len(value):
        return None
    words = [word for word in value if isinstance(word, str)]
    return words if words and len(words) == len(value) else None


_KEPT = (
    *("astype", "copy", "numpy", "fillna", "clip", "round", "to_numpy", "sort_values", "interpolate", "ffill", "bfill"),
    *("shift", "diff", "map", "apply", "abs", "reset_index", "rename", "asfreq", "replace", "tolist", "toarray"),
)


def table_method(data: Arr, name: str, positional: list[Value], named: dict[str, Value]) -> Value:
    """Methods of a table or a series; NOT_READ for those of an array."""
    sizes = data.sizes
    rows = sizes[0] if sizes else None
    if name in _KEPT:
        return data
    if name in ("dropna", "drop_duplicates", "query"):
        return replace(data, sizes=(None, *sizes[1:]) if sizes else None)
    if name in ("head", "tail"):
        count = positional[0] if positional else named.get("n", 5)
        return replace(data, sizes=(count if isinstance(count, int) else None, *sizes[1:]) if sizes else None)
    if name == "filter":
        items = positional[0] if positional else named.get("items")
        return Arr(data.name, (rows, count_of(items) if isinstance(items, list | tuple) else None))
    if name == "drop":
        return _dropped(data, positional, named)
    if name == "set_index":
        return without_columns(data, positional[0] if positional else named.get("keys"))
    if name == "assign":
        return with_columns(data, list(named))
    if name in ("pop", "join", "merge", "select_dtypes"):
        return Arr(data.name, (rows,) if name == "pop" else (rows, None))
    if name == "unique":
        return Arr(data.name, (None,))
    return NOT_READ


def _dropped(data: Arr, positional: list[Value], named: dict[str, Value]) -> Arr:
    """``drop("label", axis=1)``, ``drop(columns=["a", "b"])``, ``drop(index=[0, 3])``."""
    axis = named.get("axis", positional[1] if len(positional) > 1 else 0)
    labels = positional[0] if positional else named.get("labels")
    if "columns" in named or axis in (1, "columns"):
        return without_columns(data, named.get("columns", labels))
    gone = _labels(named.get("index", labels))
    rows = data.sizes[0] if data.sizes else None
    left = rows - len(gone) if rows is not None and gone is not None else None
    return replace(data, sizes=(left, *data.sizes[1:]) if data.sizes else None)


def _labels(given: Value) -> list[str] | None:
    """The labels that a call names; None where they aren't all in the text."""
    if isinstance(given, str | int):
        return [str(given)]
    if not isinstance(given, list | tuple) or count_of(given) != len(given):
        return None
    return [str(each) for each in given] if all(isinstance(each, str | int) for each in given) else None


def without_columns(data: Arr, given: Value) -> Arr:
    """A table without some of its columns."""
    if data.sizes is None or len(data.sizes) != 2:
        return data
    rows, width = data.sizes
    gone = _labels(given)
    if gone is None or width is None:
        return replace(data, sizes=(rows, None), columns=None)
    known = data.columns is not None and set(gone) <= set(data.columns)
    left = tuple(name for name in data.columns or () if name not in gone) if known else None
    return replace(data, sizes=(rows, max(0, width - len(gone))), columns=left)


def with_columns(data: Arr, given: Value) -> Arr:
    """A table that is given columns: those whose names it has stay, others are new."""
    names = _labels(given)
    if names is None or data.sizes is None or len(data.sizes) != 2:
        return data
    if data.columns is None:  # whether it is a new one isn't in the text
        return replace(data, sizes=(data.sizes[0], None))
    columns = tuple(dict.fromkeys((*data.columns, *names)))
    return replace(data, sizes=(data.sizes[0], len(columns)), columns=columns)


def in_place(
    reader: Reader,
    data: Arr,
    name: str,
    made: Value,
    positional: list[Value],
    named: dict[str, Value],
    node: ast.Call,
) -> Value:
    """What a table's method gives; ``pop`` and ``inplace=True`` change the table itself."""
    changed = made if named.get("inplace") is True else None
    if name == "pop":
        changed = without_columns(data, positional[0] if positional else named.get("item"))
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    if isinstance(changed, Arr) and isinstance(owner, ast.Name):
        reader.env[owner.id] = replace(changed, name=owner.id)
        if changed.sizes is not None:
            reader.data[owner.id] = changed.sizes
    return None if named.get("inplace") is True else made


def mapped(stream: Stream, made: Value) -> Value:
    """What a function of the text makes of each element of a data set."""
    parts = [*made] if isinstance(made, tuple) else [made]
    arrays = [part for part in parts if isinstance(part, Arr) and part.sizes is not None]
    return Stream(tuple(arrays), stream.batched) if len(arrays) == len(parts) else Missing("a data set after map")


def stream_method(stream: Stream, name: str, positional: list[Value]) -> Value:
    """``.shuffle(20).batch(4)`` of a tf.data.Dataset."""
    if name in ("shuffle", "cache", "prefetch", "repeat", "take", "skip"):
        return stream
    if name != "batch":
        return Missing(f"a data set after {name}")
    size = dims(positional[0]) if positional else None
    front = size[0] if size else None
    return Stream(tuple(Arr(a.name, (front, *(a.sizes or ())), a.largest) for a in stream.parts), True)
