"""Questions in words: one sentence, and a live model of the sizes that are in the question."""

from __future__ import annotations

import math

import keras
import numpy as np
import pytest

from explainers.reading.diagnosing import Diagnosis, diagnose, read


def asked(text: str) -> Diagnosis:
    found = diagnose(text)
    assert found.kind == "question", found.kind
    return found


@pytest.mark.parametrize(("layer", "units", "features"), [("LSTM", 21, 6), ("GRU", 13, 4), ("SimpleRNN", 17, 3)])
def test_how_many_parameters(layer: str, units: int, features: int) -> None:
    count = keras.Sequential([keras.Input((None, features)), getattr(keras.layers, layer)(units)]).count_params()
    found = asked(f"How many parameters does {layer}({units}) have with {features} features?")
    assert f"{count:,}" in found.cause
    assert found.model is not None
    assert found.model["total_params"] == count


@pytest.mark.parametrize(("samples", "batch"), [(105, 10), (1234, 32), (64, 64)])
def test_batches_of_an_epoch(samples: int, batch: int) -> None:
    found = asked(f"How many batches per epoch with {samples} samples and LSTM batch size {batch}?")
    assert str(math.ceil(samples / batch)) in found.cause


def test_what_none_means() -> None:
    found = asked("What does None mean in (None, 19, 5)?")
    assert "None" in found.cause
    assert {"19", "5"} <= set(found.cause.replace(",", " ").replace(")", " ").replace("(", " ").split())


@pytest.mark.parametrize(
    "text", ["what is the None in model.summary()", "meaning of none in keras", "Why None in a summary"]
)
def test_none_is_asked_for_without_a_shape_or_a_question_mark(text: str) -> None:
    assert read(text).cause.startswith("None is an axis whose size stays open until data arrive.")


def test_two_axes_for_a_recurrent_layer_have_two_readings() -> None:
    found = asked("My array has shape (950, 21). What input_shape does an LSTM need?")
    assert "(950, 21, 1)" in found.cause
    assert "(n, 21)" in found.cause
    assert found.model is not None
    assert [axis["size"] for axis in found.model["layers"][0]["outputs"][0]] == [None, 21, 1]


def test_a_question_that_is_not_understood_offers_what_is() -> None:
    found = asked("my lstm timesteps are confusing, nb_samples too, help?")
    assert found.cause
    assert found.mistake is None
    assert "nothing of Keras" not in found.cause


def built(layer: keras.layers.Layer, *shape: int | None) -> tuple[tuple[int | None, ...], int]:
    """What Keras itself makes of a shape, and with how many parameters."""
    output = layer(keras.Input(shape))
    return tuple(output.shape), layer.count_params()


@pytest.mark.parametrize(
    ("question", "layer", "shape"),
    [
        ("What is the output shape of Conv1D(21, 4, strides=3) on (None, 50, 6)?",
         keras.layers.Conv1D(21, 4, strides=3), (50, 6)),
        ("output of Conv2DTranspose(9, 5, strides=2, padding='same') on a 13x17x4 input",
         keras.layers.Conv2DTranspose(9, 5, strides=2, padding="same"), (13, 17, 4)),
        ("What does Bidirectional(GRU(11)) return for input of shape (None, 8, 3)?",
         keras.layers.Bidirectional(keras.layers.GRU(11)), (8, 3)),
        ("what does Embedding(700, 24) return for 31 word ids?", keras.layers.Embedding(700, 24), (31,)),
    ],
)  # fmt: skip
def test_what_a_layer_makes_of_a_shape(question: str, layer: keras.layers.Layer, shape: tuple[int, ...]) -> None:
    made, count = built(layer, *shape)
    found = asked(question)
    assert f" into {made};" in found.cause
    assert f"{count:,} parameters" in found.cause


@pytest.mark.parametrize(
    ("question", "layer", "shape"),
    [
        ("How many parameters has a Conv2D with 12 filters of size 5x3 on RGB images?",
         keras.layers.Conv2D(12, (5, 3)), (30, 31, 3)),
        ("Wie viele Parameter hat Dense(31) mit 17 Inputs? How many params?", keras.layers.Dense(31), (17,)),
        ("why does LSTM(45) with one feature have so many params?", keras.layers.LSTM(45), (None, 1)),
        ("params of Embedding(830, 14)?", keras.layers.Embedding(830, 14), (9,)),
    ],
)  # fmt: skip
def test_counts_of_other_layers(question: str, layer: keras.layers.Layer, shape: tuple[int | None, ...]) -> None:
    _, count = built(layer, *shape)
    found = asked(question)
    assert f"{count:,} parameters" in found.cause
    assert found.model is not None
    assert found.model["total_params"] == count


