"""A worksheet from a lesson and a seed. Each answer is what a live model did here, just now."""

from __future__ import annotations

from random import Random
from typing import Any

from explainers.core import explaining
from explainers.core.axes import sizes
from explainers.core.concrete import run_sizes
from explainers.core.dims import DimsBase
from explainers.core.explainer import Explainer
from explainers.core.registry import find_explainer
from explainers.core.results import Inspection
from explainers.practice.worksheets.breaking import broken
from explainers.practice.worksheets.drawing import draw
from explainers.practice.worksheets.results import (
    FEWEST,
    HIGHEST_SEED,
    MOST,
    Broken,
    Exercise,
    Fed,
    Kind,
    Worksheet,
    WorksheetError,
)

_TRIES = 8  # draws until a model is found that a mistake breaks


def worksheet(name: str, seed: int, exercises: int) -> Worksheet:
    """`exercises` of them: shapes and counts by turns, one program that fails, one question about the batch.

    Raises UnknownExplainer or WorksheetError.
    """
    if not FEWEST <= exercises <= MOST:
        raise WorksheetError(f"{exercises} exercises were asked for; it must be a number from {FEWEST} to {MOST}.")
    if not 0 <= seed <= HIGHEST_SEED:
        raise WorksheetError(f"seed={seed} was given; it must be a whole number from 0 to {HIGHEST_SEED:,}.")
    explainer = find_explainer(name)
    random = Random(f"worksheet:{name}:{seed}")
    made = [_exercise(explainer, kind, random) for kind in _kinds(exercises)]
    return Worksheet(explainer.name, seed, tuple(made))


def _kinds(exercises: int) -> list[Kind]:
    turns: list[Kind] = ["shapes", "counts"]
    return [*(turns[index % 2] for index in range(exercises - 2)), "fails", "batch"]


def _exercise(explainer: Explainer[Any], kind: Kind, random: Random) -> Exercise:
    if kind == "fails":
        dims, found, program = _failing(explainer, random)
        return Exercise(kind, dims.values(), explaining.url_of(explainer, dims), found, broken=program)
    dims, found = draw(explainer, random)
    fed = _fed(explainer, dims, random) if kind == "batch" else None
    return Exercise(kind, dims.values(), explaining.url_of(explainer, dims), found, fed=fed)


def _failing(explainer: Explainer[Any], random: Random) -> tuple[DimsBase, Inspection, Broken]:
    for _ in range(_TRIES):
        dims, found = draw(explainer, random)
        program = broken(found, random)
        if program is not None:
            return dims, found, program
    raise WorksheetError(f"No mistake was found that Keras refuses in {explainer.name}. Try another seed.")


def _fed(explainer: Explainer[Any], dims: DimsBase, random: Random) -> Fed:
    """A run that worked: of more than one sample, and with no two axes alike, where there is such a one."""
    ran = run_sizes(explainer, dims)
    working = [run for run in ran.runs if run.error is None]
    several = [run for run in working if run.batch > 1] or working
    told_apart = [run for run in several if len(set(sizes(run.fed[0].shape))) == len(run.fed[0].shape)] or several
    run = random.choice(told_apart)
    last = run.steps[-1]
    return Fed(ran.batch_axis, tuple((t.name, t.shape) for t in run.fed), last.layer, last.shapes)
