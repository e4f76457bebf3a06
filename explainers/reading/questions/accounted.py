"""Which numbers of a question a reply has: one that is left over says that something else may be meant."""

from __future__ import annotations

import re
from collections.abc import Iterator

from explainers.core.axes import is_named
from explainers.core.spec import Argument, LayerSpec, ModelSpec
from explainers.reading.questions.words import Asked, Told

_NUMBER = re.compile(r"(?<![A-Za-z_\d])\d+(?![dD])")


def left_over(asked: Asked, told: Told) -> tuple[int, ...]:
    """The sizes of the question that are neither in the sentence nor in the model."""
    held = set(_held(told))
    return tuple(number for number in asked.numbers if number not in held)


def left_by_model(asked: Asked, told: Told) -> tuple[int, ...]:
    """The sizes of the question that the model of a reply doesn't have."""
    held = set(_of_model(told.spec)) if told.spec is not None else set()
    return tuple(number for number in asked.numbers if number not in held)


def _held(told: Told) -> Iterator[int]:
    yield from map(int, _NUMBER.findall(re.sub(r"(?<=\d),(?=\d{3})", "", told.sentence)))
    yield from (value for value in (told.values or {}).values() if isinstance(value, int))
    yield from (axis.size for shape in told.shapes for axis in shape if axis.size is not None)
    if told.spec is not None:
        yield from _of_model(told.spec)


def _of_model(spec: ModelSpec) -> Iterator[int]:
    for tensor in spec.inputs:
        yield from (size for size in tensor.shape if size is not None)
    for layer in spec.layers:
        yield from _of_argument(layer)


def _of_argument(value: Argument) -> Iterator[int]:
    """The numbers of an argument: one, several, or those of a layer that is wrapped."""
    if isinstance(value, LayerSpec):
        for _, inner in value.arguments:
            yield from _of_argument(inner)
    elif isinstance(value, tuple):
        for part in value:
            yield from _of_argument(part)
    elif isinstance(value, int):
        yield value


def sizes_of(told: Told) -> dict[str, int]:
    """The sizes of a reply by their names: of what is read, of its layers' arguments, and those that it says."""
    spec = told.spec
    found = {name: value for name, value in (told.values or {}).items() if isinstance(value, int)}
    for layer in spec.layers if spec is not None else ():
        alike = {key: value[0] for key, value in layer.arguments if isinstance(value, tuple) and len(set(value)) == 1}
        given = {**dict(layer.arguments), **alike}
        found |= {key: value for key, value in given.items() if isinstance(value, int) and not isinstance(value, bool)}
    read = (axis for shape in told.shapes[:1] for axis in shape if is_named(axis.axis))
    return found | {axis.axis: axis.size for axis in read if axis.size is not None}
