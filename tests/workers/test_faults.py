"""What the operating system can refuse the pool, at each of its calls: a sentence for the asker, then a working pool.

Each fault happens once, and again and again until it is over.
"""

from __future__ import annotations

import errno
import logging
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import psutil
import pytest

from tests.workers.test_pool import SERVICE, SMALL, InThread, fails, pool_of, wait_for
from workers import nursery
from workers import process as process_module
from workers.job import Job
from workers.lane import Lane
from workers.line import Line
from workers.messages import SENTENCES
from workers.nursery import Child, ForkedChild, Nursery
from workers.pool import Pool, WorkerError

FILES = OSError(errno.EMFILE, "Too many open files")
FORK = BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
NO_MEMORY = MemoryError("no memory")
THREADS = RuntimeError("can't start new thread")
ADD = {"left": 19, "right": 4}


class Fault:
    """Raises `error` while it is on: `times` times, or until `over()`."""

    def __init__(self, error: Exception, times: float) -> None:
        self.error, self.left, self.met = error, times, 0
        self._lock = threading.Lock()

    def strike(self) -> None:
        with self._lock:
            if self.left <= 0:
                return
            self.left -= 1
            self.met += 1
        raise self.error

    def over(self) -> None:
        self.left = 0

    def before(self, real: Callable[..., Any], only: Callable[..., bool] = lambda *_: True) -> Callable[..., Any]:
        """`real`, with the fault before it."""

        def faulty(*args: Any, **options: Any) -> Any:
            if only(*args):
                self.strike()
            return real(*args, **options)

        return faulty


class Pipe:
    """A worker's pipe, with a fault in one of its methods."""

    def __init__(self, real: Any, method: str, fault: Fault) -> None:
        self._real, self._method, self._fault = real, method, fault

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._real, name)
        return self._fault.before(real) if name == self._method else real

    def __iter__(self) -> Iterator[bytes]:
        for text in self._real:
            if self._method == "read":
                self._fault.strike()
            yield text


def with_pipes(patch: pytest.MonkeyPatch, fault: Fault, pipe: str, method: str) -> None:
    """Every worker that starts from now on has the fault in its pipe."""
    real = Nursery.start

    def started(nursery: Nursery) -> Child:
        child = real(nursery)
        setattr(child, pipe, Pipe(getattr(child, pipe), method, fault))
        return child

    patch.setattr(Nursery, "start", started)


def on(place: Any, name: str) -> Callable[[pytest.MonkeyPatch, Fault], None]:
    """The fault in a function or method, wherever the pool calls it."""
    return lambda patch, fault: patch.setattr(place, name, fault.before(getattr(place, name)))


def on_children(name: str) -> Callable[[pytest.MonkeyPatch, Fault], None]:
    """The fault in a method of every worker process, however it was started."""

    def strike(patch: pytest.MonkeyPatch, fault: Fault) -> None:
        for kind in (subprocess.Popen, ForkedChild):
            patch.setattr(kind, name, fault.before(getattr(kind, name)))

    return strike


def in_the_pool(place: Any, name: str) -> Callable[[pytest.MonkeyPatch, Fault], None]:
    """The same, in the pool's own threads alone."""

    def ours(*_: Any) -> bool:
        return threading.current_thread().name.startswith("workers_")

    return lambda patch, fault: patch.setattr(place, name, fault.before(getattr(place, name), ours))


def thread(name: str) -> Callable[[pytest.MonkeyPatch, Fault], None]:
    """The fault in the start of the pool's threads of this name."""

    def strike(patch: pytest.MonkeyPatch, fault: Fault) -> None:
        real = threading.Thread.start
        patch.setattr(threading.Thread, "start", fault.before(real, lambda thread: thread.name == name))

    return strike


def pipe(end: str, method: str) -> Callable[[pytest.MonkeyPatch, Fault], None]:
    return lambda patch, fault: with_pipes(patch, fault, end, method)


