"""Masks that Keras passes on by itself: how many axes they have where a recurrent layer reads them."""

from __future__ import annotations

from explainers.core.finding import written
from explainers.core.layers import LOOPS, VIDEOS, WRAPPERS, sheet
from explainers.core.mistakes.mask import ONE_FOR_EACH_STEP
from explainers.core.spec import CallSpec, LayerSpec, ModelSpec, Ref, Sizes
from explainers.reading.shapes import walk

_PASS_ON = ("same", "dense", "norm")  # groups of layers that return the mask of their input; a test asks Keras


def mask_of_more_axes(spec: ModelSpec) -> tuple[str | None, str]:
    """A mask with an entry for each pixel or word, where one for each step is read: Keras refuses the first data."""
    masks: dict[Ref, tuple[Sizes, str]] = {}
    for i, inputs, _ in walk(spec):
        call = spec.calls[i]
        layer = spec.layers[call.layer]
        mask = _made(layer, inputs) or (masks.get(call.inputs[0]) if call.inputs and call.mask is None else None)
        if mask is None:
            continue
        reader, steps = _reader(layer)
        if reader and len(mask[0]) > 2 + steps:
            return "mask", (
                f"The mask that reaches {layer.name} ({layer.class_name}) has the shape {written(mask[0])}: {mask[1]}. "
                f"{ONE_FOR_EACH_STEP}"
            )
        if _passes_on(layer, call):
            masks[Ref("call", i)] = mask
    return None, ""


def _made(layer: LayerSpec, inputs: tuple[Sizes, ...]) -> tuple[Sizes, str] | None:
    """The mask that a layer makes, and of what."""
    if layer.class_name == "Masking" and inputs and len(inputs[0]) > 1:
        return inputs[0][:-1], "Masking drops only the last axis of its input"
    if layer.class_name == "Embedding" and layer.get("mask_zero") is True and inputs:
        return inputs[0], "with mask_zero=True it has one entry for each id"
    return None


def _reader(layer: LayerSpec) -> tuple[bool, int]:
    """Whether a layer reads a mask step by step, and how many axes of steps are run over around it."""
    inner = layer.get("layer")
    if layer.class_name in WRAPPERS and isinstance(inner, LayerSpec):
        reads, outside = _reader(inner)
        return reads, outside + (layer.class_name == "TimeDistributed")
    return layer.class_name in (*LOOPS, *VIDEOS), 0


def _passes_on(layer: LayerSpec, call: CallSpec) -> bool:
    facts = sheet(layer.class_name)
    if facts is None or layer.class_name == "RMSNormalization":
        return False
    return layer.class_name == "TimeDistributed" or facts.group in (*_PASS_ON, "embedding")
