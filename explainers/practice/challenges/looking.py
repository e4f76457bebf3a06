"""What a seed stands for, and ways to look at its live model. Works inside a Keras worker."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from explainers.core import explaining
from explainers.core.asked import shape_told
from explainers.core.axes import Shape, names, sizes
from explainers.core.dims import DimsBase, DimSpec, Value
from explainers.core.explainer import Explainer
from explainers.core.registry import find_explainer
from explainers.core.results import BuildError, Fix, Inspection
from explainers.core.words import listed
from explainers.practice.worksheets.breaking import Program


@dataclass(frozen=True)
class Drawn:
    """What a seed stands for. start: where the learner begins; dims: the model that the question is about.

    program, why: that model's program with a slip in it, and what the slip is.
    """

    dims: DimsBase
    start: DimsBase
    layer: str = ""
    fix: Fix | None = None
    program: Program | None = None
    why: str = ""


def live(explainer: Explainer[Any], dims: DimsBase) -> Inspection:
    """The live model of these dims, looked at. Nothing here is remembered."""
    return explaining.inspect_lesson(explainer, dims, run=False)


def shape_of(found: Inspection, layer: str) -> Shape | None:
    """The first output of a layer, or None where there is no such layer in what was built."""
    return next((step.outputs[0] for step in found.flow if step.layer == layer and step.outputs), None)


def tagged(shape: Shape) -> str:
    """``(None, 6, 5)``, each number in the colour of its axis, and the axes' names."""
    return f"{shape_told(shape)}: {', '.join(names(shape))}"


def changes(before: DimsBase, after: DimsBase) -> list[str]:
    """The names of the dims that differ."""
    old, new = before.values(), after.values()
    return [name for name in new if new[name] != old[name]]


def named(dims: list[str]) -> str:
    return listed([f"`{name}`" for name in dims])


def error_of(found: Inspection) -> BuildError:
    assert found.error is not None
    return found.error


def body(found: Inspection) -> tuple[str, list[str]]:
    """The source of custom layers ("" without any), and the lines from the first Input on."""
    lines = found.code.rstrip().splitlines()
    start = min(found.code_lines.values()) - 1
    head = "\n".join(lines[:start]).strip()
    return head if "class " in head else "", lines[start:]


@lru_cache(maxsize=64)
def specs(lesson: str) -> tuple[DimSpec, ...]:
    """The dims that decide something about the model's shapes or counts: by declaration, else a live model is asked."""
    explainer = find_explainer(lesson)
    before = _facts(explainer, explainer.dims())
    return tuple(
        spec
        for spec in explainer.dims.specs()
        if spec.sets or (not spec.advanced and _facts(explainer, _other(explainer, spec)) != before)
    )


def _other(explainer: Explainer[Any], spec: DimSpec) -> DimsBase:
    """The defaults with one dim changed: the first other choice, the switch turned, one less or one more."""
    if spec.kind == "bool":
        value: Value = not spec.default
    elif spec.kind == "choice":
        value = next((choice for choice in spec.choices if choice != spec.default), spec.default)
    else:
        value = spec.min if spec.default != spec.min else spec.max
    defaults: DimsBase = explainer.dims()
    return defaults.but(**{spec.name: value})


def _facts(explainer: Explainer[Any], dims: DimsBase) -> object:
    found = live(explainer, dims)
    return found.error, [(layer.name, [sizes(s) for s in layer.outputs], layer.params) for layer in found.layers]
