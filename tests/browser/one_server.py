"""One server for the browser tests of all processes of a run: who comes first starts it, who goes last stops it.

A server and its Keras take some fifteen seconds of processor time until they have shown a page, and what one process
has had explained the others need not ask for again.
"""

from __future__ import annotations

import fcntl
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tests.browser.server import Running, Server

LOOK_AGAIN = 0.2  # seconds


def with_a_store(log_file: Path) -> Server:
    """A server whose classes are kept beside its log."""
    return Server(log_file, env={"SHAPE_EXPLAINER_DATA": str(log_file.with_name("data"))})


class OneServer:
    """A process' share in the server of `folder`, which is the same for all of them."""

    def __init__(self, folder: Path, start: Callable[[Path], Server] = with_a_store) -> None:
        self._folder, self._start = folder, start
        self._told = folder / "server.json"
        self._started: Server | None = None
        self._users: IO[str] | None = None  # locked, and shared, by each process that uses the server

    def join(self) -> Running:
        """The server, started where nobody has."""
        with self._door():
            self._users = (self._folder / "server.users").open("w")
            fcntl.flock(self._users, fcntl.LOCK_SH)
            if self._told.exists():
                said = json.loads(self._told.read_text("utf-8"))
                return Running(said["port"], Path(said["log"]), said["pid"])
            self._started = self._start(self._folder / "server.log")
            said = {"port": self._started.port, "log": str(self._started.log_file), "pid": self._started.pid}
            self._told.write_text(json.dumps(said), "utf-8")
            return self._started

    def leave(self) -> None:
        """Who has started it waits until no one else needs it, and stops it."""
        while self._started is not None:
            with self._door():
                if self._alone():
                    self._told.unlink()
                    self._started.stop()
                    self._started = None
                    break
            time.sleep(LOOK_AGAIN)
        if self._users is not None:
            self._users.close()  # and so unlocked
            self._users = None

    def _alone(self) -> bool:
        assert self._users is not None
        try:
            fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fcntl.flock(self._users, fcntl.LOCK_SH)  # a lock that isn't raised may be lost
            return False
        return True

    @contextmanager
    def _door(self) -> Iterator[None]:
        """One at a time comes or goes."""
        with (self._folder / "server.door").open("w") as door:
            fcntl.flock(door, fcntl.LOCK_EX)
            yield
