"""Questions about several layers: a net that is only its widths, two layers side by side, sides that became smaller."""

from __future__ import annotations

import re
from dataclasses import replace

from explainers.core.finding import name_axes
from explainers.core.layers import MERGES
from explainers.core.spec import InputSpec, LayerSpec, Sizes, chain
from explainers.core.words import listed
from explainers.reading.questions.by_words import in_words, kernel_of, named
from explainers.reading.questions.models import on_one_input
from explainers.reading.questions.read_by import call
from explainers.reading.questions.words import CLASSES, FEATURES, INPUTS, KERNEL, UNITS, Asked, Told
from explainers.reading.shapes import output_shapes, too_big, weights_of

_NET = re.compile(
    r"\bmlp\b|\bperceptron\b|\bneural net\w{0,5}\b|\bnetwork\b|\bnn\b|\bdense\b|\bfully[ -]connected\b|\blayers?\b|"
    r"\bann\b"
)
_WIDTHS = re.compile(r"(?<![\w.,(])(\d{1,6}(?:\s?(?:-|->|–|—|>)\s?\d{1,6}){1,7})(?![\w.,)])")
_SMALLER = re.compile(r"\bwhy\b|\bhow come\b|\bshrink\w*|\bsmaller\b|\breduc\w+|\bnot\b|\binstead\b")
_LAYER_OF_IMAGES = re.compile(r"\bconv\w*|\bkernel|\bfilter|\bimage|\bpool")
_POOLED = re.compile(r"\bpool")
_SUPERFLUOUS = re.compile(
    r"\b(?:get rid of|remov\w{1,3}|drop\w{0,4}|squeez\w{1,3}|delet\w{1,3}|without)\b.{0,40}\b(?:dim\w{0,9}|ax[ei]s|1|"
    r"one)\b|"
    r"\b(?:extra|additional|superfluous) (?:dim\w{0,9}|axis)\b|\bsqueeze\b"
)


def widths(asked: Asked) -> Told | None:
    """``784-256-10``: Dense layers of these widths, one after the other."""
    if not asked.has(_NET) or asked.called:
        return None
    first, *units = _written(asked) or _by_words(asked) or (0,)
    if not units or min(first, *units) < 1:
        return None
    layers = tuple(LayerSpec("Dense", f"dense_{place}", (("units", n),)) for place, n in enumerate(units, 1))
    tensor = InputSpec("input", (None, first), "float32", (), "the question")
    spec = chain(tensor, layers)
    if too_big(spec):
        return None
    entering = (first, *units)
    counts = [weights_of(layer, ((None, width),)) for layer, width in zip(layers, entering, strict=False)]
    parts = listed(
        [f"({width} + 1) x {n} = {count:,}" for width, n, count in zip(entering, units, counts, strict=False)]
    )
    sentence = (
        f"{len(units)} Dense layer{'s' * (len(units) > 1)} after {first:,} inputs have {sum(counts):,} parameters: "
        f"{parts}. The input has no weights. Each unit has one weight per input, and a bias; the output is (None, "
        f"{units[-1]})."
    )
    named_axes = name_axes((None, first), ("batch", "features"), "the question")
    return Told(sentence, spec, {"params": sum(counts)}, (named_axes,))


def _written(asked: Asked) -> list[int]:
    """``784-256-10``."""
    found = _WIDTHS.search(asked.words)
    return [int(n) for n in re.findall(r"\d+", found[1])] if found is not None else []


def _by_words(asked: Asked) -> list[int]:
    """``20 features, 50 hidden neurons, 3 classes``, where the weights are asked about."""
    first, last = asked.number(INPUTS, FEATURES), asked.number(CLASSES, _OUTPUTS)
    hidden = _HIDDEN.search(asked.words)
    several = [int(hidden[2])] * min(int(hidden[1]), 8) if hidden is not None else []
    middle = several or [size for size in (asked.number(UNITS),) if size is not None]
    if (
        first is None
        or last is None
        or not middle
        or not asked.counts
        or asked.layer not in ("", "Dense", "InputLayer")
    ):
        return []
    return [first, *middle, last]


_HIDDEN = re.compile(r"\b(\d) hidden layers? (?:of|with|each|,)? ?(\d{1,5})\b")


_OUTPUTS = (re.compile(r"\b(\d{1,6}) outputs?\b"), re.compile(r"\boutputs?(?: of| is|=|:)? ?(\d{1,6})\b"))


_ROW = re.compile(
    r"\bthen\b|\bfollowed by\b|->|→|\binto\b|\bafter that\b|\band (?:a |an )?(?=[a-z0-9]{3,30}\()|"
    r"\),? ?[a-z0-9]{3,30}\("
)
_MOST_IN_A_ROW = 8


