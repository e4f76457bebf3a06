"""The real server for browser tests: `streamlit run app.py` on a free port of this machine."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
READY_SECONDS = 60
STOP_SECONDS = 15


def free_port() -> int:
    """A port of the loopback interface that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Running:
    """A running server. `url` is its address without a slash at the end; `log()` what it has printed so far."""

    def __init__(self, port: int, log_file: Path, pid: int) -> None:
        self.port, self.log_file, self.pid = port, log_file, pid
        self.url = f"http://127.0.0.1:{port}"

    def healthy(self) -> bool:
        """Whether the server answers its health address."""
        try:
            with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=5) as reply:
                return bool(reply.read() == b"ok")
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def log(self) -> str:
        """Everything that the server has printed so far."""
        return self.log_file.read_text(encoding="utf-8", errors="replace")


class Server(Running):
    """One that was started here, and is stopped here."""

    def __init__(
        self,
        log_file: Path,
        app: Path = ROOT / "app.py",
        args: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        port: int | None = None,
        most_files: int = 0,
        first: str = "",
    ) -> None:
        """Start `app` with the repository's settings; returns once it answers. Raises RuntimeError with its log.

        first: Python that its process runs before anything else.
        """
        port = port or free_port()
        streamlit = ["-c", f"{first}\nfrom streamlit.web.cli import main\nmain()"] if first else ["-m", "streamlit"]
        command = [sys.executable, *streamlit, "run", str(app), f"--server.port={port}", *args]
        if most_files:
            command = ["sh", "-c", f'ulimit -n {most_files} && exec "$@"', "sh", *command]
        with log_file.open("wb") as out:
            # A session of its own, so that stop() reaches the worker processes too.
            self.process = subprocess.Popen(
                command, cwd=ROOT, env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL,
                stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        super().__init__(port, log_file, self.process.pid)
        try:
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise

    def _wait_until_ready(self) -> None:
        give_up = time.monotonic() + READY_SECONDS
        while not self.healthy():
            if self.process.poll() is not None or time.monotonic() > give_up:
                raise RuntimeError(f"The server did not start on port {self.port}:\n{self.log()}")
            time.sleep(0.1)

    def stop(self) -> int:
        """Ask the server to end as an operator would (SIGTERM) and return its exit status; workers left are killed."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            status = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        with contextlib.suppress(ProcessLookupError):  # nobody left, as it should be
            os.killpg(self.process.pid, signal.SIGKILL)
        return status
