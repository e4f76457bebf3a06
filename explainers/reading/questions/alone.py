"""A shape or a count without a question around it: ``x_train.shape = (60000, 28, 28)``, ``2,359,808``."""

from __future__ import annotations

import math
import re
from itertools import islice

from explainers.core.axes import Axis, sized
from explainers.core.finding import name_axes
from explainers.core.layers import axis_names
from explainers.core.spec import CallSpec, InputSpec, LayerSpec, ModelSpec, Ref, Sizes, chain
from explainers.core.words import listed
from explainers.reading.by_sight import words_for
from explainers.reading.questions.count_given import two_dense, usual_layers
from explainers.reading.questions.models import UNITS, on_one_input
from explainers.reading.questions.read_by import call
from explainers.reading.questions.words import Asked, Told

_SIZE = r"(?:none|\?|-1|\d{1,9})"
_SHAPE = rf"[(\[]{{0,3}}\s?{_SIZE}(?:\s?,\s?{_SIZE}){{0,6}}\s?,?\s?[)\]]{{0,3}}"
# What stands around a shape that is printed or written down, and asks nothing.
_SHAPE_ALONE = re.compile(
    rf"(?:print\()?(?:(?:my |the )?(?:data|dataset|array|inputs?|tensor|images?|x)"
    rf"(?: (?:is|has|are|have|of|with|a)){{0,3}}|"
    rf"[\w.]{{1,40}}(?:\[\d{{1,3}}\])?\.)? ?(?:(?:input_|output_)?shape|size\(\)|torch\.size|tensorshape|tensor|array)?"
    rf"(?: is| of)?\)?\s?[:=]?\s?{_SHAPE}[\s.?!]{{0,3}}"
)
_COUNT_ALONE = re.compile(
    r"(?:why |total |params? ?#?:? |parameters:? |where (?:do|does) )?(\d{1,3}(?:,\d{3}){1,3}|\d{3,9})"
    r"(?: (?:trainable )?(?:params?|parameters|weights))?(?: come from)?[\s.?!]{0,3}"
)
_LABELS = re.compile(r"(?:y|labels?|targets?)\w{0,20}\.shape\s?[:=]?\s?\((\d{1,9}),\)[\s.?!]{0,3}")
_MOST_LAYERS = 3


def shape(asked: Asked) -> Told | None:
    """What the sizes of a shape are, and what layers make of it."""
    if (labels := _LABELS.fullmatch(asked.words.strip())) is not None:
        return _of_labels(int(labels[1]))
    if len(asked.shapes) != 1 or not _SHAPE_ALONE.fullmatch(asked.words.strip()):
        return None
    sizes = asked.shapes[0]
    if not 2 <= len(sizes) <= 5 or (None in sizes[2:] and len(sizes) > 3):
        return None
    if "input_shape" in asked.words:
        return _one_sample(sizes, words_for((None, *sizes), asked.words)[1:], "({})".format(", ".join(map(str, sizes))))
    names = words_for(sizes, asked.words)
    first = names[0]
    here = "(" + ", ".join(map(str, sizes)) + ")"
    if first not in ("batch", "samples"):
        return _one_sample(sizes, names, here)
    if names[1] == "channels":
        return _channels_first(sizes, names, here)
    rest = _spoken(sizes[1:], names[1:])
    start = "the batch, open until data arrive" if sizes[0] is None else sized(Axis("samples", sizes[0], ""))
    declared = "(" + ", ".join(map(str, sizes[1:])) + ("," if len(sizes) == 2 else "") + ")"
    spec, made = _made_of((None, *sizes[1:]), names)
    told = (
        f"{here}: the first axis is {start}; each sample has {rest}{_numbers(sizes)}. A model needs the shape of one "
        f"sample, shape={declared}.{made}"
    )
    return Told(told, spec, {}, (name_axes(sizes, names, "the text"),))


def _of_labels(samples: int) -> Told:
    sentence = (
        f"({samples},) is one label for each of {samples:,} samples. If the labels number classes, from 0 on, the last "
        'layer is Dense(classes, activation="softmax") and the loss "sparse_categorical_crossentropy". If they are '
        'measured values, it is Dense(1) with "mse".'
    )
    return Told(sentence, None, {"samples": samples}, (name_axes((samples,), ("samples",), "the text"),))


def _one_sample(sizes: Sizes, names: tuple[str, ...], here: str) -> Told:
    spec, made = _made_of((None, *sizes), ("batch", *names))
    told = (
        f"{here} is the shape of one sample, without the batch axis: {_spoken(sizes, names)}. A model needs just "
        f"that, shape={here}; its data have the samples in front, (samples, {', '.join(map(str, sizes))}).{made}"
    )
    return Told(told, spec, {}, (name_axes(sizes, names, "the text"),))


def _channels_first(sizes: Sizes, names: tuple[str, ...], here: str) -> Told:
    """As PyTorch has it; a model of Keras reads the same numbers with the channels behind."""
    last = (*sizes[:1], *sizes[2:], sizes[1])
    spec, made = _made_of((None, *last[1:]), (*names[:1], *names[2:], names[1]))
    told = (
        f"{here} has its channels in front, as PyTorch does: {_spoken(sizes[1:], names[1:])}. Keras reads them last "
        f'(data_format="channels_last"): np.moveaxis(x, 1, -1) returns ({", ".join(map(str, last))}).{made}'
    )
    return Told(told, spec, {}, (name_axes(sizes, names, "the text"),))


