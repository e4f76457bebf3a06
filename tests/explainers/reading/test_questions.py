"""Questions in words: one sentence, and a live model of the sizes that are in the question."""

from __future__ import annotations

import math

import keras
import pytest

from explainers.reading.diagnosing import Diagnosis, diagnose


def asked(text: str) -> Diagnosis:
    found = diagnose(text)
    assert found.kind == "question", found.kind
    return found


@pytest.mark.parametrize(("layer", "units", "features"), [("LSTM", 21, 6), ("GRU", 13, 4), ("SimpleRNN", 17, 3)])
def test_how_many_parameters(layer: str, units: int, features: int) -> None:
    count = keras.Sequential([keras.Input((None, features)), getattr(keras.layers, layer)(units)]).count_params()
    found = asked(f"How many parameters does {layer}({units}) have with {features} features?")
    assert f"{count:,}" in found.cause
    assert found.model is not None
    assert found.model["total_params"] == count


@pytest.mark.parametrize(("samples", "batch"), [(105, 10), (1234, 32), (64, 64)])
def test_batches_of_an_epoch(samples: int, batch: int) -> None:
    found = asked(f"How many batches per epoch with {samples} samples and LSTM batch size {batch}?")
    assert str(math.ceil(samples / batch)) in found.cause


def test_what_none_means() -> None:
    found = asked("What does None mean in (None, 19, 5)?")
    assert "None" in found.cause
    assert {"19", "5"} <= set(found.cause.replace(",", " ").replace(")", " ").replace("(", " ").split())


def test_two_axes_for_a_recurrent_layer_have_two_readings() -> None:
    found = asked("My array has shape (950, 21). What input_shape does an LSTM need?")
    assert "(950, 21, 1)" in found.cause
    assert "(n, 21)" in found.cause
    assert found.model is not None
    assert [axis["size"] for axis in found.model["layers"][0]["outputs"][0]] == [None, 21, 1]


def test_a_question_that_is_not_understood_offers_what_is() -> None:
    found = asked("my lstm timesteps are confusing, nb_samples too, help?")
    assert found.cause
    assert found.mistake is None
    assert "nothing of Keras" not in found.cause
