"""A message that stops before its numbers: the mistake is known by its first words, and its shapes are asked for."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from explainers.core.finding import Finding, Mark, name_axes
from explainers.core.mistakes import all_mistakes
from explainers.core.mistakes.kit.sheet import Family, Said
from explainers.core.mistakes.kit.wording import compile_wording
from explainers.reading.by_sight import IN_THE_TEXT
from explainers.reading.from_code import fixes_for
from explainers.reading.text import Cleaned

FEWEST_WORDS = 6  # of a message, before its first number: with fewer it may be any sentence
_NUMBERS = re.compile(r"\{\w+(?::\w+)?\}|\.\.\.")
_SIZES = re.compile(r".{0,80}?[(\[]\s{0,9}(?:\d|None|\?)", re.DOTALL)  # they follow, in another form
_END_OF_SENTENCE = re.compile(r"(?:\.|<\.\|:>|:)(?= |$)")
_NAMES = re.compile(r"\{(?:layer|op|loss|argument|cls|what|attribute)\}")
_CAUSE = "The message stops before its numbers, so this is what its first words say."
QUESTION = "What comes after these words? Paste the message to its end: it gives the shapes."


def stopped(cleaned: Cleaned) -> Finding | None:
    """What the first words of a message say; None where no mistake, or more than one, begins with them."""
    lowered = cleaned.flat.lower()
    found: dict[str, Finding] = {}
    for mistake in all_mistakes():
        for family, start in ((each, start) for each in mistake.families for start in _starts(each)):
            match = compile_wording(start).search(cleaned.flat) if _longest_part(start) in lowered else None
            if match is not None and not _SIZES.match(cleaned.flat, match.end()):
                found.setdefault(mistake.name, _named(cleaned, mistake.name, family, match))
    return found.popitem()[1] if len(found) == 1 else None


def _named(cleaned: Cleaned, mistake: str, family: Family, match: re.Match[str]) -> Finding:
    said = Finding(
        "error",
        mistake,
        layer=match.groupdict().get("layer"),
        shapes=tuple(name_axes(found.sizes, (), IN_THE_TEXT) for found in cleaned.shapes[:64]),
        cause=_CAUSE,
        questions=(QUESTION,),
        marks=(Mark(match.start(), match.end(), "the message"),),
        around=cleaned.flat,
    )
    decided = family.decides(said, Said(cleaned.flat, match, {})) if family.decides is not None else None
    said = replace(said, mistake=decided or mistake)
    return replace(said, fixes=fixes_for(said, {}))


@cache
def _start(wording: str) -> str:
    """The words of a message before its first number or shape; "" where they are too few to tell it by."""
    first = next((part for part in _NUMBERS.finditer(wording) if not _NAMES.match(part.group())), None)
    start = wording[: first.start()] if first is not None else ""
    start = start[: start.rfind("<")] if start.count("<") > start.count(">") else start
    sentences = (start[: end.start()] for end in _END_OF_SENTENCE.finditer(start))
    return next((words.strip() for words in (*sentences, start) if _tells(words)), "")


def _tells(start: str) -> bool:
    plain = re.sub(r"\{\w+\}|<[^>]*>\??", " ", start)
    return len(re.findall(r"[A-Za-z]{2,}", plain)) >= FEWEST_WORDS and start.count("<") == start.count(">")


@cache
def _longest_part(start: str) -> str:
    """A part of it that every such message has: looked for first, because that is fast."""
    parts = re.split(r"<[^>]*>\??| \?|\{\w+\}", start.lower())
    return max((part.strip() for part in parts), key=len)


def _starts(family: Family) -> tuple[str, ...]:
    return tuple(start for start in map(_start, family.says) if start)
