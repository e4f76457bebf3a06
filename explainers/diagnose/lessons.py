"""Which lesson shows this, and with which dims. Only names here: lessons need Keras, reading must not."""

from __future__ import annotations

import re

from explainers.diagnose.finding import Finding, Value
from explainers.diagnose.shapes import walk
from explainers.diagnose.spec import LayerSpec, ModelSpec, Sizes

_RECURRENT = ("LSTM", "GRU", "SimpleRNN")


def lesson_of(finding: Finding, text: str) -> tuple[str | None, dict[str, Value]]:
    """The lesson's name and its dims; None where no lesson shows such a model."""
    lowered = text.lower()
    if re.search(r"\bt-?lstm\b|time.aware lstm", lowered):
        return "t_lstm", {}
    spec = finding.spec
    first = _main_layer(spec)
    if first is None:
        return _by_message(finding)
    layer, shape = first
    if layer.class_name == "Conv1D":
        return "conv1d", _conv(layer, shape)
    if layer.class_name == "ops.multiply" and layer.get("weight") is not None:
        return "hadamard", {}
    if layer.class_name in _RECURRENT or layer.class_name == "Bidirectional":
        if len(shape) == 4:
            return "sequence_set", {}
        return _recurrent(spec, layer, shape)
    return _by_message(finding)


def _by_message(finding: Finding) -> tuple[str | None, dict[str, Value]]:
    if finding.class_name == "RNN" or (finding.mistake == "initial_state" and finding.class_name is None):
        return "multi_output_cell", {}
    if finding.mistake == "operand_sizes" and str(finding.values.get("op", "")).lower().startswith("mul"):
        return "hadamard", {}
    return None, {}


def _main_layer(spec: ModelSpec | None) -> tuple[LayerSpec, Sizes] | None:
    """The first layer that a lesson is about, and the shape that it reads."""
    if spec is None:
        return None
    wanted = ("Conv1D", *_RECURRENT, "Bidirectional", "ops.multiply")
    for i, inputs, _ in walk(spec):
        layer = spec.layers[spec.calls[i].layer]
        if layer.class_name in wanted and inputs:
            return layer, inputs[0]
    return None


def _conv(layer: LayerSpec, shape: Sizes) -> dict[str, Value]:
    if len(shape) != 3:
        return {}
    dims: dict[str, Value] = {"steps": shape[1], "channels": shape[2]}
    for name in ("filters", "kernel_size", "strides", "padding", "dilation_rate"):
        value = layer.get(name)
        if isinstance(value, tuple) and len(value) == 1:
            value = value[0]
        if isinstance(value, int | str) and value != "full":
            dims[name] = value
    return {key: value for key, value in dims.items() if value is not None or key == "steps"}


def _recurrent(spec: ModelSpec | None, layer: LayerSpec, shape: Sizes) -> tuple[str, dict[str, Value]]:
    """One SimpleRNN has its own lesson; LSTM, GRU and stacks of any share one."""
    assert spec is not None
    stack = [entry for entry in spec.layers if entry.class_name in _RECURRENT]
    dims: dict[str, Value] = {}
    if len(shape) == 3:
        dims = {"batch_size": shape[0], "timesteps": shape[1]}
        if shape[2] is not None:
            dims["features"] = shape[2]
        if shape[0] is None:
            del dims["batch_size"]
    if layer.class_name == "SimpleRNN" and len(stack) == 1:
        return "simple_rnn", {**dims, **_units(layer, "units")}
    inner = layer.get("layer")
    one = inner if isinstance(inner, LayerSpec) else layer
    if one.class_name in _RECURRENT and one.class_name != "LSTM":
        dims["cell"] = one.class_name
    levels = stack[:4] if stack else [one]
    for number, entry in enumerate(levels, start=1):
        dims |= _units(entry, f"units_{number}")
    if len(levels) != 2:
        dims["levels"] = len(levels)
    if layer.class_name == "Bidirectional":
        dims["bidirectional"] = True
    if levels[-1].get("return_sequences") is True:
        dims["return_sequences"] = True
    return "stacked_lstm", dims


def _units(layer: LayerSpec, name: str) -> dict[str, Value]:
    units = layer.get("units")
    return {name: units} if isinstance(units, int) else {}
