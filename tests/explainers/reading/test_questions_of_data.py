"""Questions about data as people describe them, and about any layer by its name: the shapes are Keras' own."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
import pytest

from explainers.core.layers import SHEETS
from explainers.reading.diagnosing import Diagnosis, diagnose, read
from explainers.reading.questions.names import layers_named

Layers = keras.layers


def asked(text: str) -> Diagnosis:
    found = diagnose(text)
    assert found.kind == "question", found.kind
    return found


def first_shape(found: Diagnosis) -> tuple[int | None, ...]:
    assert found.model is not None
    return tuple(axis["size"] for axis in found.model["layers"][0]["outputs"][0])


@pytest.mark.parametrize(
    ("words", "layer", "shape"),
    [
        ("A 1D CNN on 830 vibration recordings, each with 512 samples: which input_shape?", "Conv1D", (None, 512, 1)),
        ("Seismic traces of 3 seconds at 100 Hz from 4 sensors, 95 recordings. Conv1D input shape?",
         "Conv1D", (None, 300, 4)),
        ("EMG: 12-channel signals, 2 s at 1 kHz, GRU. How do I shape the input?", "GRU", (None, 2000, 12)),
        ("220 clips of 18 frames each, 48x36 rgb, ConvLSTM2D input shape?", "ConvLSTM2D", (None, 18, 48, 36, 3)),
        ("mel spectrogram with 64 mel bands x 210 frames, which shape does a CNN read?", "Conv2D", (None, 64, 210, 1)),
        ("spectrograms of 40 bands x 130 frames into an LSTM: input_shape?", "LSTM", (None, 130, 40)),
    ],
)  # fmt: skip
def test_data_as_they_are_described(words: str, layer: str, shape: tuple[int | None, ...]) -> None:
    found = asked(words)
    assert found.spec is not None
    assert found.spec.layers[0].class_name == layer
    assert first_shape(found) == shape


def test_rows_that_look_back_are_as_many_as_numpy_makes() -> None:
    rows, back, columns = 731, 14, 5
    made = np.stack([np.zeros((rows, columns))[i : i + back] for i in range(rows - back)])
    found = asked(
        f"{rows} rows with {columns} columns, predict the next from the last {back} days with a GRU. Reshape?"
    )
    assert str(made.shape) in found.cause
    assert first_shape(found) == (None, back, columns)


NAMED: dict[str, tuple[Callable[[], keras.layers.Layer], tuple[int | None, ...]]] = {
    "What does MaxPooling2D(3) do to (None, 31, 22, 6)?": (lambda: Layers.MaxPooling2D(3), (31, 22, 6)),
    "output shape of UpSampling1D(4) for (None, 9, 5)?": (lambda: Layers.UpSampling1D(4), (9, 5)),
    "What is the shape after LayerNormalization on (None, 13, 7)?": (lambda: Layers.LayerNormalization(), (13, 7)),
    "Output of a bidirectional GRU with 11 units on (None, 6, 3)?": (
        lambda: Layers.Bidirectional(Layers.GRU(11)), (6, 3)),
}  # fmt: skip


@pytest.mark.parametrize("question", NAMED)
def test_any_layer_by_its_name(question: str) -> None:
    make, shape = NAMED[question]
    layer = make()
    made = tuple(layer(keras.Input(shape)).shape)
    found = asked(question)
    assert f"into {made};" in found.cause
    assert (f"{layer.count_params():,} parameters" if layer.count_params() else "no parameters") in found.cause


@pytest.mark.parametrize("width", [17, 250])
def test_the_weights_of_a_normalization_one_by_one(width: int) -> None:
    layer = Layers.BatchNormalization()
    layer(keras.Input((width,)))
    still = sum(int(np.prod(weight.shape)) for weight in layer.non_trainable_weights)
    cause = asked(f"How many parameters has BatchNormalization after Dense({width}), how many non-trainable?").cause
    assert f"{layer.count_params():,} parameters" in cause
    assert f"{still:,} non-trainable" in cause


def test_the_attention_that_is_asked_about_is_the_one_that_is_shown() -> None:
    found = asked("Output shape of MultiHeadAttention(num_heads=3, key_dim=10) when the query is (None, 14, 22)?")
    query = keras.Input((14, 22))
    layer = Layers.MultiHeadAttention(3, 10)
    assert tuple(layer(query, query).shape) == (None, 14, 22)
    assert found.model is not None
    assert found.model["total_params"] == layer.count_params()


@pytest.mark.parametrize(("count", "shape"), [(2, "(samples, 2)"), (5, "(samples, 5)")])
def test_numbers_to_predict(count: int, shape: str) -> None:
    found = asked(f"I want to predict {count} numbers for each sample, regression. Which last layer and loss?")
    assert found.spec is not None
    assert found.spec.layers[-1].get("units") == count
    assert found.spec.layers[-1].get("activation") is None
    assert shape in found.cause


def test_a_transposed_convolution_makes_a_side_longer_by_its_own_rule() -> None:
    question = "What size does Conv2DTranspose give? Input 9x11, kernel 5, strides 3, padding valid or same?"
    sides = {
        padding: tuple(Layers.Conv2DTranspose(8, 5, strides=3, padding=padding)(keras.Input((9, 11, 1))).shape[1:3])
        for padding in ("valid", "same")
    }
    cause = asked(question).cause
    assert all(" × ".join(map(str, side)) in cause for side in sides.values())
    assert "max(kernel_size - 3, 0)" in cause
    assert sides["valid"] == tuple(n * 3 + max(5 - 3, 0) for n in (9, 11))


def test_layers_that_follow_one_another_keep_their_steps() -> None:
    found = asked("Do I need return_sequences when I stack two LSTM layers with 24 and 9 units?")
    assert found.model is not None
    shapes = [[axis["size"] for axis in layer["outputs"][0]] for layer in found.model["layers"]]
    assert [len(shape) for shape in shapes] == [3, 3, 2]
    assert (shapes[1][-1], shapes[2][-1]) == (24, 9)


@pytest.mark.parametrize(
    ("words", "classes"),
    [
        ("a 1-d convolution", ("Conv1D",)),
        ("a CNN on an accelerometer signal", ("Conv1D",)),
        ("a CNN for X-ray images", ("Conv2D",)),
        ("batch norm after a biLSTM", ("BatchNormalization", "Bidirectional")),
        ("multi-head self-attention", ("MultiHeadAttention",)),
        ("how do I reshape, and what is a dropout rate", ()),
    ],
)
def test_layers_as_people_name_them(words: str, classes: tuple[str, ...]) -> None:
    assert layers_named(words) == classes


@pytest.mark.parametrize("name", [name for name, found in SHEETS.items() if found.group != "abstract"])
@pytest.mark.parametrize(
    "words",
    [
        "How many parameters does {} with 6 units and 7 filters of size 3x3 on (None, 12, 5) have?",
        "What shape does {}(5, 3) give on (None, 9, 8, 3)?",
        "Bidirectional({}(4)) on (32, 5), which output?",
    ],
)
def test_a_question_about_any_layer_is_read(name: str, words: str) -> None:
    assert read(words.format(name)).cause


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Does the batch size affect how many parameters an LSTM has?", "The batch size changes no weight"),
        ("multi-label problem with 9 tags: last layer, loss?", 'Dense(9, activation="sigmoid")'),
        ("images are (3, 40, 56), Conv2D input_shape?", "input_shape=(40, 56, 3)"),
        ("why must I use x[np.newaxis] before model.predict?", "(1, 32, 24, 3)"),
        ("turn y of shape (70,) into (70, 3) for categorical_crossentropy", "to_categorical(y, 3)"),
        ("Is the shape (None, None, 15) in the summary of my GRU normal? why?", "15 units each"),
        ("which shape does TimeDistributed Conv2D give on a video (None, 11, 20, 18, 3)?", "TimeDistributed(Conv2D("),
    ],
)
def test_what_is_asked_is_what_is_told(question: str, said: str) -> None:
    assert said in asked(question).cause


def test_two_shapes_are_joined_as_keras_joins_them() -> None:
    made = Layers.Concatenate()([keras.Input((12,)), keras.Input((31,))]).shape
    found = asked("What shape is Concatenate()([a, b]) for a (None, 12) and b (None, 31)?")
    assert found.mistake is None
    assert f"into {tuple(made)};" in found.cause


# -- data as a whole: x, y, and a model that reads the one and predicts the other --------------------------------


@pytest.mark.parametrize(
    ("words", "x", "y", "output"),
    [
        ("36 owls with 9 nights each and 5 traits per night, sort them into 4 species. What x and y for an LSTM?",
         (36, 9, 5), (36,), (None, 4)),
        ("I have a table of 640 rows and 7 columns, one row per day. Predict the next 3 days from the last 14 with a "
         "GRU, how do I shape it?", (624, 14, 7), (624, 3), (None, 3)),
        ("gyroscope, 4 s at 50 Hz, 3 axes, 310 recordings, 5 gestures: input shape for Conv1D?",
         (310, 200, 3), (310,), (None, 5)),
        ("My data is 2400*6 and every 8 rows have one label. How do I reshape it for an LSTM?",
         (300, 8, 6), (300, 1), (None, 1)),
    ],
)  # fmt: skip
def test_x_y_and_the_model_of_data_that_are_described(
    words: str, x: tuple[int, ...], y: tuple[int, ...], output: tuple[int | None, ...]
) -> None:
    found = asked(words)
    assert found.model is not None
    last = found.model["layers"][-1]["outputs"][0]
    assert f"x is {x}" in found.cause
    assert f"y is {y}" in found.cause
    assert f"input_shape={x[1:]}" in found.cause
    assert tuple(axis["size"] for axis in last) == output
    assert first_shape(found) == (None, *x[1:])


def test_windows_are_as_many_as_numpy_cuts() -> None:
    found = asked("500 rows of 4 sensors, hourly. Forecast the next 6 hours from the past 24. Shape for an LSTM?")
    cut = np.stack([np.zeros((500, 4))[i : i + 24] for i in range(500 - 24 - 6 + 1)])
    assert f"x is {cut.shape}" in found.cause


def test_a_shape_that_holds_too_many_numbers_is_refused() -> None:
    found = asked("I have 30 days of 9 features to predict one value. Should I reshape 30 rows to (30, 30, 9)?")
    assert found.cause.startswith("No: (30, 30, 9) would hold 8,100 numbers, your data have 270. ")
