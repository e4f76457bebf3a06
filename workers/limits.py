"""Every limit of the server, in one place. The person who runs the server may change each of them.

Each field of `Limits` has an environment variable, named in capitals behind ``SHAPE_EXPLAINER_``:

    SHAPE_EXPLAINER_MEMORY_MB=1024 SHAPE_EXPLAINER_WORKERS=2 streamlit run app.py

A worker uses about 600 MB before the first request, so a server with one short and one long worker needs
about 1.2 GB, and `memory_mb` more for each request that is being answered.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PREFIX = "SHAPE_EXPLAINER_"
_MOST_BY_DEFAULT = 4  # workers of a kind; a machine of 64 cores need not spend 40 GB unasked


class LimitsError(ValueError):
    """A limit was set to something it can't be. The text says what was given and what is expected."""


def one_per_two_cores() -> int:
    """How many workers of a kind run unless told otherwise: one for every two cores, 1 to 4."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(_MOST_BY_DEFAULT, cores // 2))


def _whole(default: int | None, low: int, high: int, help: str) -> Any:
    """A limit that is a whole number from `low` to `high`; without a default it follows the cores."""
    about = {"low": low, "high": high, "help": help}
    if default is None:
        return dataclasses.field(default_factory=one_per_two_cores, metadata=about)
    return dataclasses.field(default=default, metadata=about)


def _seconds(default: float, low: float, high: float, help: str) -> Any:
    """A limit that is a time in seconds from `low` to `high`; parts of a second may stand."""
    return dataclasses.field(default=default, metadata={"low": low, "high": high, "help": help})


@dataclass(frozen=True)
class Limits:
    """How much the workers may take. Raises LimitsError for a value out of range."""

    workers: int = _whole(None, 1, 64, "how many workers answer short questions")
    long_workers: int = _whole(None, 1, 64, "how many workers train models; they start when first asked")
    request_seconds: float = _seconds(20.0, 0.1, 600, "how long a short question may take")
    long_seconds: float = _seconds(120.0, 0.1, 3600, "how long a training may take")
    wait_seconds: float = _seconds(30.0, 0.1, 600, "how long a request may wait for a free worker")
    start_seconds: float = _seconds(90.0, 0.1, 600, "how long a worker may take to start")
    cancel_seconds: float = _seconds(2.0, 0.1, 60, "how long a stopped training may take to end by itself")
    memory_mb: int = _whole(512, 16, 1_000_000, "how much memory a request may take, in MB")
    result_mb: int = _whole(16, 1, 1000, "how large an answer may be, in MB")
    queue: int = _whole(64, 0, 10_000, "how many requests may wait for a free worker")

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            _check(field, getattr(self, field.name))


def limits_from(environment: Mapping[str, str]) -> Limits:
    """The limits that `environment` (such as os.environ) sets; the defaults for all others."""
    chosen = {}
    for field in dataclasses.fields(Limits):
        text = environment.get(PREFIX + field.name.upper(), "").strip()
        if text:
            chosen[field.name] = _read(field, text)
    return Limits(**chosen)


def _read(field: dataclasses.Field[Any], text: str) -> Any:
    try:
        return int(text) if field.type == "int" else float(text)
    except ValueError:
        raise _error(field, text) from None


def _check(field: dataclasses.Field[Any], value: Any) -> None:
    # nan is not within any range, so it is refused here too
    if not field.metadata["low"] <= value <= field.metadata["high"]:
        raise _error(field, value)


def _error(field: dataclasses.Field[Any], given: object) -> LimitsError:
    number = "a whole number" if field.type == "int" else "a number"
    low, high = field.metadata["low"], field.metadata["high"]
    return LimitsError(
        f"{PREFIX}{field.name.upper()}={given} was given; it must be {number} from {low:,} to {high:,} "
        f"({field.metadata['help']})."
    )
