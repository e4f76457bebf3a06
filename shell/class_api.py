"""What the pages of a class ask by plain HTTP, once a second and whenever a student answers.

    POST class/state   {room, token, seen}         where the class is; for this student
    POST class/join    {room, token, name}
    POST class/answer  {room, token, place, text}  answered when the store has it, not before
    POST class/board   {room, key, seen}           the counts; with the teacher's key the answers too

Not by Streamlit's own way: a phone that lost its Wi-Fi or its server goes on with the next request, any copy of the
server can answer it, and thirty phones that look once a second cost next to nothing. Tokens and the key stand in the
body, so that no log has them; a body in JSON can't be sent by another site's form. What can't be done is said in
{"problem", "kind"}; a store that is lost has status 503 as well.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from rooms import asked, tally
from rooms.desk import (
    CLOSED,
    LOBBY,
    OPEN,
    OVER,
    REVEALED,
    Answer,
    ClassError,
    Desk,
    NoRoom,
    NotYours,
    Room,
    Student,
    TaskRow,
    phase,
    tidy_code,
)
from rooms.store import StoreLost
from shell import class_trying
from shell.class_desk import desk, wrong_codes
from views import classes as view
from views.predict import GuessError

_LARGEST = 4096  # bytes of a request
TOO_MANY = "Too many wrong codes came from your network. Wait a minute, then try again."
_log = logging.getLogger(__name__)
Said = Mapping[str, Any]


class Refused(Exception):
    """A sentence and what kind of trouble it is."""

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(sentence)
        self.kind, self.sentence = kind, sentence


def endpoint(name: str) -> Callable[[Request], Awaitable[Response]]:
    """What answers the requests of this name (`shell.class_routes` has their addresses)."""
    handler = {"state": state, "join": join, "answer": answer, "board": board}[name]

    async def answered(request: Request) -> Response:
        said = await _body(request)
        address = request.client.host if request.client else ""
        # In a thread: a store that is slow must not hold the pages.
        return await run_in_threadpool(_answered, handler, said, address)

    return answered


async def _body(request: Request) -> Said:
    """The request's JSON; {} for anything else."""
    body = b""
    try:
        async for piece in request.stream():
            body += piece
            if len(body) > _LARGEST:
                return {}
    except ClientDisconnect:  # hundreds at once would fill the log with tracebacks
        return {}
    try:
        said = msgspec.json.decode(body)
    except (msgspec.MsgspecError, RecursionError):  # brackets within brackets
        return {}
    return said if isinstance(said, dict) else {}


def _answered(handler: Callable[[Said, str], dict[str, Any]], said: Said, address: str) -> Response:
    try:
        return _json(handler(said, address))
    except NoRoom as error:
        return _json({"problem": str(error), "kind": "no room"})
    except NotYours as error:
        return _json({"problem": str(error), "kind": "not yours"})
    except (ClassError, GuessError) as error:
        return _json({"problem": str(error), "kind": "refused"})
    except Refused as error:
        return _json({"problem": error.sentence, "kind": error.kind})
    except StoreLost as error:
        _log.warning("The store of classes can't be reached: %s", error.cause)
        return _json({"problem": error.sentence, "kind": "store"}, 503)


def _json(found: dict[str, Any], status: int = 200) -> Response:
    return Response(
        msgspec.json.encode(found), status, {"Cache-Control": "no-store"}, "application/json; charset=utf-8"
    )


# -- who asks ------------------------------------------------------------------------------------------------


def _text(said: Said, name: str, longest: int = 200) -> str:
    value = said.get(name, "")
    return value[:longest] if isinstance(value, str) else ""


def _number(said: Said, name: str) -> int:
    value = said.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**9 else -1


def find_room(at: Desk, text: str, address: str, known: bool = False) -> Room:
    """The class of a code that somebody typed. Raises NoRoom, Refused where this network has tried too many.

    known: who asks has shown a secret of that class, and may go on whatever others in the network do.
    """
    code = tidy_code(text)
    if not code:
        raise NoRoom("A code has six letters and digits, such as K7QF2M. Look at the projector again.")
    if not known and wrong_codes().blocked(address):
        raise Refused("wait", TOO_MANY)
    try:
        return at.room(code)
    except NoRoom:
        wrong_codes().note(address, code)
        raise


def _student(at: Desk, said: Said) -> Student | None:
    code, token = tidy_code(_text(said, "room")), _text(said, "token")
    return at.student(code, token) if code and token else None


# -- students ------------------------------------------------------------------------------------------------


