"""Keras' own summary and the code: not a character changed, and every number in them has its origin.

Held against live models: Keras lays out the table, and the inspection must find its numbers again in it.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from explainers.core.axes import plain
from explainers.core.explainer import Explainer
from explainers.core.explaining import inspect_lesson
from explainers.core.inspection import inspect_model
from explainers.core.registry import all_explainers
from explainers.core.results import Inspection
from views import code, ledger, predict, shape_flow, summary

LESSONS = all_explainers()


def settings() -> list[Any]:
    """Every lesson at its defaults and presets."""
    return [
        pytest.param(lesson, dict(dims), id=f"{name}-{preset}")
        for name, lesson in LESSONS.items()
        for preset, dims in [("defaults", {}), *((each.name, each.dims) for each in lesson.presets)]
    ]


def numbers(drawn: dict[str, Any]) -> list[dict[str, Any]]:
    """The numbers with an origin in a summary."""
    return [piece for line in drawn["lines"] for piece in line if isinstance(piece, dict)]


def joined(drawn: dict[str, Any]) -> list[str]:
    """The lines as a learner reads them."""
    return ["".join(p if isinstance(p, str) else p["text"] for p in line) for line in drawn["lines"]]


@pytest.mark.parametrize(("lesson", "dims"), settings())
def test_summary_and_code_of_every_lesson(lesson: Explainer[Any], dims: dict[str, Any]) -> None:
    found = inspect_lesson(lesson, lesson.dims(**dims), run=False)
    drawn = summary.data(found)
    assert joined(drawn) == found.summary.splitlines()
    if found.error is None:
        shapes = [axis for layer in found.layers for shape in layer.outputs for axis in shape]
        assert len(numbers(drawn)) == len(shapes) + len(found.layers) + 3  # sizes, counts, and the three sums
    listing = code.data(found)
    assert "".join("".join(piece[1] for piece in line["pieces"]) + "\n" for line in listing["lines"]) == found.code
    for name, number in found.code_lines.items():
        if found.error is None or name != found.error.layer:
            assert all(source.split(".")[0] == name for source in listing["lines"][number - 1]["sources"])


@pytest.mark.parametrize("name", LESSONS)
def test_what_is_to_be_predicted_leaves_the_server_nowhere(name: str) -> None:
    """Diagram, ledger, summary and code of a lesson whose every step is hidden."""
    found = inspect_lesson(LESSONS[name], LESSONS[name].dims(), run=False)
    asked = predict.questions(found)
    hide = [question.step for question in asked]
    sent = [
        shape_flow.data(found, hide), ledger.data(found, predict.hidden_layers(found, hide)),
        summary.data(found, hide), code.data(found, hide),
    ]  # fmt: skip
    told = json.dumps(sent, ensure_ascii=False)
    known = {plain(shape) for question in asked for shape in question.inputs}
    for shape in (shape for question in asked for shape in question.shapes if plain(shape) not in known):
        assert plain(shape) not in told
    for layer in found.layers:
        assert layer.params < 100 or not re.search(rf"(?<!\d){layer.params}(?!\d)|{layer.params:,}", told)
    assert asked


def odd_model() -> Any:
    """A name too long for its column, several outputs, a shared layer, two inputs, frozen numbers."""
    import keras
    from keras import layers

    left = keras.Input((7, 3), name="left")  # (batch, 7, 3)
    right = keras.Input((7, 2), name="right")  # (batch, 7, 2)
    lstm = layers.LSTM(5, return_state=True, return_sequences=True, name="a_very_long_name_for_an_lstm_that_wraps")
    sequence, _, memory = lstm(left)  # (batch, 7, 5), and (batch, 5)
    shared = layers.Dense(9, name="shared")
    every, last = shared(sequence), shared(memory)  # (batch, 7, 9) and (batch, 9)
    flat = layers.Flatten(name="flat")(layers.BatchNormalization(name="norm")(every))  # (batch, 63)
    both = layers.Concatenate(name="both")([flat, last])  # (batch, 72)
    wide = layers.Dense(1300, name="wide")(both)  # (batch, 1300)
    return keras.Model([left, right], [wide, layers.Flatten(name="flat_right")(right)], name="odd")


@pytest.fixture(scope="module")
def odd() -> Inspection:
    words = "batch timesteps features"
    return inspect_model(odd_model, {"left": words, "right": words}, run=False)


def by_words(drawn: dict[str, Any], words: str) -> dict[str, Any]:
    return next(piece for piece in numbers(drawn) if words in piece["origin"])


def test_what_keras_wraps_and_cuts_short_is_found(odd: Inspection) -> None:
    drawn = summary.data(odd)
    assert joined(drawn) == odd.summary.splitlines()
    assert "a_very_long_name_for…" in odd.summary  # else this test shows nothing
    lines = [[piece["text"] for piece in line if isinstance(piece, dict)] for line in drawn["lines"]]
    start = next(i for i, line in enumerate(joined(drawn)) if "a_very_long" in line)
    assert lines[start : start + 3] == [["None", "7", "5", "180"], ["None", "5", "None"], ["5"]]


def test_a_shared_layer_shows_the_shape_that_keras_prints(odd: Inspection) -> None:
    drawn = summary.data(odd)
    row = next(line for line, text in zip(drawn["lines"], joined(drawn), strict=True) if "shared (Dense)" in text)
    assert [piece["axis"] for piece in row if isinstance(piece, dict)] == ["batch", "units", "parameters"]


def test_a_count_names_its_weights_and_its_line(odd: Inspection) -> None:
    count = by_words(summary.data(odd), "bias 1,300 of Dense wide")
    assert (count["text"], count["size"]) == ("94,900", 94900)
    assert count["origin"] == "kernel 93,600 + bias 1,300 of Dense wide"
    assert count["code"] == f'line {odd.code_lines["wide"]}: wide = layers.Dense(units=1300, name="wide")(both)'
    assert "wide.units" in count["sources"]


def test_the_sums_under_the_table_are_taken_apart(odd: Inspection) -> None:
    drawn = summary.data(odd)
    assert by_words(drawn, "training leaves")["size"] == 18  # moving mean and variance of 9 units
    total = by_words(drawn, "shared 54 + norm 36 + wide 94,900")
    assert total["size"] == odd.total_params


def test_what_is_to_be_predicted_is_not_sent(odd: Inspection) -> None:
    step = next(i for i, step in enumerate(odd.flow) if step.layer == "wide")
    drawn = summary.data(odd, hide=(step,))
    text = "\n".join(joined(drawn))
    assert "1300" not in text
    assert "94,900" not in json.dumps(drawn)
    assert f"{odd.total_params:,}" not in json.dumps(drawn)
    assert [len(line) for line in joined(drawn)][:-4] == [len(line) for line in odd.summary.splitlines()][:-4]
    row = next(line for line in joined(drawn) if "wide (Dense)" in line)
    assert re.search(r"│ \? +│ +\? │", row)
    assert "(None, 72)" in text  # what is known stays
    assert [line for line in joined(drawn) if "params:" in line] == [
        " Total params: ?", " Trainable params: ?", " Non-trainable params: ?",
    ]  # fmt: skip


def test_foreign_numbers_stay_plain_text(odd: Inspection) -> None:
    """A summary that says something else than the inspection gets no origins that would be wrong."""
    other = replace(odd, summary=odd.summary.replace("(None, 1300)", "(None, 1301)").replace("94,900", "94,901"))
    drawn = summary.data(other)
    assert joined(drawn) == other.summary.splitlines()
    assert not [piece for piece in numbers(drawn) if piece["text"] in ("1301", "94,901")]


# -- the code ------------------------------------------------------------------------------------------------


def code_numbers(found: Inspection, layer: str) -> list[tuple[str, str, list[str]]]:
    """(text, axis, sources) of the numbers in the line of a layer."""
    line = code.data(found)["lines"][found.code_lines[layer] - 1]
    return [(piece[1], piece[2]["axis"], piece[2]["sources"]) for piece in line["pieces"] if len(piece) == 3]


def test_numbers_in_the_code_have_origins(odd: Inspection) -> None:
    assert code_numbers(odd, "left") == [
        ("7", "timesteps", ["left.shape[0]"]), ("3", "features", ["left.shape[1]"]),
        ("None", "batch", ["left.batch_size"]), ("7", "timesteps", ["left.shape[0]"]),
        ("3", "features", ["left.shape[1]"]),
    ]  # fmt: skip
    assert code_numbers(odd, "wide")[0] == ("1300", "units", ["wide.units"])
    assert [text for text, *_ in code_numbers(odd, "a_very_long_name_for_an_lstm_that_wraps")] == [
        "5", "None", "7", "5", "None", "5", "None", "5",
    ]  # fmt: skip


def test_a_shared_layer_s_lines_all_light_up(odd: Inspection) -> None:
    lines = code.data(odd)["lines"]
    own = [line["number"] for line in lines if "shared.units" in line["sources"]]
    texts = odd.code.splitlines()
    assert [texts[number - 1].split(" = ")[0] for number in own] == ["shared_layer", "shared", "shared_call_2"]


def test_a_size_made_by_flatten_lights_its_line_too(odd: Inspection) -> None:
    size = by_words(summary.data(odd), "laid end to end")
    lines = code.data(odd)["lines"]
    assert set(size["sources"]) & set(lines[odd.code_lines["flat"] - 1]["sources"])
    assert "flat = layers.Flatten" in size["code"]


def test_an_argument_that_is_not_the_size_is_still_a_number_with_an_origin() -> None:
    found = inspect_lesson(LESSONS["conv1d"], LESSONS["conv1d"].dims(), run=False)
    named = {axis for _, axis, _ in code_numbers(found, "conv_1")}
    assert {"kernel_size", "strides", "filters", "steps"} <= named


def test_kinds_of_words_are_told_apart(odd: Inspection) -> None:
    pieces = code.data(odd)["lines"][0]["pieces"]
    assert pieces == [["k", "import"], ["", " keras"]]


def test_hidden_comments_say_nothing(odd: Inspection) -> None:
    step = next(i for i, step in enumerate(odd.flow) if step.layer == "wide")
    text = code.text(odd, hide=(step,))
    assert 'wide = layers.Dense(units=1300, name="wide")(both)  # (?)\n' in text
    assert text.count("(?)") == 1
    assert code.text(odd) == odd.code


def test_plain_code_is_whole_and_coloured_and_a_link_is_neither_cut_nor_coloured() -> None:
    source = 'import keras\n\nrnn = keras.layers.GRU(7, name="rnn")\n'
    shown = code.plain(source, "The code", numbered=True)
    assert "".join("".join(text for _, text in line["pieces"]) + "\n" for line in shown["lines"]) == source
    assert [line["number"] for line in shown["lines"]] == [1, 2, 3]
    assert ["n", "7"] in shown["lines"][2]["pieces"]
    assert (shown["text"], shown["label"]) == (source, "The code")
    link = code.plain("http://127.0.0.1:8501/gru?units=7#class", "The link", "text")
    assert link["lines"] == [
        {"number": None, "pieces": [["", "http://127.0.0.1:8501/gru?units=7#class"]], "sources": [], "failed": False}
    ]


def test_the_failing_line_is_marked() -> None:
    lesson = LESSONS["stacked_lstm"]
    found = inspect_lesson(lesson, lesson.dims(return_sequences_1=False), run=False)
    assert found.error is not None
    failed = [line for line in code.data(found)["lines"] if line["failed"]]
    assert [line["number"] for line in failed] == [found.code_lines["level_2"]]
    assert "".join(piece[1] for piece in failed[0]["pieces"]).endswith("# fails here")
