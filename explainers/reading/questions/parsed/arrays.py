"""The shapes of x and of y are both said: the layers that read the one and predict the other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from explainers.core.axes import Shape
from explainers.core.finding import name_axes
from explainers.core.layers import RECURRENT
from explainers.core.spec import LayerSpec, Sizes, snake
from explainers.reading.questions.parsed.counts import examples_told
from explainers.reading.questions.parsed.every_step import EACH_STEP, OF_TARGETS
from explainers.reading.questions.parsed.network import Network, of_layers
from explainers.reading.questions.parsed.parts import Parts
from explainers.reading.questions.read_by import call
from explainers.reading.questions.words import Told

_BUILDS = re.compile(
    r"\bhow\b|\bdesign\b|\bbuild\b|\bstructure\b|\barchitecture\b|\bwhich (?:layers?|model)\b|\bmany[- ]to[- ]|"
    r"\bimplement\b|\bset ?up\b|\bi (?:want|need|would like|'?d like)\b|\bshould\b|\bcan (?:i|keras|an?|the)\b"
)
_BOTH = re.compile(
    r"\bx(?:_\w{2,6})? and y(?:_\w{2,6})?\b[^()]{0,30}\bboth\b|\bboth x(?:_\w{2,6})? and y\b|"
    r"\binputs? and (?:outputs?|targets?|labels?)\b[^()]{0,30}\b(?:both|same)\b"
)
_ELSE = re.compile(r"\bparam(?:eter)?s?\b|\bweights\b|\bbatch(?:es)? per\b|\bbroadcast|\bcompatible\b|\bsame as\b")
_COMES_OUT = re.compile(r"\b(?:predict\w*|outputs?|returns?|gives?)\b[^()]{0,20}$")
_CLASSES = re.compile(r"\bclass(?:es|ify|ification)?\b|\bcategor|\bone[- ]?hot\b|\bsoftmax\b|\btags?\b")


def of_arrays(parts: Parts, entries: Mapping[str, int]) -> Told | None:
    """The model between two arrays; None where the question doesn't give both or asks for something else."""
    both = _both(parts)
    asks = _BUILDS.search(parts.words) or OF_TARGETS.search(parts.words)
    if both is None or "stateful" in parts.words or _ELSE.search(parts.words) or not asks:
        return None
    x, y = both
    body = _body(parts, x, y, entries)
    if body is None:
        return None
    layers, examples, why = body
    made = of_layers((None, *x[1:]), layers)
    if made is None or made.after[1:] != (y[1:] or (1,)):
        return None
    shown = replace(made, examples=examples)
    return Told(_sentence(parts, x, y, shown, why), shown.spec, {"samples": x[0]} if x[0] else {}, _named(x))


def _asked_for(parts: Parts) -> tuple[Sizes, Sizes] | None:
    """The shape of x, and that of y where it is asked for and follows from what is predicted at each step."""
    shapes = [one.sizes for one in parts.shaped if one.part in ("in", "data")]
    numbers = next((one.value for one in parts.said if one.role in ("outputs", "classes")), None)
    if len(shapes) != 1 or len(shapes[0]) != 3 or None in shapes[0] or numbers is None:
        return None
    if not OF_TARGETS.search(parts.words) or not EACH_STEP.search(parts.words):
        return None
    return shapes[0], (*shapes[0][:2], numbers)


def _both(parts: Parts) -> tuple[Sizes, Sizes] | None:
    """The shapes of x and y: as many samples, the first is read, the other is said of labels, targets or outputs."""
    asked_for = _asked_for(parts)
    if asked_for is not None:
        return asked_for
    shapes = list(dict.fromkeys((one.sizes, one.part) for one in parts.shaped))
    if any(None in sizes for sizes, _ in shapes):
        return None
    if len(shapes) == 1 and _BOTH.search(parts.words) and len(shapes[0][0]) > 1:
        return shapes[0][0], shapes[0][0]
    read = next((one.sizes for one in parts.shaped if one.part in ("in", "data") and len(one.sizes) > 1
                 and not _COMES_OUT.search(parts.words, 0, one.start)), None)  # fmt: skip
    target = next((sizes for sizes, part in shapes if part in ("labels", "out", "to")), None)
    alike = read is not None and target is not None and read[0] == target[0] and len(shapes) == 2
    return (read, target) if read is not None and target is not None and alike else None


