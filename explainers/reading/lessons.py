"""Which lesson shows this, and with which dims: one rule per lesson, the most special first.

A lesson's own declaration says which dims it can show; a size beyond them stays with the learner and out of the link.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from explainers.core.dims import DimsError
from explainers.core.finding import Finding, Value
from explainers.core.registry import find_explainer
from explainers.core.spec import LayerSpec, ModelSpec, Sizes
from explainers.reading.layers import class_of
from explainers.reading.shapes import walk

_RECURRENT = ("LSTM", "GRU", "SimpleRNN")
_MAIN = ("Conv1D", *_RECURRENT, "Bidirectional", "ops.multiply")
_AVERAGES = ("GlobalAveragePooling1D", "ops.mean")
_SERIES = re.compile(r"time[ _-]?series|forecast|sliding[ _-]window|look[ _-]?back|時間序列|时间序列|временн\w+ ряд")
_ELAPSED = re.compile(r"\bt-?lstm(?:cell)?\b|time[- ]aware lstm|timeawarelstm")

Dims = dict[str, Value]
Lesson = tuple[str, Dims]


@dataclass(frozen=True)
class Seen:
    """What a rule looks at: the finding, the text in lower case, and the calls of the model with what they read."""

    finding: Finding
    text: str
    calls: tuple[tuple[LayerSpec, Sizes], ...]

    def main(self) -> tuple[LayerSpec, Sizes] | None:
        """The first layer that a lesson is about, and the shape that it reads."""
        return next(((layer, shape) for layer, shape in self.calls if layer.class_name in _MAIN), None)

    def dense(self) -> list[int]:
        """The units of every Dense, in order."""
        units = [layer.get("units") for layer, _ in self.calls if _inner(layer).class_name == "Dense"]
        return [n for n in units if isinstance(n, int)]


def lesson_of(finding: Finding, text: str) -> tuple[str | None, Dims, dict[str, str]]:
    """The lesson's name, the learner's dims, and a sentence for each of them that the lesson can't show.

    (None, {}, {}) where no lesson shows such a model.
    """
    seen = Seen(finding, text.lower(), _calls(finding.spec))
    for rule in _RULES:
        found = rule(seen)
        if found is not None:
            name, dims = found[0], {key: value for key, value in found[1].items() if not _negative(value)}
            return name, dims, _misfits(name, dims)
    return None, {}, {}


def _negative(value: Value) -> bool:
    """What is left behind a window that is too long: no size."""
    return isinstance(value, int) and value < 0


def _misfits(name: str, dims: Dims) -> dict[str, str]:
    """The dims that are outside of the lesson's range, each with a sentence."""
    declared = find_explainer(name).dims
    wrong: dict[str, str] = {}
    for dim, value in dims.items():
        try:
            declared.spec(dim).check(value)
        except DimsError as error:
            wrong[dim] = f"The lesson shows another {dim}: {error}"
    return wrong


def _calls(spec: ModelSpec | None) -> tuple[tuple[LayerSpec, Sizes], ...]:
    if spec is None:
        return ()
    return tuple((spec.layers[spec.calls[i].layer], inputs[0]) for i, inputs, _ in walk(spec) if inputs)


def _inner(layer: LayerSpec) -> LayerSpec:
    """What a Bidirectional or TimeDistributed wraps; else the layer itself."""
    inner = layer.get("layer")
    return inner if isinstance(inner, LayerSpec) else layer


def _known(**dims: Value) -> Dims:
    """Without what the text doesn't say."""
    return {name: value for name, value in dims.items() if value is not None}


def _sequence(shape: Sizes) -> Dims:
    """batch_size, timesteps and features of (batch, timesteps, features); open timesteps are a choice, too."""
    if len(shape) != 3:
        return {}
    return {**_known(batch_size=shape[0]), "timesteps": shape[1], **_known(features=shape[2])}


# -- the rules -----------------------------------------------------------------------------------------------


def _pattern(seen: Seen) -> Lesson | None:
    """A cell of the text's own, or a series that the code cuts into windows."""
    if seen.finding.pattern is None:
        return None
    name, dims = seen.finding.pattern
    if name != "windowed_forecast":
        return name, dims
    main = seen.main()
    if main is not None and main[0].class_name not in (*_RECURRENT, "Bidirectional"):
        return None  # windows for another kind of model
    return name, {"reading": "windows", **_forecast(seen), **dims}


