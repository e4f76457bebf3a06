"""Kinds of mistakes around sequences: samples and targets, labels for each step, single samples, shapes for numbers."""

from __future__ import annotations

import warnings

import pytest

from explainers.reading.diagnosing import diagnose, read
from explainers.reading.patching.patch import applied

HEAD = """import numpy as np
import tensorflow as tf
from keras.models import Sequential, Model
from keras.layers import *
"""


def runs(text: str) -> bool:
    """Whether Keras runs a program of ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exec(compile(text, "program", "exec"), {})
        except Exception:
            return False
        return True


def test_other_counts_of_samples_and_targets_are_told_as_such() -> None:
    text = HEAD + (
        "model = Sequential([Input((9, 4)), LSTM(6), Dense(1)])\nmodel.compile(loss='mse')\n"
        "model.fit(np.zeros((70, 9, 4)), np.zeros((210, 1)))\n"
    )
    found = diagnose(text)
    assert found.cause == (
        "The data have 70 samples, the targets 210: each sample needs one. 210 is 3 × 70: is it one target for each "
        "step or window?"
    )
    assert runs(applied(text, found.fixes[0].diff))


def test_a_data_set_of_single_samples_is_batched_and_nothing_else() -> None:
    text = HEAD + (
        "data = tf.data.Dataset.from_tensor_slices((np.zeros((70, 9, 4)), np.zeros((70, 1))))\n"
        "model = Sequential([Input((9, 4)), LSTM(6), Dense(1)])\nmodel.compile(loss='mse')\nmodel.fit(data)\n"
    )
    found = diagnose(text)
    assert [fix.code for fix in found.fixes if fix.tried] == ["data.batch(32)"]
    assert runs(applied(text, found.fixes[0].diff))


@pytest.mark.parametrize(
    ("made", "told"),
    [
        ("LSTM((9, 4))", "(9, 4) is a shape; that of a sample goes into an Input in front."),
        ("GRU(9, 4)", "The second is the activation, so 4 is read as one."),
    ],
)
def test_a_shape_in_the_place_of_units(made: str, told: str) -> None:
    text = HEAD + f"model = Sequential()\nmodel.add({made})\nmodel.add(Dense(1))\nmodel.build((None, 9, 4))\n"
    found = diagnose(text)
    assert found.mistake == "old_argument"
    assert "one number, how many it returns for each step." in found.cause
    assert told in found.cause
    assert runs(applied(text, found.fixes[0].diff))


def test_a_label_for_each_step_says_how_many_steps_there_are() -> None:
    text = (
        "ValueError: Error when checking model target: expected dense_1 to have 3 dimensions, but got array with shape "
        "(40, 12)\n\nmodel = Sequential()\nmodel.add(Embedding(words, 8, input_length=longest))\n"
        "model.add(LSTM(6, return_sequences=True))\nmodel.add(Dense(words, activation='softmax'))\n"
        "model.compile(loss='categorical_crossentropy', optimizer='adam')\nmodel.fit(x, y)\n"
    )
    found = diagnose(text)
    assert found.spec is not None
    assert found.spec.inputs[0].shape == (None, 12)
    assert found.fixes[0].code == 'loss="sparse_categorical_crossentropy"'


def test_no_change_is_offered_that_repeats_a_vector_for_each_step() -> None:
    """The last LSTM without its steps would still be added to the sequence next to it: it runs, and is wrong."""
    text = HEAD + (
        "i = Input((9, 4))\na = LSTM(6, return_sequences=True)(i)\nb = LSTM(6, return_sequences=True)(a)\n"
        "model = Model(i, TimeDistributed(Dense(1))(add([a, b])))\nmodel.compile(loss='mse')\n"
        "model.fit(np.zeros((70, 9, 4)), np.zeros((70, 3)))\n"
    )
    found = diagnose(text)
    assert found.fixes
    assert not any("omit return_sequences" in fix.label for fix in found.fixes)


def test_a_sum_over_the_wrong_axis_is_made_over_the_one_that_fits() -> None:
    text = HEAD + (
        "import keras\ni = Input((5, 14, 6))\ns = keras.ops.sum(i, axis=1)\nw = Dense(14)(Flatten()(i))\n"
        "model = Model(i, keras.ops.multiply(s, keras.ops.reshape(w, (-1, 1, 14))))\n"
    )
    found = diagnose(text)
    assert found.mistake == "operand_sizes"
    fix = next(fix for fix in found.fixes if fix.code == "ops.sum(x, axis=3)")
    assert fix.label == "Sum over axis=3: (None, 5, 14) is left."
    assert fix.tried is not None
    assert fix.tried.output == (None, 5, 14)


def test_numbers_that_stand_below_the_code_are_taken() -> None:
    text = (
        "model = Sequential()\nmodel.add(LSTM(sizes[0], input_shape=(steps, 4)))\nmodel.add(Dense(sizes[1]))\n"
        "```\nThese are my settings:\n```\nsizes = [11, 3]\nsteps = 17\n"
    )
    found = read(text)
    assert found.spec is not None
    assert found.spec.inputs[0].shape == (None, 17, 4)
    assert [layer.get("units") for layer in found.spec.layers] == [11, 3]
    assert found.spec.assumed == ()


def test_one_hot_rows_with_the_sparse_loss_of_older_versions() -> None:
    """These say that a column of 1 is expected; the Dense has as many units as the rows have numbers."""
    text = (
        "ValueError: Error when checking model target: expected dense_1 to have shape (None, 12, 1) but got array with "
        "shape (40, 12, 29)\n\nmodel = Sequential()\nmodel.add(LSTM(6, return_sequences=True, input_shape=(12, 4)))\n"
        "model.add(Dense(words, activation='softmax'))\n"
        "model.compile(loss='sparse_categorical_crossentropy', optimizer='adam')\n"
    )
    found = diagnose(text)
    assert found.spec is not None
    assert found.spec.layers[-1].get("units") == 29
    assert found.fixes[0].code == 'loss="categorical_crossentropy"'
    assert found.fixes[0].tried is not None


def test_a_message_about_one_of_several_inputs_is_put_into_that_one() -> None:
    text = (
        "ValueError: Error when checking input: expected second to have shape (1, 23) but got array with shape "
        "(23, 1)\n\n"
        "a = Input(shape=(5, 3), name='first')\nb = Input(shape=(1, 23), name='second')\n"
        "out = Dense(2)(concatenate([LSTM(6)(a), LSTM(7)(b)]))\nmodel = Model([a, b], out)\nmodel.fit([p, q], y)\n"
    )
    found = diagnose(text)
    assert found.mistake == "data_size"
    assert found.fixes[0].code == "x = np.swapaxes(x, 1, 2)"
    assert "+model.fit([p, np.swapaxes(q, 1, 2)], y)" in found.fixes[0].diff


def test_a_shape_for_units_behind_another_mistake() -> None:
    text = HEAD + "model = Sequential()\nmodel.add(LSTM(3, input_shape=(9, 4)))\nmodel.add(LSTM((9, 4)))\n"
    message = "ValueError: Input 0 is incompatible with layer lstm_5: expected ndim=3, found ndim=2\n\n"
    found = diagnose(message + text)
    assert found.fixes[0].code == "LSTM(4)"
    assert runs(applied(message + text, found.fixes[0].diff).removeprefix(message))


def test_a_flag_of_tensorflow_that_keras_does_not_have() -> None:
    text = "from keras import ops, Input, Model\na = Input((5, 8))\nb = Input((7, 8))\n" + (
        "model = Model([a, b], ops.matmul(a, b, transpose_b=True))\n"
    )
    found = diagnose(text)
    assert found.mistake == "old_argument"
    assert found.cause.startswith("keras.ops.matmul has no transpose_b; tf.matmul has.")
    assert "ops.matmul(a, ops.swapaxes(b, -1, -2))" in found.fixes[0].diff
    assert runs(applied(text, found.fixes[0].diff))


def test_a_series_that_is_cut_into_windows_is_not_what_the_model_is_fed() -> None:
    text = (
        "windows = TimeseriesGenerator(X, y, length=21, batch_size=16)\nprint(X.shape, y.shape)\n(900, 4) (900, 6)\n\n"
        "model = Sequential()\nmodel.add(GRU(11, return_sequences=True, input_shape=(21, X.shape[1])))\n"
        "model.add(Dense(6))\nmodel.compile(loss='mse', optimizer='adam')\n\n"
        "InvalidArgumentError: Incompatible shapes: [16,21,6] vs. [16,6]\n"
    )
    found = diagnose(text)
    assert found.mistake == "target_shape"
    assert found.cause == "The loss compares outputs (16, 21, 6) with targets (16, 6): 3 axes versus 2."
    assert found.fixes[0].label == "Let gru return only its last output: omit return_sequences."


def test_another_number_of_axes_behind_the_batch_is_a_rank() -> None:
    message = 'ValueError: Input 0 of layer "sequential" is incompatible with the layer: expected shape=(None, {}), '
    assert read(message.format("9, 5") + "found shape=(None, 5)").mistake == "data_rank"
    assert read(message.format("9, 5") + "found shape=(None, 9, 4)").mistake == "data_size"


@pytest.mark.parametrize(("samples", "batch"), [(1, 32), (40, 1), (3, 32)])
def test_one_output_for_the_targets_of_all_steps_trains_without_a_word(samples: int, batch: int) -> None:
    text = HEAD + (
        "model = Sequential([Input((3, 5)), LSTM(7), Dense(6)])\nmodel.compile(loss='mae')\n"
        f"model.fit(np.zeros(({samples}, 3, 5)), np.zeros(({samples}, 3, 6)), batch_size={batch}, verbose=0)\n"
    )
    assert runs(text)
    found = diagnose(text)
    assert f"the target ({samples}, 3, 6) has one for each of 3 steps. mae compares each step" in found.cause
    assert "return_sequences=True" in found.fixes[0].diff


def test_a_shape_inside_of_time_distributed_that_counts_the_steps_is_the_wrappers() -> None:
    text = "model = Sequential()\nmodel.add(TimeDistributed(Conv1D(5, 3, input_shape=(4, 9, 2))))\n"
    found = read(text)
    assert found.spec is not None
    assert found.spec.inputs[0].shape == (None, 4, 9, 2)


def test_targets_that_lie_on_their_side() -> None:
    text = HEAD + (
        "model = Sequential([Input((9, 4)), LSTM(6), Dense(1)])\nmodel.compile(loss='mse')\n"
        "y = np.zeros((1, 70))\nmodel.fit(np.zeros((70, 9, 4)), y, verbose=0)\n"
    )
    found = diagnose(text)
    assert found.cause == "The data have 70 samples, the targets 1: each sample needs one."
    assert found.fixes[0].means == "(1, 70) becomes (70, 1)."
    assert runs(applied(text, found.fixes[0].diff))


def test_a_sample_of_a_dense_may_have_several_axes() -> None:
    """tf.keras prints one sample, without the batch: (1, 9) is one timestep of 9 features."""
    found = diagnose("expected dense_input to have shape (1, 9) but got array with shape (1, 4)")
    assert [axis.axis for axis in found.shapes[0]] == ["timesteps", "features"]
    assert found.model is not None
    assert [layer["class"] for layer in found.model["layers"]][-1] == "Dense"
    assert found.fixes[0].code == "keras.Input(shape=(1, 4))"


def test_an_example_is_small_enough_for_the_sizes_that_were_read() -> None:
    """A kernel of 3 doesn't fit into pictures that are one row high: that would be the example's fault."""
    found = diagnose(
        "Error when checking input: expected conv2d_3_input to have shape (None, 1, 412, 2) but got array with shape "
        "(17, 1, 367, 2)"
    )
    assert found.model is not None
    assert "zero or negative" not in found.model["error"]["message"]
    assert found.fixes[0].tried is not None


def test_a_batch_of_one_elsewhere_in_the_text_says_what_is_missing() -> None:
    found = diagnose(
        "current batch: (1, 4, 13, 13, 13)\n"
        "Error when checking : expected in1 to have 5 dimensions, but got array with shape (4, 13, 13, 13)"
    )
    assert found.fixes[0].code == "x = x[np.newaxis]"
    assert found.fixes[0].tried is not None
