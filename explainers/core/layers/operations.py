"""The functions of keras.ops as one calls them: which arguments are tensors, and the defaults of the others.

The web process loads no Keras, so they stand in ``operations.json``, made anew after an update of Keras by
``python -m explainers.core.layers.operations``; a test compares it with the installed Keras.
"""

from __future__ import annotations

import ast
import inspect
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

FILE = Path(__file__).with_name("operations.json")
PREFIX = "ops."
MODULES = tuple(f"keras.src.ops.{name}" for name in ("numpy", "nn", "math", "core", "image", "linalg"))
INDEX = "ops.get_item"  # x[:, -1]; its key is kept as text
ONES = "ops.ones"  # an array of a model: its shape is kept, not its numbers
MOST_HELD = 1_000_000  # numbers of one such array
_CALLED = {"f", "cond", "body", "body_fun", "pred", "branches", "true_fn", "false_fn", "function", "elements"}
T = TypeVar("T")


@cache
def operations() -> dict[str, dict[str, Any]]:
    """``ops.mean`` -> its arguments ("order", "named", "defaults"), and all of its call ("call").

    reads: those that are tensors. listed: whether it is given them in a list. spread: the argument that takes any
    number of them (``*operands``).
    """
    loaded: dict[str, dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))
    return loaded


def is_known(class_name: str) -> bool:
    """Whether it is a function of keras.ops that a document can name."""
    return class_name in operations()


def reads_several(class_name: str, given: Iterable[str] = ()) -> bool:
    """Whether it takes more than one tensor, beside the arguments that are given."""
    facts = operations().get(class_name, {})
    free = [argument for argument in facts.get("reads", ()) if argument not in (*given, *facts["defaults"])]
    return bool(facts.get("listed") or facts.get("spread") or len(free) > 1)


def is_default(class_name: str, argument: str, value: Any) -> bool:
    """Whether Keras takes this value where the argument isn't given."""
    default = operations().get(class_name, {}).get("defaults", {}).get(argument, ...)
    return value is default or (isinstance(value, bool | int | float | str) and value == default)


# -- a call: positional and named ----------------------------------------------------------------------------


def arranged(
    class_name: str, tensors: Sequence[T], given: dict[str, Any], many: Callable[[Sequence[T]], Any] = list
) -> tuple[list[Any], dict[str, Any]]:
    """What stands in the call's brackets. The arguments that aren't given are the tensors, in order.

    many: what a list of tensors is (in code, its text).
    """
    facts, left = operations()[class_name], list(tensors)
    positional: list[Any] = []
    named: dict[str, Any] = {}
    for argument in facts["call"]:
        if argument == facts["spread"]:
            positional += left
            left = []
        elif argument not in given and (argument not in facts["reads"] or not left):
            continue
        else:
            value = given[argument] if argument in given else many(left) if facts["listed"] else left.pop(0)
            left = [] if facts["listed"] and argument not in given else left
            in_place = argument in facts["reads"] or bool(facts["spread"])
            if in_place and not named and len(positional) == facts["call"].index(argument):
                positional.append(value)
            else:
                named[argument] = value
    return positional, named


def applied(class_name: str, tensors: Sequence[Any], given: dict[str, Any]) -> Any:
    """The live call."""
    import keras  # here, not above: whoever only looks at a document doesn't load it

    if class_name == INDEX and isinstance(given.get("key"), str):
        return tensors[0][read_index(given["key"])]
    positional, named = arranged(class_name, tensors, given)
    function: Any = keras
    for part in class_name.split("."):
        function = getattr(function, part)
    return function(*positional, **named)


def ones(shape: Any) -> Any:
    """An array of a model, with other numbers. Raises ValueError where it is none, or too large."""
    import keras

    if not isinstance(shape, tuple) or any(type(n) is not int or n < 0 for n in shape):
        raise ValueError("ops.ones needs the shape of an array, such as (3, 4).")
    if math.prod(shape) > MOST_HELD:
        raise ValueError(f"ops.ones has {math.prod(shape):,} numbers; at most {MOST_HELD:,} are made here.")
    return keras.ops.ones(shape)


# -- an index as text ----------------------------------------------------------------------------------------


