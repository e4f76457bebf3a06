"""What helps a layer that refused what reached it: each change is tried live, on symbolic tensors, and then told."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

_PATIENCE = 0.3  # seconds after which nothing more is tried; the cause stands on the screen by then
_MOST = 2
_TRIED = "tried"  # a name of our own: Keras' count of a notebook's layers goes on undisturbed

_MOST_NUMBERS = 10**10  # of which the pairs of factors are looked through
_MOST_WEIGHTS = 2_000_000  # of a model that is built again to see what a change gives

Sizes = tuple[int | None, ...]
Try = Callable[[], Any]  # gives the symbolic tensor that comes out
Candidates = Iterator[tuple[str, Try]]


@dataclass(frozen=True)
class Help:
    """One change, in a few words, and what comes out of it where it was tried."""

    text: str
    output: Sizes | None = None


def helps(mistake: str, layer: Any, tensors: list[Any], names: list[str | None]) -> Iterator[Help]:
    """The changes that work, at most two."""
    begun, told = time.perf_counter(), 0
    for text, work in _CANDIDATES.get(mistake, _none)(layer, tensors, [name or "x" for name in names]):
        try:
            output = tuple(work().shape)
        except Exception:  # what doesn't work isn't told, whatever the reason is
            output = None
        if output is not None:
            told += 1
            yield Help(text, output)
        if told == _MOST or time.perf_counter() - begun > _PATIENCE:
            break


def rebuilt(model: Any, ways: list[tuple[str, Any, dict[str, Any]]], sample: Sizes) -> Iterator[Help]:
    """Of changes to one layer of a model, those after which one sample of its output has these sizes.

    ways: what is said of a change, the layer, and the arguments that get another value. The model stays as it is.
    """
    import keras

    if model.count_params() > _MOST_WEIGHTS:
        return
    for text, layer, changed in ways:

        def other(each: Any, layer: Any = layer, changed: dict[str, Any] = changed) -> Any:
            return type(each).from_config({**each.get_config(), **(changed if each is layer else {})})

        try:
            output = tuple(keras.models.clone_model(model, clone_function=other).output_shape)
        except Exception:  # what doesn't work isn't told, whatever the reason is
            continue
        if output[1:] == sample:
            yield Help(text, output)


def _again(layer: Any, **changed: Any) -> Any:
    """A new layer like this one, with some arguments changed; the cell's own stays as it is."""
    config = {**layer.get_config(), **changed, "name": f"{layer.name}_tried"}
    return type(layer).from_config(config)


def _changed(layer: Any, tensor: Any, **changed: Any) -> Any:
    return _again(layer, **changed)(tensor)


def _after_reshape(layer: Any, tensor: Any, target: tuple[int, ...]) -> Any:
    from keras import layers

    return _again(layer)(layers.Reshape(target, name=_TRIED)(tensor))


def _on_input(layer: Any, sample: Sizes) -> Any:
    import keras

    return _again(layer)(keras.Input(sample, name=_TRIED))


def _none(layer: Any, tensors: list[Any], names: list[str]) -> Candidates:
    yield from ()


def _rank(layer: Any, tensors: list[Any], names: list[str]) -> Candidates:
    """An axis too few or too many."""

    tensor, name = tensors[0], names[0]
    before = tensor._keras_history.operation
    sample = tuple(tensor.shape[1:])
    if getattr(before, "return_sequences", None) is False and hasattr(before, "units"):
        longer = f"return_sequences=True in {type(before).__name__} {before.name}, the layer in front."
        source = before._inbound_nodes[-1].input_tensors[0]
        yield longer, lambda: _again(layer)(_again(before, return_sequences=True)(source))
    if type(before).__name__ == "InputLayer" and tensor.shape[0] is None and None not in sample:
        yield f"keras.Input({(*sample, 1)}) instead of {sample}.", partial(_on_input, layer, (*sample, 1))
    elif None not in sample:
        for target in ((*sample, 1), (1, *sample)):
            text = f"{type(layer).__name__}(…)(layers.Reshape({target})({name}))"
            yield text, partial(_after_reshape, layer, tensor, target)
    if len(sample) > 2 and None not in sample[-2:]:
        merged = (*(-1 if n is None else n for n in sample[:-2]), sample[-2] * sample[-1])
        text = f"{type(layer).__name__}(…)(layers.Reshape({merged})({name}))"
        yield text, partial(_after_reshape, layer, tensor, merged)


def _kernel(layer: Any, tensors: list[Any], names: list[str]) -> Candidates:
    """A window that is longer than what it slides over."""
    yield 'padding="same": zeros at the border keep the length.', lambda: _again(layer, padding="same")(tensors[0])
    places = tensors[0].shape[1:-1]
    for argument in ("kernel_size", "pool_size"):
        size = getattr(layer, argument, None)
        if size is not None and None not in places:
            fitting = tuple(map(min, size, places))
            shown = fitting[0] if len(fitting) == 1 else fitting
            work = partial(_changed, layer, tensors[0], **{argument: fitting})
            yield f"{argument}={shown}: not longer than the axis.", work


