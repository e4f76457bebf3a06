"""A class at work, on the real server: ``make load``.

For each number of learners a server of its own is started on a free port of this machine, with its own workers. The
learners speak Streamlit's protocol over its websocket (benchmarks/learner.py). Three things are measured:

    joining    all open a lesson at the same moment
    changing   each changes a dim of a random lesson every two seconds; most settings are new to the server
    training   all press "Train" in windowed_forecast at the same moment

A time is from the message to the end of the reply, which must hold the new dims and the lesson's sentence. The
learners themselves run on the same machine and take a part of it; how large it is stands beside.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from benchmarks.learner import Learner, ReplyError
from benchmarks.report import (
    as_json,
    cpu_seconds,
    in_ms,
    keras_mb,
    machine,
    others_load,
    percentile,
    resident,
    spread,
    workers_of,
    write_section,
)
from explainers.core.registry import all_explainers
from tests.browser.server import Server

GOAL = 1.0  # seconds, for 95 % of all changes
EVERY = 2.0  # seconds between two changes of a learner
PATIENCE = 60.0  # seconds until a learner gives up on a reply
REST = 30.0  # seconds after the class: by then the worker that trained has ended
MOST_MB = 800  # goal for web process and workers together, after a class
TRAINING = "points=200&epochs=20"


@dataclass
class Tally:
    """What came of one kind of work. seconds: of each reply. failures: sentences, with how often."""

    seconds: list[float] = field(default_factory=list)
    bytes: list[int] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)

    async def watch(self, asked: Awaitable[object]) -> bool:
        """Wait for one answer and count it; whether it came."""
        began = time.perf_counter()
        try:
            async with asyncio.timeout(PATIENCE):
                reply = await asked
        except TimeoutError:
            self.failures[f"no reply in {PATIENCE:g} s"] += 1
        except (ReplyError, OSError) as error:
            self.failures[str(error)[:160]] += 1
        else:
            self.seconds.append(time.perf_counter() - began)
            self.bytes.append(getattr(reply, "bytes", 0))
            return True
        return False


@dataclass
class Measured:
    """One server with one number of learners."""

    learners: int
    stepping: float = 0.0  # share of them that has “Step through time” on screen
    joining: Tally = field(default_factory=Tally)
    changing: Tally = field(default_factory=Tally)
    training: Tally = field(default_factory=Tally)
    wall: float = 0.0
    web_cpu: float = 0.0  # share of one core, while dims change
    workers_cpu: float = 0.0
    own_cpu: float = 0.0
    web_mb: tuple[float, float] = (0.0, 0.0)  # before anybody joined, at the end
    workers_mb: list[float] = field(default_factory=list)
    rest_mb: float = 0.0  # all processes together, half a minute after the class
    others: float = 0.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns 1 where a reply failed."""
    parser = argparse.ArgumentParser(prog="make load", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--learners", type=int, nargs="+", default=[30], help="how many at once (default 30)")
    parser.add_argument("--seconds", type=float, default=30.0, help="how long they change dims (default 30)")
    parser.add_argument("--stepping", type=float, default=0.0, help="share that has “Step through time” on screen")
    parser.add_argument("--no-training", action="store_true", help="leave the trainings out")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--write", action="store_true", help="write the section of docs/PERFORMANCE.md")
    chosen = parser.parse_args(arguments)
    measured = []
    for learners in chosen.learners:
        measured.append(asyncio.run(measure(learners, chosen.seconds, not chosen.no_training, chosen.stepping)))
        if not chosen.json:
            print("\n".join(table([measured[-1]])), flush=True)
    if chosen.json:
        print(as_json(goal_seconds=GOAL, classes=[figures(each) for each in measured]))
    if chosen.write:
        write_section("load", section(measured, chosen.seconds))
    return 1 if any(each.changing.failures for each in measured) else 0


async def measure(learners: int, seconds: float, training: bool, stepping: float) -> Measured:
    """Start a server, let a class work, stop it."""
    found = Measured(learners, stepping)
    with tempfile.TemporaryDirectory() as folder:
        server = await asyncio.to_thread(Server, Path(folder) / "server.log")
        try:
            await _work(server, found, seconds, training)
        finally:
            await asyncio.to_thread(server.stop)
    return found


async def _work(server: Server, found: Measured, seconds: float, training: bool) -> None:
    web = psutil.Process(server.process.pid)
    async with Learner(server.url) as first:  # Keras starts with the first visitor; that is measured in a browser
        await first.open("simple_rnn")
    before = resident(web)
    await _all(found.learners, lambda number: _join(server.url, number, found.joining))
    workers = workers_of(web)
    watched = {"web": [web], "workers": workers, "own": [psutil.Process()]}
    used = {name: cpu_seconds(those) for name, those in watched.items()}
    began = time.perf_counter()
    await _all(found.learners, lambda number: _learn(server.url, number, seconds, found))
    found.wall = time.perf_counter() - began
    shares = {name: (cpu_seconds(those) - used[name]) / found.wall for name, those in watched.items()}
    found.web_cpu, found.workers_cpu, found.own_cpu = shares["web"], shares["workers"], shares["own"]
    if training:
        await _all(found.learners, lambda number: _train(server.url, number, found.training))
    found.web_mb = (before, resident(web))
    found.workers_mb = keras_mb(web)
    if training:
        await asyncio.sleep(REST)
        found.rest_mb = resident(web) + sum(keras_mb(web))
    found.others = others_load()


async def _all(learners: int, one: Callable[[int], Awaitable[None]]) -> None:
    """All of them at the same time."""
    async with asyncio.TaskGroup() as group:
        for number in range(learners):
            group.create_task(_as_task(one(number)))


async def _as_task(work: Awaitable[None]) -> None:
    await work


# -- what a learner does -------------------------------------------------------------------------------------


async def _join(url: str, number: int, tally: Tally) -> None:
    """Open a lesson: the connection is part of it."""

    async def opened() -> object:
        async with Learner(url) as learner:
            return await learner.open(lesson(random.Random(number)))

    await tally.watch(opened())


def lesson(chance: random.Random) -> str:
    """A lesson by chance."""
    return chance.choice(list(all_explainers()))


async def _learn(url: str, number: int, seconds: float, found: Measured) -> None:
    """Change a dim of a lesson every two seconds; not all in the same moment."""
    tally, chance = found.changing, random.Random(1000 + number)
    steps = number < found.stepping * found.learners
    await asyncio.sleep(chance.uniform(0, EVERY))
    async with Learner(url) as learner:
        name = lesson(chance)
        if not await Tally().watch(learner.open(name)):
            tally.failures["could not open a lesson"] += 1
            return
        if steps and learner.has("calls"):
            await learner.see("calls")
        end = time.monotonic() + seconds
        while (begun := time.monotonic()) < end:
            dim, text = choice(name, chance)
            await tally.watch(learner.change(dim, text))
            await asyncio.sleep(max(0.0, EVERY - (time.monotonic() - begun)))


def choice(name: str, chance: random.Random) -> tuple[str, str]:
    """A dim that stands open on the page, and a number that people choose."""
    specs = [spec for spec in all_explainers()[name].dims.specs() if spec.kind == "int" and not spec.advanced]
    spec = chance.choice(specs)
    return spec.name, str(chance.randint(int(spec.min or 0), min(int(spec.max or 0), 40)))


async def _train(url: str, number: int, tally: Tally) -> None:
    """Press "Train" and look once a second, as the page does, until there is a forecast or a sentence."""

    async def trained() -> object:
        async with Learner(url) as learner:
            await learner.open("windowed_forecast", f"{TRAINING}&seed={number}")
            reply = await learner.press("train:windowed_forecast")
            while learner.clock is not None:
                await asyncio.sleep(learner.clock[1])
                reply = await learner.look()
            told = [element.markdown.body for element in reply.elements if element.WhichOneof("type") == "markdown"]
            if not any(text.startswith("**One step ahead**") for text in told):
                raise ReplyError("; ".join(reply.alerts()) or "neither a forecast nor a sentence")
            return reply

    began = time.perf_counter()
    try:
        async with asyncio.timeout(600):
            await trained()
    except TimeoutError:
        tally.failures["no forecast in 600 s"] += 1
    except (ReplyError, OSError) as error:
        tally.failures[str(error)[:160]] += 1
    else:
        tally.seconds.append(time.perf_counter() - began)


# -- what is told --------------------------------------------------------------------------------------------


def table(measured: Sequence[Measured]) -> list[str]:
    """A table in Markdown: times are median / 95 % / most in milliseconds."""
    lines = [
        "| learners | joining at once, ms | changing a dim, ms | 95 % under 1 s | replies/s | failed | kB a change "
        "| web CPU | workers CPU | learners' own CPU | ms a change | web MB, start → end | workers MB |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for each in measured:
        p95 = percentile(each.changing.seconds, 0.95)
        verdict = "yes" if 0 < p95 < GOAL else "no"
        made = max(1, len(each.changing.seconds))
        size = sum(each.changing.bytes) / max(1, len(each.changing.bytes)) / 1000
        lines.append(
            f"| {each.learners} | {spread(each.joining.seconds)} | {spread(each.changing.seconds)} | {verdict} "
            f"| {len(each.changing.seconds) / each.wall:.1f} | {sum(each.changing.failures.values())} | {size:.0f} "
            f"| {each.web_cpu:.0%} | {each.workers_cpu:.0%} | {each.own_cpu:.0%} "
            f"| {each.web_cpu * each.wall / made * 1000:.0f} + {each.workers_cpu * each.wall / made * 1000:.0f} "
            f"| {each.web_mb[0]:.0f} → {each.web_mb[1]:.0f} | {', '.join(f'{mb:.0f}' for mb in each.workers_mb)} |"
        )
    for each in measured:
        lines += ["", *_trainings(each), *_memory(each), *_failures(each)]
    return lines


def figures(each: Measured) -> dict[str, Any]:
    """The same for ``--json``: times in milliseconds, processor time of a change in milliseconds, memory in MB."""
    made = max(1, len(each.changing.seconds))
    kinds = {"joining": each.joining, "changing": each.changing, "training": each.training}
    return {
        "learners": each.learners,
        "stepping": each.stepping,
        **{kind: {**in_ms(tally.seconds), "failed": dict(tally.failures)} for kind, tally in kinds.items()},
        "replies_per_second": round(len(each.changing.seconds) / each.wall, 2),
        "kb_per_change": round(sum(each.changing.bytes) / made / 1000, 1),
        "cpu_ms_per_change": {
            "web": round(each.web_cpu * each.wall / made * 1000, 1),
            "workers": round(each.workers_cpu * each.wall / made * 1000, 1),
        },
        "memory_mb": {
            "web_before": each.web_mb[0],
            "web": each.web_mb[1],
            "workers": each.workers_mb,
            "rest": each.rest_mb,
        },
    }


def _trainings(each: Measured) -> list[str]:
    done, refused = each.training.seconds, each.training.failures
    if not done and not refused:
        return []
    text = f"{each.learners} trainings requested at once ({TRAINING}): {len(done)} finished"
    if done:
        text += f", the first after {min(done):.1f} s, half of them within {percentile(done, 0.5):.0f} s"
        text += f", the last after {max(done):.0f} s"
    return [f"{text}; {sum(refused.values())} did not."]


def _memory(each: Measured) -> list[str]:
    if not each.rest_mb:
        return []
    held = "held" if each.rest_mb <= MOST_MB else "missed"
    return [
        "",
        f"Memory half a minute after the class of {each.learners}, web process and workers together: "
        f"{each.rest_mb:.0f} MB (goal: {MOST_MB}, {held}).",
    ]


def _failures(each: Measured) -> list[str]:
    kinds = (("joining", each.joining), ("changing", each.changing), ("training", each.training))
    return [f"- {kind}, {count} times: {text}" for kind, tally in kinds for text, count in tally.failures.items()]


def section(measured: Sequence[Measured], seconds: float) -> list[str]:
    """The section of the report."""
    busiest = max(each.others for each in measured)
    return [
        "## Load",
        "",
        f'`make load ARGS="--learners {" ".join(str(each.learners) for each in measured)} --write"`: {machine()}',
        "",
        f"Goal: with 30 learners on 2 cores, each changing a dim every {EVERY:g} s, 95 % of the replies within "
        f"{GOAL:g} s and none failing. Times are median / 95 % / most. Learners choose a lesson, a dim and a number "
        f"at random for {seconds:g} s, so most settings must be built; the learners run on the same two cores. "
        f"100 % CPU is one core; load of the machine at the end: {busiest:.1f} runnable per core.",
        "",
        *table(measured),
    ]


if __name__ == "__main__":
    sys.exit(main())
