"""Keras' own summary, character by character, and in it each number that the inspection knows the origin of."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from explainers.core.axes import Axis
from explainers.core.results import Inspection, Layer
from views.numbers import axis_data, code_by_layer

_SIZE = re.compile(r"None|\d+")
_COUNT = re.compile(r"\d[\d,]*")
_TOTAL = re.compile(r"^ (Total|Trainable|Non-trainable|Optimizer) params: ([\d,]+)")
_CUT = "…"  # what Keras puts where a name is too long for its column


@dataclass(frozen=True)
class _Number:
    """Where a number stands in the summary, and its axis as the components read it."""

    line: int
    start: int
    end: int
    axis: dict[str, Any]


def data(inspection: Inspection, hide: Collection[int] = ()) -> dict[str, Any]:
    """What summary.js draws: lines of pieces, a text or a number with its origin (and "text", as it stands there).

    Joined, the pieces are Keras' text to the character. hide: steps of the flow that the learner is still to
    predict: their rows, and the totals, say "?" in the same columns, and nothing else of them is sent.
    """
    lines = inspection.summary.splitlines()
    hidden = {inspection.flow[index].layer for index in hide}
    rows = _rows(lines, inspection.layers)
    if hidden:
        lines = _concealed(lines, [(where, layer) for where, layer in rows if layer.name in hidden])
    numbers = [n for where, layer in rows if layer.name not in hidden for n in _row(lines, where, layer, inspection)]
    if not hidden:
        numbers += _totals(lines, inspection)
    return {"lines": [_pieces(i, line, numbers) for i, line in enumerate(lines)]}


# -- which lines are whose -----------------------------------------------------------------------------------


def _rows(lines: list[str], layers: tuple[Layer, ...]) -> list[tuple[list[int], Layer]]:
    """The lines of each row of the table, with its layer. A row of no known layer is left as it is."""
    groups: list[list[int]] = []
    for index, line in enumerate(lines):
        if not line.startswith("│"):
            continue
        if groups and groups[-1][-1] == index - 1:
            groups[-1].append(index)
        else:
            groups.append([index])
    left = list(layers)
    rows = []
    for group in groups:
        layer = _whose("".join(_cell(lines[i], 0).strip() for i in group), left)
        if layer is not None:
            left.remove(layer)
            rows.append((group, layer))
    return rows


def _whose(cell: str, layers: list[Layer]) -> Layer | None:
    """The layer that "lstm_1 (LSTM)" speaks of; the column may be too narrow for the whole name."""
    name, _, class_name = cell.replace(" ", "").rpartition("(")
    for layer in layers:
        if name == layer.name.replace(" ", "") or (_CUT in name and layer.name.startswith(name.split(_CUT)[0])):
            return layer
    cut = class_name.split(_CUT)[0]  # "a_long_name…(Bidirection…"
    return next((layer for layer in layers if _CUT in cell and layer.class_name.startswith(cut) and cut), None)


def _bounds(line: str, column: int) -> tuple[int, int]:
    """Where a cell begins and ends, its borders left out; (0, 0) where there is no such column."""
    borders = [index for index, sign in enumerate(line) if sign == "│"]
    return (borders[column] + 1, borders[column + 1]) if column + 1 < len(borders) else (0, 0)


def _cell(line: str, column: int) -> str:
    start, end = _bounds(line, column)
    return line[start:end]


# -- their numbers -------------------------------------------------------------------------------------------


def _row(lines: list[str], where: list[int], layer: Layer, inspection: Inspection) -> list[_Number]:
    """Numbers get origins only where they are the inspection's own; anything else stays plain text."""
    return [*_shape_numbers(lines, where, layer, inspection), *_count_number(lines, where, layer, inspection)]


def _shape_numbers(lines: list[str], where: list[int], layer: Layer, inspection: Inspection) -> list[_Number]:
    code = code_by_layer(inspection)
    found = [(i, m.start(), m.end(), m[0]) for i in where for m in _SIZE.finditer(lines[i], *_bounds(lines[i], 1))]
    for step in reversed([step for step in inspection.flow if step.layer == layer.name]):  # Keras prints the last call
        axes = [axis for shape in step.outputs for axis in shape]
        if [text for *_, text in found] == [str(axis.size) for axis in axes]:
            return [
                _Number(line, start, end, axis_data(axis, code))
                for (line, start, end, _), axis in zip(found, axes, strict=True)
            ]
    return []


def _count_number(lines: list[str], where: list[int], layer: Layer, inspection: Inspection) -> list[_Number]:
    match = _COUNT.search(lines[where[0]], *_bounds(lines[where[0]], 2))
    if match is None or match[0] != f"{layer.params:,}":
        return []
    parts = " + ".join(f"{weight.name} {weight.count:,}" for weight in layer.weights)
    words = f"{parts} of {layer.class_name} {layer.name}" if parts else f"{layer.class_name} has no weights"
    axis = axis_data(Axis("parameters", layer.params, words, _sources((layer,))))
    axis["code"] = code_by_layer(inspection).get(layer.name, "")
    return [_Number(where[0], match.start(), match.end(), axis)]


def _sources(layers: tuple[Layer, ...]) -> tuple[str, ...]:
    every = (source for layer in layers for w in layer.weights for axis in w.shape for source in axis.sources)
    return tuple(dict.fromkeys(every))


def _totals(lines: list[str], inspection: Inspection) -> list[_Number]:
    """The sums under the table."""
    weights = [weight for layer in inspection.layers for weight in layer.weights]
    trained = sum(weight.count for weight in weights if weight.trainable)
    layers = " + ".join(f"{layer.name} {layer.params:,}" for layer in inspection.layers if layer.weights)
    sums = {
        "Total": (inspection.total_params, layers or "no layer has weights"),
        "Trainable": (trained, "the weights that training changes"),
        "Non-trainable": (inspection.total_params - trained, "the weights that training leaves as they are"),
    }
    numbers = []
    for index, line in enumerate(lines):
        match = _TOTAL.match(line)
        value, words = sums.get(match[1], (-1, "")) if match else (-1, "")
        if match and match[2] == f"{value:,}":
            axis = axis_data(Axis("parameters", value, words, _sources(inspection.layers) if value else ()))
            numbers.append(_Number(index, match.start(2), match.end(2), axis))
    return numbers


# -- putting it together -------------------------------------------------------------------------------------


def _concealed(lines: list[str], rows: list[tuple[list[int], Layer]]) -> list[str]:
    """The same columns, with "?" where the answers of these rows, and the totals, stand."""
    hidden = list(lines)
    for where, _ in rows:
        for i in where:
            question = "?" if i == where[0] else ""
            for column in (1, 2):
                start, end = _bounds(hidden[i], column)
                room = end - start - 2
                word = question.ljust(room) if column == 1 else question.rjust(room)
                hidden[i] = f"{hidden[i][:start]} {word} {hidden[i][end:]}"
    return [f"{line[: match.start(2)]}?" if (match := _TOTAL.match(line)) else line for line in hidden]


def _pieces(index: int, line: str, numbers: list[_Number]) -> list[Any]:
    pieces: list[Any] = []
    at = 0
    for number in sorted((n for n in numbers if n.line == index), key=lambda n: n.start):
        pieces += [line[at : number.start], {**number.axis, "text": line[number.start : number.end]}]
        at = number.end
    return [piece for piece in [*pieces, line[at:]] if piece]
