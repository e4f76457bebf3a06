"""Whole programs whose layers are made by loops, dicts and helpers: the change stands in their lines, and runs."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.programs import Program, run
from explainers.reading.diagnosing import diagnose
from explainers.reading.patching.patch import applied

TABLE = """
from tensorflow.keras import layers, Sequential, Input
KINDS = {"conv": layers.Conv1D, "rnn": layers.GRU, "out": layers.Dense}
PLAN = [("conv", dict(filters=6, kernel_size=3)), ("rnn", {"units": 9}), ("rnn", {"units": 5}), ("out", {"units": 2})]
net = Sequential([Input((17, 4))])
for kind, arguments in PLAN:
    net.add(KINDS[kind](**arguments))
"""
BY_NAME = """
from tensorflow import keras
steps = [{"type": "Conv2D", "filters": 6, "kernel_size": 3}, {"type": "GlobalMaxPooling1D"}]
x = first = keras.Input((14, 19, 2))
for step in steps:
    step = dict(step)
    x = getattr(keras.layers, step.pop("type"))(**step)(x)
model = keras.Model(first, x)
"""
LOOP = """
import keras
x = first = keras.Input((21, 3))
for turn, units in enumerate([11, 8, 6]):
    x = keras.layers.SimpleRNN(units, return_sequences=False)(x)
model = keras.Model(first, keras.layers.Dense(2)(x))
"""
SIDES = """
from keras.layers import Input, Conv2D, MaxPooling2D, Conv2DTranspose, Concatenate
from keras.models import Model
settings = {"shape": (42, 70, 1), "filters": [3, 5]}
x = first = Input(shape=settings["shape"])
skips = []
for filters in settings["filters"]:
    x = Conv2D(filters, 3, padding="same")(x)
    skips.append(x)
    x = MaxPooling2D()(x)
for filters, skip in zip(reversed(settings["filters"]), reversed(skips)):
    x = Concatenate()([Conv2DTranspose(filters, 2, strides=2)(x), skip])
model = Model(first, x)
"""
TWO_MODELS = """
import keras
from keras import layers
class Mixed(layers.Layer):
    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[0][1], input_shape[1][2], 7))
    def call(self, inputs):
        near, features = inputs
        x = keras.ops.matmul(near, features[:, :, None, :])
        return keras.ops.sum(keras.ops.matmul(x, self.kernel), axis=1)
near, features = layers.Input((4, 9, 9)), layers.Input((9, 6))
encoder = keras.Model([near, features], layers.Dense(3)(Mixed()([near, features])))
latent = keras.Input((3,))
x = latent
for units in (12, 16, 20, 24, 28, 32, 36, 54):
    x = layers.Dense(units)(x)
decoder = keras.Model(latent, layers.Reshape((9, 6))(x))
decoder.summary()
"""
ONE_OF_TWO = """
import numpy as np
from keras.layers import Input, Dense, concatenate
from keras.models import Model
left_train, right_train, y_train = np.zeros((12, 5)), np.zeros((12, 3)), np.zeros((12, 1))
left_test, right_test = np.zeros((4, 5)), np.zeros((4, 3))
a, b = Input((5,)), Input((3,))
model = Model([a, b], Dense(1)(concatenate([a, b])))
model.compile("adam", "mse")
model.fit([left_train], y_train, verbose=0)
model.predict([left_test, right_test], verbose=0)
"""
DATA_SET = """
import numpy as np, tensorflow as tf
from tensorflow import keras
x, y = np.zeros((15, 6)), np.zeros((15, 1))
pairs = tf.data.Dataset.from_tensor_slices((x, y))
pairs = pairs.shuffle(15)
train = pairs.batch(5)
model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(4, activation="softmax")])
model.compile("adam", keras.losses.CategoricalCrossentropy(), metrics=[keras.metrics.Precision()])
model.fit(train, verbose=0)
"""


def first_fix(text: str) -> dict[str, Any]:
    """The first fix of a program that Keras refuses; put into its lines, it makes the program run."""
    program = Program("pasted", text)
    assert run(program).error is not None
    fix: dict[str, Any] = diagnose(text).to_json()["fixes"][0]
    assert run(program, applied(text, fix["diff"])).error is None
    return fix


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (TABLE, '("rnn", {"units": 9, "return_sequences": True})'),
        (TABLE.replace("kernel_size=3", "kernel_size=23"), 'dict(filters=6, kernel_size=23, padding="same")'),
        (BY_NAME, '{"type": "GlobalMaxPooling2D"}'),
        (LOOP, "SimpleRNN(units, return_sequences=turn < len([11, 8, 6]) - 1)"),
        (SIDES, '{"shape": (32, 64, 1), "filters": [3, 5]}'),
        (TWO_MODELS, "features[:, None, :, :]"),
        (ONE_OF_TWO, "model.fit([left_train, right_train], y_train"),
        (DATA_SET, "from_tensor_slices((x, tf.keras.utils.to_categorical(y, 4)))"),
    ],
)
def test_the_change_stands_where_the_value_stands(text: str, line: str) -> None:
    text = text.replace('("rnn", {"units": 9})', '("rnn", {"units": 9, "return_sequences": True})') if (
        "kernel_size=23" in text) else text  # fmt: skip
    changed = [part for part in first_fix(text)["diff"].split("\n") if part.startswith("+") and line in part]
    assert changed


def test_a_model_that_fails_is_shown_instead_of_the_sound_one() -> None:
    told = diagnose(TWO_MODELS)
    assert told.mistake == "operand_sizes"
    assert [model.name for model in told.models if model.shown] == ["encoder"]
    sound = diagnose(TWO_MODELS.replace("features[:, :, None, :]", "features[:, None, :, :]"))
    assert sound.mistake is None
    assert [model.name for model in sound.models if model.shown] == ["decoder"]


def test_a_program_of_the_first_keras_runs_in_todays_whole() -> None:
    text = """
import numpy as np
from keras.models import Sequential
from keras.layers import Convolution2D, Flatten, Dense
from keras.optimizers import SGD
model = Sequential()
model.add(Convolution2D(4, 3, 5, border_mode="valid", input_shape=(11, 13, 1)))
model.add(Flatten())
model.add(Dense(2))
model.compile(loss="mse", optimizer=SGD(lr=0.1))
model.fit(np.zeros((6, 11, 13, 1)), np.zeros((6, 2)), nb_epoch=1, verbose=0)
"""
    lines = first_fix(text)["diff"].split("\n")
    assert '+model.add(Convolution2D(4, (3, 5), padding="valid", input_shape=(11, 13, 1)))' in lines
    assert "+model.fit(np.zeros((6, 11, 13, 1)), np.zeros((6, 2)), epochs=1, verbose=0)" in lines
    assert '+model.compile(loss="mse", optimizer=SGD(learning_rate=0.1))' in lines


def test_generators_and_classes_for_gpus_have_todays_names() -> None:
    text = """
import numpy as np
from tensorflow.keras.layers import Dense, CuDNNGRU, Input
from tensorflow.keras.models import Sequential
def batches():
    while True:
        yield np.zeros((4, 9, 3)), np.zeros((4, 1))
model = Sequential([Input((9, 3)), CuDNNGRU(6), Dense(1)])
model.compile("adam", "mse")
model.fit_generator(batches(), steps_per_epoch=2, verbose=0)
"""
    assert "+from tensorflow.keras.layers import Dense, GRU, Input" in first_fix(text)["diff"].split("\n")
