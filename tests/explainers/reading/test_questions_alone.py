"""Shapes and counts with no question around them: what they are, with a live model of just these sizes."""

from __future__ import annotations

import keras
import pytest

from explainers.core.axes import names, sizes
from explainers.reading.diagnosing import read

Sizes = tuple[int | None, ...]


@pytest.mark.parametrize(
    ("text", "declared", "axes", "said"),
    [
        ("(None, 13, 17, 96)", (None, 13, 17, 96), ("batch", "height", "width", "channels"), "13 × 17 × 96 = 21,216"),
        ("x_val.shape = (900, 33, 33)", (None, 33, 33), ("samples", "height", "width"), "Reshape((33, 33, 1))"),
        ("X.shape: (400, 21, 6)", (None, 21, 6), ("samples", "timesteps", "features"), "shape=(21, 6)"),
        ("my array is (700, 18)", (None, 18), ("samples", "features"), "18 features"),
        ("input_shape=(15, 4)", (None, 15, 4), ("timesteps", "features"), "without the batch axis"),
        ("(48, 40, 3)", (None, 48, 40, 3), ("height", "width", "channels"), "(samples, 48, 40, 3)"),
        ("torch.Size([5, 3, 60, 60])", (None, 60, 60, 3), ("samples", "channels", "height", "width"), "(5, 60, 60, 3)"),
        ("TensorShape([None, 77])", (None, 77), ("batch", "features"), "open until data arrive"),
    ],
)
def test_a_shape_alone(text: str, declared: Sizes, axes: tuple[str, ...], said: str) -> None:
    found = read(text)
    assert found.kind == "question"
    assert found.spec is not None
    assert found.spec.inputs[0].shape == declared
    assert names(found.shapes[0]) == axes
    assert said in found.cause


def test_labels_alone_are_no_series() -> None:
    found = read("y_train.shape (8500,)")
    assert sizes(found.shapes[0]) == (8500,)
    assert "one label for each of 8,500 samples" in found.cause
    assert "Dense(1)" in found.cause


@pytest.mark.parametrize(
    ("layer", "read_by"),
    [
        (keras.layers.Conv2D(256, 3), (None, 24, 24, 128)),
        (keras.layers.LSTM(128), (None, 9, 64)),
        (keras.layers.Dense(64), (None, 784)),
    ],
    ids=["Conv2D", "LSTM", "Dense"],
)
def test_a_count_alone_is_that_of_a_layer_which_keras_counts_so(layer: keras.layers.Layer, read_by: Sizes) -> None:
    layer.build(read_by)
    found = read(f"{layer.count_params():,}")
    assert found.spec is not None
    made = found.spec.layers[0]
    assert made.class_name == type(layer).__name__
    assert dict(made.arguments).items() <= (layer.get_config() | {"kernel_size": 3}).items()
    assert found.spec.inputs[0].shape[-1] == read_by[-1]


def test_a_total_alone_is_that_of_two_layers_or_said_to_be_open() -> None:
    net = keras.Sequential([keras.Input((784,)), keras.layers.Dense(64), keras.layers.Dense(10)])
    found = read(str(net.count_params()))
    assert found.spec is not None
    assert [layer.get("units") for layer in found.spec.layers] == [64, 10]
    assert "No layer of usual sizes has 118,283 parameters" in read("118283 parameters").cause


def test_a_call_of_fit_says_how_many_batches() -> None:
    found = read("model.fit(x, y, batch_size=48, epochs=3) with 1000 samples")
    assert (found.numbers["batches"], found.numbers["updates"]) == (21, 63)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("What is a shape?", "(None, 7, 3) has three axes"),
        ("what's the tensor shape", "how many entries an array has along each axis"),
        ("what does ndim mean?", "rank or ndim says how many axes there are"),
    ],
)
def test_the_first_words_of_all_are_explained_on_a_live_model(question: str, said: str) -> None:
    found = read(question)
    assert said in found.cause
    assert found.spec is not None


def test_an_embedding_is_found_by_its_count() -> None:
    found = read("why does my Embedding have 1,280,000 parameters")
    assert found.spec is not None
    layer = keras.layers.Embedding(**{str(k): v for k, v in found.spec.layers[0].arguments})  # type: ignore[arg-type]
    layer.build((None, 7))
    assert layer.count_params() == 1_280_000


def test_two_layers_are_compared_on_one_input() -> None:
    found = read("difference between Flatten and GlobalAveragePooling2D")
    assert found.spec is not None
    (shape,) = {tensor.shape for tensor in found.spec.inputs}
    assert len(shape) == 4
    assert found.cause.count("3 channels are examples") == 1


def test_a_reshape_may_be_said_in_words() -> None:
    found = read("how to reshape (600, 50) into 5 timesteps of 10 features")
    assert "x.reshape(-1, 5, 10)" in found.cause
    assert "Conv2D" not in found.cause


@pytest.mark.parametrize(("question", "reads"), [
    ("number of parameters of Dense(10) on 512", 512),
    ("number of parameters of MultiHeadAttention(8, 64) on 384", 384),
])  # fmt: skip
def test_a_number_behind_a_call_is_what_the_layer_reads(question: str, reads: int) -> None:
    found = read(question)
    assert found.spec is not None
    assert found.spec.inputs[0].shape[-1] == reads


@pytest.mark.parametrize(
    "text",
    [
        "1. 700 sentences\n2. each has 14 words\n3. each word is a 25-dim vector\nWhich input shape for an LSTM?",
        "I have questions: 1) which input_shape for an LSTM, with 700 samples, 14 timesteps, 25 features? 2) and y?",
        "(1) 700 samples, (2) 14 timesteps, (3) 25 features: which input_shape does my LSTM need?",
    ],
)
def test_the_numbers_of_points_count_nothing(text: str) -> None:
    found = read(text)
    assert sizes(found.shapes[0]) == (700, 14, 25)
    assert found.questions == ()
    assert "not sure" not in found.cause


def test_a_number_in_brackets_that_no_other_follows_is_a_size() -> None:
    found = read("LSTM(2) on 17 timesteps of 5 features: how many parameters?")
    assert str(keras.layers.LSTM(2)(keras.Input((17, 5))).shape[-1]) in found.cause
    assert "64" in found.cause


@pytest.mark.parametrize(
    "text",
    [
        "My LSTM gets x of shape (700, 9, 2) and y of shape (700, 4). Is that right?",
        "For a time series some people give an LSTM (x; y) as (700, 9, 2; 700, 4, 1). Which input_shape is it?",
    ],
)
def test_the_target_next_to_the_data_says_the_last_layer(text: str) -> None:
    found = read(text)
    assert sizes(found.shapes[0]) == (700, 9, 2)
    assert "The targets are (700, 4): 4 numbers for each sample" in found.cause
    assert found.spec is not None
    assert (found.spec.layers[-1].class_name, found.spec.layers[-1].get("units")) == ("Dense", 4)
    assert "Dense" not in str(read(text.replace("700, 4", "650, 4")).spec)  # other samples: not its target
