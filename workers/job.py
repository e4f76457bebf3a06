"""One request on its way through the pool, and what the asker holds of it."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

import msgspec

from workers.messages import Progress, Request, Result, WorkerError, line

T = TypeVar("T")


@dataclass(eq=False)
class Job:
    """A request, and where its replies go.

    asked: when (monotonic). tries: how many workers it was given to. started: a worker has begun with it.
    unwanted: nobody waits for the answer any more.
    """

    request: Request
    asked: float
    replies: queue.SimpleQueue[Progress | Result | WorkerError] = field(default_factory=queue.SimpleQueue)
    tries: int = 0
    started: bool = False
    unwanted: bool = False

    def __post_init__(self) -> None:
        # Here, in the thread that asks: arguments that can't be sent are its TypeError, and later changes don't matter.
        self.text = line(self.request)


class Stream(Generic[T]):
    """The replies to one request: iterate for the progress, then read `result`.

    Leaving the ``with``, calling `close()` from any thread, or dropping the stream stops the request: the worker
    is told so between two of its steps, and ended when it has none soon.
    """

    def __init__(self, job: Job, type: Any) -> None:
        self._job, self._type = job, type
        self._answer: bytes | None = None

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        """The next progress, as plain data. Raises WorkerError where the request fails."""
        if self._answer is not None:
            raise StopIteration
        reply = self._job.replies.get()
        if isinstance(reply, WorkerError):
            self._job.replies.put(reply)  # so that asking once more can't wait for ever
            raise reply
        if isinstance(reply, Result):
            self._answer = bytes(reply.value)
            raise StopIteration
        return msgspec.json.decode(reply.value)

    @property
    def result(self) -> T:
        """The answer. RuntimeError before the progress has come to its end."""
        return cast(T, msgspec.json.decode(self.result_bytes, type=self._type))

    @property
    def result_bytes(self) -> bytes:
        """The answer's JSON as it came."""
        if self._answer is None:
            raise RuntimeError("The result is there when the iteration over the progress has ended.")
        return self._answer

    def close(self) -> None:
        """Stop the request, if it is still running. Returns at once; may be called again."""
        # Only a flag, which the pool's watch reads: __del__ may run anywhere, and a lock taken there could hang.
        self._job.unwanted = True

    def __enter__(self) -> Stream[T]:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()
