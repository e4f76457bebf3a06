"""Any layer whose rows nobody takes apart in a way of its own: made with likely arguments, and held against its sheet.

So a layer that has a sheet, and nothing else, is read from a printed summary too.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product

from explainers.core.layers.signatures import arguments_of, needed
from explainers.core.spec import Argument, LayerSpec, Sizes
from explainers.reading.shapes import output_shapes, weights_of
from explainers.reading.summary.one import make

MOST_TRIED = 200
EXAMPLES: dict[str, Argument] = {  # arguments that change neither shape nor count, so that no table tells them
    "activation": "linear",
    "rate": 0.5,
    "stddev": 0.1,
    "scale": 1.0,
    "factor": 0.1,
    "height_factor": 0.1,
    "width_factor": 0.1,
}
ALWAYS_FIT: dict[str, Argument] = {"groups": 1}  # in place of a default that Keras refuses at some sizes


def examples_for(class_name: str) -> dict[str, Argument] | None:
    """The arguments that a class can't do without, where none of them changes a shape; else None."""
    names = needed(class_name)
    return {name: EXAMPLES[name] for name in names} if all(name in EXAMPLES for name in names) else None


def by_sheet(class_name: str, name: str, into: tuple[Sizes, ...], out: Sizes, params: int) -> Iterator[LayerSpec]:
    """The layers of this class that make `out` of `into` with exactly this many parameters."""
    names = needed(class_name)
    safe = {argument: value for argument, value in ALWAYS_FIT.items() if argument in arguments_of(class_name)}
    ways = product(*(_likely(argument, out) for argument in names))
    for values in islice(ways, MOST_TRIED):
        layer = make(class_name, name, **dict(zip(names, values, strict=True)), **safe)
        for inputs in (into, (*into, *into)):  # the table prints once what attends to itself
            made = output_shapes(layer, inputs)
            if made and made[0] == out and weights_of(layer, inputs) == params:
                yield layer
                break


def _likely(argument: str, out: Sizes) -> tuple[Argument, ...]:
    """The values that an argument may have, by the shape that came out."""
    if argument in EXAMPLES:
        return (EXAMPLES[argument],)
    if argument == "output_size":
        return (out[1:-1] if len(out) > 3 else out[1],)
    return tuple(dict.fromkeys(size for size in reversed(out[1:]) if size))
