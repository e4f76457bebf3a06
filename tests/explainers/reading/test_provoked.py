"""Mistakes made live, in today's Keras and in tf_keras (which prints the older wordings): the reader knows both."""

# ruff: noqa: E501  (an entry of the table stands on one line)

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from explainers.reading.diagnosing import read

Run = Callable[[Any], object]


@dataclass(frozen=True)
class Provoked:
    """One mistake. only: "keras" or "tf_keras" where the other one accepts it or hasn't got it."""

    name: str
    mistakes: tuple[str, ...]
    run: Run
    only: str = ""


def zeros(*sizes: int) -> Any:
    """Data of that shape."""
    return np.zeros(sizes, "float32")


def fit(k: Any, layers: list[Any], x: Any, y: Any, loss: str = "mse", **how: Any) -> None:
    """Train a Sequential for one epoch."""
    model = k.Sequential(layers)
    model.compile(loss=loss, optimizer="sgd")
    model.fit(x, y, verbose=0, **how)


def predict(k: Any, layers: list[Any], x: Any, **how: Any) -> None:
    """Put data through a Sequential."""
    k.Sequential(layers).predict(x, verbose=0, **how)


def functional(k: Any) -> Any:
    """A model on (5, 3) that checks its data."""
    sequence = k.Input((5, 3))
    return k.Model(sequence, k.layers.LSTM(4)(sequence))


def two_inputs(k: Any) -> Any:
    """A model with two inputs."""
    a, b = k.Input((5,)), k.Input((6,))
    return k.Model([a, b], k.layers.Concatenate()([a, b]))


def second_call(k: Any, layer: Any, first: tuple[int, ...], second: tuple[int, ...]) -> None:
    """Build a layer on one shape, call it on another."""
    layer(k.Input(first))
    layer(k.Input(second))


def batch_weight(k: Any, shape_of: Callable[[Any], Any]) -> Any:
    """A layer that multiplies its input with a weight of a shape made from the input's."""

    class Product(k.layers.Layer):  # type: ignore[misc, name-defined]
        def build(self, input_shape: Any) -> None:
            self.w = self.add_weight(shape=shape_of(input_shape), name="w")

        def call(self, inputs: Any) -> Any:
            return inputs * self.w

    return Product()


def unpack_three(outputs: Any) -> None:
    """Take three tensors."""
    _, _, _ = outputs


def unpack_two(outputs: Any) -> None:
    """Take two tensors."""
    _, _ = outputs


def wrong_state(k: Any) -> None:
    """An LSTM of 4 units with states of width 2."""
    sequence, state = k.Input((5, 3)), k.Input((2,))
    model = k.Model([sequence, state], k.layers.LSTM(4)(sequence, initial_state=[state, state]))
    model.predict([zeros(2, 5, 3), zeros(2, 2)], verbose=0)


def embedding(k: Any) -> Any:
    """A built Embedding of 10 words, 4 numbers each."""
    layer = k.layers.Embedding(10, 4)
    layer(k.Input((3,)))
    return layer


