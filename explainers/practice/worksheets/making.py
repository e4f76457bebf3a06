"""A worksheet from a lesson and a seed. Each answer is what a live model did here, just now."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from explainers.core import explaining
from explainers.core.axes import Shape, sizes
from explainers.core.concrete import run_sizes
from explainers.core.dims import DimsBase
from explainers.core.explainer import Explainer
from explainers.core.registry import find_explainer
from explainers.core.results import ConcreteRun, Inspection
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
        raise WorksheetError(f"{exercises} exercises were asked for; choose a number from {FEWEST} to {MOST}.")
    if not 0 <= seed <= HIGHEST_SEED:
        raise WorksheetError(f"seed={seed} was given; it must be a whole number from 0 to {HIGHEST_SEED:,}.")
    explainer = find_explainer(name)
    random = Random(f"worksheet:{name}:{seed}")
    made: list[Exercise] = []
    for kind in _kinds(exercises):
        made.append(_another(explainer, kind, random, made))
    return Worksheet(explainer.name, seed, tuple(made))


def _another(explainer: Explainer[Any], kind: Kind, random: Random, made: list[Exercise]) -> Exercise:
    """An exercise that isn't on the sheet yet, where the lesson has so many different ones."""
    found = _exercise(explainer, kind, random)
    for _ in range(_TRIES):
        if all((found.kind, found.inspection.code) != (each.kind, each.inspection.code) for each in made):
            break
        found = _exercise(explainer, kind, random)
    return found


def _kinds(exercises: int) -> list[Kind]:
    turns: list[Kind] = ["shapes", "counts"]
    return [*(turns[index % 2] for index in range(exercises - 2)), "fails", "batch"]


def _exercise(explainer: Explainer[Any], kind: Kind, random: Random) -> Exercise:
    if kind == "fails":
        dims, found, program = _failing(explainer, random)
        return Exercise(kind, dims.values(), explaining.url_of(explainer, dims), found, broken=program)
    if kind == "batch":
        dims, found, fed = _feeding(explainer, random)
        return Exercise(kind, dims.values(), explaining.url_of(explainer, dims), found, fed=fed)
    dims, found = draw(explainer, random)
    return Exercise(kind, dims.values(), explaining.url_of(explainer, dims), found)


def _failing(explainer: Explainer[Any], random: Random) -> tuple[DimsBase, Inspection, Broken]:
    for _ in range(_TRIES):
        dims, found = draw(explainer, random)
        program = broken(found, random)
        if program is not None:
            return dims, found, program
    raise WorksheetError(f"No mistake that Keras refuses was found in {explainer.name}. Try another seed.")


def _feeding(explainer: Explainer[Any], random: Random) -> tuple[DimsBase, Inspection, Fed]:
    spare = None
    for _ in range(_TRIES):
        dims, found = draw(explainer, random)
        fed = _fed(explainer, dims, found, random)
        if fed is not None and _told_apart([shape for _, shape in fed.inputs]):
            return dims, found, fed
        if fed is not None and spare is None:
            spare = dims, found, fed
    if spare is not None:  # the mask of a self-attention has as many queries as keys
        return spare
    raise WorksheetError(f"No data were found that go through {explainer.name} as declared. Try another seed.")


def _fed(explainer: Explainer[Any], dims: DimsBase, found: Inspection, random: Random) -> Fed | None:
    """A run that worked: of more than one sample, and with no two axes alike, where there is such a one.

    Keras lets more through than an Input declares (7 samples where it says 6). On paper that contradicts itself, so
    such a run is left out; None where no other is left.
    """
    ran = run_sizes(explainer, dims)
    declared = [step.outputs[0] for step in found.flow if not step.inputs]
    working = [run for run in ran.runs if run.error is None and _as_declared(run, declared)]
    if not working:
        return None
    several = [run for run in working if run.batch > 1] or working
    run = random.choice([run for run in several if _told_apart([t.shape for t in run.fed])] or several)
    last = run.steps[-1]
    return Fed(ran.batch_axis, tuple((t.name, t.shape) for t in run.fed), last.layer, last.shapes)


def _told_apart(shapes: Sequence[Shape]) -> bool:
    """Whether each size says which axis it is: on paper nothing else does."""
    return all(len(set(sizes(shape))) == len(shape) for shape in shapes)


def _as_declared(run: ConcreteRun, declared: list[Shape]) -> bool:
    """Whether every size that an Input names is the size that was fed."""
    return all(
        said in (None, size)
        for shape, fed in zip(declared, run.fed, strict=True)
        for said, size in zip(sizes(shape), sizes(fed.shape), strict=True)
    )
