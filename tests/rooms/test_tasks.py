"""Task sets, in links and ready-made."""

from __future__ import annotations

import base64
import zlib

import pytest

from rooms.tasks import (
    AFTER,
    BEFORE,
    LONGEST_TEXT,
    READY,
    SHAPE,
    Task,
    TaskSet,
    TaskSetError,
    asked_again,
    checked,
    packed,
    repeated,
    unpacked,
)


@pytest.mark.parametrize("name", READY)
def test_a_ready_made_set_fits_into_a_link_and_comes_back(name: str) -> None:
    word = packed(READY[name])
    assert len(word) < 1500
    assert unpacked(word) == READY[name]


def test_a_question_before_is_asked_after_with_other_sizes() -> None:
    before, other = Task(SHAPE, "conv1d", "conv_1", seed=3, part=BEFORE), Task(SHAPE, "simple_rnn", "rnn")
    *rest, after = asked_again((before, other))
    assert rest == [before, other]
    assert (after.part, after.pair()) == (AFTER, before.pair())
    assert after.seed not in (0, before.seed)
    assert asked_again((before, other, after)) == (before, other, after)


BOMB = base64.urlsafe_b64encode(zlib.compress(b'{"title":"' + b"a" * 5_000_000 + b'","tasks":[]}', 9)).decode()


@pytest.mark.parametrize("word", ["", "x", "ü", "A" * 20_000, BOMB, BOMB[:-9], packed(TaskSet("t", ()))])
def test_any_other_word_is_told(word: str) -> None:
    with pytest.raises(TaskSetError):
        unpacked(word)


@pytest.mark.parametrize(
    "task",
    [
        Task("no such kind"),
        Task(SHAPE, "x" * 200),
        Task(SHAPE, text="x" * (LONGEST_TEXT + 1)),
        Task(SHAPE, seed=-1),
        Task(SHAPE, minutes=float("nan")),
        Task(SHAPE, minutes=1e9),
        Task(SHAPE, part="later"),
        Task(SHAPE, dims={"units": "7" * 100}),
    ],
)
def test_a_task_that_cannot_be_is_told_by_its_number(task: Task) -> None:
    with pytest.raises(TaskSetError, match="Task 2 can't be used"):
        checked(TaskSet("t", (Task(SHAPE, "conv1d", "conv_1"), task)))


def test_too_many_tasks_and_odd_titles() -> None:
    with pytest.raises(TaskSetError, match="31 tasks"):
        checked(TaskSet("t", (Task(SHAPE),) * 31))
    assert checked(TaskSet("  a\u0000\u202e b ", (Task(SHAPE),))).title == "a b"
    assert checked(TaskSet("", (Task(SHAPE),))).title == "A class"


def test_what_is_repeated_another_day_has_new_seeds_and_no_part() -> None:
    first = Task(SHAPE, "simple_rnn", "rnn", {"units": "7"}, seed=5, minutes=3, part=BEFORE)
    again = repeated("T" * 60, [first])
    assert checked(again).title == "T" * 53 + ": again"
    assert (again.tasks[0].part, again.tasks[0].dims, again.tasks[0].minutes) == ("", first.dims, 3)
    assert again.tasks[0].seed not in (0, first.seed)
