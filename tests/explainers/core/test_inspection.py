"""Inspection as a whole: counts that add up, code that runs, failures that teach, costs refused in time."""

from __future__ import annotations

import pickle
import subprocess
import sys

import keras
import msgspec
import pytest
from keras import layers

from explainers.core.axes import names, plain
from explainers.core.building import build_watched
from explainers.core.inspection import inspect_model
from explainers.core.limits import CostError, Limits
from explainers.core.results import Inspection
from settings import SettingError


def chain():
    x = keras.Input((7, 3), name="x")
    h = layers.LSTM(5, return_sequences=True, name="lstm_1")(x)
    h = layers.Bidirectional(layers.GRU(4, name="gru"), merge_mode="sum", name="both")(h)
    return keras.Model(x, layers.Dense(2, activation="sigmoid", name="dense")(h), name="chain")


def branches():
    ids = keras.Input((7,), dtype="int32", name="ids")
    extra = keras.Input((6,), name="extra")
    shared = layers.Dense(3, name="shared")
    e = layers.Embedding(11, 5, name="embedding")(ids)
    sequence, state = layers.GRU(4, return_sequences=True, return_state=True, name="gru")(e)
    joined = layers.Concatenate(name="joined")([state, extra])
    a = shared(layers.Dense(9, name="wide")(joined))
    b = shared(layers.Dense(9, name="deep")(layers.Flatten(name="flat")(sequence)))
    decoded = layers.GRU(4, name="decoder")(e, initial_state=state)
    return keras.Model([ids, extra], [a, b, decoded], name="branches")


def failing():
    x = keras.Input((7, 3), name="x")
    side = layers.Dense(6, name="side")(x)
    h = layers.LSTM(5, name="lstm_1")(x)
    h = layers.LSTM(4, name="lstm_2")(h)
    return keras.Model(x, [h, side], name="failing")


@pytest.mark.parametrize("build", [chain, branches])
def test_printed_counts_add_up_to_the_total(build):
    found = inspect_model(build)
    assert sum(weight.count for layer in found.layers for weight in layer.weights) == found.total_params
    assert found.total_params == build().count_params()
    assert f"{found.total_params:,}" in found.summary


@pytest.mark.parametrize("build", [chain, branches])
def test_the_code_runs_as_shown(build):
    found = inspect_model(build)
    namespace: dict[str, object] = {}
    exec(found.code, namespace)
    again = namespace["model"]
    assert again.count_params() == found.total_params
    assert [tuple(t.shape) for t in again.outputs] == [tuple(t.shape) for t in build().outputs]


def test_every_layer_has_its_line_of_code():
    found = inspect_model(chain)
    lines = found.code.splitlines()
    for layer in found.layers:
        assert f'name="{layer.name}"' in lines[found.code_lines[layer.name] - 1]


def test_a_shared_layer_counts_once_and_is_called_twice():
    found = inspect_model(branches)
    assert [layer.name for layer in found.layers].count("shared") == 1
    assert [step.layer for step in found.flow].count("shared") == 2


def test_links_say_where_each_tensor_comes_from():
    found = inspect_model(branches)
    joined = next(step for step in found.flow if step.layer == "joined")
    assert [(found.flow[link.step].layer, link.output) for link in joined.inputs] == [("gru", 1), ("extra", 0)]


@pytest.mark.parametrize("build", [chain, branches, failing])
def test_results_are_plain_frozen_data(build):
    found = inspect_model(build)
    assert msgspec.json.decode(msgspec.json.encode(found), type=Inspection) == found
    assert pickle.loads(pickle.dumps(found)) == found
    with pytest.raises(AttributeError):
        found.total_params = 1


def test_the_same_model_shows_the_same_numbers():
    assert inspect_model(chain) == inspect_model(chain)


