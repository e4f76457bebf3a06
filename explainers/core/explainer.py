"""What a lesson is made of. The same parts, in the same order, in every file of `explainers/`."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from explainers.core.dims import DimsBase, Value
from explainers.core.finding import Change
from explainers.core.results import BuildError, Fix, Inspection
from explainers.core.signs import Level, Sign
from explainers.core.trial import Trial

if TYPE_CHECKING:
    import keras

D = TypeVar("D", bound=DimsBase)


@dataclass(frozen=True)
class Preset:
    """Dims worth a click, with the reason."""

    name: str  # "2d-input": in links and on the command line
    title: str  # "2D input": on the pill
    dims: Mapping[str, Value]
    why: str = ""


@dataclass(frozen=True)
class Journey:
    """What a learner does on the lesson's page, as the browser test goes through it with everybody's tools.

    change: the dim that is changed. open: the dim that leaves an axis to the data, and `axis`: the name of that axis.
    begin: the link's dims, where the walk can't begin at the defaults.
    steps: the component that is gone through step by step: the cell's calls, or the lesson's own picture.
    """

    change: str
    open: str = "timesteps"
    axis: str = "timesteps"
    begin: Mapping[str, Value] = field(default_factory=dict)
    steps: str = "calls"


@dataclass(frozen=True)
class Asked(Generic[D]):
    """A question as people ask it, and the way to its answer on the lesson's page.

    dims: those that it is about. section: the part of the page that explains it, by its anchor; "" for the top.
    sentence: one (Markdown) from the model at these dims; None where the lesson's own sentence answers it.
    words: further words that it is found by. trial: the name of the trial whose verdict answers it instead.
    """

    question: str
    dims: Mapping[str, Value] = field(default_factory=dict)
    section: str = ""
    sentence: Callable[[D, Inspection], str] | None = None
    words: tuple[str, ...] = ()
    trial: str = ""


GROUPS = ("Basics", "Time series", "Advanced")  # of lessons, in the order of the menu


@dataclass(frozen=True)
class Explainer(Generic[D]):
    """One lesson: the parts of its file, bound together and type-checked.

    inputs: axis names of each Input, as in einops: {"sequence": "batch timesteps features"}.
    journey: the way through its page.
    sentence: one (Markdown), the answer to the question, computed from what the model showed.
    fixes:  the dims that repair a failing build, best first.
    extra:  further plain data that only this lesson has, computed live in the worker.
    train:  trains for real: (dims, a learner's own numbers or None) -> progress, and plain data at its end.
    signs:  how it recognises a pasted model as its own, from the most special sign to the plainest.
    repairs: of a pasted text that opens here with the mistake in it, by the dims it opens with.
    picture: the module in views/ whose `section(extra)` is drawn on this lesson's page alone; "" for none.
    heading: the question with the dims that are on the page, where it names sizes; None where it names none.
    label:  what it answers in a few words, for the menu; the title is put next to it.
    group:  one of GROUPS.
    of_count: dims at which its first layer with weights has so many parameters, the plainest first.
    order:  its place on the home page, the smallest first.
    extra_reads_run, sentence_reads_run: whether they read the calls or the numbers of the forward pass (the sentence at
        these dims). Else they are given an inspection whose run is only planned: what would be fed, no numbers.
    extra_later: `extra` takes about as long as the lesson, so it is asked for when its part of the page is on screen.
    always_builds: its models build at any dims (or are refused for their cost alone): there is nothing to repair.
    """

    name: str
    title: str
    question: str
    dims: type[D]
    presets: tuple[Preset, ...]
    inputs: Mapping[str, str]
    build: Callable[[D], keras.Model]
    sentence: Callable[[D, Inspection], str]
    journey: Journey
    fixes: Callable[[D, BuildError], tuple[Fix, ...]] = lambda dims, error: ()
    trials: tuple[Trial[D], ...] = ()  # what people try with such a model, in the order of the page
    extra: Callable[[D, Inspection], dict[str, object]] | None = None
    feed: Callable[[D, str, tuple[int, ...]], Any] | None = None  # data for an Input by name and shape, or None
    train: Callable[[D, Sequence[float] | None], Generator[dict[str, Any], None, object]] | None = None
    unused: Callable[[D], tuple[str, ...]] = lambda dims: ()  # dims without effect now: their controls fold away
    asked: tuple[Asked[D], ...] = ()  # what people ask that this lesson answers
    about: str = ""  # a paragraph under the sentence
    signs: Mapping[Level, Sign] = field(default_factory=dict)
    repairs: Callable[[Mapping[str, Value]], tuple[Change, ...]] = lambda dims: ()
    picture: str = ""
    heading: Callable[[D], str] | None = None
    label: str = ""
    group: str = "Advanced"
    of_count: Callable[[int], Iterable[Mapping[str, Value]]] = lambda count: ()
    order: int = 1000
    extra_reads_run: bool = False
    sentence_reads_run: Callable[[D], bool] = lambda dims: False
    extra_later: bool = False
    always_builds: bool = False

    def asks(self, dims: D) -> str:
        """The question of the page, about these very dims."""
        return self.question if self.heading is None else self.heading(dims)
