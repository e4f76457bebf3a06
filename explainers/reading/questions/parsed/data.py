"""What is said of data and of single numbers: another form, windows of rows, a missing axis, what one number is."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import replace

from explainers.core.finding import name_axes
from explainers.core.layers import MERGES, RECURRENT, axis_names
from explainers.core.spec import CallSpec, InputSpec, LayerSpec, ModelSpec, Ref, Sizes
from explainers.core.words import listed
from explainers.reading.operation_shapes import broadcast
from explainers.reading.questions.elements_asked import fits, fits_not
from explainers.reading.questions.images_asked import without_channels
from explainers.reading.questions.parsed.counts import examples_told
from explainers.reading.questions.parsed.fact_list import FACTS
from explainers.reading.questions.parsed.facts import fact_told
from explainers.reading.questions.parsed.network import Network, network, of_layers
from explainers.reading.questions.parsed.parts import Parts, Shaped
from explainers.reading.questions.parsed.replies import side_by_side
from explainers.reading.questions.words import Told
from explainers.reading.text import shapes_in

_WHICH = re.compile(
    r"\bwhat(?:'s|s| is| does| do| are)?(?: the)? (?:number |value |size )?(?P<number>\d{1,6})\b"
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
    for read in (
        _broadcast,
        _two_shapes,
        _in_another_order,
        _labels_alike,
        _one_axis_more,
        _pixels,
        _one_number,
        _weight_shapes,
        _another_form,
        _as_images,
        _sequences,
        _windows,
        _without_channels,
    ):
        told = read(parts, entries)
        if told is not None:
            return told
    return None


# -- two shapes ------------------------------------------------------------------------------------------------


def _two_shapes(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """``input_shape=(None, 28)`` or ``(28,)``: what each of them says of a sample."""
    several = [one for one in parts.shaped if one.part == "declared"]
    if len(several) != 2 or not parts.aims & {"apart", "right"} or parts.aims & {"parameters"}:
        return None
    told, specs = [], []
    for one in several:
        names = _axes(one.sizes, one.part, parts) if one.sizes[:1] != (None,) else None
        if names is None:
            usual = {1: ("features",), 2: ("timesteps", "features"), 3: ("height", "width", "channels")}
            names = usual.get(len(one.sizes))
        if names is None:
            return None
        sizes = listed(
            [f"{name} {size}" if size else f"any number of {name}" for name, size in zip(names, one.sizes, strict=True)]
        )
        told.append(f"input_shape={one.sizes} says {sizes}, so the model reads {(None, *one.sizes)}.")
        layer = _of_rank(len(one.sizes) + 1)
        made = of_layers((None, *one.sizes), (layer,))
        if made is not None:
            specs.append(Network(made.shape, made.rows, {"units": 4} if layer.get("units") else {}).spec)
    same = several[0].sizes == several[1].sizes
    lead = "The same. " if same else "Not the same. "
    spec = side_by_side(specs) if len(specs) > 1 else specs[0] if specs else None
    more = " (4 units are an example)" if spec is not None and spec.assumed else ""
    return Told(f"{lead}{' '.join(told).removesuffix('.')}{more}.", spec)


def _in_another_order(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """``(n, 3, 1) or (n, 1, 3)``: the same numbers, as steps or as features of one step."""
    both = [at.sizes for at in shapes_in(parts.words.replace("none", "None"))]
    if (
        [len(shape) for shape in both] != [3, 3]
        or None in (*both[0][1:], *both[1][1:])
        or not parts.aims & {"apart", "right", "why", "meaning"}
    ):
        return None
    one, other = both
    if (
        one == other
        or sorted(_known(one[1:])) != sorted(_known(other[1:]))
        or parts.aims & {"parameters", "reshape"} == {"parameters"}
    ):
        return None
    named = next((one.layer for one in parts.mentions if one.name in RECURRENT), _of_rank(3))
    layer = named if named.get("units") else named.but(units=4)
    made = [of_layers((None, *shape[1:]), (layer,)) for shape in both]
    examples = {} if any(one.layer is layer for one in parts.mentions) else {"units": 4}
    specs = [replace(found, examples=examples).spec for found in made if found is not None]
    if len(specs) < 2:
        return None
    told = [
        f"{shape} is {_counted(shape[1], 'step')} of {_counted(shape[2], 'number')}: a recurrent layer runs its cell "
        f"{_counted(shape[1], 'time')} for each sample"
        for shape in both
    ]
    alone = " With a single step it has nothing to remember." if 1 in (one[1], other[1]) else ""
    return Told(f"{'. '.join(told)}{examples_told(examples)}.{alone}", side_by_side(specs), {})


def _one_axis_more(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """``is (100,) the same as (100, 1)``: the same numbers, but one axis more."""
    both = sorted((one.sizes for one in parts.shaped), key=len)
    lengths = [len(shape) for shape in both]
    if lengths not in ([1, 2], [2, 3]) or not parts.aims & {"apart", "right"} or parts.mentions:
        return None
    less, more = both
    if (*less, 1) != more or None in more:
        return None
    sentence = (
        f"{less} and {more} hold the same {math.prod(_known(less)):,} numbers, but they aren't the same shape: "
        f"{less} has "
        f"{_counted(len(less), 'axis', 'axes')}, {more} has {len(more)}. x[..., None] makes {more} of {less}, "
        f"x[..., 0] "
        f"makes {less} of {more}. As input_shape they are different models: {(None, *less)} and {(None, *more)}."
    )
    specs = []
    for shape in both:
        made = of_layers((None, *shape), (_of_rank(len(shape) + 1),))
        if made is not None:
            specs.append(replace(made, examples={"units": 4} if len(shape) < 3 else {}).spec)
    return Told(sentence, side_by_side(specs) if len(specs) > 1 else None, {})


def _counted(size: int | None, word: str, several: str = "") -> str:
    return f"{size} {word if size == 1 else several or word + 's'}"


def _of_rank(rank: int) -> LayerSpec:
    """A layer that reads so many axes, to show them."""
    units = (("units", 4),)
    shown = {2: LayerSpec("Dense", "dense", units), 3: LayerSpec("LSTM", "lstm", units)}
    return shown.get(rank, LayerSpec("Flatten", "flatten"))


_SUMS = (
    ("add", re.compile(r"(?<!\.)\badd(?:s|ed|ing|ition)?\b|\bplus\b|\bsum\b|\+")),
    ("subtract", re.compile(r"\bsubtract\w*|\bminus\b|\) ?- ?\(")),
    ("multiply", re.compile(r"\bmultipl(?:y|ied|ying)\b|\btimes\b|\) ?\* ?\(")),
    ("add", re.compile(r"\bbroadcast")),
)


def _broadcast(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """``(5, 1) plus (3,)``: what two arrays stretch to, or which of their axes don't fit."""
    several = [one.sizes for one in parts.shaped]
    name = next((name for name, form in _SUMS if form.search(parts.words)), "")
    if len(several) != 2 or not name or any(one.name not in MERGES for one in parts.mentions):
        return None
    one, other = several
    made = broadcast((one, other))
    rule = "Axes are lined up from the right, and each pair must be equal, or one of the two 1 or missing"
    if made is None:
        place = next(n for n in range(-1, -9, -1) if {one[n], other[n]} - {1, None} == {one[n], other[n]} != {one[n]})
        return Told(f"{one} and {other} don't fit. {rule}; here {one[place]} meets {other[place]}.")
    inputs = tuple(InputSpec(n, shape, "float32", (), "the question") for n, shape in zip("xy", several, strict=True))
    call = CallSpec(0, (Ref("input", 0), Ref("input", 1)))
    spec = ModelSpec(inputs, (LayerSpec(f"ops.{name}", name),), (call,), (Ref("call", 0),))
    return Told(f"{one} and {other} give {made}. {rule}: the smaller array is repeated along such an axis.", spec, {})


