"""The cell with two outputs for Keras 2: `output_size` is a list, and the latent vector comes as a constant.

Its equations stand in `explainers.layers.multi_output`.
"""

from __future__ import annotations

from typing import Any

import tensorflow as tf
import tf_keras


class MultiOutputCell(tf_keras.layers.Layer):
    """One step. Reads x_t (batch, features), the state h (batch, units) and the constant z (batch, latent).

    Gives two tensors, h (batch, units) and extra (batch, extra_units), side by side in a tuple.
    """

    def __init__(self, units: int, extra_units: int, latent: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units, self.extra_units, self.latent = units, extra_units, latent
        self.gru = tf_keras.layers.GRUCell(units)
        self.state_size = units
        self.output_size = [units, extra_units]

    def build(self, input_shape: Any) -> None:
        self.gru.build((None, input_shape[-1]))  # (batch, features): the constant is no part of it
        if self.latent:
            self.mix_kernel = self.add_weight(shape=(self.units + self.latent, self.units), name="mix_kernel")
            self.mix_bias = self.add_weight(shape=(self.units,), name="mix_bias")
        self.extra_kernel = self.add_weight(shape=(self.units, self.extra_units), name="extra_kernel")
        self.extra_bias = self.add_weight(shape=(self.extra_units,), name="extra_bias")
        self.built = True

    def call(self, inputs: Any, states: Any, constants: Any = None) -> tuple[tuple[Any, Any], list[Any]]:
        h = states[0]  # (batch, units)
        if self.latent:
            h = tf.concat([h, constants[0]], axis=-1) @ self.mix_kernel + self.mix_bias  # (batch, units)
        h, _ = self.gru(inputs, [h])  # (batch, units)
        return (h, h @ self.extra_kernel + self.extra_bias), [h]


def model(timesteps: int | None, features: int, latent: int, units: int, extra_units: int) -> Any:
    """Inputs -> RNN -> sequences (batch, timesteps, units), extra (batch, timesteps, extra_units), last state."""
    sequence = tf_keras.Input((timesteps, features), name="sequence")  # (batch, timesteps, features)
    cell = MultiOutputCell(units, extra_units, latent, name="cell")
    rnn = tf_keras.layers.RNN(cell, return_sequences=True, return_state=True, name="rnn")
    if not latent:
        (sequences, extra), state = rnn(sequence)
        return tf_keras.Model(sequence, [sequences, extra, state])
    code = tf_keras.Input((latent,), name="latent")  # (batch, latent)
    (sequences, extra), state = rnn(sequence, constants=[code])
    return tf_keras.Model([sequence, code], [sequences, extra, state])
