"""How the lesson recognises a stack of recurrent layers, and what people ask about one."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping

from explainers.core.asked import count_of, failure_told, none_told, shape_told, shapes_of
from explainers.core.explainer import Asked, Explainer
from explainers.core.finding import Change, Value
from explainers.core.layers import BY_GATES, blocks, two_biases
from explainers.core.results import Inspection
from explainers.core.signs import RECURRENT, Level, Recognised, Seen, inner, levels, sequence, units_of
from explainers.core.words import tag
from explainers.stacked_lstm import Dims


def _recurrent(seen: Seen) -> Recognised | None:
    """A recurrent layer, or a stack of them; one SimpleRNN alone has a lesson of its own."""
    main, spec = seen.main(), seen.finding.spec
    if main is None or spec is None or inner(main[0]).class_name not in RECURRENT:
        return None
    layer, shape = main
    dims = sequence(shape)
    stack = levels(spec)[:4] or [inner(layer)]
    for number, entry in enumerate(stack, start=1):
        dims |= units_of(entry, f"units_{number}")
        if entry.class_name != "LSTM":
            dims[f"layer_{number}"] = entry.class_name
    if len(stack) != 2:
        dims["levels"] = len(stack)
    dims |= {f"return_sequences_{number}": False for number in _cut_off(seen)}
    for name in ("bidirectional", "return_sequences", "reset_after", "stateful"):
        value = {"bidirectional": layer.class_name == "Bidirectional"}.get(name, stack[-1].get(name))
        if value is (name != "reset_after"):
            dims[name] = value
    return dims


def _cut_off(seen: Seen) -> list[int]:
    """The levels (from 1) whose output has lost its timesteps where the level above still wants them."""
    read = [shape for entry, shape in seen.calls if inner(entry).class_name in RECURRENT]
    return [number for number, shape in enumerate(read[:4]) if number and len(shape) == 2]


def _repairs(dims: Mapping[str, Value]) -> tuple[Change, ...]:
    """For a text whose levels lose their timesteps: keep them."""
    lost = [name for name, value in dims.items() if name.startswith("return_sequences_") and value is False]
    if not lost:
        return ()
    levels_told = ", ".join(name[-1] for name in lost)
    return (
        Change(
            f"return_sequences=True on level {levels_told}: an output at every timestep.", dict.fromkeys(lost, True)
        ),
    )


# -- what people ask -----------------------------------------------------------------------------------------


def of_count(count: int) -> Iterator[dict[str, Value]]:
    """Dims at which the first level has so many parameters: an LSTM, with few features, or else a GRU."""
    for cell in (name for name in reversed(BY_GATES) if blocks(name) > 1):
        gates, biases = blocks(cell), 1 + two_biases(cell)
        widths = [units for units in range(1, 513) if count % (gates * units) == 0]
        fits = [(count // (gates * units) - units - biases, units) for units in widths]
        for features, units in sorted(fits):
            if 1 <= features <= 512:
                yield {"levels": 1, "layer_1": cell, "features": features, "units_1": units}


def _torch_told(dims: Dims, found: Inspection) -> str:
    """The same layer in both frameworks, with the sizes of the live model."""
    layer = found.layers[1]
    features, units = layer.inputs[0][-1].size, layer.outputs[0][-1].size
    cell = layer.class_name
    return (
        f"nn.{cell}(input_size={tag(features, 'features')}, hidden_size={tag(units, 'units')}, batch_first=True) is "
        f"keras.layers.{cell}({tag(units, 'units')}): Keras reads input_size from the data, hidden_size is units, and "
        f"the output here is {shape_told(layer.outputs[0])} with **{layer.params:,}** parameters."
    )


ASKED: tuple[Asked[Dims], ...] = (
    Asked(
        "expected ndim=3, found ndim=2",
        {"return_sequences_1": False},
        "",
        failure_told,
        ("incompatible with the layer", "min_ndim"),
    ),
    Asked("When do I need return_sequences=True?", {"return_sequences_1": False}, "", failure_told),
    Asked(
        "Why None instead of a number?",
        {"timesteps": None},
        "concrete",
        none_told,
        ("variable length", "variable length sequences"),
    ),
    Asked("How many units should the second LSTM have?", {}, "parameters", count_of("level_2")),
    Asked(
        "How many parameters does an LSTM have?",
        {"levels": 1, "units_1": 5},
        "parameters",
        count_of("level_1"),
        ("4 gates", "LSTM formula", "LSTM params"),
    ),
    Asked(
        "How many parameters does a GRU have?",
        {"levels": 1, "layer_1": "GRU"},
        "parameters",
        count_of("level_1"),
        ("reset_after", "3 gates", "GRU params"),
    ),
    Asked("What is the output shape of an LSTM?", {"levels": 1}, "", shapes_of("level_1")),
    Asked(
        "What is nn.LSTM of PyTorch in Keras?",
        {"levels": 1},
        "",
        _torch_told,
        ("nn.LSTM", "torch LSTM", "pytorch", "input_size", "hidden_size", "batch_first"),
    ),
    Asked("What is nn.GRU of PyTorch in Keras?", {"levels": 1, "layer_1": "GRU"}, "", _torch_told, ("nn.GRU",)),
    Asked("What is input_shape of an LSTM?", {"levels": 1}, "", none_told, ("input_shape", "batch_input_shape")),
    Asked(
        "What does Bidirectional do to the shape?",
        {"levels": 1, "bidirectional": True},
        "",
        shapes_of("both_1"),
        ("Bidirectional LSTM",),
    ),
    Asked("What does stateful need?", {"stateful": True, "batch_size": 9}, "break-it", trial="other_batch_stateful"),
)


def complete(lesson: Explainer[Dims]) -> Explainer[Dims]:
    """The lesson with its signs and questions."""
    return dataclasses.replace(
        lesson, signs={Level.LAYER: _recurrent}, repairs=_repairs, asked=ASKED, of_count=of_count
    )
