"""What teachers and students do with a class. Every step is one transaction; what is acknowledged is in the store.

    desk = Desk(store, limits)
    opened = desk.open(tasks, prepared, address)         -> its code, and the key that makes a teacher
    desk.join(code, token, "Blue Heron")                 token: a secret that the student's browser has made
    desk.answer(code, token, place, "none 9 7")          -> the answer as it was understood
    desk.act(code, key, "reveal", place)

A teacher's rights hang on the key alone, of which only a hash is kept. Times are seconds since 1970.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from rooms import asked, store
from rooms.asked import Prepared, Tried
from rooms.limits import LONGEST_NAME, ClassLimits
from rooms.store import Store
from rooms.tasks import TaskSet, packed

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is taken for another one
CODE_LENGTH = 6
_NO_ROOM = "There is no class with this code. A class ends after a day, or when its teacher deletes it."
MOST_CHANGES = 50  # of one answer
GRACE_SECONDS = 2.0  # an answer that was on its way when the time was up
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,80}")
_TRIES = 20

LOBBY, OPEN, CLOSED, REVEALED, OVER = "lobby", "open", "closed", "revealed", "over"
WAITING = "waiting"  # a task that has not been asked yet
ACTIONS = ("next", "back", "reveal", "close", "reopen", "minute", "end")


class ClassError(ValueError):
    """What was asked can't be done; the text is for the person who asked."""


class NoRoom(ClassError):
    """There is no such class."""


class NotYours(ClassError):
    """The key is not the one of this class."""


@dataclass(frozen=True)
class Opened:
    """A class that was just opened. key: the teacher's secret; it is nowhere else."""

    code: str
    key: str


@dataclass(frozen=True)
class Room:
    """A class at this moment. current: the task that is asked, from 0; -1 before the first."""

    code: str
    title: str
    opened: float
    expires: float
    version: int
    current: int
    over: bool
    names_hidden: bool
    dims_free: bool
    show_all: bool
    source: str


@dataclass(frozen=True)
class TaskRow:
    """A task of a class. state: WAITING, OPEN, CLOSED or REVEALED. ends: when it closes by itself."""

    place: int
    prepared: Prepared
    state: str
    opened: float | None
    ends: float | None


@dataclass(frozen=True)
class Student:
    """A student of a class. name: as typed, so never markup."""

    id: int
    name: str
    joined: float


@dataclass(frozen=True)
class Answer:
    """An answer as it is kept. tried: what a live model made of it, where it was asked already."""

    place: int
    student: int
    text: str
    received: float
    tried: Tried | None = None


@dataclass(frozen=True)
class Book:
    """Everything about a class: for the teacher's tables."""

    room: Room
    tasks: tuple[TaskRow, ...]
    students: tuple[Student, ...]
    answers: tuple[Answer, ...]


def hashed(secret: str) -> str:
    """What is kept of a key or a token. They are long and random, so a plain hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def tidy_code(text: str) -> str:
    """A code as people type it: small letters, blanks and hyphens between. "" where it can't be one."""
    code = re.sub(r"[\s-]", "", text[:40]).upper()
    return code if len(code) == CODE_LENGTH and set(code) <= set(LETTERS) else ""


def tidy_name(text: str) -> str:
    """A nickname on one line, without what can't be seen; "" where nothing is left."""
    shown = "".join(letter if letter.isprintable() else " " for letter in text[: 10 * LONGEST_NAME])
    return " ".join(shown.split())[:LONGEST_NAME].strip()


