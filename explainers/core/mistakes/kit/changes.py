"""Changes that help whatever the numbers are."""

from __future__ import annotations

from explainers.core.finding import Change, Finding, Value
from explainers.core.mistakes.kit.sheet import Fixes


def just(*changes: tuple[str, str]) -> Fixes:
    """The same changes for every finding: (what to do, the code of it)."""
    made = tuple(Change(label, code=code) for label, code in changes)

    def fixes(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
        return made

    return fixes
