"""The data have too few or too many axes."""

# ruff: noqa: E501  (a wording stands on one line, as it is printed)

from __future__ import annotations

import re
from dataclasses import replace

from explainers.core.finding import Change, Finding, Value, written
from explainers.core.layers import is_input_name
from explainers.core.mistakes.data_size import reshaped
from explainers.core.mistakes.kit.columns import rows_as_steps
from explainers.core.mistakes.kit.fed import fed
from explainers.core.mistakes.kit.mending.data import DATA
from explainers.core.mistakes.kit.mending.layers import RANKS
from explainers.core.mistakes.kit.mending.one_sample import PREDICTED
from explainers.core.mistakes.kit.pipelines import of_pipeline
from explainers.core.mistakes.kit.pixels import masks_as_targets, of_images, one_label_for_each_image, own_classes
from explainers.core.mistakes.kit.sheet import Family, Mistake, Said, nothing_live
from explainers.core.mistakes.kit.trained import side_of_square
from explainers.core.spec import Sizes


def _of_array(finding: Finding, said: Said) -> str | None:
    """The same words are said of data and of targets, of their rank and of their sizes."""
    if _is_target(finding, said):
        return "target_shape"
    return "data_size" if "expected" in finding.named else None


def _is_target(finding: Finding, said: Said) -> bool:
    """Keras names the output layer in messages about targets, and an input in messages about inputs."""
    before = said.near(40, 0)
    if re.search(r"checking (?:model )?target", before):
        return True
    if re.search(r"checking (?:model )?input", before):
        return False
    return not (finding.layer and is_input_name(finding.layer)) and not re.search(r"checking\s?:", before)


_BATCH = re.compile(r"\bbatch_size ?= ?(\d{1,6})\b")


def _of_a_fixed_batch(finding: Finding, said: Said) -> Finding:
    """(10, 30, 31, 256) against (350, 30, 31, 256): the number in front counts samples."""
    expected, found = finding.shape("expected"), finding.shape("found")
    if not expected or not found or len(expected) < 3 or expected[1:] != found[1:] or None in (expected[0], found[0]):
        return finding
    batch, samples = expected[0] or 0, found[0] or 0
    if samples <= batch or str(batch) not in _BATCH.findall(said.flat):
        return finding
    return replace(finding, values={**finding.values, "fixed": batch, "batch_size": batch, "found_samples": samples})


_GENERATOR = re.compile(
    r"flow_from_directory|fit_generator|ImageDataGenerator|image_dataset_from_directory|\bgenerator\b"
)


_MOST_CLASSES = 20


def _one_row_each(found: Sizes) -> tuple[Change, ...]:
    """(8544, 5): few columns are more often the one-hot label of a sample than a label for each of its steps."""
    if len(found) != 2 or not 1 < (found[1] or 0) <= _MOST_CLASSES:
        return ()
    return (
        Change(
            "If each row is the one-hot label of one sample, drop the steps before the last Dense, and use the plain loss.",
            code='layers.GlobalMaxPooling1D()\nloss="categorical_crossentropy"',
            means=f"The output still has an axis of steps; the targets are {found[1]} numbers for each sample.",
        ),
    )


_OF_IMAGENET = 1000  # classes


def _empty(found: Sizes) -> tuple[Change, ...]:
    """(0, 1): nothing was found in the folder. (1, 3, 1, 0): nothing is left of the array. (): there never was one."""
    if not found:
        return (
            Change(
                "Pass an array: a single value (or None) arrived.",
                code="print(type(x), np.shape(x))  # (samples, …)",
                means="Most often a file wasn't read, like cv2.imread with a wrong path, or a function returns nothing.",
            ),
        )
    if found[0] != 0:
        return (
            Change(
                f"Look where the numbers got lost: the array is empty, as axis {found.index(0)} of {found} is 0.",
                code="print(x.shape)  # after each step: where does it become 0?",
                means="Most often a slice cut everything off, or a file wasn't read.",
            ),
        )
    return (
        Change(
            f"Look where the samples got lost: {found} holds none of them.",
            code="print(len(x), len(y))  # a generator prints how many images it found",
            means="Most often the folder is wrong, or the images aren't in one subfolder for each class.",
        ),
    )


_IMAGES_BACK = re.compile(
    r"auto-?encoder|decoder|denois|segment|mask|reconstruct|generator_model|UpSampling|Transpose|u-?net", re.IGNORECASE
)
_MASKS = re.compile(r"segment|\bmasks?\b|_mask|ground[ _]?truth|\bu-?net", re.IGNORECASE)
_SIDES = re.compile(r"(?:input_shape|shape) ?= ?\((\d{1,4}), ?(\d{1,4}), ?(\d{1,2})\)")


_PICTURES = re.compile(r"pixel|image|picture|photo|video|frame|jpg|png", re.IGNORECASE)


