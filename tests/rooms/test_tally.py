"""What came of a class, against numbers counted by hand."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from rooms import tally
from rooms.desk import Book, Desk
from rooms.limits import ClassLimits
from rooms.store import Store
from rooms.tasks import AFTER, BEFORE
from tests.rooms.made import as_set, count_task, shape_task

TASKS = (shape_task(True, part=BEFORE, seed=1), count_task(), shape_task(True, part=AFTER, seed=2), shape_task(False))
# By student: what was said to tasks 1, 2 and 3. The fourth is never asked.
SAID = (
    ("None, 11, 7", "308", "None, 11, 7"),  # right, right, right
    ("None, 7, 7", "140", "None, 11, 7"),  # units where timesteps are; wrong; right: gained
    ("None, 7", "140", "None, 7, 7"),  # timesteps left out; wrong; wrong
    ("None, 7, 7", "", "None, 11, 7"),  # units where timesteps are; nothing; right: gained
    ("None, 11, 7", "308", ""),  # right, right, nothing
    ("5, 7, 7, 1", "", "None, 7"),  # too many; nothing; wrong
)
NAMES = ("Blue Heron", "=1+2", "Anna", "“Ben”, the 2nd", "Cleo", "<b>Dan</b>")


@pytest.fixture
def book(tmp_path: Path) -> Book:
    desk = Desk(Store(f"sqlite:///{tmp_path / 'x.sqlite'}"), ClassLimits())
    room = desk.open(as_set(*TASKS), TASKS)
    tokens = [f"token-of-student-number-{number}" for number in range(len(SAID))]
    for token, name in zip(tokens, NAMES, strict=True):
        desk.join(room.code, token, name)
    for place in range(3):
        desk.act(room.code, room.key, "next", place - 1)
        for token, texts in zip(tokens, SAID, strict=True):
            if texts[place]:
                desk.answer(room.code, token, place, texts[place])
    desk.act(room.code, room.key, "end", 2)
    found = desk.book(room.code, room.key)
    desk.store.close()
    return found


def test_one_task_axis_by_axis(book: Book) -> None:
    found = tally.tallies(book)[0]
    assert (found.answered, found.right, found.truth) == (6, 2, "(None, 11, 7)")
    bars = {axis.axis: {(bar.said, bar.right): bar.count for bar in axis.bars} for axis in found.axes}
    assert bars["batch"] == {("None", True): 5, ("5", False): 1}
    assert bars["timesteps"] == {("11", True): 2, ("7", False): 3, (tally.MISSING, False): 1}
    assert bars["units"] == {("7", True): 6}
    assert bars[tally.TOO_MANY] == {("1", False): 1}
    assert (found.wrong[0].answer, found.wrong[0].count) == ("(None, 7, 7)", 2)
    assert tally.told(found) == "2 of 6 put units where timesteps are."
    assert found.wrong[0].believed == "units is the number of timesteps (or of cells in a chain, or of outputs)."


def test_a_count(book: Book) -> None:
    found = tally.tallies(book)[1]
    assert (found.answered, found.right, found.truth) == (4, 2, "308")
    assert [(bar.said, bar.count, bar.right) for bar in found.axes[0].bars] == [("308", 2, True), ("140", 2, False)]
    assert tally.told(found) == "2 of 4 said 140."


def test_students_and_what_to_repeat(book: Book) -> None:
    lines = tally.lines(book)
    assert [line.name for line in lines] == list(NAMES)
    assert [line.right for line in lines] == [3, 1, 0, 1, 2, 0]
    assert [line.answered for line in lines] == [3, 3, 3, 2, 2, 2]
    assert lines[3].verdicts == (False, None, True)
    assert tally.lines(book, named=False)[1].name == "Student 2"
    # 2/4, 3/5; the first was 2/6, and is judged by the third, where it was asked again.
    assert [found.place for found in tally.to_repeat(book, tally.tallies(book))] == [1, 2]


def test_what_nobody_said_has_a_bar_where_it_is_right(tmp_path: Path) -> None:
    desk = Desk(Store(f"sqlite:///{tmp_path / 'y.sqlite'}"), ClassLimits())
    room = desk.open(as_set(TASKS[0]), TASKS[:1])
    desk.join(room.code, "token-of-student-number-0", "Ann")
    desk.act(room.code, room.key, "next", -1)
    desk.answer(room.code, "token-of-student-number-0", 0, "None, 11, 3")
    (found,) = tally.tallies(desk.book(room.code, room.key))
    desk.store.close()
    assert [(bar.said, bar.count, bar.right) for bar in found.axes[2].bars] == [("3", 1, False), ("7", 0, True)]


def test_the_gain_is_of_those_who_answered_both(book: Book) -> None:
    (gain,) = tally.gains(book)
    assert (gain.students, gain.before, gain.after, gain.gained, gain.lost) == (5, 1, 3, 2, 0)
    assert gain.normalized == pytest.approx((3 - 1) / (5 - 1))


def test_the_csv_adds_up(book: Book) -> None:
    rows = list(csv.DictReader(io.StringIO(tally.as_csv(book))))
    assert len(rows) == 6 * 3
    for found in tally.tallies(book):
        mine = [row for row in rows if row["task"] == str(found.place + 1)]
        assert sum(int(row["answered"]) for row in mine) == found.answered
        assert sum(int(row["right"]) for row in mine) == found.right
    assert {row["student"] for row in rows} == {*NAMES} - {"=1+2"} | {"'=1+2"}
    assert {row["part"] for row in rows} == {BEFORE, "", AFTER}
    assert [row["slip"] for row in rows if row["student"] == "Anna"] == [
        "left out timesteps",
        "",
        "put units where timesteps are",
    ]
    hidden = list(csv.DictReader(io.StringIO(tally.as_csv(book, named=False))))
    assert {row["student"] for row in hidden} == {f"Student {number}" for number in range(1, 7)}


def test_nobody_answered(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    room = desk.open(as_set(*TASKS), TASKS)
    desk.act(room.code, room.key, "next", -1)
    book = desk.book(room.code, room.key)
    (found,) = tally.tallies(book)
    assert (found.answered, found.right, found.share, tally.told(found)) == (0, 0, 0.0, "")
    assert tally.gains(book)[0].normalized is None
    assert tally.as_csv(book).splitlines() == [",".join(tally.COLUMNS)]


@pytest.mark.parametrize("seed", [7, 1234])
def test_a_class_of_any_answers_adds_up(make_desk: Callable[..., Desk], seed: int) -> None:
    """Counts, board, CSV and gain against sums made here, from the answers that were drawn and never from the tally."""
    rng, desk = Random(seed), make_desk()
    room = desk.open(as_set(*TASKS), TASKS)
    right = {0: "(None, 11, 7)", 1: "308", 2: "(None, 11, 7)"}
    wrong = {0: ["(None, 7)", "(None, 7, 11)", "(5, 7)"], 1: ["0", "140", "7"], 2: ["(None, 7, 7)", "(11, 7)"]}
    tokens = [f"token-of-student-number-{number}" for number in range(9)]
    for token in tokens:
        desk.join(room.code, token, "Ann")
    said: dict[tuple[int, int], str] = {}
    for place in range(3):
        desk.act(room.code, room.key, "next", place - 1)
        for student, token in enumerate(tokens):
            for _ in range(rng.choice((0, 1, 1, 2))):  # none, one, or one that is changed
                said[student, place] = rng.choice([right[place], *wrong[place]])
                desk.answer(room.code, token, place, said[student, place])
        counted = sum(where == place for _, where in said)
        assert desk.counts(room.code, place) == (9, counted)
        desk.act(room.code, room.key, "reveal", place)
    book = desk.book(room.code, room.key)
    rows = list(csv.DictReader(io.StringIO(tally.as_csv(book))))
    names = [student.name for student in book.students]
    found = {(names.index(row["student"]), int(row["task"]) - 1): row for row in rows}
    assert len(rows) == len(found) == 27
    for where, row in found.items():
        text = said.get(where, "")
        assert (row["answer"], row["answered"]) == (text, "1" if text else "0")
        assert row["right"] == ("1" if text == right[where[1]] else "0")
    for each in tally.tallies(book):
        mine = {student: text for (student, place), text in said.items() if place == each.place}
        assert (each.answered, each.right) == (len(mine), sum(text == right[each.place] for text in mine.values()))
        assert all(sum(bar.count for bar in axis.bars) == len(mine) for axis in each.axes if axis.axis in ("", "batch"))
    both = [(said[s, 0] == right[0], said[s, 2] == right[2]) for s in range(9) if (s, 0) in said and (s, 2) in said]
    (gain,) = tally.gains(book)
    assert (gain.students, gain.before, gain.after) == (len(both), sum(a for a, _ in both), sum(b for _, b in both))
    assert (gain.gained, gain.lost) == (sum(b and not a for a, b in both), sum(a and not b for a, b in both))
