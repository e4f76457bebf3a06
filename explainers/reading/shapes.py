"""Sizes and costs of a ModelSpec without Keras: enough to refuse a model that is too big *before* it is built.

A layer that stands in a text is ruled by the same sheet as a live one (`core.layers`). Where there is no rule, or the
text's arguments don't fit it, the shape is None ("not worked out here") and Keras decides.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from explainers.core.axes import Axis, Shape, by_place, sizes
from explainers.core.layers import Planned, Ruling, convolved, reads, sheet, space
from explainers.core.layers.operations import INDEX
from explainers.core.spec import Argument, LayerSpec, ModelSpec, Ref, Sizes
from explainers.reading.backbones import came_out, is_backbone
from explainers.reading.cutting import cut
from explainers.reading.operation_shapes import broadcast, cut_or_taken, operands
from explainers.reading.tensor_operations import EACH, REDUCED

__all__ = [
    "as_named",
    "channels_in_front",
    "conv_length",
    "held_by",
    "named_walk",
    "number",
    "output_shapes",
    "space",
    "spread",
    "too_big",
    "too_dear",
    "too_many",
    "walk",
    "weight_shapes",
    "weights_of",
]

MOST_WEIGHTS = 100_000_000  # numbers; 400 MB as float32
MOST_PRODUCTS = 2 * 10**10  # of a weight and a number of the data: what a few seconds are enough for
MOST_COUNTED = 10**11  # numbers in weights that are counted and never made
MOST_KEPT = 10**7  # numbers in the states of a stateful layer, which are made when it is built
MOST_LAYERS = 800  # that are built; NASNetMobile has 770
LARGEST = 2**63 - 1  # size of an axis, as Keras counts; some forty products later nobody could write one down
DEEPEST = 6  # layers wrapped in one another whose shapes are followed
MOST_CALLS = 400  # of the layers of a text: one that is shared is called several times
MOST_BUILT = 1_000  # calls that are built, of a document too
conv_length = convolved


def spread(value: Argument, rank: int, default: int = 1) -> tuple[int, ...]:
    """``3`` -> ``(3, 3)`` for two axes."""
    if isinstance(value, tuple):
        whole = tuple(v for v in value if isinstance(v, int))
        return whole if len(whole) == rank else (whole or (default,)) * rank if len(whole) == 1 else (default,) * rank
    return (value if isinstance(value, int) and not isinstance(value, bool) else default,) * rank


def number(value: Argument, default: int = 1) -> int:
    """A whole number argument."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return default
    return int(value) if abs(value) < 10**15 else 10**15


def planned(layer: LayerSpec) -> Planned:
    """The layer with its arguments as attributes, as a live one has them, and so everything that it wraps."""
    return Planned(layer.class_name, layer.name, {key: _planned_argument(key, value) for key, value in layer.arguments})


def _planned_argument(key: str, value: Argument) -> object:
    if isinstance(value, LayerSpec):
        return planned(value)
    if key == "cell" and isinstance(value, tuple):  # Keras makes one cell of several
        cells = [planned(part) for part in value if isinstance(part, LayerSpec)]
        return Planned("StackedRNNCells", "cells", {"cells": cells})
    return value


def ruled(layer: LayerSpec, inputs: tuple[Shape, ...]) -> Ruling | None:
    """What the sheet of its class says; None where there is no rule, or where the text's arguments don't fit it.

    A size of 0 or less says that a window found no place to stand: whoever shows it says so.
    """
    facts = sheet(layer.class_name)
    if facts is None or facts.rule is None:
        return None
    # an embedding looks up numbers of any form
    if facts.group != "embedding" and not _fits(facts.rank, facts.least, inputs[0]):
        return None
    if _depth(layer) > DEEPEST:  # a Bidirectional asks twice what it wraps, so nested ones double
        return None
    try:
        ruling = facts.rule(planned(layer), inputs)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):  # a text may give any argument
        return None
    outputs = ruling.outputs[: len(ruling.outputs) - ruling.optional]
    whole = all(size is None or isinstance(size, int) for shape in outputs for size in sizes(shape))
    return Ruling(outputs, ruling.weights, ruling.why) if whole else None


