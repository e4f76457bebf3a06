"""Questions in words: what is asked, by the words and the numbers in the sentence; one sentence and a live model."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from explainers.core.axes import Shape
from explainers.core.finding import Finding, Mark, Value, name_axes
from explainers.core.layers import class_of
from explainers.core.spec import InputSpec, LayerSpec, ModelSpec, Sizes, chain
from explainers.reading.text import Cleaned

LONGEST = 4000  # characters of a question
_RECURRENT = {"lstm": "LSTM", "gru": "GRU", "simplernn": "SimpleRNN", "rnn": "SimpleRNN"}
_LAYER = re.compile(r"\b(bi-?lstm|lstm|gru|simplernn|rnn|dense|conv1d|conv2d|embedding)(?![a-z0-9])", re.IGNORECASE)
_TRIPLE = re.compile(r"\(\s?(\d{1,7})\s?,\s?(\d{1,7})\s?,\s?(\d{1,7})\s?[;)]")  # also in "(500,3,1; 500,1)"
_KERAS = re.compile(
    r"(?<![a-z])(?:lstm|gru|rnn)(?![a-z])|"
    r"\b(?:nb_samples|timesteps?|time steps?|time_steps|input_dim|input_shape|keras|return_sequences|"
    r"batch[ _]size|conv[123]d|dense layer|embedding|hidden (?:size|units)|sequence length|n_features)\b|序列|时间步",
    re.IGNORECASE,
)
_UNKNOWN_UNITS = 32


Forms = tuple[re.Pattern[str], re.Pattern[str]]


def _next_to(words: str) -> Forms:
    """``20 timesteps``, and ``timesteps = 20``."""
    return (
        re.compile(rf"\b(\d[\d,]{{0,11}})\s?-?\s?(?:{words})"),
        re.compile(rf"\b(?:{words})\s{{0,2}}(?:is|are|of|=|:|size)?\s{{0,2}}(?:is|=)?\s{{0,2}}(\d[\d,]{{0,11}})\b"),
    )


_FEATURES = _next_to(
    r"features?|variables?|columns?|input_dim|dim(?:ensional|s)?\b|-dim|values? per (?:step|timestep)|sensors?"
)
_INPUTS = _next_to(r"inputs?")
_STEPS = _next_to(r"time ?-?_?steps?|steps?|words?|days|hours|sequence length|length|frames?|lags?")
_SAMPLES = _next_to(
    r"samples?|nb_samples|sentences?|rows?|sequences|examples?|observations|records|data points|instances"
)
_BATCH = _next_to(r"batch[ _]?size(?: of)?|per batch")
_BATCHES = _next_to(r"batches of")
_UNITS = _next_to(r"units?|neurons?|cells?|hidden (?:units|size)|nodes?")
# what shows that somebody asks for it
_BATCHES_ASKED = re.compile(
    r"batch(?:es)?\b.{0,40}(?:epoch|how many)|how many.{0,40}batch|steps.{0,20}epoch|epoch.{0,30}(?:steps|batches)"
)
_COUNT_ASKED = re.compile(r"\bparam(?:eter)?s?\b|\bweights\b.{0,30}\bhow many|how many.{0,30}\bweights\b")
_MEANING_ASKED = re.compile(r"\bmeans?\b|\bmeaning\b|what is\b|what does|why .{0,30}none|understand")
_RIGHT_ASKED = re.compile(r"\bam i right|\bis (?:it|that|this) (?:right|correct)|\bcorrect\?|\bright\?")
_IMAGES_ASKED = re.compile(r"\bimages?\b|\bpictures?\b|\bphotos?\b|\bpixels?\b|\bconv2d\b|\brgb\b")
_GRAY = re.compile(r"gr[ae]y|mnist|black")
_UNITS_ASKED = re.compile(r"\bunits?\b|hidden size|neurons")
_UNITS_AGAINST = re.compile(r"\btime ?-?_?steps?\b|\bmean|\bdifference|what (?:is|are)")
_SEQUENCES_ASKED = re.compile(r"return_sequences")
_LENGTHS_ASKED = re.compile(
    r"variable[ -]length|different lengths?|varying lengths?|various lengths?|not the same length"
)


@dataclass(frozen=True)
class Asked:
    """One question: its sentence, the numbers in it, the layer it is about, and the shapes it names."""

    words: str
    shapes: tuple[Sizes, ...]
    layer: str
    units: int | None

    def number(self, *words: Forms) -> int | None:
        """The number next to one of these words, before or behind them."""
        for form in (form for forms in words for form in forms):
            found = form.search(self.words)
            if found is not None:
                return int(found[1].replace(",", ""))
        return None

    def has(self, pattern: re.Pattern[str]) -> bool:
        """Whether it has these words."""
        return pattern.search(self.words) is not None


Told = tuple[str, ModelSpec | None, dict[str, Value], tuple[Shape, ...]]


def question(cleaned: Cleaned) -> Finding | None:
    """What a question in words asks, told; None where the text doesn't speak of Keras."""
    text = cleaned.shown
    if len(text) > LONGEST or not (_KERAS.search(text) or (_LAYER.search(text) and "?" in text) or _asks_none(cleaned)):
        return None
    named = _LAYER.search(text)
    layer = _RECURRENT.get((named[1] if named else "").lower().replace("bi", "").replace("-", ""), "")
    layer = layer or class_of((named[1] if named else "").lower()) or ""
    sized = re.search(r"\b(?:LSTM|GRU|SimpleRNN|Dense)\s?\(\s?(\d{1,5})", text)
    units = int(sized[1]) if sized is not None else None
    triples = tuple(tuple(int(n) for n in found.groups()) for found in list(_TRIPLE.finditer(text))[:8])
    told = tuple(dict.fromkeys((*(at.sizes for at in cleaned.shapes[:8]), *triples)))
    asked = Asked(text.lower(), told, layer, units)
    readings = [(name, found) for name, intent in INTENTS.items() if (found := intent(asked)) is not None]
    marks = tuple(Mark(at.start, at.end, "a shape") for at in cleaned.shapes[:40])
    if not readings:
        return _unsure(asked, marks)
    sentence, spec, values, shapes = readings[0][1]
    others = tuple(f"Or do you ask {_WORDS[name]}?" for name, _ in readings[1:2])
    return Finding("question", cause=sentence, spec=spec, values=values, shapes=shapes, marks=marks, questions=others)


