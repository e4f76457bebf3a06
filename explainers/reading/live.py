"""The rebuilt model, inspected live: what `show` prints for it. Only a worker imports this module."""

from __future__ import annotations

import contextlib
import dataclasses
import io
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

from explainers.core.axes import Shape
from explainers.core.building import shapes_alone, symbolic, weights_of_zeros
from explainers.core.explaining import explain
from explainers.core.finding import Attempt, Value
from explainers.core.inspection import inspect_live
from explainers.core.limits import CostError, Limits
from explainers.core.loops import first_steps
from explainers.core.registry import find_explainer
from explainers.core.results import BuildError, Explanation, Inspection, Layer
from explainers.core.rules import RuleError, nameless
from explainers.core.spec import Check, ModelSpec
from explainers.core.words import spoken_by_keras
from explainers.reading import by_shapes
from explainers.reading.backbones import is_backbone, too_small
from explainers.reading.build import TooBig, build, refuse_big, run_alone, run_check, samples_fed
from explainers.reading.build_backbone import backbone
from explainers.reading.messages import read_error
from explainers.reading.misfits import misfit
from explainers.reading.refusals import Tried, refusal
from explainers.reading.shapes import MOST_WEIGHTS, channels_in_front, too_big, too_dear
from explainers.reading.text import clean

Running = Literal[True, "through"]  # the forward pass: recorded, or only run through
WITH_DATA = ("fit", "predict", "ids", "unpack")
WIDE = Limits(weights=MOST_WEIGHTS, activations=4 * 10**9, seconds=3600.0)


@dataclass(frozen=True)
class Live:
    """What happened with the model of `spec`. refused: why it wasn't built. line: of the text, where it failed."""

    spec: ModelSpec
    inspection: Inspection | None
    refused: str = ""
    line: int | None = None

    @property
    def error(self) -> BuildError | None:
        """What failed, as far as it is known: the layer, the mistake, the shapes, Keras' own words."""
        return self.inspection.error if self.inspection is not None else None


def look(spec: ModelSpec, run: Running | Literal[False] = True) -> Live:
    """Build, run the checks, and keep what Keras says. run: one forward pass beside it, recorded or just run."""
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            return _look(spec, run)
        except (TooBig, CostError) as error:
            return Live(spec, None, refused=str(error))


def count(spec: ModelSpec) -> int | None:
    """The parameters of a model; None where it can't be built."""
    try:
        with shapes_alone():
            return int(build(spec, numbers=False).count_params())
    except Exception:  # a model beside the one that is shown: its error isn't the question
        return None


def attempt(spec: ModelSpec) -> Attempt:
    """Build a model and run what is tried with it, or one forward pass on zeros. Never raises."""
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            for check in spec.checks:
                run_alone(check)
            if not spec.inputs:
                return Attempt(True, True)  # nothing but the data is there, and they are in order
            if too_big(spec) or channels_in_front(spec):
                return _attempt_by_shapes(spec)
            with weights_of_zeros():
                model = build(spec, stands_in=True)
            model.run_eagerly = True  # tracing takes longer than so few samples do
        except Exception:  # a change that can't be built isn't offered, whatever the reason is
            return Attempt(False, False)
        with_data = any(check.kind in WITH_DATA for check in spec.checks)
        try:
            with first_steps(model):
                for check in spec.checks if with_data else (*spec.checks, _forward(spec)):
                    _run(spec, model, check)
        except Exception:
            return Attempt(True, False)
    return Attempt(True, True, tuple(model.outputs[0].shape))


def _attempt_by_shapes(spec: ModelSpec) -> Attempt:
    """The same for a model that is too large for its numbers."""
    model = by_shapes.bare(spec)
    try:
        for check in spec.checks:
            by_shapes.run_check(model, check)
    except Exception:
        return Attempt(True, False)
    return Attempt(True, True, tuple(model.outputs[0].shape))


