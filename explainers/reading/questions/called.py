"""Layers as they are called in a sentence: ``Conv2DTranspose(16, 3, strides=2)``, and what they wrap."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from explainers.core.layers import class_of, sheet
from explainers.core.layers.old_names import RENAMED
from explainers.core.layers.signatures import needed
from explainers.core.spec import Argument, LayerSpec, snake
from explainers.reading.literal import BY_NAME

_CALLED = re.compile(r"\b([A-Za-z][A-Za-z0-9]{2,30})\(")
_NAMED = "named"  # marks a layer with a value that is only a name
ACTIVATIONS = ("relu", "sigmoid", "softmax", "tanh", "linear", "gelu", "elu", "selu", "swish", "softplus")


def class_as_written(word: str) -> str:
    """Today's class of a name as people write it."""
    flat = word.lower().replace("-", "").replace(" ", "")
    return {"bilstm": "Bidirectional", "rnn": "SimpleRNN"}.get(flat) or class_of(flat) or ""


def calls_in(text: str) -> tuple[tuple[LayerSpec, ...], tuple[LayerSpec, ...]]:
    """Layers as they are called in a sentence, and those that are called with names: ``LSTM(n, activation="relu")``.

    Of the second only the values that are written out are known.
    """
    found = list(calls_at(text))
    return tuple(layer for layer, *_, whole in found if whole), tuple(layer for layer, *_, whole in found if not whole)


def calls_at(text: str) -> Iterator[tuple[LayerSpec, int, int, bool]]:
    """The same with their places, and whether all that the layer needs is written out."""
    end = 0
    for found in list(_CALLED.finditer(text))[:12]:
        name = found[1] if sheet(found[1]) is not None else class_as_written(found[1])
        of_model = found[1].islower() and text[found.start() - 1 : found.start()] == "."  # model.add(...)
        if found.start() < end or sheet(name) is None or of_model:
            continue
        piece = _closed(text, found.start())
        if piece is None:
            continue
        end = found.start() + len(piece)
        layer = _layer(name + piece.removeprefix(found[1]))
        if layer is None:
            continue
        yield layer.but(**{_NAMED: None}), found.start(), end, not (_open(layer) or layer.get(_NAMED))


def _open(layer: LayerSpec) -> bool:
    """Whether an argument that the layer needs isn't known."""
    return any(name not in dict(layer.arguments) for name in needed(layer.class_name))


def _closed(text: str, start: int) -> str | None:
    """From a name to the bracket that closes its call; None where there is none nearby."""
    depth = 0
    for place in range(start, min(len(text), start + 300)):
        depth += (text[place] == "(") - (text[place] == ")")
        if depth == 0 and text[place] == ")":
            return text[start : place + 1]
    return None


def _layer(piece: str) -> LayerSpec | None:
    try:
        node = ast.parse(piece, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None
    return _spec(node)


def _spec(node: ast.expr) -> LayerSpec | None:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name | ast.Attribute):
        return None
    name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
    facts = sheet(name)
    if facts is None or facts.name not in BY_NAME:
        return None
    given: dict[str, Argument] = {}
    for argument, value in zip(facts.order, node.args, strict=False):
        given[argument] = _value(value)
    for keyword in node.keywords[:20]:
        key = RENAMED.get(keyword.arg or "", keyword.arg or "")
        if key in (*facts.order, *facts.also):
            given[key] = _value(keyword.value)
    known = tuple((key, value) for key, value in given.items() if value is not None)
    named = ((_NAMED, True),) if len(known) < len(given) else ()
    return LayerSpec(facts.name, snake(facts.name), (*known, *named))


def _value(node: ast.expr) -> Argument:
    """A literal, or a layer that is wrapped; None for anything else."""
    if isinstance(node, ast.Call):
        inner = _spec(node)
        return None if inner is None or inner.get(_NAMED) or _open(inner) else inner
    if isinstance(node, ast.Name) and node.id in ACTIVATIONS:  # Dense(2, softmax), as people write it
        return node.id
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    if isinstance(value, tuple | list) and all(isinstance(part, int) for part in value):
        return tuple(value)
    return value if isinstance(value, int | float | str | bool) else None