def _asks_none(cleaned: Cleaned) -> bool:
    return bool(cleaned.shapes) and re.search(r"\bnone\b.{0,80}\bmean|\bmean.{0,80}\bnone\b|\bwhy\b.{0,40}\bnone\b",
                                               cleaned.shown.lower()) is not None  # fmt: skip


def _unsure(asked: Asked, marks: tuple[Mark, ...]) -> Finding:
    """The two nearest readings, above a model of the sizes that stand there."""
    three = next((shape for shape in asked.shapes if len(shape) == 3), None)
    spec = _sequence_model(asked, three[1], three[2]) if three is not None else None
    shapes = (name_axes(three, ("batch", "timesteps", "features"), "the question"),) if three is not None else ()
    return Finding(
        "question",
        cause="I'm not sure what is asked. A recurrent layer reads (batch, timesteps, features): samples, steps "
        "in each, and numbers at each step.",
        spec=spec,
        shapes=shapes,
        marks=marks,
        questions=(
            "Do you ask which input_shape your data need? Say how many samples, timesteps and features there are.",
            "Or what a shape means? Paste it, or the summary it comes from.",
        ),
    )


def _sequence_model(
    asked: Asked, steps: int | None, features: int | None, units: int | None = None
) -> ModelSpec | None:
    if features is None or features > 10**5 or (steps or 0) > 10**5:
        return None
    kind = asked.layer if asked.layer in ("LSTM", "GRU", "SimpleRNN") else "LSTM"
    given = units or asked.units
    tensor = InputSpec("input", (None, steps, features), "float32", (), "the question")
    layer = LayerSpec(kind, kind.lower(), (("units", given or _UNKNOWN_UNITS),))
    return chain(tensor, (layer,), assumed=() if given else (f"units = {_UNKNOWN_UNITS}",))


# -- intents, the surest first ------------------------------------------------------------------------------------


def _batches(asked: Asked) -> Told | None:
    samples, batch = asked.number(_SAMPLES), asked.number(_BATCH, _BATCHES)
    if not asked.has(_BATCHES_ASKED):
        return None
    batch = batch or _after(asked, re.compile(r"batch(?:es)? (?:size )?(?:of )?(\d{1,7})"))
    if samples is None or not batch:
        return None
    whole, rest = divmod(samples, batch)
    count = whole + (rest > 0)
    last = f"{whole} full ones and a last one of {rest}" if rest else f"all of {batch}"
    sentence = f"{samples:,} samples in batches of {batch} make {count} batches an epoch: {last}."
    values: dict[str, Value] = {"samples": samples, "batch_size": batch, "batches": count}
    return sentence, _sequence_model(asked, 7, 3), values, ()


