"""What each layer does in two or three words: of its rule where it has some, else of its shapes."""

from __future__ import annotations

from typing import Any

import keras
import pytest
from keras import layers

from explainers.core.inspection import inspect_model
from explainers.core.registry import all_explainers
from tests.explained import explained

LONGEST = 34  # characters that an arrow has room for, on two lines


def verb(layer: Any, *shape: int | None) -> str:
    given = keras.Input(shape, name="given")
    return inspect_model(lambda: keras.Model(given, layer(given), name="one"), run=False).layers[-1].verb


@pytest.mark.parametrize(
    ("layer", "shape", "said"),
    [
        (layers.LSTM(4, return_sequences=True), (9, 3), "keeps every step"),
        (layers.GRU(4), (9, 3), "last step only"),
        (layers.Bidirectional(layers.LSTM(4)), (9, 3), "both ways, last step only"),
        (layers.Conv1D(5, 3), (9, 4), "reads 3 steps"),
        (layers.Conv1D(5, 1), (9, 4), "reads 1 step"),
        (layers.Conv2D(5, (3, 2)), (9, 8, 4), "reads 3×2"),
        (layers.MaxPooling1D(2), (9, 4), "largest of 2"),
        (layers.AveragePooling2D(3), (9, 8, 4), "average of 3×3"),
        (layers.GlobalMaxPooling1D(), (9, 4), "largest over all"),
        (layers.Flatten(), (9, 4), "joins all axes"),
        (layers.Dense(5), (9, 4), "mixes features"),
        (layers.RepeatVector(6), (4,), "copies 6 times"),
        (layers.Embedding(90, 5), (9,), "looks up each id"),
        (layers.Dropout(0.2), (9, 4), "keeps the shape"),  # its shapes say so
    ],
)
def test_what_a_layer_does(layer: Any, shape: tuple[int | None, ...], said: str) -> None:
    assert verb(layer, *shape) == said


def test_a_layer_of_ones_own_is_told_by_its_shapes() -> None:
    @keras.saving.register_keras_serializable("tests")
    class Twice(layers.Layer):
        def call(self, x: Any) -> Any:
            return keras.ops.concatenate([x, x], axis=-1)

    assert verb(Twice(name="twice"), 9, 4) == "changes the last axis"


@pytest.mark.parametrize("name", all_explainers())
def test_every_layer_of_every_lesson_says_a_word(name: str) -> None:
    for layer in explained(name).inspection.layers:
        assert bool(layer.verb) == (layer.class_name != "InputLayer"), layer.name
        assert len(layer.verb) <= LONGEST
