"""Inspect any Keras model made of supported layers: dims in words, counts taken apart, cells at work.

    inspect_model(lambda: keras.Sequential([...])) -> Inspection

The model never leaves this module: what comes out is plain data. A build that fails is a result too: all that
stood before the failing layer, and the error as a lesson.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from explainers.core import code
from explainers.core.axes import Axis, Shape, names
from explainers.core.building import BuildLog, build_watched
from explainers.core.failures import explain_failure
from explainers.core.graph import Walk, Walked, follow, node_of
from explainers.core.limits import CostError, Limits
from explainers.core.recording import Recorder, recording, recurrent_layers, shown, written
from explainers.core.results import Inspection, Layer, Link, Run, Step, Tensor, Weight
from explainers.core.rules import NamedWeight, weights_of
from explainers.core.sliding import least_steps
from explainers.core.waves import waves

Array = NDArray[Any]
Feed = Callable[[str, tuple[int, ...]], Array | None]  # (Input name, concrete shape) -> data, or None for ours
_CALL_SECONDS = 0.0012  # measured: one eager call of a small cell
_FEW = 4  # samples that are fed of a batch that would take too long
_MOST_DISTRIBUTED = 500  # eager cell calls inside TimeDistributed that a page can wait for (measured: 5 to 15 ms each)


@dataclass(frozen=True)
class Inspected:
    """What the caller gets inside the worker: the plain result, and the live model for demonstrations."""

    inspection: Inspection
    model: Any


def inspect_model(
    build: Callable[[], Any],
    axis_names: Mapping[str, str] | None = None,
    feed: Feed | None = None,
    limits: Limits | None = None,
    run: bool = True,
) -> Inspection:
    """Build the model, name every axis, take the counts apart, run it once. See `Inspected` for the live model.

    axis_names: by Input name, {"sequence": "batch timesteps features"}. feed: data for an Input, by name and shape.
    Raises CostError before anything expensive happens.
    """
    return inspect_live(build, axis_names, feed, limits, run).inspection


def inspect_live(
    build: Callable[[], Any],
    axis_names: Mapping[str, str] | None = None,
    feed: Feed | None = None,
    limits: Limits | None = None,
    run: bool = True,
) -> Inspected:
    """As `inspect_model`, and the live model beside it."""
    limits = limits or Limits.from_environment()
    # The same dims show the same numbers: Keras' initializers draw their seeds from Python's `random`. Its own
    # `set_random_seed` would seed TensorFlow too, which forgets all its compiled kernels then: 15 to 40 ms a model.
    random.seed(0)
    log = build_watched(build, limits)
    if log.error is None and not _has_shapes(log.model):
        log.error = ValueError(f"The model {log.model.name} has no Input: its shapes are unknown until data arrive.")
    if log.error is not None:
        return Inspected(_failed(log, axis_names), None)
    walk = follow(log.model.inputs, log.model.outputs, axis_names=axis_names)
    check_cost(walk, limits)
    text, lines = code.write(walk.steps, _ends(walk, log.model.outputs), log.model.name, None)
    inspection = Inspection(
        layers=layers_of(walk),
        flow=flow_of(walk),
        total_params=log.model.count_params(),
        summary=summary_of(log.model),
        run=run_once(log.model, walk, feed, replace(limits, seconds=limits.seconds - log.seconds)) if run else None,
        error=None,
        code=text,
        code_lines=lines,
    )
    return Inspected(inspection, log.model)


def _has_shapes(model: Any) -> bool:
    return bool(getattr(model, "built", False)) and getattr(model, "inputs", None) is not None


def _ends(walk: Walk, outputs: Sequence[Any]) -> list[tuple[int, int]]:
    """Which step and output each model output is."""
    by_layer = {(id(step.layer), call): index for index, (step, call) in enumerate(_numbered(walk.steps))}
    ends = []
    for tensor in outputs:
        operation, _, tensor_index = tensor._keras_history
        node = node_of(tensor)
        call = list(operation._inbound_nodes).index(node)
        ends.append((by_layer.get((id(operation), call), _last_call(walk, operation)), tensor_index))
    return ends


def _last_call(walk: Walk, operation: Any) -> int:
    return max(index for index, step in enumerate(walk.steps) if step.layer is operation)


def _numbered(steps: Sequence[Walked]) -> list[tuple[Walked, int]]:
    seen: dict[int, int] = {}
    numbered = []
    for step in steps:
        call = seen.get(id(step.layer), 0)
        seen[id(step.layer)] = call + 1
        numbered.append((step, call))
    return numbered


# -- the layers and their weights ----------------------------------------------------------------------------


def layers_of(walk: Walk) -> tuple[Layer, ...]:
    """One entry per layer; a shared layer has the shapes of all its calls."""
    return tuple(
        layer_of(step, [other for other in walk.steps if other.layer is step.layer]) for step in walk.first_calls()
    )


def layer_of(step: Walked, calls: Sequence[Walked]) -> Layer:
    """One layer with its weights taken apart."""
    places = {id(variable): place for place, variable in enumerate(weights_of(step.layer))}
    weights = tuple(weight_of(weight, places[id(weight.variable)]) for weight in step.weights)
    return Layer(
        name=step.layer.name,
        class_name=type(step.layer).__name__,
        arguments=_arguments(step.layer),
        inputs=tuple(shape for call in calls for shape in call.inputs),
        outputs=tuple(shape for call in calls for shape in call.outputs),
        weights=weights,
        params=sum(weight.count for weight in weights),
        known=step.known,
        cell=_cell_of(step.layer),
        why=step.ruling.why,
    )


def _arguments(layer: Any) -> dict[str, str]:
    inner = getattr(layer, "forward_layer", None) or getattr(layer, "layer", None) or getattr(layer, "cell", None)
    own = code.arguments(layer)
    if inner is None or type(layer).__name__ in ("SimpleRNN", "LSTM", "GRU"):
        return own
    return {"wraps": type(inner).__name__, **_arguments(inner), **own}


def _cell_of(layer: Any) -> str:
    inner = getattr(layer, "forward_layer", None) or getattr(layer, "layer", None) or layer
    return type(inner.cell).__name__ if hasattr(inner, "cell") else ""


def weight_of(weight: NamedWeight, place: int = 0) -> Weight:
    """``features × 4·units``, ``3 × 4·5``, 60. place: in the layer's own list of weights."""
    return Weight(
        name=weight.name,
        shape=weight.shape,
        formula=" × ".join(_bracketed(name) for name in names(weight.shape)) or "1",
        numbers=" × ".join(_spelled(axis) for axis in weight.shape) or "1",
        count=int(np.prod(weight.variable.shape)),
        gates=weight.gates,
        trainable=bool(weight.variable.trainable),
        place=place,
    )


