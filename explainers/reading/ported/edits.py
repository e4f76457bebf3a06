"""Changes in the lines of a program of PyTorch or flax: of one argument, around one, in front of a layer."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from explainers.reading.ported.values import Leaf

_LONGEST = 900  # characters of one call
_HUNK = re.compile(r"@@ -(\d{1,6})(?:,(\d{1,6}))? ")
_CALLED = re.compile(r"(?<![\w.])(?:self\.)?([A-Za-z_]\w{0,40})\(")
_LAYER = re.compile(r"(?<![\w.])(?:torch\.)?nn\.(Linear|Conv[123]d|LSTM|GRU|RNN|BatchNorm[123]d|MultiheadAttention)\(")
_NUMBER = re.compile(r"(?:\w{1,30}\s?=\s?)?(\d{1,9})")
_MOST = 60  # layers of a text
_MADE = re.compile(r"\b(?:zeros|randn?|ones)\(")
_ATOM = re.compile(r"[\w.]{1,80}|[\w.]{1,80}[(\[][\w., :*-]{0,80}[)\]]")


@dataclass(frozen=True)
class Piece:
    """A piece of the text: where it starts and ends, and what it says."""

    start: int
    end: int
    text: str


def diff_between(text: str, after: str) -> str:
    """A unified diff; "" where nothing changes."""
    return "\n".join(
        difflib.unified_diff(text.split("\n"), after.split("\n"), "your code", "changed", lineterm="", n=1)
    )


def applied(text: str, diff: str) -> str:
    """The text with a diff of `diff_between` in it."""
    old, made, at = text.split("\n"), list[str](), 0
    for line in diff.split("\n")[2:]:
        hunk = _HUNK.match(line)
        if hunk is not None:
            start = int(hunk[1]) - (hunk[2] != "0")
            made += old[at:start]
            at = start
        elif line.startswith("+"):
            made.append(line[1:])
        elif line.startswith("-"):
            at += 1
        else:
            made.append(old[at])
            at += 1
    return "\n".join([*made, *old[at:]])


def put(text: str, *changes: tuple[Piece | None, str]) -> str:
    """The diff that puts each of these in the place of its piece; "" where one has no place."""
    after = text
    for piece, new in sorted(changes, key=lambda change: -change[0].start if change[0] is not None else 0):
        if piece is None:
            return ""
        after = after[: piece.start] + new + after[piece.end :]
    return diff_between(text, after)


def line_start(text: str, line: int) -> int:
    """Where a line of the text starts; -1 for one that it hasn't."""
    at = 0
    for _ in range(line - 1):
        at = text.find("\n", at) + 1
        if at == 0:
            return -1
    return at if line > 0 else -1


def in_line(text: str, line: int, pattern: re.Pattern[str]) -> Piece | None:
    """What a pattern finds in one line, where it finds it once."""
    start = line_start(text, line)
    if start < 0:
        return None
    end = text.find("\n", start)
    found = list(islice(pattern.finditer(text[start : end if end >= 0 else len(text)]), 2))
    if len(found) != 1:
        return None
    return Piece(start + found[0].start(), start + found[0].end(), found[0].group())


def pieces(text: str, start: int) -> list[Piece]:
    """The arguments from an open bracket on, up to its closing one."""
    found, depth, begun = list[Piece](), 0, start
    for at in range(start, min(len(text), start + _LONGEST)):
        sign = text[at]
        if sign in "([{":
            depth += 1
        elif sign in ")]}" and depth:
            depth -= 1
        elif sign in ")]}" or (sign == "," and depth == 0):
            found += [_piece(text, begun, at)] if text[begun:at].strip() else []
            begun = at + 1
            if sign != ",":
                return found
    return []


def _piece(text: str, start: int, end: int) -> Piece:
    inside = text[start:end]
    start += len(inside) - len(inside.lstrip())
    return Piece(start, start + len(inside.strip()), inside.strip())


def call_of(text: str, leaf: Leaf) -> Piece | None:
    """``nn.Linear(`` where a layer is made; of several in its line the one with its numbers."""
    start = line_start(text, leaf.line)
    if start < 0:
        return None
    end = text.find("\n", start)
    line = text[start : end if end >= 0 else len(text)]
    found = [Piece(start + m.start(), start + m.end(), m.group())
             for m in islice(re.finditer(rf"(?:[\w.]{{1,40}}\.)?\b{leaf.kind}\(", line), 20)]  # fmt: skip
    same = [one for one in found if _numbers(text, one) == [n for n in leaf.places if isinstance(n, int)]]
    return next(iter(same or found), None)


def _numbers(text: str, call: Piece) -> list[int]:
    return [int(piece.text) for piece in pieces(text, call.end) if piece.text.isdigit()]


