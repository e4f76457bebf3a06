"""New dims for a lesson, by chance from a seed: small, pairwise different, and such that the model builds."""

from __future__ import annotations

from random import Random
from typing import Any

from explainers.core import explaining
from explainers.core.dims import DimsBase, DimSpec
from explainers.core.explainer import Explainer
from explainers.core.results import Inspection
from explainers.practice.challenges.drawing import draw as draw_values

ATTEMPTS = 60
MOST_PARAMS = 20_000  # what a person still counts with pencil and paper
MOST_STEPS = 8  # layers on one page


def draw(explainer: Explainer[Any], random: Random) -> tuple[DimsBase, Inspection]:
    """Dims whose model builds and is small enough for paper; the defaults where chance finds none."""
    specs = [spec for spec in explainer.dims.specs() if _matters(spec)]
    for _ in range(ATTEMPTS):
        dims = _useful(explainer, explainer.dims(**draw_values(random, specs)))
        found = explaining.inspect_lesson(explainer, dims, run=False)
        if found.error is None and found.total_params <= MOST_PARAMS and len(found.flow) <= MOST_STEPS:
            return dims, found
    return explainer.dims(), explaining.inspect_lesson(explainer, explainer.dims(), run=False)


def _matters(spec: DimSpec) -> bool:
    """Whether the dim is one of the model's, and one that beginners see: not the noise of a series, not advanced."""
    return not spec.advanced and bool(spec.axis or spec.sets or spec.kind in ("bool", "choice"))


def _useful(explainer: Explainer[Any], dims: DimsBase) -> DimsBase:
    """What means nothing now (units of a third layer where there are two) is left at its default."""
    return dims.but(**{name: explainer.dims.spec(name).default for name in explainer.unused(dims)})
