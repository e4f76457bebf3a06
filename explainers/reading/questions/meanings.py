"""Questions about meanings: None, three axes, units and timesteps, return_sequences, lengths, classes."""

from __future__ import annotations

import re

from explainers.core.finding import name_axes
from explainers.core.layers import RECURRENT
from explainers.core.spec import InputSpec, LayerSpec, chain
from explainers.reading.questions.models import FEATURES as SOME_FEATURES
from explainers.reading.questions.models import STEPS as SOME_STEPS
from explainers.reading.questions.models import UNITS as SOME_UNITS
from explainers.reading.questions.models import on_one_input, sequence_model, told_examples, with_examples
from explainers.reading.questions.words import CLASSES, FEATURES, SAMPLES, STEPS, UNITS, VOCABULARY, Asked, Told

_MEANING_ASKED = re.compile(r"\bmeans?\b|\bmeaning\b|what is\b|what does|why .{0,60}none|none.{0,40}why|understand")
_UNITS_ASKED = re.compile(r"\bunits?\b|hidden size|neurons")
_UNITS_AGAINST = re.compile(r"\btime ?-?_?steps?\b|\bmean|\bdifference|what (?:is|are)")
_SEQUENCES_ASKED = re.compile(r"return_sequences?|return_states?")
_LENGTHS_ASKED = re.compile(
    r"variable[ -]length|different lengths?|varying lengths?|various lengths?|not the same length|unequal length"
)
_THREE_ASKED = re.compile(
    r"\b(?:3|three)[ -]?(?:d\b|dims?\b|dimension|axes|axis)|\b3d (?:input|tensor|array)|expects? 3\b|\b2d\b|"
    r"why.{0,30}reshape"
)
_CLASSES_ASKED = re.compile(r"last layer|output layer|units|neurons|loss|softmax|one[- ]?hot|dense|cross ?entropy")
_SPARSE_ASKED = re.compile(r"one[- ]?hot.{0,80}sparse|sparse.{0,80}one[- ]?hot")
_OUTPUT = re.compile(r"\boutputs?\b|\bsummary\b|\bshows?\b|\bgives?\b|\breturns?\b|\bprediction")
_ONE_EACH = re.compile(r"\b(?:one|1|single|a) (?:number|value|output|prediction)s?\b|\b(?:per|for each|each) sample")
_STACK = re.compile(
    r"\bstack|\b(?:two|2|several|multiple|three|3) (?:\w{1,14} )?(?:layers?|lstms?|grus?)\b|next (?:lstm|gru|layer)|"
    r"another (?:lstm|gru)"
)
_PAIR = re.compile(r"\b(\d{1,5})(?: and |, | then )(\d{1,5}) (?:units|neurons|cells|nodes)\b")
_OF_WORDS = re.compile(r"\bsentences?\b|\bwords?\b|\btexts?\b|\btokens?\b|\breviews?\b|\btweets?\b")
_NONE = re.compile(r"\bnone\b")


def variable_lengths(asked: Asked) -> Told | None:
    """Sequences of different lengths."""
    if not asked.has(_LENGTHS_ASKED):
        return None
    if asked.has(_OF_WORDS):
        return _words_of_lengths(asked)
    given = asked.number(FEATURES)
    features = given or SOME_FEATURES
    example = "" if given else f" ({features} features are an example)"
    sentence = (
        f"Declare the steps open, keras.Input((None, {features})){example}: each batch may have its own length. In one "
        "batch all are one length, so pad them and let a Masking layer (or mask_zero=True) skip the padding."
    )
    spec = sequence_model(asked, None, features)
    return Told(sentence, spec, {"features": features})


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
    if shape is None or not asked.has(_MEANING_ASKED) or asked.called:
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
    if shape is None or asked.layer not in RECURRENT or not asked.has(_OUTPUT) or asked.called:
        return None
    steps, units = shape[1], shape[2]
    if units is None or asked.number(UNITS) not in (None, units) or asked.number(FEATURES) == units:
        return None
    kind = asked.layer
    one = asked.has(_ONE_EACH)
    sentence = (
        f"(None, {steps}, {units}) is an output for each {f'of the {steps} timesteps' if steps else 'timestep (their '}"
        f"{'' if steps else 'number is open, too)'}, {units} units each: {kind} has "
        f"return_sequences=True. Without it the layer gives its last output only, (None, {units})"
        + (", and a Dense(1) after it makes one number for each sample." if one else ".")
    )
    spec = with_examples(
        sequence_model(asked, steps, SOME_FEATURES, units, return_sequences=True), features=(SOME_FEATURES, None)
    )
    named = name_axes(shape, ("batch", "timesteps", "units"), "the question")
    return Told(sentence, spec, {"units": units, "timesteps": steps}, (named,))


def none_alone(asked: Asked) -> Told | None:
    """What None is, where the question shows no shape."""
    if not asked.has(_NONE):
        return None
    spec = sequence_model(asked, SOME_STEPS, SOME_FEATURES)
    return Told(
        "None is an axis whose size stays open until data arrive. In front it is the batch, the number of samples: no "
        "weight depends on it, so the same model takes one sample or thousands. At another place it is an axis that "
        "was declared open, such as the timesteps.",
        with_examples(
            spec, units=(SOME_UNITS, asked.units), timesteps=(SOME_STEPS, None), features=(SOME_FEATURES, None)
        ),
    )


