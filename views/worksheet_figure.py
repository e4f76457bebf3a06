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

_WIDTH, _HEIGHT, _LANE, _ACROSS, _BETWEEN, _EDGE = 128, 50, 10, 20, 8, 2
_LETTERS = 20  # that a box holds, at 11 pixels
_WIDEST = 680  # of the paper, in pixels: a longer chain is drawn smaller


@dataclass(frozen=True)
class _Placed:
    """The left upper corner of each step's box, the lanes by link, and the picture's size."""

    boxes: dict[int, tuple[float, float]]
    lanes: dict[int, list[tuple[float, float]]]
    width: float
    height: float


def figure(found: Inspection, asked: bool) -> str:
    """asked: the layers' shapes are to be written in, so only those of the Inputs are there."""
    place = _placed(found)
    shown = [not (asked and step.inputs) for step in found.flow]
    ends = [(link.step, index) for index, step in enumerate(found.flow) for link in step.inputs]
    links = "".join(
        _link(place.boxes[start], place.lanes.get(number, []), place.boxes[end])
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


def picture_height(drawn: str) -> int:
    """How many pixels it takes on the paper; 0 for no picture."""
    _, _, said = drawn.partition(' height="')
    return int(said.partition('"')[0] or 0)


def _placed(found: Inspection) -> _Placed:
    """A column for each column of the layered layout, centered; a link that only passes through has a lane."""
    layered = columns(found.flow)
    heights = [sum(_tall(entry) + _BETWEEN for entry in column) - _BETWEEN for column in layered]
    boxes: dict[int, tuple[float, float]] = {}
    lanes: dict[int, list[tuple[float, float]]] = {}
    for number, (column, height) in enumerate(zip(layered, heights, strict=True)):
        x, y = _EDGE + number * (_WIDTH + _ACROSS), _EDGE + (max(heights) - height) / 2
        for entry in column:
            if "step" in entry:
                boxes[entry["step"]] = (x, y)
            else:
                lanes.setdefault(entry["link"], []).append((x, y + _LANE / 2))
            y += _tall(entry) + _BETWEEN
    return _Placed(boxes, lanes, len(layered) * (_WIDTH + _ACROSS) - _ACROSS + 2 * _EDGE, max(heights) + 2 * _EDGE)


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
    tip = end[0]
    arrow = f"M{tip - 6:.0f} {y - 3:.0f}L{tip:.0f} {y:.0f}L{tip - 6:.0f} {y + 3:.0f}z"
    return f'<path d="{way}"/><path class="tip" d="{arrow}"/>'


def _box(step: Step, corner: tuple[float, float], known: bool) -> str:
    x, y = corner
    below = _text(_shape(step) if known else "?", 42)
    return (
        f'<g transform="translate({x:.0f} {y:.0f})"><rect width="{_WIDTH}" height="{_HEIGHT}" rx="4"/>'
        f"{_text(step.layer, 13, 'name')}{_text(step.class_name, 26)}{below}</g>"
    )


def _text(text: str, y: int, kind: str = "small") -> str:
    cut = text if len(text) <= _LETTERS else text[: _LETTERS - 1] + "…"
    return f'<text class="{kind}" x="{_WIDTH // 2}" y="{y}">{escape(cut)}</text>'


def _shape(step: Step) -> str:
    """The first output's shape; how many more there are stands behind it."""
    more = f" +{len(step.outputs) - 1}" if len(step.outputs) > 1 else ""
    return plain(step.outputs[0]) + more
