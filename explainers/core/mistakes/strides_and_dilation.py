"""strides and dilation_rate at the same time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from explainers.core.axes import Shape
from explainers.core.mistakes.kit.judged import Judged, who
from explainers.core.mistakes.kit.sheet import Mistake


def _judge(layer: Any, inputs: Sequence[Shape]) -> Judged | None:
    """A kernel that hops (strides) and has holes (dilation_rate): no implementation does both."""
    strides, dilation = (_numbers_of(getattr(layer, name, 1)) for name in ("strides", "dilation_rate"))
    if max(strides) == 1 or max(dilation) == 1:
        return None
    return Judged(
        f"{who(layer)} has strides={max(strides)}, so its kernel jumps, and dilation_rate={max(dilation)}, so its "
        "kernel has gaps. Keras does only one at a time: one of the two must be 1.",
        found=inputs[0] if inputs else (),
    )


def _numbers_of(value: Any) -> tuple[int, ...]:
    """``(2,)`` from 2, (2,) or [2]; 1 stands for what is not set."""
    return tuple(value) if isinstance(value, tuple | list) else (int(value or 1),)


MISTAKE = Mistake(
    name="strides_and_dilation",
    title="strides and dilation_rate at the same time",
    searched=("strides > 1 not supported in conjunction with dilation_rate > 1",),
    misconception="convolution-keeps-the-length",
    order=5,
    made="left strides and dilation_rate both above 1",
    judge=_judge,
)
