"""Misconceptions as a page shows them."""

from __future__ import annotations

import pytest

from explainers.core.axes import Axis
from explainers.core.results import BuildError, Tensor
from explainers.core.trial import Tried
from explainers.practice.misconceptions.catalogue import THEMES, find_misconception
from explainers.practice.misconceptions.misconception import AxisSaid, Judgement
from views import links, misconceptions
from views.predict import GuessError


def test_without_a_text_all_themes_are_listed_by_number() -> None:
    grouped = misconceptions.groups()
    assert list(grouped) == list(THEMES)
    numbers = [misconception.number for misconception in grouped["Weights, states and masks"]]
    assert numbers == [2, 5, 6, 22, 26, 28, 30]


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("padding", "padding-zeros-do-not-count"),
        ("hidden_size", "units-is-the-number-of-steps"),
        ("target shape", "labels-are-a-matter-of-taste"),
        ("ragged", "none-allows-different-lengths"),
    ],
)
def test_a_text_finds_its_misconception(text: str, slug: str) -> None:
    (found,) = misconceptions.groups(text).values()
    assert slug in [misconception.slug for misconception in found[:4]]


def test_a_text_about_nothing_finds_nothing() -> None:
    assert misconceptions.groups("zzzqqq") == {}


def test_neighbours_by_number() -> None:
    before, after = misconceptions.neighbours(find_misconception("more-steps-more-weights"))
    assert before is not None
    assert before.number == 5
    assert after is not None
    assert after.number == 7
    assert misconceptions.neighbours(find_misconception("a-row-is-a-sequence"))[0] is None
    assert misconceptions.neighbours(find_misconception("a-number-in-brackets-is-a-shape"))[1] is None


def tensor(name: str, values: tuple[tuple[float, ...], ...], *axes: tuple[str, int]) -> Tensor:
    return Tensor(name, tuple(Axis(word, size, "made here") for word, size in axes), values)


def test_arrays_are_told_with_their_axes_and_only_on_demand_with_values() -> None:
    x = tensor("x", ((1.0, 2.5, 3.0),), ("batch", 2), ("timesteps", 7))
    assert (
        misconceptions.tensors(Tried("", "", tensors=(x,), title="t", kind="run"))
        == "- `x` (:gray[**2 batch**], :blue[**7 timesteps**])"
    )
    told = misconceptions.tensors(Tried("", "", tensors=(x,), values=True, title="t", kind="run"))
    assert told.endswith(": `[[1, 2.5, 3, …], …]`")


def test_the_cause_stands_beside_keras_words_only_where_it_says_more() -> None:
    error = BuildError("ValueError", "Keras' words", None, None, "the cause")
    assert misconceptions.words(Tried("", "told", error=error, title="t", kind="loud")) == "ValueError: Keras' words"
    assert misconceptions.why(Tried("", "told", error=error, title="t", kind="loud")) == "the cause"
    assert misconceptions.why(Tried("", "the cause", error=error, title="t", kind="loud")) == ""
    assert (
        misconceptions.words(Tried("", "", title="t", kind="run"))
        == misconceptions.why(Tried("", "", title="t", kind="run"))
        == ""
    )


@pytest.mark.parametrize("typed", ["none 12 7", "(None,12,7)", "[?, 12, 7]", "None x 12 x 7"])
def test_shapes_are_read_as_people_type_them(typed: str) -> None:
    assert misconceptions.read_answer("shape", typed) == "(None, 12, 7)"


def test_counts_and_choices_are_read() -> None:
    assert misconceptions.read_answer("count", "4,224 parameters") == "4224"
    assert misconceptions.read_answer("choice", "It trains") == "It trains"
    with pytest.raises(GuessError, match="is not a size"):
        misconceptions.read_answer("shape", "batch 7")


def judged(right: bool, said: str) -> Judgement:
    rows = (
        AxisSaid("None", "None", "batch", "batch_size is open", True),
        AxisSaid("9", "7", "units", "units=7 of LSTM lstm", False),
    )
    return Judgement(True, right, said, "(None, 7)", "why", rows)


def test_the_verdict_on_an_answer() -> None:
    assert misconceptions.verdict(judged(True, "(None, 7)"), gave_up=False) == "Right: **(None, 7)**."
    assert misconceptions.verdict(judged(False, "(None, 9)"), gave_up=False) == (
        "Not quite: you said **(None, 9)**, Keras says **(None, 7)**."
    )
    assert misconceptions.verdict(judged(False, ""), gave_up=True) == "Keras says **(None, 7)**."


def test_axis_by_axis_in_the_colours_of_the_axes() -> None:
    rows = misconceptions.axes(judged(False, "(None, 9)"), gave_up=False)
    assert [row["you said"] for row in rows] == ["None", "9  ✗"]
    assert rows[1]["Keras says"] == ":green[**7**]"
    assert "you said" not in misconceptions.axes(judged(False, ""), gave_up=True)[0]


@pytest.mark.parametrize(
    ("text", "seed"), [("7", 7), ("0", 1), ("-3", 1), ("x", 1), ("12345678", 1), ("²", 1), ("9999", 9999)]
)
def test_the_number_of_a_question_from_a_link(text: str, seed: int) -> None:
    assert misconceptions.seed_from({"question": text}) == seed
    assert misconceptions.seed_from({}) == 1


def test_links_are_real_addresses() -> None:
    target = links.Target(
        "t", "misconceptions", {"misconception": "a b"}, line="l", badge="misconception", tone="violet"
    )
    data = links.data([target, links.Target("Home", "home")], "two links", cards=True)
    assert [item["href"] for item in data["items"]] == ["misconceptions?misconception=a+b", "./"]
    assert (data["label"], data["cards"], data["items"][0]["badge"]) == ("two links", True, "misconception")
    with pytest.raises(AssertionError, match="crimson"):
        links.data([links.Target("t", "home", tone="crimson")], "one link")


def test_a_choice_isnt_said_by_keras() -> None:
    refused = Judgement(read=True, right=False, said="It builds", truth="Keras refuses it", why="")
    assert misconceptions.verdict(refused, gave_up=False) == (
        "Not quite: you said **It builds**. The right choice: **Keras refuses it**."
    )
    assert misconceptions.verdict(refused, gave_up=True) == "The right choice: **Keras refuses it**."
