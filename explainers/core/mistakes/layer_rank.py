"""A layer got too few or too many axes."""

# ruff: noqa: E501  (a wording stands on one line, as it is printed)

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from explainers.core.axes import Axis, Shape, plain, sizes
from explainers.core.finding import Change, Finding, Value, written
from explainers.core.layers import RECURRENT, SEQUENCE_READERS, axis_names, names_of, sheet, sheet_of
from explainers.core.mistakes.kit.colors import MOST_CHANNELS, SMALLEST, lacks_frames, one_picture
from explainers.core.mistakes.kit.judged import Judged, who
from explainers.core.mistakes.kit.mending.attended import (
    every_step_to_attend,
    numbers_to_attend,
    one_step_to_attend,
)
from explainers.core.mistakes.kit.mending.broken import IN_FRONT
from explainers.core.mistakes.kit.mending.data import DATA
from explainers.core.mistakes.kit.mending.layers import RANKS
from explainers.core.mistakes.kit.mending.meeting import last_output_in_front, sequence_kept_in_front
from explainers.core.mistakes.kit.mending.one_sample import PREDICTED, out_of_a_batch_of_one
from explainers.core.mistakes.kit.mending.reduced import REDUCED
from explainers.core.mistakes.kit.pipelines import of_pipeline
from explainers.core.mistakes.kit.ranks import advice_of_layer, axes_of_a_sample, no_numbers, of_objects, one_vector
from explainers.core.mistakes.kit.scene import (
    EXAMPLES,
    Scene,
    dtype_of,
    entry,
    guessed_class,
    made_up,
    rank_of,
)
from explainers.core.mistakes.kit.sheet import Family, Mistake, Said
from explainers.core.mistakes.mask import ONE_FOR_EACH_STEP, masked
from explainers.core.mistakes.merge_shapes import names_a_concatenation
from explainers.core.spec import Argument, Check, ModelSpec, Sizes, chain


def _decides(finding: Finding, said: Said) -> str | None:
    if _turns_a_mask(finding, said):
        return "mask"
    return "merge_shapes" if names_a_concatenation(said) else None


def _turns_a_mask(finding: Finding, said: Said) -> bool:
    """A recurrent layer swaps batch and time of the mask as of the data: one of more axes than 2 it can't."""
    both = finding.named.get("both", ())
    masked = re.search(r"\bMasking\(|mask_zero|\bmask\b", said.flat) is not None
    of_time = len(both) == 2 and len(both[1]) == 1 and len(both[0]) > 2
    return masked and of_time and "ranspose" in said.match.group() + str(finding.layer)


def _words(finding: Finding) -> dict[str, str]:
    """What five axes are where four were expected, for a layer that reads any number of them."""
    facts = sheet(finding.class_name)
    ranks = (finding.number("expected_ndim"), finding.number("found_ndim"))
    if facts is None or facts.group != "norm" or ranks != (4, 5):
        return {}
    return {"of_volumes": "Volumes also have a depth, and videos have frames."}


def _words_of_a_mask(finding: Finding) -> dict[str, str]:
    """The shape of a mask that was turned like the data; two factors of a product with different numbers of axes."""
    both = finding.named.get("both", ())
    if _one_axis_less(finding):
        return {"product_of": " and ".join(map(written, both[:2]))}
    return {"mask": written(both[0])} if finding.mistake == "mask" and both else {}


def _one_axis_less(finding: Finding) -> bool:
    """Whether a sequence is multiplied with a vector: scores for its steps, as attention makes them."""
    both = finding.named.get("both", ())
    product = "MatMul" in str(finding.values.get("op", "")) and len(both) == 2
    return product and len(both[0]) == 3 and len(both[1]) == 2 and both[0][2] == both[1][1] is not None


