"""What a worker process can be asked. Everything here returns plain data; Keras stays inside.

`OPS` is the whole interface: name -> function with keyword arguments. A generator function streams progress.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any

import keras

from explainers.core import explaining
from explainers.core.concrete import concrete
from explainers.core.dims import DimsError
from explainers.core.explaining import explain, run_trial
from explainers.core.limits import CostError
from explainers.core.registry import UnknownExplainer, find_explainer
from explainers.core.results import Concrete, Explanation, Run, Structure
from explainers.core.trial import Tried
from explainers.forecasting.numbers import NumbersError
from explainers.practice.challenges import engine
from explainers.practice.challenges.challenge import Challenge, ChallengeError, Verdict
from explainers.practice.misconceptions import asking
from explainers.practice.misconceptions.catalogue import UnknownMisconception
from explainers.practice.misconceptions.misconception import Judgement, Question, Shown
from explainers.practice.worksheets import making
from explainers.practice.worksheets.results import Worksheet, WorksheetError
from explainers.reading.pasted import pasted
from explainers.reading.results import Pasted
from explainers.saved.files import Refused
from explainers.yours import from_file
from explainers.yours import live as yours
from explainers.yours.document import DocumentError
from explainers.yours.results import Built, Opened

_CLEAR_EVERY = 50  # requests; measured: a build leaves about 70 kB behind until Keras' state is cleared
_requests = 0


class UnknownTrial(ValueError):
    """A lesson has no trial of that name."""


# The asker's own errors: their text is for the learner as it stands.
BAD_REQUEST = (
    *(DimsError, UnknownExplainer, UnknownTrial, UnknownMisconception),
    *(CostError, NumbersError, ChallengeError, WorksheetError, DocumentError, Refused),
)


def show(name: str, dims: Mapping[str, str]) -> Explanation:
    """One lesson at the given dims (texts, as in a link)."""
    explainer = find_explainer(name)
    return explain(explainer, explainer.dims.read(dims))


def structure(name: str, dims: Mapping[str, str]) -> Structure:
    """What a lesson's page begins with; `summary`, `calls` and `extra` are what is left of `show`."""
    explainer = find_explainer(name)
    return explaining.structure(explainer, explainer.dims.read(dims))


def summary(name: str, dims: Mapping[str, str]) -> str:
    """Keras' own summary of a lesson's model."""
    explainer = find_explainer(name)
    return explaining.summary(explainer, explainer.dims.read(dims))


def calls(name: str, dims: Mapping[str, str]) -> Run | None:
    """One forward pass of a lesson, with every call of its recurrent cells."""
    explainer = find_explainer(name)
    return explaining.calls(explainer, explainer.dims.read(dims))


def extra(name: str, dims: Mapping[str, str]) -> dict[str, object] | None:
    """What this lesson alone has."""
    explainer = find_explainer(name)
    return explaining.extra(explainer, explainer.dims.read(dims))


def tried(name: str, dims: Mapping[str, str], trial: str) -> Tried:
    """Try one thing of a lesson for real."""
    explainer = find_explainer(name)
    chosen = {entry.name: entry for entry in explainer.trials}
    if trial not in chosen:
        raise UnknownTrial(f"{name} has nothing to try called {trial[:40]!r}. It has {', '.join(chosen)}.")
    return run_trial(chosen[trial], explainer.dims.read(dims))


def train(
    name: str, dims: Mapping[str, str], numbers: Sequence[float] | None = None
) -> Generator[dict[str, Any], None, object]:
    """Train a lesson's model, on a learner's own numbers where there are any. Streams progress.

    Raises UnknownExplainer, DimsError, NumbersError or CostError before anything is built.
    """
    explainer = find_explainer(name)
    if explainer.train is None:
        raise UnknownExplainer(f"The lesson {explainer.name} has nothing to train.")
    return (yield from explainer.train(explainer.dims.read(dims), numbers))


def misconception(slug: str, dims: Mapping[str, str]) -> Shown:
    """A misconception tried for real at the given dims (texts, as in a link)."""
    return asking.show_misconception(slug, dims)


def misconception_question(slug: str, seed: int) -> Question:
    """The question of a misconception with the dims that a seed gives; it holds nothing of the answer."""
    return asking.question(slug, seed)


def misconception_judge(slug: str, seed: int, answer: str) -> Judgement:
    """What the live model says about an answer; an empty one gives up."""
    return asking.judge(slug, seed, answer)


def read_pasted(text: str, which: int | None = None, entries: dict[str, str] | None = None) -> Pasted:
    """Read a pasted error, summary or piece of code, and rebuild its model live. Nothing of it is executed.

    which: the number of the model (from 1), where the code makes several.
    entries: what the learner said of what the text leaves open.
    """
    return pasted(text, which, entries)


def warm_up() -> None:
    """Build and run one small model, so that the first learner doesn't wait for Keras to settle."""
    explainer = find_explainer("simple_rnn")
    explain(explainer, explainer.dims())


def after_request() -> None:
    """Clear Keras' global state now and then: every name is explicit, so nothing breaks."""
    global _requests
    _requests += 1
    if _requests % _CLEAR_EVERY == 0:
        keras.backend.clear_session(free_memory=False)


def challenge(lesson: str, kind: str, seed: int) -> Challenge:
    """A task with dims of its own for each seed."""
    return engine.challenge(lesson, kind, seed)


def judge(lesson: str, kind: str, seed: int, answer: Mapping[str, str] | str | None) -> Verdict:
    """What a live model says to an answer; None gives up."""
    return engine.judge(lesson, kind, seed, answer)


def worksheet(name: str, seed: int, exercises: int) -> Worksheet:
    """Exercises with new dims from a seed, each with the live model that answers it."""
    return making.worksheet(name, seed, exercises)


def own_model(document: dict[str, Any]) -> Built:
    """A model of the learner's own, built live as far as Keras builds it."""
    return yours.built(document)


def own_concrete(document: dict[str, Any]) -> Concrete:
    """A model of the learner's own, run on data of several sizes."""
    return yours.concrete(document)


def own_from_text(text: str, which: int | None = None) -> dict[str, Any]:
    """The document of a pasted program or summary, to be edited. Nothing of it is executed."""
    return yours.from_text(text, which)


def own_from_file(path: str) -> Opened:
    """A model from a file that this server has just received. It is read, never loaded."""
    return from_file.opened(path)


def layer_arguments(class_name: str) -> dict[str, str]:
    """What Keras' own documentation says of each argument of a layer."""
    return yours.described(class_name)


OPS: dict[str, Callable[..., object]] = {
    "show": show,
    "structure": structure,
    "summary": summary,
    "calls": calls,
    "extra": extra,
    "tried": tried,
    "train": train,
    "concrete": concrete,
    "pasted": read_pasted,
    "misconception": misconception,
    "misconception_question": misconception_question,
    "misconception_judge": misconception_judge,
    "challenge": challenge,
    "judge": judge,
    "worksheet": worksheet,
    "own_model": own_model,
    "own_concrete": own_concrete,
    "own_from_text": own_from_text,
    "own_from_file": own_from_file,
    "layer_arguments": layer_arguments,
}
