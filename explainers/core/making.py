"""Operations of keras.ops that make axes which no input had: convolutions, signals, segments of a graph, losses.

See `operating`. Each rule gets the operation, the named shapes that go in, and the live shape that comes out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from explainers.core.axes import Axis, Shape, product
from explainers.core.layers.book import put_front
from explainers.core.layers.sheet import times
from explainers.core.layers.sliding import PLACES, listed, parted

Live = Sequence[int | None]
Making = Callable[[Any, Sequence[Shape], Live], "tuple[Shape, str] | None"]

_POOLING = ("MaxPool", "AveragePool", "AdaptiveMaxPool", "AdaptiveAveragePool")
_CONVOLVING = ("Conv", "ConvTranspose", "SeparableConv", "DepthwiseConv")
_IMAGES = ("Resize", "PadImages", "CropImages", "RGBToGrayscale", "ExtractPatches", "AffineTransform")


def window_reads(operation: Any, rank: int) -> tuple[str, ...]:
    """What an operation on images, or one with a window that slides, calls the axes of its first tensor."""
    name = type(operation).__name__
    if (rank == 4 and name in _IMAGES) or (rank - 2 in PLACES and name in (*_POOLING, *_CONVOLVING)):
        return put_front(operation, ("batch", *PLACES[rank - 2], "channels"))
    return ()


def made(operation: Any, inputs: Sequence[Shape], live: Live) -> tuple[Shape, str] | None:
    """The named shape that comes out and one sentence why; None where no rule here fits."""
    rule = _RULES.get(type(operation).__name__)
    return rule(operation, inputs, live) if rule is not None and inputs else None


def new_axis(operation: Any, name: str, size: int | None, word: str) -> Axis:
    """An axis that an argument of the operation makes."""
    return Axis(name, size, f"{word} of {operation.name}", (f"{operation.name}.{word}",))


def at_length(operation: Any, shape: Shape, place: int, size: int | None, word: str) -> Shape:
    """One axis at another length, which an argument made."""
    axis = shape[place]
    origin = f"{word} of {operation.name}: {axis.size} {axis.axis} before"
    changed = replace(axis, size=size, origin=origin, sources=(*axis.sources, f"{operation.name}.{word}"), parts=())
    return (*shape[:place], changed, *shape[place + 1 :])


# -- windows that slide --------------------------------------------------------------------------------------


def _as_image(operation: Any, inputs: Sequence[Shape], live: Live) -> tuple[Shape, str] | None:
    """Each axis at the size that the live operation gives it."""
    shape, word = inputs[0], type(operation).__name__.lower()
    if len(shape) != len(live):
        return None
    for place, size in enumerate(live):
        if shape[place].size != size:
            shape = at_length(operation, shape, place, size, word)
    return shape, "All axes keep their meaning; their sizes change."


def _convolved(operation: Any, inputs: Sequence[Shape], live: Live) -> tuple[Shape, str] | None:
    """A kernel slides over the places; its filters replace the channels."""
    found = _as_image(operation, inputs, live)
    if found is None:
        return None
    batch, places, last = parted(operation, found[0])
    channels = parted(operation, inputs[0])[2]
    filters = new_axis(operation, "filters", last.size, "kernel")
    if type(operation).__name__ == "DepthwiseConv":
        filters = times((last.size or 1) // max(channels.size or 1, 1), channels)
    first = getattr(operation, "data_format", None) == "channels_first"
    shape = (batch, filters, *places) if first else (batch, *places, filters)
    return shape, f"A kernel slides over {listed(list(places))}; {filters.axis} replace {channels.axis}."


# -- signals -------------------------------------------------------------------------------------------------


def _sequences(operation: Any, inputs: Sequence[Shape], live: Live) -> tuple[Shape, str]:
    frames = new_axis(operation, "frames", live[-2], "sequence_stride")
    length = new_axis(operation, "sequence_length", operation.sequence_length, "sequence_length")
    return (*inputs[0][:-1], frames, length), f"Cuts {inputs[0][-1].axis} into frames that may overlap."


def _spectrum_of_frames(operation: Any, inputs: Sequence[Shape], live: Live) -> tuple[Shape, str]:
    frames = new_axis(operation, "frames", live[-2], "sequence_stride")
    pitches = new_axis(operation, "frequencies", live[-1], "fft_length")
    return (*inputs[0][:-1], frames, pitches), "How much of each frequency is in each frame."


def _sound_of_frames(operation: Any, inputs: Sequence[Shape], live: Live) -> tuple[Shape, str]:
    return (
        *inputs[0][:-2],
        new_axis(operation, "steps", live[-1], "length"),
    ), "Adds the overlapping frames back together."


def _spectrum(operation: Any, inputs: Sequence[Shape], live: Live) -> tuple[Shape, str]:
    return (*inputs[0][:-1], new_axis(operation, "frequencies", live[-1], "fft_length")), "How much of each frequency."


def _wave(operation: Any, inputs: Sequence[Shape], live: Live) -> tuple[Shape, str]:
    return (*inputs[0][:-1], new_axis(operation, "steps", live[-1], "fft_length")), "Frequencies as a signal again."


# -- segments, ids, parts ------------------------------------------------------------------------------------


def _segments(operation: Any, inputs: Sequence[Shape], live: Live) -> tuple[Shape, str]:
    segments = new_axis(operation, "segments", live[0], "num_segments")
    return (segments, *inputs[0][1:]), f"Combines the {inputs[0][0].axis} that share a number: one row per segment."


def _multi_hot(operation: Any, inputs: Sequence[Shape], live: Live) -> tuple[Shape, str]:
    classes = new_axis(operation, "num_classes", operation.num_classes, "num_classes")
    shape = inputs[0]
    kept = (shape[0], *shape[2:]) if len(shape) > 1 else ()  # Keras sums the second axis away
    return (*kept, classes), "One row of zeros, with a 1 for each number that occurs."


def _first_alone(operation: Any, inputs: Sequence[Shape], live: Live) -> tuple[Shape, str]:
    return inputs[0], "Changes values, never the shape."


def _taken_along(operation: Any, inputs: Sequence[Shape], live: Live) -> tuple[Shape, str] | None:
    if operation.axis is None or len(live) != len(inputs[0]):
        return None
    place = operation.axis % len(live)
    return at_length(operation, inputs[0], place, live[place], "indices"), f"Picks along {inputs[0][place].axis}."


# -- products ------------------------------------------------------------------------------------------------


def _tensordot(operation: Any, inputs: Sequence[Shape], live: Live) -> tuple[Shape, str] | None:
    if len(inputs) != 2:
        return None
    one, other = inputs
    if isinstance(operation.axes, int):
        ours, theirs = range(len(one) - operation.axes, len(one)), range(operation.axes)
    else:
        ours, theirs = (_several(axes) for axes in operation.axes)
    gone = {place % len(one) for place in ours}, {place % len(other) for place in theirs}
    left = [axis for shape, out in zip(inputs, gone, strict=True) for i, axis in enumerate(shape) if i not in out]
    return tuple(left), f"Sums {listed([one[i] for i in sorted(gone[0])])}; all other axes stay, in order."


def _several(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else (value,)


def _inner(operation: Any, inputs: Sequence[Shape], live: Live) -> tuple[Shape, str] | None:
    if len(inputs) != 2:
        return None
    return (*inputs[0][:-1], *inputs[1][:-1]), f"Sums {inputs[0][-1].axis}; all other axes stay, in order."


def _outer(operation: Any, inputs: Sequence[Shape], live: Live) -> tuple[Shape, str]:
    origin = f"outer {operation.name}"
    return tuple(product(shape, origin) for shape in inputs), (
        "Every number of the first input times every number of the second."
    )


# -- losses --------------------------------------------------------------------------------------------------


def _without_classes(operation: Any, inputs: Sequence[Shape], live: Live) -> tuple[Shape, str]:
    shape, gone = inputs[-1], operation.axis % len(inputs[-1])
    return (*shape[:gone], *shape[gone + 1 :]), f"One loss for all {shape[gone].axis}: that axis disappears."


def _per_sample(operation: Any, inputs: Sequence[Shape], live: Live) -> tuple[Shape, str]:
    return inputs[0][:1], "One loss for each sample."


_RULES: dict[str, Making] = {
    **dict.fromkeys((*_IMAGES, *_POOLING), _as_image),
    **dict.fromkeys(_CONVOLVING, _convolved),
    **dict.fromkeys(("SegmentSum", "SegmentMax"), _segments),
    **dict.fromkeys(("SliceUpdate", "ScatterUpdate", "IsIn", "VectorizedMap"), _first_alone),
    **dict.fromkeys(("CategoricalCrossentropy", "SparseCategoricalCrossentropy"), _without_classes),
    "ExtractSequences": _sequences,
    "STFT": _spectrum_of_frames,
    "ISTFT": _sound_of_frames,
    "RFFT": _spectrum,
    "IRFFT": _wave,
    "MultiHot": _multi_hot,
    "TakeAlongAxis": _taken_along,
    "Tensordot": _tensordot,
    "Inner": _inner,
    "Outer": _outer,
    "CTCLoss": _per_sample,
}
