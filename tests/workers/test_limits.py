"""The limits: defaults, the environment, and what a wrong value is told."""

from __future__ import annotations

import dataclasses
import os

import pytest

from settings import SettingError
from workers.limits import Limits, limits_from, one_per_two_cores


def test_without_variables_the_defaults_hold() -> None:
    assert limits_from({"PATH": "/bin", "SHAPE_EXPLAINER_WORKERS": "  "}) == Limits()


def test_every_limit_has_a_variable() -> None:
    given = {field.name: 23 + number for number, field in enumerate(dataclasses.fields(Limits))} | {"fork": 0}
    environment = {f"SHAPE_EXPLAINER_{name.upper()}": str(value) for name, value in given.items()}
    assert dataclasses.asdict(limits_from(environment)) == given


def test_times_may_have_parts_of_a_second() -> None:
    assert limits_from({"SHAPE_EXPLAINER_REQUEST_SECONDS": "2.5"}).request_seconds == 2.5


@pytest.mark.parametrize(
    ("variable", "given", "expected"),
    [
        ("WORKERS", "two", "a whole number from 1 to 64 (how many workers answer short questions)"),
        ("WORKERS", "1.5", "a whole number from 1 to 64 (how many workers answer short questions)"),
        ("WORKERS", "0", "a whole number from 1 to 64 (how many workers answer short questions)"),
        ("MEMORY_MB", "2000000", "a whole number from 16 to 1,000,000 (how much memory a request may take, in MB)"),
        ("REQUEST_SECONDS", "nan", "a number from 0.1 to 600 (how long a short question may take)"),
    ],
)
def test_a_wrong_value_is_told_with_what_is_expected(variable: str, given: str, expected: str) -> None:
    with pytest.raises(SettingError) as caught:
        limits_from({f"SHAPE_EXPLAINER_{variable}": given})
    assert str(caught.value) == f"SHAPE_EXPLAINER_{variable}={given} was given; it must be {expected}."


@pytest.mark.parametrize(("cores", "workers"), [(1, 1), (2, 1), (5, 2), (64, 4)])
def test_one_worker_of_a_kind_for_two_cores(cores: int, workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: set(range(cores)))
    assert one_per_two_cores() == workers
    assert (Limits().workers, Limits().long_workers) == (workers, workers)