# Where, and what the machine says there.
AT_START = {
    "no descriptor for a pipe": (on(subprocess, "Popen"), FILES),
    "no process": (on(subprocess, "Popen"), FORK),
    "no memory for a process": (on(subprocess, "Popen"), NO_MEMORY),
    "no pipe for a fork": (on(nursery, "_pipes"), FILES),
    "no word to the process that forks": (on(socket, "send_fds"), NO_MEMORY),
    "no thread to hear of forks": (thread("workers_zygote"), THREADS),
    "no descriptor for its figures": (on(psutil, "Process"), FILES),
    "no thread to write": (thread("workers_write"), THREADS),
    "no thread to keep": (thread("workers_keep"), THREADS),
    "no thread to watch": (thread("workers_watch"), THREADS),
    "no memory in the start": (on(Pool, "_listen"), NO_MEMORY),
}
IN_WORK = {
    "the pipe can't be written": (pipe("stdin", "write"), OSError(errno.ENOBUFS, "No buffer space available")),
    "the pipe can't be flushed": (pipe("stdin", "flush"), NO_MEMORY),
    "the pipe can't be read": (pipe("stdout", "read"), OSError(errno.EIO, "Input/output error")),
    "no memory for what is read": (pipe("stdout", "read"), NO_MEMORY),
    "no descriptor to see its memory": (on(psutil.Process, "memory_info"), FILES),
    "no descriptor to see how it is": (on(psutil.Process, "status"), FILES),
    "no descriptor at release": (on(Pool, "_settle"), FILES),
    "no memory to pass on": (on(Pool, "_pass_on"), NO_MEMORY),
    "no memory to dispatch": (on(Pool, "_dispatch"), NO_MEMORY),
    "no memory in the queue of a worker": (on(process_module.Process, "send"), NO_MEMORY),
    "no memory to reply": (on(Job, "reply"), NO_MEMORY),
    "no memory to choose": (on(Line, "pop"), NO_MEMORY),
    "no memory to line up": (on(Line, "put"), NO_MEMORY),
    "no memory to look for workers": (on(Lane, "free"), NO_MEMORY),
}
AT_THE_END = {
    "it can't be ended": (on_children("kill"), PermissionError(errno.EPERM, "Operation not permitted")),
    "it can't be waited for": (on_children("wait"), OSError(errno.EIO, "Input/output error")),
    "its pipes can't be closed": (pipe("stdout", "close"), OSError(errno.EIO, "Input/output error")),
    "no memory at the burial": (on(Pool, "_bury"), NO_MEMORY),
    "no memory to tell": (on(Pool, "_tell_end"), NO_MEMORY),
    "no memory to judge": (on(Pool, "_judge"), NO_MEMORY),
    "no memory to look": (on(Pool, "_look_after"), NO_MEMORY),
    "no lock to wait for": (in_the_pool(threading.Event, "wait"), THREADS),
}


def sentence_or_sum(pool: Pool) -> object:
    """What the asker gets: the reply, or a sentence."""
    try:
        return pool.call("add", ADD)
    except WorkerError as error:
        assert error.sentence  # noqa: PT017
        return error


def works(pool: Pool) -> bool:
    reply = InThread(lambda: sentence_or_sum(pool))()
    return reply == {"sum": 23} and pool.state().alive


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.pool.PAUSES", (0.0, 0.05))
    monkeypatch.setattr("workers.pool.END_SECONDS", 0.3)


@pytest.mark.parametrize("times", [1, float("inf")], ids=["once", "repeated"])
@pytest.mark.parametrize("what", AT_START)
def test_a_start_that_the_machine_refuses(what: str, times: float, monkeypatch: pytest.MonkeyPatch) -> None:
    strike, error = AT_START[what]
    fault = Fault(error, times)
    with pool_of() as pool:
        strike(monkeypatch, fault)
        said = InThread(lambda: sentence_or_sum(pool))()  # sooner or later, not never
        assert fault.met > 0
        if times > 1:
            assert isinstance(said, WorkerError)
            assert said.kind == "starting"
            assert not pool.state().ready
        fault.over()
        wait_for(lambda: works(pool))