def written_index(index: Any) -> str:
    """``:, -1`` of the index (slice(None), -1), or of the list that a saved file makes of it."""
    parts = tuple(index) if isinstance(index, tuple | list) else (index,)
    return ", ".join(map(_written_part, parts)) + ("," if parts == () else "")


def _written_part(part: Any) -> str:
    if not isinstance(part, slice):
        return "..." if part is Ellipsis else repr(part)
    low, high = ("" if n is None else str(n) for n in (part.start, part.stop))
    return f"{low}:{high}" + (f":{part.step}" if part.step is not None else "")


def read_index(text: str) -> Any:
    """The index in ``:, -1``. Raises ValueError for what is none; nothing is run."""
    try:
        index = ast.parse(f"x[{text}]", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        index = None
    if not isinstance(index, ast.Subscript) or not isinstance(index.value, ast.Name):
        raise ValueError(f"{text[:60]!r} isn't an index, such as :, -1 or ..., 2:5.")
    parts = index.slice.elts if isinstance(index.slice, ast.Tuple) else [index.slice]
    found = tuple(_read_part(part, text) for part in parts)
    return found if isinstance(index.slice, ast.Tuple) else found[0]


def _read_part(node: ast.expr, text: str) -> Any:
    if isinstance(node, ast.Slice):
        return slice(
            *(None if part is None else _read_part(part, text) for part in (node.lower, node.upper, node.step))
        )
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = _read_part(node.operand, text)
        if type(value) is int:
            return -value
    if isinstance(node, ast.Constant) and (node.value is None or node.value is Ellipsis or type(node.value) is int):
        return node.value
    raise ValueError(f"{text[:60]!r} isn't an index of whole numbers, slices, None and ....")


# -- the file, as the installed Keras says it ----------------------------------------------------------------


def function_of(operation: type) -> str:
    """``image.resize`` of the class Resize: Keras' public name of the function."""
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", operation.__name__.replace("RGBTo", "RgbTo")).lower()
    return f"image.{name}" if operation.__module__.endswith(".image") else name


def _classes() -> Iterator[type]:
    from keras import Operation

    for module in map(import_module, MODULES):
        for found in vars(module).values():
            if isinstance(found, type) and issubclass(found, Operation) and found.__module__ == module.__name__:
                yield found


def facts_of(operation: type) -> dict[str, Any] | None:
    """One operation; None where Keras shows no function of it, or where it is given a function itself."""
    import keras

    found: Any = keras.ops
    for part in function_of(operation).split("."):
        found = getattr(found, part, None)
    if found is None:
        return None
    parameters = [p for p in inspect.signature(found).parameters.values() if p.kind is not p.VAR_KEYWORD]
    reads = list(inspect.signature(operation.call).parameters)[1:]  # type: ignore[attr-defined]
    if _CALLED & {p.name for p in parameters}:
        return None
    own = [p for p in parameters if p.name not in reads]
    return {
        "order": [p.name for p in own if p.kind is p.POSITIONAL_OR_KEYWORD],
        "named": [p.name for p in own if p.kind is p.KEYWORD_ONLY],
        "defaults": {p.name: _plain(p.default) for p in parameters if p.default is not p.empty},
        "call": [p.name for p in parameters],
        "reads": reads,
        "listed": _takes_a_list(found, reads),
        "spread": next((p.name for p in parameters if p.kind is p.VAR_POSITIONAL), ""),
    }


def _plain(value: Any) -> Any:
    return [_plain(part) for part in value] if isinstance(value, tuple | list) else value


def _takes_a_list(function: Any, reads: Sequence[str]) -> bool:
    """Asked of Keras itself: whether two tensors in a list are what it takes for its one argument."""
    import keras

    if len(reads) != 1:
        return False
    try:
        found = function([keras.KerasTensor((2, 3, 4)), keras.KerasTensor((2, 3, 4))])
    except Exception:  # it takes one tensor, or needs more
        return False
    return isinstance(found, keras.KerasTensor)


def written() -> str:
    """The file's text: one function a line."""
    found = {PREFIX + function_of(operation): facts_of(operation) for operation in _classes()}
    lines = [f"{json.dumps(name)}: {json.dumps(facts)}" for name, facts in sorted(found.items()) if facts is not None]
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
