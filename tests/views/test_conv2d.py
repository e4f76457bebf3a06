"""The kernel over the pixels, as data and as text."""

from __future__ import annotations

from typing import Any

from views import conv2d as view
from views.own import Drawing, Table

SEEN: dict[str, Any] = {
    "channels": 3, "filters": 6, "kernel_size": 2, "strides": 1,
    "height": {"before": 3, "after": 2, "zeros_before": 0, "formula": "3 − 2 + 1 = 2"},
    "width": {"before": 4, "after": 3, "zeros_before": 0, "formula": "4 − 2 + 1 = 3"},
    "image": [[0.0] * 4] * 3, "maps": [[[0.5, -0.5, 0.1]] * 2], "difference": 2e-7,
}  # fmt: skip
ROW = {"layer": "conv", "class_name": "Conv2D", "height": "3 − 2 + 1 = 2", "width": "4 − 2 + 1 = 3",
       "last": ["filters", 6]}  # fmt: skip


def test_the_section_has_the_picture_and_a_row_per_layer() -> None:
    section = view.section({"seen": SEEN, "sizes": [ROW]})
    assert section is not None
    assert [part.name for part in section.parts if isinstance(part, Drawing)] == ["conv2d"]
    (table,) = (part for part in section.parts if isinstance(part, Table))
    assert table.rows == [
        {"layer": "conv (Conv2D)", "height": "3 − 2 + 1 = 2", "width": "4 − 2 + 1 = 3", "last axis": "6 filters"}
    ]


def test_without_a_run_only_what_is_known_remains() -> None:
    assert view.section({"seen": None, "sizes": []}) is None
    only = view.section({"seen": None, "sizes": [ROW]})
    assert only is not None
    assert [type(part) for part in only.parts] == [Table]


def test_what_isnt_drawn_is_told() -> None:
    told = view.source(SEEN)
    assert told == (
        "Recomputed in NumPy, window by window; the largest difference drawn is 2e-07. One of 3 channels is "
        "drawn; the kernel reads all of them. The outputs of 1 of 6 filters can be shown."
    )
    large = {**SEEN, "height": {**SEEN["height"], "before": 90}, "channels": 1}
    assert "the first 3 rows and 4 columns" in view.source(large)


def test_text_tells_the_figure() -> None:
    assert view.text({"seen": SEEN}) == (
        "An image of 3 by 4 pixels with 3 channels. A kernel of 2 by 2 pixels moves 1 pixel at a time and makes 2 by 3 "
        "pixels for each of 6 filters."
    )
