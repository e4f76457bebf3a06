"""A weight needs a number, but the axis is None."""

# ruff: noqa: E501  (a wording stands on one line, as it is printed)

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from explainers.core.axes import Axis, Shape
from explainers.core.finding import Change, Finding, Value
from explainers.core.layers import SHEETS, axis_names
from explainers.core.mistakes.kit.changes import just
from explainers.core.mistakes.kit.judged import Judged, who
from explainers.core.mistakes.kit.mending.layers import CHANNELS_DECLARED, OPEN
from explainers.core.mistakes.kit.scene import (
    Scene,
    dtype_of,
    entry,
    rank_of,
)
from explainers.core.mistakes.kit.sheet import Family, Mistake, nothing_live
from explainers.core.spec import LayerSpec, ModelSpec, chain


def _live(scene: Scene) -> ModelSpec | None:
    """A Dense (or Conv1D) on a tensor whose last axis is open."""
    finding = scene.finding
    if "unroll" in scene.text.lower() and "time dimension" in scene.text.lower():
        return None
    found = finding.shape("found")
    weight = finding.shape("weight_shape")
    if weight and weight[0] is None and None not in weight[1:] and finding.class_name not in SHEETS:
        name = re.sub(r"\W", "_", (finding.layer or "").split("/")[0]) or "product"
        return chain(entry(weight), (LayerSpec("ops.multiply", name, (("weight", weight),)),), sequential=False)
    class_name = finding.class_name if finding.class_name in SHEETS else "Dense"
    layer = scene.layer(str(class_name))
    if found and len(found) >= rank_of(str(class_name)) and found[-1] is None:
        return chain(entry(found), (layer,), sequential=False)
    if found and len(found) >= 2:
        return (
            chain(
                entry((None, *found[1:])),
                (LayerSpec("Flatten", "flatten"), scene.layer("Dense", "dense")),
                sequential=False,
            )
            if len(found) > 2 and None in found[1:]
            else chain(entry((*found[:-1], None)), (scene.layer("Dense", "dense"),), sequential=False)
        )
    width = scene.example("features")
    return chain(
        entry((None, None, width), origin="an example"),
        (LayerSpec("Flatten", "flatten"), scene.layer("Dense", "dense")),
        sequential=False,
    )


def _unbuilt(scene: Scene) -> ModelSpec | None:
    """The layer that is named, on an example of what it reads: so it has shapes and weights."""
    class_name = scene.finding.class_name
    if class_name not in SHEETS:
        return None
    names = axis_names(class_name, rank_of(str(class_name)))
    return chain(
        entry(scene.sizes(names), dtype=dtype_of(str(class_name)), origin="an example"), (scene.layer(str(class_name)),)
    )


def _judge(layer: Any, inputs: Sequence[Shape]) -> Judged | None:
    """A weight needs a number on every axis; None can't be one."""
    if not inputs or not hasattr(layer, "add_weight"):
        return None
    found = inputs[0]
    last = len(found) - 1
    if found and found[last].size is None and last > 0:
        axis = found[last]
        return Judged(
            f"{who(layer)} makes a weight with one row for each of the {axis.axis} that reach it, but their number "
            f"is None ({axis.origin}). A weight is made before data arrive, so it needs a number there.",
            (Axis(axis.axis, None, "a number, known at build time"),),
            found,
            last,
        )
    open_axes = [i for i, axis in enumerate(found) if axis.size is None and i > 0]
    if (
        found and not getattr(layer, "built", True) and type(layer).__module__.startswith("explainers.")
    ):  # it failed making its weights
        place = open_axes[0] if open_axes else 0
        if found[place].size is None:
            return Judged(
                f"{who(layer)} makes a weight as large as {found[place].axis}, and that is None. A weight is made "
                f"once, before data arrive: it can't have an axis of unknown length.",
                (Axis(found[place].axis, None, "a number, known at build time"),),
                found,
                place,
            )
    return None


