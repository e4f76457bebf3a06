"""Every lesson: a new file in `explainers/` is a new lesson, with nothing to edit."""

from __future__ import annotations

import difflib
import pkgutil
from functools import cache
from importlib import import_module
from typing import Any

import explainers
from explainers.core.explainer import Explainer

# The order of the home page: from the first question to the last. A new lesson not named here comes after.
_ORDER = (
    "simple_rnn",
    "stacked_lstm",
    "conv1d",
    "windowed_forecast",
    "hadamard",
    "t_lstm",
    "sequence_set",
    "multi_output_cell",
)


# What stands beside the lessons and is none: the top floor, which may know everything.
_NO_LESSONS = {"cli", "service"}


class UnknownExplainer(ValueError):
    """No lesson of that name."""


@cache
def all_explainers() -> dict[str, Explainer[Any]]:
    """Name to lesson. A broken lesson fails here, loudly."""
    modules = [m.name for m in pkgutil.iter_modules(explainers.__path__) if not m.ispkg and not m.name.startswith("_")]
    found = [name for name in modules if name not in _NO_LESSONS]
    ordered = sorted(found, key=lambda name: (_ORDER.index(name) if name in _ORDER else len(_ORDER), name))
    return {name: import_module(f"explainers.{name}").EXPLAINER for name in ordered}


def find_explainer(name: str) -> Explainer[Any]:
    """The lesson of that name; UnknownExplainer with a suggestion otherwise."""
    lessons = all_explainers()
    if name in lessons:
        return lessons[name]
    close = difflib.get_close_matches(name[:40], lessons, 1)
    hint = f"Did you mean {close[0]}?" if close else f"There are {', '.join(lessons)}."
    raise UnknownExplainer(f"There is no explainer called {name[:40]!r}. {hint}")
