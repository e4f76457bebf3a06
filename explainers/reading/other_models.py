"""Code that makes several models: what those that aren't shown have, and whether one of them fails."""

from __future__ import annotations

import dataclasses

from explainers.core.finding import ModelChoice, Value
from explainers.core.results import Inspection
from explainers.reading.diagnosis import Diagnosis

MOST_COUNTED = 3  # other models of the same code that are built for their counts
_MOST_TOLD = 8  # layers whose counts a sentence gives one by one


@dataclasses.dataclass(frozen=True)
class Other:
    """One of them. found: what reading it says. total: its parameters; None where it can't be built."""

    choice: ModelChoice
    found: Diagnosis
    total: int | None


def others(read: list[tuple[ModelChoice, Diagnosis]]) -> list[Other]:
    """Each of them built once, by its shapes alone."""
    from explainers.reading import live

    specs = [(choice, found, found.spec) for choice, found in read]
    return [Other(choice, found, live.count(spec) if spec is not None else None) for choice, found, spec in specs]


def that_fails(made: list[Other]) -> int | None:
    """The first one that stops the program while the model that is shown is sound; its number."""
    for other in made:
        spec = other.found.spec
        known = spec is not None and spec.inputs and not other.found.assumed and not other.choice.part
        if known and (other.found.mistake is not None or other.total is None):
            return other.choice.number
    return None


def counted(found: Diagnosis, made: list[Other], inspection: Inspection, whole: bool) -> Diagnosis:
    """The counts of the live model, and those of the other models that the code makes: code prints none."""
    counts = {layer.name: layer.params for layer in inspection.layers if layer.params}
    dims: dict[str, Value] = {f"{name}.params": count for name, count in counts.items()}
    dims["total_params"] = inspection.total_params
    told = _sum_of(counts, inspection.total_params)
    subject = "The model" if whole else "The part of the model that was read"
    sentence = f"{subject} has {inspection.total_params:,} parameters" + (f": {told}." if len(counts) > 1 else ".")
    for other in made:
        if other.total is not None:
            dims[f"{other.choice.name} (line {other.choice.line}).params"] = other.total
            sentence += f" {other.choice.name} (line {other.choice.line}) has {other.total:,}."
    cause = found.cause if found.mistake else f"{found.cause} {sentence}".strip()
    return dataclasses.replace(found, cause=cause, dims={**found.dims, **dims}, numbers={**found.numbers, **dims})


def _sum_of(counts: dict[str, int], total: int) -> str:
    """The count of each layer, and of a long model's later layers together: the numbers add up."""
    shown = list(counts.items())[:_MOST_TOLD]
    told = ", ".join(f"{name} {count:,}" for name, count in shown)
    rest, left = len(counts) - len(shown), total - sum(count for _, count in shown)
    return told + (f", and {rest} more layer{'s' if rest > 1 else ''} with {left:,}" if rest else "")
