"""initial_state against the layer that starts from it: Keras builds what doesn't fit, and fails when it runs."""

from __future__ import annotations

from dataclasses import dataclass

from explainers.core.finding import written
from explainers.core.layers import RECURRENT, cell_of
from explainers.core.spec import LayerSpec, ModelSpec, Ref, Sizes
from explainers.reading.shapes import walk


@dataclass(frozen=True)
class Wanted:
    """What a recurrent layer starts from: how wide each state is, in their order, and what they are called."""

    widths: tuple[int, ...]
    words: str = ""


def wanted_by(layer: LayerSpec) -> Wanted | None:
    """The states of a layer; None where it has none, or where its units aren't known."""
    inner = layer.get("layer")
    if layer.class_name == "Bidirectional" and isinstance(inner, LayerSpec):
        return _both_ways(inner, layer.get("backward_layer"))
    return _of_one(layer)


def _of_one(layer: LayerSpec) -> Wanted | None:
    cell, units = cell_of(layer.class_name) if layer.class_name in RECURRENT else None, layer.get("units")
    if cell is None or not isinstance(units, int):
        return None
    return Wanted((units,) * len(cell.states))


def _both_ways(forward: LayerSpec, given: object) -> Wanted | None:
    """Those of the forward layer, then those of the backward layer, which is like it where none is given.

    Keras wraps no Bidirectional in another one, and a text may nest so many that going down both ways never ends.
    """
    one, other = _of_one(forward), _of_one(given if isinstance(given, LayerSpec) else forward)
    if one is None or other is None:
        return None
    names = "h and c" if len(one.widths) > 1 else "h"
    return Wanted((*one.widths, *other.widths), f"{names} of its forward layer, then {names} of its backward layer")


def states_apart(spec: ModelSpec) -> tuple[str | None, str]:
    """The number of states that are passed, and the shape of each."""
    made: dict[Ref, Sizes] = {Ref("input", i): tensor.shape for i, tensor in enumerate(spec.inputs)}
    for i, _, outputs in walk(spec):
        call = spec.calls[i]
        layer = spec.layers[call.layer]
        made |= {Ref("call", i, k): sizes for k, sizes in enumerate(outputs or ())}
        wanted = wanted_by(layer)
        if not call.states or wanted is None:
            continue
        if len(call.states) != len(wanted.widths):
            return "initial_state", _counted(layer, wanted, len(call.states))
        for ref, units in zip(call.states, wanted.widths, strict=True):
            sizes = made.get(ref)
            if sizes is not None and (len(sizes) != 2 or sizes[-1] not in (None, units)):
                return (
                    "initial_state",
                    f"The state of {layer.name} must be (None, {units}); {written(sizes)} was given.",
                )
    return None, ""


def _counted(layer: LayerSpec, wanted: Wanted, given: int) -> str:
    count = len(wanted.widths)
    told = f": {wanted.words}" if wanted.words else ""
    states = f"has {count} state{'s' * (count != 1)}{told}"
    return f"{layer.name} ({layer.class_name}) {states}; {given} {'was' if given == 1 else 'were'} given."
