"""The layout of a question's data: how many samples, steps and features they have, and which shapes it only offers."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace

from explainers.core.spec import Sizes
from explainers.reading.questions.parsed.parts import Parts, Shaped
from explainers.reading.questions.parsed.roles import AT_A_TIME

ROWS = re.compile(
    r"^(?:rows?|records|observations|entries|lines|zeilen|filas|data ?set|data|(?:data |time )?points|readings)$"
)
_TIMES_COLUMN = re.compile(
    r"\b(?:column|col)s? ?\d{0,2} (?:is|=|:|are) (?:the )?(?:time|date)|\b(?:time|date)(?:[ _-]?stamp)?s? column|"
    r"\b(?:columns?|columnas?)[ :(]+(?:time|date)(?:[ _-]?stamp)?\b|"
    r"\b(?:one|first) (?:column )?is (?:the )?(?:time|date)"
)
_SENSOR_AXES = re.compile(r"\b(\d{1,3})[ -](?:axes|axis)\b")
_OFFERS = re.compile(
    r"\?|\b(?:right|correct|wrong|true|should(?: it)? be|would (?:it )?be|"
    r"i (?:think|thought|assumed?|guess|expected)|supposed to be|do i (?:set|use|pass|write))\b"
)
_ENDS = re.compile(r"(?<=[.?!])\s|\n+|(?<=[?!])(?=[a-z])")
_OF_OUTPUT = re.compile(r"\boutputs?\b|\breturn(?:s|ed)?\b|\bcomes? out\b|\bresult")


@dataclass(frozen=True)
class Layout:
    """What each sample is: steps of so many features; None for what the question doesn't say."""

    samples: int | None
    steps: int | None
    features: int | None

    @property
    def sample(self) -> Sizes:
        """One sample, as a model is told it."""
        return (self.steps, self.features)


@dataclass(frozen=True)
class Offered:
    """A shape that the question asks about, and whether the words in front of it speak of an output."""

    sizes: Sizes
    output: bool
    start: int


def times_in_a_column(parts: Parts) -> bool:
    """Whether one of the columns only holds the times."""
    return _TIMES_COLUMN.search(parts.words) is not None


def table_of(parts: Parts) -> Sizes | None:
    """``(1000, 20)``: rows and columns."""
    return next((shape for shape in parts.shapes("in", "data") if len(shape) == 2 and None not in shape), None)


def rows_of(parts: Parts) -> int | None:
    """How many rows a table has: its first size, or so many lines."""
    table = table_of(parts)
    said = next((one.value for one in parts.said if one.role == "samples" and ROWS.match(one.word)), None)
    if table is not None or said is not None:
        return table[0] if table is not None else said
    return _recorded_rows(parts)


_OF_DATA = re.compile(r" ?\w{3,8} (?:of|worth of) (?:\w{2,12} )?(?:data|history|records|measurements|observations)\b")


def _recorded_rows(parts: Parts) -> int | None:
    """``180 days of data``: a row for each of them, where nothing else is said to be a sample."""
    steps = [one for one in parts.said if one.role == "steps" and one.value > 1]
    points = [one.value for one in steps if one.word == "data points"]
    if points and len(steps) > 1 and max(points) == max(one.value for one in steps):
        return max(points)
    days = [one.value for one in parts.said if one.role == "days" and _OF_DATA.match(parts.words, one.end)]
    others = any(one.role == "samples" for one in parts.said)
    return days[0] if len(days) == 1 and not others else None


def columns_of(parts: Parts) -> int | None:
    """How many numbers each row or step has, without the time itself."""
    table = table_of(parts)
    axes = _SENSOR_AXES.search(parts.words) if parts.size("hertz", "kilohertz") else None
    said = table[1] if table is not None else int(axes[1]) if axes else parts.size("features", "inputs", "channels")
    rows = rows_of(parts)
    if said is None:
        samples = {one.value for one in parts.said if one.role == "samples"} | {rows}
        given = (one.sizes for one in parts.shaped if len(one.sizes) == 3 and one.sizes[0] is not None)
        said = next((sizes[2] for sizes in given if sizes[0] in samples), None)
    if said is None and rows is not None:
        said = next((one.value for one in parts.said if one.role == "samples" and one.word in AT_A_TIME), None)
    return said - 1 if said is not None and said > 1 and times_in_a_column(parts) else said


