"""A pasted text -> its diagnosis, as a page shows it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from explainers.reading.asking import Entry
from explainers.reading.diagnosing import diagnose_live
from explainers.reading.results import Pasted


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
