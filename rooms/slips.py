"""What is behind a wrong answer: which slip it is, in words that can follow "11 of 27", and the misconception it shows.

Worked out from the shapes alone, so it holds for any layer: sizes of a task are pairwise different, and a size that
belongs to another axis says which one was meant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from explainers.core.axes import Axis, Shape, is_named
from explainers.core.results import Layer, Weight
from explainers.core.words import listed
from views import predict

Guess = tuple[int | None, ...]

# What was said, and which misconception of the catalogue it is (`explainers/practice/misconceptions`).
KEPT_STEPS, NO_STEPS = "an-rnn-passes-its-sequence-on", "an-rnn-changes-the-length"
UNITS_FOR_STEPS, NONE_IS_NUMBER = "units-is-the-number-of-steps", "none-is-a-number"
KEEPS_LENGTH, WHOLE_ARRAY = "convolution-keeps-the-length", "shape-is-the-whole-array"
CHANNELS_FIRST = "channels-may-stand-first"
MORE_STEPS, HOLDS_BATCH = "more-steps-more-weights", "a-weight-contains-the-batch"
_NAMED = 2  # weights that are told by their names
_WIDTHS, _TIMES = ("units", "filters"), ("timesteps", "steps", "rows", "columns", "height", "width")


@dataclass(frozen=True)
class Slip:
    """text: "put units where timesteps are", after a number of students. misconception: its slug, "" for none."""

    text: str
    misconception: str = ""


def slip_in_shape(guess: Guess, truth: Shape, inputs: Sequence[Shape]) -> Slip | None:
    """The slip behind a wrong shape; None where no rule knows it (it is only wrong)."""
    sizes = tuple(axis.size for axis in truth)
    if guess == sizes:
        return None
    for rule in (_kept_without_batch, _batch, _reordered, _dropped_kept, _left_out, _one_axis):
        if (found := rule(guess, truth, inputs)) is not None:
            return found
    return None


def slip_in_count(said: int, layer: Layer) -> Slip | None:
    """The slip behind a wrong number of parameters; None where no rule knows it."""
    if missing := predict.left_out(said, layer):
        return Slip(_told_missing(missing, layer))
    if gates := predict.one_of_gates(said, layer):
        return Slip(f"counted one gate of {gates}")
    if (axis := predict.multiplied_by(said, layer)) is not None:
        held = HOLDS_BATCH if axis.axis == "batch" else MORE_STEPS if axis.axis in _TIMES else ""
        return Slip(f"counted the weights once for each of the {axis.axis}", held)
    return None


def _told_missing(missing: Sequence[Weight], layer: Layer) -> str:
    """Which weights were left out, as short as it goes: MultiHeadAttention has eight."""
    kept = [weight for weight in layer.weights if weight not in missing]
    if len(missing) <= _NAMED:
        return f"left out {listed([weight.name for weight in missing])}"
    if len(kept) <= _NAMED:
        return f"counted only {listed([weight.name for weight in kept])}"
    return f"left out {len(missing)} of the {len(layer.weights)} weights"


def slip_in_line(said: int, truth: int) -> Slip | None:
    """A line that runs, or one that is never reached; None for the line that fails."""
    if said == truth:
        return None
    return Slip("chose a line that runs" if said < truth else "chose a line after it, which never runs")


def _kept_without_batch(guess: Guess, truth: Shape, inputs: Sequence[Shape]) -> Slip | None:
    """Two slips at once: the input's shape of a sample, with what the layer makes of its last axis."""
    if not truth or truth[0].axis != "batch" or (guess and guess[0] == truth[0].size):
        return None
    found = _dropped_kept((truth[0].size, *guess), truth, inputs)
    return None if found is None else Slip(f"left out the batch axis and {found.text}", found.misconception)


def _batch(guess: Guess, truth: Shape, inputs: Sequence[Shape]) -> Slip | None:
    """The first axis alone: left out, or a number where it is open, or open where it is a number."""
    sizes = tuple(axis.size for axis in truth)
    if not truth or truth[0].axis != "batch":
        return None
    if guess == sizes[1:]:
        return Slip("left out the batch axis", WHOLE_ARRAY)
    if len(guess) != len(sizes) or guess[1:] != sizes[1:]:
        return None
    if sizes[0] is None:
        return Slip("wrote a number where the batch is None", NONE_IS_NUMBER)
    return Slip(f"wrote {_spell(guess[0])} where the batch is {_spell(sizes[0])}", NONE_IS_NUMBER)


