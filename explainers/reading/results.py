"""The diagnosis of a pasted text as a page shows it: plain, frozen, without the parts that only scripts read.

What makes one is in `explainers.reading.pasted`: a page needs the words for a diagnosis, not the reader.
"""

from __future__ import annotations

from dataclasses import dataclass

from explainers.core.axes import Shape
from explainers.core.finding import Ask, Change, Mark, ModelChoice, Value
from explainers.core.results import Inspection


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
    elsewhere: str
    inspection: Inspection | None