def _elapsed(seen: Seen) -> Lesson | None:
    """A T-LSTM by its name: the visits are the widest sequence of the text, the elapsed times end in 1."""
    if not _ELAPSED.search(seen.text):
        return None
    sequences = [tuple(axis.size for axis in shape) for shape in seen.finding.shapes if len(shape) == 3]
    visits = max(sequences, key=lambda sizes: sizes[-1] or 0, default=())
    units = re.search(r"t-?lstm(?:cell)?\((?:units ?= ?)?(\d{1,6})\b|\b(\d{1,6}) units\b", seen.text)
    return "t_lstm", {**_sequence(visits), **_known(units=int(units[1] or units[2]) if units else None)}


def _whole_series(seen: Seen) -> Lesson | None:
    """A model for one length of series, given another; or one long series as the only sample."""
    one = _series_in_message(seen) or _series_in_code(seen)
    if one is None:
        return None
    length, given, features = one
    reading = "whole_series" if length > given else "windows"
    dims: Dims = {
        "reading": reading,
        "points": max(length, given),
        "timesteps": min(length, given),
        "features": features,
    }
    return "windowed_forecast", {**dims, **{k: v for k, v in _forecast(seen).items() if k not in dims}}


def _series_in_message(seen: Seen) -> tuple[int, int, int] | None:
    """(1, 600, 25) wanted and (1, 10, 25) given: the same features, another length."""
    expected, found = seen.finding.shape("expected"), seen.finding.shape("found")
    if seen.finding.mistake != "data_size" or not expected or not found or len(expected) != len(found):
        return None
    main = seen.main()
    if main is None or _inner(main[0]).class_name not in _RECURRENT or re.search(r"conv_?1d", seen.text):
        return None
    if len(expected) not in (2, 3) or expected[-1] != found[-1]:
        return None
    one_sample = len(expected) == 2 or 1 in (expected[0], found[0]) or _SERIES.search(seen.text)
    return _lengths(expected[-2], found[-2], found[-1]) if one_sample else None


def _series_in_code(seen: Seen) -> tuple[int, int, int] | None:
    """Trained on (1, 600, 25), asked to predict (1, 10, 25)."""
    spec = seen.finding.spec
    main = seen.main()
    if spec is None or len(spec.inputs) != 1 or main is None or _inner(main[0]).class_name not in _RECURRENT:
        return None
    fed = [(check.kind, check.shapes[0]) for check in spec.checks if check.shapes and len(check.shapes[0]) == 3]
    trained = next((sizes for kind, sizes in fed if kind == "fit"), spec.inputs[0].shape)
    other = next((sizes for kind, sizes in fed if kind == "predict" and sizes[1:] != trained[1:]), None)
    if other is None or len(trained) != 3 or other[2] != trained[2]:
        return None
    return _lengths(trained[1], other[1], trained[2])


def _lengths(wanted: int | None, given: int | None, features: int | None) -> tuple[int, int, int] | None:
    if wanted is None or given is None or features is None or wanted == given:
        return None
    return wanted, given, features


def _forecast(seen: Seen) -> Dims:
    """timesteps, features and units of the model, targets or horizon from its last Dense, batch_size of its fit."""
    main, dense, spec = seen.main(), seen.dense(), seen.finding.spec
    if main is None or spec is None:
        return {}
    shape = main[1] if len(main[1]) == 3 else (None, None, None)
    units = None if "units = " in " ".join(spec.assumed) else _inner(main[0]).get("units")
    batch = next((check.batch_size or None for check in spec.checks if check.kind == "fit"), None)
    every_step = _inner(main[0]).get("return_sequences") is True
    ahead: Dims = {"targets": dense[-1]} if every_step and dense else _known(horizon=dense[-1] if dense else None)
    return {
        **_known(timesteps=_read(spec, shape[1]), features=_read(spec, shape[2]), batch_size=batch),
        **_known(units=units if isinstance(units, int) else None),
        **ahead,
    }


