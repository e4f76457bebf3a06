"""Questions about shapes and counts: which input_shape, which output, how many parameters."""

from __future__ import annotations

import math
import re

from explainers.core.editing import with_layer_behind
from explainers.core.finding import Value, name_axes
from explainers.core.layers import CONVOLUTIONS, MERGES, RECURRENT, axis_names, output_names, sheet
from explainers.core.layers.signatures import needed
from explainers.core.mistakes.kit.scene import EXAMPLES
from explainers.core.spec import LayerSpec, Sizes, snake
from explainers.reading.questions.images_asked import channels_said
from explainers.reading.questions.models import FEATURES as SOME_FEATURES
from explainers.reading.questions.models import on_one_input, sequence_model
from explainers.reading.questions.other_counts import other_counts
from explainers.reading.questions.read_by import call, shape_of
from explainers.reading.questions.words import (
    CHANNELS,
    DURATIONS,
    FEATURES,
    FILTERS,
    INPUTS,
    KERNEL,
    LAST,
    SAMPLES,
    STEPS,
    UNITS,
    Asked,
    Told,
)
from explainers.reading.shapes import output_shapes, too_big, weights_of
from explainers.reading.summary.cells import ways

_OUTPUT_ASKED = re.compile(
    r"\boutput|\bresult|\bdifference\b|\bvs\b|\bshape of\b|what (?:does|do|is|will|shape)|"
    r"how (?:big|large|many)|\bgives?\b|\breturns?\b|->"
)
_OUTPUT_SHAPE = re.compile(r"\boutput(?:_| )?shape|\bshape of the output|\boutput size")
_COMPARED = re.compile(r"\bvs\.?\b|\bversus\b|\bdiffer\w*|\bcompar\w+|\bor\b")
_CUT = re.compile(r"\b(?:sequences?|windows?|sub-?sequences?|chunks?|pieces)\b")
_TWO_WORDS = re.compile(r"difference between (?:the )?(?:number of )?(?:units|timesteps|features)")
_RIGHT_ASKED = re.compile(r"\bam i right|\bis (?:it|that|this) (?:right|correct)|\bcorrect\b|\bright\?|^is\b")


def output_of_a_layer(asked: Asked) -> Told | None:
    """What a layer, as it is called, makes of a shape."""
    layer = asked.called[0] if asked.called else _named_alone(asked)
    if layer is None or not asked.has(_OUTPUT_ASKED) or asked.counts or asked.has(_TWO_WORDS):
        return None
    if layer.class_name in MERGES:
        return None
    flat = _flattened(asked)
    if flat is not None:
        return flat
    shape = shape_of(asked, layer)
    assumed: tuple[str, ...] = ()
    if shape is None and _is_recurrent(layer) and asked.number(STEPS, LAST):  # its output doesn't depend on them
        shape, assumed = (None, asked.number(STEPS, LAST), SOME_FEATURES), (f"features = {SOME_FEATURES}",)
    if shape is None or shape == (None, layer.get("units")):  # what it gives isn't what it reads
        return None
    made = output_shapes(layer, (shape,))
    spec = on_one_input(shape, layer, assumed)
    if not made or too_big(spec):
        return None
    count = weights_of(layer, (shape,))
    example = f" ({SOME_FEATURES} features are an example)" if assumed else ""
    told = f"{call(layer)} turns {shape}{example} into {made[0]}"
    names = output_names(layer.class_name, len(made[0]))
    shapes = (
        name_axes(shape, axis_names(layer.class_name, len(shape)), "the question"),
        name_axes(made[0], names, f"the output of {layer.name}"),
    )
    values: dict[str, Value] = {"params": count} if count else {}
    more = f"; it has {count:,} parameters." if count else "; it has no parameters."
    if assumed:
        values, more = {}, ". The number of timesteps changes no weight; the number of features does."
    why = _of_each_sample(asked, layer, shape) if not assumed else ""
    return Told(told + more + why + _the_others(asked, layer, shape), spec, values, shapes)


