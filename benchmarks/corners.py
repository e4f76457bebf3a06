"""Does an estimate come before every cost? ``make corners``: the ends of all dims, through the pool with its limits.

For each explainer: every dim at its end, every pair that makes a model large, and combinations by chance. What is
refused must be refused quickly and with a sentence; what is built must stay below the pool's time and memory.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import psutil

from benchmarks.report import resident, workers_of
from explainers.core.dims import DimSpec
from explainers.core.explainer import Explainer
from explainers.core.registry import all_explainers
from workers.limits import limits_from
from workers.pool import Pool, WorkerError


@dataclass(frozen=True)
class Corner:
    """One request. outcome: "built", "refused", "lesson" (Keras' own error), or the pool's kind of failure."""

    name: str
    dims: dict[str, str]
    seconds: float
    outcome: str
    mb: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask for all of them and print the slowest; returns 1 where the pool had to step in."""
    parser = argparse.ArgumentParser(prog="make corners", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("names", nargs="*", help="explainers (default all)")
    parser.add_argument("--chance", type=int, default=12, help="random combinations for each (default 12)")
    chosen = parser.parse_args(arguments)
    pool = Pool(limits_from(os.environ))
    failed = 0
    try:
        for name in chosen.names or all_explainers():
            asked = [ask(pool, name, dims) for dims in corners(all_explainers()[name], chosen.chance)]
            failed += tell(name, asked)
    finally:
        pool.close()
    return 1 if failed else 0


def corners(lesson: Explainer[Any], chance: int) -> Iterator[dict[str, str]]:
    """Dims at their ends: all, each alone, each pair of sizes, and some by chance."""
    specs = lesson.dims.specs()
    sizes = [spec for spec in specs if spec.kind == "int"]
    yield {spec.name: str(spec.max) for spec in sizes}
    for some in (*itertools.combinations(sizes, 1), *itertools.combinations(sizes, 2)):
        yield {spec.name: str(spec.max) for spec in some}
    picked = random.Random(len(specs))
    for _ in range(chance):
        yield {spec.name: picked.choice(ends(spec)) for spec in specs}


def ends(spec: DimSpec) -> list[str]:
    """The values of a dim that stand at an end, and the usual one."""
    if spec.kind == "choice":
        return list(spec.choices)
    if spec.kind == "bool":
        return ["True", "False"]
    return [str(spec.min), str(spec.default), str(spec.max), str(spec.max)]


def ask(pool: Pool, name: str, dims: dict[str, str]) -> Corner:
    """Ask for one page."""
    began = time.perf_counter()
    try:
        found = pool.call("show", {"name": name, "dims": dims})
    except WorkerError as error:
        outcome = str(error.kind)
    else:
        failed = found["inspection"]["error"]
        outcome = "built" if failed is None else "refused" if failed["type"] == "CostError" else "lesson"
    seconds = time.perf_counter() - began
    workers = workers_of(psutil.Process())
    return Corner(name, dims, seconds, outcome, max(map(resident, workers), default=0.0))


def tell(name: str, asked: Sequence[Corner]) -> int:
    """Print one explainer; returns how often the pool had to step in."""
    counts = {outcome: sum(each.outcome == outcome for each in asked) for outcome in {each.outcome for each in asked}}
    print(f"{name}: {len(asked)} corners, {counts}")
    stepped_in = [each for each in asked if each.outcome not in ("built", "refused", "lesson")]
    slowest = sorted(asked, key=lambda each: -each.seconds)[:3]
    for each in (*stepped_in, *(corner for corner in slowest if corner not in stepped_in)):
        print(
            f"    {each.outcome:8} {each.seconds:6.1f} s, worker {each.mb:5.0f} MB afterwards  {each.dims}", flush=True
        )
    return len(stepped_in)


if __name__ == "__main__":
    sys.exit(main())
