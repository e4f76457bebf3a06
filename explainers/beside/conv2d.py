"""What people try with a Conv2D and images, and how the lesson recognizes one."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np

from explainers.conv2d import AVERAGE, FLATTEN, INPUTS, NONE, Dims, build
from explainers.core.asked import count_of, failure_told, shape_told, shapes_of
from explainers.core.axes import Shape, plain, sizes
from explainers.core.bounds import bounded
from explainers.core.dims import Value
from explainers.core.explainer import Asked, Explainer
from explainers.core.later import keras, layers
from explainers.core.results import Figure, Fix, Inspection, Layer, Tensor
from explainers.core.signs import Level, Recognised, Seen
from explainers.core.sliding import Slide
from explainers.core.trial import Tried, trial
from explainers.core.trying import built, like, named, try_build, try_feed
from explainers.core.words import tag

_LONG, _FEW = 64, 16  # pixels of an axis, and channels, filters and pixels of a kernel, that a demonstration takes
_SAMPLES = 7  # images that are fed


def repaired(dims: Dims) -> Dims:
    """The learner's dims with the least change that lets the model build, quick to run."""
    dims = bounded(dims, height=_LONG, width=_LONG, channels=_FEW, filters=_FEW, kernel_size=_FEW, units=_LONG)
    dims = dims.but(channels_axis=True, height=dims.height or 28)
    height = dims.height or 28
    needed = Slide(dims.kernel_size, dims.strides, dims.padding).least(dims.pool_size or 1)
    if needed > 4 * _LONG:
        return repaired(dims.but(pool_size=None, strides=1))
    return dims.but(height=max(height, needed), width=max(dims.width, needed))


def _shapes(dims: Dims) -> tuple[Shape, Shape]:
    """What enters and what leaves the live model."""
    found = try_build(lambda: build(dims), INPUTS)
    return found.layers[0].outputs[0], found.layers[-1].outputs[0]


@trial("Declare (height, width)", "loud", says="expected min_ndim=4, found ndim=3. Full shape received: (None, 28, 26)")
def without_channels(dims: Dims) -> Tried:
    """An Input without the channels axis."""
    right = repaired(dims)
    error = try_build(lambda: build(right.but(channels_axis=False)), INPUTS).error
    verdict = (
        f"Conv2D reads four axes: batch, height, width, channels. ({right.height}, {right.width}) has no channels, "
        f"so only three are there. A grayscale image has one channel: Input(({right.height}, {right.width}, 1))."
    )
    fixes = (Fix("channels=1", {"channels": 1, "channels_axis": True}),)
    return Tried(f"image = keras.Input(({right.height}, {right.width}))\nlayers.Conv2D({right.filters}, "
                 f"{right.kernel_size})(image)", verdict, error=error, fixes=fixes)  # fmt: skip


@trial(
    "Feed images without channels", "loud", says="Expected shape (None, 28, 26, 3), but input has incompatible shape"
)
def fed_without_channels(dims: Dims) -> Tried:
    """An array (samples, height, width), as x_train of MNIST is."""
    right = repaired(dims)
    x = np.zeros((_SAMPLES, right.height or 1, right.width), "float32")
    entering, leaving = _shapes(right)
    out, error = try_feed(built(lambda: build(right), INPUTS), x, entering)
    code, fed = f"model.predict(np.zeros({x.shape}))", named("x", x, "samples height width")
    if out is None:
        verdict = f"The array has no channels axis, and {right.channels} numbers per pixel are expected."
        return Tried(code, verdict, (fed,), error=error)
    verdict = (
        f"With one channel, Keras adds the missing axis itself and reads {(*x.shape, 1)}. Write x[..., None] and say "
        "what you mean: with three channels the same array is refused."
    )
    return Tried(code, verdict, (fed, like("y", out, leaving)), kind="silent")


@trial("Feed one image", "loud", says="expected shape=(None, 28, 26, 3), found shape=(28, 26, 3)")
def one_image(dims: Dims) -> Tried:
    """One image has no batch axis."""
    right = repaired(dims)
    x = np.zeros((right.height or 1, right.width, right.channels), "float32")
    _, error = try_feed(built(lambda: build(right), INPUTS), x, _shapes(right)[0])
    verdict = f"The model reads batches of images. One image is a batch of one: x[None], {(1, *x.shape)}."
    return Tried(f"model.predict(np.zeros({x.shape}))", verdict, (named("x", x, "height width channels"),),
                 error=error)  # fmt: skip