def _read(spec: ModelSpec, size: int | None) -> int | None:
    """A size, unless it is an example that the text doesn't give."""
    return None if any(note.endswith(f" = {size}") for note in spec.assumed) else size


def _sequences(seen: Seen) -> Lesson | None:
    """Several sequences per sample: four axes that a recurrent layer, or a TimeDistributed one, reads."""
    for place, (layer, shape) in enumerate(seen.calls):
        inner = _inner(layer)
        if inner.class_name not in _RECURRENT or layer.class_name == "Bidirectional":
            continue
        spec = seen.finding.spec
        whole = shape
        if len(shape) == 3 and spec is not None and len(spec.inputs[0].shape) == 4:
            whole = spec.inputs[0].shape  # its batch of one was taken away in front of the layer
            if not any(later.class_name in _AVERAGES for later, _ in seen.calls[place:]):
                return None
        if len(whole) != 4:
            return None
        return "sequence_set", _set_dims(seen, layer, inner, whole, place)
    return None


def _set_dims(seen: Seen, layer: LayerSpec, inner: LayerSpec, whole: Sizes, place: int) -> Dims:
    units, reset = inner.get("units"), inner.get("reset_after")
    later = [entry.get("units") for entry, _ in seen.calls[place + 1 :] if entry.class_name == "Dense"]
    dims: Dims = {"sequences": whole[1], "timesteps": whole[2], **_known(features=whole[3]), "cell": inner.class_name}
    dims |= {"units": units} if isinstance(units, int) else {}
    dims |= {"reset_after": reset} if isinstance(reset, bool) else {}
    dims["form"] = "time_distributed" if layer.class_name == "TimeDistributed" else "squeeze"
    return dims | ({"dense_units": later[0]} if len(later) > 1 and isinstance(later[0], int) else {})


def _product(seen: Seen) -> Lesson | None:
    """A trainable product: a weight that is multiplied with the input, or a weight that got the batch axis."""
    for place, (layer, shape) in enumerate(seen.calls):
        if layer.class_name == "ops.multiply" and isinstance(layer.get("weight"), tuple):
            return "hadamard", _product_dims(seen, place, layer, shape)
    shapes = seen.finding.named.get("both", ()) or seen.finding.named.get("left_shape", ())
    if seen.finding.mistake == "operand_sizes" and str(seen.finding.values.get("op", "")).lower().startswith("mul"):
        return "hadamard", {
            name: n for name, n in _sequence(shapes[0] if shapes else ()).items() if name != "batch_size"
        }
    return None


def _product_dims(seen: Seen, place: int, layer: LayerSpec, shape: Sizes) -> Dims:
    weight = layer.get("weight")
    kernel = _kernel(weight if isinstance(weight, tuple) else (), shape)
    dims: Dims = _sequence(shape) if len(shape) == 3 else _known(features=shape[-1] if shape else None)
    before = [_units_of(entry) for entry, _ in seen.calls[:place]]
    after = [_units_of(entry) for entry, _ in seen.calls[place + 1 :] if entry.class_name == "Dense"]
    first = seen.calls[0][1] if seen.calls else ()
    if len(before) == 2 and None not in before and after and after[0] is not None and len(first) == 3:
        net: Dims = {"net": True, "units_1": before[0], "units_2": before[1], "units_3": after[0]}
        dims = {**_sequence(first), **net}
    return {**dims, **_known(kernel=kernel)}


def _units_of(layer: LayerSpec) -> int | None:
    units = layer.get("units") if layer.class_name == "Dense" else None
    return units if isinstance(units, int) else None


def _kernel(weight: tuple[object, ...], shape: Sizes) -> str | None:
    """Which kernel of the lesson has this shape."""
    if weight and weight[0] is None:
        return "input_shape"
    if len(weight) == 1:
        return "last_axis"
    if len(shape) != 3:
        return None
    rows, columns = (weight[-2], weight[-1]) if len(weight) > 1 else (None, None)
    if (rows, columns) == (shape[1], shape[2]):
        return "element"
    return "column" if (rows, columns) == (1, shape[2]) else "row" if (rows, columns) == (shape[1], 1) else None


