"""Convolutions: kernels that slide over steps, images, volumes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from explainers.core.axes import TIMES, Axis, Shape
from explainers.core.layers.sheet import Ruling, Sheet, argument, as_role, reading, spread, weights
from explainers.core.layers.sliding import (
    PLACES,
    changed,
    kernel_axes,
    listed,
    parted,
    put_back,
    slid,
    transposed,
)

SECTION = "Convolution layers"


def _conv(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    batch, places, channels = parted(layer, inputs[0])
    filters = argument(layer, "filters", layer.filters, "filters")
    left = slid(layer, places, "kernel_size")
    kernel = (*kernel_axes(layer, len(places)), _grouped(layer, channels), filters)
    found = weights(layer, kernel=kernel, bias=(filters,) if layer.use_bias else None)
    why = f"Slides {layer.filters} kernels along {listed(places)}; channels become filters."
    return Ruling((put_back(layer, batch, left, filters),), found, why, verb=_slides(layer, places))


def _slides(layer: Any, places: Shape) -> str:
    """``reads 3 steps``, ``reads 5×5``: how much of its input a kernel looks at."""
    size = "×".join(str(n) for n in spread(layer.kernel_size, len(places)))
    return f"reads {size}" if len(places) > 1 else f"reads {size} step{'' if size == '1' else 's'}"


def _grouped(layer: Any, channels: Axis) -> Axis:
    rows = as_role(channels, "channels")
    if layer.groups == 1 or rows.size is None:
        return rows
    return replace(rows, axis="channels/groups", size=rows.size // layer.groups)


def _transpose(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    batch, places, channels = parted(layer, inputs[0])
    filters = argument(layer, "filters", layer.filters, "filters")
    rank = len(places)
    kernel = (*kernel_axes(layer, rank), filters, as_role(channels, "channels"))
    found = weights(layer, kernel=kernel, bias=(filters,) if layer.use_bias else None)
    why = f"Slides {layer.filters} kernels over {listed(places)} in the other direction: strides make them longer."
    return Ruling((put_back(layer, batch, _longer(layer, places), filters),), found, why)


def _longer(layer: Any, places: Shape) -> Shape:
    rank = len(places)
    kernels, strides, dilations = (
        spread(getattr(layer, name), rank) for name in ("kernel_size", "strides", "dilation_rate")
    )
    extra = spread(layer.output_padding, rank)  # None: Keras works it out
    padding = str(layer.padding).lower()
    sizes = [
        transposed(axis.size, kernels[i], strides[i], padding, dilations[i], extra[i]) for i, axis in enumerate(places)
    ]
    return tuple(
        changed(axis, size, layer, f"kernel_size={kernels[i]}, strides={strides[i]}, padding={padding!r}",
                "kernel_size", "strides", "padding")
        for i, (axis, size) in enumerate(zip(places, sizes, strict=True))
    )  # fmt: skip


def _depthwise(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    batch, places, channels = parted(layer, inputs[0])
    copies = argument(layer, "depth_multiplier", layer.depth_multiplier, "depth_multiplier")
    kernel = (*kernel_axes(layer, len(places)), as_role(channels, "channels"), copies)
    made = _multiplied(layer, channels)
    found = weights(layer, kernel=kernel, bias=(made,) if layer.use_bias else None)
    why = f"One kernel for each of the channels slides along {listed(places)}; channels aren't mixed."
    left = slid(layer, places, "kernel_size")
    return Ruling((put_back(layer, batch, left, made),), found, why, verb=_slides(layer, places))


def _multiplied(layer: Any, channels: Axis) -> Axis:
    """depth_multiplier kernels for each channel."""
    if layer.depth_multiplier == 1:
        return channels
    size = None if channels.size is None else channels.size * layer.depth_multiplier
    name = f"{layer.depth_multiplier}{TIMES}{channels.axis}"
    origin = f"depth_multiplier={layer.depth_multiplier} of {layer.name} for each of {channels.origin}"
    return Axis(name, size, origin, (*channels.sources, f"{layer.name}.depth_multiplier"))


def _separable(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    batch, places, channels = parted(layer, inputs[0])
    copies = argument(layer, "depth_multiplier", layer.depth_multiplier, "depth_multiplier")
    filters = argument(layer, "filters", layer.filters, "filters")
    between = _multiplied(layer, as_role(channels, "channels"))
    ones = tuple(Axis("1", 1, f"a kernel of 1 in the second step of {layer.name}") for _ in places)
    found = weights(
        layer,
        depthwise_kernel=(*kernel_axes(layer, len(places)), as_role(channels, "channels"), copies),
        pointwise_kernel=(*ones, between, filters),
        bias=(filters,) if layer.use_bias else None,
    )
    why = f"First each channel alone along {listed(places)}, then all channels are mixed at each place into filters."
    left = slid(layer, places, "kernel_size")
    return Ruling((put_back(layer, batch, left, filters),), found, why, verb=_slides(layer, places))


def _words(rank: int, made: str = "filters") -> dict[str, Any]:
    return reading(f"batch {' '.join(PLACES[rank])} channels", made=made, least=True)


SHEETS = (
    Sheet("Conv1D", "conv", _conv, old=("Convolution1D", "AtrousConvolution1D", "AtrousConv1D"), **_words(1)),
    Sheet("Conv2D", "conv", _conv, old=("Convolution2D", "AtrousConvolution2D", "AtrousConv2D"), **_words(2)),
    Sheet("Conv3D", "conv", _conv, old=("Convolution3D",), **_words(3)),
    Sheet("SeparableConv1D", "conv", _separable, old=("SeparableConvolution1D",), **_words(1)),
    Sheet("SeparableConv2D", "conv", _separable, old=("SeparableConvolution2D",), **_words(2)),
    Sheet("DepthwiseConv1D", "conv", _depthwise, old=("DepthwiseConvolution1D",), **_words(1, "channels")),
    Sheet("DepthwiseConv2D", "conv", _depthwise, old=("DepthwiseConvolution2D",), **_words(2, "channels")),
    Sheet("Conv1DTranspose", "conv", _transpose, old=("Convolution1DTranspose", "Deconvolution1D"), **_words(1)),
    Sheet("Conv2DTranspose", "conv", _transpose,
          old=("Convolution2DTranspose", "Deconvolution2D", "Deconv2D"), **_words(2)),
    Sheet("Conv3DTranspose", "conv", _transpose,
          old=("Convolution3DTranspose", "Deconvolution3D", "Deconv3D"), **_words(3)),
)  # fmt: skip