def _depth(layer: LayerSpec) -> int:
    """How many layers are wrapped in one another, this one included."""
    depth, inner = 1, layer.get("layer")
    while isinstance(inner, LayerSpec):
        depth, inner = depth + 1, inner.get("layer")
    return depth


def _fits(rank: int | None, least: bool, shape: Shape) -> bool:
    return rank is None or len(shape) == rank or (least and len(shape) > rank)


def named(layer: LayerSpec | None, shape: Sizes, place: int = 0) -> Shape:
    """The shape with the words that the layer has for its axes."""
    words = reads(planned(layer), len(shape), place) if layer is not None and sheet(layer.class_name) else ()
    if len(words) != len(shape):  # a wrapper of sequences has two words at least; what reaches it may have one axis
        words = ("",) * len(shape)
    names = [word or ("batch" if i == 0 else by_place(i)) for i, word in enumerate(words)]
    return tuple(Axis(name, size, "the text") for name, size in zip(names, shape, strict=True))


def output_shapes(layer: LayerSpec, inputs: tuple[Sizes, ...]) -> tuple[Sizes, ...] | None:
    """The shapes that come out of one call; None where it isn't worked out here (or can't be)."""
    made = _outputs(layer, tuple(named(layer, shape, place) for place, shape in enumerate(inputs)))
    return None if made is None else tuple(sizes(shape) for shape in made)


def as_named(layer: LayerSpec, inputs: tuple[Sizes, ...]) -> tuple[tuple[Shape, ...], str]:
    """The named shapes that come out of one call, and why; ((), "") where it isn't worked out here."""
    ruling = ruled(layer, tuple(named(layer, shape, place) for place, shape in enumerate(inputs)))
    return (ruling.outputs, ruling.why) if ruling is not None else ((), "")


def _outputs(layer: LayerSpec, inputs: tuple[Shape, ...]) -> tuple[Shape, ...] | None:
    made = _worked_out(layer, inputs)
    sane = made is not None and all(axis.size is None or axis.size <= LARGEST for shape in made for axis in shape)
    return made if sane else None


def _worked_out(layer: LayerSpec, inputs: tuple[Shape, ...]) -> tuple[Shape, ...] | None:
    if not inputs:
        return None
    if layer.class_name.startswith("ops."):
        made = _operated(layer, layer.class_name.removeprefix("ops."), tuple(sizes(shape) for shape in inputs))
        return None if made is None else tuple(_still_named(shape, _in_order(layer, inputs[0])) for shape in made)
    if is_backbone(layer):
        made = came_out(layer, tuple(sizes(shape) for shape in inputs))
        return None if made is None else tuple(_still_named(shape, inputs[0]) for shape in made)
    ruling = ruled(layer, inputs)
    return None if ruling is None else ruling.outputs


def _in_order(layer: LayerSpec, before: Shape) -> Shape:
    """The axes in the order in which a transpose leaves them."""
    axes = _axes(layer, len(before)) if layer.class_name == "ops.transpose" else None
    return before if axes is None else tuple(before[axis] for axis in axes)


def _axes(layer: LayerSpec, rank: int) -> list[int] | None:
    """The axes argument of a transpose; None where it isn't an order of all axes."""
    given = layer.get("axes")
    axes = [axis for axis in given if isinstance(axis, int)] if isinstance(given, tuple) else []
    return axes if sorted(axes) == list(range(rank)) else None


def _still_named(shape: Sizes, before: Shape) -> Shape:
    """The names that an operation leaves: all of them where the rank stays."""
    if len(shape) == len(before):
        return tuple(axis.resized(size) for axis, size in zip(before, shape, strict=True))
    return tuple(Axis("batch" if i == 0 else by_place(i), size, "the text") for i, size in enumerate(shape))


