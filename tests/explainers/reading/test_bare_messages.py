"""A message alone, without code: where it carries its shapes or names, its model is made live and the fix is tried."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest

from explainers.reading.diagnosing import diagnose

layers: Any = keras.layers


def _small() -> Any:
    return keras.Sequential([keras.Input((5,)), layers.Dense(4)])


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (lambda: _small().predict_classes(np.zeros((2, 5))), "model.predict(x).argmax(axis=-1)"),
        (lambda: _small().fit_generator(None), "model.fit(generator"),
        (lambda: _small().fit(np.zeros((2, 5)), np.zeros((2, 4)), nb_epoch=3), "epochs=…"),
        (lambda: keras.Model(input=1, output=2), "keras.Model(inputs=…, outputs=…)"),
        (lambda: layers.LSTM(4, input_length=9), "keras.Input(shape=(…))\nlayers.LSTM(…)"),
        (lambda: layers.LSTM(4, consume_less="gpu"), "layers.LSTM(…)"),
        (lambda: layers.Conv1D(12, 3, border_mode="same"), "layers.Conv1D(…, padding=…)"),
        (lambda: layers.CuDNNLSTM(7), "layers.LSTM(units)"),
        (lambda: layers.TimeDistributedDense(7), "layers.Dense(units)"),
        (lambda: layers.Reshape((4, 5))(keras.Input((7, 3))), "layers.Flatten()\nlayers.Dense(20)"),
        (lambda: np.array([[1, 2], [3]], "float32"), "keras.utils.pad_sequences(x)"),
    ],
)
def test_the_fix_of_a_message_was_tried(wrong: Callable[[], object], code: str) -> None:
    with pytest.raises(Exception) as raised:  # noqa: PT011  (whatever Keras, Python and NumPy raise is the text)
        wrong()
    found = diagnose(f"{type(raised.value).__name__}: {raised.value}")
    first = found.fixes[0]
    assert code in first.code
    assert first.tried is not None
    assert first.tried.ran


def test_a_value_count_that_holds_the_wanted_one_several_times_is_cut_into_samples() -> None:
    found = diagnose("Input to reshape is a tensor with 5600 values, but the requested shape has 1400")
    assert found.fixes[0].code == "x.reshape((-1, 1400))"
    assert found.fixes[0].tried is not None
    assert found.fixes[0].tried.output == np.zeros(5600).reshape((-1, 1400)).shape


def test_labels_in_rows_beside_a_sparse_loss_have_as_many_classes_as_columns() -> None:
    found = diagnose(
        "ValueError: Error when checking target: expected softmax_1 to have shape (1,) but got array with shape (6,)\n"
        "loss='sparse_categorical_crossentropy'"
    )
    assert found.spec is not None
    assert found.spec.layers[-1].get("units") == 6
    assert [fix.code for fix in found.fixes if fix.tried] == [
        'loss="categorical_crossentropy"',
        "y = y.argmax(axis=-1)",
    ]


BACKEND = """
from keras import backend as K, layers, Input, Model
i = Input((17, 6))
h = layers.GRU(9, return_sequences=True)(i)
m = Model(i, layers.Lambda(lambda t: K.permute_dimensions(t, (0, 2, 1)))(h))
"""


def test_functions_of_the_old_backend_are_written_with_keras_ops() -> None:
    with pytest.raises(AttributeError):
        _ = keras.backend.permute_dimensions
    found = diagnose(BACKEND)
    assert found.mistake is None
    assert "keras.ops.transpose(t, (0, 2, 1))" in found.fixes[0].diff
    assert found.fixes[0].tried is not None
    assert found.fixes[0].tried.output == (None, 9, 17)
    assert diagnose(BACKEND.replace("from keras import", "from tensorflow.keras import")).fixes == ()  # they are there


OF_TF = """
import tensorflow as tf
from tensorflow.keras import layers, Model
i = layers.Input((33, 6))
x = tf.reduce_mean(layers.Dense(8)(i), axis=1)
x = layers.LSTM(12)(x)
m = Model(i, layers.Dense(2)(x))
"""


def test_a_fix_beside_functions_of_tf_runs_with_keras_ops() -> None:
    diff = diagnose(OF_TF).fixes[0].diff
    assert "+x = tf.keras.ops.mean(" in diff
    assert "RepeatVector(33)" in diff
