"""What people try with a Conv1D and ask about it, and how the lesson recognises one."""

from __future__ import annotations

import dataclasses
import re
import warnings
from collections.abc import Iterator, Sequence

import numpy as np

from explainers.conv1d import INPUTS, Dims, build, counted, repaired
from explainers.core import then
from explainers.core.asked import count_of, failure_told, shapes_of
from explainers.core.axes import Axis, plain, sizes
from explainers.core.dims import Value
from explainers.core.explainer import Asked, Explainer
from explainers.core.later import keras, layers
from explainers.core.results import BuildError, Figure
from explainers.core.signs import Level, Recognised, Seen
from explainers.core.sliding import Slide
from explainers.core.trial import Tried, trial
from explainers.core.trying import built, like, named, try_build
from explainers.core.waves import waves
from explainers.core.words import tag


@trial("Leave out the channels axis", "loud", says="expected min_ndim=3, found ndim=2. Full shape received: (None, 14)")
def without_channels(dims: Dims) -> Tried:
    """Declare (steps,): a row of readings without the channels axis."""
    steps = repaired(dims).steps

    def wrong() -> keras.Model:
        signal = keras.Input((steps,), name="signal")  # (batch, steps)
        return keras.Model(signal, layers.Conv1D(dims.filters, dims.kernel_size, name="conv_1")(signal), name="rows")

    error = try_build(wrong, {"signal": "batch steps"}).error
    verdict = (
        f"A row of {counted(steps or 0, 'reading')} has steps but no channels. One number per reading is one channel: "
        "declare "
        f"Input(({steps}, 1)) and feed x[..., None]."
    )
    return Tried(f"signal = keras.Input(({steps},))\nlayers.Conv1D({dims.filters}, {dims.kernel_size})(signal)",
                         verdict, error=error)  # fmt: skip


def _no_second_place(dims: Dims) -> str:
    right = repaired(dims)
    slide = Slide(right.kernel_size, right.strides, right.padding, right.dilation_rate)
    if slide.length(right.channels) <= 0:
        return (
            f"With {counted(right.channels, 'channel')} the swap would be refused loudly: the kernel needs "
            f"{slide.reach:,} steps. "
            "It is silent only where there are at least that many channels."
        )
    return "Steps and channels are equal here: a swap shows nothing." if right.channels == right.steps else ""


@trial("Give it (channels, steps)", "silent", needs=_no_second_place)
def swapped_axes(dims: Dims) -> Tried:
    """Channels first, as other frameworks order them: it builds, and the kernel slides along the wrong axis."""
    right = repaired(dims)
    wrong = right.but(steps=right.channels, channels=right.steps)
    kept, turned = (try_build(lambda chosen=chosen: build(chosen), INPUTS).layers[1] for chosen in (right, wrong))  # type: ignore[misc]
    verdict = (
        f"Samples of shape ({right.channels:,}, {right.steps:,}) are accepted too: {plain(turned.outputs[0])} with "
        f"{turned.params:,} parameters instead of {plain(kept.outputs[0])} with {kept.params:,}. Nothing complains, "
        "but the "
        f"kernel slides along the {counted(right.channels, 'channel')} and mixes all {right.steps:,} steps at once. "
        "Keras reads (batch, steps, channels)."
    )
    figures = (
        Figure("steps out, (steps, channels)", sizes(kept.outputs[0])[1] or 0),
        Figure("steps out, (channels, steps)", sizes(turned.outputs[0])[1] or 0),
        Figure("parameters, (steps, channels)", kept.params),
        Figure("parameters, (channels, steps)", turned.params),
    )
    code = f"signal = keras.Input(({right.channels}, {right.steps}))"
    return Tried(code, verdict, figures=figures)


