"""A count of parameters for a layer that is only named: sizes that make just so many."""

from __future__ import annotations

import re
from collections.abc import Iterator

from explainers.core.finding import name_axes
from explainers.core.layers import RECURRENT, SHEETS, axis_names, names_of, sheet
from explainers.core.spec import LayerSpec, Sizes, snake
from explainers.reading.questions.models import on_one_input
from explainers.reading.questions.read_by import call
from explainers.reading.questions.words import Asked, Told
from explainers.reading.shapes import weights_of
from explainers.reading.summary.cells import ways

_ASKED = re.compile(r"\bsummary\b|\bparam|\bweights\b|\bnumber\b|\bcount\b|\bcome from\b")
_USUAL = (32, 64, 16, 128, 8, 256, 10, 512, 4, 100, 50, 20, 6, 2, 1024, 1)
_KERNELS = (3, 5, 1, 7, 2, 4, 11)
_LARGEST = 10**8


def made_of(asked: Asked) -> Told | None:
    """``896 in my Conv2D``: the likeliest sizes that have just so many parameters."""
    if len(asked.numbers) != 1 or asked.called or asked.shapes or asked.sides or not asked.has(_ASKED):
        return None
    count = asked.numbers[0]
    found = next(_with_count(asked.layer, count), None) if 8 < count <= _LARGEST else None
    if found is None:
        return None
    layer, shape = found
    words = axis_names(layer.class_name, len(shape))
    read = f" on {shape[-1]} {words[-1]}" if shape[-1] is not None else ""
    sentence = (
        f"{count:,} parameters are, for example, those of {call(layer)}{read}. Other sizes may "
        "give the same count: the Output Shape in your summary says the last axis of this layer and of the one above "
        "it."
    )
    sizes = tuple(f"{name} = {size}" for name, size in (*layer.arguments, (words[-1], shape[-1])) if size is not None)
    named = name_axes(shape, words, "an example")
    return Told(sentence, on_one_input(shape, layer, sizes), {"params": count}, (named,))


# Widths that people give a layer to read: channels of pictures, pictures laid flat, words as vectors.
_READ = frozenset(
    {
        1,
        3,
        5,
        10,
        20,
        50,
        100,
        200,
        300,
        500,
        768,
        784,
        1000,
        3072,
        3136,
        6272,
        9216,
        25088,
        *(2**n for n in range(1, 13)),
    }
)
_LAST = frozenset({1, 2, 3, 4, 5, 10, 20, 100})  # units of a last layer
_COMMON_RANK = 4  # of the convolutions, the one that reads images comes first


def usual_layers(count: int) -> Iterator[tuple[LayerSpec, Sizes]]:
    """Layers of usual sizes with so many parameters, and what they read; the roundest sizes first."""
    if not 100 <= count <= _LARGEST:
        return
    of_images = [name for name in names_of("conv") if SHEETS[name].rank == _COMMON_RANK]
    others = [name for name in names_of("conv") if name not in of_images]
    classes = (*of_images[:1], *names_of("dense", "rnn"), *others, *of_images[1:])
    found = [made for name in classes for made in _with_count(name, count) if made[1][-1] in _READ and _usual(made[0])]
    yield from sorted(found, key=lambda made: _odd(made[1][-1] or 0) + _odd(_made_by(made[0])))


def two_dense(count: int) -> Iterator[tuple[int, int, int]]:
    """Widths of two Dense layers that have so many parameters together: what they read, and the units of each."""
    for features in sorted(_READ, key=lambda size: (size != 784, size)):
        for units in _USUAL:
            behind, rest = divmod(count - (features + 1) * units, units + 1)
            if not rest and behind in _LAST:
                yield features, units, behind


def _usual(layer: LayerSpec) -> bool:
    """Whether a convolution has a kernel that people choose without a reason."""
    return layer.get("kernel_size", 3) in (3, 5)


def _made_by(layer: LayerSpec) -> int:
    """Its units or filters."""
    first = layer.arguments[0][1]
    return first if isinstance(first, int) else 0


def _odd(size: int) -> bool:
    """Neither a color, nor gray, nor a picture of MNIST, nor a power of two from 16 on."""
    return size not in (1, 3, 784) and (size < 16 or size & (size - 1) != 0)


def _with_count(name: str, count: int) -> Iterator[tuple[LayerSpec, Sizes]]:
    """Layers of that class with so many parameters, and what they read; usual sizes first."""
    facts = sheet(name)
    group = facts.group if facts is not None else ""
    for made in _USUAL:
        if name in RECURRENT:
            features = ways(name)[0].features(made, count)
            layer, shape = LayerSpec(name, snake(name), (("units", made),)), (None, None, features)
            if features and weights_of(layer, (shape,)) == count:
                yield layer, shape
        elif group == "dense" and count % made == 0 and count // made > 1:
            yield LayerSpec(name, snake(name), (("units", made),)), (None, count // made - 1)
        elif group == "embedding" and count % made == 0 and _round(count // made):
            arguments: tuple[tuple[str, int], ...] = (("input_dim", count // made), ("output_dim", made))
            yield LayerSpec(name, snake(name), arguments), (None, None)
        elif group == "conv" and facts is not None and facts.rank:
            yield from _convolutions(name, facts.rank, made, count)


def _round(words: int) -> bool:
    """A size that people give a vocabulary."""
    return words >= 100 and (words % 1000 == 0 or words & (words - 1) == 0 or (words < 1000 and words % 100 == 0))


def _convolutions(name: str, rank: int, filters: int, count: int) -> Iterator[tuple[LayerSpec, Sizes]]:
    for kernel in _KERNELS:
        cells = kernel ** (rank - 2)
        channels, rest = divmod(count // filters - 1, cells)
        layer = LayerSpec(name, snake(name), (("filters", filters), ("kernel_size", kernel)))
        shape = (None, *(None,) * (rank - 2), channels)
        if not rest and 0 < channels <= 2048 and weights_of(layer, (shape,)) == count:
            yield layer, shape