def sequences(asked: Asked) -> Told | None:
    """What return_sequences and return_state add to the output."""
    if not asked.has(_SEQUENCES_ASKED):
        return None
    stacked = _stacked(asked)
    if stacked is not None:
        return stacked
    units, steps, features = asked.units or asked.number(UNITS), asked.number(STEPS), asked.number(FEATURES)
    wide, long = units or 6, steps or SOME_STEPS
    examples = told_examples(timesteps=(long, steps), units=(wide, units))
    sentence = (
        f"With return_sequences=True the layer gives its output at every step: (batch, {long}, {wide}). Without it the "
        f"last one only: (batch, {wide}){examples}. A recurrent layer that follows needs all of them."
    )
    more = {"return_sequences": True}
    if "return_state" in asked.words:
        states = "one" if asked.layer in RECURRENT and asked.layer != "LSTM" else "an LSTM has two, h and c"
        sentence += (
            f" return_state=True gives the last states, too, each (batch, {wide}): {states}. An encoder passes them to "
            "a decoder as initial_state."
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
        f"Set return_sequences=True in every recurrent layer that another one follows: {kind}({first}, "
        f"return_sequences=True) passes on (batch, {steps}, {first}), and {kind}({second}) needs those three axes. The "
        f"last one gives (batch, {second}); set it there too only if you need an output at each "
        f"step{told_examples(**made_up)}."
    )
    tensor = InputSpec("input", (None, steps, features), "float32", (), "the question")
    layers = (
        LayerSpec(kind, f"{kind.lower()}_1", (("units", first), ("return_sequences", True))),
        LayerSpec(kind, f"{kind.lower()}_2", (("units", second),)),
    )
    return Told(sentence, with_examples(chain(tensor, layers), **made_up))


def units(asked: Asked) -> Told | None:
    """What units are, and what timesteps."""
    if not asked.has(_UNITS_ASKED) or not asked.has(_UNITS_AGAINST):
        return None
    given, steps, features = asked.units or asked.number(UNITS), asked.number(STEPS), asked.number(FEATURES)
    sentence = (
        f"units is how many numbers the layer keeps and gives at each step{f' ({given})' if given else ''}; timesteps "
        f"is how often it does{f' ({steps})' if steps is not None else ''}. Neither sets the other: the same weights "
        "serve any number of steps."
    )
    number = given or SOME_UNITS
    spec = sequence_model(asked, steps or SOME_STEPS, features or SOME_FEATURES, number)
    spec = with_examples(spec, units=(number, given), timesteps=(SOME_STEPS, steps), features=(SOME_FEATURES, features))
    return Told(sentence, spec, {"units": number} if given else {})


def classes(asked: Asked) -> Told | None:
    """The last layer and the loss for so many classes."""
    count = asked.number(CLASSES)
    if count is None or not 1 < count <= 10**5 or not asked.has(_CLASSES_ASKED):
        return None
    given = asked.number(FEATURES)
    layer = LayerSpec("Dense", "dense", (("units", count), ("activation", "softmax")))
    features = given or 5
    tensor = InputSpec("input", (None, features), "float32", (), "the question")
    one = ' (or Dense(1, activation="sigmoid") with binary_crossentropy)' if count == 2 else ""
    sparse = "No one-hot rows are needed for a sparse loss. " if asked.has(_SPARSE_ASKED) else ""
    sentence = (
        f'{sparse}Dense({count}, activation="softmax"), one unit for each of the {count} classes{one}. '
        f"With integer labels, y of shape (samples,), the loss is sparse_categorical_crossentropy; "
        f"with one-hot rows, (samples, {count}), "
        "it is categorical_crossentropy."
    )
    spec = chain(tensor, (layer,), assumed=() if given else ("features = 5",))
    return Told(sentence, spec, {"classes": count})


def three_axes(asked: Asked) -> Told | None:
    """Why a layer of sequences needs three axes."""
    if not asked.has(_THREE_ASKED):
        return None
    layer = asked.layer if asked.layer in (*RECURRENT, "Conv1D") else "LSTM"
    steps, features = asked.number(STEPS), asked.number(FEATURES)
    long, wide = steps or SOME_STEPS, features or SOME_FEATURES
    sentence = (
        f"{layer} reads sequences: (batch, timesteps, features), so many samples, steps in each, and numbers at each "
        f"step. An array of 2 axes lacks one of them: if a row is a sequence of single values, x[..., None] adds the "
        "features; if a row is one step, windows of several rows make the timesteps."
    )
    spec = with_examples(sequence_model(asked, long, wide), units=(SOME_UNITS, asked.units), timesteps=(long, steps),
                         features=(wide, features))  # fmt: skip
    named = name_axes((None, long, wide), ("batch", "timesteps", "features"), "what the layer reads")
    return Told(sentence, spec, {}, (named,))