def _of_each_sample(asked: Asked, layer: LayerSpec, shape: Sizes) -> str:
    """Why a recurrent layer gives one row for each sample, where it isn't told to give its steps."""
    units, steps, samples = layer.get("units"), shape[1], asked.number(SAMPLES)
    if layer.class_name not in RECURRENT or layer.get("return_sequences") or layer.get("return_state"):
        return ""
    many = f": your {samples:,} samples" if samples is not None else ""
    last = f"after the last of its {steps} steps" if steps else "after its last step"
    return f" None is the batch{many}. Each sample gets one row of {units} units, {last}."


def _is_recurrent(layer: LayerSpec) -> bool:
    """Whether it is a recurrent layer, or one in both directions."""
    inner = layer.get("layer")
    return (inner if isinstance(inner, LayerSpec) else layer).class_name in RECURRENT


def _flattened(asked: Asked) -> Told | None:
    """``(28, 28, 1)`` and 784: what Flatten makes of a sample, where the question has both."""
    if "Flatten" not in (asked.named, *asked.others) or (asked.called[:1] and asked.called[0].class_name == "Conv2D"):
        return None
    widths = {shape[-1] for shape in asked.shapes if len(shape) == 2}
    for shape in (*asked.shapes, *asked.sides):
        sample = shape[1:] if shape[:1] == (None,) else shape
        if len(sample) < 2 or None in sample:
            continue
        count = math.prod(n or 1 for n in sample)
        if count in widths or re.search(rf"(?<!\d){count}(?!\d)", asked.words):
            product = " x ".join(map(str, sample))
            sentence = (
                f"Flatten lays all numbers of a sample out in one row: {product} = {count:,}, so it turns "
                f"{(None, *sample)} into (None, {count}). It has no parameters."
            )
            names = axis_names("Conv2D" if len(sample) == 3 else "LSTM", len(sample) + 1)
            named = name_axes((None, *sample), names, "the question")
            return Told(sentence, on_one_input((None, *sample), LayerSpec("Flatten", "flatten")), {}, (named,))
    return None


def _the_others(asked: Asked, first: LayerSpec, shape: Sizes) -> str:
    """What the other layers of the question make of the same shape."""
    others = [name for name in asked.others if name != first.class_name and not asked.called]
    told = []
    for name in others[:3]:
        layer = LayerSpec(name, snake(name)) if not needed(name) else None
        made = output_shapes(layer, (shape,)) if layer is not None else None
        if layer is not None and made:
            told.append(f" {call(layer)} makes {made[0]} of it.")
    return "".join(told)


def _named_alone(asked: Asked) -> LayerSpec | None:
    """A layer that is named, but not called: only where it needs no arguments."""
    facts = sheet(asked.named)
    if facts is None or needed(asked.named) or facts.group in ("conv", "rnn", "dense", "wrapper"):
        return None
    return LayerSpec(asked.named, snake(asked.named))


def parameters(asked: Asked) -> Told | None:
    """How many parameters a layer has, and how they come about."""
    if not asked.counts or not asked.layer:
        return None
    if not asked.called and asked.others and asked.has(_COMPARED):
        return None  # both are told
    layer, shape = _counted(asked)
    if layer is None or shape is None:
        return None
    spec = on_one_input(shape, layer)
    if too_big(spec) or output_shapes(layer, (shape,)) is None:
        return None
    count = weights_of(layer, (shape,))
    formula, why = _formula(layer, shape, count)
    values: dict[str, Value] = {key: value for key, value in layer.arguments if isinstance(value, int)}
    width = shape[-1]
    word = axis_names(layer.class_name, len(shape))[-1]
    reads = "" if layer.class_name == "Embedding" else f" on {width} {word.removesuffix('s') if width == 1 else word}"
    claimed = other_counts(asked, layer, shape, count)
    sentence = f"{call(layer)}{reads} has {formula}{count:,} parameters.{why}{claimed}{_beside(asked, layer, shape)}"
    named = name_axes(shape, axis_names(layer.class_name, len(shape)), "the question")
    return Told(sentence, spec, {**values, "features": width, "params": count}, (named,))


