"""One call of a layer in a live graph: which tensors it reads, in which order, and what else it was given."""

from __future__ import annotations

import inspect
from functools import cache
from typing import Any


def node_of(tensor: Any) -> Any:
    """The call that made a symbolic tensor."""
    operation, node_index, _ = tensor._keras_history
    return operation._inbound_nodes[node_index]


def read_by(node: Any) -> list[Any]:
    """The tensors that a call reads, in the order of the call's signature.

    Without a mask: Keras hands masks on by itself, nobody writes them in code.
    """
    return [tensor for _, value in given(node) for tensor in tensors_in(value)]


def given(node: Any) -> list[tuple[str, Any]]:
    """What a call was given, as (argument, value) in the order of the signature; "" for what has no name."""
    if not hasattr(node, "arguments"):  # where a walk starts
        return [("", tensor) for tensor in node.input_tensors]
    names = _call_names(node.operation.__class__)
    positional = [(names[i] if i < len(names) else "", value) for i, value in enumerate(node.arguments.args)]
    named = [(key, value) for key, value in node.arguments.kwargs.items() if not _is_mask(key)]
    named.sort(key=lambda pair: names.index(pair[0]) if pair[0] in names else len(names))
    return [*positional, *named]


def _is_mask(name: str) -> bool:
    """Keras' own masks; an attention_mask is the caller's."""
    return name in ("mask", "query_mask", "value_mask", "key_mask")


@cache
def _call_names(of: type) -> tuple[str, ...]:
    """The names of the arguments of ``call``, without self."""
    call = getattr(of, "call", None)
    try:
        return tuple(inspect.signature(call).parameters)[1:] if call is not None else ()
    except (TypeError, ValueError):  # a call without a Python signature
        return ()


def tensors_in(value: Any) -> list[Any]:
    """The symbolic tensors in an argument, however it is nested."""
    if hasattr(value, "_keras_history"):
        return [value]
    if isinstance(value, list | tuple):
        return [tensor for part in value for tensor in tensors_in(part)]
    if isinstance(value, dict):
        return [tensor for key in sorted(value) for tensor in tensors_in(value[key])]
    return []
