"""Products of which `make test` runs a part; the marker `long` and pyproject.toml say what becomes of the rest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import pytest


def standing_for(names: Iterable[str], *chosen: str) -> list[Any]:
    """Parameters of which `make test` takes the chosen ones, which stand for all; `make test-all` takes all."""
    assert set(chosen) <= set(names), "a name that is not among them stands for nothing"
    return [name if name in chosen else pytest.param(name, marks=pytest.mark.long) for name in names]


def one_in(number: int, cases: Iterable[Any]) -> list[Any]:
    """Cases, each a name or several, of which `make test` takes one in so many, and one at least.

    Chosen by the hash of the names, so a new case moves no other.
    """
    hashes = {case: _hash(case) for case in cases}
    taken = {case for case, said in hashes.items() if said % number == 0} or {min(hashes, key=hashes.__getitem__)}
    return [case if case in taken else _long(case) for case in hashes]


def _hash(case: Any) -> int:
    words = case if isinstance(case, str) else "-".join(case)
    return int.from_bytes(hashlib.sha256(words.encode()).digest()[:8], "big")


def _long(case: Any) -> Any:
    return pytest.param(*([case] if isinstance(case, str) else case), marks=pytest.mark.long)
