"""What is said of data and of single numbers: another form, windows of rows, a missing axis, what one number is."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import replace

from explainers.core.finding import name_axes
from explainers.core.layers import RECURRENT
from explainers.core.spec import LayerSpec, Sizes
from explainers.core.words import listed
from explainers.reading.questions.elements_asked import fits, fits_not
from explainers.reading.questions.images_asked import without_channels
from explainers.reading.questions.parsed.arrays import of_arrays
from explainers.reading.questions.parsed.compared import axes_of, known, of_rank, of_two_shapes
from explainers.reading.questions.parsed.counts import examples_told
from explainers.reading.questions.parsed.described import described
from explainers.reading.questions.parsed.every_step import of_every_step
from explainers.reading.questions.parsed.fact_list import FACTS
from explainers.reading.questions.parsed.facts import asked_for, fact_told
from explainers.reading.questions.parsed.layout import columns_of, recorded_of, rows_of
from explainers.reading.questions.parsed.mixed_up import of_mixed_sizes
from explainers.reading.questions.parsed.network import Network, network, of_layers
from explainers.reading.questions.parsed.offered import of_offers
from explainers.reading.questions.parsed.parts import Parts, Shaped, parts_of
from explainers.reading.questions.parsed.supposed import of_claims, of_equal_sizes
from explainers.reading.questions.parsed.symbolic import of_names
from explainers.reading.questions.words import Told
from explainers.reading.questions.written import in_one_way

_WHICH = re.compile(
    r"\bwhat(?:'s|s| is| does| do| are)?(?: the)? (?:number |value |size )?[\"'`]?(?P<number>\d{1,6})\b"
    r"(?=.{0,40}\b(?:mean|in|of|for|st[a]nd)|\W{0,4}$)|"
    r"\b(?:is|does|why|mean(?:ing)?(?: of)?)(?: the| this| a| of)* (?:number |value )?(?P<asked>\d{1,6})\b"
    r"(?= (?:in|mean|the|st[a]nd|here)\b)|"
    r"\b(?P<place>first|second|third|last|1st|2nd|3rd)(?: and \w+)? "
    r"(?:number|value|dimension|axis|size|entry|argument|parameter)\b"
)
_PLACES = {"first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "last": -1}
_OF_ARGUMENT = {
    "units": "what units are", "filters": "what filters are", "kernel_size": "what kernel_size and filters are",
    "strides": "what strides are", "pool_size": "what pooling does", "num_heads": "what heads are",
    "key_dim": "what key_dim is", "input_dim": "what an Embedding reads and returns",
    "output_dim": "what an Embedding reads and returns",
}  # fmt: skip
_IN_A_ROW = re.compile(r"^(?:rows?|records|observations|entries|lines|zeilen|filas|days|hours|minutes|data ?set|data|"
                       r"(?:data |time )?points)$")  # fmt: skip
_WEIGHT_SHAPES = re.compile(
    r"\b(?:shapes?|dimensions?|sizes?) (?:of|does|do|has|is) (?:the |its |a |each )?(?:\w+ )?"
    r"(?:kernel|weights?|bias|matri\w+)\b(?! ?=?\d)|"
    r"\b(?:rows|columns)\b.{0,20}\b(?:weight matri\w+|kernel|matri\w+ of weights)\b|"
    r"\b(?:kernel|weights?|weight matri\w+|bias) (?:shapes?|dimensions?)\b|\bget_weights\b"
)
_LARGEST = 10**7


def of_data(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """The reply about data or a single number; None where the question asks for neither."""
    for read in (of_offers, of_mixed_sizes, of_arrays, of_equal_sizes, of_every_step):
        told = read(parts, entries)
        if told is not None:
            return replace(told, sure=True)
    for read in (
        described,
        of_names,
        of_two_shapes,
        _pixels,
        _one_number,
        _weight_shapes,
        _another_form,
        _as_images,
        _sequences,
        _windows,
        _without_channels,
        of_claims,
    ):
        told = read(parts, entries)
        if told is not None:
            return told
    return None


_WHY_RESHAPED = re.compile(r"\bwhy\b.{0,40}\b(?:reshape\w*|add|need|use)\b|\bwhat for\b")


def _pixels(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """``why do we reshape to (28, 28, 1)``: the last number is the channels, which Conv2D needs."""
    shape = next((one.sizes for one in parts.shaped if one.part in ("to", "in", "data")), ())
    sample = shape[1:] if len(shape) == 4 else shape
    if len(sample) != 3 or sample[2] not in (1, 3) or sample[0] is None or not _WHY_RESHAPED.search(parts.words):
        return None
    made = of_layers((None, *sample), (LayerSpec("Conv2D", "conv", (("filters", 8), ("kernel_size", 3))),))
    if made is None or any(one.name != "Conv2D" for one in parts.mentions):
        return None
    colors = "1 number for each pixel, because it is gray" if sample[2] == 1 else "3 numbers for each pixel: RGB"
    shown = Network(made.shape, made.rows, {"filters": 8, "kernel_size": 3})
    sentence = (
        f"{sample} is one image: height {sample[0]}, width {sample[1]}, and {colors}. Conv2D reads (batch, height, "
        f"width, channels), so an image without the last axis has one axis less than it needs. Conv2D(8, 3) turns "
        f"{made.shape} into {made.after}{examples_told(shown.examples)}."
    )
    return Told(sentence, shown.spec, {})


# -- one number ------------------------------------------------------------------------------------------------


def _one_number(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """``What does 64 mean in LSTM(64)``, ``the first number in input_shape=(28, 28, 1)``."""
    found = _WHICH.search(parts.words)
    counts = parts.aims & {"parameters"}
    if found is None or (counts and "meaning" not in parts.aims):
        return None
    digits = found["number"] or found["asked"]
    if digits is not None and (told := _argument(parts, int(digits), entries)) is not None:
        return told
    shape = next((one for one in parts.shaped if digits is None or int(digits) in one.sizes), None)
    if shape is None or counts:
        return None
    names = axes_of(shape.sizes, shape.part, parts)
    place = shape.sizes.index(int(digits)) if digits is not None else _PLACES[found["place"]]
    if names is None or place >= len(names):
        return None
    return _axis(shape.sizes, shape.part, names, place, parts)


def _argument(parts: Parts, number: int, entries: Mapping[str, int]) -> Told | None:
    """A number that a layer is called with."""
    for one in parts.mentions:
        for name, value in one.given.items():
            if value != number or isinstance(value, bool) or name not in _OF_ARGUMENT:
                continue
            fact = next(fact for fact in FACTS if fact.asks == _OF_ARGUMENT[name])
            told = fact_told(fact, parts, entries)
            return Told(f"{number} is {name} of the {one.name}. {told.sentence}", told.spec, {})
    return None


def of_a_word(question: str, code: str, reads: Sizes) -> str:
    """What a question next to code asks of a number or a word in it; "" where it asks for neither.

    The sizes are the code's, whose model reads `reads`. What is asked are the words around it, for a name in the code
    asks for nothing.
    """
    parts = replace(parts_of(in_one_way(f"{question}\n{code}")), shaped=(Shaped(reads, "whole", 0),), squares=())
    asked = replace(parts, words=in_one_way(question).lower())
    told = _one_number(asked, {})
    if told is not None:
        return told.sentence
    fact = asked_for(asked)
    return fact_told(fact, parts, {}).sentence if fact is not None else ""


_COUNTS = {
    "batch": "how many samples go through the model together",
    "timesteps": "how many steps one sample has", "steps": "how many steps one sample has",
    "features": "how many numbers there are at each step", "height": "how many rows of pixels an image has",
    "width": "how many pixels a row has", "channels": "how many numbers each pixel has: 1 for gray, 3 for RGB",
    "frames": "how many images one video has",
}  # fmt: skip


def _axis(shape: Sizes, part: str, names: tuple[str, ...], place: int, parts: Parts) -> Told | None:
    name, size = names[place], shape[place]
    of_row = name == "features" and len(names) + (part == "declared") == 2
    counts = "how many numbers each sample has" if of_row else _COUNTS.get(name, "")
    pairs = list(zip(names, shape, strict=True))
    rest = listed([f"{other} {n}" for i, (other, n) in enumerate(pairs) if i != place % len(names)])
    sample = part == "declared" and shape[:1] != (None,)
    batch = f" The batch isn't in it: Keras puts None in front, {(None, *shape)}." if sample else ""
    sentence = f"{size} is the {name}{f': {counts}' if counts else ''}. The rest of {shape} is {rest}.{batch}"
    whole = (None, *shape) if sample else (None, *shape[1:])
    named = parts.mentions[0].layer if parts.mentions else None
    layer = of_rank(len(whole))
    made = (of_layers(whole, (named,)) if named is not None else None) or of_layers(whole, (layer,))
    if made is None:
        return Told(sentence)
    shown = Network(made.shape, made.rows, {"units": 4} if made.rows[0].layer is layer and layer.get("units") else {})
    return Told(f"{sentence.removesuffix('.')}{examples_told(shown.examples)}.", shown.spec, {})


def _weight_shapes(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """The shapes of a layer's weights."""
    found = network(parts, entries) if _WEIGHT_SHAPES.search(parts.words) and not parts.apart else None
    if found is None or not found.count:
        return None
    told = []
    for row in found.rows:
        weights = [f"{weight.name} {weight.sizes} = {weight.count:,}" for weight in row.weights]
        if weights:
            told.append(f"The {row.layer.class_name} has {listed(weights)}")
    sentence = f"{'. '.join(told)}: {found.count:,} parameters{examples_told(found.examples)}."
    return Told(sentence, found.spec, {"params": found.count})


