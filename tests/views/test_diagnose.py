"""What was read, in the words of a page: no key of the machinery, no markup of the text."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from explainers.core.mistakes import all_families
from explainers.reading.diagnosing import read
from explainers.reading.results import Pasted
from views.diagnose import FIELDS, field, kind, origins_of, questions, recognised, told

KERAS = {
    *(
        "axis",
        "batch_size",
        "classes",
        "filters",
        "groups",
        "input_dim",
        "kernel_size",
        "size",
        "steps",
    ),  # arguments, and words of a page
    *("cls", "layer", "op", "loss", "argument", "what", "attribute"),  # words, not numbers
    *("both", "expected", "found", "kernel", "target", "logits", "labels", "left_shape", "right_shape", "pool"),
    *("weight_shape", "result", "sizes", "position", "rest", "passed"),  # shapes, and parts that are counted
}


def pasted(text: str) -> Pasted:
    found = read(text)
    names = [entry.name for entry in fields(Pasted) if entry.name != "inspection"]
    return Pasted(**{name: getattr(found, name) for name in names}, inspection=None)


def test_each_number_of_each_message_has_words() -> None:
    names = {name for family in all_families() for pattern in family.patterns for name in pattern.groupindex}
    assert names - KERAS - set(FIELDS) == set()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("found_ndim", "found ndim"),
        ("position_1", "number 2 in the index"),
        ("kernel_size", "kernel_size"),
        ("lstm_1.units", "lstm_1.units"),
    ],
)
def test_a_field_in_words(name: str, words: str) -> None:
    assert field(name) == words


def test_a_message_shows_no_key() -> None:
    rows = recognised(pasted("Input 0 is incompatible with layer lstm_1: expected ndim=3, found ndim=2"))
    assert {"what": "found ndim", "value": "2", "from": "read"} in rows
    assert not [row for row in rows if "found_ndim" in row["what"].replace("\\", "")]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("model = Sequential([Input((steps, 3)), LSTM(hidden)])\nmodel.fit(x_train, y_train)", []),
        ("Layer (type)   Output Shape   Param #\ndense_1 (Dense)   multiple   12\n", []),
        ("Layer (type)  Output Shape  Param #\nlstm_1 (LSTM)   ?    0 (unbuilt)\n", []),
        ("Exception: If a RNN is stateful, a complete input_shape must be provided (including batch size).",
         ["How many samples does one batch hold (batch_size)?"]),
    ],
)  # fmt: skip
def test_a_question_that_a_control_answers_is_not_asked_twice(text: str, left: list[str]) -> None:
    assert read(text).questions
    assert questions(pasted(text)) == left


def test_a_name_of_the_text_is_no_markup() -> None:
    rows = recognised(pasted('model = Sequential([LSTM(4, input_shape=(5, 3), name="a*b*c")])\n_x_ = 12'))
    assert not [row for row in rows if re.search(r"(?<!\\)[*_]", row["what"])]


def test_a_shape_is_whole_and_its_axes_follow_with_where_their_sizes_are_from() -> None:
    found = read("model = Sequential([Input((11, 7)), Flatten(), Dense(5)])")
    origins = origins_of(found)
    flat = next(shape for shape in found.shapes if shape[-1].size == 77)
    last = next(shape for shape in found.shapes if shape[-1].size == 5)
    assert told(last, origins) == "(:gray[**None**],\xa0:green[**5**]) batch, units"
    assert told(flat, origins).startswith("(:gray[**None**],\xa0")
    assert told(flat, origins).endswith(" *(worked out)*")
    assert told((), origins) == "()"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("fc = nn.Linear(12, 5)\ny = fc(torch.rand(7, 12))", "PyTorch code"),
        ("keras.layers.Dense(5)", "Keras code"),
        ("RuntimeError: mat1 and mat2 shapes cannot be multiplied (7x12 and 10x5)", "A PyTorch error message"),
    ],
)
def test_code_is_called_by_its_framework(text: str, words: str) -> None:
    assert kind(pasted(text)) == words
