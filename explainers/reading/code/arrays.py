"""Shapes of arrays: what NumPy's and TensorFlow's functions make of shapes. No array is made."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from explainers.core.spec import NumpyInt, Sizes
from explainers.reading.code.values import NOT_READ, Arr, Missing, Value, count_of
from explainers.reading.operation_shapes import broadcast

if TYPE_CHECKING:
    from explainers.reading.code.evaluator import Reader

Rule = Callable[["Reader", str, list[Value], dict[str, Value]], Value]
ROOTS = ("np", "numpy", "jnp", "tf", "tensorflow", "K", "keras", "rng", "random", "ops", "kb")
MOST_PARTS = 200  # of a list whose parts are looked at


def dims(value: Value) -> Sizes | None:
    """A shape whose numbers may be open: None where the text doesn't say one."""
    if isinstance(value, int) and not isinstance(value, bool):
        return (value,)
    if isinstance(value, Missing):
        return (None,) if value.open else None
    if not isinstance(value, list | tuple):
        return None
    return tuple(int(v) if isinstance(v, int | float) and not isinstance(v, bool) else None for v in value)


def first_of(positional: list[Value], named: dict[str, Value], *names: str) -> Value:
    """The first argument, by its place or by one of its names."""
    return positional[0] if positional else next((named[name] for name in names if name in named), None)


def option(positional: list[Value], named: dict[str, Value], place: int, *names: str) -> Value:
    """An argument by its name or its place; NOT_READ where it isn't given."""
    given = next((named[name] for name in names if name in named), NOT_READ)
    return given if given is not NOT_READ or place >= len(positional) else positional[place]


def axis_of(value: Value, rank: int) -> int | None:
    """An axis counted from the front; None for one that isn't there."""
    if not isinstance(value, int) or isinstance(value, bool) or not -rank <= value < rank:
        return None
    return value % rank


# -- arrays that are made ------------------------------------------------------------------------------------


def _by_shape(reader: Reader, name: str, positional: list[Value], named: dict[str, Value]) -> Value:
    given = option(positional, named, 0, "shape", "size")
    return Arr(name, reader.array_sizes(given))


def _by_sizes(reader: Reader, name: str, positional: list[Value], named: dict[str, Value]) -> Value:
    if name in ("random", "standard_normal") and (named or len(positional) == 1):
        return _by_shape(reader, name, positional, named)
    return Arr(name, reader.array_sizes(positional))


def _third(reader: Reader, name: str, positional: list[Value], named: dict[str, Value]) -> Value:
    """``randint(low, high, size)``, ``normal(mean, deviation, size)``; tf.random.normal(shape)."""
    size = named.get("size", named.get("shape", positional[2] if len(positional) > 2 else NOT_READ))
    if size is NOT_READ and positional and isinstance(positional[0], tuple | list):
        size = positional[0]
    sizes = () if size is NOT_READ else reader.array_sizes(size)
    return Arr(name, sizes, _drawn(sizes, positional, named) if name in ("randint", "integers") else None)


MOST_DRAWN = 4  # times as many numbers as there are to draw from: then each of them comes up


def _drawn(sizes: Sizes | None, positional: list[Value], named: dict[str, Value]) -> int | None:
    """The largest of random whole numbers, where there are enough of them to be sure: the end is never drawn."""
    low = positional[0] if positional else named.get("low", 0)
    high = positional[1] if len(positional) > 1 else named.get("high")
    low, high = (0, low) if high is None else (low, high)
    if type(low) is not int or type(high) is not int or sizes is None or None in sizes or named.get("endpoint"):
        return None
    return high - 1 if math.prod(n or 1 for n in sizes) >= MOST_DRAWN * (high - low) > 0 else None


def _shuffled(reader: Reader, name: str, positional: list[Value], named: dict[str, Value]) -> Value:
    """``permutation(8)`` are eight places; of an array it is the same array in another order."""
    first = positional[0] if positional else None
    if isinstance(first, Arr):
        return first
    return Arr(name, (first if isinstance(first, int) else None,))


