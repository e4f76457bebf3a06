"""Where worker processes come from: forked from one process that has imported Keras (`zygote.py`), or started alone.

A fork is there in a fifth of a second instead of four, and shares what Keras takes. Where forking is not possible
(another system, `SHAPE_EXPLAINER_FORK=0`) or does not work, each worker imports Keras itself.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path
from typing import IO, Protocol

import msgspec

from workers.limits import Limits
from workers.trouble import survived
from workers.zygote import FORK, Ended, Forked, Ready, ToNursery

_ROOT = Path(__file__).resolve().parent.parent
_FROM_ZYGOTE = msgspec.json.Decoder(ToNursery)
_FORK_SECONDS = 5.0  # a fork takes milliseconds; a zygote that needs longer stands still
_CODE_SECONDS = 1.0  # after a worker's end, until its exit code is known
END_SECONDS = 2.0  # how long the end of a zygote is waited for
_CHANCES = 2  # zygotes that may fail in a row, then workers are started alone
_log = logging.getLogger(__name__)


class Child(Protocol):
    """A worker process; `subprocess.Popen` is one."""

    @property
    def pid(self) -> int: ...
    @property
    def stdin(self) -> IO[bytes] | None: ...
    @property
    def stdout(self) -> IO[bytes] | None: ...
    def kill(self) -> None: ...
    def wait(self, timeout: float | None = None) -> int: ...


class NoForkError(Exception):
    """No worker could be forked, and why."""


def can_fork() -> bool:
    """Whether this system has all that forking needs."""
    return sys.platform == "linux" and hasattr(os, "pidfd_open")


class Nursery:
    """Starts workers; safe to use from several threads."""

    def __init__(self, service: str, limits: Limits) -> None:
        self._service, self._limits = service, limits
        self._forks = bool(limits.fork) and can_fork()
        self._zygote: Zygote | None = None
        self._failures = 0
        self._lock = threading.Lock()
        self._closing = threading.Event()

    @property
    def forks(self) -> bool:
        """Whether the next worker is forked, and so there in a moment."""
        return self._forks

    def start(self) -> Child:
        """A new worker. Raises what the machine says when it has no process, descriptor or memory to spare."""
        while self._forks and not self._closing.is_set():
            zygote = self._living()
            try:
                child = zygote.fork()
            except NoForkError as error:
                self._give_up(zygote, error)
            else:
                self._failures = 0
                return child
        return _started("workers.worker", self._service, self._limits)

    def doubt(self) -> None:
        """A worker could not start: the next one is forked from another zygote, for whatever is wrong with this one."""
        with self._lock:
            if self._zygote is not None:
                self._zygote.retire()
                self._zygote = None

    def closing(self) -> None:
        """Who waits for a worker need not wait any longer."""
        self._closing.set()

    def close(self) -> None:
        """End the zygote, and with it whatever it has forked."""
        self._closing.set()
        if self._zygote is not None:
            self._zygote.end()
            self._zygote.dead.wait(END_SECONDS)

    def _living(self) -> Zygote:
        with self._lock:
            if self._zygote is None or self._zygote.dead.is_set():
                self._zygote = Zygote(self._service, self._limits, self._closing)
            return self._zygote

    def _give_up(self, zygote: Zygote, error: NoForkError) -> None:
        with self._lock:
            zygote.end()
            if zygote is self._zygote:
                self._zygote = None
                self._failures += 1
            if self._failures >= _CHANCES and not self._closing.is_set():
                self._forks = False
                _log.warning("Workers are started one by one from now on. %s", error)


class Zygote:
    """The process that forks, as the web side sees it."""

    def __init__(self, service: str, limits: Limits, closing: threading.Event) -> None:
        self.dead = threading.Event()
        self._seconds, self._closing = limits.start_seconds, closing
        self._living: dict[int, _Life] = {}
        self._retired = False
        self._ready = threading.Event()
        self._forked: queue.SimpleQueue[_Life | str] = queue.SimpleQueue()
        self._one_at_a_time = threading.Lock()
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            # Its thread starts it, because the system ends it with the thread that did.
            lives = partial(self._live, service, limits, theirs)
            threading.Thread(target=lives, name="workers_zygote", daemon=True).start()
        except BaseException:
            self._socket.close()
            theirs.close()
            raise

    def fork(self) -> ForkedChild:
        """A new worker; while Keras is being imported this takes as long. Raises NoForkError, OSError."""
        if not self._waited_for(self._ready, self._seconds):
            raise NoForkError(f"not ready after {self._seconds:g} s")
        with self._one_at_a_time:
            ours, theirs = _pipes()
            try:
                socket.send_fds(self._socket, [FORK], theirs)
                life = self._forked.get(timeout=_FORK_SECONDS)
                if isinstance(life, str):
                    raise NoForkError(life)
                return ForkedChild(life, *ours)
            except (OSError, queue.Empty, NoForkError) as error:
                for descriptor in ours:
                    os.close(descriptor)
                raise NoForkError(str(error) or "it doesn't reply") from error
            finally:
                for descriptor in theirs:
                    os.close(descriptor)

    def retire(self) -> None:
        """End it when the last of its workers has ended."""
        self._retired = True
        if not self._living:
            self.end()

    def end(self) -> None:
        """End it, and its workers."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # wakes the thread, which sees to the rest

    def _waited_for(self, event: threading.Event, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while not event.wait(0.05):
            if self.dead.is_set() or self._closing.is_set() or time.monotonic() > end:
                return False
        return not self.dead.is_set()

    def _live(self, service: str, limits: Limits, theirs: socket.socket) -> None:
        process: subprocess.Popen[bytes] | None = None
        with survived("Running the process that forks workers"):
            try:
                descriptor = theirs.fileno()
                process = _started("workers.zygote", service, limits, socket=descriptor)
            finally:
                theirs.close()
            self._listen()
        if process is not None:
            process.kill()
            process.wait()
        self.dead.set()
        self._forked.put("it has ended")
        self._socket.close()

    def _listen(self) -> None:
        while True:
            message, descriptors, _, _ = socket.recv_fds(self._socket, 4096, 1)
            if not message:
                return
            said = _FROM_ZYGOTE.decode(message)
            if isinstance(said, Ready):
                self._ready.set()
            elif isinstance(said, Forked):
                self._forked.put(self._born(said.pid, descriptors))
            elif isinstance(said, Ended):
                self._ended(said)
            else:
                self._forked.put(said.why)
                if not self._ready.is_set():
                    return

    def _born(self, pid: int, descriptors: list[int]) -> _Life | str:
        if not descriptors:
            return "no descriptor to watch a process by"
        life = self._living[pid] = _Life(pid, descriptors[0], self.dead)
        return life

    def _ended(self, said: Ended) -> None:
        life = self._living.pop(said.pid, None)
        if life is not None:
            life.code = said.code
            life.known.set()
        if self._retired and not self._living:
            self.end()


class _Life:
    """A process that is somebody else's child. code: how it ended, as soon as its parent has said so (`known`).

    watched: the descriptor of the process. orphaned: whether its parent is gone.
    """

    def __init__(self, pid: int, watched: int, orphaned: threading.Event) -> None:
        self.pid, self.watched, self.orphaned = pid, watched, orphaned
        self.code: int | None = None
        self.known = threading.Event()

    def __del__(self) -> None:
        with contextlib.suppress(OSError):
            os.close(self.watched)


class ForkedChild:
    """A worker that was forked: another process' child, so it is watched and ended by a descriptor of the process."""

    def __init__(self, life: _Life, stdin: int, stdout: int) -> None:
        self._life = life
        self.pid = life.pid
        self.stdin: IO[bytes] = os.fdopen(stdin, "wb")
        self.stdout: IO[bytes] = os.fdopen(stdout, "rb")

    def kill(self) -> None:
        """End it at once."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._life.watched, signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code; "killed" where nobody is left who knows. Raises subprocess.TimeoutExpired."""
        life = self._life
        if life.code is None:
            watch = select.poll()
            watch.register(life.watched, select.POLLIN)
            if not watch.poll(None if timeout is None else timeout * 1000):
                raise subprocess.TimeoutExpired("a worker", timeout or 0)
            end = time.monotonic() + _CODE_SECONDS
            while not life.known.wait(0.02) and not life.orphaned.is_set() and time.monotonic() < end:
                pass
            life.code = -signal.SIGKILL if life.code is None else life.code
        return life.code


def _pipes() -> tuple[tuple[int, int], tuple[int, int]]:
    """Two pipes: (what we write to, what we read from), and the worker's ends of both."""
    in_read, in_write = os.pipe()
    try:
        out_read, out_write = os.pipe()
    except BaseException:
        os.close(in_read)
        os.close(in_write)
        raise
    return (in_write, out_read), (in_read, out_write)


def _started(module: str, service: str, limits: Limits, socket: int | None = None) -> subprocess.Popen[bytes]:
    options = {
        "service": service, "memory-mb": limits.memory_mb, "result-mb": limits.result_mb, "parent": os.getpid(),
        **({} if socket is None else {"socket": socket}),
    }  # fmt: skip
    # Not multiprocessing: its children run the page's script once more.
    return subprocess.Popen(
        [sys.executable, "-m", module, *(f"--{name}={value}" for name, value in options.items())],
        cwd=_ROOT,
        stdin=subprocess.PIPE if socket is None else subprocess.DEVNULL,
        stdout=subprocess.PIPE if socket is None else None,
        pass_fds=() if socket is None else (socket,),
        start_new_session=True,  # Ctrl-C is for the server; a worker ends when the server does
    )
