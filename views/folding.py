"""Flows of many steps: repeated blocks as one, and a part of what is still too much for one picture."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from explainers.core.axes import sizes
from explainers.core.results import Inspection, Layer, Step
from views import shape_flow

LARGE = 24  # steps; smaller pictures are drawn as they are
PART = 48  # steps of one picture
_BEFORE = 1  # steps before the one that is looked for, which so is in sight at once
_LONGEST = 80  # steps of a block


@dataclass(frozen=True)
class Fold:
    """A block that is repeated one right after the other: its first step, its steps, how many times it is there."""

    start: int
    steps: int
    times: int

    @property
    def end(self) -> int:
        """The step behind the last repetition."""
        return self.start + self.steps * self.times


@dataclass(frozen=True)
class Part:
    """What is drawn of a flow. notes: by step of the picture, what is said above it.

    buttons: by step of the picture, the block that begins there, and is opened or folded there. found: the step that
    was looked for.
    """

    inspection: Inspection
    notes: dict[int, str]
    buttons: dict[int, Fold]
    found: int | None
    first: int
    last: int
    whole: int

    @property
    def is_cut(self) -> bool:
        """Whether there are steps before or behind."""
        return self.last - self.first < self.whole


def folds(inspection: Inspection) -> list[Fold]:
    """The repeated blocks of a large flow, left to right, each as large as it gets.

    Blocks are alike where all of a step is: class, arguments, sizes, count, and how far back it reads.
    """
    flow = inspection.flow
    if len(flow) <= LARGE:
        return []
    layers = {layer.name: layer for layer in inspection.layers}
    numbers: dict[Any, int] = {}
    signs = [numbers.setdefault(_sign(step, index, layers), len(numbers)) for index, step in enumerate(flow)]
    found, at = [], 0
    while at < len(signs):
        best = max((_repeated(signs, at, steps) for steps in range(1, _LONGEST)), key=_saved)
        worth = _saved(best) >= 4
        if worth:
            found.append(best)
        at = best.end if worth else at + 1
    return found


def _sign(step: Step, index: int, layers: dict[str, Layer]) -> Any:
    layer = layers.get(step.layer)
    arguments = tuple(layer.arguments.items()) if layer is not None else ()
    back = tuple((index - link.step, link.output, sizes(link.shape)) for link in step.inputs)
    shapes = tuple(sizes(shape) for shape in step.outputs)
    return step.class_name, arguments, layer.params if layer else 0, back, shapes, step.failed or index * (not back)


def _repeated(signs: list[int], start: int, steps: int) -> Fold:
    block, times = signs[start : start + steps], 1
    while len(block) == steps and signs[start + times * steps : start + (times + 1) * steps] == block:
        times += 1
    return Fold(start, steps, times)


def _saved(fold: Fold) -> int:
    """The steps that needn't be drawn. max() takes the shortest block among equals."""
    return fold.steps * (fold.times - 1)


def title(inspection: Inspection, fold: Fold) -> str:
    """``block_1_attention to block_1_add × 16``."""
    first, last = inspection.flow[fold.start].layer, inspection.flow[fold.start + fold.steps - 1].layer
    who = first if fold.steps == 1 else f"{first} to {last}"
    return f"{who} × {fold.times}"


def part(inspection: Inspection, opened: Collection[int] = (), around: str = "", first: int = 0) -> Part:
    """What to draw: without the repetitions of blocks that aren't opened (by their start), and at most PART steps.

    around: a layer with which the picture begins, nearly; its fold opened where need be.
    first: else, the first step drawn.
    """
    flow = inspection.flow
    place = next((index for index, step in enumerate(flow) if step.layer == around), None)
    blocks = folds(inspection)
    closed = [fold for fold in blocks if fold.start not in opened]
    if place is not None:
        closed = [fold for fold in closed if not fold.start + fold.steps <= place < fold.end]
    stands = {index: index for index in range(len(flow))}  # which step is drawn for each
    for fold in closed:
        for index in range(fold.start + fold.steps, fold.end):
            stands[index] = fold.start + (index - fold.start) % fold.steps
    kept = [index for index in range(len(flow)) if stands[index] == index]
    begins = max(0, kept.index(place) - _BEFORE if place is not None else min(first, len(kept) - PART))
    drawn = kept[begins : begins + PART]
    now = {index: number for number, index in enumerate(drawn)}
    steps = tuple(_moved(flow[index], index, stands, now) for index in drawn)
    buttons = {now[fold.start]: fold for fold in blocks if fold.start in now}
    notes = {step: _note(fold) if fold in closed else f"fold these {fold.times}" for step, fold in buttons.items()}
    found = now[place] if place is not None else None
    if found is not None:
        notes[found] = ", ".join(filter(None, ("found", notes.get(found, ""))))
    return Part(replace(inspection, flow=steps), notes, buttons, found, begins, begins + len(drawn), len(kept))


def near(inspection: Inspection, layer: str, columns: int) -> Inspection:
    """The first call of a layer with what reaches it, so many columns wide; without that layer, what fails, or the end.

    An Input is shown with what reads it.
    """
    flow = inspection.flow
    last = next((index for index, step in enumerate(flow) if step.failed), len(flow) - 1)
    place = next((index for index, step in enumerate(flow) if step.layer == layer), last)
    kept = {place}
    for _ in range(columns - 1):
        kept |= {link.step for index in kept for link in flow[index].inputs}
    if kept == {place} and columns > 1:
        kept |= {index for index, step in enumerate(flow) if any(link.step == place for link in step.inputs)}
    drawn = sorted(kept)
    now, stands = {index: number for number, index in enumerate(drawn)}, {index: index for index in range(len(flow))}
    return replace(inspection, flow=tuple(_moved(flow[index], index, stands, now) for index in drawn))


def data(inspection: Inspection, part: Part) -> dict[str, Any]:
    """What shape_flow.js draws of it, in a frame of its own. inspection: the whole."""
    drawn = shape_flow.data(part.inspection, repeated=part.notes)
    for step, fold in part.buttons.items():
        what = "Open" if part.notes[step].endswith(_note(fold)) else "Fold"
        drawn["steps"][step]["fold"] = {"start": fold.start, "label": f"{what} {title(inspection, fold)}"}
    return drawn | {"large": True, "found": part.found}


def _moved(step: Step, index: int, stands: dict[int, int], now: dict[int, int]) -> Step:
    """The step with its links to where the others are drawn; what is outside the picture has none."""
    links = [(link, now.get(stands[link.step])) for link in step.inputs]
    return replace(
        step, inputs=tuple(replace(link, step=to) for link, to in links if to is not None and to < now[index])
    )


def _note(fold: Fold) -> str:
    return f"× {fold.times}" if fold.steps == 1 else f"this and the next {fold.steps - 1} × {fold.times}"
