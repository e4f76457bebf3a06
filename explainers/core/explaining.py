"""A lesson at given dims: built live, inspected, its trials made. What `show` and a page begin with."""

from __future__ import annotations

import dataclasses
from typing import Any

from explainers.core import bounds
from explainers.core import inspection as inspecting
from explainers.core.building import names_begin_anew
from explainers.core.dims import DimsBase
from explainers.core.explainer import Explainer
from explainers.core.inspection import Inspected, Running
from explainers.core.limits import CostError
from explainers.core.results import BuildError, Explanation, Fix, Inspection, Run, Structure
from explainers.core.trial import Trial, Tried
from explainers.core.words import singular


def explain(explainer: Explainer[Any], dims: DimsBase) -> Explanation:
    """Build the live model, look at it, and return only plain data."""
    found = inspect_lesson(explainer, dims)
    if found.error is not None:
        found = dataclasses.replace(found, error=with_fixes(explainer, dims, found.error))
    return Explanation(
        explainer=explainer.name,
        dims=dims.values(),
        sentence=singular(explainer.sentence(dims, found)),
        inspection=found,
        url=url_of(explainer, dims),
        extra=explainer.extra(dims, found) if explainer.extra else None,
    )


def structure(explainer: Explainer[Any], dims: DimsBase) -> Structure:
    """What `explain` says, but for what takes long: the model is built and inspected, and run only for a sentence
    that tells of the run."""
    live = _inspected(explainer, dims, run=explainer.sentence_reads_run(dims) or "plan", summary=False)
    found = live.inspection
    if found.error is not None:
        found = dataclasses.replace(found, error=with_fixes(explainer, dims, found.error))
    return Structure(
        Explanation(
            explainer=explainer.name,
            dims=dims.values(),
            sentence=singular(explainer.sentence(dims, found)),
            inspection=_without_calls(found),
            url=url_of(explainer, dims),
            extra=explainer.extra(dims, found) if explainer.extra and not explainer.extra_later else None,
        ),
        live.calls_cells,
    )


def _without_calls(found: Inspection) -> Inspection:
    """What a page needs of it at once: of the run, which shapes are fed."""
    if found.run is None:
        return found
    fed = tuple(dataclasses.replace(tensor, values=()) for tensor in found.run.fed)
    return dataclasses.replace(found, run=Run(fed, (), (), 0, None, found.run.note))


def calls(explainer: Explainer[Any], dims: DimsBase) -> Run | None:
    """The forward pass with every call of a recurrent cell; None where the model can't be built."""
    return inspect_lesson(explainer, dims).run


def extra(explainer: Explainer[Any], dims: DimsBase) -> dict[str, object] | None:
    """What the lesson alone has, for itself."""
    found = _inspected(explainer, dims, run=explainer.extra_reads_run or "plan", summary=False).inspection
    return explainer.extra(dims, found) if explainer.extra else None


def summary(explainer: Explainer[Any], dims: DimsBase) -> str:
    """Keras' own summary; "" where the model can't be built."""
    return inspect_lesson(explainer, dims, run="plan").summary


def inspect_lesson(explainer: Explainer[Any], dims: DimsBase, run: Running = True) -> Inspection:
    """The lesson's live model, inspected. A cost above the limits is a failed build with a clear sentence."""
    return _inspected(explainer, dims, run).inspection


def _inspected(explainer: Explainer[Any], dims: DimsBase, run: Running, summary: bool = True) -> Inspected:
    own_feed = explainer.feed
    feed = (lambda name, shape: own_feed(dims, name, shape)) if own_feed else None
    try:
        with names_begin_anew():
            return inspecting.inspect_live(
                lambda: explainer.build(dims), explainer.inputs, feed, run=run, summary=summary
            )
    except CostError as error:
        return Inspected(refused(str(error)), None)


def refused(sentence: str) -> Inspection:
    """An inspection that never began, because the model would cost too much."""
    return Inspection((), (), 0, "", None, BuildError("CostError", sentence, None, None, sentence), "", {})


def with_fixes(explainer: Explainer[Any], dims: DimsBase, error: BuildError) -> BuildError:
    """The error with the lesson's fixes: only those that really build are offered."""
    working = [fix for fix in explainer.fixes(dims, error) if builds(explainer, dims, fix)]
    return dataclasses.replace(error, fixes=tuple(working))


def builds(explainer: Explainer[Any], dims: DimsBase, fix: Fix) -> bool:
    """Whether the model builds with the fix applied."""
    return _inspected(explainer, dims.but(**fix.dims), run="plan", summary=False).inspection.error is None


def url_of(explainer: Explainer[Any], dims: DimsBase) -> str:
    """The link that reproduces the page: only dims that differ from their defaults."""
    query = dims.query()
    return f"/{explainer.name}?{query}" if query else f"/{explainer.name}"


def run_trial(tried: Trial[Any], dims: DimsBase) -> Tried:
    """What happened; where it makes no sense at these dims, or costs too much, one sentence why.

    Where it took less than the dims say, its verdict ends with what was cut.
    """
    missing = tried.needs(dims)
    if missing:
        return _absent(tried, missing)
    try:
        with bounds.telling() as told:
            shown = tried(dims)
    except CostError as error:
        return _absent(tried, str(error))
    verdict = f"{shown.verdict} {bounds.sentence(told)}" if told else shown.verdict
    return dataclasses.replace(shown, verdict=singular(verdict))


def _absent(tried: Trial[Any], why: str) -> Tried:
    return Tried("", why, kind="absent", title=tried.title, name=tried.name)


def all_trials(explainer: Explainer[Any], dims: DimsBase) -> tuple[Tried, ...]:
    """Every trial of a lesson, in its order."""
    return tuple(run_trial(entry, dims) for entry in explainer.trials)
