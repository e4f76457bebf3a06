"""Numbers that a question next to sound code says of its layers: units, filters, counts, and what units are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from explainers.core.axes import sizes
from explainers.core.layers import RECURRENT
from explainers.core.results import Layer
from explainers.core.spec import ModelSpec
from explainers.reading.questions.names import layers_at
from explainers.reading.questions.parsed.counts import leaving_out
from explainers.reading.questions.parsed.network import of_layers
from explainers.reading.questions.parsed.roles import said_in
from explainers.reading.questions.written import in_one_way
from explainers.reading.shapes import walk

_SENTENCE = re.compile(r"[^.?!\n]{1,300}")
_CELLS = re.compile(
    r"\b(?:cells?|neurons?|blocks?|nodes?|memory units?|hidden (?:units?|layer))\b|\bunits? (?:mean|is|are)\b",
    re.I,
)
_OF_COUNTS = re.compile(r"\b(?:param\w*|weights|count)\b", re.IGNORECASE)
_COUNTED = {"units": ("units",), "outputs": ("units",), "filters": ("filters",)}
_SMALLEST = 8


def units_meant(question: str, layers: list[Layer], spec: ModelSpec | None) -> Iterator[str]:
    """What the units of a recurrent layer are, where cells, neurons or blocks are spoken of."""
    if not _CELLS.search(question):
        return
    layer = next((one for one in layers if one.class_name in RECURRENT and one.arguments.get("units")), None)
    if layer is None:
        return
    units = layer.arguments["units"]
    known = spec is not None and not spec.assumed and "example" not in spec.inputs[0].origin
    steps = sizes(layer.inputs[0])[1] if known else None
    often = f"{steps} times, once for each timestep" if steps else "once for each timestep"
    yield (
        f"{layer.class_name}({units}) is one cell that runs {often}: it isn't {units} cells in a chain. units={units} "
        f"is how many numbers (its neurons, or hidden size) it keeps as its state and returns: {_returns(layer)}."
    )


def _returns(layer: Layer) -> str:
    made = sizes(layer.outputs[0])
    return f"{made}, a row for each step" if len(made) == 3 else f"{made}, those of the last step"


def numbers_judged(question: str, layers: list[Layer]) -> Iterator[str]:
    """``the dense layer has 3 neurons``: whether it has; a layer that the question names once."""
    wrong: list[tuple[str, int]] = []
    right: list[tuple[str, int]] = []
    for found in list(_SENTENCE.finditer(in_one_way(question).lower()))[:20]:
        named = {name for name, *_ in layers_at(found.group())}
        alike = [layer for layer in layers if layer.class_name in named]
        if len(named) != 1 or len(alike) != 1:
            continue
        for one in said_in(found.group()):
            name = next((name for name in _COUNTED.get(one.role, ()) if name in alike[0].arguments), "")
            if name:
                said = f"{alike[0].name} has {alike[0].arguments[name]} {name}"
                (right if alike[0].arguments[name] == str(one.value) else wrong).append((said, one.value))
    if wrong:
        told = ", ".join(dict.fromkeys(f"{said}, not {value}" for said, value in wrong))
        yield f"Not quite: {told}."
    elif right:
        yield f"Yes: {', '.join(dict.fromkeys(said for said, _ in right))}."


def counts_judged(question: str, spec: ModelSpec | None) -> Iterator[str]:
    """Another count than the model has: what it leaves out."""
    if spec is None or not _OF_COUNTS.search(question):
        return
    said = said_in(in_one_way(question).lower())
    numbers = {one.value for one in said if one.value > _SMALLEST and one.role in ("", "count")}
    for place, shapes, _ in walk(spec):
        layer = spec.layers[spec.calls[place].layer]
        made = of_layers(shapes[0], (layer,)) if len(shapes) == 1 else None
        if made is None or not made.count:
            continue
        for count, why in leaving_out(made.rows[0]):
            if count in numbers and count != made.count and ("×" in why or "count" in why):
                yield f"{count:,} {why}."
                return