@trial(
    "Channels first, as in PyTorch",
    "loud",
    says="Computed output size would be zero or negative. Received `inputs shape=(None, 3, 28, 26)`",
)
def channels_first(dims: Dims) -> Tried:
    """(channels, height, width) is read as a very low image with very many channels."""
    right = repaired(dims)
    turned = (right.channels, right.height or 1, right.width)

    def wrong() -> keras.Model:
        image = keras.Input(turned, name="image")
        conv = layers.Conv2D(right.filters, right.kernel_size, padding=right.padding, name="conv")(image)
        return keras.Model(image, conv, name="channels_first")

    found = try_build(wrong, INPUTS)
    code = f"image = keras.Input({turned})\nlayers.Conv2D({right.filters}, {right.kernel_size})(image)"
    if found.error is not None:
        verdict = (
            f"Keras reads (height, width, channels): a height of {turned[0]:,} and {turned[2]:,} channels. The kernel "
            "doesn't fit into an image of so few rows. np.moveaxis(x, 1, -1) puts the axes of a batch in the right "
            "order."
        )
        return Tried(code, verdict, error=found.error)
    conv = found.layer("conv")
    verdict = (
        f"It builds, and it is wrong: Keras reads a height of {turned[0]:,} and {turned[2]:,} channels, so the kernel "
        f"slides over the channels. The output is {plain(conv.outputs[0])} with {conv.params:,} parameters, and "
        "nothing complains. np.moveaxis(x, 1, -1) puts the axes of a batch in the right order."
    )
    return Tried(code, verdict, figures=(Figure("parameters", conv.params),), kind="silent")


@trial("Feed images of a different size", "loud", says="expected shape=(None, 28, 26, 3), found shape=(7, 30, 26, 3)")
def other_size(dims: Dims) -> Tried:
    """The Input names height and width, so all images must have them."""
    right = repaired(dims)
    x = np.zeros((_SAMPLES, (right.height or 1) + 2, right.width, right.channels), "float32")
    _, error = try_feed(built(lambda: build(right), INPUTS), x, _shapes(right)[0])
    verdict = (
        f"The Input says a height of {right.height}. The kernels would slide over any size; the Dense after "
        "Flatten needs a fixed number of pixels. Resize the images, or declare None and use GlobalAveragePooling2D."
    )
    fixes = (Fix("any height", {"height": None, "head": AVERAGE}),)
    return Tried(f"model.predict(np.zeros({x.shape}))", verdict, (named("x", x, "samples height width channels"),),
                 error=error, fixes=fixes)  # fmt: skip


@trial("Flatten or GlobalAveragePooling2D?", "run")
def flatten_or_average(dims: Dims) -> Tried:
    """What Dense reads behind each, and what that costs."""
    right = repaired(dims)
    found = {head: try_build(lambda head=head: build(right.but(head=head)), INPUTS) for head in (FLATTEN, AVERAGE)}  # type: ignore[misc]
    dense = {head: each.layer("dense") for head, each in found.items()}
    wide = {head: layer.inputs[0][-1].size or 0 for head, layer in dense.items()}
    before = found[FLATTEN].layer("flatten").inputs[0]
    told = " × ".join(tag(axis.size, axis.axis) for axis in before[1:])
    verdict = (
        f"Flatten lays all numbers of an image end to end: {told} = {wide[FLATTEN]:,}, and Dense has a weight for "
        f"each of them and each unit: **{dense[FLATTEN].params:,}** parameters. GlobalAveragePooling2D averages over "
        f"all pixels, {wide[AVERAGE]:,} numbers, **{dense[AVERAGE].params:,}** parameters, at any size of image."
    )
    figures = tuple(
        Figure(f"parameters of Dense after {head}", layer.params, f"{wide[head]:,} × {right.units:,} + {right.units:,}")
        for head, layer in dense.items()
    )
    return Tried("x = layers.Flatten()(x)\nx = layers.GlobalAveragePooling2D()(x)", verdict, figures=figures)


