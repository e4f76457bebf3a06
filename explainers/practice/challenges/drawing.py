"""Dims by chance: small, and all different, so that a shape can't be right by luck."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from random import Random

from explainers.core.dims import DimSpec, Value

_LARGEST = 40  # no drawn number is above this
_KEEP = 0.75  # how often a dim stays at a default that means "nothing special": 0, 1
_KEEP_OPEN = 0.7  # how often one stays None where that is the default


def draw(rng: Random, specs: Sequence[DimSpec], none: float = 0.2) -> dict[str, Value]:
    """A value for each dim. none: how often a dim that may be None, but by default isn't, becomes it."""
    taken: set[int] = set()
    values: dict[str, Value] = {}
    for spec in specs:
        values[spec.name] = draw_one(rng, spec, none, taken)
        if isinstance(values[spec.name], int) and spec.axis:
            taken.add(int(values[spec.name] or 0))
    return values


def draw_one(rng: Random, spec: DimSpec, none: float = 0.2, taken: Collection[int] = ()) -> Value:
    """A value for one dim, different from the sizes that are taken, if it has an axis."""
    if spec.kind == "bool":
        return rng.random() < 0.5
    if spec.kind == "choice":
        return rng.choice(spec.choices)
    if spec.kind == "float":
        return spec.default
    if spec.allows_none and rng.random() < (none if spec.default is not None else _KEEP_OPEN):
        return None
    if spec.default in (0, 1) and rng.random() < _KEEP:
        return spec.default
    low, high = _range(spec)
    if not spec.axis:
        return rng.randint(low, high)
    free = [n for n in range(low, high + 1) if n not in taken]
    return rng.choice(free) if free else next((n for n in range(high, int(spec.max or high)) if n not in taken), low)


def _range(spec: DimSpec) -> tuple[int, int]:
    """From 2 (from 1 where the default is that small) to twice the default, inside what the dim allows."""
    assert spec.min is not None
    assert spec.max is not None
    default = int(spec.default or 3)
    low = max(int(spec.min), 1 if default <= 2 else 2)
    return low, max(low, min(int(spec.max), max(2 * default, default + 3), _LARGEST))
