"""The parts of a misconception, and the plain data that its trial, its question and its judgement are handed out as."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Generic, Literal, TypeVar

from explainers.core.axes import Shape
from explainers.core.dims import DimsBase, Value
from explainers.core.results import Dims
from explainers.core.trial import Trial, Tried

D = TypeVar("D", bound=DimsBase)
# Choices that several questions share.
BUILDS, TRAINS, REFUSES = "It builds", "It trains", "Keras refuses it"

Kind = Literal["shape", "count", "choice"]


@dataclass(frozen=True)
class Shown:
    """A misconception tried at one choice of dims: what a page draws."""

    misconception: str
    dims: Dims
    verdict: str
    trials: tuple[Tried, ...]
    url: str


@dataclass(frozen=True)
class Question:
    """A question with dims of its own, made from a seed. It holds nothing of the answer."""

    misconception: str
    seed: int
    dims: Dims
    prompt: str
    code: str
    kind: Kind
    choices: tuple[str, ...]
    hint: str


@dataclass(frozen=True)
class AxisSaid:
    """One axis of a shape: what the learner said, what Keras says, what the axis is and who put its number there."""

    said: str
    truth: str
    axis: str
    origin: str
    right: bool


@dataclass(frozen=True)
class Judgement:
    """What the live model says about an answer.

    read: whether the text could be read as an answer at all; if not, `why` says how to write it and the truth
    stays hidden. said: the answer as it was understood. words: what Keras said while it was tried, "" for nothing.
    """

    read: bool
    right: bool
    said: str
    truth: str
    why: str
    axes: tuple[AxisSaid, ...] = ()
    words: str = ""


@dataclass(frozen=True)
class Truth:
    """What the live model says at the dims of a question. answer: "(None, 5, 4)", "128", or one of the choices."""

    answer: str
    why: str
    shape: Shape = ()
    words: str = ""


@dataclass(frozen=True)
class Ask(Generic[D]):
    """How a question is made and answered. `truth` runs the model; nothing else knows the answer.

    draw: new dims; `distinct` below makes numbers that all differ, so that a guess by luck stays rare.
    """

    kind: Kind
    draw: Callable[[Random], D]
    prompt: Callable[[D], str]
    code: Callable[[D], str]
    hint: Callable[[D], str]
    truth: Callable[[D], Truth]
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Misconception(Generic[D]):
    """One misconception. seen: in how many of 323 public reports it shows (by our reading).

    believed: the sentence as people say it. truth: what is so (Markdown). look: what to do with the dims, and what
    to watch. trials: what is tried for real, as a lesson declares it. verdict: one sentence about what came of them.
    lesson: where it is explained, at which dims. mistakes: kinds of failures (`core.mistakes`).
    words: further words that people search for, pieces of error messages among them.
    """

    slug: str
    number: int
    seen: int
    believed: str
    truth: str
    look: str
    dims: type[D]
    trials: tuple[Trial[D], ...]
    verdict: Callable[[D, tuple[Tried, ...]], str]
    ask: Ask[D]
    lesson: str
    lesson_dims: Mapping[str, Value] = field(default_factory=dict)
    mistakes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    def tried(self, dims: D) -> tuple[Tried, ...]:
        """What came of every trial, in the order of the page."""
        return tuple(one for entry in self.trials for one in entry.all(dims))

    @property
    def name(self) -> str:
        """What the learner's state is kept under."""
        return f"misconception:{self.slug}"


def distinct(rng: Random, **ranges: tuple[int, int]) -> dict[str, int]:
    """A number from each range, both ends included, all different: ``distinct(rng, units=(2, 9), steps=(3, 12))``."""
    while True:
        drawn = {name: rng.randint(low, high) for name, (low, high) in ranges.items()}
        if len(set(drawn.values())) == len(drawn):
            return drawn
