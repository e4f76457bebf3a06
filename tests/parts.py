"""Products of which `make test` runs a part; the marker `long` and pyproject.toml say what becomes of the rest."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def standing_for(names: Iterable[str], *chosen: str) -> list[Any]:
    """Parameters of which `make test` takes the chosen ones, which stand for all; `make test-all` takes all."""
    assert set(chosen) <= set(names), "a name that is not among them stands for nothing"
    return [name if name in chosen else pytest.param(name, marks=pytest.mark.long) for name in names]
