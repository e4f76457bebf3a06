"""An output and a target that don't fit, made live: a model with the output that was expected, trained on what came."""

from __future__ import annotations

import math
import re

from explainers.core.finding import Finding
from explainers.core.layers import LOOPS, SHEETS
from explainers.core.mistakes.kit.colors import SMALLEST, front_names, one_picture
from explainers.core.mistakes.kit.labels import classes_of_softmax, classes_said
from explainers.core.mistakes.kit.losses import named_loss
from explainers.core.mistakes.kit.mending.broken import IN_FRONT, fits
from explainers.core.mistakes.kit.scene import EXAMPLES, Scene, entry
from explainers.core.spec import Argument, Check, LayerSpec, ModelSpec, Sizes, chain, snake

SPARSE = re.compile(r"sparse", re.IGNORECASE)
_OTHER_NETS = re.compile(r"conv|attention|transformer|dense|flatten|pool|embed|image|pixel", re.IGNORECASE)
RECURRENT = re.compile(r"lstm|gru\b|rnn|bidirectional|return_sequences|time_?-?steps?|sequence|forecast", re.IGNORECASE)


def trained(scene: Scene) -> ModelSpec | None:
    """A model with the output that was expected, trained on the target that was found."""
    finding = scene.finding
    logits, labels = finding.shape("logits"), finding.shape("labels")
    found = finding.shape("found") or labels
    if found is None:
        return None
    if logits is not None and labels is not None and (rows := rows_as_samples(logits, labels, scene.text)) is not None:
        logits, found = rows
    expected = finding.shape("expected") or logits or _classes_of(scene, found) or _expected_output(scene, found)
    if len(expected) == len(found) and finding.without_batch:
        expected, found = (None, *expected), (EXAMPLES["samples"], *found)
    if not expected or expected[-1] is None or None in found[1:]:
        return None
    found = tuple(EXAMPLES["samples"] if n is None else n for n in found) or (1,)
    batch = logits[0] if logits is not None else None
    first = {"data_format": "channels_first"} if front_names(expected) else {}
    last = _last(finding, expected, expected[1] if first else expected[-1], **first)
    alone = len(found) == len(expected) - 1 and len(found) > 2 and fits(expected[1:], found)
    before: Sizes = (batch if batch != found[0] else None, *_sample_before(scene, last, expected, found))
    loss = _loss(scene, expected, found)
    if loss == "categorical_crossentropy" and last.class_name in LOOPS and found[-1] == 1:
        loss = "binary_crossentropy"  # its units are a state, no classes
    several = len(found) > 1 and (found[-1] or 0) > 1
    if loss.startswith("sparse") and expected[-1] == 1 and several:  # it reads one label for each row
        last = _last(finding, expected, found[-1])
    return chain(
        entry(before, origin="an example"),
        (*(() if last.class_name in LOOPS else _steps_in_front(scene, expected, found)), last),
        sequential=True,
        checks=(Check("fit", (_concrete(before, 1 if alone else found[0]),), (found,), loss),),
    )


def _sample_before(scene: Scene, last: LayerSpec, expected: Sizes, found: Sizes) -> Sizes:
    """What one sample is in front of the layers, so that the output is the one that was expected."""
    facts = SHEETS[last.class_name]
    if facts.group == "flatten":
        return expected[1:]
    if last.get("data_format") is not None:
        return (scene.example("channels"), *expected[2:])
    if _only_the_last_step(scene, expected, found):
        return (found[1], scene.example("features"))
    if last.class_name in LOOPS and len(expected) == 2:
        return (scene.example("timesteps"), scene.example("features"))
    return (*expected[1:-1], scene.example("features"))


def _steps_in_front(scene: Scene, expected: Sizes, found: Sizes) -> tuple[LayerSpec, ...]:
    """An output for each step against a target for each sample: most often a recurrent layer that gives every step."""
    if _only_the_last_step(scene, expected, found):
        return (LayerSpec("LSTM", "lstm", (("units", scene.example("units in front")),)),)
    other_steps = len(found) == 3 and found[1] != expected[1:2][0] if len(expected) > 1 else False
    if len(expected) != 3 or not (len(found) < 3 or other_steps):
        return ()
    told = RECURRENT.search(scene.text)
    if not told and (len(found) != 2 or found[-1] != expected[-1] or _OTHER_NETS.search(scene.text)):
        return ()
    units = scene.example("units in front")
    return (LayerSpec("LSTM", "lstm" if told else IN_FRONT, (("units", units), ("return_sequences", True))),)


def _only_the_last_step(scene: Scene, expected: Sizes, found: Sizes) -> bool:
    """An output for each sample against a target for each step, in a text about sequences."""
    return len(expected) == 2 and len(found) == 3 and RECURRENT.search(scene.text) is not None


def _last(finding: Finding, expected: Sizes, columns: int | None, **order: Argument) -> LayerSpec:
    """The layer that the message names, where it makes the output's last axis or keeps it; else a Dense."""
    name = finding.layer if finding.layer and re.fullmatch(r"\w{1,60}", finding.layer) else "dense"
    facts = SHEETS.get(finding.class_name or "")
    if facts is not None and facts.group == "conv" and facts.rank == len(expected) and "Depthwise" not in facts.name:
        return LayerSpec(facts.name, name, (("filters", columns), ("kernel_size", 1), *order.items()))
    if facts is not None and facts.name in LOOPS and len(expected) in (2, 3):
        steps = (("return_sequences", True),) if len(expected) == 3 else ()
        return LayerSpec(facts.name, name, (("units", columns), *steps))
    if facts is not None and facts.group == "flatten" and len(expected) == 2:
        return LayerSpec(facts.name, name)
    if facts is None and len(expected) == 4 and not order and min(n or 0 for n in expected[1:3]) >= SMALLEST:
        return LayerSpec(
            "Conv2D", name if name != "dense" else snake("Conv2D"), (("filters", columns), ("kernel_size", 1))
        )
    return LayerSpec("Dense", name, (("units", columns),))


