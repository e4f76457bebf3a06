"""The kernel sliding over the steps: one row of cells per tensor, and which cells of the row above fed each cell.

data: what conv1d.js draws.  text: the same in sentences.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from views.own import Caption, Drawing, Own, Part, Prose

OUTSIDE = -1  # a zero of the padding, in place of the number of a step


def section(extra: Mapping[str, Any]) -> Own | None:
    """Which input steps feed an output step: point at one and see. None where nothing slides."""
    if not extra.get("rows"):
        return None
    prose = (
        "The kernel over the steps that reach it: it fits only where each of its cells covers a step."
        if extra["stuck"]
        else "Each cell is one step of a sample. Point at or tap a step to see which steps above it were read; move "
        "the kernel with the buttons or the arrow keys."
    )
    told = source(extra)
    parts: tuple[Part, ...] = (Prose(prose), Drawing("conv1d", data(extra)))
    return Own("Which steps feed which", "sliding", (*parts, Caption(told)) if told else parts)


def data(extra: Mapping[str, Any]) -> dict[str, Any]:
    """What conv1d.js draws: rows with their cells and taps, a gap where steps are left out, the layer that is stuck."""
    rows = list(extra["rows"])
    return {
        "rows": [_row(row, rows[index - 1]["steps"] if index else 0) for index, row in enumerate(rows)],
        "stuck": extra["stuck"],
        "whole": all(len(row["shown"]) == row["steps"] for row in rows),
        "text": text(extra),
    }


def _row(row: Mapping[str, Any], above: int) -> dict[str, Any]:
    return {
        "layer": row["layer"],
        "title": title(row),
        "steps": row["steps"],
        "kind": {"Conv1D": "kernel", "MaxPooling1D": "pool"}.get(row["class_name"], "input"),
        "cells": [
            {
                "step": step,
                "taps": [place for place in places if place != OUTSIDE],
                "zeros": _zeros(row, step, above),
                "padded": sum(place == OUTSIDE for place in places),
            }
            for step, places in _with_places(row)
        ],
        "strides": row["strides"],
        "offset": _offset(row),
        "left_out": row["steps"] - len(row["shown"]),
        "more_taps": row["size"] - len(row["taps"]),
        "notes": notes(row),
    }


def _with_places(row: Mapping[str, Any]) -> list[tuple[int, list[int]]]:
    """The steps that are drawn, each with the steps of the row above that it reads."""
    places = row["places"] or [[] for _ in row["shown"]]
    return list(zip(row["shown"], places, strict=True))


def _zeros(row: Mapping[str, Any], step: int, above: int) -> list[int]:
    """Where the zeros that a kernel sees would stand, counted in steps: -2, -1 before the first; `above` after the "
    "last."""
    if row["class_name"] != "Conv1D" or row["padding"] == "valid":
        return []
    start = step * row["strides"] - row["zeros_before"]
    stands = [start + tap * row["dilation_rate"] for tap in row["taps"]]
    return [place for place in stands if place < 0 or place >= above]


def _offset(row: Mapping[str, Any]) -> float:
    """Where output step 0 is drawn, in steps of the row above: under the middle of its kernel, causal under its end."""
    if row["padding"] == "causal" or not row["size_name"]:
        return 0.0
    return float((row["reach"] - 1) / 2 - row["zeros_before"])


def title(row: Mapping[str, Any]) -> str:
    """``conv_1: kernel_size 3, strides 2``: what decides where it stands."""
    if not row["size_name"]:
        return str(row["layer"])
    parts = [f"{row['size_name']} {row['size']:,}"]
    if row["strides"] != 1 and row["class_name"] == "Conv1D":
        parts.append(f"strides {row['strides']:,}")
    if row["dilation_rate"] != 1:
        parts.append(f"dilation_rate {row['dilation_rate']:,}, so it spans {row['reach']:,} steps")
    if row["padding"] != "valid":
        parts.append(f"padding {row['padding']}")
    return f"{row['layer']}: {', '.join(parts)}"


def notes(row: Mapping[str, Any]) -> list[str]:
    """Facts beside a row: how its number of steps comes about, and which steps above are never used."""
    if not row["size_name"]:
        return []
    noun = "step" if row["steps"] == 1 else "steps"
    said = [f"{row['formula']} {noun}" if "=" in row["formula"] else str(row["formula"])]
    if row["unread"]:
        said.append(f"{_steps(row['unread'])} above {'is' if row['unread'] == 1 else 'are'} never used")
    if not row["agrees"]:
        said.append("the formula and the live layer disagree about its position")
    return said


def formulas(extra: Mapping[str, Any]) -> list[tuple[str, str, int]]:
    """Per layer that slides: (its name, the formula of its output length in numbers, the live number of steps)."""
    return [(row["layer"], row["formula"], row["steps"]) for row in extra["rows"] if row["size_name"]]


def source(extra: Mapping[str, Any]) -> str:
    """Where the picture comes from, whether the formula agrees, and what was chosen or left out."""
    said = []
    if any(row["size_name"] for row in extra["rows"]):
        said.append("Measured with live layers: each was fed its step numbers, and a kernel that reports what it sees.")
        agree = all(row["agrees"] for row in extra["rows"])
        said.append(
            "The formula, j × strides + t × dilation_rate − zeros before, says the same."
            if agree
            else "The formula disagrees: please report it."
        )
    if extra["open"]:
        said.append(f"steps is None: {extra['rows'][0]['steps']:,} are drawn here.")
    if any(len(row["shown"]) < row["steps"] for row in extra["rows"]):
        said.append("Only the two ends of long rows are shown.")
    return " ".join(said)


def text(extra: Mapping[str, Any]) -> str:
    """The figure in full sentences."""
    if not extra["rows"]:
        return "Nothing was built, so there is no figure."
    sentences = [f"The signal has {_steps(extra['rows'][0]['steps'])}."]
    sentences += [_sentence(row) for row in extra["rows"][1:]]
    return " ".join([*sentences, *_stuck(extra["stuck"])])


def _sentence(row: Mapping[str, Any]) -> str:
    first, last = row["places"][0], row["places"][-1]
    return (
        f"{title(row)}, makes {_steps(row['steps'])}: step 0 reads {read(first)}; step {row['shown'][-1]:,} reads "
        f"{read(last)}."
    )


def read(places: list[int]) -> str:
    """``steps 0, 1 and 2``, ``step 0 and 2 zeros of padding``: what one output step reads."""
    steps = [place for place in places if place != OUTSIDE]
    zeros = len(places) - len(steps)
    parts = []
    if steps:
        parts.append(f"step{'s' if len(steps) > 1 else ''} {_enumerated(steps)}")
    if zeros:
        parts.append(f"{zeros} zero{'s' if zeros > 1 else ''} of padding")
    return " and ".join(parts)


def _enumerated(steps: list[int]) -> str:
    if len(steps) > 6:
        return f"{steps[0]:,}, {steps[1]:,} … {steps[-1]:,}"
    words = [f"{step:,}" for step in steps]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _stuck(stuck: Mapping[str, Any] | None) -> list[str]:
    if stuck is None:
        return []
    return [
        f"{stuck['layer']} can't be built: its {stuck['size_name']} {stuck['size']:,} spans {_steps(stuck['reach'])}, "
        f"but only {_steps(stuck['steps'])} {'is' if stuck['steps'] == 1 else 'are'} there."
    ]


def _steps(count: int) -> str:
    return f"{count:,} step{'' if count == 1 else 's'}"
