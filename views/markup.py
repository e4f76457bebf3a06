"""Text of others as text: what learners type, paste or put into a link is never markup here."""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-!|<>~:$^=&])")


def unbroken(title: str) -> str:
    """A title whose “T-LSTM” stays on one line: behind a single letter stands a hyphen where no line ends."""
    return re.sub(r"(?<=\b\w)-(?=\w)", "\N{NON-BREAKING HYPHEN}", title)


def verbatim(text: str) -> str:
    """Markdown that shows `text` as it is: no link, no picture, no formula, no colour comes out of it.

    A picture would be fetched from its host, so this is a promise (docs/SECURITY.md), not a nicety.
    """
    return _SPECIAL.sub(r"\\\1", text).replace("\n", "  \n")
