"""Trials: things that people do with a model, tried for real. One vocabulary, for lessons and misconceptions alike.

    @trial("Feed one feature too many", "loud", says="expected shape=(None, 6, 3), found shape=(5, 6, 4)")
    def wrong_features(dims: Dims) -> Tried:
        ...
        return Tried(f"model.predict(np.zeros({x.shape}))", "The kernel has 3 rows, one per feature.", error=error)

Its name is the function's. What came of it is loud where Keras refused (there is an `error`), silent where Keras
accepts what is wrong, and a run where it works and shows something. What is tried once for each of several cases says
which (`each`), and gets the case next to the dims:

    @trial("shape={}", "run", each=lambda dims: first(dims.written, WRITTEN))
    def written(dims: Comma, text: str) -> Tried:
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Concatenate, Generic, Literal, TypeVar

from explainers.core.dims import DimsBase
from explainers.core.results import BuildError, Figure, Fix, Inspection, Tensor

D = TypeVar("D", bound=DimsBase)
Kind = Literal["loud", "silent", "run", "absent"]


@dataclass(frozen=True)
class Tried:
    """One thing that was tried for real, and what came of it: plain data.

    code: what was run. verdict: what to make of it (Markdown, numbers tagged with their axis).
    kind: "loud" (Keras refused: `error`), "silent" (accepted, but wrong), "run" (it works, and shows something) or
    "absent" (it makes no sense at these dims). name, title, kind: "" until the trial itself fills them in.
    inspection: a model whose flow is worth drawing. values: whether the numbers inside the tensors are worth reading.
    """

    code: str
    verdict: str
    tensors: tuple[Tensor, ...] = ()
    figures: tuple[Figure, ...] = ()
    error: BuildError | None = None
    fixes: tuple[Fix, ...] = ()
    kind: Kind | Literal[""] = ""
    title: str = ""
    name: str = ""
    inspection: Inspection | None = None
    values: bool = False


@dataclass(frozen=True)
class Trial(Generic[D]):
    """A trial as it is declared; call it with dims to try it.

    kind: what comes of it at the default dims. says: Keras' own words there, where it is loud.
    needs: a sentence where it makes no sense at these dims.
    each: the cases that it is tried for at these dims; the title names the case as ``{}``. None: it is tried once.
    """

    name: str
    title: str
    kind: Kind
    run: Callable[Concatenate[D, ...], Tried]
    says: str = ""
    needs: Callable[[D], str] = lambda dims: ""
    each: Callable[[Any], Iterable[Any]] | None = None

    def __call__(self, dims: D, *case: Any) -> Tried:
        shown = self.run(dims, *case)
        return dataclasses.replace(
            shown,
            name=self.name,
            title=shown.title or (self.title.format(*case) if case else self.title),
            kind=shown.kind or kind_of(shown.error, self.kind),
        )

    def all(self, dims: D) -> tuple[Tried, ...]:
        """What came of it, once for each case."""
        return (self(dims),) if self.each is None else tuple(self(dims, case) for case in self.each(dims))


def trial(
    title: str,
    kind: Kind,
    says: str = "",
    needs: Callable[[D], str] = lambda dims: "",
    each: Callable[[Any], Iterable[Any]] | None = None,
) -> Callable[[Callable[Concatenate[D, ...], Tried]], Trial[D]]:
    """Declare a function as a trial: its title on the page, what comes of it, Keras' words, when it makes no sense."""
    return lambda run: Trial(run.__name__, title, kind, run, says, needs, each)


C = TypeVar("C")


def first(chosen: C, cases: Sequence[C]) -> tuple[C, ...]:
    """All cases, the learner's own choice first."""
    return (chosen, *(case for case in cases if case != chosen))


def kind_of(error: BuildError | BaseException | None, otherwise: Kind = "run") -> Kind:
    """A refusal is loud; what was to be refused and was not, is a run; else it is what it was declared to be."""
    if error is not None:
        return "loud"
    return "run" if otherwise == "loud" else otherwise
