"""A text -> the error message in it. The wordings stand with the mistakes; here is how they are looked for."""

from __future__ import annotations

import itertools
import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache

from explainers.core.finding import Ask, Finding, Mark
from explainers.core.mistakes import all_mistakes
from explainers.core.mistakes.kit.sheet import Family, Mistake
from explainers.reading.asking import MESSAGE, Entries
from explainers.reading.evidence import evidence
from explainers.reading.literal import today_name
from explainers.reading.text import (
    Cleaned,
)

_BEFORE, _AFTER = 700, 2600  # characters around a word of a family that are looked at
_MOST_PLACES = 12  # places of one word that are tried
_TYPED = re.compile(r"layer [\"']?(?P<name>[\w.-]{1,80})[\"']?,? \(type (?P<cls>[A-Z]\w{1,40})\)")
_HEAD = re.compile(r"(?<![\w.])(?P<name>[A-Za-z_][\w.]{0,79}(?:Error|Exception)) {0,3}:")
_LINES = re.compile(r"(?<=[^\n]{40})\n|\n\s*\n")  # a short first line goes on in the next
_MOST_MESSAGES = 12
_HEADLINE = 150  # letters of a message by which one is chosen
# What stands between two messages where the first one is behind the asker: ``when I change it to …, I get``. With a
# "but" in front it was an attempt that didn't help: the first one is still the question.
_CHANGED = re.compile(
    r"\b(?:(?<!but )(?:when|if|after|once) (?:i |we )?(?:\w{1,12} )?"
    r"(?:chang|us|switch|replac|add|remov|reshap|try|tried|set|put|pass|fix|convert|mak)\w{0,4}|"
    r"(?:i|we)(?:'ve| have)? (?:then |also |now |just )?"
    r"(?:chang|switch|replac|add|remov|reshap|tri|fix|convert|mad)\w{0,4}|"
    r"(?:now|then|but|instead) (?:i |it |we )?(?:get|got|getting|gives?|gave|fails?|says?|shows?|throws?)|"
    r"now (?:the|this|there|another)|(?:new|next|second|another|different) error)\b",
    re.IGNORECASE,
)
WHICH = "The text holds several messages. Which one do you mean?"
Hit = tuple[Mistake, Family, re.Match[str]]


def read_error(
    text: Cleaned, classes: Mapping[str, str] | None = None, entries: Entries | None = None
) -> Finding | None:
    """The message in a text; None where no wording fits.

    classes: the classes of layers by their names, where code or a table around the message says them.
    entries: which message is meant, where a text holds several; until it is said, the one whose wording is surest.
    """
    hit = _best(text, 0, len(text.flat))
    if hit is None:
        return None
    known = {**(classes or {}), **_typed(text.flat)}
    found = evidence(text, *hit, known)
    several = _messages(text, hit, known)
    if not several:
        return found
    options = tuple(told for told, _ in several)
    place = (entries or Entries()).choice(MESSAGE, options)
    default = next(i for i, (_, other) in enumerate(several) if other.marks == found.marks)
    default = len(several) - 1 if _changed(text, several) else default
    ask = Ask(MESSAGE, "choice", WHICH, options[default if place is None else place], options, place is not None)
    return replace(several[default if place is None else place][1], asks=(ask,))


def _changed(text: Cleaned, several: list[tuple[str, Finding]]) -> bool:
    """Whether the text says that something was changed before its last message."""
    before, last = (found.marks[0] for _, found in several[-2:])
    return _CHANGED.search(text.flat, before.end, last.start) is not None


def _best(text: Cleaned, start: int, end: int) -> Hit | None:
    """The family whose wording is surest in a part of the text."""
    hits = sorted(_hits(text, start, end), key=lambda hit: (-hit[1].weight, hit[2].start()))
    return hits[0] if hits else None


def _messages(text: Cleaned, best: Hit, classes: Mapping[str, str]) -> list[tuple[str, Finding]]:
    """Messages that say different things, each from its ``ValueError:`` on; none where there is only one."""
    heads = [head.start("name") for head in itertools.islice(_HEAD.finditer(text.flat), _MOST_MESSAGES)]
    found: list[tuple[str, Finding]] = []
    last = 0  # where the message before ends
    for start, end in itertools.pairwise([*heads, len(text.flat)]):
        inside = start <= best[2].start() < end
        hit = best if inside else _best(text, start, end)
        if hit is None or hit[1].cut_off:
            continue
        message = evidence(text, *hit, classes)
        changed = _CHANGED.search(text.flat, last, message.marks[0].start) is not None
        same = [i for i, (_, other) in enumerate(found) if not (changed or _differs(message, other))]
        last = message.marks[0].end
        line = next((part for part in _LINES.split(text.shown[start:end], 1) if part.strip()), "")
        told = textwrap.shorten(line[: 4 * _HEADLINE], _HEADLINE, placeholder=" …")
        if message.mistake is None or (same and not inside):
            continue
        found = [entry for i, entry in enumerate(found) if i not in same] + [(told, message)]
    options = {told for told, _ in found}
    of_best = any(message.marks == (Mark(best[2].start(), best[2].end(), "the message"),) for _, message in found)
    return found if 1 < len(found) == len(options) and of_best else []


def _differs(one: Finding, other: Finding) -> bool:
    """Whether two messages are about different things, not one message told twice on its way up."""
    numbers = one.values.keys() & other.values.keys() - {"layer", "node"}
    roles = one.named.keys() & other.named.keys()
    return (
        one.mistake != other.mistake
        or any(one.values[name] != other.values[name] for name in numbers)
        or any(one.named[role] != other.named[role] for role in roles)
    )


def _typed(flat: str) -> dict[str, str]:
    """``layer "block2_pool" (type MaxPooling1D)``: what TensorFlow 2 says of the layer it was in."""
    found = itertools.islice(_TYPED.finditer(flat), _MOST_PLACES)
    return {match["name"]: match["cls"] for match in found if today_name(match["cls"])}


def _hits(text: Cleaned, start: int, end: int) -> Iterator[Hit]:
    lowered = text.flat.lower()
    if len(lowered) != len(text.flat):  # a letter whose lower case is longer: places would shift
        lowered = text.flat.translate({i: i + 32 for i in range(65, 91)})
    for mistake in all_mistakes():
        for family in mistake.families:
            match = _first_match(text.flat, lowered, family, start, end)
            if match:
                yield mistake, family, match


def _first_match(flat: str, lowered: str, family: Family, first: int, last: int) -> re.Match[str] | None:
    """The wording that comes first in its family, at the first place from `first` to `last` where it fits."""
    windows = list(_windows(lowered, family.sees, first, last))
    for pattern in family.patterns:
        for start, end in windows:
            match = pattern.search(flat, start, end)
            if match:
                return match
    return None


def _windows(lowered: str, words: tuple[str, ...], first: int, last: int) -> Iterator[tuple[int, int]]:
    """The surroundings of the family's words: the work stays bounded however long the text is."""
    for word in words:
        last_end = -1
        places = _spaced(word).finditer(lowered)
        for place in itertools.islice((found.start() for found in places), _MOST_PLACES):
            if place > last_end - _AFTER // 2:
                last_end = place + _AFTER
                yield max(first, place - _BEFORE), min(last, last_end)


@cache
def _spaced(word: str) -> re.Pattern[str]:
    """The word with any blanks between its parts: a message may be wrapped anywhere."""
    return re.compile(
        r"\s{1,99}".join(map(re.escape, word.split(" "))).replace(r"\-", r"\-\s{0,9}").replace("=", r"\s{0,3}=")
    )
