"""Sentences that answer what people ask about any model, from what the live model showed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from explainers.core.axes import Shape
from explainers.core.results import Inspection, Layer
from explainers.core.words import listed, tag

Sentence = Callable[[Any, Inspection], str]


def shape_told(shape: Shape) -> str:
    """``(None, ⟦20|timesteps⟧, ⟦5|features⟧)``: a shape whose numbers wear the colors of their axes."""
    return f"({', '.join(tag(axis.size, axis.axis) for axis in shape)}{',' if len(shape) == 1 else ''})"


def count_told(layer: Layer) -> str:
    """``rnn (SimpleRNN) has exactly 4,224 parameters: kernel 1 × 64 = 64, …``."""
    if not layer.weights:
        return f"{layer.class_name} has no weights: 0 parameters."
    parts = [f"{w.name} {w.numbers} = {w.count:,}" if w.numbers != f"{w.count:,}" else f"{w.name} {w.count:,}"
             for w in layer.weights]  # fmt: skip
    noun = "parameter" if layer.params == 1 else "parameters"
    return f"{layer.class_name} has exactly **{layer.params:,}** {noun}: {listed(parts)}."


def count_of(name: str) -> Sentence:
    """The answer to “why so many parameters?”, about the layer of this name."""
    return lambda dims, found: count_told(found.layer(name))


def shapes_of(name: str) -> Sentence:
    """The answer to “what is the output shape?”, about the layer of this name."""

    def told(dims: Any, found: Inspection) -> str:
        layer = found.layer(name)
        before, after = shape_told(layer.inputs[0]), shape_told(layer.outputs[0])
        return f"{layer.class_name} turns {before} into {after}. {layer.why}".strip()

    return told


def none_told(dims: Any, found: Inspection) -> str:
    """The answer to “what does None mean?”, about the first Input."""
    shape = found.layers[0].outputs[0]
    open_axes = [axis.axis for axis in shape if axis.size is None]
    fixed = [f"{tag(axis.size, axis.axis)} {axis.axis}" for axis in shape if axis.size is not None]
    if not open_axes:
        return f"{shape_told(shape)} has no None: every size is fixed, the batch too."
    many = "is an axis whose size is" if len(open_axes) == 1 else "marks axes whose sizes are"
    batch = " The batch is how many samples go through together." if "batch" in open_axes else ""
    rest = f" The other sizes are fixed: {listed(fixed)}." if fixed else ""
    return f"In {shape_told(shape)}, None {many} open until data arrive: {listed(open_axes)}.{batch}{rest}"


def failure_told(dims: Any, found: Inspection) -> str:
    """The answer to “why do I get this error?”, at dims where the build fails."""
    assert found.error is not None
    return found.error.cause