def _dot(layer: Any, tensors: list[Any]) -> Candidates:
    """Axes of the same size, the last ones first."""
    one, other = (tuple(tensor.shape) for tensor in tensors)
    for first in reversed(range(1, len(one))):
        for second in reversed(range(1, len(other))):
            if one[first] == other[second] and one[first] is not None:
                axes = (first, second)
                yield f"layers.Dot(axes={axes})", partial(_again(layer, axes=axes), tensors)


def _merge(layer: Any, tensors: list[Any], names: list[str]) -> Candidates:
    """Tensors that differ on an axis on which they should be equal."""
    from keras import layers

    if hasattr(layer, "axes") and len(tensors) == 2:
        yield from _dot(layer, tensors)
        return
    shapes = [tuple(tensor.shape) for tensor in tensors]
    if len({len(shape) for shape in shapes}) > 1 or len(shapes) != 2:
        return
    places = [
        place for place, (a, b) in enumerate(zip(*shapes, strict=True)) if place and a != b and None not in (a, b)
    ]
    both = ", ".join(names)
    if len(places) == 1 and hasattr(layer, "axis"):
        place = places[0]
        yield (
            f"layers.Concatenate(axis={place})([{both}])",
            lambda: layers.Concatenate(axis=place, name=_TRIED)(tensors),
        )
    if places == [len(shapes[0]) - 1]:
        units = shapes[1][-1]
        text = f"layers.Dense({units})({names[0]}) instead of {names[0]}."
        yield text, lambda: _again(layer)([layers.Dense(units, name=_TRIED)(tensors[0]), tensors[1]])
    yield from _cropped(layer, tensors, names)


def _cropped(layer: Any, tensors: list[Any], names: list[str]) -> Candidates:
    """Steps, or height and width, that one of two tensors has more of are cut off at its beginning."""
    from keras import layers

    one, other = (tuple(tensor.shape) for tensor in tensors)
    crops = {3: layers.Cropping1D, 4: layers.Cropping2D, 5: layers.Cropping3D}
    more = [0 if None in pair else pair[0] - pair[1] for pair in zip(one[1:-1], other[1:-1], strict=True)]
    if len(one) not in crops or not any(more) or min(more) < 0 < max(more):
        return
    longer = 0 if max(more) > 0 else 1
    pairs = tuple((abs(n), 0) for n in more)
    cut = pairs if len(pairs) > 1 else pairs[0]
    crop = crops[len(one)]
    text = (
        f"layers.{crop.__name__}({cut})({names[longer]}) instead of {names[longer]}: without its first {_first(more)}."
    )
    yield (
        text,
        lambda: _again(layer)([crop(cut, name=_TRIED)(t) if i == longer else t for i, t in enumerate(tensors)]),
    )


def _first(more: list[int]) -> str:
    """``2``, or ``2 rows and 1 column`` of an image."""
    if len(more) != 2:
        return " and ".join(str(abs(n)) for n in more if n)
    named = [(abs(n), word) for n, word in zip(more, ("row", "column"), strict=True) if n]
    return " and ".join(f"{n} {word}{'' if n == 1 else 's'}" for n, word in named)


def _reshape(layer: Any, tensors: list[Any], names: list[str]) -> Candidates:
    """Sizes whose product isn't that of what is there: one of them is worked out."""
    target = tuple(layer.target_shape)
    for place in range(len(target)):
        open_ = (*target[:place], -1, *target[place + 1 :])
        yield f"layers.Reshape({open_})({names[0]})", partial(_changed, layer, tensors[0], target_shape=open_)
    sample = [n for n in tensors[0].shape[1:] if n is not None]
    near = nearest(math.prod(sample), target) if len(sample) == len(tensors[0].shape) - 1 else None
    if near is not None:
        yield f"layers.Reshape({near})({names[0]})", partial(_changed, layer, tensors[0], target_shape=near)


def nearest(numbers: int, target: tuple[int, ...]) -> tuple[int, ...] | None:
    """Sizes whose product is this number of numbers: those asked for, but for the two last, which are near to them."""
    front = math.prod(target[:-2])
    if len(target) < 2 or front <= 0 or numbers % front or not 0 < numbers // front <= _MOST_NUMBERS:
        return None
    rest, (one, other) = numbers // front, target[-2:]
    pairs = [(n, rest // n) for n in range(1, math.isqrt(rest) + 1) if rest % n == 0]
    best = min((*pairs, *(pair[::-1] for pair in pairs)), key=lambda pair: abs(pair[0] - one) + abs(pair[1] - other))
    return (*target[:-2], *best) if min(best) > 1 else None


def _open_axis(layer: Any, tensors: list[Any], names: list[str]) -> Candidates:
    """A weight would need a number that isn't known: the open axis can be averaged away."""
    from keras import layers

    before = tensors[0]._keras_history.operation
    if type(before).__name__ != "Flatten":
        return
    source = before._inbound_nodes[-1].input_tensors[0]
    if len(source.shape) == 3:
        text = f"layers.GlobalAveragePooling1D() instead of Flatten {before.name}."
        yield text, lambda: _again(layer)(layers.GlobalAveragePooling1D(name=_TRIED)(source))


_CANDIDATES: dict[str, Callable[[Any, list[Any], list[str]], Candidates]] = {
    "layer_rank": _rank,
    "kernel_exceeds_steps": _kernel,
    "merge_shapes": _merge,
    "reshape": _reshape,
    "unknown_axis": _open_axis,
}
