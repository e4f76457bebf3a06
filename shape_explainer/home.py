"""Where the app's own folders are, and how their names stay out of a notebook's way.

Installed, all of them lie in ``shape_explainer/room/`` and not beside other people's packages: `settings` and `views`
are names that many projects have for themselves. They are importable only while our own code runs (`ours`); before and
after, a notebook's ``import settings`` finds its own file. `explainers` alone stays, for what it imports late.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import ParamSpec, TypeVar

_ROOM = Path(__file__).parent / "room"
HOME = _ROOM if _ROOM.is_dir() else Path(__file__).parent.parent  # installed, or in the repository's folder
COMMON_NAMES = ("settings", "views")  # what the engine and the drawings import beside `explainers`
P = ParamSpec("P")
T = TypeVar("T")
_kept: dict[str, ModuleType] = {}  # our own modules, while a notebook has the names


@contextmanager
def ours() -> Iterator[None]:
    """While this lasts, `explainers`, `views` and `settings` are the app's own."""
    folder = str(HOME)
    if HOME != _ROOM and any(Path(entry or ".").resolve() == HOME for entry in sys.path):
        yield  # in the repository's folder the names are its own anyhow
        return
    theirs = _taken()
    sys.modules.update(_kept)
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        _kept.update(_taken())
        sys.modules.update(theirs)
        if folder in sys.path:
            sys.path.remove(folder)


def _taken() -> dict[str, ModuleType]:
    """The modules that have these names now, taken out."""
    found = [name for name in sys.modules if name.split(".")[0] in COMMON_NAMES]
    return {name: sys.modules.pop(name) for name in found}


def at_home(work: Callable[P, T]) -> Callable[P, T]:
    """A function that runs inside `ours`."""

    @functools.wraps(work)
    def inside(*args: P.args, **kwargs: P.kwargs) -> T:
        with ours():
            return work(*args, **kwargs)

    return inside
