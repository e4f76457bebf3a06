"""What a challenge asks, and what the judge says. Plain data."""

from __future__ import annotations

from dataclasses import dataclass, field

from explainers.core.axes import Shape
from explainers.core.registry import find_explainer
from explainers.core.results import Dims, Layer
from explainers.core.words import given

KINDS = {
    "shape": "Reach this shape",
    "count": "How many parameters?",
    "repair": "Repair this model",
    "line": "Which line fails?",
}
FAILING = ("repair", "line")  # kinds with something that Keras refuses
MOST_CHANGES = 2  # dims that a repair may change
SEEDS = 1_000_000  # a seed is a whole number below this


class ChallengeError(ValueError):
    """There is no such challenge, or the answer can't be read; the text is for the learner."""


@dataclass(frozen=True)
class Challenge:
    """One task. The same lesson, kind and seed give the same one, everywhere.

    task: one sentence (Markdown, numbers tagged). dims: where the learner begins. playable: the dims that may be
    changed; () where none. classes: the source of custom layers; code: the lines after it, from the first Input on.
    message: Keras' own words, where they are shown. layer: the one that is asked about, "" for the whole model.
    target: the shape to reach. hints: three steps, each a sentence or two (Markdown).
    """

    lesson: str
    kind: str
    seed: int
    task: str
    dims: Dims
    hints: tuple[str, ...]
    playable: tuple[str, ...] = ()
    classes: str = ""
    code: str = ""
    message: str = ""
    layer: str = ""
    target: Shape = ()


@dataclass(frozen=True)
class Verdict:
    """What a live model says to an answer.

    told: one or two sentences (Markdown, numbers tagged). wanted, got: the two shapes, where a shape was to be reached.
    said, layer: the count that was typed and the layer it is about, where a count was asked for and was not right.
    solution: dims that solve it, to change from where the learner began; told to those who give up.
    behind: what can follow "11 of 27" where no model came of it. misconception: the one that it shows, by its slug.
    """

    right: bool
    told: str
    wanted: Shape = ()
    got: Shape = ()
    said: int | None = None
    layer: Layer | None = None
    solution: Dims = field(default_factory=dict)
    behind: str = ""
    misconception: str = ""


def kinds_of(lesson: str) -> tuple[str, ...]:
    """The kinds that make sense for a lesson: there is nothing to repair where every model builds.

    A line of such a lesson's programs can fail all the same. Raises UnknownExplainer.
    """
    return tuple(kind for kind in KINDS if kind != "repair" or not find_explainer(lesson).always_builds)


def read_seed(text: str) -> int:
    """A seed from a link. ChallengeError where it is none."""
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit() and int(digits[:12]) < SEEDS and len(digits) <= 12):
        raise ChallengeError(f"seed={given(text, 20)} was given; it must be a whole number from 0 to {SEEDS - 1:,}.")
    return int(digits)
