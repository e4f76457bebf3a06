"""Replies that are kept for everybody: each question is asked once, however many want to know it at the same time."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

LOOK_SECONDS = 0.25  # between two calls of `meanwhile`
ENTRY = 1024  # bytes that one entry takes besides its reply: the question, and the objects around both


class Remembered:
    """The replies used last, as bytes; no more of them than fit into `most_bytes`. Safe to use from any thread."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._kept: OrderedDict[Hashable, bytes] = OrderedDict()  # the one used last is the last
        self._asking: set[Hashable] = set()
        self._bytes = 0
        self._changed = threading.Condition()

    def __len__(self) -> int:
        return len(self._kept)

    def get(
        self, question: Hashable, ask: Callable[[], bytes], meanwhile: Callable[[], object] = lambda: None
    ) -> bytes:
        """The reply that is kept, or else what `ask` returns. What it raises is passed on and not kept.

        Who asks what is being asked already waits for that reply; where there is none, the next one asks. `meanwhile`
        is called several times in a second of such a wait; what it raises ends the wait.
        """
        kept = self._kept_or_mine(question, meanwhile)
        if kept is not None:
            return kept
        try:
            reply = ask()
            self._keep(question, reply)
            return reply
        finally:
            with self._changed:
                self._asking.discard(question)
                self._changed.notify_all()

    def clear(self) -> None:
        """Forget everything."""
        with self._changed:
            self._kept.clear()
            self._bytes = 0

    def _kept_or_mine(self, question: Hashable, meanwhile: Callable[[], object]) -> bytes | None:
        """The reply; None where the caller is the one who has to ask."""
        while True:
            with self._changed:
                if question in self._kept:
                    self._kept.move_to_end(question)
                    return self._kept[question]
                if question not in self._asking:
                    self._asking.add(question)
                    return None
                self._changed.wait(LOOK_SECONDS)
            meanwhile()  # not under the lock: it may take its time

    def _keep(self, question: Hashable, reply: bytes) -> None:
        with self._changed:
            self._kept[question] = reply
            self._bytes += len(reply) + ENTRY
            while self._bytes > self._most:
                _, oldest = self._kept.popitem(last=False)
                self._bytes -= len(oldest) + ENTRY
