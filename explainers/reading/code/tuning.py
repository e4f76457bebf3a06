"""Hyperparameters of KerasTuner: ``hp.Int("units", 32, 512)`` in a function that a tuner calls."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from explainers.reading.code.values import NOT_READ, Missing, Value

if TYPE_CHECKING:
    from explainers.reading.code.evaluator import Reader

_FIRST = {"Int": "min_value", "Float": "min_value", "Choice": "values", "Boolean": "", "Fixed": "value"}


def hyperparameter(reader: Reader, owner: Missing, name: str, node: ast.Call) -> Value:
    """The value that a tuner begins with: the default, else the least or the first; NOT_READ for any other call."""
    if name not in _FIRST or not owner.name.rsplit(".", 1)[-1].lower().startswith(("hp", "hyper", "trial")):
        return NOT_READ
    positional, named = reader.arguments(node)
    value = _begun_with(name, positional, named)
    if type(value) is not int:
        return value
    short = reader.short(node)
    entry = reader.entries.number(short)
    if entry is not None:
        reader.said[short] = entry
        return entry
    reader.assumed.setdefault(short, value)
    return value


def _begun_with(name: str, positional: list[Value], named: dict[str, Value]) -> Value:
    default = named.get("default")
    if default is not None:
        return default
    if name == "Boolean":
        return False
    first = named.get(_FIRST[name], positional[1] if len(positional) > 1 else None)
    if name == "Choice":
        return first[0] if isinstance(first, list | tuple) and first else NOT_READ
    return first if first is not None else NOT_READ
