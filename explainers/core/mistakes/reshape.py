"""A reshape would change the number of elements."""

# ruff: noqa: E501  (a wording stands on one line, as it is printed)

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from explainers.core.axes import Shape, plain
from explainers.core.finding import Attempt, Change, Finding, Value, written
from explainers.core.mistakes.kit.changes import just
from explainers.core.mistakes.kit.colors import SMALLEST, one_picture
from explainers.core.mistakes.kit.judged import Judged, who
from explainers.core.mistakes.kit.mending.layers import as_many_numbers
from explainers.core.mistakes.kit.mending.pictures import square_of
from explainers.core.mistakes.kit.scene import (
    Scene,
    entry,
)
from explainers.core.mistakes.kit.sheet import Family, Mistake, nothing_live
from explainers.core.spec import Check, LayerSpec, ModelSpec, Sizes, chain


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


def _names(finding: Finding, role: str, sizes: Sizes) -> tuple[str, ...] | None:
    """What a layer is given to reshape is one sample, without the batch."""
    return ("features",) if role == "found" and len(sizes) == 1 else None


def _fixes(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """Shapes near the one that was wanted that do hold these numbers; each is made with NumPy before it is offered."""
    values, target = finding.number("values"), finding.shape("target")
    wanted = finding.number("wanted")
    if values is not None and wanted and wanted > 1 and "requires a multiple of" in finding.around:
        return (*_of_each_sample(values, wanted), _product(finding))
    found = finding.shape("found")
    if found and target and None not in (*found, *target) and (layer := tuple(_of_a_sample(found, target))):
        return layer
    if found and target and len(found) == 1 and found[0] and len(target) > 1 and None not in target:
        return (_made_by_a_dense(found[0], target),)
    whole = tuple(n or -1 for n in target or ((wanted,) if wanted else ()))
    if values is None or not whole or any(n < -1 for n in whole):
        return (_product(finding),)
    near = ((label, code, means, _reshaped(many, sizes)) for label, code, means, many, sizes in _near(values, whole))
    made = tuple(Change(label, code=code, means=means, tried=ran) for label, code, means, ran in near if ran)
    if wanted and values > wanted and values % wanted == 0:
        made = (*made, _times(values // wanted))
    return made or (_product(finding),)


def _of_a_sample(found: Sizes, target: Sizes) -> Iterator[Change]:
    """(42, 10, 512) into (42, …): the last axis as long as the others leave it, and so on to the first."""
    numbers = math.prod(n or 1 for n in found)
    for place in range(len(target) - 1, -1, -1):
        others = math.prod(n or 1 for i, n in enumerate(target) if i != place)
        if others > 0 and numbers % others == 0:
            shape = tuple(numbers // others if i == place else n or 1 for i, n in enumerate(target))
            yield Change(
                f"Make it {written(shape)}: {numbers:,} numbers leave {numbers // others:,} for that axis.",
                code=f"layers.Reshape({written(shape)})",
                means=f"Or let Keras work it out: {written((*target[:place], -1, *target[place + 1 :]))}.",
            )
            return


def _made_by_a_dense(numbers: int, target: Sizes) -> Change:
    """Too few or too many numbers of a vector: a Dense in front makes as many as the shape holds."""
    room = math.prod(n or 1 for n in target)
    return Change(
        f"Let a Dense make the {room} numbers: Dense({room}), then the Reshape.",
        code=f"layers.Dense({room})",
        means=f"A Reshape keeps all {numbers} numbers; {' × '.join(map(str, target))} are {room}.",
    )


def _times(times: int) -> Change:
    """So many times as many numbers as there is room for: an axis that the new shape leaves out."""
    side = math.isqrt(times)
    square = f" ({side} × {side}: the height and width of a feature map?)" if side * side == times and side > 1 else ""
    return Change(
        f"Keep an axis of {times} in the new shape: there are {times:,} times as many numbers as it has room for{square}.",
        code="print(x.shape)  # in front of the reshape",
        means="Steps, frames or positions that the new shape leaves out make such a factor; average over them to drop it.",
    )


_BATCHES = (32, 64, 128, 100, 16, 8, 256, 50, 10)  # as people choose them


def _of_each_sample(values: int, wanted: int) -> Iterator[Change]:
    """What the layer in front must return, so that it can be laid out: a multiple, and the nearest ones."""
    batch = next((size for size in _BATCHES if values % size == 0 and values // size >= wanted // 2), None)
    one = values // batch if batch is not None else 0
    near = max(one // wanted, 1) * wanted
    means = (
        f"With a batch of {batch} (an example), each sample has {one} numbers; {near} or {near + wanted} can be laid out."
        if batch is not None
        else ""
    )
    yield Change(
        f"Let the layer before it return a multiple of {wanted} numbers for each sample.",
        code=f"layers.Dense({wanted} * channels)",
        means=means,
    )


def _product(finding: Finding) -> Change:
    """What holds for every reshape, with the number of the message where it gives one."""
    found = finding.shape("found")
    numbers = finding.number("values") or (math.prod(n or 0 for n in found) if found else 0)
    label = f"Choose sizes whose product is {numbers:,}" if numbers > 0 else "Choose sizes with the same product"
    return Change(f"{label}; one of them may be -1, which NumPy and Keras work out.", code="x.reshape(-1, …)")


def _reshaped(values: int, sizes: tuple[int, ...]) -> Attempt | None:
    """NumPy's own answer, on a view of one number: nothing is allocated."""
    try:
        return Attempt(True, True, np.broadcast_to(np.int8(0), (values,)).reshape(sizes).shape)
    except ValueError:
        return None


Near = tuple[str, str, str, int, tuple[int, ...]]


def _near(values: int, target: tuple[int, ...]) -> Iterator[Near]:
    """What may have been meant: what to do, the code, what it means, how many numbers, their new shape."""
    yield from _whole_maps(values, target)
    pictures = (*_as_pictures(values, target),)
    yield from pictures
    sample = math.prod(target[1:])
    if len(target) > 1 and sample > 0 and values % sample == 0 and not pictures:
        shape = (-1, *target[1:])
        means = f"{values:,} numbers are {values // sample:,} samples of {written(target[1:])}."
        yield "Let NumPy work out the number of samples.", f"x.reshape({written(shape)})", means, values, shape
    total = math.prod(target)
    if total > 0 and values > total and values % total == 0 and not pictures:
        shape = (-1, *target)
        means = f"There are {values // total:,} times as many numbers as in {written(target)}."
        yield "Keep one more axis: samples in front.", f"x.reshape({written(shape)})", means, values, shape
    for place in range(len(target) - 1, 0, -1) if not pictures else ():
        others = math.prod(target[:place] + target[place + 1 :])
        if others > 0 and values % others == 0 and values != others * target[place]:
            shape = (*target[:place], values // others, *target[place + 1 :])
            means = f"The other sizes leave {values // others:,} for axis {place}, not {target[place]:,}."
            yield f"Make axis {place} {values // others:,} long.", f"x.reshape({written(shape)})", means, values, shape
            break
    samples = values // sample if len(target) > 1 and sample > 0 else 0
    if samples and values % sample and not pictures and not _are_pictures(target):
        kept = samples * sample
        means = f"{samples:,} whole samples of {written(target[1:])} fit; {values - kept:,} numbers are left over."
        label = "Drop the numbers that don't fill a whole sample."
        yield label, f"x.ravel()[:{kept}].reshape({written((-1, *target[1:]))})", means, kept, (-1, *target[1:])


def _are_pictures(target: tuple[int, ...]) -> bool:
    """(60000, 32, 32, 1), (28, 28, 3) and (224, 224): images, of which no number can be spared."""
    return one_picture(target[-3:]) or (len(target) == 2 and target[0] == target[1] >= SMALLEST)


def _as_pictures(values: int, target: tuple[int, ...]) -> Iterator[Near]:
    """Images of another size, or of another number of channels, than the new shape says."""
    if not _are_pictures(target) or len(target) not in (2, 3, 4):
        return
    samples = target[0] if len(target) == 4 else 1
    if samples < 1 or values % samples:
        return
    numbers = values // samples
    channels = dict.fromkeys((*(target[-1:] if len(target) > 2 else ()), 1, 3))
    squares = (square_of(numbers, c) for c in channels)
    image = next((square for square in squares if square is not None and square[0] >= SMALLEST), None)
    if image is None:
        return
    shape = (samples, *image) if len(target) == 4 else image
    product = f"{' × '.join(map(str, image))} = {numbers:,}"
    means = (
        f"{values:,} / {samples:,} = {numbers:,} numbers for each image; {product}." if samples > 1 else f"{product}."
    )
    yield f"Use the size of the images: {written(image)}.", f"x.reshape({written(shape)})", means, values, shape


def _whole_maps(values: int, target: tuple[int, ...]) -> Iterator[Near]:
    """As many samples as were wanted, each with its whole feature map."""
    if len(target) != 2 or target[0] < 2 or values % target[0] or not _is_a_map(values // target[0], target[1]):
        return
    rows, channels = target
    numbers = values // rows
    side = math.isqrt(numbers // channels)
    means = f"{numbers:,} = {side} × {side} × {channels:,}: a feature map with {channels:,} channels for each sample."
    label = f"Keep the {rows} samples, with all numbers of each."
    yield label, f"x.reshape({written((rows, numbers))})", means, values, (rows, numbers)


def _is_a_map(numbers: int, channels: int) -> bool:
    """Whether each sample has a square of so many channels, as a network for images returns it without its top."""
    side = math.isqrt(numbers // channels) if channels > 0 else 0
    return channels >= _FEW_CHANNELS and side > 1 and side * side * channels == numbers


_FEW_CHANNELS = 32  # less than a trained network's last feature map has


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
    title="A reshape would change the number of elements",
    searched=(
        "cannot reshape array of size into shape",
        "total size of new array must be unchanged",
    ),
    misconception="reshape-turns-axes",
    order=150,
    families=(
        Family(
            sees=("number of ways to split",),
            says=(
                "Dimension size must be evenly divisible by {wanted} but is {values}...Number of ways to split should evenly divide",
            ),
            causes=("An axis of {values} entries can't be split into {wanted} equal parts.",),
            weight=3,
            live=nothing_live,
            advice=just(
                ("Say how long each part is; -1 is the rest.", "a, b = tf.split(x, [5, -1], axis=-1)"),
                ("In NumPy, array_split makes parts that differ by one.", "parts = np.array_split(x, 3)"),
            ),
            title="An axis that can't be split into equal parts",
        ),
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
                "{values} numbers can't be reshaped to {target}, which holds {room}.",
                "{values} numbers can't be reshaped to {target}.",
                "{values} numbers can't be laid out as {wanted}.",
                "The new shape doesn't hold as many numbers as the old one.",
            ),
            has_node=True,
            words=_words,
            names=_names,
        ),
    ),
    judge=_judge,
    live=_live,
    mends=(as_many_numbers,),
    fixes=_fixes,
)
