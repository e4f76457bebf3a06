"""Cleaning of pasted text, and every shape literal in it with its place. Linear in the length of the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST = 200_000  # characters that are read; longer texts are refused with a sentence
MOST_SHAPES = 400  # shapes that are kept of one text
LARGEST = 10**12  # sizes beyond this are noise, not axes
Sizes = tuple[int | None, ...]

_ANSI = re.compile(r"\x1b\[[0-9;?]{0,20}[ -/]{0,3}[@-~]|\x1b[@-Z\\-_]|\u241b\[[0-9;]{0,20}m|\\x1b\[[0-9;]{0,20}m")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\ufeff]")
_SAME_LENGTH = str.maketrans(
    {
        "（": "(",
        "）": ")",
        "，": ",",
        "：": ":",
        "［": "[",
        "］": "]",
        "“": '"',
        "”": '"',
        "„": '"',
        "‘": "'",
        "’": "'",
        "‚": "'",
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
        "\t": " ",
        "＝": "=",
        "、": ",",
        "×": "x",
        "\u2028": " ",
        "\u2029": " ",
        "\x85": " ",
    }
)
_ENTITIES = (("&#39;", "'"), ("&quot;", '"'), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
# A mail's or a forum's quote mark, a comment's hash, a table's frame: noise at the start of a line.
_MARGIN = re.compile(r"(?m)^[ ]{0,200}(?:[>#│|*][> #│|*]{0,20})")

_NUMPY = re.compile(r"\[(?:None|\d{1,12})(?: (?:None|\d{1,12})){1,7}\]")  # [None 3 7]: how NumPy prints a shape

# Nothing here is tried twice: what a blank, a number or an item has taken it keeps (the "+" behind a repetition, the
# ">" of a group). With blanks that could belong to an item or to the comma behind it, 98 characters took over 25 s.
_SIZE = r"(?>-?\d[\d_]{0,15}(?: \d{3}){0,3}L?|None|\?|null)"
_ITEM = rf"(?>Dimension\(\s{{0,4}}+{_SIZE}\s{{0,4}}+\)|{_SIZE})"
_SHAPE = re.compile(
    rf"(?P<open>[(\[])\s{{0,40}}+(?P<items>{_ITEM}(?>(?:\s{{0,40}}+,\s{{0,40}}+{_ITEM}){{0,11}}))"
    r"\s{0,40}+(?P<comma>,?+)\s{0,40}+[)\]]"
)
_EMPTY = re.compile(r"shapes?[ =:]{0,4}(\(\)|\[\])")


@dataclass(frozen=True)
class FoundShape:
    """One shape as it stands in the text: its sizes, and where (start and end in the cleaned text)."""

    sizes: Sizes
    start: int
    end: int


@dataclass(frozen=True)
class Cleaned:
    """A pasted text made readable.

    shown: what a page shows, and what all places refer to. flat: the same length, line ends and margins are blanks,
    so that a message that was wrapped or quoted can be read in one go.
    """

    shown: str
    flat: str
    shapes: tuple[FoundShape, ...]


_BREAK = re.compile(r"<br ?/?>", re.IGNORECASE)
_QUOTED = re.compile(r"[ ]{0,3}>(?!>) ?")
MOST_UNWRAPPED = 20_000  # characters of a text whose lines are put together


def unwrapped(text: str) -> str:
    """A text that was cut off at a fixed column, inside words too: each full line goes on in the next one."""
    lines = text[:MOST_UNWRAPPED].split("\n")
    width = max(map(len, lines))
    whole = "".join(line if len(line) == width and line.strip("=_-+ ") else f"{line}\n" for line in lines)
    return whole if 60 <= width <= 250 else text


def _unquoted(text: str) -> str:
    """Without the marks of a mail or a forum in front of each line, up to three levels of them."""
    for _ in range(3):
        lines = text.split("\n")
        quoted = [line for line in lines if line.strip()]
        if len(quoted) < 2 or sum(_QUOTED.match(line) is not None for line in quoted) < 0.8 * len(quoted):
            break
        text = "\n".join(_QUOTED.sub("", line, count=1) if _QUOTED.match(line) else line for line in lines)
    return text


def _unescaped(text: str) -> str:
    """The inside of a string, as a notebook's or a log's JSON holds it: ``\\n`` becomes a line end."""
    if text.count("\\n") < 3 or text.count("\\n") < 3 * text.count("\n"):
        return text
    for escape, sign in (("\\n", "\n"), ("\\t", " "), ('\\"', '"'), ("\\'", "'"), ("\\\\", "\\")):
        text = text.replace(escape, sign)
    return text


def clean(text: str) -> Cleaned:
    """Strip what terminals, mails and web pages put around a text."""
    shown = _CONTROL.sub("", _ANSI.sub("", text[:LONGEST].replace("\r\n", "\n").replace("\r", "\n")))
    shown = _unquoted(_BREAK.sub("\n", _unescaped(shown)))
    for entity, sign in _ENTITIES:
        shown = shown.replace(entity, sign)
    shown = _NUMPY.sub(lambda found: found.group().replace(" ", ","), shown.translate(_SAME_LENGTH))
    flat = _MARGIN.sub(lambda found: " " * len(found.group()), shown).replace("\n", " ")
    return Cleaned(shown, flat, tuple(_shapes(flat)))


def whole_number(text: str) -> int | None:
    """``"10L"``, ``"19 541"``, ``"1_000"``; None for an open axis. Numbers beyond LARGEST count as open."""
    digits = re.sub(r"[^\d-]", "", text)
    if not digits.strip("-") or len(digits) > 13:
        return None
    number = int(digits)
    return number if 0 <= number <= LARGEST else None


def read_sizes(items: str) -> Sizes:
    """The sizes between the brackets: ``"?, 20L, Dimension(5)"`` -> ``(None, 20, 5)``."""
    return tuple(whole_number(item) for item in items.split(",") if item.strip())


def shapes_in(flat: str, start: int = 0, end: int | None = None) -> tuple[FoundShape, ...]:
    """All shapes between two places of a flat text."""
    return tuple(_shapes(flat, start, len(flat) if end is None else end))


def _shapes(flat: str, start: int = 0, end: int | None = None) -> Iterator[FoundShape]:
    found = 0
    for match in _SHAPE.finditer(flat, start, len(flat) if end is None else end):
        if not _is_shape(flat, match):
            continue
        yield FoundShape(read_sizes(match["items"]), match.start(), match.end())
        found += 1
        if found == MOST_SHAPES:
            return


def _is_shape(flat: str, match: re.Match[str]) -> bool:
    """A lone number in round brackets is a call or a remark; an index after a name or ``in [0, 5]`` is no shape."""
    one = "," not in match["items"] and not match["comma"]
    before = flat[max(0, match.start() - 24) : match.start()].rstrip()
    if not one:
        return not (match["open"] == "[" and re.search(r"\bin$", before) and re.fullmatch(r"0,\s?\d+", match["items"]))
    if match["open"] == "(":
        return (
            bool(re.search(r"(shape|shapes|size|dims?|shape[s]?\s?[=:]|\bx|->|\)\s?,)$", before))
            and "Dimension" not in before
        )
    return not re.search(r"[\w\])]$", before)


def empty_shape(flat: str) -> bool:
    """Whether the text speaks of a scalar's shape: ``received: []`` or ``shape=()``."""
    return bool(_EMPTY.search(flat)) or bool(re.search(r"received: \[\]", flat))


def line_of(text: str, place: int) -> int:
    """The line (from 1) of a place in the text."""
    return text.count("\n", 0, place) + 1
