"""Axes and shapes as the components read them: plain dicts, every number with its origin."""

from __future__ import annotations

from typing import Any

from explainers.core.axes import Axis, Shape
from explainers.core.results import Inspection

_LONGEST_LINE = 90  # characters of a line of code that fit the popover


def code_by_layer(inspection: Inspection) -> dict[str, str]:
    """``{"lstm_1": "line 4: x = layers.LSTM(5, …)(sequence)"}`` for the layers whose line is known."""
    lines = inspection.code.splitlines()
    return {
        layer: f"line {number}: {_short(lines[number - 1])}"
        for layer, number in inspection.code_lines.items()
        if 0 < number <= len(lines)
    }


def axis_data(axis: Axis, code: dict[str, str] | None = None) -> dict[str, Any]:
    """One axis for common.js: name, size, origin, sources, and the lines of code that put it there ("" if unknown)."""
    layers = dict.fromkeys(source.split(".")[0].split("[")[0] for source in axis.sources)
    lines = "\n".join(code[layer] for layer in layers if layer in code) if code else ""
    return {
        "axis": axis.axis,
        "size": axis.size,
        "origin": axis.origin,
        "sources": list(axis.sources),
        "code": lines,
    }


def shape_data(shape: Shape, code: dict[str, str] | None = None) -> list[dict[str, Any]]:
    """A shape for `tuple_` of common.js."""
    return [axis_data(axis, code) for axis in shape]


def _short(line: str) -> str:
    """The statement without its comment: the popover names the axes itself."""
    line = line.split("  #")[0].strip()
    return line if len(line) <= _LONGEST_LINE else line[: _LONGEST_LINE - 1] + "…"
