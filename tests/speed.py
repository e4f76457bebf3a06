"""Limits of processor time that hold on a slow or busy machine too.

    found = within(1.5, lambda: read(text))

A limit was set on one machine. Where it is passed, a piece of known work is timed at once: the limit grows by as much
as that takes longer here and now. What grows with the square of its text passes any such limit.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

USUAL = 0.040  # seconds of processor time: the known work on the machine on which the limits were set


def within(seconds: float, work: Callable[[], T]) -> T:
    """What the work returns. Raises AssertionError where it takes more processor time than that."""
    started = time.process_time()
    found = work()
    took = time.process_time() - started
    if took >= seconds:
        allowed = seconds * slowness()
        assert took < allowed, f"took {took:.2f} s of processor time, and {allowed:.2f} s are allowed here"
    return found


def slowness() -> float:
    """How many times as long as usual things take now; at least 1."""
    return max(1.0, _known_work() / USUAL)


def _known_work() -> float:
    started = time.process_time()
    kept: dict[str, int] = {}
    for number in range(20_000):
        word = re.sub(r"(\d)(\d)", r"\2\1", str(number))
        kept[word] = kept.get(word, 0) + len(word)
    return time.process_time() - started
