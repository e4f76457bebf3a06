"""Hostile and random texts: a clear answer, quickly, and never an exception. `make fuzz` tries more of them."""

# ruff: noqa: E501  (an entry of the table stands on one line)

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explainers.reading.diagnosing import diagnose, read
from explainers.reading.text import LONGEST
from tests.speed import within

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "60"))
SECONDS = 2.0
CASES = [json.loads(line)["text"] for line in Path(__file__).with_name("cases.jsonl").read_text("utf-8").splitlines()]


def long(piece: str) -> str:
    return (piece * (LONGEST // len(piece) + 1))[:LONGEST]


HOSTILE = {
    "open brackets": long("("),
    "nested calls": "x = " + "f(" * 60_000 + ")" * 60_000,
    "minus signs": "x = " + "-" * 90_000 + "1",
    "a long sum": "x = " + "1+" * 60_000 + "1",
    "a long chain": "x = a" + ".b" * 60_000,
    "one number": long("9"),
    "powers": "x = 9**9**9**9\nmodel = Sequential()\nmodel.add(LSTM(10**10**10))",
    "blanks": long(" "),
    "open lines": long("f(\n"),
    "one message again and again": long("Input 0 is incompatible with layer lstm_1: expected ndim=3, found ndim=2\n"),
    "a message that never ends": long("expected lstm_1 to have shape (1,"),
    "an operation that never ends": long("Dimensions must be equal, but are 1 and 2 for "),
    "shapes": long("(None, 3), "),
    "a shape that never ends": long("[1,"),
    "rows of a table": long("lstm_1 (LSTM)   (None, 3, 4)    12\n"),
    "colours": long("\x1b[1m"),
    "half a colour": long("\x1b["),
    "many layers": "model = Sequential()\n" + long("model.add(LSTM(4))\n")[:190_000],
    "recursion": "def f(x):\n    return f(x)\nmodel = Sequential()\n" + "f(2)\n" * 1000,
    "nested loops": "x = Input((3,))\n"
    + "".join("    " * i + f"for i{i} in range(40):\n" for i in range(8))
    + "    " * 8
    + "x = Dense(3)(x)\n",
    "lists that double": "x = [1] * 900\n" + "x = x + x\n" * 60,
    "an f-string of fields": 'x = f"' + "{a}" * 60_000 + '"',
    "many arguments": "model.add(Dense(" + ",".join(f"a{i}=1" for i in range(20_000)) + "))",
    "zeros": long("\x00"),
    "hints": long("# a.shape: (1, 2)\n"),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_is_answered_quickly(text: str) -> None:
    found = within(SECONDS, lambda: read(text))
    assert found.cause or found.spec is not None or found.mistake


def test_a_text_that_is_too_long_gets_a_clear_sentence() -> None:
    assert (
        read("x" * (LONGEST + 1)).cause
        == "The text has 200,001 characters; up to 200,000 are read. Paste the part that matters."
    )


@pytest.mark.parametrize(
    "text",
    [
        "model = Sequential([Dense(10**9, input_shape=(10**6,))])",
        "model = Sequential([LSTM(10**6, input_shape=(7, 3))])",
        "model = Sequential([Dense(2, input_shape=(3,))])\nmodel.predict(np.zeros((9, 10**12)))",
        "model = Sequential([Embedding(10**11, 10, input_length=4)])",
    ],
)
def test_a_model_that_is_too_big_is_refused_before_it_is_built(text: str) -> None:
    found = within(20, lambda: diagnose(text))
    assert found.model is None or found.model["error"] is not None
    assert found.notes or found.model


def test_markup_is_inert_text() -> None:
    text = "<script>alert(1)</script> ValueError: Input 0 is incompatible with layer <b>lstm_1</b>: expected ndim=3, found ndim=2"
    found = read(text)
    assert found.mistake == "layer_rank"
    assert found.text == text


def test_marks_point_at_the_text_that_was_recognised() -> None:
    message = "Input 0 is incompatible with layer lstm_1: expected ndim=3, found ndim=2"
    found = read(f"Traceback (most recent call last):\n  File x\nValueError: {message}\nthanks")
    assert [found.text[mark.start : mark.end] for mark in found.marks] == [message]


def check(text: str) -> None:
    """What must hold for any text."""
    found = read(text)
    assert found.kind in ("error", "summary", "code", "question", "unknown")
    json.dumps(found.to_json())
    for mark in found.marks:
        assert 0 <= mark.start <= mark.end <= len(found.text)


FUZZ = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@FUZZ
@given(st.text(max_size=400))
def test_any_text(text: str) -> None:
    check(text)


@FUZZ
@given(st.sampled_from(CASES), st.integers(0, 3000), st.integers(0, 400), st.text(max_size=30))
def test_a_real_text_with_a_piece_replaced(text: str, start: int, length: int, piece: str) -> None:
    check(text[:start] + piece + text[start + length :])


PIECES = ["(", ")", "[", "]", ",", "None", "?", "-1", "3", "128L", "lstm_1", "Dense(", "LSTM(4)", "model.add(", "x = ", "Input(", "\n", "    ",
          "expected ", "ndim=", "shape=", "Negative dimension size caused by subtracting ", " from ", " for ", "'", '"', "│", "Layer (type)",
          "Output Shape", "Param #", "=====", "for i in range(3):\n", "def f(x):\n", "class A(Layer):\n", "return ", "x.shape", "fit(", "*", "/", "0",
          "10**9", ".reshape(", "Sequential([", "])", "concatenate([x, x])", "Model(x, x)", "lambda x: ", "{", "}", "**x"]  # fmt: skip


@FUZZ
@given(st.lists(st.sampled_from(PIECES), max_size=60))
def test_pieces_in_any_order(pieces: list[str]) -> None:
    check("".join(pieces))


def test_reading_loads_no_keras() -> None:
    """The web process may read; only a worker builds."""
    code = f"import sys; from explainers.reading.diagnosing import read; print([read(t).kind for t in {CASES[:3]!r}], 'keras' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "['error', 'error', 'error'] False"
