"""Questions about meanings: None, three axes, units and timesteps, return_sequences, lengths, classes."""

from __future__ import annotations

import re

from explainers.core.finding import name_axes
from explainers.core.layers import RECURRENT
from explainers.core.spec import InputSpec, LayerSpec, chain
from explainers.reading.questions.models import FEATURES as SOME_FEATURES
from explainers.reading.questions.models import STEPS as SOME_STEPS
from explainers.reading.questions.models import UNITS as SOME_UNITS
from explainers.reading.questions.models import on_one_input, sequence_model, size_told, told_examples, with_examples
from explainers.reading.questions.words import (
    CHANNELS,
    FEATURES,
    INPUTS,
    SAMPLES,
    STEPS,
    UNITS,
    VOCABULARY,
    Asked,
    Told,
)
from explainers.reading.shapes import weights_of
from explainers.reading.summary.cells import ways

_MEANING_ASKED = re.compile(r"\bmeans?\b|\bmeaning\b|what is\b|what does|why .{0,60}none|none.{0,40}why|understand")
_UNITS_ASKED = re.compile(r"\bunits?\b|hidden size|neurons|filters?\b")
_UNITS_AGAINST = re.compile(r"\btime ?-?_?steps?\b|\bmean|\bdifference|what (?:is|are)")
_SEQUENCES_ASKED = re.compile(r"return_sequences?|return_states?|many[ -]to[ -](?:one|many)")
_LENGTHS_ASKED = re.compile(
    r"variable[ -]length|different lengths?|varying lengths?|various lengths?|not the same length|unequal length|"
    r"\blengths?\b.{0,25}\b(?:var(?:y|ies)|differs?|not (?:the )?same|not equal|not fixed)\b"
)
_SIZES_ASKED = re.compile(
    r"\b(?:different|various|varying|variable|unequal) (?:(?:input|array|sequence|sample|data) ){0,2}sizes?\b"
)
_THREE_ASKED = re.compile(
    r"\b(?:3|three)[ -]?(?:d\b|dims?\b|dimension|axes|axis)|\b3d (?:input|tensor|array)|expects? 3\b|\b2d\b|"
    r"why.{0,30}reshape|\bwithout (?:any )?time ?-?steps|\bno time ?-?steps"
)
_OUTPUT = re.compile(r"\boutputs?\b|\bsummary\b|\bshows?\b|\bgives?\b|\breturns?\b|\bprediction")
_ONE_EACH = re.compile(r"\b(?:one|1|single|a) (?:number|value|output|prediction)s?\b|\b(?:per|for each|each) sample")
_STACK = re.compile(
    r"\bstack|\b(?:two|2|several|multiple|three|3) (?:\w{1,14} )?(?:layers?|lstms?|grus?)\b|next (?:lstm|gru|layer)|"
    r"another (?:lstm|gru)"
)
_STACKED_UP = re.compile(r"\b(?:stack|stacking|on top of each other|one after the other)\b")
_HIGH = re.compile(r"\b([2-6]|two|three|four|five|six) (?:\w{1,14} )?(?:layers?|lstms?|grus?|rnns?)\b")
_PAIR = re.compile(r"\b(\d{1,5})(?: and |, | then )(\d{1,5}) (?:units|neurons|cells|nodes)\b")
_OF_WORDS = re.compile(r"\bsentences?\b|\bwords?\b|\btexts?\b|\btokens?\b|\breviews?\b|\btweets?\b")
_NONE = re.compile(r"\bnone\b(?! of\b)")


def variable_lengths(asked: Asked) -> Told | None:
    """Sequences of different lengths."""
    of_sizes = asked.has(_SIZES_ASKED) and asked.layer in (*RECURRENT, "Conv1D")
    if not asked.has(_LENGTHS_ASKED) and not of_sizes:
        return None
    if asked.has(_OF_WORDS):
        return _words_of_lengths(asked)
    given = asked.number(FEATURES, CHANNELS)
    features = given or SOME_FEATURES
    if asked.layer == "Conv1D":
        return _open_steps(features, given)
    example = "" if given else f" ({features} features are an example)"
    sentence = (
        f"Leave the steps open, keras.Input((None, {features})){example}: each batch may have its own length. Within "
        "one batch all sequences have the same length, so pad them and let a Masking layer (or mask_zero=True) skip "
        "the padding."
    )
    spec = sequence_model(asked, None, features)
    return Told(sentence, spec, {"features": features})