def _reordered(guess: Guess, truth: Shape, inputs: Sequence[Shape]) -> Slip | None:
    """All the right sizes in another order."""
    sizes = tuple(axis.size for axis in truth)
    if len(guess) != len(sizes) or sorted(map(str, guess)) != sorted(map(str, sizes)):
        return None
    moved = [axis.axis for said, axis in zip(guess, truth, strict=True) if said != axis.size]
    first = CHANNELS_FIRST if {"filters", "channels"} & set(moved) else ""
    how = f"swapped {listed(moved)}" if len(moved) == 2 else f"put {listed(moved)} in a different order"
    return Slip(how, first or _steps_for(moved))


def _steps_for(names: Sequence[str]) -> str:
    return UNITS_FOR_STEPS if "units" in names and any(name in _TIMES for name in names) else ""


def _dropped_kept(guess: Guess, truth: Shape, inputs: Sequence[Shape]) -> Slip | None:
    """An axis of the input that the output doesn't have."""
    sizes = tuple(axis.size for axis in truth)
    names = {axis.axis for axis in truth}
    for shape in inputs:
        for axis in shape:
            if axis.axis not in names and _without_one(guess, axis.size) == sizes:
                return Slip(
                    f"kept {axis.axis}, which the output doesn't have", KEPT_STEPS if axis.axis in _TIMES else ""
                )
    return None


def _without_one(guess: Guess, size: int | None) -> Guess | None:
    """The guess without the first axis of this size; None where there is none."""
    if size not in guess:
        return None
    place = guess.index(size, 1) if size is None and size in guess[1:] else guess.index(size)
    return guess[:place] + guess[place + 1 :]


def _left_out(guess: Guess, truth: Shape, inputs: Sequence[Shape]) -> Slip | None:
    sizes = tuple(axis.size for axis in truth)
    if len(guess) >= len(sizes):
        return None
    for place, axis in enumerate(truth):
        if guess == sizes[:place] + sizes[place + 1 :]:
            return Slip(f"left out {axis.axis}", NO_STEPS if axis.axis in _TIMES else "")
    return None


def _one_axis(guess: Guess, truth: Shape, inputs: Sequence[Shape]) -> Slip | None:
    """As many axes as there are, with exactly one wrong size that says where it comes from."""
    if len(guess) != len(truth):
        return None
    wrong = [(said, axis) for said, axis in zip(guess, truth, strict=True) if said != axis.size]
    if len(wrong) > 1:
        told = [_where_from(said, axis, truth, inputs) for said, axis in wrong]
        return next((slip for slip in told if slip is not None), None)
    return _where_from(*wrong[0], truth, inputs)


def _where_from(said: int | None, axis: Axis, truth: Shape, inputs: Sequence[Shape]) -> Slip | None:
    if said is None:
        return Slip(f"wrote None where {_named(axis)} fixed", NONE_IS_NUMBER)
    if axis.size is None:
        return Slip(f"wrote a number where {_named(axis)} None", NONE_IS_NUMBER)
    for shape in (*inputs, truth):
        for other in shape:
            if other.size == said and other.axis == axis.axis and is_named(axis.axis):
                length = KEEPS_LENGTH if axis.axis in _TIMES else ""
                return Slip(f"kept {axis.axis} at the input's {_spell(said)}", length)
            if other.size == said and is_named(other.axis):
                return Slip(f"put {other.axis} where {_named(axis)}", _steps_for((other.axis, axis.axis)))
    if abs(said - axis.size) == 1:
        return Slip(f"missed {axis.axis} by one", KEEPS_LENGTH if axis.axis in _TIMES else "")
    return None


def _named(axis: Axis) -> str:
    """``timesteps are``, ``the batch is``."""
    if axis.axis == "batch":
        return "the batch is"
    return f"{axis.axis} {'are' if axis.axis.endswith('s') and not axis.axis.endswith('ss') else 'is'}"


def _spell(size: int | None) -> str:
    return "None" if size is None else f"{size:,}"
