"""A unified diff as grid.js draws it: each line that differs with the words that differ, and the reason beside it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher, unified_diff

_WORDS = re.compile(r"\w+|\s+|[^\w\s]")
_HEADS = ("---", "+++", "@@")
_IN_CODE = re.compile(r'.*\bname="(\w+)"')
_IN_SUMMARY = re.compile(r"│ (\S+) \(")
_TOTAL = re.compile(r" Total params:")
TOTAL = "Total params"  # what a reason for the sum is filed under


@dataclass(frozen=True)
class Line:
    """One line. sign: "+" only now, "-" only pinned, " " both, "@" a place. pieces: (text, whether it differs)."""

    sign: str
    pieces: tuple[tuple[str, bool], ...]
    why: str = ""

    @property
    def text(self) -> str:
        return "".join(text for text, _ in self.pieces)


def unified(a: str, b: str, before: str, now: str) -> tuple[str, ...]:
    """A unified diff, line by line; () where nothing differs."""
    return tuple(unified_diff(a.splitlines(), b.splitlines(), before, now, lineterm=""))


def explained(lines: Sequence[str], whys: Mapping[str, str]) -> list[Line]:
    """The lines of a diff, marked. whys: the reason by layer, and that of the sum under TOTAL."""
    found = [Line("@" if line.startswith(_HEADS) else line[:1], ((line, False),)) for line in lines]
    start = 0
    while start < len(found):
        end = start
        while end < len(found) and found[end].sign in "-+":
            end += 1
        found[start:end] = _changed(found[start:end], whys)
        start = max(end, start + 1)
    return found


def _changed(block: list[Line], whys: Mapping[str, str]) -> list[Line]:
    """Neighbouring lines of - and +. The reason stands once, at the later one of a pair."""
    subjects = [subject(line.text[1:]) for line in block]
    drawn = []
    for index, line in enumerate(block):
        others = [i for i, it in enumerate(subjects) if it and it == subjects[index] and block[i].sign != line.sign]
        pieces = _pieces(line.text, block[others[0]].text) if others else line.pieces
        why = "" if others and others[0] > index else whys.get(subjects[index], "")
        drawn.append(replace(line, pieces=pieces, why=why))
    return drawn


def subject(line: str) -> str:
    """The layer that a line of code or of a summary is about, TOTAL for the sum, "" for neither."""
    match = _IN_CODE.match(line) or _IN_SUMMARY.match(line)
    if match:
        return match[1]
    return TOTAL if _TOTAL.match(line) else ""


def _pieces(line: str, other: str) -> tuple[tuple[str, bool], ...]:
    """The line in pieces: what stands in the other one too, and what doesn't. Sign and spaces are never marked."""
    words, others = _WORDS.findall(line[1:]), _WORDS.findall(other[1:])
    pieces = [(line[0], False)]
    for kind, i, j, _, _ in SequenceMatcher(None, words, others, autojunk=False).get_opcodes():
        marked = kind != "equal"
        pieces += [(word, marked and not word.isspace()) for word in words[i:j]] if marked else [
            ("".join(words[i:j]), False)
        ]  # fmt: skip
    return tuple(piece for piece in pieces if piece[0])


_PLACE = re.compile(r"@@ -(\d{1,7})(?:,\d{1,7})? \+\d{1,7}(?:,\d{1,7})? @@")


def applied(text: str, diff: str) -> str | None:
    """The text with a unified diff put into it; None where the diff isn't one of this text."""
    lines, made, place = text.split("\n"), [], 0
    hunk = False
    for line in diff.split("\n"):
        at = _PLACE.match(line)
        if at is not None:
            begin = int(at[1]) - 1
            made += lines[place:begin]
            place, hunk = begin, True
        elif hunk and line[:1] == "+":
            made.append(line[1:])
        elif hunk and line[:1] in ("-", " ", ""):
            if place >= len(lines) or lines[place] != line[1:]:
                return None
            made += [lines[place]] if line[:1] != "-" else []
            place += 1
    return "\n".join([*made, *lines[place:]]) if hunk else None
