"""Worksheets: every answer of the key is held against a model that is built anew here, without the engine."""

from __future__ import annotations

import traceback
from functools import cache
from html import unescape
from typing import Any

import keras
import numpy as np
import pytest

from explainers import service
from explainers.core.axes import sizes
from explainers.core.registry import all_explainers
from explainers.practice.worksheets.making import worksheet
from explainers.practice.worksheets.results import Exercise, Worksheet, WorksheetError
from views import worksheet as view

SEED, EXERCISES = 11, 4
every_lesson = pytest.mark.parametrize("name", all_explainers())


@cache
def made(name: str, seed: int = SEED) -> Worksheet:
    return worksheet(name, seed, EXERCISES)


def exercise(name: str, kind: str) -> tuple[Exercise, view.Task]:
    """The exercise, and what is printed of it."""
    found = next(place for place, each in enumerate(made(name).exercises) if each.kind == kind)
    return made(name).exercises[found], view.tasks(made(name))[found]


def fresh(name: str, exercise: Exercise) -> Any:
    lesson = all_explainers()[name]
    return lesson.build(lesson.dims(**exercise.dims))


def answers(task: view.Task) -> dict[str, str]:
    return {blank.asked: blank.answer for blank in task.blanks}


@every_lesson
def test_shapes_in_the_key_are_those_of_a_fresh_model(name):
    found, task = exercise(name, "shapes")
    model = fresh(name, found)
    live: dict[str, str] = {}
    for layer in model.layers:
        if isinstance(layer, keras.layers.InputLayer):
            continue
        outputs = layer.output if isinstance(layer.output, list | tuple) else [layer.output]
        for place, tensor in enumerate(outputs):
            live[f"{layer.name}, output {place + 1}" if len(outputs) > 1 else layer.name] = str(tuple(tensor.shape))
    assert answers(task) == live
    assert [line for line in task.lines if "# (" in line] == [line for line in task.lines if "keras.Input(" in line]


@every_lesson
def test_counts_in_the_key_are_those_of_a_fresh_model(name):
    found, task = exercise(name, "counts")
    model = fresh(name, found)
    live = {layer.name: f"{layer.count_params():,}" for layer in model.layers if layer.weights}
    if len(live) > 1:
        live["in all"] = f"{model.count_params():,}"
    assert answers(task) == live


@every_lesson
def test_the_line_in_the_key_is_where_python_stops(name):
    found, task = exercise(name, "fails")
    lines = found.inspection.code.splitlines()
    first = next(number for number, line in enumerate(lines) if "keras.Input(" in line)
    program = "\n".join(["import numpy as np", *lines[:first], *task.lines])
    with pytest.raises(Exception) as stopped:  # noqa: PT011  (whatever Keras raises)
        exec(compile(program, "printed", "exec"), {"__name__": "printed"})
    places = [frame.lineno for frame in traceback.extract_tb(stopped.tb) if frame.filename == "printed"]
    assert int(answers(task)["line"]) == places[0] - first - 1
    assert task.blanks[0].why.startswith(type(stopped.value).__name__)
    assert "# (" not in "\n".join(task.lines)  # no shape gives it away


@every_lesson
def test_the_batch_in_the_key_goes_through_a_fresh_model(name):
    found, task = exercise(name, "batch")
    model = fresh(name, found)
    assert found.fed is not None
    data = [np.zeros(sizes(shape), "float32") for _, shape in found.fed.inputs]
    last = keras.Model(model.inputs[0] if len(data) == 1 else model.inputs, model.get_layer(found.fed.last).output)
    out = last(data[0] if len(data) == 1 else data)
    outputs = out if isinstance(out, list | tuple) else [out]
    told = answers(task)
    assert [told[f"shape of the data for {input_name}"] for input_name, _ in found.fed.inputs] == [
        str(tuple(each.shape)) for each in data
    ]
    assert list(told.values())[-len(outputs) :] == [str(tuple(each.shape)) for each in outputs]
    assert told["which axis is the batch"] == "the first"
    assert told["what Keras' summary writes there"] == str(model.inputs[0].shape[0])
    assert str(sizes(found.fed.inputs[0][1])) not in task.prompt


def test_the_same_seed_gives_the_same_sheet_and_key_and_another_seed_others():
    sheet = view.document(view.Sheet(made("conv1d"), "T", "Q"))
    assert view.document(view.Sheet(worksheet("conv1d", SEED, EXERCISES), "T", "Q")) == sheet
    other = made("conv1d", SEED + 1)
    assert [each.dims for each in other.exercises] != [each.dims for each in made("conv1d").exercises]


def test_exercises_have_dims_of_their_own_and_only_useful_ones():
    found = made("stacked_lstm")
    assert [each.kind for each in found.exercises] == ["shapes", "counts", "fails", "batch"]
    assert len({each.url for each in found.exercises}) == EXERCISES
    lesson = all_explainers()["stacked_lstm"]
    for each in found.exercises:
        dims = lesson.dims(**each.dims)
        assert not set(dims.changed()) & set(lesson.unused(dims))
        assert each.inspection.error is None


@pytest.mark.parametrize(
    ("seed", "exercises", "sentence"),
    [
        (3, 3, "3 exercises were asked for; it must be a number from 4 to 12."),
        (-1, 6, "seed=-1 was given; it must be a whole number from 0 to 9,999."),
    ],
)
def test_an_impossible_worksheet_gets_a_sentence(seed, exercises, sentence):
    with pytest.raises(WorksheetError) as error:
        service.OPS["worksheet"](name="conv1d", seed=seed, exercises=exercises)
    assert str(error.value) == sentence
    assert isinstance(error.value, service.BAD_REQUEST)


def test_the_key_begins_on_a_new_page_and_holds_what_the_sheet_does_not():
    sheet = view.Sheet(made("conv1d"), "Conv1D", "How long?", "http://host", "keras 3")
    document = view.document(sheet)
    assert document.count("<!doctype html>") == 1
    assert ".key { break-before: page;" in document
    exercises, key = document.split('<section class="key">')
    _, task = exercise("conv1d", "counts")
    for blank in task.blanks:
        assert f"<td>{blank.why}</td>" in unescape(key)
        assert blank.why not in unescape(exercises)
    assert f"http://host{task.url}" in unescape(key)
    assert "http" not in exercises.replace("http://host", "")  # asks nothing of any host
    assert sheet.file_name == "conv1d_worksheet_11.html"


def test_every_text_is_escaped():
    bad = '<img src=x onerror="alert(1)">'
    task = view.Task(bad, bad, (bad,), (view.Blank(bad, bad, bad),), bad)
    empty = view.Sheet(Worksheet(bad, 1, ()), bad, bad, bad, bad)
    whole = "".join([view.document(empty), view._task(1, task, empty, key=False), view._task(1, task, empty, key=True)])
    assert "<img" not in whole
    assert whole.count("&lt;img") >= 9
