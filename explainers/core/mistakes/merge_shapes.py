"""Add, Multiply or Concatenate got shapes that do not fit."""

# ruff: noqa: E501  (a wording stands on one line, as it is printed)

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from explainers.core.axes import Shape, plain, sizes
from explainers.core.finding import Change, Finding, Value
from explainers.core.layers import MERGES
from explainers.core.mistakes.kit.image_sizes import divisible, halved_without_a_rest
from explainers.core.mistakes.kit.judged import Judged, who
from explainers.core.mistakes.kit.mending.meeting import other_axes_of_a_dot
from explainers.core.mistakes.kit.mending.merging import INSIDE, JOINED, far_apart, two_apart
from explainers.core.mistakes.kit.scene import (
    Scene,
    entry,
    joined,
    two_sizes,
)
from explainers.core.mistakes.kit.sheet import Family, Mistake, Said, nothing_live
from explainers.core.spec import Argument, CallSpec, LayerSpec, ModelSpec, Ref, Sizes


def names_a_concatenation(said: Said) -> bool:
    """Whether the operation that is named joins tensors."""
    return "oncat" in _OF_DIRECTIONS.sub("", said.near(0, 160))


_OF_DIRECTIONS = re.compile(r"merge_mode ?= ?.concat.")  # code behind the message


def merged(scene: Scene, samples: bool = False) -> ModelSpec | None:
    """The merge layer on the shapes of the message. samples: whether it prints one sample of each, without the batch."""
    finding = scene.finding
    shapes = finding.named.get("both", ()) or two_sizes(finding)
    if len(shapes) < 2:
        return None
    lowered = scene.text.lower()
    own = finding.class_name if finding.class_name in MERGES else ""
    name = (
        own or "Concatenate"
        if "concat" in lowered or own
        else "Dot"
        if "dot" in lowered or "axis values" in lowered
        else "Add"
    )
    if samples or all(len(shape) < 2 for shape in shapes):
        shapes = tuple((None, *shape) for shape in shapes)
    shapes = tuple(shape for shape in shapes[:8] if shape)
    axis: dict[str, Argument] = (
        {"axis": _joined_along(scene.text, shapes)}
        if name == "Concatenate"
        else {"axes": _dot_axes(finding)}
        if name == "Dot"
        else {}
    )
    even = all(
        a == b or min(a or 0, b or 0) % 2 == 0 for a, b in zip(*(shape[1:-1] for shape in shapes[:2]), strict=False)
    )
    skips = lost_on_the_way(shapes) and (len(shapes[0]) > 3 or _OF_LEVELS.search(scene.text) is not None)
    if name == "Concatenate" and skips and even and shapes[0][1] != shapes[1][1]:
        return _skipped(shapes)
    return joined(scene, shapes, scene.layer(name, **axis))


_AXIS_OF_JOIN = re.compile(r"(?:merge|[cC]oncatenate)\([^\n]{0,160}?\b(?:concat_)?axis ?= ?(-?\d)\b")


def _joined_along(text: str, shapes: tuple[Sizes, ...]) -> int:
    """The axis of the join: where a line of the text says it; the last one, unless they may differ there."""
    said = {int(axis) for axis in _AXIS_OF_JOIN.findall(text)}
    if len(said) == 1:
        return said.pop()
    only_last = len({len(shape) for shape in shapes}) == 1 and len({shape[:-1] for shape in shapes}) == 1
    return 1 if only_last and len(shapes[0]) > 2 and len(set(shapes)) > 1 else -1


# Words of a network that makes a sequence shorter and longer again; two sequences may differ by one for other reasons.
_OF_LEVELS = re.compile(r"pool|upsampl|transpose|u-?net|skip|auto-?encoder|decoder|strides", re.IGNORECASE)


def lost_on_the_way(shapes: tuple[Sizes, ...]) -> bool:
    """Pictures or volumes of which one is a pixel smaller: what a pooling and an upsampling make of an odd side."""
    if len(shapes) != 2 or len(shapes[0]) != len(shapes[1]) or not 3 <= len(shapes[0]) <= 5:
        return False
    if any(None in shape[1:] for shape in shapes):
        return False
    pairs = list(zip(*(shape[1:-1] for shape in shapes), strict=True))
    return any(a != b for a, b in pairs) and all(a == b or abs((a or 0) - (b or 0)) == 1 for a, b in pairs)


