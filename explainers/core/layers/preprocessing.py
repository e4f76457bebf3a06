"""Preprocessing of numbers, categories, texts and sounds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from explainers.core.axes import Axis, Shape, product
from explainers.core.layers import book
from explainers.core.layers.ruling import inside
from explainers.core.layers.sheet import (
    NamedWeight,
    Ruling,
    Sheet,
    argument,
    given,
    held,
    reading,
    same,
    times,
    weights,
)
from explainers.core.layers.sliding import channels_first, convolved

SECTION = "Preprocessing layers"


def _normalization(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    """Mean and variance of each place along `axis`; none are kept where they were given."""
    asked = () if layer.axis is None else layer.axis if isinstance(layer.axis, tuple | list) else (layer.axis,)
    places = sorted(axis % len(inputs[0]) for axis in asked)
    axes = tuple(inputs[0][place] for place in places)
    kept = given(layer, "input_mean") if hasattr(layer, "input_mean") else given(layer, "mean")
    learned = (("adapt_mean", "mean", axes), ("adapt_variance", "variance", axes), ("count", "count", ()))
    found = tuple(NamedWeight(held(layer, attribute), name, shape) for attribute, name, shape in learned)
    per = axes[-1].axis if axes else "tensor"
    return Ruling(
        (inputs[0],), found if kept is None else (), (f"One mean and variance per {per}; the shape stays the same.")
    )


# -- categories ----------------------------------------------------------------------------------------------


def _encoded(layer: Any, shape: Shape, category: Axis) -> Shape:
    """The categories' axis behind a shape: in place of the last one, or after it for one_hot."""
    mode = given(layer, "output_mode")
    if mode == "int":
        return shape
    if mode == "one_hot" and (shape[-1].size != 1 or len(shape) == 1):
        return (*shape, category)
    return (*shape[:-1], category)


_CODED = "With output_mode='int' the ids stay as they are; otherwise the last axis has one place for each category."