@trial(
    "Strides and dilation_rate together",
    "loud",
    says="`strides > 1` not supported in conjunction with `dilation_rate > 1`.",
)
def strides_and_dilation(dims: Dims) -> Tried:
    """Hop and have holes at once."""
    wrong = repaired(dims).but(strides=max(2, dims.strides), dilation_rate=max(2, dims.dilation_rate))
    error = try_build(lambda: build(wrong), INPUTS).error
    verdict = (
        f"strides={wrong.strides} makes the kernel jump, dilation_rate={wrong.dilation_rate} spreads its weights "
        "apart. Keras refuses both at once, as soon as the layer is made: no data and no shape are involved. Set one "
        "of the two to 1."
    )
    return Tried(f"layers.Conv1D({wrong.filters}, {wrong.kernel_size}, strides={wrong.strides}, "
                         f"dilation_rate={wrong.dilation_rate})", verdict, error=error)  # fmt: skip


@trial(
    "Stack until the steps run out",
    "loud",
    says="output size would be zero or negative. Received `inputs shape=(None, 2, 3)`, `kernel shape=(3, 3, 3)`",
)
def out_of_steps(dims: Dims) -> Tried:
    """Stack Conv1D and MaxPooling1D until nothing is left to slide along."""
    start = repaired(dims)
    size = max(2, start.kernel_size)

    def tower() -> keras.Model:
        signal = x = keras.Input((start.steps, start.channels), name="signal")  # (batch, steps, channels)
        for number in range(1, 40):  # 2 to the power of 39 steps would be needed: it always ends before
            x = layers.Conv1D(3, size, name=f"conv_{number}")(x)  # (batch, steps − kernel_size + 1, 3)
            x = layers.MaxPooling1D(2, name=f"pool_{number}")(x)  # (batch, steps / 2, 3)
        return keras.Model(signal, x, name="tower")

    found = try_build(tower, INPUTS)
    assert found.error is not None
    left = [layer.outputs[0][1].size for layer in found.layers]
    verdict = (
        f"Steps left after each layer: {', '.join(f'{n:,}' for n in left if n)}. Then {found.error.layer} no longer "
        f"fits. Keras' message doesn't name the layer; it was {found.error.layer}."
    )
    figures = (Figure("layers that fit", len(left) - 1), Figure("steps that reach the failing layer", left[-1] or 0))
    return Tried(f"for number in range(1, 40):\n    x = layers.Conv1D(3, {size})(x)\n"
                         "    x = layers.MaxPooling1D(2)(x)", verdict, figures=figures, error=found.error)  # fmt: skip


@trial("Then Flatten and Dense(1)", "run")
def flatten_dense(dims: Dims) -> Tried:
    """Flatten lays steps and filters end to end; Dense(1) has a weight for each."""
    right = repaired(dims).but(head="Flatten")
    found = try_build(lambda: build(right), INPUTS)
    conv, flat, dense = found.layers[1:4]
    steps, filters = conv.outputs[0][1].size, conv.outputs[0][2].size
    wide = flat.outputs[0][1].size or 0
    verdict = (
        f"Here the number of steps matters: {tag(steps, 'steps')} × {tag(filters, 'filters')} = {wide:,} numbers, and "
        f"Dense(1) has one weight for each and a bias: {wide:,} + 1 = **{dense.params:,}**."
    )
    figures = (
        Figure("numbers after Flatten", wide, f"{steps:,} steps × {filters:,} filters"),
        Figure("parameters of Dense(1)", dense.params, f"{wide:,} + 1"),
        Figure(
            "parameters of Conv1D", conv.params, f"{right.kernel_size} × {right.channels:,} × {filters:,} + {filters:,}"
        ),
    )
    code = 'x = layers.Flatten(name="flatten")(x)\nx = layers.Dense(1, name="dense")(x)'
    return Tried(code, verdict, figures=figures)


@trial(
    "Any length, then Flatten and Dense(1)",
    "loud",
    says="Shapes used to initialize variables must be fully-defined (no `None` dimensions). Received: shape=(None, 1)",
)
def flatten_any_length(dims: Dims) -> Tried:
    """Flatten needs to know the steps."""
    error = try_build(lambda: build(repaired(dims).but(steps=None, head="Flatten")), INPUTS).error
    verdict = (
        "Conv1D reads any length, but after Flatten the number of steps is part of the last axis, and Dense must "
        "know it to make "
        "its weights. GlobalAveragePooling1D gives one number per filter for any length."
    )
    code = f"signal = keras.Input((None, {dims.channels}))\nx = layers.Flatten()(conv)\nx = layers.Dense(1)(x)"
    return Tried(code, verdict, error=error)


