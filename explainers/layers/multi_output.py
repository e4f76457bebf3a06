"""A recurrent cell that returns two things at every timestep, and small layers that pack for it and split after it.

`RNN` of today's Keras reads one tensor and gives one. So the latent vector travels behind the features, and the extra
output behind the units.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from explainers.core.axes import Axis, Shape, cut, joined
from explainers.core.gates import Array, Stepped
from explainers.core.gates import step as numpy_step
from explainers.core.layers import SHEETS
from explainers.core.rules import CellRuling, NamedWeight, Ruling, argument, as_role, times


@keras.saving.register_keras_serializable(package="shape_explainer")
class MultiOutputCell(layers.Layer):
    """One step with two outputs. Reads (batch, features + latent), gives (batch, units + extra_units).

        z       = the last `latent` columns of the input: the same vector at every timestep
        mixed   = [h, z] · mix_kernel + mix_bias           (batch, units + latent) -> (batch, units)
        h       = GRU step from x_t and mixed              (batch, units): the state, and the first output
        extra   = h · extra_kernel + extra_bias            (batch, extra_units): the second output

    With latent=0 there is nothing to mix: the GRU step reads h as it is.
    """

    def __init__(self, units: int, extra_units: int, latent: int = 0, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.units, self.extra_units, self.latent = units, extra_units, latent
        self.gru = layers.GRUCell(units, name="gru")
        self.state_size = units
        self.output_size: int | list[int] = units + extra_units  # one number: today's Keras takes no list

    def build(self, input_shape: tuple[int, ...]) -> None:
        units = self.units
        self.gru.build((None, input_shape[-1] - self.latent))  # (batch, features)
        if self.latent:
            self.mix_kernel = self.add_weight(shape=(units + self.latent, units), name="mix_kernel")
            self.mix_bias = self.add_weight(shape=(units,), initializer="zeros", name="mix_bias")
        self.extra_kernel = self.add_weight(shape=(units, self.extra_units), name="extra_kernel")
        self.extra_bias = self.add_weight(shape=(self.extra_units,), initializer="zeros", name="extra_bias")
        self.built = True

    def call(
        self, inputs: keras.KerasTensor, states: list[keras.KerasTensor]
    ) -> tuple[keras.KerasTensor, list[keras.KerasTensor]]:
        features = inputs.shape[-1] - self.latent
        x, z = inputs[:, :features], inputs[:, features:]  # (batch, features) and (batch, latent)
        h = states[0]  # (batch, units)
        if self.latent:
            h = ops.matmul(ops.concatenate([h, z], axis=-1), self.mix_kernel) + self.mix_bias  # (batch, units)
        h, _ = self.gru(x, [h])  # (batch, units)
        extra = ops.matmul(h, self.extra_kernel) + self.extra_bias  # (batch, extra_units)
        return ops.concatenate([h, extra], axis=-1), [h]  # (batch, units + extra_units)

    def get_config(self) -> dict[str, object]:
        own = {"units": self.units, "extra_units": self.extra_units, "latent": self.latent}
        return {**super().get_config(), **own}


@keras.saving.register_keras_serializable(package="shape_explainer")
class ListOutputCell(MultiOutputCell):
    """The same step as older code declared it: `output_size` is a list. Today's `RNN` refuses it."""

    def __init__(self, units: int, extra_units: int, latent: int = 0, **kwargs: object) -> None:
        super().__init__(units, extra_units, latent, **kwargs)
        self.output_size = [units, extra_units]


@keras.saving.register_keras_serializable(package="shape_explainer")
class RepeatAlong(layers.Layer):
    """Copies a vector once for each timestep of a sequence.

    [(batch, latent), (batch, timesteps, features)] -> (batch, timesteps, latent). RepeatVector does the same where the
    number of timesteps is known as the code is written.
    """

    def call(self, inputs: list[keras.KerasTensor]) -> keras.KerasTensor:
        vector, sequence = inputs
        return ops.repeat(vector[:, None, :], ops.shape(sequence)[1], axis=1)  # (batch, timesteps, latent)

    def compute_output_shape(self, input_shape: list[tuple[int | None, ...]]) -> tuple[int | None, ...]:
        (batch, latent), (_, timesteps, _) = input_shape
        return (batch, timesteps, latent)