@trial("Forget Flatten before Dense", "silent")
def no_flatten(dims: Dims) -> Tried:
    """Dense reads the last axis alone: one output for each pixel."""
    right = repaired(dims)
    x = np.zeros((_SAMPLES, right.height or 1, right.width, right.channels), "float32")
    forgotten = right.but(head=NONE)
    y = built(lambda: build(forgotten), INPUTS).predict(x, verbose=0)
    wanted = _shapes(right.but(head=FLATTEN))[1]
    verdict = (
        f"It builds and runs: Dense reads the last axis alone, so {len(x)} images give {y.shape}, one row of "
        f"{right.units:,} for each pixel that is left. One row for each image would be ({len(x)}, "
        f"{sizes(wanted)[-1]})."
    )
    return Tried('x = layers.Conv2D(…)(image)\nx = layers.Dense(…)(x)  # no Flatten', verdict,
                 (named("x", x, "samples height width channels"), like("y", y, _shapes(forgotten)[1])),
                 fixes=(Fix(FLATTEN, {"head": FLATTEN}),))  # fmt: skip


@trial("padding: valid or same?", "run")
def both_paddings(dims: Dims) -> Tried:
    """What each leaves of the image."""
    right = repaired(dims.but(padding="valid")).but(pool_size=None, head=NONE)  # where valid fits, same does, too
    conv = {
        padding: try_build(lambda padding=padding: build(right.but(padding=padding)), INPUTS).layer("conv")  # type: ignore[misc]
        for padding in ("valid", "same")
    }
    slides = {padding: Slide(right.kernel_size, right.strides, padding) for padding in conv}
    zeros = slides["same"].padded_before(right.height or 1)
    fitting = slides["valid"].formula(right.height or 1, _height(conv["valid"]))
    verdict = (
        f"valid: only where the whole kernel fits, {fitting} rows. same: with zeros around the image, {zeros} above "
        f"the first row, and only strides make it smaller: "
        f"{_height(conv['same'])} rows. The parameters are the same, {conv['same'].params:,}."
    )
    tensors = tuple(Tensor(f"padding={padding}", layer.outputs[0]) for padding, layer in conv.items())
    return Tried('layers.Conv2D(…, padding="valid")\nlayers.Conv2D(…, padding="same")', verdict, tensors)


def _height(layer: Layer) -> int:
    return layer.outputs[0][1].size or 0


@trial("Stack until the pixels run out", "loud", says="output size would be zero or negative")
def out_of_pixels(dims: Dims) -> Tried:
    """Conv2D and MaxPooling2D until nothing is left to slide over."""
    right = repaired(dims)
    size = max(2, right.kernel_size)

    def tower() -> keras.Model:
        image = x = keras.Input((right.height, right.width, right.channels), name="image")
        for number in range(1, 20):  # each pool halves the height: it always ends before
            x = layers.Conv2D(3, size, name=f"conv_{number}")(x)
            x = layers.MaxPooling2D(2, name=f"pool_{number}")(x)
        return keras.Model(image, x, name="tower")

    found = try_build(tower, INPUTS)
    assert found.error is not None
    left = [(layer.outputs[0][1].size, layer.outputs[0][2].size) for layer in found.layers]
    verdict = (
        f"Height × width after each layer: {', '.join(f'{h}×{w}' for h, w in left)}. Then {found.error.layer} has no "
        f"room for its kernel of {size}×{size}."
    )
    return Tried(f"for number in range(1, 20):\n    x = layers.Conv2D(3, {size})(x)\n    x = layers.MaxPooling2D(2)(x)",
                 verdict, (), (Figure("layers that fit", len(left) - 1),), error=found.error)  # fmt: skip


# -- what people ask -----------------------------------------------------------------------------------------


def _input_told(dims: Dims, found: Inspection) -> str:
    """What to write as the Input, and what comes of it."""
    image = found.layers[0].outputs[0]
    conv = found.layer("conv")
    return (
        f"Declare Input({shape_told(image[1:])}): height, width and channels of one image, without the batch. "
        f"{shapes_of(conv.name)(dims, found)} {count_of(conv.name)(dims, found)}"
    )


def _dense_told(dims: Dims, found: Inspection) -> str:
    return f"{shapes_of('flatten')(dims, found)} {count_of('dense')(dims, found)}"


