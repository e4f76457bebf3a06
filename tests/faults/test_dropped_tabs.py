"""Tabs that are opened, filled with text and dropped: the memory comes back, and the server is as it was.

And what a server leaves behind when it is ended by a signal: nothing.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import ConnectionClosed, InvalidStatus

from benchmarks.learner import Learner
from tests.browser.server import Server

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

MB = 1024 * 1024
TABS = 45
PATIENCE = 120  # seconds after which something never comes
KEPT = 3.0  # seconds that a closed tab is remembered here
BACK_WITHIN = 40 * MB  # of what the web process had before; measured: 10 to 20
MOST_AT_ONCE = 8 * MB  # a tab with as much text as is taken


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One for the tabs that are dropped; the last test ends it."""
    folder = tmp_path_factory.mktemp("dropped")
    temporary = folder / "temporary"
    temporary.mkdir()
    env = {
        "SHAPE_EXPLAINER_WORKERS": "1", "SHAPE_EXPLAINER_CLOSED_TAB_SECONDS": str(KEPT), "TMPDIR": str(temporary),
    }  # fmt: skip
    running = Server(folder / "server.log", env=env)
    yield running
    running.stop()


def memory(server: Server) -> int:
    return int(psutil.Process(server.process.pid).memory_info().rss)


async def drop(server: Server, megabytes: float, letter: str) -> bool:
    """A tab on the page for pasted texts, with a text of this size, closed again. Whether the text was taken."""
    async with Learner(server.url) as learner:
        page = await learner.open_page("diagnose")
        area = next(each.text_area.id for each in page.elements if each.WhichOneof("type") == "text_area")
        try:
            await learner.post(WidgetState(id=area, string_value=letter * int(megabytes * MB)))
        except ConnectionClosed:
            return False
        return True


async def wave(server: Server, megabytes: float) -> list[bool]:
    taken = []
    for number in range(TABS):
        taken.append(await drop(server, megabytes, chr(97 + number % 26)))
    return taken


@pytest.mark.parametrize(("megabytes", "taken"), [(0.9, True), (1.8, False)])
def test_texts_of_dropped_tabs_are_given_back(server: Server, megabytes: float, taken: bool) -> None:
    async def attack() -> list[bool]:
        for _ in range(3):  # what every page needs once is there
            await drop(server, 0.1, "x")
        await asyncio.sleep(KEPT + 7)
        return await wave(server, megabytes)

    async def after() -> str:
        async with Learner(server.url) as learner:
            return (await learner.open("simple_rnn", "units=13")).told

    async def visited() -> int:
        async with Learner(server.url) as learner:
            await learner.open("simple_rnn", "units=13")
        return memory(server)

    before = asyncio.run(visited())
    assert set(asyncio.run(attack())) == {taken}
    most = memory(server)
    assert most - before < TABS * MOST_AT_ONCE
    end = time.monotonic() + PATIENCE
    while memory(server) - before > BACK_WITHIN:
        assert time.monotonic() < end, f"{(memory(server) - before) / MB:.0f} MB more than before"
        time.sleep(0.5)
    assert "**13**" in asyncio.run(after())


def test_a_server_that_is_ended_leaves_no_files_and_no_workers(server: Server) -> None:
    temporary = Path(psutil.Process(server.process.pid).environ()["TMPDIR"])

    async def visit() -> None:
        async with Learner(server.url) as learner:
            await learner.open("simple_rnn", "units=6")

    asyncio.run(visit())
    children = psutil.Process(server.process.pid).children(recursive=True)
    assert list(temporary.glob("shape-explainer-*"))
    assert children
    server.process.terminate()
    server.process.wait(PATIENCE)
    assert list(temporary.glob("shape-explainer-*")) == []
    _, alive = psutil.wait_procs(children, 30)
    assert alive == []


FILES = 160  # the server and its worker take about 30
LET_IN = 24  # (160 - 64) / 4


@pytest.fixture
def cramped(tmp_path: Path) -> Iterator[Server]:
    """A server that may open few files."""
    log = tmp_path / "server.log"
    running = Server(log, env={"SHAPE_EXPLAINER_WORKERS": "1"}, most_files=FILES)
    yield running
    running.stop()


async def let_in(server: Server) -> str:
    """Come again until there is room: the closed tabs are forgotten soon, as files are scarce."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            async with Learner(server.url) as learner:
                return (await learner.open("simple_rnn", "units=22")).told
        except InvalidStatus:
            assert time.monotonic() < end, "nobody is let in any more"
            await asyncio.sleep(0.5)


def test_with_few_files_more_tabs_than_fit_are_told_to_come_again_and_then_get_in(cramped: Server) -> None:
    async def attack() -> tuple[int, str, str]:
        tabs, refused = [], 0
        for number in range(LET_IN + 15):
            learner = Learner(cramped.url)
            try:
                await learner.__aenter__()
            except InvalidStatus:
                refused += 1
                continue
            tabs.append(learner)
            await learner.open("simple_rnn", f"units={3 + number % 3}")
        working = (await tabs[0].change("units", "21")).told
        for learner in tabs:
            await learner.__aexit__()
        for _ in range(LET_IN - 2):
            again = await let_in(cramped)
        return refused, working, again

    refused, working, again = asyncio.run(attack())
    assert refused == 15
    assert "**21**" in working
    assert "**22**" in again
    assert cramped.healthy()
    assert len(cramped.log()) < 20_000
