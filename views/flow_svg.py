"""The shape flow as one static SVG, without a script: for a notebook and for a saved page.

Layout (`placed`) and drawing (`svg`) are apart. The data are those of `views.shape_flow`, which the page's own
component draws too; here the flow goes downwards, as a notebook is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Any

from views.palette import colour

_LETTER, _SMALL_LETTER = 7.9, 6.3  # widths of a letter at 13 and at 10.5 pixels, with room to spare
_HEIGHT, _GAP, _BETWEEN, _PAD, _EDGE = 84, 30, 22, 12, 8
_LANE = 16  # width of a link that only passes through
_LEAST, _MOST = 150, 330  # width of a box
_CHIP_PAD, _CHIP_GAP, _CHIP_HEIGHT = 7, 5, 33
_MOST_LETTERS = 40


@dataclass(frozen=True)
class Box:
    """Where one step stands."""

    step: int
    x: float
    y: float
    width: float


@dataclass(frozen=True)
class Placed:
    """The whole layout: boxes by step, links as points, and the size of the picture."""

    boxes: dict[int, Box]
    links: tuple[tuple[tuple[float, float], ...], ...]
    width: float
    height: float


def placed(data: dict[str, Any]) -> Placed:
    """A row for each column of the layered layout, centered."""
    steps, links = data["steps"], data["links"]
    rows = [[(entry, _width(entry, steps)) for entry in row] for row in data["columns"]]
    spans = [sum(width for _, width in row) + _BETWEEN * (len(row) - 1) for row in rows]
    whole = max(spans, default=_LEAST)
    boxes: dict[int, Box] = {}
    through: dict[int, list[tuple[float, float]]] = {number: [] for number in range(len(links))}
    for place, (row, span) in enumerate(zip(rows, spans, strict=True)):
        x, y = _EDGE + (whole - span) / 2, _EDGE + place * (_HEIGHT + _GAP)
        for entry, width in row:
            if "step" in entry:
                boxes[entry["step"]] = Box(entry["step"], x, y, width)
            else:
                through[entry["link"]] += [(x + width / 2, y), (x + width / 2, y + _HEIGHT)]
            x += width + _BETWEEN
    ways = []
    for number, link in enumerate(links):
        start, end = boxes[link["from"]], boxes[link["to"]]
        first, last = (start.x + start.width / 2, start.y + _HEIGHT), (end.x + end.width / 2, end.y)
        ways.append((first, *through[number], last))
    height = len(rows) * (_HEIGHT + _GAP) - _GAP if rows else 0
    return Placed(boxes, tuple(ways), whole + 2 * _EDGE, height + 2 * _EDGE)


def svg(data: dict[str, Any], title: str, key: str) -> str:
    """The picture. key: makes its ids differ from those of other pictures in the same notebook."""
    found = placed(data)
    width, height = round(found.width), round(found.height)
    parts = [
        f'<svg class="flow" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img"'
        f' aria-labelledby="{key}-t {key}-d"><title id="{key}-t">{escape(title)}</title>'
        f'<desc id="{key}-d">{escape(data["text"])}</desc>',
        *(f'<path class="link" d="{_path(way)}"/>' for way in found.links),
        *(_box(data["steps"][index], box) for index, box in found.boxes.items()),
        "</svg>",
    ]
    return "".join(parts)


def _path(way: tuple[tuple[float, float], ...]) -> str:
    """A line that leaves and arrives vertically."""
    drawn = [f"M{way[0][0]:.1f} {way[0][1]:.1f}"]
    for (x0, y0), (x1, y1) in pairwise(way):
        middle = (y0 + y1) / 2
        drawn.append(f"C{x0:.1f} {middle:.1f} {x1:.1f} {middle:.1f} {x1:.1f} {y1:.1f}")
    return "".join(drawn)


def _width(entry: dict[str, int], steps: list[dict[str, Any]]) -> float:
    if "link" in entry:
        return _LANE
    step = steps[entry["step"]]
    shape = step["shapes"][0] if step["shapes"] else []
    chips = sum(_chip_width(axis) + _CHIP_GAP for axis in shape) - _CHIP_GAP
    head = len(_cut(step["title"])) * _LETTER
    below = len(_cut(_under(step))) * _SMALL_LETTER
    return max(_LEAST, min(max(head, below), _MOST) + 2 * _PAD, chips + 2 * _PAD)


def _chip_width(axis: dict[str, Any]) -> float:
    return max(len(_size(axis)) * _LETTER, len(_cut(axis["axis"])) * _SMALL_LETTER) + 2 * _CHIP_PAD


def _size(axis: dict[str, Any]) -> str:
    return "None" if axis["size"] is None else f"{axis['size']}"


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_LETTERS else text[: _MOST_LETTERS - 1] + "…"


def _under(step: dict[str, Any]) -> str:
    """``encoder · 1,200 parameters``, and how many more outputs there are."""
    parts = [step["layer"]]
    if step["params"]:
        parts.append(f"{step['params']:,} parameter{'' if step['params'] == 1 else 's'}")
    if len(step["shapes"]) > 1:
        parts.append(f"{len(step['shapes'])} outputs")
    return " · ".join(parts)


def _box(step: dict[str, Any], box: Box) -> str:
    kind = "box failed" if step["failed"] else "box"
    whole = " · ".join((step["title"], step["layer"], *step["notes"])) + f". {step['why']}"
    parts = [
        f'<g transform="translate({box.x:.1f} {box.y:.1f})"><title>{escape(whole)}</title>',
        f'<rect class="{kind}" width="{box.width:.1f}" height="{_HEIGHT}" rx="7"/>',
        f'<text class="head" x="{_PAD}" y="19">{escape(_cut(step["title"]))}</text>',
        f'<text class="under" x="{_PAD}" y="34">{escape(_cut(_under(step)))}</text>',
    ]
    x = float(_PAD)
    for axis in step["shapes"][0] if step["shapes"] else ():
        parts.append(_chip(axis, x))
        x += _chip_width(axis) + _CHIP_GAP
    return "".join([*parts, "</g>"])


def _chip(axis: dict[str, Any], x: float) -> str:
    """One axis: its size above its name, in its color; an open one has a dashed edge."""
    width, kind = _chip_width(axis), "chip open" if axis["size"] is None else "chip"
    return (
        f'<g class="ax-{colour(axis["axis"])}" transform="translate({x:.1f} 43)">'
        f"<title>{escape(axis['origin'])}</title>"
        f'<rect class="{kind}" width="{width:.1f}" height="{_CHIP_HEIGHT}" rx="4"/>'
        f'<text class="size" x="{width / 2:.1f}" y="14">{_size(axis)}</text>'
        f'<text class="name" x="{width / 2:.1f}" y="27">{escape(_cut(axis["axis"]))}</text></g>'
    )
