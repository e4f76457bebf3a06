"""Series made here, so that a learner can judge the forecast by eye. The same seed gives the same series."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

KINDS = ("sine", "trend", "random_walk")
PERIOD = 24.0  # points in one wave


def make_table(kind: str, points: int, columns: int, noise: float, seed: int) -> Array:
    """A table of (points, columns). Column 0 is the series itself; the others are measured beside it.

    noise: standard deviation of what is random. A sine has amplitude 1; in a random walk `noise` is the
    length of one step (and no point says anything about the next step).
    """
    chance = np.random.default_rng(seed)
    time = np.arange(points, dtype=float)  # (points,)
    steps = chance.normal(0.0, 1.0, (points, columns))  # (points, columns): column k doesn't depend on later ones
    if kind == "random_walk":
        return np.cumsum(max(noise, 0.01) * steps, axis=0)  # (points, columns)
    shift = np.arange(columns) * 2.0  # a wave later by 2 points in each next column
    waves = np.sin(2 * np.pi * (time[:, None] - shift) / PERIOD)  # (points, columns)
    rising = 0.03 * time[:, None] if kind == "trend" else 0.0  # (points, 1)
    return np.asarray(waves + rising + noise * steps)  # (points, columns)
