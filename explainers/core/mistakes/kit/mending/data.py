"""Data that an Input doesn't take: an axis more, other axes first, or an Input that is declared for them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

from explainers.core.editing import with_data, with_input, with_layer_before, with_target
from explainers.core.mistakes.kit.colors import channels_first, one_picture
from explainers.core.mistakes.kit.mending.broken import Broken, Mend, filled, fits, unfit, written
from explainers.core.mistakes.kit.mending.one_sample import (
    ONE_SAMPLE,
    one_large_picture,
    part_of_a_sample,
    rows_out_of_one_sample,
)
from explainers.core.mistakes.kit.mending.several import arrays_in_order
from explainers.core.mistakes.kit.mending.steps import ids_of_one_hot, one_hot_rows, padded_steps, reader_of_ids
from explainers.core.spec import LayerSpec, ModelSpec, Ref, Sizes
from explainers.core.words import agreeing


def axis_behind(broken: Broken) -> Iterator[Mend]:
    """One number at each place: the channels (or features) are what is missing."""
    for i, place, wanted, came in unfit(broken):
        if len(came) == len(wanted) - 1 and fits(wanted, (*came, 1)):
            spec = with_data(broken.spec, i, place, (*came, 1))
            yield Mend(
                "Give each value its own axis at the end.",
                "x = x[..., np.newaxis]",
                spec,
                f"Each of the {came[-1]} numbers of a row becomes a step with one value."
                if len(came) < 3
                else f"{written(came[1:])} becomes {written((*came[1:], 1))}: one channel, as in grayscale images.",
                1,
            )


def one_frame_each(broken: Broken) -> Iterator[Mend]:
    """Pictures for a model of films, where the number of frames is open: each picture is a film of one frame."""
    for i, place, wanted, came in unfit(broken):
        if len(wanted) == 5 and len(came) == 4 and fits(wanted, (None, 1, *came[1:])):
            yield Mend(
                "Give each image an axis of one frame.",
                "x = x[:, np.newaxis]",
                with_data(broken.spec, i, place, (came[0], 1, *came[1:])),
                f"{written(came)} becomes {written((came[0], 1, *came[1:]))}.",
                2,
            )


def gray_for_colors(broken: Broken) -> Iterator[Mend]:
    """Gray pictures without an axis for their channel, for a model that reads three."""
    for i, place, wanted, came in unfit(broken):
        colored = came[-1:] == (3,)  # one picture of three colors
        if len(wanted) == 4 and len(came) == 3 and wanted[3] == 3 and not colored and fits(wanted[1:3], came[1:]):
            yield Mend(
                "Repeat the gray channel three times.",
                "x = np.repeat(x[..., np.newaxis], 3, axis=-1)",
                with_data(broken.spec, i, place, (*came, 3)),
                f"{written(came)} has no axis for its channel; {written((*came, 3))} has three equal ones.",
                1,
            )


def channels_moved(broken: Broken) -> Iterator[Mend]:
    """Pictures whose channels are in front where the model has them last, or the other way round."""
    for i, place, wanted, came in unfit(broken):
        turned = _moved(wanted, came)
        if turned is None:
            continue
        to_the_end = turned[0] == 1
        where = "last" if to_the_end else "right after the batch"
        code = f"x = np.moveaxis(x, {turned[0]}, {turned[1]})"
        as_model = with_data(broken.spec, i, place, turned[2])
        yield Mend(f"Put the channels {where}, where the model has them.", code, as_model,
                   f"{written(came)} becomes {written(turned[2])}; height and width don't change.", 0)  # fmt: skip
        if to_the_end:
            continue
        spec = with_input(broken.spec, place, (wanted[0], *came[1:]))
        layers = tuple(layer.but(data_format=None) for layer in spec.layers)
        yield Mend("Or build the model for channels last, the default of Keras.",
                   f"keras.Input(shape={written(came[1:])})  # without data_format and dim_ordering",
                   replace(spec, layers=layers), "", 1)  # fmt: skip


def _moved(wanted: Sizes, came: Sizes) -> tuple[int, int, Sizes] | None:
    """From where to where the channels go, and the shape then."""
    if len(wanted) != len(came) or len(came) not in (4, 5) or None in came[1:]:
        return None
    for start, end, turned in ((1, -1, (came[0], *came[2:], came[1])), (-1, 1, (came[0], came[-1], *came[1:-1]))):
        if turned != came and fits(wanted[1:], turned[1:]):
            return start, end, turned
    return None


def axes_swapped(broken: Broken) -> Iterator[Mend]:
    """Two axes that stand the other way round."""
    for i, place, wanted, came in unfit(broken):
        if _moved(wanted, came) is not None:
            continue
        for a, b in combinations(range(1, len(came)), 2) if len(came) == len(wanted) else ():
            turned = [*came]
            turned[a], turned[b] = came[b], came[a]
            if came[a] != came[b] and fits(wanted[1:], tuple(turned[1:])):
                spec = with_data(broken.spec, i, place, tuple(turned))
                yield Mend(
                    f"Swap axes {a} and {b}: they are in the wrong order.",
                    f"x = np.swapaxes(x, {a}, {b})",
                    spec,
                    "",
                    1,
                )


def one_axis_less(broken: Broken) -> Iterator[Mend]:
    """An axis of length 1 that nobody reads."""
    for i, place, wanted, came in unfit(broken):
        for axis in range(1, len(came)) if len(came) == len(wanted) + 1 else ():
            less = (*came[:axis], *came[axis + 1 :])
            if came[axis] == 1 and fits(wanted[1:], less[1:]):
                yield Mend(
                    f"Drop axis {axis}, whose size is 1.",
                    f"x = np.squeeze(x, axis={axis})",
                    with_data(broken.spec, i, place, less),
                    "",
                    1,
                )


def one_axis_less_declared(broken: Broken) -> Iterator[Mend]:
    """An axis of length 1 that nobody reads, and an Input for what is left."""
    for i, place, wanted, came in unfit(broken):
        for axis in range(len(came) - 1, 0, -1) if len(came) == len(wanted) + 1 else ():
            less = (*came[:axis], *came[axis + 1 :])
            if came[axis] == 1 and not fits(wanted[1:], less[1:]):
                spec = with_data(with_input(broken.spec, place, (wanted[0], *less[1:])), i, place, less)
                yield Mend(
                    f"Drop axis {axis}, whose size is 1, and build the model for what is left.",
                    f"x = np.squeeze(x, axis={axis})",
                    spec,
                    f"Each sample is then {written(less[1:])}.",
                    3,
                )


def as_many_samples(broken: Broken) -> Iterator[Mend]:
    """More samples than targets, or fewer: the first ones of both."""
    for i, check in broken.fed():
        if len(check.shapes) != 1 or len(check.targets) != 1 or not check.shapes[0] or not check.targets[0]:
            continue
        samples, targets = check.shapes[0][0], check.targets[0][0]
        if samples is None or targets is None or samples == targets or min(samples, targets) < 2:
            continue  # of all but one, nothing was left over
        fewer = min(samples, targets)
        spec, name = broken.spec, "x" if samples > targets else "y"
        if samples > targets:
            spec = with_data(spec, i, 0, (fewer, *check.shapes[0][1:]))
        else:
            spec = with_target(spec, i, (fewer, *check.targets[0][1:]))
        yield Mend(
            f"Take the first {fewer} of both: each sample needs one target.",
            f"{name} = {name}[:{fewer}]",
            spec,
            f"The {max(samples, targets) - fewer} left over have no partner. Check where the others were lost.",
            1,
        )


def reshaped(broken: Broken) -> Iterator[Mend]:
    """The same numbers in another form; only where each sample has as many of them."""
    for i, place, wanted, came in unfit(broken):
        if _cut_otherwise(wanted, came):
            continue
        numbers = math.prod(n or 0 for n in came[1:])
        wanted = filled(wanted, numbers)
        inside = [n for n in wanted[1:] if n is not None]
        whole = len(inside) == len(wanted) - 1
        if (
            came[1:]
            and numbers
            and whole
            and math.prod(inside) == numbers
            and sorted(inside) != sorted(n or 0 for n in came[1:])
        ):
            shape = (came[0], *wanted[1:])
            yield Mend(
                "Reshape each sample to what the model takes.",
                f"x = x.reshape(-1, {', '.join(map(str, inside))})",
                with_data(broken.spec, i, place, shape),
                f"The {numbers} numbers of a sample are read in their order.",
            )


def _cut_otherwise(wanted: Sizes, came: Sizes) -> bool:
    """(n, 256, 3072) for pictures of (512, 512, 3): patches, whose numbers are in another order than the picture's."""
    if len(wanted) != 4 or len(came) != 3 or None in (*wanted[1:], *came[1:]):
        return False
    return came[1] not in (wanted[1], (wanted[1] or 0) * (wanted[2] or 0))