def _open_steps(channels: int, given: int | None) -> Told:
    """A convolution along open steps."""
    sizes = {"channels": (channels, given), "filters": (8, None), "kernel_size": (3, None)}
    sentence = (
        f"Yes: keras.Input((None, {channels})) leaves the steps open, because no weight of a Conv1D depends on their "
        "number. Within one batch all samples have the same length, so pad them. Before a Dense, use "
        "GlobalAveragePooling1D(), not Flatten(), which needs a fixed number of steps. Here Conv1D(8, 3) makes "
        f"(None, None, 8), and the pooling (None, 8){told_examples(**sizes)}."
    )
    layers = (
        LayerSpec("Conv1D", "conv", (("filters", 8), ("kernel_size", 3))),
        LayerSpec("GlobalAveragePooling1D", "pool"),
    )
    tensor = InputSpec("input", (None, None, channels), "float32", (), "the question")
    return Told(sentence, with_examples(chain(tensor, layers), **sizes))


def _words_of_lengths(asked: Asked) -> Told:
    """Sentences: ids, padded with 0, that an Embedding hides from what follows."""
    kind = asked.layer if asked.layer in RECURRENT else "LSTM"
    given, units = asked.number(VOCABULARY), asked.units or asked.number(UNITS)
    words, wide = given or 1000, units or SOME_UNITS
    sizes = {"input_dim": (words, given), "output_dim": (16, None), "units": (wide, units)}
    sentence = (
        "Give each sentence as ids and declare the steps open: keras.Input((None,)). In one batch all are one length, "
        "so "
        'pad them with 0, keras.utils.pad_sequences(ids, padding="post"), and let the Embedding hide what was padded: '
        f"Embedding({words}, 16, mask_zero=True), then {kind}({wide}){told_examples(**sizes)}. The {kind} skips the "
        "zeros and its weights serve any length."
    )
    tensor = InputSpec("input", (None, None), "int32", (), "the question")
    layers = (
        LayerSpec("Embedding", "embedding", (("input_dim", words), ("output_dim", 16), ("mask_zero", True))),
        LayerSpec(kind, kind.lower(), (("units", wide),)),
    )
    return Told(sentence, with_examples(chain(tensor, layers), **sizes))


def meaning(asked: Asked) -> Told | None:
    """What the sizes of a shape are."""
    shape = next((s for s in asked.shapes if len(s) > 1), None)
    if shape is None or not asked.has(_MEANING_ASKED) or asked.called or asked.layer not in ("", *RECURRENT):
        return None
    names = {2: ("batch", "features"), 3: ("batch", "timesteps", "features"),
             4: ("batch", "height", "width", "channels")}.get(len(shape))  # fmt: skip
    if names is None or shape[0] is not None or asked.number(SAMPLES) is not None:
        return None
    parts = ", ".join(f"{name} {size}" for size, name in zip(shape[1:], names[1:], strict=True))
    sentence = (
        "None is the batch: the number of samples, which stays open until data arrive. "
        f"The rest of {shape} is one sample: {parts}."
    )
    named = name_axes(shape, names, "the question")
    if len(shape) == 3:
        return Told(sentence, sequence_model(asked, shape[1], shape[2]), {}, (named,))
    layer = LayerSpec("Dense", "dense", (("units", 3),)) if len(shape) == 2 else LayerSpec("Flatten", "flatten")
    plain = len(shape) == 4 or shape[1] is not None
    spec = on_one_input(shape, layer, ("units = 3",) if len(shape) == 2 else ()) if plain else None
    return Told(sentence, spec, {}, (named,))


def every_step(asked: Asked) -> Told | None:
    """An output of three axes from a recurrent layer: one for each step, as it was told."""
    shape = next((s for s in asked.shapes if len(s) == 3 and s[0] is None), None)
    if shape is None or asked.layer not in RECURRENT or not asked.has(_OUTPUT):
        return None
    steps, units = shape[1], shape[2]
    if any(layer.get("units") != units or shape not in asked.outputs for layer in asked.called):
        return None
    if units is None or asked.number(UNITS) not in (None, units) or asked.number(FEATURES) == units:
        return None
    kind = asked.layer
    one = asked.has(_ONE_EACH)
    sentence = (
        f"(None, {steps}, {units}) is an output for each "
        f"{f'of the {steps} timesteps' if steps else 'timestep (their '}{'' if steps else 'number is open, too)'}, "
        f"{units} units each: {kind} has return_sequences=True. Without it the layer returns only its last output, "
        f"(None, {units})" + (", and a Dense(1) after it makes one number for each sample." if one else ".")
    )
    spec = with_examples(
        sequence_model(asked, steps, SOME_FEATURES, units, return_sequences=True), features=(SOME_FEATURES, None)
    )
    named = name_axes(shape, ("batch", "timesteps", "units"), "the question")
    return Told(sentence, spec, {"units": units, "timesteps": steps}, (named,))


_IN_BRACKETS = re.compile(r"[(\[][^()\[\]]{0,60}[)\]]")


def _alone(asked: Asked) -> bool:
    """Whether a shape with None is all that the question has."""
    return len(asked.shapes) == 1 and None in asked.shapes[0] and not asked.layer and not asked.outputs


