"""The diagnosis of a pasted text as a page shows it: plain, frozen, without the parts that only scripts read."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from explainers.core.axes import Shape
from explainers.core.finding import Ask, Change, Mark, ModelChoice, Value
from explainers.core.results import Inspection
from explainers.reading.asking import Entry
from explainers.reading.diagnosing import diagnose_live


@dataclass(frozen=True)
class Pasted:
    """What was recognised, why it went wrong, what helps, and the live model.

    Fields as in `explainers.reading.diagnosing.Diagnosis`; `inspection` is None where no model could be made.
    """

    kind: str
    mistake: str | None
    layer: str | None
    shapes: tuple[Shape, ...]
    dims: dict[str, Value]
    cause: str
    fixes: tuple[Change, ...]
    questions: tuple[str, ...]
    explainer: str | None
    url: str | None
    marks: tuple[Mark, ...]
    text: str
    unread: tuple[str, ...]
    renamed: tuple[str, ...]
    notes: tuple[str, ...]
    today: str
    line: int | None
    models: tuple[ModelChoice, ...]
    asks: tuple[Ask, ...]
    numbers: dict[str, Value]
    verdict: str
    why: str
    code: str
    assumed: tuple[str, ...]
    inspection: Inspection | None


def pasted(text: str, which: int | None = None, entries: Mapping[str, Entry] | None = None) -> Pasted:
    """Read a text, rebuild its model (the `which`-th of several) live. Never raises for what was pasted.

    entries: what the learner said about what the text leaves open, by the keys of `asks`.
    """
    found, inspection = diagnose_live(text, which, entries=entries)
    if inspection is not None and inspection.error is not None and not inspection.error.cause:
        error = dataclasses.replace(inspection.error, cause=found.cause)
        inspection = dataclasses.replace(inspection, error=error)
    names = [field.name for field in dataclasses.fields(Pasted) if field.name != "inspection"]
    return Pasted(**{name: getattr(found, name) for name in names}, inspection=inspection)
