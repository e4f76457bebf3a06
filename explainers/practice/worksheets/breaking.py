"""One thing wrong in a program that works: which line fails is found by running it, line after line."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from explainers.core.axes import Shape, names, sizes
from explainers.core.results import Inspection
from explainers.core.words import spoken_by_keras
from explainers.practice.worksheets.printing import bare, parted
from explainers.practice.worksheets.results import Broken

_LAYER = re.compile(r'name="(\w+)"')
_CALL = re.compile(r"(\w+) = .*\)\((\w+)\)$")
_TARGET = re.compile(r"(\w+) = ")
_INPUT = re.compile(r"shape=\(([^()]*)\)")
_BATCH = re.compile(r"batch_size=(\d+)")
_KEPT = "return_sequences=True, "
_SAMPLES = 7
_OPEN = 9  # what an open axis is fed with


@dataclass(frozen=True)
class Program:
    """head: imports and the classes of its own, not printed. body: the model. feed: data, and the model called."""

    head: str
    body: tuple[str, ...]
    feed: tuple[str, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        return (*self.body, *self.feed)


@dataclass(frozen=True)
class Ran:
    """How far a program came. line: the first that failed, from 1, with its error; 0 and "" where all ran.

    gave: what each line before it made, as a shape; "" for what has none.
    """

    line: int
    error: str
    gave: tuple[str, ...]


def broken(found: Inspection, random: Random) -> Broken | None:
    """The model's program with a mistake in it that Keras refuses; None where none of the mistakes is refused."""
    slip = slipped(found, random)
    if slip is None:
        return None
    program, why = slip
    ran = run(program)
    return Broken(program.lines, ran.line, ran.error, why)


def slipped(found: Inspection, random: Random) -> tuple[Program, str] | None:
    """The model's program with one mistake in it, and a sentence about it. Keras has refused it just now.

    found: of a model that builds. None where none of the mistakes is refused.
    """
    program = _program(found)
    if run(program).line:
        return None
    kinds = [list(kind) for kind in _changes(program, found)]
    random.shuffle(kinds)  # first the kind, so that one with many places for it is no more frequent than others
    for kind in kinds:
        random.shuffle(kind)
        for changed, why in kind:
            if run(changed).line:
                return changed, why
    return None


def _program(found: Inspection) -> Program:
    head, lines = parted(found)
    inputs = [step.outputs[0] for step in found.flow if not step.inputs]
    body = tuple(bare(line) for line in lines)
    return Program("\n".join(["import numpy as np", *head]), body, _feed([_fed(shape) for shape in inputs]))


def _fed(shape: Shape) -> tuple[int, ...]:
    batch, *sample = sizes(shape)
    return (batch or _SAMPLES, *(_OPEN if size is None else size for size in sample))


def _feed(shapes: list[tuple[int, ...]]) -> tuple[str, ...]:
    names = ["x"] if len(shapes) == 1 else [f"x_{number}" for number in range(1, len(shapes) + 1)]
    data = [f"{name} = np.zeros({shape})" for name, shape in zip(names, shapes, strict=True)]
    return (*data, f"y = model({names[0] if len(names) == 1 else '[' + ', '.join(names) + ']'})")


# -- the mistakes --------------------------------------------------------------------------------------------


def _changes(program: Program, found: Inspection) -> Iterator[Iterator[tuple[Program, str]]]:
    """Kind by kind: the program with one mistake that people make, and a sentence about it."""
    yield _forgotten(program)
    yield _wrong_inputs(program)
    yield _too_long(program, found)
    yield _wrong_data(program, found)
    for added in (_another_rnn, _flattened, _repeated, _reshaped, _joined):
        yield added(program, _made(program, found))


def _forgotten(program: Program) -> Iterator[tuple[Program, str]]:
    for number, line in enumerate(program.body):
        if _KEPT in line:
            changed = line.replace(_KEPT, "", 1)
            yield _with(program, number, changed), f"return_sequences=True is missing in line {number + 1}."


def _too_long(program: Program, found: Inspection) -> Iterator[tuple[Program, str]]:
    for number, line in enumerate(program.body):
        if found_size := re.search(r"kernel_size=(\d+)", line):
            longer = int(found_size[1]) + max(_longest(found), _OPEN) + 1
            changed = line.replace(found_size[0], f"kernel_size={longer}")
            yield (
                _with(program, number, changed),
                (f"kernel_size={longer} in line {number + 1} has too few steps to slide over."),
            )


def _wrong_inputs(program: Program) -> Iterator[tuple[Program, str]]:
    for number, line in enumerate(program.body):
        if "keras.Input(" in line and (said := _INPUT.search(line)):
            yield from _wrong_input(program, number, line, said)


def _wrong_input(program: Program, number: int, line: str, said: re.Match[str]) -> Iterator[tuple[Program, str]]:
    sizes_said = [size.strip() for size in said[1].split(",") if size.strip()]
    where = f"The shape in line {number + 1}"
    declared = _BATCH.search(line)  # a batch that the Input names already stays the same number
    with_batch = ", ".join([declared[1] if declared else str(_SAMPLES), *sizes_said])
    yield (
        _with(program, number, line.replace(said[0], f"shape=({with_batch})")),
        f"{where} includes the batch: shape describes one sample, and Keras puts the batch in front.",
    )
    if len(sizes_said) > 1:
        flat = f"shape=({sizes_said[-1]},)"
        yield _with(program, number, line.replace(said[0], flat)), f"{where} lacks an axis."


