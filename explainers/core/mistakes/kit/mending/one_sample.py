"""One sample alone, where a model reads batches: the batch axis is what is missing, or all numbers stand in one row."""

from __future__ import annotations

import math
from collections.abc import Iterator

from explainers.core.axes import IMAGE_CHANNELS
from explainers.core.editing import with_data, with_input, with_target
from explainers.core.layers import SEQUENCE_READERS
from explainers.core.mistakes.kit.colors import SMALLEST
from explainers.core.mistakes.kit.mending.broken import Broken, Mend, fits, unfit, written
from explainers.core.spec import ModelSpec, Sizes

MANY_STEPS = 5000  # steps of one sample; more of them are most often all the rows of a table
MANY_ROWS = 256  # of an array that is trained on without the axis of samples
PREDICTED = 32  # rows that predict takes at a time, where it isn't told


def batch_in_front(broken: Broken) -> Iterator[Mend]:
    """One sample alone: the batch axis is what is missing."""
    alone: dict[int, ModelSpec] = {}  # several arrays of one call are one sample together
    for i, place, wanted, came in unfit(broken):
        if len(came) == len(wanted) - 1 and None not in came and fits(wanted[1:], came):
            spec = alone[i] = with_data(alone.get(i, broken.spec), i, place, (1, *came))
            means = f"{written(came)} is one sample; a batch of it is {written((1, *came))}."
            rows = ".fit(" in broken.spec.checks[i].text and (came[0] or 0) > MANY_ROWS  # nobody trains on one
            cost = 5 if rows or (came[0] or 0) > MANY_STEPS else 1
            targets = broken.spec.checks[i].targets
            if not any(target[:1] == came[:1] for target in targets):  # a target for each row: the rows are samples
                yield Mend("Put the batch axis in front: this is one sample.", "x = x[np.newaxis]", spec, means, cost)
            target = _one_target(broken, i)
            if target is not None:
                code = "x = x[np.newaxis]\ny = y[np.newaxis]"
                both = with_target(spec, i, (1, *target))
                yield Mend("Put the batch axis in front of both: these are one sample and its target.", code, both,
                           f"{means} The same goes for the target: {written((1, *target))}.", 1)  # fmt: skip


def one_gray_picture(broken: Broken) -> Iterator[Mend]:
    """(28, 28) for images of (28, 28, 1), or of three channels: one gray image, without batch and channel."""
    for i, place, wanted, came in unfit(broken):
        gray = len(wanted) == 4 and len(came) == 2 and wanted[3] in (1, 3) and None not in came
        if not gray or not fits(wanted[1:3], came):
            continue
        one = (1, *came, wanted[3])
        image = "x[np.newaxis, ..., np.newaxis]"
        yield Mend(
            "Put the batch axis in front and the channel at the end: this is one gray image.",
            f"x = {image}" if wanted[3] == 1 else f"x = np.repeat({image}, {wanted[3]}, axis=-1)",
            with_data(broken.spec, i, place, one),
            f"{written(came)} becomes {written(one)}.",
            1,
        )


def batch_before_one_row(broken: Broken) -> Iterator[Mend]:
    """(2625, 1) for an Input of 2625 numbers: one row alone, of which Keras took each number for a sample."""
    for i, place, wanted, came in unfit(broken):
        if len(came) == len(wanted) == 2 and came[1] == 1 != (width := wanted[1] or 1):
            open_batch = came[0] is None  # a message leaves the number of samples open
            if came[0] != width and not open_batch:
                continue
            yield Mend(
                f"Put the batch axis in front{', if this is one sample.' if open_batch else ': this is one sample.'}",
                "x = x[np.newaxis]",
                with_data(broken.spec, i, place, (1, width)),
                f"The {width} numbers of one sample, ({width},), were read as {width} samples of one number.",
                1,
            )


