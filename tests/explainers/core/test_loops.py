"""Loops through time, run in part: what comes out has the shapes of the whole, and what doesn't fit still fails."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from explainers.core.loops import FIRST_STEPS, first_steps


def _shapes(outputs: Any) -> list[tuple[int, ...]]:
    return [tuple(tensor.shape) for tensor in keras.tree.flatten(outputs)]


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (keras.layers.GRU(5, return_sequences=True, return_state=True), (3, 11, 4)),
        (keras.layers.Bidirectional(keras.layers.LSTM(6, return_sequences=True)), (2, 9, 7)),
        (keras.layers.ConvLSTM2D(3, 2, go_backwards=True), (2, 8, 5, 6, 1)),
    ],
)
def test_the_shapes_are_those_of_the_whole(layer: Any, shape: tuple[int, ...]) -> None:
    inputs = keras.Input(batch_shape=shape)
    model = keras.Model(inputs, layer(inputs))
    data = np.ones(shape, "float32")
    whole = _shapes(model(data))
    with first_steps(model):
        assert _shapes(model(data)) == whole
    assert "inner_loop" not in vars(layer)


def test_only_the_first_steps_are_run() -> None:
    model = keras.Sequential([keras.Input((40, 3)), keras.layers.SimpleRNN(4)])
    data = np.random.default_rng(0).normal(size=(2, 40, 3)).astype("float32")
    begun = np.asarray(model.layers[0](data[:, :FIRST_STEPS]))
    with first_steps(model), first_steps(model):
        assert np.allclose(model(data), begun)


def test_a_mask_of_a_different_length_still_fails() -> None:
    inputs, mask = keras.Input((12, 3)), keras.Input((9,), dtype="bool")
    model = keras.Model([inputs, mask], keras.layers.LSTM(4)(inputs, mask=mask))
    data = [np.zeros((2, 12, 3), "float32"), np.ones((2, 9), bool)]
    with first_steps(model), pytest.raises(Exception, match=r"12|9"):
        model(data)
