"""More people than places: everybody gets a reply without a click, and who has left costs nobody's time.

The learners have no browser (benchmarks/learner.py); server, pool, workers and Keras are the real ones. No test hopes
that a reply takes long enough, or not too long: the workers are held as long as somebody must be waiting, and what
they have done is told by the processor time that they used.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeVar

import psutil
import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState

from benchmarks.learner import Learner, Reply
from benchmarks.report import cpu_seconds, workers_of
from tests.browser.server import Server
from views.waiting import FULL

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
T = TypeVar("T")

PLACES = 2
PATIENCE = 200  # seconds after which something never comes
STANDS_STILL = "import workers.pool\nworkers.pool.STOPPED_SECONDS = 1000"  # who is held here is not replaced


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    env = {f"SHAPE_EXPLAINER_{name}": value for name, value in {
        "WORKERS": "1", "LONG_WORKERS": "1", "QUEUE": str(PLACES), "ABANDONED_SECONDS": "600",
        "REQUEST_SECONDS": "600", "WAIT_SECONDS": "600",
    }.items()}  # fmt: skip
    running = Server(tmp_path_factory.mktemp("busy") / "server.log", env=env, first=STANDS_STILL)
    yield running
    running.stop()


def run(work: Coroutine[Any, Any, T]) -> T:
    async def bounded() -> T:
        async with asyncio.timeout(300):
            return await work

    return asyncio.run(bounded())


async def until(true: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "this never became true"
        await asyncio.sleep(0.05)


def buttons(reply: Reply) -> list[str]:
    return [each.button.label for each in reply.elements if each.WhichOneof("type") == "button"]


async def opened(server: Server, query: str, page: str = "simple_rnn") -> Reply:
    async with Learner(server.url) as learner:
        return await learner.open(page, query)


def workers(server: Server) -> list[psutil.Process]:
    return workers_of(psutil.Process(server.process.pid))


MEASURED = 8


async def work_of(server: Server, units: int) -> float:
    """How much processor time of a worker one such answer takes on this machine at this moment."""
    await opened(server, "units=4")  # Keras is there
    before = cpu_seconds(workers(server))
    for fewer in range(MEASURED):  # one alone may take less than the clock of processes can tell
        await opened(server, f"units={units - fewer}")
    return (cpu_seconds(workers(server)) - before) / MEASURED


@contextlib.contextmanager
def held(server: Server) -> Iterator[None]:
    """As long as this lasts no worker gets on with its work, however quick the machine is."""
    stopped = workers(server)
    for worker in stopped:
        worker.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for worker in stopped:
            with contextlib.suppress(psutil.NoSuchProcess):
                worker.send_signal(signal.SIGCONT)


class Waiting:
    """A tab that has asked for a page; `said` is all that it was told while it waited."""

    def __init__(self, server: Server, query: str) -> None:
        self._learner = Learner(server.url)
        self._asking = asyncio.create_task(self._ask(query))

    async def _ask(self, query: str) -> Reply:
        async with self._learner as learner:
            return await learner.open("simple_rnn", query)

    @property
    def said(self) -> list[str]:
        return self._learner.arriving.alerts()

    async def reply(self) -> Reply:
        return await self._asking

    async def close(self) -> None:
        """The tab is closed while it waits."""
        self._asking.cancel()
        await asyncio.wait([self._asking])


async def crowd(server: Server, numbers: range) -> list[Waiting]:
    """So many tabs, of which one is at the worker, as many as there are places in the line, and the others without."""
    tabs = [Waiting(server, f"units={number}") for number in numbers]
    await until(lambda: sum(bool(tab.said) for tab in tabs) == len(numbers) - 1)
    return tabs


def test_with_more_people_than_places_everybody_gets_an_answer_and_nobody_clicks(server: Server) -> None:
    people = range(20, 20 + PLACES + 5)

    async def all_at_once() -> tuple[list[str], list[Reply]]:
        await opened(server, "units=4")
        with held(server):
            tabs = await crowd(server, people)
            said = [text for tab in tabs for text in tab.said]
        return said, [await tab.reply() for tab in tabs]

    said, answers = run(all_at_once())
    for number, answer in zip(people, answers, strict=True):
        assert f"**{number}**" in answer.told
        assert "Try again" not in buttons(answer)
    assert said.count(FULL) >= 4
    places = [
        text for text in said if text.startswith("You're ") and text.endswith("This page will fill in automatically.")
    ]
    assert len(places) >= PLACES


def test_the_page_for_pasted_texts_waits_too_and_keeps_what_was_typed(server: Server) -> None:
    code = "model = Sequential()\nmodel.add(LSTM(6, input_shape=(11, 3)))\nmodel.add(Dense(2))\n"

    async def paste() -> Reply:
        async with Learner(server.url) as learner:
            page = await learner.open_page("diagnose")
            area = next(each.text_area.id for each in page.elements if each.WhichOneof("type") == "text_area")
            await opened(server, "units=4")
            learner.keep(WidgetState(id=area, string_value=code))
            with held(server):
                others = await crowd(server, range(50, 54 + PLACES))
                pressed = asyncio.create_task(learner.press("explain"))
                await until(lambda: FULL in learner.arriving.alerts())
            for other in others:
                await other.reply()
            return await pressed

    reply = run(paste())
    kept = [each.text_area for each in reply.elements if each.WhichOneof("type") == "text_area"]
    headings = [each.heading.body for each in reply.elements if each.WhichOneof("type") == "heading"]
    assert "No mistake found in the shapes of this code" in headings
    assert "The live model" in headings
    assert not [text for text in reply.alerts() if "Try again" in text]
    assert kept


def test_closed_tabs_have_no_place_in_the_line(server: Server) -> None:
    async def attack() -> float:
        alone = await work_of(server, 1299)
        before = cpu_seconds(workers(server))
        with held(server):
            for tab in await crowd(server, range(1300, 1331)):
                await tab.close()
            last = asyncio.create_task(opened(server, "units=31"))
            await asyncio.sleep(1.0)  # as long as a page may take to see that nobody looks at it
        await last
        return (cpu_seconds(workers(server)) - before) / alone

    assert run(attack()) < 10  # those at work may end; thirty would take three times as much


def test_of_quick_changes_the_last_one_is_answered_and_the_others_don_t_wait(server: Server) -> None:
    async def drag() -> tuple[str, float]:
        alone = await work_of(server, 1209)
        async with Learner(server.url) as learner:
            await learner.open("simple_rnn", "units=4")
            before = cpu_seconds(workers(server))
            with held(server):
                for number in range(1210, 1230):
                    learner.values = {**learner.values, "units": str(number)}
                    await learner.say()
                    await asyncio.sleep(0.15)
            learner.values = {**learner.values, "units": "33"}
            await learner.say()
            reply = await learner.listen()  # maybe one more to a change before it, which was at work when let go
            while "**33**" not in reply.told:
                reply = await learner.listen()
            return reply.told, (cpu_seconds(workers(server)) - before) / alone

    told, times = run(drag())
    assert "**33**" in told
    assert times < 6  # of twenty


def test_trainings_queue_visibly_and_start_by_themselves(server: Server) -> None:
    async def train(number: int) -> tuple[list[str], list[str]]:
        async with Learner(server.url) as learner:
            await learner.open("windowed_forecast", f"epochs=120&points=120&seed={number}")
            await learner.press("train:windowed_forecast")
            told: list[str] = []
            reply = await learner.look()
            while learner.clock is not None:
                told += [each.progress.text for each in reply.elements if each.WhichOneof("type") == "progress"]
                await asyncio.sleep(0.4)
                reply = await learner.look()
            return told, reply.alerts()

    async def class_of(number: int) -> list[tuple[list[str], list[str]]]:
        return await asyncio.gather(*(train(each) for each in range(1, number + 1)))

    all_told = run(class_of(PLACES + 2))
    for told, alerts in all_told:
        assert any(text.startswith("epoch ") for text in told), (told, alerts)
        assert not [text for text in alerts if "Many people" in text or "again" in text]
    waits = {text for told, _ in all_told for text in told if not text.startswith("epoch ")}
    assert any("in line" in text and text.endswith("“Stop” leaves the line.") for text in waits)
