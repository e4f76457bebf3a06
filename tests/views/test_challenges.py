"""What the page of challenges says: tables of two shapes, reasons, the score."""

from __future__ import annotations

from dataclasses import replace

from explainers.core.axes import Axis, Shape
from explainers.core.results import Inspection, Layer, Weight
from explainers.practice.challenges.challenge import Verdict
from views import challenges as view


def shape(**sizes: int | None) -> Shape:
    return tuple(Axis(name, size, f"{name} of the data", (f"data.{name}",)) for name, size in sizes.items())


WANTED = shape(batch=None, steps=12, filters=1000)


def test_axis_by_axis_where_both_have_as_many():
    rows = view.axes(WANTED, shape(batch=None, steps=7, filters=1000)).splitlines()
    assert rows[0] == "| axis | expected | yours | |"
    assert [row.split(" | ")[0] for row in rows[2:]] == ["| batch", "| steps", "| filters"]
    assert ":green[right]" in rows[2]
    assert ":red[**7**]" in rows[3]
    assert ":red[differs]" in rows[3]
    assert "1,000" in rows[4]
    assert "differs" not in rows[4]


def test_another_rank_is_told_in_words():
    told = view.axes(WANTED, shape(batch=None, filters=7))
    assert told == "Expected: 3 axes, yours has 2: steps is missing."
    assert view.axes(shape(batch=2), WANTED) == "Expected: 1 axis, yours has 3: steps and filters are too many."


def test_a_wrong_count_is_explained_by_the_weights():
    kernel = Weight("kernel", shape(features=3, units=4), "features × units", "3 × 4", 12)
    bias = Weight("bias", shape(units=4), "units", "4", 4)
    layer = Layer("dense", "Dense", {}, (), (), (kernel, bias), 16)
    wrong = Verdict(False, "Keras counts more than 12 in dense.", said=12, layer=layer)
    assert view.why_not(wrong) == "12 is kernel alone; bias (units) is missing."
    assert view.why_not(replace(wrong, layer=None)) == ""
    assert view.why_not(Verdict(True, "Yes.")) == ""


def test_the_model_is_shown_without_its_shapes():
    code = 'import keras\n\nx = keras.Input((3,), name="x")  # (None, 3) batch, features\ny = f(x)  # fails here\n'
    found = Inspection((), (), 0, "", None, None, code, {"x": 3, "y": 4})
    assert view.model_lines(found) == 'x = keras.Input((3,), name="x")\ny = f(x)'


def test_the_score():
    assert view.score([]) == "You haven't solved any yet in this visit."
    assert view.score([0, 2, 0]) == "Solved in this visit: **3**, without a hint: **2**."
