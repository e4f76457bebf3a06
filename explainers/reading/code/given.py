"""Arrays of the text where a tensor belongs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explainers.reading.code.values import NOT_READ, Arr, Ten, Value

if TYPE_CHECKING:
    from explainers.reading.code.evaluator import Reader

OF_ARRAY = "the array"  # begins the origin of an Input in whose place the program gives an array
HELD = ", which a layer holds"  # ends the origin of one that is the same for every sample


def tensor(reader: Reader, value: Value) -> Value:
    """Data given to a layer directly become an Input of exactly that shape; unknown data an example.

    Beside an Input of the program, an array is something worked out on the way: where one of its sizes isn't known, it
    is a gap of ours, and no Input.
    """
    if isinstance(value, Arr) and value.sizes is not None:
        if None in value.sizes and reader.graph.inputs:
            return NOT_READ
        if value not in reader.fed:
            origin = f"{OF_ARRAY} {value.name}{HELD if reader.in_layer else ''}"
            reader.fed[value] = Ten(reader.graph.add_input(value.sizes, "", "float32", origin))
        return reader.fed[value]
    return value
