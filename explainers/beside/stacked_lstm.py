"""How the lesson recognises a stack of recurrent layers."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from explainers.core.explainer import Explainer
from explainers.core.finding import Change, Value
from explainers.core.signs import RECURRENT, Level, Recognised, Seen, inner, levels, sequence, units_of
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
    """The levels (from 1) whose answer has lost its timesteps where the level above still wants them."""
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
            f"return_sequences=True on level {levels_told}: an answer at every timestep.", dict.fromkeys(lost, True)
        ),
    )


def complete(lesson: Explainer[Dims]) -> Explainer[Dims]:
    """The lesson with its signs."""
    return dataclasses.replace(lesson, signs={Level.LAYER: _recurrent}, repairs=_repairs)