def _run(spec: ModelSpec, model: Any, check: Check) -> None:
    """A check with data; by their shapes alone where so many numbers would take too long, or can't be made."""
    with_data = check.kind in ("fit", "predict")
    try:
        dear = with_data and too_dear(spec, samples_fed(spec, check))
        (by_shapes.run_check if dear else run_check)(model, check)
    except TooBig:
        if not with_data:
            raise
        by_shapes.run_check(model, check)


def _forward(spec: ModelSpec) -> Check:
    """One forward pass: two samples, seven steps where an axis is open."""
    shapes = tuple((tensor.shape[0] or 2, *(n or 7 for n in tensor.shape[1:])) for tensor in spec.inputs)
    return Check("predict", shapes)


def lesson(name: str, url: str) -> Explanation:
    """The live model of a lesson at the dims of a link; a cost above the limits is its error."""
    explainer = find_explainer(name)
    dims, _ = explainer.dims.read_kindly(dict(parse_qsl(urlsplit(url).query)))
    with contextlib.redirect_stdout(io.StringIO()):
        return explain(explainer, dims)


def _look(spec: ModelSpec, run: Running | Literal[False]) -> Live:
    for check in spec.checks:
        alone = _failure(lambda check=check: run_alone(check))
        if alone is not None:
            return Live(spec, _empty(refusal(alone, Tried(spec, check))), line=check.line)
    if not spec.inputs:
        return Live(spec, None)
    held = [layer for layer in spec.layers if is_backbone(layer)]
    refuse_big(spec, numbers=False)
    if (too_big(spec) or (channels_in_front(spec) and spec.checks)) and not held:
        return _look_by_shapes(spec)
    refused = _failure(lambda: [backbone(layer, stands_in=False) for layer in held])  # before anybody watches the build
    if refused is not None:
        small = next((layer for layer in held if too_small(layer)), None)
        told = dataclasses.replace(_told(refused), mistake="kernel_exceeds_steps" if small is not None else None)
        cause = spoken_by_keras(refused) if small is not None else ""
        layer = small if small is not None else held[0]
        return Live(spec, _empty(dataclasses.replace(told, cause=cause)), line=layer.line)
    found, model, ran = _inspected(spec, run) if run and not held else (*_without_run(spec), None)
    if found.error is None and ran is not None and _tells(spec, ran):
        found, model = dataclasses.replace(found, error=_told(ran)), None
    if found.error is not None or model is None:
        return Live(spec, found, line=_line_of_layer(spec, found.error.layer if found.error is not None else None))
    if held and spec.checks:
        model = build(spec, stands_in=True)  # the real one has no numbers
    for check in spec.checks:
        failed = _failure(lambda check=check: _run(spec, model, check))
        if failed is not None:
            told = refusal(failed, _tried(spec, check, found, model))
            return Live(spec, dataclasses.replace(found, error=told), line=check.line)
    return Live(spec, found)


def _tells(spec: ModelSpec, ran: Exception) -> bool:
    """Whether a forward pass failed for a mistake that is known, by Keras' words or by the program."""
    return read_error(clean(spoken_by_keras(ran))) is not None or misfit(spec)[0] is not None


def _look_by_shapes(spec: ModelSpec) -> Live:
    """A model that is too large for its numbers: its data are tried by their shapes."""
    seen = by_shapes.inspected(spec)
    found, model = seen.inspection, seen.model
    if found.error is not None or model is None:
        return Live(spec, found, line=_line_of_layer(spec, found.error.layer if found.error is not None else None))
    for check in spec.checks:
        failed = _failure(lambda check=check: by_shapes.run_check(model, check))
        if failed is not None:
            data_pass = check.kind == "fit" and not _failure(
                lambda check=check: by_shapes.run_check(model, dataclasses.replace(check, kind="predict"))
            )
            told = refusal(failed, dataclasses.replace(_named(spec, check, found, model), data_pass=data_pass))
            return Live(spec, dataclasses.replace(found, error=told), line=check.line)
    return Live(spec, found)


