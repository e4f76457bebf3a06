"""A `Conv2D` slides small kernels over the height and the width of an image; each kernel sees all channels.

    image   (batch, height, width, channels)      kernel   (kernel_size, kernel_size, channels, filters)
    y       (batch, height, width, filters)       bias     (filters,)

A grayscale image has one channel, and its axis is there all the same: (28, 28, 1). Arrays of grayscale images mostly
come without it, (60000, 28, 28): the error of this lesson. Behind the convolutions Flatten lays height, width and
filters end to end, and the first Dense has a weight for each of those numbers and each of its units.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainers.core.axes import plain
from explainers.core.dims import DimsBase, Value, choice, dim, switch
from explainers.core.explainer import Explainer, Journey, Preset
from explainers.core.later import keras, layers
from explainers.core.results import BuildError, Fix, Inspection, Layer
from explainers.core.sliding import Slide
from explainers.core.trying import built
from explainers.core.words import tag

INPUTS = {"image": "batch height width channels", "pixels": "batch height width"}
FLATTEN, AVERAGE, NONE = "Flatten", "GlobalAveragePooling2D", "none"


@dataclass(frozen=True)
class Dims(DimsBase):
    height: int | None = dim(
        28,
        high=4096,
        allows_none=True,
        axis="height",
        sets=("image.shape[0]", "pixels.shape[0]"),
        help="How many rows of pixels an image has. None leaves it open.",
    )
    width: int = dim(
        26,
        high=4096,
        axis="width",
        sets=("image.shape[1]", "pixels.shape[1]"),
        help="How many pixels a row has.",
    )
    channels: int = dim(
        3,
        high=2048,
        axis="channels",
        sets=("image.shape[2]",),
        help="How many numbers one pixel has: 1 for grayscale, 3 for red, green and blue.",
    )
    channels_axis: bool = switch(
        True, help="False: the Input is (height, width), as in most arrays of grayscale images."
    )
    filters: int = dim(
        8, high=1024, axis="filters", sets=("conv.filters",), help="How many kernels slide: the new last axis."
    )
    kernel_size: int = dim(
        5, high=64, axis="kernel_size", sets=("conv.kernel_size",), help="The height and the width of one kernel."
    )
    strides: int = dim(
        1, high=64, axis="strides", sets=("conv.strides",), help="How many pixels the kernel moves each time."
    )
    padding: str = choice(
        "valid",
        ("valid", "same"),
        sets=("conv.padding",),
        help="valid: only where the whole kernel fits. same: zeros around the image, so strides alone shrink it.",
    )
    pool_size: int | None = dim(
        2,
        high=64,
        low=2,
        allows_none=True,
        axis="pool_size",
        sets=("pool.pool_size",),
        help="A MaxPooling2D of this size after the Conv2D; None for no pooling.",
    )
    head: str = choice(
        FLATTEN,
        (NONE, FLATTEN, AVERAGE),
        help="What turns an image into one row of numbers before the Dense. none: Dense reads each pixel separately.",
    )
    units: int = dim(
        10, high=2000, axis="units", sets=("dense.units",), help="How many numbers Dense returns: one per class."
    )


PRESETS = (
    Preset("28x28-grayscale", "28×28 grayscale", {"height": 28, "width": 28, "channels": 1},
           "One channel is an axis too: Input((28, 28, 1))."),
    Preset("without-channels", "28×28, channels left out", {"height": 28, "width": 28, "channels": 1,
           "channels_axis": False}, "expected min_ndim=4, found ndim=3: arrays of digits look like this."),
    Preset("32x32-rgb", "32×32 RGB", {"height": 32, "width": 32, "filters": 16, "kernel_size": 3, "padding": "same"},
           "padding='same' keeps height and width; the pool halves them."),
    Preset("any-height", "any height", {"height": None, "head": AVERAGE}, "GlobalAveragePooling2D takes any size."),
    Preset("one-output-a-pixel", "Flatten forgotten", {"head": NONE, "pool_size": None},
           "Dense keeps height and width: one output for each pixel."),
)  # fmt: skip


def build(dims: Dims) -> keras.Model:
    """Input -> Conv2D (-> MaxPooling2D) -> head -> Dense, as one would write it in a notebook."""
    if dims.channels_axis:
        image = keras.Input((dims.height, dims.width, dims.channels), name="image")  # (batch, height, width, channels)
    else:
        image = keras.Input((dims.height, dims.width), name="pixels")  # (batch, height, width): one axis is missing
    x = layers.Conv2D(dims.filters, dims.kernel_size, strides=dims.strides, padding=dims.padding, name="conv")(
        image
    )  # (batch, less height, less width, filters)
    if dims.pool_size is not None:
        x = layers.MaxPooling2D(dims.pool_size, name="pool")(
            x
        )  # (batch, height / pool_size, width / pool_size, filters)
    if dims.head == FLATTEN:
        x = layers.Flatten(name="flatten")(x)  # (batch, height × width × filters)
    elif dims.head == AVERAGE:
        x = layers.GlobalAveragePooling2D(name="average")(x)  # (batch, filters)
    x = layers.Dense(dims.units, name="dense")(x)  # (batch, units)
    return keras.Model(image, x, name="conv2d")


def heading(dims: Dims) -> str:
    """The question, about the images of the page."""
    kind = {1: "grayscale", 3: "RGB"}.get(dims.channels, f"{dims.channels}-channel")
    return f"What is the input_shape for {dims.height}×{dims.width} {kind} images?"


def sentence(dims: Dims, found: Inspection) -> str:
    """One sentence from what the model showed."""
    shape = f"({tag(dims.height, 'height')}, {tag(dims.width, 'width')}, {tag(dims.channels, 'channels')})"
    declare = f"**{shape}**: height, width and channels of one image; Keras puts the batch in front."
    if found.error is not None:
        missing = " Here the channels axis is missing. One number per pixel is one channel." * (not dims.channels_axis)
        return f"{declare}{missing} This model can't be built: {found.error.cause}"
    conv, dense = found.layer("conv"), found.layer("dense")
    count = (
        f" It has **{conv.params:,}** parameters: {tag(dims.filters, 'filters')} kernels of "
        f"{tag(dims.kernel_size, 'kernel_size')} × {tag(dims.kernel_size, 'kernel_size')} pixels and "
        f"{tag(dims.channels, 'channels')} channels, each with a bias."
    )
    return (
        f"{declare} The Conv2D turns {plain(conv.inputs[0])} into {plain(conv.outputs[0])}.{count}{_end(dims, dense)}"
    )


def _end(dims: Dims, dense: Layer) -> str:
    """What Dense reads, and what that costs."""
    last = dense.inputs[0][-1]
    if dims.head == FLATTEN:
        return f" Flatten makes one row of {last.size:,} numbers, so Dense needs **{dense.params:,}**."
    if dims.head == AVERAGE:
        return f" GlobalAveragePooling2D leaves one number for each filter, so Dense needs only **{dense.params:,}**."
    return f" Nothing joins the pixels before Dense: it returns {plain(dense.outputs[0])}, one row for each pixel."


# -- what makes a failing build work -------------------------------------------------------------------------


def fixes(dims: Dims, error: BuildError) -> tuple[Fix, ...]:
    """What makes a failing build work again."""
    if not dims.channels_axis:
        return (
            Fix("add the channels axis", {"channels_axis": True, "channels": 1},
                f"Declare Input(({dims.height}, {dims.width}, 1)) and feed x[..., None].", recommended=True),
        )  # fmt: skip
    if error.mistake == "unknown_axis":
        return (
            Fix(AVERAGE, {"head": AVERAGE}, "One number for each filter, whatever the size of the image.", True),
            Fix("height=28", {"height": 28}, "With a fixed size Flatten knows how many numbers there are."),
        )
    found: list[Fix] = []
    if dims.pool_size is not None:
        found.append(Fix("no pooling", {"pool_size": None}, "A pool divides height and width."))
    found.append(Fix('padding="same"', {"padding": "same"}, "Zeros around the image make room for the kernel.",
                     recommended=not found))  # fmt: skip
    found.append(Fix("kernel_size=3", {"kernel_size": 3}, "A smaller kernel fits into a smaller image."))
    larger: dict[str, Value] = {
        "height": None if dims.height is None else max(dims.height, 28),
        "width": max(dims.width, 28),
    }
    found.append(Fix("larger images", larger, "Enough pixels for the kernel and the pool."))
    return tuple(found)


def feed(dims: Dims, name: str, shape: tuple[int, ...]) -> Any:
    """A drawn seven in every image, each a little lighter, so that there is something to see."""
    if name != "image":
        return None
    samples, height, width, channels = shape
    seven = digit(height, width)[None, :, :, None]
    light = 1 - 0.5 * np.arange(samples)[:, None, None, None] / samples
    return np.asarray(seven * light * (0.9 ** np.arange(channels)), "float32")


def digit(height: int, width: int) -> NDArray[Any]:
    """(height, width), from 0 to 1: two strokes of a pen, a bar and a slanted line."""
    row, column = np.mgrid[0:height, 0:width]
    y, x = (row + 0.5) / height, (column + 0.5) / width
    bar = np.hypot(y - 0.25, x - np.clip(x, 0.25, 0.75))
    along = np.clip(((y - 0.25) * 0.6 + (0.75 - x) * 0.35) / (0.6**2 + 0.35**2), 0, 1)
    slant = np.hypot(y - 0.25 - 0.6 * along, x - 0.75 + 0.35 * along)
    return np.asarray(np.exp(-((np.minimum(bar, slant) / 0.06) ** 2)), "float32")


# -- the picture: the kernel over the pixels -----------------------------------------------------------------

PIXELS = 32  # of one axis that are drawn; of a larger image its first ones
MAPS = 4  # filters whose outputs are drawn
MOST = 4_000_000  # numbers that the picture's own forward pass may hold


@dataclass(frozen=True)
class Slid:
    """One axis of what slides: how long it is before and after, where kernel 0 begins, and the formula."""

    before: int
    after: int
    zeros_before: int
    formula: str


@dataclass(frozen=True)
class Seen:
    """The live Conv2D on one image. image: its first channel; maps: what the first filters gave, all from the layer.

    difference: the largest between the layer and a sum over the window in NumPy, over all outputs that are drawn.
    """

    channels: int
    filters: int
    kernel_size: int
    strides: int
    height: Slid
    width: Slid
    image: list[list[float]]
    maps: list[list[list[float]]]
    difference: float


def extra(dims: Dims, found: Inspection) -> dict[str, object]:
    """{"seen": the convolution on one image, or None where there is none, "sizes": what each layer leaves}."""
    return {"seen": _seen(dims, found), "sizes": _sizes(dims, found)}


def _seen(dims: Dims, found: Inspection) -> dict[str, object] | None:
    if found.error is not None or found.run is None or not found.run.fed:
        return None
    shape = tuple(int(axis.size or 1) for axis in found.run.fed[0].shape)
    conv = found.layer("conv")
    if np.prod(shape[1:3]) * max(dims.filters, dims.channels) > MOST or conv.params > MOST:
        return None
    model = built(lambda: build(dims), INPUTS)
    image = feed(dims, "image", shape)[:1]
    layer = model.get_layer("conv")
    maps = np.asarray(layer(image))[0]  # (height, width, filters)
    height, width = (_slid(dims, shape[place], maps.shape[place - 1]) for place in (1, 2))
    drawn = maps[:PIXELS, :PIXELS, :MAPS]
    return asdict(
        Seen(dims.channels, dims.filters, dims.kernel_size, dims.strides, height, width,
             _rounded(image[0, :PIXELS, :PIXELS, 0]), [_rounded(drawn[..., f]) for f in range(drawn.shape[-1])],
             _difference(layer, image[0], drawn, (height, width)))
    )  # fmt: skip


def _slid(dims: Dims, before: int, after: int) -> Slid:
    slide = Slide(dims.kernel_size, dims.strides, dims.padding)
    return Slid(before, after, slide.padded_before(before), slide.formula(before, after))


def _difference(layer: Any, image: NDArray[Any], drawn: NDArray[Any], axes: tuple[Slid, Slid]) -> float:
    """The layer against the sum over each window, computed in NumPy at the places of the formula."""
    kernel, bias = (np.asarray(weight) for weight in layer.get_weights())
    size, stride = kernel.shape[0], layer.strides[0]
    around = [(axis.zeros_before, size + stride) for axis in axes]
    padded = np.pad(image, (*around, (0, 0)))
    worst = 0.0
    for row in range(drawn.shape[0]):
        for column in range(drawn.shape[1]):
            window = padded[row * stride : row * stride + size, column * stride : column * stride + size]
            made = np.tensordot(window, kernel[..., : drawn.shape[-1]], 3) + bias[: drawn.shape[-1]]
            worst = max(worst, float(np.abs(made - drawn[row, column]).max()))
    return worst


def _rounded(block: NDArray[Any]) -> list[list[float]]:
    return [[round(float(n), 4) for n in line] for line in block]


def _sizes(dims: Dims, found: Inspection) -> list[dict[str, object]]:
    """Layer by layer: its height and its width with the formula of each, and the last axis."""
    slides = {
        "conv": Slide(dims.kernel_size, dims.strides, dims.padding),
        "pool": Slide(dims.pool_size or 1, dims.pool_size or 1),
    }
    rows: list[dict[str, object]] = []
    for layer in found.layers:
        if layer.name in slides and len(layer.outputs[0]) == 4:
            before, after = layer.inputs[0], layer.outputs[0]
            told = [
                "None" if a.size is None or b.size is None else slides[layer.name].formula(a.size, b.size)
                for a, b in ((before[1], after[1]), (before[2], after[2]))
            ]
            rows.append({"layer": layer.name, "class_name": layer.class_name, "height": told[0], "width": told[1],
                         "last": [after[3].axis, after[3].size]})  # fmt: skip
    return rows


EXPLAINER = Explainer(
    name="conv2d",
    title="Conv2D",
    question="What is the input_shape for 28×28 grayscale images?",
    dims=Dims,
    presets=PRESETS,
    inputs=INPUTS,
    build=build,
    sentence=sentence,
    journey=Journey(change="filters", open="height", axis="height", begin={"head": AVERAGE}, steps="conv2d"),
    fixes=fixes,
    extra=extra,
    extra_later=True,
    feed=feed,
    unused=lambda dims: () if dims.channels_axis else ("channels",),
    heading=heading,
    label="Images: height, width, channels",
    group="Basics",
    about="A Conv2D slides `filters` kernels over the pixels of an image; each kernel sees all channels at once.",
    picture="conv2d",
    order=35,
)
