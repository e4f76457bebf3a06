"""Shapes of data that stand in comments and sentences of a text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from explainers.core.spec import Sizes
from explainers.reading.text import whole_number

MOST_LINES, LONGEST_LINE = 6000, 600
_LEAD = 120  # letters in front of a shape that are read
_ITEM = r"\s{0,4}(?:\d[\d_]{0,12}|None|[a-zN]{1,12})\s{0,4}"
_SHAPE = re.compile(rf"[(\[]({_ITEM}(?:,\s{{0,4}}(?:\d[\d_]{{0,12}}|None)?\s{{0,4}}){{1,6}})[)\]]")
_NEXT = re.compile(r"[\s`'\"]{0,3}(?:,|and|&|;|,\s?and)?[\s`'\"]{0,3}")  # between shapes that are told in a row
_BARE = re.compile(
    r"\b([A-Za-z_]\w{0,40})(?:\.shape)?\s{0,4}[:=]\s{0,4}(\d{1,12}(?:\s{0,3},\s{0,3}\d{1,12}){1,5})\s{0,4}$"
)
_WORD = re.compile(r"[^\W\d]\w{0,40}(?:\.[^\W\d]\w{0,40}){0,3}|[^\s\w]|\d+")
_TELL = (
    "shape shapes shaped size sizes dimension dimensions dims dim form vector vectors array arrays tensor tensors "
    "matrix matrices dataframe ndarray vetor forma formato forme"
)
_JOIN = (
    "is are was were be has have had with both of a an the in its it my our this that now also currently numpy np "
    "respectively looks like data variable set é um uma de est ist"
)
_OF_SHAPES = frozenset(_TELL.split())
_BETWEEN = _OF_SHAPES | frozenset(_JOIN.split())
_MARKS = frozenset("`'\":=#>-)")
_JOINED = frozenset((",", "and", "&", "/", "y", "e", "und", "et"))
_IS = frozenset(("is", "are", "was", "were", "both"))
_AFTER = re.compile(r"[`'\"]{0,2} ?(?:-?d )?(?:numpy )?(?:array|matrix|tensor|vector|ndarray|shape|dataframe)", re.I)
_COMMENT = re.compile(r"#|(?<![:/])//")
_ASSIGNED = re.compile(r"\s{0,40}((?:[A-Za-z_]\w{0,40}\s{0,3},\s{0,3}){0,3}[A-Za-z_]\w{0,40})\s{0,3}=(?!=)")
_SAID_ALONE = re.compile(r"[\s#/]{0,6}(?:now |its? |is |->|=|:|the |has |of |shape[sd]? ?){0,5}[\s:=]{0,3}$", re.I)
_BARE_SIZES = re.compile(r"[\s#/]{1,6}(?:shape\s?[:=]?\s?)?(\d{1,12}(?:\s{0,2}[,x×]\s{0,2}\d{1,12}){1,5})\s{0,4}$")
_NO_DATA = ("shape", "input_shape", "batch_input_shape", "target_shape", "Input", "expected", "found", "got", "to")


def hints(text: str) -> dict[str, Sizes]:
    """Shapes that comments or sentences give: ``x.shape  # (7300, 58)``, "X and y are of shape (950, 6) and (950,)"."""
    found: dict[str, Sizes] = {}
    for line in text.split("\n")[:MOST_LINES]:
        if len(line) > LONGEST_LINE or not any(mark in line for mark in ("(", "[", "#", "//")):
            continue
        for name, sizes in (*_told(line), *_beside_code(line)):
            if name not in _NO_DATA:
                found.setdefault(name, sizes)
    return found | _of_the_array(text, found)


# What people call their data in a sentence, and the names that arrays for an Input have in code.
_IN_WORDS = (
    "image",
    "images",
    "data",
    "dataset",
    "input",
    "inputs",
    "sample",
    "samples",
    "sequences",
    "series",
    "signals",
)
_ARRAYS = re.compile(r"\b(x|X|(?:x|X)_?(?:train|data|input)|train_?(?:x|X|data|images)|trainX)\.shape\b")


