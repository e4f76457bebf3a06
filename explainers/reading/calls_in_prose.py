"""A layer that is called inside a sentence, or with nothing but the names of its arguments: a question, no program."""

from __future__ import annotations

import re

from explainers.core.layers.signatures import needed
from explainers.core.spec import ModelSpec
from explainers.reading.code.statements import Statements
from explainers.reading.text import Cleaned

_CALL = re.compile(r"\b[A-Za-z_.]{2,40}\([^()\n]{0,200}(?:\([^()\n]{0,80}\)[^()\n]{0,80}){0,4}\)")
_WORD = re.compile(r"(?<![\w.])[a-z]{2,}(?![\w(=.])", re.IGNORECASE)
_ASKED = re.compile(r"\?|\b(?:what|why|how|which|mean|explain|difference|understand)\b", re.IGNORECASE)
_A_SENTENCE = 4  # words next to a call


def speaks_of_a_call(cleaned: Cleaned, parsed: Statements, spec: ModelSpec) -> bool:
    """Whether the only layer of a text is spoken of rather than run."""
    if len(spec.layers) != 1 or spec.checks or len(parsed.found) > 1 or not _ASKED.search(cleaned.shown):
        return False
    assumed = {note.rpartition(" = ")[0] for note in spec.assumed}
    asks = needed(spec.layers[0].class_name)
    return (bool(asks) and set(asks) <= assumed) or _in_a_sentence(cleaned.shown)


def _in_a_sentence(text: str) -> bool:
    """Whether the line of the call has a sentence around it."""
    lines = [line for line in text.split("\n") if _CALL.search(line)]
    return len(lines) == 1 and len(_WORD.findall(_CALL.sub(" ", lines[0]))) >= _A_SENTENCE
