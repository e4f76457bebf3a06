"""Every axis rule against live Keras layers, over many sizes. A rule that disagrees raises RuleError."""

from __future__ import annotations

from dataclasses import replace

import keras
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import layers, ops

from explainers.core.axes import names, sizes
from explainers.core.inspection import inspect_model
from explainers.core.layers import SHEETS, convolved
from explainers.core.rules import RuleError

SEQUENCE = (7, 3)  # timesteps, features; all sizes in this file differ pairwise


def look(layer, shape=SEQUENCE, dtype="float32", run=True):
    """One layer on one Input, inspected; returns the layer's entry."""

    def build():
        x = keras.Input(shape, name="x", dtype=dtype)
        return keras.Model(x, layer(x), name="m")

    return inspect_model(build, run=run).layers[-1]


def rows(found):
    return [list(zip(names(shape), sizes(shape), strict=True)) for shape in found.outputs]


BATCH = ("batch", None)
CASES = {
    "simple_rnn": (lambda: layers.SimpleRNN(4, name="l"), [[BATCH, ("units", 4)]]),
    "lstm sequences": (
        lambda: layers.LSTM(4, return_sequences=True, name="l"),
        [[BATCH, ("timesteps", 7), ("units", 4)]],
    ),
    "lstm state": (lambda: layers.LSTM(4, return_state=True, name="l"), [[BATCH, ("units", 4)]] * 3),
    "gru": (lambda: layers.GRU(4, name="l"), [[BATCH, ("units", 4)]]),
    "gru before": (lambda: layers.GRU(4, reset_after=False, name="l"), [[BATCH, ("units", 4)]]),
    "stacked cells": (
        lambda: layers.RNN([layers.LSTMCell(4), layers.GRUCell(5)], return_state=True, name="l"),
        [[BATCH, ("units", 5)], [BATCH, ("units", 4)], [BATCH, ("units", 4)], [BATCH, ("units", 5)]],
    ),
    "rnn of a cell": (lambda: layers.RNN(layers.SimpleRNNCell(4), name="l"), [[BATCH, ("units", 4)]]),
    "bidirectional": (lambda: layers.Bidirectional(layers.LSTM(4), name="l"), [[BATCH, ("2 × units", 8)]]),
    "time distributed": (
        lambda: layers.TimeDistributed(layers.Dense(5), name="l"),
        [[BATCH, ("timesteps", 7), ("units", 5)]],
    ),
    "dense": (lambda: layers.Dense(5, name="l"), [[BATCH, ("rows", 7), ("units", 5)]]),
    "flatten": (lambda: layers.Flatten(name="l"), [[BATCH, ("rows × columns", 21)]]),
    "permute": (lambda: layers.Permute((2, 1), name="l"), [[BATCH, ("columns", 3), ("rows", 7)]]),
    "reshape flat": (lambda: layers.Reshape((21,), name="l"), [[BATCH, ("rows × columns", 21)]]),
    "reshape more": (
        lambda: layers.Reshape((7, 3, 1), name="l"),
        [[BATCH, ("rows", 7), ("columns", 3), ("1", 1)]],
    ),
    "reshape open": (lambda: layers.Reshape((-1,), name="l"), [[BATCH, ("rows × columns", 21)]]),
    "conv": (lambda: layers.Conv1D(4, 3, name="l"), [[BATCH, ("steps", 5), ("filters", 4)]]),
    "conv same": (lambda: layers.Conv1D(4, 5, padding="same", name="l"), [[BATCH, ("steps", 7), ("filters", 4)]]),
    "conv causal": (
        lambda: layers.Conv1D(4, 5, padding="causal", strides=2, name="l"),
        [[BATCH, ("steps", 4), ("filters", 4)]],
    ),
    "conv groups": (lambda: layers.Conv1D(6, 2, groups=3, name="l"), [[BATCH, ("steps", 6), ("filters", 6)]]),
    "max pooling": (lambda: layers.MaxPooling1D(2, name="l"), [[BATCH, ("steps", 3), ("channels", 3)]]),
    "average pooling": (
        lambda: layers.AveragePooling1D(2, strides=1, padding="same", name="l"),
        [[BATCH, ("steps", 7), ("channels", 3)]],
    ),
    "global average": (lambda: layers.GlobalAveragePooling1D(name="l"), [[BATCH, ("channels", 3)]]),
    "global max": (
        lambda: layers.GlobalMaxPooling1D(keepdims=True, name="l"),
        [[BATCH, ("steps", 1), ("channels", 3)]],
    ),
    "zero padding": (lambda: layers.ZeroPadding1D((1, 4), name="l"), [[BATCH, ("steps", 12), ("channels", 3)]]),
    "cropping": (lambda: layers.Cropping1D((1, 2), name="l"), [[BATCH, ("steps", 4), ("channels", 3)]]),
    "upsampling": (lambda: layers.UpSampling1D(2, name="l"), [[BATCH, ("steps", 14), ("channels", 3)]]),
    "batch normalization": (
        lambda: layers.BatchNormalization(name="l"),
        [[BATCH, ("rows", 7), ("columns", 3)]],
    ),
    "layer normalization": (
        lambda: layers.LayerNormalization(axis=[1, 2], name="l"),
        [[BATCH, ("rows", 7), ("columns", 3)]],
    ),
    "dropout": (lambda: layers.Dropout(0.5, name="l"), [[BATCH, ("rows", 7), ("columns", 3)]]),
    "activation": (lambda: layers.Activation("relu", name="l"), [[BATCH, ("rows", 7), ("columns", 3)]]),
    "masking": (lambda: layers.Masking(name="l"), [[BATCH, ("rows", 7), ("columns", 3)]]),
}