def _expected_output(scene: Scene, found: Sizes) -> Sizes:
    """An output of the expected rank that such a target was most likely meant for."""
    rank = scene.finding.number("expected_ndim") or len(found) + 1
    meant = None if None in found else _meant(scene.finding, rank, found)
    if meant is not None:
        return meant
    classes = scene.finding.number("classes") or (found[-1] if len(found) > 1 else None) or scene.example("units")
    names = ("timesteps",) if rank == 3 else tuple(f"axis {i + 1}" for i in range(rank - 2))
    middle = tuple(scene.example(name) for name in names)
    return (None, *middle, classes)


def rows_as_samples(logits: Sizes, labels: Sizes, text: str) -> tuple[Sizes, Sizes] | None:
    """(960, 6) and (32,): 30 rows of outputs for each of 32 labels; (32, 6) and (960,): 30 labels for each row."""
    if len(logits) != 2 or len(labels) != 1 or None in (*logits, *labels):
        return None
    rows, count = logits[0] or 1, labels[0] or 1
    if rows == count or (rows % count and count % rows) or count == 1 or count == rows * (logits[1] or 1):
        return None
    if rows < count:
        return (None, logits[1]), (rows, count // rows)
    side = side_of_square(rows // count)
    if side and _PICTURES.search(text):
        return (None, side, side, logits[1]), labels
    return (None, rows // count, logits[1]), labels


_PICTURES = re.compile(r"conv_?2d|image|pixel|segment|mask|u-?net", re.IGNORECASE)


def _classes_of(scene: Scene, found: Sizes) -> Sizes | None:
    """The output for a column of integer labels, which the loss for one-hot rows was given."""
    said = str(scene.finding.values.get("loss", "")).strip("`'\".")
    if found[-1:] != (1,) or said != "categorical_crossentropy":
        return None
    last = next((layer for layer in reversed(scene.written) if layer.class_name == "Dense"), None)
    units = last.get("units") if last is not None else None
    classes = (
        units
        if isinstance(units, int) and units > 1
        else classes_said(scene.text) or classes_of_softmax(scene.text) or scene.example("units")
    )
    return (None, *found[1:-1], classes)


def _meant(finding: Finding, rank: int, found: Sizes) -> Sizes | None:
    """The output by the target's own axes: one of size 1 lacks or is too much, or its numbers stand in a row."""
    if one_picture(found) and rank == 4:
        return (None, *found)
    if len(found) == 3 and rank == 4 and (side := side_of_square(found[1])) and found[2] != found[1]:
        return (None, side, side, found[2])
    if len(found) == rank - 1 and (rank in (4, 5) or (rank == 3 and _each_step(finding))):
        return (None, *found[1:], 1)
    if len(found) == 2 and rank == 4:
        side = side_of_square(found[1])
        return (None, side, side, 1) if side else None
    if len(found) < 3 or rank != 2 or RECURRENT.search(finding.around):
        return None
    if len(found) == 3 and found[2] == 2 < (found[1] or 0):  # one-hot rows, one-hot encoded again
        return (None, found[1])
    larger = [n for n in found[1:] if n != 1]
    return (None, larger[0] if len(larger) == 1 else math.prod(n or 1 for n in found[1:]))


def side_of_square(pixels: int | None) -> int:
    """The side of a square of so many pixels; 0 where they make none, or hardly an image."""
    side = math.isqrt(pixels or 0)
    return side if side >= SMALLEST and side * side == pixels else 0


def _each_step(finding: Finding) -> bool:
    """Whether the last layer gives one output for each step, by its class or its name."""
    facts = SHEETS.get(finding.class_name or "")
    by_class = facts is not None and (facts.group == "wrapper" or (facts.group == "conv" and facts.rank == 3))
    return by_class or "crf" in (finding.layer or "").lower()


def _concrete(shape: Sizes, samples: int | None) -> Sizes:
    batch = shape[0] if shape[0] is not None else samples
    return (batch, *(EXAMPLES["timesteps"] if n is None else n for n in shape[1:]))


_OWN_LOSS = re.compile(r"\bdef \w{1,60}\( ?\w{0,20}true\w{0,20}, ?\w{0,20}pred")


def _loss(scene: Scene, expected: Sizes, found: Sizes) -> str:
    """The loss in the message; else one that compares shapes as old Keras did for every loss."""
    said = str(scene.finding.values.get("loss", "")).strip("`'\".")
    if said in (
        "mean_squared_error",
        "mean_absolute_error",
        "categorical_crossentropy",
        "binary_crossentropy",
        "sparse_categorical_crossentropy",
        "mse",
        "mae",
        "huber",
    ):
        return said
    if not said and (named := named_loss(scene.text)):
        return named
    if _OWN_LOSS.search(scene.text):
        return "mse"  # it compares numbers, and knows of no classes
    squeezed = scene.finding.number("axis") is not None and SPARSE.search(scene.text)
    if (
        squeezed
        or "target.ndim" in scene.text
        or "up until the last dim" in scene.text
        or scene.finding.shape("logits") is not None
    ):
        return "sparse_categorical_crossentropy"
    return "categorical_crossentropy" if (expected[-1] or 1) > 1 else "binary_crossentropy"
