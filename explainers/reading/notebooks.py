"""A notebook as it is stored, in JSON: its cells as the lines of one text, and what they printed as comments."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

_STORED = re.compile(r'\s{0,99}\{\s{0,99}"(?:cells|metadata|nbformat)"')
_ANSI = re.compile(r"\x1b\[[\d;]{0,12}m")
MOST_LINES = 40  # of one output


def in_lines(text: str) -> str:
    """The cells of a stored notebook one after the other; the text itself where it is none."""
    if not _STORED.match(text):
        return text
    try:
        stored = json.loads(text)
    except (ValueError, RecursionError):
        return text
    cells = stored.get("cells") if isinstance(stored, dict) else None
    return "\n\n".join(_lines(cells)) if isinstance(cells, list) else text


def _lines(cells: list[object]) -> Iterator[str]:
    for cell in cells:
        if not isinstance(cell, dict):
            continue
        source = _joined(cell.get("source"))
        if cell.get("cell_type") != "code":
            yield _commented(source)
            continue
        yield source
        outputs = cell.get("outputs")
        for output in outputs if isinstance(outputs, list) else ():
            yield from _printed(output)


def _printed(output: object) -> Iterator[str]:
    """What a cell printed or returned; a traceback as it is, as it may be what is asked about."""
    if not isinstance(output, dict):
        return
    if output.get("output_type") == "error":
        yield _ANSI.sub("", _joined(output.get("traceback"), "\n"))
    data = output.get("data")
    shown = _joined(output.get("text")) or _joined(data.get("text/plain") if isinstance(data, dict) else None)
    if shown:
        yield _commented("\n".join(shown.split("\n")[:MOST_LINES]))


def _joined(parts: object, between: str = "") -> str:
    if isinstance(parts, str):
        return parts
    return between.join(part for part in parts if isinstance(part, str)) if isinstance(parts, list) else ""


def _commented(text: str) -> str:
    return "\n".join(f"# {line}" for line in text.strip("\n").split("\n"))
