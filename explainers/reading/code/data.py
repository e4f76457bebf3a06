"""Shapes of data in pasted code: numpy's and TensorFlow's makers of arrays, and shapes that stand in comments."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from explainers.core.spec import Sizes
from explainers.reading.code.values import Arr, Missing, Value
from explainers.reading.text import whole_number

ToSizes = Callable[[Value], Sizes | None]
_BY_SHAPE = (
    "zeros",
    "ones",
    "empty",
    "random",
    "random_sample",
    "uniform",
    "normal",
    "full",
    "ranf",
    "standard_normal",
    "truncated_normal",
    "zeros_like",
    "ones_like",
)
_BY_SIZES = ("rand", "randn")
_HINT = re.compile(
    r"\b([A-Za-z_]\w{0,40})(?:\.shape)?\s{0,60}(?:has shape|have shape|shape|is|are|:|=|==|#|->)?"
    r"\s{0,12}[#:=]{0,2}\s{0,4}(?:shape)?\s{0,2}=?\s{0,2}"
    r"\((\s{0,4}(?:\d[\d_]{0,12}|None|[a-zN]{1,12})\s{0,4}(?:,\s{0,4}(?:\d[\d_]{0,12}|None)?\s{0,4}){1,6})\)"
)
_BARE = re.compile(
    r"\b([A-Za-z_]\w{0,40})(?:\.shape)?\s{0,4}[:=]\s{0,4}(\d{1,12}(?:\s{0,3},\s{0,3}\d{1,12}){1,5})\s{0,4}$"
)


_TOLD = re.compile(
    r"(?:\bshape of (?:the |my )?[`'\"]?(?P<of>[A-Za-z_]\w{0,40})[`'\"]?(?: (?:variable|array|data|tensor))?|"
    r"\b(?P<name>[A-Za-z_]\w{0,40})\.shape) ?(?:is|was|=|==|:) ?"
    r"\((?P<items>\s{0,4}\d{1,12}\s{0,4}(?:,\s{0,4}\d{0,12}\s{0,4}){1,6})\)"
)


def hints(text: str) -> dict[str, Sizes]:
    """Shapes that comments or sentences give: ``x.shape  # (7300, 58)``, "the shape of x is (6, 30)"."""
    found: dict[str, Sizes] = {}
    for line in text.split("\n")[:6000]:
        if len(line) > 600 or ("#" not in line and "shape" not in line):
            continue
        for told in _TOLD.finditer(line):
            sizes = tuple(whole_number(item) for item in told["items"].split(",") if item.strip())
            found.setdefault(told["of"] or told["name"], sizes)
        if "#" not in line and ".shape" not in line:
            continue
        place = line.find(".shape")
        part = line[line.index("#") :] if "#" in line and (place < 0 or "(" in line[:place]) else line
        if (".shape" not in part and "#" not in part) or "=" in part.split("#")[0]:
            part = line[line.index("#") :] if "#" in line else ""
        for match in (*_HINT.finditer(part), *_BARE.finditer(part)):
            sizes = tuple(whole_number(item) for item in match[2].split(",") if item.strip())
            found.setdefault(match[1], sizes)
    return {
        name: sizes
        for name, sizes in found.items()
        if name not in ("shape", "input_shape", "Input", "expected", "is", "has", "to")
    }


def array_of(function: str, positional: list[Value], named: dict[str, Value], to_sizes: ToSizes) -> Arr | None:
    """The array that a call makes; None where it isn't one of ours."""
    last = function.rsplit(".", 1)[-1]
    if not re.match(r"(np|numpy|tf|tensorflow|K|rng|random|keras|to_categorical|jnp)\b", function):
        return None
    size = named.get("size", named.get("shape"))
    if last in _BY_SIZES:
        return Arr(last, to_sizes(positional))
    if last in _BY_SHAPE or last == "randint" or last == "arange":
        return _made(last, positional, size, to_sizes)
    if last in (
        "expand_dims",
        "squeeze",
        "transpose",
        "reshape",
        "to_categorical",
        "concatenate",
        "stack",
        "array",
        "eye",
        "convert_to_tensor",
        "constant",
        "asarray",
    ):
        return _changed(last, positional, named, to_sizes)
    return None


def _made(last: str, positional: list[Value], size: Value, to_sizes: ToSizes) -> Arr | None:
    if size is not None:
        return Arr(last, to_sizes(size))
    if last == "arange":
        numbers = [n for n in positional if isinstance(n, int | float)]
        if len(numbers) == len(positional) and 0 < len(numbers) <= 2:
            return Arr(last, (max(0, int(numbers[-1] - (numbers[0] if len(numbers) == 2 else 0))),))
        return Arr(last, None)
    if last in ("zeros_like", "ones_like"):
        return Arr(last, positional[0].sizes) if positional and isinstance(positional[0], Arr) else Arr(last, None)
    wanted = (
        positional[2]
        if last in ("randint", "normal", "uniform") and len(positional) > 2
        else positional[0]
        if positional
        else None
    )
    if last == "randint" and len(positional) < 3:
        return Arr(last, None)
    return Arr(last, to_sizes(wanted))