def _of_the_array(text: str, told: dict[str, Sizes]) -> dict[str, Sizes]:
    """ "My images have a shape of (512, 40, 30, 3)", and the code asks for the shape of one array, ``x.shape``."""
    asked = dict.fromkeys(found[1] for found in _ARRAYS.finditer(text))
    said = [sizes for name, sizes in told.items() if name.lower() in _IN_WORDS]
    name = next(iter(asked), "")
    in_code = re.search(rf"\b(?:{'|'.join(_IN_WORDS)})\s{{0,3}}=(?!=)", text) is not None
    return {name: said[0]} if len(asked) == len(said) == 1 and name not in told and not in_code else {}


def _sizes(items: str) -> Sizes:
    return tuple(whole_number(item) for item in re.split(r"[,x×]", items) if item.strip())


def _told(line: str) -> Iterator[tuple[str, Sizes]]:
    """Names, and what is said of their shapes behind them."""
    for start, shapes, end in _rows(line):
        front = line[max(0, start - _LEAD) : start]
        comment = _COMMENT.search(front) is not None
        names = _named(front, _AFTER.match(line, end) is not None, comment, listed=line[start] == "[")
        if line[start] == "[" and any(0 in sizes for sizes in shapes):
            continue  # numbers of a list
        if len(shapes) == 1 or len(names) == len(shapes):
            yield from zip(names, shapes * len(names) if len(shapes) == 1 else shapes, strict=True)
        elif names:
            yield names[-1], shapes[0]
    mark = _COMMENT.search(line)
    bare = _BARE.search(line, mark.start()) if mark is not None else None
    if bare is not None:
        yield bare[1], _sizes(bare[2])


def _rows(line: str) -> Iterator[tuple[int, list[Sizes], int]]:
    """Shapes that follow each other directly, with the place where they begin and end."""
    start, end = 0, -1
    shapes: list[Sizes] = []
    for match in _SHAPE.finditer(line):
        if shapes and _NEXT.fullmatch(line, end, match.start()):
            shapes.append(_sizes(match[1]))
            end = match.end()
            continue
        if shapes:
            yield start, shapes, end
        start, shapes, end = match.start(), [_sizes(match[1])], match.end()
    if shapes:
        yield start, shapes, end


def _named(front: str, said_after: bool, comment: bool, listed: bool) -> list[str]:
    """The names whose shape is told: those in front of the words that tell it.

    listed: what is told is in square brackets, and may be a list of values where nothing calls it a shape.
    """
    words = _WORD.findall(front)
    at = len(words)
    while at and (words[at - 1].lower() in _BETWEEN or words[at - 1] in _MARKS):
        at -= 1
    between = [word.lower() for word in words[at:]]
    names = _in_a_row(words[:at])
    before = [word.lower() for word in words[: at - max(2 * len(names) - 1, 0)]][-4:]
    called_a_shape = (
        said_after
        or any(word in _OF_SHAPES for word in between)
        or any(name.endswith(".shape") for name in names)
        or ("of" in before and any(word in _OF_SHAPES for word in before))
    )
    alone = bool(between) and _IS.issuperset(between)
    alone = alone or (comment and "=" not in between) or (between == [":"] and len(names) == 1)
    told = called_a_shape or (alone and not listed)
    return [name.removesuffix(".shape") for name in names] if told else []


def _in_a_row(words: list[str]) -> list[str]:
    """The names at the end: ``X``, ``X and y``, ``x_train, y_train``."""
    names: list[str] = []
    for word in reversed(words):
        is_name = re.match(r"[^\W\d]", word) and (word in ("y", "e") or word.lower() not in _JOINED)
        if not (is_name if len(names) % 2 == 0 else word in _JOINED and len(names) < 7):
            break
        names.append(word)
    names = names[: len(names) - (len(names) + 1) % 2] if names else []
    return list(reversed(names[::2]))


def _beside_code(line: str) -> Iterator[tuple[str, Sizes]]:
    """``X = np.load("x.npy")  # (1000, 20)``: a comment that says nothing but the shape of what is assigned."""
    assigned, comment = _ASSIGNED.match(line), _COMMENT.search(line)
    if assigned is None or comment is None or comment.start() < assigned.end():
        return
    names = [name.strip() for name in assigned[1].split(",")]
    bare = _BARE_SIZES.match(line, comment.start())
    if bare is not None and len(names) == 1:
        yield names[0], _sizes(bare[1])
    for start, shapes, _ in _rows(line):
        alone = start > comment.start() and _SAID_ALONE.match(line[comment.start() : start])
        if alone and len(names) == len(shapes):
            yield from zip(names, shapes, strict=True)
