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

    States h and c, (batch, units) each; the output is h. Δt has the unit of your data (days, say) and no weight. The
    equations are those of Baytas et al. (KDD 2017), section 3.2 "Time-Aware LSTM", in the paper's order, cited by the
    names that the paper sets beside them; ⊙ multiplies value by value.

        name in the paper             the paper                              here
        Short-term memory             Cˢ_t-1 = tanh(W_d C_t-1 + b_d)         c_short, (batch, units)
        Discounted short-term memory  Ĉˢ_t-1 = Cˢ_t-1 ⊙ g(Δt)                c_short * discount, (batch, units)
        Long-term memory              Cᵀ_t-1 = C_t-1 − Cˢ_t-1                c - c_short, (batch, units)
        Adjusted previous memory      C*_t-1 = Cᵀ_t-1 + Ĉˢ_t-1               adjusted_memory(c, elapsed)
        Forget gate                   f_t = σ(W_f x_t + U_f h_t-1 + b_f)     sigmoid(f)
        Input gate                    i_t = σ(W_i x_t + U_i h_t-1 + b_i)     sigmoid(i)
        Output gate                   o_t = σ(W_o x_t + U_o h_t-1 + b_o)     sigmoid(o)
        Candidate memory              C̃ = tanh(W_c x_t + U_c h_t-1 + b_c)    tanh(candidate)
        Current memory                C_t = f_t ⊙ C*_t-1 + i_t ⊙ C̃           c, (batch, units)
        Current hidden state          h_t = o_t ⊙ tanh(C_t)                  h, (batch, units)

    decay="matrix" is the paper's W_d, (units, units); "per_unit", (units,), is a smaller variant that the paper does
    not have. g(Δt) is 1/Δt (g="inverse"; the paper: for small gaps; no Δt may be 0) or 1/log(e + Δt) (g="log"; for
    large gaps, and safe at 0).
    """

    def __init__(self, units: int, decay: str = "per_unit", g: str = "log", **kwargs: object) -> None:
        super().__init__(**kwargs)
        if decay not in ("per_unit", "matrix") or g not in ("inverse", "log"):
            raise ValueError(
                f"decay must be 'per_unit' or 'matrix', and g 'inverse' or 'log'; got {decay!r} and {g!r}."
            )
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
        z = ops.matmul(x, self.kernel) + ops.matmul(h, self.recurrent_kernel) + self.bias  # (batch, 4 × units)
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
        formulas=t_lstm_formulas(cell),
    )


def t_lstm_formulas(cell: Any) -> dict[str, str]:
    """What the cell computes, by the names of `t_lstm_step`."""
    decayed, decay_kernel = ("c_t−1·W_d", "W_d") if cell.decay == "matrix" else ("c_t−1 ⊙ w_d", "w_d")
    letters = {"input gate": "i", "forget gate": "f", "output gate": "o"}
    return {
        "short-term memory": f"tanh({decayed} + b_d)",
        "long-term memory": "c_t−1 − short-term memory",
        "g(Δt)": "1 / Δt" if cell.g == "inverse" else "1 / log(e + Δt)",
        "discounted short-term memory": "short-term memory ⊙ g(Δt)",
        "adjusted memory": "long-term memory + discounted short-term memory",
        **{name: f"sigmoid(x_t·W_{g} + h_t−1·U_{g} + b_{g})" for name, g in letters.items()},
        "candidate": "tanh(x_t·W_c + h_t−1·U_c + b_c)",
        "c_t": "forget gate ⊙ adjusted memory + input gate ⊙ candidate",
        "h_t": "output gate ⊙ tanh(c_t)",
        "key": f"W is kernel, U recurrent_kernel, b bias; {decay_kernel} is decay_kernel, b_d decay_bias; "
        "⊙ multiplies value by value.",
    }


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
    with np.errstate(invalid="ignore", over="ignore"):  # 0 × inf: the lesson, not an accident
        discounted = c_short * g  # (rows, units)
        adjusted = (c - c_short) + discounted
        z = (
            x @ np.asarray(cell.kernel) + h @ np.asarray(cell.recurrent_kernel) + np.asarray(cell.bias)
        )  # (rows, 4 × units)
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
