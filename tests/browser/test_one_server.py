"""The server that all processes of a run share: started once, and stopped when the last of them has gone."""

from __future__ import annotations

import threading
from pathlib import Path

from tests.browser.one_server import OneServer
from tests.browser.server import Server


class Started(Server):
    """One that never ran."""

    def __init__(self, log_file: Path) -> None:
        self.port, self.log_file, self.pid = 8503, log_file, 71
        self.stopped = False

    def stop(self) -> int:
        self.stopped = True
        return 0


def test_it_is_started_once_and_outlives_the_one_who_started_it(tmp_path: Path) -> None:
    started: list[Started] = []

    def start(log_file: Path) -> Started:
        started.append(Started(log_file))
        return started[-1]

    first, second, third = (OneServer(tmp_path, start) for _ in range(3))
    first.join()
    found = second.join()
    assert (found.port, found.log_file, found.pid) == (8503, tmp_path / "server.log", 71)
    goes = threading.Thread(target=first.leave)
    goes.start()
    goes.join(1)
    assert goes.is_alive()  # it waits for the second
    assert not started[0].stopped
    second.leave()
    goes.join(30)
    assert started[0].stopped

    third.join()  # who comes later starts another one
    third.leave()
    assert [server.stopped for server in started] == [True, True]
