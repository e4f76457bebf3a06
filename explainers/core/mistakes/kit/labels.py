"""Labels outside the classes: what losses and to_categorical say of them."""

# ruff: noqa: E501  (a wording stands on one line, as it is printed)

from __future__ import annotations

import re

from explainers.core.finding import Finding
from explainers.core.mistakes.kit.scene import EXAMPLES, Scene, entry
from explainers.core.mistakes.kit.sheet import Family
from explainers.core.spec import Check, LayerSpec, ModelSpec, chain

_CLASSES_SAID = re.compile(
    r"\b(?:belonging to (?P<a>\d{1,5}) class|(?:n|num|nb|number_of|no_of)_?classes ?[=:] ?(?P<b>\d{1,5})\b|"
    r"(?P<c>\d{1,5}) (?:different )?(?:classes|categories)\b)",
    re.IGNORECASE,
)


_SOFTMAX = re.compile(r"Dense\((?:units ?= ?)?(\d{1,5}),[^()\n]{0,60}softmax")


def classes_said(text: str) -> int | None:
    """The number of classes that the words of a text give; None where they give none, or several."""
    said = {int(found[found.lastgroup or 0]) for found in list(_CLASSES_SAID.finditer(text))[:24]}
    return said.pop() if len(said) == 1 else None


def classes_of_softmax(text: str) -> int | None:
    """The units of the only softmax that a text speaks of."""
    units = set(map(int, _SOFTMAX.findall(text)))
    return units.pop() if len(units) == 1 else None


def _live_label(scene: Scene) -> ModelSpec | None:
    """A model with so many classes, trained on a label that none of them has."""
    classes, label = scene.finding.number("classes"), scene.finding.number("label")
    if classes is None or classes < 1 or label is None:
        return None
    features, samples = scene.example("features"), EXAMPLES["samples"]
    target = Check("fit", ((samples, features),), ((samples,),), "sparse_categorical_crossentropy", label=label)
    dense = LayerSpec("Dense", "dense", (("units", classes), ("activation", "softmax")))
    return chain(entry((None, features), origin="an example"), (dense,), checks=(target,))


def _words(finding: Finding) -> dict[str, str]:
    return {"only_unit": "1 unit"} if finding.number("classes") == 1 else {}


OUT_OF_RANGE = (
    Family(
        sees=("outside the valid range",),
        says=("Received a label value of {label} which is outside the valid range of [{low}, {classes})",),
        causes=(
            "The last layer has {only_unit}, so 0 is the only class that the loss knows; one label is {label}. A sparse loss needs a unit for each class.",
            "The label {label} is outside 0 … {last_class}: the output has {classes} classes.",
        ),
        title="A label outside the classes of the output",
        words=_words,
        live=_live_label,
    ),
    Family(
        sees=("out of bounds for axis 1",),
        says=("index {label} is out of bounds for axis 1 with size {classes}",),
        causes=(
            "Axis 1 has {classes} entries, 0 to {last_class}; {label} is beyond the last. to_categorical puts a label "
            "there: labels count from 0, and num_classes is the largest label + 1.",
        ),
        title="A label that has no column",
        live=_live_label,
    ),
)
