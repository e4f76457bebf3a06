"""A loss that takes samples for columns, sums over the batch, or lays it out anew: said, and changed in place."""

from __future__ import annotations

import pytest

from explainers.reading.diagnosing import read

MESSAGE = (
    "InvalidArgumentError: Incompatible shapes: [4] vs. [20]\n\t [[Node: loss/dense_2_loss/mul = Mul[T=DT_FLOAT]]]\n"
)
PROGRAM = """
import keras
from keras import backend as K

def weighted(y_true, y_pred):
    {line}
    return wide

model = keras.Sequential([keras.Input((9,)), keras.layers.Dense(4)])
model.compile(loss=weighted, optimizer="adam")
"""


@pytest.mark.parametrize(
    ("line", "told", "better"),
    [
        ("wide = (y_true[1] - y_pred[1]) ** 2 + K.abs(y_true[3] - y_pred[3])", "y_true[1] is sample number 1",
         "wide = (y_true[:, 1] - y_pred[:, 1]) ** 2 + K.abs(y_true[:, 3] - y_pred[:, 3])"),
        ("wide = K.sqrt(K.sum(K.square(y_pred - y_true), axis=0))", "runs over the samples",
         "wide = K.sqrt(K.sum(K.square(y_pred - y_true), axis=-1))"),
        ("wide = K.reshape(y_true, [-1, 2]) - K.reshape(y_pred, [-1, 2])", "reshapes the whole batch", ""),
    ],
)  # fmt: skip
def test_a_loss_must_keep_the_samples(line: str, told: str, better: str) -> None:
    found = read(MESSAGE + PROGRAM.format(line=line))
    assert (found.mistake, found.title) == ("target_shape", "A loss that mixes the samples of a batch")
    assert told in found.cause
    assert "4 and 20 numbers meet" in found.cause
    added = [line[1:].strip() for line in found.fixes[0].diff.splitlines() if line[:1] == "+" and line[:3] != "+++"]
    assert added == ([better] if better else [])


@pytest.mark.parametrize(
    "line",
    [
        "wide = K.mean(K.square(y_pred - y_true), axis=-1)",
        "wide = K.abs(y_true[:, 0] - y_pred[:, 0])",
        "wide = K.sum(K.reshape(y_true, [-1]) * K.reshape(y_pred, [-1]))",
    ],
)
def test_a_sound_loss_is_not_blamed(line: str) -> None:
    assert read(MESSAGE + PROGRAM.format(line=line)).title != "A loss that mixes the samples of a batch"
