"""Every lesson: a new file in `explainers/` is a new lesson, with nothing to edit."""

from __future__ import annotations

import difflib
import pkgutil
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import explainers
from explainers.core.explainer import Explainer

# What stands beside the lessons and is none: the top floor, which may know everything.
_NO_LESSONS = {"cli", "service"}


class UnknownExplainer(ValueError):
    """No lesson of that name."""


@cache
def all_explainers() -> dict[str, Explainer[Any]]:
    """Name to lesson, in the order of the home page. A broken lesson fails here, loudly."""
    modules = [m.name for m in pkgutil.iter_modules(explainers.__path__) if not m.ispkg and not m.name.startswith("_")]
    lessons = [_lesson(name) for name in modules if name not in _NO_LESSONS]
    return {lesson.name: lesson for lesson in sorted(lessons, key=lambda lesson: (lesson.order, lesson.name))}


def _lesson(name: str) -> Explainer[Any]:
    """The lesson of a file, with what stands beside it in `explainers.beside`, where there is such a module."""
    lesson: Explainer[Any] = import_module(f"explainers.{name}").EXPLAINER
    beside = f"explainers.beside.{name}"
    return import_module(beside).complete(lesson) if find_spec(beside) else lesson


def find_explainer(name: str) -> Explainer[Any]:
    """The lesson of that name; UnknownExplainer with a suggestion otherwise."""
    lessons = all_explainers()
    if name in lessons:
        return lessons[name]
    close = difflib.get_close_matches(name[:40], lessons, 1)
    hint = f"Did you mean {close[0]}?" if close else f"There are {', '.join(lessons)}."
    raise UnknownExplainer(f"There is no lesson called {name[:40]!r}. {hint}")
