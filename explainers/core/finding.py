"""What a reader found in a text, before anything is built: plain, frozen, without Keras."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from explainers.core.axes import Axis, Shape, by_place
from explainers.core.spec import ModelSpec, Sizes

if TYPE_CHECKING:
    from explainers.core.mistakes.kit.sheet import Family

Value = int | float | bool | str | None


# What code does beyond layers of Keras; a lesson that is about it says so by its signs.
ELAPSED_TIME = "elapsed time"  # a cell of its own that is given the time since the last step
SEVERAL_OUTPUTS = "several outputs"  # a cell of its own with more than one output, or with constants
WINDOWS = "windows"  # one series, cut into windows


@dataclass(frozen=True)
class Mark:
    """A piece of the cleaned text: what was recognised there."""

    start: int
    end: int
    what: str


@dataclass(frozen=True)
class Attempt:
    """A change that was tried: whether the model could be built, whether it ran on data, and what came out."""

    built: bool
    ran: bool
    output: Sizes | None = None


@dataclass(frozen=True)
class Change:
    """One fix: a few words, and either the dims to change or the code to write.

    means: how the numbers are read then, where a choice stands behind it. tried: None where it is advice that no model
    was there to try it with. diff: the change in the asker's own lines, where there were some and it has a place there.
    """

    label: str
    dims: dict[str, Value] = field(default_factory=dict)
    code: str = ""
    means: str = ""
    tried: Attempt | None = None
    diff: str = ""


@dataclass(frozen=True)
class ModelChoice:
    """One of the models that a text makes: its number (from 1), its name there, its line, how many calls it has.

    shown: whether it is the one that is rebuilt. part: whether all of it stands in that one.
    """

    number: int
    name: str
    line: int
    calls: int
    shown: bool
    part: bool = False


@dataclass(frozen=True)
class Ask:
    """One thing that the text leaves open.

    key: the name under which an answer is given. kind: "number", "shape" (an answer is like ``(80, 5, 3)``) or "choice"
    (an answer is one of `options`). value: what stands in its place now, "" where nothing does.
    answered: whether the learner has said it.
    """

    key: str
    kind: str
    question: str
    value: str
    options: tuple[str, ...] = ()
    answered: bool = False


@dataclass(frozen=True)
class Finding:
    """What one reader made of a text.

    family: the wordings among which the message was found. values: its numbers by their names. named: its shapes by
    their role. shapes: the same with named axes, and all other shapes of the text.
    unread: "line 4: why", for what wasn't read.
    pattern: what the code does beyond layers of Keras (ELAPSED_TIME, SEVERAL_OUTPUTS, WINDOWS), with its dims.
    asks: what the text leaves open and the learner can say, beside the examples of the spec.
    alone: the message without the code around it, where the code is what is built first.
    own: the model of the code around it, where the message's is built first: shown where it fails in the same way.
    output_operand: which of its two shapes (0 or 1) is the model's output, where they meet in the loss.
    code: the lines of the text that are code, the others empty, where the model is the code's own.
    around: the text in which a message was found, for the words around its shapes.
    elsewhere: the other framework that the text is about: "PyTorch", "JAX/flax".
    """

    kind: str
    mistake: str | None = None
    family: Family | None = None
    layer: str | None = None
    class_name: str | None = None
    values: dict[str, Value] = field(default_factory=dict)
    named: dict[str, tuple[Sizes, ...]] = field(default_factory=dict)
    shapes: tuple[Shape, ...] = ()
    cause: str = ""
    fixes: tuple[Change, ...] = ()
    questions: tuple[str, ...] = ()
    spec: ModelSpec | None = None
    marks: tuple[Mark, ...] = ()
    unread: tuple[str, ...] = ()
    renamed: tuple[str, ...] = ()
    models: tuple[ModelChoice, ...] = ()
    pattern: tuple[str, dict[str, Value]] | None = None
    asks: tuple[Ask, ...] = ()
    alone: ModelSpec | None = None
    own: ModelSpec | None = None
    output_operand: int | None = None
    code: str = ""
    elsewhere: str = ""
    around: str = ""

    @property
    def of_samples(self) -> bool:
        """Whether the message prints the shape of one sample, without the batch."""
        return self.family is not None and self.family.of_samples

    @property
    def without_batch(self) -> bool:
        """Whether the two shapes of such a message begin behind the batch: old Keras printed it as None, or fixed."""
        expected = self.shape("expected")
        fixed = any(word in self.around for word in ("batch_input_shape", "batch_shape", "stateful"))
        return self.of_samples and bool(expected) and (expected or (None,))[0] is not None and not fixed

    def shape(self, role: str) -> Sizes | None:
        """The first shape of a role: "found", "expected", ..."""
        found = self.named.get(role, ())
        return found[0] if found else None

    def number(self, name: str) -> int | None:
        """A whole number of the message."""
        value = self.values.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None


def name_axes(sizes: Sizes, names: tuple[str, ...], origin: str) -> Shape:
    """A shape of the text with names for its axes; beyond the names that are known, "axis 2"."""
    padded = (*names, *(by_place(place) for place in range(len(names), len(sizes))))[: len(sizes)]
    return tuple(Axis(name, size, origin) for name, size in zip(padded, sizes, strict=True))


def written(sizes: Sizes) -> str:
    """``(None, 15)``: as Keras prints it."""
    return str(sizes)


def link(explainer: str, dims: dict[str, Value]) -> str:
    """``/conv1d?steps=1&channels=133906``."""
    return f"/{explainer}" + (f"?{urlencode({k: str(v) for k, v in dims.items()})}" if dims else "")
