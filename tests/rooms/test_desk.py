"""What teachers and students do with a class, on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from rooms.desk import (
    CLOSED,
    CODE_LENGTH,
    LETTERS,
    LOBBY,
    MOST_CHANGES,
    OPEN,
    OVER,
    REVEALED,
    ClassError,
    Desk,
    NoRoom,
    NotYours,
    Opened,
    phase,
    tidy_code,
    tidy_name,
)
from tests.rooms.conftest import Clock
from tests.rooms.made import as_set, count_task, shape_task
from views.predict import GuessError

ANNA, BEN, CLEO = "token-of-anna-0123456789", "token-of-ben-01234567890", "token-of-cleo-0123456789"
TASKS = (shape_task(True, minutes=2), shape_task(False), count_task())


def opened(desk: Desk) -> Opened:
    return desk.open(as_set(*TASKS), TASKS, "10.1.2.3")


def started(desk: Desk, *tokens: str) -> Opened:
    room = opened(desk)
    for token in tokens:
        desk.join(room.code, token, "Blue Heron")
    desk.act(room.code, room.key, "next", -1)
    return room


def where(desk: Desk, code: str, clock: Clock) -> str:
    room = desk.room(code)
    return phase(room, desk.task(code, room.current), clock.now)


def test_a_class_from_its_opening_to_its_end(desk: Desk, clock: Clock) -> None:
    room = opened(desk)
    assert len(room.code) == CODE_LENGTH
    assert set(room.code) <= set(LETTERS)
    assert where(desk, room.code, clock) == LOBBY
    assert desk.join(room.code, ANNA, "  Blue \n Heron ").name == "Blue Heron"
    assert desk.act(room.code, room.key, "next", -1).current == 0
    assert where(desk, room.code, clock) == OPEN
    assert desk.answer(room.code, ANNA, 0, "none 11 x 7") == "(None, 11, 7)"
    desk.act(room.code, room.key, "reveal", 0)
    assert where(desk, room.code, clock) == REVEALED
    for place in range(3):
        desk.act(room.code, room.key, "next", place)
    assert where(desk, room.code, clock) == OVER
    book = desk.book(room.code, room.key)
    assert [(answer.place, answer.text) for answer in book.answers] == [(0, "(None, 11, 7)")]
    assert [task.state for task in book.tasks] == [REVEALED, CLOSED, CLOSED]


def test_the_same_token_is_the_same_student_and_names_are_told_apart(desk: Desk) -> None:
    room = opened(desk)
    first = desk.join(room.code, ANNA, "Blue Heron")
    assert desk.join(room.code, ANNA, "Somebody else") == first
    assert desk.join(room.code, BEN, "Blue Heron").name == "Blue Heron 2"
    assert desk.join(room.code, CLEO, "Blue Heron").name == "Blue Heron 3"
    assert desk.counts(room.code, 0) == (3, 0)


def test_the_last_answer_before_the_reveal_counts(desk: Desk) -> None:
    room = started(desk, ANNA, BEN)
    desk.answer(room.code, ANNA, 0, "(None, 3, 7)")
    desk.answer(room.code, ANNA, 0, "(None, 11, 7)")
    assert desk.counts(room.code, 0) == (2, 1)
    desk.act(room.code, room.key, "reveal", 0)
    with pytest.raises(ClassError, match="closed"):
        desk.answer(room.code, BEN, 0, "(None, 11, 7)")
    assert [answer.text for answer in desk.answers_to(room.code, 0)] == ["(None, 11, 7)"]


def test_time_is_up_after_its_minutes_and_a_minute_more_opens_it_again(desk: Desk, clock: Clock) -> None:
    room = started(desk, ANNA)
    clock.now += 121  # two minutes, and less than the grace for what was on its way
    assert where(desk, room.code, clock) == CLOSED
    assert desk.answer(room.code, ANNA, 0, "None, 11") == "(None, 11)"
    clock.now += 2
    with pytest.raises(ClassError, match="closed"):
        desk.answer(room.code, ANNA, 0, "None, 11, 7")
    desk.act(room.code, room.key, "minute", 0)
    assert where(desk, room.code, clock) == OPEN
    clock.now += 59
    assert desk.answer(room.code, ANNA, 0, "None, 11, 7") == "(None, 11, 7)"


def test_a_second_click_on_next_skips_no_task(desk: Desk) -> None:
    room = started(desk)
    desk.act(room.code, room.key, "next", 0)
    assert desk.act(room.code, room.key, "next", 0).current == 1


def test_back_shows_the_task_as_it_was_left(desk: Desk, clock: Clock) -> None:
    room = started(desk, ANNA)
    desk.act(room.code, room.key, "reveal", 0)
    desk.act(room.code, room.key, "next", 0)
    desk.answer(room.code, ANNA, 1, "None, 7")
    desk.act(room.code, room.key, "back", 1)
    assert where(desk, room.code, clock) == REVEALED
    with pytest.raises(ClassError, match="closed"):
        desk.answer(room.code, ANNA, 1, "None, 11")


def test_early_closed_and_open_again(desk: Desk, clock: Clock) -> None:
    room = started(desk, ANNA)
    desk.act(room.code, room.key, "close", 0)
    assert where(desk, room.code, clock) == CLOSED
    desk.act(room.code, room.key, "reopen", 0)
    desk.answer(room.code, ANNA, 0, "None, 11, 7")
    desk.act(room.code, room.key, "reveal", 0)
    desk.act(room.code, room.key, "reopen", 0)  # what was shown can't be asked any more
    assert where(desk, room.code, clock) == REVEALED


@pytest.mark.parametrize("key", ["", "x", "ü" * 30, "A" * 32])
def test_without_the_key_nobody_is_the_teacher(desk: Desk, key: str) -> None:
    room = started(desk, ANNA)
    assert not desk.is_teacher(room.code, key)
    for act in (
        lambda: desk.act(room.code, key, "reveal", 0),
        lambda: desk.delete(room.code, key),
        lambda: desk.book(room.code, key),
        lambda: desk.choose(room.code, key, dims_free=True),
    ):
        with pytest.raises(NotYours):
            act()
    assert desk.task(room.code, 0).state == OPEN  # type: ignore[union-attr]


def test_only_hashes_of_secrets_are_kept(desk: Desk) -> None:
    room = started(desk, ANNA)
    with desk.store.reading() as connection:
        kept = [
            str(row)
            for table in ("class_room", "class_student")
            for row in connection.exec_driver_sql(f"SELECT * FROM {table}")
        ]
    assert len(kept) == 2
    assert not [row for row in kept if room.key in row or ANNA in row or "10.1.2.3" in row]


def test_what_cannot_be_read_is_told_and_the_earlier_answer_stays(desk: Desk) -> None:
    room = started(desk, ANNA)
    desk.answer(room.code, ANNA, 0, "None, 11, 7")
    for text in ("", "seven", "None, -3", "9" * 200, "<img src=x>"):
        with pytest.raises(GuessError):
            desk.answer(room.code, ANNA, 0, text)
    assert [answer.text for answer in desk.answers_to(room.code, 0)] == ["(None, 11, 7)"]


def test_strangers_and_other_tasks_are_refused(desk: Desk) -> None:
    room = started(desk, ANNA)
    with pytest.raises(ClassError, match="not joined"):
        desk.answer(room.code, BEN, 0, "None, 7")
    for place in (1, -1, 99):
        with pytest.raises(ClassError, match="closed"):
            desk.answer(room.code, ANNA, place, "None, 7")
    with pytest.raises(NoRoom):
        desk.join("ZZZZZZ", ANNA, "Anna")


def test_caps(make_desk: Callable[..., Desk], clock: Clock) -> None:
    desk = make_desk(class_students=2, class_rooms=3, class_rooms_per_address=2)
    room = started(desk, ANNA, BEN)
    with pytest.raises(ClassError, match="full: 2 students"):
        desk.join(room.code, CLEO, "Cleo")
    opened(desk)
    with pytest.raises(ClassError, match="from your network"):
        opened(desk)
    desk.open(as_set(*TASKS), TASKS, "10.9.9.9")
    with pytest.raises(ClassError, match="hold more classes"):
        desk.open(as_set(*TASKS), TASKS, "10.8.8.8")
    for number in range(MOST_CHANGES + 1):
        desk.answer(room.code, ANNA, 0, f"None, {number + 1}")
    with pytest.raises(ClassError, match="The last one counts"):
        desk.answer(room.code, ANNA, 0, "None, 7")


def test_after_its_hours_a_class_is_gone_and_deleted(make_desk: Callable[..., Desk], clock: Clock) -> None:
    desk = make_desk(class_hours=2)
    room = started(desk, ANNA)
    desk.answer(room.code, ANNA, 0, "None, 7")
    clock.now += 2 * 3600 + 1
    with pytest.raises(NoRoom):
        desk.room(room.code)
    assert desk.sweep() == 1
    with desk.store.reading() as connection:
        for table in ("class_room", "class_task", "class_student", "class_answer"):
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() == 0, table


def test_one_click_deletes_all_that_was_said(desk: Desk) -> None:
    room, other = started(desk, ANNA), opened(desk)
    desk.answer(room.code, ANNA, 0, "None, 7")
    desk.delete(room.code, room.key)
    with desk.store.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM class_answer").scalar_one() == 0
        assert connection.exec_driver_sql("SELECT count(*) FROM class_student").scalar_one() == 0
    assert desk.room(other.code).code == other.code


def test_two_copies_of_the_server_see_the_same(make_desk: Callable[..., Desk]) -> None:
    one, other = make_desk(), make_desk()
    room = started(one, ANNA)
    other.answer(room.code, ANNA, 0, "None, 11, 7")
    assert one.counts(room.code, 0) == (1, 1)
    other.act(room.code, room.key, "reveal", 0)
    with pytest.raises(ClassError, match="closed"):
        one.answer(room.code, ANNA, 0, "None, 7")


def test_thirty_students_at_once_through_two_copies(make_desk: Callable[..., Desk]) -> None:
    copies = [make_desk(), make_desk()]
    room = started(copies[0])
    tokens = [f"token-of-student-number-{number:03}" for number in range(30)]
    troubles: list[Exception] = []

    def student(number: int) -> None:
        desk = copies[number % 2]
        try:
            desk.join(room.code, tokens[number], "Blue Heron")
            desk.answer(room.code, tokens[number], 0, f"None, {number + 20}")
        except Exception as error:
            troubles.append(error)

    threads = [threading.Thread(target=student, args=(number,)) for number in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []
    book = copies[0].book(room.code, room.key)
    assert len({student.name for student in book.students}) == 30
    assert {answer.text for answer in book.answers} == {f"(None, {number + 20})" for number in range(30)}


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("k7q f2m", "K7QF2M"),
        ("K7Q-F2M", "K7QF2M"),
        ("K7QF2", ""),
        ("K7QF20", ""),
        ("'; --", ""),
        ("ǅǅǅǅǅǅ", ""),
        ("", ""),
    ],
)
def test_codes_as_people_type_them(typed: str, code: str) -> None:
    assert tidy_code(typed) == code


@pytest.mark.parametrize(
    ("typed", "name"),
    [("  Ann \t B ", "Ann B"), ("\u202eevil\u0000", "evil"), ("\u200b", ""), ("x" * 99, "x" * 24), ("<b>", "<b>")],
)
def test_names_on_one_line(typed: str, name: str) -> None:
    assert tidy_name(typed) == name
