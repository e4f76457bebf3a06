"""What the reading of one text may cost: one budget for its statements, its values and the graph that they make.

A text of two hundred characters can double a value in each of its lines (``x = (x, x)``). Python shares the parts, so
that making it costs nothing; reading it through costs all of it. So what is counted is a value's size as it is read.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from explainers.core.spec import LayerSpec
from explainers.reading.code.values import LayerV, ModelV
from explainers.reading.shapes import MOST_CALLS

if TYPE_CHECKING:
    from explainers.reading.code.values import Value

MOST_STEPS = 20_000  # statements, expressions, and values that are read through
MOST_SECONDS = 1.0  # of processor time
MOST_PARTS = 5_000  # of one value, each part counted as often as it stands in it
MOST_ITEMS = 1000  # of one list
MOST_TURNS = 40  # of one loop
MOST_CALLS_IN_ALL = 3_000
DEEPEST = 40  # brackets in brackets, functions in functions, values in values
PARTS_A_STEP = 50  # parts of a value that are counted in the time of one step
FINISHING = 0.25  # the share of the budget that is kept for the models that were read before it was used up

TOO_LONG = "the code is too long to read further; everything above this line was read"
TOO_DEEP = "the code nests too deeply to read further; everything above this line was read"
TOO_LARGE = f"a value here has more than {MOST_PARTS:,} parts; everything above this line was read"
TOO_MANY_CALLS = f"a model here calls its layers more than {MOST_CALLS} times; everything above this line was read"


class UsedUp(Exception):
    """The text costs more than is spent on one; the sentence says what of it."""


class Budget:
    """Steps and seconds that are left for one text."""

    def __init__(self) -> None:
        self.steps = 0
        self.most = int(MOST_STEPS * (1 - FINISHING))
        self.calls = 0
        self.end = time.thread_time() + MOST_SECONDS * (1 - FINISHING)

    def spend(self, steps: int = 1) -> None:
        """Count some steps. Raises UsedUp."""
        before, self.steps = self.steps, self.steps + steps
        looks = self.steps // 64 != before // 64  # at the clock
        if self.steps > self.most or (looks and time.thread_time() > self.end):
            raise UsedUp(TOO_LONG)

    def finish(self) -> None:
        """Reading is over: what was kept for the models that were read may be spent."""
        self.most = max(self.most, self.steps) + int(MOST_STEPS * FINISHING)
        self.end = time.thread_time() + MOST_SECONDS * FINISHING

    def call(self, inputs: int = 1) -> None:
        """Count one call of a layer in the graph: each tensor that it is given costs as much. Raises UsedUp."""
        self.spend(max(1, inputs))
        self.calls += max(1, inputs)
        if self.calls > MOST_CALLS_IN_ALL:
            raise UsedUp(TOO_MANY_CALLS)

    @staticmethod
    def model(calls: int) -> None:
        """A model of so many calls. Raises UsedUp for one that can't be built here."""
        if calls > MOST_CALLS:
            raise UsedUp(TOO_MANY_CALLS)

    def hold(self, value: Value) -> None:
        """Count the parts of a value as they would be read. Raises UsedUp for one that is too large or too deep."""
        waiting, parts, calls = [(value, 0)], 0, 0
        while waiting:
            part, depth = waiting.pop()
            inside, called = _inside(part)
            parts, calls = parts + 1, calls + called
            if depth > DEEPEST:
                raise UsedUp(TOO_DEEP)
            if parts > MOST_PARTS or calls > MOST_CALLS:
                raise UsedUp(TOO_MANY_CALLS if calls > MOST_CALLS else TOO_LARGE)
            waiting += [(inner, depth + 1) for inner in inside]
        self.spend(parts // PARTS_A_STEP)


def _inside(value: Value) -> tuple[list[Value], int]:
    """The parts of a value, and how many of them a model calls."""
    if isinstance(value, list | tuple):
        return list(value[: MOST_PARTS + 1]), 0
    if isinstance(value, dict):
        return list(value.values()), 0
    return _inside_of_keras(value)


def _inside_of_keras(value: Value) -> tuple[list[Value], int]:
    """The layers of a model and what a layer is made of."""
    if isinstance(value, ModelV):
        return list(value.layers), len(value.layers)
    if isinstance(value, LayerV):
        return [value.written.spec], 0
    return ([part for _, part in value.arguments], 0) if isinstance(value, LayerSpec) else ([], 0)
