"""Every limit of the workers, in one place. The person who runs the server may change each of them.

Each field of `Limits` has an environment variable, named in capitals behind ``SHAPE_EXPLAINER_``:

    SHAPE_EXPLAINER_MEMORY_MB=1024 SHAPE_EXPLAINER_WORKERS=2 make run

Forked (`fork`), the workers share what Keras takes: one process of 100 to 200 MB that imports it, and 50 to 150 MB for
each worker. Otherwise a worker uses about 600 MB before the first request. For each request that is being answered
come up to `memory_mb`.

So where they are forked there is a short one for each core: the web process leaves half a core, and a worker waits for
nobody. A training takes a core for minutes, so of long ones there is one for two cores.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass

from settings import check, number, read, whole
from workers.machine import cores, memory_mb

_MOST_BY_DEFAULT = 4  # workers of a kind; a machine of 64 cores need not spend 40 GB unasked
_BESIDES_MB = 900  # web process, the process that forks, a long worker
_WORKER_MB = 650  # a forked worker, and the request that it answers


def one_per_two_cores() -> int:
    """How many workers train unless told otherwise: one for every two cores, 1 to 4."""
    return max(1, min(_MOST_BY_DEFAULT, cores() // 2))


def one_per_core() -> int:
    """How many workers answer unless told otherwise: one for every core, 1 to 4, as far as the memory goes.

    Where they can't be forked each takes Keras' hundreds of MB anew: then one for every two cores.
    """
    if sys.platform != "linux":
        return one_per_two_cores()
    return max(1, min(_MOST_BY_DEFAULT, cores(), (memory_mb() - _BESIDES_MB) // _WORKER_MB))


@dataclass(frozen=True)
class Limits:
    """How much the workers may take. Raises SettingError for a value out of range."""

    workers: int = whole(one_per_core, 1, 64, "how many workers answer short questions")
    long_workers: int = whole(one_per_two_cores, 1, 64, "how many workers train models; they start when first asked")
    request_seconds: float = number(20.0, 0.1, 600, "how long a short question may take")
    long_seconds: float = number(120.0, 0.1, 3600, "how long a training may take")
    wait_seconds: float = number(30.0, 0.1, 600, "how long a request may wait for a free worker")
    start_seconds: float = number(90.0, 0.1, 600, "how long a worker may take to start")
    idle_seconds: float = number(
        20.0, 0.1, 86_400, "how long a worker that trains may be idle before it ends, where the next one can be forked"
    )
    cancel_seconds: float = number(2.0, 0.1, 60, "how long a stopped training may take to end by itself")
    abandoned_seconds: float = number(
        5.0, 0.1, 600, ("how long a question may continue when no one is waiting for it anymore")
    )
    memory_mb: int = whole(512, 16, 1_000_000, "how much memory a request may take, in MB")
    result_mb: int = whole(16, 1, 1000, "how large a reply may be, in MB")
    queue: int = whole(256, 0, 10_000, "how many requests may wait for a free worker")
    fork: int = whole(1, 0, 1, "whether workers are forked from a process that has loaded Keras; Linux only")
    tabs: int = whole(4000, 1, 100_000, "how many tabs may be open at a time, as far as the machine's open files go")
    tabs_per_address: int = whole(4000, 1, 100_000, "how many tabs of one network address may be open at a time")
    closed_tab_seconds: float = number(60.0, 0.1, 3600, "how long what was typed in a closed tab is kept")

    def __post_init__(self) -> None:
        check(self)


def limits_from(environment: Mapping[str, str]) -> Limits:
    """The limits that `environment` (such as os.environ) sets; the defaults for all others. Raises SettingError."""
    return read(Limits, environment)
