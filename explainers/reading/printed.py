"""Shapes that a program printed and the asker pasted with it: ``print(X.shape, y.shape)``, and what came out below."""

from __future__ import annotations

import re

from explainers.core.spec import Sizes
from explainers.reading.text import Cleaned, shapes_in

MOST_LINES = 3000
_ASKED = re.compile(r"\b([A-Za-z_]\w{0,40})\.shape\b(?!\s{0,3}\[)|\bnp\.shape\(([A-Za-z_]\w{0,40})\)")
_PRINTS = re.compile(r"\s{0,20}(?:>>> ?|In \[\d{0,5}\]: ?)?(?:print\b|[A-Za-z_]\w{0,40}\.shape\b|np\.shape\b)")
_OUTPUT = re.compile(
    r"\s{0,20}(?:>{3} ?|Out\[\d{0,5}\]: ?|# ?|-> ?)?[\s(\[]{0,4}[(\[](?:None|\d)[\d,\s()\[\]None|.]{0,200}$"
)
_TOLD = re.compile(  # x_train shape: (60000, 28, 28), as Keras' own examples print it
    r"(?:^|[\s\"'>])([A-Za-z_]\w{0,40})[ .]shape\s{0,3}(?:[:=는은はが是为為]|(?:is|ist|est|es)\b)?\s{0,3}"
    r"(?=[(\[](?:None|\d))"
)


def printed_shapes(text: Cleaned) -> dict[str, Sizes]:
    """The shapes of arrays by their names, as the text shows that they were printed."""
    found: dict[str, Sizes] = {}
    names: list[str] = []
    shapes: list[Sizes] = []
    for line in text.shown.split("\n")[:MOST_LINES]:
        if len(line) > 400:
            continue
        if _PRINTS.match(line) and _ASKED.search(line):
            if shapes:
                _match(names, shapes, found)
            names += [one or other for one, other in _ASKED.findall(line)]
        elif names and _OUTPUT.match(line):
            shapes += [shape.sizes for shape in shapes_in(line)]
        elif line.strip() and not line.strip().startswith(("```", ">>>", "...")):
            _match(names, shapes, found)
        for told in _TOLD.finditer(line):
            here = next(iter(shapes_in(line, told.end())), None)
            if here is not None and here.start <= told.end() + 1:
                found.setdefault(told[1], here.sizes)
    _match(names, shapes, found)
    return found


def _match(names: list[str], shapes: list[Sizes], found: dict[str, Sizes]) -> None:
    """So many names, so many shapes: each its own; both lists are empty afterwards."""
    if len(names) == len(shapes):
        for name, sizes in zip(names, shapes, strict=True):
            found.setdefault(name, sizes)
    names.clear()
    shapes.clear()
