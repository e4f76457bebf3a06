"""x, W and x ∘ W as three matrices that line up cell by cell.

data: what hadamard.js draws.  text: the same in sentences.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from views.own import Caption, Drawing, Own, Prose

MINUS = "−"


def section(extra: Mapping[str, Any]) -> Own | None:
    """x, W and x ∘ W as they met in this model; None where the model could not be built."""
    drawn = data(extra)
    if drawn is None:
        return None
    product = extra["product"]
    copies = " Hatched weights are stretched copies." if _own(product) < product["rows"] * product["columns"] else ""
    prose = (
        f"One sample, the weights and the output, with this model's real numbers. {shared(extra)} "
        f"Point at or tap a cell to see the three that belong together.{copies}"
    )
    checked = f"Recomputed in NumPy as x * W; the largest difference is {difference(extra)}."
    return Own("Cell by cell", "cell-by-cell", (Prose(prose), Drawing("hadamard", drawn), Caption(checked)))


def data(extra: Mapping[str, Any]) -> dict[str, Any] | None:
    """What hadamard.js draws; None where the model could not be built.

    cells: per row and column {x, w, y} as texts, `own` where the weight really stands there (elsewhere broadcasting
    has stretched it), and `weight`, which weight it is: cells with the same one light up together.
    """
    product = extra["product"]
    if product is None:
        return None
    kernel = product["kernel"]
    return {
        "rows": product["rows"],
        "columns": product["columns"],
        "row_axis": product["row_axis"],
        "column_axis": product["column_axis"],
        "kernel_shape": _tuple(product["kernel_shape"]),
        "cells": [
            [_cell(product, kernel, row, column) for column in range(len(product["x"][0]))]
            for row in range(len(product["x"]))
        ],
        "strongest": _strongest(product["x"], kernel, product["y"]),
        "text": text(extra),
    }


def _cell(product: Mapping[str, Any], kernel: list[list[float]], row: int, column: int) -> dict[str, Any]:
    at_row = row if len(kernel) > 1 else 0
    at_column = column if len(kernel[0]) > 1 else 0
    x, w, y = product["x"][row][column], kernel[at_row][at_column], product["y"][row][column]
    return {
        "x": number(x), "w": number(w), "y": number(y),
        "values": [x, w, y],
        "own": (row, column) == (at_row, at_column),
        "weight": f"{at_row},{at_column}",
    }  # fmt: skip


def _strongest(*blocks: list[list[float]]) -> float:
    """The largest number without its sign: it wears the strongest tint."""
    return max(abs(n) for block in blocks for row in block for n in row) or 1.0


def number(value: float) -> str:
    """``0.64``, ``−0.44``: two decimals, a real minus sign, no negative zero."""
    text = f"{abs(value):.2f}"
    return text if value >= 0 or float(text) == 0 else f"{MINUS}{text}"


def shared(extra: Mapping[str, Any]) -> str:
    """One sentence: how many cells each weight serves in a sample."""
    product = extra["product"]
    whole = product["rows"] * product["columns"]
    own = _own(product)
    if own == whole:
        return f"Each of the {whole:,} elements has its own weight."
    return f"{own:,} weights serve {whole:,} elements: each one {whole // own:,} of them."


def _own(product: Mapping[str, Any]) -> int:
    """How many different weights meet one sample."""
    rows, columns = ([1, *product["kernel_shape"]])[-2:]
    return int(rows * columns)


def difference(extra: Mapping[str, Any]) -> str:
    """``0``, ``6e-08``: between the layer and x * W in NumPy."""
    return f"{extra['product']['largest_difference']:.1g}"


def text(extra: Mapping[str, Any]) -> str:
    """The figure in full sentences."""
    product = extra["product"]
    if product is None:
        return "The model can't be built, so there is no product to show."
    kernel = product["kernel"]
    first = [product["x"][0][0], kernel[0][0], product["y"][0][0]]
    return (
        f"Three matrices of {product['rows']:,} {product['row_axis']} by {product['columns']:,} "
        f"{product['column_axis']}: "
        f"x, the kernel of shape {_tuple(product['kernel_shape'])}, and their product cell by cell. In the first cell "
        f"{number(first[0])} times {number(first[1])} is {number(first[2])}. {shared(extra)}"
    )


def _tuple(shape: list[int]) -> str:
    return str(tuple(shape))