@pytest.mark.parametrize("case", CASES)
def test_names_every_axis(case):
    make, expected = CASES[case]
    found = look(make())
    assert found.known
    assert rows(found) == expected


def test_embedding_adds_an_axis():
    found = look(layers.Embedding(11, 5, name="l"), (7,), "int32")
    assert rows(found) == [[BATCH, ("timesteps", 7), ("features", 5)]]
    assert [names(weight.shape) for weight in found.weights] == [("input_dim", "output_dim")]


def test_repeat_vector_makes_timesteps():
    assert rows(look(layers.RepeatVector(6, name="l"), (3,))) == [[BATCH, ("timesteps", 6), ("features", 3)]]


@pytest.mark.parametrize(
    ("merge_mode", "expected"),
    [
        ("concat", [[BATCH, ("2 × units", 8)]]),
        ("sum", [[BATCH, ("units", 4)]]),
        ("mul", [[BATCH, ("units", 4)]]),
        ("ave", [[BATCH, ("units", 4)]]),
        (None, [[BATCH, ("units", 4)], [BATCH, ("units", 4)]]),
    ],
)
def test_bidirectional_in_every_merge_mode(merge_mode, expected):
    assert rows(look(layers.Bidirectional(layers.GRU(4), merge_mode=merge_mode, name="l"))) == expected


def test_weights_are_named_by_their_role():
    found = look(layers.LSTM(4, name="l"))
    assert [(w.name, w.formula, w.numbers, w.count) for w in found.weights] == [
        ("kernel", "features × 4 × units", "3 × 4 × 4", 48),
        ("recurrent_kernel", "units × 4 × units", "4 × 4 × 4", 64),
        ("bias", "4 × units", "4 × 4", 16),
    ]
    assert found.weights[0].gates == ("input", "forget", "cell", "output")
    assert found.weights[0].shape[1].sources == ("l.units",)


def test_gru_has_two_biases_with_reset_after():
    found = look(layers.GRU(4, name="l"))
    assert names(found.weights[2].shape) == ("input and recurrent", "3 × units")
    assert found.weights[2].count == 2 * 3 * 4


def test_a_merge_names_what_it_joins():
    def build():
        a, b = keras.Input((7, 3), name="a"), keras.Input((7, 1), name="b")
        return keras.Model([a, b], layers.Concatenate(name="c")([a, b]), name="m")

    found = inspect_model(build, {"a": "batch timesteps features", "b": "batch|timesteps|elapsed time"})
    assert rows(found.layers[-1]) == [[BATCH, ("timesteps", 7), ("features + elapsed time", 4)]]


def test_two_states_side_by_side_are_two_units():
    def build():
        x = keras.Input(SEQUENCE, name="x")
        _, h, c = layers.LSTM(4, return_state=True, name="lstm")(x)
        return keras.Model(x, layers.Concatenate(name="c")([h, c]), name="m")

    assert rows(inspect_model(build).layers[-1]) == [[BATCH, ("2 × units", 8)]]


