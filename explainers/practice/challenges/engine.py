"""Makes challenges and judges answers, with live models only. Works inside a Keras worker.

What is drawn from a seed is remembered as dims; what is true of them is asked of a model that is built anew each time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from random import Random
from typing import Any

from explainers.core import explaining
from explainers.core.axes import Shape, names, plain, sizes
from explainers.core.dims import DimsBase, DimSpec, Value
from explainers.core.explainer import Explainer
from explainers.core.registry import find_explainer
from explainers.core.results import BuildError, Fix, Inspection, Layer, Step
from explainers.core.words import listed, tag
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
from explainers.practice.worksheets import breaking
from explainers.practice.worksheets.breaking import Program

INPUT = "InputLayer"
_TRIES = 40  # models that are drawn until one fits; hardly ever more than ten
_STARTS = 6  # beginnings that are tried for one target
_SLIP = 0.7  # how often a line fails for a slip in a program whose dims are sound
_FROM_PRESET = 0.5  # how often a failing model begins with what breaks a preset
_MOVED = (3, 5)  # dims that are changed from the target to the beginning; those without effect are put back

Answer = Mapping[str, str] | str | None


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
        return Verdict(False, _SOLUTIONS[kind](explainer, drawn))
    if kind in ("shape", "repair"):
        if isinstance(answer, str):
            raise ChallengeError("This challenge is answered with dims.")
        dims = explainer.dims.read(answer)
        return (_judge_shape if kind == "shape" else _judge_repair)(explainer, drawn, dims)
    if not isinstance(answer, str) or not re.fullmatch(r"\d{1,18}", answer, re.ASCII):
        raise ChallengeError("This challenge is answered with one whole number.")
    return (_judge_count if kind == "count" else _judge_line)(explainer, drawn, int(answer))


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
        values = draw(rng, _specs(lesson), none=0.5 if failing else 0.2)
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
    failing = [preset for preset in explainer.presets if _live(explainer, explainer.dims(**preset.dims)).error]
    return tuple({k: v for k, v in p.dims.items() if v is None or isinstance(v, bool | str)} for p in failing)


def _draw_shape(explainer: Explainer[Any], rng: Random, dims: DimsBase, kind: str) -> Drawn | None:
    """A layer's shape to reach, and a beginning a few dims away where that layer gives another one."""
    target = _live(explainer, dims)
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
    for name in _changes(start, target):
        back = start.but(**{name: target.values()[name]})
        far = target.but(**{name: start.values()[name]})
        shape = _given(explainer, back, layer)
        if shape == begun or (shape not in (None, wanted) and _given(explainer, far, layer) == wanted):
            start, begun = back, shape
    return start


def _given(explainer: Explainer[Any], dims: DimsBase, layer: str) -> tuple[int | None, ...] | None:
    """What the layer gives in a model that can be built; else None."""
    found = _live(explainer, dims)
    shape = _shape_of(found, layer) if found.error is None else None
    return None if shape is None else sizes(shape)


def _moved(explainer: Explainer[Any], rng: Random, dims: DimsBase) -> DimsBase:
    """The dims with a few of them changed."""
    free = [spec for spec in _specs(explainer.name) if spec.name not in explainer.unused(dims)]
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
    found = _live(explainer, dims)
    heavy = [layer.name for layer in found.layers if layer.params]
    if found.error is not None or not heavy:
        return None
    whole = len(heavy) > 1 and rng.random() < 0.25
    return Drawn(dims, dims, "" if whole else rng.choice(heavy))


def _draw_failing(explainer: Explainer[Any], rng: Random, dims: DimsBase, kind: str) -> Drawn | None:
    """Dims whose model really can't be built, and a fix of the lesson that really repairs it in few changes."""
    found = _live(explainer, dims)
    error = found.error
    if error is None or error.layer is None or error.type == "CostError":
        return None
    for fix in explainer.fixes(dims, error):
        if len(fix.dims) <= MOST_CHANGES and explaining.builds(explainer, dims, fix):
            drawn = Drawn(dims, dims, error.layer, fix)
            if kind == "repair" or _program(explainer, drawn, found):
                return drawn
    return None


