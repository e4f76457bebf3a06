"""The store: what was acknowledged is there after a crash, and what can't be reached is told and comes back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rooms.desk import Desk, NoRoom
from rooms.limits import ClassLimits
from rooms.store import Store, StoreLost, address_of
from tests.rooms.made import as_set, shape_task
from tests.rooms.postgres import NEEDED, Postgres

ROOT = Path(__file__).parents[2]
ANNA = "token-of-anna-0123456789"
# Joins, answers, says that the answer is kept, and is killed before anything else can be done.
KILLED = """
import os, signal, sys
from rooms.desk import Desk
from rooms.limits import ClassLimits
from rooms.store import Store
address, code, token = sys.argv[1:]
desk = Desk(Store(address), ClassLimits())
desk.join(code, token, "Blue Heron")
print(desk.answer(code, token, 0, "None, 11, 7"), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def a_class(desk: Desk) -> tuple[str, str]:
    task = shape_task(True)
    room = desk.open(as_set(task), [task])
    desk.act(room.code, room.key, "next", -1)
    return room.code, room.key


def test_an_acknowledged_answer_survives_a_process_that_is_killed(address: str) -> None:
    store = Store(address)
    desk = Desk(store, ClassLimits())
    code, key = a_class(desk)
    done = subprocess.run(
        [sys.executable, "-c", KILLED, address, code, ANNA], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert done.stdout == "(None, 11, 7)\n"
    desk.act(code, key, "reveal", 0)
    assert [answer.text for answer in desk.book(code, key).answers] == ["(None, 11, 7)"]
    store.close()


def test_a_file_that_is_taken_away_is_told_and_a_new_class_works(tmp_path: Path) -> None:
    file = tmp_path / "classes.sqlite"
    desk = Desk(Store(f"sqlite:///{file}"), ClassLimits())
    code, _ = a_class(desk)
    for path in tmp_path.iterdir():
        path.unlink()
    with pytest.raises(NoRoom):
        desk.room(code)
    code, _ = a_class(desk)
    desk.join(code, ANNA, "Anna")
    assert desk.answer(code, ANNA, 0, "None, 11, 7") == "(None, 11, 7)"
    assert file.exists()
    desk.store.close()


def test_a_file_that_comes_back_has_its_classes(tmp_path: Path) -> None:
    """As when a disk was away for a moment."""
    folder, away = tmp_path / "data", tmp_path / "away"
    desk = Desk(Store(f"sqlite:///{folder / 'classes.sqlite'}"), ClassLimits())
    code, _ = a_class(desk)
    desk.store.close()
    folder.rename(away)
    with pytest.raises(NoRoom):
        desk.room(code)
    desk.store.close()
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    away.rename(folder)
    assert desk.room(code).code == code
    desk.store.close()


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder in which nobody can write")
def test_a_folder_that_cannot_be_written_is_told_and_tried_again(tmp_path: Path) -> None:
    store = Store("sqlite:////proc/self/no/classes.sqlite")
    for _ in range(2):
        with pytest.raises(StoreLost, match="Error") as caught:
            a_class(Desk(store, ClassLimits()))
        assert "continues when the database is back" in caught.value.sentence
        assert "/proc" not in caught.value.sentence


def fill(store: Store, code: str) -> None:
    """Write more than the file may grow by."""
    with store.writing() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        row = (code, "x" * 200_000)
        connection.exec_driver_sql("INSERT INTO class_task VALUES (?, 7, ?, 'open', NULL, NULL)", row)


def test_a_full_disk_refuses_the_answer_and_the_next_one_is_kept(tmp_path: Path) -> None:
    """SQLite says the same of a full disk as of a file that may not grow."""
    store = Store(f"sqlite:///{tmp_path / 'classes.sqlite'}")
    desk = Desk(store, ClassLimits())
    code, key = a_class(desk)
    desk.join(code, ANNA, "Anna")
    with pytest.raises(StoreLost, match="full"):
        fill(store, code)
    assert desk.answer(code, ANNA, 0, "None, 11, 7") == "(None, 11, 7)"
    assert [task.place for task in desk.book(code, key).tasks] == [0]
    store.close()


@NEEDED
def test_a_database_that_is_down_is_told_at_once_and_goes_on_when_it_is_back(postgres: Postgres) -> None:
    clock = [0.0]
    store = Store(postgres.address, lambda: clock[0])
    desk = Desk(store, ClassLimits())
    code, key = a_class(desk)
    desk.join(code, ANNA, "Anna")
    assert desk.answer(code, ANNA, 0, "None, 11") == "(None, 11)"
    postgres.stop("immediate")
    try:
        with pytest.raises(StoreLost):
            desk.answer(code, ANNA, 0, "None, 11, 7")
        with pytest.raises(StoreLost):  # at once, without a try: threads must not pile up
            desk.room(code)
    finally:
        postgres.start()
    clock[0] += 2
    assert desk.answer(code, ANNA, 0, "None, 3, 7") == "(None, 3, 7)"
    assert [answer.text for answer in desk.book(code, key).answers] == ["(None, 3, 7)"]
    store.close()


def test_the_default_is_a_file_in_the_data_folder() -> None:
    assert address_of("", "data", Path("/srv/app")) == "sqlite:////srv/app/data/classes.sqlite"
    assert address_of("", "/var/lib/x", Path("/srv/app")) == "sqlite:////var/lib/x/classes.sqlite"
    assert address_of("postgresql+psycopg://h/n", "data", Path("/srv")) == "postgresql+psycopg://h/n"


def test_nothing_is_opened_before_it_is_needed(tmp_path: Path) -> None:
    Store(f"sqlite:///{tmp_path / 'sub' / 'classes.sqlite'}")
    assert os.listdir(tmp_path) == []
