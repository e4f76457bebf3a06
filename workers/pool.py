"""The web side: a pool of workers, used by many threads at once.

A request waits in the line of its **lane** (`line.py`: who is next) until one of the lane's workers is free. The lane
"short" answers questions, the lane "long" trains models: so nobody waits for a question because somebody else is
training.

Who does what:

- the thread that asks: puts a job into the line, then waits for replies
- one thread per worker (`_keep`): starts the process, reads its lines, and starts the next when it has ended
- one thread for all (`_watch`): looks ten times a second for what is too late, too large or not wanted any
  more. It ends processes and starts threads that are missing; all that follows from the end of a process is done by
  `_bury`.

No exception ends one of these threads: whatever the machine refuses (descriptors, threads, memory, signals) is told in
the log now and then (`trouble.py`), the asker gets a sentence, and the next round tries again.

Nothing here imports Keras or Streamlit. All times are `time.monotonic`: setting the clock changes nothing.
"""

from __future__ import annotations

import atexit
import itertools
import logging
import math
import signal
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar, overload

import msgspec

from workers.job import NOBODY, Job, Place, Stream, Who
from workers.lane import Lane, LaneState, Name
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
from workers.nursery import Nursery
from workers.process import Process
from workers.trouble import survived, tell

__all__ = ["LaneState", "Meanwhile", "Place", "Pool", "PoolState", "Stream", "Who", "WorkerError"]

T = TypeVar("T")
Meanwhile = Callable[[Place | None], object]

