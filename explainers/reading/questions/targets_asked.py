"""Questions about the end of a model: numbers to predict, two classes; and about states, and other frameworks."""

from __future__ import annotations

import re

from explainers.core.finding import name_axes
from explainers.core.layers import RECURRENT
from explainers.core.spec import InputSpec, LayerSpec, chain
from explainers.reading.questions.models import FEATURES as SOME_FEATURES
from explainers.reading.questions.models import STEPS as SOME_STEPS
from explainers.reading.questions.models import UNITS as SOME_UNITS
from explainers.reading.questions.models import told_examples
from explainers.reading.questions.words import CLASSES, FEATURES, STEPS, UNITS, Asked, Forms, Told
from explainers.reading.summary.cells import ways

_REGRESSION = re.compile(r"regress|continuous|\bpredict\b.{0,40}\b(?:numbers?|values?|coordinates|targets?|outputs?)\b")
_END = re.compile(
    r"last layer|output layer|final layer|\bloss\b|\bunits\b|neurons|activation|\bdense\b|shape|outputs?\b"
)
_NUMBERS: Forms = (
    re.compile(
        r"\bpredict(?:s|ing)?\b.{0,24}?\b(\d{1,4}) (?:[a-z-]{1,14} )?(?:numbers?|values?|outputs?|targets?|coordinates|"
        r"variables|quantities|things|parameters|properties)"
    ),
    re.compile(r"\b(\d{1,4}) (?:[a-z-]{1,14} )?(?:outputs?|targets|target values|target variables|coordinates)\b"),
    re.compile(r"regression (?:with|of|on|for) (\d{1,4})\b"),
)
_BINARY = re.compile(r"\bbinary\b|two classes|2 classes|yes[ /]no")
_SEVERAL_LABELS = re.compile(r"multi-?label|several labels")
_TAGS: Forms = (re.compile(r"\b(\d{1,4}) (?:[a-z-]{1,12} )?(?:labels|tags|targets|genres|topics)\b"),)
_CHANGES = re.compile(
    r"(?:batch[ _]?size|sequence length|time ?-?steps|number of (?:samples|steps)).{0,40}(?:chang|affect|influenc|"
    r"matter|depend)|"
    r"(?:chang|affect|influenc|depend).{0,60}(?:batch[ _]?size|sequence length|time ?-?steps|number of (?:samples|"
    r"steps))"
)
_COUNT = re.compile(r"param|weights")
_OF_STEPS = re.compile(r"sequence length|steps")
_ONE_HOT = re.compile(r"categorical|one[- ]?hot|softmax|classes")
_BATCH_AXIS = re.compile(
    r"expand_dims\([^)\n]{0,40}(?:axis ?= ?0|, ?0)|newaxis|(?:add|missing|lacks?|without|needs?).{0,20}batch (?:axis|"
    r"dimension)|"
    r"predict (?:on )?(?:a |one |1 )?(?:single|one|1)\b"
)
_STATE = re.compile(
    r"return_state|\bh,? ?(?:and |& )?c\b|\bh_[nt]\b|\b(?:3|three|2|two|several) outputs\b|\bstates?\b|\bh and c\b|"
    r"state_h|state_c|hidden state|cell state"
)
_STATEFUL = re.compile(r"\bstateful\b")
_EACH_STEP = re.compile(r"time_?-? ?distributed")
_TORCH = re.compile(r"py ?torch|\bnn\.|\btorch\b|batch_first|hidden_size")
_JAX = re.compile(r"\bjax\b|\bflax\b")
_SHAPES = re.compile(r"shape|dimension|axes|axis|same|differ|equivalent|order|format|correspond|translate|convert|port")
_TORCH_SIZE: dict[str, Forms] = {
    "features": (re.compile(r"input_size\s?=?\s?(\d{1,6})"), re.compile(r"nn\.(?:lstm|gru|rnn)\((\d{1,6})")),
    "units": (
        re.compile(r"hidden_size\s?=?\s?(\d{1,6})"),
        re.compile(r"nn\.(?:lstm|gru|rnn)\(\d{1,6}, ?(\d{1,6})"),
    ),
    "layers": (re.compile(r"num_layers\s?=?\s?(\d{1,2})"), re.compile(r"nn\.(?:lstm|gru|rnn)\(\d+, ?\d+, ?(\d{1,2})")),
}


