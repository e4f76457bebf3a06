"""The part of a product that `make test` runs: by name or by hash, never none, and the rest is marked long."""

from __future__ import annotations

from typing import Any

import pytest

from tests.parts import one_in, standing_for

NAMES = [f"lesson_{number}" for number in range(60)]


def taken(cases: list[Any]) -> list[Any]:
    """Those that `make test` runs: a marked one is a kind of tuple."""
    return [case for case in cases if type(case) in (str, tuple)]


def test_chosen_ones_stand_for_all() -> None:
    assert taken(standing_for(("a", "b", "c"), "b")) == ["b"]
    with pytest.raises(AssertionError, match="stands for nothing"):
        standing_for(("a", "b"), "z")


def test_by_hash_some_are_taken_and_a_new_one_moves_no_other() -> None:
    some = taken(one_in(4, NAMES))
    assert 5 <= len(some) <= 25
    assert some == [name for name in taken(one_in(4, [*NAMES, "new"])) if name != "new"]
    assert len(one_in(4, NAMES)) == len(NAMES)


def test_of_few_one_is_taken() -> None:
    for number in range(20):
        assert len(taken(one_in(1000, [(f"lesson_{number}", "count"), (f"lesson_{number}", "shape")]))) == 1


def test_the_rest_is_long() -> None:
    rest = [case for case in one_in(4, NAMES) if case not in taken(one_in(4, NAMES))]
    assert all(case.marks[0].name == "long" for case in rest)
