"""The sums of a sentence, as people write them: ``3*(5*(5+4)+5)``, ``5x5x6 + 1``, ``50^2``. Read, never evaluated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_LONGEST = 120  # characters of a sum
_LARGEST = 10**10
_WRITTEN = re.compile(r"[\d(\[][\d\s*x×·+()\[\]^-]{2,120}")
_TOKEN = re.compile(r"\s{0,4}(?:(\d{1,9})|(\*\*|[*x×·+()\[\]^-]))")
_TIMES = ("*", "x", "×", "·")


@dataclass(frozen=True)
class Sum:
    """One sum: its value, its numbers in their order, and where it is."""

    value: int
    numbers: tuple[int, ...]
    start: int
    end: int


def sums_in(words: str) -> tuple[Sum, ...]:
    """The sums of a text with at least one product in them."""
    return tuple(_sums(words))[:6]


def _sums(words: str) -> Iterator[Sum]:
    for found in list(_WRITTEN.finditer(words))[:12]:
        tokens = list(_tokens(found.group()))
        for last in range(len(tokens), 2, -1):
            read = _Reader(tokens[:last]).whole()
            if read is not None:
                break
        else:
            continue
        numbers = tuple(int(token) for token in tokens[:last] if token.isdigit())
        signs = {token for token in tokens[:last] if not token.isdigit()}
        equals = words[max(0, found.start() - 4) : found.start()].rstrip().endswith("=") or re.match(
            r"\s?=", words[found.end() :]
        )
        if signs & {*_TIMES, "^", "**"} and ("+" in signs or equals) and len(numbers) > 1:
            yield Sum(read, numbers, *found.span())


def _tokens(piece: str) -> Iterator[str]:
    place = 0
    while place < len(piece) and (found := _TOKEN.match(piece, place)) is not None:
        yield found[1] or found[2]
        place = found.end()


class _Reader:
    """A sum read from left to right: products before sums, brackets before both."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.place = 0

    def whole(self) -> int | None:
        """The value of all tokens; None where they are no sum, or one that is too large."""
        try:
            value = self._sum(0)
        except (ValueError, IndexError):
            return None
        return value if self.place == len(self.tokens) else None

    def _next(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def _sum(self, depth: int) -> int:
        value = self._product(depth)
        while self._next() in ("+", "-"):
            sign = self.tokens[self.place]
            self.place += 1
            other = self._product(depth)
            value = value + other if sign == "+" else value - other
        return value

    def _product(self, depth: int) -> int:
        value = self._power(depth)
        while self._next() in (*_TIMES, "(", "["):
            self.place += self._next() in _TIMES
            value *= self._power(depth)
            if abs(value) > _LARGEST:
                raise ValueError
        return value

    def _power(self, depth: int) -> int:
        value = self._single(depth)
        if self._next() not in ("^", "**"):
            return value
        self.place += 1
        power = self._single(depth)
        if power not in (1, 2, 3) or value > 10**5:
            raise ValueError
        return int(value**power)

    def _single(self, depth: int) -> int:
        token = self.tokens[self.place]
        self.place += 1
        if token.isdigit():
            return int(token)
        if token not in ("(", "[") or depth > 5:
            raise ValueError
        value = self._sum(depth + 1)
        if self._next() != {"(": ")", "[": "]"}[token]:
            raise ValueError
        self.place += 1
        return value