def regression(asked: Asked) -> Told | None:
    """So many numbers for each sample: a Dense of so many units, without an activation."""
    count = asked.number(_NUMBERS)
    if count is None or not 0 < count <= 10**4 or not asked.has(_REGRESSION) or not asked.has(_END):
        return None
    if "class" in asked.words:
        return None
    given = asked.number(FEATURES)
    features = given or 5
    plain = f"Dense({count})"
    sentence = (
        f"{plain}, one unit for each of the {count} numbers and no activation, because a number may have any size. y "
        f"has the shape (samples, {count}), and the loss is mse or mae."
    ) if count > 1 else (
        "Dense(1) without an activation, because a number may have any size. y has the shape (samples,) or (samples, "
        "1), and the loss is mse or mae."
    )  # fmt: skip
    tensor = InputSpec("input", (None, features), "float32", (), "the question")
    layer = LayerSpec("Dense", "dense", (("units", count),))
    spec = chain(tensor, (layer,), assumed=() if given else (f"features = {features}",))
    named = name_axes((None, count), ("batch", "units"), "one output for each number")
    return Told(sentence, spec, {"units": count}, (named,))


def two_classes(asked: Asked) -> Told | None:
    """Yes or no: one unit with sigmoid, or two with softmax."""
    if not asked.has(_BINARY) or not asked.has(_END) or asked.has(_SEVERAL_LABELS):
        return None
    features = asked.number(FEATURES)
    sentence = (
        'Both work. Dense(1, activation="sigmoid") gives (None, 1), the probability of class 1: y is 0 or 1 for each '
        'sample, (samples,) or (samples, 1), with binary_crossentropy. Dense(2, activation="softmax") gives (None, 2), '
        "a probability for each class: the same integers with sparse_categorical_crossentropy, or one-hot rows "
        "(samples, 2) with categorical_crossentropy. Never Dense(1) with softmax: it is always 1."
    )
    tensor = InputSpec("input", (None, features or 5), "float32", (), "the question")
    layer = LayerSpec("Dense", "dense", (("units", 1), ("activation", "sigmoid")))
    return Told(sentence, chain(tensor, (layer,), assumed=() if features else ("features = 5",)))


def one_hot(asked: Asked) -> Told | None:
    """Integer labels as rows with a column for each class."""
    flat = next((shape for shape in asked.shapes if len(shape) == 1), None)
    rows = next((shape for shape in asked.shapes if len(shape) == 2 and flat and shape[0] == flat[0]), None)
    if rows is None or flat is None or not asked.has(_ONE_HOT) or not rows[1]:
        return None
    classes = rows[1]
    sentence = (
        f"y = keras.utils.to_categorical(y, {classes}) turns {classes} integer classes, {flat}, into one-hot rows, "
        f"{rows}: the labels must be 0 to {classes - 1}. Without it sparse_categorical_crossentropy reads {flat} as it "
        "is."
    )
    tensor = InputSpec("input", (None, 5), "float32", (), "the question")
    layer = LayerSpec("Dense", "dense", (("units", classes), ("activation", "softmax")))
    named = name_axes(rows, ("samples", "classes"), "the question")
    return Told(sentence, chain(tensor, (layer,), assumed=("features = 5",)), {"classes": classes}, (named,))


def one_sample(asked: Asked) -> Told | None:
    """Why one sample needs its batch axis."""
    if not asked.has(_BATCH_AXIS) or asked.called:
        return None
    side = next((s for s in (*asked.sides, *asked.shapes) if len(s) in (2, 3) and None not in s and 0 not in s), None)
    given = (*side, 3)[:3] if side is not None else None
    sample = given or (32, 24, 3)
    example = "" if given else " (that size is an example)"
    sentence = (
        "A model reads batches: predict needs the batch axis even for one sample. x[np.newaxis], which is "
        f"np.expand_dims(x, axis=0), makes {(1, *sample)} from one sample {sample}{example}. Without it Keras reads "
        "the first axis of your sample as the batch."
    )
    tensor = InputSpec("input", (None, *sample), "float32", (), "the question")
    layer = LayerSpec("Conv2D", "conv", (("filters", 8), ("kernel_size", 1)))
    named = name_axes((1, *sample), ("batch", "height", "width", "channels"), "one sample with its batch")
    made_up = () if given else tuple(f"{n} = {s}" for n, s in zip(("height", "width", "channels"), sample, strict=True))
    return Told(sentence, chain(tensor, (layer,), assumed=(*made_up, "filters = 8", "kernel_size = 1")), {}, (named,))


