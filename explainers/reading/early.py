"""What is sure before a model is built live: the verdict that the reply will have, for a page that waits for it."""

from __future__ import annotations

from explainers.core.layers import CONVOLUTIONS, MERGES, POOLS, sheet
from explainers.core.mistakes import find_mistake
from explainers.core.spec import LayerSpec, ModelSpec, Sizes
from explainers.reading.diagnosing import read
from explainers.reading.diagnosis import Diagnosis
from explainers.reading.misfits import data_apart
from explainers.reading.operation_shapes import broadcast
from explainers.reading.shapes import walk
from explainers.reading.tensor_operations import EACH

_BY_ELEMENT = tuple(name for name in MERGES if name not in ("Concatenate", "Dot"))


def known_early(text: str) -> tuple[str, str] | None:
    """The verdict and why, where the reply can't say anything else; None where the live model decides."""
    found = read(text)
    if found.mistake is not None and (found.kind == "error" or _is_sure(found)):
        return found.verdict, found.why
    if found.kind != "code" or found.mistake is not None or found.spec is None or found.assumed or found.elsewhere:
        return None
    return _refused(found.spec)


def _is_sure(found: Diagnosis) -> bool:
    """Whether code has its mistake whatever the live model does: no size is an example, and it isn't of data that a
    Sequential may take as they are."""
    if found.kind != "code" or found.assumed or found.spec is None:
        return False
    return data_apart(found.spec) != (found.mistake, found.cause)


def _refused(spec: ModelSpec) -> tuple[str, str] | None:
    """The first layer that can't take what reaches it, by the rules of its sheet; None behind the first gap."""
    for i, inputs, outputs in walk(spec):
        layer = spec.layers[spec.calls[i].layer]
        apart = layer.class_name in _BY_ELEMENT and broadcast(inputs) is None  # their rule takes the first one's shape
        if outputs is not None and not apart and all(n is None or n > 0 for shape in outputs for n in shape):
            continue
        mistake, cause = _why(layer, inputs, outputs if not apart else None)
        sheet_of = find_mistake(mistake)
        return (sheet_of.title, cause) if sheet_of is not None else None
    return None


def _why(layer: LayerSpec, inputs: tuple[Sizes, ...], outputs: tuple[Sizes, ...] | None) -> tuple[str | None, str]:
    facts, name = sheet(layer.class_name), layer.name or layer.class_name
    windows = layer.class_name in CONVOLUTIONS or layer.class_name in POOLS
    if outputs is not None:
        return ("kernel_exceeds_steps", f"{name} gets {inputs[0]}.") if windows and inputs else (None, "")
    if len(inputs) == 1 and facts is not None and facts.rank is not None and facts.group != "embedding":
        came, rank = len(inputs[0]), facts.rank
        if came < rank or (came > rank and not facts.least):
            return "layer_rank", f"{name} reads {rank} axes; it gets {inputs[0]}, which has {came}."
    met = len(inputs) == 2 and all(inputs) and len(inputs[0]) == len(inputs[1])
    if met and layer.class_name in MERGES:
        return "merge_shapes", f"{name} gets {inputs[0]} and {inputs[1]}."
    if met and layer.class_name.removeprefix("ops.") in EACH:
        return "operand_sizes", f"{inputs[0]} and {inputs[1]} meet here."
    return None, ""
