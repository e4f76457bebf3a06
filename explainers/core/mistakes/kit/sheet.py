"""What a mistake says of itself. Every part of the app that speaks of a mistake reads it here."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from explainers.core.finding import Change, Finding, Value
from explainers.core.mistakes.kit.judged import Judge
from explainers.core.mistakes.kit.mending.broken import Mender
from explainers.core.mistakes.kit.scene import Scene
from explainers.core.mistakes.kit.wording import compile_wording
from explainers.core.spec import ModelSpec, Sizes


@dataclass(frozen=True)
class Said:
    """A message where it stands in its text. classes: the classes of layers by their names, as far as the text says."""

    flat: str
    match: re.Match[str]
    classes: Mapping[str, str]

    def near(self, before: int, after: int) -> str:
        """The message with so many characters in front of it and behind it."""
        return self.flat[max(0, self.match.start() - before) : self.match.end() + after]

    def before(self, most: int) -> str:
        """The characters in front of the message."""
        return self.flat[max(0, self.match.start() - most) : self.match.start()]


Live = Callable[[Scene], ModelSpec | None]
Names = Callable[[Finding, str, Sizes], tuple[str, ...] | None]
Fixes = Callable[[Finding, dict[str, Value]], tuple[Change, ...]]


def no_fixes(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """Nothing is offered."""
    return ()


def no_words(finding: Finding) -> dict[str, str]:
    """The numbers and shapes of the message are all that its causes speak of."""
    return {}


def no_names(finding: Finding, role: str, sizes: Sizes) -> tuple[str, ...] | None:
    """The axes of a shape are called as the layer calls them."""
    return None


@dataclass(frozen=True)
class Family:
    """Messages of one kind, in the words of every era.

    sees: words of which one must stand in the text, or the wordings aren't tried (speed). says: see `kit.wording`.
    causes: the first whose numbers are all known is told. weight: 1 for what may be a warning beside the real error.
    live: the model that shows it, where it isn't the mistake's. question: asked where numbers are missing.

    decides: which mistake it is, where the same words are said of several; None for the mistake that it stands with.
    completes: what else follows from the numbers, one step after the other.
    words, names: what its causes speak of, and how the axes of its shapes are called, beyond what holds for all.
    told_as: what its shapes are, by their roles, where it isn't what that role is elsewhere.
    title: what a beginner would call it, where the mistake's own title doesn't fit.
    advice: what the message itself shows to be of help; it comes before what is tried.
    cut_off: the message stops before its numbers. of_samples: it prints the shape of one sample, without the batch.
    counts_samples: its numbers are numbers of samples. has_node: TensorFlow says behind it in which layer it was.
    in_loss: what doesn't fit may be a target and an output, which meet in the loss.
    """

    sees: tuple[str, ...]
    says: tuple[str, ...]
    causes: tuple[str, ...]
    weight: int = 2
    live: Live | None = None
    question: str = ""
    decides: Callable[[Finding, Said], str | None] | None = None
    completes: tuple[Callable[[Finding, Said], Finding], ...] = ()
    words: Callable[[Finding], dict[str, str]] = no_words
    names: Names = no_names
    told_as: Mapping[str, str] = field(default_factory=dict)
    advice: Fixes = no_fixes
    title: str = ""
    cut_off: bool = False
    of_samples: bool = False
    counts_samples: bool = False
    has_node: bool = False
    in_loss: bool = False

    @property
    def patterns(self) -> tuple[re.Pattern[str], ...]:
        """The wordings as regular expressions, in their order."""
        return tuple(compile_wording(wording) for wording in self.says)


def nothing_live(scene: Scene) -> ModelSpec | None:
    """There is nothing to build."""
    return None


@dataclass(frozen=True)
class Mistake:
    """One kind of mistake.

    title: what a beginner would call it. searched: what people type or paste, best first.
    misconception: the one that is explained with it, by its slug.
    order: where several mistakes could speak, the lower one does.
    about_shapes: whether it is one of shapes at all; else it is explained, and isn't named as a mistake of shapes.
    built_silently: whether Keras builds such a program without a word. once: whether it was refused only by older ones.
    end: whether it is about the model's "data", its "target", its "weights", or "" what is inside.
    group: the group of layers that raise it, where only one group does.
    of_ranks: whether its shapes differ in their number of axes. of_the_whole: whether its message says nothing of the
    layer's own sizes, so that only the whole model shows it. renamed: whether today's Keras takes it in other words.
    lists_axes: whether a shape of one entry in its message is an order of axes. hides_axes: whether data of it have
    fewer axes than their samples would say.
    told_by_code: whether its message gives a number only, and the code next to it says of which layer.
    of_a_batch: whether a batch of a fixed size is what doesn't fit. of_a_state: whether a recurrent layer's state is.
    made: what somebody did whose model shows it, in words that follow "11 of 27".
    judge: what a live layer and the shapes that reached it show. live: the model that shows a message of it.
    fixes: advice by the numbers of the message. mends: changes of the program, which are tried before they are offered;
    mends_alone: the same where nothing but the data is there, and no model.
    """

    name: str
    title: str
    searched: tuple[str, ...]
    misconception: str
    order: int
    families: tuple[Family, ...] = ()
    about_shapes: bool = True
    built_silently: bool = False
    once: bool = False
    end: str = ""
    group: str = ""
    of_ranks: bool = False
    of_the_whole: bool = False
    renamed: bool = False
    lists_axes: bool = False
    hides_axes: bool = False
    told_by_code: bool = False
    of_a_batch: bool = False
    of_a_state: bool = False
    made: str = ""
    judge: Judge | None = None
    live: Live = nothing_live
    fixes: Fixes = no_fixes
    mends: tuple[Mender, ...] = ()
    mends_alone: tuple[Mender, ...] = ()