def _of_a_product(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    if not _one_axis_less(finding):
        return ()
    sequence, vector = finding.named["both"]
    return (
        Change(
            f"Give the second one an axis of size 1 at the end: {written((*vector, 1))}.",
            code="scores = ops.matmul(a, ops.expand_dims(b, -1))[..., 0]",
            means=f"The product is {written((*sequence[:2], 1))}, one number for each step; [..., 0] drops its last axis.",
        ),
        Change(
            "Or multiply number by number, and add up.",
            code="scores = ops.sum(a * b[:, None, :], axis=-1)",
            means=f"The scores are {written(sequence[:2])} in either case.",
        ),
    )


def _live(scene: Scene) -> ModelSpec | None:
    """One layer on a tensor with the number of axes that was found."""
    finding = scene.finding
    if finding.mistake == "mask":
        return masked(scene)
    if _one_axis_less(finding):
        return None
    class_name = guessed_class(finding)
    found = finding.shape("found")
    if found and found[0] is not None and _is_the_batch(scene, found):
        found = (None, *found[1:])
    rank = len(found) if found is not None else finding.number("found_ndim")
    if rank is None:
        rank = max((finding.number("expected_ndim") or rank_of(class_name)) - 1, 1)
    layer = scene.layer(class_name)
    if (
        found
        and finding.class_name in ("Sequential", "Functional", None)
        and (meant := _meant(scene, found)) is not None
    ):
        return chain(
            entry(meant, dtype=dtype_of(class_name)),
            (layer,),
            sequential=finding.class_name == "Sequential",
            checks=(Check("predict", ((found[0] or EXAMPLES["samples"], *found[1:]),)),),
        )
    if found is None and class_name in RECURRENT and rank == 2 and not scene.written:
        first = scene.layer(class_name, IN_FRONT, return_sequences=False, units=scene.example("units in front"))
        return chain(entry(scene.sizes(("batch", "timesteps", "features"))), (first, layer))
    shape = found if found else _written_shape(scene, rank) or made_up(scene, class_name, rank)
    one = (1, *shape[1:])
    told = (("the data", one),) if any(sizes(other) == one for other in finding.shapes) else ()
    spec = replace(chain(entry(shape, dtype=dtype_of(class_name)), (layer,), sequential=False), told=told)
    return _on_itself(spec) if class_name in names_of("attention") else spec


def _of_ranks(class_name: str, wanted: int | None) -> dict[str, Argument]:
    """What a layer is made with that names each axis of its input."""
    return {"dims": (*range(wanted - 1, 0, -1),)} if class_name == "Permute" and wanted and wanted > 1 else {}


def _on_itself(spec: ModelSpec) -> ModelSpec:
    """Attention of a sequence to itself: query and value are the same tensor."""
    return replace(spec, calls=(replace(spec.calls[0], inputs=spec.calls[0].inputs * 2),))


def _meant(scene: Scene, found: Sizes) -> Sizes | None:
    """What a model reads that such data were most likely meant for; None where the data don't say it alone."""
    finding = scene.finding
    wanted = finding.number("expected_ndim") or rank_of(guessed_class(finding))
    if wanted == 2 and len(found) > 2 and None not in found[1:]:
        return (None, math.prod(n or 1 for n in found[1:]))
    if found[0] is None:
        return None
    if _a_picture(finding, found):
        return (None, None if found[0] == PREDICTED else found[0], *found[1:])
    if len(found) == wanted - 1 == 1:
        return (None, *found)
    if len(found) == wanted - 1 == 2 and found[0] == 1:
        return (None, *found)
    if len(found) == wanted - 2 and min(n or 0 for n in found) >= SMALLEST:
        return (None, *found, 1)
    return scene.sizes(axis_names(guessed_class(finding), wanted))


_CALLED_WITH = re.compile(r"received by \w{1,60}\.call\(\):.{0,80}?shape=\((\d{1,6})((?:, ?\d{1,6}){1,5})", re.DOTALL)


def _is_the_batch(scene: Scene, found: Sizes) -> bool:
    """Whether the number in front counts samples: the model was called with as many, and with other axes behind."""
    called = _CALLED_WITH.search(scene.text)
    return called is not None and int(called[1]) == found[0] and called[2].count(",") + 1 != len(found)


def _written_shape(scene: Scene, rank: int) -> Sizes | None:
    """A shape of the text with as many axes, or one less (a sample)."""
    for shape in scene.finding.shapes:
        sizes = tuple(axis.size for axis in shape)
        if len(sizes) == rank and sizes and sizes[0] is None:
            return sizes
        if len(sizes) == rank - 1 and None not in sizes and sizes:
            return (None, *sizes)
    return None


def _judge(layer: Any, inputs: Sequence[Shape]) -> Judged | None:
    sheet = sheet_of(layer)
    if sheet is None or sheet.rank is None or not sheet.axes or not inputs or len(inputs[0]) == sheet.rank:
        return None
    words, found = sheet.axes, inputs[0]
    if sheet.least and len(found) > sheet.rank and sheet.group != "conv":  # of a kernel Keras checks it later
        return None
    expected = tuple(Axis(word, None, f"what {type(layer).__name__} reads") for word in words)
    return Judged(
        f"{who(layer)} reads ({', '.join(words)}), {len(words)} axes; it got {plain(found)}, {len(found)}: "
        f"({', '.join(axis.axis for axis in found)}). {_missing(words, found)}",
        expected,
        found,
    )


# What the last axis is called after a layer or in a table: whatever reads it takes it for its own last axis.
_LAST = ("units", "filters", "features", "channels", "2 × units")


def _missing(words: tuple[str, ...], found: Shape) -> str:
    if len(found) > len(words):
        over = len(found) - len(words)
        return f"There are {over} axes too many." if over > 1 else "There is one axis too many."
    if len(words) == len(found) + 1 and found[-1].axis == words[-1] == "channels" and _like_a_side(found[-1].size):
        return "One axis is missing."  # pictures without channels, or a sequence with many: the sizes don't say
    return f"The missing axis: {' and '.join(absent_axes(words, found))}."


def _like_a_side(size: int | None) -> bool:
    return size is not None and size > MOST_CHANNELS


def absent_axes(words: tuple[str, ...], found: Shape) -> list[str]:
    """The axes that nothing of what came can be: rows and columns are a height and a width, units serve as features."""
    if lacks_frames(words, tuple(axis.size for axis in found)):
        return [words[1]]
    absent = [word for word in words if word not in {axis.axis for axis in found}]
    for axis in found:
        if axis.axis not in words and absent:
            absent.pop(-1 if axis.axis in _LAST else 0)
    return absent or list(words[-1:])


def _fixes(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    wanted, found, cls = finding.number("expected_ndim"), finding.number("found_ndim"), finding.class_name
    facts = sheet(cls)
    came = finding.shape("found") or ()
    if 0 in came:
        return no_numbers(came)
    if found == 1 and wanted in (4, 5):
        return of_objects(came)
    if told := advice_of_layer(cls, wanted, found):
        return told
    kernel, shape = finding.shape("kernel"), finding.shape("found")
    if kernel and shape and len(shape) > len(kernel):
        return (
            Change("Run the layer on each slice of the first axis.", code="layers.TimeDistributed(layers.Conv2D(…))",
                   means=f"{written(shape)} has {len(shape) - len(kernel)} axis more than the layer reads."),
        )  # fmt: skip
    if shape and _a_picture(finding, shape):
        rows = f" predict took its first {PREDICTED} rows for a batch." if shape[0] == PREDICTED else ""
        return (
            Change("Put the batch axis in front: this is one image.", code="x = x[np.newaxis]",
                   means=f"{written(shape)} is (height, width, channels).{rows}"),
        )  # fmt: skip
    recurrent = cls in SEQUENCE_READERS
    if wanted is not None and found is not None and found > wanted:
        sample = _declared_with_the_batch(finding)
        if sample:
            return sample
        if cls == "Dense":
            return one_vector(found)
        axes = axes_of_a_sample(cls, wanted)
        several = Change(
            "Read the extra axis with TimeDistributed.",
            code=f"layers.TimeDistributed(layers.{cls})" if facts is not None else "layers.TimeDistributed(network)",
        )
        if not axes:
            return (several, *one_vector(found)) if wanted == 2 else (several,)
        return (
            Change(
                "Give input_shape for ONE sample: without the number of samples.",
                code=f"keras.Input(shape=({', '.join(axes)}))",
            ),
            several,
        )
    if recurrent:
        return (
            Change(
                "If another recurrent layer is in front, set return_sequences=True there.",
                code=f"layers.{cls}(units, return_sequences=True)",
            ),
            Change(
                "If the data are rows, say what the timesteps are.", code="x = x.reshape(samples, timesteps, features)"
            ),
        )
    if shape and (in_front := _channel_in_front(finding, shape)):
        return in_front
    missing = Change("Add the missing axis.", code="x = np.expand_dims(x, -1)")
    return (
        *((missing,) if (wanted or 0) - (found or 0) == 1 or None in (wanted, found) else ()),
        Change("Look at the shape that reaches the layer.", code="model.summary()"),
    )


def _a_picture(finding: Finding, shape: Sizes) -> bool:
    """One image for a layer of four axes, of which predict may have taken the first rows."""
    return finding.number("expected_ndim") == 4 and one_picture(shape)


def _channel_in_front(finding: Finding, shape: Sizes) -> tuple[Change, ...]:
    """Gray images for a model that is declared with its one channel in front: (32, 31, 31) for input_shape=(1, 31, 31)."""
    declared = re.search(r"input_shape\s{0,3}=\s{0,3}\(1, ?(\d{1,5}), ?(\d{1,5})\)", finding.around)
    if declared is None or shape[1:] != (int(declared[1]), int(declared[2])):
        return ()
    sides = written((1, *shape[1:]))
    return (
        Change("Give each image its channel, right after the batch.", code="x = x[:, np.newaxis]",
               means=f"input_shape={sides} has the channel in front, as Theano reads it."),
        Change("Or put it last, as today's Keras reads it.",
               code=f"x = x[..., np.newaxis]\ninput_shape={written((*shape[1:], 1))}"),
    )  # fmt: skip


_DECLARED = re.compile(r"shape\w{0,20}\s{0,3}(?:=|is|:)\s{0,3}\((1, ?\d{1,5}(?:, ?\d{1,5}){2,3})\)")


def _declared_with_the_batch(finding: Finding) -> tuple[Change, ...]:
    """An input_shape of as many sizes as the layer reads, the batch among them: Keras puts one more in front."""
    declared = _DECLARED.search(finding.around)
    sizes = tuple(int(n) for n in declared[1].split(",")) if declared is not None else ()
    if len(sizes) != finding.number("expected_ndim") or finding.number("found_ndim") != len(sizes) + 1:
        return ()
    return (
        Change(
            "Give input_shape for one sample, without the batch.",
            code=f"input_shape={sizes[1:]}",
            means=f"Keras puts the batch in front itself: {written((None, *sizes[1:]))}. Data need it: x[np.newaxis].",
        ),
    )


MISTAKE = Mistake(
    name="layer_rank",
    title="A layer got too few or too many axes",
    searched=(
        "expected ndim=3, found ndim=2",
        "expected ndim=3, found ndim=4",
        "incompatible with the layer",
    ),
    misconception="an-rnn-passes-its-sequence-on",
    order=10,
    of_ranks=True,
    families=(
        Family(
            sees=(
                "ndim=",
                "incompatible with",
                "only support 4d",
                "axis is out of bounds",
                "is out of bounds for input",
                "should have rank",
                "rank of the input tensor",
            ),
            says=(
                "Input {input_number} <with name ... >?of layer {layer} is incompatible with the layer: <: >?expected <min_|max_|full >?ndim={expected_ndim}, found <full_>?ndim={found_ndim}. Full shape received: {found:shape}",
                "Input {input_number} <with name ... >?of layer {layer} is incompatible with the layer: <: >?expected <min_|max_|full >?ndim={expected_ndim}, found <full_>?ndim={found_ndim}",
                "Input {input_number} is incompatible with layer {layer}: expected <min_|max_>?ndim={expected_ndim}, found ndim={found_ndim}",
                "layer expected input with ndim={expected_ndim} but previous layer has output_shape {found:shape}",
                "expected <min_|max_>?ndim={expected_ndim}, found <full_>?ndim={found_ndim}",
                "axis {axis} is out of bounds for input shape {found:shape}",
                "Inputs <to {cls} >?should have rank {expected_ndim}. Received input_shape={found:shape}",
                "rank of the input tensor should be {expected_ndim}. Received input with rank {found_ndim}",
            ),
            causes=(
                (
                    "{layer} was built for images, 4 axes (batch, height, width, channels); it got 5: {found}. "
                    "{of_volumes}"
                ),
                "{layer} expects {expected_ndim} axes, {expected_axes}; it got {found_ndim}: {found}.",
                "{layer} expects {expected_ndim} axes, {expected_axes}; it got a tensor with {found_ndim}.",
                "The layer expects {expected_ndim} axes; it got {found_ndim}.",
                "There is no axis {axis} in {found}.",
            ),
            words=_words,
            advice=of_pipeline,
        ),
        Family(
            sees=(
                "wrong number of dimensions",
                "new_order",
                "but is rank",
                "must have rank",
                "dimension must be",
                "must be rank",
                "non-broadcastable",
                "slice index",
                "expects input with rank",
            ),
            says=(
                "Convolution expects input with rank {expected_ndim}, got {found_ndim}",
                "Wrong number of dimensions: <expected >?{expected_ndim}, got {found_ndim} with shape {found:shape}",
                "Wrong number of dimensions: ?expected {expected_ndim}, ?got {found_ndim} with shape ?{found:shape}",
                "Wrong number of dimensions: ?<expected >?{expected_ndim}, ?got {found_ndim}",
                "new_order[{position}] is {last}, but the input only has {found_ndim} axes",
                "You cannot drop a non-broadcastable dimension",
                "slice index {position} of dimension {last} out of bounds",
                "Shape must be <at least >?rank {expected_ndim} but is rank {found_ndim} for {layer} (op: {op}) with input shapes: {both:shapes}",
                "Shape must be <at least >?rank {expected_ndim} but is rank {found_ndim}",
                "Dimension must be {found_ndim} but is {expected_ndim} for {layer} (op: <'>?Transpose<'>?) with input shapes: {both:shapes}",
                "Shape {found:shape} must have rank <at least|at most>? ?{expected_ndim}",
            ),
            causes=(
                "A product of {product_of} needs two tensors with the same number of axes: one of them lacks an axis.",
                f"The mask has the shape {{mask}}: Masking drops only the last axis of its input. {ONE_FOR_EACH_STEP}",
                "{expected_ndim} axes are expected; the tensor has {found_ndim}: {found}.",
                "{expected_ndim} axes are expected; the tensor has {found_ndim}.",
                (
                    "The layer reorders the axes of a sequence (batch, timesteps, features), but its input has only "
                    "{found_ndim} axes."
                ),
                "Position {position} doesn't exist on axis {last}: it has fewer entries, counted from 0.",
            ),
            decides=_decides,
            words=_words_of_a_mask,
            advice=_of_a_product,
        ),
        Family(
            sees=(
                "should be passed an",
                "same length as input",
                "unknown tensorshape",
                "rank is undefined",
                "invalid `dims`",
                "at least 2 dimensions",
                "dims` argument",
            ),
            says=(
                "{cls} layer should be passed an `input_shape ?` with at least {expected_ndim} dimensions, received: {found:shape}",
                "should be passed an `input_shape ` with at least {expected_ndim} dimensions, received: {found:shape}",
                "should be passed an `input_shape` with at least {expected_ndim} dimensions, received: {found:shape}",
                "Kernel shape must have the same length as input, but received kernel of shape {kernel:shape} and input of shape {found:shape}",
                "as_list() is not defined on an unknown TensorShape",
                "shape of Tensor, as_list() is not defined on a unknown TensorShape",
                "layer {layer} is incompatible with the layer: its rank is undefined",
                "its rank is undefined, but the layer requires a defined rank",
                "Invalid permutation ... dims`",
                "Invalid permutation argument `dims` for Permute Layer",
            ),
            causes=(
                "At least {expected_ndim} axes are expected; the layer got {found}.",
                "The kernel {kernel} needs an input with as many axes, but the input is {found}.",
                "The tensor lost its static shape (a py_function, a squeeze or a window of a dataset), so the layer can't know its axes.",
            ),
        ),
        Family(
            sees=("incompatible with",),
            says=(
                "Input {input_number} <of layer >?<is incompatible with layer >?{layer}< is incompatible with the layer>?: <: >?expected <min_|max_>?ndim={expected_ndim}",
                "Input {input_number} <with name ... >?of layer {layer} is incompatible with the layer",
                "Input {input_number} is incompatible with layer {layer}",
            ),
            causes=(
                "{layer} expects {expected_ndim} axes, {expected_axes}; the message stops before what it got.",
                "{layer} got a tensor whose axes aren't {expected_axes}; the message stops before the numbers.",
            ),
            weight=1,
            question='What follows "expected" and "found" in the message?',
            cut_off=True,
        ),
    ),
    judge=_judge,
    live=_live,
    fixes=_fixes,
    mends=(
        out_of_a_batch_of_one,
        *REDUCED,
        one_step_to_attend,
        every_step_to_attend,
        numbers_to_attend,
        last_output_in_front,
        sequence_kept_in_front,
        *RANKS,
        *DATA,
    ),
)
