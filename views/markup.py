"""Text of others as text: what learners type, paste or put into a link is never markup here."""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-!|<>~:$^=&])")
_TYPESET = re.compile(r"(?<!\S)(?=(?:<->|->|<-|--|>=|<=|~=)(?!\S))")  # what Streamlit sets as ≤, →, — and the like
_BRACKETS = re.compile(r"(?<![\w.])\(([^()\n]{4,200})\)")  # of no call
_PAINT = re.compile(r":\w+\[\*\*|\*\*|\]|\{[^{}]*\}")  # what is around a number in the colour of its axis
_ENTRY = re.compile(
    r"(?:\d+ × )?(?:None|\d+|[A-Z]|[a-zA-Z]\w{3,20})(?: [+×] \w{1,20})?"
)  # a size, or the name of an axis
_WIDEST = 30  # letters of a shape that fits into a column of a table


def unbroken(title: str) -> str:
    """A title whose “T-LSTM” stays on one line: behind a single letter stands a hyphen where no line ends.

    So do its shapes.
    """
    return whole_shapes(re.sub(r"(?<=\b\w)-(?=\w)", "\N{NON-BREAKING HYPHEN}", title))


def whole_shapes(text: str) -> str:
    """A text, painted or not, in which no line ends inside a shape such as (None, 20, 1) or (features, 4 × units)."""
    return _BRACKETS.sub(lambda found: _unbroken(found[0]) if _is_shape(found[1]) else found[0], text)


def _is_shape(inside: str) -> bool:
    shown = _PAINT.sub("", inside)
    entries = shown.removesuffix(",").split(", ")
    return len(entries) > 1 and len(shown) <= _WIDEST and all(map(_ENTRY.fullmatch, entries))


def _unbroken(shape: str) -> str:
    """A space within the braces of a colour stays: it is markup."""
    return re.sub(r" (?![^{}]*\})", "\N{NO-BREAK SPACE}", shape)


def verbatim(text: str) -> str:
    """Markdown that shows `text` as it is: no link, no picture, no formula, no colour comes out of it.

    A picture would be fetched from its host, so this is a promise (docs/SECURITY.md), not a nicety. A sign such as
    “<=” stays as it was written: a character without width stands before it.
    """
    return _SPECIAL.sub(r"\\\1", _TYPESET.sub("\N{WORD JOINER}", whole_shapes(text))).replace("\n", "  \n")
