"""Tasks about what Keras refuses: repair this model, and which line fails."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from explainers.core.axes import plain
from explainers.core.dims import DimsBase
from explainers.core.explainer import Explainer
from explainers.core.results import Inspection
from explainers.core.words import listed
from explainers.practice.challenges.behind import behind
from explainers.practice.challenges.challenge import MOST_CHANGES, Challenge, Verdict
from explainers.practice.challenges.looking import Drawn, body, changes, error_of, live, named, specs, tagged
from explainers.practice.worksheets import breaking


def task_repair(explainer: Explainer[Any], drawn: Drawn, plan: Challenge) -> Challenge:
    found = live(explainer, drawn.dims)
    error = error_of(found)
    assert drawn.fix is not None
    classes, code = body(found)
    return replace(
        plan,
        task=f"This model can't be built. Repair it: change at most {MOST_CHANGES} dims.",
        hints=(
            f"{error.layer} refuses. {_reaching(found)}",
            error.cause,
            f"Changing {named(list(drawn.fix.dims))} is enough.",
        ),
        playable=tuple(spec.name for spec in specs(explainer.name)),
        classes=classes,
        code="\n".join(code),
        message=f"{error.type}: {error.message}",
        layer=error.layer or "",
    )


def _reaching(found: Inspection) -> str:
    """What goes into the layer that refuses."""
    given = [plain(link.shape) for link in found.flow[-1].inputs if found.flow[-1].failed]
    return f"What reaches it: {listed(given)}." if given else ""


def judge_repair(explainer: Explainer[Any], drawn: Drawn, dims: DimsBase) -> Verdict:
    changed = changes(drawn.dims, dims)
    if len(changed) > MOST_CHANGES:
        told = f"You changed {named(changed)}: at most {MOST_CHANGES} dims may differ."
        return Verdict(False, told, behind=f"changed more than {MOST_CHANGES} dims")
    found = live(explainer, dims)
    if found.error is not None:
        what = "Nothing is changed yet" if not changed else "It still can't be built"
        why = behind(found)
        told = f"{what}. Keras says: {found.error.message}"
        return Verdict(False, told, behind=why.text, misconception=why.misconception)
    last = next(step for step in reversed(found.flow) if step.outputs)
    return Verdict(
        True,
        f"Yes: it builds. {last.layer} gives {tagged(last.outputs[0])}; {found.total_params:,} parameters in all.",
    )


def solve_repair(explainer: Explainer[Any], drawn: Drawn) -> str:
    assert drawn.fix is not None
    told = listed([f"`{name}={value}`" for name, value in drawn.fix.dims.items()])
    return f"{told} {'repairs' if len(drawn.fix.dims) == 1 else 'repair'} it. {drawn.fix.why}".strip()


def _bare(line: str) -> str:
    """A line without its shape comment."""
    return re.sub(r"  # .*$", "", line)


def program(explainer: Explainer[Any], drawn: Drawn, broken: Inspection) -> list[str]:
    """The failing model's lines as somebody wrote them: behind the line that fails stands what they meant to add.

    That is taken from the repaired model. [] where it has no such layer any more.
    """
    assert drawn.fix is not None
    whole = live(explainer, drawn.dims.but(**drawn.fix.dims))
    if drawn.layer not in whole.code_lines:
        return []
    rest = whole.code.rstrip().splitlines()[whole.code_lines[drawn.layer] :]
    return [_bare(line) for line in (*body(broken)[1], *rest) if line]


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
    found = live(explainer, drawn.dims)
    error = error_of(found)
    gave = {_line_of(found, step.layer): tagged(step.outputs[0]) for step in found.flow if step.outputs}
    line = _line_of(found, error.layer or "")
    return _Stop(line, f"{error.type}: {error.message}", gave, error.cause, (error.layer or "",))


def _line_of(found: Inspection, layer: str) -> int:
    """The line of a layer, counted from the first Input."""
    return found.code_lines[layer] - min(found.code_lines.values()) + 1


def task_line(explainer: Explainer[Any], drawn: Drawn, plan: Challenge) -> Challenge:
    stop = _stop(explainer, drawn)
    shapes = [f"line {line} gives {shape.partition(': ')[0]}" for line, shape in stop.gave.items()]
    told = listed(shapes[: (len(shapes) + 1) // 2])
    if drawn.program is not None:
        classes, lines = drawn.program.head, list(drawn.program.lines)
    else:
        found = live(explainer, drawn.dims)
        classes, lines = body(found)[0], program(explainer, drawn, found)
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


def judge_line(explainer: Explainer[Any], drawn: Drawn, said: int) -> Verdict:
    stop = _stop(explainer, drawn)
    if said == stop.line:
        return Verdict(True, f"Yes, line {said}. {stop.error}")
    if said > stop.line:
        return Verdict(False, f"Keras never reaches line {said}: an earlier line fails.")
    gives = f" and returns {stop.gave[said]}" if said in stop.gave else ""
    return Verdict(False, f"Line {said} runs{gives}.")


def solve_line(explainer: Explainer[Any], drawn: Drawn) -> str:
    stop = _stop(explainer, drawn)
    return f"Line {stop.line}. {stop.why}"
