"""Lessons explained and their trials run once for all tests: what comes back is plain and frozen, so it can be shared.

Within a process it is kept as it is, between the processes of one run by tests/shared.py. A test that asks whether
something is made the same again calls `explainers.core.explaining` itself.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from explainers.core import explaining
from explainers.core.dims import DimsBase
from explainers.core.registry import find_explainer
from explainers.core.results import Explanation
from explainers.core.trial import Tried
from tests.shared import shared


def explained(name: str, **dims: Any) -> Explanation:
    """A lesson at its defaults but for these dims; built live when it is asked for first."""
    return explained_at(name, find_explainer(name).dims(**dims))


@cache
def explained_at(name: str, dims: DimsBase) -> Explanation:
    """The same for dims that were read already."""
    lesson = find_explainer(name)
    return shared(f"explain {name} {dims}", lambda: explaining.explain(lesson, dims))


@cache
def tried_at(name: str, trial: str, dims: DimsBase) -> Tried:
    """One of the trials of a lesson, at these dims."""
    declared = next(entry for entry in find_explainer(name).trials if entry.name == trial)
    return shared(f"try {name} {trial} {dims}", lambda: explaining.run_trial(declared, dims))