def _beside(asked: Asked, layer: LayerSpec, shape: Sizes) -> str:
    """The counts of the other layers that are called, on the same input; and the output, where that is asked, too."""
    told = [
        f" {call(other)} has {weights_of(other, (shape,)):,}."
        for other in asked.called[:4]
        if other is not layer and other.class_name != layer.class_name and output_shapes(other, (shape,)) is not None
    ]
    whole = shape_of(asked, layer) or shape
    made = output_shapes(layer, (whole,)) if asked.has(_OUTPUT_SHAPE) else None
    return "".join((*told, f" It turns {whole} into {made[0]}." if made else ""))


def _counted(asked: Asked) -> tuple[LayerSpec | None, Sizes | None]:
    """The layer, as it is called or by the words around it, and what it reads."""
    name = asked.layer
    facts = sheet(name)
    group = facts.group if facts is not None else ""
    flat = _flat_width(asked) if name == "Dense" else None
    if flat is not None and asked.units is None and (units := asked.number(UNITS)) is not None:
        return LayerSpec("Dense", "dense", (("units", units),)), (None, flat)
    if flat is not None and asked.called:
        return asked.called[0], (None, flat)
    if asked.called:
        layer: LayerSpec | None = asked.called[0]
    elif group in ("rnn", "dense"):
        given = next((s[1] for s in asked.shapes if len(s) == 2 and s[0] is None), None)  # of a summary: (None, 20)
        units = asked.number(UNITS) or given
        layer = LayerSpec(name, snake(name), (("units", units),)) if units is not None else None
    elif name in CONVOLUTIONS and facts is not None and facts.made == "filters":
        layer = _convolution(asked, name)
    else:
        layer = None
    if layer is None or facts is None or not facts.rank:
        return None, None
    return layer, _entering(asked, facts.rank, group)


def _flat_width(asked: Asked) -> int | None:
    """``after Flatten of 5x5x32``: how many numbers a Flatten hands on."""
    if "flatten" not in asked.words:
        return None
    shape = next(
        (s for s in (*asked.shapes, *asked.sides) if len(s) > 2 - (s[:1] == (None,)) and None not in s[1:]), None
    )
    return math.prod(n for n in shape if n) if shape is not None else None


def _convolution(asked: Asked, name: str) -> LayerSpec | None:
    facts = sheet(name)
    filters, rank = asked.number(FILTERS), ((facts.rank if facts is not None else None) or 4) - 2
    sides = next((side for side in asked.sides if len(side) == rank), None)
    size = KERNEL.search(asked.words)
    kernel = sides if sides is not None else (int(size[1]),) * rank if size is not None else None
    if filters is None or kernel is None:
        return None
    return LayerSpec(name, snake(name), (("filters", filters), ("kernel_size", kernel if rank > 1 else kernel[0])))


def _entering(asked: Asked, rank: int, group: str) -> Sizes | None:
    """What the layer reads: only its last axis counts; the others are open."""
    if group == "embedding":
        return (None, None)
    colors = channels_said(asked)
    last = asked.number(FEATURES, CHANNELS, INPUTS) or (colors if group == "conv" else None)
    if last is None and asked.called and group == "conv":
        last = asked.number(FILTERS)  # of the layer in front: its own are in its call
    if last is None:
        shape = next((s for s in (*asked.shapes, *asked.sides) if len(s) in (rank, rank - 1) and s[-1]), None)
        last = shape[-1] if shape is not None else None
    if last is None or last > 10**5:
        return None
    steps = asked.number(STEPS) if rank == 3 else None
    return (None, *((steps,) if rank == 3 else (None,) * (rank - 2)), last)


