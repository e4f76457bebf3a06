"""Small layers for samples that are sets of sequences: (batch, sequences, timesteps, features)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import layers, ops

from explainers.core.axes import Axis, Shape
from explainers.core.rules import Ruling


@keras.saving.register_keras_serializable(package="shape_explainer")
class TakeOut(layers.Layer):
    """Takes the only sample out of a batch of one.

    (1, sequences, timesteps, features) -> (sequences, timesteps, features). The set is now the batch that an RNN
    reads. A batch of more than one is refused.
    """

    def call(self, inputs: keras.KerasTensor) -> keras.KerasTensor:
        return ops.squeeze(inputs, axis=0)  # (sequences, timesteps, features)


@keras.saving.register_keras_serializable(package="shape_explainer")
class PutBack(layers.Layer):
    """Puts a batch of one around what it gets: (sequences, units) -> (1, sequences, units)."""

    def call(self, inputs: keras.KerasTensor) -> keras.KerasTensor:
        return ops.expand_dims(inputs, axis=0)  # (1, sequences, units)


@keras.saving.register_keras_serializable(package="shape_explainer")
class MaskedMean(layers.Layer):
    """The average over the real sequences: (batch, sequences, units) and a mask -> (batch, units).

    The mask is what Masking made of (batch, sequences, timesteps, features): True where a timestep is real,
    (batch, sequences, timesteps). A sequence is real if any of its timesteps is; without a mask all are.
    Keras hands the mask on by itself, from layer to layer; here it ends.
    """

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def compute_mask(self, inputs: keras.KerasTensor, mask: keras.KerasTensor | None = None) -> None:
        return None

    def call(self, inputs: keras.KerasTensor, mask: keras.KerasTensor | None = None) -> keras.KerasTensor:
        if mask is None:
            return ops.mean(inputs, axis=1)  # (batch, units)
        real = ops.cast(ops.any(mask, axis=-1), inputs.dtype)[..., None]  # (batch, sequences, 1)
        return ops.sum(inputs * real, axis=1) / ops.maximum(ops.sum(real, axis=1), 1.0)  # (batch, units)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return (input_shape[0], input_shape[2])


# -- what the axes are called --------------------------------------------------------------------------------


def take_out_rule(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    """The batch of one goes; sequences stand first now, and keep their name."""
    _, *sample = inputs[0]
    why = f"Takes out the only sample, so the {sample[0].axis} are where a recurrent layer expects the batch."
    return Ruling((tuple(sample),), why=why, verb="drops the batch of 1")


def put_back_rule(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    """A batch of one comes back in front."""
    batch = Axis("batch", 1, f"the batch of one that PutBack {layer.name} puts around the sample")
    return Ruling(((batch, *inputs[0]),), why="Puts the batch of one back in front.", verb="puts it back")


def masked_mean_rule(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    """Axis 1 is averaged away."""
    batch, sequences, *rest = inputs[0]
    why = f"Averages over the real {sequences.axis}; padding doesn't count."
    return Ruling(((batch, *rest),), why=why, verb=f"averages {sequences.axis}")


AXIS_RULES = {"TakeOut": take_out_rule, "PutBack": put_back_rule, "MaskedMean": masked_mean_rule}