def several_labels(asked: Asked) -> Told | None:
    """Any number of labels for each sample: a yes or no for each."""
    count = asked.number(CLASSES, _TAGS)
    if not asked.has(_SEVERAL_LABELS) or not asked.has(_END):
        return None
    given = count if count is not None and 1 < count <= 10**4 else None
    labels = given or 5
    example = "" if given else f" ({labels} labels are an example)"
    sentence = (
        f'Dense({labels}, activation="sigmoid") with binary_crossentropy{example}: each label has its own yes or no, '
        f"so several may be true. y has the shape (samples, {labels}), zeros and ones."
        f" With softmax the {labels} outputs would add up to 1, as for one label of many."
    )
    tensor = InputSpec("input", (None, 5), "float32", (), "the question")
    layer = LayerSpec("Dense", "dense", (("units", labels), ("activation", "sigmoid")))
    named = name_axes((None, labels), ("batch", "units"), "one output for each label")
    made_up = ("features = 5", *(() if given else (f"units = {labels}",)))
    return Told(sentence, chain(tensor, (layer,), assumed=made_up), {"units": labels} if given else {}, (named,))


def what_counts(asked: Asked) -> Told | None:
    """Whether a batch, samples or steps change the number of parameters: they don't."""
    if not asked.has(_CHANGES) or not asked.has(_COUNT) or asked.called:
        return None
    name = asked.layer if asked.layer in RECURRENT else "LSTM"
    steps = asked.has(_OF_STEPS)
    what = "the number of timesteps" if steps else "the batch size"
    sentence = (
        f"No, {what} changes no parameter: a weight has an axis for features and one for units, none for samples or "
        f"steps. {name}(8) on 3 features has the same weights for any of them (both numbers are examples). Only a "
        "Flatten in front of a Dense makes its weights depend on the number of steps."
    )
    tensor = InputSpec("input", (None, None, 3), "float32", (), "an example")
    layer = LayerSpec(name, name.lower(), (("units", 8),))
    return Told(sentence, chain(tensor, (layer,), assumed=("features = 3", "units = 8")))


def states(asked: Asked) -> Told | None:
    """What the states of a recurrent layer are, and their shapes."""
    if not asked.has(_STATE) or asked.has(_STATEFUL) or asked.layer not in RECURRENT:
        return None
    if "return_sequences" in asked.words:
        return None
    units, steps, features = asked.units or asked.number(UNITS), asked.number(STEPS), asked.number(FEATURES)
    wide, long = units or SOME_UNITS, steps or SOME_STEPS
    count = "two states, h and c" if asked.layer == "LSTM" else "one state, h"
    last = "c is the memory that its cell keeps to itself" if asked.layer == "LSTM" else "no other is kept"
    example = told_examples(units=(wide, units))
    each = "each " if asked.layer == "LSTM" else ""
    call = f"{asked.layer}({wide}, return_state=True)"
    names = "output, h, c" if asked.layer == "LSTM" else "output, h"
    sentence = (
        f"{asked.layer} has {count}, {each}of shape (batch, {wide}){example}: one number per unit. Here h is the "
        f"output at "
        f"the last step; {last}. {names} = {call}(x) gives them, and another {asked.layer}({wide}) starts from them "
        f"with initial_state={'[h, c]' if asked.layer == 'LSTM' else 'h'}."
    )
    layer = LayerSpec(asked.layer, asked.layer.lower(), (("units", wide), ("return_state", True)))
    made_up = {"units": (wide, units), "timesteps": (long, steps), "features": (SOME_FEATURES, features)}
    tensor = InputSpec("input", (None, long, features or SOME_FEATURES), "float32", (), "the question")
    assumed = tuple(f"{name} = {size}" for name, (size, said) in made_up.items() if said is None)
    named = name_axes((None, wide), ("batch", "units"), "each state")
    return Told(sentence, chain(tensor, (layer,), assumed=assumed), {"units": units} if units else {}, (named,))