def _spoken(sizes: Sizes, names: tuple[str, ...]) -> str:
    """``20 timesteps, 5 features``, ``height 28, width 28``."""
    each = zip(names, sizes, strict=True)
    return ", ".join(sized(Axis(name, size, "")) if name.endswith("s") else f"{name} {size}" for name, size in each)


def _numbers(sizes: Sizes) -> str:
    """How many numbers one sample has, where that is a product."""
    if len(sizes) < 3 or None in sizes[1:]:
        return ""
    return f": {' × '.join(map(str, sizes[1:]))} = {math.prod(size or 1 for size in sizes[1:]):,} numbers"


def _made_of(shape: Sizes, names: tuple[str, ...]) -> tuple[ModelSpec | None, str]:
    """A model that reads the shape, and what it makes of it in words."""
    last, rank = shape[-1], len(shape)
    if last is None:
        return None, ""
    if rank == 2:
        layer = LayerSpec("Dense", "dense", (("units", UNITS),))
        return on_one_input(
            shape, layer, (f"units = {UNITS}",)
        ), f" Dense({UNITS}) turns it into (None, {UNITS}) ({UNITS} units are an example)."
    if names[1] == "timesteps":
        layer = LayerSpec("LSTM", "lstm", (("units", UNITS),))
        return on_one_input(
            shape, layer, (f"units = {UNITS}",)
        ), f" LSTM({UNITS}) reads the steps and returns (None, {UNITS}) ({UNITS} units are an example)."
    if None in shape[1:] or math.prod(size or 1 for size in shape[1:]) > _LARGEST:
        return None, ""
    if rank == 3:
        made = f" Flatten() turns it into (None, {(shape[1] or 0) * last}). A Conv2D needs a channel axis at the end: "
        made += f"Reshape(({shape[1]}, {last}, 1))."
        return _each_on(
            shape,
            LayerSpec("Flatten", "flatten"),
            LayerSpec("Reshape", "reshape", (("target_shape", (shape[1], last, 1)),)),
        ), made
    pool = f"GlobalAveragePooling{rank - 2}D"
    flat = math.prod(size or 1 for size in shape[1:])
    spec = _each_on(shape, LayerSpec("Flatten", "flatten"), LayerSpec(pool, "pooling"))
    return spec, f" Flatten() turns it into (None, {flat}), {pool}() into (None, {last})."


_LARGEST = 10**7


def _each_on(shape: Sizes, *layers: LayerSpec) -> ModelSpec:
    """Several layers side by side on one Input."""
    calls = tuple(CallSpec(place, (Ref("input", 0),)) for place in range(len(layers)))
    outputs = tuple(Ref("call", place) for place in range(len(layers)))
    return ModelSpec((InputSpec("input", shape, "float32", (), "the text"),), layers, calls, outputs)


def count(asked: Asked) -> Told | None:
    """Layers of usual sizes that have just so many parameters, or two that have them together."""
    alone = _COUNT_ALONE.fullmatch(asked.words.strip())
    if alone is None:
        return None
    number = int(alone[1].replace(",", ""))
    found = list(islice(usual_layers(number), _MOST_LAYERS))
    if not found:
        return _of_two(number)
    told = [f"{call(layer)} on {_read(layer, shape)}" for layer, shape in found]
    others = f" {listed(told[1:])} {'has' if len(told) == 2 else 'have'} the same count." if len(told) > 1 else ""
    layer, read = found[0]
    sentence = (
        f"{number:,} is, for example, the number of parameters of {told[0]}.{others} The Output Shape in your summary "
        "says which: its last axis is the layer's units or filters, and the row above ends with what the layer reads."
    )
    words = axis_names(layer.class_name, len(read))
    notes = tuple(f"{name} = {size}" for name, size in (*layer.arguments, (words[-1], read[-1])))
    return Told(sentence, on_one_input(read, layer, notes), {"params": number}, (name_axes(read, words, "an example"),))


def _read(layer: LayerSpec, read: Sizes) -> str:
    """``3 channels``, ``1 feature``."""
    return sized(Axis(axis_names(layer.class_name, len(read))[-1], read[-1], ""))


def _of_two(number: int) -> Told:
    """The total of a small net: two Dense layers of usual widths."""
    found = next(two_dense(number), None)
    if found is None:
        return Told(
            f"No layer of usual sizes has {number:,} parameters. If it is the total of a model, paste its summary "
            "or its code: the count of each layer is taken apart."
        )
    features, units_1, units_2 = found
    counts = ((features + 1) * units_1, (units_1 + 1) * units_2)
    sentence = (
        f"{number:,} is, for example, the total of two layers: Dense({units_1}) on {features} features has "
        f"{counts[0]:,} parameters, and Dense({units_2}) after it {counts[1]:,}. Paste the whole summary, and each "
        "row's count is taken apart."
    )
    layers = tuple(
        LayerSpec("Dense", f"dense_{n}", (("units", units),)) for n, units in enumerate((units_1, units_2), 1)
    )
    notes = (f"features = {features}", f"dense_1.units = {units_1}", f"dense_2.units = {units_2}")
    tensor = InputSpec("input", (None, features), "float32", (), "an example")
    return Told(sentence, chain(tensor, layers, assumed=notes), {"params": number})