@pytest.mark.parametrize("merge", [layers.Add, layers.Multiply, layers.Subtract, layers.Average, layers.Maximum])
def test_element_by_element_a_one_stretches(merge):
    def build():
        a, b = keras.Input((7, 3), name="a"), keras.Input((7, 1), name="b")
        return keras.Model([a, b], merge(name="m")([a, b]), name="model")

    assert rows(inspect_model(build).layers[-1]) == [[BATCH, ("rows", 7), ("columns", 3)]]


def test_a_model_inside_a_model():
    def build():
        inner_input = keras.Input(SEQUENCE, name="inner_input")
        inner = keras.Model(inner_input, layers.LSTM(4, name="lstm")(inner_input), name="inner")
        x = keras.Input(SEQUENCE, name="x")
        return keras.Model(x, layers.Dense(5, name="dense")(inner(x)), name="m")

    found = inspect_model(build)
    inner = next(layer for layer in found.layers if layer.name == "inner")
    assert rows(inner) == [[BATCH, ("units", 4)]]
    assert found.total_params == 4 * (3 * 4 + 4 * 4 + 4) + 4 * 5 + 5


class Nobody(layers.Layer):
    """A layer that no rule knows, and that can't be followed: it needs values."""

    def call(self, inputs):
        return ops.convert_to_tensor(tf.transpose(inputs, [0, 1, 2]))[:, :, :2]


def test_of_a_layer_without_a_rule_sizes_show_what_they_can():
    found = look(Nobody(name="l"))
    assert not found.known
    assert rows(found) == [[BATCH, ("same size as rows", 7), ("axis 2", 2)]]
    assert found.why == "Nobody has no rule here: an axis keeps its name where its size identifies it."


class Gate(layers.Layer):
    """A class of somebody's own that calls Keras' layers, keeps what it saw, and adds a loss."""

    def __init__(self, units, **options):
        super().__init__(**options)
        self.units, self.inner = units, layers.Dense(units, name="inner")
        self.seen = None

    def build(self, shape):
        self.inner.build(shape)
        self.scale = self.add_weight(shape=(self.units,), name="scale")

    def call(self, inputs):
        self.seen = self.inner(inputs)
        self.add_loss(ops.mean(self.seen))
        return ops.transpose(self.seen * self.scale, (0, 2, 1))


def test_a_layer_without_a_rule_is_followed_inside_and_left_as_it_was():
    gate, x = Gate(5, name="gate"), keras.Input(SEQUENCE, name="x")
    model = keras.Model(x, gate(x))
    before = (gate.seen, len(gate.inner._inbound_nodes), len(gate.losses))
    found = inspect_model(lambda: model, run=False).layers[-1]
    assert rows(found) == [[BATCH, ("units", 5), ("rows", 7)]]
    assert {weight.name: weight.formula for weight in found.weights} == {
        "kernel": "features × units", "bias": "units", "scale": "units",
    }  # fmt: skip
    assert (gate.seen, len(gate.inner._inbound_nodes), len(gate.losses)) == before


def test_a_rule_that_disagrees_with_the_live_layer_fails_loudly(monkeypatch):
    monkeypatch.setitem(SHEETS, "Dense", replace(SHEETS["Dense"], rule=SHEETS["Dropout"].rule))
    with pytest.raises(RuleError, match=r"Dense l: the rule says .*\(None, 7, 3\).* the live model .*\(None, 7, 5\)"):
        look(layers.Dense(5, name="l"))


PADDINGS = st.sampled_from(["valid", "same", "causal"])


@given(st.integers(1, 60), st.integers(1, 9), st.integers(1, 4), PADDINGS, st.integers(1, 3))
@settings(max_examples=60)
def test_the_length_after_a_convolution(steps, kernel_size, strides, padding, dilation_rate):
    """The formula against Keras' own shape computation, over the whole range."""
    strides = 1 if dilation_rate > 1 else strides  # Keras refuses both at once
    layer = layers.Conv1D(2, kernel_size, strides, padding, dilation_rate=dilation_rate)
    ours = convolved(steps, kernel_size, strides, padding, dilation_rate)
    if ours <= 0:
        with pytest.raises(ValueError, match="zero or negative"):
            layer.compute_output_shape((None, steps, 3))
    else:
        assert layer.compute_output_shape((None, steps, 3)) == (None, ours, 2)
