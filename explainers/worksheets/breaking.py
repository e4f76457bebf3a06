"""One thing wrong in a program that works: which line fails is found by running it, line after line."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from explainers.core.axes import Shape, sizes
from explainers.core.results import Inspection
from explainers.core.words import spoken_by_keras
from explainers.worksheets.printing import bare, parted
from explainers.worksheets.results import Broken

_INPUT = re.compile(r"shape=\(([^)]*)\)")
_KEPT = "return_sequences=True, "
_SAMPLES = 7
_OPEN = 9  # what an open axis is fed with


@dataclass(frozen=True)
class _Program:
    """head: imports and the classes of its own, not printed. body: the model. feed: data, and the model called."""

    head: str
    body: tuple[str, ...]
    feed: tuple[str, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        return (*self.body, *self.feed)


def broken(found: Inspection, random: Random) -> Broken | None:
    """The model's program with a mistake in it that Keras refuses; None where none of the mistakes is refused."""
    program = _program(found)
    if _failure(program) is not None:
        return None
    changes = list(_changes(program, found))
    random.shuffle(changes)
    for changed, why in changes:
        failure = _failure(changed)
        if failure is not None:
            line, error = failure
            return Broken(changed.lines, line, error, why)
    return None


def _program(found: Inspection) -> _Program:
    head, lines = parted(found)
    inputs = [step.outputs[0] for step in found.flow if not step.inputs]
    body = tuple(bare(line) for line in lines)
    return _Program("\n".join(["import numpy as np", *head]), body, _feed([_fed(shape) for shape in inputs]))


def _fed(shape: Shape) -> tuple[int, ...]:
    batch, *sample = sizes(shape)
    return (batch or _SAMPLES, *(_OPEN if size is None else size for size in sample))


def _feed(shapes: list[tuple[int, ...]]) -> tuple[str, ...]:
    names = ["x"] if len(shapes) == 1 else [f"x_{number}" for number in range(1, len(shapes) + 1)]
    data = [f"{name} = np.zeros({shape})" for name, shape in zip(names, shapes, strict=True)]
    return (*data, f"y = model({names[0] if len(names) == 1 else '[' + ', '.join(names) + ']'})")


# -- the mistakes --------------------------------------------------------------------------------------------


def _changes(program: _Program, found: Inspection) -> Iterator[tuple[_Program, str]]:
    """The program with one mistake that people make, and a sentence about it."""
    for number, line in enumerate(program.body):
        if _KEPT in line:
            changed = line.replace(_KEPT, "", 1)
            yield _with(program, number, changed), f"return_sequences=True is missing in line {number + 1}."
        if "keras.Input(" in line and (said := _INPUT.search(line)):
            yield from _wrong_inputs(program, number, line, said)
        if found_size := re.search(r"kernel_size=(\d+)", line):
            longer = int(found_size[1]) + max(_longest(found), _OPEN) + 1
            changed = line.replace(found_size[0], f"kernel_size={longer}")
            yield _with(program, number, changed), f"kernel_size={longer} in line {number + 1} finds too few steps."
    yield from _wrong_data(program, found)


def _wrong_inputs(program: _Program, number: int, line: str, said: re.Match[str]) -> Iterator[tuple[_Program, str]]:
    sizes_said = [size.strip() for size in said[1].split(",") if size.strip()]
    where = f"The shape in line {number + 1}"
    with_batch = ", ".join([str(_SAMPLES), *sizes_said])
    yield (
        _with(program, number, line.replace(said[0], f"shape=({with_batch})")),
        f"{where} names the batch too: shape is that of one sample, Keras puts the batch in front.",
    )
    if len(sizes_said) > 1:
        flat = f"shape=({sizes_said[-1]},)"
        yield _with(program, number, line.replace(said[0], flat)), f"{where} lacks an axis."


def _wrong_data(program: _Program, found: Inspection) -> Iterator[tuple[_Program, str]]:
    shapes = [_fed(step.outputs[0]) for step in found.flow if not step.inputs]
    last = found.flow[0].outputs[0][-1].axis
    wide = [(*shapes[0][:-1], shapes[0][-1] + 1), *shapes[1:]]
    yield _fed_with(program, wide), f"The data have one more of {last} than the Input says."


def _with(program: _Program, number: int, line: str) -> _Program:
    body = (*program.body[:number], line, *program.body[number + 1 :])
    return _Program(program.head, body, program.feed)


def _fed_with(program: _Program, shapes: list[tuple[int, ...]]) -> _Program:
    return _Program(program.head, program.body, _feed(shapes))


def _longest(found: Inspection) -> int:
    return max(size or 0 for step in found.flow for shape in step.outputs for size in sizes(shape))


# -- running it ----------------------------------------------------------------------------------------------


def _failure(program: _Program) -> tuple[int, str] | None:
    """The printed line that raised, from 1, with the error in Keras' words; None where all ran.

    The code is the engine's own, written from a live model: nothing of it was typed by anybody.
    """
    head_lines = program.head.count("\n") + 1
    tree = ast.parse("\n".join([program.head, *program.lines]))
    scope: dict[str, object] = {"__name__": "worksheet"}
    for statement in tree.body:
        try:
            exec(compile(ast.Module([statement], []), "worksheet", "exec"), scope)
        except Exception as error:  # whatever Keras raises is the exercise
            return statement.lineno - head_lines, f"{type(error).__name__}: {spoken_by_keras(error)}"
    return None
