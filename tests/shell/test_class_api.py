"""What the pages of a class ask by HTTP: what a student is told and what not, limits per address, a lost store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette

from rooms.desk import Desk, Opened
from rooms.limits import ClassLimits
from rooms.store import Store
from shell import class_api, class_desk
from shell.class_desk import WrongCodes, network
from shell.class_join import ROOM
from tests.rooms.conftest import Clock
from tests.rooms.made import as_set, count_task, shape_task

ANNA, BEN = "token-of-anna-0123456789", "token-of-ben-01234567890"
TASKS = (shape_task(True), count_task())
HERE, THERE = "10.0.0.7", "10.9.9.9"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    found = Desk(Store(f"sqlite:///{tmp_path / 'x.sqlite'}"), ClassLimits(), Clock())
    tried = WrongCodes(5, Clock())
    monkeypatch.setattr(class_api, "desk", lambda: found)
    monkeypatch.setattr(class_api, "wrong_codes", lambda: tried)
    yield found
    found.store.close()


@pytest.fixture
def room(desk: Desk) -> Opened:
    return desk.open(as_set(*TASKS), TASKS)


def ask(what: str, address: str = HERE, **said: Any) -> dict[str, Any]:
    handler = {"state": class_api.state, "join": class_api.join, "answer": class_api.answer, "board": class_api.board}
    found: dict[str, Any] = json.loads(bytes(class_api._answered(handler[what], said, address).body))
    return found


def joined(desk: Desk, room: Opened) -> None:
    assert ask("join", room=room.code, token=ANNA, name="Ann") == {"joined": "Ann", "room": room.code}
    desk.act(room.code, room.key, "next", -1)


def test_nothing_of_the_answer_is_sent_before_it_is_revealed(desk: Desk, room: Opened) -> None:
    joined(desk, room)
    told = ask("state", room=room.code, token=ANNA)
    assert told["phase"] == "open"
    assert told["asked"]["prompt"] == "What comes out?"
    assert ask("answer", room=room.code, token=ANNA, place=0, text="None, 7, 7") == {"kept": "(None, 7, 7)", "place": 0}
    desk.act(room.code, room.key, "close", 0)
    closed = ask("state", room=room.code, token=ANNA)
    assert closed["mine"] == "(None, 7, 7)"
    assert "11" not in json.dumps([told, closed])  # the size that only the truth has
    assert "verdict" not in closed
    desk.act(room.code, room.key, "reveal", 0)
    shown = ask("state", room=room.code, token=ANNA)["verdict"]
    assert (shown["keras"], shown["right"]) == ("(None, 11, 7)", False)
    assert [row["right"] for row in shown["rows"]] == [True, False, True]


def test_a_look_that_has_nothing_new_is_short(desk: Desk, room: Opened) -> None:
    joined(desk, room)
    seen = ask("state", room=room.code, token=ANNA)["seen"]
    assert ask("state", room=room.code, token=ANNA, seen=seen) == {"seen": seen, "left": None}


def test_the_board_shows_answers_to_the_teacher_and_to_others_when_they_are_revealed(desk: Desk, room: Opened) -> None:
    joined(desk, room)
    ask("answer", room=room.code, token=ANNA, place=0, text="None, 7, 7")
    assert "tally" not in ask("board", room=room.code)
    assert ask("board", room=room.code)["answered"] == 1
    assert ask("board", room=room.code, key="not this")["kind"] == "not yours"
    teacher = ask("board", room=room.code, key=room.key)
    assert teacher["tally"]["told"] == "1 of 1 put units where timesteps are."
    desk.act(room.code, room.key, "reveal", 0)
    assert ask("board", room=room.code)["tally"] == teacher["tally"]


def test_codes_cannot_be_guessed_in_bulk_and_a_class_goes_on_meanwhile(desk: Desk, room: Opened) -> None:
    joined(desk, room)
    for number in range(2, 7):
        assert ask("join", room=f"AAAAA{number}", token=BEN, name="B")["kind"] == "no room"
    for what in ("join", "state", "board"):
        assert ask(what, room=room.code, token=BEN, name="B")["kind"] == "wait"  # not even the right one
    assert ask("state", room=room.code, token=ANNA)["phase"] == "open"  # who is in stays in
    assert "tally" in ask("board", room=room.code, key=room.key)
    assert ask("join", THERE, room=room.code, token=BEN, name="B")["joined"] == "B"  # from another network


def test_thirty_phones_of_a_class_that_was_deleted_block_nobody(desk: Desk, room: Opened) -> None:
    joined(desk, room)
    desk.delete(room.code, room.key)
    for number in range(30):
        assert ask("state", room=room.code, token=f"{ANNA}{number}")["kind"] == "no room"
    other = desk.open(as_set(*TASKS), TASKS)
    assert ask("join", room=other.code, token=BEN, name="B")["joined"] == "B"


@pytest.mark.parametrize(
    "said",
    [{}, {ROOM: 5}, {ROOM: None, "token": []}, {ROOM: "K7QF2M" * 1000}, {ROOM: "x", "place": "y"}, {ROOM: "K7QF2M"}],
)
@pytest.mark.parametrize("what", ["state", "join", "answer", "board"])
def test_any_request_gets_a_sentence(desk: Desk, what: str, said: dict[str, Any]) -> None:
    assert ask(what, **said)["problem"]


@pytest.mark.parametrize(
    ("place", "text"), [(True, "None, 7"), (10**30, "None, 7"), ("0", "None, 7"), (0, 7), (0, "\x00"), (0, "\ud800")]
)
def test_any_answer_gets_a_sentence(desk: Desk, room: Opened, place: Any, text: Any) -> None:
    joined(desk, room)
    assert ask("answer", room=room.code, token=ANNA, place=place, text=text)["problem"]


def test_a_lost_store_is_told_and_found_again(desk: Desk, room: Opened, tmp_path: Path) -> None:
    joined(desk, room)
    (tmp_path / "x.sqlite").rename(tmp_path / "away")
    (tmp_path / "x.sqlite").mkdir()
    response = class_api._answered(class_api.state, {"room": room.code, "token": ANNA}, HERE)
    assert response.status_code == 503
    told = json.loads(bytes(response.body))
    assert told["kind"] == "store"
    assert str(tmp_path) not in told["problem"]
    (tmp_path / "x.sqlite").rmdir()
    (tmp_path / "away").rename(tmp_path / "x.sqlite")
    assert ask("state", room=room.code, token=ANNA)["phase"] == "open"


def test_a_request_that_is_too_large_or_no_json_is_none() -> None:
    app = Starlette(routes=class_api.routes())
    assert {route.path for route in app.routes} == {  # type: ignore[attr-defined]
        "/class/state", "/class/join", "/class/answer", "/class/board"
    }  # fmt: skip


def test_old_classes_are_swept_away_and_no_file_is_made_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHAPE_EXPLAINER_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("SHAPE_EXPLAINER_CLASS_HOURS", "0.01")
    class_desk.desk.cache_clear()
    assert class_desk.sweep() == 0
    assert not (tmp_path / "data").exists()
    found, clock = class_desk.desk(), Clock()
    found._clock = clock
    found.open(as_set(*TASKS), TASKS)
    assert class_desk.sweep() == 0
    clock.now += 37
    assert class_desk.sweep() == 1
    found.store.close()
    class_desk.desk.cache_clear()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("10.0.0.7", "10.0.0.8", False),
        ("2001:db8:1:2:3::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("", "", True),
    ],
)
def test_whose_address_it_is(one: str, other: str, same: bool) -> None:
    assert (network(one) == network(other)) is same


def test_a_minute_later_a_network_may_try_again() -> None:
    clock = Clock()
    tried = WrongCodes(2, clock)
    for code in ("AAAAAA", "AAAAAA", "BBBBBB"):
        assert not tried.blocked(HERE)
        tried.note(HERE, code)
    assert tried.blocked(HERE)
    assert not tried.blocked(THERE)
    clock.now += 61
    assert not tried.blocked(HERE)
