"""A full cache: the oldest answer makes room, and is asked for again when somebody wants it."""

from __future__ import annotations

import pytest

from shell import engine

ENTRIES = 512


class Counting:
    """A pool that counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def call(self, op: str, args: dict[str, dict[str, str]], type: object) -> str:
        self.asked.append(args["dims"]["units"])
        return f"answer {args['dims']['units']}"


def test_a_full_cache_forgets_the_oldest_and_still_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = Counting()
    monkeypatch.setattr(engine, "pool", lambda: pool)
    engine.explanation.clear()

    def ask(units: int) -> object:
        return engine.explanation("simple_rnn", (("units", str(units)),))

    try:
        for units in range(ENTRIES + 3):
            assert ask(units) == f"answer {units}"
        assert len(pool.asked) == ENTRIES + 3
        assert ask(ENTRIES + 2) == f"answer {ENTRIES + 2}"
        assert len(pool.asked) == ENTRIES + 3  # the newest is remembered
        assert ask(0) == "answer 0"
        assert pool.asked[-1] == "0"  # the oldest is not
    finally:
        engine.explanation.clear()