def none_alone(asked: Asked) -> Told | None:
    """What None is, where the question shows no shape."""
    if _NONE.search(_IN_BRACKETS.sub(" ", asked.words)) is None and not _alone(asked):
        return None
    spec = sequence_model(asked, SOME_STEPS, SOME_FEATURES)
    predicted = (
        " predict takes any number of samples, too: it passes 32 at a time, unless you set batch_size, and returns one "
        "output for each." if "predict" in asked.words else ""
    )  # fmt: skip
    return Told(
        "None is an axis whose size stays open until data arrive. In front it is the batch, the number of samples: "
        "no weight depends on it, so the same model takes one sample or thousands. Elsewhere it is an axis that was "
        f"declared open, such as the timesteps.{predicted}",
        with_examples(
            spec, units=(SOME_UNITS, asked.units), timesteps=(SOME_STEPS, None), features=(SOME_FEATURES, None)
        ),
    )


_VECTORS = (re.compile(r"\b(\d{1,5})[ -]dim(?:ension(?:al)?)?s? (?:output )?vectors?\b"),)


def sequences(asked: Asked) -> Told | None:
    """What return_sequences and return_state add to the output."""
    if "Bidirectional" in (asked.named, *asked.others) and asked.numbers:
        return None  # its own rule doubles the units
    if not asked.has(_SEQUENCES_ASKED) and not (asked.layer in RECURRENT and asked.has(_STACKED_UP)):
        return None
    stacked = _stacked(asked)
    if stacked is not None:
        return stacked
    units, steps, features = asked.units or asked.number(UNITS), asked.number(STEPS), asked.number(FEATURES)
    units = units or asked.number(_VECTORS)
    wide, long, batch = units or 6, steps or SOME_STEPS, asked.parts.size("batch") or "batch"
    examples = told_examples(timesteps=(long, steps), units=(wide, units))
    sentence = (
        f"With return_sequences=True the layer returns its output at every step: ({batch}, {long}, {wide}). Without "
        f"it, only the last one: ({batch}, {wide}){examples}. A recurrent layer after it needs all of them."
    )
    if batch != "batch" and "per batch" in asked.words:
        sentence = (
            f"Each of the {batch} samples of a batch has its own outputs, never one row for the whole batch. {sentence}"
        )
    if "many" in asked.words:
        sentence = f"Many to one is the last output only, many to many one for each step. {sentence}"
    more = {"return_sequences": True}
    if "return_state" in asked.words:
        states = "one" if asked.layer in RECURRENT and asked.layer != "LSTM" else "an LSTM has two, h and c"
        sentence += (
            f" return_state=True also returns the last states, each (batch, {wide}): {states}. An encoder passes them "
            "to a decoder as initial_state."
        )
        more["return_state"] = True
    spec = sequence_model(asked, long, features or SOME_FEATURES, wide, **more)
    spec = with_examples(spec, units=(wide, units), timesteps=(long, steps), features=(SOME_FEATURES, features))
    return Told(sentence, spec, {"units": units} if units else {})


def _stacked(asked: Asked) -> Told | None:
    """Layers on one another: each but the last hands its steps on."""
    if not asked.has(_STACK) or "return_state" in asked.words:
        return None
    kind = asked.layer if asked.layer in RECURRENT else "LSTM"
    called = [layer.get("units") for layer in asked.called if layer.class_name in RECURRENT]
    pair = _PAIR.search(asked.words)
    given = (
        [n for n in called if isinstance(n, int)]
        if len(called) > 1
        else [int(n) for n in pair.groups()]
        if pair
        else []
    )
    first, second = [*given, 32, 16][:2] if len(given) > 1 else (32, 16)
    sides = {"timesteps": (SOME_STEPS, asked.number(STEPS)), "features": (SOME_FEATURES, asked.number(FEATURES))}
    steps, features = (said or example for example, said in sides.values())
    made_up = {**sides, **({} if given else {"units": (first, None)})}
    sentence = (
        f"Set return_sequences=True in every recurrent layer that is followed by another one: {kind}({first}, "
        f"return_sequences=True) passes on (batch, {steps}, {first}), and {kind}({second}) needs those three axes. "
        f"The last one returns (batch, {second}); set it there too only if you need an output at each "
        f"step{told_examples(**made_up)}."
    )
    tensor = InputSpec("input", (None, steps, features), "float32", (), "the question")
    high = _HIGH.search(asked.words)
    count = (
        max(2, {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6}.get(high[1], 0) or int(high[1])) if high else 2
    )
    widths = (*(first,) * (count - 1), second)
    layers = tuple(
        LayerSpec(kind, f"{kind.lower()}_{place}", (("units", width), ("return_sequences", place < count)))
        for place, width in enumerate(widths, 1)
    )
    if count > 2:
        sentence += f" Of {count} layers the first {count - 1} have it."
    return Told(sentence, with_examples(chain(tensor, layers), **made_up))


