"""Common messages that aren't about shapes, as Keras raises them: a title, a cause and what helps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from explainers.reading.diagnosing import read
from explainers.reading.not_of_shapes import KNOWN

layers: Any = keras.layers


def on_placeholder(function: Callable[[Any], object]) -> Callable[[], object]:
    return lambda: function(keras.Input((5,)))


def compiled_without_loss() -> object:
    return keras.Sequential([keras.Input((3,)), layers.Dense(2)]).fit(np.zeros((4, 3)), np.zeros((4, 2)), verbose=0)


def two_inputs() -> None:
    model = keras.Sequential([keras.Input((7,)), layers.Dense(2)])
    model.add(keras.Input((9,)))


def split_of_a_dataset() -> object:
    model = keras.Sequential([keras.Input((3,)), layers.Dense(2)])
    model.compile(loss="mse")
    data = tf.data.Dataset.from_tensor_slices((np.zeros((4, 3)), np.zeros((4, 2)))).batch(2)
    return model.fit(data, validation_split=0.5, verbose=0)


@pytest.mark.parametrize(
    ("wrong", "title", "code"),
    [
        (on_placeholder(lambda x: tf.math.square(x)), "A TensorFlow function was called on a tensor of Keras", "ops."),
        (on_placeholder(lambda x: np.asarray(x)), "A tensor of Keras has no numbers yet", "model.predict(x[:1])"),
        (compiled_without_loss, "The model isn't compiled", "model.compile("),
        (two_inputs, "A Sequential model with two Inputs", "keras.Model([a, b]"),
        (split_of_a_dataset, "validation_split needs arrays", "validation_data="),
        (lambda: keras.Sequential([keras.Input((3,)), keras.ops.zeros((2, 3))]),
         "Something that isn't a layer was added to a Sequential model", "model.add(layers.Dense(10))"),
    ],
)  # fmt: skip
def test_what_keras_raises(wrong: Callable[[], object], title: str, code: str) -> None:
    with pytest.raises((ValueError, TypeError, RuntimeError)) as raised:
        wrong()
    found = read(f"{type(raised.value).__name__}: {raised.value}")
    assert (found.kind, found.mistake, found.title) == ("error", None, title)
    assert any(code in fix.code for fix in found.fixes)


def test_numbers_of_a_message_are_told() -> None:
    text = (
        "WARNING:tensorflow:Your input ran out of data; interrupting training. Make sure that your dataset or "
        "generator can generate at least `steps_per_epoch * epochs` batches (in this case, 350 batches)."
    )
    assert "take 350 batches" in read(text).cause
    converted = read("ValueError: Tensor conversion requested dtype int32 for Tensor with dtype float32: <tf.Tensor>")
    assert "float32" in converted.cause
    assert converted.fixes[0].code == 'x = x.astype("int32")'


def test_a_message_about_shapes_further_down_comes_first() -> None:
    text = (
        'Graph execution error: \n Input 0 of layer "gru" is incompatible with the layer: expected ndim=3, found ndim=2'
    )
    assert read(text).mistake == "layer_rank"


def test_every_message_has_a_cause_and_a_way_out() -> None:
    assert all(known.title and known.cause.endswith(".") and known.fixes for known in KNOWN)


def test_a_file_without_a_layer_s_weights_is_told_as_such() -> None:
    found = read(
        "ValueError: Layer 'hidden' expected 2 variables, but received 0 variables during loading. Expected: []"
    )
    assert "hidden has 2 weights; the file has none for it" in found.cause
    assert "Build the same layers" in found.fixes[0].label