class Desk:
    """All classes of a store."""

    def __init__(self, where: Store, limits: ClassLimits, clock: Callable[[], float] = time.time) -> None:
        self.store, self.limits, self._clock = where, limits, clock

    # -- opening and ending -----------------------------------------------------------------------------------

    def open(self, tasks: TaskSet, prepared: Sequence[Prepared], address: str = "") -> Opened:
        """A new class. Raises ClassError where there are too many, StoreLost."""
        now, key = self._clock(), secrets.token_urlsafe(24)
        with self.store.writing() as connection:
            self._sweep(connection, now)
            self._room_for_one_more(connection, now, address)
            code = self._free_code(connection)
            connection.execute(
                insert(store.rooms).values(
                    code=code, key_hash=hashed(key), title=tasks.title, opened=now,
                    expires=now + 3600 * self.limits.class_hours, address=hashed(address)[:16], version=1, current=-1,
                    over=False, names_hidden=False, dims_free=False, show_all=False, source=packed(tasks),
                )
            )  # fmt: skip
            rows = [
                {"room": code, "place": place, "state": WAITING, "opened": None, "ends": None,
                 "prepared": msgspec.json.encode(each).decode()}
                for place, each in enumerate(prepared)
            ]  # fmt: skip
            connection.execute(insert(store.tasks), rows)
        return Opened(code, key)

    def _room_for_one_more(self, connection: Connection, now: float, address: str) -> None:
        table = store.rooms
        if _count(connection, select(func.count()).select_from(table)) >= self.limits.class_rooms:
            raise ClassError("This server can't hold more classes right now. Try again later.")
        lately = (table.c.address == hashed(address)[:16]) & (table.c.opened > now - 3600)
        if _count(connection, select(func.count()).select_from(table).where(lately)) >= (
            self.limits.class_rooms_per_address
        ):
            raise ClassError("Too many classes were opened from your network in the last hour. Try again later.")

    @staticmethod
    def _free_code(connection: Connection) -> str:
        for _ in range(_TRIES):
            code = "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))
            taken = select(store.rooms.c.code).where(store.rooms.c.code == code)
            if connection.execute(taken).first() is None:
                return code
        raise ClassError("No free code was found. Try again.")

    def delete(self, code: str, key: str) -> None:
        """Delete the class with all that was said in it. Raises NoRoom, NotYours, StoreLost."""
        with self.store.writing() as connection:
            self._teacher(connection, code, key)
            connection.execute(delete(store.rooms).where(store.rooms.c.code == code))

    def sweep(self) -> int:
        """Delete the classes whose time is over; how many there were. Raises StoreLost."""
        with self.store.writing() as connection:
            return self._sweep(connection, self._clock())

    @staticmethod
    def _sweep(connection: Connection, now: float) -> int:
        return connection.execute(delete(store.rooms).where(store.rooms.c.expires <= now)).rowcount

    # -- looking ----------------------------------------------------------------------------------------------

    def room(self, code: str) -> Room:
        """The class of this code. Raises NoRoom, StoreLost."""
        with self.store.reading() as connection:
            return self._room(connection, code)

    def is_teacher(self, code: str, key: str) -> bool:
        """Whether this is the key of that class. Raises NoRoom, StoreLost."""
        with self.store.reading() as connection:
            return self._has_key(connection, code, key)

    def task(self, code: str, place: int) -> TaskRow | None:
        """One task; None where there is none. Raises StoreLost."""
        with self.store.reading() as connection:
            return self._task(connection, code, place)

    def task_count(self, code: str) -> int:
        """How many tasks the class has."""
        with self.store.reading() as connection:
            return _count(connection, select(func.count()).select_from(store.tasks).where(store.tasks.c.room == code))

    def student(self, code: str, token: str) -> Student | None:
        """The student with this token; None where there is none. Raises StoreLost."""
        with self.store.reading() as connection:
            return self._student(connection, code, token)

    def counts(self, code: str, place: int) -> tuple[int, int]:
        """How many have joined, and how many have answered this task. Raises StoreLost."""
        joined = select(func.count()).select_from(store.students).where(store.students.c.room == code)
        answered = (
            select(func.count())
            .select_from(store.answers)
            .where(store.answers.c.room == code, store.answers.c.place == place)
        )
        with self.store.reading() as connection:
            return _count(connection, joined), _count(connection, answered)

    def answers_to(self, code: str, place: int) -> tuple[Answer, ...]:
        """All answers to one task. Raises StoreLost."""
        with self.store.reading() as connection:
            return self._answers(connection, code, store.answers.c.place == place)

    def answers_of(self, code: str, student: int) -> tuple[Answer, ...]:
        """All answers of one student. Raises StoreLost."""
        with self.store.reading() as connection:
            return self._answers(connection, code, store.answers.c.student == student)

    def book(self, code: str, key: str) -> Book:
        """Everything about the class. Raises NoRoom, NotYours, StoreLost."""
        with self.store.reading() as connection:
            room = self._teacher(connection, code, key)
            rows = connection.execute(
                select(store.tasks).where(store.tasks.c.room == code).order_by(store.tasks.c.place)
            )
            people = connection.execute(
                select(store.students).where(store.students.c.room == code).order_by(store.students.c.id)
            )
            return Book(
                room,
                tuple(_task_row(row) for row in rows),
                tuple(Student(row.id, row.name, row.joined) for row in people),
                self._answers(connection, code),
            )

    # -- students ---------------------------------------------------------------------------------------------

    def join(self, code: str, token: str, name: str) -> Student:
        """Join; with a token that has joined already, be the same student as before. Raises ClassError, StoreLost."""
        if not _TOKEN.fullmatch(token):
            raise ClassError("Your browser didn't say who it is. Reload the page.")
        shown = tidy_name(name)
        if not shown:
            raise ClassError("Type a name, or take the one offered.")
        with self.store.writing() as connection:
            self._room(connection, code, lock=True)
            if (known := self._student(connection, code, token)) is not None:
                return known
            people = store.students
            if _count(connection, select(func.count()).select_from(people).where(people.c.room == code)) >= (
                self.limits.class_students
            ):
                raise ClassError(f"This class is full: {self.limits.class_students} students.")
            values = {"room": code, "token_hash": hashed(token), "name": self._free_name(connection, code, shown),
                      "joined": self._clock()}  # fmt: skip
            connection.execute(insert(people).values(**values))
            found = self._student(connection, code, token)
        assert found is not None
        return found

    @staticmethod
    def _free_name(connection: Connection, code: str, wanted: str) -> str:
        """The name, with a number behind it where somebody has it already."""
        people = store.students
        taken = {row.name for row in connection.execute(select(people.c.name).where(people.c.room == code))}
        number = 2
        name = wanted
        while name in taken:
            name = f"{wanted[: LONGEST_NAME - 4].rstrip()} {number}"
            number += 1
        return name

    def answer(self, code: str, token: str, place: int, text: str) -> str:
        """Keep an answer, in place of an earlier one; returns it as it was understood, when it is on the disk.

        Raises ClassError where the task is not open, GuessError for what can't be read, StoreLost.
        """
        now = self._clock()
        with self.store.writing() as connection:
            room = self._room(connection, code, lock=True)
            student = self._student(connection, code, token)
            task = self._task(connection, code, place)
            if student is None:
                raise ClassError("You have not joined this class yet.")
            if task is None or room.current != place or room.over or not accepts(task, now - GRACE_SECONDS):
                raise ClassError("This question is closed. Your teacher continues in a moment.")
            said = asked.read(task.prepared.asked, text)
            self._keep(connection, code, place, student.id, said, now)
        return said

    def _keep(self, connection: Connection, code: str, place: int, student: int, said: str, now: float) -> None:
        table = store.answers
        make = sqlite.insert if self.store.is_file else postgresql.insert
        row = make(table).values(room=code, place=place, student=student, text=said, received=now, changes=0)
        more = {"text": said, "received": now, "changes": table.c.changes + 1}
        kept = connection.execute(
            row.on_conflict_do_update(
                index_elements=[table.c.room, table.c.place, table.c.student],
                set_=more,
                where=table.c.changes < MOST_CHANGES,
            ).returning(table.c.place)
        )
        if kept.first() is None:
            raise ClassError(f"You have changed this answer {MOST_CHANGES} times. The last one counts.")

    def keep_trial(self, code: str, place: int, text: str, tried: Tried) -> None:
        """What a live model made of an answer; the first word stays. Raises NoRoom, StoreLost."""
        make = sqlite.insert if self.store.is_file else postgresql.insert
        values = {"room": code, "place": place, "text": text, "tried": msgspec.json.encode(tried).decode()}
        with self.store.writing() as connection:
            self._room(connection, code, lock=True)
            connection.execute(make(store.trials).values(**values).on_conflict_do_nothing())

    # -- the teacher ------------------------------------------------------------------------------------------

    def act(self, code: str, key: str, action: str, place: int) -> Room:
        """One step. place: the task that the teacher saw; a second click on "next" is for one that has passed, and
        does nothing. Raises NoRoom, NotYours, StoreLost.
        """
        assert action in ACTIONS, action
        with self.store.writing() as connection:
            room = self._teacher(connection, code, key)
            if room.current == place and not (room.over and action != "back"):
                self._act(connection, room, action)
                bumped = update(store.rooms).where(store.rooms.c.code == code)
                connection.execute(bumped.values(version=store.rooms.c.version + 1))
            return self._room(connection, code)

    def _act(self, connection: Connection, room: Room, action: str) -> None:
        if action == "end":
            self._set(connection, room.code, over=True)
        elif action in ("next", "back"):
            self._turn(connection, room, action)
        elif room.current >= 0:
            self._change_task(connection, room, action)

    def _turn(self, connection: Connection, room: Room, action: str) -> None:
        """To the next task, or to the one before; behind the last is the end."""
        last = _count(connection, select(func.count()).select_from(store.tasks).where(store.tasks.c.room == room.code))
        if action == "back":
            to = room.current if room.over else max(room.current - 1, 0 if room.current >= 0 else -1)
            self._set(connection, room.code, current=to, over=False)
            return
        self._close(connection, room)
        if room.current + 1 >= last:
            self._set(connection, room.code, over=True)
            return
        self._set(connection, room.code, current=room.current + 1)
        task = self._task(connection, room.code, room.current + 1)
        if task is not None and task.state == WAITING:
            self._begin(connection, room.code, task)

    def _begin(self, connection: Connection, code: str, task: TaskRow) -> None:
        now, minutes = self._clock(), task.prepared.task.minutes
        ends = now + 60 * minutes if minutes else None
        self._set_task(connection, code, task.place, state=OPEN, opened=now, ends=ends)

    def _close(self, connection: Connection, room: Room) -> None:
        """Whoever leaves a task closes it: an answer can't come in behind the class."""
        task = self._task(connection, room.code, room.current)
        if task is not None and task.state == OPEN:
            self._set_task(connection, room.code, room.current, state=CLOSED)

    def _change_task(self, connection: Connection, room: Room, action: str) -> None:
        task = self._task(connection, room.code, room.current)
        if task is None or task.state == REVEALED:
            return
        now = self._clock()
        if action == "reveal":
            self._set_task(connection, room.code, task.place, state=REVEALED)
        elif action == "close":
            self._set_task(connection, room.code, task.place, state=CLOSED)
        elif action == "reopen":
            self._set_task(connection, room.code, task.place, state=OPEN, ends=None)
        elif action == "minute":
            ends = max(task.ends or now, now) + 60
            self._set_task(connection, room.code, task.place, state=OPEN, ends=ends)

    def choose(self, code: str, key: str, **options: bool) -> None:
        """names_hidden, dims_free, show_all. Raises NoRoom, NotYours, StoreLost."""
        assert set(options) <= {"names_hidden", "dims_free", "show_all"}, options
        with self.store.writing() as connection:
            room = self._teacher(connection, code, key)
            self._set(connection, code, version=room.version + 1, **options)

    @staticmethod
    def _set(connection: Connection, code: str, **values: object) -> None:
        connection.execute(update(store.rooms).where(store.rooms.c.code == code).values(**values))

    @staticmethod
    def _set_task(connection: Connection, code: str, place: int, **values: object) -> None:
        where = (store.tasks.c.room == code) & (store.tasks.c.place == place)
        connection.execute(update(store.tasks).where(where).values(**values))

    # -- within a transaction ---------------------------------------------------------------------------------

    def _teacher(self, connection: Connection, code: str, key: str) -> Room:
        room = self._room(connection, code, lock=True)
        if not self._has_key(connection, code, key):
            raise NotYours("This isn't the teacher's link to this class.")
        return room

    @staticmethod
    def _has_key(connection: Connection, code: str, key: str) -> bool:
        row = connection.execute(select(store.rooms.c.key_hash).where(store.rooms.c.code == code)).first()
        return row is not None and hmac.compare_digest(row.key_hash, hashed(key))

    def _room(self, connection: Connection, code: str, lock: bool = False) -> Room:
        """lock: until the transaction ends nobody else changes the class (PostgreSQL; SQLite has one writer anyway)."""
        asked_for = select(store.rooms).where(store.rooms.c.code == code, store.rooms.c.expires > self._clock())
        row = connection.execute(asked_for.with_for_update() if lock else asked_for).first()
        if row is None:
            raise NoRoom(_NO_ROOM)
        return Room(**{name: getattr(row, name) for name in Room.__dataclass_fields__})

    @staticmethod
    def _task(connection: Connection, code: str, place: int) -> TaskRow | None:
        where = (store.tasks.c.room == code) & (store.tasks.c.place == place)
        row = connection.execute(select(store.tasks).where(where)).first()
        return None if row is None else _task_row(row)

    @staticmethod
    def _student(connection: Connection, code: str, token: str) -> Student | None:
        where = (store.students.c.room == code) & (store.students.c.token_hash == hashed(token))
        row = connection.execute(select(store.students).where(where)).first()
        return None if row is None else Student(row.id, row.name, row.joined)

    @staticmethod
    def _answers(connection: Connection, code: str, *where: Any) -> tuple[Answer, ...]:
        table, trials = store.answers, store.trials
        same = (trials.c.room == table.c.room) & (trials.c.place == table.c.place) & (trials.c.text == table.c.text)
        found = select(table, trials.c.tried).select_from(table.outerjoin(trials, same))
        rows = connection.execute(found.where(table.c.room == code, *where).order_by(table.c.received))
        return tuple(Answer(row.place, row.student, row.text, row.received, _trial(row.tried)) for row in rows)


def accepts(task: TaskRow, now: float) -> bool:
    """Whether a task takes answers."""
    return task.state == OPEN and (task.ends is None or now < task.ends)


def phase(room: Room, task: TaskRow | None, now: float) -> str:
    """What students see: LOBBY, OPEN, CLOSED, REVEALED or OVER."""
    if room.over:
        return OVER
    if task is None:
        return LOBBY
    if task.state == OPEN and not accepts(task, now):
        return CLOSED
    return task.state


def _task_row(row: Any) -> TaskRow:
    return TaskRow(row.place, _decoded(row.prepared), row.state, row.opened, row.ends)


@lru_cache(maxsize=512)
def _decoded(text: str) -> Prepared:
    return msgspec.json.decode(text, type=Prepared)


@lru_cache(maxsize=4096)
def _trial(text: str | None) -> Tried | None:
    return None if text is None else msgspec.json.decode(text, type=Tried)


def _count(connection: Connection, query: Any) -> int:
    return int(connection.execute(query).scalar_one())
