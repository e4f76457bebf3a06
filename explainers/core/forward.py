"""One real forward pass: what it would cost, what is fed, and every cell call in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from explainers.core.axes import Shape
from explainers.core.graph import Walk, Walked
from explainers.core.layers import NamedWeight, sheet_of
from explainers.core.limits import CostError, Limits
from explainers.core.loops import first_steps
from explainers.core.recording import Recorder, recording, recurrent_layers, shown, written
from explainers.core.results import Run, Tensor
from explainers.core.sliding import least_steps, multiple_of
from explainers.core.waves import waves

Array = NDArray[Any]
Feed = Callable[[str, tuple[int, ...]], Array | None]  # (Input name, concrete shape) -> data, or None for ours
_CALL_SECONDS = 0.0012  # measured: one eager call of a small cell
WORDS = ("a cat", "two dogs and a cat", "no birds")  # texts that are fed
_FEW = 4  # samples that are fed of a batch that would take too long
_MOST_DISTRIBUTED = 500  # eager cell calls inside TimeDistributed that a page can wait for (measured: 5 to 15 ms each)


def check_cost(walk: Walk, limits: Limits, fed: Mapping[str, int] | None = None) -> None:
    """Refuse a forward pass that would take too much memory; CostError says how much, and how to get under it.

    fed: by axis name, the lengths that are really fed for None and for a batch of which only some samples run.
    """
    held = sum(_numbers(shape, fed or {}) for step in walk.steps for shape in _held(step))
    if held > limits.activations:
        raise CostError(
            f"One forward pass would hold about {held:,} numbers ({held * 4 / 1e6:,.0f} MB); this server "
            f"allows {limits.activations:,}. Choose a smaller batch_size, fewer steps or fewer units."
        )


def _held(step: Walked) -> tuple[Shape, ...]:
    """The tensors that a step keeps in memory: what comes out, and a recurrent layer's own copy of what goes in."""
    return (*step.outputs, *step.inputs) if recurrent_layers([step.layer]) else step.outputs


def _numbers(shape: Shape, fed: Mapping[str, int]) -> int:
    return int(np.prod([fed.get(axis.axis, axis.size or 1) for axis in shape], dtype=object))


def _fed(chosen: Sequence[tuple[Walked, tuple[int, ...]]]) -> dict[str, int]:
    """By axis name, the lengths that differ from the declared ones."""
    return {
        axis.axis: n for step, shape in chosen for axis, n in zip(step.outputs[0], shape, strict=True) if axis.size != n
    }


def run_through(model: Any, walk: Walk, limits: Limits) -> Run:
    """One eager forward pass that keeps nothing: whether the layers take what `run_once` would feed."""
    chosen, notes, too_many = _planned(walk, limits)
    if too_many:
        return not_run(too_many)
    with first_steps(model):
        model(_as_declared(model, [make_data(step, shape, None, walk) for step, shape in chosen]), training=False)
    return _of_shapes(chosen, notes)


def run_once(model: Any, walk: Walk, feed: Feed | None, limits: Limits) -> Run:
    """One eager forward pass on real data, with every cell call recorded."""
    chosen, notes, too_many = _planned(walk, limits)
    if too_many:
        return not_run(too_many)
    data = [make_data(step, shape, feed, walk) for step, shape in chosen]
    recorder = Recorder(most=limits.calls)
    watched = list(model.layers)
    with recording(watched, recorder, _read_axes(walk)):
        outputs = model(_as_declared(model, data), training=False)
    tensors = keras.tree.flatten(outputs)  # the states of stacked cells come nested
    recorded = written(recorder)
    if recorder.made > len(recorded.calls):
        notes.append(_not_shown(recorder, len(recurrent_layers(watched))))
    return Run(
        fed=tuple(
            Tensor(step.layer.name, _sized(step.outputs[0], array.shape), shown(array))
            for (step, _), array in zip(chosen, data, strict=True)
        ),
        outputs=tuple(
            Tensor(f"output {i}" if len(tensors) > 1 else "output", _sized(shape, tuple(tensor.shape)), shown(tensor))
            for i, (shape, tensor) in enumerate(zip(walk.outputs, tensors, strict=True))
        ),
        calls=recorded.calls,
        calls_made=recorder.made,
        largest_difference=recorded.difference,
        note=" ".join(notes),
        formulas=recorded.formulas,
    )


