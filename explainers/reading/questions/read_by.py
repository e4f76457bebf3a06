"""What a layer reads in a question, and how it is written there."""

from __future__ import annotations

import re

from explainers.core.layers import sheet
from explainers.core.spec import LayerSpec, Sizes
from explainers.reading.questions.words import CHANNELS, FEATURES, INPUTS, LAST, STEPS, Asked


def call(layer: LayerSpec) -> str:
    """``Conv1D(16, 3, strides=2)``: as it is written."""
    facts = sheet(layer.class_name)
    order = facts.order if facts is not None else ()
    parts = []
    given = sorted(layer.arguments, key=lambda one: order.index(one[0]) if one[0] in order else len(order))
    for place, (key, value) in enumerate(given):
        told = call(value) if isinstance(value, LayerSpec) else repr(value)
        parts.append(told if place < 2 and order[place : place + 1] == (key,) else f"{key}={told}")
    return f"{layer.class_name}({', '.join(parts)})"


_INPUT_LENGTH = (re.compile(r"input_length(?: of| is|=)?\s{0,2}=?\s{0,2}(\d{1,6})\b"),)


def shape_of(asked: Asked, layer: LayerSpec) -> Sizes | None:
    """The shape in the question as the layer reads it, with the batch in front."""
    facts = sheet(layer.class_name)
    if facts is not None and facts.group == "embedding":
        steps = asked.number(_INPUT_LENGTH, STEPS, LAST)
        two = next((shape for shape in asked.shapes if len(shape) == 2 and shape not in asked.outputs), None)
        return (None, two[1]) if two is not None else (None, steps) if steps is not None else None
    inner = layer.get("layer")
    if layer.class_name == "TimeDistributed" and isinstance(inner, LayerSpec):
        return _for_each_step(asked, inner)
    wanted = (facts.rank if facts is not None else None) or 0
    least = facts is None or facts.least or facts.rank is None
    entering = [shape for shape in asked.shapes if shape not in asked.outputs]
    candidates: list[Sizes] = [*entering, *asked.sides]
    for shape in candidates:
        if shape[:1] == (None,) and (len(shape) == wanted or (least and len(shape) >= wanted)):
            return shape
    for shape in candidates:
        if None not in shape and (len(shape) == wanted - 1 or (not wanted and len(shape) > 1)):
            return (None, *shape)
    for shape in candidates:
        if len(shape) == wanted and None not in shape:
            return (None, *shape[1:])
    of_any = next((shape for shape in candidates if None not in shape and len(shape) > 1), None)
    if wanted < 2 and least and of_any is not None:  # four numbers hold the batch, as images have three
        return (None, *of_any[len(of_any) > 3 :])
    steps, features = asked.number(STEPS, LAST), asked.number(FEATURES, INPUTS, CHANNELS)
    if wanted == 3 and steps is not None and features is not None:
        return (None, steps, features)
    return (None, features) if wanted == 2 and features is not None else None


def _for_each_step(asked: Asked, inner: LayerSpec) -> Sizes | None:
    """What TimeDistributed reads: what its layer reads, for so many steps."""
    facts = sheet(inner.class_name)
    rank = (facts.rank if facts is not None else None) or 2
    whole = next((s for s in asked.shapes if len(s) >= rank + 1 and s not in asked.outputs), None)
    if whole is not None:
        return (None, *whole[1:])
    steps = asked.number(STEPS, LAST)
    one = next((s for s in (*asked.shapes, *asked.sides) if len(s) == rank - 1 and None not in s), None)
    if rank == 2 and one is None and (width := asked.number(FEATURES, INPUTS)) is not None:
        one = (width,)
    return (None, steps, *one) if one is not None and steps is not None else None
