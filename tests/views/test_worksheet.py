"""Worksheets: every answer of the key is held against a model that is built anew here, without the engine."""

from __future__ import annotations

import re
import traceback
from base64 import b64decode
from functools import cache
from html import unescape
from typing import Any
from xml.etree import ElementTree

import keras
import numpy as np
import pytest

from explainers import service
from explainers.core.axes import Axis, sizes
from explainers.core.registry import all_explainers
from explainers.practice.worksheets.making import worksheet
from explainers.practice.worksheets.results import Exercise, Fed, Worksheet, WorksheetError
from views import worksheet as view

SEED, EXERCISES = 11, 4
TWO = ((("batch", 7), ("timesteps", 4), ("features", 3)), (("batch", 7), ("timesteps", 9), ("features", 3)))
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
        (3, 3, "3 exercises were asked for; choose a number from 4 to 12."),
        (-1, 6, "seed=-1 was given; it must be a whole number from 0 to 9,999."),
    ],
)
def test_an_impossible_worksheet_gets_a_sentence(seed, exercises, sentence):
    with pytest.raises(WorksheetError) as error:
        service.OPS["worksheet"](name="conv1d", seed=seed, exercises=exercises)
    assert str(error.value) == sentence
    assert isinstance(error.value, service.BAD_REQUEST)


def test_sheet_and_key_are_two_files_and_only_the_key_answers():
    sheet = view.Sheet(made("conv1d"), "Conv1D", "How long?", "keras 3")
    exercises, key = unescape(view.document(sheet)), unescape(view.key_document(sheet))
    _, task = exercise("conv1d", "counts")
    for blank in task.blanks:
        assert f'<td class="answer">{blank.answer}</td>' in key
        assert blank.why not in exercises
    for document in (exercises, key):
        assert document.count("<!doctype html>") == 1
        assert "http" not in document  # no machine's address, and nothing asked of any host
        assert "/conv1d" not in document
    assert (sheet.file_name, sheet.key_file_name) == ("conv1d_worksheet_11.html", "conv1d_worksheet_11_key.html")


@every_lesson
def test_the_picture_keeps_what_is_asked_and_shows_what_helps(name):
    found, asked = exercise(name, "shapes")
    inputs = {step.layer: step for step in found.inspection.flow if not step.inputs}
    given = {str(sizes(step.outputs[0])) for step in inputs.values()}
    hidden = {blank.answer for blank in asked.blanks} - given
    assert hidden.isdisjoint(re.findall(r">([^<>]+)</text>", asked.figure))
    assert not any(f" {shape}" in asked.figure.split("aria-label=")[1].split(">")[0] for shape in hidden)
    assert asked.figure.count("<rect") == len(found.inspection.flow)
    _, counted = exercise(name, "counts")
    assert ">?<" in asked.figure
    assert ">?<" not in counted.figure
    assert "(" in counted.figure


@every_lesson
def test_the_key_gives_each_sum_whole_and_a_box_the_whole_name_of_its_class(name):
    found, counted = exercise(name, "counts")
    key = unescape(view.key_document(view.Sheet(made(name), "T", "Q")))
    assert all(blank.why in key for blank in counted.blanks)
    drawn = re.findall(r">([^<>]+)</text>", counted.figure)
    assert {step.class_name for step in found.inspection.flow} <= set(drawn)
    assert not [text for text in drawn if text.endswith("…")]


def test_the_shape_comment_of_a_line_is_kept_together():
    task = view.Task("T", "", ("x = keras.Input(shape=(9, 2))  # (None, 9, 2) batch, steps, channels", "y = 1"), ())
    assert view._code(task) == (
        '<ol class="code"><li>x = keras.Input(shape=(9, 2))  '
        '<span class="told"># (None, 9, 2) batch, steps, channels</span></li><li>y = 1</li></ol>'
    )


@every_lesson
def test_no_exercise_feeds_another_size_than_its_program_declares(name):
    """Held against the model built anew: Keras itself lets seven samples through where six are declared."""
    for seed in (3, SEED):
        found = made(name, seed).exercises[-1]
        assert found.fed is not None
        model = fresh(name, found)
        for tensor, (_, fed) in zip(model.inputs, found.fed.inputs, strict=True):
            assert all(said in (None, size) for said, size in zip(tensor.shape, sizes(fed), strict=True))


def test_two_inputs_with_one_axis_of_two_sizes_say_whose_it_is():
    axes = [tuple(Axis(name, size, "") for name, size in shape) for shape in TWO]
    fed = Fed("batch", (("left", axes[0]), ("right", axes[1])), "last", (axes[0],))
    assert view._facts(fed) == "features 3, timesteps 9 in right, samples 7 and timesteps 4 in left"


