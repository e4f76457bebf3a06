"""A reshape cannot keep the number of elements."""

# ruff: noqa: E501  (a wording stands on one line, as it is printed)

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from explainers.core.axes import Shape, plain
from explainers.core.finding import Finding
from explainers.core.mistakes.kit.changes import just
from explainers.core.mistakes.kit.judged import Judged, who
from explainers.core.mistakes.kit.mending.layers import as_many_numbers
from explainers.core.mistakes.kit.scene import (
    Scene,
    entry,
)
from explainers.core.mistakes.kit.sheet import Family, Mistake
from explainers.core.spec import Check, LayerSpec, ModelSpec, chain


def _live(scene: Scene) -> ModelSpec | None:
    """A Reshape layer, or NumPy's reshape, with the numbers of the message."""
    finding = scene.finding
    found, target, values = finding.shape("found"), finding.shape("target"), finding.number("values")
    if found and target:
        sizes = tuple(-1 if n is None else n for n in target)
        return chain(
            entry((None, *found)), (LayerSpec("Reshape", "reshape", (("target_shape", sizes),)),), sequential=False
        )
    if values is None:
        return None
    wanted = target if target is not None else (finding.number("wanted"),)
    return ModelSpec((), (), (), (), checks=(Check("reshape", ((values,), wanted)),))


def _words(finding: Finding) -> dict[str, str]:
    """How many numbers the two shapes hold."""
    counted = {"numbers": finding.shape("found"), "room": finding.shape("target")}
    return {
        name: f"{math.prod(n or 1 for n in sizes):,}"
        for name, sizes in counted.items()
        if sizes and None not in sizes and all((n or 0) > 0 for n in sizes)
    }


def _judge(layer: Any, inputs: Sequence[Shape]) -> Judged | None:
    if type(layer).__name__ != "Reshape" or not inputs:
        return None
    return Judged(
        f"{who(layer)} can't cut {plain(inputs[0][1:])} into {tuple(layer.target_shape)}: "
        "a reshape keeps the number of elements.",
        found=inputs[0],
    )


MISTAKE = Mistake(
    name="reshape",
    title="A reshape cannot keep the number of elements",
    searched=(
        "cannot reshape array of size into shape",
        "total size of new array must be unchanged",
    ),
    misconception="reshape-turns-axes",
    order=150,
    families=(
        Family(
            sees=(
                "total size",
                "cannot reshape",
                "input to reshape",
                "requires a multiple",
                "evenly divisible by",
                "at most one unknown",
                "each dimension in",
            ),
            says=(
                "The total size of the tensor must be unchanged. Received: input_shape={found:shape}, target_shape={target:shape}",
                "total size of new array must be unchanged<, input_shape = {found:shape}, output_shape = {target:shape}>?",
                "total size of <the >?<new array|tensor> must be unchanged",
                "cannot reshape array of size {values} into shape {target:shape}",
                "cannot reshape input of shape {found:shape} to shape {target:shape}",
                "Cannot reshape a tensor with {values} elements to shape {target:shape} ({wanted} elements)",
                "Dimension size must be evenly divisible by {wanted} but is {values} for ...eshape",
                "Dimension size must be evenly divisible by {wanted} but is {values}",
                "Input to reshape is a tensor with {values} values, but the requested shape has {wanted}",
                "Input to reshape is a tensor with {values} values, but the requested shape requires a multiple of {wanted}",
                "There must be at most one unknown dimension ...Received: ...={target:shape}",
                "There must be at most one unknown dimension",
                "Each dimension in ...must be a non-negative integer, or `-1`",
            ),
            causes=(
                "A sample of shape {found} has {numbers} numbers; {target} has room for {room}.",
                "A sample of shape {found} doesn't have as many numbers as {target}.",
                "{values} numbers can't be cut into {target}: that is {room}.",
                "{values} numbers can't be cut into {target}.",
                "{values} numbers can't be laid out as {wanted}.",
                "The new shape doesn't hold as many numbers as the old one.",
            ),
            has_node=True,
            words=_words,
        ),
    ),
    judge=_judge,
    live=_live,
    mends=(as_many_numbers,),
    fixes=just(
        (
            "The product of the new sizes must be that of the old ones; -1 works out one of them.",
            "x.reshape(-1, timesteps, features)",
        ),
        (
            "For windows of rows, slide instead of cutting.",
            "np.stack([x[i : i + steps] for i in range(len(x) - steps + 1)])",
        ),
    ),
)
