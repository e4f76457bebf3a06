"""A window that slides over axes: how many places it finds, and which axes are places at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from explainers.core import words
from explainers.core.axes import Axis, Shape
from explainers.core.layers.sheet import argument, spread

PLACES = {
    1: ("steps",),
    2: ("height", "width"),
    3: ("depth", "height", "width"),
}  # Keras' own words for the axes of sequences, images, volumes


def space(class_name: str) -> int:
    """How many axes a Conv1D, MaxPooling2D, ... slides over."""
    return next((rank for rank in PLACES if f"{rank}D" in class_name), 1)


def convolved(size: int | None, kernel: int, stride: int, padding: str, dilation: int = 1) -> int | None:
    """Steps left after a kernel slid over `size` steps; zero or less where it has no place to stand.

    Source: the Keras docs of Conv1D and MaxPooling1D.
    """
    if size is None:
        return None
    reach = dilation * (kernel - 1) + 1  # the effective kernel
    covered = size if padding in ("same", "causal") else size - reach + 1
    return -(-covered // max(stride, 1))  # rounded up


def transposed(
    size: int | None, kernel: int, stride: int, padding: str, dilation: int = 1, output_padding: int | None = None
) -> int | None:
    """Steps that a transposed convolution makes of `size` steps. Source: the Keras docs of Conv2DTranspose."""
    if size is None:
        return None
    reach = dilation * (kernel - 1) + 1
    if output_padding is None:
        return size * stride if padding == "same" else size * stride + max(reach - stride, 0)
    around = 2 * (reach // 2) if padding == "same" else 0
    return (size - 1) * stride + reach - around + output_padding


def channels_first(layer: Any) -> bool:
    """Whether the channels stand right behind the batch."""
    return getattr(layer, "data_format", None) == "channels_first"


def parted(layer: Any, shape: Shape) -> tuple[Axis, Shape, Axis]:
    """Batch, the axes that a window slides over, and channels: with data_format="channels_first" those come second."""
    if channels_first(layer):
        return shape[0], shape[2:], shape[1]
    return shape[0], shape[1:-1], shape[-1]


def put_back(layer: Any, batch: Axis, places: Sequence[Axis], channels: Axis) -> Shape:
    """The axes in the layer's own order."""
    if channels_first(layer):
        return (batch, channels, *places)
    return (batch, *places, channels)


def listed(axes: Sequence[Axis]) -> str:
    """``height and width``."""
    return words.listed([axis.axis for axis in axes])


def changed(axis: Axis, size: int | None, layer: Any, words: str, *names: str) -> Axis:
    """The same axis at another length, which some arguments of a layer made."""
    if size == axis.size is not None:
        return axis
    sources = (*axis.sources, *(f"{layer.name}.{name}" for name in names))
    return replace(axis, size=size, origin=f"{axis.size} {axis.axis} after {words} of {layer.name}", sources=sources)


def slid(layer: Any, places: Shape, window: str) -> Shape:
    """The places after a window slid over them. window: the argument with its size, "kernel_size" or "pool_size"."""
    rank = len(places)
    kernels = spread(getattr(layer, window), rank)
    strides = spread(layer.strides, rank) if layer.strides is not None else kernels
    dilations = spread(getattr(layer, "dilation_rate", 1), rank)
    return tuple(
        _slid(axis, layer, window, *sizes) for axis, *sizes in zip(places, kernels, strides, dilations, strict=True)
    )


def _slid(axis: Axis, layer: Any, window: str, kernel: int, stride: int, dilation: int) -> Axis:
    padding = str(layer.padding).lower()
    if padding in ("same", "causal") and stride == 1:
        return axis  # nothing was taken away
    size = convolved(axis.size, kernel, stride, padding, dilation)
    sources = (*axis.sources, *(f"{layer.name}.{name}" for name in (window, "strides", "padding")))
    given = f"{window}={kernel}, strides={stride}, padding={padding!r}"
    dilated = f", dilation_rate={dilation}" if dilation != 1 else ""
    return Axis(axis.axis, size, f"{axis.size} {axis.axis} after {given}{dilated} of {layer.name}", sources)


def kernel_axes(layer: Any, rank: int) -> Shape:
    """The kernel's own axes: ``kernel_size``, or ``kernel_size[0]``, ``kernel_size[1]``."""
    size = spread(layer.kernel_size, rank)
    if rank == 1:
        return (argument(layer, "kernel_size", size[0], "kernel_size"),)
    source = (f"{layer.name}.kernel_size",)
    return tuple(
        Axis(f"kernel_size[{i}]", n, f"kernel_size={size} of {layer.name}", source) for i, n in enumerate(size)
    )
