"""What goes wrong with shapes: one file per mistake, found by itself. To add a mistake, put a file in this folder.

A file holds one `MISTAKE`: its name and title, what people search for, its wordings of every era, how a live failure
shows it, how it is made live, and what helps. What the files have in common is in `kit`.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from explainers.core.mistakes.kit.sheet import Family, Mistake


@cache
def all_mistakes() -> tuple[Mistake, ...]:
    """Every mistake of this folder; where several could speak, the one with the lower `order` does."""
    names = [module.name for module in pkgutil.iter_modules(__path__) if not module.ispkg]
    found = [importlib.import_module(f"{__name__}.{name}").MISTAKE for name in sorted(names)]
    return tuple(sorted(found, key=lambda mistake: mistake.order))


@cache
def all_families() -> tuple[Family, ...]:
    """The wordings of all mistakes."""
    return tuple(family for mistake in all_mistakes() for family in mistake.families)


@cache
def _by_name() -> dict[str, Mistake]:
    return {mistake.name: mistake for mistake in all_mistakes()}


def find_mistake(name: str | None) -> Mistake | None:
    """The mistake of that name; None for None and for a name that nobody has."""
    return _by_name().get(name or "")


def forget_mistakes() -> None:
    """Look the files up anew: for tests that add one."""
    for remembered in (all_mistakes, all_families, _by_name):
        remembered.cache_clear()