def argument(text: str, leaf: Leaf, place: int, key: str) -> Piece | None:
    """One argument's value where the layer is made: ``34 * 4 * 4``."""
    call = call_of(text, leaf)
    given = pieces(text, call.end) if call is not None else []
    for piece in given:
        named = re.match(rf"{key}\s?=\s?(?!=)", piece.text)
        if named is not None:
            return Piece(piece.start + named.end(), piece.end, piece.text[named.end() :])
    plain = [piece for piece in given if not re.match(r"\w{1,40}\s?=(?!=)", piece.text)]
    return plain[place] if 0 <= place < len(plain) else None


def resized(text: str, leaf: Leaf | None, place: int, key: str, new: str) -> str:
    """The diff that gives an argument of a layer another number: in its own brackets, or where its name gets it."""
    old = argument(text, leaf, place, key) if leaf is not None else None
    if old is None:
        return ""
    if re.fullmatch(r"(?:self\.)?[A-Za-z_]\w{0,60}", old.text) and new.isdigit():
        return _at_its_name(text, old.text.removeprefix("self."), new)
    return put(text, (old, new))


def _at_its_name(text: str, name: str, new: str) -> str:
    """The one line that gives a name its number: ``hidden = 64``, ``Net(hidden=64)``."""
    found = list(islice(re.finditer(rf"(?<!\w){re.escape(name)}(?:: int)?\s?=\s?(\d{{1,9}})\b", text), 3))
    if len(found) != 1 or not new.isdigit():
        return ""
    return put(text, (Piece(found[0].start(1), found[0].end(1), found[0][1]), new))


def one_more(text: str, leaf: Leaf | None, more: str) -> str:
    """The diff that gives a layer one more argument, at the end of its brackets."""
    call = call_of(text, leaf) if leaf is not None else None
    given = pieces(text, call.end) if call is not None else []
    if not given:
        return ""
    return put(text, (given[-1], f"{given[-1].text}, {more}"))


def in_front(text: str, leaf: Leaf | None, layer: str) -> str:
    """The diff that puts a layer in front of another one in a Sequential."""
    call = call_of(text, leaf) if leaf is not None else None
    if call is None or leaf is None:
        return ""
    before = text[line_start(text, leaf.line) : call.start].strip()
    if before and not before.endswith(("(", ",", "[")):
        return ""
    return put(text, (call, f"{layer}, {call.text}"))


def around(text: str, line: int, leaf: Leaf | None, form: str) -> str:
    """The diff that writes ``{}.unsqueeze(1)`` around what a layer is called with."""
    given = called_with(text, line, leaf)
    return put(text, (given, form.format(bracketed(given.text)))) if given is not None else ""


def called_with(text: str, line: int, leaf: Leaf | None) -> Piece | None:
    """``x`` of ``self.fc1(x)``: the first argument where a layer, or the module around it, is called."""
    start = line_start(text, line)
    if start < 0 or leaf is None:
        return None
    end = text.find("\n", start)
    calls = islice(_CALLED.finditer(text[start : end if end >= 0 else len(text)]), 20)
    fitting = [found for found in calls if _is_called(found[1], leaf.name)]
    if not fitting:
        return None
    best = max(fitting, key=lambda found: len(found[1]))
    given = pieces(text, start + best.end())
    return given[0] if given else None


def _is_called(word: str, name: str) -> bool:
    return name == word or name.startswith(f"{word}_") or name.endswith(f"_{word}") or f"_{word}_" in name


def bracketed(code: str) -> str:
    """An expression that something can be called on."""
    return code if _ATOM.fullmatch(code) else f"({code})"


def in_calls(text: str, change: Callable[[list[Piece]], tuple[Piece, str] | None]) -> str:
    """The diff of a change in each call that makes an array: ``torch.zeros(…)``."""
    edits = []
    for found in islice(_MADE.finditer(text), 20):
        given = pieces(text, found.end())
        if len(given) == 1 and given[0].text[:1] in ("(", "["):
            given = pieces(text, given[0].start + 1)
        made = change(given) if given else None
        edits += [made] if made is not None else []
    return put(text, *edits) if edits else ""


def made_in(text: str) -> list[Leaf]:
    """The layers that a text makes, with the numbers in their brackets."""
    found = []
    for call in islice(_LAYER.finditer(text), _MOST):
        given = [_NUMBER.fullmatch(piece.text) for piece in pieces(text, call.end())]
        numbers: list[object] = [int(one[1]) for one in given if one is not None]
        found.append(Leaf(call[1], numbers, {}, text.count("\n", 0, call.start()) + 1))
    return found
