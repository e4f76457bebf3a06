"""Arrays that a program makes on the way (the places of a sentence, for one) are no Inputs of its model."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from explainers.core.editing import rewired
from explainers.core.spec import CallSpec, InputSpec, LayerSpec, ModelSpec, Ref, Sizes
from explainers.reading.backbones import ENDS, ends_of, is_backbone
from explainers.reading.code.given import HELD, OF_ARRAY

if TYPE_CHECKING:
    from explainers.reading.code.evaluator import Reader

CONSTANT = "ops.constant"
AT_ONCE = f"{OF_ARRAY} that is made in line"  # begins the origin of what a layer makes of arrays


def with_constants(spec: ModelSpec) -> ModelSpec:
    """The model with such arrays as what they are: the same for every sample, and nothing that is fed."""
    arrays = [i for i, tensor in enumerate(spec.inputs) if tensor.origin.startswith(OF_ARRAY) and _held(tensor)]
    fed = [i for i in range(len(spec.inputs)) if i not in arrays]
    if not arrays or not fed:
        return spec
    held = {Ref("input", i): Ref("call", k) for k, i in enumerate(arrays)}
    held |= {Ref("input", i): Ref("input", k) for k, i in enumerate(fed)}

    def moved(ref: Ref) -> Ref:
        return held[ref] if ref.source == "input" else replace(ref, index=ref.index + len(arrays))

    layers = tuple(
        LayerSpec(CONSTANT, f"{spec.inputs[i].name}_held", (("shape", spec.inputs[i].shape),)) for i in arrays
    )
    made = tuple(CallSpec(len(spec.layers) + k, (Ref("input", 0),)) for k in range(len(arrays)))
    calls = (rewired(call, moved) for call in spec.calls)
    return replace(
        spec,
        inputs=tuple(spec.inputs[i] for i in fed),
        layers=(*spec.layers, *layers),
        calls=(*made, *calls),
        outputs=tuple(map(moved, spec.outputs)),
    )


def made_at_once(reader: Reader, outputs: list[Ref]) -> None:
    """A layer outside of any class that reads arrays alone: Keras runs it at once, and what it makes is an array, too.
    Its weights aren't the model's."""
    graph = reader.graph
    for number in graph.needed(outputs):
        call = graph.calls[number]
        read = [graph.inputs[ref.index] for ref in call.inputs if ref.source == "input"]
        arrays = read and all(tensor.origin.startswith(OF_ARRAY) and _held(tensor) for tensor in read)
        width = graph.layers[call.layer].get("output_dim")
        made = graph.made.get(Ref("call", number))
        if made is None and arrays and isinstance(width, int):  # the rank of what an Embedding reads is open
            made = (*read[0].shape, width)
        arrays = arrays and len(read) == len(call.inputs)
        if number not in reader.outside or not arrays or made is None or None in made or graph.outputs_of(number) > 1:
            continue
        old, held = Ref("call", number), graph.add_input(made, "", "float32", f"{AT_ONCE} {call.line}")

        def instead(ref: Ref, old: Ref = old, held: Ref = held) -> Ref:
            return held if ref == old else ref

        graph.calls = [rewired(other, instead) for other in graph.calls]


def with_used_ends(spec: ModelSpec) -> ModelSpec:
    """Backbones with the outputs that are read: what stands behind the last of them isn't part of the model."""
    for layer, held in enumerate(spec.layers):
        ends = ends_of(held)
        calls = {i for i, call in enumerate(spec.calls) if call.layer == layer}
        if not is_backbone(held) or len(ends) < 2:
            continue
        refs = [*spec.outputs, *(ref for call in spec.calls for ref in (*call.inputs, *call.states))]
        used = sorted({ref.output for ref in refs if ref.source == "call" and ref.index in calls})
        if len(used) == len(ends) or not used:
            continue
        spec = _with_ends(spec, layer, calls, used)
    return spec


def _with_ends(spec: ModelSpec, layer: int, calls: set[int], used: list[int]) -> ModelSpec:
    ends = tuple(ends_of(spec.layers[layer])[k] for k in used)

    def moved(ref: Ref) -> Ref:
        inside = ref.source == "call" and ref.index in calls
        return replace(ref, output=used.index(ref.output)) if inside else ref

    layers = (*spec.layers[:layer], spec.layers[layer].but(**{ENDS: ends}), *spec.layers[layer + 1 :])
    made = (rewired(call, moved) for call in spec.calls)
    return replace(spec, layers=layers, calls=tuple(made), outputs=tuple(map(moved, spec.outputs)))


def _held(tensor: InputSpec) -> bool:
    known = None not in tensor.shape
    return _alike(tensor.shape) or tensor.origin.startswith(AT_ONCE) or (known and tensor.origin.endswith(HELD))


def _alike(shape: Sizes) -> bool:
    """Whether it is the same for every sample: its first axis isn't the batch."""
    return None not in shape and (len(shape) == 1 or shape[:1] == (1,))
