"""What goes wrong again and again is written into the log now and then, not megabytes of it."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Iterator

EVERY = 10.0  # seconds between two lines about the same

_log = logging.getLogger(__name__)
_lock = threading.Lock()
_told: dict[str, float] = {}  # what -> when it was last written
_untold: dict[str, int] = {}  # what -> how often since then


def tell(what: str, error: BaseException) -> None:
    """Log that `what` failed; the same once in ten seconds, with the number of times in between. Never raises."""
    with contextlib.suppress(Exception):  # not even memory for a line in the log
        times = _times_to_tell(what)
        if times:
            more = f" ({times:,} times since the last line about it)" if times > 1 else ""
            _log.warning("%s failed: %s: %s%s", what, type(error).__name__, error, more)


def _times_to_tell(what: str) -> int:
    """How often it failed since it was last written; 0 where that is not to be written yet."""
    now = time.monotonic()
    with _lock:
        _untold[what] = _untold.get(what, 0) + 1
        if now - _told.get(what, -EVERY) < EVERY:
            return 0
        _told[what] = now
        return _untold.pop(what)


@contextlib.contextmanager
def survived(what: str) -> Iterator[None]:
    """Whatever is raised inside is told and then over: for threads that others wait for."""
    try:
        yield
    except Exception as error:
        tell(what, error)
