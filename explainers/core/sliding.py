"""A kernel (or a pool) sliding over the steps of a sequence: where it stands, asked of the live layer and by formula.

steps      0  1  2  3  4  5  6          kernel_size 3, dilation_rate 2: its reach is 2 × (3 − 1) + 1 = 5 steps
output 0   ^     ^     ^
output 1      ^     ^     ^
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from explainers.core.later import keras
from explainers.core.layers import convolved

if TYPE_CHECKING:
    from explainers.core.graph import Walk

Places = NDArray[np.int64]  # (output steps, taps): which input step; -1 for a zero of the padding
OUTSIDE = -1


@dataclass(frozen=True)
class Slide:
    """The arguments that decide where a kernel stands. A pool is a kernel without holes that hops its own width."""

    kernel_size: int
    strides: int = 1
    padding: str = "valid"
    dilation_rate: int = 1

    @property
    def reach(self) -> int:
        """How many steps the kernel spans, holes included: the effective kernel."""
        return self.dilation_rate * (self.kernel_size - 1) + 1

    def length(self, steps: int) -> int:
        """How many output steps there are; 0 or less where the kernel has no place to stand."""
        return int(convolved(steps, self.kernel_size, self.strides, self.padding, self.dilation_rate) or 0)

    def padded_before(self, steps: int) -> int:
        """How many zeros stand before the first step."""
        if self.padding == "causal":
            return self.reach - 1
        if self.padding == "valid":
            return 0
        return max((self.length(steps) - 1) * self.strides + self.reach - steps, 0) // 2  # an odd zero goes to the end

    def places(self, steps: int, outputs: Sequence[int], taps: Sequence[int]) -> Places:
        """The formula: tap t of output step j stands on j × strides + t × dilation_rate − zeros before."""
        at = np.add.outer(np.asarray(outputs) * self.strides, np.asarray(taps) * self.dilation_rate)
        at = at - self.padded_before(steps)
        return np.asarray(np.where((at >= 0) & (at < steps), at, OUTSIDE), np.int64)

    def formula(self, steps: int, left: int) -> str:
        """``⌈(14 − 3 + 1) / 2⌉ = 6``, by padding and strides; `left` is the live number."""
        places = f"{steps:,} − {self.reach:,} + 1" if self.padding == "valid" else f"{steps:,}"
        if self.strides == 1:
            return f"{places} = {left:,}" if self.padding == "valid" else "all stay"
        inside = f"({places})" if self.padding == "valid" else places
        return f"⌈{inside} / {self.strides:,}⌉ = {left:,}"

    def least(self, leaving: int) -> int:
        """How many steps must come in so that `leaving` steps come out."""
        reach = self.reach if self.padding == "valid" else 1
        return (leaving - 1) * self.strides + reach


def live_conv_places(slide: Slide, steps: int, taps: Sequence[int]) -> Places:
    """Ask a real Conv1D where its kernel stands: (output steps, taps).

    The data are the numbers of the steps, 1 to `steps`, and the kernel has one filter per tap that copies what the
    tap sees; so what comes out is the number of the step under it, and 0 where it stands on padding. float32 is exact
    up to 16 million steps.
    """
    layer = keras.layers.Conv1D(
        len(taps), slide.kernel_size, strides=slide.strides, padding=slide.padding,
        dilation_rate=slide.dilation_rate, use_bias=False, name="taps",
    )  # fmt: skip
    numbers = np.arange(1, steps + 1, dtype="float32").reshape(1, steps, 1)  # (1, steps, 1)
    layer.build(numbers.shape)
    copying = np.zeros((slide.kernel_size, 1, len(taps)), "float32")
    copying[list(taps), 0, range(len(taps))] = 1.0
    layer.kernel.assign(copying)
    seen = np.asarray(layer(numbers))[0]  # (output steps, taps)
    return np.asarray(np.rint(seen) - 1, np.int64)


def live_pool_places(slide: Slide, steps: int) -> Places:
    """Ask a real MaxPooling1D for the first and last step of each of its windows: (output steps, pool_size).

    The largest number of a window is its last step; of the negative numbers it is its first.
    """
    layer = keras.layers.MaxPooling1D(slide.kernel_size, strides=slide.strides, padding=slide.padding, name="ends")
    numbers = np.arange(1, steps + 1, dtype="float32").reshape(1, steps, 1)  # (1, steps, 1)
    last = np.rint(np.asarray(layer(numbers))[0, :, 0]).astype(np.int64) - 1
    first = -np.rint(np.asarray(layer(-numbers))[0, :, 0]).astype(np.int64) - 1
    at = first[:, None] + np.arange(slide.kernel_size)
    return np.asarray(np.where(at <= last[:, None], at, OUTSIDE), np.int64)


def least_steps(walk: Walk) -> list[int]:
    """For each step of the flow: the least number of steps that must leave it so that no later kernel runs out."""
    needed = [1] * len(walk.steps)
    for index in range(len(walk.steps) - 1, -1, -1):
        slide = slide_of(walk.steps[index].layer)
        entering = slide.least(needed[index]) if slide else needed[index]
        for parent, _ in walk.steps[index].parents:
            needed[parent] = max(needed[parent], entering)
    return needed


_MOST_HALVED = 64


def multiple_of(walk: Walk) -> int:
    """What an open side must be a multiple of, so that what is made smaller on the way comes back as large as it was.

    1 for a model in which nothing is made larger again.
    """
    down = [1] * len(walk.steps)
    grows = False
    for index, step in enumerate(walk.steps):
        name = type(step.layer).__name__
        here = max((down[parent] for parent, _ in step.parents), default=1)
        slide = slide_of(step.layer)
        if name.startswith("UpSampling") or "Transpose" in name:
            times = _first(getattr(step.layer, "size", None) or getattr(step.layer, "strides", 1))
            grows, down[index] = True, max(here // max(times, 1), 1)
        else:
            down[index] = min(here * (slide.strides if slide is not None else 1), _MOST_HALVED)
    return max(down, default=1) if grows else 1


def slide_of(layer: Any) -> Slide | None:
    """How a layer slides along its first axis after the batch; None for a layer that has no kernel."""
    kernel = getattr(layer, "kernel_size", None) or getattr(layer, "pool_size", None)
    if kernel is None or not hasattr(layer, "strides") or not isinstance(getattr(layer, "padding", None), str):
        return None
    strides = kernel if layer.strides is None else layer.strides  # of ops.max_pool, as of a pooling layer
    return Slide(_first(kernel), _first(strides), layer.padding, _first(getattr(layer, "dilation_rate", 1)))


def _first(value: Any) -> int:
    return int(value[0]) if isinstance(value, tuple | list) else int(value)


def both_ends(count: int, most: int) -> list[int]:
    """``range(count)`` where it is short, else its first and last `most` / 2 numbers."""
    if count <= most:
        return list(range(count))
    half = math.ceil(most / 2)
    return [*range(half), *range(count - half, count)]