# -- another form ----------------------------------------------------------------------------------------------


def _another_form(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """From one shape to another: a reshape where the numbers fit, else what makes fewer of them."""
    source = next(iter(parts.shapes("in", "data")), None)
    target = next(iter(parts.shapes("to", "out")), None)
    if source is None or target is None or parts.mentions or not parts.aims & {"reshape", "allowed"}:
        return None
    before, after = _sample(source), _sample(target)
    if source[:1] == target[:1] and len(source) > 1 and math.prod(known(source)) == math.prod(known(target)):
        before, after = source[1:], target[1:]
    elif source[:1] != (None,) and source[:1] != target[:1]:
        before = source if math.prod(known(source)) == math.prod(known(target)) else source[1:]
        after = target
    if None in (*before, *after) or not before or not after or math.prod(known(before)) > _LARGEST:
        return None
    if math.prod(known(before)) == math.prod(known(after)):
        return fits(known(before), known(after))
    layers = _pooled(before, after)
    made = of_layers((None, *before), layers) if layers else None
    if made is None or made.after != (None, *after):
        return fits_not(known(before), known(after))
    left = math.prod(known(before))
    how = f"{layers[0].class_name}()" if len(layers) == 1 else f"Flatten(), then Dense({after[0]})"
    keeps = (
        "which returns the average over all places, one number for each channel" if len(layers) == 1
        else "which learns to make the new numbers of all old ones"
    )  # fmt: skip
    sentence = (
        f"No reshape can do that: {left:,} numbers are there, {math.prod(known(after)):,} are needed. {how} makes "
        f"{made.after} of {made.shape}, {keeps}."
    )
    return Told(sentence, made.spec, {})


def _pooled(before: Sizes, after: Sizes) -> tuple[LayerSpec, ...]:
    """Layers that make one row of a sample: pooling where the last axis stays, else a Dense."""
    if len(after) != 1:
        return ()
    if after[0] == before[-1] and 2 <= len(before) <= 4:
        return (LayerSpec(f"GlobalAveragePooling{len(before) - 1}D", "global_average_pooling"),)
    return (LayerSpec("Flatten", "flatten"), LayerSpec("Dense", "dense", (("units", after[0]),)))


def _sample(shape: Sizes) -> Sizes:
    return shape[1:] if shape[:1] in ((None,), (-1,)) else shape


def _as_images(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """``(500, 784) to images``, ``500 rows of 784 pixels``: rows of numbers that are squares."""
    rows = next((shape for shape in parts.shapes("in", "data") if len(shape) == 2), None)
    of_images = re.search(r"\b(?:images?|pictures?|conv2d|cnn|mnist)\b", parts.words) is not None
    if not of_images or not ("reshape" in parts.aims or _FLAT.search(parts.words)) or len(parts.shaped) > 1:
        return None
    width = (rows[1] if rows is not None else columns_of(parts) or parts.size("inputs")) or 0
    count = rows[0] if rows is not None else rows_of(parts) or parts.size("samples")
    for columns in (width, max(0, width - 1)):  # one of them may be the label
        for channels in (1, 3):
            side = math.isqrt(columns // channels)
            if side > 5 and side * side * channels == columns:
                return _of_flat_rows(count, columns, (side, side, channels), columns < width)
    return None


_FLAT = re.compile(r"\bflat(?:ten(?:ed)?)?\b|\bcsv\b|\bpixels?\b|\bcolumns?\b")


def _of_flat_rows(count: int | None, width: int, image: tuple[int, int, int], labeled: bool) -> Told | None:
    """The array of images that flat rows are, and a Conv2D that reads it."""
    made = of_layers((None, *image), (LayerSpec("Conv2D", "conv", (("filters", 8), ("kernel_size", 3))),))
    if made is None:
        return None
    label = f"Of the {width + 1} columns one is the label, which stays out. " if labeled else ""
    shown = replace(made, examples={"filters": 8, "kernel_size": 3})
    sides = ", ".join(map(str, image))
    sentence = (
        f"{label}{width} = {' × '.join(map(str, image))}, so each row is one image: x.reshape(-1, {sides}) makes "
        f"({count or 'samples'}, {sides}), and input_shape={image}. Conv2D(8, 3) turns "
        f"{made.shape} into {made.after}{examples_told(shown.examples)}."
    )
    return Told(sentence, shown.spec, {"samples": count} if count else {})


def _without_channels(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """``add a channel dimension to (60000, 28, 28)``."""
    many = next((shape for shape in parts.shapes("in", "data") if len(shape) == 3 and None not in shape), None)
    if many is None or not re.search(r"\bchannel", parts.words) or "reshape" not in parts.aims:
        return None
    return without_channels(known(many))


# -- sequences -------------------------------------------------------------------------------------------------


def _sequences(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """So many files, each with so many rows of so many columns, or of one number each."""
    samples, features = parts.sizes("samples"), parts.sizes("features") or parts.sizes("channels")
    every, steps = recorded_of(parts)
    one_hot = re.search(r"\bone[- ]?hot", parts.words) is not None
    in_a_row = any(one.role == "samples" and _IN_A_ROW.match(one.word) for one in parts.said)
    sequence = not in_a_row and any(one.name in (*RECURRENT, "Conv1D") for one in parts.mentions)
    if (
        len(samples) > 1
        or steps is None
        or len(features) > 1
        or not (samples or (features and one_hot))
        or parts.shaped
        or parts.squares
        or parts.apart
    ):
        return None
    each = "each" in parts.words or sequence or (not in_a_row and _OF_ARRAYS.search(parts.words))
    if not each or parts.aims & {"parameters", "batches"} or _ELSE.search(parts.words):
        return None
    width, classes = features[0] if features else 1, parts.size("classes")
    shown = _reading(parts, (steps, width), classes, entries)
    if shown is None:
        return None
    many = samples[0] if samples else "samples"
    one = "" if features else " With one number at each step the last axis is 1."
    part = f"Of the {every:,} recorded, the model reads {steps:,}. " if every else ""
    last = f" For {classes} classes it ends with a Dense({classes})." if classes else ""
    sentence = (
        f"{part}({many}, {steps}, {width}) is the array: samples, timesteps, features.{one} The model is told "
        f"one sample, input_shape=({steps}, {width}); the number of samples stays open.{last}"
    )
    named = name_axes(
        (samples[0] if samples else None, steps, width), ("samples", "timesteps", "features"), "the question"
    )
    sentence = f"{sentence.removesuffix('.')}{examples_told(shown.examples)}."
    return Told(sentence, shown.spec, {"samples": samples[0]} if samples else {}, (named,))


_OF_ARRAYS = re.compile(r"\bshape|\barray\b|\binput\b|\bfeed\b|\breshape|\btensor\b")


def _reading(parts: Parts, sample: Sizes, classes: int | None, entries: Mapping[str, int]) -> Network | None:
    """The layers of the question, or an LSTM, on one sample; with a Dense behind them for the classes."""
    declared = replace(parts, shaped=(Shaped(sample, "declared", 0),), squares=())
    found = network(declared, entries) if parts.mentions else None
    if found is None:
        made = of_layers((None, *sample), (of_rank(3),))
        found = replace(made, examples={"units": 4}) if made is not None else None
    if found is None or classes is None or len(found.after) != 2:
        return found
    last = LayerSpec("Dense", "dense", (("units", classes),))
    whole = of_layers(found.shape, (*(row.layer for row in found.rows), last))
    return replace(whole, examples=found.examples, said=found.said) if whole is not None else None


_ELSE = re.compile(
    r"\boutput|\bbatch|\bepoch|\bembedding|\bvocab|\bids\b|\bwords?\b|\bimages?\b|\bframes?\b|\blabels?\b"
)


# -- windows of a table ----------------------------------------------------------------------------------------


def _windows(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """Rows in time, so many columns, so many steps back: how they become sequences."""
    table = next((shape for shape in parts.shapes("in", "data") if len(shape) == 2 and None not in shape), None)
    said = next((one for one in parts.said if one.role == "samples" and _IN_A_ROW.match(one.word)), None)
    steps = parts.size("steps")
    rows = table[0] if table is not None else said.value if said is not None else None
    columns = table[1] if table is not None else parts.size("features")
    sequences = any(one.name in (*RECURRENT, "Conv1D") for one in parts.mentions)
    if table is not None and (steps, parts.size("features")) == (columns, 1):
        return None  # each row is a sequence
    asks = parts.aims & {"reshape", "input"} or re.search(r"\bhow\b", parts.words)
    if not rows or not columns or not steps or not sequences or not asks or not 1 < steps < rows or parts.shapes("to"):
        return None
    kind = next(one.name for one in parts.mentions if one.name in (*RECURRENT, "Conv1D"))
    windows, blocks = rows - steps + 1, rows // steps
    over = f", and {rows % steps} rows are left over" if rows % steps else ""
    sentence = (
        f"Cut the {rows:,} rows into sequences of {steps}. Overlapping windows, one from each row on, are ({windows}, "
        f"{steps}, {columns}): np.lib.stride_tricks.sliding_window_view(x, {steps}, axis=0).transpose(0, 2, 1). Blocks "
        f"that don't overlap are ({blocks}, {steps}, {columns}): x[:{blocks * steps}].reshape(-1, {steps}, {columns})"
        f"{over}. ({rows}, {steps}, {columns}) would need {steps} times as many numbers. Either way "
        f"input_shape=({steps}, {columns})."
    )
    mention = next(one for one in parts.mentions if one.name == kind)
    found = network(Parts(parts.words, (mention,), parts.said, parts.used, (), (), parts.aims, False), entries)
    shape = (None, steps, columns)
    named = name_axes((windows, *shape[1:]), ("samples", "timesteps", "features"), "the question")
    if found is None or found.shape != shape:
        layer = LayerSpec(kind, kind.lower(), (("units", 32),)) if kind in RECURRENT else None
        made = of_layers(shape, (layer,)) if layer is not None else None
        found = Network(made.shape, made.rows, {"units": 32}) if made is not None else None
    return Told(sentence, found.spec if found is not None else None, {"samples": windows}, (named,))
