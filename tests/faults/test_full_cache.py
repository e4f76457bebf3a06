"""A full cache: the oldest answer makes room, and is asked for again when somebody wants it."""

from __future__ import annotations

import msgspec
import pytest

from explainers.core.trial import Tried
from shell import engine
from workers import shared
from workers.remembered import ENTRY, Remembered

ENTRIES = 40


class Counting:
    """A pool that counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def call_bytes(self, op: str, args: dict[str, dict[str, str]], **options: object) -> bytes:
        assert op == "tried"
        self.asked.append(args["dims"]["units"])
        return msgspec.json.encode(Tried("", "", kind="run", title=f"answer {args['dims']['units']}", name="batch_500"))


def test_a_full_cache_forgets_the_oldest_and_still_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = Counting()
    monkeypatch.setattr(engine, "pool", lambda: pool)
    monkeypatch.setattr(shared, "replies", Remembered(ENTRIES * (ENTRY + 200)))

    def ask(units: int) -> str:
        return engine.tried("simple_rnn", (("units", str(units)),), "batch_500").title

    for units in range(ENTRIES + 9):
        assert ask(units) == f"answer {units}"
    assert len(pool.asked) == ENTRIES + 9
    assert ask(ENTRIES + 8) == f"answer {ENTRIES + 8}"
    assert len(pool.asked) == ENTRIES + 9  # the newest is remembered
    assert ask(0) == "answer 0"
    assert pool.asked[-1] == "0"  # the oldest is not