def _formula(layer: LayerSpec, shape: Sizes, count: int) -> tuple[str, str]:
    """``4 x (10 + 64 + 1) x 64 = ``, and what its parts are; ("", "") where a layer has no simple one."""
    facts = sheet(layer.class_name)
    group, width = facts.group if facts is not None else "", shape[-1]
    units, filters, kernel = layer.get("units"), layer.get("filters"), layer.get("kernel_size")
    bias = 0 if layer.get("use_bias") is False else 1
    if layer.class_name in RECURRENT and isinstance(units, int):
        way = next((way for way in ways(layer.class_name) if way.features(units, count) == width), None)
        if way is not None:
            one = f"({width} + {units} + {way.bias}) x {units}"
            biases = "a bias" if way.bias < 2 else "two biases (reset_after=True)"
            each = f"{count // way.gates:,} weights, in"
            parts = f"a kernel, a recurrent kernel and {biases}"
            why = f" Each of its {way.gates} sets has {each} {parts}." if way.gates > 1 else ""
            return f"{way.gates} x {one} = ", why
    if layer.class_name == "Bidirectional" and count % 2 == 0:
        return f"2 x {count // 2:,} = ", " One layer reads in each direction, with separate weights."
    if group == "dense":
        return f"({width} + {bias}) x {units} = ", " Each unit has one weight per feature, and a bias."
    if group == "embedding":
        return f"{layer.get('input_dim')} x {layer.get('output_dim')} = ", " Each id has a row."
    if group == "conv" and isinstance(filters, int) and facts is not None:
        sides = kernel if isinstance(kernel, tuple) else (kernel,) * ((facts.rank or 3) - 2)
        cells = math.prod(n for n in sides if isinstance(n, int))
        if (cells * (width or 0) + bias) * filters == count:
            product = " x ".join(map(str, sides))
            return (
                f"({product} x {width} + {bias}) x {filters} = ",
                " Each filter has a kernel over all channels, and a bias.",
            )
    return "", ""


def three_numbers(asked: Asked) -> Told | None:
    """So many samples, each of so many steps, each of so many numbers: by words, or as (samples, steps, features)."""
    samples, features = asked.number(SAMPLES), asked.number(FEATURES)
    steps = asked.number(LAST, STEPS, DURATIONS) if features is not None else asked.number(LAST, STEPS)
    shapes = (s for s in asked.shapes if len(s) == 3 and None not in s and s not in asked.outputs)
    three = next(shapes, None) or _of_arrays(asked)
    if three is not None and (steps is None or features is None):
        samples, steps, features = three
    one = ""
    if features is None and steps is None and samples is not None:
        steps = asked.number(DURATIONS)
    if features is None and steps is not None and samples is not None and asked.layer in (*RECURRENT, "Conv1D"):
        if asked.sides or any(len(s) > 1 for s in asked.shapes) or asked.called:
            return None
        features, one = 1, " With one value at each step the last axis is 1: x[..., None] adds it."
    if steps is None or features is None:
        return None
    if three is None and next((s for s in asked.shapes if len(s) == 2 and None not in s), None) is not None:
        return None  # a table, and how it is to be cut
    here = f"({samples if samples is not None else 'samples'}, {steps}, {features})"
    right = "Yes: " if asked.has(_RIGHT_ASKED) else ""
    looks_back = asked.number(LAST) == steps
    window = f" Each sample is a window of the last {steps} steps." if looks_back else ""
    columns = _columns_of_the_target(asked, samples)
    target = _target_told(samples, columns) if columns is not None else ""
    sentence = (
        f"{right}{here} is what the layer reads: samples, timesteps, features. The model needs only the shape of one "
        f"sample, input_shape=({steps}, {features}); the number of samples stays open.{window}{one}{target}"
    )
    values: dict[str, Value] = {"timesteps": steps, "features": features}
    if samples is not None:
        values["samples"] = samples
    named = name_axes((samples, steps, features), ("samples", "timesteps", "features"), "the question")
    spec = sequence_model(asked, steps, features)
    if columns is not None and spec is not None:
        spec = with_layer_behind(spec, LayerSpec("Dense", "dense", (("units", columns),)))
    return Told(sentence, spec, values, (named,))


def _of_arrays(asked: Asked) -> Sizes | None:
    """``800 samples, each an array of 5 rows and 2 columns (5*2)``; one row of 3 columns is 3 steps of one value."""
    pairs = [side for side in (*asked.shapes, *asked.sides) if len(side) == 2]
    flat = [(one or 0, other or 0) for one, other in pairs if None not in (one, other) and (one, other) != (1, 1)]
    if not flat or asked.called or asked.layer not in ("", *RECURRENT, "Conv1D") or asked.has(_OF_PIXELS):
        return None
    rows, columns = flat[0]
    many = [one for one in asked.parts.sizes("samples") if one not in flat[0] and one > rows]
    if len(many) != 1:
        return None
    return (many[0], columns, 1) if rows == 1 else (many[0], rows, columns)


