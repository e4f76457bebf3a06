"""Rows that print no count: what the shapes around a layer say of its arguments, and what they leave open."""

from __future__ import annotations

from explainers.core.layers import RECURRENT, WRAPPERS
from explainers.core.layers.signatures import arguments_of
from explainers.core.spec import Argument, LayerSpec, Sizes
from explainers.reading.literal import BY_NAME
from explainers.reading.shapes import output_shapes, space
from explainers.reading.summary.asked import is_embedding
from explainers.reading.summary.by_sheet import by_sheet
from explainers.reading.summary.one import Reading, last, make

_KERNELS = (3, 5, 1, 7, 2, 4, 9, 11)  # the usual ones first
_STRIDES = (1, 2, 4, 3)
MOST = 4  # ways that are offered


def by_shape(class_name: str, name: str, into: tuple[Sizes, ...], out: Sizes) -> list[Reading]:
    """The layers of this class that make `out` of `into`, the likeliest first; none where that isn't known."""
    first = into[0] if into else None
    made = [layer for layer in _made(class_name, name, first, out) if _leads(layer, into, out)]
    if not made and first is not None:
        made = list(by_sheet(class_name, name, into, out, 0))
    return [Reading(layer, last(first)) for layer in made[:MOST]]


def _leads(layer: LayerSpec, into: tuple[Sizes, ...], out: Sizes) -> bool:
    """Whether the layer's sheet says the same shape; an input that isn't known may be anything."""
    if not into:
        return True
    made = output_shapes(layer, into)
    return made is not None and made[0] == out


def _made(class_name: str, name: str, first: Sizes | None, out: Sizes) -> list[LayerSpec]:
    width, rules = out[-1], BY_NAME.get(class_name)
    if rules is None or not width:
        return []
    if class_name == "Bidirectional":
        cell = _recurrent("LSTM", f"{name}_lstm", width // 2, out)
        return [make(class_name, name, layer=cell)] if width % 2 == 0 else []
    if class_name == "TimeDistributed" and first is not None and len(first) == len(out) == 3:
        return [make(class_name, name, layer=make("Dense", f"{name}_dense", units=width))]
    if class_name in WRAPPERS:
        return []
    if class_name in RECURRENT:
        return [_recurrent(class_name, name, width, out)]
    if is_embedding(class_name):
        return [make(class_name, name, input_dim=1, output_dim=width)]
    if rules.group == "dense":
        return [make(class_name, name, units=width)]
    if rules.group == "norm" and "groups" not in arguments_of(class_name):
        return [make(class_name, name)]
    if rules.group == "conv" and len(out) == space(class_name) + 2:
        return _convolutions(class_name, name, first, out)
    return []


def _recurrent(class_name: str, name: str, units: int, out: Sizes) -> LayerSpec:
    more: dict[str, Argument] = {"return_sequences": True} if len(out) == 3 else {}
    return make(class_name, name, units=units, **more)


def _convolutions(class_name: str, name: str, first: Sizes | None, out: Sizes) -> list[LayerSpec]:
    """With the length before and after, a kernel without padding is known; with padding "same" any kernel fits."""
    if first is None:
        return []
    filters: dict[str, Argument] = {"filters": out[-1]} if "Depthwise" not in class_name else {}
    found = []
    for strides in _STRIDES:
        more: dict[str, Argument] = {"strides": strides} if strides > 1 else {}
        grown = [a - b + 1 for a, b in zip(first[1:-1], out[1:-1], strict=True) if a and b]
        exact = (max(grown),) if strides == 1 and grown and max(grown) > 11 else ()
        ways = [make(class_name, name, **filters, kernel_size=kernel, **more) for kernel in (*_KERNELS, *exact)]
        found += [one for way in ways for one in (way, way.but(padding="same"))]
    return found