def _wrong_data(program: Program, found: Inspection) -> Iterator[tuple[Program, str]]:
    shapes = [_fed(step.outputs[0]) for step in found.flow if not step.inputs]
    last = found.flow[0].outputs[0][-1].axis
    wide = [(*shapes[0][:-1], shapes[0][-1] + 1), *shapes[1:]]
    yield _fed_with(program, wide), f"The data have one more of {last} than the Input says."


# -- a line too many -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Made:
    """What a line of the body makes: the number of the line, from 0, its variable, and the live shape."""

    number: int
    variable: str
    shape: Shape


def _made(program: Program, found: Inspection) -> list[_Made]:
    shapes = {step.layer: step.outputs[0] for step in found.flow if len(step.outputs) == 1}
    made = []
    for number, line in enumerate(program.body):
        target, layers = _TARGET.match(line), _LAYER.findall(line)
        if target and layers and layers[-1] in shapes:
            made.append(_Made(number, target[1], shapes[layers[-1]]))
    return made


def _another_rnn(program: Program, made: list[_Made]) -> Iterator[tuple[Program, str]]:
    for each in made:
        if len(each.shape) == 2:
            line = f'more = layers.LSTM(units={_SAMPLES}, name="more")({each.variable})'
            yield _behind(program, each, line), f"The output of line {each.number + 1} has no timesteps."


def _flattened(program: Program, made: list[_Made]) -> Iterator[tuple[Program, str]]:
    for each in made:
        if len(each.shape) > 2:
            line = f'flat = layers.Flatten(name="flat")({each.variable})'
            told = f"Flatten joins all axes after the batch: {names(each.shape)[1]} is gone after it."
            yield _behind(program, each, line, through="flat"), told


def _repeated(program: Program, made: list[_Made]) -> Iterator[tuple[Program, str]]:
    for each in made:
        if len(each.shape) > 2:
            line = f'again = layers.RepeatVector({_SAMPLES}, name="again")({each.variable})'
            told = (
                f"RepeatVector takes two axes, (batch, features), and line {each.number + 1} gives {len(each.shape)}."
            )
            yield _behind(program, each, line), told


def _reshaped(program: Program, made: list[_Made]) -> Iterator[tuple[Program, str]]:
    for each in made:
        sample = sizes(each.shape)[1:]
        known = [size for size in sample if size is not None]
        if len(known) == len(sample) == 2:
            line = f'other = layers.Reshape(({known[0] + 1}, {known[1]}), name="other")({each.variable})'
            told = f"Reshape keeps every value: {known[0]} × {known[1]} is not {known[0] + 1} × {known[1]}."
            yield _behind(program, each, line), told


def _joined(program: Program, made: list[_Made]) -> Iterator[tuple[Program, str]]:
    for first in made:
        for each in made:
            if first.number < each.number:
                line = f'joined = layers.Concatenate(name="joined")([{first.variable}, {each.variable}])'
                told = "Concatenate joins along one axis: all the others must be the same in both."
                yield _behind(program, each, line), told


def _behind(program: Program, made: _Made, line: str, through: str = "") -> Program:
    """A line put in behind another one. through: the variable that the next reader takes instead."""
    body = [*program.body[: made.number + 1], line, *program.body[made.number + 1 :]]
    for number in range(made.number + 2, len(body)):
        call = _CALL.match(body[number])
        if through and call and call[2] == made.variable:
            body[number] = f"{body[number].removesuffix(f'({made.variable})')}({through})"
            break
    return Program(program.head, tuple(body), program.feed)


def _with(program: Program, number: int, line: str) -> Program:
    body = (*program.body[:number], line, *program.body[number + 1 :])
    return Program(program.head, body, program.feed)


def _fed_with(program: Program, shapes: list[tuple[int, ...]]) -> Program:
    return Program(program.head, program.body, _feed(shapes))


def _longest(found: Inspection) -> int:
    return max(size or 0 for step in found.flow for shape in step.outputs for size in sizes(shape))


# -- running it ----------------------------------------------------------------------------------------------


def run(program: Program) -> Ran:
    """Run it line by line, until one raises, whatever it raises.

    The code is the engine's own, written from a live model: nothing of it was typed by anybody.
    """
    head_lines = program.head.count("\n") + 1
    tree = ast.parse("\n".join([program.head, *program.lines]))
    scope: dict[str, object] = {"__name__": "worksheet"}
    gave: list[str] = []
    for statement in tree.body:
        try:
            exec(compile(ast.Module([statement], []), "worksheet", "exec"), scope)
        except Exception as error:  # whatever Keras raises is the exercise
            return Ran(statement.lineno - head_lines, f"{type(error).__name__}: {spoken_by_keras(error)}", tuple(gave))
        if statement.lineno > head_lines:
            gave.append(_shape_of(statement, scope))
    return Ran(0, "", tuple(gave))


def _shape_of(statement: ast.stmt, scope: dict[str, object]) -> str:
    if not (isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name)):
        return ""
    shape = getattr(scope[statement.targets[0].id], "shape", None)
    return "" if shape is None else str(tuple(shape))
