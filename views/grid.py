"""Tables of shapes side by side, as grid.js draws them: cells, rows, and what moved in them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from explainers.core.axes import Shape
from views.diffs import Line
from views.numbers import shape_data

SAME, CHANGED, REFUSED, ABSENT = "same", "changed", "refused", "absent"


def shapes_cell(
    shapes: Sequence[Shape], moved: Collection[tuple[int, int]] = (), origins: bool = True
) -> dict[str, Any]:
    """Tuples, one under the other. moved: (shape, axis) places that differ from column to column.

    origins: whether each number can be pointed at and says where it comes from.
    """
    drawn = [
        [{**axis, "moved": (row, place) in moved} for place, axis in enumerate(shape_data(shape))]
        for row, shape in enumerate(shapes)
    ]
    return {"shapes": drawn, "text": "", "state": "", "origins": origins}


def text_cell(text: str, state: str = "") -> dict[str, Any]:
    """Words or a number; state: SAME, CHANGED, REFUSED, ABSENT or ""."""
    return {"shapes": [], "text": text, "state": state, "origins": False}


def row(head: str, cells: list[dict[str, Any]], sub: str = "", why: str = "") -> dict[str, Any]:
    """One line of a table; `why` stands under it in words."""
    return {"head": head, "sub": sub, "cells": cells, "why": why}


def table(label: str, columns: Sequence[tuple[str, str]], rows: list[dict[str, Any]]) -> dict[str, Any]:
    """A table; columns are (heading, small print under it)."""
    return {"label": label, "columns": [{"head": head, "sub": sub} for head, sub in columns], "rows": rows}


def diff(label: str, lines: Sequence[Line]) -> dict[str, Any]:
    """A unified diff; each line starts with its sign: + (only now), - (only pinned), a space (both)."""
    return {
        "label": label,
        "lines": [
            {"sign": line.sign, "pieces": [{"text": text, "moved": moved} for text, moved in line.pieces],
             "why": line.why}
            for line in lines
        ],
    }  # fmt: skip


def data(tables: Sequence[dict[str, Any]] = (), key: str = "", diffs: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """What grid.js draws. key: what the shading means; the names of all axes in the tables follow it."""
    cells = [cell for drawn in tables for line in drawn["rows"] for cell in line["cells"]]
    axes = dict.fromkeys(axis["axis"] for cell in cells for shape in cell["shapes"] for axis in shape)
    return {"tables": list(tables), "key": key, "axes": list(axes), "diffs": list(diffs)}