def plan(walk: Walk, limits: Limits) -> Run:
    """What `run_once` would feed, without running: shapes alone. Raises CostError where that does."""
    chosen, notes, too_many = _planned(walk, limits)
    return not_run(too_many) if too_many else _of_shapes(chosen, notes)


def _of_shapes(chosen: Sequence[tuple[Walked, tuple[int, ...]]], notes: list[str]) -> Run:
    """What is fed, without numbers."""
    fed = tuple(Tensor(step.layer.name, _sized(step.outputs[0], shape)) for step, shape in chosen)
    return Run(fed, (), (), 0, None, " ".join(notes))


def _planned(walk: Walk, limits: Limits) -> tuple[list[tuple[Walked, tuple[int, ...]]], list[str], str]:
    """The shape for each Input, what was chosen in words, and why it is not to be run; "" where it is.

    Raises CostError before anything expensive happens.
    """
    chosen, notes = concrete_inputs(walk, limits)
    check_cost(walk, limits, _fed(chosen))
    waiting = _distributed_calls(walk)
    if waiting <= _MOST_DISTRIBUTED:
        return chosen, notes, ""
    why = f"One forward pass would call the cell {waiting:,} times, sequence after sequence, so it was not run here."
    return chosen, notes, why


def not_run(why: str) -> Run:
    """In place of a run: the sentence that says why there is none."""
    return Run((), (), (), 0, None, why)


def _as_declared(model: Any, data: Sequence[Array]) -> Any:
    """The arrays in the structure of the model's Inputs: one, a list, or a dict in its own order."""
    structure = getattr(model, "_inputs_struct", None)
    if structure is None:
        return data[0] if len(data) == 1 else list(data)
    return keras.tree.pack_sequence_as(structure, list(data))


def _not_shown(recorder: Recorder, layers: int) -> str:
    """What is said of the calls that were not kept."""
    most = f"the first {recorder.most:,} of each layer" if layers > 1 else f"the first {len(recorder.kept):,}"
    rest = f"; {recorder.compiled:,} ran inside a compiled loop, as in predict" if recorder.compiled else ""
    return f"Of {recorder.made:,} cell calls {most} are shown{rest}."


def _distributed_calls(walk: Walk) -> int:
    """Cell calls that TimeDistributed makes in a Python loop: sequences × (timesteps + 1), where both are known."""
    loops = [
        step.inputs[0]
        for step in walk.steps
        if type(step.layer).__name__ == "TimeDistributed" and recurrent_layers([step.layer])
    ]
    return sum((shape[1].size or 0) * ((shape[2].size or 0) + 1) for shape in loops)


def _sized(shape: Shape, live: tuple[int, ...]) -> Shape:
    """A named shape with the lengths of the tensor that really came."""
    return tuple(axis.resized(int(n)) for axis, n in zip(shape, live, strict=True))


