"""Text that a program has read from a picture: letters and digits that look alike, put right where a word is known."""

from __future__ import annotations

import re
from functools import cache

from explainers.core.spec import snake
from explainers.reading.literal import KNOWN

LONGEST = 20_000  # characters that are looked at
_ALIKE = str.maketrans("Il1|O0", "lllloo")
_DIGITS = str.maketrans("IlO|", "1101")
_WORDS = (  # of messages and code; the names of the layers are known anyway
    "ValueError InvalidArgumentError TypeError Input layer incompatible compatible Full received found model Model "
    "output labels logits value dimension None filters"
)
_LIKE_ANOTHER = re.compile(r"(?<![A-Za-z0-9.])(?=[A-Za-z]{0,30}[IlO10|])[A-Za-z|0][A-Za-z0|1]{2,30}(?![A-Za-z0-9])")
_A_NUMBER = re.compile(
    r"(?<![\w.])\d[\dOIl|]{0,6}[OIl|][\dOIl|]{0,6}(?![\w.])|(?<=Input )O(?= of)|(?<=axis -)[Il|](?= )"
)
_IN_A_SHAPE = re.compile(r"\((?:None|\?)(?:\s?,\s?[\dOIl|]{1,7}){1,6}\s?\)")


def as_meant(text: str) -> str:
    """The text with ``Istm``, ``VaIueError`` and ``(None, 4O)`` as they were in the picture; it keeps its length."""
    start = _LIKE_ANOTHER.sub(_word, text[:LONGEST])
    if start == text[:LONGEST]:
        return text
    start = _A_NUMBER.sub(lambda number: number.group().translate(_DIGITS), start)
    return _IN_A_SHAPE.sub(_digits, start) + text[LONGEST:]


def _word(found: re.Match[str]) -> str:
    """The known word that looks the same; itself where it is one, or where none does."""
    word = found.group()
    meant = _known().get(word.lower().translate(_ALIKE) if word.islower() else word.translate(_ALIKE).lower())
    return word if meant is None or meant.lower() == word.lower() else meant


def _digits(found: re.Match[str]) -> str:
    return re.sub(r"(?<=,)\s?[\dOIl|]+", lambda size: size.group().translate(_DIGITS), found.group())


@cache
def _known() -> dict[str, str]:
    """Each known word by what it looks like."""
    names = [name for one in KNOWN for name in (one.name, snake(one.name))]
    return {word.translate(_ALIKE).lower(): word for word in (*names, *_WORDS.split())}