@keras.saving.register_keras_serializable(package="shape_explainer")
class Split(layers.Layer):
    """Cuts the last axis into pieces of the given lengths: (..., sum of lengths) -> one tensor for each length."""

    def __init__(self, lengths: tuple[int, ...], **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.lengths = tuple(lengths)

    def call(self, inputs: keras.KerasTensor) -> list[keras.KerasTensor]:
        ends = [sum(self.lengths[:i]) for i in range(1, len(self.lengths))]  # where one piece ends and the next begins
        return list(ops.split(inputs, ends, axis=-1))  # (..., length) each

    def get_config(self) -> dict[str, object]:
        return {**super().get_config(), "lengths": self.lengths}


# -- what the axes are called --------------------------------------------------------------------------------


def multi_output_rule(cell: Any, packed: Axis, owner: str) -> CellRuling:
    """(batch, features + latent) in, (batch, units + extra_units) out, one state."""
    units = argument(cell, "units", cell.units, "units", owner)
    extra = argument(cell, "extra_units", cell.extra_units, "extra_units", owner)
    wide = int(cell.gru.kernel.shape[0])
    features, *latent = cut(packed, (wide, cell.latent)) if cell.latent else (packed,)
    output = joined((units, extra), f"output_size of {type(cell).__name__} {owner}: units + extra_units")
    step = _gru_weights(cell, features, units, owner)
    weights = [NamedWeight(w.variable, f"gru/{w.name}", w.shape, w.gates) for w in step]
    if latent:
        both = joined((units, latent[0]), f"state and latent, concatenated, in {owner}")
        weights += [
            NamedWeight(cell.mix_kernel, "mix_kernel", (both, units)),
            NamedWeight(cell.mix_bias, "mix_bias", (units,)),
        ]
    weights += [
        NamedWeight(cell.extra_kernel, "extra_kernel", (units, extra)),
        NamedWeight(cell.extra_bias, "extra_bias", (extra,)),
    ]
    entering = (("x_t", features), *((("latent", latent[0]),) if latent else ()))
    gates = dict.fromkeys(("mixed state", "update gate", "reset gate", "candidate", "h_t", "h"), units)
    return CellRuling(
        output=output,
        states=(units,),
        weights=tuple(weights),
        state_names=("h",),
        input_parts=entering if latent else (),
        output_parts=(("h", units), ("extra", extra)),
        gates={**gates, "extra": extra},
        formulas=multi_output_formulas(cell),
    )


def multi_output_formulas(cell: Any) -> dict[str, str]:
    """What the cell computes, by the names of `multi_output_step`."""
    state = "mixed state" if cell.latent else "h_t−1"
    mixed = {"mixed state": "[h_t−1, latent]·mix_kernel + mix_bias"} if cell.latent else {}
    return {
        **mixed,
        "update gate": f"sigmoid(x_t·W_z + b_z + {state}·U_z + b′_z)",
        "reset gate": f"sigmoid(x_t·W_r + b_r + {state}·U_r + b′_r)",
        "candidate": f"tanh(x_t·W_h + b_h + reset gate ⊙ ({state}·U_h + b′_h))",
        "h_t": f"update gate ⊙ {state} + (1 − update gate) ⊙ candidate",
        "extra": "h_t·extra_kernel + extra_bias",
        "key": (
            "W is gru/kernel, U gru/recurrent_kernel, b and b′ the two rows of gru/bias; [ , ] concatenates two "
            "tensors; ⊙ multiplies value by value."
        ),
    }


def _gru_weights(cell: Any, features: Axis, units: Axis, owner: str) -> list[NamedWeight]:
    gates, blocks = SHEETS["GRUCell"].gates, times(3, units)
    two = Axis("input and recurrent", 2, "reset_after=True of the GRU step", (f"{owner}.reset_after",))
    return [
        NamedWeight(cell.gru.kernel, "kernel", (as_role(features, "features"), blocks), gates),
        NamedWeight(cell.gru.recurrent_kernel, "recurrent_kernel", (units, blocks), gates),
        NamedWeight(cell.gru.bias, "bias", (two, blocks), gates),
    ]


def repeat_along_rule(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    """The vector's axes, with the sequence's timesteps between."""
    (batch, latent), (_, timesteps, _) = inputs
    why = (
        f"Copies the {latent.axis} vector once for each of the {timesteps.axis}, so every call of the cell sees the "
        "same."
    )
    return Ruling(((batch, timesteps, latent),), why=why, verb="copies for every step")


def split_rule(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    """The pieces that were packed get their names back."""
    *kept, packed = inputs[0]
    pieces = cut(packed, layer.lengths)
    why = f"Cuts {packed.axis} where it was joined: {' and '.join(piece.axis for piece in pieces)} again."
    return Ruling(tuple((*kept, piece) for piece in pieces), why=why, verb=f"cuts in {len(pieces)}")


CELL_RULES = {"MultiOutputCell": multi_output_rule}
AXIS_RULES = {"RepeatAlong": repeat_along_rule, "Split": split_rule}


# -- the same step in NumPy ----------------------------------------------------------------------------------


def multi_output_step(cell: Any, inputs: Array, states: tuple[Array, ...]) -> Stepped:
    """inputs (rows, features + latent), one state (rows, units)."""
    features = inputs.shape[-1] - cell.latent
    x, z, h = inputs[:, :features], inputs[:, features:], states[0]
    if cell.latent:
        h = np.concatenate([h, z], axis=-1) @ np.asarray(cell.mix_kernel) + np.asarray(cell.mix_bias)  # (rows, units)
    stepped = numpy_step(cell.gru, x, (h,))
    assert stepped is not None
    gates, (new_h,) = stepped
    extra = new_h @ np.asarray(cell.extra_kernel) + np.asarray(cell.extra_bias)  # (rows, extra_units)
    mixed = {"mixed state": h} if cell.latent else {}
    return {**mixed, **gates, "h": new_h, "extra": extra}, (new_h,)


NUMPY_STEPS = {"MultiOutputCell": multi_output_step}