def _operated(layer: LayerSpec, name: str, inputs: tuple[Sizes, ...]) -> tuple[Sizes, ...] | None:
    """The shape behind an operation on tensors: keras.ops, keras.backend, tf."""
    first = inputs[0]
    axis = layer.get("axis")
    if name == "constant":
        return (_held(layer.get("shape")),)
    if name in EACH:
        stretched = broadcast(operands(layer, inputs))
        return None if stretched is None else (stretched,)
    if name in REDUCED:
        return _reduced(first, axis, layer.get("keepdims") is True)
    if name == "expand_dims" and isinstance(axis, int) and -len(first) - 1 <= axis <= len(first):
        place = axis if axis >= 0 else len(first) + 1 + axis
        return ((*first[:place], 1, *first[place:]),)
    if name == "squeeze" and isinstance(axis, int) and -len(first) <= axis < len(first):
        return (tuple(n for i, n in enumerate(first) if i != axis % len(first)),)
    if layer.class_name == INDEX:
        left = cut(first, layer.get("key"))
        return None if left is None else (left,)
    if name == "reshape":
        return _reshaped(first, _held(layer.get("newshape")))
    if name == "image.extract_patches":
        return _in_patches(layer, first)
    if name == "pad":
        return _padded(first, layer.get("pad_width"))
    if name in ("concatenate", "stack") and isinstance(axis, int):
        return _joined(inputs, axis, name == "stack")
    if name == "transpose":
        axes = _axes(layer, len(first))
        return None if axes is None else (tuple(first[axis] for axis in axes),)
    return _product(layer, inputs) if name == "matmul" else cut_or_taken(layer, name, inputs)