@pytest.mark.parametrize("times", [1, 40], ids=["once", "repeated"])
@pytest.mark.parametrize("what", [*IN_WORK, *AT_THE_END])
def test_a_fault_while_it_works(what: str, times: float, monkeypatch: pytest.MonkeyPatch) -> None:
    strike, error = (IN_WORK | AT_THE_END)[what]
    fault = Fault(error, 0)
    with pool_of(request_seconds=2, wait_seconds=4) as pool, monkeypatch.context() as patch:
        strike(patch, fault)
        assert pool.call("add", ADD) == {"sum": 23}
        fault.left = times
        asked = [InThread(lambda: sentence_or_sum(pool)) for _ in range(2)]
        late = InThread(lambda: pool.call("sleep", {"seconds": 1000}, timeout=0.3))
        assert all(isinstance(said(), dict | WorkerError) for said in asked)
        assert isinstance(late(), WorkerError)
        wait_for(lambda: fault.met)
        fault.over()
        wait_for(lambda: works(pool))


def test_a_worker_that_can_not_be_ended_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    fault = Fault(PermissionError(errno.EPERM, "Operation not permitted"), 0)
    with pool_of() as pool:
        pid = pool.call("pid")
        on_children("kill")(monkeypatch, fault)
        fault.left = float("inf")
        error = fails(lambda: pool.call("sleep", {"seconds": 1000}, timeout=0.3))
        assert error.sentence == SENTENCES["timeout"].format(seconds=0.3)
        assert psutil.pid_exists(pid)
        fault.over()
        wait_for(lambda: not psutil.pid_exists(pid))  # the watch tries again
        assert pool.call("add", ADD) == {"sum": 23}


def test_the_watch_goes_on_after_it_could_not_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """As when all descriptors were in use: the fault is over, and a worker that hangs is ended as ever."""
    fault = Fault(FILES, 30)
    with pool_of() as pool:
        before = pool.call("pid")
        monkeypatch.setattr(psutil.Process, "memory_info", fault.before(psutil.Process.memory_info))
        wait_for(lambda: fault.left == 0)
        assert pool.state().alive
        assert fails(lambda: pool.call("sleep", {"seconds": 1000}, timeout=0.3)).kind == "timeout"
        assert pool.call("pid") != before


def test_the_same_fault_fills_no_log(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    fault = Fault(FILES, 500)
    with pool_of() as pool:
        pool.call("pid")
        monkeypatch.setattr("workers.trouble._told", {})
        monkeypatch.setattr(psutil.Process, "memory_info", fault.before(psutil.Process.memory_info))
        monkeypatch.setattr("workers.pool.TICK", 0.001)
        with caplog.at_level(logging.WARNING):
            wait_for(lambda: fault.left == 0)
    told = [record.getMessage() for record in caplog.records if "Too many open files" in record.getMessage()]
    assert len(told) == 1
    assert told[0].startswith("Looking at a worker's memory failed: OSError: [Errno 24] Too many open files")


def test_a_dead_thread_is_seen_and_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing should end them; if something does, the state says so and the next call mends it."""
    with pool_of() as pool:
        pool.call("pid")
        assert pool.state().alive
        with monkeypatch.context() as patch:
            patch.setattr("workers.pool.survived", lambda what: pytest.raises(SystemExit))  # lets all others through
            patch.setattr("workers.pool.Pool._look_after", Fault(RuntimeError("a bug"), 1).before(Pool._look_after))
            patch.setattr(threading, "excepthook", lambda args: None)
            wait_for(lambda: not pool.state().alive)
        assert pool.call("add", ADD) == {"sum": 23}
        assert pool.state().alive


def test_a_reply_that_was_lost_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The net below all nets."""
    monkeypatch.setattr(Job, "reply", lambda job, reply: None)
    with pool_of() as pool:
        stream = pool.stream("add", ADD, lane="short")
        wait_for(lambda: not pool.state().short.waiting)
        stream._job.until = time.monotonic() + 0.2
        assert not stream.wait(0.1)
        wait_for(lambda: stream.wait(0.05))
        error = fails(lambda: next(stream))
        assert (error.kind, error.detail) == ("died", "the job was lost")


def test_a_pool_that_was_not_started_is_not_alive() -> None:
    assert not Pool(SMALL, SERVICE).state().alive
