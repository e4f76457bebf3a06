"""Numbers of a layer that can't be what they are written for: a shape in the place of units, a number as activation."""

from __future__ import annotations

from explainers.core.finding import written
from explainers.core.spec import LayerSpec, ModelSpec
from explainers.reading.literal import BY_NAME

_COUNTS = ("units", "filters", "output_dim")


def shape_for_a_number(spec: ModelSpec) -> tuple[str | None, str]:
    """``LSTM((10, 5))`` and ``LSTM(10, 5)``: where a layer is told how many numbers it returns, a shape stands."""
    for layer in spec.layers:
        inner = layer.get("layer")
        for one in (layer, *((inner,) if isinstance(inner, LayerSpec) else ())):
            cause = _in_place_of_units(one)
            if cause:
                return "old_argument", cause
    return None, ""


def _in_place_of_units(layer: LayerSpec) -> str:
    facts = BY_NAME.get(layer.class_name)
    first = facts.order[0] if facts is not None and facts.order else ""
    given, activation = layer.get(first), layer.get("activation")
    if first not in _COUNTS:
        return ""
    says = f"{layer.name} ({layer.class_name}) takes {first} first: one number, how many it returns for each "
    says += "step." if facts is not None and facts.group == "rnn" else "sample." if first == "units" else "position."
    if isinstance(given, tuple) and all(isinstance(n, int) or n is None for n in given):
        sizes = tuple(n if isinstance(n, int) else None for n in given)
        return f"{says} {written(sizes)} is a shape; that of a sample goes into an Input in front."
    if isinstance(activation, int) and not isinstance(activation, bool):
        then = f"The second is the activation, so {activation} is read as one."
        return f"{says} {then} The shape of a sample goes into an Input in front."
    return ""
