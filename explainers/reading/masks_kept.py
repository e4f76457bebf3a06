"""Masks that Keras passes on by itself: how far they come, and how many axes they have where one is read."""

from __future__ import annotations

from dataclasses import dataclass

from explainers.core.finding import written
from explainers.core.layers import LOOPS, VIDEOS, WRAPPERS, sheet
from explainers.core.mistakes.mask import ONE_FOR_EACH_STEP
from explainers.core.spec import CallSpec, LayerSpec, ModelSpec, Ref, Sizes
from explainers.reading.shapes import walk

_PASS_ON = ("same", "dense", "norm")  # groups of layers that return the mask of their input; a test asks Keras

_DROP = ("conv", "pool", "reshape", "flatten", "permute", "repeat", "crop", "up", "pad")  # groups that return none


@dataclass(frozen=True)
class MaskTold:
    """How far a mask comes. lost: whether a recurrent layer behind the end of it reads padding as data."""

    title: str
    sentence: str
    lost: bool = False


@dataclass(frozen=True)
class _Carried:
    """A mask on its way: the layer that made it, and the one that dropped it."""

    maker: LayerSpec
    dropped: LayerSpec | None = None


def mask_told(spec: ModelSpec) -> MaskTold | None:
    """Where the first mask of a model is read or lost; None where there is none, or where it isn't known."""
    carried: dict[Ref, _Carried] = {}
    ended = reached = None
    for i, inputs, _ in walk(spec):
        call = spec.calls[i]
        layer, before = spec.layers[call.layer], carried.get(call.inputs[0]) if len(call.inputs) == 1 else None
        if _made(layer, inputs):
            before = _Carried(layer)
        elif before is None or call.mask is not None:
            continue
        elif _reader(layer)[0]:
            if before.dropped is not None:
                return _lost(before.maker, before.dropped, layer, inputs[0])
            reached = reached or (before.maker, layer)
            if not _every_step(layer):
                continue
        elif before.dropped is None and _drops(layer):
            before = _Carried(before.maker, layer)
            ended = ended or before
        elif before.dropped is None and not _passes_on(layer, call):
            continue
        carried[Ref("call", i)] = before
    if reached is not None:
        maker, layer = reached
        told = f"The mask of {maker.name} ({maker.class_name}) reaches {layer.name} ({layer.class_name})"
        return MaskTold(f"The mask reaches {layer.name}", f"{told}, which skips the masked steps.")
    if ended is not None and ended.dropped is not None:
        return MaskTold(f"The mask ends at {ended.dropped.name}", _ends_at(ended.maker, ended.dropped))
    return None


def _lost(maker: LayerSpec, dropped: LayerSpec, reader: LayerSpec, reads: Sizes) -> MaskTold:
    steps = f"all {reads[1]} steps" if len(reads) > 1 and reads[1] is not None else "all steps"
    sentence = f"{_ends_at(maker, dropped)} So {reader.name} ({reader.class_name}) reads {steps}, padding included."
    return MaskTold(f"The mask ends at {dropped.name}; {reader.name} doesn't get it", sentence, True)


def _ends_at(maker: LayerSpec, dropped: LayerSpec) -> str:
    told = f"The mask of {maker.name} ({maker.class_name}) ends at {dropped.name}"
    return f"{told}: {dropped.class_name} doesn't pass masks on."


def _every_step(layer: LayerSpec) -> bool:
    """Whether a recurrent layer returns a sequence, and with it the mask."""
    inner = layer.get("layer")
    if isinstance(inner, LayerSpec):
        return layer.class_name == "Bidirectional" and _every_step(inner)
    return layer.get("return_sequences") is True


def _drops(layer: LayerSpec) -> bool:
    facts = sheet(layer.class_name)
    return layer.class_name == "RMSNormalization" or (facts is not None and facts.group in _DROP)


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