def _draw_slip(explainer: Explainer[Any], rng: Random, dims: DimsBase, kind: str) -> Drawn | None:
    """A model that builds, and a slip in its program that Keras refuses."""
    found = _live(explainer, dims)
    slip = breaking.slipped(found, rng) if found.error is None else None
    return None if slip is None or breaking.run(slip[0]).line < 2 else Drawn(dims, dims, program=slip[0], why=slip[1])


@lru_cache(maxsize=64)
def _specs(lesson: str) -> tuple[DimSpec, ...]:
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
    found = _live(explainer, dims)
    return found.error, [(layer.name, [sizes(s) for s in layer.outputs], layer.params) for layer in found.layers]


def _live(explainer: Explainer[Any], dims: DimsBase) -> Inspection:
    """The live model of these dims, looked at. Nothing here is remembered."""
    return explaining.inspect_lesson(explainer, dims, run=False)


def _shape_of(found: Inspection, layer: str) -> Shape | None:
    """The first output of a layer, or None where there is no such layer in what was built."""
    return next((step.outputs[0] for step in found.flow if step.layer == layer and step.outputs), None)


def _layer(found: Inspection, name: str) -> Layer:
    return next(layer for layer in found.layers if layer.name == name)


# -- reach this shape ----------------------------------------------------------------------------------------


def _task_shape(explainer: Explainer[Any], drawn: Drawn, plan: Challenge) -> Challenge:
    found = _live(explainer, drawn.dims)
    shape = _shape_of(found, drawn.layer)
    assert shape is not None
    layer = _layer(found, drawn.layer)
    return replace(
        plan,
        task=f"Change the dims until **{layer.name}** ({layer.class_name}) gives {_tagged(shape)}.",
        hints=(
            f"The axes are {listed(list(names(shape)))}. {layer.why}".strip(),
            _deciders(explainer, shape),
            f"One way changes {_named(_changes(drawn.start, drawn.dims))} from where you began.",
        ),
        playable=tuple(spec.name for spec in _specs(explainer.name)),
        layer=layer.name,
        target=shape,
    )


def _tagged(shape: Shape) -> str:
    """``(None, 6, 5)``, each number in the colour of its axis, and the axes' names."""
    inside = ", ".join(tag(axis.size, axis.axis) for axis in shape)
    return f"({inside}{',' if len(shape) == 1 else ''}): {', '.join(names(shape))}"


def _deciders(explainer: Explainer[Any], shape: Shape) -> str:
    """Which dims decide which axis, from the origins of the live shape."""
    told = []
    for axis in shape:
        deciding = [s.name for s in explainer.dims.specs() if set(s.sets) & set(axis.sources)]
        if deciding:
            told.append(f"{axis.axis}: {_named(deciding)}")
    return f"What decides each axis: {'; '.join(told)}." if told else "No dim decides these axes by itself."


def _changes(before: DimsBase, after: DimsBase) -> list[str]:
    """The names of the dims that differ."""
    old, new = before.values(), after.values()
    return [name for name in new if new[name] != old[name]]


def _named(dims: list[str]) -> str:
    return listed([f"`{name}`" for name in dims])


def _judge_shape(explainer: Explainer[Any], drawn: Drawn, dims: DimsBase) -> Verdict:
    wanted = _shape_of(_live(explainer, drawn.dims), drawn.layer)
    found = _live(explainer, dims)
    assert wanted is not None
    if found.error is not None:
        return Verdict(False, f"With these dims the model can't be built. {found.error.cause}")
    got = _shape_of(found, drawn.layer)
    if got is None:
        return Verdict(False, f"With these dims there is no layer {drawn.layer} in the model.")
    if sizes(got) != sizes(wanted):
        return Verdict(False, f"Not yet: {drawn.layer} gives {_tagged(got)}.", wanted, got)
    return Verdict(True, f"Yes: the live model's {drawn.layer} gives {_tagged(got)}.", wanted, got)


def _solve_shape(explainer: Explainer[Any], drawn: Drawn) -> str:
    new = drawn.dims.values()
    told = listed([f"`{name}={new[name]}`" for name in _changes(drawn.start, drawn.dims)])
    return f"From where you began, {told} gives it. There may be other ways."