def _second(reader: Reader, name: str, positional: list[Value], named: dict[str, Value]) -> Value:
    """``choice(values, size)``."""
    size = option(positional, named, 1, "size")
    return Arr(name, () if size is NOT_READ else reader.array_sizes(size))


_ENDS = (("start",), ("stop", "limit", "end"), ("step", "delta"))


def _range(reader: Reader, name: str, positional: list[Value], named: dict[str, Value]) -> Value:
    if name == "range" and not named:
        return NOT_READ  # as Python's, which a loop counts
    if name == "linspace":
        number = option(positional, named, 2, "num")
        return Arr(name, (50,) if number is NOT_READ else reader.array_sizes(number))
    ends = [next((named[key] for key in keys if key in named), None) for keys in _ENDS]
    positional = [*positional, *(end for end in ends[len(positional) :] if end is not None)]
    numbers = [n for n in positional if isinstance(n, int | float)]
    if len(numbers) != len(positional) or not 0 < len(numbers) <= 3 or (len(numbers) == 3 and not numbers[2]):
        return Arr(name, (None,))
    low, high, step = (0, numbers[0], 1) if len(numbers) == 1 else (*numbers, 1)[:3]
    count = max(0, math.ceil((high - low) / step))
    whole = isinstance(low, int) and isinstance(step, int) and step > 0 and count > 0
    return Arr(name, (count,), largest(low + (count - 1) * step) if whole else None)


def _eye(reader: Reader, name: str, positional: list[Value], named: dict[str, Value]) -> Value:
    rows = positional[0] if positional else None
    return Arr(name, (rows, rows)) if isinstance(rows, int) else Arr(name, (None, None))


def _array(reader: Reader, name: str, positional: list[Value], named: dict[str, Value]) -> Value:
    first = first_of(positional, named, "object", "value", "x", "data")
    if isinstance(first, Arr):
        return first
    if name == "constant" and "shape" in named:
        return Arr(name, reader.array_sizes(named["shape"]))
    longest = longest_row(first)
    if longest is not None and isinstance(first, list | tuple):
        reader.ragged(len(first), longest, any(isinstance(n, float) for row in first for n in row))
        return Arr(name, (count_of(first), longest), largest([n for row in first for n in row]))
    return Arr(name, nested(first), largest(first))


def nested(value: Value, depth: int = 0) -> Sizes | None:
    """The shape of nested lists; None where they are ragged or unknown."""
    if isinstance(value, Arr):
        return value.sizes
    if not isinstance(value, list | tuple):
        return () if isinstance(value, int | float) or (isinstance(value, Missing) and value.open) else None
    inner = [nested(v, depth + 1) for v in value[:MOST_PARTS]] if depth < 6 else []
    if not inner:
        return (0,) if not value and count_of(value) == 0 else None
    alike = inner[0] is not None and all(i == inner[0] for i in inner)
    return (count_of(value), *(inner[0] or ())) if alike else None


def longest_row(value: Value) -> int | None:
    """The longest of rows that differ; None where the rows are no plain lists, or are alike."""
    if not isinstance(value, list | tuple) or not value or count_of(value) != len(value) or len(value) > MOST_PARTS:
        return None
    rows = [row for row in value if isinstance(row, list | tuple) and all(isinstance(n, int | float) for n in row)]
    lengths = {len(row) for row in rows}
    return max(lengths) if len(lengths) > 1 and len(rows) == len(value) else None


def largest(value: Value) -> int | None:
    """The largest whole number in nested literal lists; None where there is none, or another kind of number."""
    if isinstance(value, Arr):
        return value.largest
    if isinstance(value, list | tuple):
        if count_of(value) != len(value):
            return None  # a part of it wasn't read
        parts = [largest(part) for part in value[:1000]]
        return max((n for n in parts if n is not None), default=None) if None not in parts else None
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31 else None


# -- arrays that are changed ----------------------------------------------------------------------------------


def _known(positional: list[Value], named: dict[str, Value]) -> tuple[Arr, Sizes] | None:
    """The first argument, where it is an array of a known rank."""
    first = first_of(positional, named, "a", "x", "input", "inputs", "tensor", "array", "arr")
    if isinstance(first, list | tuple):
        first = Arr("array", nested(first), largest(first))
    return (first, first.sizes) if isinstance(first, Arr) and first.sizes is not None else None