@trial("End with Dense(1, softmax)", "silent")
def softmax_of_one(dims: Dims) -> Tried:
    """A softmax over one unit divides a number by itself: always 1.0."""
    right = repaired(dims)

    def wrong() -> keras.Model:
        body = build(right.but(head="Flatten"))
        flat = body.get_layer("flatten").output  # (batch, steps × filters)
        return keras.Model(
            body.inputs, layers.Dense(1, activation="softmax", name="prediction")(flat), name="always_one"
        )

    x = waves((3, right.steps or 1, right.channels)) * np.array([1.0, -5.0, 40.0], "float32")[:, None, None]
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        model = built(wrong, INPUTS)
        predictions = np.asarray(model.predict(x, verbose=0))
    logits = keras.Model(model.inputs, model.get_layer("flatten").output, name="body").predict(x, verbose=0)
    kernel, bias = model.get_layer("prediction").get_weights()
    before = (logits @ kernel + bias)[:, 0]
    shape = (Axis("batch", None, "the data"), Axis("units", 1, "units=1 of Dense prediction", ("prediction.units",)))
    verdict = (
        f"Three very different samples, and three times {predictions.min():.1f}. A softmax makes the numbers of one "
        "sample sum to 1, and "
        "one number alone that sums to 1 is 1, whatever the weights are. It trains, and learns nothing. For yes or no: "
        f'Dense(1, activation="sigmoid").{_warned(said)}'
    )
    figures = (
        Figure("smallest output", float(predictions.min())),
        Figure("largest output", float(predictions.max())),
        Figure("smallest sum before the softmax", round(float(before.min()), 4)),
        Figure("largest sum before the softmax", round(float(before.max()), 4)),
    )
    tensors = (named("x", x, "batch steps channels"), like("y", predictions, shape))
    code = 'layers.Dense(1, activation="softmax")(x)'
    return Tried(code, verdict, tensors, figures)


def _warned(said: Sequence[warnings.WarningMessage]) -> str:
    """What Keras said on the console, where few people look."""
    words = [str(warning.message) for warning in said if "softmax" in str(warning.message)]
    return f" Keras accepts it and only warns on the console: “{words[0]}”" if words else " Keras says nothing."


@trial(
    "The same mistake in an older message",
    "loud",
    says="One of the dimensions in the output is <= 0 due to downsampling in conv1d",
)
def then_wording(dims: Dims) -> Tried:
    """What Keras 2 says about the same mistake: as the layer is built, and in the operation below it."""
    steps, size = (1, max(2, dims.kernel_size))
    layer = [("Conv1D", {"filters": dims.filters, "kernel_size": size})]
    message = then.refusal(lambda: then.sequential(layer, (None, steps, dims.channels)))
    below = then.refusal(lambda: _kernel_on_too_few(steps, dims.channels, dims.filters, size))
    cause = f"kernel_size {size} and {counted(steps, 'step')}: {steps} − {size} + 1 = {steps - size + 1}."
    error = BuildError("ValueError", _at_most(message), "conv1d", "kernel_exceeds_steps", cause)
    verdict = (
        "This is how the last version of Keras 2 words it. Older versions left it to TensorFlow: "
        f"“{_at_most(below)}”. “Subtracting {size} from {steps}” is kernel_size {size} taken from "
        f"{counted(steps, 'step')}; it says Conv2D because a Conv1D was computed as a Conv2D of height 1. Today's "
        "message for the same mistake is “Computed output size would be zero or negative”."
    )
    return Tried(f"tf_keras.layers.Conv1D({dims.filters}, {size})  # on ({steps}, {dims.channels})", verdict,
                         error=error)  # fmt: skip


def _at_most(words: str) -> str:
    """The sentence itself: without the attributes of the operation and the arguments of the call."""
    return re.sub(r"\}\} = Conv2D\[.{0,600}\]\([^()]{0,600}\)'", "}}'", words.split("\n\nCall arguments")[0])