def _batch_weight(seen: Seen) -> Lesson | None:
    """ "shape=(None, 16)" of a layer that isn't Keras' own: the kernel has the shape of the whole input."""
    weight = seen.finding.shape("weight_shape")
    if weight is None or weight[:1] != (None,) or None in weight[1:] or class_of(seen.finding.layer or "") is not None:
        return None
    dims = _sequence(weight) if len(weight) == 3 else _known(features=weight[-1] if len(weight) > 1 else None)
    return "hadamard", {**dims, "kernel": "input_shape"}


def _several_outputs(seen: Seen) -> Lesson | None:
    """A cell with more than one output, or one that wants constants."""
    sizes = seen.finding.shape("sizes")
    if sizes is not None:
        return "multi_output_cell", _known(**dict(zip(("units", "extra_units"), sizes, strict=False)))
    if "constants" in str(seen.finding.values.get("argument", "")) or (
        seen.finding.class_name == "RNN" and seen.main() is None
    ):
        return "multi_output_cell", {}
    return None


def _layers(seen: Seen) -> Lesson | None:
    """The lessons about one class of layer."""
    main = seen.main()
    if main is None:
        state = seen.finding.mistake == "initial_state" and seen.finding.class_name is None
        return ("multi_output_cell", {}) if state else None
    layer, shape = main
    if layer.class_name == "Conv1D":
        return "conv1d", _conv(layer, shape)
    if layer.class_name == "ops.multiply":
        return None
    return _recurrent(seen.finding.spec, layer, shape)


_RULES: tuple[Callable[[Seen], Lesson | None], ...] = (
    _pattern,
    _elapsed,
    _whole_series,
    _several_outputs,
    _sequences,
    _product,
    _batch_weight,
    _layers,
)


def _conv(layer: LayerSpec, shape: Sizes) -> Dims:
    if len(shape) != 3:
        return {}
    front = layer.get("data_format") == "channels_first"
    dims: Dims = {"steps": shape[2 if front else 1], "channels": shape[1 if front else 2]}
    for name in ("filters", "kernel_size", "strides", "padding", "dilation_rate"):
        value = layer.get(name)
        if isinstance(value, tuple) and len(value) == 1:
            value = value[0]
        if isinstance(value, int | str) and value != "full":
            dims[name] = value
    return {key: value for key, value in dims.items() if value is not None or key == "steps"}


def _recurrent(spec: ModelSpec | None, layer: LayerSpec, shape: Sizes) -> Lesson:
    """One SimpleRNN has its own lesson; LSTM, GRU and stacks of any share one."""
    assert spec is not None
    dims = _sequence(shape)
    if layer.class_name == "SimpleRNN" and len(_levels(spec)) == 1:
        return "simple_rnn", {**dims, **_units(layer, "units")}
    levels = _levels(spec)[:4] or [_inner(layer)]
    for number, entry in enumerate(levels, start=1):
        dims |= _units(entry, f"units_{number}")
        if entry.class_name != "LSTM":
            dims[f"layer_{number}"] = entry.class_name
    if len(levels) != 2:
        dims["levels"] = len(levels)
    dims |= {f"return_sequences_{number}": False for number in _cut_off(spec)}
    for name in ("bidirectional", "return_sequences", "reset_after", "stateful"):
        value = {"bidirectional": layer.class_name == "Bidirectional"}.get(name, levels[-1].get(name))
        if value is (name != "reset_after"):
            dims[name] = value
    return "stacked_lstm", dims


def _cut_off(spec: ModelSpec) -> list[int]:
    """The levels (from 1) whose answer has lost its timesteps where the level above still wants them."""
    read = [shape for entry, shape in _calls(spec) if _inner(entry).class_name in _RECURRENT]
    return [number for number, shape in enumerate(read[:4]) if number and len(shape) == 2]


def _levels(spec: ModelSpec) -> list[LayerSpec]:
    """The recurrent layers of a model, also inside a Bidirectional, in order."""
    return [_inner(entry) for entry in spec.layers if _inner(entry).class_name in _RECURRENT]


def _units(layer: LayerSpec, name: str) -> Dims:
    units = layer.get("units")
    return {name: units} if isinstance(units, int) else {}
