"""The page of challenges. The pool's workers are real.

That every kind is right for every lesson is held without a page (tests/explainers/challenges).
"""

from __future__ import annotations

from functools import cache

import pytest
from streamlit.testing.v1 import AppTest

from explainers.core.registry import all_explainers
from explainers.practice.challenges import engine, failing, looking
from explainers.practice.challenges.challenge import KINDS, kinds_of
from tests.apptest import open_page

SEED = 3


def one_each() -> list[tuple[str, str]]:
    """Every lesson once, with the kind that was least there before."""
    seen = dict.fromkeys(KINDS, 0)
    pairs = []
    for name in all_explainers():
        kind = min(kinds_of(name), key=seen.__getitem__)
        seen[kind] += 1
        pairs.append((name, kind))
    return pairs


def opened(page: str = "challenges", **query: str) -> AppTest:
    return open_page(page, **query)


def challenge(kind: str, lesson: str = "stacked_lstm", seed: int = SEED) -> AppTest:
    return opened(lesson=lesson, kind=kind, seed=str(seed))


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def query(app: AppTest, name: str) -> str:
    """A parameter of the link; AppTest gives a list or a text."""
    value = app.query_params[name]
    return value if isinstance(value, str) else str(value[0])


@cache
def truth(kind: str) -> str:
    """The right answer, from the very models: only a test may look."""
    drawn = engine._drawn("stacked_lstm", kind, SEED)
    lesson = all_explainers()["stacked_lstm"]
    if kind == "line":
        return str(failing._stop(lesson, drawn).line)
    found = looking.live(lesson, drawn.dims)
    return str(found.layer(drawn.layer).params if drawn.layer else found.total_params)


@pytest.mark.parametrize(("name", "kind"), one_each())
def test_every_lesson_and_every_kind_opens(name, kind):
    assert {kind for _, kind in one_each()} == set(KINDS)
    app = challenge(kind, name)
    assert not app.exception
    assert not app.warning
    assert app.title[0].value == "Challenges"
    assert [pill.value for pill in app.get("button_group")] == [kind]
    assert app.header[0].value.endswith((".", "?"))


def test_without_a_link_there_is_a_challenge_and_the_link_says_which():
    app = opened()
    assert not app.exception
    assert query(app, "lesson") == next(iter(all_explainers()))
    assert query(app, "kind") == "shape"
    assert 0 <= int(query(app, "seed")) < 1_000_000


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"lesson": "conv9"}, "There is no lesson called conv9"),
        ({"lesson": "windowed_forecast", "kind": "repair"}, "has no challenge called repair"),
        ({"seed": "many"}, "seed\\=many was given; it must be a whole number from 0 to 999,999"),
    ],
)
def test_a_bad_link_gets_a_notice_and_a_challenge(query, words):
    app = opened(**query)
    assert not app.exception
    assert words in app.warning[0].value.replace("\\_", "_").replace("\\|", "|")
    assert app.header


def test_a_count_is_judged_and_scored():
    app = challenge("count")
    app.text_input[0].input("1")
    app = press(app, "Check")
    assert "Keras counts more than 1" in app.warning[0].value
    app.text_input[0].input(f" {int(truth('count')):,} ")
    app = press(app, "Check")
    assert app.success[0].value.startswith(f"Yes: Keras counts **{int(truth('count')):,}**")
    assert "Solved in this visit: **1**, without a hint: **1**." in [caption.value for caption in app.caption]


def test_what_cannot_be_read_stays_with_a_sentence():
    app = challenge("count")
    app.text_input[0].input("about ten")
    app = press(app, "Check")
    assert "is not a count" in app.warning[0].value
    assert app.text_input[0].value == "about ten"
    assert not app.success


def test_hints_come_one_by_one_and_the_answer_ends_the_score():
    app = challenge("count")
    for number in (1, 2, 3):
        assert not any(text.value.startswith(f"**Hint {number}.**") for text in app.markdown)
        app = press(app, f"Hint {number} of 3")
        assert any(text.value.startswith(f"**Hint {number}.**") for text in app.markdown)
    app = press(app, "Show the answer")
    assert f"{int(truth('count')):,}" in app.info[0].value
    app.text_input[0].input(truth("count"))
    app = press(app, "Check")
    assert app.success
    assert "You haven't solved any yet in this visit." in [caption.value for caption in app.caption]


def test_a_line_is_chosen():
    app = challenge("line")
    app = press(app, "Check")
    assert "Choose a line first" in app.warning[0].value
    app.radio[0].set_value(1)
    app = press(app, "Check")
    assert app.warning[0].value.startswith("Line 1 runs")
    app.radio[0].set_value(int(truth("line")))
    app = press(app, "Check")
    assert app.success[0].value.startswith(f"Yes, line {truth('line')}. ValueError")


def test_a_model_is_repaired_with_its_dims():
    app = challenge("repair")
    assert "ValueError" in app.error[0].value
    app = press(app, "Check")
    assert app.warning[0].value.startswith("Nothing is changed yet.")
    progress = app.session_state["challenges"][f"stacked_lstm/repair/{SEED}"]
    fix = engine._drawn("stacked_lstm", "repair", SEED).fix
    assert fix is not None
    progress.draft = progress.draft.but(**fix.dims)
    app = press(app, "Check")
    assert app.success[0].value.startswith("Yes: it builds.")


def test_new_dims_are_another_challenge():
    app = challenge("count")
    before = query(app, "seed")
    app = press(app, "New sizes")
    assert query(app, "seed") != before
    assert query(app, "kind") == "count"
