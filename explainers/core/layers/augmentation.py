"""Preprocessing and augmentation of images: (height, width, channels), with a batch in front or without one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from explainers.core.axes import Shape
from explainers.core.layers.sheet import Ruling, Sheet
from explainers.core.layers.sliding import changed, channels_first

SECTION = "Image preprocessing and augmentation layers"
KEEPING = (
    "Solarization", "RandomBrightness", "RandomContrast", "RandomColorDegeneration", "RandomColorJitter",
    "RandomElasticTransform", "RandomErasing", "RandomFlip", "RandomGaussianBlur", "RandomGrayscale", "RandomHue",
    "RandomInvert", "RandomPerspective", "RandomPosterization", "RandomRotation", "RandomSaturation",
    "RandomSharpness", "RandomShear", "RandomTranslation", "RandomZoom", "AugMix", "AutoContrast",
    "ContrastLimitedAdaptiveHistogramEqualization", "CutMix", "Equalization", "MixUp", "RandAugment",
)  # fmt: skip


def _kept(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    """Images stay as large as they are, and so do the labels and boxes that may come with them."""
    return Ruling(tuple(inputs), why="Changes what the image shows, never its shape.")


def _resized(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    height, width = (layer.height, layer.width)
    outputs = tuple(_with_size(layer, shape) if len(shape) in (3, 4) else shape for shape in inputs[:1])
    why = f"Whatever the size of the image, the output is {height} × {width}."
    return Ruling((*outputs, *inputs[1:]), why=why)


def _with_size(layer: Any, shape: Shape) -> Shape:
    first = len(shape) - 2 if channels_first(layer) else len(shape) - 3
    sizes = {first: ("height", layer.height), first + 1: ("width", layer.width)}
    return tuple(
        changed(axis, sizes[i][1], layer, f"{sizes[i][0]}={sizes[i][1]}", sizes[i][0]) if i in sizes else axis
        for i, axis in enumerate(shape)
    )


def _boxes(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    """Boxes and their labels get one length; images stay."""
    several = len(inputs) > 1
    outputs = tuple(_filled(layer, shape) if several and len(shape) in (2, 3) else shape for shape in inputs)
    return Ruling(outputs, why="Every image gets the same number of boxes, padded where it has fewer.")


def _filled(layer: Any, shape: Shape) -> Shape:
    boxes = changed(shape[1], layer.max_number, layer, f"max_number={layer.max_number}", "max_number")
    return (shape[0], boxes, *shape[2:])


def _reads(layer: Any, rank: int, place: int) -> tuple[str, ...]:
    """One image, or a batch of them. What comes with the images has no words here."""
    if rank not in (3, 4) or place:
        return ()
    front = channels_first(layer)
    image = ("channels", "height", "width") if front else ("height", "width", "channels")
    return ("batch", *image)[4 - rank :]


def _sheet(name: str, rule: Any, group: str = "same_image") -> Sheet:
    return Sheet(name, group, rule, reads=_reads, made="channels")


SHEETS = (
    *(_sheet(name, _resized, "resize") for name in ("Resizing", "CenterCrop", "RandomCrop")),
    *(_sheet(name, _kept) for name in KEEPING),
    _sheet("MaxNumBoundingBoxes", _boxes),
)