PROVOKED: tuple[Provoked, ...] = (
    Provoked("lstm on rows", ("layer_rank",), lambda k: k.layers.LSTM(4)(k.Input((64,)))),
    Provoked("gru on pictures", ("layer_rank",), lambda k: k.layers.GRU(4)(k.Input((3, 5, 6)))),
    Provoked("bidirectional on rows", ("layer_rank",), lambda k: k.layers.Bidirectional(k.layers.LSTM(4))(k.Input((64,)))),
    Provoked("conv1d on rows", ("layer_rank",), lambda k: k.layers.Conv1D(4, 3)(k.Input((64,)))),
    Provoked("conv2d on steps", ("layer_rank",), lambda k: k.layers.Conv2D(4, 3)(k.Input((64, 5)))),
    Provoked("pooling on rows", ("layer_rank",), lambda k: k.layers.MaxPooling1D(2)(k.Input((64,)))),
    Provoked("repeat of a sequence", ("layer_rank",), lambda k: k.layers.RepeatVector(4)(k.Input((6, 4)))),
    Provoked("time distributed on rows", ("layer_rank",), lambda k: k.layers.TimeDistributed(k.layers.Dense(3))(k.Input((6,)))),
    Provoked("two lstms", ("layer_rank",), lambda k: k.Sequential([k.Input((5, 3)), k.layers.LSTM(6), k.layers.LSTM(7)])),
    Provoked("convlstm", ("layer_rank",), lambda k: k.layers.ConvLSTM2D(4, 3)(k.Input((6, 7, 8)))),
    Provoked("permute", ("layer_rank",), lambda k: k.layers.Permute((2, 1, 3))(k.Input((6, 7)))),
    Provoked("rows for a sequential", ("layer_rank", "data_rank"), lambda k: predict(k, [k.Input((5, 3)), k.layers.LSTM(6)], zeros(9, 5))),
    Provoked("rows for a functional", ("layer_rank", "data_rank"), lambda k: functional(k).predict(zeros(9, 5), verbose=0)),
    Provoked("features of a functional", ("data_size",), lambda k: functional(k).predict(zeros(9, 5, 4), verbose=0)),
    Provoked("features behind a flatten", ("data_size",),
             lambda k: predict(k, [k.Input((5, 3)), k.layers.Flatten(), k.layers.Dense(2)], zeros(9, 5, 4))),
    Provoked("dense built for 9", ("data_size", "operand_sizes"), lambda k: second_call(k, k.layers.Dense(4), (9,), (7,))),
    Provoked("samples of x and y", ("data_size",), lambda k: fit(k, [k.Input((3,)), k.layers.Dense(1)], zeros(10, 3), zeros(9, 1))),
    Provoked("channels of a conv", ("channels", "data_size"), lambda k: predict(k, [k.Input((5, 3)), k.layers.Conv1D(4, 2)], zeros(9, 5, 4))),
    Provoked("channels of a built conv", ("channels",), lambda k: second_call(k, k.layers.Conv1D(4, 2), (9, 3), (9, 7))),
    Provoked("features of an lstm", ("operand_sizes", "data_size"), lambda k: predict(k, [k.Input((None, 3)), k.layers.LSTM(4)], zeros(9, 5, 4))),
    Provoked("one-hot wanted", ("target_shape",),
             lambda k: fit(k, [k.Input((3,)), k.layers.Dense(4)], zeros(10, 3), zeros(10, 1), "categorical_crossentropy")),
    Provoked("other classes", ("target_shape",),
             lambda k: fit(k, [k.Input((3,)), k.layers.Dense(4)], zeros(10, 3), zeros(10, 5), "categorical_crossentropy")),
    Provoked("labels wanted", ("target_shape",),
             lambda k: fit(k, [k.Input((3,)), k.layers.Dense(4)], zeros(10, 3), zeros(10, 4), "sparse_categorical_crossentropy")),
    Provoked("label out of range", ("target_shape",),
             lambda k: fit(k, [k.Input((3,)), k.layers.Dense(4, activation="softmax")], zeros(10, 3), zeros(10, 1) + 7,
                           "sparse_categorical_crossentropy")),
    Provoked("steps of the target", ("target_shape", "operand_sizes"),
             lambda k: fit(k, [k.Input((6, 3)), k.layers.LSTM(5, return_sequences=True)], zeros(10, 6, 3), zeros(10, 4, 5))),
    Provoked("conv1d too long", ("kernel_exceeds_steps",), lambda k: k.layers.Conv1D(4, 5)(k.Input((3, 7)))),
    Provoked("conv2d too long", ("kernel_exceeds_steps",), lambda k: k.layers.Conv2D(4, 5)(k.Input((3, 9, 7)))),
    Provoked("dilated too long", ("kernel_exceeds_steps",), lambda k: k.layers.Conv1D(4, 3, dilation_rate=4)(k.Input((7, 7)))),
    Provoked("max pooling too long", ("kernel_exceeds_steps",), lambda k: k.layers.MaxPooling1D(5)(k.Input((3, 7)))),
    Provoked("pool of pictures", ("kernel_exceeds_steps",), lambda k: k.layers.MaxPooling2D((2, 2))(k.Input((1, 8, 7)))),
    Provoked("concatenate", ("merge_shapes",), lambda k: k.layers.Concatenate()([k.Input((5, 3)), k.Input((6, 4))])),
    Provoked("concatenate ranks", ("merge_shapes",), lambda k: k.layers.Concatenate()([k.Input((5, 3)), k.Input((4,))])),
    Provoked("add", ("merge_shapes", "operand_sizes"), lambda k: k.layers.Add()([k.Input((5,)), k.Input((6,))])),
    Provoked("dot", ("merge_shapes",), lambda k: k.layers.Dot(axes=1)([k.Input((5, 3)), k.Input((6, 3))])),
    Provoked("add of one", ("input_count",), lambda k: k.layers.Add()(k.Input((5,)))),
    Provoked("one array for two inputs", ("input_count",), lambda k: two_inputs(k).predict(zeros(3, 5), verbose=0)),
    Provoked("three arrays for two inputs", ("input_count",),
             lambda k: two_inputs(k).predict([zeros(3, 5), zeros(3, 6), zeros(3, 7)], verbose=0)),
    Provoked("stateful without batch", ("stateful_batch",), lambda k: k.layers.LSTM(4, stateful=True)(k.Input((5, 3)))),
    Provoked("stateful with another batch", ("stateful_batch", "data_size"),
             lambda k: predict(k, [k.Input(batch_shape=(4, 5, 3)), k.layers.LSTM(4, stateful=True)], zeros(6, 5, 3), batch_size=6)),
    Provoked("state of another width", ("initial_state", "operand_sizes"), wrong_state),
    Provoked("dense on None", ("unknown_axis",), lambda k: k.layers.Dense(3)(k.Input((None,)))),
    Provoked("conv1d on None", ("unknown_axis",), lambda k: k.layers.Conv1D(3, 2)(k.Input((5, None)))),
    Provoked("lstm on None", ("unknown_axis",), lambda k: k.layers.LSTM(3)(k.Input((5, None)))),
    Provoked("batch normalization on None", ("unknown_axis",), lambda k: k.layers.BatchNormalization()(k.Input((5, None)))),
    Provoked("dense behind open steps", ("unknown_axis",),
             lambda k: k.Sequential([k.Input((None, 4)), k.layers.Flatten(), k.layers.Dense(3)])),
    Provoked("unroll of open steps", ("unknown_axis",), lambda k: k.layers.LSTM(3, unroll=True)(k.Input((None, 4))), "tf_keras"),
    Provoked("weight with the batch", ("unknown_axis",), lambda k: batch_weight(k, lambda shape: shape)(k.Input((16,)))),
    Provoked("weight of another width", ("operand_sizes",), lambda k: batch_weight(k, lambda shape: (7,))(k.Input((16,)))),
    Provoked("an id too large", ("embedding_range",), lambda k: k.layers.Embedding(10, 4)(np.array([[3, 12]]))),
    Provoked("weights of another shape", ("weights_shape",), lambda k: embedding(k).set_weights([zeros(9, 4)])),
    Provoked("number of weights", ("weights_shape",), lambda k: embedding(k).set_weights([zeros(10, 4), zeros(3)])),
    Provoked("assigned weights", ("weights_shape",), lambda k: embedding(k).embeddings.assign(zeros(9, 4))),
    Provoked("reshape layer", ("reshape",), lambda k: k.layers.Reshape((4, 5))(k.Input((7, 3)))),
    Provoked("reshape with -1", ("reshape",), lambda k: k.layers.Reshape((-1, 5))(k.Input((7, 3)))),
    Provoked("reshape in numpy", ("reshape",), lambda k: zeros(10, 3).reshape(4, 5)),
    Provoked("reshape in tensorflow", ("reshape",), lambda k: tf.reshape(tf.zeros((10, 3)), (4, 5))),
    Provoked("rows of two lengths", ("ragged_data",), lambda k: np.array([[1, 2], [3]])),
    Provoked("rows of two lengths as objects", ("ragged_data",),
             lambda k: predict(k, [k.Input((2,)), k.layers.Dense(1)], np.array([[1, 2], [3]], dtype=object))),
    Provoked("rows of two lengths as a tensor", ("ragged_data",), lambda k: tf.constant([[1, 2], [3]])),
    Provoked("an unknown argument", ("old_argument",), lambda k: k.layers.LSTM(4, nb_x=3)),
    Provoked("nb_filter", ("old_argument",), lambda k: k.layers.Conv1D(nb_filter=4, filter_length=3)),
    Provoked("output_dim", ("old_argument",), lambda k: k.layers.Dense(output_dim=4)),
    Provoked("input_length", ("old_argument",), lambda k: k.layers.LSTM(4, input_length=3), "keras"),
    Provoked("predict_classes", ("old_argument",), lambda k: k.Sequential([k.Input((2,))]).predict_classes(zeros(3, 2))),
    Provoked("nb_epoch", ("old_argument",), lambda k: fit(k, [k.Input((2,)), k.layers.Dense(1)], zeros(3, 2), zeros(3, 1), nb_epoch=3)),
    Provoked("an input that is a number", ("old_argument",), lambda k: k.Input(shape=784), "keras"),
    Provoked("three of a gru's two", ("output_count",), lambda k: unpack_three(k.layers.GRU(4, return_state=True)(tf.zeros((2, 5, 3))))),
    Provoked("two of one", ("output_count",), lambda k: unpack_two(k.layers.LSTM(4, return_sequences=True)(tf.zeros((9, 5, 3))))),
    Provoked("states in a sequential", ("output_count", "input_count"),
             lambda k: k.Sequential([k.Input((5, 3)), k.layers.LSTM(4, return_state=True), k.layers.Dense(2)])),
    Provoked("matmul", ("operand_sizes",), lambda k: tf.matmul(tf.zeros((3, 4)), tf.zeros((5, 6)))),
    Provoked("numpy dot", ("operand_sizes",), lambda k: zeros(3, 4).dot(zeros(5, 6))),
    Provoked("numpy @", ("operand_sizes",), lambda k: zeros(3, 4) @ zeros(5, 6)),
    Provoked("numpy sum", ("operand_sizes",), lambda k: zeros(3, 4) + zeros(5, 6)),
    Provoked("tensor sum", ("operand_sizes",), lambda k: tf.zeros((3, 4)) + tf.zeros((5, 6))),
    Provoked("numpy concatenate", ("merge_shapes",), lambda k: np.concatenate([zeros(3, 4), zeros(3, 5)])),
    Provoked("tensor concatenate", ("merge_shapes",), lambda k: tf.concat([tf.zeros((3, 4)), tf.zeros((3, 5))], 0)),
    Provoked("tensor stack", ("merge_shapes",), lambda k: tf.stack([tf.zeros((3, 4)), tf.zeros((3, 5))])),
)  # fmt: skip

PACKAGES = ("keras", "tf_keras")
ALL = [(package, entry) for package in PACKAGES for entry in PROVOKED if entry.only in ("", package)]


def said_by(package: str, entry: Provoked) -> str:
    """What is printed when the mistake is made."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            entry.run(import_module(package))
        except Exception as error:
            return f"{type(error).__name__}: {error}"
    raise AssertionError(f"{package} accepts {entry.name}")


@pytest.mark.parametrize(("package", "entry"), ALL, ids=[f"{p}: {e.name}" for p, e in ALL])
def test_a_mistake_made_live_is_recognised(package: str, entry: Provoked) -> None:
    message = said_by(package, entry)
    found = read(message)
    assert found.kind == "error", message
    assert found.mistake in entry.mistakes, message
    assert found.cause
    assert found.fixes


def test_the_two_packages_say_different_things() -> None:
    """Else the older wordings wouldn't be tested."""
    both = [entry for entry in PROVOKED if not entry.only][:10]
    assert sum(said_by("keras", entry) != said_by("tf_keras", entry) for entry in both) >= 8