def gates(asked: Asked) -> Told | None:
    """Why there is a 4 in the count of an LSTM."""
    if asked.layer not in RECURRENT or not asked.has(_GATES) or not asked.has(_GATES_ASKED):
        return None
    kind, count = asked.layer, ways(asked.layer)[0].gates
    units, features = asked.units or asked.number(UNITS), asked.number(FEATURES, INPUTS)
    sizes = {"units": (units or SOME_UNITS, units), "features": (features or SOME_FEATURES, features)}
    (made, _), (width, _) = sizes.values()
    spec = sequence_model(asked, None, width, made)
    if spec is None:
        return None
    total = weights_of(spec.layers[0], (spec.inputs[0].shape,))
    several = (
        f"{kind} has {count} sets of the same weights{_GATE_NAMES.get(kind, '')}, so each part counts {count} times"
        if count > 1
        else f"{kind} has no gates: one set of weights makes its output"
    )
    sentence = (
        f"{several}. Each set has a kernel (features x units), a recurrent_kernel (units x units) and a bias. "
        f"{kind}({made}) on {size_told(width, 'features')} has {total:,} parameters{told_examples(**sizes)}."
    )
    return Told(sentence, with_examples(spec, **sizes), {})


_GATES = re.compile(r"\bgates?\b|\bformula\b|\bparam|\bweights\b|\bmultipl")
_GATES_ASKED = re.compile(r"\bgates?\b|(?:why|where does).{0,20}\b(?:[34]|four|three)\b(?! ?d)(?!\d)|\bformula\b")
_GATE_NAMES = {
    "LSTM": ": three gates (input, forget, output) and the candidate for the cell state",
    "GRU": ": two gates (update, reset) and the candidate for the state",
}


def units(asked: Asked) -> Told | None:
    """What units are, and what timesteps."""
    if (
        not asked.has(_UNITS_ASKED)
        or not asked.has(_UNITS_AGAINST)
        or "filter" in asked.words
        or "Bidirectional" in (asked.named, *asked.others)
    ):
        return None
    given = asked.units or asked.number(UNITS)
    shaped = next((shape[-2:] for shape in asked.shapes if len(shape) in (2, 3)), (None, None))
    steps, features = asked.number(STEPS) or shaped[0], asked.number(FEATURES) or shaped[1]
    if asked.layer == "Dense":
        return _units_of_dense(given)
    sentence = (
        f"units is how many numbers the layer keeps and returns at each step{f' ({given})' if given else ''}; "
        f"timesteps is how often it does so{f' ({steps})' if steps is not None else ''}. Neither sets the other: the "
        "same weights serve any number of steps."
    )
    number = given or SOME_UNITS
    spec = sequence_model(asked, steps or SOME_STEPS, features or SOME_FEATURES, number)
    spec = with_examples(spec, units=(number, given), timesteps=(SOME_STEPS, steps), features=(SOME_FEATURES, features))
    return Told(sentence, spec, {"units": number} if given else {})


def _units_of_dense(given: int | None) -> Told:
    """What the units of a Dense are."""
    wide = given or 4
    layer = LayerSpec("Dense", "dense", (("units", wide),))
    end = "one number, such as a price or a probability" if wide == 1 else f"{wide} numbers, such as one for each class"
    sentence = (
        f"units is how many numbers the Dense returns for each sample. Dense({wide}) returns "
        f"{end}{told_examples(units=(wide, given))}, and its output is (None, {wide})."
    )
    spec = with_examples(on_one_input((None, 5), layer), features=(5, None), units=(wide, given))
    return Told(sentence, spec, {"units": wide} if given else {})


def three_axes(asked: Asked) -> Told | None:
    """Why a layer of sequences needs three axes."""
    if not asked.has(_THREE_ASKED):
        return None
    layer = asked.layer if asked.layer in (*RECURRENT, "Conv1D") else "LSTM"
    steps, features = asked.number(STEPS), asked.number(FEATURES)
    long, wide = steps or SOME_STEPS, features or SOME_FEATURES
    sentence = (
        f"{layer} reads sequences: (batch, timesteps, features), that is, samples, steps in each sample, and numbers "
        "at each step. An array of 2 axes lacks one of them: if a row is a sequence of single values, x[..., None] "
        "adds the features; if a row is one step, windows of several rows make the timesteps."
    )
    spec = with_examples(sequence_model(asked, long, wide), units=(SOME_UNITS, asked.units), timesteps=(long, steps),
                         features=(wide, features))  # fmt: skip
    named = name_axes((None, long, wide), ("batch", "timesteps", "features"), "what the layer reads")
    return Told(sentence, spec, {}, (named,))