def _in_patches(layer: LayerSpec, first: Sizes) -> tuple[Sizes, ...] | None:
    """Pictures cut into patches side by side: each becomes one place with all of its numbers."""
    if len(first) != 4 or layer.get("padding") == "same" or layer.get("dilation_rate") not in (None, 1):
        return None
    size = spread(layer.get("size"), 2, 0)
    strides = spread(layer.get("strides"), 2, 0) if layer.get("strides") is not None else size
    if min(*size, *strides) < 1:
        return None
    places = (None if n is None else (n - k) // s + 1 for n, k, s in zip(first[1:3], size, strides, strict=True))
    return ((first[0], *places, None if first[3] is None else first[3] * math.prod(size)),)


def _padded(first: Sizes, widths: Argument) -> tuple[Sizes, ...] | None:
    """``ops.pad(x, [[0, 0], [3, 3]])``: so many more on both sides of each axis."""
    pairs = [spread(pair, 2, 0) for pair in widths] if isinstance(widths, tuple) else []
    if len(pairs) != len(first) or pairs[0] != (0, 0):
        return None
    return (tuple(None if n is None else n + sum(pair) for n, pair in zip(first, pairs, strict=True)),)


def _reshaped(first: Sizes, wanted: Sizes) -> tuple[Sizes, ...] | None:
    """Another form of each sample, or each sample cut into several; None where the numbers don't fit."""
    inside, rest = first[1:], wanted[1:]
    if not wanted or wanted[0] != -1 or None in inside or None in rest or -1 in rest:
        return None
    numbers, wanted_numbers = math.prod(n or 0 for n in inside), math.prod(n or 0 for n in rest)
    return ((None, *rest),) if wanted_numbers and numbers % wanted_numbers == 0 else None


def _joined(inputs: tuple[Sizes, ...], axis: int, stacked: bool) -> tuple[Sizes, ...] | None:
    """Tensors side by side along an axis; stacked along a new one."""
    first = inputs[0]
    rank = len(first) + stacked
    if any(len(shape) != len(first) for shape in inputs) or not -rank <= axis < rank:
        return None
    at = axis % rank
    if stacked:
        return ((*first[:at], len(inputs), *first[at:]),)
    along = [shape[at] for shape in inputs]
    total = None if None in along else sum(n or 0 for n in along)
    others = {(*shape[:at], *shape[at + 1 :]) for shape in inputs}
    return ((*first[:at], total, *first[at + 1 :]),) if len(others) == 1 else None


def _held(shape: Argument) -> Sizes:
    """The shape of an array that stands in the text."""
    return tuple(n if isinstance(n, int) else None for n in shape) if isinstance(shape, tuple) else ()


def _product(layer: LayerSpec, inputs: tuple[Sizes, ...]) -> tuple[Sizes, ...] | None:
    """The shape of ``a @ b``, where one of the two may be a weight; None where they don't fit, or of vectors."""
    both = operands(layer, inputs)
    if len(both) != 2 or min(map(len, both)) < 2:
        return None
    left, right = both
    front = broadcast((left[:-2], right[:-2])) if left[:-2] or right[:-2] else ()
    if front is None or (None not in (left[-1], right[-2]) and left[-1] != right[-2]):
        return None
    return ((*front, left[-2], right[-1]),)


def _reduced(first: Sizes, axis: Argument, keep: bool) -> tuple[Sizes, ...] | None:
    places = axis if isinstance(axis, tuple) else (axis,)
    if not all(isinstance(place, int) and -len(first) <= place < len(first) for place in places):
        return None
    gone = {place % len(first) for place in places if isinstance(place, int)}
    return (tuple(1 if i in gone else n for i, n in enumerate(first) if keep or i not in gone),)


def weights_of(layer: LayerSpec, inputs: tuple[Sizes, ...]) -> int:
    """Numbers that the layer's weights hold. Open axes count as 1 (Keras refuses them before it allocates)."""
    facts = sheet(layer.class_name)
    first = inputs or ((None,) * ((facts.rank if facts else None) or 2),)
    ruling = ruled(layer, tuple(named(layer, shape, place) for place, shape in enumerate(first)))
    if ruling is None:
        return _at_most(layer, first[0])
    return sum(math.prod(axis.size or 1 for axis in weight.shape) for weight in ruling.weights)


def weight_shapes(layer: LayerSpec, inputs: tuple[Sizes, ...]) -> tuple[Sizes, ...]:
    """The shapes of the layer's weights, in Keras' order; () where no rule says them."""
    ruling = ruled(layer, tuple(named(layer, shape, place) for place, shape in enumerate(inputs)))
    return tuple(sizes(weight.shape) for weight in ruling.weights) if ruling is not None else ()


def held_by(layer: LayerSpec, inputs: tuple[Sizes, ...]) -> tuple[tuple[str, int], ...]:
    """Each weight by its name, and how many numbers it holds; () where no rule says it."""
    ruling = ruled(layer, tuple(named(layer, shape, place) for place, shape in enumerate(inputs)))
    held = ruling.weights if ruling is not None else ()
    return tuple((weight.name, math.prod(axis.size or 1 for axis in weight.shape)) for weight in held)


def _at_most(layer: LayerSpec, first: Sizes) -> int:
    """Where no rule says it: the largest number in its arguments for each number of the last axis."""
    numbers = [value for _, value in layer.arguments if isinstance(value, int) and not isinstance(value, bool)]
    return max(numbers, default=0) * ((first[-1] if first else 1) or 1)


def walk(spec: ModelSpec) -> Iterator[tuple[int, tuple[Sizes, ...], tuple[Sizes, ...] | None]]:
    """For each call: its number, the shapes that go in, and those that come out (None: not worked out here)."""
    for i, inputs, outputs in named_walk(spec):
        made = None if outputs is None else tuple(sizes(shape) for shape in outputs)
        yield i, tuple(sizes(shape) for shape in inputs), made


def named_walk(spec: ModelSpec) -> Iterator[tuple[int, tuple[Shape, ...], tuple[Shape, ...] | None]]:
    """The same with named axes: an Input's by the first layer that has words for them, the rest by the rules."""
    made: dict[Ref, Shape] = {Ref("input", i): _named_input(spec, i) for i in range(len(spec.inputs))}
    for i, call in enumerate(spec.calls):
        inputs = tuple(made[ref] for ref in call.inputs if ref in made)
        outputs = _outputs(spec.layers[call.layer], inputs) if len(inputs) == len(call.inputs) else None
        made |= {Ref("call", i, k): shape for k, shape in enumerate(outputs or ())}
        yield i, inputs, outputs


def _named_input(spec: ModelSpec, index: int) -> Shape:
    tensor = spec.inputs[index]
    ref = Ref("input", index)
    call = next((call for call in spec.calls if ref in call.inputs), None)
    if call is None:
        return named(None, tensor.shape)
    return named(spec.layers[call.layer], tensor.shape, call.inputs.index(ref))


def too_many(spec: ModelSpec) -> str:
    """A sentence where even the shapes of the model would take too long, else ''."""
    if len(spec.calls) > MOST_BUILT:
        return f"The model calls its layers {len(spec.calls):,} times; at most {MOST_BUILT:,} calls can be built here."
    if len(spec.layers) > MOST_LAYERS:
        return f"The model has {len(spec.layers)} layers; at most {MOST_LAYERS} are built here."
    return _too_large(spec, MOST_COUNTED)


def channels_in_front(spec: ModelSpec) -> bool:
    """Whether a window slides over pictures with their channels in front: TensorFlow runs that on a GPU only."""
    return any(map(_slides_in_front, spec.layers))


def _slides_in_front(layer: LayerSpec) -> bool:
    """The same for one layer, also inside a wrapper."""
    inner, facts = layer.get("layer"), sheet(layer.class_name)
    if isinstance(inner, LayerSpec):
        return _slides_in_front(inner)
    slides = facts is not None and facts.group in ("conv", "pool")
    return slides and layer.get("data_format") == "channels_first"


def too_big(spec: ModelSpec) -> str:
    """A sentence where the model would cost too much to build with numbers in its weights, else ''."""
    return too_many(spec) or _too_large(spec, MOST_WEIGHTS)


def too_dear(spec: ModelSpec, samples: int) -> bool:
    """Whether so many samples take too long to go through the model: long series, large fixed batches."""
    products = 0
    for i, inputs, outputs in walk(spec):
        places = max((math.prod(n or 1 for n in shape[1:-1]) for shape in (*inputs, *(outputs or ()))), default=1)
        products += weights_of(spec.layers[spec.calls[i].layer], inputs) * places
    return products * samples > MOST_PRODUCTS


def _states_kept(layer: LayerSpec, outputs: tuple[Sizes, ...] | None) -> int:
    """How many numbers a stateful layer keeps: one row for each sample of its batch, of two states at most."""
    inner = layer.get("layer")
    kept = any(isinstance(one, LayerSpec) and one.get("stateful") is True for one in (layer, inner))
    if not kept or not outputs or not outputs[0]:
        return 0
    return 2 * (outputs[0][0] or 1) * (outputs[0][-1] or 1)


def _too_large(spec: ModelSpec, most: int) -> str:
    """A sentence where the weights, or the output of one layer, hold too many numbers, else ''."""
    total = 0
    counted: set[int] = set()
    for i, inputs, outputs in walk(spec):
        layer = spec.layers[spec.calls[i].layer]
        if spec.calls[i].layer not in counted:
            counted.add(spec.calls[i].layer)
            total += weights_of(layer, inputs)
        values = max((math.prod(max(n or 1, 1) for n in shape) for shape in outputs or ()), default=0)
        if total > most:
            return f"{layer.name} brings the weights to {total:,} numbers; at most {most:,} can be built here."
        if (states := _states_kept(layer, outputs)) > MOST_KEPT:
            return f"The states of {layer.name} hold {states:,} numbers; at most {MOST_KEPT:,} can be built here."
        if values > 10 * most:
            return f"The output of {layer.name} has {values:,} numbers, more than can be built here."
    return ""