def join(said: Said, address: str) -> dict[str, Any]:
    """Join the class; the same token is the same student."""
    at = desk()
    room = find_room(at, _text(said, "room"), address, known=_student(at, said) is not None)
    student = at.join(room.code, _text(said, "token"), _text(said, "name"))
    return {"joined": student.name, "room": room.code}


def answer(said: Said, address: str) -> dict[str, Any]:
    """Keep an answer. What this returns is said after it is on the disk."""
    at, student = desk(), _student(desk(), said)
    room = find_room(at, _text(said, "room"), address, known=student is not None)
    place = _number(said, "place")
    kept = at.answer(room.code, _text(said, "token"), place, _text(said, "text", 1000))
    task = at.task(room.code, place)
    if task is not None:
        class_trying.look(at, room.code, task, [Answer(place, 0, kept, 0.0)])
    return {"kept": kept, "place": place}


def state(said: Said, address: str) -> dict[str, Any]:
    """Where the class is, as this student may see it: nothing of an answer before it is revealed."""
    at, student = desk(), _student(desk(), said)
    room = find_room(at, _text(said, "room"), address, known=student is not None)
    now = time.time()
    if student is None:
        return {"room": room.code, "title": room.title, "joined": None}
    task = at.task(room.code, room.current) if room.current >= 0 else None
    where = phase(room, task, now)
    mark = f"{room.version}:{where}"
    if said.get("seen") == mark:
        return {"seen": mark, "left": _left(task, now)}
    found: dict[str, Any] = {
        "seen": mark, "room": room.code, "title": room.title, "joined": student.name, "phase": where,
        "place": room.current, "tasks": at.task_count(room.code), "left": _left(task, now),
    }  # fmt: skip
    if where == OVER:
        return found | {"results": _results(at, room, student)}
    if task is not None and where != LOBBY:
        found |= _task(at, room, task, student, where)
    return found


def _left(task: TaskRow | None, now: float) -> float | None:
    """Seconds until the task closes by itself."""
    if task is None or task.state != OPEN or task.ends is None:
        return None
    return round(max(0.0, task.ends - now), 1)


def _task(at: Desk, room: Room, task: TaskRow, student: Student, where: str) -> dict[str, Any]:
    mine = next((each for each in at.answers_of(room.code, student.id) if each.place == task.place), None)
    found: dict[str, Any] = {"asked": view.asked_data(task.prepared.asked), "mine": mine.text if mine else None}
    if where == REVEALED:
        found["verdict"] = view.verdict_data(task.prepared, mine)
        if mine is not None and class_trying.look(at, room.code, task, [mine]):
            found["seen"] = ""  # the page asks for all of it again, until there is a verdict
        found["explore"] = view.explore(task.prepared, room.dims_free, room.show_all)
    return found


def _results(at: Desk, room: Room, student: Student) -> list[dict[str, Any]]:
    """The student's own answers to what was revealed, when the class is over."""
    mine = {each.place: each for each in at.answers_of(room.code, student.id)}
    rows = []
    for place in range(at.task_count(room.code)):
        task = at.task(room.code, place)
        if task is not None and task.state == REVEALED:
            said = mine.get(place)
            right = None if said is None else tally.judged(task.prepared, said).right
            prepared = task.prepared
            rows.append({"title": tally.title(prepared), "said": said.text if said else None, "right": right,
                         "lead": asked.lead(prepared.asked), "keras": asked.told(prepared.truth)})  # fmt: skip
    return rows


# -- the teacher's screen and the projector ----------------------------------------------------------------


def board(said: Said, address: str) -> dict[str, Any]:
    """How many have joined and answered. The answers come with the teacher's key, or once they are revealed."""
    at, key = desk(), _text(said, "key")
    code = tidy_code(_text(said, "room"))
    teaches = bool(key and code) and at.is_teacher(code, key)
    room = find_room(at, code, address, known=teaches)
    if key and not teaches:
        raise NotYours("This isn't the teacher's link to this class.")
    now = time.time()
    task = at.task(room.code, room.current) if room.current >= 0 else None
    where = phase(room, task, now)
    joined, answered = at.counts(room.code, room.current)
    found: dict[str, Any] = {
        "version": room.version, "phase": where, "place": room.current, "joined": joined, "answered": answered,
        "left": _left(task, now),
    }  # fmt: skip
    if task is not None and (where == REVEALED or (teaches and where in (OPEN, CLOSED))):
        answers = at.answers_to(room.code, task.place)
        class_trying.look(at, room.code, task, answers)
        found["tally"] = view.tally_data(tally.tally(task, answers))
    return found
