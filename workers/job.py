"""One request on its way through the pool, and what the asker holds of it."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

import msgspec

from workers.messages import Progress, Request, Result, WorkerError, line

T = TypeVar("T")


@dataclass(frozen=True)
class Who:
    """Who asks, for a fair line. session: of one tab; address: of the network; "" where that isn't known."""

    session: str = ""
    address: str = ""


NOBODY = Who()


@dataclass(frozen=True)
class Place:
    """A place in the line. number: 1 for the next one. seconds: about how long it will take."""

    number: int
    seconds: float


@dataclass(eq=False)
class Job:
    """A request, and where its replies go.

    asked: when (monotonic). until: when even the slowest reply would be there. patient: waits in the line as long as
    it takes. stoppable: told how far it is, and can be stopped between two steps. round: its turn in the line.
    tries: how many workers it was given to. started: a worker has begun with it. unwanted: nobody waits for the reply
    any more. answered: its last reply has been given; `taken` is when a worker took it.
    """

    request: Request
    asked: float
    who: Who = NOBODY
    until: float = float("inf")
    patient: bool = False
    stoppable: bool = False
    replies: queue.SimpleQueue[Progress | Result | WorkerError] = field(default_factory=queue.SimpleQueue)
    round: int = 0
    tries: int = 0
    taken: float = 0.0
    started: bool = False
    progressed: bool = False
    unwanted: bool = False
    answered: bool = False

    def __post_init__(self) -> None:
        # Here, in the thread that asks: arguments that can't be sent are its TypeError, and later changes don't matter.
        self.text = line(self.request)

    def progress(self, reply: Progress) -> None:
        """One more step is done."""
        self.progressed = True
        self.replies.put(reply)

    def reply(self, reply: Result | WorkerError) -> None:
        """The last reply; only the first last one counts."""
        if not self.answered:
            self.replies.put(reply)
            self.answered = True


class Stream(Generic[T]):
    """The replies to one request: iterate for the progress, then read `result`.

    Leaving the ``with``, calling `close()` from any thread, or dropping the stream stops the request: the worker
    is told so between two of its steps, and ended when it has none soon.
    """

    def __init__(
        self,
        job: Job,
        type: Any,
        place: Callable[[Job], Place | None] = lambda job: None,
        lost: Callable[[Job], WorkerError] | None = None,
    ) -> None:
        self._job, self._type, self._place, self._lost = job, type, place, lost
        self._next: Progress | Result | WorkerError | None = None  # what has come and was not read yet

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        """The next progress, as plain data. Raises WorkerError where the request fails."""
        while not self.wait(5.0):
            pass
        if isinstance(self._next, WorkerError):
            raise self._next  # it stays, so that asking once more can't wait for ever
        if isinstance(self._next, Result):
            raise StopIteration
        assert self._next is not None
        value, self._next = self._next.value, None
        return msgspec.json.decode(value)

    def wait(self, seconds: float) -> bool:
        """Whether the next progress, or the end, is there within so many seconds."""
        if self._next is None:
            try:
                self._next = self._job.replies.get(timeout=seconds)
            except queue.Empty:
                self._give_up_if_lost()
        return self._next is not None

    @property
    def ended(self) -> bool:
        """Whether the reply, or the error, has been met."""
        return isinstance(self._next, Result | WorkerError)

    @property
    def place(self) -> Place | None:
        """Its place in the line; None when it is no longer in it."""
        return self._place(self._job)

    @property
    def result(self) -> T:
        """The reply. RuntimeError before the progress has come to its end."""
        return cast(T, msgspec.json.decode(self.result_bytes, type=self._type))

    @property
    def result_bytes(self) -> bytes:
        """The reply's JSON as it came."""
        if not isinstance(self._next, Result):
            raise RuntimeError("The result is there when the iteration over the progress has ended.")
        return bytes(self._next.value)

    def close(self) -> None:
        """Stop the request, if it is still running. Returns at once; may be called again."""
        # Only a flag, which the pool's watch reads: __del__ may run anywhere, and a lock taken there could hang.
        self._job.unwanted = True

    def _give_up_if_lost(self) -> None:
        """The net below all nets: no fault of the pool lets anybody wait for ever."""
        if self._lost is not None and time.monotonic() > self._job.until:
            self.close()
            self._next = self._lost(self._job)

    def __enter__(self) -> Stream[T]:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()
