"""Pooling: one number for a window, for a fixed number of windows, or for all places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from explainers.core.axes import Shape
from explainers.core.layers.sheet import Ruling, Sheet, given, kind_of, reading, spread
from explainers.core.layers.sliding import PLACES, changed, listed, parted, put_back, slid

SECTION = "Pooling layers"


def _pool(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    batch, places, channels = parted(layer, inputs[0])
    shape = put_back(layer, batch, slid(layer, places, "pool_size"), channels)
    windows = spread(layer.pool_size, len(places))
    one = (
        f"{windows[0]} {places[0].axis}" if len(places) == 1 else f"window of {_sides(windows)} along {listed(places)}"
    )
    verb = f"{_kept(layer)} of {'×'.join(str(n) for n in windows)}"
    return Ruling((shape,), why=f"Returns one number for every {one}.", verb=verb)


def _sides(windows: Sequence[int]) -> str:
    return " × ".join(str(side) for side in windows)


def _kept(layer: Any) -> str:
    """What a pool keeps of its window."""
    return "largest" if "Max" in kind_of(layer) else "average"


def _global_pool(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    batch, places, channels = parted(layer, inputs[0])
    kept = [replace(axis, size=1, origin=f"keepdims=True of {layer.name}") for axis in places] if layer.keepdims else []
    shape = put_back(layer, batch, kept, channels)
    why = f"Returns one number for each of the {channels.axis}, over all of {listed(places)}."
    return Ruling((shape,), why=why, verb=f"{_kept(layer)} over all")


def _adaptive_pool(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    batch, places, channels = parted(layer, inputs[0])
    sizes = spread(given(layer, "output_size"), len(places))
    left = [
        changed(axis, size, layer, f"output_size={size}", "output_size")
        for axis, size in zip(places, sizes, strict=True)
    ]
    why = f"Cuts {listed(places)} into as many windows as output_size says, and returns one number for each."
    return Ruling((put_back(layer, batch, left, channels),), why=why)


def _words(rank: int) -> dict[str, Any]:
    return reading(f"batch {' '.join(PLACES[rank])} channels", made="channels")


def _pools(word: str, short: str, rank: int) -> Sheet:
    old = tuple(dict.fromkeys((f"{short}Pool{rank}D", f"{word}Pool{rank}D")))
    return Sheet(f"{word}Pooling{rank}D", "pool", _pool, old=old, **_words(rank))


def _globals(word: str, short: str, rank: int) -> Sheet:
    old = tuple(dict.fromkeys((f"Global{short}Pool{rank}D", f"Global{word}Pool{rank}D")))
    return Sheet(f"Global{word}Pooling{rank}D", "global_pool", _global_pool, old=old, **_words(rank))


def _adaptives(word: str, rank: int) -> Sheet:
    return Sheet(f"Adaptive{word}Pooling{rank}D", "adaptive_pool", _adaptive_pool, **_words(rank))


_WORDS = (("Max", "Max"), ("Average", "Avg"))
SHEETS = (
    *(_pools(word, short, rank) for word, short in _WORDS for rank in PLACES),
    *(_globals(word, short, rank) for word, short in _WORDS for rank in PLACES),
    *(_adaptives(word, rank) for word, _ in _WORDS for rank in PLACES),
)
