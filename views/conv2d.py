"""The kernel over the pixels of one image: which window each output pixel reads, with the live layer's numbers.

data: what conv2d.js draws.  text: the same in sentences.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from views.own import Caption, Drawing, Own, Part, Prose, Table


def section(extra: Mapping[str, Any]) -> Own | None:
    """The picture where the convolution ran, and how height and width shrink from layer to layer."""
    parts: list[Part] = []
    if extra.get("seen"):
        parts.append(
            Prose(
                "A drawn seven goes through the live Conv2D. Point at or tap an output pixel to see the window it "
                "reads; move the kernel with the buttons or the arrow keys."
            )
        )
        parts += [Drawing("conv2d", data(extra)), Caption(source(extra["seen"]))]
    if extra.get("sizes"):
        parts.append(Table(table(extra["sizes"])))
    return Own("The kernel over the pixels", "pixels", tuple(parts)) if parts else None


def data(extra: Mapping[str, Any]) -> dict[str, Any]:
    """What conv2d.js draws."""
    seen = extra["seen"]
    return {
        **{name: seen[name] for name in ("channels", "filters", "kernel_size", "strides", "image", "maps")},
        "height": _axis(seen["height"]),
        "width": _axis(seen["width"]),
        "text": text(extra),
    }


def _axis(axis: Mapping[str, Any]) -> dict[str, Any]:
    return {name: axis[name] for name in ("before", "after", "zeros_before")}


def table(sizes: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """One row per layer that slides: how its height and its width come about."""
    return [
        {
            "layer": f"{row['layer']} ({row['class_name']})",
            "height": str(row["height"]),
            "width": str(row["width"]),
            "last axis": f"{row['last'][1]:,} {row['last'][0]}",
        }
        for row in sizes
    ]


def source(seen: Mapping[str, Any]) -> str:
    """Where the numbers come from, and what isn't drawn."""
    said = [f"Recomputed in NumPy, window by window; the largest difference drawn is {seen['difference']:.1g}."]
    drawn = (len(seen["image"]), len(seen["image"][0]))
    if drawn != (seen["height"]["before"], seen["width"]["before"]):
        said.append(f"Only the first {drawn[0]} rows and {drawn[1]} columns of the image are drawn.")
    if seen["channels"] > 1:
        said.append(f"One of {seen['channels']:,} channels is drawn; the kernel reads all of them.")
    if seen["filters"] > len(seen["maps"]):
        said.append(f"The outputs of {len(seen['maps'])} of {seen['filters']:,} filters can be shown.")
    return " ".join(said)


def text(extra: Mapping[str, Any]) -> str:
    """The figure in full sentences."""
    seen = extra["seen"]
    if seen is None:
        return "Nothing was run, so there is no figure."
    height, width = seen["height"], seen["width"]
    return (
        f"An image of {height['before']:,} by {width['before']:,} pixels with {_many(seen['channels'], 'channel')}. A "
        f"kernel of {seen['kernel_size']} by {seen['kernel_size']} pixels moves {_many(seen['strides'], 'pixel')} at "
        f"a time and makes {height['after']:,} by {width['after']:,} pixels for each of "
        f"{_many(seen['filters'], 'filter')}."
    )


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