def numbers_of_one_sample(broken: Broken) -> Iterator[Mend]:
    """(10, 1) for an Input of (1, 10): all numbers together are one sample, in another form."""
    for i, place, wanted, came in unfit(broken):
        numbers = math.prod(n or 0 for n in came)
        inside = wanted[1:]
        if None in inside or numbers < 2 or math.prod(n or 0 for n in inside) != numbers or came[:1] == (1,):
            continue
        others = sorted(n for n in inside if n and n > 1), sorted(n for n in came if n and n > 1)
        if others[0] != others[1] or len(others[0]) != 1:
            continue  # a table may be one sample, too; but then its axes have to be in the order of the model
        yield Mend(
            f"If this is one sample, write it as the model reads it: {written((1, *inside))}.",
            f"x = np.reshape(x, {written((1, *inside))})",
            with_data(broken.spec, i, place, (1, *inside)),
            f"The {numbers} numbers were read as {came[0]} samples of one number." if came[0] == numbers else "",
            1,
        )


def _one_target(broken: Broken, check: int) -> Sizes | None:
    """The target of one sample alone, where that is what is given."""
    targets = broken.spec.checks[check].targets
    output = broken.outputs[0] if len(broken.outputs) == 1 else ()
    alone = len(targets) == 1 and len(targets[0]) == len(output) - 1 and fits(output[1:], targets[0])
    return targets[0] if alone else None


def all_rows(spec: ModelSpec, wanted: Sizes) -> bool:
    """Whether so many steps are declared as the table of the text has rows, or so many that they can only be rows."""
    return (wanted[1] or 0) >= MANY_STEPS or any(sizes == wanted[1:] for _, sizes in spec.told)


def part_of_a_sample(spec: ModelSpec, wanted: Sizes, came: Sizes) -> bool:
    """(32, 6) for a model on (None, 48, 6): rows of a table, or the first 32 rows of one sample."""
    if len(wanted) > 3 and len(came) == len(wanted) - 1:
        rows = came[0] is None or came[0] == PREDICTED != wanted[1]
        return rows and wanted[1] is not None and fits(wanted[2:], came[1:])
    if len(wanted) != 3 or len(came) != 2 or came[1] is None or wanted[2] != came[1] or wanted[1] is None:
        return False
    return f"timesteps = {wanted[1]}" not in spec.assumed and wanted[1] != came[0] and not all_rows(spec, wanted)


def batch_before_all_rows(broken: Broken) -> Iterator[Mend]:
    """One sample alone, of which predict took the first rows for a batch."""
    for i, place, wanted, came in unfit(broken):
        open_rows = came[0] is None and len(wanted) > 3
        if part_of_a_sample(broken.spec, wanted, came) and (open_rows or came[0] == PREDICTED < (wanted[1] or 0)):
            one = (1, *wanted[1:])
            rows = f"{wanted[1]} {'frames' if len(wanted) == 5 else 'rows'}"
            yield Mend(
                "If this is one sample, put the batch axis in front.",
                "x = x[np.newaxis]",
                with_data(broken.spec, i, place, one),
                f"Its {rows} were read as samples{'' if open_rows else f', {PREDICTED} at a time'}; one sample is "
                f"{written(one)}.",
                1,
            )


def one_large_picture(broken: Broken) -> Iterator[Mend]:
    """One picture alone, of another height and width than the model reads."""
    for i, place, wanted, came in unfit(broken):
        if (
            len(wanted) != 4
            or len(came) not in (2, 3)
            or None in (*wanted[1:], *came)
            or wanted[3] not in IMAGE_CHANNELS
        ):
            continue
        gray = len(came) == 2 and wanted[3] == 1
        if not gray and (len(came) == 2 or came[-1] != wanted[3] or came[0] == PREDICTED):
            continue
        row = math.prod(n or 0 for n in came[1:]) == math.prod(
            n or 0 for n in wanted[1:]
        )  # a picture laid out in a row
        if fits(wanted[1:3], came[:2]) or row or min(n or 0 for n in came[:2]) < SMALLEST:
            continue
        axis = "[..., np.newaxis]" if gray else ""
        yield Mend(
            f"Resize the image to {wanted[1]} × {wanted[2]}, and put the batch axis in front.",
            f"x = keras.ops.image.resize(x{axis}, {written(wanted[1:3])})[np.newaxis]",
            with_data(broken.spec, i, place, (1, *wanted[1:])),
            f"{written(came)} is one image; the model reads batches of {written(wanted[1:])}.",
            0,
        )


