"""The web side: a pool of workers, used by many threads at once.

A request waits in the queue of its **lane** until one of the lane's workers is free. The lane "short" answers
questions, the lane "long" trains models: so nobody waits for a question because somebody else is training.

Who does what:

- the thread that asks: puts a job into the queue, then waits for replies
- one thread per worker (`_keep`): starts the process, reads its lines, and starts the next when it has ended
- one thread for all (`_watch`): looks ten times a second for what is too late, too large or not wanted any
  more. It only ends processes; all that follows from the end of a process is done by `_bury`.

Nothing here imports Keras or Streamlit. All times are `time.monotonic`: setting the clock changes nothing.
"""

from __future__ import annotations

import atexit
import itertools
import logging
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar, overload

import msgspec

from workers.job import Job, Stream
from workers.limits import Limits
from workers.messages import (
    CANT_START,
    SENTENCES,
    Cancel,
    Failure,
    Kind,
    Progress,
    Ready,
    Request,
    Result,
    Started,
    ToWeb,
    WorkerError,
    line,
)
from workers.process import Process

__all__ = ["Lane", "LaneState", "Pool", "PoolState", "Stream", "WorkerError"]

T = TypeVar("T")
Lane = Literal["short", "long"]

MB = 1024 * 1024
TICK = 0.1  # seconds between two looks of the watch
HOPELESS = 3  # starts that failed in a row: from then on requests are not kept waiting
PAUSES = (0.0, 0.5, 2.0, 5.0, 15.0)  # seconds before the next start, by the number of failed starts in a row

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LaneState:
    """One lane, counted. Of the `ready` workers, `busy` are answering; `waiting` requests have no worker yet."""

    starting: int
    ready: int
    busy: int
    waiting: int


@dataclass(frozen=True)
class PoolState:
    """The pool at this moment. seconds: since its start. last_failure: for the log and the health addresses.

    alive: no thread that watches or keeps workers has ended. hopeless: the short workers failed to start, again and
    again.
    """

    short: LaneState
    long: LaneState
    seconds: float
    last_failure: str
    versions: dict[str, str]
    alive: bool = True
    hopeless: bool = False

    @property
    def ready(self) -> bool:
        """Whether a short question asked now would be answered without waiting for a start."""
        return self.short.ready > 0


@dataclass(eq=False)
class _Lane:
    """One queue, and the workers that serve it."""

    name: Lane
    size: int
    seconds: float  # how long a request may take unless it says otherwise
    processes: list[Process] = field(default_factory=list)
    waiting: deque[Job] = field(default_factory=deque)
    failed_starts: int = 0  # in a row
    open: bool = False

    def state(self) -> LaneState:
        ready = sum(process.ready for process in self.processes)
        busy = sum(process.job is not None for process in self.processes)
        return LaneState(self.size - ready if self.open else 0, ready, busy, len(self.waiting))