def _expanded(reader: Reader, name: str, positional: list[Value], named: dict[str, Value]) -> Value:
    known, axis = _known(positional, named), option(positional, named, 1, "axis")
    places = axis if isinstance(axis, tuple | list) else (-1 if axis is NOT_READ else axis,)
    if known is None:
        return Arr(name, None)
    sizes = known[1]
    for place in places:
        at = axis_of(place, len(sizes) + 1)
        if at is None:
            return Arr(known[0].name, None)
        sizes = (*sizes[:at], 1, *sizes[at:])
    return Arr(known[0].name, sizes, known[0].largest)


def _squeezed(reader: Reader, name: str, positional: list[Value], named: dict[str, Value]) -> Value:
    known, axis = _known(positional, named), option(positional, named, 1, "axis")
    if known is None:
        return Arr(name, None)
    at = axis_of(axis, len(known[1]))
    if axis not in (NOT_READ, None) and at is None:
        return Arr(known[0].name, None)
    return Arr(known[0].name, tuple(n for i, n in enumerate(known[1]) if (i != at if at is not None else n != 1)))


def _transposed(reader: Reader, name: str, positional: list[Value], named: dict[str, Value]) -> Value:
    known = _known(positional, named)
    if known is None:
        return Arr(name, None)
    given = option(positional, named, 1, "axes", "perm")
    given = positional[1:] if len(positional) > 2 else given
    axes = tuple(reversed(range(len(known[1])))) if given is NOT_READ else dims(given)
    places = [axis_of(a, len(known[1])) for a in axes or ()]
    if len(places) != len(known[1]) or None in places:
        return Arr(known[0].name, None)
    return Arr(known[0].name, tuple(known[1][place] for place in places if place is not None))


def _swapped(reader: Reader, name: str, positional: list[Value], named: dict[str, Value]) -> Value:
    known = _known(positional, named)
    if known is None:
        return Arr(name, None)
    one, other = (axis_of(option(positional, named, i, ""), len(known[1])) for i in (1, 2))
    if one is None or other is None:
        return Arr(known[0].name, None)
    sizes = list(known[1])
    if name == "swapaxes":
        sizes[one], sizes[other] = sizes[other], sizes[one]
    else:
        sizes.insert(other, sizes.pop(one))
    return Arr(known[0].name, tuple(sizes))


def _reshaped(reader: Reader, name: str, positional: list[Value], named: dict[str, Value]) -> Value:
    known = _known(positional, named)
    wanted = dims(option(positional, named, 1, "newshape", "shape"))
    if known is not None:
        return reader.reshape(*known, wanted)
    return Arr(name, tuple(None if n == -1 else n for n in wanted) if wanted is not None else None)


