"""Shapes of data that stand in comments and sentences of a text."""

from __future__ import annotations

import re

from explainers.core.spec import Sizes
from explainers.reading.text import whole_number

_HINT = re.compile(
    r"\b([A-Za-z_]\w{0,40})(?:\.shape)?\s{0,60}(?:has shape|have shape|shape|is|are|:|=|==|#|->)?"
    r"\s{0,12}[#:=]{0,2}\s{0,4}(?:shape)?\s{0,2}=?\s{0,2}"
    r"\((\s{0,4}(?:\d[\d_]{0,12}|None|[a-zN]{1,12})\s{0,4}(?:,\s{0,4}(?:\d[\d_]{0,12}|None)?\s{0,4}){1,6})\)"
)
_BARE = re.compile(
    r"\b([A-Za-z_]\w{0,40})(?:\.shape)?\s{0,4}[:=]\s{0,4}(\d{1,12}(?:\s{0,3},\s{0,3}\d{1,12}){1,5})\s{0,4}$"
)


_TOLD = re.compile(
    r"(?:\bshape of (?:the |my )?[`'\"]?(?P<of>[A-Za-z_]\w{0,40})[`'\"]?(?: (?:variable|array|data|tensor))?|"
    r"\b(?P<name>[A-Za-z_]\w{0,40})\.shape) ?(?:is|was|=|==|:) ?"
    r"\((?P<items>\s{0,4}\d{1,12}\s{0,4}(?:,\s{0,4}\d{0,12}\s{0,4}){1,6})\)"
)


def hints(text: str) -> dict[str, Sizes]:
    """Shapes that comments or sentences give: ``x.shape  # (7300, 58)``, "the shape of x is (6, 30)"."""
    found: dict[str, Sizes] = {}
    for line in text.split("\n")[:6000]:
        if len(line) > 600 or ("#" not in line and "shape" not in line):
            continue
        for told in _TOLD.finditer(line):
            sizes = tuple(whole_number(item) for item in told["items"].split(",") if item.strip())
            found.setdefault(told["of"] or told["name"], sizes)
        if "#" not in line and ".shape" not in line:
            continue
        place = line.find(".shape")
        part = line[line.index("#") :] if "#" in line and (place < 0 or "(" in line[:place]) else line
        if (".shape" not in part and "#" not in part) or "=" in part.split("#")[0]:
            part = line[line.index("#") :] if "#" in line else ""
        for match in (*_HINT.finditer(part), *_BARE.finditer(part)):
            sizes = tuple(whole_number(item) for item in match[2].split(",") if item.strip())
            found.setdefault(match[1], sizes)
    return {
        name: sizes
        for name, sizes in found.items()
        if name not in ("shape", "input_shape", "Input", "expected", "is", "has", "to")
    }
