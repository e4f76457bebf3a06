"""A QR code's picture, held against the fixed patterns of ISO/IEC 18004: read from the SVG itself, not from segno."""

from __future__ import annotations

import re
from base64 import b64decode
from urllib.parse import unquote

import pytest

from views import qr

SHORT, LONG = (
    "https://a.example/c",
    "https://classes.example.org/simple_rnn?timesteps=17&features=3&units=11&view=projector",
)
FINDER = ["1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"]


def _svg(text: str) -> str:
    head, body = qr.data_uri(text).split(",", 1)
    assert head.startswith("data:image/svg+xml")
    return b64decode(body).decode() if head.endswith(";base64") else unquote(body)


def _modules(svg: str) -> list[list[int]]:
    """The picture as rows of 0 and 1, quiet zone and all: its dark lines, each half a module below its row's edge."""
    found = re.search(r"viewBox=['\"]0 0 (\d+) (\d+)", svg)
    path = re.search(
        r"stroke=['\"]#000['\"][^>]* d=['\"]([^'\"]+)|d=['\"](M[^'\"]*h[^'\"]*)['\"][^>]*stroke=['\"]#000", svg
    )
    scale = re.search(r"scale\((\d+)\)", svg)
    assert found
    assert path
    size = int(found[1]) // (int(scale[1]) if scale else 1)
    rows = [[0] * size for _ in range(size)]
    x = y = 0.0
    for letter, numbers in re.findall(r"([Mmh])([^Mmh]*)", path[1] or path[2]):
        first, *rest = (float(number) for number in re.findall(r"-?\d*\.?\d+", numbers))
        if letter == "h":
            for column in range(int(x), int(x + first)):
                rows[int(y)][column] = 1
            x += first
        else:
            x, y = (first, rest[0]) if letter == "M" else (x + first, y + rest[0])
    return rows


@pytest.mark.parametrize("text", [SHORT, LONG])
def test_a_code_has_the_patterns_of_the_standard(text: str) -> None:
    """A white border of four modules, three finders, the timing lines, the dark module, the same format twice."""
    rows = _modules(_svg(text))
    edge, whole = 4, len(rows)
    side = whole - 2 * edge
    assert (side - 17) % 4 == 0
    assert side >= 21
    assert not any(any(row[:edge]) or any(row[-edge:]) for row in rows)
    assert not any(map(any, rows[:edge] + rows[-edge:]))
    code = [row[edge:-edge] for row in rows[edge:-edge]]
    for top, left in ((0, 0), (0, side - 7), (side - 7, 0)):
        assert ["".join(map(str, row[left : left + 7])) for row in code[top : top + 7]] == FINDER
    alternating = [(place + 1) % 2 for place in range(8, side - 8)]
    assert code[6][8 : side - 8] == alternating
    assert [row[6] for row in code[8 : side - 8]] == alternating
    assert code[side - 8][8] == 1
    beside = [*code[8][:6], *code[8][7:9], code[7][8], *(code[row][8] for row in range(5, -1, -1))]
    apart = [*(code[row][8] for row in range(side - 1, side - 8, -1)), *code[8][side - 8 :]]
    assert beside == apart
    level = [bit ^ mask for bit, mask in zip(beside[:2], (1, 0), strict=True)]
    assert level in ([0, 0], [1, 1], [1, 0])  # M or better: 15 percent of it may be hidden


def test_the_picture_says_where_it_leads_and_takes_no_markup() -> None:
    """Its name is text, whatever is in it."""
    found = qr.picture(SHORT, 'Join "A" <b>', "96px")
    assert 'alt="Join &quot;A&quot; &lt;b&gt;"' in found
    assert "width: 96px" in found


def test_the_light_is_white_in_every_theme() -> None:
    """Painted, not left open: a dark page would show through."""
    assert re.search(r"fill=['\"]#fff", _svg(SHORT))
