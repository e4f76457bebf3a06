"""The array that is taken apart, as data and as text."""

from __future__ import annotations

from typing import Any

from views import array as view
from views.own import Drawing


def drawn(*axes: tuple[str, int], cells: list[float] | None = None) -> dict[str, Any]:
    return {
        "shape": [{"axis": name, "size": size} for name, size in axes],
        "shown": [list(range(size)) for _, size in axes],
        "cells": cells or [],
    }


X = drawn(("samples", 2), ("features", 3), cells=[0.0, 1.0, 2.0, 3.0, 4.0, -5.126])
EXTRA = {
    "x": X,
    "stops": [
        {"code": "x", "by": "NumPy", "taken": [], "result": X, "said": "Whole."},
        {"code": "x[0]", "by": "NumPy", "taken": [(0, 1)], "result": drawn(("features", 3)), "said": "One."},
        {"code": "x[0, 0]", "by": "NumPy", "taken": [(0, 1), (0, 1)], "result": drawn(), "said": "A number."},
    ],
}


def test_shapes_are_written_as_numpy_prints_them() -> None:
    assert [stop["result"]["tuple"] for stop in view.data(EXTRA)["stops"]] == ["(2, 3)", "(3,)", "()"]


def test_numbers_fit_their_cells() -> None:
    assert view.data(EXTRA)["x"]["cells"] == ["0", "1", "2", "3", "4", "−5.13"]
    assert [view.number(n) for n in (-0.001, 104.0, 1234.5, -2.0)] == ["0.00", "104", "1234", "−2"]


def test_what_isnt_drawn_is_told() -> None:
    long = {**X, "shape": [{"axis": "samples", "size": 900}, X["shape"][1]], "cells": []}
    told = view.source({**EXTRA, "x": long})
    assert "Only the two ends" in told
    assert "too many numbers" in told
    assert view.source(EXTRA) == "NumPy and a live Keras model gave every shape and number here."


def test_text_and_section() -> None:
    assert view.text(EXTRA) == "x has shape (2, 3). x[0] has shape (3,). x[0, 0] has shape ()."
    section = view.section(EXTRA)
    assert section is not None
    assert [part.name for part in section.parts if isinstance(part, Drawing)] == ["array"]
    assert view.section({}) is None
