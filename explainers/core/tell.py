"""One explanation as JSON or as text for a terminal. The JSON is the interface for scripts: see `as_json`."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from explainers.core import explaining
from explainers.core.axes import Axis, Shape, plain, spoken
from explainers.core.dims import DimsBase
from explainers.core.explainer import Explainer
from explainers.core.results import BuildError, Call, Explanation, Fix, Layer, Tensor
from explainers.core.trial import Tried
from explainers.core.words import untagged


@dataclass(frozen=True)
class Told:
    """An explanation and everything that was tried beside it."""

    explanation: Explanation
    trials: tuple[Tried, ...]


def load(explainer: Explainer[Any], dims: DimsBase) -> Told:
    """Build, inspect and try; whatever libraries print goes nowhere, stdout belongs to what is told."""
    with contextlib.redirect_stdout(io.StringIO()):
        return Told(explaining.explain(explainer, dims), explaining.all_trials(explainer, dims))


def as_json(told: Told) -> dict[str, Any]:
    """{"explainer", "dims", "summary", "layers", "total_params", "calls", "error", "code", "url", ...}.

    A shape is ``[{"axis", "size" (null for None), "origin"}, ...]``. Beyond these: "answer" (one sentence),
    "run" (what was fed and what came out, and the formulas of a custom cell), "demonstrations" (what was tried for
    real), "extra" (what this explainer alone has).
    """
    explanation = told.explanation
    found = explanation.inspection
    run = found.run
    return {
        "explainer": explanation.explainer,
        "dims": explanation.dims,
        "answer": untagged(explanation.sentence),
        "summary": found.summary,
        "layers": [_layer(layer) for layer in found.layers],
        "total_params": found.total_params,
        "calls": [_call(call) for call in run.calls] if run else [],
        "run": {
            "fed": [_tensor(t) for t in run.fed],
            "outputs": [_tensor(t) for t in run.outputs],
            "calls_made": run.calls_made,
            "largest_difference": run.largest_difference,
            "note": run.note,
            "formulas": run.formulas,
        }
        if run
        else None,
        "error": _error(found.error),
        "demonstrations": [_trial(tried) for tried in told.trials],
        "extra": _shapes_inside(msgspec.to_builtins(explanation.extra)),
        "code": found.code,
        "url": explanation.url,
    }


def shape_json(shape: Shape) -> list[dict[str, Any]]:
    """``[{"axis": "timesteps", "size": 20, "origin": "..."}]``."""
    return [_axis(axis) for axis in shape]


def _axis(axis: Axis) -> dict[str, Any]:
    return {"axis": axis.axis, "size": axis.size, "origin": axis.origin}


def _shapes_inside(data: Any) -> Any:
    """Plain data as it is, but for the machine's side of an axis (its sources and parts)."""
    if isinstance(data, dict):
        return {key: _shapes_inside(value) for key, value in data.items() if key not in ("sources", "parts", "factors")}
    if isinstance(data, list | tuple):
        return [_shapes_inside(value) for value in data]
    return data


def _layer(layer: Layer) -> dict[str, Any]:
    return {
        "name": layer.name,
        "class": layer.class_name,
        "arguments": layer.arguments,
        "inputs": [shape_json(shape) for shape in layer.inputs],
        "outputs": [shape_json(shape) for shape in layer.outputs],
        "weights": [
            {
                "name": weight.name,
                "axes": shape_json(weight.shape),
                "formula": f"{weight.formula} = {weight.numbers} = {weight.count:,}",
                "count": weight.count,
            }
            for weight in layer.weights
        ],
        "params": layer.params,
        "why": layer.why,
    }


def _call(call: Call) -> dict[str, Any]:
    return {
        "layer": call.layer,
        "cell": call.cell,
        "timestep": call.timestep,
        "probe": call.probe,
        **{
            part: [shape_json(tensor.shape) for tensor in getattr(call, part)]
            for part in ("inputs", "states", "outputs", "new_states")
        },
        "values": {
            part: {tensor.name: tensor.values for tensor in getattr(call, part)}
            for part in ("inputs", "states", "gates", "outputs", "new_states")
        },
    }


def _tensor(tensor: Tensor) -> dict[str, Any]:
    return {"name": tensor.name, "shape": shape_json(tensor.shape), "values": tensor.values}


def _fixes(fixes: Sequence[Fix]) -> list[dict[str, Any]]:
    return [{"label": fix.label, "dims": fix.dims, "why": fix.why, "recommended": fix.recommended} for fix in fixes]


def _error(error: BuildError | None) -> dict[str, Any] | None:
    if error is None:
        return None
    return {
        "type": error.type,
        "message": error.message,
        "layer": error.layer,
        "mistake": error.mistake,
        "cause": error.cause,
        "expected": shape_json(error.expected),
        "found": shape_json(error.found),
        "fixes": _fixes(error.fixes),
    }


def _trial(tried: Tried) -> dict[str, Any]:
    return {
        "name": tried.name,
        "title": tried.title,
        "kind": tried.kind,
        "code": tried.code,
        "verdict": untagged(tried.verdict),
        "tensors": [_tensor(tensor) for tensor in tried.tensors],
        "figures": [{"label": f.label, "value": f.value, "how": f.how} for f in tried.figures],
        "error": _error(tried.error),
        "fixes": _fixes(tried.fixes),
    }


# -- for a terminal ------------------------------------------------------------------------------------------


_COMES_OF_IT = {"loud": " (Keras refuses it)", "silent": " (no error, but wrong)"}


def as_text(told: Told) -> str:
    """The same for reading."""
    found = told.explanation.inspection
    parts = [_unmarked(told.explanation.sentence), ""]
    parts += [found.summary, ""] if found.summary else []
    for layer in found.layers:
        parts += layer_lines(layer)
    parts += [f"Total: {found.total_params:,} parameters", ""] if found.layers else []
    if found.run is not None and found.run.calls_made:
        parts += [f"Cell calls in one forward pass: {found.run.calls_made}. {found.run.note}".strip(), ""]
    if found.error is not None:
        parts += _error_lines(found.error)
    for tried in told.trials:
        parts += [f"{tried.title}{_COMES_OF_IT.get(tried.kind, '')}", f"    {_unmarked(tried.verdict)}"]
        parts += [f"    Keras: {tried.error.message}"] if tried.error else []
    link = [f"Open it: {told.explanation.url}"] if told.explanation.url else []
    return "\n".join([*parts, "", found.code, *link])


def _unmarked(text: str) -> str:
    """Without tags and the marks of bold type, which a terminal would print."""
    return re.sub(r"\*\*(.+?)\*\*", r"\1", untagged(text))


def layer_lines(layer: Layer) -> list[str]:
    """One layer: its shapes in numbers and words, each weight taken apart."""
    shapes = "; ".join(f"{plain(shape)}  {spoken(shape)}" for shape in layer.outputs)
    lines = [f"{layer.name} ({layer.class_name}): {shapes}"]
    for weight in layer.weights:
        count = "" if weight.numbers == str(weight.count) else f" = {weight.count:,}"
        lines.append(f"    {weight.name}: {weight.formula} = {weight.numbers}{count}")
    return lines


def _error_lines(error: BuildError) -> list[str]:
    lines = [f"{error.type}: {error.message}", f"Why: {error.cause}"]
    lines += [f"Fix: {fix.label}. {fix.why}" for fix in error.fixes]
    return [*lines, ""]
