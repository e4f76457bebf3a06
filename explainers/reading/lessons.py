"""Which lesson shows this, and with which dims: each lesson says so by its own signs, the most special one decides.

A lesson's own declaration says which dims it can show; a size beyond them stays with the learner and out of the link.
"""

from __future__ import annotations

from collections.abc import Iterator

from explainers.core.dims import DimsError
from explainers.core.finding import Change, Finding, Value
from explainers.core.layers import class_of
from explainers.core.registry import all_explainers, find_explainer
from explainers.core.signs import Level, Recognised, Seen, Sign
from explainers.core.spec import LayerSpec, ModelSpec, Sizes
from explainers.reading.shapes import walk


def lesson_of(finding: Finding, text: str) -> tuple[str | None, Recognised, dict[str, str]]:
    """The lesson's name, the learner's dims, and a sentence for each of them that the lesson can't show.

    (None, {}, {}) where no lesson shows such a model.
    """
    seen = Seen(finding, text.lower(), _calls(finding.spec), class_of(finding.layer or "") is None)
    for name, sign in _signs():
        found = sign(seen)
        if found is not None:
            dims = {key: value for key, value in found.items() if not _negative(value)}
            return name, dims, _misfits(name, dims)
    return None, {}, {}


def lesson_fixes(lesson: str | None, dims: Recognised) -> tuple[Change, ...]:
    """Fixes that are dims of the lesson, for a lesson that opens with the mistake in it."""
    return () if lesson is None else find_explainer(lesson).repairs(dims)


def _signs() -> Iterator[tuple[str, Sign]]:
    """All signs of all lessons, in the order in which they decide."""
    for level in sorted(Level, reverse=True):
        for name, lesson in reversed(all_explainers().items()):
            if level in lesson.signs:
                yield name, lesson.signs[level]


def _negative(value: Value) -> bool:
    """What is left behind a window that is too long: no size."""
    return isinstance(value, int) and value < 0


def _misfits(name: str, dims: Recognised) -> dict[str, str]:
    """The dims that are outside of the lesson's range, each with a sentence."""
    declared = find_explainer(name).dims
    wrong: dict[str, str] = {}
    for dim, value in dims.items():
        try:
            declared.spec(dim).check(value)
        except DimsError:
            wrong[dim] = f"The lesson can't show {dim} = {value}, so the link opens it with its own {dim}."
    return wrong


def _calls(spec: ModelSpec | None) -> tuple[tuple[LayerSpec, Sizes], ...]:
    if spec is None:
        return ()
    return tuple((spec.layers[spec.calls[i].layer], inputs[0]) for i, inputs, _ in walk(spec) if inputs)
