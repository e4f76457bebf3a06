"""Does anything grow? ``make soak``: thousands of rebuilds over all explainers, on the real server.

Rebuilds go two ways, both as learners cause them: straight through the pool of this process (workers alone), and
over the websocket of a real server (one in five: web process, its caches and its sessions). Memory after the first
500 of each is held against the end.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from benchmarks.learner import Learner, ReplyError
from benchmarks.report import machine, resident, workers_of, write_section
from explainers.core.explainer import Explainer
from explainers.core.registry import all_explainers
from tests.browser.server import Server
from workers.limits import limits_from
from workers.pool import Pool, WorkerError

GOAL = 0.10
SETTLED = 500  # rebuilds after which memory should not grow any more
OVER_WEB = 5  # one in so many goes over the websocket of a real server


@dataclass
class Curve:
    """Memory of one process in MB, by the number of rebuilds."""

    what: str
    points: list[tuple[int, float]] = field(default_factory=list)

    def growth(self, settled: int) -> float:
        """Share by which it grew since `settled` rebuilds."""
        early = next((mb for count, mb in self.points if count >= settled), self.points[0][1])
        return self.points[-1][1] / early - 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print, and return 1 where something grew by more than the goal."""
    parser = argparse.ArgumentParser(prog="make soak", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=10_000, help="rebuilds (default 10,000)")
    parser.add_argument("--minutes", type=float, default=60, help="stop a part after so long (default 60 together)")
    parser.add_argument("--write", action="store_true", help="write the section of docs/PERFORMANCE.md")
    chosen = parser.parse_args(arguments)
    began = time.monotonic()
    curves, failures = through_pool(chosen.count, 0.7 * 60 * chosen.minutes)
    web_curves, web_failures = asyncio.run(over_web(chosen.count // OVER_WEB, 0.3 * 60 * chosen.minutes))
    minutes = (time.monotonic() - began) / 60
    lines = table([*curves, *web_curves], chosen.count)
    print("\n".join(lines))
    told = f"{failures + web_failures} rebuilds failed; it took {minutes:.0f} minutes."
    print(told)
    if chosen.write:
        write_section("soak", section(lines, chosen.count, told))
    return 0 if all(grown <= GOAL for _, grown in verdicts([*curves, *web_curves])) else 1


def settings(chance: random.Random) -> tuple[str, dict[str, str]]:
    """A lesson and dims as learners choose them: a few changed, whole numbers mostly small."""
    name, lesson = chance.choice(list(all_explainers().items()))
    return name, _dims(lesson, chance)


def _dims(lesson: Explainer[Any], chance: random.Random) -> dict[str, str]:
    texts = {}
    for spec in chance.sample(lesson.dims.specs(), k=chance.randint(0, 4)):
        if spec.kind == "int":
            low, high = int(spec.min or 0), int(spec.max or 0)
            texts[spec.name] = str(chance.randint(low, min(high, 40)))
        elif spec.kind == "bool":
            texts[spec.name] = str(chance.choice((True, False)))
        elif spec.kind == "choice":
            texts[spec.name] = chance.choice(spec.choices)
    return texts


# -- the workers ---------------------------------------------------------------------------------------------


def through_pool(count: int, seconds: float) -> tuple[list[Curve], int]:
    """Rebuilds straight through a pool, as many at a time as it has workers; curves of workers and of this process."""
    limits = limits_from(os.environ)
    pool = Pool(limits)
    chance = random.Random(1)
    curves = {"web side of the pool": Curve("web side of the pool (this process)")}
    failures, end = 0, time.monotonic() + seconds

    def rebuild(wanted: tuple[str, dict[str, str]]) -> bool:
        name, dims = wanted
        try:
            pool.call("show", {"name": name, "dims": dims}, timeout=60)
        except WorkerError as error:
            print(name, dims, error.kind, error.detail, file=sys.stderr)
            return False
        return True

    try:
        with ThreadPoolExecutor(limits.workers) as threads:
            for done in range(0, count, 100):
                some = [settings(chance) for _ in range(min(100, count - done))]
                failures += sum(not good for good in threads.map(rebuild, some))
                _note(curves, done + len(some))
                if time.monotonic() > end:
                    break
    finally:
        pool.close()
    return list(curves.values()), failures


def _note(curves: dict[str, Curve], count: int) -> None:
    me = psutil.Process()
    curves["web side of the pool"].points.append((count, resident(me)))
    for worker in workers_of(me):
        label = f"worker {worker.pid}"
        curves.setdefault(label, Curve(label)).points.append((count, resident(worker)))
    newest = list(curves.values())
    print(count, *(f"{curve.what} {curve.points[-1][1]:.0f} MB" for curve in newest), flush=True)


# -- the web process -----------------------------------------------------------------------------------------


async def over_web(count: int, seconds: float) -> tuple[list[Curve], int]:
    """Rebuilds over the websocket of a real server: a new tab for every ten of them, closed afterwards."""
    chance = random.Random(2)
    failures, end = 0, time.monotonic() + seconds
    curve, workers = Curve("web process"), Curve("its workers together")
    with tempfile.TemporaryDirectory() as folder:
        server = await asyncio.to_thread(Server, Path(folder) / "server.log")
        web = psutil.Process(server.process.pid)
        try:
            for done in range(0, count, 10):
                failures += await _visit(server.url, chance)
                if done % 50 == 40:
                    curve.points.append((done + 10, resident(web)))
                    workers.points.append((done + 10, sum(map(resident, workers_of(web)))))
                    print(
                        done + 10, f"web {curve.points[-1][1]:.0f} MB, workers {workers.points[-1][1]:.0f}", flush=True
                    )
                if time.monotonic() > end:
                    break
        finally:
            await asyncio.to_thread(server.stop)
    return [each for each in (curve, workers) if each.points], failures


async def _visit(url: str, chance: random.Random) -> int:
    """One tab, ten settings. Returns how many failed."""
    failed = 0
    async with Learner(url) as learner:
        for _ in range(10):
            name, dims = settings(chance)
            try:
                await learner.open(name, "&".join(f"{dim}={text}" for dim, text in dims.items()))
            except ReplyError as error:
                print(name, dims, error, file=sys.stderr)
                failed += 1
    return failed


# -- what is told --------------------------------------------------------------------------------------------


def verdicts(curves: Sequence[Curve]) -> list[tuple[Curve, float]]:
    """Each curve with its growth since the first 500 rebuilds (or since the first quarter of a shorter one)."""
    return [(curve, curve.growth(min(SETTLED, curve.points[-1][0] // 4))) for curve in curves]


def table(curves: Sequence[Curve], count: int) -> list[str]:
    """A table in Markdown."""
    lines = ["| process | rebuilds | MB settled | MB at the end | grown | goal held |", "|---|---|---|---|---|---|"]
    for curve, grown in verdicts(curves):
        end, mb = curve.points[-1]
        settled = mb / (1 + grown)
        lines.append(
            f"| {curve.what} | {end:,} | {settled:.0f} | {mb:.0f} | {grown:+.1%} | {'yes' if grown <= GOAL else 'no'} |"
        )
    return lines


def section(lines: Sequence[str], count: int, told: str) -> list[str]:
    """The section of the report."""
    return [
        "## Soak",
        "",
        f'`make soak ARGS="--count {count} --write"`: {machine()}',
        "",
        f"Goal: within {GOAL:.0%} of the memory after the first {SETTLED}. {count:,} rebuilds of all lessons with "
        f"random dims were to go through the pool, and {count // OVER_WEB:,} more over the websocket of a "
        f"real server; the table says how many did. {told}",
        "",
        *lines,
    ]


if __name__ == "__main__":
    sys.exit(main())
