"""The shape flow of an exercise as a small SVG for paper: from left to right, black lines, no color needed.

What the exercise asks for is a question mark: its answer isn't in the picture, nor in the picture's text.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from html import escape

from explainers.core.axes import plain
from explainers.core.results import Inspection, Step
from views.shape_flow import columns

_WIDTH, _HEIGHT, _LANE, _ACROSS, _BETWEEN, _EDGE = 136, 50, 10, 16, 8, 2
_LETTERS, _NARROWED = 20, 26  # that a box holds at 11 pixels, and with its letters set closer
_INSIDE = _WIDTH - 8
_WIDEST = 740  # of the paper, in pixels: what is wider is drawn smaller
_COLUMNS = 5  # side by side; a longer flow goes on below, where one arrow leads from the first row to the second
_TURN = 24  # between the two rows


@dataclass(frozen=True)
class _Placed:
    """The left upper corner of each step's box, the lanes by link, and the picture's size.

    below: the first step of the second row, and where the first row ends; None where there is one row.
    """

    boxes: dict[int, tuple[float, float]]
    lanes: dict[int, list[tuple[float, float]]]
    below: tuple[int, float] | None
    width: float
    height: float


def figure(found: Inspection, asked: bool) -> str:
    """asked: the layers' shapes are to be written in, so only those of the Inputs are there."""
    place = _placed(found)
    shown = [not (asked and step.inputs) for step in found.flow]
    ends = [(link.step, index) for index, step in enumerate(found.flow) for link in step.inputs]
    links = "".join(
        _turn(place.boxes[start], place.boxes[end], place.below[1])
        if place.below and end == place.below[0]
        else _link(place.boxes[start], place.lanes.get(number, []), place.boxes[end])
        for number, (start, end) in enumerate(ends)
    )
    boxes = "".join(_box(step, place.boxes[index], shown[index]) for index, step in enumerate(found.flow))
    told = ", ".join(
        f"{step.layer} {_shape(step) if known else '?'}" for step, known in zip(found.flow, shown, strict=True)
    )
    scale = min(1.0, _WIDEST / place.width)
    return (
        f'<svg class="figure" width="{place.width * scale:.0f}" height="{place.height * scale:.0f}"'
        f' viewBox="0 0 {place.width:.0f} {place.height:.0f}" role="img" aria-label="{escape(told)}">'
        f"{links}{boxes}</svg>"
    )


def as_picture(drawn: str, style: str) -> str:
    """The same as an image, which brings its style along: ``<img alt="signal (None, 7, 2), conv_1 ?" …>``."""
    size, told = re.findall(r' (?:width|height)="[0-9]+"', drawn)[:2], re.findall(r'aria-label="([^"]*)"', drawn)
    head, _, rest = drawn.partition(">")
    alone = 'xmlns="http://www.w3.org/2000/svg" font-family="sans-serif" font-size="11"'
    whole = f"{head} {alone}><style>{style}</style>{rest}"
    packed = base64.b64encode(whole.encode()).decode()
    return f'<img class="figure"{"".join(size)} alt="{told[0]}" src="data:image/svg+xml;base64,{packed}">'


def _placed(found: Inspection) -> _Placed:
    """A column for each column of the layered layout, centered; a link that only passes through has a lane."""
    layered = columns(found.flow)
    cut = _cut(found, layered)
    rows = [layered[:cut], layered[cut:]] if cut else [layered]
    boxes: dict[int, tuple[float, float]] = {}
    lanes: dict[int, list[tuple[float, float]]] = {}
    top, ends = float(_EDGE), []
    for row in rows:
        heights = [sum(_tall(entry) + _BETWEEN for entry in column) - _BETWEEN for column in row]
        for number, (column, height) in enumerate(zip(row, heights, strict=True)):
            x, y = _EDGE + number * (_WIDTH + _ACROSS), top + (max(heights) - height) / 2
            for entry in column:
                if "step" in entry:
                    boxes[entry["step"]] = (x, y)
                else:
                    lanes.setdefault(entry["link"], []).append((x, y + _LANE / 2))
                y += _tall(entry) + _BETWEEN
        ends.append(top + max(heights))
        top = ends[-1] + _TURN
    longest = max(len(row) for row in rows)
    below = (layered[cut][0]["step"], ends[0]) if cut else None
    return _Placed(boxes, lanes, below, longest * (_WIDTH + _ACROSS) - _ACROSS + 2 * _EDGE, ends[-1] + _EDGE)


