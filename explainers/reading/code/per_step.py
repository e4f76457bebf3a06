"""TimeDistributed around a model: the same as each of its layers in a TimeDistributed of its own, one after the other.

No weight is added or lost by it, and no shape changes: so a part of the text becomes layers that every rule knows.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from explainers.core.spec import Argument, LayerSpec, Ref
from explainers.reading.code.layers import Written
from explainers.reading.code.pretrained import BackboneV
from explainers.reading.code.values import LayerV, ModelV, Ten, Value
from explainers.reading.literal import SHAPE_ARGUMENTS

if TYPE_CHECKING:
    from explainers.reading.code.evaluator import Reader

LAYER_BY_LAYER = "TimeDistributed around a model is written layer by layer here: weights and shapes are the same"
_SHAPES = ("input_shape", "batch_input_shape", *SHAPE_ARGUMENTS)


def at_each_step(reader: Reader, inside: Value, named: dict[str, Argument], line: int) -> ModelV | None:
    """A Sequential of wrapped layers in place of a wrapped model; None where it isn't one layer after the other."""
    layers = _one_after_the_other(reader, inside) if isinstance(inside, ModelV) else None
    if not layers or not isinstance(inside, ModelV):
        return None
    wrapped: list[Value] = [_wrapped(reader, layer, line) for layer in layers]
    first = wrapped[0]
    if isinstance(first, LayerV):
        first.written.shape_arguments = {key: value for key, value in named.items() if key in _SHAPES}
    if len(wrapped) > 1:
        reader.notes.append(LAYER_BY_LAYER)
    if not inside.trained:
        reader.models = [model for model in reader.models if model is not inside]
    return ModelV(True, line=line, layers=wrapped)


def _one_after_the_other(reader: Reader, model: ModelV) -> list[LayerSpec] | None:
    """The layers of a model in their order; None where it branches, or where one of them isn't a plain layer."""
    if not model.sequential:
        return _of_graph(reader, model)
    found: list[LayerSpec] = []
    for layer in model.layers:
        if isinstance(layer, Ten):
            continue  # its Input: what reaches the wrapper decides
        part = [layer.written.spec] if isinstance(layer, LayerV) else None
        part = _one_after_the_other(reader, layer) if isinstance(layer, ModelV) else part
        if part is None:
            return None
        found += part
    return found


def _of_graph(reader: Reader, model: ModelV) -> list[LayerSpec] | None:
    calls = [reader.graph.calls[i] for i in reader.graph.needed(model.outputs)]
    if isinstance(model, BackboneV):
        calls = calls[-1:]
    elif len(model.inputs) != 1 or len(model.outputs) != 1:
        return None
    layers = [reader.graph.layers[call.layer] for call in calls]
    numbers = reader.graph.needed(model.outputs)
    before = [*model.inputs, *(Ref("call", number) for number in numbers[:-1])]
    chain = isinstance(model, BackboneV) or all(
        call.inputs == (ref,) and not call.states and call.mask is None for call, ref in zip(calls, before, strict=True)
    )
    plain = not any(layer.class_name.startswith("ops.") for layer in layers)
    return [replace(layer, name="") for layer in layers] if chain and plain else None


def _wrapped(reader: Reader, layer: LayerSpec, line: int) -> LayerV:
    made = LayerV(Written(LayerSpec("TimeDistributed", "", (("layer", layer),), layer.line or line)))
    reader.all_written.append(made.written)
    return made
