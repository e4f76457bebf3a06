"""Data in which only the first axis is in the way: a fixed batch, a missing one, one row that was read as many."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from explainers.reading.diagnosing import diagnose


@pytest.mark.parametrize(("batch", "samples"), [(64, 10), (128, 1)])
def test_a_fixed_batch_is_filled_up_or_left_out(batch: int, samples: int) -> None:
    found = diagnose(
        f"ValueError: Error when checking : expected lstm_1_input to have shape ({batch}, 15, 7) but got array with "
        f"shape ({samples}, 15, 7)"
    )
    first, second = found.fixes[:2]
    model = keras.Sequential([keras.Input(batch_shape=(batch, 15, 7)), keras.layers.LSTM(4)])
    names = {"np": np, "model": model, "x": np.ones((samples, 15, 7), "float32")}
    exec(first.code, names)
    prediction = names["prediction"]
    assert isinstance(prediction, np.ndarray)
    assert prediction.shape == (samples, 4)
    assert second.code.startswith("keras.Input(shape=(15, 7))")
    assert not any("images" in fix.label for fix in found.fixes)


def test_one_volume_with_its_channels_in_front_gets_its_batch() -> None:
    found = diagnose(
        "> DEBUG: testing current_batch: (128, 3, 12, 13, 14)\n"
        "ValueError: Error when checking : expected in1 to have 5 dimensions, but got array with shape (3, 12, 13, 14)"
    )
    assert found.fixes[0].code == "x = x[np.newaxis]"
    assert "(1, 3, 12, 13, 14)" in found.fixes[0].means


def test_one_row_of_numbers_is_one_sample_where_the_number_of_samples_is_open() -> None:
    found = diagnose(
        "WARNING:tensorflow:Model was constructed with shape (None, 5) for input Tensor, but it was called on an input "
        "with incompatible shape (None, 1)."
    )
    assert found.fixes[0].label == "Put the batch axis in front, if this is one sample."
    assert found.fixes[0].tried is not None
    assert found.fixes[0].tried.ran
