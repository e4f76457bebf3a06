"""None made concrete: the runs as a table, and what they show in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from explainers.core.axes import Shape
from explainers.core.results import BuildError, Concrete, ConcreteRun
from explainers.core.words import listed, tag
from views import grid

KEY = "Shaded: depends on the data. Plain: never changes."


def data(shown: Concrete) -> dict[str, Any]:
    """What grid.js draws: a row per layer, a column per run, and the weights under them."""
    columns = [("the model says", ""), *(_head(shown, run) for run in shown.runs)]
    rows = [_layer_row(shown, index) for index in range(len(shown.declared))]
    if any(run.calls_made for run in shown.runs):
        calls = [run.calls_made if run.error is None else None for run in shown.runs]
        rows.append(
            _figures(
                "cell calls", calls, why="A recurrent layer calls its cell once per timestep, and once more as a probe."
            )
        )
    rows.append(_figures("weights", [shown.weights] * len(shown.runs), first=shown.weights))
    prints = [run.fingerprint for run in shown.runs]
    rows.append(
        _figures(
            "fingerprint",
            prints,
            shown.fingerprint,
            "A fingerprint of all weights: a single changed bit would change it.",
        )
    )
    return grid.data([grid.table("The same weights, several sizes of data", columns, rows)], KEY)


def text(shown: Concrete) -> str:
    """What the runs show, with tagged numbers (see `words.tag`)."""
    done = [run for run in shown.runs if run.error is None]
    return " ".join(
        part for part in (_went(shown, done), _stayed(shown), _declared(shown, done), _fixed(shown), shown.note) if part
    )


def refusals(shown: Concrete) -> list[tuple[str, BuildError]]:
    """Keras' refusals, each with who was refused: ``("batch 1, 2 and 7", error)``; the last error's words."""
    refused = [run for run in shown.runs if run.error is not None]
    if not refused or refused[-1].error is None:
        return []
    batches = dict.fromkeys(str(run.batch) for run in refused)
    return [(f"{shown.batch_axis} {listed(list(batches))}", refused[-1].error)]


# -- the table -----------------------------------------------------------------------------------------------


def _head(shown: Concrete, run: ConcreteRun) -> tuple[str, str]:
    return f"{shown.batch_axis} {run.batch:,}", ", ".join(f"{axis} {n:,}" for axis, n in run.lengths.items())


def _layer_row(shown: Concrete, index: int) -> dict[str, Any]:
    declared = shown.declared[index]
    seen = [run.steps[index].shapes for run in shown.runs if run.error is None]
    moved = moving(seen)
    cells = [
        grid.text_cell("refused", grid.REFUSED)
        if run.error is not None
        else grid.shapes_cell(run.steps[index].shapes, moved, origins=False)
        for run in shown.runs
    ]
    first = grid.shapes_cell(declared.shapes, moved)
    return grid.row(declared.layer, [first, *cells], declared.class_name, _row_text(declared.shapes, moved, bool(seen)))


def moving(seen: Sequence[Sequence[Shape]]) -> set[tuple[int, int]]:
    """The (shape, axis) places whose size isn't the same in all runs."""
    if not seen:
        return set()
    return {
        (row, place)
        for row, shape in enumerate(seen[0])
        for place, axis in enumerate(shape)
        if any(other[row][place].size != axis.size for other in seen)
    }


def _row_text(shapes: Sequence[Shape], moved: set[tuple[int, int]], ran: bool) -> str:
    """``batch and timesteps follow the data; units stays 5.``"""
    if not ran:
        return ""
    places = [(axis, (row, place) in moved) for row, shape in enumerate(shapes) for place, axis in enumerate(shape)]
    follow = list(dict.fromkeys(axis.axis for axis, moves in places if moves))
    stay = list(dict.fromkeys(f"{axis.axis} {axis.size}" for axis, moves in places if not moves and axis.size))
    parts = [f"{listed(follow)} {_verb(follow, 'follow')} the data"] if follow else []
    parts += [f"{listed(stay)} {_verb(stay, 'stay')}"] if stay else []
    return "; ".join(parts) + "." if parts else ""


def _verb(subjects: Sequence[object], verb: str) -> str:
    return verb if len(subjects) > 1 else f"{verb}s"


def _figures(head: str, values: Sequence[int | str | None], first: int | str = "", why: str = "") -> dict[str, Any]:
    """A row of numbers: all alike are marked as staying, the others as changing."""
    known = {value for value in (*values, first) if value not in (None, "")}
    state = grid.SAME if len(known) == 1 else grid.CHANGED
    cells = [
        grid.text_cell("–", grid.ABSENT) if value is None else grid.text_cell(_spelled(value), state)
        for value in values
    ]
    return grid.row(head, [grid.text_cell(_spelled(first), state if first else ""), *cells], why=why)


def _spelled(value: int | str) -> str:
    return f"{value:,}" if isinstance(value, int) else value


# -- the sentences -------------------------------------------------------------------------------------------


def _went(shown: Concrete, done: list[ConcreteRun]) -> str:
    if not done:
        return f"None of {len(shown.runs)} sizes of data worked."
    batches = [tag(n, shown.batch_axis) for n in dict.fromkeys(run.batch for run in done)]
    told = [f"{shown.batch_axis} {listed(batches)}"]
    for axis in shown.open_axes:
        lengths = sorted({run.lengths[axis] for run in done})
        told.append(f"{axis} {listed([tag(n, axis) for n in lengths])}")
    return f"One model, built once, has just run on {listed(told)}."


def _stayed(shown: Concrete) -> str:
    prints = {shown.fingerprint, *(run.fingerprint for run in shown.runs)}
    if len(prints) > 1:
        return "The weights changed while it ran: see their fingerprints."
    return (
        f"Its **{shown.weights:,}** weights are the same numbers before the first run and after each: "
        f"their fingerprint is `{shown.fingerprint}` every time."
    )


def _declared(shown: Concrete, done: list[ConcreteRun]) -> str:
    """What happens to other batches than the declared one: as it was seen, not as it should be."""
    declared, axis = shown.declared_batch, shown.batch_axis
    if declared is None:
        return ""
    others = [run for run in shown.runs if run.batch != declared]
    went = [run for run in others if run in done]
    if others and len(went) == len(others):
        return (
            f"batch_size={declared} was declared, and other sizes also ran: today's Keras holds the "
            f"data to that size only where a layer needs it. No layer here keeps a state for each {_one(axis)}."
        )
    refused = [run for run in others if run not in done]
    if not refused:
        return ""
    numbers = listed([tag(run.batch, axis) for run in refused])
    if shown.stateful:
        return (
            f"batch_size={declared} was declared, and {listed(list(shown.stateful))} {_verb(shown.stateful, 'keep')} "
            f"a state for each of the {declared}: {axis} {numbers} {'is' if len(refused) == 1 else 'are'} refused."
        )
    return f"batch_size={declared} was declared, and the model needs it: {axis} {numbers} refused."


def _one(axis: str) -> str:
    return "sample" if axis == "batch" else "one of the " + axis


def _fixed(shown: Concrete) -> str:
    if shown.open_axes or not shown.fixed_axes:
        return ""
    told = listed([f"{axis} is {tag(n, axis)}" for axis, n in shown.fixed_axes.items()])
    return f"In this model {told} in every run: an axis with a number keeps it. Only None accepts any length."