MB = 1024 * 1024
TICK = 0.1  # seconds between two looks of the watch
HOPELESS = 3  # starts that failed in a row: from then on requests are not kept waiting
PAUSES = (0.0, 0.5, 2.0, 5.0, 15.0)  # seconds before the next start, by the number of failed starts in a row
END_SECONDS = 2.0  # how long the thread of a worker tries to end it, before the watch does
REST_SECONDS = 1.0  # between two looks whether a worker that rests is needed, besides that it is called
STOPPED_SECONDS = 1.0  # how long a worker may stand still that somebody has stopped
LOOK_SECONDS = 0.25  # between two looks at the place in the line
WATCH_SECONDS = 10.0  # a watch that has not looked for so long doesn't work
FROM_OUTSIDE = {-signal.SIGTERM, -getattr(signal, "SIGKILL", signal.SIGTERM)}  # exit codes: killed by somebody

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PoolState:
    """The pool at this moment. seconds: since its start. last_failure: for the log and the health addresses.

    alive: the threads that watch and keep the workers are there and do their work. hopeless: the short workers failed
    to start, again and again.
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


class Pool:
    """Workers that answer requests. Safe to use from any number of threads; make one per server."""

    def __init__(self, limits: Limits, service: str = "explainers.service") -> None:
        self._limits, self._nursery = limits, Nursery(service, limits)
        self._lanes: dict[Name, Lane] = {
            "short": Lane("short", limits.workers, limits.request_seconds, usual=0.2),
            "long": Lane("long", limits.long_workers, limits.long_seconds, usual=8.0, rests=True),
        }
        self._lock = threading.Lock()  # guards lanes, jobs and processes; nothing slow happens under it
        self._called = threading.Condition(self._lock)  # a request waits, or the pool is closed
        self._closing = threading.Event()
        self._watcher: threading.Thread | None = None
        self._looked = 0.0  # when the watch last looked (monotonic)
        self._ids = itertools.count(1)
        self._began: float | None = None
        self._last_failure = ""
        self._versions: dict[str, str] = {}

    # ------------------------------------------------------------------ what a page calls

    def start(self) -> None:
        """Start the short workers in the background and return at once. Calling it again mends what is missing."""
        with self._lock:
            if self._began is None:
                self._began = time.monotonic()
                atexit.register(self.close)
                self._lanes["short"].open = True
            if self._watched() or self._closing.is_set():
                return
            self._start_watch()
            self._staff(self._lanes["short"])

    def _watched(self) -> bool:
        return self._watcher is not None and self._watcher.is_alive()

    def _start_watch(self) -> None:
        self._looked = time.monotonic()
        self._watcher = None
        try:
            self._watcher = self._run(self._watch)
        except Exception as error:  # "can't start new thread"
            self._last_failure = f"the workers can't be watched: {error}"
            tell("Starting the thread that watches the workers", error)

    def state(self) -> PoolState:
        """How many workers are ready, and what last went wrong."""
        with self._lock:
            now = time.monotonic()
            seconds = 0.0 if self._began is None else now - self._began
            short, long = (lane.state() for lane in self._lanes.values())
            kept = all(lane.kept() for lane in self._lanes.values())
            alive = self._watched() and now - self._looked < WATCH_SECONDS and kept
            hopeless = self._lanes["short"].failed_starts >= HOPELESS
            return PoolState(short, long, seconds, self._last_failure, dict(self._versions), alive, hopeless)

    @overload
    def call(
        self, op: str, args: Mapping[str, Any] | None = ..., *, timeout: float | None = ..., lane: Name = ...
    ) -> Any: ...

    @overload
    def call(
        self,
        op: str,
        args: Mapping[str, Any] | None = ...,
        *,
        type: type[T],
        timeout: float | None = ...,
        lane: Name = ...,
    ) -> T: ...

    def call(
        self,
        op: str,
        args: Mapping[str, Any] | None = None,
        *,
        type: Any = Any,
        timeout: float | None = None,
        lane: Name = "short",
    ) -> Any:
        """Ask, wait, and return the reply as a `type`; plain lists and dicts without one.

        timeout: seconds from the moment a worker takes the request. Raises WorkerError;
        msgspec.ValidationError where the reply is no `type` (a mistake in this app).
        """
        return msgspec.json.decode(self.call_bytes(op, args, timeout=timeout, lane=lane), type=type)

    def call_bytes(
        self,
        op: str,
        args: Mapping[str, Any] | None = None,
        *,
        timeout: float | None = None,
        lane: Name = "short",
        who: Who = NOBODY,
        meanwhile: Meanwhile | None = None,
    ) -> bytes:
        """Like `call`; returns the reply's JSON as it came, for a cache or the browser.

        meanwhile: called several times a second with the place in the line (None when a worker has the request). Who
        brings it waits in the line as long as it takes; what it raises ends the request.
        """
        job = self._submit(op, args or {}, timeout, self._lanes[lane], who, meanwhile is not None, stoppable=False)
        with self._stream_of(job, Any, self._lanes[lane]) as stream:
            while not stream.ended:
                while meanwhile is not None and not stream.wait(LOOK_SECONDS):
                    meanwhile(stream.place)
                next(stream, None)
            return stream.result_bytes

    @overload
    def stream(
        self,
        op: str,
        args: Mapping[str, Any] | None = ...,
        *,
        timeout: float | None = ...,
        lane: Name = ...,
        who: Who = ...,
        patient: bool = ...,
    ) -> Stream[Any]: ...

    @overload
    def stream(
        self,
        op: str,
        args: Mapping[str, Any] | None = ...,
        *,
        type: type[T],
        timeout: float | None = ...,
        lane: Name = ...,
        who: Who = ...,
        patient: bool = ...,
    ) -> Stream[T]: ...

    def stream(
        self,
        op: str,
        args: Mapping[str, Any] | None = None,
        *,
        type: Any = Any,
        timeout: float | None = None,
        lane: Name = "long",
        who: Who = NOBODY,
        patient: bool = False,
    ) -> Stream[Any]:
        """Ask for something that tells how far it is. Iterate for the progress, then read `.result`.

        patient: wait in the line as long as it takes.
        """
        job = self._submit(op, args or {}, timeout, self._lanes[lane], who, patient, stoppable=True)
        return self._stream_of(job, type, self._lanes[lane])

    def _stream_of(self, job: Job, type: Any, lane: Lane) -> Stream[Any]:
        return Stream(job, type, partial(self._place, lane), self._lost)

    def close(self) -> None:
        """End all workers; whoever still waits gets "cancelled". Runs by itself when Python ends."""
        atexit.unregister(self.close)
        self._closing.set()
        self._nursery.closing()
        with self._lock:
            self._called.notify_all()
            for lane in self._lanes.values():
                for process in lane.processes:
                    self._end(process, self._sorry("cancelled"))
                for job in lane.line:
                    job.reply(self._sorry("cancelled"))
                    lane.line.remove(job)
        for thread in self._threads():
            thread.join(timeout=5)
        self._nursery.close()

    def _threads(self) -> list[threading.Thread]:
        keepers = [keeper for lane in self._lanes.values() for keeper in lane.keepers]
        return keepers if self._watcher is None else [self._watcher, *keepers]

    # ------------------------------------------------------------------ jobs find workers

    def _submit(
        self,
        op: str,
        args: Mapping[str, Any],
        timeout: float | None,
        lane: Lane,
        who: Who,
        patient: bool,
        stoppable: bool,
    ) -> Job:
        """Put a job into the line; WorkerError "busy" where that is full, "starting" where nobody could serve it."""
        self.start()
        seconds = lane.seconds if timeout is None else timeout
        request = Request(next(self._ids), op, dict(args), seconds)
        now = time.monotonic()
        until = math.inf if patient else now + self._longest(seconds)
        job = Job(request, now, who, until, patient, stoppable)
        try:
            self._line_up(lane, job)
        except (OSError, RuntimeError, MemoryError) as error:  # nothing to spare on this machine
            job.unwanted = True
            tell("Taking a request", error)
            raise self._sorry("starting", detail=str(error)) from error
        return job

    def _line_up(self, lane: Lane, job: Job) -> None:
        with self._lock:
            if self._closing.is_set():
                raise self._sorry("cancelled", detail="the pool is closed")
            lane.open = True
            self._staff(lane)
            if not lane.keepers or self._watcher is None:
                raise self._sorry("starting", detail=self._last_failure)
            self._let_in(lane, job)
            self._called.notify_all()
        self._dispatch(lane)

    def _let_in(self, lane: Lane, job: Job) -> None:
        free = sum(process.free for process in lane.processes)
        if len(lane.line) >= self._limits.queue + free:
            self._make_room(lane, job)
        older = lane.line.put(job)
        if older is not None:
            older.reply(self._sorry("cancelled", detail="asked again by the same session"))

    def _make_room(self, lane: Lane, job: Job) -> None:
        """Room in a full line: a place that nobody wants any more, or one of an address that has many."""
        unwanted = next((other for other in lane.line if other.unwanted), None)
        loses = unwanted or lane.line.one_too_many(job)
        if loses is None:
            raise self._sorry("busy", detail=f"{len(lane.line)} requests are waiting")
        loses.reply(self._sorry("busy", detail="others had fewer places in the line"))
        lane.line.remove(loses)

    def _dispatch(self, lane: Lane) -> None:
        """Give waiting jobs, in the order of the line, to free workers."""
        with self._lock:
            while lane.line and (process := lane.free()) is not None:
                job = lane.line.pop()
                if job.unwanted:
                    job.reply(self._sorry("cancelled"))
                else:
                    self._give(process, job)

    def _give(self, process: Process, job: Job) -> None:
        process.take(job)
        try:
            process.send(job.text)
        except Exception as error:  # no memory for an entry in a queue
            tell("Giving a job to a worker", error)
            process.kill()

    def _place(self, lane: Lane, job: Job) -> Place | None:
        with self._lock:
            number = lane.line.place(job)
            workers = max(1, sum(process.ready for process in lane.processes))
            return Place(number, lane.usual * math.ceil(number / workers)) if number else None

    def _longest(self, seconds: float) -> float:
        """When the slowest reply would be there: a start and a wait, both twice, as a job may be given twice."""
        return 2 * (self._limits.start_seconds + self._limits.wait_seconds + seconds)

    def _lost(self, job: Job) -> WorkerError:
        return self._sorry("died", job, detail="the job was lost")

    # ------------------------------------------------------------------ one thread per worker

    def _staff(self, lane: Lane) -> None:
        """Start the threads that are missing. Where the machine has none to spare, the next call tries again."""
        try:
            for _ in range(lane.size - lane.living_keepers() if lane.open else 0):
                lane.keepers.append(self._run(self._keep, lane))
        except Exception as error:  # "can't start new thread"
            self._last_failure = f"a {lane.name} worker could not start: {error}"
            tell(f"Starting a {lane.name} worker's thread", error)

    def _run(self, target: Any, *args: Any) -> threading.Thread:
        thread = threading.Thread(target=target, args=args, name=f"workers{target.__name__}", daemon=True)
        thread.start()
        return thread

    def _keep(self, lane: Lane) -> None:
        """Keep one worker alive: start it, listen to it, and when it has ended start the next, once it is needed."""
        while not self._closing.is_set():
            with survived("Keeping a worker"):
                if self._needed(lane):
                    self._serve(lane)
            self._closed_within(PAUSES[min(lane.failed_starts, len(PAUSES) - 1)])

    def _needed(self, lane: Lane) -> bool:
        """Wait until the lane needs one more worker; False where the pool is closed.

        A start that failed is tried again unasked, or nobody would ever find that it is repaired.
        """
        with self._lock:
            lane.away += 1
            try:
                while lane.rests and not (self._closing.is_set() or lane.failed_starts or lane.short_of_workers()):
                    self._called.wait(REST_SECONDS)
            finally:
                lane.away -= 1
        return not self._closing.is_set()

    def _serve(self, lane: Lane) -> None:
        """One worker, from its start to its end."""
        try:
            process = Process(self._nursery, self._limits)
        except Exception as error:  # the machine has no memory, thread, descriptor or process to spare
            self._failed_start(lane, str(error) or type(error).__name__)
            return
        with survived("Serving with a worker"):
            self._listen(lane, process)
        while not self._buried(lane, process):  # its asker waits for this
            time.sleep(TICK)

    def _listen(self, lane: Lane, process: Process) -> None:
        with self._lock:
            lane.processes.append(process)
            if self._closing.is_set():
                process.end(self._sorry("cancelled"))
        with survived("Listening to a worker"):
            for reply in process.replies():
                self._pass_on(lane, process, reply)

    def _pass_on(self, lane: Lane, process: Process, reply: ToWeb) -> None:
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
            job.progress(reply)
        else:
            self._settle(lane, process, job, reply if isinstance(reply, Result) else self._failure(job, reply))
            self._dispatch(lane)

    def _settle(self, lane: Lane, process: Process, job: Job, reply: Result | WorkerError) -> None:
        """The worker has answered and is free; one that keeps half its memory to itself makes room for another."""
        with self._lock:  # before its asker can ask for more
            job.reply(reply)
            lane.took(time.monotonic() - job.taken)
            process.release()
            if process.grown() > self._limits.memory_mb * MB / 2:
                process.end(self._sorry("memory", detail="kept too much memory after a reply"))

    def _buried(self, lane: Lane, process: Process) -> bool:
        with survived("Burying a worker"):
            self._bury(lane, process)
            return True
        return False

    def _bury(self, lane: Lane, process: Process) -> None:
        """A worker has ended, for whatever reason: see to its job, and make room for the next."""
        code = process.reap(END_SECONDS)
        with self._lock:
            if process in lane.processes:
                lane.processes.remove(process)  # from here on it gets no job; the one it has is its last
            if code is None and process not in lane.ended_badly:
                lane.ended_badly.append(process)
            job = process.job
            error = process.verdict or self._sorry("died", job, detail=f"exit code {code}")
            again = job is not None and self._blameless(job, process, code)
            if job is not None and again:
                self._once_more(lane, job)
                process.job = None
        if job is not None and not again:
            job.reply(error)
        if not process.resting:
            self._tell_end(lane, process, job, error)
        self._dispatch(lane)

    def _blameless(self, job: Job, process: Process, code: int | None) -> bool:
        """Whether the job had no part in the worker's end, and may be given to another one, once.

        It had none if it had not begun, or if somebody killed or stopped the worker from outside. A job that has told
        of its progress isn't begun anew: its asker would hear the same twice.
        """
        if process.verdict is not None or job.tries > 1 or job.unwanted or job.answered:
            return False
        return not job.started or (code in FROM_OUTSIDE and not job.progressed)

    def _once_more(self, lane: Lane, job: Job) -> None:
        job.started = False
        job.until = math.inf if job.patient else time.monotonic() + self._longest(job.request.seconds)
        lane.line.put_back(job)

    def _tell_end(self, lane: Lane, process: Process, job: Job | None, error: WorkerError) -> None:
        if not process.ready:
            self._failed_start(lane, process.complaint or error.detail)
        else:
            self._note(f"{job.request.op if job else 'no request'}: {error.kind} ({error.detail})")

    def _failed_start(self, lane: Lane, why: str) -> None:
        with self._lock:
            lane.failed_starts += 1
        self._nursery.doubt()
        self._note(f"a {lane.name} worker could not start: {why}")

    def _note(self, what: str) -> None:
        if not self._closing.is_set():
            self._last_failure = what
            _log.warning("A worker was lost. %s", what)

    # ------------------------------------------------------------------ one thread for all

    def _watch(self) -> None:
        """Look after workers and queues until the pool is closed."""
        while not self._closed_within(TICK):
            self._looked = time.monotonic()
            for lane in self._lanes.values():
                with survived(f"Watching the {lane.name} workers"):
                    self._look_after(lane, self._looked)

    def _closed_within(self, seconds: float) -> bool:
        """Wait so long; whether the pool was closed meanwhile."""
        with survived("Waiting"):  # it takes a lock, which takes memory
            return self._closing.wait(seconds)
        time.sleep(seconds)
        return self._closing.is_set()

    def _look_after(self, lane: Lane, now: float) -> None:
        with self._lock:
            for process in lane.processes:
                with survived("Watching a worker"):
                    self._judge(process, now)
                    self._let_rest(lane, process, now)
            self._clear_queue(lane, now)
            self._staff(lane)
        self._dispatch(lane)
        for process in tuple(lane.ended_badly):
            if process.reap(0) is not None:
                lane.ended_badly.remove(process)

    def _judge(self, process: Process, now: float) -> None:
        """End a worker that is too late, too large, or stopped by somebody; tell it to stop what nobody wants."""
        job = process.job
        if process.verdict is not None:
            self._end(process, process.verdict)  # once more, in case it didn't work
        elif now > process.deadline:
            self._end(process, self._too_late(process))
        elif process.ready and process.grown() > self._limits.memory_mb * MB:
            self._end(process, self._sorry("memory", job, detail="resident memory"))
        elif process.stands_still(now, STOPPED_SECONDS):  # while it starts, too: all wait for that
            process.kill()  # nobody's fault: its job is given to another one
        elif job is not None and job.unwanted and job.started and not process.cancelling:
            self._cancel(process, job, now)

    def _let_rest(self, lane: Lane, process: Process, now: float) -> None:
        """End a worker that nobody has needed for a while, if the next one is there in a moment."""
        idle = lane.rests and process.free and now - process.idle_since > self._limits.idle_seconds
        if process.resting or (idle and self._nursery.forks):
            process.rest()  # once more, in case it didn't work

    def _end(self, process: Process, why: WorkerError) -> None:
        """End a worker, and let its asker go: that must not depend on whether the worker really ends."""
        process.end(why)
        if process.job is not None:
            process.job.reply(why)

    def _cancel(self, process: Process, job: Job, now: float) -> None:
        """Tell a worker to stop. A question can't be stopped between two steps: it may end, as a start costs more."""
        process.cancelling = True
        patience = self._limits.cancel_seconds if job.stoppable else self._limits.abandoned_seconds
        process.deadline = min(process.deadline, now + patience)
        process.send(line(Cancel(job.request.id)))

    def _too_late(self, process: Process) -> WorkerError:
        if not process.ready:
            return self._sorry("starting", detail=f"not ready after {self._limits.start_seconds:g} s")
        if process.cancelling:
            return self._sorry("cancelled", detail="did not stop by itself")
        return self._sorry("timeout", process.job, detail="no reply in time")

    def _clear_queue(self, lane: Lane, now: float) -> None:
        """Send away those who have waited too long, and those who don't wait any more."""
        unready = lane.unready_for(now)
        for job in lane.line:
            error = self._no_worker_for(job, lane, now, unready)
            if error is not None:
                job.reply(error)  # before: if this fails, the next look finds it again
                lane.line.remove(job)

    def _no_worker_for(self, job: Job, lane: Lane, now: float, unready: float) -> WorkerError | None:
        """Why this job need not wait any longer; None where it should. unready: seconds without a ready worker."""
        waited = now - job.asked
        if job.unwanted:
            return self._sorry("cancelled")
        if lane.failed_starts >= HOPELESS:
            return WorkerError("starting", CANT_START, self._last_failure)
        if lane.ready():
            late = waited > self._limits.wait_seconds and not job.patient
            return self._sorry("busy", detail=f"waited {waited:.1f} s") if late else None
        # A worker that is replaced while a long line waits starts anew: the time in the line says nothing about it.
        without = min(waited, unready)
        return (
            self._sorry("starting", detail=f"waited {without:.1f} s") if without > self._limits.start_seconds else None
        )

    # ------------------------------------------------------------------ errors

    def _sorry(self, kind: Kind, job: Job | None = None, *, message: str = "", detail: str = "") -> WorkerError:
        """The error of this kind, with its sentence."""
        seconds = job.request.seconds if job is not None else self._limits.request_seconds
        sentence = SENTENCES[kind].format(seconds=seconds, memory_mb=self._limits.memory_mb, message=message)
        return WorkerError(kind, sentence, detail or message)

    def _failure(self, job: Job, reply: Failure) -> WorkerError:
        message = reply.message if reply.kind == "bad_request" else reply.message.rstrip(".")  # it ends a sentence
        return self._sorry(reply.kind, job, message=message)
