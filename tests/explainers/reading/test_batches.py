"""Whether a model takes data, batch by batch: as Keras' own `fit` and `predict` decide."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from explainers.core.spec import Check
from explainers.reading.batches import takes_all
from explainers.reading.build import build, run_check
from explainers.reading.diagnosing import read


def _model(batch: int | None = None) -> keras.Model:
    model = keras.Sequential(
        [keras.Input((7, 5), batch_size=batch), keras.layers.LSTM(4, stateful=batch is not None), keras.layers.Dense(3)]
    )
    model.compile("sgd", "mse", run_eagerly=True)
    return model


@pytest.mark.parametrize(
    ("batch", "x", "y"),
    [
        (None, (35, 7, 5), (35, 3)),
        (None, (6, 7, 5), (6, 2)),
        (None, (6, 7, 8), (6, 3)),
        (None, (6, 7, 5), (9, 3)),
        (4, (10, 7, 5), (10, 3)),
    ],
)
def test_it_takes_what_fit_and_predict_take(batch: int | None, x: tuple[int, ...], y: tuple[int, ...]) -> None:
    data: Any = (np.zeros(x, "float32"), np.zeros(y, "float32"))
    assert takes_all(_model(batch), data, batch) == _passes(lambda: _model(batch).fit(*data, batch, verbose=0))
    assert takes_all(_model(batch), data[:1], batch) == _passes(lambda: _model(batch).predict(data[0], batch, 0))


def _passes(work: Any) -> bool:
    try:
        work()
    except Exception:  # of Keras, or of TensorFlow where an operation refuses
        return False
    return True


def test_what_fails_is_said_by_fit_itself() -> None:
    """Its words for numbers of samples that differ are those of no single batch."""
    with pytest.raises(ValueError, match=r"Data cardinality is ambiguous[\s\S]*'x' sizes: 6\n'y' sizes: 9"):
        run_check(_model(), Check("fit", ((6, 7, 5),), ((9, 3),)))


def test_the_model_is_left_as_it_was() -> None:
    model = _model()
    model.run_eagerly = False
    assert takes_all(model, (np.zeros((6, 7, 5), "float32"),), None)
    assert (model.run_eagerly, model.predict_function) == (False, None)


def test_an_old_full_border_in_a_sequential_is_built() -> None:
    """It is two layers in one, which no Sequential takes: the model is a Functional one then."""
    spec = read('m = Sequential()\nm.add(Conv1D(6, 4, border_mode="full", input_shape=(19, 3)))\n').spec
    assert spec is not None
    model = build(spec)
    assert model.output_shape == (None, 22, 6)