def _tried(spec: ModelSpec, check: Check, found: Inspection, model: Any) -> Tried:
    """What is known of a check that failed with a model that stands."""
    data_alone = dataclasses.replace(check, kind="predict")
    data_pass = check.kind == "fit" and _failure(lambda: _run(spec, model, data_alone)) is None
    return dataclasses.replace(_named(spec, check, found, model), data_pass=data_pass)


def _named(spec: ModelSpec, check: Check, found: Inspection, model: Any) -> Tried:
    """The shapes that a check met."""
    named = tuple(shape for step in found.flow for shape in step.outputs)
    outputs = tuple(tuple(tensor.shape) for tensor in model.outputs)
    layer = next((layer for layer in model.layers if layer.name == check.layer), None)
    weights = tuple(tuple(weight.shape) for weight in layer.weights) if layer is not None else ()
    return Tried(spec, check, named, outputs, weights, False)


def _told(error: Exception) -> BuildError:
    return BuildError(type(error).__name__, spoken_by_keras(error), None, None, "")


def _inspected(spec: ModelSpec, run: Running) -> tuple[Inspection, Any, Exception | None]:
    """With a forward pass where that is cheap; without where it fails (the third part) or costs too much."""
    try:
        found = inspect_live(lambda: build(spec), run=run, summary=run is True)
    except TooBig:
        raise
    except (CostError, RuleError):
        return (*_without_run(spec), None)
    if found.refused is not None:  # a forward pass can fail where the build doesn't: the shapes are still worth seeing
        return dataclasses.replace(found.inspection, run=None), found.model, found.refused
    return found.inspection, found.model, None


def _without_run(spec: ModelSpec) -> tuple[Inspection, Any]:
    try:
        found = inspect_live(lambda: build(spec), limits=WIDE, run=False)
    except Exception:  # pasted models hold layers and operations that the engine has no rule for
        return _unruled(spec)
    return found.inspection, found.model


def _unruled(spec: ModelSpec) -> tuple[Inspection, Any]:
    try:
        model = build(spec)
    except TooBig:
        raise
    except Exception as error:  # any error that Keras raises is the lesson
        return _empty(_told(error)), None
    return _nameless(model), model


def _nameless(model: Any) -> Inspection:
    """The live shapes without axis names, where no rule of the engine fits this model."""
    layers = tuple(
        Layer(op.name, type(op).__name__, {}, _shapes(op.input), _shapes(op.output), (), _params(op), known=False)
        for op in getattr(model, "operations", model.layers)
    )
    return Inspection(layers, (), model.count_params(), "", None, None, "", {})


def _shapes(tensors: Any) -> tuple[Shape, ...]:
    return tuple(nameless(tuple(tensor.shape), "the live tensor") for tensor in symbolic(tensors))


def _params(op: Any) -> int:
    return int(op.count_params()) if hasattr(op, "count_params") else 0


def _failure(work: Any) -> Exception | None:
    try:
        work()
    except (TooBig, CostError):
        raise
    except Exception as error:  # any error that Keras raises is the lesson
        return error
    return None


def _empty(error: BuildError) -> Inspection:
    return Inspection((), (), 0, "", None, error, "", {})


def _line_of_layer(spec: ModelSpec, name: str | None) -> int | None:
    for call in spec.calls:
        if spec.layers[call.layer].name == name:
            return call.line
    return None


def explained(
    live: Live, mistake: str | None, cause: str, dims: dict[str, Value], explainer: str | None, url: str
) -> Explanation | None:
    """The rebuilt model as that of a lesson is told; a failure with what was found out about it."""
    if live.inspection is None:
        return None
    found = live.inspection
    if found.error is not None:
        found = dataclasses.replace(
            found,
            error=dataclasses.replace(
                found.error, mistake=found.error.mistake or mistake, cause=found.error.cause or cause
            ),
        )
    return Explanation(explainer or "", dict(dims), cause, found, url)
