"""One array taken apart: the data set x, what an index or a slice takes of it, and what a layer makes of a batch.

data: what array.js draws.  text: the same in sentences.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from views.own import Caption, Drawing, Own, Prose

MINUS = "−"


def section(extra: Mapping[str, Any]) -> Own | None:
    """The tour through one array: at each line predict the shape, then see it."""
    if not extra.get("stops"):
        return None
    prose = (
        "The numbers in x count from 0, so you can follow each of them. **At each line, predict the shape before you "
        "look.** Even a wrong guess helps."
    )
    return Own(
        "One array, step by step",
        "one-array",
        (Prose(prose), Drawing("array", data(extra)), Caption(source(extra))),
    )


def data(extra: Mapping[str, Any]) -> dict[str, Any]:
    """What array.js draws: x, and for each line the array that it gives."""
    return {
        "x": _drawn(extra["x"]),
        "stops": [
            {
                "code": stop["code"],
                "by": stop["by"],
                "taken": [list(taken) for taken in stop["taken"]],
                "result": _drawn(stop["result"]),
                "said": stop["said"],
            }
            for stop in extra["stops"]
        ],
        "text": text(extra),
    }


def _drawn(array: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "shape": array["shape"],
        "shown": array["shown"],
        "cells": [number(value) for value in array["cells"]],
        "tuple": plain(array["shape"]),
    }


def number(value: float) -> str:
    """``17`` for a whole number, ``−0.44`` for another."""
    if value == int(value) and abs(value) < 1e6:
        return f"{MINUS if value < 0 else ''}{abs(int(value))}"
    told = f"{abs(value):.2f}" if abs(value) < 1000 else f"{abs(value):.0f}"
    return told if value >= 0 or float(told) == 0 else f"{MINUS}{told}"


def plain(shape: Sequence[Mapping[str, Any]]) -> str:
    """``(7, 5, 3)``, as NumPy prints it."""
    return str(tuple(axis["size"] for axis in shape))


def source(extra: Mapping[str, Any]) -> str:
    """Where the shapes come from, and what isn't drawn."""
    said = ["NumPy and a live Keras model gave every shape and number here."]
    if any(len(shown) < axis["size"] for shown, axis in zip(extra["x"]["shown"], extra["x"]["shape"], strict=True)):
        said.append("Only the two ends of a long axis are drawn.")
    if not extra["x"]["cells"]:
        said.append("There are too many numbers to write in the cells.")
    return " ".join(said)


def text(extra: Mapping[str, Any]) -> str:
    """The figure in full sentences."""
    return " ".join(f"{stop['code']} has shape {plain(stop['result']['shape'])}." for stop in extra["stops"])
