"""What a question next to sound code expects or compares is judged by the live layers."""

from __future__ import annotations

import pytest

from explainers.reading.diagnosing import diagnose

CONV = """
model = keras.Sequential([keras.Input((30, 26, 3)), layers.Conv2D(11, 3), layers.MaxPooling2D(2), layers.Conv2D(7, 5)])
"""
STEPS = """
model = keras.Sequential([keras.Input((30, 7)), layers.LSTM(11, return_sequences=True), layers.Dense(4)])
"""
JOINED = """
a, b = keras.Input((9, 5)), keras.Input((9, 5))
model = keras.Model([a, b], layers.Concatenate(axis=1)([a, b]))
"""


@pytest.mark.parametrize(
    ("question", "code", "first"),
    [
        (
            "The second conv layer makes (None, 10, 8, 7), is that right?",
            CONV,
            "Yes, (None, 10, 8, 7) is right: conv2d_1 returns (None, 10, 8, 7).",
        ),
        (
            "I thought conv2d_1 would output (None, 10, 8, 11*7)?",
            CONV,
            "No, not (None, 10, 8, 77): conv2d_1 returns (None, 10, 8, 7). Each of its 7 kernels reads all 11 channels "
            "and adds them up to one, so the channels become 7, not 11 × 7.",
        ),
        (
            "Shouldn't the last output be (None, 15, 13, 7)?",
            CONV,
            "No, not (None, 15, 13, 7): conv2d_1 returns (None, 10, 8, 7). "
            'With padding="same" in its convolutions it would be (None, 15, 13, 7).',
        ),
        (
            "I expected (None, 4) but got (None, 30, 4), why?",
            STEPS,
            "Not (None, 4) but (None, 30, 4): lstm has return_sequences=True, so there is an output for each of the 30 "
            "steps. Without it, dense returns (None, 4).",
        ),
        (
            "I think it should be (None, 9, 10), shouldn't it?",
            JOINED,
            "(None, 9, 10) is what axis=-1 makes; with axis=1 concatenate returns (None, 18, 5).",
        ),
        (
            "Why does the second convolution have more parameters?",
            CONV,
            "conv2d_1 has 1,932 parameters and conv2d 308, because its kernel is 5 × 5 × 11 × 7, not 3 × 3 × 3 × 11: "
            "11 channels instead of 3 and 7 filters instead of 11.",
        ),
    ],
)
def test_a_claim_is_judged_first(question: str, code: str, first: str) -> None:
    found = diagnose(f"{question}\n{code}")
    assert found.mistake is None
    assert found.cause.startswith(first)


def test_a_shape_that_nobody_doubts_gets_no_yes() -> None:
    found = diagnose(f"Why do I get (None, 30, 4)?\n{STEPS}")
    assert not found.cause.startswith(("Yes", "No"))


@pytest.mark.parametrize(
    ("layer", "names", "told"),
    [
        ("layers.LSTM(12, return_state=True)", "out, p, q", "out is the output, p is the last hidden state h and q is"),
        ("layers.GRU(12, return_state=True)", "out, p", "out is the output and p is the last hidden state h;"),
        (
            "layers.Bidirectional(layers.LSTM(12, return_state=True))",
            "out, p, q, r, s",
            "s is the last cell state c (backward);",
        ),
    ],
)
def test_states_are_named_in_the_order_of_keras(layer: str, names: str, told: str) -> None:
    code = f"x = keras.Input((9, 5))\n{names} = {layer}(x)\nmodel = keras.Model(x, [{names}])"
    found = diagnose(f"{code}\nWhich of these is the hidden state?")
    assert told in found.cause
    assert "each state is (None, 12)" in found.cause


def test_a_question_behind_a_line_of_code_is_read() -> None:
    code = JOINED.replace("[a, b]))", "[a, b]))  # shouldn't this be (None, 9, 10)?")
    assert "is what axis=-1 makes" in diagnose(code).cause
