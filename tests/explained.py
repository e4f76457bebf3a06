"""Lessons explained once for all tests of a process: what comes back is plain and frozen, so it can be shared."""

from __future__ import annotations

from functools import cache
from typing import Any

from explainers.core import explaining
from explainers.core.dims import DimsBase
from explainers.core.registry import find_explainer
from explainers.core.results import Explanation


def explained(name: str, **dims: Any) -> Explanation:
    """A lesson at its defaults but for these dims; built live when it is asked for first."""
    return explained_at(name, find_explainer(name).dims(**dims))


@cache
def explained_at(name: str, dims: DimsBase) -> Explanation:
    """The same for dims that were read already."""
    return explaining.explain(find_explainer(name), dims)
