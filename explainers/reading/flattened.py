"""A target and an output that a loss flattened before it compared them: what their two lengths say."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace

from explainers.core.finding import Change, Finding, written
from explainers.core.mistakes.kit.metrics import METRIC_TITLE, OF_CLASS_NUMBERS, class_numbers
from explainers.core.mistakes.kit.sheet import Family
from explainers.core.spec import ModelSpec, Sizes
from explainers.reading.target_first import target_is_first
from explainers.reading.text import Cleaned
from explainers.reading.together import output_of

_LEAST = 1024  # numbers of the shorter one: fewer may be the rows of a batch
_FLAT = re.compile(r"flatten\(|dice|jaccard|iou|tversky|loss|reshape", re.IGNORECASE)
_MOST_TIMES = 64
_TITLE = "A target and an output of different sizes, both flattened"


def of_flattened(text: Cleaned, error: Finding, spec: ModelSpec | None) -> Finding:
    """The message again, where two long rows of numbers meet in a loss; else as it was."""
    both = error.named.get("both", ())
    if len(both) != 2 or any(len(shape) != 1 for shape in both) or not _FLAT.search(text.flat):
        return error
    less, more = sorted(shape[0] or 0 for shape in both)
    if less < _LEAST or less == more:
        return error
    out = output_of(spec) if spec is not None and spec.calls else None
    images = [*([out] if out is not None else []), *(at.sizes for at in text.shapes if len(at.sizes) == 4)]
    times = more // less if more % less == 0 else 0
    of_metric = times > 1 and OF_CLASS_NUMBERS.search(text.flat) is not None and "flatten(" not in text.flat
    first = target_is_first(text.flat)  # the operands are printed in the order of the product
    more_targets = None if first is None else (both[0][0] == more) == first
    found = tuple(_fixes(less, more, times, [shape for shape in images if None not in shape[1:]], more_targets))
    told = f": one has {times} numbers for each number of the other" if times else ""
    cause = f"The loss flattens target and output, and compares {less:,} with {more:,} numbers{told}."
    if of_metric:
        found = class_numbers(times)
        cause = (
            f"The metric (MeanIoU) reads one class number for each of {less:,} pixels; the output has {more:,} "
            f"numbers, {times} for each pixel."
        )
    return replace(
        error,
        mistake="target_shape",
        family=Family((), (), (), title=METRIC_TITLE if of_metric else _TITLE),
        layer=None,
        class_name=None,
        values={},
        shapes=tuple(tuple(replace(axis, axis="values") for axis in shape) for shape in error.shapes),
        cause=cause,
        fixes=found,
        questions=(),
    )


def _fixes(less: int, more: int, times: int, images: list[Sizes], more_targets: bool | None) -> Iterator[Change]:
    one = next((shape for shape in images if math.prod(n or 1 for n in shape[1:]) == less), None)
    if times > 1 and one is not None:
        yield Change(
            "One of the two holds a single sample, the other the whole batch: train with batches of one, or let the "
            "layer return all samples.",
            code="model.fit(x, y, batch_size=1)",
            means=f"{less:,} is one sample of {written(one[1:])}; the batch has {times}.",
        )
        return
    if 1 < times <= _MOST_TIMES:
        yield from _of_channels(times, any(shape[-1] == times for shape in images), more_targets)
    else:
        yield Change(
            "Bring the masks to the size that the network returns.",
            code='masks = keras.ops.image.resize(masks, model.output_shape[1:3], interpolation="nearest")',
            means="Height or width differ: neither length is a multiple of the other.",
        )
    yield Change("Print both shapes before they are flattened.", code="print(y_true.shape, y_pred.shape)")


def _of_channels(times: int, of_the_output: bool, more_targets: bool | None) -> Iterator[Change]:
    """So many numbers for each pixel in one of the two, one in the other. more_targets: whether the masks have them."""
    last = Change(
        "For masks of 0 and 1, let the last layer return one number for each pixel.",
        code='layers.Conv2D(1, 1, activation="sigmoid")',
        means=f"With {times} filters it returns {times} numbers for each pixel.",
    )
    one_hot = Change(
        f"For {times} classes, one-hot encode the masks: {times} numbers for each pixel, too.",
        code=f"masks = keras.utils.to_categorical(masks, {times})",
    )
    gray = Change("If the masks were read as color images, keep one channel.", code="masks = masks[..., :1]")
    if times in (3, 4) and not of_the_output and more_targets is not False:
        yield gray
    if more_targets and not of_the_output:
        yield Change(
            f"If the masks are one-hot, let the last layer return {times} numbers for each pixel.",
            code=f'layers.Conv2D({times}, 1, activation="softmax")',
            means=f"The masks hold {times} numbers for each pixel, the output one.",
        )
        return
    yield last
    yield one_hot
