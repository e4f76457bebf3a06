"""The formulas that a page shows beside a cell's calls, each computed as it is written, from the recorded values."""

from __future__ import annotations

import re

import numpy as np
import pytest

from explainers import multi_output_cell, t_lstm
from explainers.core import gates
from explainers.core.explainer import Explainer
from explainers.core.inspection import inspect_live
from explainers.core.results import Call

FUNCTIONS = {
    "tanh": np.tanh,
    "sigmoid": gates.ACTIVATIONS["sigmoid"],
    "log": np.log,
    "e": np.e,
    "beside": lambda *parts: np.concatenate(parts, axis=-1),
}


def computed(formula: str, known: dict[str, np.ndarray]) -> np.ndarray:
    """The formula read as it stands: ⊙ value by value, · a product of matrices, [ , ] side by side."""
    text = formula.replace("[", "beside(").replace("]", ")")
    names: dict[str, np.ndarray] = {}
    for name in sorted(known, key=len, reverse=True):
        names[f"v{len(names)}_"] = known[name]
        text = re.sub(rf"(?<![\w′]){re.escape(name)}(?![\w′])", f"v{len(names) - 1}_", text)
    text = text.replace("⊙", "*").replace("·", "@").replace("−", "-")
    return np.asarray(eval(text, {"__builtins__": {}, **FUNCTIONS, **names}))


def values_of(call: Call) -> dict[str, np.ndarray]:
    """Every tensor of a call by its name as formulas write it: "h_t−1"."""
    tensors = (*call.inputs, *call.states, *call.gates, *call.new_states, *call.outputs)
    return {tensor.name.replace("t-1", "t−1"): np.array(tensor.values, float) for tensor in tensors}


def blocks(letters: str, array: object, mark: str) -> dict[str, np.ndarray]:
    """A weight cut into the gates that stand side by side on its last axis: {"W_i": ...}."""
    parts = np.split(np.asarray(array), len(letters), axis=-1)
    return {f"{mark}_{letter}": part for letter, part in zip(letters, parts, strict=True)}


def t_lstm_weights(cell) -> dict[str, np.ndarray]:
    return {
        **blocks("ifco", cell.kernel, "W"),
        **blocks("ifco", cell.recurrent_kernel, "U"),
        **blocks("ifco", cell.bias, "b"),
        ("W_d" if cell.decay == "matrix" else "w_d"): np.asarray(cell.decay_kernel),
        "b_d": np.asarray(cell.decay_bias),
    }


def multi_output_weights(cell) -> dict[str, np.ndarray]:
    names = ("mix_kernel", "mix_bias") if cell.latent else ()
    return {
        **blocks("zrh", cell.gru.kernel, "W"),
        **blocks("zrh", cell.gru.recurrent_kernel, "U"),
        **blocks("zrh", cell.gru.bias[0], "b"),
        **blocks("zrh", cell.gru.bias[1], "b′"),
        **{name: np.asarray(getattr(cell, name)) for name in (*names, "extra_kernel", "extra_bias")},
    }


@pytest.mark.parametrize(
    ("lesson", "weights", "dims"),
    [
        (t_lstm.EXPLAINER, t_lstm_weights, {"decay": "per_unit", "g": "inverse"}),
        (t_lstm.EXPLAINER, t_lstm_weights, {"decay": "matrix", "g": "log"}),
        (multi_output_cell.EXPLAINER, multi_output_weights, {"latent": 2}),
        (multi_output_cell.EXPLAINER, multi_output_weights, {"latent": 0}),
    ],
)
def test_every_formula_gives_the_recorded_numbers(lesson: Explainer, weights, dims) -> None:
    chosen = lesson.dims(**dims)
    live = inspect_live(lambda: lesson.build(chosen), lesson.inputs)
    run, model = live.inspection.run, live.model
    assert run is not None
    rnn = next(layer for layer in model.layers if hasattr(layer, "cell"))
    told, call = run.formulas[rnn.name], run.calls[3]
    known = {**values_of(call), **weights(rnn.cell)}
    shown = {tensor.name for tensor in (*call.gates, *call.new_states)}
    outputs = {"h", "y_t"}  # h is h_t again
    assert shown - outputs == set(told) - {"key"}  # none without a formula, none too many
    for name in set(told) - {"key"}:
        np.testing.assert_allclose(computed(told[name], known), known[name], rtol=2e-5, atol=2e-5, err_msg=name)
    assert all(letter in told["key"] for letter in ("W is", "U ", "⊙"))


def test_a_layer_of_keras_brings_none() -> None:
    from explainers import simple_rnn

    run = inspect_live(lambda: simple_rnn.build(simple_rnn.Dims()), simple_rnn.EXPLAINER.inputs).inspection.run
    assert run is not None
    assert run.formulas == {}