def in_a_row(asked: Asked) -> Told | None:
    """``Dense(64) then Dense(1)``: layers that are called, one after the other."""
    layers = asked.called
    if not 1 < len(layers) <= _MOST_IN_A_ROW or not asked.has(_ROW) or asked.has(_AGAINST):
        return None
    if any(layer.class_name in MERGES for layer in layers):
        return None
    first = in_words(replace(asked, called=layers[:1]))
    if first is None or len(first.shapes) > 1:
        return None
    named_apart = tuple(replace(layer, name=f"{layer.name}_{place}") for place, layer in enumerate(layers, 1))
    tensor = first.spec.inputs[0]
    shape, told, counts = tensor.shape, [], []
    for layer in named_apart:
        made = output_shapes(layer, (shape,))
        if not made or len(made) > 1:
            return None
        counts.append(weights_of(layer, (shape,)))
        told.append(f"{call(layer)} makes {made[0]}" + (f" with {counts[-1]:,} parameters" if counts[-1] else ""))
        shape = made[0]
    spec = chain(tensor, named_apart, assumed=first.assumed)
    if too_big(spec):
        return None
    sentence = f"Of {tensor.shape}{first.told} {', then '.join(told)}. Together they have {sum(counts):,} parameters."
    return Told(sentence, spec, {"params": sum(counts)}, named(first)[:1])


_AGAINST = re.compile(r"\bvs\.?\b|\bversus\b|\bdiffer\w*|\bcompar\w+")


def smaller_sides(asked: Asked) -> Told | None:
    """``26x26 and not 28x28``: which kernel, strides or pooling made the sides so much smaller."""
    sides = [side for side in asked.sides if len(side) >= 2]
    if len(sides) != 2 or asked.called or not (asked.has(_SMALLER) and asked.has(_LAYER_OF_IMAGES)):
        return None
    after, before = sorted((side[:2] for side in sides), key=lambda side: side[0] * side[1])
    lost = {big - small for big, small in zip(before, after, strict=True)}
    if kernel_of(asked, 2) == after or KERNEL.search(asked.words) or len(lost) != 1:
        return None
    gone = lost.pop()
    layer = LayerSpec("Conv2D", "conv", (("filters", 8), ("kernel_size", gone + 1)))
    halved = all(big // small == 2 for big, small in zip(before, after, strict=True))
    if asked.has(_POOLED) or (halved and gone > 10):
        layer = LayerSpec("MaxPooling2D", "max_pooling2d")
    sample: Sizes = (None, *before, 1)
    made = output_shapes(layer, (sample,))
    if not made or made[0][1:3] != after or not gone > 0:
        return None
    (high, wide), height = before, after[0]
    fits = (
        f"A kernel of {gone + 1} x {gone + 1} that stays inside the image (padding=valid, the default) has fewer "
        f"places: "
        f"{high} - {gone + 1} + 1 = {height}. With padding=same zeros are added around it, and {high} x {wide} stays."
    )
    pooled = f"Pooling with pool_size=2 returns one number for every 2 x 2 pixels, so {high} becomes {height}."
    why = fits if layer.class_name == "Conv2D" else pooled
    spec = on_one_input(sample, layer, ("channels = 1", *(("filters = 8",) if layer.class_name == "Conv2D" else ())))
    return Told(
        f"{why} Here {call(layer)} turns {sample} into {made[0]}; its filters and the channels are examples.", spec
    )


def superfluous_axis(asked: Asked) -> Told | None:
    """``(None, 1, 64)`` without its axis of 1."""
    shape = next((s for s in asked.shapes if len(s) > 2 and 1 in s[1:] and None not in s[1:]), None)
    if shape is None or not asked.has(_SUPERFLUOUS) or asked.called:
        return None
    place = shape.index(1, 1)
    rest = tuple(n or 1 for i, n in enumerate(shape) if i not in (0, place))
    one = f"{rest[0]}," if len(rest) == 1 else ", ".join(map(str, rest))
    flat = " Flatten() does the same here." if len(rest) == 1 else ""
    last = " If a recurrent layer made it, omit return_sequences=True." if len(shape) == 3 and place == 1 else ""
    sentence = (
        f"layers.Reshape(({one})) makes (None, {', '.join(map(str, rest))}) of {shape}: the axis of size 1 holds no "
        f"extra numbers.{flat} In NumPy it is np.squeeze(x, axis={place}).{last}"
    )
    tensor = InputSpec("input", (None, *shape[1:]), "float32", (), "the question")
    layer = LayerSpec("Reshape", "reshape", (("target_shape", rest),))
    return Told(sentence, chain(tensor, (layer,)), {})
