"""What the pages of a class ask by HTTP: what a student is told and what not, limits per address, a lost store."""

from __future__ import annotations

import asyncio
import json
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request

from explainers.core.registry import find_explainer
from explainers.practice.challenges.challenge import Verdict
from rooms.asked import DIMS, Asked, Field, Prepared, Truth
from rooms.desk import Desk, Opened
from rooms.limits import ClassLimits
from rooms.store import Store
from rooms.tasks import CHALLENGE, Task, TaskSet
from shell import class_api, class_desk, class_routes, class_trying
from shell.class_desk import WrongCodes, network
from shell.class_join import ROOM
from tests.rooms.conftest import Clock
from tests.rooms.made import as_set, count_task, shape_task
from workers.pool import WorkerError

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
    app = Starlette(routes=class_routes.routes())
    assert {route.path for route in app.routes} == {  # type: ignore[attr-defined]
        "/class/state", "/class/join", "/class/answer", "/class/board"
    }  # fmt: skip


def test_who_goes_away_in_the_middle_of_a_request_costs_the_log_nothing(caplog: pytest.LogCaptureFixture) -> None:
    parts = iter([{"type": "http.request", "body": b'{"room', "more_body": True}, {"type": "http.disconnect"}])

    async def receive() -> Any:
        return next(parts)

    async def body() -> Any:
        return await class_api._body(Request({"type": "http", "method": "POST", "headers": []}, receive))

    assert asyncio.run(body()) == {}
    assert not caplog.records


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


# -- attacks, as they come over the network ------------------------------------------------------------------


