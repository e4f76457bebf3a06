"""A search for texts that a regular expression takes long to refuse, made from the expression's own structure.

For each repetition of a pattern a text is made of what leads to it, of many turns of it, and of an end that doesn't
fit. A pattern whose time grows faster than its text is found at a few hundred characters if it is exponential, at a
few thousand if it is quadratic. `re` looks for signals while it matches, so a hopeless search is ended by a timer.
"""

from __future__ import annotations

import random
import re
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from types import FrameType
from typing import Any

from re import _constants as op, _parser  # type: ignore[attr-defined]  # isort: skip

SIZES = (150, 600, 2400, 9600)  # characters of the texts that are tried, the short ones first
FREE, PER_CHARACTER = 0.01, 8e-6  # seconds of processor time: what any text may take, and what each character may
MOST = 6  # what takes so many times as long is slow, however it grows
GROWTH = 2.8  # the time for twice the text against the time for the text: 2 where it is linear, 4 where it is quadratic
ENDS = ("", "\x00", "!", " x", "\n")
LETTERS = "a0 _Z(),[]=:'\"x1."
Way = str  # how a pattern is used: search, match or fullmatch


class TooSlow(Exception):
    """The timer went off."""


@dataclass(frozen=True)
class Slow:
    """A text that takes too long: its pattern, its length, the seconds of processor time."""

    pattern: str
    text: str
    seconds: float

    def __str__(self) -> str:
        shown = self.text if len(self.text) < 120 else f"{self.text[:60]} … {self.text[-60:]}"
        return f"{self.pattern!r} takes {self.seconds:.2f} s for {len(self.text)} characters: {shown!r}"


def allowed(text: str) -> float:
    """Seconds of processor time that a text may take: linear in its length."""
    return FREE + PER_CHARACTER * len(text)


def seconds(work: Callable[[], object], limit: float) -> float:
    """Processor time of some work; it is ended behind the limit."""

    def ring(_: int, __: FrameType | None) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGVTALRM, ring)
    started = time.process_time()
    signal.setitimer(signal.ITIMER_VIRTUAL, 1.1 * limit)
    try:
        work()
    except TooSlow:
        pass
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
    return time.process_time() - started


