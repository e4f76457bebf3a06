"""Makes challenges and judges answers, with live models only. Works inside a Keras worker.

What is drawn from a seed is remembered as dims; what is true of them is asked of a model that is built anew each time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from random import Random
from typing import Any

from explainers.core import explaining
from explainers.core.axes import Shape, names, sizes
from explainers.core.dims import DimsBase, Value
from explainers.core.explainer import Explainer
from explainers.core.registry import find_explainer
from explainers.core.results import Inspection, Layer, Step
from explainers.core.words import listed
from explainers.practice.challenges.behind import behind
from explainers.practice.challenges.challenge import (
    KINDS,
    MOST_CHANGES,
    SEEDS,
    Challenge,
    ChallengeError,
    Verdict,
    kinds_of,
)
from explainers.practice.challenges.drawing import draw, draw_one
from explainers.practice.challenges.failing import (
    judge_line,
    judge_repair,
    program,
    solve_line,
    solve_repair,
    task_line,
    task_repair,
)
from explainers.practice.challenges.looking import Drawn, body, changes, live, named, shape_of, specs, tagged
from explainers.practice.worksheets import breaking

INPUT = "InputLayer"
_TRIES = 40  # models that are drawn until one fits; hardly ever more than ten
_STARTS = 6  # beginnings that are tried for one target
_SLIP = 0.7  # how often a line fails for a slip in a program whose dims are sound
_FROM_PRESET = 0.5  # how often a failing model begins with what breaks a preset
_MOVED = (3, 5)  # dims that are changed from the target to the beginning; those without effect are put back

Answer = Mapping[str, str] | str | None


def challenge(lesson: str, kind: str, seed: int) -> Challenge:
    """The task of this seed. Raises UnknownExplainer, ChallengeError."""
    explainer = _checked(lesson, kind, seed)
    drawn = _drawn(lesson, kind, seed)
    return _TASKS[kind](explainer, drawn, Challenge(lesson, kind, seed, "", drawn.start.values(), ()))


def judge(lesson: str, kind: str, seed: int, answer: Answer) -> Verdict:
    """What a live model says to an answer; None gives up and is told a solution.

    answer: dims as in a link (shape, repair), a count, or the number of a line from 1. Raises as `challenge`, and
    DimsError.
    """
    explainer = _checked(lesson, kind, seed)
    drawn = _drawn(lesson, kind, seed)
    if answer is None:
        return Verdict(False, _SOLUTIONS[kind](explainer, drawn), solution=_solution(kind, drawn))
    if kind in ("shape", "repair"):
        if isinstance(answer, str):
            raise ChallengeError("This challenge is answered with dims.")
        dims = explainer.dims.read(answer)
        return (_judge_shape if kind == "shape" else judge_repair)(explainer, drawn, dims)
    if not isinstance(answer, str) or not re.fullmatch(r"\d{1,18}", answer, re.ASCII):
        raise ChallengeError("This challenge is answered with one whole number.")
    return (_judge_count if kind == "count" else judge_line)(explainer, drawn, int(answer))


def _solution(kind: str, drawn: Drawn) -> dict[str, Value]:
    """What to change from the beginning; {} where a challenge isn't answered with dims."""
    if kind == "repair":
        assert drawn.fix is not None
        return dict(drawn.fix.dims)
    new = drawn.dims.values()
    return {name: new[name] for name in changes(drawn.start, drawn.dims)}


def _checked(lesson: str, kind: str, seed: int) -> Explainer[Any]:
    explainer = find_explainer(lesson)
    if kind not in KINDS:
        raise ChallengeError(f"There is no kind of challenge called {kind[:20]!r}. There are {', '.join(KINDS)}.")
    if kind not in kinds_of(lesson):
        raise ChallengeError(f"The models of {explainer.title} build at any dims: there is nothing to repair.")
    if not 0 <= seed < SEEDS:
        raise ChallengeError(f"seed={seed} was given; it must be a whole number from 0 to {SEEDS - 1:,}.")
    return explainer


# -- drawing -------------------------------------------------------------------------------------------------


@lru_cache(maxsize=512)
def _drawn(lesson: str, kind: str, seed: int) -> Drawn:
    """Draw until a live model says that it fits."""
    explainer = find_explainer(lesson)
    rng = Random(f"{lesson}/{kind}/{seed}")
    make = {"shape": _draw_shape, "count": _draw_count, "repair": _draw_failing, "line": _draw_failing}[kind]
    if kind == "line" and (explainer.always_builds or rng.random() < _SLIP):
        make = _draw_slip
    failing = make is _draw_failing
    for _ in range(_TRIES):
        values = draw(rng, specs(lesson), none=0.5 if failing else 0.2)
        if failing and rng.random() < _FROM_PRESET:
            values |= rng.choice(_broken(lesson) or ({},))
        found = make(explainer, rng, explainer.dims(**values), kind)
        if found is not None:
            return found
    raise ChallengeError(f"No challenge of this kind was found for seed {seed}. Try another one.")


