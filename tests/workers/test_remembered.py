"""What is kept for everybody: asked once, bounded, and nothing that failed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from workers.remembered import ENTRY, Remembered


class Asked:
    """Counts how often each question is really asked. together: none is answered before so many are being asked."""

    def __init__(self, together: int = 1) -> None:
        self.questions: list[str] = []
        self._together = threading.Barrier(together)

    def about(self, question: str, size: int = 3) -> Callable[[], bytes]:
        def ask() -> bytes:
            self.questions.append(question)
            self._together.wait(60)
            return question.encode() * size

        return ask


def test_a_question_is_asked_once() -> None:
    kept, asked = Remembered(10 * ENTRY), Asked()
    assert [kept.get("a", asked.about("a")) for _ in range(4)] == [b"aaa"] * 4
    assert asked.questions == ["a"]


def test_who_asks_at_the_same_time_waits_for_the_same_reply_and_nobody_for_another_one() -> None:
    kept, asked = Remembered(99 * ENTRY), Asked(together=3)
    with ThreadPoolExecutor(15) as threads:
        replies = list(threads.map(lambda q: kept.get(q, asked.about(q)), "abc" * 5))
    assert replies == [b"aaa", b"bbb", b"ccc"] * 5
    assert sorted(asked.questions) == ["a", "b", "c"]


def test_what_fails_is_told_and_the_next_one_asks_anew() -> None:
    kept, asked = Remembered(10 * ENTRY), Asked()
    entered, go_on = threading.Event(), threading.Event()

    def fails() -> bytes:
        entered.set()
        go_on.wait(5)
        raise OSError(24, "Too many open files")

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(kept.get, "a", fails)
        entered.wait(5)
        second = threads.submit(kept.get, "a", asked.about("a"))
        go_on.set()
        with pytest.raises(OSError, match="Too many"):
            first.result(5)
        assert second.result(5) == b"aaa"
    assert asked.questions == ["a"]


def test_the_replies_used_last_stay_and_no_more_than_fit() -> None:
    kept, asked = Remembered(3 * (ENTRY + 100)), Asked()
    for question in "abc":
        kept.get(question, asked.about(question, 100))
    kept.get("a", asked.about("a"))
    kept.get("d", asked.about("d", 100))  # b makes room
    asked.questions.clear()
    for question in "acdb":
        kept.get(question, asked.about(question, 100))
    assert asked.questions == ["b"]
    kept.get("e", asked.about("e", 2 * (ENTRY + 100)))  # as large as two
    assert len(kept) == 1


def test_a_reply_that_never_fits_is_given_and_not_kept() -> None:
    kept, asked = Remembered(2 * ENTRY), Asked()
    assert kept.get("a", asked.about("a", 5 * ENTRY)) == b"a" * 5 * ENTRY
    assert len(kept) == 0
    assert kept.get("b", asked.about("b")) == b"bbb"
    assert len(kept) == 1


def test_cleared_while_somebody_asks_it_still_counts_right() -> None:
    kept, asked = Remembered(2 * (ENTRY + 10)), Asked()
    kept.get("a", asked.about("a", 10))
    kept.clear()
    for question in "bc":
        kept.get(question, asked.about(question, 10))
    assert len(kept) == 2
