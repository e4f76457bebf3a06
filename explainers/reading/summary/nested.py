"""Models inside a model whose rows are printed too (expand_nested=True): the table with those rows in line.

Keras prints the rows of an inner model without what each reads. So they are put in line only where each fits the row
above it; else the inner model stays one row, whose output becomes an Input.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from explainers.core.spec import Sizes
from explainers.reading.literal import BY_NAME
from explainers.reading.summary.solve import readings
from explainers.reading.summary.table import Row, Table

MODELS = ("Functional", "Sequential")


def in_line(table: Table) -> tuple[Table, tuple[str, ...]]:
    """The table without levels, and the names of the inner models whose rows can't be put in line."""
    rows, kept = list(table.rows), []
    for level in range(max((row.level for row in rows), default=0), 0, -1):
        rows, left = _without(rows, level, table.connected)
        kept += left
    return (replace(table, rows=rows), tuple(kept)) if rows != table.rows else (table, ())


def _without(rows: list[Row], level: int, connected: bool) -> tuple[list[Row], list[str]]:
    """The rows with those of one level put in line, or left out."""
    flat: list[Row] = []
    kept: list[str] = []
    ends: dict[str, str] = {}  # an inner model's name -> its last layer's
    place = 0
    while place < len(rows):
        row = rows[place]
        inside = _inside(rows, place + 1, level)
        place += 1 + len(inside)
        if row.level == level:  # the table begins inside of a model
            inside = [row, *inside]
            flat += [replace(one, level=level - 1) for one in inside]
        elif not inside or row.class_name not in MODELS:
            flat.append(row)
        elif (chain := _chain(inside, row, flat[-1] if flat else None, connected)) is None:
            flat.append(row)
            kept.append(row.name)
        else:
            flat += chain
            ends[row.name] = chain[-1].name
    return [_renamed(row, ends) for row in flat], kept


def _inside(rows: list[Row], start: int, level: int) -> list[Row]:
    """The rows of this level from a place on."""
    found: list[Row] = []
    for row in rows[start:]:
        if row.level != level:
            break
        found.append(row)
    return found


def _chain(inside: list[Row], outer: Row, above: Row | None, connected: bool) -> list[Row] | None:
    """The rows of an inner model, each reading the one above it; None where that doesn't fit."""
    inputs = [row for row in inside if row.class_name == "InputLayer"]
    layers = [row for row in inside if row.class_name != "InputLayer"]
    if not layers or len(inputs) > 1 or (outer.outputs and layers[-1].outputs != outer.outputs):
        return None
    before = inputs[0].outputs if inputs else above.outputs if above is not None and not connected else None
    for row in layers:
        if not _fits(row, before[0] if before else None):
            return None
        before = row.outputs
    first = replace(layers[0], links=outer.links, level=outer.level)
    others = [
        replace(row, links=[(last.name, 0)] if connected else [], level=outer.level) for last, row in pairwise(layers)
    ]
    return [first, *others]


def _fits(row: Row, before: Sizes | None) -> bool:
    """Whether a row may read what the one above it returns."""
    if row.outputs is None:
        return before is None
    if row.class_name is None or row.class_name not in BY_NAME:
        return row.class_name in MODELS or not row.params
    if BY_NAME[row.class_name].group == "merge":
        return False
    into = () if before is None else (before,)
    return bool(readings(row.class_name, row.name, into, row.outputs, row.params or 0))


def _renamed(row: Row, ends: dict[str, str]) -> Row:
    """The row with its links to an inner model as links to that model's last layer."""
    links = [(ends.get(name, name), output) for name, output in row.links]
    return replace(row, links=links) if links != row.links else row
