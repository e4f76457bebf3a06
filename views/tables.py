"""A table of plain rows as Markdown.

Streamlit's own table makes a pandas DataFrame of them first, and Arrow of that: two libraries, 130 MB on the disk and
60 MB in the server's memory, for a dozen cells.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from views.markup import whole_shapes

_BAR = re.compile(r"(?<!\\)\|")
_LINE_END = re.compile(r" *\n")
_AXIS_SIZE = re.compile(r"(?<=\w) (?=(?:\d{1,12}|None)[,)])")  # the space in "(batch None, targets 1)"


def shape(axes: Sequence[Mapping[str, Any]]) -> str:
    """``**(1, 4, 6)** batch, timesteps, features``: sizes that stay together, and names that go on in the next line."""
    sizes = tuple(axis["size"] for axis in axes)
    return f"**{whole_shapes(str(sizes))}** {', '.join(axis['axis'] for axis in axes)}"


def markdown(rows: Sequence[Mapping[str, str]]) -> str:
    """Rows -> a table with a column for each name, in the order in which they first come; cells are Markdown."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    lines = [columns, ["---"] * len(columns), *([row.get(name, "") for name in columns] for row in rows)]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(text: str) -> str:
    """A cell is one line, and a bar in it would begin the next. A shape isn't cut, nor an axis of it from its size."""
    return whole_shapes(_AXIS_SIZE.sub("\N{NO-BREAK SPACE}", _LINE_END.sub(" ", _BAR.sub(r"\\|", text))))
