"""Data for a model that nobody has data for: smooth, different everywhere, and the same every time."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def waves(shape: tuple[int, ...]) -> NDArray[Any]:
    """A sine along the second axis, shifted by sample and by feature: the same shape, the same numbers."""
    if len(shape) < 2:
        return np.sin(np.arange(np.prod(shape), dtype="float32")).reshape(shape)
    phase = np.full(shape, 0.7, dtype="float32")  # not 0: a first value of sin(0) = 0 would show nothing
    for position, stretch in ((0, 1.3), (1, 0.6), *((i, 0.9 + i) for i in range(2, len(shape)))):
        along = np.arange(shape[position], dtype="float32") * stretch
        phase += along.reshape([-1 if i == position else 1 for i in range(len(shape))])
    waved: NDArray[Any] = np.sin(phase, out=phase)  # in place: of the largest data that are fed, a copy takes 134 MB
    return waved
