"""One queue of the pool, and the workers that serve it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Literal

from workers.line import Line
from workers.process import Process

Name = Literal["short", "long"]
_NEW = 0.2  # how much the last job counts in the usual seconds of a job


@dataclass(frozen=True)
class LaneState:
    """One lane, counted. Of the `ready` workers, `busy` are answering; `waiting` requests have no worker yet."""

    starting: int
    ready: int
    busy: int
    waiting: int


@dataclass(eq=False)
class Lane:
    """One queue, and the workers that serve it.

    seconds: how long a request may take unless it says otherwise. usual: how long one takes of late.
    failed_starts: in a row. open: it has been asked for something. keepers: a thread for each worker.
    ended_badly: processes that could not be ended yet. rests: its workers come when they are needed and end when they
    are not; `away` of its keepers wait for that at this moment. unready_since: when (monotonic) the last ready worker
    was seen to be gone; None while there is one.
    """

    name: Name
    size: int
    seconds: float
    usual: float
    rests: bool = False
    processes: list[Process] = field(default_factory=list)
    line: Line = field(default_factory=Line)
    failed_starts: int = 0
    open: bool = False
    keepers: list[threading.Thread] = field(default_factory=list)
    away: int = 0
    ended_badly: list[Process] = field(default_factory=list)
    unready_since: float | None = None

    def state(self) -> LaneState:
        """The lane at this moment."""
        ready = sum(process.ready for process in self.processes)
        busy = sum(process.job is not None for process in self.processes)
        starting = max(0, self.size - self.away - ready) if self.open else 0
        return LaneState(starting, ready, busy, len(self.line))

    def short_of_workers(self) -> bool:
        """Whether more requests wait than there are workers that are free, starting or about to be started."""
        busy = sum(process.job is not None for process in self.processes)
        return len(self.line) > self.living_keepers() - self.away - busy

    def free(self) -> Process | None:
        """A worker that can take a job now."""
        return next((process for process in self.processes if process.free), None)

    def ready(self) -> bool:
        """Whether a worker has started."""
        return any(process.ready for process in self.processes)

    def unready_for(self, now: float) -> float:
        """For how many seconds no worker has been ready; to be asked again and again, as it also notes the time."""
        if self.ready():
            self.unready_since = None
            return 0.0
        self.unready_since = now if self.unready_since is None else self.unready_since
        return now - self.unready_since

    def living_keepers(self) -> int:
        """How many of the threads that keep a worker are there."""
        self.keepers = [keeper for keeper in self.keepers if keeper.is_alive()]
        return len(self.keepers)

    def kept(self) -> bool:
        """Whether each worker has its keeper."""
        return not self.open or self.living_keepers() == self.size

    def took(self, seconds: float) -> None:
        """A job is done after so many seconds."""
        self.usual += _NEW * (seconds - self.usual)