def _after(asked: Asked, pattern: re.Pattern[str]) -> int | None:
    found = pattern.search(asked.words)
    return int(found[1]) if found is not None else None


def _parameters(asked: Asked) -> Told | None:
    if not asked.has(_COUNT_ASKED):
        return None
    features = asked.number(_FEATURES, _INPUTS) or next((s[-1] for s in asked.shapes if len(s) > 1), None)
    units = asked.units or asked.number(_UNITS)
    if features is None or units is None or not asked.layer or max(features, units) > 10**4:
        return None
    gates = {"LSTM": 4, "GRU": 3, "SimpleRNN": 1}.get(asked.layer)
    values: dict[str, Value] = {"units": units, "features": features}
    if asked.layer == "Dense":
        count = features * units + units
        tensor = InputSpec("input", (None, features), "float32", (), "the question")
        spec = chain(tensor, (LayerSpec("Dense", "dense", (("units", units),)),))
        told = f"Dense({units}) on {features} features has {features} x {units} + {units} = {count:,} parameters."
        return told, spec, {**values, "params": count}, ()
    if gates is None:
        return None
    biases = 2 if asked.layer == "GRU" else 1
    count = gates * units * (features + units + biases)
    one = f"({features} + {units} + {biases}) x {units}"
    sentence = f"{asked.layer}({units}) on {features} features has {gates} x {one} = {count:,} parameters" + (
        ": for each of its gates a kernel, a recurrent kernel and a bias." if gates > 1 else "."
    )
    steps = asked.number(_STEPS)
    return sentence, _sequence_model(asked, steps, features, units), {**values, "params": count}, ()


def _meaning(asked: Asked) -> Told | None:
    shape = next((s for s in asked.shapes if len(s) > 1), None)
    if shape is None or not asked.has(_MEANING_ASKED):
        return None
    names = {2: ("batch", "features"), 3: ("batch", "timesteps", "features"),
             4: ("batch", "height", "width", "channels")}.get(len(shape))  # fmt: skip
    if names is None or shape[0] is not None or asked.number(_SAMPLES) is not None:
        return None
    parts = ", ".join(f"{size} {name}" for size, name in zip(shape[1:], names[1:], strict=True))
    sentence = (
        "None is the batch: the number of samples, which stays open until data come. "
        f"The rest of {shape} is one sample: {parts}."
    )
    named = name_axes(shape, names, "the question")
    if len(shape) == 3:
        return sentence, _sequence_model(asked, shape[1], shape[2]), {}, (named,)
    layer = LayerSpec("Dense", "dense", (("units", 3),)) if len(shape) == 2 else LayerSpec("Flatten", "flatten")
    tensor = InputSpec("input", shape, "float32", (), "the question")
    plain = len(shape) == 4 or shape[1] is not None
    return sentence, chain(tensor, (layer,)) if plain else None, {}, (named,)


def _three_numbers(asked: Asked) -> Told | None:
    """So many samples, each of so many steps, each of so many numbers: by words, or as (samples, steps, features)."""
    samples, steps = asked.number(_SAMPLES), asked.number(_STEPS)
    features = asked.number(_FEATURES)
    three = next((s for s in asked.shapes if len(s) == 3 and None not in s), None)
    if three is not None and (steps is None or features is None):
        samples, steps, features = three
    if steps is None or features is None:
        return None
    here = f"({samples if samples is not None else 'samples'}, {steps}, {features})"
    right = "Yes: " if asked.has(_RIGHT_ASKED) else ""
    sentence = (
        f"{right}{here} is what the layer reads: samples, timesteps, features. The model is told one sample, "
        f"input_shape=({steps}, {features}); the number of samples stays open."
    )
    values: dict[str, Value] = {"timesteps": steps, "features": features}
    if samples is not None:
        values["samples"] = samples
    named = name_axes((samples, steps, features), ("samples", "timesteps", "features"), "the question")
    return sentence, _sequence_model(asked, steps, features), values, (named,)


