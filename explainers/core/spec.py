"""ModelSpec: a model as plain data. It carries no code, only whitelisted class names and literal arguments."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar, Union

T = TypeVar("T")
Sizes = tuple[int | None, ...]
Argument: TypeAlias = Union[int, float, bool, str, "tuple[Argument, ...]", "LayerSpec", None]


class NumpyInt(int):
    """A whole number of NumPy's, as ``np.prod`` returns it: where Keras asks for Python's own, it refuses this one."""


@dataclass(frozen=True)
class LayerSpec:
    """A layer to be made: class, name, and literal arguments (a wrapped layer or cell stands as another LayerSpec)."""

    class_name: str
    name: str
    arguments: tuple[tuple[str, Argument], ...] = ()
    line: int | None = None

    def get(self, name: str, default: Argument = None) -> Argument:
        """One argument, or the default."""
        return dict(self.arguments).get(name, default)

    def but(self, **changes: Argument) -> LayerSpec:
        """The same layer with some arguments set (None removes one)."""
        merged = {**dict(self.arguments), **changes}
        kept = tuple((key, value) for key, value in merged.items() if value is not None or key not in changes)
        return LayerSpec(self.class_name, self.name, kept, self.line)


@dataclass(frozen=True)
class InputSpec:
    """One Input: its name, its shape with the batch axis, its dtype."""

    name: str
    shape: Sizes
    dtype: str = "float32"
    axes: tuple[str, ...] = ()
    origin: str = ""


@dataclass(frozen=True)
class Ref:
    """One tensor: which input or call made it, and which of its outputs it is."""

    source: str  # "input" or "call"
    index: int
    output: int = 0


@dataclass(frozen=True)
class CallSpec:
    """One call of one layer. `layer` indexes ModelSpec.layers, so a shared layer has several calls.

    states: tensors passed as initial_state. mask: the tensor that is passed as mask.
    line: where in the pasted text it stands (from 1).
    """

    layer: int
    inputs: tuple[Ref, ...]
    states: tuple[Ref, ...] = ()
    line: int | None = None
    text: str = ""
    mask: Ref | None = None


OF_SLICES = "a tf.data.Dataset"  # the `text` of a check on one
PADDED = "keras.utils.pad_sequences"  # the `text` of a check on rows of different lengths that were padded
VALIDATION = "validation_data"  # the `text` of a check on what fit is given besides


@dataclass(frozen=True)
class Check:
    """Something done with the model that may fail: data given to it, a target, weights put into it, an unpacking.

    kind: "fit", "predict", "weights", "unpack", "ids". shapes: of the data (x first), with the batch axis.
    batch_size: as fit or predict is given it; None where it isn't (Keras takes 32), 0 where the text doesn't say it.
    label: the number that stands in an integer target; None where any does. ignored: the label that the loss skips.
    weights: the shape of sample_weight.
    of_tensor: a model is called on a tensor of the program; no data of anybody.
    output: which output of several the target belongs to (`layer` is its name then); None for a model with one.
    metrics: those that compare output and target number by number, by their classes. losses: one for each output, where
    there are several. keys: the names of the data, where they are a dict that doesn't have the names of the Inputs;
    loss_keys and target_keys: the same of losses and targets, and the names of the outputs.
    """

    kind: str
    shapes: tuple[Sizes, ...] = ()
    targets: tuple[Sizes, ...] = ()
    loss: str = ""
    layer: str = ""
    number: int | None = None
    line: int | None = None
    text: str = ""
    batch_size: int | None = None
    label: int | None = None
    ignored: int | None = None
    of_tensor: bool = False
    weights: Sizes | None = None
    output: int | None = None
    metrics: tuple[str, ...] = ()
    losses: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    loss_keys: tuple[str, ...] = ()
    target_keys: tuple[str, ...] = ()

    def of_outputs(self, outputs: tuple[T, ...]) -> tuple[T, ...]:
        """Of what a model gives: the one that the target belongs to, or all of it."""
        return outputs if self.output is None else outputs[self.output : self.output + 1]


@dataclass(frozen=True)
class ModelSpec:
    """A whole model: inputs, layers, calls in order, which tensors come out, and what is then tried with it.

    sequential: whether it was written as Sequential (Keras checks data differently there).
    assumed: sizes that the text doesn't give, in words ("units = 4"); they are examples, not readings.
    said: such sizes that the learner gave instead.
    told: what the text gives outside of its code: shapes of arrays, and numbers, by their names.
    number: the how-manieth model of the text it is (from 1), where that one was asked for.
    """

    inputs: tuple[InputSpec, ...]
    layers: tuple[LayerSpec, ...]
    calls: tuple[CallSpec, ...]
    outputs: tuple[Ref, ...] = ()
    sequential: bool = False
    checks: tuple[Check, ...] = ()
    assumed: tuple[str, ...] = ()
    name: str = "model"
    notes: tuple[str, ...] = field(default=())
    said: tuple[str, ...] = ()
    told: tuple[tuple[str, Sizes | int], ...] = ()
    number: int | None = None


def chain(
    inputs: InputSpec,
    layers: tuple[LayerSpec, ...],
    *,
    sequential: bool = True,
    checks: tuple[Check, ...] = (),
    assumed: tuple[str, ...] = (),
) -> ModelSpec:
    """A model of one input and layers one after the other."""
    calls = tuple(
        CallSpec(i, (Ref("input", 0) if i == 0 else Ref("call", i - 1),), line=layer.line)
        for i, layer in enumerate(layers)
    )
    end = Ref("call", len(layers) - 1) if layers else Ref("input", 0)
    return ModelSpec((inputs,), layers, calls, (end,), sequential, checks, assumed)


def snake(class_name: str) -> str:
    """``MaxPooling1D`` -> ``max_pooling1d``, as Keras names layers."""
    bare = class_name.rsplit(".", 1)[-1]
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z])", "_", bare)
    return re.sub(r"([123])_?[dD]", r"\1d", text).lower()
