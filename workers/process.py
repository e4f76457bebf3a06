"""One worker process as the pool sees it, from its start to its end."""

from __future__ import annotations

import contextlib
import logging
import math
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import psutil

from workers.job import Job
from workers.limits import Limits
from workers.messages import ToWeb, WorkerError

_ROOT = Path(__file__).resolve().parent.parent
_FROM_WORKER = msgspec.json.Decoder(ToWeb)
_log = logging.getLogger(__name__)


class Process:
    """A worker process, what it is doing, and how long it may.

    job: what it works on. ready: its start is over. cancelling: it was told to stop its job.
    deadline: when it is too late (monotonic). verdict: why the pool ended it. complaint: why it could not start.
    Raises OSError where the machine can't start another process.
    """

    def __init__(self, service: str, limits: Limits) -> None:
        self.job: Job | None = None
        self.ready = False
        self.cancelling = False
        self.deadline = time.monotonic() + limits.start_seconds
        self.verdict: WorkerError | None = None
        self.complaint = ""
        options = {"service": service, "memory-mb": limits.memory_mb, "result-mb": limits.result_mb}
        # Not multiprocessing: its children run the page's script once more.
        self._popen = subprocess.Popen(
            [sys.executable, "-m", "workers.worker", *(f"--{name}={value}" for name, value in options.items())],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the server; a worker ends when the server does
        )
        self._memory = psutil.Process(self._popen.pid)
        self._bytes_at_start = 0

    @property
    def pid(self) -> int:
        """The operating system's number for it."""
        return self._popen.pid

    @property
    def free(self) -> bool:
        """Whether it can take a job now."""
        return self.ready and self.job is None and self.verdict is None

    def opened(self) -> None:
        """Its start is over: from now on it is free."""
        self.ready, self.deadline, self._bytes_at_start = True, math.inf, self._bytes()

    def take(self, job: Job) -> None:
        """Reserve it for this job; the clock runs."""
        self.job, self.cancelling = job, False
        self.deadline = time.monotonic() + job.request.seconds
        job.tries += 1

    def release(self) -> None:
        """The job is done."""
        self.job, self.deadline = None, math.inf

    def grown(self) -> int:
        """Bytes of memory in use above those after the start; 0 once it has ended."""
        return self._bytes() - self._bytes_at_start

    def replies(self) -> Iterator[ToWeb]:
        """What it says, until its end."""
        assert self._popen.stdout is not None
        for text in self._popen.stdout:
            if not text.endswith(b"\n"):  # ended in the middle of a line
                return
            try:
                yield _FROM_WORKER.decode(text)
            except msgspec.DecodeError:  # not our protocol: don't trust it any further
                _log.exception("Worker %s wrote %r", self.pid, text[:200])
                return

    def send(self, text: bytes) -> None:
        """Write one line. If it has ended meanwhile, the end of `replies` tells."""
        assert self._popen.stdin is not None
        with contextlib.suppress(OSError, ValueError):  # broken pipe, closed file
            self._popen.stdin.write(text)
            self._popen.stdin.flush()

    def end(self, verdict: WorkerError) -> None:
        """End it at once, for this reason."""
        self.verdict = verdict
        self._popen.kill()

    def reap(self) -> int:
        """See that it has ended, and leave nothing behind. Returns the exit code (-9: killed)."""
        self._popen.kill()
        code = self._popen.wait()
        for pipe in (self._popen.stdin, self._popen.stdout):
            assert pipe is not None
            with contextlib.suppress(OSError):  # what could not be written is lost anyway
                pipe.close()
        return code

    def _bytes(self) -> int:
        """Resident memory: what it really occupies."""
        try:
            return int(self._memory.memory_info().rss)
        except psutil.Error:
            return self._bytes_at_start