def _table(asked: Asked) -> Told | None:
    """A table (samples, columns) for a layer of sequences."""
    table = next((s for s in asked.shapes if len(s) == 2 and None not in s), None)
    if table is None or not asked.layer or asked.layer in ("Dense", "Embedding"):
        return None
    rows, columns = table
    if rows is None or columns is None or columns > 10**5:
        return None
    sentence = (
        f"{asked.layer} reads 3 axes, (samples, timesteps, features); ({rows}, {columns}) has 2. If each row is a "
        f"sequence of {columns} steps: x[..., None] is ({rows}, {columns}, 1), input_shape=({columns}, 1). If each row "
        f"is one step of {columns} features: cut windows of n rows, input_shape=(n, {columns})."
    )
    values: dict[str, Value] = {"samples": rows, "timesteps": columns, "features": 1}
    named = name_axes((rows, columns, 1), ("samples", "timesteps", "features"), "each number of a row as one step")
    if asked.layer in ("Conv1D", "Conv2D"):
        return sentence, None, values, (named,)
    return sentence, _sequence_model(asked, columns, 1), values, (named,)


def _images(asked: Asked) -> Told | None:
    shape = next((s for s in asked.shapes if len(s) in (3, 4) and None not in s[1:]), None)
    side = re.search(r"\b(\d{2,4})\s?[x*]\s?(\d{2,4})(?:\s?[x*]\s?(\d))?\b", asked.words)
    if not asked.has(_IMAGES_ASKED):
        return None
    if shape is not None:
        sizes = tuple(n or 1 for n in shape[-3:])
    elif side is not None:
        sizes = (
            int(side[1]),
            int(side[2]),
            int(side[3] or (1 if asked.has(_GRAY) else 3)),
        )
    else:
        return None
    if max(sizes) > 4096:
        return None
    sentence = f"Conv2D reads (batch, height, width, channels): input_shape={sizes}, one image without the batch."
    tensor = InputSpec("input", (None, *sizes), "float32", (), "the question")
    spec = chain(tensor, (LayerSpec("Conv2D", "conv", (("filters", 8), ("kernel_size", 3))),), assumed=("filters = 8",))
    named = name_axes((None, *sizes), ("batch", "height", "width", "channels"), "the question")
    return (
        sentence,
        spec if min(sizes[:2]) > 2 else None,
        dict(zip(("height", "width", "channels"), sizes, strict=True)),
        (named,),
    )


def _units(asked: Asked) -> Told | None:
    if not asked.has(_UNITS_ASKED) or not asked.has(_UNITS_AGAINST):
        return None
    units, steps = asked.units or asked.number(_UNITS), asked.number(_STEPS)
    number = units or _UNKNOWN_UNITS
    sentence = (
        f"units is how many numbers the layer keeps and gives at each step ({number}); timesteps is how often it does"
        + (f" ({steps})" if steps is not None else "")
        + ". Neither sets the other: the same weights serve any number of steps."
    )
    return sentence, _sequence_model(asked, steps or 7, asked.number(_FEATURES) or 3, number), {"units": number}, ()


def _sequences(asked: Asked) -> Told | None:
    if not asked.has(_SEQUENCES_ASKED):
        return None
    units = asked.units or asked.number(_UNITS) or 6
    steps = asked.number(_STEPS) or 7
    sentence = (
        f"With return_sequences=True the layer gives its output at every step, (batch, {steps}, {units}); without it "
        f"the last one only, (batch, {units}). A recurrent layer that follows needs all of them."
    )
    spec = _sequence_model(asked, steps, asked.number(_FEATURES) or 3, units)
    if spec is not None:
        first = spec.layers[0].but(return_sequences=True)
        spec = replace(spec, layers=(first,))
    return sentence, spec, {"units": units}, ()


def _variable(asked: Asked) -> Told | None:
    if not asked.has(_LENGTHS_ASKED):
        return None
    features = asked.number(_FEATURES) or 3
    sentence = (
        f"Declare the steps open, keras.Input((None, {features})): each batch may have its own length. In one "
        "batch all are one length, so pad them and let a Masking layer (or mask_zero=True) skip the padding."
    )
    return sentence, _sequence_model(asked, None, features), {"features": features}, ()


INTENTS: dict[str, Callable[[Asked], Told | None]] = {
    "batches": _batches,
    "parameters": _parameters,
    "variable": _variable,
    "meaning": _meaning,
    "images": _images,
    "three": _three_numbers,
    "table": _table,
    "sequences": _sequences,
    "units": _units,
}
_WORDS = {
    "batches": "how many batches an epoch has",
    "parameters": "how many parameters the layer has",
    "variable": "what to do with sequences of different lengths",
    "meaning": "what the shape means",
    "images": "which shape images have",
    "three": "which input_shape these data need",
    "table": "how a table becomes sequences",
    "sequences": "what return_sequences does",
    "units": "what units and timesteps are",
}
