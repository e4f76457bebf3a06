"""The recorder against KERAS_FACTS (how often a cell is called) and against NumPy (what it computed)."""

from __future__ import annotations

import itertools

import keras
import numpy as np
import pytest
from keras import layers

from explainers.core import gates
from explainers.core.axes import names, sizes
from explainers.core.inspection import inspect_live, inspect_model
from explainers.core.limits import Limits
from explainers.core.recording import _can_be_cut
from explainers.core.waves import waves

TIMESTEPS, FEATURES, UNITS = 7, 3, 4


def run_of(*stack, shape=(TIMESTEPS, FEATURES), batch_size=None):
    def build():
        x = keras.Input(shape, batch_size=batch_size, name="x")
        y = x
        for make in stack:
            y = make(y)
        return keras.Model(x, y, name="m")

    return inspect_model(build).run


@pytest.mark.parametrize("kind", [layers.SimpleRNN, layers.LSTM, layers.GRU])
def test_one_probe_then_one_call_per_timestep(kind):
    calls = run_of(kind(UNITS, name="rnn")).calls
    assert [call.probe for call in calls] == [True] + [False] * TIMESTEPS
    assert [call.timestep for call in calls] == [0, *range(TIMESTEPS)]


def test_unrolled_there_is_no_probe():
    calls = run_of(layers.LSTM(UNITS, unroll=True, name="rnn")).calls
    assert [call.probe for call in calls] == [False] * TIMESTEPS


def test_each_call_gets_one_timestep():
    call = run_of(layers.LSTM(UNITS, name="rnn"), batch_size=5).calls[1]
    assert [(names(t.shape), sizes(t.shape)) for t in call.inputs] == [(("batch", "features"), (5, FEATURES))]
    assert [(names(t.shape), sizes(t.shape)) for t in call.new_states] == [(("batch", "units"), (5, UNITS))] * 2
    assert [t.name for t in call.new_states] == ["h_t", "c_t"]


def test_each_call_starts_from_the_state_that_the_last_one_left():
    calls = [call for call in run_of(layers.GRU(UNITS, name="rnn")).calls if not call.probe]
    for before, after in itertools.pairwise(calls):
        assert after.states[0].values == before.new_states[0].values


@pytest.mark.parametrize("kind", [layers.SimpleRNN, layers.LSTM, layers.GRU])
def test_a_stateful_layer_begins_with_zeros_and_keeps_what_each_call_saw(kind):
    run = run_of(kind(UNITS, stateful=True, name="rnn"), batch_size=3)
    for call in run.calls[:2]:  # the probe and timestep 0
        assert all(set(row) == {0.0} for state in call.states for row in state.values)
    assert run.calls[2].states[0].values == run.calls[1].new_states[0].values
    assert run.largest_difference < 1e-5


def test_backwards_layers_say_which_timestep_they_read():
    calls = run_of(layers.Bidirectional(layers.LSTM(UNITS), name="both")).calls
    forward = [c.timestep for c in calls if "forward" in c.layer and not c.probe]
    backward = [c.timestep for c in calls if "backward" in c.layer and not c.probe]
    assert forward == list(range(TIMESTEPS))
    assert backward == list(reversed(range(TIMESTEPS)))


def test_stacked_cells_are_each_recorded():
    calls = run_of(layers.RNN([layers.LSTMCell(UNITS), layers.GRUCell(5)], name="rnn")).calls
    labels = {call.layer for call in calls}
    assert labels == {"rnn[0]", "rnn[1]"}
    assert [c.timestep for c in calls if c.layer == "rnn[1]" and not c.probe] == list(range(TIMESTEPS))
    assert [sizes(c.outputs[0].shape)[-1] for c in calls[:2]] == [UNITS, 5]


def test_inside_time_distributed_too():
    run = run_of(layers.TimeDistributed(layers.GRU(UNITS), name="each"), shape=(2, TIMESTEPS, FEATURES))
    assert run.calls_made == 2 * (TIMESTEPS + 1)


@pytest.mark.parametrize(
    "layer",
    [
        lambda: layers.SimpleRNN(UNITS, name="rnn"),
        lambda: layers.SimpleRNN(UNITS, activation="relu", use_bias=False, name="rnn"),
        lambda: layers.LSTM(UNITS, name="rnn"),
        lambda: layers.LSTM(UNITS, activation="relu", recurrent_activation="hard_sigmoid", name="rnn"),
        lambda: layers.LSTM(UNITS, use_bias=False, name="rnn"),
        lambda: layers.GRU(UNITS, name="rnn"),
        lambda: layers.GRU(UNITS, reset_after=False, bias_initializer="normal", name="rnn"),
        lambda: layers.GRU(UNITS, bias_initializer="normal", name="rnn"),
        lambda: layers.GRU(UNITS, use_bias=False, name="rnn"),
    ],
)
def test_numpy_agrees_with_keras(layer):
    run = run_of(layer())
    assert run.largest_difference is not None
    assert run.largest_difference < 1e-5


def test_the_comparison_can_fail(monkeypatch):
    wrong = lambda cell, x, states: ({}, tuple(s + 1.0 for s in states))  # noqa: E731
    monkeypatch.setitem(gates._STEPS, "LSTMCell", wrong)
    assert run_of(layers.LSTM(UNITS, name="rnn")).largest_difference > 0.1


def test_an_unknown_activation_is_not_recomputed():
    run = run_of(layers.LSTM(UNITS, activation="gelu", name="rnn"))
    assert run.largest_difference is None
    assert run.calls[0].gates == ()


@pytest.mark.parametrize("name", sorted(gates.ACTIVATIONS))
def test_our_activations_are_keras_activations(name):
    z = np.linspace(-4, 4, 9)[None]
    np.testing.assert_allclose(gates.ACTIVATIONS[name](z), np.asarray(keras.activations.get(name)(z)), atol=1e-6)