def concrete_inputs(walk: Walk, limits: Limits) -> tuple[list[tuple[Walked, tuple[int, ...]]], list[str]]:
    """A number for every None, different from all others in the model; and what was chosen, in words."""
    taken = {axis.size for step in walk.steps for shape in (*step.inputs, *step.outputs) for axis in shape}
    chosen: dict[str, int] = {}
    notes: list[str] = []
    inputs = [step for step in walk.steps if not step.parents]
    least = max(least_steps(walk), default=1)  # enough for every kernel to find a place
    whole = multiple_of(walk)
    for step in inputs:
        for place, axis in enumerate(step.outputs[0]):
            if axis.size is None and axis.axis not in chosen:
                by = 1 if place == 0 else whole
                start = (
                    2 if place == 0 else -(-max(5, least) // whole) * whole
                )  # few samples, whatever a lesson calls them
                chosen[axis.axis] = next(n for n in count(start, by) if n not in taken)
                taken.add(chosen[axis.axis])
                notes.append(f"{axis.axis} is None: {chosen[axis.axis]} were used here.")
    shapes = [tuple(axis.size if axis.size is not None else chosen[axis.axis] for axis in s.outputs[0]) for s in inputs]
    return _affordable(inputs, shapes, walk, limits, notes), notes


def _affordable(
    inputs: Sequence[Walked], shapes: list[tuple[int, ...]], walk: Walk, limits: Limits, notes: list[str]
) -> list[tuple[Walked, tuple[int, ...]]]:
    """Feed fewer samples than declared where the whole batch would take too long.

    A stateful layer can't take fewer, nor can a weight with a row for each sample.
    """
    batch = max((shape[0] for shape in shapes), default=1)
    stateful = any(getattr(step.layer, "stateful", False) for step in walk.steps)
    fixed = stateful or any(_per_sample(weight) for step in walk.first_calls() for weight in step.weights)

    def seconds(samples: int) -> float:
        fed = _fed(list(zip(inputs, [(samples, *shape[1:]) for shape in shapes], strict=True)))
        return sum(_seconds(step, fed) for step in walk.steps)

    few = _FEW if batch > _FEW and not fixed else batch
    if seconds(few) > limits.seconds:
        raise CostError(
            f"One forward pass over {few:,} samples would take about {seconds(few):,.0f} s; this "
            f"server has {limits.seconds:,.0f} s left for it. Choose {_smaller(fixed)}."
        )
    if few < batch and seconds(batch) > 1.0 and seconds(batch) > 2 * seconds(few):
        notes.append(
            f"The whole batch of {batch:,} would take about {seconds(batch):,.1f} s: {few} samples of it were used."
        )
        shapes = [(few, *shape[1:]) for shape in shapes]
    return list(zip(inputs, shapes, strict=True))


def _per_sample(weight: NamedWeight) -> bool:
    """Whether it has a row for each sample. It is met once then, not by every sample."""
    return any(axis.axis == "batch" for axis in weight.shape)


def _seconds(step: Walked, fed: Mapping[str, int]) -> float:
    """Estimated time of one layer call: each weight meets every place; a recurrent cell is called step after step."""
    loops = len(recurrent_layers([step.layer]))
    shape = step.inputs[0] if loops else step.outputs[0]
    weights = sum(int(np.prod(weight.variable.shape)) for weight in step.weights if not _per_sample(weight))
    calls = loops * _numbers(shape[1:-1], fed)
    return _numbers(shape[:-1], fed) * weights / 5e9 + calls * _CALL_SECONDS


def _smaller(fixed: bool) -> str:
    return "a smaller batch_size, fewer steps or fewer units" if fixed else "fewer steps or fewer units"


def make_data(step: Walked, shape: tuple[int, ...], feed: Feed | None, walk: Walk) -> Array:
    """Data for one Input: the lesson's own, ids for an Embedding, else smooth waves that an eye can follow."""
    given = feed(step.layer.name, shape) if feed else None
    if given is not None:
        return np.asarray(given)
    index = walk.steps.index(step)
    for reader in walk.steps:
        facts = sheet_of(reader.layer)
        if facts and facts.group == "embedding" and any(parent == index for parent, _ in reader.parents):
            return ids(shape, reader.layer.input_dim)
    return _of_dtype(shape, str(step.layer.dtype))


def _of_dtype(shape: tuple[int, ...], dtype: str) -> Array:
    """Words for strings, ones and zeros for whole numbers and truths, else waves."""
    if dtype == "string":
        return np.resize(np.array(WORDS, dtype=object), shape)
    if dtype == "bool" or "int" in dtype:
        return ids(shape, 2).astype(dtype)
    return waves(shape)


def ids(shape: tuple[int, ...], input_dim: int) -> Array:
    """Whole numbers from 0 to input_dim - 1."""
    return (np.arange(np.prod(shape)) % input_dim).reshape(shape).astype("int32")


def _read_axes(walk: Walk) -> dict[str, Shape]:
    """The named shape that each recurrent layer reads, by the name that the recorder uses."""
    found: dict[str, Shape] = {}
    for step in walk.steps:
        if not step.inputs or not step.inputs[0]:
            continue
        for name, _ in recurrent_layers([step.layer]):
            found.setdefault(name, step.inputs[0])
    return found
