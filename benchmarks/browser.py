"""What a learner sees in a real browser, in seconds: ``make bench-browser``.

    start     from the start of the server's process to the first page, and to the first live model on it
    changes   from pressing Enter on a changed dim to the finished page: at rest, no part of it stale, painted
    floor     the same of a page that does nothing (benchmarks/trivial_page.py): what Streamlit and the browser take

A change is **new** where the server has to build the model, and **known** where it has answered it before. Times of
changes are taken inside the browser, from the key's event to the frame after the last change of the page.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from playwright.sync_api import Browser, Page, expect, sync_playwright

from benchmarks.report import (
    as_json,
    in_ms,
    keras_mb,
    machine,
    others_load,
    percentile,
    resident,
    spread,
    write_section,
)
from scripts.chromium import installed, launch_args
from tests.browser.server import Server
from tests.browser.watch import wait_idle

OF_FLOOR, NEW_GOAL, KNOWN_GOAL, BYTES_GOAL = 1.5, 0.3, 0.15, 40_000
FLOOR = Path(__file__).parent / "trivial_page.py"
PATIENCE = 120_000  # ms
CHANGED = (("simple_rnn", "units"), ("stacked_lstm", "units_1"), ("conv1d", "filters"), ("t_lstm", "features"))

# Resolves with milliseconds from Enter to the finished page. Two frames more: what was changed last is painted then.
WATCH = """(wanted) => { window.measured = new Promise((done) => {
  let began = 0;
  const look = () => {
    const app = document.querySelector("[data-testid=stApp]");
    const finished = app.dataset.testScriptState === "notRunning" && location.search.includes(wanted)
      && !document.querySelector("[data-stale=true]");
    if (finished) requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - began)));
    else requestAnimationFrame(look);
  };
  addEventListener("keydown", (event) => {
    if (event.key === "Enter") { began = performance.now(); requestAnimationFrame(look); }
  }, { once: true, capture: true });
}); }"""


@dataclass
class Changes:
    """Seconds and bytes of the changes of one kind."""

    seconds: list[float] = field(default_factory=list)
    bytes: list[int] = field(default_factory=list)


@dataclass
class Found:
    """All that was measured. first, live: seconds since the process was started, one for each start; kept: the same as
    live, where an earlier start has left on the disk what pages begin with; floor_first and floor: the trivial page."""

    first: list[float] = field(default_factory=list)
    live: list[float] = field(default_factory=list)
    kept: list[float] = field(default_factory=list)
    floor_first: list[float] = field(default_factory=list)
    floor: Changes = field(default_factory=Changes)
    new: dict[str, Changes] = field(default_factory=dict)
    known: dict[str, Changes] = field(default_factory=dict)
    web_mb: float = 0.0
    workers_mb: list[float] = field(default_factory=list)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="make bench-browser", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--starts", type=int, default=3, help="how often the server is started (default 3)")
    parser.add_argument("--changes", type=int, default=15, help="changes of each kind and lesson (default 15)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--write", action="store_true", help="write the section of docs/PERFORMANCE.md")
    chosen = parser.parse_args(arguments)
    found = Found()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed(), args=launch_args())
        for number in range(chosen.starts):
            with floor(browser, found) as page:
                if number == chosen.starts - 1:
                    found.floor = _changes_of(page, "units", chosen.changes, [])
            with started(browser, found) as (server, page):
                if number == chosen.starts - 1:
                    measure_changes(server, page, chosen.changes, found)
        found.kept = kept_starts(browser, chosen.starts)
        browser.close()
    lines = table(found)
    print(figures(found) if chosen.json else "\n".join(lines))
    if chosen.write:
        write_section("browser", section(lines, chosen))
    return 0


@contextmanager
def floor(browser: Browser, found: Found) -> Iterator[Page]:
    """The same of the trivial page: a fresh server and the first page of a browser that has never been here."""
    with tempfile.TemporaryDirectory() as folder:
        page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        began = time.perf_counter()
        server = Server(Path(folder) / "server.log", FLOOR)
        try:
            page.goto(server.url, wait_until="commit")
            expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=PATIENCE)
            found.floor_first.append(time.perf_counter() - began)
            wait_idle(page)
            yield page
        finally:
            page.context.close()
            server.stop()


def kept_starts(browser: Browser, count: int) -> list[float]:
    """Seconds to the first live model where the server was started here before; the first start fills the disk."""
    again = Found()
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(count + 1):
            with started(browser, again, {"SHAPE_EXPLAINER_CACHE": folder}) as (_, page):
                wait_idle(page)
    return again.live[1:]


@contextmanager
def started(
    browser: Browser, found: Found, environment: Mapping[str, str] | None = None
) -> Iterator[tuple[Server, Page]]:
    """A fresh server and the first page of a browser that has never been here; times since the process began."""
    with tempfile.TemporaryDirectory() as folder:
        page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        began = time.perf_counter()
        server = Server(Path(folder) / "server.log", env=environment)
        try:
            page.goto(server.url, wait_until="commit")
            expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=PATIENCE)
            found.first.append(time.perf_counter() - began)
            expect(page.locator(".flow .step").first).to_be_visible(timeout=PATIENCE)
            found.live.append(time.perf_counter() - began)
            yield server, page
        finally:
            page.context.close()
            server.stop()


def measure_changes(server: Server, page: Page, count: int, found: Found) -> None:
    """New settings first, then the same ones again."""
    received: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda data: received.append(len(data))))
    for lesson, dim in CHANGED:
        page.goto(f"{server.url}/{lesson}")
        expect(page.locator(".flow .step").first).to_be_visible(timeout=PATIENCE)
        wait_idle(page)
        for kind in (found.new, found.known):
            kind[f"{lesson}, {dim}"] = _changes_of(page, dim, count, received)
    web = psutil.Process(server.process.pid)
    found.web_mb, found.workers_mb = resident(web), keras_mb(web)


def _changes_of(page: Page, dim: str, count: int, received: list[int]) -> Changes:
    """So many changes, one after the other. received: where the bytes that come meanwhile are noted."""
    changes = Changes()
    for number in range(21, 21 + count):  # no dim has such a default
        received.clear()
        changes.seconds.append(_change(page, dim, str(number)))
        changes.bytes.append(sum(received))
    return changes


def _change(page: Page, dim: str, value: str) -> float:
    """Type a number and press Enter; seconds until the page is finished."""
    box = page.get_by_role("spinbutton", name=dim, exact=True)
    page.evaluate(WATCH, f"{dim}={value}")
    box.fill(value)
    box.press("Enter")
    milliseconds = float(page.evaluate("() => window.measured"))
    wait_idle(page)
    return milliseconds / 1000


# -- what is told --------------------------------------------------------------------------------------------


def figures(found: Found) -> str:
    """What ``--json`` prints: seconds of starts, milliseconds and bytes of changes, memory in MB."""
    changes = {
        kind: {what: {**in_ms(each.seconds), "most_bytes": max(each.bytes, default=0)} for what, each in those.items()}
        for kind, those in (("new", found.new), ("known", found.known))
    }
    starts = {"first_page": found.first, "first_live": found.live, "kept": found.kept, "floor": found.floor_first}
    changes["floor"] = {"trivial page": in_ms(found.floor.seconds)}
    return as_json(starts_seconds=starts, **changes, memory_mb={"web": found.web_mb, "workers": found.workers_mb})


def table(found: Found) -> list[str]:
    """Tables in Markdown."""
    least, first, live, kept = map(statistics.median, (found.floor_first, found.first, found.live, found.kept))
    lines = [
        f"| since the start of the process | seconds, median of {len(found.first)} | of the floor | goal | held |",
        "|---|---|---|---|---|",
        f"| floor: a trivial page | {least:.1f} | | | |",
        f"| first page | {first:.1f} | {first / least:.2f} | | |",
        f"| first live model, nothing on the disk | {live:.1f} | {live / least:.2f} | | |",
        f"| first live model, started before | {kept:.1f} | {kept / least:.2f} | {OF_FLOOR} "
        f"| {_yes(kept <= OF_FLOOR * least)} |",
        "",
        "| a dim changed | new, ms | known, ms | 95 % within 300 and 150 ms | kB a change | within 40 kB |",
        "|---|---|---|---|---|---|",
    ]
    lines.append(f"| floor: a trivial page | {spread(found.floor.seconds)} | | | | |")
    for what in found.new:
        lines.append(_row(what, [found.new[what]], [found.known[what]]))
    lines.append(_row("all", list(found.new.values()), list(found.known.values())))
    workers = ", ".join(f"{mb:.0f}" for mb in found.workers_mb)
    return [*lines, "", f"Memory afterwards: web process {found.web_mb:.0f} MB, workers {workers} MB."]


def _row(what: str, new: Sequence[Changes], known: Sequence[Changes]) -> str:
    fresh = [second for each in new for second in each.seconds]
    again = [second for each in known for second in each.seconds]
    most = max(size for each in (*new, *known) for size in each.bytes)
    goals = ((fresh, NEW_GOAL), (again, KNOWN_GOAL))
    held = [_yes(percentile(seconds, 0.95) <= goal) for seconds, goal in goals]
    return (
        f"| {what} | {spread(fresh)} | {spread(again)} | new {held[0]}, known {held[1]} | up to {most / 1000:.0f} "
        f"| {_yes(most <= BYTES_GOAL)} |"
    )


def _yes(held: bool) -> str:
    return "yes" if held else "no"


def section(lines: Sequence[str], chosen: argparse.Namespace) -> list[str]:
    """The section of the report."""
    return [
        "## Browser",
        "",
        f'`make bench-browser ARGS="--starts {chosen.starts} --changes {chosen.changes} --write"`: {machine()}',
        "",
        "In headless Chromium on the same machine. Times of changes are median / 95 % / most, from Enter to the "
        "painted page; new: the model had to be built; known: the server had answered it before. Bytes are those of "
        f"the websocket, uncompressed. Load of the machine at the end: {others_load():.1f} runnable per core.",
        "",
        *lines,
    ]


if __name__ == "__main__":
    sys.exit(main())