_OF_PIXELS = re.compile(r"\bimages?\b|\bpixels?\b|\bpictures?\b|\bphotos?\b|\bgr[ae]y\w*|\brgb\b|\bcolou?r|\bconv2d\b")
_BESIDE_THE_DATA = re.compile(r"[;|] ?(\d{1,7}) ?, ?(\d{1,5})(?: ?, ?1)? ?\)")  # (500, 3, 1; 500, 1, 1): x; y


def _columns_of_the_target(asked: Asked, samples: int | None) -> int | None:
    """How many numbers the target has for each sample, where its shape stands next to that of the data."""
    beside = _BESIDE_THE_DATA.search(asked.words)
    if beside is not None and int(beside[1]) == samples:
        return int(beside[2]) or None
    two = [shape for shape in asked.shapes if len(shape) == 2 and shape[0] == samples is not None]
    return two[0][1] or None if len(two) == 1 and asked.has(_A_TARGET) else None


_A_TARGET = re.compile(r"\by(?:_\w{1,9})?\b|\b(?:targets?|labels?)\b")


def _target_told(samples: int | None, columns: int) -> str:
    """What the target is, and the layer that predicts it."""
    numbers = "one number" if columns == 1 else f"{columns} numbers"
    return f" The targets are ({samples}, {columns}): {numbers} for each sample, which Dense({columns}) predicts."


def table(asked: Asked) -> Told | None:
    """A table (samples, columns) for a layer of sequences."""
    shape = next((s for s in asked.shapes if len(s) == 2 and None not in s), None)
    rows, columns = shape or (asked.number(SAMPLES), asked.number(FEATURES))
    if asked.has(_TWO_WORDS):
        return None
    if rows is None or columns is None or columns > 10**5 or (asked.layer in ("", "Embedding") and not shape):
        return None
    if asked.layer == "Dense":
        layer = LayerSpec("Dense", "dense", (("units", asked.units or EXAMPLES["units"]),))
        told = f"Dense reads (batch, features): ({rows}, {columns}) as it is, input_shape=({columns},)."
        return Told(told, on_one_input((None, columns), layer, ("units = 4",) if asked.units is None else ()))
    steps = asked.number(STEPS, LAST)
    if not asked.layer and steps is not None and asked.has(_CUT) and 1 < steps <= rows:
        return _windows(asked, rows, columns, steps)
    facts = sheet(asked.layer)
    if facts is None or facts.rank != 3:
        return None
    if steps is not None and 1 < steps <= rows and (steps, asked.number(FEATURES)) != (columns, 1):
        return _windows(asked, rows, columns, steps)
    sentence = (
        f"{asked.layer} reads 3 axes, (samples, timesteps, features); ({rows}, {columns}) has 2. If each row is a "
        f"sequence of {columns} steps: x[..., None] is ({rows}, {columns}, 1), input_shape=({columns}, 1). If each row "
        f"is one step of {columns} features: cut windows of n rows, input_shape=(n, {columns})."
    )
    values: dict[str, Value] = {"samples": rows, "timesteps": columns, "features": 1}
    named = name_axes((rows, columns, 1), ("samples", "timesteps", "features"), "each number of a row as one step")
    spec = sequence_model(asked, columns, 1) if asked.layer not in CONVOLUTIONS else None
    return Told(sentence, spec, values, (named,))


def _windows(asked: Asked, rows: int, columns: int, steps: int) -> Told:
    """A table cut into samples of so many rows: sliding by one row, or without overlap."""
    sliding, apart, rest = rows - steps + 1, rows // steps, rows % steps
    left = f" ({rest} rows are left over)" if rest else ""
    sentence = (
        f"Cut windows of {steps} rows: sliding by one row they are ({sliding}, {steps}, {columns}), side by side "
        f"({apart}, {steps}, {columns}){left}. The model needs only the shape of one sample, input_shape=({steps}, "
        f"{columns}). For sliding windows: np.stack([x[i : i + {steps}] for i in range(len(x) - {steps - 1})])."
    )
    named = name_axes((sliding, steps, columns), ("samples", "timesteps", "features"), "windows of the table")
    values: dict[str, Value] = {"samples": sliding, "timesteps": steps, "features": columns}
    return Told(sentence, sequence_model(asked, steps, columns), values, (named,))
