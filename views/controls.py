"""The column of dims: what controls.js shows for one lesson at one choice of dims."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from explainers.core.dims import DimSpec, Value
from explainers.core.explainer import Preset

Problems = Mapping[str, tuple[str, str]]


def data(
    specs: Sequence[DimSpec],
    values: Mapping[str, Value],
    presets: Sequence[Preset] = (),
    problems: Problems | None = None,
    hidden: Collection[str] = (),
) -> dict[str, Any]:
    """What controls.js draws.

    problems: per dim what was typed (or stood in the link) and the sentence about it; both stay on screen until the
              learner changes that dim. A name that is no dim of this lesson becomes a notice above the fields.
    hidden:   dims that mean nothing at the present choice (units of a third layer where there are two).
    """
    problems = problems or {}
    known = {spec.name for spec in specs}
    return {
        "presets": [
            {"name": p.name, "title": p.title, "why": p.why, "active": is_active(p, specs, values)} for p in presets
        ],
        "fields": [
            _field(spec, values[spec.name], problems.get(spec.name)) for spec in specs if spec.name not in hidden
        ],
        "kept": {spec.name: str(values[spec.name]) for spec in specs if spec.name in hidden},
        "notices": [sentence for name, (_, sentence) in problems.items() if name not in known or name in hidden],
    }


def is_active(preset: Preset, specs: Sequence[DimSpec], values: Mapping[str, Value]) -> bool:
    """Whether the dims on screen are those of the preset, all others at their defaults."""
    return all(values[spec.name] == preset.dims.get(spec.name, spec.default) for spec in specs)


def _field(spec: DimSpec, value: Value, problem: tuple[str, str] | None) -> dict[str, Any]:
    typed, sentence = problem or ("", "")
    return {
        "name": spec.name,
        "label": spec.label,
        "kind": spec.kind,
        "axis": spec.axis,
        "text": str(value),
        "default": str(spec.default),
        "min": spec.min,
        "max": spec.max,
        "nearest": [f"{bound:,}" for bound in (spec.min, spec.max) if bound is not None],
        "choices": list(spec.choices),
        "allows_none": spec.allows_none,
        "help": spec.help,
        "expected": spec.expected(),
        "advanced": spec.advanced,
        "sets": list(spec.sets),
        "typed": typed,
        "problem": sentence,
    }
