"""Questions that no shape decides are told so; words that also mean a shape aren't taken for them."""

from __future__ import annotations

import pytest

from explainers.reading.diagnosing import diagnose

SAID = "This question isn't about shapes: it is about "


@pytest.mark.parametrize(
    ("question", "about"),
    [
        ("Why does my Conv2D network not use the GPU?", "the hardware that a model runs on"),
        ("My LSTM is slower than before, how can that be", "how fast a model trains"),
        ("The validation accuracy of my GRU stays at 0.5, what can I do?", "how well a model learns"),
        ("Should I train my LSTM for 70 epochs or 90?", "how well a model learns"),
        ("How can I save my LSTM model to disk?", "files of models"),
        ("pip install of keras fails for my LSTM project", "installing Keras"),
    ],
)
def test_what_is_not_about_shapes_is_said(question: str, about: str) -> None:
    found = diagnose(question)
    assert found.kind == "question"
    assert found.cause.startswith(f"{SAID}{about}, which shapes and counts can't tell.")


@pytest.mark.parametrize(
    "question",
    [
        "How many batches are in 3 epochs of 700 samples with batch size 32?",
        "How many parameters does an LSTM with 9 units have on 4 features? I train it on a GPU.",
        "What does None mean in (None, 30)? My accuracy is low.",
        "Does the output shape change after 20 epochs? LSTM(7) on (None, 5, 3)",
    ],
)
def test_shapes_come_before_what_else_is_spoken_of(question: str) -> None:
    assert SAID not in diagnose(question).cause


def test_none_of_them_is_no_axis() -> None:
    text = "None of my layers is frozen, where do the non-trainable parameters of the summary come from?"
    assert "moving_mean" in diagnose(text).cause


def test_three_layers_are_compared_as_three() -> None:
    found = diagnose("SimpleRNN vs LSTM vs GRU: parameters for 13 units and 6 features?")
    assert found.cause.startswith(
        "All three return the same shape; LSTM(13) has the most parameters, SimpleRNN(13) the fewest."
    )
    for units, total in ((13, 13 * (13 + 6 + 1)), (13, 4 * 13 * (13 + 6 + 1)), (13, 3 * 13 * (13 + 6 + 2))):
        assert f"{total:,} parameters" in found.cause, units