def fitted(sizes: Sizes, wanted: Sizes) -> Sizes | None:
    """The shape after a reshape, open where it isn't known; None where it can't be made."""
    if None in sizes or None in wanted:
        inside = sizes[1:]
        if None not in inside and wanted[:1] == (None,) and wanted.count(-1) == 1:  # each sample by itself
            whole = fitted(inside, wanted[1:])
            return (None, *whole) if whole is not None else tuple(None if n == -1 else n for n in wanted)
        return tuple(None if n == -1 else n for n in wanted)
    total, rest = math.prod(n or 0 for n in sizes), math.prod(n or 0 for n in wanted if n != -1)
    if wanted.count(-1) == 1 and rest and total % rest == 0:
        return tuple(total // rest if n == -1 else n for n in wanted)
    return wanted if rest == total and -1 not in wanted else None


def _resized(reader: Reader, name: str, positional: list[Value], named: dict[str, Value]) -> Value:
    """``image.resize(x, (64, 48))``: two sizes are a picture's height and width; NumPy's own names them all."""
    known, given = _known(positional, named), dims(option(positional, named, 1, "size", "new_shape"))
    if known is None or given is None:
        return Arr(name, None)
    sizes = known[1]
    picture = len(given) == 2 and len(sizes) in (3, 4)
    return Arr(known[0].name, (*sizes[:-3], *given, sizes[-1]) if picture else given)


def _same(reader: Reader, name: str, positional: list[Value], named: dict[str, Value]) -> Value:
    arrays = [value for value in positional if isinstance(value, Arr)]
    known = _known(positional, named)
    if len(arrays) > 1 and all(a.sizes is not None for a in arrays):
        return Arr(arrays[0].name, broadcast(tuple(a.sizes for a in arrays if a.sizes is not None)))
    if known is not None:
        return Arr(known[0].name, known[1], known[0].largest if name in _SAME_NUMBERS else None)
    return Arr(name, None) if arrays else NOT_READ


_SAME_NUMBERS = ("flip", "fliplr", "flipud", "roll", "cast", "copy", "astype", "int32")


def _reduced(reader: Reader, name: str, positional: list[Value], named: dict[str, Value]) -> Value:
    known, axis = _known(positional, named), option(positional, named, 1, "axis")
    first = positional[0] if positional else None
    if name == "prod" and isinstance(first, list | tuple) and all(type(n) is int for n in first):
        return NumpyInt(math.prod(first))
    if known is None:
        return NOT_READ
    if axis in (NOT_READ, None):
        return Arr(known[0].name, ())
    places = [axis_of(a, len(known[1])) for a in (axis if isinstance(axis, tuple | list) else (axis,))]
    keep = named.get("keepdims") is True
    if None in places:
        return Arr(known[0].name, None)
    sizes = enumerate(known[1])
    return Arr(known[0].name, tuple(1 if i in places else n for i, n in sizes if keep or i not in places))


def _parts(positional: list[Value], named: dict[str, Value]) -> list[Sizes]:
    first = first_of(positional, named, "arrays", "values", "xs")
    items = [*first] if isinstance(first, list | tuple) and count_of(first) == len(first) else []
    shapes = [nested(part) for part in items]
    return [shape for shape in shapes if shape is not None] if None not in shapes else []


def _joined(reader: Reader, name: str, positional: list[Value], named: dict[str, Value]) -> Value:
    """concatenate and its kin: along one axis."""
    shapes = _parts(positional, named)
    if not shapes:
        return Arr(name, None)
    axis: Value = option(positional, named, 1, "axis")
    if name in ("vstack", "row_stack"):
        shapes, axis = [(1, *shape) if len(shape) == 1 else shape for shape in shapes], 0
    elif name in ("hstack", "column_stack"):
        shapes = [(*shape, 1) if len(shape) == 1 and name == "column_stack" else shape for shape in shapes]
        axis = min(1, len(shapes[0]) - 1)
    at = axis_of(0 if axis is NOT_READ else axis, len(shapes[0]))
    if at is None or len({len(shape) for shape in shapes}) > 1:
        return Arr(name, None)
    along = [shape[at] for shape in shapes]
    total = sum(n for n in along if n is not None) if None not in along else None
    return Arr(name, (*shapes[0][:at], total, *shapes[0][at + 1 :]))


def _stacked(reader: Reader, name: str, positional: list[Value], named: dict[str, Value]) -> Value:
    first, axis = first_of(positional, named, "arrays", "values"), option(positional, named, 1, "axis")
    whole = nested(first)
    at = axis_of(-1 if name == "dstack" else 0 if axis is NOT_READ else axis, len(whole or ()))
    if whole is None or at is None:
        return Arr(name, None)
    inner = list(whole[1:])
    inner.insert(at, whole[0])
    return Arr(name, tuple(inner))


def _repeated(reader: Reader, name: str, positional: list[Value], named: dict[str, Value]) -> Value:
    known = _known(positional, named)
    times = dims(option(positional, named, 1, "reps", "repeats"))
    axis = option(positional, named, 2, "axis")
    if known is None or times is None:
        return Arr(name, None)
    at = axis_of(axis, len(known[1])) if name == "repeat" else None
    if name == "repeat":
        grown = [n if i != at else _times(n, times[0]) for i, n in enumerate(known[1])]
        numbers = math.prod(n or 0 for n in known[1]) if None not in known[1] else None
        flat = (_times(numbers, times[0] if len(times) == 1 else None),)
        return Arr(known[0].name, tuple(grown) if at is not None else flat, known[0].largest)
    sizes = (1,) * (len(times) - len(known[1])) + known[1]
    factors = (1,) * (len(sizes) - len(times)) + times
    return Arr(known[0].name, tuple(_times(n, k) for n, k in zip(sizes, factors, strict=True)), known[0].largest)


def _times(size: int | None, factor: int | None) -> int | None:
    return size * factor if size is not None and factor is not None else None


def _one_hot(reader: Reader, name: str, positional: list[Value], named: dict[str, Value]) -> Value:
    classes = option(positional, named, 1, "num_classes", "nb_classes", "depth")
    known = _known(positional, named)
    if classes is NOT_READ:
        classes = known[0].largest + 1 if known is not None and known[0].largest is not None else None
    width = classes if isinstance(classes, int) else reader.whole(classes) if isinstance(classes, Missing) else None
    if known is None:
        return Arr(name, (None, width))
    front = known[1][:-1] if len(known[1]) > 1 and known[1][-1] == 1 and name == "to_categorical" else known[1]
    return Arr(known[0].name, (*front, width))


def _padded(reader: Reader, name: str, positional: list[Value], named: dict[str, Value]) -> Value:
    """pad_sequences(sequences, maxlen)."""
    rows = first_of(positional, named, "sequences")
    length = option(positional, named, 1, "maxlen")
    longest = longest_row(rows) if length in (NOT_READ, None) else None
    width = length if isinstance(length, int) else longest
    if isinstance(length, Missing) and length is not NOT_READ and not length.open:
        width = reader.whole(length)
    samples = count_of(rows) if isinstance(rows, list | tuple) else None
    if isinstance(rows, Arr) and rows.sizes:
        samples = rows.sizes[0]
    inner = [largest(row) for row in rows[:MOST_PARTS]] if isinstance(rows, list | tuple) else [None]
    top = max((n for n in inner if n is not None), default=None) if None not in inner else None
    return Arr(name, (samples, width), top)


_TABLE: dict[Rule, str] = {
    _by_shape: "zeros ones empty full random_sample ranf truncated_normal random_normal random_uniform",
    _by_sizes: "rand randn random standard_normal",
    _third: "randint normal uniform integers",
    _shuffled: "permutation",
    _second: "choice",
    _range: "arange linspace range",
    _eye: "eye identity",
    _array: "array asarray constant convert_to_tensor convert_to_numpy",
    _expanded: "expand_dims",
    _squeezed: "squeeze",
    _transposed: "transpose permute_dimensions",
    _swapped: "swapaxes moveaxis rollaxis",
    _reshaped: "reshape",
    _resized: "resize",
    _same: "zeros_like ones_like flip fliplr flipud roll sqrt exp log log1p sin cos tan tanh clip square cast copy "
    "nan_to_num maximum minimum where astype float32 float64 int32 sign power cumsum normalize abs "
    "add subtract multiply divide",
    _reduced: "sum mean std var argmax argmin median prod any all reduce_mean reduce_sum reduce_max amax amin",
    _joined: "concatenate concat vstack row_stack hstack column_stack",
    _stacked: "stack dstack",
    _repeated: "repeat tile",
    _one_hot: "to_categorical one_hot",
    _padded: "pad_sequences",
}
RULES: dict[str, Rule] = {name: rule for rule, names in _TABLE.items() for name in names.split()}
ANYWHERE = ("to_categorical", "pad_sequences")  # these names belong to no one else


def array_function(
    reader: Reader, function: str, positional: list[Value], named: dict[str, Value], node: ast.AST
) -> Value:
    """What a function of NumPy, TensorFlow or Keras makes of arrays; NOT_READ where it isn't one of those here."""
    root, last = function.split(".", 1)[0], function.rsplit(".", 1)[-1]
    rule = RULES.get(last)
    if rule is None or (root not in ROOTS and last not in ANYWHERE):
        return NOT_READ
    reader.here = node
    return rule(reader, last, positional, named)