def _changed(last: str, positional: list[Value], named: dict[str, Value], to_sizes: ToSizes) -> Arr | None:
    first = positional[0] if positional else named.get("a", named.get("x"))
    if last in ("array", "constant", "convert_to_tensor", "asarray"):
        return first if isinstance(first, Arr) else Arr(last, _nested(first), _largest(first))
    if last == "eye" and isinstance(first, int):
        return Arr(last, (first, first))
    if not isinstance(first, Arr) or first.sizes is None:
        return Arr(last, None) if isinstance(first, Arr | Missing) else None
    if last == "expand_dims":
        axis = named.get("axis", positional[1] if len(positional) > 1 else -1)
        if isinstance(axis, int) and -len(first.sizes) - 1 <= axis <= len(first.sizes):
            place = axis if axis >= 0 else len(first.sizes) + 1 + axis
            return Arr(first.name, (*first.sizes[:place], 1, *first.sizes[place:]))
    if last == "squeeze":
        return Arr(first.name, tuple(n for n in first.sizes if n != 1))
    if last == "reshape" and len(positional) > 1:
        reshaped = method_of(first, "reshape", [positional[1]])
        return reshaped if isinstance(reshaped, Arr) else Arr(first.name, None)
    if last == "transpose":
        axes = to_sizes(
            named.get("axes", positional[1] if len(positional) > 1 else tuple(reversed(range(len(first.sizes)))))
        )
        if axes is not None and all(a is not None and 0 <= a < len(first.sizes) for a in axes):
            return Arr(first.name, tuple(first.sizes[a] for a in axes if a is not None))
    if last == "to_categorical":
        classes = named.get("num_classes", named.get("nb_classes", positional[1] if len(positional) > 1 else None))
        base = first.sizes[:-1] if len(first.sizes) > 1 and first.sizes[-1] == 1 else first.sizes
        return Arr(first.name, (*base, classes)) if isinstance(classes, int) else Arr(first.name, None)
    return Arr(last, None)


def _nested(value: Value, depth: int = 0) -> Sizes | None:
    """The shape of nested literal lists; None where they are ragged or unknown."""
    if not isinstance(value, list | tuple):
        return () if isinstance(value, int | float) else None
    inner = [_nested(v, depth + 1) for v in value[:200]] if depth < 6 else []
    if inner and all(i == inner[0] and i is not None for i in inner):
        return (len(value), *(inner[0] or ()))
    return (0,) if not value else None


def _largest(value: Value) -> int | None:
    """The largest whole number in nested literal lists; None where there is none, or another kind of number."""
    if isinstance(value, list | tuple):
        parts = [_largest(part) for part in value[:1000]]
        return max((n for n in parts if n is not None), default=None) if None not in parts else None
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31 else None


def method_of(data: Arr, name: str, positional: list[Value]) -> Arr | Missing:
    """astype keeps a shape, flatten and reshape change it."""
    if name in ("astype", "copy", "numpy", "fillna", "to_numpy", "clip", "round"):
        return data
    if name in ("flatten", "ravel") and data.sizes is not None and None not in data.sizes:
        total = 1
        for n in data.sizes:
            total *= n or 1
        return Arr(data.name, (total,))
    if name == "reshape" and positional and isinstance(positional[0], tuple | list) and data.sizes is not None:
        wanted = tuple(n for n in positional[0] if isinstance(n, int))
        return Arr(data.name, fitted(data.sizes, wanted) if len(wanted) == len(positional[0]) else None)
    if name == "transpose" and data.sizes is not None:
        return Arr(data.name, tuple(reversed(data.sizes)) if not positional else None)
    return Missing(f"{data.name}.{name}(…)")


def fitted(sizes: Sizes | None, wanted: Sizes) -> Sizes | None:
    """The shape after a reshape; None where it can't be made or isn't known."""
    if any(n is None for n in wanted):
        return None
    numbers = [n for n in wanted if n is not None]
    if sizes is None or None in sizes:
        return wanted if -1 not in numbers else None
    total = math.prod(n for n in sizes if n is not None)
    rest = math.prod(n for n in numbers if n != -1)
    if numbers.count(-1) == 1 and rest and total % rest == 0:
        return tuple(total // rest if n == -1 else n for n in numbers)
    return wanted if rest == total and -1 not in numbers else None