@lru_cache(maxsize=64)
def _broken(lesson: str) -> tuple[dict[str, Value], ...]:
    """What breaks the presets that can't be built, without their sizes: switches, choices, and axes left open."""
    explainer = find_explainer(lesson)
    failing = [preset for preset in explainer.presets if live(explainer, explainer.dims(**preset.dims)).error]
    return tuple({k: v for k, v in p.dims.items() if v is None or isinstance(v, bool | str)} for p in failing)


def _draw_shape(explainer: Explainer[Any], rng: Random, dims: DimsBase, kind: str) -> Drawn | None:
    """A layer's shape to reach, and a beginning a few dims away where that layer gives another one."""
    target = live(explainer, dims)
    if target.error is not None:
        return None
    steps = _asked_of(target)
    if not steps:
        return None
    step = rng.choice(steps)
    for _ in range(_STARTS):
        moved = _moved(explainer, rng, dims)
        if _given(explainer, moved, step.layer) not in (None, sizes(step.outputs[0])):
            return Drawn(dims, _needed(explainer, moved, dims, step.layer), step.layer)
    return None


def _needed(explainer: Explainer[Any], start: DimsBase, target: DimsBase, layer: str) -> DimsBase:
    """The beginning without the changes that make no difference to the layer's shape, seen from there or from the end.

    Its shape stays different from the one to reach.
    """
    begun, wanted = _given(explainer, start, layer), _given(explainer, target, layer)
    for name in changes(start, target):
        back = start.but(**{name: target.values()[name]})
        far = target.but(**{name: start.values()[name]})
        shape = _given(explainer, back, layer)
        if shape == begun or (shape not in (None, wanted) and _given(explainer, far, layer) == wanted):
            start, begun = back, shape
    return start


def _given(explainer: Explainer[Any], dims: DimsBase, layer: str) -> tuple[int | None, ...] | None:
    """What the layer gives in a model that can be built; else None."""
    found = live(explainer, dims)
    shape = shape_of(found, layer) if found.error is None else None
    return None if shape is None else sizes(shape)


def _moved(explainer: Explainer[Any], rng: Random, dims: DimsBase) -> DimsBase:
    """The dims with a few of them changed."""
    free = [spec for spec in specs(explainer.name) if spec.name not in explainer.unused(dims)]
    chosen = rng.sample(free, min(len(free), rng.randint(*_MOVED)))
    taken = [value for value in dims.values().values() if isinstance(value, int)]
    changes = {spec.name: draw_one(rng, spec, taken=taken) for spec in chosen}
    return dims.but(**changes)


def _asked_of(found: Inspection) -> list[Step]:
    """The calls whose first output may be asked for: of layers called once, with more to reach than (None, 1)."""
    called = [step.layer for step in found.flow]
    return [
        step
        for step in found.flow
        if step.class_name != INPUT
        and called.count(step.layer) == 1
        and any(axis.size != 1 and axis.sources for axis in step.outputs[0][1:])
    ]


def _draw_count(explainer: Explainer[Any], rng: Random, dims: DimsBase, kind: str) -> Drawn | None:
    """One layer with weights, or now and then the whole model."""
    found = live(explainer, dims)
    heavy = [layer.name for layer in found.layers if layer.params]
    if found.error is not None or not heavy:
        return None
    whole = len(heavy) > 1 and rng.random() < 0.25
    return Drawn(dims, dims, "" if whole else rng.choice(heavy))


def _draw_failing(explainer: Explainer[Any], rng: Random, dims: DimsBase, kind: str) -> Drawn | None:
    """Dims whose model really can't be built, and a fix of the lesson that really repairs it in few changes."""
    found = live(explainer, dims)
    error = found.error
    if error is None or error.layer is None or error.type == "CostError":
        return None
    for fix in explainer.fixes(dims, error):
        if len(fix.dims) <= MOST_CHANGES and explaining.builds(explainer, dims, fix):
            drawn = Drawn(dims, dims, error.layer, fix)
            if kind == "repair" or program(explainer, drawn, found):
                return drawn
    return None


def _draw_slip(explainer: Explainer[Any], rng: Random, dims: DimsBase, kind: str) -> Drawn | None:
    """A model that builds, and a slip in its program that Keras refuses."""
    found = live(explainer, dims)
    slip = breaking.slipped(found, rng) if found.error is None else None
    return None if slip is None or breaking.run(slip[0]).line < 2 else Drawn(dims, dims, program=slip[0], why=slip[1])


# -- reach this shape ----------------------------------------------------------------------------------------


