"""Rows whose shapes aren't printed ("multiple", "?"): their counts, put together, often allow only one model.

A count alone has many readings: 9,292 = (100 + 1) × 92 = (22 + 1) × 404 = ... But what one row gives is what the next
one reads, so most of them stand in no chain. The rows are taken to stand in the order of their calls, as far as that
is possible.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from explainers.core.layers import RECURRENT, Sheet, sheet
from explainers.core.spec import Argument, LayerSpec
from explainers.reading.literal import BY_NAME
from explainers.reading.summary.asked import (
    along_the_last_axis,
    is_embedding,
    is_plain_convolution,
    reads_steps,
)
from explainers.reading.summary.cells import ways
from explainers.reading.summary.one import last_axis
from explainers.reading.summary.solve import readings
from explainers.reading.summary.table import Row

LARGEST = 10**8  # counts beyond this aren't taken apart
MOST_OPEN = 60  # rows that are put together
KERNELS = (3, 5, 2, 4, 7, 1, 9, 8, 11, 6, 10)


@dataclass(frozen=True)
class Open:
    """One reading of a row: its layer, the last axis of what it reads, and of what it gives (None: any).

    rare: without a bias, or with the biases of another version.
    """

    layer: LayerSpec
    last: int | None
    made: int | None
    formula: str = ""
    rare: bool = False

    def told(self) -> str:
        """``units 100, 256 features``: for a question."""
        words = [f"{key} {value}" for key, value in plain(self.layer)]
        return ", ".join(words) + (f", {last_axis(self.layer, self.last)}" if self.last is not None else "")


def plain(layer: LayerSpec) -> list[tuple[str, Argument]]:
    """A layer's arguments, and those of what it wraps."""
    found: list[tuple[str, Argument]] = []
    for key, value in layer.arguments:
        found += plain(value) if isinstance(value, LayerSpec) else [(key, value)]
    return found