def test_the_last_call_is_the_output():
    run = run_of(layers.LSTM(UNITS, name="rnn"))
    assert run.calls[-1].outputs[0].values == run.outputs[0].values


def test_none_is_filled_with_numbers_that_appear_nowhere_else():
    run = run_of(layers.LSTM(UNITS, return_sequences=True, name="rnn"), shape=(None, FEATURES))
    fed = sizes(run.fed[0].shape)
    assert len({*fed, UNITS}) == 4
    assert "batch is None: 2 were used here." in run.note
    assert "timesteps is None: 5 were used here." in run.note


def test_the_model_is_left_as_it_was():
    layer = layers.LSTM(UNITS, name="rnn")
    run_of(layer)
    assert "call" not in vars(layer.cell)
    assert "inner_loop" not in vars(layer)


# -- long sequences ------------------------------------------------------------------------------------------

LONG = 300


def long_run(*stack, masked=False, most=40):
    """(the run with at most `most` calls of each layer kept, what comes out without any recording)."""

    def build():
        x = keras.Input((LONG, FEATURES), name="x")
        y = layers.Masking(name="masking")(x) if masked else x
        for make in stack:
            y = make()(y)
        return keras.Model(x, y, name="m")

    found = inspect_live(build, limits=Limits(calls=most))
    (fed,) = [waves(sizes(tensor.shape)) for tensor in found.inspection.run.fed]
    return found.inspection.run, np.asarray(found.model.predict(fed, verbose=0))


@pytest.mark.parametrize(
    ("stack", "masked"),
    [
        ((lambda: layers.LSTM(UNITS, name="rnn"),), False),
        ((lambda: layers.GRU(UNITS, return_sequences=True, name="rnn"),), False),
        ((lambda: layers.SimpleRNN(UNITS, return_sequences=True, name="rnn"),), True),
        ((lambda: layers.RNN([layers.LSTMCell(UNITS), layers.GRUCell(5)], name="rnn"),), False),
    ],
)
def test_the_end_of_a_long_sequence_is_compiled_and_gives_the_same_numbers(stack, masked):
    run, predicted = long_run(*stack, masked=masked)
    cells = len({call.layer for call in run.calls})
    assert run.calls_made >= cells * (LONG + 1)
    assert len(run.calls) == 40
    assert "ran inside a compiled loop, as in predict." in run.note
    assert sizes(run.outputs[0].shape) == predicted.shape
    ours = np.array(run.outputs[0].values)
    np.testing.assert_allclose(ours, np.atleast_3d(predicted.T).T[0][: len(ours), : ours.shape[1]], atol=1e-5)


def test_each_layer_of_a_long_stack_keeps_its_own_calls():
    run, _ = long_run(lambda: layers.LSTM(UNITS, return_sequences=True, name="one"), lambda: layers.GRU(5, name="two"))
    assert [sum(call.layer == name for call in run.calls) for name in ("one", "two")] == [40, 40]
    assert run.calls_made == 2 * (LONG + 1)
    assert "Of 602 cell calls the first 40 of each layer are shown; 522 ran inside" in run.note


@pytest.mark.parametrize("masked", [False, True])
def test_backwards_the_last_timesteps_come_first_and_the_others_are_compiled(masked):
    run, predicted = long_run(
        lambda: layers.SimpleRNN(UNITS, go_backwards=True, return_sequences=True, name="rnn"), masked=masked
    )
    assert run.note.endswith("the first 40 are shown; 261 ran inside a compiled loop, as in predict.")
    assert [call.timestep for call in run.calls if not call.probe] == list(range(LONG - 1, LONG - 40, -1))
    ours = np.array(run.outputs[0].values)
    np.testing.assert_allclose(ours, predicted[0][: len(ours), : ours.shape[1]], atol=1e-5)


@pytest.mark.parametrize(("most", "read"), [(LONG + 1, 0), (40, LONG - 39)])
def test_the_probe_of_a_layer_that_goes_backwards_reads_the_first_timestep_it_is_given(most, read):
    run, _ = long_run(lambda: layers.SimpleRNN(UNITS, go_backwards=True, name="rnn"), most=most)
    fed = waves((2, LONG, FEATURES))
    for call in run.calls[:2]:
        np.testing.assert_allclose(call.inputs[0].values[0], fed[0, call.timestep], atol=1e-6)
    assert [(call.probe, call.timestep) for call in run.calls[:2]] == [(True, read), (False, LONG - 1)]


def test_of_both_directions_both_are_cut():
    run, predicted = long_run(lambda: layers.Bidirectional(layers.LSTM(UNITS), name="both"))
    assert run.calls_made == 2 * (LONG + 1)
    assert "522 ran inside" in run.note
    np.testing.assert_allclose(np.array(run.outputs[0].values)[0], predicted[0], atol=1e-5)


def test_what_can_be_cut():
    """Not where Keras has no loop (unroll), and not where the output before the cut would be needed (a mask)."""
    layer = layers.LSTM(UNITS, name="rnn")
    mask = np.ones((2, LONG), bool)
    assert _can_be_cut(layer, None, 39)
    assert _can_be_cut(layer, mask, 39)
    assert not _can_be_cut(layer, [mask, None], 39)
    mask[1, 39] = False
    assert not _can_be_cut(layer, mask, 39)
    backwards = layers.LSTM(UNITS, go_backwards=True, name="rnn")
    assert _can_be_cut(backwards, mask, 39)
    assert not _can_be_cut(backwards, mask, LONG - 40)
    assert not _can_be_cut(layers.LSTM(UNITS, unroll=True, name="rnn"), None, 39)