def test_on_a_page_each_figure_is_an_image_that_needs_nothing_else():
    found = made("conv1d")
    page = view.on_page(view.Sheet(found, "T", "Q"))
    packed = re.findall(
        r'<img class="figure" width="\d+" height="\d+" alt="([^"]+)" src="data:image/svg\+xml;base64,([^"]+)">', page
    )
    assert "<svg" not in page
    assert len(packed) == sum(bool(task.figure) for task in view.tasks(found)) > 1
    for alt, data in packed:
        drawn = ElementTree.fromstring(b64decode(data))
        assert drawn.attrib["aria-label"] == unescape(alt)
        assert "stroke: currentColor" in "".join(each.text or "" for each in drawn if each.tag.endswith("style"))


def test_points_add_up_and_difficulty_follows_its_rule():
    tasks = view.tasks(made("conv1d"))
    page = unescape(view.fragment(view.Sheet(made("conv1d"), "T", "Q")))
    each = [int(points) for points in re.findall(r"★+ · (\d+) points?</p>", page)]
    assert each == [len(task.blanks) for task in tasks]
    assert f"{sum(each)} points in all" in page
    for found, task in zip(made("conv1d").exercises, tasks, strict=True):
        layers = len(fresh("conv1d", found).layers) - 1
        stars = 1 if layers <= 2 else 2 if layers <= 4 else 3
        assert task.difficulty == min(stars + (found.kind == "fails"), 3)


def test_every_text_is_escaped():
    bad = '<img src=x onerror="alert(1)">'
    task = view.Task(bad, bad, (bad,), (view.Blank(bad, bad, bad),))
    empty = view.Sheet(Worksheet(bad, 1, ()), bad, bad, bad)
    whole = "".join(
        [view.document(empty), view.key_document(empty), view._task(1, task, key=False), view._task(1, task, key=True)]
    )
    assert "<img" not in whole
    assert whole.count("&lt;img") >= 9


def contradictions(found: Worksheet) -> list[str]:
    """What a reader could hold against a sheet, from what is printed alone; [] for a sound one."""
    told: list[str] = []
    for exercise, task in zip(found.exercises, view.tasks(found), strict=True):
        program, answer = "\n".join(task.lines), answers(task)
        declared = {int(size) for size in re.findall(r"batch_(?:size=|shape=\()(\d+)", program)}
        if "localhost" in "".join(answer.values()) + "".join(blank.why for blank in task.blanks):
            told.append("the machine's address is in the key")
        if exercise.kind == "batch":
            name = view._axis(exercise.fed.batch_axis) if exercise.fed else ""
            samples = {int(size) for size in re.findall(rf"{name} (\d+)", task.prompt)}
            if declared - samples or (declared and answer["what Keras' summary writes there"] == "None"):
                told.append(f"declared {declared}, fed {samples}")
        if exercise.kind == "counts":
            *each, total = [int(blank.answer.replace(",", "")) for blank in task.blanks]
            if each and sum(each) != total:
                told.append(f"{each} is not {total}")
        if exercise.kind == "fails":
            line = int(answer["line"])
            if not (1 <= line <= len(task.lines) and task.lines[line - 1].strip() and answer["what is wrong"]):
                told.append(f"line {line} of {len(task.lines)}")
        if exercise.kind == "shapes":
            told += [f"{name} isn't in the program" for name in answer if name.split(",")[0] not in program]
        if len(answer) != len(task.blanks) or not all(blank.answer for blank in task.blanks):
            told.append("two blanks ask the same, or one has no answer")
    return told


SMALLEST_TYPE, PICTURE_TYPE = 7.5, 11 * 0.75  # points
FEW, MANY = (3, SEED), range(500, 600)  # the few are those that other tests have made already


@pytest.mark.parametrize("seeds", [FEW, pytest.param(MANY, marks=[pytest.mark.long, pytest.mark.timeout(1800)])])
@every_lesson
def test_sheets_of_many_seeds_contradict_nothing_and_their_pictures_can_be_read(name, seeds):
    """In a picture no letter is smaller than on the rest of the sheet, which the browser's tests print."""
    for seed in seeds:
        found = made(name, seed) if seeds is FEW else worksheet(name, seed, 6)
        assert contradictions(found) == [], seed
        for task in view.tasks(found):
            for drawn, whole in re.findall(r'<svg class="figure" width="(\d+)".*?viewBox="0 0 (\d+) ', task.figure):
                assert PICTURE_TYPE * int(drawn) / int(whole) >= SMALLEST_TYPE, seed
