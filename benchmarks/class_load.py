"""A class at work, on the real server: ``make load-class``, which is a part of ``make load``.

For each number of students a server is started on a free port of this machine, with SQLite in a fresh folder. The
class is opened and led at a desk on the same store, as another copy of the server would; its three tasks are made by
hand, because the live engine has no part in what is measured. Students and the teacher's board speak to the server in
the pages' own way: plain HTTP, once a second each. Two things are measured:

    acknowledged   from sending an answer to the reply that says it is kept
    behind         from that reply to the moment when the teacher's board counts it
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.report import machine, others_load, percentile, spread, write_section
from rooms.asked import Prepared
from rooms.desk import Desk, Opened
from rooms.limits import ClassLimits
from rooms.store import Store, address_of
from tests.browser.server import Server
from tests.rooms.made import as_set, count_task, shape_task

ACKNOWLEDGED = 0.3  # seconds, for 95 % of the answers
BEHIND = 2.0  # seconds, for every answer
LOOK = 1.0  # seconds between two looks of a page
SPREAD = 8.0  # seconds within which a class answers a task
TEXTS = ("None, 11, 7", "None, 7", "308")


@dataclass
class Measured:
    """One class. acknowledged, behind: seconds, one of each answer. failures: sentences, with how often."""

    students: int
    acknowledged: list[float] = field(default_factory=list)
    behind: list[float] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    others: float = 0.0

    @property
    def holds(self) -> bool:
        """Whether both goals are met and nothing failed."""
        quick = 0 < percentile(self.acknowledged, 0.95) <= ACKNOWLEDGED
        return quick and max(self.behind, default=BEHIND + 1) <= BEHIND and not self.failures


class Page:
    """A page of the class: one connection that is kept."""

    def __init__(self, port: int, room: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._room = room

    def ask(self, name: str, /, **said: object) -> dict[str, Any]:
        """POST class/<name>. Raises OSError, and ValueError with the problem that the server names."""
        body = json.dumps({"room": self._room, **said})
        self._connection.request("POST", f"/class/{name}", body, {"Content-Type": "application/json"})
        found: dict[str, Any] = json.loads(self._connection.getresponse().read())
        if "problem" in found:
            raise ValueError(found["problem"])
        return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns 1 where an answer failed."""
    parser = argparse.ArgumentParser(prog="make load-class", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--students", type=int, nargs="+", default=[30, 100], help="how many at once (default 30 100)")
    parser.add_argument("--json", action="store_true", help="print every time as JSON")
    parser.add_argument("--write", action="store_true", help="write the section of docs/PERFORMANCE.md")
    chosen = parser.parse_args(arguments)
    measured = [measure(students) for students in chosen.students]
    print(json.dumps([asdict(each) for each in measured]) if chosen.json else "\n".join(table(measured)))
    if chosen.write:
        write_section("class", section(measured))
    return 1 if any(each.failures for each in measured) else 0


def measure(students: int) -> Measured:
    """Start a server, let a class answer its tasks, stop it."""
    found = Measured(students)
    with tempfile.TemporaryDirectory() as folder:
        store = address_of("", folder, Path(folder))
        server = Server(Path(folder) / "server.log", env={"SHAPE_EXPLAINER_STORE": store})
        try:
            desk = Desk(Store(store), ClassLimits())
            tasks = (shape_task(True), shape_task(False), count_task())
            opened = desk.open(as_set(*tasks), tasks)
            _lesson(server.port, desk, opened, tasks, found)
            desk.store.close()
        finally:
            server.stop()
    found.others = others_load()
    return found


def _lesson(port: int, desk: Desk, opened: Opened, tasks: Sequence[Prepared], found: Measured) -> None:
    tokens = [f"student-{number:04d}-of-the-load-test" for number in range(found.students)]
    with ThreadPoolExecutor(found.students + 1) as everybody:
        list(
            everybody.map(
                lambda token: Page(port, opened.code).ask("join", token=token, name=f"Student {token[8:12]}"), tokens
            )
        )
        for place in range(len(tasks)):
            desk.act(opened.code, opened.key, "next", place - 1)
            ended, kept = threading.Event(), list[float]()
            board = everybody.submit(_board, port, opened, ended, found.students)
            work = _student(port, opened.code, place, found, kept)
            list(everybody.map(work, tokens))
            ended.set()
            counted = _behind(kept, board.result())
            found.behind += counted
            if len(counted) < len(kept):
                found.failures["acknowledged, but never counted on the board"] += len(kept) - len(counted)
            desk.act(opened.code, opened.key, "reveal", place)


def _student(port: int, room: str, place: int, found: Measured, kept: list[float]) -> Callable[[str], None]:
    """What a student does in one task: look once a second, and answer at a moment of their own."""

    def work(token: str) -> None:
        page, chance = Page(port, room), random.Random(f"{token} {place}")
        due = time.perf_counter() + chance.uniform(0.0, SPREAD)
        try:
            while (left := due - time.perf_counter()) > 0:
                page.ask("state", token=token)
                time.sleep(min(LOOK, max(0.0, left)))
            began = time.perf_counter()
            page.ask("answer", token=token, place=place, text=TEXTS[place])
        except (OSError, ValueError, http.client.HTTPException) as error:
            found.failures[str(error)[:160]] += 1
            return
        kept.append(time.perf_counter())
        found.acknowledged.append(kept[-1] - began)

    return work


def _board(port: int, opened: Opened, ended: threading.Event, students: int) -> list[tuple[float, int]]:
    """When the teacher's board counted how many; it looks on until it counts all, or a few seconds after the end."""
    page, seen, patience = Page(port, opened.code), list[tuple[float, int]](), 5
    while patience:
        counted = int(page.ask("board", key=opened.key)["answered"])
        seen.append((time.perf_counter(), counted))
        if counted >= students:
            break
        patience -= ended.is_set()
        time.sleep(LOOK)
    return seen


def _behind(kept: Sequence[float], seen: Sequence[tuple[float, int]]) -> list[float]:
    """How long after each acknowledgement the board counted it; those that it never counted are left out."""
    found = []
    for number, moment in enumerate(sorted(kept), 1):
        when = next((when for when, counted in seen if counted >= number), None)
        if when is not None:
            found.append(max(0.0, when - moment))
    return found


def table(measured: Sequence[Measured]) -> list[str]:
    """A table in Markdown: times are median / 95 % / most in milliseconds."""
    lines = [
        "| students | answers | acknowledged, ms | board behind, ms | failed | both goals |",
        "|---|---|---|---|---|---|",
    ]
    for each in measured:
        lines.append(
            f"| {each.students} | {len(each.acknowledged)} | {spread(each.acknowledged)} | {spread(each.behind)} "
            f"| {sum(each.failures.values())} | {'yes' if each.holds else 'no'} |"
        )
    told = [f"- {count} times: {text}" for each in measured for text, count in each.failures.items()]
    return [*lines, *(["", *told] if told else [])]


def section(measured: Sequence[Measured]) -> list[str]:
    """The section of the report."""
    busiest = max(each.others for each in measured)
    return [
        "## A class",
        "",
        f"`make load-class ARGS=--write`: {machine()}",
        "",
        f"Goal: on two cores 95 % of the answers acknowledged within {ACKNOWLEDGED * 1000:g} ms, and the teacher's "
        f"counts at most {BEHIND:g} s behind. Every page looks once a second; a class answers each task within "
        f"{SPREAD:g} s, on SQLite. Times are median / 95 % / most. The students run on the same cores; load of the "
        f"machine at the end: {busiest:.1f} runnable per core.",
        "",
        *table(measured),
    ]


if __name__ == "__main__":
    sys.exit(main())