# -- how many parameters -------------------------------------------------------------------------------------


def _task_count(explainer: Explainer[Any], drawn: Drawn, plan: Challenge) -> Challenge:
    found = _live(explainer, drawn.dims)
    asked = _asked_layers(found, drawn.layer)
    classes, code = _body(found)
    name = f"**{drawn.layer}** ({asked[0].class_name})" if drawn.layer else "the whole model"
    return replace(
        plan,
        task=f"How many parameters has {name}?",
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
    found = _live(explainer, drawn.dims)
    truth = _layer(found, drawn.layer).params if drawn.layer else found.total_params
    who = drawn.layer or "the whole model"
    if said != truth:
        layer = _layer(found, drawn.layer) if drawn.layer else None
        return Verdict(False, f"Keras counts {'fewer' if truth < said else 'more'} than {said:,} in {who}.", said=said,
                       layer=layer)  # fmt: skip
    return Verdict(True, f"Yes: Keras counts **{truth:,}** in {who}. {_sum(_asked_layers(found, drawn.layer), truth)}")


def _sum(layers: list[Layer], truth: int) -> str:
    terms = [weight.numbers for layer in layers for weight in layer.weights]
    return f"{' + '.join(terms)} = {truth:,}."


def _solve_count(explainer: Explainer[Any], drawn: Drawn) -> str:
    found = _live(explainer, drawn.dims)
    truth = _layer(found, drawn.layer).params if drawn.layer else found.total_params
    return f"**{truth:,}**: {_sum(_asked_layers(found, drawn.layer), truth)}"


# -- repair this model ---------------------------------------------------------------------------------------


def _task_repair(explainer: Explainer[Any], drawn: Drawn, plan: Challenge) -> Challenge:
    found = _live(explainer, drawn.dims)
    error = _error(found)
    assert drawn.fix is not None
    classes, code = _body(found)
    return replace(
        plan,
        task=f"This model can't be built. Change at most {MOST_CHANGES} dims, and it can.",
        hints=(
            f"{error.layer} refuses. {_reaching(found)}",
            error.cause,
            f"It is enough to change {_named(list(drawn.fix.dims))}.",
        ),
        playable=tuple(spec.name for spec in _specs(explainer.name)),
        classes=classes,
        code="\n".join(code),
        message=f"{error.type}: {error.message}",
        layer=error.layer or "",
    )


def _error(found: Inspection) -> BuildError:
    assert found.error is not None
    return found.error


def _reaching(found: Inspection) -> str:
    """What goes into the layer that refuses."""
    given = [plain(link.shape) for link in found.flow[-1].inputs if found.flow[-1].failed]
    return f"What reaches it: {listed(given)}." if given else ""


def _judge_repair(explainer: Explainer[Any], drawn: Drawn, dims: DimsBase) -> Verdict:
    changed = _changes(drawn.dims, dims)
    if len(changed) > MOST_CHANGES:
        return Verdict(False, f"You changed {_named(changed)}: at most {MOST_CHANGES} dims may differ.")
    found = _live(explainer, dims)
    if found.error is not None:
        what = "Nothing is changed yet" if not changed else "It still can't be built"
        return Verdict(False, f"{what}. Keras says: {found.error.message}")
    last = next(step for step in reversed(found.flow) if step.outputs)
    return Verdict(
        True,
        f"Yes: it builds. {last.layer} gives {_tagged(last.outputs[0])}; {found.total_params:,} parameters in all.",
    )


def _solve_repair(explainer: Explainer[Any], drawn: Drawn) -> str:
    assert drawn.fix is not None
    told = listed([f"`{name}={value}`" for name, value in drawn.fix.dims.items()])
    return f"{told} repairs it. {drawn.fix.why}".strip()


# -- which line fails ----------------------------------------------------------------------------------------


def _body(found: Inspection) -> tuple[str, list[str]]:
    """The source of custom layers ("" without any), and the lines from the first Input on."""
    lines = found.code.rstrip().splitlines()
    start = min(found.code_lines.values()) - 1
    head = "\n".join(lines[:start]).strip()
    return head if "class " in head else "", lines[start:]


def _bare(line: str) -> str:
    """A line without its shape comment."""
    return re.sub(r"  # .*$", "", line)


def _program(explainer: Explainer[Any], drawn: Drawn, broken: Inspection) -> list[str]:
    """The failing model's lines as somebody wrote them: behind the line that fails stands what they meant to add.

    That is taken from the repaired model. [] where it has no such layer any more.
    """
    assert drawn.fix is not None
    whole = _live(explainer, drawn.dims.but(**drawn.fix.dims))
    if drawn.layer not in whole.code_lines:
        return []
    rest = whole.code.rstrip().splitlines()[whole.code_lines[drawn.layer] :]
    return [_bare(line) for line in (*_body(broken)[1], *rest) if line]


@dataclass(frozen=True)
class _Stop:
    """How far a program came just now: the line that failed, the error, what the lines before it gave, and why."""

    line: int
    error: str
    gave: dict[int, str]
    why: str
    names: tuple[str, ...]  # what would tell the line


def _stop(explainer: Explainer[Any], drawn: Drawn) -> _Stop:
    if drawn.program is not None:
        ran = breaking.run(drawn.program)
        gave = {number: shape for number, shape in enumerate(ran.gave, 1) if shape}
        told = re.findall(r'name="(\w+)"', drawn.program.lines[ran.line - 1])
        return _Stop(ran.line, ran.error, gave, drawn.why, tuple(told))
    found = _live(explainer, drawn.dims)
    error = _error(found)
    gave = {_line_of(found, step.layer): _tagged(step.outputs[0]) for step in found.flow if step.outputs}
    line = _line_of(found, error.layer or "")
    return _Stop(line, f"{error.type}: {error.message}", gave, error.cause, (error.layer or "",))


def _line_of(found: Inspection, layer: str) -> int:
    """The line of a layer, counted from the first Input."""
    return found.code_lines[layer] - min(found.code_lines.values()) + 1


def _task_line(explainer: Explainer[Any], drawn: Drawn, plan: Challenge) -> Challenge:
    stop = _stop(explainer, drawn)
    shapes = [f"line {line} gives {shape.partition(': ')[0]}" for line, shape in stop.gave.items()]
    told = listed(shapes[: (len(shapes) + 1) // 2])
    if drawn.program is not None:
        classes, lines = drawn.program.head, list(drawn.program.lines)
    else:
        found = _live(explainer, drawn.dims)
        classes, lines = _body(found)[0], _program(explainer, drawn, found)
    return replace(
        plan,
        task="This program fails. Which line does Keras refuse?",
        hints=(
            f"Keras says: {_masked(stop.error.partition(': ')[2], stop)}",
            f"{told[:1].upper()}{told[1:]}.",
            f"Why: {_masked(stop.why, stop)}",
        ),
        classes=classes if "class " in classes else "",
        code="\n".join(lines),
    )


def _masked(text: str, stop: _Stop) -> str:
    """The words without the names that would tell the line."""
    for name in filter(None, stop.names):
        text = re.sub(rf"\b{re.escape(name)}\b", "…", text)
    return text


def _judge_line(explainer: Explainer[Any], drawn: Drawn, said: int) -> Verdict:
    stop = _stop(explainer, drawn)
    if said == stop.line:
        return Verdict(True, f"Yes, line {said}. {stop.error}")
    if said > stop.line:
        return Verdict(False, f"Keras never comes to line {said}: an earlier line fails.")
    gives = f" and gives {stop.gave[said]}" if said in stop.gave else ""
    return Verdict(False, f"Line {said} runs{gives}.")


def _solve_line(explainer: Explainer[Any], drawn: Drawn) -> str:
    stop = _stop(explainer, drawn)
    return f"Line {stop.line}. {stop.why}"


_TASKS = {"shape": _task_shape, "count": _task_count, "repair": _task_repair, "line": _task_line}
_SOLUTIONS = {"shape": _solve_shape, "count": _solve_count, "repair": _solve_repair, "line": _solve_line}