def rows_as_steps(broken: Broken) -> Iterator[Mend]:
    """A table fed to a layer of sequences: a row is one timestep, or each of its numbers is one."""
    for i, place, wanted, came in unfit(broken):
        if len(wanted) != 3 or len(came) != 2:
            continue
        for shape, code, means in (
            (
                (came[1], 1),
                "x[..., np.newaxis]",
                agreeing(f"Each row is a sequence of {came[1]} timestep(s) of one feature."),
            ),
            ((1, came[1]), "x[:, np.newaxis]", agreeing(f"Each row is one timestep of {came[1]} feature(s).")),
        ):
            spec = with_data(with_input(broken.spec, place, (wanted[0], *shape)), i, place, (came[0], *shape))
            fixed = (
                f"batch_shape={written((wanted[0], *shape))}" if wanted[0] is not None else f"shape={written(shape)}"
            )
            likely = 2 if shape[-1] == wanted[-1] or wanted[-1] != came[1] else 3
            yield Mend(
                f"Read the table as {written((came[0], *shape))}.",
                f"x = {code}\nkeras.Input({fixed})",
                spec,
                means,
                1 if shape[0] == wanted[1] else likely,
            )


WINDOW = 7  # rows in one sample: an example


def windows_of_rows(broken: Broken) -> Iterator[Mend]:
    """A table whose rows follow each other in time: some rows in a row are one sample."""
    for i, place, wanted, came in unfit(broken):
        if len(wanted) == 3 and len(came) == 2 and came[1] is not None and wanted[2] in (came[1], None):
            if part_of_a_sample(broken.spec, wanted, came):
                yield _windows_as_declared(broken.spec, i, place, wanted, came)
                continue
            if came[0] == 1:  # one row alone makes no window
                continue
            shape = (WINDOW, came[1])
            spec = with_data(with_input(broken.spec, place, (wanted[0], *shape)), i, place, (came[0], *shape))
            yield Mend(
                f"Cut windows of {WINDOW} rows, if the rows follow each other in time.",
                f"x = np.stack([x[i : i + {WINDOW}] for i in range(len(x) - {WINDOW - 1})])\n"
                f"keras.Input(shape={written(shape)})",
                spec,
                agreeing(
                    f"Each sample is {WINDOW} timesteps of {came[1]} feature(s). {WINDOW} is an example: use your own."
                ),
                4,
            )


