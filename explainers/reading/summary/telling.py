"""What is said of a table: which readings of a row are worth a question, its totals, and what to do about it."""

from __future__ import annotations

import re

from explainers.core.finding import Change, Value
from explainers.core.spec import LayerSpec
from explainers.reading.summary.chain import plain
from explainers.reading.summary.one import Reading, last_axis
from explainers.reading.summary.table import Table


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


def other_numbers(table: Table) -> dict[str, Value]:
    """Totals, and a number that a foreign table prints without brackets."""
    found: dict[str, Value] = {f"{key}_params": value for key, value in table.totals.items()}
    for row in table.rows:
        if row.outputs is None and re.fullmatch(r"\d{1,9}", row.written.strip()):
            found[f"{row.name}.size"] = int(row.written)
    return found


def changes(table: Table) -> tuple[Change, ...]:
    """What to do about a model that was printed before it was built."""
    unbuilt = [row for row in table.rows if row.written.strip() == "?"]
    if unbuilt:
        return (
            Change(
                "Put a keras.Input with the shape of one sample in front.",
                code="model = keras.Sequential([keras.Input(shape=(…)), …])",
            ),
        )
    return ()