def _labels_alike(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """``(1000, 1) or (1000,)`` for labels: the same numbers, which Keras' losses read alike."""
    said = parts.shapes("labels")
    if len(said) != 2 or sorted(map(len, said)) != [1, 2] or max(said, key=len)[1] != 1 or said[0][:1] != said[1][:1]:
        return None
    flat, column = sorted(said, key=len)
    sentence = (
        f"Both work: each holds one number for each of the {flat[0]} samples, and Keras' losses and metrics read "
        f"{column} as {flat}. NumPy doesn't: y - prediction of these two shapes is ({flat[0]}, {flat[0]}). "
        f"y.ravel() or y[:, 0] makes {flat}, y[:, None] makes {column}."
    )
    made = of_layers((None, 3), (LayerSpec("Dense", "dense", (("units", 1),)),))
    shown = Network(made.shape, made.rows, {"features": 3}).spec if made is not None else None
    return Told(sentence, shown, {"samples": flat[0]} if flat[0] else {})


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
    if found is None or parts.aims & {"parameters"}:
        return None
    digits = found["number"] or found["asked"]
    if digits is not None and (told := _argument(parts, int(digits), entries)) is not None:
        return told
    shape = next((one for one in parts.shaped if digits is None or int(digits) in one.sizes), None)
    if shape is None:
        return None
    names = _axes(shape.sizes, shape.part, parts)
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


def _axes(shape: Sizes, part: str, parts: Parts) -> tuple[str, ...] | None:
    """The names of a shape's axes: of one sample where it is declared so, else with the batch."""
    named = next((one.name for one in parts.mentions), "")
    rank = len(shape) + (part == "declared" and shape[:1] != (None,))
    known = axis_names(named, rank) if named else ()
    if len(known) != rank or any(name.startswith("axis ") for name in known):
        usual = {2: "batch features", 3: "batch timesteps features", 4: "batch height width channels",
                 5: "batch frames height width channels"}  # fmt: skip
        if rank not in usual:
            return None
        known = tuple(usual[rank].split())
    return known[1:] if rank > len(shape) else known


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
    layer = _of_rank(len(whole))
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
    if source[:1] == target[:1] and len(source) > 1 and math.prod(_known(source)) == math.prod(_known(target)):
        before, after = source[1:], target[1:]
    elif source[:1] != (None,) and source[:1] != target[:1]:
        before = source if math.prod(_known(source)) == math.prod(_known(target)) else source[1:]
        after = target
    if None in (*before, *after) or not before or not after or math.prod(_known(before)) > _LARGEST:
        return None
    if math.prod(_known(before)) == math.prod(_known(after)):
        return fits(_known(before), _known(after))
    layers = _pooled(before, after)
    made = of_layers((None, *before), layers) if layers else None
    if made is None or made.after != (None, *after):
        return fits_not(_known(before), _known(after))
    left = math.prod(_known(before))
    how = f"{layers[0].class_name}()" if len(layers) == 1 else f"Flatten(), then Dense({after[0]})"
    keeps = (
        "which returns the average over all places, one number for each channel" if len(layers) == 1
        else "which learns to make the new numbers of all old ones"
    )  # fmt: skip
    sentence = (
        f"No reshape can do that: {left:,} numbers are there, {math.prod(_known(after)):,} are needed. {how} makes "
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


def _known(shape: Sizes) -> tuple[int, ...]:
    return tuple(size or 1 for size in shape)


def _as_images(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """``(500, 784) to images``: rows of numbers that are squares."""
    rows = next((shape for shape in parts.shapes("in", "data") if len(shape) == 2), None)
    of_images = re.search(r"\b(?:images?|pictures?|conv2d|cnn)\b", parts.words) is not None
    if rows is None or not of_images or "reshape" not in parts.aims:
        return None
    width = rows[1] or 0
    for channels in (1, 3):
        side = math.isqrt(width // channels)
        if side > 1 and side * side * channels == width:
            return fits((width,), (side, side, channels))
    return None


def _without_channels(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """``add a channel dimension to (60000, 28, 28)``."""
    many = next((shape for shape in parts.shapes("in", "data") if len(shape) == 3 and None not in shape), None)
    if many is None or not re.search(r"\bchannel", parts.words) or "reshape" not in parts.aims:
        return None
    return without_channels(_known(many))


# -- sequences -------------------------------------------------------------------------------------------------


def _sequences(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """So many files, each with so many rows of so many columns, or of one number each."""
    samples, features = parts.sizes("samples"), parts.sizes("features")
    every, steps = _steps_of_each(parts)
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


def _steps_of_each(parts: Parts) -> tuple[int | None, int | None]:
    """How many steps were recorded, where that is more, and how many of them a sample has: ``the first 200 days``."""
    said = [one for one in parts.said if one.role == "steps"] or [one for one in parts.said if one.role == "days"]
    if len(said) == 1:
        return None, said[0].value
    chosen = [one for one in said if _CHOSEN.search(parts.words, 0, one.start)]
    if len(said) != 2 or len(chosen) != 1:
        return None, None
    return next(one.value for one in said if one is not chosen[0]), chosen[0].value


_CHOSEN = re.compile(r"\b(?:first|last|past|previous|use|using|only|window of)(?: the)?(?: first| last| past)? $")
_OF_ARRAYS = re.compile(r"\bshape|\barray\b|\binput\b|\bfeed\b|\breshape")


def _reading(parts: Parts, sample: Sizes, classes: int | None, entries: Mapping[str, int]) -> Network | None:
    """The layers of the question, or an LSTM, on one sample; with a Dense behind them for the classes."""
    declared = replace(parts, shaped=(Shaped(sample, "declared", 0),), squares=())
    found = network(declared, entries) if parts.mentions else None
    if found is None:
        made = of_layers((None, *sample), (_of_rank(3),))
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
