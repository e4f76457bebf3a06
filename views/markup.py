"""Text of others as text: what learners type, paste or put into a link is never markup here."""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-!|<>~:$^=&])")
_TYPESET = re.compile(r"(?<!\S)(?=(?:<->|->|<-|--|>=|<=|~=)(?!\S))")  # what Streamlit sets as ≤, →, — and the like
_SIZE = r"(?:None|\d+|:\w+\[\*\*\w+\*\*\]|\*\*\w+\*\*)"  # plain, in the colour of its axis, or only bold
_SHAPE = re.compile(rf"\((?:{_SIZE}|batch)(?:, {_SIZE})+\)")


def unbroken(title: str) -> str:
    """A title whose “T-LSTM” stays on one line: behind a single letter stands a hyphen where no line ends.

    So do its shapes.
    """
    return whole_shapes(re.sub(r"(?<=\b\w)-(?=\w)", "\N{NON-BREAKING HYPHEN}", title))


def whole_shapes(text: str) -> str:
    """A text, painted or not, in which no line ends inside a shape such as (None, 20, 1)."""
    return _SHAPE.sub(lambda found: found[0].replace(" ", "\N{NO-BREAK SPACE}"), text)


def with_their_axis(text: str) -> str:
    """Painted sizes whose axis follows them, ``**15** features``: no line ends between the two."""
    return re.sub(r"(?<=\*\*)(\]?) (?=\w)", "\\1\N{NO-BREAK SPACE}", text)


def verbatim(text: str) -> str:
    """Markdown that shows `text` as it is: no link, no picture, no formula, no colour comes out of it.

    A picture would be fetched from its host, so this is a promise (docs/SECURITY.md), not a nicety. A sign such as
    “<=” stays as it was written: a character without width stands before it.
    """
    return _SPECIAL.sub(r"\\\1", _TYPESET.sub("\N{WORD JOINER}", text)).replace("\n", "  \n")