def divisors(number: int) -> list[int]:
    """All of them, in order."""
    small = [n for n in range(1, math.isqrt(number) + 1) if number % n == 0]
    return sorted({*small, *(number // n for n in small)})


def _layer(class_name: str, name: str, **arguments: Argument) -> LayerSpec:
    return LayerSpec(class_name, name, tuple(arguments.items()))


def _dense(name: str, params: int) -> Iterator[Open]:
    for units in divisors(params):
        for bias in (1, 0):
            features = params // units - bias
            if features >= 1:
                more: dict[str, Argument] = {} if bias else {"use_bias": False}
                formula = f"(features {features} + {bias}) × units {units} = {params:,}"
                yield Open(_layer("Dense", name, units=units, **more), features, units, formula, not bias)


def _recurrent(class_name: str, name: str, params: int) -> Iterator[Open]:
    for way in ways(class_name):
        for units in range(1, math.isqrt(params) + 1):
            features = way.features(units, params)
            if features is not None:
                layer = _layer(class_name, name, units=units, **dict(way.arguments))
                yield Open(layer, features, units, way.told(units, features, params), way.rare)


def _bidirectional(name: str, params: int) -> Iterator[Open]:
    if params % 2:
        return
    for inner in RECURRENT:
        for reading in _recurrent(inner, f"{name}_{inner.lower()}", params // 2):
            if reading.made is not None:
                layer = _layer("Bidirectional", name, layer=reading.layer)
                yield Open(layer, reading.last, 2 * reading.made, f"2 × [{reading.formula}]", reading.rare)


def _embedding(name: str, params: int) -> Iterator[Open]:
    for width in divisors(params):
        layer = _layer("Embedding", name, input_dim=params // width, output_dim=width)
        yield Open(layer, None, width, f"input_dim {params // width:,} × output_dim {width} = {params:,}")


def _convolution(class_name: str, name: str, params: int) -> Iterator[Open]:
    rank = int(class_name[-2])
    for filters in divisors(params):
        area = params // filters - 1
        for kernel in KERNELS:
            if area >= 1 and area % kernel**rank == 0:
                size: Argument = kernel if rank == 1 else (kernel,) * rank
                channels = area // kernel**rank
                formula = f"(kernel {kernel**rank} × channels {channels} + 1) × filters {filters} = {params:,}"
                layer = _layer(class_name, name, filters=filters, kernel_size=size)
                yield Open(layer, channels, filters, formula)


def _normal(class_name: str, name: str, params: int) -> Iterator[Open]:
    for size in along_the_last_axis(class_name, params):
        yield Open(_layer(class_name, name), size, size, f"{params // size} × {size} = {params:,}")


def _distributed(name: str, params: int) -> Iterator[Open]:
    for reading in _dense(f"{name}_dense", params):
        yield replace(reading, layer=_layer("TimeDistributed", name, layer=reading.layer))


_WRAPPERS: dict[str, Callable[[str, int], Iterator[Open]]] = {
    "Bidirectional": _bidirectional,
    "TimeDistributed": _distributed,
}


def candidates(class_name: str | None, name: str, params: int) -> list[Open]:
    """All readings of one count, the usual ones first; none for a class that isn't taken apart here."""
    facts = sheet(class_name)
    if class_name is None or facts is None or not 0 < params <= LARGEST:
        return []
    return sorted(_found(facts, class_name, name, params), key=_rank)


def _found(facts: Sheet, class_name: str, name: str, params: int) -> Iterator[Open]:
    """The readings, by what kind of layer it is."""
    if class_name in _WRAPPERS:
        return _WRAPPERS[class_name](name, params)
    if facts.group == "dense":
        return _dense(name, params)
    if facts.group == "rnn":
        return _recurrent(class_name, name, params)
    if is_embedding(class_name):
        return _embedding(name, params)
    if is_plain_convolution(class_name):
        return _convolution(class_name, name, params)
    return _normal(class_name, name, params)


def _rank(reading: Open) -> tuple[bool, int, int]:
    """Which reading stands first where several fit: a bias, a round width (a small one for a Dense), few features."""
    made = reading.made or 0
    if reading.layer.class_name != "Dense":
        return _rank_inside(reading)
    return reading.rare, made, reading.last or 0


def _rank_inside(reading: Open) -> tuple[bool, int, int]:
    """The same where other layers follow: powers of 2 and tens first."""
    made = reading.made or 0
    return reading.rare, -max(made & -made, 10 * (made % 10 == 0)), reading.last or 0


@dataclass
class Step:
    """One row in the chain. kind: "open", "known" (its shape is printed), "same", "flat", or "break" (anything).

    wide: the widths that a known row gives, and read: those that it may read; empty where that isn't known.
    """

    kind: str
    readings: list[Open] = field(default_factory=list)
    wide: set[int] = field(default_factory=set)
    read: set[int] = field(default_factory=set)
    cut: bool = False  # what stands above doesn't lead here


class Chain:
    """The rows of one table, and the readings of each open row that stand in a chain."""

    def __init__(self, rows: list[Row]) -> None:
        self.steps = [_step(row) for row in rows[:MOST_OPEN]]
        usual = [replace(s, readings=[r for r in s.readings if not r.rare] or s.readings) for s in self.steps]
        self.steps = min((_filtered(usual), _filtered(self.steps)), key=lambda steps: sum(s.cut for s in steps))

    def cut(self, place: int) -> bool:
        """Whether what stands above a row doesn't lead to it."""
        return place < len(self.steps) and self.steps[place].cut

    def of(self, place: int) -> list[Open]:
        """The readings of a row that are left; a layer in the middle has round widths more often than small ones."""
        if place >= len(self.steps):
            return []
        last = not any(step.kind in ("open", "known") for step in self.steps[place + 1 :])
        return sorted(self.steps[place].readings, key=_rank if last else _rank_inside)

    def choose(self, place: int, reading: Open) -> None:
        """Keep one reading of a row, and what fits it elsewhere."""
        self.steps[place] = replace(self.steps[place], readings=[reading])
        self.steps = _filtered(self.steps)

    def reads_steps(self, place: int) -> bool | None:
        """Whether the next layer behind a row needs timesteps; None where that doesn't show."""
        for step in self.steps[place + 1 :]:
            if step.kind in ("same", "known"):
                continue
            classes = {reading.layer.class_name for reading in step.readings}
            return True if any(reads_steps(name) for name in classes) else None
        return None


def _step(row: Row) -> Step:
    rules = BY_NAME.get(row.class_name or "")
    if row.outputs is not None:
        wide = {row.outputs[0][-1]} - {None} if row.outputs[0] else set()
        known = readings(row.class_name, row.name, (), row.outputs, row.params or 0) if rules and row.class_name else []
        return Step("known", [], {n for n in wide if n}, {r.last for r in known if r.last})
    if row.params:
        found = candidates(row.class_name, row.name, row.params)
        return Step("open", found) if found else Step("break")
    if rules is not None and rules.group in ("same", "pool", "global_pool"):
        return Step("same")
    return Step("flat" if row.class_name == "Flatten" else "break")


def _filtered(steps: list[Step]) -> list[Step]:
    """Without readings that stand in no chain; where none is left the chain is cut in front of that row."""
    kept: list[Step] = []
    reach: set[int] | None = None
    flat = False
    for step in steps:
        if step.kind == "open":
            fitting = [r for r in step.readings if r.last is None or _meets(reach, {r.last}, flat)]
            kept.append(replace(step, readings=fitting or step.readings, cut=not fitting))
            made = {r.made for r in kept[-1].readings}
            reach, flat = (None if None in made else {n for n in made if n}), False
        elif step.kind == "known":
            kept.append(replace(step, cut=bool(step.read) and not _meets(reach, step.read, flat)))
            reach, flat = step.wide or None, False
        else:
            kept.append(step)
            flat = flat or step.kind == "flat"
            reach = None if step.kind == "break" else reach
    return _backwards(kept)


def _backwards(steps: list[Step]) -> list[Step]:
    wanted: set[int] | None = None
    flat = False
    for place in range(len(steps) - 1, -1, -1):
        step = steps[place]
        if step.kind == "open":
            fitting = [r for r in step.readings if r.made is None or wanted is None or _meets({r.made}, wanted, flat)]
            step = steps[place] = replace(step, readings=fitting or step.readings)
            read = {r.last for r in step.readings}
            wanted, flat = (None if None in read or step.cut else {n for n in read if n}), False
        elif step.kind == "known":
            wanted, flat = (step.read or None) if not step.cut else None, False
        else:
            flat = flat or step.kind == "flat"
            wanted = None if step.kind == "break" else wanted
    return steps


def _meets(reach: set[int] | None, wanted: set[int], flat: bool) -> bool:
    """Whether a width that comes is one that is read; a Flatten in between multiplies it."""
    if reach is None:
        return True
    if not flat:
        return bool(reach & wanted)
    return len(reach) > 50 or any(w % n == 0 for n in reach for w in wanted)