def _bracketed(name: str) -> str:
    """A sum is a factor only in brackets: ``(units + latent) × units``."""
    return f"({name})" if " + " in name else name


def _spelled(axis: Axis) -> str:
    """``4·5`` for 4·units of 20: the factor stays visible, and so do the terms of a sum: ``(10 + 8)``."""
    if " + " in axis.axis and axis.parts:
        return f"({' + '.join(_spelled(part) for part in axis.parts)})"
    factor = axis.axis.split("·", 1)[0]
    if factor.isdigit() and axis.size is not None and axis.axis != factor:
        return f"{factor}·{axis.size // int(factor):,}"
    return f"{axis.size:,}" if axis.size is not None else "None"


def flow_of(walk: Walk) -> tuple[Step, ...]:
    """Every call of every layer, with the tensors that link them."""
    return tuple(
        Step(
            layer=step.layer.name,
            class_name=type(step.layer).__name__,
            inputs=tuple(
                Link(parent, output, shape) for (parent, output), shape in zip(step.parents, step.inputs, strict=True)
            ),
            outputs=step.outputs,
        )
        for step in walk.steps
    )


def summary_of(model: Any) -> str:
    """Keras' own summary, 80 columns wide whatever terminal this runs in (it asks the terminal through rich)."""
    lines: list[str] = []
    os.environ["COLUMNS"] = "80"
    model.summary(print_fn=lambda line, **_: lines.append(line), line_length=80)
    return "\n".join(lines)


