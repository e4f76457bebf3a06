"""``explain(model)``: as text, as a picture without a request, as the JSON of `show`; the model stays as it was."""

from __future__ import annotations

import json
import random
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from shape_explainer import explain
from shape_explainer.models import NoShapes


class Net(keras.Model):
    """A model whose layers are only known inside its call."""

    def __init__(self, units: int) -> None:
        super().__init__()
        self.first, self.second = layers.Dense(units, name="first"), layers.Dense(2, name="second")

    def call(self, data: Any) -> Any:
        return self.second(self.first(data))


class Reading(HTMLParser):
    """Every tag with its attributes; all must be closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "path", "rect"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("meta", "path", "rect"):
            assert self.open.pop() == tag


def branched() -> Any:
    start = keras.Input((12, 5), name="start")
    left = layers.LSTM(7, return_sequences=True, name="left")(start)
    right = layers.Conv1D(7, 3, padding="same", name="right")(start)
    return keras.Model(start, layers.Dense(3, name="end")(layers.Add(name="sum")([left, right])), name="branched")


def read(html: str) -> Reading:
    parser = Reading()
    parser.feed(html)
    assert parser.open == []
    return parser


def test_every_count_is_that_of_keras() -> None:
    model = branched()
    found = explain(model)
    assert f"Total: {model.count_params():,} parameters" in repr(found)
    for layer in model.layers:
        told = next(entry for entry in found.to_dict()["layers"] if entry["name"] == layer.name)
        assert told["params"] == layer.count_params()
        assert [axis["size"] for axis in told["outputs"][0]] == list(layer.output.shape)


def test_the_dictionary_is_the_json_of_show() -> None:
    from explainers.core.inspection import inspect_model
    from explainers.core.results import Explanation
    from explainers.core.tell import Told, as_json

    model = branched()
    shown = as_json(Told(Explanation("", {}, "", inspect_model(lambda: model, run=False), ""), ()))
    found = explain(model).to_dict()
    json.dumps(found)
    assert {**found, "answer": ""} == shown


def test_the_picture_has_every_step_asks_for_nothing_and_says_all_in_words() -> None:
    found = explain(branched())
    html = read(found._repr_html_())
    names = [tag for tag, _ in html.tags]
    assert not {"script", "img", "link", "iframe", "object", "a"} & set(names)
    assert not [value for _, attrs in html.tags for key, value in attrs.items() if key.startswith("on") or key == "src"]
    assert "url(" not in found._repr_html_()
    assert "@import" not in found._repr_html_()
    boxes = [attrs for tag, attrs in html.tags if (attrs.get("class") or "") == "box"]
    assert len(boxes) == len(found.inspection.flow)
    picture = next(attrs for tag, attrs in html.tags if tag == "svg")
    ids = {attrs["id"] for _, attrs in html.tags if "id" in attrs}
    assert picture["role"] == "img"
    assert set((picture["aria-labelledby"] or "").split()) <= ids
    assert "takes left and right, element by element, and returns (batch None, steps 12" in found._repr_html_()


def test_boxes_lie_apart_and_inside_the_picture() -> None:
    from views import flow_svg, shape_flow

    where = flow_svg.placed(shape_flow.data(explain(branched()).inspection))
    boxes = list(where.boxes.values())
    assert all(box.x >= 0 and box.x + box.width <= where.width for box in boxes)
    rows: dict[float, list[tuple[float, float]]] = {}
    for box in boxes:
        rows.setdefault(box.y, []).append((box.x, box.x + box.width))
    assert len(rows) == 4
    assert all(
        left[1] < right[0] for row in rows.values() for left, right in zip(sorted(row), sorted(row)[1:], strict=False)
    )


def test_names_of_people_are_text() -> None:
    model = keras.Sequential([layers.Input((4,)), layers.Dense(3, name='<img src=x onerror="1">')], name="<b>bold")
    html = explain(model)._repr_html_()
    assert "<img" not in html
    assert "<b>" not in html
    assert not [tag for tag, attrs in read(html).tags if "onerror" in attrs]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_letters_can_be_read_on_their_ground(theme: str) -> None:
    from views import notebook, palette

    rules = notebook._LIGHT if theme == "light" else notebook._DARK
    own = dict(re.findall(r"--(\w+):(#\w+);", rules))
    pairs = [(own[letters], own[ground]) for letters in ("ink", "quiet", "bad") for ground in ("paper", "panel")]
    for colour in palette.COLOURS.values():
        text, fill = (colour.dark_text, colour.dark_fill) if theme == "dark" else (colour.light_text, colour.light_fill)
        pairs += [(text, fill), (text, own["panel"])]
    assert [pair for pair in pairs if contrast(*pair) < 4.5] == []


def contrast(one: str, other: str) -> float:
    """By the formula of the WCAG."""
    lights = sorted(luminance(colour) for colour in (one, other))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def luminance(colour: str) -> float:
    text = colour.lstrip("#")
    text = "".join(letter * 2 for letter in text) if len(text) == 3 else text
    parts = [int(text[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_a_saved_page_is_whole_and_allows_itself_nothing(tmp_path: Path) -> None:
    path = explain(branched()).save(tmp_path / "model.html")
    text = path.read_text(encoding="utf-8")
    read(text.removeprefix("<!doctype html>"))
    assert "default-src 'none'" in text
    assert "<svg" in text


@pytest.mark.parametrize(
    ("model", "shape"),
    [(lambda: keras.Sequential([layers.LSTM(6), layers.Dense(2)]), (9, 4)), (lambda: Net(7), (5,))],
)
def test_a_model_without_an_input_says_what_it_needs_and_is_shown_with_it(model: Any, shape: Any) -> None:
    made = model()
    with pytest.raises(NoShapes, match=r"explain\(model, input_shape=\(20, 8\)\)"):
        explain(made)
    twin = model()
    twin(np.zeros((3, *shape)))
    assert explain(made, input_shape=shape).inspection.total_params == twin.count_params()


def test_a_model_that_had_to_be_built_is_told() -> None:
    made = keras.Sequential([layers.Dense(3)])
    assert explain(made, input_shape=(4,)).notes == ()
    assert not made.built
    net = Net(7)
    told = explain(net, input_shape=(5,)).notes
    assert bool(told) == net.built


def test_a_dict_of_inputs() -> None:
    class Both(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.a, self.b = layers.Dense(3, name="of_p"), layers.Dense(3, name="of_q")

        def call(self, data: Any) -> Any:
            return self.a(data["p"]) + self.b(data["q"])

    found = explain(Both(), input_shape={"p": (4,), "q": (6,)})
    assert found.inspection.total_params == 4 * 3 + 3 + 6 * 3 + 3


@pytest.mark.parametrize(
    ("what", "says"),
    [(3, "This is a int"), (layers.Dense(3), "put it into a model"), (np.zeros(3), "ndarray")],
)
def test_what_is_no_model_is_told_in_one_sentence(what: Any, says: str) -> None:
    with pytest.raises(TypeError, match=says):
        explain(what)


def test_random_numbers_and_names_go_on_as_if_nothing_had_been() -> None:
    model = branched()
    before = layers.Dense(1).name
    unbuilt = keras.Sequential([layers.Dense(3, name="d")], name="s")
    random.seed(4)
    wanted = [random.random() for _ in range(2)]
    random.seed(4)
    first = random.random()
    repr(explain(model))
    explain(unbuilt, input_shape=(4,))
    assert [first, random.random()] == wanted
    number = int(before.rpartition("_")[2]) if "_" in before else 0
    assert layers.Dense(1).name == f"dense_{number + 1}"


def test_a_shape_that_the_model_refuses_is_told_with_keras_words() -> None:
    with pytest.raises(NoShapes, match=r"input_shape=\(5,\).*expected ndim=3"):
        explain(keras.Sequential([layers.LSTM(4)]), input_shape=(5,))
