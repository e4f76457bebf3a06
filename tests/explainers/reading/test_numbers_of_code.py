"""What a question next to sound code says of units, neurons and counts."""

from __future__ import annotations

import pytest

from explainers.reading.diagnosing import diagnose

CODE = "model = keras.Sequential([keras.Input((21, 4)), layers.LSTM(13), layers.Dense(6)])"
OPEN = "model = keras.Sequential()\nmodel.add(layers.GRU(13))"


def test_units_are_no_chain_of_cells() -> None:
    found = diagnose(f"{CODE}\nAre these 13 cells, one after the other?")
    assert found.cause.startswith(
        "LSTM(13) is one cell that runs 21 times, once for each timestep: it isn't 13 cells in a chain."
    )
    assert "returns: (None, 13), those of the last step." in found.cause


def test_steps_that_are_an_example_are_not_counted() -> None:
    assert "is one cell that runs once for each timestep" in diagnose(f"{OPEN}\nHow many cells is that?").cause


@pytest.mark.parametrize(
    ("words", "lead"),
    [
        ("The LSTM layer has 13 neurons. The dense layer has 7 neurons.", "Not quite: dense has 6 units, not 7."),
        ("The LSTM layer has 13 neurons. The dense layer has 6 neurons.", "Yes: lstm has 13 units, dense has 6 units."),
    ],
)
def test_an_understanding_is_judged(words: str, lead: str) -> None:
    assert diagnose(f"{CODE}\n{words} Do I understand it correctly?").cause.startswith(lead)


def test_what_a_wrong_count_leaves_out_is_told() -> None:
    code = "model = keras.Sequential([keras.Input((21, 18, 3)), layers.Conv2D(32, 5)])"
    found = diagnose(f"{code}\nThe parameters must be 32 X (5 X 5) = 800, but there are 2432. Why?")
    assert "800 is 5 × 5 × 32: it leaves out the 3 channels and the bias." in found.cause


def test_the_counts_of_recurrent_layers_are_not_stacked() -> None:
    found = diagnose(
        "For SimpleRNN(1, input_shape=(None, 1)) I see 3 parameters, for LSTM(1) 12, for GRU(1) not 9. Why?"
    )
    assert found.cause.startswith("All three return the same shape")
    assert "9 is the count with reset_after=False" in found.cause


def test_layers_that_learn_nothing_are_told_together() -> None:
    found = diagnose("Why do MaxPooling2D, Dropout and Flatten have 0 parameters in the summary?")
    assert found.cause.startswith("MaxPooling2D, Dropout and Flatten learn nothing, so they have no parameters")


def test_sides_that_double_several_times_get_a_layer_for_each() -> None:
    found = diagnose("How do I get from (None, 7, 5, 48) to (None, 28, 20, 3) with Conv2DTranspose layers?")
    assert found.spec is not None
    assert [layer.get("filters") for layer in found.spec.layers] == [24, 3]
    assert "makes (None, 28, 20, 3)" in found.cause


def test_a_number_at_the_end_of_a_sentence_is_read() -> None:
    found = diagnose("Conv2D 9 3x3 on 27x25x2, flatten, dense 13, dense 6. How many parameters in total?")
    assert found.spec is not None
    assert [layer.get("units") for layer in found.spec.layers[-2:]] == [13, 6]