def _kernel_on_too_few(steps: int, channels: int, filters: int, size: int) -> object:
    """The operation that an older Conv1D ran, on a graph's symbolic tensors, where TensorFlow infers the shape."""
    import tensorflow as tf

    with tf.Graph().as_default():
        x = tf.compat.v1.placeholder("float32", (None, 1, steps, channels))  # (batch, height 1, steps, channels)
        kernel = tf.compat.v1.placeholder("float32", (1, size, channels, filters))
        return tf.compat.v1.nn.conv2d(x, kernel, strides=1, padding="VALID", name="conv1d_1/convolution/Conv2D")


def _conv(seen: Seen) -> Recognised | None:
    """The first Conv1D, and what it reads."""
    main = seen.main()
    if main is None or main[0].class_name != "Conv1D":
        return None
    layer, shape = main
    if len(shape) != 3:
        return {}
    front = layer.get("data_format") == "channels_first"
    dims: Recognised = {"steps": shape[2 if front else 1], "channels": shape[1 if front else 2]}
    for name in ("filters", "kernel_size", "strides", "padding", "dilation_rate"):
        value = layer.get(name)
        if isinstance(value, tuple) and len(value) == 1:
            value = value[0]
        if isinstance(value, int | str) and value != "full":
            dims[name] = value
    return {key: value for key, value in dims.items() if value is not None or key == "steps"}


# -- what people ask -----------------------------------------------------------------------------------------


def of_count(count: int) -> Iterator[dict[str, Value]]:
    """Dims at which a Conv1D has so many parameters: filters × (kernel_size × channels + 1)."""
    for kernel_size in (3, 2, 5, 7):
        for filters in range(512, 0, -1):
            channels, left = divmod(count - filters, filters * kernel_size)
            if not left and 1 <= channels <= 512:
                yield {"filters": filters, "kernel_size": kernel_size, "channels": channels, "steps": 20}


ASKED: tuple[Asked[Dims], ...] = (
    Asked(
        "Negative dimension size caused by subtracting 3 from 1 for 'conv1d_1/convolution/Conv2D'",
        {"steps": 1, "channels": 11, "kernel_size": 3},
        "",
        failure_told,
    ),
    Asked("Computed output size would be zero or negative", {"steps": 2, "kernel_size": 3}, "", failure_told),
    Asked("What do steps and channels mean in Conv1D?", {}, "", shapes_of("conv_1")),
    Asked(
        "How many output steps does a Conv1D have with strides, padding and dilation_rate?",
        {},
        "sliding",
        shapes_of("conv_1"),
        ("padding same", "padding valid", "causal", "Conv1D output shape"),
    ),
    Asked("How many parameters does a Conv1D have?", {}, "parameters", count_of("conv_1"), ("filters",)),
    Asked(
        "Why is my Dense(1, softmax) always 1.0?",
        {"head": "Flatten"},
        "break-it",
        None,
        ("softmax",),
        trial="softmax_of_one",
    ),
    Asked(
        "Why is Flatten's output (None, None)?",
        {"steps": None, "head": "Flatten"},
        "",
        failure_told,
        ("Flatten None", "Dense should be defined", "last dimension should be defined"),
    ),
    Asked(
        "What is the output shape of Flatten?",
        {"head": "Flatten"},
        "",
        shapes_of("flatten"),
        ("Flatten before Dense", "Flatten shape"),
    ),
    Asked(
        "What does GlobalAveragePooling1D do?",
        {"head": "GlobalAveragePooling1D"},
        "",
        shapes_of("average"),
        ("pooling",),
    ),
    Asked("What does MaxPooling1D do to the steps?", {"pool_size": 2, "strides": 1}, "sliding", shapes_of("pool_1")),
)


def complete(lesson: Explainer[Dims]) -> Explainer[Dims]:
    """The lesson with its trials and signs."""
    return dataclasses.replace(
        lesson,
        asked=ASKED,
        of_count=of_count,
        trials=(
            without_channels,
            swapped_axes,
            out_of_steps,
            strides_and_dilation,
            flatten_dense,
            flatten_any_length,
            softmax_of_one,
            then_wording,
        ),
        signs={Level.LAYER: _conv},
    )