def _windows_as_declared(spec: ModelSpec, i: int, place: int, wanted: Sizes, came: Sizes) -> Mend:
    """The rows of one sample are as many as the Input says."""
    steps = wanted[1] or 1
    return Mend(
        f"If the rows of a table follow each other in time, cut windows of {steps} rows, as the model reads them.",
        f"x = np.stack([x[i : i + {steps}] for i in range(len(x) - {steps - 1})])",
        with_data(spec, i, place, (came[0], *wanted[1:])),
        agreeing(f"Each sample is {steps} timestep(s) of {came[1]} feature(s)."),
        1,
    )


def inner_axes_merged(broken: Broken) -> Iterator[Mend]:
    """One axis too many for a layer of sequences: what each step holds becomes its features."""
    for i, place, wanted, came in unfit(broken):
        if len(wanted) != 3 or len(came) != 4 or None in came[1:] or 1 in came[1:] or one_picture(came[1:]):
            continue
        inside = (came[2] or 1) * (came[3] or 1)
        shape = (came[1], inside)
        yield Mend(
            f"Lay the {came[2]} × {came[3]} numbers of each step out in one row: {inside} features.",
            f"x = x.reshape(-1, {came[1]}, {inside})\nkeras.Input(shape={written(shape)})",
            with_data(with_input(broken.spec, place, (wanted[0], *shape)), i, place, (came[0], *shape)),
            f"Each of the {came[1]} slices becomes one timestep.",
            3,
        )