def _sequences_of_several_lengths(found: Sizes) -> tuple[Change, ...]:
    """(321, 1) for a layer of sequences: an array of objects, most often sequences of different lengths."""
    return (
        Change(
            "If your samples are arrays of different lengths, pad them to one length.",
            code='x = keras.utils.pad_sequences(x, dtype="float32", padding="post")\nprint(x.shape)'
            "  # (samples, timesteps, features)",
            means=f"{found} is an array of {found[0]} objects, one for each sample; Keras needs one array of numbers. "
            "A Masking layer skips the zeros.",
        ),
        Change(
            "Or train on one sample at a time, if padding makes them too long.",
            code="model.train_on_batch(x[i][np.newaxis], y[i : i + 1])",
        ),
        Change("If all of them have the same shape, stack them.", code="x = np.stack(list(x))"),
    )


def _one_series(numbers: int) -> tuple[Change, ...]:
    """(500,) for a layer of sequences: one series, or an array of sequences of several lengths."""
    return (
        Change(
            "If it is one long series, cut windows from it.",
            code="windows = np.lib.stride_tricks.sliding_window_view(x, 7)[..., np.newaxis]\n"
            f"print(windows.shape)  # ({numbers - 6}, 7, 1)"
            if numbers > 7
            else "x = x.reshape(1, -1, 1)",
            means="Each window is one sample: 7 timesteps of one feature. 7 is an example: use your own."
            if numbers > 7
            else "One sample: each number is one timestep of one feature.",
        ),
        Change("If it is one sample, give it a batch axis and a feature axis.", code=f"x = x.reshape(1, {numbers}, 1)"),
        Change(
            f"If it holds {numbers} sequences of different lengths, pad them to one length.",
            code='x = keras.utils.pad_sequences(x, dtype="float32", padding="post")[..., np.newaxis]',
        ),
    )


def _one_object_each(finding: Finding, found: Sizes) -> tuple[Change, ...]:
    """(28708, 1): each sample is one object, like a string of pixels or a list."""
    if (finding.number("expected_ndim") or 0) == 3 and not _PICTURES.search(finding.around):
        return _sequences_of_several_lengths(found)
    sides = _SIDES.search(finding.around)
    height, width, channels = sides.groups() if sides is not None else ("height", "width", "channels")
    strings = Change(
        "Each sample is a single object here, most often a string of pixels or a list: turn it into numbers first.",
        code=f'x = np.stack([np.array(str(one).split(), dtype="float32").reshape({height}, {width}, {channels}) '
        f"for one in x.ravel()])\nprint(x.shape)  # ({found[0]}, …)",
        means="reshape(-1, 1) makes one column; it doesn't look into the strings.",
    )
    sizes = Change(
        "If your images have different sizes, resize each of them, then stack them.",
        code=f"x = np.stack([keras.ops.image.resize(one, ({height}, {width})) for one in images])\n"
        f"print(x.shape)  # ({found[0]}, {height}, {width}, {channels})",
        means=f"{found} is an array of {found[0]} objects: images of different sizes don't make one array of numbers.",
    )
    alike = Change("If it is a list of arrays of one shape, stack them.", code="x = np.stack(list(x))")
    return (strings, alike) if _STRINGS.search(finding.around) else (sizes, strings, alike)


_STRINGS = re.compile(r"pixels|\.csv|\.split\(|\bfer\b|fer2013|read_csv|DataFrame|\bdf\b", re.IGNORECASE)


_FEW = 16  # numbers of a sample; fewer are most often columns that are missing


def _one_array_each(found: Sizes, wanted: Sizes) -> tuple[Change, ...]:
    """(870, 1) for an Input of 512 numbers: a column of objects, each of them an array."""
    numbers = wanted[0] if wanted else None
    if numbers is None or numbers < _FEW or found[0] == numbers:  # one row, of which each number was taken for a sample
        return ()
    return (
        Change(
            f"If each sample is an array of {numbers} numbers, stack them.",
            code=f"x = np.stack([np.ravel(one) for one in x.ravel()])\nprint(x.shape)  # ({found[0]}, {numbers})",
            means=f"{found} is a column of {found[0]} objects, as from a list or a data frame; Keras needs the numbers.",
        ),
    )