OF_A_LAMBDA = Family(
    sees=("infer the shape", "infer the static shape"),
    says=("automatically infer the <static >?shape of the <Lambda|layer>'s output",),
    causes=(
        "To learn what the Lambda returns, Keras runs its function once on a symbolic tensor, which holds no "
        "numbers, and that failed. Most often the function calls keras.backend (K), which has lost its operations in "
        "Keras 3, or NumPy, which needs numbers; keras.ops has the same operations.",
    ),
    live=nothing_live,
    title="Keras can't work out what a Lambda returns",
)


def _live_channels(scene: Scene) -> ModelSpec | None:
    """A convolution of images (or of what the message prints) whose channels are open."""
    found = scene.finding.shape("found") or (None,) * 4
    if len(found) not in (3, 4, 5):
        return None
    layer = LayerSpec(f"Conv{len(found) - 2}D", "conv", (("filters", scene.example("filters")), ("kernel_size", 3)))
    return chain(entry(found), (layer,), sequential=False)


def _declared_channels(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """An Input, or a data set, that says how many channels there are."""
    rank = len(finding.shape("found") or (None,) * 4)
    sides, series = "None, " * (rank - 2), rank == 3
    if series:
        means = "1 for a single series; otherwise as many numbers as each step has."
        return (Change(CHANNELS_DECLARED, code="keras.Input(shape=(None, 1))", means=means),)
    return (
        Change(
            CHANNELS_DECLARED,
            code=f"keras.Input(shape=({sides}3))",
            means="3 for color images, 1 for gray ones.",
        ),
        Change(
            "If a function of tf.data lost the shape, say it again.",
            code=f"image.set_shape(({sides}3))",
            means="py_function, numpy_function and decode_image return tensors of unknown shape.",
        ),
    )


OF_CHANNELS = Family(
    sees=("channel dimension of the inputs",),
    says=(
        "The channel dimension of the inputs <should be defined|must be defined>. <The input_shape received is |Received input_shape=>?{found:shape}",
        "channel dimension of the inputs to {cls} should be defined. The input_shape received is {found:shape}",
        "The channel dimension of the inputs <should be defined|must be defined>",
        "The channel dimension of the inputs to <`>?{cls}<`>? <should be defined|must be defined>",
    ),
    causes=(
        "A convolution makes its kernel from the number of channels that reach it, and {found} leaves it open (None).",
        "A convolution makes its kernel from the number of channels that reach it, and that is None.",
    ),
    live=_live_channels,
    advice=_declared_channels,
    title="A convolution needs to know the number of channels",
)

MISTAKE = Mistake(
    name="unknown_axis",
    title="A weight needs a number, but the axis is None",
    searched=(
        "must be fully-defined",
        "The last dimension of the inputs should be defined. Found None",
    ),
    misconception="flatten-works-with-open-steps",
    order=120,
    made="left an axis None that a weight needs as a number",
    of_the_whole=True,
    families=(
        Family(
            sees=(
                "should be defined",
                "must be defined",
                "fully-defined",
                "not fully defined",
                "undefined shapes",
                "partially known",
                "unknown dimension",
                "got none of type",
                "failed to convert elements",
                "unsupported operand",
                "none values not",
                "defined dimension",
                "time dimension is",
                "unrolling requires",
                "undefined `axis`",
                "nonetype",
                "unknown rank",
                "__int__ returned",
                "static input shapes",
                "statically known",
                "cannot contain `none`",
                "infer the shape",
                "found none",
                "infer argument",
                "to be known",
                "infer input size",
            ),
            says=(
                "The last dimension of the inputs to <a >?<`>?{cls} <layer >?should be defined. Found <`>?None<`>?<. Full input shape received: {found:shape}>?",
                "Shapes used to initialize variables must be fully-defined (no `None` dimensions). Received: shape={weight_shape:shape} for variable path={layer}",
                "Shapes used to initialize variables must be fully-defined (no `None` dimensions). Received: shape={weight_shape:shape}",
                'The shape of the input to "Flatten" is not fully defined (got {found:shape}',
                "Axis {axis} of <the >?input tensor should have a defined dimension but the layer received an input with shape {found:shape}",
                "Cannot unroll a RNN if the time dimension is undefined",
                "Unrolling requires a fixed number of timesteps",
                "Input has undefined `axis` dimension. Received input with shape {found:shape}",
                "Undefined shapes are not supported",
                "Cannot convert a partially known TensorShape <to a Tensor: >?{found:shape}",
                "Cannot convert an unknown Dimension to a Tensor",
                "Failed to convert elements of {found:shape} to Tensor",
                "got None of type",
                "None values not supported",
                "unsupported operand type(s) for ...'NoneType'",
                "int() argument must be a string...NoneType",
                "__int__ returned non-int (type NoneType)",
                "'NoneType' object cannot be interpreted as an integer",
                "unknown rank",
                "layers only support static input shapes for the spatial dimension. Received invalid input shape: input_shape={found:shape}",
                "spatial dimensions must be statically known",
                "input length must be statically known",
                "should be defined. Found <`>?None<`>?. <Full input shape received|Received>: <input_shape=>?{found:shape}",
                "`shape` argument cannot contain `None`. Received: shape={found:shape}",
                "Cannot infer argument `num` from shape {found:shape}",
                "Expected inputs.shape[-1] to be known, received shape: {found:shape}",
                "Could not infer input size from inputs.get_shape()[-1].Received input shape: {found:shape}",
            ),
            causes=(
                (
                    "A weight of shape {weight_shape} can't be made: None isn't a number. The batch axis, or an open "
                    "number of steps, ended up in the shape of a weight."
                ),
                "{cls} makes its weights from the last axis of its input, and {found} leaves that open (None).",
                "{cls} makes its weights from the last axis of its input, and that is None.",
                "An axis that must be a number is open in {found}.",
                "An axis that must be a number is None, most often the steps in front of a Flatten.",
            ),
        ),
        OF_A_LAMBDA,
        OF_CHANNELS,
        Family(
            sees=(
                "first layer in a sequential model must",
                "has never been called",
                "isn't built",
                "not yet been built",
                "not yet been created",
                "no defined input shape",
                "no defined output shape",
                "provide an `input_shape`",
                "input shape must be defined",
                "input shape is not available",
                "never built",
            ),
            says=(
                "The first layer in a Sequential model must get an <`>?input_shape",
                "has never been called, <thus|this> its weights have not yet been created",
                "has not yet been built",
                "<but|because> the layer isn't built",
                "have not yet been created. Weights are created when the model is first called",
                "has <never been called and thus has >?no defined <input|output> shape",
                "has never been called and thus has no defined <input|output>",
                "was never built and thus it doesn't have any variables",
                "You must provide an `input_shape` argument",
                "Input shape must be defined when calling `build()`",
                "because the input shape is not available",
            ),
            causes=(
                (
                    "The model doesn't know the shape of its input yet, so it has no shapes and no weights. It gets "
                    "them from an Input in front, or from the first data that go through it."
                ),
            ),
            weight=1,
            advice=just(
                ("Say what one sample looks like: start the model with an Input.", "keras.Input(shape=x.shape[1:])"),
                ("Or build it for a batch of any size.", "model.build((None, *x.shape[1:]))"),
                ("Or call it once on data.", "model(x[:1])"),
            ),
            live=_unbuilt,
        ),
    ),
    judge=_judge,
    live=_live,
    fixes=just(
        ("Say how long the axis is.", "keras.Input(shape=(timesteps, features))"),
        ("Or leave it open with a layer that needs no number there.", "layers.GlobalAveragePooling1D()"),
    ),
    mends=OPEN,
)