def rows_of_one_picture(broken: Broken) -> Iterator[Mend]:
    """(28, 28) for an Input of 784 numbers: the rows of one picture were read as samples."""
    for i, place, wanted, came in unfit(broken):
        if len(wanted) == len(came) == 2 and wanted[1] and came[1] and came[1] > 1 and came[1] ** 2 == wanted[1]:
            yield Mend(
                f"Lay all {came[1]} × {came[1]} numbers of an image out in one row.",
                f"x = x.reshape(-1, {wanted[1]})",
                with_data(broken.spec, i, place, (1, wanted[1])),
                f"Each row of {came[1]} pixels was read as a sample.",
                1,
            )


def flattened_data(broken: Broken) -> Iterator[Mend]:
    """Pictures (or sequences) for a layer that reads one vector of each sample: all of their numbers in a row."""
    for i, place, wanted, came in unfit(broken):
        if len(wanted) != 2 or len(came) < 3 or None in came[1:] or reader_of_ids(broken.spec, place) is not None:
            continue
        numbers = math.prod(n or 1 for n in came[1:])
        flat = (came[0], numbers)
        label = f"Lay the {' × '.join(map(str, came[1:]))} numbers of each sample out in one row: {numbers}."
        code = f"x = x.reshape(-1, {numbers})"
        spec = with_data(broken.spec, i, place, flat)
        if wanted[1] == numbers:
            yield Mend(label, code, spec, "", 1)
            continue
        spec = with_input(spec, place, (wanted[0], numbers))
        yield Mend(label, f"{code}\nkeras.Input(shape=({numbers},))", spec, "The model is built for that many.", 2)
        first = next((n for n, call in enumerate(broken.spec.calls) if Ref("input", place) in call.inputs), None)
        if first is not None:
            whole = with_input(broken.spec, place, (wanted[0], *came[1:]))
            spec = with_layer_before(whole, first, LayerSpec("Flatten", "flat"))
            code = f"keras.Input(shape={written(came[1:])})\nlayers.Flatten()"
            yield Mend(
                "Or let the model do it: Flatten in front.", code, spec, f"{written(came[1:])} becomes ({numbers},).", 2
            )


def resized(broken: Broken) -> Iterator[Mend]:
    """Pictures of another height or width: scaled to the one that the model reads."""
    for i, place, wanted, came in unfit(broken):
        if len(came) != 4 or len(wanted) != 4 or None in (*wanted[1:], *came[1:]):
            continue
        first = channels_first(wanted) and channels_first(came)
        height, width = wanted[2:] if first else wanted[1:3]
        if came[1] == wanted[1] if first else came[3] == wanted[3]:
            order = ', data_format="channels_first"' if first else ""
            yield Mend(
                f"Resize the images to {height} × {width}, as the model expects.",
                f"x = keras.ops.image.resize(x, ({height}, {width}){order})",
                with_data(broken.spec, i, place, (came[0], *wanted[1:])),
                "",
                2,
            )


_FEW = 16  # numbers of a sample; fewer are most often columns that are missing


def declared(broken: Broken) -> Iterator[Mend]:
    """An Input for the data as they are."""
    for _, place, wanted, came in unfit(broken):
        open_axes = [n is None for n in wanted[1:]] if len(came) == len(wanted) else [False] * len(came[1:])
        shape = tuple(None if is_open else n for is_open, n in zip(open_axes, came[1:], strict=True))
        turned = _moved(wanted, came)
        one_row = len(wanted) == 2 and came == (wanted[1], 1)  # the numbers of one sample, read as so many samples
        objects = shape == (1,) and len(wanted) == 2 and (wanted[1] or 0) >= _FEW  # a column of arrays
        if shape and None not in came[1:] and 0 not in came and not one_row and not objects and turned is None:
            batch = wanted[0] if wanted else None
            spec = with_input(broken.spec, place, (batch, *shape))
            slip = _slip(wanted[1:], shape)
            yield Mend("Build the model for the data as they are.", f"keras.Input(shape={written(shape)})", spec, slip,
                       1 if slip else 3)  # fmt: skip