def steps_of(parts: Parts) -> int | None:
    """How many steps a sample has, or how far back the model looks: said so, or so many seconds at so many Hz."""
    rows = rows_of(parts)
    said = [one.value for one in parts.said if one.role == "steps" and one.value > 1 and one.value != rows]
    days = [one.value for one in parts.said if one.role == "days" and one.value > 1 and one.value != rows]
    hertz = parts.size("hertz") or 1000 * (parts.size("kilohertz") or 0)
    if not said and hertz:
        return hertz * (parts.size("seconds") or 0) or None
    recorded, chosen = recorded_of(parts)
    recorded = None if recorded == rows else recorded
    return chosen if recorded is not None else (said[0] if said else days[0] if len(days) == 1 else None)


_CHOSEN = re.compile(r"\b(?:first|last|past|previous|use|using|only|window of)(?: the)?(?: first| last| past)? $")


def recorded_of(parts: Parts) -> tuple[int | None, int | None]:
    """How many steps were recorded, where that is more, and how many of them a sample has: ``the first 200 days``."""
    said = [one for one in parts.said if one.role == "steps"] or [one for one in parts.said if one.role == "days"]
    if len(said) == 1:
        return None, said[0].value
    chosen = [one for one in said if _CHOSEN.search(parts.words, 0, one.start)]
    if len(said) != 2 or len(chosen) != 1:
        return None, None
    return next(one.value for one in said if one is not chosen[0]), chosen[0].value


def samples_of(parts: Parts) -> int | None:
    """How many samples there are, whatever they are called; the rows of a table may be steps."""
    samples = [one for one in parts.said if one.role == "samples" and not ROWS.match(one.word)]
    of_rows = _recorded_rows(parts) is not None
    return next((one.value for one in samples if not (of_rows and one.word in AT_A_TIME)), None)


def offered_in(parts: Parts) -> tuple[Offered, ...]:
    """The shapes that stand in what is asked or supposed, each once."""
    found: dict[Sizes, Offered] = {}
    for start, end in _sentences(parts.words):
        sentence = parts.words[start:end]
        if not _OFFERS.search(sentence):
            continue
        for one in parts.shaped:
            if start <= one.start < end:
                near = parts.words[max(0, one.start - 70) : one.start]
                output = _OF_OUTPUT.search(near) is not None and "input" not in near[-30:]
                found.setdefault(one.sizes, Offered(one.sizes, output, one.start))
    return tuple(found.values())


def _sentences(words: str) -> list[tuple[int, int]]:
    cuts = [0, *(found.end() for found in _ENDS.finditer(words)), len(words)]
    return [(start, end) for start, end in itertools.pairwise(cuts) if end > start]


def layout_of(parts: Parts, without: tuple[Offered, ...] = ()) -> Layout:
    """The layout by the shapes that are no offer, then by the words."""
    asked = {one.start for one in without}
    given = [one for one in parts.shaped if one.start not in asked and one.part in ("in", "data", "whole", "declared")]
    whole = next((one for one in given if len(one.sizes) == 3 and one.part != "declared"), None)
    if whole is not None:
        return Layout(*whole.sizes)
    one = next((one for one in given if one.part == "declared" and len(one.sizes) == 2), None)
    stated = replace(parts, shaped=tuple(given))
    samples, steps, columns = samples_of(stated), steps_of(stated), columns_of(stated)
    return Layout(samples, *one.sizes) if one is not None else Layout(samples, steps, columns)


def shapes_given(parts: Parts, without: tuple[Offered, ...]) -> tuple[Shaped, ...]:
    """The shapes that the question states."""
    asked = {one.start for one in without}
    return tuple(one for one in parts.shaped if one.start not in asked)