_Body = tuple[tuple[LayerSpec, ...], dict[str, int], str]


def _body(parts: Parts, x: Sizes, y: Sizes, entries: Mapping[str, int]) -> _Body | None:
    """The layers, their sizes that are examples, and why they are these."""
    numbers = y[-1] if len(y) > 1 else 1
    last = LayerSpec("Dense", "dense", (("units", numbers),))
    if len(x) == 3:
        return _of_sequences(parts, x, y, last, entries)
    if len(x) == 2 and any(one.name in RECURRENT for one in parts.mentions):
        return None  # it is asked how the rows become sequences
    if len(x) == 2 and len(y) <= 2:
        return (last,), {}, "Each sample is a row, which a Dense reads; hidden Dense layers may be in front."
    if len(x) == 4 and len(y) <= 2:
        conv = LayerSpec("Conv2D", "conv", (("filters", 8), ("kernel_size", 3)))
        pool = LayerSpec("GlobalAveragePooling2D", "pool")
        return (conv, pool, last), {"filters": 8, "kernel_size": 3}, "The pooling leaves one row for each image."
    return None


def _of_sequences(parts: Parts, x: Sizes, y: Sizes, last: LayerSpec, entries: Mapping[str, int]) -> _Body | None:
    name = next((one.name for one in parts.mentions if one.name in RECURRENT), "LSTM")
    said = next((one.given.get("units") for one in parts.mentions if one.name in RECURRENT), None)
    units = said if isinstance(said, int) else parts.size("units") or entries.get("units", 32)
    examples = {} if said or parts.size("units") or "units" in entries else {"units": units}
    every, end = (
        LayerSpec(name, snake(name), (("units", units), *more)) for more in ((("return_sequences", True),), ())
    )
    if len(y) <= 2 and y[1:] != x[1:2]:
        return (end, last), examples, "y has no axis of steps, so only the last output of the recurrent layer is used."
    if len(y) == 2:
        why = (
            f"y has one number for each of the {y[1]} steps or a row of {y[1]} numbers, and Dense({y[1]}) predicts "
            "all of them at the end."
        )
        return (end, last), examples, why
    if len(y) == 3 and y[1] == x[1]:
        why = (
            f"y has as many steps as x, {y[1]}, so return_sequences=True keeps them and the Dense works at each step; "
            "TimeDistributed around it is the same."
        )
        return (every, last), examples, why
    if len(y) == 3:
        repeat = LayerSpec("RepeatVector", "repeat", (("n", y[1]),))
        why = (
            f"y has {y[1]} steps and x has {x[1]}, so the first {name} reads all of x, RepeatVector({y[1]}) gives its "
            f"last output to each new step, and a second {name} makes one output for each."
        )
        return (end, repeat, every, last), examples, why
    return None


def _sentence(parts: Parts, x: Sizes, y: Sizes, shown: Network, why: str) -> str:
    layers = " → ".join(call(row.layer) for row in shown.rows)
    column = " (y as it is, or y[:, None])" if len(y) == 1 else ""
    loss = "mse for numbers"
    if len(y) > 1 and y[-1] != 1 and _CLASSES.search(parts.words):
        loss = "categorical_crossentropy with softmax for one-hot rows"
    asked = f"y is {y}. " if OF_TARGETS.search(parts.words) else ""
    return (
        f"{asked}{layers} turns {shown.shape} into {shown.after}, which fits y, {y}{column}"
        f"{examples_told(shown.examples)}. "
        f"{why} input_shape={x[1:]}, and the loss is {loss}."
    )


def _named(x: Sizes) -> tuple[Shape, ...]:
    axes = {2: ("samples", "features"), 3: ("samples", "timesteps", "features")}
    names = axes.get(len(x), ("samples", "height", "width", "channels"))
    return (name_axes(x, names, "the question"),)
