"""The tables of classes, and the way to them: SQLite in a file of the data folder, or PostgreSQL for several copies.

    store = Store("sqlite:////srv/data/classes.sqlite")
    with store.writing() as connection: ...

Whatever goes wrong on the way (no folder, a full disk, a database that is down) is a `StoreLost` with one sentence for
teachers and students. Nothing has to be restarted: the next try connects anew.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Engine,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    event,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

FILE = "classes.sqlite"
_BUSY_SECONDS = 5  # how long a writer waits for another one
_CONNECT_SECONDS = 3
_LOCK = 7_340_033  # any number, the same in every copy
_REST_SECONDS = 1.0  # after a failure nobody tries before that: a database that is down mustn't hold every thread

LOST = (
    "The class can't reach its database right now. The lessons still work, and the class continues when the database "
    "is back."
)


class StoreLost(Exception):
    """The store can't be reached. `sentence` is for teachers and students, `cause` for the log."""

    def __init__(self, cause: str, sentence: str = LOST) -> None:
        super().__init__(cause)
        self.cause, self.sentence = cause, sentence


metadata = MetaData()

rooms = Table(
    "class_room",
    metadata,
    Column("code", String(12), primary_key=True),
    Column("key_hash", String(64), nullable=False),
    Column("title", String(80), nullable=False),
    Column("opened", Float, nullable=False),
    Column("expires", Float, nullable=False, index=True),
    Column("address", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("current", Integer, nullable=False),  # the task that is asked, from 0; -1 before the first
    Column("over", Boolean, nullable=False),
    Column("names_hidden", Boolean, nullable=False),
    Column("dims_free", Boolean, nullable=False),
    Column("show_all", Boolean, nullable=False),
    Column("source", Text, nullable=False),  # the task set as in a link, to start it again
)
tasks = Table(
    "class_task",
    metadata,
    Column("room", ForeignKey("class_room.code", ondelete="CASCADE"), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("prepared", Text, nullable=False),  # JSON of rooms.asked.Prepared
    Column("state", String(10), nullable=False),
    Column("opened", Float),
    Column("ends", Float),
)
students = Table(
    "class_student",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("room", ForeignKey("class_room.code", ondelete="CASCADE"), nullable=False, index=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("name", String(40), nullable=False),
    Column("joined", Float, nullable=False),
)
answers = Table(
    "class_answer",
    metadata,
    Column("room", ForeignKey("class_room.code", ondelete="CASCADE"), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("student", ForeignKey("class_student.id", ondelete="CASCADE"), primary_key=True),
    Column("text", String(160), nullable=False),
    Column("received", Float, nullable=False),
    Column("changes", Integer, nullable=False),
)

# What a live model made of an answer in dims (a challenge): kept, so that every copy says the same, also without Keras.
trials = Table(
    "class_trial",
    metadata,
    Column("room", ForeignKey("class_room.code", ondelete="CASCADE"), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("text", String(160), primary_key=True),
    Column("tried", Text, nullable=False),  # JSON of rooms.asked.Tried
)


def address_of(store: str, data: str, root: Path) -> str:
    """What to connect to: the setting, or SQLite in the data folder (from `root`, where it isn't absolute)."""
    return store or f"sqlite:///{(root / data).resolve() / FILE}"


class Store:
    """Connections to the tables, made when first needed. Safe for threads."""

    def __init__(self, address: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.url: URL = make_url(address)
        self._clock = clock
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._file_seen: tuple[int, int] | None = None
        self._tired_until = 0.0
        self._last = ""

    @property
    def is_file(self) -> bool:
        """Whether it is SQLite."""
        return self.url.get_backend_name() == "sqlite"

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads. Raises StoreLost."""
        with self._translated(), self._connected() as connection:
            if self.is_file:
                connection.exec_driver_sql("BEGIN")
            yield connection

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction; when it has ended without an error, it is on the disk. Raises StoreLost."""
        with self._translated(), self._connected() as connection:
            if self.is_file:
                connection.exec_driver_sql("BEGIN IMMEDIATE")  # one writer at a time, from its first statement on
            yield connection
            connection.commit()

    def close(self) -> None:
        """Give all connections back."""
        with self._lock:
            if self._engine is not None:
                self._engine.dispose()
            self._engine = None

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        if self._clock() < self._tired_until:
            raise StoreLost(self._last)
        try:
            yield
        except IntegrityError:  # the store is there; what was asked of it can't be
            raise
        except (SQLAlchemyError, OSError) as error:
            self._last = f"{type(error).__name__}: {str(error).splitlines()[0]}"
            self._tired_until = 0.0 if self.is_file else self._clock() + _REST_SECONDS
            self.close()
            raise StoreLost(self._last) from error

    def _connected(self) -> Connection:
        with self._lock:
            if self._engine is not None and self.is_file and self._file_now() != self._file_seen:
                self._engine.dispose()  # somebody took the file away: SQLite would go on writing into nothing
                self._engine = None
            if self._engine is None:
                engine = self._made()
                with engine.begin() as first:
                    if not self.is_file:  # several copies start at once
                        first.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
                    metadata.create_all(first)
                self._engine, self._file_seen = engine, self._file_now()
            return self._engine.connect()

    def _file_now(self) -> tuple[int, int] | None:
        if not self.is_file or not self.url.database:
            return None
        try:
            found = os.stat(self.url.database)
        except FileNotFoundError:
            return None
        return found.st_dev, found.st_ino

    def _made(self) -> Engine:
        if not self.is_file:
            limits = {"connect_timeout": _CONNECT_SECONDS, "options": f"-c statement_timeout={_BUSY_SECONDS * 1000}"}
            return create_engine(self.url, pool_pre_ping=True, pool_size=8, max_overflow=8, pool_timeout=_BUSY_SECONDS,
                                 connect_args=limits)  # fmt: skip
        if self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        # No transaction unless we say so: Python's driver would begin one that can't wait for another writer.
        options = {"timeout": _BUSY_SECONDS, "isolation_level": None, "check_same_thread": False}
        engine = create_engine(self.url, pool_size=8, max_overflow=32, pool_timeout=_BUSY_SECONDS, connect_args=options)
        event.listen(engine, "connect", _as_we_need_it)
        return engine


def _as_we_need_it(connection: object, _record: object) -> None:
    """WAL: readers never wait for the writer. FULL: a commit is on the disk when it returns."""
    cursor = connection.cursor()  # type: ignore[attr-defined]
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
