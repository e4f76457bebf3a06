"""How many parameters a layer has that isn't counted by one product: normalizations, attention, what is wrapped."""

from __future__ import annotations

import re

from explainers.core.finding import Value, name_axes
from explainers.core.layers import sheet
from explainers.core.layers.signatures import needed
from explainers.core.spec import LayerSpec, snake
from explainers.core.words import listed
from explainers.reading.questions.by_words import InWords, in_words, named
from explainers.reading.questions.models import on_one_input
from explainers.reading.questions.other_counts import other_counts
from explainers.reading.questions.read_by import call
from explainers.reading.questions.words import Asked, Told
from explainers.reading.shapes import held_by, weight_shapes

_SHAPES = re.compile(
    r"weights?(?:'s|s')? (?:matri\w{2,4} )?(?:shapes?|dimensions?|matri\w{2,4})|(?:shapes?|dimensions?) of (?:the |"
    r"its |all )*weights|get_weights"
)
_MOVING = ("moving_mean", "moving_variance", "mean", "variance")
_MOST = 10  # weights that a sentence can name


def counted(asked: Asked) -> Told | None:
    """The weights one by one, as the layer's own rule says them."""
    if not asked.counts or not asked.layer:
        return None
    found = in_words(asked)
    if found is None or found.outputs is None:
        return None
    held = held_by(found.layer, found.entering)
    total = sum(size for _, size in held)
    if not held or not total or len(held) > _MOST:
        return None
    parts = listed([f"{name} {size:,}" for name, size in held])
    kept = [name for name, _ in held if name in _MOVING]
    still = sum(size for name, size in held if name in _MOVING)
    if asked.has(_SHAPES):
        shapes = weight_shapes(found.layer, found.entering)
        parts = listed([f"{name} {shape}" for (name, _), shape in zip(held, shapes, strict=True)])
    moving = f" {listed(kept)} are measured, not trained: {still:,} non-trainable." if kept else ""
    claimed = other_counts(asked, found.layer, found.shapes[0], total)
    sentence = (
        f"{call(found.layer)} on {found.shapes[0]}{found.told} has {total:,} parameters. By weights: {parts}."
        f"{moving}{claimed}{_output(asked, found)}"
    )
    values: dict[str, Value] = {"params": total}
    return Told(sentence, found.spec, values, named(found))


def _output(asked: Asked, found: InWords) -> str:
    """What the layer makes, where that is asked, too."""
    made = found.outputs
    return f" It turns {found.shapes[0]} into {made[0]}." if made and asked.has(_OUTPUT) else ""


_OUTPUT = re.compile(r"\boutputs?\b")


def known_width(asked: Asked) -> Told | None:
    """``BatchNormalization on 128``: a layer whose count follows from the width alone, and a lone number."""
    if len(asked.numbers) != 1 or asked.called or not asked.counts or asked.shapes or asked.sides:
        return None
    number = asked.numbers[0]
    if sheet(asked.layer) is None or needed(asked.layer) or not 0 < number <= _WIDEST:
        return None
    layer = LayerSpec(asked.layer, snake(asked.layer))
    held = held_by(layer, ((None, number),))
    total = sum(size for _, size in held)
    if not total:
        return None
    still = sum(size for name, size in held if name in _MOVING)
    parts = listed([f"{name} {size:,}" for name, size in held])
    inverse = ""
    if still and number % 2 == 0 and asked.has(_STILL):
        half = number // 2
        inverse = (
            f" If {number:,} is the number of non-trainable parameters, the layer reads {half:,} features: {half} each."
        )
    sentence = (
        f"{asked.layer} on {number:,} features has {total:,} parameters"
        f"{f', {still:,} of them non-trainable' if still else ''}. By weights: {parts}.{inverse}"
    )
    named = name_axes((None, number), ("batch", "features"), "the question")
    return Told(sentence, on_one_input((None, number), layer), {"params": total, "features": number}, (named,))


_STILL = re.compile(r"non-?trainable")
_WIDEST = 10**5
