"""Loaders of images in the asker's lines: told to read them as the model was declared."""

from __future__ import annotations

from collections.abc import Iterator

from explainers.core.mistakes.kit.loaders import LOADERS, arguments_for, label_for
from explainers.core.spec import ModelSpec
from explainers.reading.patching.places import Edit, Places, Rewritten, argument, last
from explainers.reading.patching.writing import changed


def read_as_declared(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """``target_size=(100, 120)`` for a model of 180 × 180: every loader of the text is told the model's size."""
    calls = [node for node in places.calls() if last(node) in LOADERS]
    wanted = spec.inputs[0].shape if len(spec.inputs) == 1 else ()
    came = next((check.shapes[0] for check in spec.checks if len(check.shapes) == 1 and len(check.shapes[0]) == 4), ())
    edits, told = list[Edit](), ""
    for node in calls:
        given = arguments_for(wanted, came, LOADERS[last(node)])
        told = told or ", ".join(f"{name}={value}" for name, value in given.items())
        for name, value in given.items():
            at = argument(node, -1, name)
            end = places.span(node)[1] - 1
            edits.append(Edit(*places.span(at), value) if at is not None else Edit(end, end, f", {name}={value}"))
    if edits:
        yield changed(places, edits, label_for(wanted), told)