def _task_shape(explainer: Explainer[Any], drawn: Drawn, plan: Challenge) -> Challenge:
    found = live(explainer, drawn.dims)
    shape = shape_of(found, drawn.layer)
    assert shape is not None
    layer = found.layer(drawn.layer)
    return replace(
        plan,
        task=f"Change the sizes until **{layer.name}** ({layer.class_name}) returns {tagged(shape)}.",
        hints=(
            f"The axes are {listed(list(names(shape)))}. {layer.why}".strip(),
            _deciders(explainer, shape),
            f"One way: from where you began, change only {named(changes(drawn.start, drawn.dims))}.",
        ),
        playable=tuple(spec.name for spec in specs(explainer.name)),
        layer=layer.name,
        target=shape,
    )


def _deciders(explainer: Explainer[Any], shape: Shape) -> str:
    """Which dims decide which axis, from the origins of the live shape."""
    told = []
    for axis in shape:
        deciding = [s.name for s in explainer.dims.specs() if set(s.sets) & set(axis.sources)]
        if deciding:
            told.append(f"{axis.axis}: {named(deciding)}")
    return f"What decides each axis: {'; '.join(told)}." if told else "No single dim decides these axes."


def _judge_shape(explainer: Explainer[Any], drawn: Drawn, dims: DimsBase) -> Verdict:
    wanted = shape_of(live(explainer, drawn.dims), drawn.layer)
    found = live(explainer, dims)
    assert wanted is not None
    if found.error is not None:
        why = behind(found)
        told = f"With these dims the model can't be built. {found.error.cause}"
        return Verdict(False, told, behind=why.text, misconception=why.misconception)
    got = shape_of(found, drawn.layer)
    if got is None:
        told = f"With these dims there is no layer {drawn.layer} in the model."
        return Verdict(False, told, behind=f"made a model without {drawn.layer}")
    if sizes(got) != sizes(wanted):
        return Verdict(False, f"Not yet: {drawn.layer} returns {tagged(got)}.", wanted, got)
    return Verdict(True, f"Yes: the live model's {drawn.layer} returns {tagged(got)}.", wanted, got)


def _solve_shape(explainer: Explainer[Any], drawn: Drawn) -> str:
    new = drawn.dims.values()
    changed = changes(drawn.start, drawn.dims)
    told = listed([f"`{name}={new[name]}`" for name in changed])
    return f"From where you began, {told} {'gives' if len(changed) == 1 else 'give'} it. There may be other ways."


# -- how many parameters -------------------------------------------------------------------------------------


def _task_count(explainer: Explainer[Any], drawn: Drawn, plan: Challenge) -> Challenge:
    found = live(explainer, drawn.dims)
    asked = _asked_layers(found, drawn.layer)
    classes, code = body(found)
    name = f"**{drawn.layer}** ({asked[0].class_name})" if drawn.layer else "the whole model"
    return replace(
        plan,
        task=f"How many parameters does {name} have?",
        hints=(
            " ".join(f"{layer.name} has {listed([w.name for w in layer.weights])}." for layer in asked),
            _formulas(asked, "formula"),
            _formulas(asked, "numbers"),
        ),
        classes=classes,
        code="\n".join(code),
        layer=drawn.layer,
    )


def _asked_layers(found: Inspection, name: str) -> list[Layer]:
    return [layer for layer in found.layers if layer.params and name in ("", layer.name)]


def _formulas(layers: list[Layer], how: str) -> str:
    """``kernel: features × units``; ``numbers`` instead of ``formula`` for the numbers."""
    several = len(layers) > 1
    told = [
        f"{f'{layer.name} ' if several else ''}{weight.name}: {getattr(weight, how)}"
        for layer in layers
        for weight in layer.weights
    ]
    return "; ".join(told) + (". Add them up." if how == "numbers" and len(told) > 1 else ".")


def _judge_count(explainer: Explainer[Any], drawn: Drawn, said: int) -> Verdict:
    found = live(explainer, drawn.dims)
    truth = found.layer(drawn.layer).params if drawn.layer else found.total_params
    who = drawn.layer or "the whole model"
    if said != truth:
        layer = found.layer(drawn.layer) if drawn.layer else None
        return Verdict(False, f"Keras counts {'fewer' if truth < said else 'more'} than {said:,} in {who}.", said=said,
                       layer=layer)  # fmt: skip
    return Verdict(True, f"Yes: Keras counts **{truth:,}** in {who}. {_sum(_asked_layers(found, drawn.layer), truth)}")


def _sum(layers: list[Layer], truth: int) -> str:
    terms = [weight.numbers for layer in layers for weight in layer.weights]
    return f"{' + '.join(terms)} = {truth:,}."


def _solve_count(explainer: Explainer[Any], drawn: Drawn) -> str:
    found = live(explainer, drawn.dims)
    truth = found.layer(drawn.layer).params if drawn.layer else found.total_params
    return f"**{truth:,}**: {_sum(_asked_layers(found, drawn.layer), truth)}"


# -- which line fails ----------------------------------------------------------------------------------------


_TASKS = {"shape": _task_shape, "count": _task_count, "repair": task_repair, "line": task_line}
_SOLUTIONS = {"shape": _solve_shape, "count": _solve_count, "repair": solve_repair, "line": solve_line}
