"""The T-LSTM cell for Keras 2: `RNN` hands it the pair (x_t, Δt) as it is.

Its equations stand in `explainers.layers.t_lstm`.
"""

from __future__ import annotations

from typing import Any

import tensorflow as tf
import tf_keras


class TLSTMPairCell(tf_keras.layers.Layer):
    """One step. Reads x_t (batch, features) and Δt (batch, 1); states h and c, (batch, units) each; gives h."""

    def __init__(self, units: int, decay: str, g: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units, self.decay, self.g = units, decay, g
        self.state_size = [units, units]  # h, c
        self.output_size = units

    def build(self, input_shapes: Any) -> None:
        (_, features), _ = input_shapes  # (batch, features) and (batch, 1)
        units = self.units
        decay_shape = (units, units) if self.decay == "matrix" else (units,)
        self.kernel = self.add_weight(shape=(features, 4 * units), name="kernel")
        self.recurrent_kernel = self.add_weight(shape=(units, 4 * units), name="recurrent_kernel")
        self.bias = self.add_weight(shape=(4 * units,), name="bias")
        self.decay_kernel = self.add_weight(shape=decay_shape, name="decay_kernel")
        self.decay_bias = self.add_weight(shape=(units,), name="decay_bias")
        self.built = True

    def call(self, inputs: Any, states: Any) -> tuple[Any, list[Any]]:
        x, elapsed = inputs  # (batch, features) and (batch, 1)
        h, c = states  # (batch, units) each
        decayed = c @ self.decay_kernel if self.decay == "matrix" else c * self.decay_kernel
        c_short = tf.tanh(decayed + self.decay_bias)  # (batch, units)
        log = tf.math.log(2.718281828459045 + elapsed)
        discount = 1.0 / elapsed if self.g == "inverse" else 1.0 / log  # (batch, 1)
        c = (c - c_short) + c_short * discount
        z = x @ self.kernel + h @ self.recurrent_kernel + self.bias  # (batch, 4 × units)
        i, f, candidate, o = tf.split(z, 4, axis=-1)  # (batch, units) each
        c = tf.sigmoid(f) * c + tf.sigmoid(i) * tf.tanh(candidate)
        h = tf.sigmoid(o) * tf.tanh(c)
        return h, [h, c]


def model(timesteps: int | None, features: int, units: int, decay: str, g: str, return_sequences: bool) -> Any:
    """Two Inputs that go into one cell, as a pair."""
    visits = tf_keras.Input((timesteps, features), name="visits")  # (batch, timesteps, features)
    elapsed = tf_keras.Input((timesteps, 1), name="elapsed")  # (batch, timesteps, 1)
    cell = TLSTMPairCell(units, decay, g, name="cell")
    output = tf_keras.layers.RNN(cell, return_sequences=return_sequences, name="t_lstm")((visits, elapsed))
    return tf_keras.Model([visits, elapsed], output)
