"""What is said of the readings of a row: which of them is worth a question, and in which words."""

from __future__ import annotations

from explainers.core.spec import LayerSpec
from explainers.reading.summary.chain import plain
from explainers.reading.summary.one import Reading, last_axis


def differs(reading: Reading, chosen: Reading) -> bool:
    """Whether a reading is worth a question: not one that is rarer (no bias, a kernel that isn't square)."""
    if reading.layer.get("use_bias") is False and chosen.layer.get("use_bias") is None:
        return False
    kernel, usual = reading.layer.get("kernel_size"), chosen.layer.get("kernel_size")
    if isinstance(kernel, tuple) and isinstance(usual, tuple) and len(set(kernel)) > 1 and len(set(usual)) == 1:
        return False
    usual_padding = reading.layer.get("padding") in (None, chosen.layer.get("padding"))
    same = {key: value for key, value in reading.layer.arguments if key != "padding"}
    if (
        not usual_padding
        and reading.last == chosen.last
        and same == {key: value for key, value in chosen.layer.arguments if key != "padding"}
    ):
        return False  # both paddings give this shape
    return reading.last != chosen.last or reading.layer.arguments[:2] != chosen.layer.arguments[:2]


def told(reading: Reading) -> str:
    """``GRU units 16, reset_after False, 15 features``: one reading for a question."""
    words = [f"{key} {value}" for key, value in plain(reading.layer)]
    wrapped = next((v.class_name for _, v in reading.layer.arguments if isinstance(v, LayerSpec)), "")
    inner = f"{wrapped} " if wrapped else ""
    return (
        inner + ", ".join(words) + (f", {last_axis(reading.layer, reading.last)}" if reading.last is not None else "")
    )
