"""Questions about the same numbers in another form: what a Flatten counts, what a reshape can make, what -1 means."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from explainers.core.finding import name_axes
from explainers.core.spec import InputSpec, LayerSpec, chain
from explainers.core.words import listed
from explainers.reading.questions.models import on_one_input, told_examples, with_examples
from explainers.reading.questions.words import FEATURES, STEPS, Asked, Told

_FLAT = re.compile(r"\bflatten(?:ed|s)?\b|\bflat\b")
_RESHAPED = re.compile(
    r"\breshap\w{1,3}\b|\bunflatten\b|\b(?:turn|convert|make|get) .{0,60}\b(?:in)?to\b|\.view\(|np\.resize"
)
_MINUS_ONE = re.compile(r"(?<![\w.])-1\b|\bminus one\b")
_TWO = re.compile(r"\breshape\b.{0,60}\bflatten\b|\bflatten\b.{0,60}\breshape\b")
_VIEWED = re.compile(
    r"(?:view|reshape)\(\s{0,2}(?:\w{1,20}(?:\.\w{1,10}){0,3}(?:\([^()]{0,10}\)|\[\d\])?|-1)\s{0,2},\s{0,2}((?:-?\d{1,7}\s{0,2},?\s{0,2}){1,4})\)"
)
_LARGEST = 10**7
_CHANNELS = (64, 32, 128, 16, 256, 512, 8, 3, 1)


def flattened_number(asked: Asked) -> Told | None:
    """``Flatten gives 3136``, without the shape in front of it: the images that have just so many numbers."""
    if not asked.has(_FLAT) or asked.called or asked.shapes or asked.sides or len(asked.numbers) != 1:
        return None
    count = asked.numbers[0]
    found = list(_images_of(count))[:3]
    if not 3 < count <= _LARGEST or not found:
        return None
    height, width, channels = found[0]
    ways = listed([f"{h} x {w} x {c}" for h, w, c in found]).replace(" and ", " or ")
    sentence = (
        f"Flatten multiplies the sizes of one sample, without the batch. {count:,} may be {ways}: the row above "
        "Flatten in your model.summary() says which. "
        f"Here (None, {height}, {width}, {channels}) becomes (None, {count}){_examples(found[0])}."
    )
    alone = on_one_input((None, height, width, channels), LayerSpec("Flatten", "flatten"))
    spec = with_examples(alone, height=(height, None), width=(width, None), channels=(channels, None))
    return Told(sentence, spec, {"features": count}, (name_axes((None, count), ("batch", "features"), "the question"),))


def _examples(sizes: tuple[int, int, int]) -> str:
    return told_examples(
        **{name: (size, None) for name, size in zip(("height", "width", "channels"), sizes, strict=True)}
    )


def _images_of(count: int) -> Iterator[tuple[int, int, int]]:
    """Square images with so many numbers, the likeliest number of channels first."""
    for channels in _CHANNELS:
        side = math.isqrt(count // channels) if count % channels == 0 else 0
        if side > 1 and side * side * channels == count:
            yield side, side, channels


def reshaped(asked: Asked) -> Told | None:
    """``784 to 28x28``: whether it can be done, how it is written, and what goes in and out."""
    found = _ONE_TO_ANOTHER.search(asked.words) if asked.has(_RESHAPED) and not asked.called else None
    if found is None or (found["to"].isdigit() and found["source"].isdigit()):
        return None
    steps, features = asked.number(STEPS), asked.number(FEATURES)
    in_words = found["to"].isdigit() and steps is not None and features is not None and int(found["to"]) == steps
    to = (steps, features) if in_words and steps and features else _sizes(found["to"])
    source, target = _without_batch(_sizes(found["source"]), to)
    if not source or not target or 0 in (*source, *target) or max(map(math.prod, (source, target))) > _LARGEST:
        return None
    return (
        fits(source, target, images=not in_words)
        if math.prod(source) == math.prod(target)
        else fits_not(source, target)
    )


def _sizes(text: str) -> tuple[int, ...]:
    """``(none, 784)`` -> (-1, 784); ``28x28`` -> (28, 28)."""
    return tuple(-1 if size in ("none", "-1") else int(size) for size in re.findall(r"none|-1|\d{1,8}", text))


def _without_batch(source: tuple[int, ...], target: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """One sample before and after: a first axis that is open, or the same in both, is the batch."""
    if source[:1] == target[:1] or -1 in (*source[:1], *target[:1]):
        cut = source[1:] if source[0] == -1 or source[:1] == target[:1] or len(source) > 1 else source
        return cut, target[1:] if target[:1] == (-1,) or source[:1] == target[:1] else target
    if len(source) > 1 and math.prod(source[1:]) == math.prod(target):
        return source[1:], target
    return source, target


_SHAPE = r"[(\[]\s?(?:none|-1|\d{1,8})(?:\s?,\s?(?:none|-1|\d{1,8})){0,4}\s?,?\s?[)\]]|\d{1,6}(?:x\d{1,6}){1,3}|\d{1,8}"
_ONE_TO_ANOTHER = re.compile(
    rf"(?P<source>{_SHAPE})(?: (?:numbers|values|pixels|vectors?|arrays?|inputs?|features|columns))? ?(?:in)?(?:to|"
    rf"->|as) "
    rf"(?:an? )?(?:shape |image |images |matrix |array )?(?:of )?(?:shape )?(?P<to>{_SHAPE})(?![\w.%])"
)


def fits(source: tuple[int, ...], target: tuple[int, ...], images: bool = True) -> Told:
    """That it can be done; what else images need."""
    count = math.prod(source)
    product = " x ".join(map(str, target if len(target) > 1 else source))
    array = f"x.reshape(-1, {', '.join(map(str, target))})"
    layer = LayerSpec("Reshape", "reshape", (("target_shape", target),))
    channels = (
        f" Conv2D needs a channels axis as well: x.reshape(-1, {target[0]}, {target[1]}, 1)."
        if len(target) == 2 and images
        else ""
    )
    one = f"{target[0]}," if len(target) == 1 else ", ".join(map(str, target))
    sentence = (
        f"It fits: {product} = {count:,} numbers in each sample, before and after. In NumPy {array}, in a model "
        f"layers.Reshape(({one})); both leave the batch alone.{channels}"
    )
    tensor = InputSpec("input", (None, *source), "float32", (), "the question")
    named = (name_axes((None, *target), ("batch",), "after the reshape"),)
    return Told(sentence, chain(tensor, (layer,)), {}, named)


def fits_not(source: tuple[int, ...], target: tuple[int, ...]) -> Told:
    have, need = math.prod(source), math.prod(target)
    rows, rest = divmod(have, need)
    several = (
        f" {have:,} numbers are {rows} samples of {need:,}." if not rest and rows > 1 else
        f" The nearest shape that also fits has {have:,} numbers, too."
    )  # fmt: skip
    left, right = _product(source), _product(target)
    sentence = (
        f"That can't be reshaped: there are {left} numbers, but {right} are needed. A reshape keeps every number; it "
        f"adds none and drops none.{several if rows > 1 and not rest else ''}"
    )
    spec = on_one_input((None, *source), LayerSpec("Flatten", "flatten")) if len(source) > 1 else None
    return Told(sentence, spec, {"have": have, "need": need})


def _product(sizes: tuple[int, ...]) -> str:
    """``28 x 30 = 840``; a number alone is itself."""
    return f"{math.prod(sizes):,}" if len(sizes) == 1 else f"{' x '.join(map(str, sizes))} = {math.prod(sizes):,}"


def viewed(asked: Asked) -> Told | None:
    """``x.view(-1, 320)`` and its like in Keras: Flatten, or Reshape, which both leave the batch alone."""
    found = _VIEWED.search(asked.words)
    sizes = tuple(int(n) for n in re.findall(r"-?\d+", found[1])) if found is not None else ()
    if found is None or min(sizes) < 1 or math.prod(sizes) > _LARGEST:
        return None
    one = f"{sizes[0]}," if len(sizes) == 1 else ", ".join(map(str, sizes))
    flat = "layers.Flatten(), which works the number out, or " if len(sizes) == 1 else ""
    sentence = (
        f"In Keras it is {flat}layers.Reshape(({one})): neither names the batch, which stays in front. Each sample has "
        f"{_product(sizes)} numbers after it. A -1 in front lets PyTorch or NumPy work out the batch; where the "
        "numbers of a sample don't fit, samples are cut without a warning."
    )
    likely = next(_images_of(math.prod(sizes)), None) if len(sizes) == 1 else None
    source: tuple[int, ...] = likely or (math.prod(sizes),)
    made_up = {f"axis {place}": (size, None) for place, size in enumerate(source, 1)} if likely else {}
    layer = LayerSpec("Reshape", "reshape", (("target_shape", sizes),))
    tensor = InputSpec("input", (None, *source), "float32", (), "an example" if likely else "the question")
    return Told(sentence, with_examples(chain(tensor, (layer,)), **made_up), {})


def minus_one(asked: Asked) -> Told | None:
    """What -1 means in a reshape."""
    if not asked.has(_MINUS_ONE) or not re.search(r"reshape|\bview\b", asked.words):
        return None
    sentence = (
        "-1 means: work this size out from the others. At most one axis may be -1. Reshape((-1, 4)) cuts the 24 "
        "numbers of a sample into 6 rows (24 and 4 are examples). In NumPy the batch counts too, so x.reshape(-1, "
        "24) keeps your samples only if each has 24 numbers."
    )
    tensor = InputSpec("input", (None, 24), "float32", (), "an example")
    layer = LayerSpec("Reshape", "reshape", (("target_shape", (-1, 4)),))
    return Told(sentence, chain(tensor, (layer,), assumed=("features = 24", "columns = 4")))


def reshape_or_flatten(asked: Asked) -> Told | None:
    """The difference between the two layers."""
    if not asked.has(_TWO) or any(layer.get("target_shape") != (-1,) for layer in asked.called):
        return None
    shape = next((s for s in asked.shapes if len(s) in (3, 4) and s[0] is None and None not in s[1:]), None)
    sample = tuple(n or 1 for n in shape[1:]) if shape is not None else (6, 4, 8)
    count = math.prod(sample)
    example = "" if shape is not None else f" ({sample} is an example)"
    target = (math.prod(sample[:-1]), sample[-1])
    sentence = (
        f"Flatten turns each sample into one row: {(None, *sample)} becomes (None, {count}). Reshape makes the shape "
        f"that you give it: Reshape({target}), for example, returns (None, {target[0]}, {target[1]}); the {count} "
        f"numbers must fit{example}. Neither reorders the numbers, has weights or touches the batch."
    )
    tensor = InputSpec("input", (None, *sample), "float32", (), "the question" if shape else "an example")
    layers = (LayerSpec("Reshape", "reshape", (("target_shape", target),)), LayerSpec("Flatten", "flatten"))
    made_up = () if shape is not None else tuple(f"axis {place} = {size}" for place, size in enumerate(sample, 1))
    if asked.called:
        sentence = f"Reshape((-1,)) does what Flatten does: one axis that holds all numbers. {sentence}"
    return Told(sentence, chain(tensor, layers, assumed=made_up))
