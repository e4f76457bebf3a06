"""Targets whose numbers are right and whose axes aren't: one of size 1 more or less, all in a row, encoded twice."""

from __future__ import annotations

import math
from collections.abc import Iterator

from explainers.core.editing import with_target
from explainers.core.mistakes.kit.mending.broken import Broken, Mend, fits, written
from explainers.core.mistakes.kit.mending.sides import pairs


def axis_behind_targets(broken: Broken) -> Iterator[Mend]:
    """Masks (or one number for each step) without the axis of 1 that the output has."""
    for i, output, target, _loss in pairs(broken):
        if len(target) == len(output) - 1 > 1 and fits(output, (*target, 1)) and output[-1] == 1:
            whole = (*target, 1)
            yield Mend(
                "Give the target an axis of size 1 at the end, like the output.",
                "y = y[..., np.newaxis]",
                with_target(broken.spec, i, whole),
                f"{written(target)} becomes {written(whole)}.",
                0,
            )


def batch_before_targets(broken: Broken) -> Iterator[Mend]:
    """One target alone, without its batch."""
    for i, output, target, _loss in pairs(broken):
        if len(target) == len(output) - 1 > 2 and None not in target and fits(output[1:], target) and target[-1] != 1:
            yield Mend(
                "Put the batch axis in front: this is the target of one sample.",
                "y = y[np.newaxis]",
                with_target(broken.spec, i, (1, *target)),
                f"A batch of it is {written((1, *target))}.",
                1,
            )


def axes_of_one_dropped(broken: Broken) -> Iterator[Mend]:
    """(300, 1, 1, 6) for (None, 6): axes of size 1 that the output doesn't have."""
    for i, output, target, _loss in pairs(broken):
        less = (target[0], *(n for n in target[1:] if n != 1)) if target else ()
        if len(target) > len(output) == len(less) and fits(output, (None, *less[1:])):
            yield Mend(
                "Drop the axes of size 1 from the target.",
                f"y = y.reshape(len(y), {', '.join(map(str, less[1:]))})",
                with_target(broken.spec, i, less),
                f"{written(target)} becomes {written(less)}.",
                0,
            )


def encoded_twice(broken: Broken) -> Iterator[Mend]:
    """(60000, 10, 2) for 10 classes: to_categorical made two columns of each 0 and 1 of one-hot rows."""
    for i, output, target, _loss in pairs(broken):
        if len(output) == 2 and len(target) == 3 and target[1] == output[1] and target[2] == 2:
            yield Mend(
                "Call to_categorical only once.",
                "y = y[..., 1]  # what it was before the second call",
                with_target(broken.spec, i, target[:2]),
                f"{written(target)} has two columns for each 0 or 1 of the rows of {target[1]}.",
                0,
            )


def laid_in_a_row(broken: Broken) -> Iterator[Mend]:
    """Images as the targets of a layer that returns a row of as many numbers."""
    for i, output, target, _loss in pairs(broken):
        numbers = math.prod(n or 0 for n in target[1:])
        if len(output) == 2 and len(target) > 2 and 1 not in target[1:-1] and numbers == output[1]:
            yield Mend(
                f"Lay the {' × '.join(map(str, target[1:]))} numbers of each target out in one row.",
                "y = y.reshape(len(y), -1)",
                with_target(broken.spec, i, (target[0], numbers)),
                f"{written(target)} becomes {written((target[0], numbers))}: the output is a row of {numbers} numbers.",
                1,
            )


def out_of_a_row(broken: Broken) -> Iterator[Mend]:
    """Rows of pixels as the targets of a layer that returns images of as many."""
    for i, output, target, _loss in pairs(broken):
        inside = output[1:]
        whole = len(target) == 3 and target[2] == output[-1]  # one-hot rows: a row for each pixel
        if len(output) < 4 or None in (*inside, *target[1:]) or not (whole or len(target) == 2):
            continue
        numbers = math.prod(n or 0 for n in target[1:])
        if math.prod(n or 0 for n in inside) == numbers and target[1] != inside[0]:
            yield Mend(
                "Reshape the targets to the axes of the output.",
                f"y = y.reshape(-1, {', '.join(map(str, inside))})",
                with_target(broken.spec, i, (target[0], *inside)),
                f"{' × '.join(map(str, inside))} = {numbers}: the numbers of one image.",
                0,
            )


def axes_of_targets_swapped(broken: Broken) -> Iterator[Mend]:
    """(12, 2) for (2, 12): steps and columns are in the other order."""
    for i, output, target, _loss in pairs(broken):
        turned = (target[0], target[2], target[1]) if len(target) == 3 else ()
        if (
            len(output) == 3
            and turned
            and target[1] != target[2]
            and None not in output[1:]
            and fits(output, (None, *turned[1:]))
        ):
            yield Mend(
                "Swap axes 1 and 2 of the target: they are in the wrong order.",
                "y = np.swapaxes(y, 1, 2)",
                with_target(broken.spec, i, turned),
                f"{written(target)} becomes {written(turned)}.",
                0,
            )


def channels_of_targets_moved(broken: Broken) -> Iterator[Mend]:
    """(20, 80, 80, 1) for (None, 1, 80, 80): the output has its channels in front, the target behind."""
    for i, output, target, _loss in pairs(broken):
        if len(output) != 4 or len(target) != 4 or None in (*output[1:], *target[1:]):
            continue
        for start, end, turned in (
            (-1, 1, (target[0], target[3], target[1], target[2])),
            (1, -1, (target[0], target[2], target[3], target[1])),
        ):
            if turned[1:] == output[1:] != target[1:]:
                yield Mend(
                    f"Put the channels of the target {'in front' if end == 1 else 'last'}, where the output has them.",
                    f"y = np.moveaxis(y, {start}, {end})",
                    with_target(broken.spec, i, turned),
                    f"{written(target)} becomes {written(turned)}.",
                    0,
                )


FORMS = (
    channels_of_targets_moved,
    axis_behind_targets,
    batch_before_targets,
    axes_of_one_dropped,
    encoded_twice,
    laid_in_a_row,
    out_of_a_row,
    axes_of_targets_swapped,
)
