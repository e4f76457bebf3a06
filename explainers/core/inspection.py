"""Inspect any Keras model made of supported layers: dims in words, counts taken apart, cells at work.

    inspect_model(lambda: keras.Sequential([...])) -> Inspection

The model never leaves this module: what comes out is plain data. A build that fails is a result too: all that
stood before the failing layer, and the error as a lesson.
"""

from __future__ import annotations

import math
import os
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from explainers.core import code
from explainers.core.axes import TIMES, Shape, as_factor
from explainers.core.building import BuildLog, build_watched
from explainers.core.failures import explain_failure
from explainers.core.forward import (
    Feed,
    check_cost,
    concrete_inputs,
    ids,
    make_data,
    not_run,
    plan,
    run_once,
    run_through,
)
from explainers.core.graph import Walk, Walked, follow, node_of
from explainers.core.layers import RECURRENT
from explainers.core.layers.ruling import verb_of
from explainers.core.limits import CostError, Limits, out_of_memory
from explainers.core.recording import recurrent_layers
from explainers.core.results import Inspection, Layer, Link, Run, Step, Weight
from explainers.core.rules import NamedWeight, weights_of
from explainers.core.subclassed import NeverCalled, traced
from explainers.core.waves import waves
from explainers.core.words import singular, spoken_by_keras

# "plan": what would be fed, without running; no weight gets its numbers. "through": run, and nothing is recorded.
Running = bool | Literal["plan", "through"]

__all__ = [
    "Feed",
    "Inspected",
    "Running",
    "check_cost",
    "concrete_inputs",
    "flow_of",
    "ids",
    "inspect_live",
    "inspect_model",
    "layers_of",
    "make_data",
    "run_once",
    "summary_of",
    "waves",
]


@dataclass(frozen=True)
class Inspected:
    """What the caller gets inside the worker: the plain result, and the live model for demonstrations.

    refused: what the forward pass raised on our example data; the build stands all the same.
    """

    inspection: Inspection
    model: Any
    refused: Exception | None = None

    @property
    def calls_cells(self) -> bool:
        """Whether a forward pass that is run, or only planned, calls recurrent cells."""
        run = self.inspection.run
        return run is not None and bool(run.fed) and bool(recurrent_layers(list(self.model.layers)))


def inspect_model(
    build: Callable[[], Any],
    axis_names: Mapping[str, str] | None = None,
    feed: Feed | None = None,
    limits: Limits | None = None,
    run: Running = True,
    may_skip: bool = False,
) -> Inspection:
    """Build the model, name every axis, take the counts apart, run it once. See `Inspected` for the live model.

    axis_names: by Input name, {"sequence": "batch timesteps features"}. feed: data for an Input, by name and shape.
    may_skip: a model that would cost too much to run is inspected without the run, which then says why.
    Raises CostError before anything expensive happens.
    """
    return inspect_live(build, axis_names, feed, limits, run, may_skip).inspection


def inspect_live(
    build: Callable[[], Any],
    axis_names: Mapping[str, str] | None = None,
    feed: Feed | None = None,
    limits: Limits | None = None,
    run: Running = True,
    may_skip: bool = False,
    summary: bool = True,
) -> Inspected:
    """As `inspect_model`, and the live model beside it. summary=False: without Keras' table, which takes as long as a
    small model."""
    limits = limits or Limits.from_environment()
    # The same dims show the same numbers: Keras' initializers draw their seeds from Python's `random`. Its own
    # `set_random_seed` would seed TensorFlow too, which forgets all its compiled kernels then: 15 to 40 ms a model.
    random.seed(0)
    log = build_watched(build, limits, numbers=run != "plan")
    if log.error is None:
        log.error = _without_shapes(log)
    if log.error is not None and out_of_memory(log.error):
        raise log.error  # no fault of the model
    if log.error is not None:
        return Inspected(_failed(log, axis_names), None)
    walk = follow(log.model.inputs, log.model.outputs, axis_names=axis_names)
    left = replace(limits, seconds=limits.seconds - log.seconds)
    if not may_skip:
        check_cost(walk, limits)
    ran, refused = _run(log.model, walk, feed, left, may_skip, run) if run else (None, None)
    text, lines = code.write(walk.steps, _ends(walk, log.model.outputs), log.model.name, None)
    inspection = Inspection(
        layers=layers_of(walk),
        flow=flow_of(walk),
        total_params=log.model.count_params(),
        summary=summary_of(log.model) if summary else "",
        run=ran,
        error=None,
        code=text,
        code_lines=lines,
    )
    return Inspected(inspection, log.model, refused)


def _run(
    model: Any, walk: Walk, feed: Feed | None, limits: Limits, may_skip: bool, run: Running
) -> tuple[Run, Exception | None]:
    """One forward pass; where there is none, the sentence that says why, and what our example data were refused with.

    Data that a lesson brought must run: what is raised then is raised on. So is "out of memory", no fault of any data.
    """
    try:
        if run == "through":
            return run_through(model, walk, limits), None
        return plan(walk, limits) if run == "plan" else run_once(model, walk, feed, limits), None
    except CostError as error:
        if not may_skip:
            raise
        return not_run(str(error)), None
    except Exception as error:  # whatever a layer of anybody's stumbles over
        if feed is not None or out_of_memory(error):
            raise
        said = f"It was not run here: our example data were refused. {spoken_by_keras(error)}"
        return not_run(said), error


def _without_shapes(log: BuildLog) -> Exception | None:
    """What to say of a model that has no Inputs. One that was built by data or by `build` is called once more."""
    if getattr(log.model, "built", False) and getattr(log.model, "inputs", None) is not None:
        return None
    try:
        log.model = traced(log.model)
    except NeverCalled as error:
        return error
    return None


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
        why=singular(step.ruling.why),
        verb=verb_of(step.ruling, step.inputs),
    )


def _arguments(layer: Any) -> dict[str, str]:
    """As code has them; those of a wrapped layer with the wrapper's. wraps: ``LSTM``, ``Bidirectional/LSTM``."""
    inner = getattr(layer, "forward_layer", None) or getattr(layer, "layer", None) or getattr(layer, "cell", None)
    own = code.arguments(layer)
    if inner is None or type(layer).__name__ in RECURRENT:
        return own
    told = _arguments(inner)
    within = "/".join(filter(None, (type(inner).__name__, told.pop("wraps", ""))))
    return {"wraps": within, **told, **own}


def _cell_of(layer: Any) -> str:
    inner = getattr(layer, "forward_layer", None) or getattr(layer, "layer", None) or layer
    return type(inner.cell).__name__ if hasattr(inner, "cell") else ""


def weight_of(weight: NamedWeight, place: int = 0) -> Weight:
    """``features × 4 × units``, ``3 × 4 × 5``, 60. place: in the layer's own list of weights."""
    factors = [as_factor(axis) for axis in weight.shape]
    return Weight(
        name=weight.name,
        shape=weight.shape,
        formula=TIMES.join(words for words, _ in factors) or "1",
        numbers=TIMES.join(sizes for _, sizes in factors) or "1",
        count=math.prod(weight.variable.shape),
        gates=weight.gates,
        trainable=bool(weight.variable.trainable),
        place=place,
    )


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
