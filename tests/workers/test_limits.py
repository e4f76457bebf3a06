"""The limits: defaults, the environment, and what a wrong value is told."""

from __future__ import annotations

import dataclasses
import os
import sys
from pathlib import Path

import pytest

from settings import SettingError
from workers import machine
from workers.limits import Limits, limits_from


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


def a_machine(monkeypatch: pytest.MonkeyPatch, folder: Path, cores: int, memory_mb: int, **limits: str) -> None:
    """A machine of that size, and in it a container with these files of its cgroup."""
    sizes = {"SC_PHYS_PAGES": memory_mb * 256, "SC_PAGE_SIZE": 4096}
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: set(range(cores)), raising=False)
    monkeypatch.setattr(os, "sysconf", sizes.__getitem__)
    monkeypatch.setattr(machine, "CGROUP", folder)
    for name, text in limits.items():
        (folder / name.replace("_", ".")).write_text(f"{text}\n")


@pytest.mark.parametrize(
    ("cores", "memory_mb", "workers", "long_workers"),
    [(1, 16_000, 1, 1), (2, 24_000, 2, 1), (2, 2_000, 1, 1), (2, 500, 1, 1), (5, 16_000, 4, 2), (64, 256_000, 4, 4)],
)
def test_a_short_worker_for_each_core_as_far_as_memory_goes_and_a_long_one_for_two(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, cores: int, memory_mb: int, workers: int, long_workers: int
) -> None:
    a_machine(monkeypatch, tmp_path, cores, memory_mb)
    monkeypatch.setattr(sys, "platform", "linux")
    assert (Limits().workers, Limits().long_workers) == (workers, long_workers)


def test_a_container_has_what_it_may_take(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    a_machine(monkeypatch, tmp_path, 64, 256_000, cpu_max="150000 100000", memory_max=str(3 * 1024**3))
    assert (machine.cores(), machine.memory_mb()) == (2, 3072)
    a_machine(monkeypatch, tmp_path, 6, 8_000, cpu_max="max 100000", memory_max="max")
    assert (machine.cores(), machine.memory_mb()) == (6, 8_000)


def test_where_workers_are_not_forked_there_are_fewer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    a_machine(monkeypatch, tmp_path, 4, 16_000)
    monkeypatch.setattr(sys, "platform", "darwin")
    assert Limits().workers == 2
