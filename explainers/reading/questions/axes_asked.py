"""Questions about words: which two sizes somebody confuses, and what each of them counts, on a model that has both."""

from __future__ import annotations

import re
from dataclasses import dataclass

from explainers.core.finding import name_axes
from explainers.core.spec import InputSpec, LayerSpec, ModelSpec, chain
from explainers.reading.questions.models import FEATURES as SOME_FEATURES
from explainers.reading.questions.models import STEPS as SOME_STEPS
from explainers.reading.questions.models import UNITS as SOME_UNITS
from explainers.reading.questions.models import told_examples, with_examples
from explainers.reading.questions.words import (
    BATCH,
    CHANNELS,
    FEATURES,
    FILTERS,
    SAMPLES,
    STEPS,
    UNITS,
    Asked,
    Forms,
    Told,
)
from explainers.reading.shapes import output_shapes

_APART = re.compile(r"\bdiffer\w*|\bvs\.?\b|\bversus\b|\bconfus\w*|\bsame (?:as|thing)\b|\bmixed? up\b|\bor\b.{0,40}\?")
_WHAT = re.compile(r"\bwhat(?:'s| is| are| does| do)?\b|\bmean(?:s|ing)?\b|\bexplain\b|\bdefin\w+|\bunderstand\b")


@dataclass(frozen=True)
class Word:
    """One size that has a name. said: how people call it; counts: what it counts, as the end of a sentence."""

    name: str
    said: re.Pattern[str]
    counts: str
    sizes: Forms
    of_images: bool = False


WORDS: tuple[Word, ...] = (
    Word("samples", re.compile(r"\bsamples?\b|\bn_samples\b|\bnb_samples\b|\bexamples\b|\bobservations\b"),
         "how many examples the data set has; no shape of the model holds it", SAMPLES),
    Word("batch_size", re.compile(r"\bbatch[ _]?size\b|\bbatch\b(?! ?norm)"),
         "how many samples go through the model together (fit and predict take 32 where you set none); in a shape "
         "it is the None in front", BATCH),
    Word("timesteps", re.compile(r"\btime ?-?_?steps?\b|\bsequence length\b|\bseq_len\b|\blook_?back\b"),
         "how many steps one sample has", STEPS),
    Word("features", re.compile(r"\bfeatures?\b|\binput_dim\b|\bvariables\b|\binput_size\b"),
         "how many numbers each step has", FEATURES),
    Word("units", re.compile(r"\bunits?\b|\bneurons?\b|\bhidden[_ ]size\b|\bcells\b|\bhidden nodes\b"),
         "how many numbers a layer keeps and returns; you choose it", UNITS),
    Word("channels", re.compile(r"\bchannels?\b"),
         "how many numbers each pixel has: 1 for gray, 3 for RGB", CHANNELS, True),
    Word("filters", re.compile(r"\bfilters?\b|\bfeature maps?\b"),
         "how many kernels a convolution has, so how many channels its output has; you choose it", FILTERS, True),
    Word("strides", re.compile(r"\bstrides?\b"), "how many pixels a kernel moves each time",
         (re.compile(r"strides? ?=? ?(\d{1,2})\b"),), True),
    Word("padding", re.compile(r"\bpadding\b"), "what is added around the border: zeros (same) or nothing (valid)",
         (), True),
    Word("kernel_size", re.compile(r"\bkernel(?:[ _]size)?\b"), "how many pixels one kernel covers along each side",
         (re.compile(r"kernel(?:[ _]size)? ?=? ?(\d{1,3})\b"),), True),
)  # fmt: skip


def apart(asked: Asked) -> Told | None:
    """Two words that are confused: what each counts, and where both are in one model."""
    words = [word for word in WORDS if asked.has(word.said)]
    if len(words) < 2 or asked.called or not (asked.has(_APART) or (asked.has(_WHAT) and not asked.numbers)):
        return None
    if len(words) > 4:
        return None
    told = " ".join(f"{word.name} is {word.counts}." for word in words)
    spec, shown = _of_images(asked) if any(word.of_images for word in words) else _of_sequences(asked)
    return Told(f"{told} {shown}", spec, {})


def _of_sequences(asked: Asked) -> tuple[ModelSpec | None, str]:
    steps, features, units = asked.number(STEPS), asked.number(FEATURES), asked.units or asked.number(UNITS)
    sizes = {"timesteps": (steps or SOME_STEPS, steps), "features": (features or SOME_FEATURES, features),
             "units": (units or SOME_UNITS, units)}  # fmt: skip
    long, wide, made = (size for size, _ in sizes.values())
    sentence = (
        f"LSTM({made}) reads (batch, {long}, {wide}), {long} timesteps of {wide} features, and returns (batch, {made})"
        f"{told_examples(**sizes)}."
    )
    tensor = InputSpec("input", (None, long, wide), "float32", (), "the question")
    layer = LayerSpec("LSTM", "lstm", (("units", made),))
    return with_examples(chain(tensor, (layer,)), **sizes), sentence


def _of_images(asked: Asked) -> tuple[ModelSpec | None, str]:
    channels, filters = asked.number(CHANNELS), asked.number(FILTERS)
    kernel = asked.number(WORDS[-1].sizes)
    sizes = {"height": (28, None), "width": (26, None), "channels": (channels or 3, channels),
             "filters": (filters or 8, filters), "kernel_size": (kernel or 5, kernel)}  # fmt: skip
    height, width, depth, made, side = (size for size, _ in sizes.values())
    tensor = InputSpec("input", (None, height, width, depth), "float32", (), "the question")
    layer = LayerSpec("Conv2D", "conv", (("filters", made), ("kernel_size", side)))
    outputs = output_shapes(layer, (tensor.shape,))
    if not outputs or 0 in outputs[0] or min(n or 1 for n in outputs[0]) < 1:
        return None, ""
    sentence = f"Conv2D({made}, {side}) turns {tensor.shape} into {outputs[0]}{told_examples(**sizes)}."
    return with_examples(chain(tensor, (layer,)), **sizes), sentence


_BY_RANK = {
    2: ("batch", "features"),
    3: ("batch", "timesteps", "features"),
    4: ("batch", "height", "width", "channels"),
}
_WHICH = re.compile(r"what(?:'s| is| does)? (?:the )?(\d{1,6})\b")


def one_of_a_shape(asked: Asked) -> Told | None:
    """``(64, 28, 28, 1) what is 64``: the axis that has the size."""
    found = _WHICH.search(asked.words)
    shape = next((s for s in asked.shapes if found is not None and int(found[1]) in s), None)
    if found is None or shape is None or len(shape) not in _BY_RANK or asked.called or asked.layer:
        return None
    names, size = _BY_RANK[len(shape)], int(found[1])
    places = [place for place, n in enumerate(shape) if n == size]
    told = " and ".join(names[place] for place in places)
    rest = ", ".join(f"{name} {n}" for name, n in zip(names, shape, strict=True) if n != size)
    many = f": {size} samples that go through together" if places == [0] else ""
    sentence = f"{size} is the {told}{many}. Keras reads {shape} as ({', '.join(names)}), so the rest is {rest}."
    layer = LayerSpec("Flatten", "flatten") if len(shape) > 2 else LayerSpec("Dense", "dense", (("units", 3),))
    tensor = InputSpec("input", (None, *shape[1:]), "float32", (), "the question")
    spec = None if None in shape[1:] else chain(tensor, (layer,), assumed=("units = 3",) if len(shape) == 2 else ())
    return Told(sentence, spec, {}, (name_axes(shape, names, "the question"),))