def dense_on_steps(asked: Asked) -> Told | None:
    """A Dense on sequences: the last axis only, and TimeDistributed changes nothing."""
    dense = next((layer for layer in asked.called if layer.class_name == "Dense"), None)
    inner = next((layer.get("layer") for layer in asked.called if layer.class_name == "TimeDistributed"), None)
    dense = dense or (inner if isinstance(inner, LayerSpec) and inner.class_name == "Dense" else None)
    three = next((shape for shape in asked.shapes if len(shape) == 3), None)
    wrapped = asked.has(_EACH_STEP) and "Dense" in (asked.named, *asked.others)
    deep = three is not None and dense is not None and not asked.has(_EACH_STEP) and "lstm" not in asked.words
    if not (wrapped or (deep and re.search(r"3 ?-?d\b|happen|apply|time|step|tensor", asked.words))):
        return None
    units = dense.get("units") if dense is not None else None
    wide = units if isinstance(units, int) else 5
    steps = three[1] if three is not None else asked.number(STEPS)
    features = three[2] if three is not None else asked.units or asked.number(FEATURES)
    long, reads = steps or SOME_STEPS, features or SOME_FEATURES
    sides = {"timesteps": (long, steps), "features": (reads, features)}
    sides |= {} if isinstance(units, int) else {"units": (wide, None)}
    count = (reads + 1) * wide
    both = (
        f"TimeDistributed(Dense({wide})) and Dense({wide}) do the same here: "
        if asked.has(_EACH_STEP)
        else f"Dense({wide}) works on the last axis only: "
    )
    more = (
        ""
        if not asked.has(_EACH_STEP)
        else " TimeDistributed is needed for layers that can't read the extra axis, such as Conv2D."
    )
    sentence = (
        f"{both}(None, {long}, {reads}) becomes (None, {long}, {wide}). Each of the {long} steps goes through the same "
        f"({reads} + 1) x {wide} = {count:,} weights{told_examples(**sides)}.{more}"
    )
    tensor = InputSpec("input", (None, long, reads), "float32", (), "the question")
    layer = LayerSpec("Dense", "dense", (("units", wide),))
    assumed = tuple(f"{name} = {size}" for name, (size, said) in sides.items() if said is None)
    named = name_axes((None, long, reads), ("batch", "timesteps", "features"), "the question")
    return Told(sentence, chain(tensor, (layer,), assumed=assumed), {"units": wide}, (named,))


def torch(asked: Asked) -> Told | None:
    """A recurrent layer of PyTorch in Keras."""
    if not asked.has(_TORCH) or not asked.has(_SHAPES) or asked.layer not in RECURRENT:
        return None
    given = {name: asked.number(forms) for name, forms in _TORCH_SIZE.items()}
    features, wide = given["features"] or SOME_FEATURES, given["units"] or SOME_UNITS
    count = min(given["layers"] or 1, 8)
    kind = asked.layer
    layers = tuple(
        LayerSpec(kind, f"{kind.lower()}_{place}", (("units", wide), ("return_sequences", True)))
        for place in range(1, count + 1)
    )
    several = f" num_layers={count} is {count} layers, one after the other." if count > 1 else ""
    sizes = {"features": (features, given["features"]), "units": (wide, given["units"])}
    one_bias = ways(kind)[0].bias < 2
    biases = " PyTorch keeps two biases, Keras one, so the counts differ." if one_bias else " Both keep two biases."
    sentence = (
        "hidden_size is units, input_size is the last axis of the data: "
        f"nn.{kind if kind != 'SimpleRNN' else 'RNN'}({features}, {wide}) is {kind}({wide}, return_sequences=True) on "
        f"(batch, timesteps, {features}){told_examples(**sizes)}.{several} PyTorch reads (timesteps, batch, features) "
        "unless batch_first=True; Keras always has the batch first. Omit return_sequences if only the last step is "
        f"used.{biases}"
    )
    tensor = InputSpec("input", (None, SOME_STEPS, features), "float32", (), "the question")
    made_up = (f"{name} = {size}" for name, (size, said) in sizes.items() if said is None)
    return Told(sentence, chain(tensor, layers, assumed=(f"timesteps = {SOME_STEPS}", *made_up)))


def backend(asked: Asked) -> Told | None:
    """Keras on JAX or PyTorch: the same shapes."""
    if not (asked.has(_JAX) or asked.has(_TORCH)) or "backend" not in asked.words or not asked.has(_SHAPES):
        return None
    name = asked.layer if asked.layer in RECURRENT else "LSTM"
    sentence = (
        "Yes, the shapes are the same on every backend: it changes what computes, not what is read. In Keras 3, on "
        f"TensorFlow, JAX and PyTorch, {name} reads (batch, timesteps, features), and images are (batch, height, "
        'width, channels) unless data_format="channels_first" is set. Weights saved on one load on the others.'
    )
    layer = LayerSpec(name, name.lower(), (("units", asked.units or SOME_UNITS),))
    tensor = InputSpec("input", (None, SOME_STEPS, SOME_FEATURES), "float32", (), "an example")
    assumed = (f"timesteps = {SOME_STEPS}", f"features = {SOME_FEATURES}")
    return Told(sentence, chain(tensor, (layer,), assumed=assumed if asked.units else (*assumed, "units = 32")))
