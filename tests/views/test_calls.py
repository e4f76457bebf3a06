"""The packed calls: what is unpacked again is what the engine recorded, and what is left out is told."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from explainers.core.results import Call, Layer, Run, Tensor
from tests.views import samples_calls as samples
from views import calls


def unpacked(packed: dict[str, Any], layer: int, at: int) -> dict[tuple[str, str], list[list[float]]]:
    """{("states", "h_t-1"): rows of numbers} of one call, read as calls.js reads them."""
    drawn = packed["layers"][layer]
    indices = drawn["calls"][at].split(" ")
    named = [(group, tensor["name"]) for group in calls.GROUPS for tensor in drawn["groups"][group]]
    return {
        name: [[float(word) for word in packed["table"][int(i)].split()] for i in part.split(",")]
        for name, part in zip(named, indices, strict=True)
    }


def size(packed: dict[str, Any]) -> int:
    return len(json.dumps(packed).encode())


def test_every_number_comes_back_with_three_digits() -> None:
    run = samples.lstm_run()
    packed = calls.data(run, ())
    recorded = iter(run.calls)
    for layer, drawn in enumerate(packed["layers"]):
        for at in range(len(drawn["calls"])):
            call = next(recorded)
            for (group, name), rows in unpacked(packed, layer, at).items():
                tensor = next(t for t in getattr(call, group) if t.name == name)
                np.testing.assert_allclose(rows, np.array(tensor.values, float), rtol=6e-3)
    assert next(recorded, None) is None


def test_probe_timesteps_and_counts() -> None:
    drawn = calls.data(samples.lstm_run(), ())["layers"][1]
    assert (drawn["name"], drawn["cell"], drawn["calls_made"]) == ("lstm_2", "LSTMCell", 8)
    assert drawn["probes"] == [0]
    assert drawn["timesteps"] == [0, 0, 1, 2, 3, 4, 5, 6]


def test_a_state_that_goes_in_is_the_one_that_came_out() -> None:
    drawn = calls.data(samples.lstm_run(), ())["layers"][0]
    each = [call.split(" ") for call in drawn["calls"]]  # x_t, h_t-1, c_t-1, four gates, y_t, h_t, c_t
    for before, after in pairwise(each[1:]):  # the probe's result is thrown away
        assert after[1:3] == before[-2:]
        assert after[7] == after[8]  # y_t has the very numbers of h_t


def test_notes_tell_of_sequences_that_are_not_shown() -> None:
    assert calls.data(samples.lstm_run(), ())["notes"] == [
        "batch is None in the model; 6 were fed.",
        "Shown here: 4 of 6 sequences.",
    ]
    assert calls.data(samples.lstm_run(batch_size=3), ())["notes"] == ["batch is None in the model; 6 were fed."]


@pytest.mark.parametrize("timesteps", [64, 301])
def test_long_runs_stay_small_and_say_what_is_missing(timesteps: int) -> None:
    run = samples.lstm_run(timesteps, 9, (("first", 32), ("second", 31), ("third", 30)), batch_size=5)
    packed = calls.data(run, ())
    assert size(packed) < 60_000
    shown = len(packed["layers"][0]["calls"])
    columns = len(unpacked(packed, 0, 1)["new_states", "h_t"][0])
    told = packed["notes"][-1]
    assert f"1 of 5 sequences, at most {columns} of 32 values side by side" in told
    assert 0 < columns < 16
    if timesteps == 64:
        assert shown == 65
        assert "calls" not in told
    else:
        assert f"{shown} of 302 calls, from the beginning and the end" in told
        assert packed["layers"][0]["timesteps"][0] == 0
        assert packed["layers"][0]["timesteps"][-1] == 300


def test_numbers_that_are_none_stay_words() -> None:
    packed = calls.data(samples.custom_run(blows_up=True), ())
    assert "inf inf inf inf" in packed["table"]
    assert "nan nan nan nan" in packed["table"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.5, ".5"),
        (-0.01234, "-.0123"),
        (0.0, "0"),
        (-1.25, "-1.25"),
        (123456.0, "1.23e+05"),
        ("nan", "nan"),
        ("-inf", "-inf"),
    ],
)
def test_digits(value: float | str, text: str) -> None:
    run = samples.custom_run(timesteps=1)
    call = replace(run.calls[0], new_states=(replace(run.calls[0].new_states[0], values=((value,),)),))
    assert calls.data(replace(run, calls=(call,)), ())["table"][-1] == text


def test_a_block_of_higher_rank_is_shown_whole() -> None:
    shape = samples.shape(("batch", 4), ("steps", 3), ("filters", 2))
    block = Tensor("h_t", shape, ((0.1, 0.2), (0.3, 0.4), (0.5, 0.6)))
    run = samples.custom_run(timesteps=1)
    packed = calls.data(replace(run, calls=(replace(run.calls[0], new_states=(block,)),)), ())
    assert packed["table"][-1] == ".1 .2|.3 .4|.5 .6"


def test_a_state_recomputed_is_not_shown_as_a_gate() -> None:
    run = samples.lstm_run()
    doubled = [replace(call, gates=(*call.gates, *call.new_states)) for call in run.calls]
    drawn = calls.data(replace(run, calls=tuple(doubled)), ())["layers"][0]
    assert [gate["name"] for gate in drawn["groups"]["gates"]] == list(samples.GATES)


# --- formulas --------------------------------------------------------------------------------------------------


def formulas(call: Call, *layers: Layer) -> dict[str, str]:
    run = Run((), (), (call,), 1, 1e-8)
    groups = calls.data(run, layers)["layers"][0]["groups"]
    return {tensor["name"]: tensor["formula"] for group in groups.values() for tensor in group if tensor["formula"]}


def test_formulas_of_the_new_states_hold_for_the_numbers() -> None:
    lstm = samples.two_lstms(run=False).layers[0]
    call = samples.lstm_run().calls[5]
    values = {t.name: np.array(t.values, float) for t in (*call.states, *call.gates, *call.new_states)}
    for name in ("c_t", "h_t"):
        python = formulas(call, lstm)[name].replace("⊙", "*").replace("t−1", "t-1").replace("tanh", "np.tanh")
        for known in sorted(values, key=len, reverse=True):
            python = python.replace(known, f"values[{known!r}]") if known != name else python
        np.testing.assert_allclose(eval(python), values[name], atol=1e-12)


def gated(cell: str, layer: str, gates: tuple[str, ...]) -> Call:
    call = samples.lstm_run(timesteps=1).calls[0]
    named = tuple(replace(call.gates[0], name=name) for name in gates)
    return replace(call, cell=cell, layer=layer, gates=named)


GRU = gated("GRUCell", "gru", ("update gate", "reset gate", "candidate"))


def gru_layer(bias_axes: int, **arguments: str) -> Layer:
    layer = next(layer for layer in samples.odd_layers().layers if layer.name == "gru")
    kernel, recurrent, bias = layer.weights
    kept = (replace(bias, shape=bias.shape[-bias_axes:]),) if bias_axes else ()
    return replace(layer, weights=(kernel, recurrent, *kept), arguments=arguments)


@pytest.mark.parametrize(
    ("layer", "candidate"),
    [
        (gru_layer(2), "tanh(x_t·W_h + b_h + reset gate ⊙ (h_t−1·U_h + b′_h))"),
        (gru_layer(0), "tanh(x_t·W_h + reset gate ⊙ (h_t−1·U_h))"),
        (gru_layer(1, reset_after="False"), "tanh(x_t·W_h + (reset gate ⊙ h_t−1)·U_h + b_h)"),
        (gru_layer(1, reset_after="False", activation="'relu'"), "relu(x_t·W_h + (reset gate ⊙ h_t−1)·U_h + b_h)"),
    ],
)
def test_gru_candidate_follows_the_layer(layer: Layer, candidate: str) -> None:
    assert formulas(GRU, layer)["candidate"] == candidate


def test_gates_name_what_the_layer_says() -> None:
    assert formulas(GRU, gru_layer(2))["update gate"] == "sigmoid(x_t·W_z + b_z + h_t−1·U_z + b′_z)"
    hard = gru_layer(0, recurrent_activation="'hard_sigmoid'")
    assert formulas(GRU, hard)["reset gate"] == "hard_sigmoid(x_t·W_r + h_t−1·U_r)"


def test_an_activation_that_is_not_known_is_called_by_its_argument() -> None:
    wrapper = replace(gru_layer(2), name="bidirectional", class_name="Bidirectional")
    inner = replace(GRU, layer="bidirectional/forward_gru")
    assert formulas(inner, wrapper)["update gate"].startswith("recurrent_activation(x_t·W_z")
    told = replace(wrapper, arguments={"wraps": "GRU", "recurrent_activation": "'relu'"})
    assert formulas(inner, told)["update gate"].startswith("relu(x_t·W_z")
    assert formulas(inner, told)["candidate"].startswith("tanh(")


def test_one_of_several_cells_has_its_own_bias() -> None:
    kernel, _, bias = gru_layer(2).weights
    named = (replace(bias, name="cells[1]/bias"), replace(kernel, name="cells[0]/kernel"))
    stack = replace(gru_layer(2), name="rnn", class_name="RNN", weights=named)
    lstm = gated("LSTMCell", "rnn[0]", samples.GATES)
    assert formulas(lstm, stack)["forget gate"] == "recurrent_activation(x_t·W_f + h_t−1·U_f)"
    assert formulas(replace(GRU, layer="rnn[1]"), stack)["update gate"].endswith(" + b′_z)")


def test_simple_rnn_adds_two_parts() -> None:
    call = gated("SimpleRNNCell", "rnn", ("x_t · kernel + bias", "h · recurrent_kernel"))
    simple = replace(gru_layer(0, activation="'relu'"), name="rnn", class_name="SimpleRNN")
    assert formulas(call, simple) == {"h_t": "relu(the sum of both)"}


def test_a_cell_of_ones_own_has_no_formulas() -> None:
    packed = calls.data(samples.custom_run(), ())
    assert formulas(samples.custom_run().calls[0]) == {}
    assert packed["layers"][0]["key"] == ""
    assert packed["checked"] == "Not recomputed: this cell has its own formulas."


def test_a_cell_may_bring_its_own_formulas() -> None:
    run = samples.custom_run()
    name = run.calls[0].layer
    told = replace(run, formulas={name: {"h_t": "sin(x_t)", "key": "sin is a sine."}, "other": {"h_t": "not this"}})
    drawn = calls.data(told, ())["layers"][0]
    assert drawn["groups"]["new_states"][0]["formula"] == "sin(x_t)"
    assert drawn["key"] == "sin is a sine."


def test_gates_of_a_custom_cell_are_not_explained_by_somebody_elses_formulas() -> None:
    call = replace(samples.custom_run().calls[0], gates=GRU.gates)
    assert formulas(call) == {}


def test_an_output_recomputed_is_not_shown_as_a_gate() -> None:
    call = samples.lstm_run().calls[3]
    extra = replace(call.outputs[0], name="extra")
    both = replace(call, outputs=(*call.outputs, extra), gates=(*call.gates, extra))
    drawn = calls.data(Run((), (), (both,), 1, 1e-8), ())["layers"][0]
    assert [gate["name"] for gate in drawn["groups"]["gates"]] == list(samples.GATES)
    assert drawn["groups"]["outputs"][-1]["name"] == "extra"


# --- words -----------------------------------------------------------------------------------------------------


def test_text_tells_the_calls() -> None:
    spoken = calls.text(samples.lstm_run(layers=(("lstm_1", 5),)))
    assert spoken.startswith(
        "lstm_1 calls its LSTMCell 8 times, the first of them a probe. The call for timestep 6 takes "
        "x_t (batch 6, features 3); h_t-1 (batch 6, units 5); c_t-1 (batch 6, units 5) and returns "
        "y_t (batch 6, units 5); h_t (batch 6, units 5); c_t (batch 6, units 5); h_t of the first sequence is "
    )
    assert spoken.endswith("Recomputed in NumPy: largest difference 6e-08.")


def test_no_difference_is_said_in_words() -> None:
    assert calls.text(replace(samples.lstm_run(), largest_difference=0.0)).endswith(
        "Recomputed in NumPy: no difference."
    )


def test_text_of_a_run_that_is_not_shown_whole() -> None:
    run = replace(samples.lstm_run(layers=(("lstm_1", 5),)), calls_made=601)
    assert calls.text(run).startswith("lstm_1: 8 calls are shown, the first of them a probe. The call for timestep 6 ")


def test_text_of_a_run_without_cells() -> None:
    assert calls.text(Run((), (), (), 0, None)) == "No recurrent cell was called in this run."
    assert calls.data(Run((), (), (), 0, None), ())["layers"] == []
