"""The verdict before the live model: the same that the reply has, or none."""

from __future__ import annotations

import pytest

from benchmarks.programs import Program, programs, quiet
from explainers.reading.diagnosing import diagnose_live
from explainers.reading.early import known_early

BROKEN = programs("broken")
SOUND = [*programs("sound"), *programs("sound_pasted")]

STACK = """
model = keras.Sequential([
    keras.Input((20, 5)),
    layers.LSTM(9),
    layers.LSTM(7),
])
"""
LONG_KERNEL = "model = keras.Sequential([keras.Input((6, 3)), layers.Conv1D(4, 9), layers.Dense(2)])"
JOINED = """
a, b = keras.Input((7, 3)), keras.Input((5, 3))
model = keras.Model([a, b], layers.{}()([a, b]))
"""
ADDED = """
a, b = keras.Input((7, 3)), keras.Input((5, 3))
model = keras.Model([a, b], a + b)
"""


@pytest.mark.parametrize(
    ("program", "why"),
    [
        (STACK, "lstm_1 reads 3 axes; it gets (None, 9), which has 2."),
        (LONG_KERNEL, "conv1d gets (None, 6, 3)."),
        (JOINED.format("Add"), "add gets (None, 7, 3) and (None, 5, 3)."),
        (ADDED, "(None, 7, 3) and (None, 5, 3) meet here."),
    ],
)
def test_what_the_rules_refuse_is_said_before_keras_says_it(program: str, why: str) -> None:
    early = known_early(program)
    assert early is not None
    assert early[1] == why
    assert diagnose_live(program)[0].verdict == early[0]


@pytest.mark.parametrize(
    "program",
    [
        STACK.replace("LSTM(9)", "LSTM(9, return_sequences=True)"),
        STACK.replace("(20, 5)", "(steps, 5)").replace("LSTM(7)", "Conv1D(7, 30)"),  # a size that the text doesn't give
        "model = keras.Sequential([keras.Input((8,)), unknown.Thing(4), layers.Dense(2)])",
    ],
)
def test_nothing_is_said_where_the_live_model_decides(program: str) -> None:
    assert known_early(program) is None


def test_no_sound_program_is_accused_early() -> None:
    assert {program.name: early for program in SOUND if (early := known_early(program.text)) is not None} == {}


@pytest.mark.parametrize(
    "some",
    [pytest.param(BROKEN[::9], id="one in nine"), pytest.param(BROKEN, id="all", marks=pytest.mark.long)],
)
def test_what_is_said_early_is_the_verdict_of_the_reply(some: list[Program]) -> None:
    texts = {program.name: program.text for program in some}
    early = {name: said[0] for name, text in texts.items() if (said := known_early(text)) is not None}
    assert early
    with quiet():
        assert {name: diagnose_live(texts[name])[0].verdict for name in early} == early