def _cut(found: Inspection, layered: list[list[dict[str, int]]]) -> int:
    """The column with which a second row begins; 0 where one row is enough, or where no single arrow leads on."""
    if len(layered) <= _COLUMNS:
        return 0
    column = {entry["step"]: number for number, entries in enumerate(layered) for entry in entries if "step" in entry}
    links = [(column[link.step], column[index]) for index, step in enumerate(found.flow) for link in step.inputs]
    even = sorted(range(1, len(layered)), key=lambda cut: max(cut, len(layered) - cut))
    return next((cut for cut in even if [link for link in links if link[0] < cut <= link[1]] == [(cut - 1, cut)]), 0)


def _tall(entry: dict[str, int]) -> int:
    return _HEIGHT if "step" in entry else _LANE


def _link(start: tuple[float, float], lane: list[tuple[float, float]], end: tuple[float, float]) -> str:
    x, y = start[0] + _WIDTH, start[1] + _HEIGHT / 2
    way = f"M{x:.0f} {y:.0f}"
    for left, middle in [*lane, (end[0], end[1] + _HEIGHT / 2)]:
        between = left - _ACROSS / 2
        way += f"C{between:.0f} {y:.0f} {between:.0f} {middle:.0f} {left:.0f} {middle:.0f}"
        x, y = left + _WIDTH, middle
        way += f"H{x:.0f}" if (left, middle) in lane else ""
    return f'<path d="{way}"/>{_tip(end[0], y)}'


def _turn(start: tuple[float, float], end: tuple[float, float], row_ends: float) -> str:
    """From the last box of the first row, between the rows, down to the first box of the second."""
    x, y, between = start[0] + _WIDTH / 2, start[1] + _HEIGHT, row_ends + _TURN / 2
    to = end[0] + _WIDTH / 2
    tip = f"M{to - 3:.0f} {end[1] - 6:.0f}L{to:.0f} {end[1]:.0f}L{to + 3:.0f} {end[1] - 6:.0f}z"
    return f'<path d="M{x:.0f} {y:.0f}V{between:.0f}H{to:.0f}V{end[1]:.0f}"/><path class="tip" d="{tip}"/>'


def _tip(x: float, y: float) -> str:
    return f'<path class="tip" d="M{x - 6:.0f} {y - 3:.0f}L{x:.0f} {y:.0f}L{x - 6:.0f} {y + 3:.0f}z"/>'


def _box(step: Step, corner: tuple[float, float], known: bool) -> str:
    x, y = corner
    below = _text(_shape(step) if known else "?", 42)
    return (
        f'<g transform="translate({x:.0f} {y:.0f})"><rect width="{_WIDTH}" height="{_HEIGHT}" rx="4"/>'
        f"{_text(step.layer, 13, 'name')}{_text(step.class_name, 26)}{below}</g>"
    )


def _text(text: str, y: int, kind: str = "small") -> str:
    cut = text if len(text) <= _NARROWED else text[: _NARROWED - 1] + "…"
    closer = f' textLength="{_INSIDE}" lengthAdjust="spacingAndGlyphs"' if len(cut) > _LETTERS else ""
    return f'<text class="{kind}" x="{_WIDTH // 2}" y="{y}"{closer}>{escape(cut)}</text>'


def _shape(step: Step) -> str:
    """The first output's shape, and how many more there are."""
    more = f" + {len(step.outputs) - 1} more" if len(step.outputs) > 1 else ""
    return plain(step.outputs[0]) + more
