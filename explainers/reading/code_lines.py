"""Which lines of a text are code, and which stand around it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace

from explainers.reading.code.statements import Statement, Statements
from explainers.reading.text import Cleaned


def only_code(text: str, parsed: Statements) -> str:
    """The lines of a text that are code; the others are empty, so that every line keeps its number."""
    kept = _lines(parsed)
    return "\n".join(line if i in kept else "" for i, line in enumerate(text.split("\n"), start=1))


def without_code(text: str, parsed: Statements) -> str:
    """The lines of a text that aren't code; the others are empty."""
    kept = _lines(parsed)
    return "\n".join("" if i in kept else line for i, line in enumerate(text.split("\n"), start=1))


def outside_code(text: Cleaned, parsed: Statements) -> Cleaned:
    """The text without the shapes that stand in its code: ``Conv2D(16, (3, 3))`` tells sizes, but no shape.

    What a comment says stays, and what is called a shape.
    """
    kept = _lines(parsed)
    lines = text.shown.split("\n")
    starts, place = [], 0
    for line in lines:
        starts.append(place)
        place += len(line) + 1

    def outside(start: int) -> bool:
        number = bisect_right(starts, start)
        line = lines[number - 1]
        before = line[: start - starts[number - 1]]
        return number not in kept or "#" in before or "shape" in before

    return replace(text, shapes=tuple(shape for shape in text.shapes if outside(shape.start)))


def _lines(parsed: Statements) -> set[int]:
    """The numbers of the lines of all statements, their decorators too."""
    found: set[int] = set()
    for statement in parsed.found:
        found |= set(range(_first(statement), _last(statement) + 1))
    return found


def _first(statement: Statement) -> int:
    decorators = getattr(statement.node, "decorator_list", ())
    return min([statement.line(statement.node), *(statement.line(part) for part in decorators)])


def _last(statement: Statement) -> int:
    return statement.first_line + int(statement.node.end_lineno or statement.node.lineno) - 1
