"""Repeated blocks of a live model are drawn once and opened; a layer is found by its name; no step is lost."""

from __future__ import annotations

from functools import cache
from typing import Any

import keras
import pytest
from keras import layers

from explainers.core.inspection import inspect_model
from explainers.core.results import Inspection
from views import folding, shape_flow

BLOCKS, IN_BLOCK = 9, 4


def encoder() -> Any:
    x = sequence = keras.Input((20, 14), name="sequence")
    for number in range(BLOCKS):
        attended = layers.MultiHeadAttention(3, 8, name=f"look_{number}")(x, x)
        inner = layers.Dense(14, name=f"wide_{number}")(layers.Add(name=f"skip_{number}")([x, attended]))
        x = layers.LayerNormalization(name=f"norm_{number}")(inner)
    return keras.Model(sequence, layers.Dense(5, name="classes")(x))


def narrowing() -> Any:
    """No two layers alike."""
    return keras.Sequential([keras.Input((60,)), *(layers.Dense(59 - n) for n in range(55))])


@cache
def found(build: Any) -> Inspection:
    return inspect_model(build, run=False)


def drawn(part: folding.Part) -> list[str]:
    return [step.layer for step in part.inspection.flow]


def test_a_repeated_block_is_drawn_once() -> None:
    (fold,) = folding.folds(found(encoder))
    assert (fold.steps, fold.times) == (IN_BLOCK, BLOCKS)
    part = folding.part(found(encoder))
    assert drawn(part) == ["sequence", "look_0", "skip_0", "wide_0", "norm_0", "classes"]
    assert part.notes == {1: "this and the next 3 × 9"}
    assert [link.step for link in part.inspection.flow[-1].inputs] == [4]  # classes reads the block that is drawn
    data = shape_flow.data(part.inspection, repeated=part.notes)
    assert data["steps"][1]["repeated"] == "this and the next 3 × 9"
    assert "from look_0, this and the next 3 × 9" in data["text"]


def test_the_figure_has_a_button_where_a_block_begins() -> None:
    closed = folding.part(found(encoder))
    button = folding.data(found(encoder), closed)["steps"][1]["fold"]
    assert button == {"start": 1, "label": "Open look_0 to norm_0 × 9"}
    opened = folding.part(found(encoder), opened=[1])
    data = folding.data(found(encoder), opened)
    assert data["steps"][1]["fold"]["label"] == "Fold look_0 to norm_0 × 9"
    assert data["steps"][1]["repeated"] == "fold these 9"
    assert [step["fold"] for step in data["steps"]].count(None) == len(data["steps"]) - 1
    looked_for = folding.data(found(encoder), folding.part(found(encoder), around="norm_7"))
    assert looked_for["steps"][looked_for["found"]]["layer"] == "norm_7"


def test_it_is_opened_by_a_click_and_for_a_layer_inside() -> None:
    whole = [step.layer for step in found(encoder).flow]
    assert drawn(folding.part(found(encoder), opened=[1])) == whole
    inside = folding.part(found(encoder), around="norm_7")
    assert drawn(inside)[1] == "norm_7"
    assert inside.notes == {1: "found"}
    assert drawn(folding.part(found(encoder), around="norm_0")) == ["wide_0", "norm_0", "classes"]


def test_the_parts_of_a_long_flow_are_the_whole() -> None:
    whole = [step.layer for step in found(narrowing).flow]
    assert not folding.folds(found(narrowing))
    one, two = folding.part(found(narrowing)), folding.part(found(narrowing), first=folding.PART)
    assert (one.is_cut, one.first, two.last) == (True, 0, len(whole))
    assert drawn(one) == whole[: folding.PART]
    assert drawn(two) == whole[-folding.PART :]
    assert all(link.step < index for part in (one, two) for index, step in enumerate(part.inspection.flow)
               for link in step.inputs)  # fmt: skip


@pytest.mark.parametrize("first", [-5, 10**9])
def test_a_part_that_is_not_there_is_the_nearest(first: int) -> None:
    assert len(drawn(folding.part(found(narrowing), first=first))) == folding.PART


def test_a_small_flow_is_drawn_as_it_is() -> None:
    small = inspect_model(
        lambda: keras.Sequential([keras.Input((6,)), *(layers.Dense(6) for _ in range(9))]), run=False
    )
    assert not folding.folds(small)
    assert folding.part(small).inspection.flow == small.flow


@pytest.mark.parametrize(
    ("layer", "columns", "steps"),
    [
        ("norm_4", 2, ["wide_4", "norm_4"]),
        ("skip_4", 2, ["norm_3", "look_4", "skip_4"]),  # it adds two tensors
        ("skip_4", 1, ["skip_4"]),
        ("wide_4", 3, ["norm_3", "look_4", "skip_4", "wide_4"]),
        ("sequence", 2, ["sequence", "look_0", "skip_0"]),  # an Input, with what reads it
        ("no such layer", 2, ["norm_8", "classes"]),  # the end
    ],
)
def test_a_layer_with_what_reaches_it(layer: str, columns: int, steps: list[str]) -> None:
    part = folding.near(found(encoder), layer, columns)
    assert [step.layer for step in part.flow] == steps
    assert all(link.step < place for place, step in enumerate(part.flow) for link in step.inputs)
    whole = len(found(encoder).flow)
    assert shape_flow.data(part, whole=whole)["text"].startswith(f"Shape flow of {len(steps)} step")
    assert f"of a model that has {whole}." in shape_flow.data(part, whole=whole)["text"]
