"""What a model is to predict, as a question says it: classes, numbers, a horizon; the shape of y and the last layer."""

from __future__ import annotations

import re
from dataclasses import dataclass

from explainers.core.spec import LayerSpec
from explainers.reading.questions.parsed.parts import Parts

_PREDICTS = re.compile(r"\bpredict|\bforecast|\btargets?\b|\bregress|\by\b|\blabels?\b|\bprognos")
_TWO_CLASSES = re.compile(r"\bbinary\b|\byes/no\b|\bsurvive|\bor not\b|\bchurn")
_LABELED = re.compile(r"\blabels?\b|\bclassif")


@dataclass(frozen=True)
class Target:
    """What is predicted of each sample: classes (0 of them: how many isn't said), or so many numbers.

    each: how many steps of a sample have a target of their own.
    """

    classes: int | None
    numbers: int
    each: int | None = None

    @property
    def layer(self) -> LayerSpec:
        """The last layer of a model that predicts it."""
        units = self.classes if self.classes is not None and self.classes > 2 else self.numbers
        activation = None if self.classes is None else "softmax" if self.classes > 2 else "sigmoid"
        given = (("units", units), *((("activation", activation),) if activation else ()))
        return LayerSpec("Dense", "dense", given)

    def told(self, samples: int | str) -> str:
        """The shape of y and the loss."""
        of = "for each sample" if self.each is None else "for every step of each sample"
        front = f"{samples}" if self.each is None else f"{samples}, {self.each}"
        if self.classes is None:
            each = "one number" if self.numbers == 1 else f"{self.numbers} numbers"
            return f"y is ({front}, {self.numbers}): {each} {of}, with the loss mse."
        if self.classes == 0:
            return (
                f"y is ({front}, 1): one label {of}. For two classes the model ends with a sigmoid and "
                "the loss binary_crossentropy, for more with a softmax of one unit for each class."
            )
        if self.classes == 2:
            return f"y is ({front}, 1): 0 or 1 {of}, with the loss binary_crossentropy."
        return (
            f"y is ({front}{',' * (self.each is None)}): a number from 0 to {self.classes - 1} {of}, with the loss "
            "sparse_categorical_crossentropy."
        )


def target_of(parts: Parts) -> Target | None:
    """What is predicted; None where nothing is said of it."""
    classes = parts.size("classes")
    if classes is not None and classes > 1:
        return Target(classes, 1)
    if _TWO_CLASSES.search(parts.words):
        return Target(2, 1)
    horizon, outputs = parts.size("horizon"), parts.size("outputs")
    if horizon is not None or outputs is not None:
        return Target(None, horizon or outputs or 1)
    if _LABELED.search(parts.words):
        return Target(0, 1)
    return Target(None, 1) if _PREDICTS.search(parts.words) else None