def http(path: str, body: bytes, method: str = "POST") -> tuple[int, bytes]:
    """The status and the body of one request, through the app's own routes."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": b"", "headers": [],
        "client": (HERE, 50_000), "root_path": "", "scheme": "http", "server": ("x", 80), "http_version": "1.1",
    }  # fmt: skip
    asyncio.run(Starlette(routes=class_routes.routes())(scope, receive, send))
    return sent[0]["status"], b"".join(each.get("body", b"") for each in sent[1:])


def post(what: str, **said: Any) -> dict[str, Any]:
    """Lone surrogates are written as an attacker would: escaped."""
    status, body = http(f"/class/{what}", json.dumps(said).encode())
    assert status == 200
    found: dict[str, Any] = json.loads(body)
    return found


def intact(desk: Desk, room: Opened) -> bool:
    """Anna is in, with her one answer, and the class goes on."""
    book = desk.book(room.code, room.key)
    mine = [answer.text for answer in book.answers]
    return mine == ["(None, 7, 7)"] and book.room.current == 0 and "Ann" in [each.name for each in book.students]


@pytest.fixture
def busy(desk: Desk, room: Opened) -> Opened:
    """A class at its first question, which Anna has answered."""
    joined(desk, room)
    desk.answer(room.code, ANNA, 0, "None, 7, 7")
    return room


ODD_BODIES = (
    b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"[" * 4000, b'{"a":' * 700, b'{"room": "' + b"A" * 100_000 + b'"}',
    b"NaN", b'{"room":1e999}', b'{"place":' + b"9" * 3000 + b"}",
)  # fmt: skip


@pytest.mark.parametrize("what", ["state", "join", "answer", "board"])
def test_a_body_that_is_no_request_gets_a_sentence(desk: Desk, busy: Opened, what: str) -> None:
    for body in ODD_BODIES:
        status, told = http(f"/class/{what}", body)
        assert (status, json.loads(told)["kind"]) == (200, "no room"), body[:30]
        assert json.loads(told)["problem"].endswith(".")
    assert http(f"/class/{what}", b"", "GET")[0] == 405
    assert intact(desk, busy)


ODD_NAMES = (
    "<script>alert(1)</script>", "\u202egnp.exe", "a\x00b", "\u200b\u200b", "=HYPERLINK(1)", "x" * 5000, "😀" * 300,
    "e" + "\u0301" * 500, "\ud800", "../../x", "'; DROP TABLE class_room;--", "\n\n\n", "\u2066\u2067evil\u2069",
)  # fmt: skip


def test_a_nickname_is_short_visible_text_or_is_refused(desk: Desk, busy: Opened) -> None:
    for number, name in enumerate(ODD_NAMES):
        told = post("join", room=busy.code, token=f"{BEN}{number}", name=name)
        shown = told.get("joined", "")
        assert shown or told["problem"].endswith("."), name
        assert len(shown) <= 24
        assert shown.isprintable()
        assert not any(unicodedata.bidirectional(letter) in BIDI for letter in shown)
    assert intact(desk, busy)


BIDI = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
ODD_ANSWERS = (
    "<b>7</b>", "None, " * 200, "9" * 100, "-7, 7", "None, 1e9, 7", "٣, ٧", "7\u202e, 7", "\x00", "[] * 10**9",
    "__import__('os')", "None, 7.5", " ", "(" * 500,
)  # fmt: skip


def test_an_odd_answer_is_refused_with_a_sentence_and_the_earlier_one_stays(desk: Desk, busy: Opened) -> None:
    for text in ODD_ANSWERS:
        told = post("answer", room=busy.code, token=ANNA, place=0, text=text)
        assert told.get("kind") == "refused", (text, told)
        assert told["problem"].strip()
    assert intact(desk, busy)


def test_who_may_answer_what_and_when(desk: Desk, busy: Opened) -> None:
    """Another one's token, a task that isn't on, after the close and the reveal: refused; twice: one answer."""
    right = {"room": busy.code, "place": 0, "text": "None, 11, 7"}
    for said in (
        {**right, "token": "a-token-that-nobody-has-0123"},
        {**right, "token": ANNA[:-1]},
        {**right, "token": busy.key},
        {**right, "token": ANNA, "place": 1},
        {**right, "token": ANNA, "place": -1},
        {**right, "token": ANNA, "place": 10**12},
        {**right, "token": [ANNA]},
        {**right, "token": ANNA, "text": ["None, 11, 7"]},
    ):
        assert post("answer", **said)["problem"].endswith(".")
        assert intact(desk, busy)
    other = desk.open(as_set(*TASKS), TASKS)
    assert post("answer", **{**right, "room": other.code}, token=ANNA)["kind"] == "refused"  # of another class
    for _ in range(2):
        assert post("answer", room=busy.code, place=0, text="None, 7, 7", token=ANNA)["kept"] == "(None, 7, 7)"
    assert intact(desk, busy)
    for action in ("close", "reveal"):
        desk.act(busy.code, busy.key, action, 0)
        assert "closed" in post("answer", **right, token=ANNA)["problem"]
        assert intact(desk, busy)


@pytest.mark.parametrize("key", ["x", "' OR 1=1", ANNA, "K" * 4000, "\x00", None, 7])
def test_without_the_key_no_answers_are_shown(desk: Desk, busy: Opened, key: Any) -> None:
    told = post("board", room=busy.code, key=key)
    assert "tally" not in told
    assert told.get("kind", "not yours") in ("not yours", "no room")
    assert intact(desk, busy)


def test_a_thousand_who_join_fill_a_class_and_no_more(
    desk: Desk, busy: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "limits", replace(desk.limits, class_students=20))
    told = [post("join", room=busy.code, token=f"{BEN}{n}", name="Ben") for n in range(60)]
    assert sum("joined" in each for each in told) == 19
    assert {each["problem"] for each in told if "problem" in each} == {"This class is full: 20 students."}
    assert len({each["joined"] for each in told if "joined" in each}) == 19  # told apart by a number
    assert post("join", room=busy.code, token=ANNA, name="Eve")["joined"] == "Ann"  # who is in comes back in
    assert intact(desk, busy)


def test_codes_guessed_in_bulk_over_the_network_are_stopped(desk: Desk, busy: Opened) -> None:
    kinds = [post("board", room=f"ZZZZ{a}{b}")["kind"] for a in "23456" for b in "789AB"]
    assert (kinds[:5], set(kinds[5:])) == (["no room"] * 5, {"wait"})
    assert post("join", room=busy.code, token=BEN, name="Ben")["problem"] == class_api.TOO_MANY
    assert post("state", room=busy.code, token=ANNA)["phase"] == "open"
    assert intact(desk, busy)


def test_an_answer_that_brings_workers_down_is_tried_three_times_and_no_more(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []

    def judged(lesson: str, kind: str, seed: int, answer: str) -> Verdict:
        calls.append(answer)
        raise WorkerError("died" if len(calls) > 2 else "busy", "Keras crashed on this request.", "")

    monkeypatch.setattr(class_trying.challenges, "judged", judged)
    spec = find_explainer("simple_rnn").dims.spec("units")
    task = Task(CHALLENGE, "simple_rnn", challenge="shape", seed=1)
    made = Prepared(task, Asked(DIMS, "Reach", "Reach it.", fields=(Field(spec, "4"),)), Truth("units=9"))
    room = desk.open(TaskSet("Monday", (task,)), [made])
    joined(desk, room)
    assert post("answer", room=room.code, token=ANNA, place=0, text="units=2000")["kept"] == "units=2000"
    for _ in range(600):
        tally = post("board", room=room.code, key=room.key)["tally"]
        if not tally["pending"]:
            break
        time.sleep(0.02)
    assert (tally["pending"], tally["right"]) == (0, 0)
    assert tally["told"] == "1 of 1 made a model that this server could not build."
    for _ in range(3):
        post("board", room=room.code, key=room.key)
    assert calls == ['{"units":"2000"}'] * 5  # two that found no worker, three that crashed one