def _category_encoding(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    category = argument(layer, "num_tokens", layer.num_tokens, "num_tokens")
    return Ruling((_encoded(layer, inputs[0], category),), why=_CODED)


def _binned(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    """Hashing and HashedCrossing: as many categories as bins."""
    bins = argument(layer, "num_bins", layer.num_bins, "num_bins")
    # Of one_hot Keras' static shape has the bins in place of the last axis, and data have them after it.
    return Ruling((_encoded(layer, inputs[0], bins),), why=_CODED, otherwise=((*inputs[0][:-1], bins),))


def _discretization(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    """Bins between boundaries. Its multi_hot drops the first axis behind the batch."""
    boundaries = layer.bin_boundaries
    size = layer.num_bins if boundaries is None else len(boundaries) + 1
    bins = argument(layer, "num_bins", size, "num_bins")
    shape = inputs[0]
    if layer.output_mode in ("int", "one_hot"):
        return Ruling((_encoded(layer, shape, bins),), why=_CODED)
    return Ruling(((*shape[:1], *shape[2:], bins) if len(shape) > 1 else (bins,),), why=_CODED)


def _lookup(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    return Ruling((_encoded(layer, inputs[0], _vocabulary(layer, layer)),), why=_CODED)


def _vocabulary(layer: Any, table: Any) -> Axis:
    """As many categories as words: those that it was given, or max_tokens where it pads to them."""
    full = given(table, "pad_to_max_tokens")
    size = given(table, "max_tokens") if full else given(table, "_frozen_vocab_size")
    return argument(layer, "vocabulary", size, "vocabulary")


def _text_vectorization(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    """One text a sample becomes a sequence of ids, or counts over the vocabulary."""
    batch = inputs[0][0]
    if given(layer, "output_mode") == "int":
        length = given(layer, "output_sequence_length")
        timesteps = argument(layer, "output_sequence_length", length, "timesteps")
        return Ruling(((batch, timesteps),), why="Cuts each text into words: one id for each, timesteps of them.")
    counts = _vocabulary(layer, given(layer, "lookup_layer"))
    # With data the axis of texts goes; Keras' static shape keeps it.
    why = "Counts the words of each text over the vocabulary."
    return Ruling(((batch, counts),), why=why, otherwise=((*inputs[0], counts),))


def _pipeline(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    """Its layers one after the other."""
    found: tuple[NamedWeight, ...] = ()
    shapes, known = tuple(inputs), True
    for part in layer.layers:
        ruling = inside(part, shapes)
        shapes, known = ruling.outputs, known and ruling.known
        found += tuple(NamedWeight(w.variable, f"{part.name}/{w.name}", w.shape) for w in ruling.weights)
    return Ruling(shapes, found, "Runs its layers one after the other.", known)


# -- sounds --------------------------------------------------------------------------------------------------


def _mel_spectrogram(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    *batch, steps = inputs[0]
    bins = argument(layer, "num_mel_bins", layer.num_mel_bins, "num_mel_bins")
    stride = layer.sequence_stride
    size = None if steps.size is None else (steps.size + stride + 1) // stride
    frames = Axis("frames", size, f"sequence_stride={stride} of {layer.name} along {steps.origin}", steps.sources)
    return Ruling(((*batch, bins, frames),), why="A sound as a picture: how loud each pitch is in each short frame.")


def _stft_spectrogram(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    front = channels_first(layer)
    batch, steps, channels = inputs[0] if not front else (inputs[0][0], inputs[0][2], inputs[0][1])
    length = layer.frame_length
    step = given(layer, "frame_step") or length // 2
    size = convolved(steps.size, length, step, layer.padding)
    frames = Axis("frames", size, f"frame_length={length}, frame_step={step} of {layer.name}", steps.sources)
    one = argument(layer, "fft_length", (given(layer, "fft_length") or length) // 2 + 1, "frequencies")
    pitches = times(2, one) if layer.mode == "stft" else one  # a real and an imaginary part
    last = pitches if layer.expand_dims or channels.size == 1 else product((channels, pitches), pitches.origin)
    extra = (channels,) if layer.expand_dims else ()
    shape = (batch, *extra, frames, last) if front and extra else (batch, frames, last, *extra)
    if front and not extra:
        shape = (batch, last, frames)
    why = "A sound as a picture: how much of each frequency is in each frame."
    return Ruling((shape,), _fourier(layer, one), why)


def _fourier(layer: Any, frequencies: Axis) -> tuple[NamedWeight, ...]:
    """The waves that each frame is compared with."""
    frame = argument(layer, "frame_length", layer.frame_length, "frame_length")
    shape = (frame, Axis("1", 1, f"one channel at a time in {layer.name}"), frequencies)
    return weights(
        layer,
        real_kernel=shape if layer.mode != "imag" else None,
        imag_kernel=shape if layer.mode != "real" else None,
    )


def _reads_sound(layer: Any, rank: int, place: int) -> tuple[str, ...]:
    return ("batch", "steps")[2 - rank :] if rank in (1, 2) else ()


def _reads_text(layer: Any, rank: int, place: int) -> tuple[str, ...]:
    return ("batch", "texts")[:rank] if rank < 3 else ()


def _reads_first(layer: Any, rank: int, place: int) -> tuple[str, ...]:
    """A Pipeline reads what the first of its layers reads that has a word for it."""
    parts = getattr(layer, "layers", ())
    listed = parts if isinstance(parts, tuple | list) else ()  # a text may give it anything
    said = (book.reads(part, rank, place) for part in listed)
    return next((names for names in said if any(names)), ())


SHEETS = (
    Sheet("TextVectorization", "encoding", _text_vectorization, reads=_reads_text),
    Sheet("CategoryEncoding", "encoding", _category_encoding),
    Sheet("Discretization", "encoding", _discretization),
    Sheet("HashedCrossing", "encoding", _binned),
    Sheet("Hashing", "encoding", _binned),
    Sheet("IntegerLookup", "encoding", _lookup),
    Sheet("StringLookup", "encoding", _lookup),
    Sheet("Normalization", "norm", _normalization),
    Sheet("Rescaling", "same", same),
    Sheet("MelSpectrogram", "spectrogram", _mel_spectrogram, reads=_reads_sound),
    Sheet("STFTSpectrogram", "spectrogram", _stft_spectrogram, **reading("batch steps channels")),
    Sheet("Pipeline", "wrapper_one", _pipeline, reads=_reads_first),
)
