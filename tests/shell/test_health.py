"""The two health addresses see the workers: what they say of each state, and of a real server's."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from shell.health import ALIVE, LOST, not_alive, not_ready
from shell.probe import READY, probe
from tests.browser.server import ROOT, Server, free_port
from workers.pool import LaneState, PoolState


def state(ready: int = 0, failure: str = "", alive: bool = True, hopeless: bool = False) -> PoolState:
    lane = LaneState(starting=1 - ready, ready=ready, busy=0, waiting=0)
    return PoolState(lane, LaneState(0, 0, 0, 0), 4.4, failure, {}, alive=alive, hopeless=hopeless)


@pytest.mark.parametrize(
    ("now", "ready", "alive"),
    [
        (state(ready=1), "", ""),
        (state(ready=1, failure="show: timeout (no reply in time)"), "", ""),
        (state(), "Keras is starting, for 4 s so far.", ""),
        (state(failure="no"), "No worker is ready. The last thing that went wrong: no.", ""),
        (
            state(failure="no", hopeless=True),
            "No worker is ready. The last thing that went wrong: no.",
            "No worker is ready. The last thing that went wrong: no.",
        ),
        (state(ready=1, alive=False), LOST, LOST),
        (state(ready=1, hopeless=True), "", ""),
    ],
)
def test_what_is_said_of_a_state(now: PoolState, ready: str, alive: str) -> None:
    assert (not_ready(now), not_alive(now)) == (ready, alive)


def test_a_stranger_gets_no_paths() -> None:
    said = not_ready(state(failure="No module named 'keras' in /opt/venv/lib/python3.12/site.py, line 3"))
    assert said.endswith("No module named 'keras' in …/site.py, line 3.")


def asked(server: Server, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(server.url + path, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def until(server: Server, path: str, status: int) -> str:
    """What is said once `path` answers with `status`."""
    give_up = time.monotonic() + 100
    while (said := asked(server, path))[0] != status:
        assert time.monotonic() < give_up, said
        time.sleep(0.2)
    return said[1]


def test_a_server_whose_workers_can_not_start_is_neither_ready_nor_in_the_end_alive(tmp_path: Path) -> None:
    server = Server(tmp_path / "server.log", env={"SHAPE_EXPLAINER_START_SECONDS": "0.1"})
    try:
        assert asked(server, READY)[0] == 503
        ready, said = probe(str(server.port))
        assert not ready
        assert said.startswith(("Keras is starting", "No worker is ready."))
        assert until(server, ALIVE, 503).endswith("a short worker could not start: not ready after 0.1 s.")
        assert server.healthy()  # Streamlit's own address sees nothing of it
    finally:
        server.stop()


@pytest.mark.slow
def test_a_server_is_ready_once_keras_is(tmp_path: Path) -> None:
    server = Server(tmp_path / "server.log", env={"SHAPE_EXPLAINER_WORKERS": "1"})
    try:
        status, said = asked(server, READY)
        assert (status, said[:16]) == (503, "Keras is startin")
        assert asked(server, ALIVE) == (200, "ok")
        assert until(server, READY, 200) == "ok"
        assert probe(str(server.port)) == (True, "ok")
    finally:
        server.stop()


def test_the_probe_says_what_the_server_says() -> None:
    port = free_port()
    done = subprocess.run(
        [sys.executable, "-m", "shell.probe"], cwd=ROOT, env={**os.environ, "STREAMLIT_SERVER_PORT": str(port)},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith(f"No reply at port {port}: ")
