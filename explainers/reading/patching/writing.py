"""What the changes of the asker's lines have in common."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Callable, Iterator

from explainers.core.spec import OF_SLICES, Check, ModelSpec
from explainers.reading.patching.patch import with_edits
from explainers.reading.patching.places import Edit, Places, Rewritten, last

Writer = Callable[[Places, ModelSpec], Iterator[Rewritten]]
OF_DATA_SETS = (OF_SLICES, "a data set")  # the `text` of checks on batches
FED = ("fit", "predict", "evaluate")  # methods that are given data


def call_in(places: Places, check: Check, *names: str) -> ast.Call | None:
    """The call of one of these names in the check's line; None where what was tried stands in a message only."""
    return next((node for node in places.calls(check.line) if last(node) in names), None)


def changed(places: Places, edits: list[Edit], label: str, code: str, means: str = "") -> Rewritten:
    return Rewritten(with_edits(places.text, edits), label, code, means)


def of_kind(spec: ModelSpec, kind: str) -> list[Check]:
    return [check for check in spec.checks if check.kind == kind]


def each(*writers: Writer) -> Writer:
    """The changes of several, one after the other."""

    def write(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
        for one in writers:
            with contextlib.suppress(LookupError):
                yield from one(places, spec)

    return write