@pytest.mark.parametrize(
    ("question", "shape"),
    [
        ("what should my input_shape be for an LSTM: 640 muestras, 18 pasos de tiempo y 5 variables?", "(18, 5)"),
        ("My GRU shall predict the next hour from the last 75 minutes of 4 sensors. Which input shape?", "(75, 4)"),
        ("input_shape for a Conv1D with 300 recordings of 2500 points and 12 leads?", "(2500, 12)"),
        ("how do i reshape X of shape (900, 6) for an lstm with 15 timesteps?", "(15, 6)"),
        ("Is input_shape=(26,26) correct for Conv2D and mnist?", "(26, 26, 1)"),
    ],
)
def test_which_input_shape(question: str, shape: str) -> None:
    found = asked(question)
    assert f"input_shape={shape}" in found.cause
    assert found.model is not None
    assert str(tuple(axis["size"] for axis in found.model["layers"][0]["outputs"][0][1:])) == shape


def test_windows_of_a_table_are_counted_as_numpy_cuts_them() -> None:
    found = asked("how to reshape (103, 6) for an LSTM with 9 timesteps?")
    x = np.zeros((103, 6))
    assert str(np.stack([x[i : i + 9] for i in range(len(x) - 8)]).shape) in found.cause


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Why is the first dimension of my model's output None?", ("batch", "stays open")),
        ("Why does LSTM want 3 dims? My data is 2D.", ("timesteps", "features")),
        ("return_sequences vs return_state in LSTM?", ("return_state=True", "h and c")),
        ("difference between Flatten and GlobalAveragePooling2D on (None, 6, 5, 40)?", ("(None, 1200)", "(None, 40)")),
        ("which loss and last layer for 7 classes in keras with softmax?",
         ("Dense(7", "sparse_categorical_crossentropy")),
    ],
)  # fmt: skip
def test_what_words_mean(question: str, words: tuple[str, ...]) -> None:
    found = asked(question)
    assert all(word in found.cause for word in words), found.cause


def test_examples_in_a_reply_are_marked() -> None:
    found = asked("difference units and timesteps in keras lstm")
    assert found.spec is not None
    assert {note.partition(" = ")[0] for note in found.spec.assumed} == {"units", "timesteps", "features"}
    numbers = found.to_json()["numbers"]
    assert {entry["how"] for entry in numbers.values()} == {"an example"}


@pytest.mark.parametrize(
    ("question", "layer", "shape"),
    [
        ("what is the output shape of flatten for a (9, 5, 12) feature map", keras.layers.Flatten(), (9, 5, 12)),
        ("output shape of Flatten on (16, 6, 5, 3)?", keras.layers.Flatten(), (6, 5, 3)),
        ("what does Bidirectional(GRU(19)) output for 44 timesteps",
         keras.layers.Bidirectional(keras.layers.GRU(19)), (44, 3)),
    ],
)  # fmt: skip
def test_what_comes_out_where_the_question_leaves_sizes_open(
    question: str, layer: keras.layers.Layer, shape: tuple[int, ...]
) -> None:
    assert f" into {built(layer, *shape)[0]}" in asked(question).cause


@pytest.mark.parametrize(("side", "kernel", "stride"), [(31, 5, 1), (64, 7, 2), (19, 4, 3)])
def test_same_and_valid_padding(side: int, kernel: int, stride: int) -> None:
    found = asked(f"padding valid or same: which output size for {side}x{side}, kernel size {kernel}, stride {stride}?")
    for padding in ("same", "valid"):
        layer = keras.layers.Conv2D(2, kernel, strides=stride, padding=padding)
        made = built(layer, side, side, 1)[0]
        assert f": {made[1]} × {made[2]}" in found.cause


def test_a_dense_after_a_flatten_reads_all_of_its_numbers() -> None:
    model = keras.Sequential([keras.Input((6, 4, 11)), keras.layers.Flatten(), keras.layers.Dense(21)])
    found = asked("how many parameters has a Dense layer of 21 units after the Flatten of 6x4x11?")
    assert f"{model.count_params():,} parameters" in found.cause


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("batch size vs epochs, what is the difference? I have 450 samples, batch size 20", ("450", "23 updates")),
        ("Embedding: what is input_dim if my vocabulary has 731 words and texts of 18 tokens?",
         ("0 to 730", "(None, 18, 16)", "16 is an example")),
        ("Expected output (None, 4) but my model gives (None, 23, 4), why?", ("23 steps", "return_sequences=False")),
        ("univariate forecasting, input shape with keras for a window size of 36 and 800 samples", ("(800, 36, 1)",)),
        ("labels of shape (620,) with 6 classes: which loss do I take?", ("sparse_categorical", "Dense(6")),
        ("is one hot needed for 9 classes with sparse_categorical_crossentropy?", ("no one-hot rows", "Dense(9")),
    ],
)  # fmt: skip
def test_settings_that_are_asked_about(question: str, words: tuple[str, ...]) -> None:
    cause = asked(question).cause
    assert [word for word in words if word not in cause] == []
