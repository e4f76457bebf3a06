"""Numbers that the code leaves open and the text gives elsewhere: an Input is as wide as the data fed to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from explainers.core.finding import Finding
from explainers.core.mistakes import find_mistake
from explainers.core.spec import ModelSpec, Sizes
from explainers.reading.shapes import walk

_OF_LABELS = "sparse_categorical_crossentropy"


def solved(spec: ModelSpec | None, assumed: Mapping[str, int], error: Finding | None, loss: str = "") -> dict[str, int]:
    """The numbers by their names, in place of the examples that `assumed` has for them. loss: that of the program."""
    if spec is None or not assumed or not spec.inputs:
        return {}
    made: dict[str, int] = {}
    for declared, told in (*_inputs(spec, error), *_outputs(spec, error, loss)):
        if len(declared) != len(told):
            continue
        for size, real in zip(declared[1:], told[1:], strict=True):
            names = [name for name, number in assumed.items() if number == size]
            if real is not None and real != size and len(names) == 1:
                made.setdefault(names[0], real)
    return made


def _inputs(spec: ModelSpec, error: Finding | None) -> Iterator[tuple[Sizes, Sizes]]:
    """Each Input beside the data that it is given, and beside what the message says that it takes."""
    ends = [tensor.shape for tensor in spec.inputs]
    if error is not None and _end(error) == "data" and len(ends) == 1:
        yield from _expected(ends[0], error)
    for check in spec.checks:
        if check.kind in ("fit", "predict") and len(check.shapes) == len(ends):
            yield from zip(ends, check.shapes, strict=True)
    found = error.shape("found") if error is not None and _end(error) == "target" else None
    if found is not None and len(found) == 3 and len(ends) == 1 and len(ends[0]) > 1:  # a target for each step
        yield ends[0][:2], (None, found[1])
    if found is not None and len(found) == 2 and len(ends) == 1 and _as_long(spec, ends[0]):  # a label for each step
        yield ends[0][:2], (None, found[1])


def _as_long(spec: ModelSpec, given: Sizes) -> bool:
    """Whether the output has a row of classes for each of the ids that the Input holds."""
    made = {i: outputs for i, _, outputs in walk(spec)}
    end = spec.outputs[0] if len(spec.outputs) == 1 else None
    out = (made.get(end.index) or ((),))[0] if end is not None and end.source == "call" else ()
    return len(given) == 2 and len(out) == 3 and out[1] == given[1] and (out[2] or 0) > 1


def _outputs(spec: ModelSpec, error: Finding | None, loss: str) -> Iterator[tuple[Sizes, Sizes]]:
    """The output beside what the message says of it, and beside the targets."""
    made = {i: outputs for i, _, outputs in walk(spec)}
    ends = made.get(spec.outputs[0].index) if len(spec.outputs) == 1 and spec.outputs[0].source == "call" else None
    if not ends:
        return
    if error is not None and _end(error) == "target":
        found, rows = error.shape("found"), loss == _OF_LABELS
        for end, expected in _expected(ends[0], error):
            one_hot = rows and found is not None and expected[-1] == 1 and (found[-1] or 0) > 1
            yield end, (*expected[:-1], found[-1]) if one_hot and found is not None else expected
        if found is not None and len(found) == 3 and len(ends[0]) == 2 and found[2] != 1:
            yield (None, ends[0][1]), (None, found[2])
    for check in spec.checks:
        if check.kind == "fit" and len(check.targets) == 1 and check.loss not in ("", _OF_LABELS):
            yield ends[0], check.targets[0]


def _expected(end: Sizes, error: Finding) -> Iterator[tuple[Sizes, Sizes]]:
    """What a message expects, with the batch in front or without it."""
    expected = error.shape("expected")
    if expected is not None and len(expected) in (len(end), len(end) - 1):
        yield end, expected if len(expected) == len(end) else (None, *expected)


def _end(error: Finding) -> str:
    mistake = find_mistake(error.mistake)
    return mistake.end if mistake is not None else ""
