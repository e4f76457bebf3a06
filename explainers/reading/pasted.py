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
    found, explanation = diagnose_live(text, which, "through", entries)  # no page shows the calls of its cells
    names = [field.name for field in dataclasses.fields(Pasted) if field.name != "inspection"]
    inspection = explanation.inspection if explanation is not None else None
    return Pasted(**{name: getattr(found, name) for name in names}, inspection=inspection)