_COLORS = (3, 4)


def one_photo(broken: Broken) -> Iterator[Mend]:
    """(32, 640, 3), the first rows of a photo that predict took for a batch, for gray images or for smaller ones."""
    for i, place, wanted, came in unfit(broken):
        if len(came) != 3 or came[0] != PREDICTED or came[2] not in _COLORS or (came[1] or 0) < SMALLEST:
            continue
        channels = wanted[3] if len(wanted) == 4 else None
        sides = wanted[1:3]
        small = len(wanted) not in (3, 4) or None in wanted[1:] or min(n or 0 for n in sides) < SMALLEST
        if small or channels not in (None, 1, 3) or sides[1] == came[1]:
            continue
        gray = "[..., :3].mean(axis=-1, keepdims=True)" if channels != 3 else "" if came[2] == 3 else "[..., :3]"
        behind = "[np.newaxis]" if channels is not None else "[np.newaxis, ..., 0]"
        yield Mend(
            f"If this is one photo, {'make it gray, ' * (channels != 3)}resize it to {sides[0]} × {sides[1]}, and put "
            "the batch axis in front.",
            f"x = keras.ops.image.resize(x{gray}, {written(sides)}){behind}",
            with_data(broken.spec, i, place, (1, *wanted[1:])),
            f"predict took its first {PREDICTED} rows for a batch; the model reads {written((1, *wanted[1:]))}.",
            0,
        )


def out_of_a_batch_of_one(broken: Broken) -> Iterator[Mend]:
    """(1, 500, 20, 6) for a layer that reads sequences: the samples were put into a batch once more."""
    if broken.call is None or broken.layer.class_name not in SEQUENCE_READERS:
        return
    ref = broken.spec.calls[broken.call].inputs[0]
    shape = broken.spec.inputs[ref.index].shape if ref.source == "input" else ()
    given = [sizes for _, sizes in broken.spec.told if isinstance(sizes, tuple)]
    given += [sizes for check in broken.spec.checks for sizes in check.shapes]
    if len(shape) != 4 or None in shape[1:] or (1, *shape[1:]) not in given:
        return
    spec = with_input(broken.spec, ref.index, (shape[0], *shape[2:]))
    for i, check in broken.fed():
        if check.shapes[ref.index] == (1, *shape[1:]):
            spec = with_data(spec, i, ref.index, shape[1:])
    yield Mend(
        f"If the {shape[1]} are your samples, take them out of the batch of one, and declare {written(shape[2:])}.",
        f"x = x[0]\nkeras.Input(shape={written(shape[2:])})",
        spec,
        f"{written((1, *shape[1:]))} is a batch of one sample; x[0] is a batch of {shape[1]}. Keras adds the batch "
        "axis to what an Input declares.",
        -1,
    )


def rows_out_of_one_sample(broken: Broken) -> Iterator[Mend]:
    """(1, 365, 5) with 365 targets: all rows of a table became the timesteps of one sample."""
    for i, check in broken.fed():
        one = check.shapes[0] if len(check.shapes) == 1 else ()
        rows = check.targets[0][:1] if len(check.targets) == 1 else ()
        if len(one) != 3 or one[0] != 1 or one[1] is None or rows != one[1:2] or one[1] < 2:
            continue
        spec = with_data(with_input(broken.spec, 0, (None, 1, one[2])), i, 0, (one[1], 1, one[2]))
        yield Mend(
            f"Make each row a sample: there are {one[1]} rows, and a target for each.",
            f"x = np.swapaxes(x, 0, 1)\nkeras.Input(shape={written((1, one[2]))})",
            spec,
            f"{written(one)} is one sample of {one[1]} timesteps; {written((one[1], 1, one[2]))} is {one[1]} samples "
            "of one. If the rows follow each other in time, cut windows of several rows instead.",
            0,
        )


ONE_SAMPLE = (
    batch_in_front,
    one_photo,
    one_gray_picture,
    batch_before_one_row,
    numbers_of_one_sample,
    batch_before_all_rows,
)