def slow_text(
    pattern: re.Pattern[str], ways: frozenset[Way], turns: int, seed: int, sizes: tuple[int, ...] = SIZES
) -> Slow | None:
    """A text for which the pattern takes more than linear time, or None. turns: how many kinds are made."""
    for text in texts(pattern, turns, seed, sizes):
        for way in sorted(ways):
            took = fastest(pattern, way, text, 1)
            if took <= allowed(text):
                continue
            took = min(took, fastest(pattern, way, text, 2))  # a busy machine isn't the pattern's fault
            half = fastest(pattern, way, text[: len(text) // 2] + text[-2:], 3)
            if took > max(allowed(text), min(MOST * allowed(text), GROWTH * half)):
                return Slow(pattern.pattern, text, took)
    return None


def fastest(pattern: re.Pattern[str], way: Way, text: str, times: int) -> float:
    """The least processor time of some tries."""
    return min(seconds(partial(used, pattern, way, text), MOST * allowed(text)) for _ in range(times))


def used(pattern: re.Pattern[str], way: Way, text: str) -> None:
    """The pattern at work: `search` goes on behind each match, as finditer and sub do."""
    if way == "search":
        for _ in pattern.finditer(text):
            pass
    else:
        getattr(pattern, way)(text)


def texts(pattern: re.Pattern[str], turns: int, seed: int, sizes: tuple[int, ...]) -> Iterator[str]:
    """Hostile texts for a pattern, short ones first."""
    attacks = list(Attacks(pattern, random.Random(seed)).made(turns))
    for size in sizes:
        for head, pump, end in attacks:
            yield head + (pump * (size // len(pump) + 1))[:size] + end


class Attacks:
    """(what leads to a repetition, one turn of it, an end that doesn't fit), from the parsed pattern."""

    def __init__(self, pattern: re.Pattern[str], chance: random.Random) -> None:
        self.tree = _parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE)
        self.chance = chance
        self.even = True  # each repetition the same number of times, what may be missing missing; else by chance

    def made(self, turns: int) -> Iterator[tuple[str, str, str]]:
        """`turns` rounds through all repetitions, and pieces of whole matches again and again."""
        for turn in range(turns):
            self.even = turn == 0
            for head, body in self.repeated(list(self.tree), ""):
                pump = self.sample(body)
                if pump:
                    yield head, pump, self.chance.choice(ENDS)
            yield from self.pieces(self.sample(list(self.tree)))

    def pieces(self, whole: str) -> Iterator[tuple[str, str, str]]:
        """Its beginning again and again, and a piece out of its middle."""
        for _ in range(2 if whole else 0):
            start, end = sorted(self.chance.sample(range(len(whole) + 1), 2))
            yield "", whole[: max(1, start)], self.chance.choice(ENDS)
            yield whole[:start], whole[start:end], self.chance.choice(ENDS)

    def repeated(self, nodes: list[Any], head: str) -> Iterator[tuple[str, list[Any]]]:
        """Each repetition in a sequence, with a text that leads to it."""
        for node in nodes:
            for inner in inside(node):
                yield from self.repeated(inner, head)
            if node[0] in REPEATS and node[1][1] > 1:
                yield head, list(node[1][2])
            head += self.sample([node])

    def sample(self, nodes: list[Any]) -> str:
        """A text that the nodes fit (lookarounds and group references aside)."""
        return "".join(self.one(kind, value) for kind, value in nodes)

    def one(self, kind: Any, value: Any) -> str:
        if kind is op.LITERAL:
            return chr(value)
        if kind is op.NOT_LITERAL:
            return self.chance.choice([c for c in LETTERS if ord(c) != value])
        if kind is op.ANY:
            return self.chance.choice(LETTERS)
        if kind is op.IN:
            return self.member(value)
        if kind is op.BRANCH:
            return self.sample(list(self.chance.choice(value[1])))
        if kind in REPEATS:
            low, high, body = value
            wide = low + 4 if high > 1 else low
            count = wide if self.even else self.chance.choice((low, low, low + 1, low + 3, low + 9))
            return "".join(self.sample(list(body)) for _ in range(min(count, high)))
        return "".join(self.sample(inner) for inner in inside((kind, value))) if kind in GROUPS else ""

    def member(self, choices: list[Any]) -> str:
        """A character of a set."""
        fits = re.compile(_written(choices))
        some = [c for c in LETTERS if fits.match(c)]
        return self.chance.choice(some) if some else next((c for c in map(chr, range(0x3000)) if fits.match(c)), "a")


REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)
GROUPS = (op.SUBPATTERN, op.ATOMIC_GROUP)


def inside(node: tuple[Any, Any]) -> list[list[Any]]:
    """The sequences inside a node."""
    kind, value = node
    if kind is op.SUBPATTERN:
        return [list(value[-1])]
    if kind is op.ATOMIC_GROUP:
        return [list(value)]
    if kind in (op.ASSERT, op.ASSERT_NOT):
        return [list(value[1])]
    if kind is op.BRANCH:
        return [list(branch) for branch in value[1]]
    return [list(value[2])] if kind in REPEATS else []


_CATEGORIES = {
    op.CATEGORY_DIGIT: r"\d", op.CATEGORY_NOT_DIGIT: r"\D", op.CATEGORY_SPACE: r"\s", op.CATEGORY_NOT_SPACE: r"\S",
    op.CATEGORY_WORD: r"\w", op.CATEGORY_NOT_WORD: r"\W",
}  # fmt: skip


def _written(choices: list[Any]) -> str:
    """A parsed set as it is written: ``[^a-z\\d]``."""
    parts = []
    for kind, value in choices:
        if kind is op.RANGE:
            parts.append(f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}")
        elif kind is op.CATEGORY:
            parts.append(_CATEGORIES[value])
        elif kind is op.LITERAL:
            parts.append(re.escape(chr(value)))
    negated = bool(choices) and choices[0][0] is op.NEGATE
    return f"[{'^' if negated else ''}{''.join(parts)}]"
