"""One known message that has no wording with a mistake: its words, what they mean, and what helps."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from explainers.core.finding import Change, Finding, name_axes, written
from explainers.core.mistakes.kit.sheet import Family
from explainers.core.spec import ModelSpec, Sizes
from explainers.reading.by_sight import words_for
from explainers.reading.in_keras_ops import written_in_ops
from explainers.reading.patching.patch import diff_of
from explainers.reading.text import Cleaned, read_sizes

_MOST = 400  # letters of a word that is told again


@dataclass(frozen=True)
class Said:
    """The parts of a message by the names of their groups: words, and shapes (groups that begin with ``shape``)."""

    words: dict[str, str]
    shapes: dict[str, Sizes]

    def number(self, name: str) -> int:
        """A whole number of the message."""
        return int(self.words[name])


Fixes = tuple[Change, ...] | Callable[[Said], Iterable[Change]]


@dataclass(frozen=True)
class Known:
    """One message. says: its words, with named groups for its parts, which `cause` and `fixes` may use.

    mistake: which mistake of shapes it is, if it is one. more: what else `cause` and `fixes` may speak of.
    better: a pattern in the asker's lines, and what the first fix writes there.
    owners: libraries whose functions are written with keras.ops there, as the text calls these libraries.
    """

    title: str
    says: re.Pattern[str]
    cause: str
    fixes: Fixes
    mistake: str | None = None
    more: Callable[[Said], dict[str, str]] | None = None
    better: Callable[[Said], tuple[str, str]] | None = None
    owners: tuple[str, ...] = ()


def shape(name: str) -> str:
    """A shape in a message, in square or round brackets, as a group that is read as sizes."""
    return rf"[\[(](?P<shape_{name}>(?:None|[\d, ?]){{0,60}})[\])]"


def said_by(*says: str) -> re.Pattern[str]:
    """One of several wordings of a message; the names of groups may be used once."""
    return re.compile("|".join(says), re.IGNORECASE)


def first_known(text: Cleaned, table: Iterable[Known], code: str = "", spec: ModelSpec | None = None) -> Finding | None:
    """The first of these messages that is in a text. code: its lines that are code; spec: their model."""
    for known in table:
        found = known.says.search(text.flat)
        if found is not None:
            told = _told(known, found, text)
            own = written_in_ops(text.shown, code, known.owners, spec) if known.owners else None
            return told if own is None else replace(told, fixes=(own, *told.fixes[1:]))
    return None


def _told(known: Known, found: re.Match[str], text: Cleaned) -> Finding:
    parts = {name: part.strip()[:_MOST] for name, part in found.groupdict().items() if part is not None}
    shapes = {name.removeprefix("shape_"): read_sizes(part.replace("None", "?"))
              for name, part in parts.items() if name.startswith("shape_")}  # fmt: skip
    said = Said(parts, shapes)
    words = {**parts, **{name: written(sizes) for name, sizes in shapes.items()}}
    words |= known.more(said) if known.more is not None else {}
    fixes = known.fixes(said) if callable(known.fixes) else known.fixes
    told = [replace(fix, label=_filled(fix.label, words), code=_filled(fix.code, words)) for fix in fixes]
    if known.better is not None and told:
        told[0] = replace(told[0], diff=_changed(text.shown, *known.better(said)))
    return Finding(
        "error",
        known.mistake,
        cause=_filled(known.cause, words),
        fixes=tuple(told),
        shapes=tuple(name_axes(sizes, words_for(sizes, text.flat), "in the message") for sizes in shapes.values()),
        family=Family((), (), (), title=known.title),
    )


def _changed(shown: str, wrong: str, right: str) -> str:
    """The asker's lines with that change, as a diff; "" where the pattern isn't in them."""
    lines = [re.sub(wrong, right, line) if len(line) < _MOST else line for line in shown.split("\n")]
    changed = "\n".join(lines)
    return diff_of(shown, changed) if changed != shown else ""


def _filled(sentence: str, words: dict[str, str]) -> str:
    """The sentence with the parts of the message; braces that name no part stay, as code needs them."""
    return re.sub(r"\{(\w{1,20})\}", lambda hole: words.get(hole[1], hole[0]), sentence)


def apart(one: Sizes, other: Sizes) -> str:
    """Where two shapes differ, in words."""
    if len(one) != len(other):
        return f"{len(one)} versus {len(other)} {'axis' if len(other) == 1 else 'axes'}"
    pairs = [(place, a, b) for place, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    return ", ".join(f"axis {place} is {a} versus {b}" for place, a, b in pairs if a is not None and b is not None)