def _slip(wanted: Sizes, came: Sizes) -> str:
    """1876 where 1867 was meant: the only size that differs, with the same digits."""
    apart = [(a, b) for a, b in zip(wanted, came, strict=True) if a != b] if len(wanted) == len(came) else []
    if len(apart) != 1 or not all(n is not None and n > 99 for n in apart[0]):
        return ""
    declared, given = (str(n) for n in apart[0])
    return (
        f"{declared} and {given} have the same digits: most likely a typo." if sorted(declared) == sorted(given) else ""
    )


_COLORS = {  # the channels that a model reads, and those that came
    (3, 1): ("Repeat the gray channel three times.", "x = np.repeat(x, 3, axis=-1)",
             'color_mode="rgb" reads them that way.'),
    (1, 3): ("Make the images gray: take the mean of their colors.", "x = x.mean(axis=-1, keepdims=True)",
             'color_mode="grayscale" reads them that way.'),
    (3, 4): ("Leave out the fourth channel, which says how transparent a pixel is.", "x = x[..., :3]", ""),
}  # fmt: skip


def colors_matched(broken: Broken) -> Iterator[Mend]:
    """Gray pictures for a model of three colors, or the other way round: the data are made as the model reads them."""
    for i, place, wanted, came in unfit(broken):
        if len(came) == len(wanted) == 4 and fits(wanted[:-1], (None, *came[1:-1])):
            yield from recolored(wanted[-1], came[-1], with_data(broken.spec, i, place, (*came[:-1], wanted[-1])))


def recolored(wanted: int | None, came: int | None, spec: ModelSpec) -> Iterator[Mend]:
    known = _COLORS.get((wanted or 0, came or 0))
    if known is not None:
        yield Mend(known[0], known[1], spec, known[2], 1)


def stacked(broken: Broken) -> Iterator[Mend]:
    """A list with one array for each sample, where a batch is one array."""
    for i, check in broken.fed():
        one = check.shapes[0] if check.shapes else ()
        several = len(check.shapes) > 1 and set(check.shapes) == {one} and len(broken.spec.inputs) == 1
        if several and fits(broken.spec.inputs[0].shape[1:], one):
            checks = list(broken.spec.checks)
            checks[i] = replace(check, shapes=((len(check.shapes), *one),))
            yield Mend(
                "Make one array of the list: each array in it is one sample.",
                f"x = np.stack(x)  # (samples, {', '.join(map(str, one))})",
                replace(broken.spec, checks=tuple(checks)),
                "In a data set, batch() puts the samples together.",
                0,
            )


def first_only(broken: Broken) -> Iterator[Mend]:
    """As many arrays as there are Inputs."""
    for i, check in broken.fed():
        if check.shapes and len(check.shapes) != len(broken.spec.inputs) and not any(stacked(broken)):
            checks = list(broken.spec.checks)
            arrays = tuple((check.shapes[0][0], *tensor.shape[1:]) for tensor in broken.spec.inputs)
            checks[i] = replace(check, shapes=arrays)
            several = ", ".join(f"x{n + 1}" for n in range(len(arrays)))
            code = f"model.{check.kind}([{several}])" if len(arrays) > 1 else f"model.{check.kind}(x1)"
            spec = replace(broken.spec, checks=tuple(checks))
            yield Mend(f"Pass one array for each Input: {len(arrays)}.", code, spec, "", 1)


DATA = (
    arrays_in_order,
    *ONE_SAMPLE,
    axis_behind,
    one_frame_each,
    one_large_picture,
    gray_for_colors,
    channels_moved,
    axes_swapped,
    one_axis_less,
    one_axis_less_declared,
    rows_out_of_one_sample,
    as_many_samples,
    reshaped,
    one_hot_rows,
    ids_of_one_hot,
    padded_steps,
    rows_as_steps,
    windows_of_rows,
    inner_axes_merged,
    rows_of_one_picture,
    flattened_data,
    resized,
    declared,
    colors_matched,
)
