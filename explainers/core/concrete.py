"""None made concrete: the same live model, the same weights, several sizes of data.

A None in a shape is an axis that waits for the data. Here it gets its number several times over, through one model
that is built once; a fingerprint of the weights before and after shows that nothing in them moved.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from explainers.core import inspection as inspecting
from explainers.core.axes import Shape
from explainers.core.dims import DimsBase
from explainers.core.explainer import Explainer
from explainers.core.failures import explain_data
from explainers.core.forward import Feed
from explainers.core.graph import Walk, Walked, follow
from explainers.core.limits import CostError, Limits
from explainers.core.recording import Recorder, recording, recurrent_layers
from explainers.core.registry import find_explainer
from explainers.core.results import Concrete, ConcreteRun, StepShapes, Tensor
from explainers.core.sliding import least_steps
from explainers.core.words import listed

BATCHES = (1, 2, 7)
LENGTHS = (3, 8, 13)
SECONDS = 4.0  # estimated, for all runs together
PATIENCE = 8.0  # really spent: after that no further run begins, however busy the machine is
_CALL_SECONDS = 0.0012  # measured: one eager call of a small cell


@dataclass(frozen=True)
class _Size:
    """What one run feeds: samples, and a length for each axis that is open."""

    batch: int
    lengths: tuple[tuple[str, int], ...] = ()  # (axis name, length)

    def told(self) -> str:
        """``batch 7, timesteps 8``."""
        return ", ".join([f"batch {self.batch}", *(f"{axis} {n}" for axis, n in self.lengths)])


@dataclass(frozen=True)
class _Live:
    """The model with its named axes. `tap` is the same layers, returning what every one of them gives."""

    model: Any
    tap: Any
    walk: Walk
    feed: Feed | None

    @property
    def inputs(self) -> list[Walked]:
        return [step for step in self.walk.steps if not step.parents]


def concrete(name: str, dims: Mapping[str, str]) -> Concrete:
    """One lesson's model run with several batches, and several lengths where an axis of a sample is None.

    Raises DimsError, UnknownExplainer, or CostError: also where the model can't be built, so nothing can be run.
    """
    explainer = find_explainer(name)
    return run_sizes(explainer, explainer.dims.read(dims))


def run_sizes(explainer: Explainer[Any], dims: DimsBase, limits: Limits | None = None) -> Concrete:
    """As `concrete`, for a lesson and its dims."""
    own = explainer.feed
    feed: Feed | None = (lambda name, shape: own(dims, name, shape)) if own else None
    return run_model(lambda: explainer.build(dims), explainer.inputs, feed, limits)


def run_model(
    build: Callable[[], Any],
    axis_names: Mapping[str, str] | None = None,
    feed: Feed | None = None,
    limits: Limits | None = None,
) -> Concrete:
    """As `concrete`, for any model that can be built."""
    limits = limits or Limits.from_environment()
    found = inspecting.inspect_live(build, axis_names, limits=limits, run=False)
    if found.inspection.error is not None:
        raise CostError(f"This model can't be built, so nothing can be fed to it: {found.inspection.error.cause}")
    live = _tapped(found.model, axis_names, feed)
    batch, *_ = live.inputs[0].outputs[0]
    before = fingerprint(found.model)
    wanted = _sizes(live)
    runs = _runs(live, _affordable(live, wanted, limits))
    return Concrete(
        batch_axis=batch.axis,
        declared_batch=batch.size,
        stateful=tuple(name for name, layer in recurrent_layers(found.model.layers) if layer.stateful),
        open_axes=_open_axes(live),
        fixed_axes={a.axis: a.size for i in live.inputs for a in i.outputs[0][1:-1] if a.size is not None},
        declared=tuple(_step(step, step.outputs) for step in live.walk.steps),
        weights=found.model.count_params(),
        fingerprint=before,
        runs=tuple(runs.values()),
        note=_left_out([size for size in wanted if size not in runs]),
    )


def fingerprint(model: Any) -> str:
    """The first 8 digits of the SHA-256 of all weights: one changed bit gives another."""
    digest = hashlib.sha256()
    for weight in model.weights:
        digest.update(np.ascontiguousarray(weight).tobytes())
    return digest.hexdigest()[:8]


def _tapped(model: Any, axis_names: Mapping[str, str] | None, feed: Feed | None) -> _Live:
    walk = follow(model.inputs, model.outputs, axis_names=axis_names)
    calls = {id(step.layer): iter(step.layer._inbound_nodes) for step in walk.steps}  # a shared layer has several
    tensors = [next(calls[id(step.layer)]).output_tensors for step in walk.steps]
    starts = model.inputs[0] if len(model.inputs) == 1 else model.inputs
    return _Live(model, keras.Model(starts, tensors, name=f"{model.name}_tapped"), walk, feed)


# -- what is fed ---------------------------------------------------------------------------------------------


def _open_axes(live: _Live) -> tuple[str, ...]:
    """The names of the axes of a sample that wait for data."""
    return tuple(dict.fromkeys(a.axis for step in live.inputs for a in step.outputs[0][1:] if a.size is None))


def _sizes(live: _Live) -> list[_Size]:
    """Each batch at middle lengths, then each other length of each open axis with a batch of 2."""
    least = max(least_steps(live.walk), default=1)  # enough for every kernel to find a place
    further = max(least - LENGTHS[0], 0)
    lengths = {axis: [n + further + place for n in LENGTHS] for place, axis in enumerate(_open_axes(live))}
    middle = {axis: numbers[1] for axis, numbers in lengths.items()}
    declared = live.inputs[0].outputs[0][0].size
    batches = sorted({*BATCHES, *([declared] if declared else [])})
    return [
        *(_Size(batch, tuple(middle.items())) for batch in batches),
        *(
            _Size(declared or BATCHES[1], tuple({**middle, axis: n}.items()))
            for axis, numbers in lengths.items()
            for n in (numbers[0], numbers[2])
        ),
    ]


def _affordable(live: _Live, sizes: list[_Size], limits: Limits) -> list[_Size]:
    """The runs that fit the time and the memory. CostError where none does."""
    spent, kept = 0.0, []
    for size in sizes:
        seconds, largest = _cost(live, size)
        if spent + seconds <= min(SECONDS, limits.seconds) and largest <= limits.activations:
            spent += seconds
            kept.append(size)
    if not kept:
        raise CostError(
            "Running this model several times would take too long here. Choose fewer steps, or fewer units."
        )
    return kept


def _left_out(sizes: list[_Size]) -> str:
    if not sizes:
        return ""
    return f"Not run, because it would take too long here: {listed([size.told() for size in sizes])}."


def _cost(live: _Live, size: _Size) -> tuple[float, int]:
    """Seconds of one run, estimated on the high side, and the numbers in its largest tensor."""
    declared = live.inputs[0].outputs[0][0].size or 1
    stretch = size.batch * int(np.prod([n for _, n in size.lengths]))
    shapes = [shape for step in live.walk.steps for shape in step.outputs if shape]
    numbers = [int(np.prod([a.size or 1 for a in shape], dtype=object)) * stretch // declared for shape in shapes]
    places = max(n // (shape[-1].size or 1) for n, shape in zip(numbers, shapes, strict=True))
    calls = sum(_calls(step, dict(size.lengths)) for step in live.walk.steps)
    return places * live.model.count_params() / 5e9 + calls * _CALL_SECONDS, max(numbers)


def _calls(step: Walked, lengths: dict[str, int]) -> int:
    """How often the cells of a step are called, at most.

    TimeDistributed walks every sequence by itself: with two axes in the middle, count them multiplied.
    """
    read = step.inputs[0][1:-1][:2] if step.inputs else ()
    return len(recurrent_layers([step.layer])) * math.prod(axis.size or lengths.get(axis.axis, 1) for axis in read)


def _fed_shape(step: Walked, size: _Size) -> tuple[int, ...]:
    _, *sample = step.outputs[0]
    lengths = dict(size.lengths)
    return (size.batch, *(lengths[a.axis] if a.size is None else a.size for a in sample))


# -- one run -------------------------------------------------------------------------------------------------


def _runs(live: _Live, sizes: list[_Size]) -> dict[_Size, ConcreteRun]:
    """One run after the other while there is time; the first always."""
    begun = time.monotonic()
    runs: dict[_Size, ConcreteRun] = {}
    for size in sizes:
        if not runs or time.monotonic() - begun < PATIENCE:
            runs[size] = _run(live, size)
    return runs


def _run(live: _Live, size: _Size) -> ConcreteRun:
    """Feed one size, and keep what every layer gave, or Keras' refusal."""
    shapes = [_fed_shape(step, size) for step in live.inputs]
    data = [inspecting.make_data(s, shape, live.feed, live.walk) for s, shape in zip(live.inputs, shapes, strict=True)]
    recorder, error, outputs = Recorder(most=0), None, None
    with recording(list(live.model.layers), recorder, {}):
        try:
            outputs = live.tap(data[0] if len(data) == 1 else data, training=False)
        except Exception as failure:  # any error that Keras raises is the lesson
            error = explain_data(failure, live.inputs[0].outputs[0], shapes[0])
    return ConcreteRun(
        batch=size.batch,
        lengths=dict(size.lengths),
        fed=tuple(
            Tensor(step.layer.name, _resized(step.outputs[0], shape))
            for step, shape in zip(live.inputs, shapes, strict=True)
        ),
        steps=() if outputs is None else _given(live, outputs),
        calls_made=recorder.made,
        fingerprint=fingerprint(live.model),
        error=error,
    )


def _given(live: _Live, outputs: Any) -> tuple[StepShapes, ...]:
    """The live shape of every layer's output under the names of its axes."""
    return tuple(
        _step(step, tuple(_resized(s, tuple(t.shape)) for s, t in zip(step.outputs, tensors, strict=True)))
        for step, tensors in zip(live.walk.steps, outputs, strict=True)
    )


def _step(step: Walked, shapes: tuple[Shape, ...]) -> StepShapes:
    return StepShapes(step.layer.name, type(step.layer).__name__, shapes)


def _resized(shape: Shape, live: tuple[int, ...]) -> Shape:
    return tuple(axis.resized(int(n)) for axis, n in zip(shape, live, strict=True))
