"""How the layers of a configuration hang together: in which order they can be called, and how many calls that makes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from explainers.saved.files import Refused

Config = dict[str, Any]
MOST_CALLS = 5_000  # calls of layers, those inside of a model that is called several times counted each time
_INSIDE = (
    "layer",
    "backward_layer",
    "forward_layer",
    "cell",
    "cells",
    "layers",
)  # arguments that are layers themselves


def calls(node: Config) -> int:
    """How many layers are called when this is built: those of a model each time that it is called."""
    inner = node["config"]
    parts = [part for key in _INSIDE for part in _listed(inner.get(key)) if isinstance(part, dict) and "config" in part]
    return 1 + sum(max(1, len(part.get("inbound_nodes") or ())) * calls(part) for part in parts)


def in_order(layers: list[Config]) -> list[Config]:
    """The layers of a Functional so that each stands behind those that it reads. Raises Refused where none is such.

    Keras takes them in any order, but goes through all that are left again and again.
    """
    waiting = {name_of(layer): [list(read(call)) for call in layer.get("inbound_nodes") or ()] for layer in layers}
    if len(waiting) < len(layers):
        raise Refused("Two layers of the model have the same name.")
    if sum(map(len, waiting.values())) > MOST_CALLS:
        raise Refused(f"Building the model would take more than {MOST_CALLS:,} calls of layers.")
    done = dict.fromkeys(waiting, 0)
    order = [name for name, nodes in waiting.items() if not nodes]
    left = [name for name, nodes in waiting.items() if nodes]
    while left:
        before = sum(done.values())
        for name in left:
            nodes = waiting[name]
            while done[name] < len(nodes) and all(
                done.get(of, -1) > at or _is_input(waiting, of) for of, at, _ in nodes[done[name]]
            ):
                done[name] += 1
                if done[name] == 1:
                    order.append(name)
        if sum(done.values()) == before:
            raise Refused(
                "The layers of the model depend on each other in a circle, or on a layer that is missing: none "
                "can be called."
            )
        left = [name for name in left if done[name] < len(waiting[name])]
    by_name = {name_of(layer): layer for layer in layers}
    return [by_name[name] for name in order]


def _is_input(waiting: dict[str, list[Any]], name: str) -> bool:
    return name in waiting and not waiting[name]


def name_of(layer: Config) -> str:
    inner = layer.get("config") if isinstance(layer, dict) else None
    name = (layer.get("name") or inner.get("name")) if isinstance(inner, dict) else None
    if not isinstance(name, str):
        raise Refused("A layer of the model has no name.")
    layer["name"] = name  # early files have it in the layer's config alone
    layer.setdefault("inbound_nodes", [])
    return name


def read(call: Any) -> Iterator[tuple[str, int, int]]:
    """The (layer, call, output) that a call reads, as Keras 3 writes them and as Keras 2 did."""
    if isinstance(call, dict):
        inner = call.get("config")
        if call.get("class_name") == "__keras_tensor__" and isinstance(inner, dict):
            yield from read(inner.get("keras_history"))
            return
        for part in call.values():
            yield from read(part)
    elif isinstance(call, list):
        if len(call) in (3, 4) and isinstance(call[0], str) and type(call[1]) is type(call[2]) is int:
            yield call[0], call[1], call[2]
            return
        for part in call:
            yield from read(part)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