# -- a failed build ------------------------------------------------------------------------------------------


def _failed(log: BuildLog, axis_names: Mapping[str, str] | None) -> Inspection:
    """All that stood when the build failed, and the layer that refused."""
    assert log.error is not None
    layer, reached, _ = log.failed or (None, [], {})
    ends = [*reached, *_loose_ends(log)]
    walk = follow(log.inputs, ends, axis_names=axis_names, failing=layer)
    steps = walk.steps
    entering = list(walk.outputs[: len(reached)])
    error = explain_failure(log.error, layer, entering)
    given = _ends(walk, reached)
    text, lines = code.write(steps, [], "", (layer, given)) if layer is not None else ("", {})
    return Inspection(
        layers=layers_of(walk),
        flow=(*flow_of(walk), *_failing_step(layer, given, entering)),
        total_params=sum(found.params for found in layers_of(walk)),
        summary="",
        run=None,
        error=error,
        code=text,
        code_lines=lines,
    )


def _failing_step(layer: Any, given: Sequence[tuple[int, int]], entering: Sequence[Shape]) -> tuple[Step, ...]:
    if layer is None:
        return ()
    links = tuple(Link(step, output, shape) for (step, output), shape in zip(given, entering, strict=True))
    return (Step(layer.name, type(layer).__name__, links, (), failed=True),)


def _loose_ends(log: BuildLog) -> list[Any]:
    """Outputs that nobody read before the failure (branches that were already built)."""
    read = {id(t) for tensor in log.outputs for t in node_of(tensor).input_tensors}
    read |= {id(t) for t in (log.failed[1] if log.failed else [])}
    known = {id(t) for t in log.inputs}
    return [t for t in log.outputs if id(t) not in read and _reachable(t, known)]


def _reachable(tensor: Any, inputs: set[int]) -> bool:
    """Whether a tensor hangs on the inputs that were made in this build."""
    if id(tensor) in inputs:
        return True
    parents = node_of(tensor).input_tensors
    return bool(parents) and all(_reachable(parent, inputs) for parent in parents)


# -- one forward pass ----------------------------------------------------------------------------------------


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


def run_once(model: Any, walk: Walk, feed: Feed | None, limits: Limits) -> Run:
    """One eager forward pass on real data, with every cell call recorded."""
    chosen, notes = concrete_inputs(walk, limits)
    check_cost(walk, limits, _fed(chosen))
    waiting = _distributed_calls(walk)
    if waiting > _MOST_DISTRIBUTED:
        note = f"One forward pass would call the cell {waiting:,} times, sequence after sequence: it was not run here."
        return Run((), (), (), 0, None, note)
    data = [make_data(step, shape, feed, walk) for step, shape in chosen]
    recorder = Recorder(most=limits.calls)
    watched = list(model.layers)
    with recording(watched, recorder, _read_axes(walk)):
        outputs = model(data[0] if len(data) == 1 else data, training=False)
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
    for step in inputs:
        for place, axis in enumerate(step.outputs[0]):
            if axis.size is None and axis.axis not in chosen:
                start = 2 if place == 0 else max(5, least)  # few samples, whatever a lesson calls them
                chosen[axis.axis] = next(n for n in count(start) if n not in taken)
                taken.add(chosen[axis.axis])
                notes.append(f"{axis.axis} is None: {chosen[axis.axis]} were fed here.")
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
            f"The whole batch of {batch:,} would take about {seconds(batch):,.1f} s: {few} samples of it were fed."
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
        if type(reader.layer).__name__ == "Embedding" and any(parent == index for parent, _ in reader.parents):
            return ids(shape, reader.layer.input_dim)
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
