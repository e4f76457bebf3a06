"""One worker process as the pool sees it, from its start to its end.

Whatever the operating system refuses (a descriptor, a thread, memory, a signal), nothing here but the start raises:
what can't be asked counts as not known, and what can't be written or read ends the process.
"""

from __future__ import annotations

import contextlib
import logging
import math
import queue
import subprocess
import threading
import time
from collections.abc import Iterator

import msgspec
import psutil

from workers.job import Job
from workers.limits import Limits
from workers.messages import ToWeb, WorkerError
from workers.nursery import Nursery
from workers.trouble import survived, tell

_FROM_WORKER = msgspec.json.Decoder(ToWeb)
_STOPPED = (psutil.STATUS_STOPPED, psutil.STATUS_TRACING_STOP)
_SLACK = 30.0  # seconds after which a job is lost that a worker has taken and nobody ended
_log = logging.getLogger(__name__)


class Process:
    """A worker process, what it is doing, and how long it may.

    job: what it works on. ready: its start is over. idle_since: when it last became free (monotonic). resting: it is
    ended because nobody needs it at present. cancelling: it was told to stop its job.
    deadline: when it is too late (monotonic). verdict: why the pool ended it. complaint: why it could not start.
    stopped_since: when it was first seen standing still (monotonic); None while it doesn't.
    Raises what the machine says when it can't start another process, or a thread beside it.
    """

    def __init__(self, nursery: Nursery, limits: Limits) -> None:
        self.job: Job | None = None
        self.ready = False
        self.idle_since = math.inf
        self.resting = False
        self.cancelling = False
        self.deadline = math.inf
        self.verdict: WorkerError | None = None
        self.complaint = ""
        self.stopped_since: float | None = None
        self._outbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._bytes_at_start = 0
        self._child = nursery.start()
        self.deadline = time.monotonic() + limits.start_seconds
        try:
            self._memory = psutil.Process(self._child.pid)
            # Its own thread: a worker that doesn't read holds up the writer, and may hold up nobody else.
            self._writer = threading.Thread(target=self._write, name="workers_write", daemon=True)
            self._writer.start()
        except BaseException:
            self._ended_code(2.0)
            self._close_pipes()
            raise

    @property
    def pid(self) -> int:
        """The operating system's number for it."""
        return self._child.pid

    @property
    def free(self) -> bool:
        """Whether it can take a job now."""
        return self.ready and self.job is None and self.verdict is None and not self.resting

    def opened(self) -> None:
        """Its start is over: from now on it is free."""
        self.ready, self.deadline, self._bytes_at_start = True, math.inf, self._bytes()
        self.idle_since = time.monotonic()

    def take(self, job: Job) -> None:
        """Reserve it for this job; the clock runs."""
        self.job, self.cancelling = job, False
        job.taken = time.monotonic()
        self.deadline = job.taken + job.request.seconds
        job.until = self.deadline + _SLACK
        job.tries += 1

    def release(self) -> None:
        """The job is done."""
        self.job, self.deadline = None, math.inf
        self.idle_since = time.monotonic()

    def rest(self) -> None:
        """End it, for nobody needs it: from here on it takes no job."""
        self.resting = True
        self.kill()

    def grown(self) -> int:
        """Bytes of memory in use above those after the start; 0 once it has ended."""
        return self._bytes() - self._bytes_at_start

    def stands_still(self, now: float, seconds: float) -> bool:
        """Whether somebody has stopped it (``kill -STOP``) for longer than this."""
        if not self._is_stopped():
            self.stopped_since = None
        elif self.stopped_since is None:
            self.stopped_since = now
        return self.stopped_since is not None and now - self.stopped_since > seconds

    def replies(self) -> Iterator[ToWeb]:
        """What it says, until its end, or until it can't be understood any more."""
        assert self._child.stdout is not None
        with survived("Reading from a worker"):
            for text in self._child.stdout:
                if not text.endswith(b"\n"):  # ended in the middle of a line
                    return
                try:
                    reply = _FROM_WORKER.decode(text)
                except msgspec.DecodeError:  # not our protocol: don't trust it any further
                    _log.exception("Worker %s wrote %r", self.pid, text[:200])
                    return
                yield reply

    def send(self, text: bytes) -> None:
        """Write one line, at once or soon. If that fails the process is ended, and the end of `replies` tells."""
        self._outbox.put(text)

    def end(self, verdict: WorkerError) -> None:
        """End it at once, for this reason."""
        self.verdict = verdict
        self.kill()

    def kill(self) -> None:
        """End it at once; where that fails, somebody has to try again."""
        with survived("Ending a worker"):
            self._child.kill()

    def reap(self, seconds: float) -> int | None:
        """See that it has ended, and leave nothing behind. Returns the exit code (-9: killed).

        None where it could not be ended within so many seconds; then somebody has to try again.
        """
        code = self._ended_code(seconds)
        if code is not None:
            self._outbox.put(None)
            self._writer.join(1.0)
            self._close_pipes()
        return code

    def _write(self) -> None:
        while (text := self._outbox.get()) is not None:
            try:
                assert self._child.stdin is not None
                self._child.stdin.write(text)
                self._child.stdin.flush()
            except Exception as error:
                if not isinstance(error, BrokenPipeError | ValueError):  # it has ended meanwhile
                    tell("Writing to a worker", error)
                self.kill()

    def _ended_code(self, seconds: float) -> int | None:
        end = time.monotonic() + seconds
        while True:
            self.kill()
            try:
                return self._child.wait(min(0.2, max(0.01, seconds)))
            except Exception as error:
                if not isinstance(error, subprocess.TimeoutExpired):
                    tell("Waiting for the end of a worker", error)
                    time.sleep(0.02)
            if time.monotonic() > end:
                return None

    def _close_pipes(self) -> None:
        for pipe in (self._child.stdin, self._child.stdout):
            assert pipe is not None
            # what could not be written is lost anyway
            with survived("Closing a worker's pipe"), contextlib.suppress(BrokenPipeError):
                pipe.close()

    def _bytes(self) -> int:
        """Resident memory: what it really occupies."""
        try:
            return int(self._memory.memory_info().rss)
        except psutil.NoSuchProcess:
            return self._bytes_at_start
        except Exception as error:
            tell("Looking at a worker's memory", error)
            return self._bytes_at_start

    def _is_stopped(self) -> bool:
        try:
            return self._memory.status() in _STOPPED
        except psutil.NoSuchProcess:
            return False
        except Exception as error:
            tell("Looking at a worker", error)
            return False
