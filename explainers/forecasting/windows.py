"""One series as arrays: which numbers of it stand where. NumPy alone.

    table (points, columns)  ->  x (windows, timesteps, features),  y (windows, horizon, targets)

Window i holds the points i … i + timesteps - 1. Its targets are the `horizon` points after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

# Where the first target stands, counted from the point after the window. Only 0 is right.
SHIFTS = {"next": 0, "inside_window": -1, "one_late": 1}


def window_count(points: int, timesteps: int, horizon: int = 1, shift: int = 0) -> int:
    """How many windows of `timesteps` points, each with its `horizon` targets, a series of `points` holds."""
    return max(0, points - timesteps - horizon - shift + 1)


def cut(table: Array, timesteps: int, horizon: int, features: int, targets: int, shift: int = 0) -> tuple[Array, Array]:
    """Windows and their targets: x (windows, timesteps, features), y (windows, horizon, targets).

    Features are the first `features` columns of `table`, targets the first `targets`. Both are views of the
    table, not copies. shift: see SHIFTS. Where no window fits, both have 0 rows.
    """
    count = window_count(len(table), timesteps, horizon, shift)
    if count == 0:
        return np.zeros((0, timesteps, features), table.dtype), np.zeros((0, horizon, targets), table.dtype)
    seen = np.lib.stride_tricks.sliding_window_view(table[:, :features], timesteps, axis=0)  # (…, features, timesteps)
    x = seen[:count].transpose(0, 2, 1)  # (windows, timesteps, features)
    later = table[timesteps + shift :, :targets]  # (points - timesteps - shift, targets)
    ahead = np.lib.stride_tricks.sliding_window_view(later, horizon, axis=0)  # (…, targets, horizon)
    y = ahead[:count].transpose(0, 2, 1)  # (windows, horizon, targets)
    return x, y


def squeezed(y: Array) -> Array:
    """y as people write it: an axis of one target or one step ahead is left out. (windows,), (windows, horizon), …"""
    windows, horizon, targets = y.shape
    kept = tuple(size for size in (horizon, targets) if size > 1)
    return y.reshape(windows, *kept)  # (windows,) or (windows, horizon) or (windows, targets) or all three


def padded(table: Array, points: int) -> Array:
    """A short series, filled up with zeros behind its end: (1, points, features)."""
    filled = np.zeros((1, points, table.shape[1]), table.dtype)  # (1, points, features)
    filled[0, : len(table)] = table
    return filled


def pieces(table: Array, timesteps: int) -> Array:
    """The series in pieces that don't overlap: (pieces, timesteps, features). What doesn't fill a piece is left out."""
    count = len(table) // timesteps
    return table[: count * timesteps].reshape(count, timesteps, table.shape[1])  # (pieces, timesteps, features)


@dataclass(frozen=True)
class Split:
    """Where the held-out part begins, and how many windows lie on each side.

    first: the first point that is held out. Training windows have all their targets before it, held-out
    windows have all of theirs from there on; what they look at may lie before, because it is known by then.
    """

    first: int
    training: int
    held_out: int


def split(points: int, timesteps: int, horizon: int, held_out_share: float, shift: int = 0) -> Split:
    """Cut a series in time: the past for training, the last share of it to be forecast. Never shuffled."""
    held = max(horizon, round(points * held_out_share))
    first = points - held
    return Split(first, window_count(first, timesteps, horizon, shift), max(0, held - horizon + 1) if first > 0 else 0)


def fewest_points(timesteps: int, horizon: int, held_out_share: float) -> int:
    """The shortest series with two windows to train on and one to be forecast."""
    points = timesteps + 2 * horizon + 1
    while split(points, timesteps, horizon, held_out_share, shift=1).training < 2:
        points += 1
    return points


def picture(series: list[float], timesteps: int, horizon: int, held_out_share: float, shift: int = 0) -> dict[str, Any]:
    """What the picture of the windows needs, as plain data; series: (points,)."""
    points = len(series)
    sign = "" if not shift else f" {'−' if shift > 0 else '+'} {abs(shift)}"
    count = window_count(points, timesteps, horizon, shift)
    return {
        "series": series,
        "windows": count,
        "formula": f"{points} − {timesteps} − {horizon}{sign} + 1 = {points - timesteps - horizon - shift + 1}",
        "timesteps": timesteps,
        "horizon": horizon,
        "shift": shift,
        "first_held_out": split(points, timesteps, horizon, held_out_share, shift).first,
        "fewest_points": fewest_points(timesteps, horizon, held_out_share),
    }


def naive(table: Array, first_targets: Array, horizon: int) -> Array:
    """Same as the last value: what stands one point before the first target, for each step ahead.

    first_targets: (windows,) positions in `table` (points, columns). Returns (windows, horizon, columns).
    """
    last = table[first_targets - 1]  # (windows, columns)
    return np.repeat(last[:, None], horizon, axis=1)  # (windows, horizon, columns)


def mae(truth: Array, forecast: Array) -> float:
    """Mean absolute error, in the units of the series."""
    return float(np.mean(np.abs(truth - forecast)))


def rmse(truth: Array, forecast: Array) -> float:
    """Root of the mean squared error, in the units of the series; large misses weigh more."""
    return float(np.sqrt(np.mean((truth - forecast) ** 2)))
