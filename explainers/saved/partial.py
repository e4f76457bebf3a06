"""The part of a model that can be rebuilt, where some of its layers have code that isn't in the file."""

from __future__ import annotations

from typing import Any

from explainers.core.limits import Limits
from explainers.saved.allowed import Config, allowed, foreign
from explainers.saved.files import Refused, Unknown
from explainers.saved.wiring import name_of, read

INSTEAD = "Paste your program instead, with this code in it, or call explain(model) in your notebook."


def as_far_as_known(config: Config, limits: Limits) -> tuple[Config, str]:
    """What of a configuration can be built, and why it isn't all of it ("" where it is). Raises Refused."""
    try:
        return allowed(config, limits), ""
    except Unknown as error:
        told = f"{error} {INSTEAD}"
        layers = config["config"].get("layers")
        if not isinstance(layers, list):
            raise Refused(told) from None
        left = _before(config, layers, foreign(layers, limits))
        if left is None:
            raise Refused(told) from None
        return allowed(left, limits), told


def _before(config: Config, layers: list[Any], unknown: set[str]) -> Config | None:
    """The configuration of all that needs no unknown layer; None where that is no layer at all."""
    named = [(name_of(layer), layer) for layer in layers]
    if config["class_name"] == "Sequential":
        known = next((place for place, (name, _) in enumerate(named) if name in unknown), len(layers))
        kept = [layer for _, layer in named[:known]]
        return _with(config, kept) if any(layer.get("class_name") != "InputLayer" for layer in kept) else None
    reads = {name: list(read(layer.get("inbound_nodes"))) for name, layer in named}
    lost = _needing(reads, unknown)
    ends = [(of, at, which) for name in reads if name in lost for of, at, which in reads[name] if of not in lost]
    ends += [(of, at, which) for of, at, which in read(config["config"].get("output_layers")) if of not in lost]
    ends = [end for end in dict.fromkeys(ends) if reads.get(end[0])]  # an Input alone is no model
    if not ends:
        return None
    needed = _needed(reads, {of for of, _, _ in ends})
    inputs = [list(end) for end in read(config["config"].get("input_layers")) if end[0] in needed]
    kept = [layer for name, layer in named if name in needed]
    return _with(config, kept, input_layers=inputs, output_layers=[list(end) for end in ends])


def _with(config: Config, layers: list[Any], **wiring: Any) -> Config:
    return {**config, "config": {**config["config"], "layers": layers, **wiring}}


def _needing(reads: dict[str, list[tuple[str, int, int]]], unknown: set[str]) -> set[str]:
    """The unknown layers, and all that stand behind one."""
    lost, before = set(unknown), -1
    while len(lost) > before:
        before = len(lost)
        lost |= {name for name, parts in reads.items() if any(of in lost for of, _, _ in parts)}
    return lost


def _needed(reads: dict[str, list[tuple[str, int, int]]], ends: set[str]) -> set[str]:
    """What the ends are made of."""
    found, waiting = set(ends), list(ends)
    while waiting:
        new = {of for of, _, _ in reads.get(waiting.pop(), ())} - found
        found |= new
        waiting += new
    return found