def of_count(count: int) -> Iterator[dict[str, Value]]:
    """Dims at which the Conv2D has so many parameters: filters × (kernel_size² × channels + 1)."""
    for kernel_size in (3, 5, 7, 1):
        for channels in (1, 3, 16, 32, 64, 128):
            filters, left = divmod(count, kernel_size * kernel_size * channels + 1)
            if not left and 1 <= filters <= 1024:
                yield {"kernel_size": kernel_size, "channels": channels, "filters": filters}


ASKED: tuple[Asked[Dims], ...] = (
    Asked(
        "What is the input_shape of a Conv2D?",
        {},
        "",
        _input_told,
        ("input_shape for images", "image", "images", "grayscale", "RGB", "channels", "MNIST", "CIFAR", "CNN",
         "nn.Conv2d", "height width channels"),
    ),
    Asked("What is the output shape of Conv2D?", {}, "pixels", shapes_of("conv"),
          ("Conv2D output shape", "padding valid same", "strides", "feature map")),
    Asked("How many parameters does a Conv2D have?", {}, "parameters", count_of("conv"),
          ("Conv2D parameters", "filters channels kernel")),
    Asked("expected min_ndim=4, found ndim=3", {"channels_axis": False, "channels": 1}, "", failure_told,
          ("missing channel axis", "add channels", "add a channel dimension", "add a channel axis to images",
           "expand_dims channel")),
    Asked("How many numbers does Flatten make of an image, and what does Dense cost after it?", {}, "parameters",
          _dense_told, ("Flatten after Conv2D", "Dense after Conv2D", "Flatten 2D")),
    Asked("Flatten or GlobalAveragePooling2D?", {}, "break-it", None, ("global average pooling",),
          trial="flatten_or_average"),
    Asked("Channels first or channels last?", {}, "break-it", None,
          ("NCHW", "NHWC", "channels_first", "data_format", "moveaxis"), trial="channels_first"),
    Asked("Why does my CNN have an output for each pixel?", {"head": NONE, "pool_size": None}, "break-it", None,
          ("forgot Flatten",), trial="no_flatten"),
    Asked("How do I feed images of different sizes?", {"height": None, "head": AVERAGE}, "concrete",
          shapes_of("average"), ("any size image", "variable size images")),
)  # fmt: skip


def _convolution(seen: Seen) -> Recognised | None:
    """A Conv2D that reads the image itself, in a model without a layer that another lesson is about."""
    if seen.main() is not None or not seen.calls or seen.calls[0][0].class_name != "Conv2D":
        return None
    layer, shape = seen.calls[0]
    if layer.get("data_format") == "channels_first" or len(shape) not in (3, 4):
        return None
    dims: Recognised = {"height": shape[1], "width": shape[2], "channels": shape[3] if len(shape) == 4 else 1}
    dims |= {"channels_axis": False} if len(shape) == 3 else {}
    for name in ("filters", "kernel_size", "strides", "padding"):
        value = layer.get(name)
        if isinstance(value, tuple) and len(set(value)) == 1:
            value = value[0]
        if isinstance(value, int | str):
            dims[name] = value
    dims |= _behind(seen)
    return {name: value for name, value in dims.items() if value is not None or name in ("height", "pool_size")}


def _behind(seen: Seen) -> Recognised:
    """What follows the first Conv2D: a pool, a head, and the units of the last Dense."""
    classes = [layer.class_name for layer, _ in seen.calls]
    pools = [layer.get("pool_size") for layer, _ in seen.calls if layer.class_name == "MaxPooling2D"]
    pool = pools[0][0] if pools and isinstance(pools[0], tuple) else pools[0] if pools else None
    head = next((name for name in (FLATTEN, AVERAGE) if name in classes), NONE)
    units = seen.dense()
    found: Recognised = {"pool_size": (pool if isinstance(pool, int) else 2) if pools else None, "head": head}
    return found | ({"units": units[-1]} if units else {})


def complete(lesson: Explainer[Dims]) -> Explainer[Dims]:
    """The lesson with its trials and signs."""
    return dataclasses.replace(
        lesson,
        asked=ASKED,
        of_count=of_count,
        trials=(
            without_channels,
            fed_without_channels,
            one_image,
            channels_first,
            other_size,
            flatten_or_average,
            no_flatten,
            both_paddings,
            out_of_pixels,
        ),
        signs={Level.LAYER: _convolution},
    )
