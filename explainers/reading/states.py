"""initial_state against the layer that starts from it: Keras builds what doesn't fit, and fails when it runs."""

from __future__ import annotations

from dataclasses import dataclass

from explainers.core.finding import written
from explainers.core.layers import RECURRENT, VIDEOS, cell_of, sheet, states_of
from explainers.core.spec import LayerSpec, ModelSpec, Ref, Sizes
from explainers.core.words import listed
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


def returned_by(layer: LayerSpec) -> int | None:
    """How many tensors a recurrent layer returns; None for other layers."""
    wanted, inner = wanted_by(layer), layer.get("layer")
    if wanted is None:
        return None
    with_states = layer.get("return_state") is True or (
        isinstance(inner, LayerSpec) and inner.get("return_state") is True
    )
    return 1 + len(wanted.widths) if with_states else 1


def names_apart(spec: ModelSpec) -> tuple[str | None, str]:
    """The names on the left of a layer's call, against what the layer returns."""
    for check in (check for check in spec.checks if check.kind == "unpack"):
        layer = next((layer for layer in spec.layers if layer.name == check.layer), None)
        count = returned_by(layer) if layer is not None else None
        if layer is not None and _attends(layer):
            return "output_count", (
                f"{layer.name} ({layer.class_name}) returns 1 tensor: its output; with return_attention_scores=True it "
                f"returns the scores, too. There are {check.number} names on the left."
            )
        if layer is None or count is None or count == check.number:
            continue
        returns = f"{layer.name} ({layer.class_name}) returns {count} tensor{'s' * (count != 1)}"
        if check.number == 1:
            reads = "The layer that reads them takes one"
            return "output_count", f"{returns}: {_what(layer, count)}. {reads}; a single name holds all of them."
        return "output_count", (f"{returns}: {_what(layer, count)}. There are {check.number} names on the left.")
    return None, ""


def _attends(layer: LayerSpec) -> bool:
    facts = sheet(layer.class_name)
    return facts is not None and facts.group == "attention"


def _what(layer: LayerSpec, count: int) -> str:
    """What the tensors are that a recurrent layer returns, in their order."""
    if count == 1:
        return "its output (return_state=True adds its states)"
    inner = layer.get("layer")
    if not isinstance(inner, LayerSpec):
        return listed(["its output", *states_of(layer.class_name)])
    each = " and ".join(states_of(inner.class_name))
    return f"its output, then {each} of its forward layer, then {each} of its backward layer"


def states_apart(spec: ModelSpec) -> tuple[str | None, str]:
    """The number of states that are passed, and the shape of each."""
    made: dict[Ref, Sizes] = {Ref("input", i): tensor.shape for i, tensor in enumerate(spec.inputs)}
    for i, _, outputs in walk(spec):
        call = spec.calls[i]
        layer = spec.layers[call.layer]
        made |= {Ref("call", i, k): sizes for k, sizes in enumerate(outputs or ())}
        wanted = wanted_by(layer)
        if call.states and layer.class_name in VIDEOS and outputs:
            apart = _of_frames(layer, outputs[0], [made.get(ref) for ref in call.states])
            if apart:
                return "initial_state", apart
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


def _of_frames(layer: LayerSpec, output: Sizes, given: list[Sizes | None]) -> str:
    """What is wrong with the states of a ConvLSTM: two, each as large as one frame of its output."""
    frame = (output[0], *output[2:]) if layer.get("return_sequences") is True else output
    if len(given) != len(states_of(layer.class_name)):
        return _counted(layer, Wanted((0,) * len(states_of(layer.class_name))), len(given))
    for sizes in given:
        pairs = zip(sizes or frame, frame, strict=False)
        if sizes is not None and (len(sizes) != len(frame) or any(a != b for a, b in pairs if None not in (a, b))):
            return (
                f"A state of {layer.name} ({layer.class_name}) is as large as a frame of its output, "
                f"{written(frame)}; {written(sizes)} was given."
            )
    return ""


def _counted(layer: LayerSpec, wanted: Wanted, given: int) -> str:
    count = len(wanted.widths)
    told = f": {wanted.words}" if wanted.words else ""
    states = f"has {count} state{'s' * (count != 1)}{told}"
    return f"{layer.name} ({layer.class_name}) {states}; {given} {'was' if given == 1 else 'were'} given."
