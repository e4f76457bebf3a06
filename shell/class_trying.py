"""Answers in dims (a shape to reach, a model to repair) are judged by a live model, behind the students' backs.

An answer is kept and acknowledged first; then a worker is asked, once for each different answer, and what it said is
kept with the class. Whoever looks at answers without a verdict asks again, so none is lost with a copy of the server.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import msgspec

from explainers.core.axes import sizes
from rooms import asked
from rooms.asked import Tried
from rooms.desk import Answer, ClassError, Desk, TaskRow
from rooms.store import StoreLost
from shell import challenges
from workers.pool import WorkerError

_log = logging.getLogger(__name__)
_pool = ThreadPoolExecutor(2, "class-trials")  # as many as there are workers: more would only wait there
_lock = threading.Lock()
_Mark = tuple[int, str, int, str]  # one answer to one question of a class
_asked: set[_Mark] = set()
_failures: Counter[_Mark] = Counter()
_MOST_FAILURES = 3  # of the same answer: sizes that bring a worker down mustn't do so every second
_NOT_ITS_FAULT = ("starting", "busy", "cancelled")


def look(at: Desk, code: str, task: TaskRow, answers: Iterable[Answer]) -> bool:
    """Have all these answers tried that were not; whether there are any. Returns at once."""
    if task.prepared.asked.kind != asked.DIMS:
        return False
    missing = {answer.text for answer in answers if answer.tried is None}
    for text in missing:
        _begin(at, code, task, text)
    return bool(missing)


def _begin(at: Desk, code: str, task: TaskRow, text: str) -> None:
    mark = (id(at), code, task.place, text)
    with _lock:
        if mark in _asked:
            return
        _asked.add(mark)

    def work() -> None:
        try:
            at.keep_trial(code, task.place, text, _tried(mark, task, text))
        except (WorkerError, StoreLost, ClassError) as error:  # the next look tries again
            _log.warning("An answer could not be tried: %s", error)
        finally:
            with _lock:
                _asked.discard(mark)

    _pool.submit(work)


def _tried(mark: _Mark, task: TaskRow, text: str) -> Tried:
    """The verdict; after several failures, that there is none. Raises WorkerError before."""
    try:
        return trial(task, text)
    except WorkerError as error:
        _failures[mark] += error.kind not in _NOT_ITS_FAULT
        if _failures[mark] < _MOST_FAILURES:
            raise
        del _failures[mark]
        return Tried(False, error.sentence, None, "made a model that this server could not build")


def trial(task: TaskRow, text: str) -> Tried:
    """What a live model makes of an answer. Raises WorkerError."""
    about, prepared = task.prepared.task, task.prepared
    answer = msgspec.json.encode(asked.dims_of(prepared.asked, text)).decode()
    verdict = challenges.judged(about.about, about.challenge, about.seed, answer)
    got = sizes(verdict.got) if verdict.got else None
    return Tried(verdict.right, verdict.told, got, verdict.behind, verdict.misconception)