def test_a_failed_build_keeps_the_flow_up_to_the_failing_layer():
    found = inspect_model(failing)
    assert [step.layer for step in found.flow] == ["x", "lstm_1", "lstm_2", "side"] or [
        step.layer for step in found.flow if not step.failed
    ] == ["x", "lstm_1", "side"]
    assert [step.layer for step in found.flow if step.failed] == ["lstm_2"]
    error = found.error
    assert (error.type, error.layer, error.mistake) == ("ValueError", "lstm_2", "layer_rank")
    assert "expected ndim=3, found ndim=2" in error.message
    assert names(error.expected) == ("batch", "timesteps", "features")
    assert plain(error.found) == "(None, 5)"
    assert error.cause == (
        "LSTM lstm_2 reads (batch, timesteps, features), 3 axes; it got (None, 5), 2: (batch, units). The missing "
        "axis: timesteps."
    )


def test_the_failing_line_is_marked_in_the_code():
    found = inspect_model(failing)
    line = found.code.splitlines()[found.code_lines["lstm_2"] - 1]
    assert line.startswith("lstm_2 = layers.LSTM(units=4")
    assert line.endswith("# fails here")


def test_a_kernel_that_has_no_steps_left():
    def build():
        x = keras.Input((4, 6), name="x")
        return keras.Model(x, layers.Conv1D(2, 3, dilation_rate=2, name="conv")(x), name="m")

    error = inspect_model(build).error
    assert (error.mistake, error.axis) == ("kernel_exceeds_steps", 1)
    assert "spans 5 steps with its dilation_rate, but only 4 steps reach it" in error.cause


def test_a_weight_that_would_need_an_open_axis():
    def build():
        x = keras.Input((None, 6), name="x")
        return keras.Model(x, layers.Dense(2, name="dense")(layers.Flatten(name="flat")(x)), name="m")

    error = inspect_model(build).error
    assert (error.mistake, error.layer) == ("unknown_axis", "dense")
    assert "must be fully-defined" in error.message


def test_shapes_that_do_not_merge():
    def build():
        a, b = keras.Input((7, 3), name="a"), keras.Input((6, 3), name="b")
        return keras.Model([a, b], layers.Concatenate(name="c")([a, b]), name="m")

    error = inspect_model(build).error
    assert error.mistake == "merge_shapes"
    assert "(None, 7, 3) and (None, 6, 3)" in error.cause


def test_a_model_without_an_input_is_told_so():
    found = inspect_model(lambda: keras.Sequential([layers.LSTM(4, name="lstm")], name="open"))
    assert "has no Input" in found.error.message


def test_weights_are_refused_before_they_are_allocated():
    def build():
        x = keras.Input((7, 3), name="x")
        return keras.Model(x, layers.LSTM(100_000, name="lstm")(x), name="m")

    with pytest.raises(CostError, match=r"at least 40,001,200,000 weights .* builds up to 30,000,000"):
        inspect_model(build)


def test_a_forward_pass_too_large_is_refused_before_it_runs():
    def build():
        x = keras.Input((500, 300), batch_size=4000, name="x")
        return keras.Model(x, layers.Dense(2, name="dense")(x), name="m")

    with pytest.raises(CostError, match="604,000,000 numbers"):
        inspect_model(build)


def test_the_watch_leaves_keras_as_it_was():
    before = keras.layers.Layer.__call__, keras.layers.Layer.add_weight, keras.layers.InputLayer.__init__
    build_watched(failing, Limits())
    assert before == (keras.layers.Layer.__call__, keras.layers.Layer.add_weight, keras.layers.InputLayer.__init__)


def test_limits_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("SHAPE_EXPLAINER_MAX_WEIGHTS", "7")
    assert Limits.from_environment().weights == 7
    monkeypatch.setenv("SHAPE_EXPLAINER_MAX_WEIGHTS", "many")
    with pytest.raises(SettingError, match="MAX_WEIGHTS=many was given; it must be a whole number from 1 to"):
        Limits.from_environment()


def test_results_can_be_read_without_keras():
    code = "import explainers.core.results, explainers.core.dims, sys; sys.exit('keras' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