class Pool:
    """Workers that answer requests. Safe to use from any number of threads; make one per server."""

    def __init__(self, limits: Limits, service: str = "explainers.service") -> None:
        self._limits, self._service = limits, service
        self._lanes: dict[Lane, _Lane] = {
            "short": _Lane("short", limits.workers, limits.request_seconds),
            "long": _Lane("long", limits.long_workers, limits.long_seconds),
        }
        self._lock = threading.Lock()  # guards lanes, jobs and processes; nothing slow happens under it
        self._closing = threading.Event()
        self._threads: list[threading.Thread] = []
        self._ids = itertools.count(1)
        self._began: float | None = None
        self._last_failure = ""
        self._versions: dict[str, str] = {}

    # ------------------------------------------------------------------ what a page calls

    def start(self) -> None:
        """Start the short workers in the background and return at once. Calling it again does nothing."""
        with self._lock:
            if self._began is not None:
                return
            self._began = time.monotonic()
            self._open(self._lanes["short"])
            self._run(self._watch)
        atexit.register(self.close)

    def state(self) -> PoolState:
        """How many workers are ready, and what last went wrong."""
        with self._lock:
            seconds = 0.0 if self._began is None else time.monotonic() - self._began
            short, long = (lane.state() for lane in self._lanes.values())
            alive = all(thread.is_alive() for thread in self._threads)
            hopeless = self._lanes["short"].failed_starts >= HOPELESS
            return PoolState(short, long, seconds, self._last_failure, dict(self._versions), alive, hopeless)

    @overload
    def call(
        self, op: str, args: Mapping[str, Any] | None = ..., *, timeout: float | None = ..., lane: Lane = ...
    ) -> Any: ...

    @overload
    def call(
        self,
        op: str,
        args: Mapping[str, Any] | None = ...,
        *,
        type: type[T],
        timeout: float | None = ...,
        lane: Lane = ...,
    ) -> T: ...

    def call(
        self,
        op: str,
        args: Mapping[str, Any] | None = None,
        *,
        type: Any = Any,
        timeout: float | None = None,
        lane: Lane = "short",
    ) -> Any:
        """Ask, wait, and return the answer as a `type`; plain lists and dicts without one.

        timeout: seconds from the moment a worker takes the request. Raises WorkerError;
        msgspec.ValidationError where the answer is no `type` (a mistake in this app).
        """
        return msgspec.json.decode(self.call_bytes(op, args, timeout=timeout, lane=lane), type=type)

    def call_bytes(
        self,
        op: str,
        args: Mapping[str, Any] | None = None,
        *,
        timeout: float | None = None,
        lane: Lane = "short",
    ) -> bytes:
        """Like `call`; returns the answer's JSON as it came, for a cache or the browser."""
        with self.stream(op, args, timeout=timeout, lane=lane) as stream:
            for _ in stream:
                pass
            return stream.result_bytes

    @overload
    def stream(
        self, op: str, args: Mapping[str, Any] | None = ..., *, timeout: float | None = ..., lane: Lane = ...
    ) -> Stream[Any]: ...

    @overload
    def stream(
        self,
        op: str,
        args: Mapping[str, Any] | None = ...,
        *,
        type: type[T],
        timeout: float | None = ...,
        lane: Lane = ...,
    ) -> Stream[T]: ...

    def stream(
        self,
        op: str,
        args: Mapping[str, Any] | None = None,
        *,
        type: Any = Any,
        timeout: float | None = None,
        lane: Lane = "long",
    ) -> Stream[Any]:
        """Ask for something that tells how far it is. Iterate for the progress, then read `.result`."""
        return Stream(self._submit(op, args or {}, timeout, self._lanes[lane]), type)

    def close(self) -> None:
        """End all workers; whoever still waits gets "cancelled". Runs by itself when Python ends."""
        atexit.unregister(self.close)
        self._closing.set()
        with self._lock:
            for lane in self._lanes.values():
                for process in lane.processes:
                    process.end(self._sorry("cancelled"))
                while lane.waiting:
                    lane.waiting.popleft().replies.put(self._sorry("cancelled"))
        for thread in self._threads:
            thread.join(timeout=5)

    # ------------------------------------------------------------------ jobs find workers

    def _submit(self, op: str, args: Mapping[str, Any], timeout: float | None, lane: _Lane) -> Job:
        """Put a job into the queue; WorkerError "busy" where that is full."""
        self.start()
        seconds = lane.seconds if timeout is None else timeout
        job = Job(Request(next(self._ids), op, dict(args), seconds), asked=time.monotonic())
        with self._lock:
            if self._closing.is_set():
                raise self._sorry("cancelled", detail="the pool is closed")
            self._open(lane)
            free = sum(process.free for process in lane.processes)
            if len(lane.waiting) >= self._limits.queue + free:
                raise self._sorry("busy", detail=f"{len(lane.waiting)} requests are waiting")
            lane.waiting.append(job)
        self._dispatch(lane)
        return job

    def _dispatch(self, lane: _Lane) -> None:
        """Give waiting jobs, first come first served, to free workers."""
        while True:
            with self._lock:
                process = next((process for process in lane.processes if process.free), None)
                if process is None or not lane.waiting:
                    return
                job = lane.waiting.popleft()
                process.take(job)
            process.send(job.text)  # not under the lock: a worker that doesn't read would hold up everybody

    # ------------------------------------------------------------------ one thread per worker

    def _open(self, lane: _Lane) -> None:
        if not lane.open:
            lane.open = True
            for _ in range(lane.size):
                self._run(self._keep, lane)

    def _run(self, target: Any, *args: Any) -> None:
        thread = threading.Thread(target=target, args=args, name=f"workers{target.__name__}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _keep(self, lane: _Lane) -> None:
        """Keep one worker alive: start it, listen to it, and when it has ended start the next."""
        while not self._closing.is_set():
            try:
                process = Process(self._service, self._limits)
            except OSError as error:  # the machine has no memory, or no process, to spare
                self._failed_start(lane, str(error))
            else:
                self._listen(lane, process)
            self._closing.wait(PAUSES[min(lane.failed_starts, len(PAUSES) - 1)])

    def _listen(self, lane: _Lane, process: Process) -> None:
        with self._lock:
            lane.processes.append(process)
            if self._closing.is_set():
                process.end(self._sorry("cancelled"))
        for reply in process.replies():
            self._pass_on(lane, process, reply)
        self._bury(lane, process)

    def _pass_on(self, lane: _Lane, process: Process, reply: ToWeb) -> None:
        """Give one reply to whoever waits for it."""
        job = process.job
        if isinstance(reply, Ready):
            with self._lock:
                process.opened()
                lane.failed_starts, self._versions = 0, reply.versions
            self._dispatch(lane)
        elif job is None:
            # all that a worker says unasked, besides that it is ready, is why it can't be
            process.complaint = reply.message if isinstance(reply, Failure) else repr(reply)
        elif isinstance(reply, Started):
            job.started = True
        elif isinstance(reply, Progress):
            job.replies.put(reply)
        else:
            self._release(process)
            job.replies.put(reply if isinstance(reply, Result) else self._failure(job, reply))
            self._dispatch(lane)

    def _release(self, process: Process) -> None:
        """The worker has answered and is free; one that keeps half its memory to itself makes room for another."""
        with self._lock:
            process.release()
            if process.grown() > self._limits.memory_mb * MB / 2:
                process.end(self._sorry("memory", detail="kept too much memory after an answer"))

    def _bury(self, lane: _Lane, process: Process) -> None:
        """A worker has ended, for whatever reason: see to its job, and make room for the next."""
        code = process.reap()
        with self._lock:
            lane.processes.remove(process)  # from here on it gets no job; the one it has is its last
            job = process.job
            error = process.verdict or self._sorry("died", job, detail=f"exit code {code}")
            # Nobody is to blame for a worker that ended before it had begun; once more, then, and first in the queue.
            again = job is not None and not job.started and process.verdict is None and job.tries == 1
            if job is not None and again:
                lane.waiting.appendleft(job)
        if not process.ready:
            self._failed_start(lane, process.complaint or error.detail)
        else:
            self._note(f"{job.request.op if job else 'no request'}: {error.kind} ({error.detail})")
        if job is not None and not again:
            job.replies.put(error)
        self._dispatch(lane)

    def _failed_start(self, lane: _Lane, why: str) -> None:
        with self._lock:
            lane.failed_starts += 1
        self._note(f"a {lane.name} worker could not start: {why}")

    def _note(self, what: str) -> None:
        if not self._closing.is_set():
            self._last_failure = what
            _log.warning("A worker was lost. %s", what)

    # ------------------------------------------------------------------ one thread for all

    def _watch(self) -> None:
        """Look after workers and queues until the pool is closed."""
        while not self._closing.wait(TICK):
            now = time.monotonic()
            for lane in self._lanes.values():
                with self._lock:
                    unwanted = [(process, self._judge(process, now)) for process in lane.processes]
                    self._clear_queue(lane, now)
                for process, id in unwanted:
                    if id is not None:
                        process.send(line(Cancel(id)))

    def _judge(self, process: Process, now: float) -> int | None:
        """End a worker that is too late or too large. Returns the id of a request that it should be told to stop."""
        job = process.job
        if process.verdict is not None:
            return None
        if now > process.deadline:
            process.end(self._too_late(process))
        elif process.ready and process.grown() > self._limits.memory_mb * MB:
            process.end(self._sorry("memory", job, detail="resident memory"))
        elif job is not None and job.unwanted and job.started and not process.cancelling:
            process.cancelling = True
            process.deadline = min(process.deadline, now + self._limits.cancel_seconds)
            return job.request.id
        return None

    def _too_late(self, process: Process) -> WorkerError:
        if not process.ready:
            return self._sorry("starting", detail=f"not ready after {self._limits.start_seconds:g} s")
        if process.cancelling:
            return self._sorry("cancelled", detail="did not stop by itself")
        return self._sorry("timeout", process.job, detail="no answer in time")

    def _clear_queue(self, lane: _Lane, now: float) -> None:
        """Send away those who have waited too long, and those who don't wait any more."""
        for job in tuple(lane.waiting):
            error = self._no_worker_for(job, lane, now)
            if error is not None:
                lane.waiting.remove(job)
                job.replies.put(error)

    def _no_worker_for(self, job: Job, lane: _Lane, now: float) -> WorkerError | None:
        """Why this job need not wait any longer; None where it should."""
        waited = now - job.asked
        if job.unwanted:
            return self._sorry("cancelled")
        if lane.failed_starts >= HOPELESS:
            return WorkerError("starting", CANT_START, self._last_failure)
        if any(process.ready for process in lane.processes):
            return self._sorry("busy", detail=f"waited {waited:.1f} s") if waited > self._limits.wait_seconds else None
        return self._sorry("starting", detail=f"waited {waited:.1f} s") if waited > self._limits.start_seconds else None

    # ------------------------------------------------------------------ errors

    def _sorry(self, kind: Kind, job: Job | None = None, *, message: str = "", detail: str = "") -> WorkerError:
        """The error of this kind, with its sentence."""
        seconds = job.request.seconds if job is not None else self._limits.request_seconds
        sentence = SENTENCES[kind].format(seconds=seconds, memory_mb=self._limits.memory_mb, message=message)
        return WorkerError(kind, sentence, detail or message)

    def _failure(self, job: Job, reply: Failure) -> WorkerError:
        message = reply.message if reply.kind == "bad_request" else reply.message.rstrip(".")  # it ends a sentence
        return self._sorry(reply.kind, job, message=message)