def _skipped(shapes: tuple[Sizes, ...]) -> ModelSpec:
    """The larger one as it is, and the same after a pooling and an upsampling."""
    larger, smaller = sorted(shapes, key=lambda shape: shape[1] or 0, reverse=True)
    rank = len(larger) - 2
    layers = (
        LayerSpec(f"MaxPooling{rank}D", "pooled", (("pool_size", 2),)),
        LayerSpec(f"Conv{rank}D", "inside", (("filters", smaller[-1]), ("kernel_size", 1))),
        LayerSpec(f"UpSampling{rank}D", "upsampled", (("size", 2),)),
        LayerSpec("Concatenate", "concatenate", (("axis", -1),)),
    )
    calls = (
        CallSpec(0, (Ref("input", 0),)),
        CallSpec(1, (Ref("call", 0),)),
        CallSpec(2, (Ref("call", 1),)),
        CallSpec(3, (Ref("call", 2), Ref("input", 0))),
    )
    inside = entry((None, *larger[1:]), origin=INSIDE)
    return ModelSpec((inside,), layers, calls, (Ref("call", 3),))


def _words(finding: Finding) -> dict[str, str]:
    """How a pixel is lost: ``89 is odd: a pooling of 2 makes 44 of it, and an upsampling 88``.

    Where the images of the text come to the larger size without a rest, it was lost in another way.
    """
    shapes = finding.named.get("both", ())[:2]
    empty = next((i for i, n in enumerate(shapes[0]) if i and n == 0), None) if shapes else None
    if empty is not None:
        return {"empty": str(empty)}
    if len(shapes) != 2 or not lost_on_the_way(shapes):
        return {}
    if len(shapes[0]) == 3 and not _OF_LEVELS.search(finding.around):
        return {}
    place = next(i for i in range(1, len(shapes[0])) if shapes[0][i] != shapes[1][i])
    larger, smaller = sorted((shapes[0][place] or 0, shapes[1][place] or 0), reverse=True)
    whole = halved_without_a_rest(finding.around, larger)
    if whole is not None and halved_without_a_rest(finding.around, smaller) is None:
        return {
            "halved": f"{whole[0]}, halved {_often(whole[1])}, is {larger} without a rest: a layer with "
            f'padding="valid" or a cropping layer made {smaller} of it.'
        }
    if smaller % 2:
        half = -(-smaller // 2)
        return {
            "halved": f'{smaller} is odd: halved with padding="same" it is {half}, and an upsampling makes {half * 2} of '
            "it, one more."
        }
    odd = larger
    return {
        "halved": (
            f"{odd} is odd: pooling by 2 turns it into {odd // 2}, and upsampling turns that into {odd // 2 * 2}, one "
            "less."
        )
    }


def _often(times: int) -> str:
    return {1: "once", 2: "twice"}.get(times, f"{times} times")


def _advice(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """Two batches of different sizes can't be joined sample by sample, whatever the layers do."""
    both = finding.named.get("both", ())[:2]
    if len(both) == 2 and lost_on_the_way(both):
        return divisible(finding.around) if len(both[0]) == 4 else ()
    if len(both) != 2 or len(both[0]) != len(both[1]) or len(both[0]) < 2 or None in (both[0][0], both[1][0]):
        return ()
    if both[0][1:] != both[1][1:] and len(both[0]) > 2:
        return ()
    if both[0][0] == both[1][0]:
        return ()
    return (
        Change(
            "Give both inputs the same number of samples: they belong together row by row.",
            code="assert len(x1) == len(x2)",
            means=f"Axis 0 is the batch: {both[0][0]} samples meet {both[1][0]}.",
        ),
        Change(
            "If a layer was built with a fixed batch, leave the batch open.",
            code="keras.Input(shape=(…))  # not batch_shape, not batch_size",
        ),
    )


_MOST_CUT = 12  # that convolutions of a block take off a side
_CONVOLVED = re.compile(r"\bconv|resnet|residual|\bblock\b|\btcn\b|causal|kernel", re.IGNORECASE)


def _borders_cut(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """(98, 16) and (100, 16): as many taken off every side as convolutions without padding take."""
    both = finding.named.get("both", ())[:2]
    if len(both) != 2 or len(both[0]) != len(both[1]) or both[0][-1] != both[1][-1] or None in (*both[0], *both[1]):
        return ()
    cut = {abs((a or 0) - (b or 0)) for a, b in zip(both[0][:-1], both[1][:-1], strict=True)}
    if len(cut) != 1 or not 1 < max(cut) <= _MOST_CUT or far_apart((1, *both[0]), (1, *both[1])):
        return ()
    if not _CONVOLVED.search(finding.around):
        return ()
    rank, taken = len(both[0]) - 1, max(cut)
    padding = "causal" if rank == 1 and "ausal" in finding.around else "same"
    return (
        Change(
            f'Give the convolutions of the branch padding="{padding}": they keep the {"length" if rank == 1 else "sides"}.',
            code=f'layers.Conv{rank}D(filters, kernel_size, padding="{padding}")',
            means=f'With padding="valid" each of them shortens a side by kernel_size - 1; together it is {taken} here.',
        ),
    )


def _arrays(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """Arrays of NumPy: cut the longer one, join on the axis that differs, or add the axis that is missing."""
    axis, left, right = (finding.number(name) for name in ("axis", "left", "right"))
    if axis is not None and left is not None and right is not None:
        name, short = ("a", right) if left > right else ("b", left)
        return (
            Change(f"Join them along axis {axis}, where they may differ.", code=f"np.concatenate([a, b], axis={axis})"),
            Change(f"Or cut axis {axis} of the longer one to {short}.", code=f"{name}[{':, ' * axis}:{short}]"),
        )
    name = "a" if (finding.number("left_ndim") or 0) < (finding.number("right_ndim") or 0) else "b"
    return (
        Change("Add the missing axis to the array with fewer axes.", code=f"{name} = {name}[..., np.newaxis]",
               means="At the end for features or channels; [np.newaxis] in front where it is one sample."),
    )  # fmt: skip


def _dot_axes(finding: Finding) -> Argument:
    first, second = finding.number("axis"), finding.number("axis_b")
    if first is not None and second is not None:
        return (first, second)
    sizes = (finding.number("left"), finding.number("right"))
    both = finding.named.get("both", ())
    if len(both) > 1 and sizes[0] in both[0] and sizes[1] in both[1]:
        return (both[0].index(sizes[0]), both[1].index(sizes[1]))
    return -1


def _judge(layer: Any, inputs: Sequence[Shape]) -> Judged | None:
    if type(layer).__name__ not in MERGES or len(inputs) < 2:
        return None
    shapes = " and ".join(plain(shape) for shape in inputs)
    place = next(
        (i for i, pair in enumerate(zip(*map(sizes, inputs[:2]), strict=False)) if pair[0] != pair[1] and i), 1
    )
    return Judged(f"{who(layer)} got {shapes}: {_rule(layer, inputs)}", inputs[0], inputs[1], place)


def _rule(layer: Any, inputs: Sequence[Shape]) -> str:
    """What must agree, and which sizes of the first two don't."""
    ranks = [len(shape) for shape in inputs]
    axes = getattr(layer, "axes", None)
    if axes is not None:  # of a Dot
        first, second = (axes, axes) if isinstance(axes, int) else axes
        for axis, rank in zip((first, second), ranks, strict=False):
            if not -rank <= axis < rank:
                return f"it multiplies along axis {axis}, and that input has {rank} axes, 0 to {rank - 1}."
        pair = (inputs[0][first].size, inputs[1][second].size)
        return (
            f"it multiplies along axis {first} of the first and axis {second} of the second, and these are {pair[0]} "
            f"and {pair[1]}."
        )
    if hasattr(layer, "axis"):
        joins = layer.axis % ranks[0] if -ranks[0] <= layer.axis < ranks[0] else layer.axis
        if len(set(ranks)) > 1:
            return f"they have {' and '.join(map(str, ranks))} axes, and must have the same number."
        return f"apart from axis {joins}, which it joins, all axes must agree{_differing(inputs, joins)}."
    return f"it works number by number, so all axes must agree{_differing(inputs)}."


def _differing(inputs: Sequence[Shape], joined: int | None = None) -> str:
    """``; axis 1 is 6 against 5``, counted from the batch, or nothing for shapes of different ranks."""
    one, other = map(sizes, inputs[:2])
    if len(one) != len(other):
        return ""
    pairs = [(i, a, b) for i, (a, b) in enumerate(zip(one, other, strict=True)) if i != joined and a != b]
    return "".join(f"; axis {i} is {a} versus {b}" for i, a, b in pairs)


def _joined_axis(finding: Finding, said: Said) -> Finding:
    """A Concatenate joins along its last axis, unless it is told another: there its inputs may differ."""
    both = finding.named.get("both", ())[:2]
    whole = len(both) == 2 and len(both[0]) == len(both[1]) > 2 and both[0][-1] != both[1][-1]
    of_the_op = "concat" in said.match.group().lower() and whole and both[0][:-1] != both[1][:-1]
    if "except for the concat" not in said.match.group().lower() and not of_the_op:
        return finding
    return replace(finding, values={**finding.values, "joined_axis": "last"})


def _without_the_axis(finding: Finding, said: Said) -> Finding:
    """TensorFlow lists the axis among the inputs of a concatenation: a shape without axes."""
    both = finding.named.get("both", ())
    return replace(finding, named={**finding.named, "both": tuple(shape for shape in both if shape)})


def _of_a_dot(finding: Finding) -> tuple[Change, ...]:
    """Two axes of equal length, where there are such."""
    one, other = finding.named["both"][:2]
    pairs = [(i, j) for i, a in enumerate(one) if i for j, b in enumerate(other) if j and a == b and a is not None]
    last = sorted(pairs, reverse=True)[:1]
    return (
        *(Change(f"Multiply along two axes of equal length: axis {i} and axis {j} have {one[i]}.",
                 code=f"layers.Dot(axes=({i}, {j}))([a, b])") for i, j in last),
        Change("In older code, K.batch_dot took several axes of the batch; today a matrix product does that.",
               code="ops.matmul(a, b)  # the last two axes are multiplied, all others belong together"),
    )  # fmt: skip


def _fixes(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """By the axes on which they differ; an axis of nothing is explained first."""
    both = two_apart(finding.named.get("both", ()))
    if len(both) == 2 and "batch_dot" in finding.around and finding.number("axis_b") is not None:
        return _of_a_dot(finding)
    if finding.number("expected_ndim") is not None and not both and "in[0] and in[1]" in finding.around:
        return _PRODUCT_OF_VECTORS
    if len(both) < 2 or len(both[0]) != len(both[1]):
        return _AGREE
    first = {shape[0] for shape in both}  # of samples, both have as many; one message leaves them out
    samples = "incompatible shapes. received" in finding.around.lower() or (None not in first and len(first) > 1)
    both = tuple((None, *shape) for shape in both) if samples else both
    apart = [i for i, (a, b) in enumerate(zip(*both, strict=True)) if i and a != b]
    empty = [i for i in range(1, len(both[0])) if both[0][i] == 0]
    if empty and len(both[0]) == 4:
        return (
            Change(
                "Say where the channels are: pooling halved axis 1, which holds the channels, until nothing was left.",
                code='keras.config.set_image_data_format("channels_first")  # or data_format="channels_first" in each layer',
                means="Images as (batch, channels, height, width) are read as (batch, height, width, channels). In "
                'Keras 1 it is dim_ordering="th".',
            ),
            Change(
                "Or put the channels last, in the data, in the Input and in the Concatenate.",
                code="x = np.moveaxis(x, 1, -1)\nlayers.Concatenate(axis=-1)([a, b])",
            ),
        )
    if apart and all(1 in (both[0][i], both[1][i]) for i in apart) and "same shape" in finding.around:
        return _STRETCHED
    if apart and not samples and len(both[0]) > 3 and far_apart(*both):
        return _OTHER_LEVEL
    if len(apart) == 1:
        return (Change(f"Join along axis {apart[0]}, the only one in which they differ.",
                       code=f"layers.Concatenate(axis={apart[0]})([a, b])"),)  # fmt: skip
    return _AGREE


_STRETCHED = (
    Change("Update Keras: today's Add and Multiply stretch an axis of size 1.", code="pip install --upgrade keras"),
    Change(
        "In versions before 2.0.3, repeat the smaller one first.", code="layers.UpSampling2D(size=(height, width))(b)"
    ),
)
_PRODUCT_OF_VECTORS = (
    Change("Use today's Dot: it takes two vectors, (batch, factors).", code="layers.Dot(axes=1)([a, b])"),
    Change("Or keep the axis of 1 in both, and flatten the product.", code="layers.Flatten()(layers.Dot(axes=2)([a, b]))",
           means="(batch, 1, factors) is what an Embedding of one id returns."),
)  # fmt: skip
_OTHER_LEVEL = (
    Change(
        "Join tensors of the same level: these sizes are too far apart for a lost border.",
        code="print(a.shape, b.shape)",
        means="One of them was halved or doubled more often, or has its axes in a different order.",
    ),
)
_AGREE = (Change("Print both shapes before the layer: all axes but the joined one must agree.",
                 code="print(a.shape, b.shape)"),)  # fmt: skip


MISTAKE = Mistake(
    name="merge_shapes",
    title="Add, Multiply or Concatenate got shapes that do not fit",
    searched=(
        "A Concatenate layer requires inputs with matching shapes",
        "Inputs have incompatible shapes",
    ),
    misconception="broadcasting-from-the-left",
    order=60,
    group="merge",
    families=(
        Family(
            sees=("the array at index",),
            says=(
                "all the input array dimensions <for|except for> the concatenation axis must match exactly, but along dimension {axis}, the array at index {i} has size {left} and the array at index {j} has size {right}",
                "all the input arrays must have same number of dimensions, but the array at index {i} has {left_ndim} dimension(s) and the array at index {j} has {right_ndim} dimension(s)",
            ),
            causes=(
                (
                    "NumPy joins along one axis; all other axes must be equal. On axis {axis} the array at index {i} "
                    "is {left} long, but the array at index {j} is {right}."
                ),
                (
                    "NumPy joins arrays with the same number of axes. The array at index {i} has {left_ndim}, but "
                    "the array at index {j} has {right_ndim}."
                ),
            ),
            live=nothing_live,
            advice=_arrays,
            title="np.concatenate got arrays that do not fit",
        ),
        Family(
            sees=("incompatible shapes. received",),
            says=("Inputs have incompatible shapes. Received shapes {both:shapes}",),
            causes=(
                "The layer works element by element, so a sample of each must have the same shape; {both} differ{difference}.",
            ),
            has_node=True,
            of_samples=True,
            live=lambda scene: merged(scene, samples=True),
            advice=_borders_cut,
            title="Add, Multiply or a similar layer got shapes that differ",
        ),
        Family(
            sees=("axis values",),
            says=(
                "Incompatible input shapes: axis values {left} (at axis {axis}) != {right} (at axis {axis_b}). Full input shapes: {both:shapes}",
            ),
            causes=(
                "Dot multiplies along axis {axis} of the first and axis {axis_b} of the second: these are {left} and {right}, and must be equal. The inputs are {both}.",
            ),
            decides=lambda finding, said: "merge_shapes",
            title="Dot got two axes of different lengths",
        ),
        Family(
            sees=(
                "matching shapes",
                "matching output shapes",
                "can be merged",
                "can not be merged",
                "dimension incompatibility",
                "concatop",
                "concatenation axis",
                "dot mode",
                "different batch sizes",
                "of all input",
                "`concatenate`",
                "concat axis",
                "in both shapes",
                "input arrays must have",
                "batch_dot",
                "in[0] and in[1] ndims",
                "unable to concatenate",
                "except the",
                "same rank",
                "must match. input",
            ),
            says=(
                "layer requires inputs with matching shapes except for the <concat|concatenation> axis<.|:> <Received: input_shape=|Got inputs shapes: |Received: inputs.shape=|input_shape=>?{both:shapes}",
                "mode can only merge layers with matching output shapes<. | except for the concat axis. >Layer shapes: {both:shapes}",
                "Only tensors of same shape can be merged by layer {layer} Got input shapes: {both:shapes}",
                "Only tensors of same shape can be merged by layer{layer} Got input shapes: {both:shapes}",
                "Only layers of same output shape can be merged using {what} mode. Layer shapes: {both:shapes}",
                "Dimension incompatibility using dot mode: {left} != {right}. Layer shapes: {both:shapes}",
                "Dimension incompatibility ... {left} != {right}",
                "incompatible layers can not be merged using {what} mode",
                "ConcatOp : Dimensions of inputs should match: shape[{i}] = {left_shape:shape} vs. shape[{j}] = {right_shape:shape}",
                "ConcatOp : Ranks of all input tensors should match: shape[{i}] = {left_shape:shape} vs. shape[{j}] = {right_shape:shape}",
                "ConcatOp : Dimension {axis} in both shapes must be equal: shape[{i}] = {left_shape:shape} vs. shape[{j}] = {right_shape:shape}",
                "all <the >?input arrays must have <the >?same number of dimensions",
                "all the input array dimensions except for the concatenation axis must match exactly",
                "Cannot merge tensors with different batch sizes. <Received|Got> tensors with shapes <:>?{both:shapes}",
                "Shapes of all inputs must match: values[{i}].shape = {left_shape:shape} != values[{j}].shape = {right_shape:shape}",
                "Dimension {axis} in both shapes must be equal, but are {left} and {right}. Shapes are ... for ...oncat...with input shapes: {both:shapes}",
                "Dimension {axis} in both shapes must be equal, but are {left} and {right}. Shapes are {left_shape:shape} and {right_shape:shape}<.>? for ...oncat",
                "<Cannot|Can not> do batch_dot on inputs with shapes {left_shape:shape} and {right_shape:shape} with axes=[{axis}, {axis_b}]",
                "<Cannot|Can not> do batch_dot on inputs with shapes {left_shape:shape} and {right_shape:shape}",
                "In[0] and In[1] ndims must be \\>= {expected_ndim}: {found_ndim}",
                "Cannot do batch_dot on inputs with different batch sizes. Received inputs with shapes {left_shape:shape} and {right_shape:shape}",
                "Cannot do batch_dot on inputs with rank \\< 2. Received inputs with shapes {left_shape:shape} and {right_shape:shape}",
                "All dimensions except {axis} must match. Input {i} has shape {left_shape:shape} and doesn't match input {j} with shape {right_shape:shape}",
                "Unable to concatenate {left_shape:shape} and {right_shape:shape}",
                "`append` requires inputs to have the same shape except the ... but received shape {left_shape:shape} and {right_shape:shape}",
                "must have the same shape except on the `axis` dim. But found element of shape {right_shape:shape}, which is different from the first element's shape {left_shape:shape}",
                "must have the same shape. But found element of shape {right_shape:shape}, which is different from the first element's shape {left_shape:shape}",
            ),
            causes=(
                (
                    "The shapes to be joined are {both}. Axis {empty} has size 0: the pooling layers before it left "
                    "nothing."
                ),
                "A product of batches reads {expected_ndim} axes or more; the two operands have {found_ndim}.",
                "A product along axis {axis} of the first and axis {axis_b} of the second: the shapes are {both}, and these two axes must be equally long.",
                "The shapes to be joined, {both}, differ where they must be equal{difference}. {halved}",
                "The shapes to be joined, {both}, differ where they must be equal{difference}.",
                "The shapes to be joined, {left_shape} and {right_shape}, differ on an axis where they must be equal.",
                "The two inputs must agree on that axis, but are {left} and {right}.",
                "The inputs to be joined differ on an axis where they must be equal.",
            ),
            has_node=True,
            completes=(_joined_axis,),
            words=_words,
            advice=_advice,
        ),
        Family(
            sees=("shape must be rank",),
            says=(
                "Shape must be rank {left_ndim} but is rank {right_ndim} for ...oncat...with input shapes: {both:shapes}",
            ),
            causes=("The tensors to be joined, {both}, have different numbers of axes.",),
            weight=3,
            completes=(_without_the_axis,),
        ),
    ),
    judge=_judge,
    live=merged,
    fixes=_fixes,
    mends=(other_axes_of_a_dot, *JOINED),
)