def _advice(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """A fixed batch; labels without their axis of 1; a generator that gives labels where the model gives pictures."""
    wanted, found = finding.number("expected_ndim") or 0, finding.shape("found") or ()
    if finding.mistake != "target_shape" and (piped := of_pipeline(finding, dims)):
        return piped
    if finding.number("fixed") is not None:
        batch = finding.number("fixed")
        return (
            Change(
                "Leave the batch open where it is fixed: a Reshape with -1 instead of the number, an Input without batch_shape.",
                code=f"keras.ops.reshape(x, (-1, …))  # not ({batch}, …)",
                means=f"{batch} is your batch_size; it must not be a number in the model.",
            ),
        )
    if finding.mistake == "target_shape" and wanted == len(found) + 1 > 2 and "sparse" in finding.around:
        return (
            *_one_row_each(found),
            Change(
                "Give the labels an axis of 1 at the end.",
                code="y = np.expand_dims(y, -1)",
                means=f"Older Keras compares the number of axes with that of the output: {written((*found, 1))}. Today's "
                "takes the labels as they are.",
            ),
        )
    images = of_images(finding, dims) if finding.mistake == "target_shape" else ()
    if images:
        return images
    if 0 in found or (not found and finding.shape("found") is not None):
        return _empty(found)
    if finding.mistake == "data_size" and found[1:] == (1,):
        return _one_array_each(found, (finding.shape("expected") or ())[-1:])
    if finding.shape("expected") == (_OF_IMAGENET,) and len(found) == 1 and finding.mistake == "target_shape":
        return own_classes(found[0] or 1, finding.around)
    if (
        finding.mistake == "target_shape"
        and wanted >= 4
        and len(found) == 2
        and not _IMAGES_BACK.search(finding.around)
        and not side_of_square(found[1])
    ):
        return one_label_for_each_image(found[-1], finding.around)
    if finding.mistake != "target_shape" and wanted == 3 and len(found) == 1 and (found[0] or 0) > 1:
        return _one_series(found[0] or 0)
    many = len(found) == 2 and (found[0] is None or found[0] >= PREDICTED)  # fewer are more often one sample's numbers
    if finding.mistake != "target_shape" and wanted >= 3 and many and found[1] == 1:
        return _one_object_each(finding, found)
    if finding.mistake != "target_shape" or wanted < 4 or len(found) > 2:
        return ()
    if _MASKS.search(finding.around):
        return masks_as_targets(found, _GENERATOR.search(finding.around) is not None)
    if not _GENERATOR.search(finding.around):
        return ()
    return (
        Change(
            "Let the generator yield each image as its own target: now it yields the labels of the folders.",
            code='datagen.flow_from_directory(…, class_mode="input")',
            means=f"{found} is one label (or row of labels) for each image. In Keras 1, "
            "yield (x, x) from your own generator.",
        ),
    )


def _of_input(finding: Finding, said: Said) -> str | None:
    expected, found = finding.shape("expected") or (), finding.shape("found") or ()
    return "data_size" if len(expected) == len(found) else None


def _scaler(finding: Finding) -> dict[str, str]:
    name = finding.values.get("cls")
    return {"scaler": str(name)} if name else {}


def _as_table(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """Sequences as rows and back; a row of numbers as a column."""
    if (finding.number("found_ndim") or 0) < 2:
        return (
            Change("If these are samples of one feature, make them one column.", code="x = x.reshape(-1, 1)"),
            Change("If this is one sample, make it one row.", code="x = x.reshape(1, -1)"),
        )
    return (
        Change(
            "Stack all timesteps as rows, scale them, then restore the shape.",
            code="flat = x.reshape(-1, x.shape[-1])\nx = scaler.fit_transform(flat).reshape(x.shape)",
            means="Each feature keeps its own scale; the shape of x stays the same.",
        ),
    )


MISTAKE = Mistake(
    name="data_rank",
    title="The data have too few or too many axes",
    searched=(
        "Error when checking input: expected to have 3 dimensions, but got array with shape",
        "Invalid input shape",
    ),
    misconception="one-sample-as-it-is",
    order=20,
    families=(
        Family(
            sees=("but got array", "got array with", "but got an array"),
            says=(
                "Error when checking <model >?<input|target>? ?: expected {layer} to have {expected_ndim} dimension<s|(s)>?<,>? ?but got <an >?array with shape {found:shape}",
                "expected {layer} to have {expected_ndim} dimension<s|(s)>?<,>? ?but got <an >?array with shape {found:shape}",
                "expected {layer} to have shape {expected:shape} but got <an >?array with shape {found:shape}",
            ),
            causes=(
                "{layer} gives batches of {fixed} samples, {expected}, whatever is passed; the array has {found_samples}.",
                "{layer} expects arrays of shape {expected}; the array is {found}{difference}.",
                "{layer} expects {expected_ndim} axes, {expected_axes}; the array has {found_ndim}: {found}.",
            ),
            decides=_of_array,
            completes=(_of_a_fixed_batch,),
            advice=_advice,
            of_samples=True,
        ),
        Family(
            sees=("found array with dim", "expected 2d array, got"),
            says=(
                "Found array with dim {found_ndim}. {cls} expected \\<= {expected_ndim}",
                "Expected {expected_ndim}D array, got {found_ndim}D array instead",
            ),
            causes=(
                "{scaler} of scikit-learn reads tables, (samples, features): {expected_ndim} axes. The array has {found_ndim}.",
                "scikit-learn reads tables, (samples, features): {expected_ndim} axes. The array has {found_ndim}.",
            ),
            words=_scaler,
            advice=_as_table,
            live=nothing_live,
            title="scikit-learn reads tables with two axes",
        ),
        Family(
            sees=("invalid input shape for input",),
            says=(
                "Invalid input shape for input ... Expected shape {expected:shape}, but input has incompatible shape {found:shape}",
            ),
            causes=(
                "The model takes {expected}; the data are {found}{difference}. {rows}, without the samples axis.",
                "The model takes {expected}; the data are {found}{difference}.",
            ),
            words=rows_as_steps,
            decides=_of_input,
            advice=of_pipeline,
        ),
    ),
    end="data",
    live=fed,
    fixes=reshaped,
    mends=(*DATA, *RANKS),
)
