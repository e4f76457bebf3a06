"""Cleaning of pasted text, and every shape literal in it with its place. Linear in the length of the text."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from explainers.reading.notebooks import in_lines
from explainers.reading.scanned import as_meant
from explainers.reading.stored import as_code

LONGEST = 200_000  # characters that are read; longer texts are refused with a sentence
MOST_SHAPES = 400  # shapes that are kept of one text
LARGEST = 10**12  # sizes beyond this are noise, not axes
Sizes = tuple[int | None, ...]

_ANSI = re.compile(r"\x1b\[[0-9;?]{0,20}[ -/]{0,3}[@-~]|\x1b[@-Z\\-_]|\u241b\[[0-9;]{0,20}m|\\x1b\[[0-9;]{0,20}m")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\ufeff]")
_SAME_LENGTH = str.maketrans(
    {chr(wide): chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F)}  # full-width signs of East Asian keyboards
    | {
        **dict.fromkeys("【〔〖", "["),
        **dict.fromkeys("】〕〗", "]"),
        "。": ".",
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
        "、": ",",
        "×": "x",
        "\u2028": " ",
        "\u2029": " ",
        "\x85": " ",
    }
)
_ENTITY = re.compile(r"&(?:#\d{1,5}|#[xX][0-9a-fA-F]{1,5}|[a-zA-Z]{2,8});")
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


_BREAK = re.compile(r"<br ?/?>|</tr>", re.IGNORECASE)
# Marks of a page around words of a text: <span style="color: #0087ff">Conv2D</span>
_TAG = re.compile(
    r"</?(?:span|pre|font|table|tbody|thead|tr|td|th)"
    r"(?: [a-z-]{1,20}=(?:\"[^\"<>]{0,300}\"|'[^'<>]{0,300}'|\w{1,40})){0,6} ?/?>",
    re.IGNORECASE,
)
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


# A line of code between ticks: `model = Sequential()`, `model.add(Flatten())`. A lone `word` belongs to a message.
_TICKED = re.compile(
    r"(?m)^([ ]{0,40})`(?!`)((?:[A-Za-z_][\w.]{0,60} ?= ?|[A-Za-z_]\w{0,60}\.\w{1,60}\()[^`\n]{0,400})`[ ]{0,4}$"
)
_TICK_IN_FRONT = re.compile(
    r"[ ]{0,40}`(?=(?:from|import|def|class|for|with|if)\b|[A-Za-z_][\w.]{0,60} ?=|[A-Za-z_][\w.]{0,60}\(|#|@)"
)
_MOST_TICKED = 400  # lines between two ticks


def _without_ticks_around(text: str) -> str:
    """Without the single tick in front of several lines of code and the one behind them: three were meant."""
    if "`" not in text:
        return text
    lines, opened = text.split("\n"), None
    for i, line in enumerate(lines):
        if line.count("`") != 1:
            opened = opened if "`" not in line else None
        elif opened is not None and line.rstrip().endswith("`") and i - opened <= _MOST_TICKED:
            lines[opened] = lines[opened].replace("`", "", 1)
            lines[i] = line.replace("`", "")
            opened = None
        else:
            opened = i if _TICK_IN_FRONT.match(line) else None
    return "\n".join(lines)


_OF_R = re.compile(r"[ ]{0,8}##(?: |$)")
_TABLE_WORDS = ("Layer (type)", "Total params", "Output Shape")


def _without_printer_marks(text: str) -> str:
    """Without the "## " that R's knitr puts in front of what a program prints, where that is a table.

    Elsewhere "##" begins a comment, and what stands behind it is no code.
    """
    lines = text.split("\n")
    marked = [_OF_R.match(line) is not None for line in lines]
    pairs = list(zip(marked, lines, strict=True))
    if sum(marked) < 3 or not any(m and any(word in line for word in _TABLE_WORDS) for m, line in pairs):
        return text
    return "\n".join(_OF_R.sub("", line, count=1) if m else line for m, line in pairs)


# 2024-03-11 10:22:41,913 ERROR worker[3]: …; what a log puts in front of each line of a message.
_LOGGED = re.compile(
    r"[ ]{0,4}\[?\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?\]?(?=[ :|])"
    r"(?:[ :|-]{1,4}\[?(?:DEBUG|INFO|WARN|WARNING|ERROR|CRITICAL|FATAL|E|W|I)\]?(?=[ :|]))?"
    r"(?:[ :|-]{1,4}[A-Za-z][\w.\[\]-]{0,40}(?=: |:$))?[ :|-]{0,4}"
)


def _without_log_marks(text: str) -> str:
    """Without the time, the level and the place that a log puts in front of each line."""
    lines = text.split("\n")
    filled = [line for line in lines if line.strip()]
    if len(filled) < 2 or 2 * sum(_LOGGED.match(line) is not None for line in filled) < len(filled):
        return text
    return "\n".join(_LOGGED.sub("", line, count=1) for line in lines)


_NUMBERED = re.compile(r"[ ]{0,8}(\d{1,5})(?: ?[.:|)][ ]{0,2}|[ ]{1,2}|$)")
_OF_CODE = re.compile(r"(?m)^\s{0,60}(?:(?:from|import|class|def|for|if|return|@)\b|[\w.]{1,60}\s?[=(])")


# Where a statement begins in code whose line ends were lost: ``Sequential() model.add(LSTM(9)) model.add(Dense(1))``
_BEGINS = re.compile(
    r"(?<=[)\]]) {1,4}(?=[A-Za-z_]\w{0,40}\.(?:add|compile|fit|summary|predict|evaluate|build)\()|"
    r"(?<=[\w)\]]) {1,4}(?=from [\w.]{1,60} import |[A-Za-z_]\w{0,40} ?= ?(?:[A-Za-z_]\w{0,40}\.){0,3}[A-Z]\w{1,40}\()"
)


def _with_line_ends(text: str) -> str:
    """Code that a page has put into one line, with a line for each statement."""
    lines = text.split("\n")
    broken = (_BEGINS.sub("\n", line) if len(_BEGINS.findall(line)) > 1 and ";" not in line else line for line in lines)
    return "\n".join(broken)


def _without_line_numbers(text: str) -> str:
    """Code without the number that an editor or a page puts in front of each line."""
    lines = text.split("\n")
    found = [_NUMBERED.match(line) for line in lines]
    numbers = [int(one[1]) for one in found if one is not None]
    in_order = len(numbers) > 3 and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    if not in_order or len(numbers) < 0.8 * sum(bool(line.strip()) for line in lines):
        return text
    bare = "\n".join(line[one.end() :] if one is not None else line for line, one in zip(lines, found, strict=True))
    return bare if 2 * len(_OF_CODE.findall(bare)) >= len(numbers) else text


# ``got array with shape (X, 172800, 3)``: a letter for how many samples there are
_SOME_SAMPLES = re.compile(r"(?<=(?:with|have) shape )\((?:[A-Za-z]|batch(?:_size)?|n?_?samples), ?(?=\d)")
_NAME_IN_A_STRING = re.compile(r'\\{1,3}"([\w./-]{1,80})\\{1,3}"')  # layer \"gru_2\": a message inside a string
# Keras puts a blank behind these signs; keyboards and sites of East Asia write them wide and without one.
_WIDE_SIGN = re.compile(r"(?<=[\w)\]])([：，；])(?=[\w(\[])", re.ASCII)


def _unescaped(text: str) -> str:
    """The inside of a string, as a notebook's or a log's JSON holds it: ``\\n`` becomes a line end."""
    text = _NAME_IN_A_STRING.sub(r'"\1"', text)
    if text.count("\\n") < 3 or text.count("\\n") < 3 * text.count("\n"):
        return text
    for escape, sign in (("\\n", "\n"), ("\\t", " "), ('\\"', '"'), ("\\'", "'"), ("\\\\", "\\")):
        text = text.replace(escape, sign)
    return text


def clean(text: str) -> Cleaned:
    """Strip what terminals, mails and web pages put around a text."""
    shown = _CONTROL.sub("", _ANSI.sub("", as_code(in_lines(text))[:LONGEST].replace("\r\n", "\n").replace("\r", "\n")))
    shown = _unquoted(_TAG.sub("", _BREAK.sub("\n", _unescaped(shown))))
    shown = _without_ticks_around(_TICKED.sub(lambda found: found[1] + found[2], shown))
    shown = _SOME_SAMPLES.sub("(None, ", _WIDE_SIGN.sub(r"\1 ", shown))
    shown = as_meant(_with_line_ends(_without_line_numbers(shown)))
    shown = _without_log_marks(_without_printer_marks(_ENTITY.sub(lambda found: html.unescape(found.group()), shown)))
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


MOST_AXES = 5  # commas between the axes of a shape in square brackets


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


# strides=[1, 2, 2, 1], padding ((0, 1), …): numbers that belong to axes, but are no sizes of a tensor
_OTHER_NUMBERS = re.compile(
    r"(?:strides?|dilations?|dilation_rate|paddings?|pads|ksize|axe?i?s|perm|permutation|kernel_size|pool_size|"
    r"cropping|target_size|figsize|betas|ngram_range|feature_range|state_size)[`\"']?\s{0,2}(?:[=:]|is)?\s{0,2}[(\[]{0,2}$"
)
_OPENS_A_CALL = re.compile(
    r"[\w\])]$", re.ASCII
)  # Conv1D(5, 1), x[3, 17]: no blank between a name and what it is called with
_GIVES_A_SHAPE = re.compile(
    r"(?:shapes?|sizes?|dims?|Shape|Size|input|Input|inputs|weights?|TensorShape|Tensor|zeros|ones|rand|randn|random|empty|"
    r"uniform|normal|reshape|view|full|random_sample|array|InputSpec|KerasTensor)$"
)


def _is_order(items: str) -> bool:
    """``(0, 3, 1, 2)``: each number from 0 on once, an order of axes."""
    numbers = [part.strip() for part in items.split(",")]
    return len(numbers) > 2 and sorted(numbers) == [str(i) for i in range(len(numbers))]


def _is_shape(flat: str, match: re.Match[str]) -> bool:
    """A lone number in round brackets is a call or a remark; an index after a name or ``in [0, 5]`` is no shape."""
    one = "," not in match["items"] and not match["comma"]
    close = flat[max(0, match.start() - 40) : match.start()]
    before = close.rstrip()
    if _is_order(match["items"]):
        return False
    half_open = match["open"] == "[" and flat[match.end() - 1] == ")"  # a range: [0, 500)
    listed = match["open"] == "[" and match["items"].count(",") > MOST_AXES  # values of an array
    if half_open or listed or _OTHER_NUMBERS.search(before):
        return False
    if not one:
        return not (
            (match["open"] == "[" and re.search(r"\bin$", before) and re.fullmatch(r"0,\s?\d+", match["items"]))
            or (_OPENS_A_CALL.search(close) and not _GIVES_A_SHAPE.search(close))
        )
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
