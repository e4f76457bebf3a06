"""A question next to code that runs: what the live layer does is told first."""

from __future__ import annotations

import pytest

from explainers.reading.asked_of_code import NO_MISTAKE
from explainers.reading.diagnosing import diagnose

CODE = """
model = keras.Sequential([
    keras.Input((27, 21, 2)), layers.Conv2D(13, 5, strides=2), layers.Flatten(), layers.Dense(6)])
model.compile("adam", "mse")
"""
CONV = "conv2d (Conv2D) turns (None, 27, 21, 2) into (None, 12, 9, 13) and has 663 parameters"
DENSE = "dense (Dense) turns (None, 1404) into (None, 6) and has 8,430 parameters"


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        ("What is the output shape of the conv layer here?", CONV),
        ("Can anyone explain why I get (None, 12, 9, 13)?", CONV),
        ("I don't understand the 663", CONV),
        ("why is the output of the last layer like that", DENSE),
        ("Why does Dense have 8,430 parameters?", DENSE),
    ],
)
def test_the_layer_that_is_asked_about_is_told(question: str, verdict: str) -> None:
    found = diagnose(f"{question}\n{CODE}")
    assert found.mistake is None
    assert found.verdict == verdict
    assert found.cause.endswith(NO_MISTAKE)


def test_what_a_count_is_made_of_comes_from_the_live_weights() -> None:
    found = diagnose(f"{CODE}\nHow do the 663 parameters come about?")
    assert "Its parameters: kernel 5 × 5 × 2 × 13 = 650, bias 13." in found.cause
    found = diagnose(f"Why does it have 9,093 parameters?\n{CODE}")
    assert found.verdict == "No mistake found in the shapes of this code"
    assert "dense: kernel 1,404 × 6 = 8,424, bias 6." in found.cause


def test_none_is_the_batch() -> None:
    found = diagnose(f"What does None mean in the summary of this?\n{CODE}")
    assert found.cause.startswith("The None in front is the batch: it stays open until data arrive.")


@pytest.mark.parametrize("words", ["This is my model for the conv task.", "Here is the code:", ""])
def test_nothing_asked_is_told_as_before(words: str) -> None:
    found = diagnose(f"{words}\n{CODE}")
    assert found.verdict == "No mistake found in the shapes of this code"
    assert found.cause == "The model has 9,093 parameters: conv2d 663, dense 8,430."


def test_a_mistake_comes_before_the_question() -> None:
    found = diagnose(f"Why does Conv2D not work?\n{CODE}model.fit(np.zeros((30, 27, 21)), np.zeros((30, 6)))")
    assert found.mistake is not None
    assert NO_MISTAKE not in found.cause


def test_a_number_of_the_code_is_explained_on_the_data_of_the_code() -> None:
    code = "model = keras.Sequential([keras.Input((9, 4)), layers.LSTM(11)])"
    found = diagnose(f"{code}\nWhat does the 11 mean?")
    assert found.cause.startswith("11 is units of the LSTM.")
    assert "turns (None, 9, 4) into (None, 11), with 704 parameters" in found.cause


def test_the_last_output_is_a_row_of_units() -> None:
    code = "model = keras.Sequential([keras.Input((9, 4)), layers.GRU(11)])"
    found = diagnose(f"{code}\nWhy is the output of the GRU (None, 11) and not one number?")
    assert "a row of 11 numbers for each sample, one for each of its units" in found.cause
