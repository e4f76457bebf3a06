"""What is typed for an argument or a shape -> a literal, and back. Read by Python's own parser, never run."""

from __future__ import annotations

import ast

from explainers.core.layers import operations
from explainers.core.layers.signatures import order_of
from explainers.core.spec import Argument, LayerSpec, Sizes, snake
from explainers.yours.document import LITERAL, LONGEST_TEXT, DocumentError, check_argument

_LONGEST = 400


def written(value: Argument) -> str:
    """``(3, 3)``, ``"same"``, ``LSTM(units=5)``: as a field shows it."""
    if isinstance(value, LayerSpec):
        return f"{value.class_name}({', '.join(f'{name}={written(part)}' for name, part in value.arguments)})"
    if isinstance(value, tuple):
        parts = [written(part) for part in value]
        return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"
    return f'"{value}"' if isinstance(value, str) else repr(value)


def read_argument(text: str) -> Argument:
    """``5``, ``(3, 3)``, ``same`` or ``"same"``, ``LSTM(5)``. Raises DocumentError with one sentence."""
    text = text.strip()
    if len(text) > _LONGEST:
        raise DocumentError(f"That is {len(text):,} characters long; an argument can have at most {_LONGEST}.")
    try:
        value = _value(ast.parse(text, mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        if isinstance(error, DocumentError):
            raise
        raise DocumentError(
            f"{text[:60]!r} can't be read. Write a number, a word, None, True, (3, 3) or a layer such as LSTM(5)."
        ) from None
    check_argument(value)
    return value


def _value(node: ast.expr) -> Argument:
    if isinstance(node, ast.Constant) and (node.value is None or isinstance(node.value, bool | int | float | str)):
        return node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = _value(node.operand)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return -value
    if isinstance(node, ast.Tuple | ast.List):
        return tuple(_value(part) for part in node.elts)
    if isinstance(node, ast.Name):
        return node.id[:LONGEST_TEXT]  # a word without quotes: padding same
    if isinstance(node, ast.Call):
        return _layer(node)
    raise ValueError("no literal")


def _layer(node: ast.Call) -> LayerSpec:
    """``LSTM(5, return_sequences=True)``, ``layers.LSTM(5)``."""
    function = ast.unparse(node.func)
    name = operations.ONES if f".{function}".endswith(f".{operations.ONES}") else function.rpartition(".")[2]
    if name not in LITERAL and name != operations.ONES:
        raise DocumentError(f"{name[:60]} isn't a layer that this app can make.")
    order = order_of(name) if name in LITERAL else ("shape",)
    if len(node.args) > len(order) or any(keyword.arg is None for keyword in node.keywords):
        raise DocumentError(f"{name} doesn't take these arguments.")
    given = [(argument, _value(part)) for argument, part in zip(order, node.args, strict=False)]
    given += [(keyword.arg or "", _value(keyword.value)) for keyword in node.keywords]
    return LayerSpec(name, snake(name.rpartition(".")[2]), tuple(given))


def read_shape(text: str) -> Sizes:
    """``20, 8`` or ``(20, 8)`` or ``None, 8``: the shape of one sample; the batch axis is put in front."""
    value = read_argument(text if text.strip().startswith(("(", "[")) else f"({text.strip().rstrip(',')},)")
    sizes = value if isinstance(value, tuple) else (value,)
    if not sizes or any(n is not None and type(n) is not int for n in sizes):
        raise DocumentError(f"{text[:60]!r} isn't a shape. Write the sizes of one sample, such as 20, 8 or None, 8.")
    return (None, *(n for n in sizes if n is None or isinstance(n, int)))


def shown_shape(shape: Sizes) -> str:
    """``20, 8``: the shape of one sample, without the batch."""
    return ", ".join(map(str, shape[1:]))
