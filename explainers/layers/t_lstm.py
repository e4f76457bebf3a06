"""The T-LSTM cell of Baytas et al., "Patient Subtyping via Time-Aware LSTM Networks", KDD 2017, section 3.2.

An LSTM assumes that its timesteps are evenly spaced. This cell is told how much time went by since the last one,
and lets that time shrink the short-term part of what it remembers.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers, ops

from explainers.core.axes import Axis, cut
from explainers.core.gates import ACTIVATIONS, Array, Stepped
from explainers.core.rules import CellRuling, NamedWeight, argument, as_role, times

GATES = ("input", "forget", "cell", "output")


@keras.saving.register_keras_serializable(package="shape_explainer")
class TLSTMCell(layers.Layer):
    """One step of a T-LSTM. Reads (batch, features + 1): x_t, and behind it in the last column the elapsed time Δt.

    States h and c, (batch, units) each; the output is h. The equations of the paper, section 3.2, by their names there:

        short-term memory               c_short    = tanh(W_d c + b_d)       decay="matrix"; "per_unit": w_d ⊙ c + b_d
        discounted short-term memory    discounted = c_short · g(Δt)
        long-term memory                c_long     = c − c_short
        adjusted previous memory        c*         = c_long + discounted

    and then the forget, input and output gates, the candidate memory, the current memory and the current hidden
    state of an LSTM, with c* where an LSTM has c. g(Δt) is 1/Δt (g="inverse", for short gaps; no Δt may be 0) or
    1/log(e + Δt) (g="log", for long gaps, and safe at 0). Δt has the unit of your data (days, say); it is no weight.
    """

    def __init__(self, units: int, decay: str = "per_unit", g: str = "log", **kwargs: object) -> None:
        super().__init__(**kwargs)
        if decay not in ("per_unit", "matrix") or g not in ("inverse", "log"):
            raise ValueError(f"decay is 'per_unit' or 'matrix', g is 'inverse' or 'log'; got {decay!r} and {g!r}.")
        self.units, self.decay, self.g = units, decay, g
        self.state_size = [units, units]  # h, c
        self.output_size = units

    def build(self, input_shape: tuple[int, ...]) -> None:
        features, units = input_shape[-1] - 1, self.units  # the last column is Δt: no kernel row for it
        decay_shape = (units, units) if self.decay == "matrix" else (units,)
        self.kernel = self.add_weight(shape=(features, 4 * units), name="kernel")
        self.recurrent_kernel = self.add_weight(
            shape=(units, 4 * units), initializer="orthogonal", name="recurrent_kernel"
        )
        self.bias = self.add_weight(shape=(4 * units,), initializer="zeros", name="bias")
        self.decay_kernel = self.add_weight(shape=decay_shape, name="decay_kernel")
        self.decay_bias = self.add_weight(shape=(units,), initializer="zeros", name="decay_bias")
        self.built = True

    def adjusted_memory(self, c: keras.KerasTensor, elapsed: keras.KerasTensor) -> keras.KerasTensor:
        """c*: (batch, units), from c (batch, units) and Δt (batch, 1), which reaches every unit alike."""
        decayed = ops.matmul(c, self.decay_kernel) if self.decay == "matrix" else c * self.decay_kernel
        c_short = ops.tanh(decayed + self.decay_bias)  # (batch, units)
        discount = 1.0 / elapsed if self.g == "inverse" else 1.0 / ops.log(2.718281828459045 + elapsed)  # (batch, 1)
        return (c - c_short) + c_short * discount  # (batch, units)

    def call(
        self, inputs: keras.KerasTensor, states: list[keras.KerasTensor]
    ) -> tuple[keras.KerasTensor, list[keras.KerasTensor]]:
        x, elapsed = inputs[:, :-1], inputs[:, -1:]  # (batch, features) and (batch, 1)
        h, c = states  # (batch, units) each
        c = self.adjusted_memory(c, elapsed)
        z = ops.matmul(x, self.kernel) + ops.matmul(h, self.recurrent_kernel) + self.bias  # (batch, 4·units)
        i, f, candidate, o = ops.split(z, 4, axis=-1)  # (batch, units) each
        c = ops.sigmoid(f) * c + ops.sigmoid(i) * ops.tanh(candidate)
        h = ops.sigmoid(o) * ops.tanh(c)
        return h, [h, c]

    def get_config(self) -> dict[str, object]:
        return {**super().get_config(), "units": self.units, "decay": self.decay, "g": self.g}


@keras.saving.register_keras_serializable(package="shape_explainer")
class TLSTMPairCell(TLSTMCell):
    """The same step as older code wrote it: the cell reads a pair, x_t (batch, features) and Δt (batch, 1).

    `RNN` of Keras 2 hands such a pair to the cell; that of today's Keras reads one tensor and refuses.
    """

    def build(self, input_shape: list[tuple[int, ...]]) -> None:  # type: ignore[override]
        features = input_shape[0][-1]  # of the pair of shapes (batch, features) and (batch, 1)
        super().build((0, features + 1))  # the packed cell makes the weights

    def call(
        self, inputs: tuple[keras.KerasTensor, keras.KerasTensor], states: list[keras.KerasTensor]
    ) -> tuple[keras.KerasTensor, list[keras.KerasTensor]]:
        return super().call(ops.concatenate(inputs, axis=-1), states)  # (batch, features + 1)


# -- what the axes are called --------------------------------------------------------------------------------


def t_lstm_rule(cell: Any, packed: Axis, owner: str) -> CellRuling:
    """(batch, features + elapsed time) in, (batch, units) out, two states."""
    units = argument(cell, "units", cell.units, "units", owner)
    features, elapsed = cut(packed, (int(cell.kernel.shape[0]), 1))
    blocks = times(4, units)
    decay = (units, units) if cell.decay == "matrix" else (units,)
    return CellRuling(
        output=units,
        states=(units, units),
        state_names=("h", "c"),
        weights=(
            NamedWeight(cell.kernel, "kernel", (as_role(features, "features"), blocks), GATES),
            NamedWeight(cell.recurrent_kernel, "recurrent_kernel", (units, blocks), GATES),
            NamedWeight(cell.bias, "bias", (blocks,), GATES),
            NamedWeight(cell.decay_kernel, "decay_kernel", decay),
            NamedWeight(cell.decay_bias, "decay_bias", (units,)),
        ),
        input_parts=(("x_t", features), ("Δt", elapsed)),
        gates={"g(Δt)": elapsed},
    )


CELL_RULES = {"TLSTMCell": t_lstm_rule}


# -- the same step in NumPy ----------------------------------------------------------------------------------


def discount(g: str, elapsed: Array) -> Array:
    """g(Δt), in [0, 1] for g="log" and Δt ≥ 0; inf for g="inverse" where Δt is 0."""
    with np.errstate(divide="ignore"):
        return np.asarray(1.0 / elapsed if g == "inverse" else 1.0 / np.log(np.e + elapsed))


def t_lstm_step(cell: Any, inputs: Array, states: tuple[Array, ...]) -> Stepped:
    """inputs (rows, features + 1), states (rows, units) each; the gates in the order in which they are computed."""
    x, elapsed = inputs[:, :-1], inputs[:, -1:]  # (rows, features), (rows, 1)
    h, c = states
    decay_kernel, sigmoid = np.asarray(cell.decay_kernel, np.float64), ACTIVATIONS["sigmoid"]
    decayed = c @ decay_kernel if cell.decay == "matrix" else c * decay_kernel  # (rows, units)
    c_short = np.tanh(decayed + np.asarray(cell.decay_bias, np.float64))
    g = discount(cell.g, elapsed)  # (rows, 1)
    with np.errstate(invalid="ignore", over="ignore"):  # 0 · inf: the lesson, not an accident
        discounted = c_short * g  # (rows, units)
        adjusted = (c - c_short) + discounted
        z = (
            x @ np.asarray(cell.kernel) + h @ np.asarray(cell.recurrent_kernel) + np.asarray(cell.bias)
        )  # (rows, 4·units)
        zi, zf, zc, zo = np.split(z, 4, axis=-1)  # (rows, units) each
        i, f, candidate, o = sigmoid(zi), sigmoid(zf), np.tanh(zc), sigmoid(zo)
        new_c = f * adjusted + i * candidate
        new_h = o * np.tanh(new_c)
    gates = {
        "short-term memory": c_short, "long-term memory": c - c_short, "g(Δt)": g,
        "discounted short-term memory": discounted, "adjusted memory": adjusted,
        "input gate": i, "forget gate": f, "candidate": candidate, "output gate": o, "c_t": new_c, "h_t": new_h,
    }  # fmt: skip
    return gates, (new_h, new_c)


NUMPY_STEPS = {"TLSTMCell": t_lstm_step}
