"""Questions about the end of a model: numbers to predict, two classes; and about states, and other frameworks."""

from __future__ import annotations

import re

from explainers.core.finding import name_axes
from explainers.core.spec import InputSpec, LayerSpec, chain
from explainers.reading.questions.words import FEATURES, Asked, Forms, Told

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
_BATCH_AXIS = re.compile(
    r"expand_dims\([^)\n]{0,40}(?:axis ?= ?0|, ?0)|newaxis|(?:add|missing|lacks?|without|needs?).{0,20}batch (?:axis|"
    r"dimension)|"
    r"predict (?:on )?(?:a |one |1 )?(?:single|one|1)\b"
)


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
