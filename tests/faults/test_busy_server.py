"""More people than places: everybody gets an answer without a click, and who has left costs nobody's time.

The learners have no browser (benchmarks/learner.py); server, pool, workers and Keras are the real ones.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar

import psutil
import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState

from benchmarks.learner import Answer, Learner
from benchmarks.report import workers_of
from tests.browser.server import Server
from views.waiting import FULL

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
T = TypeVar("T")

PLACES = 2
HELD = 3.0  # seconds: long enough that a page says what it waits for, short enough that no worker counts as stuck


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    env = {f"SHAPE_EXPLAINER_{name}": value for name, value in {
        "WORKERS": "1", "LONG_WORKERS": "1", "QUEUE": str(PLACES), "ABANDONED_SECONDS": "60",
    }.items()}  # fmt: skip
    running = Server(tmp_path_factory.mktemp("busy") / "server.log", env=env)
    yield running
    running.stop()


def run(work: Coroutine[Any, Any, T]) -> T:
    async def bounded() -> T:
        async with asyncio.timeout(300):
            return await work

    return asyncio.run(bounded())


def buttons(answer: Answer) -> list[str]:
    return [each.button.label for each in answer.elements if each.WhichOneof("type") == "button"]


async def opened(server: Server, query: str, page: str = "simple_rnn") -> Answer:
    async with Learner(server.url) as learner:
        return await learner.open(page, query)


async def one(server: Server, units: int) -> float:
    """How long one heavy answer takes on this machine at this moment."""
    begun = time.monotonic()
    await opened(server, f"units={units}")
    return time.monotonic() - begun


async def busy(server: Server, query: str) -> asyncio.Task[Answer]:
    """The one worker at work."""
    await opened(server, "units=4")
    heavy = asyncio.create_task(opened(server, query))
    await asyncio.sleep(0.7)
    return heavy


@contextlib.contextmanager
def held(server: Server) -> Iterator[None]:
    """As long as this lasts no worker gets on with its work, however quick the machine is."""
    workers = workers_of(psutil.Process(server.process.pid))
    for worker in workers:
        worker.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for worker in workers:
            with contextlib.suppress(psutil.NoSuchProcess):
                worker.send_signal(signal.SIGCONT)


def test_with_more_people_than_places_everybody_gets_an_answer_and_nobody_clicks(server: Server) -> None:
    people = range(20, 20 + PLACES + 5)

    async def all_at_once() -> list[Answer]:
        await opened(server, "units=4")
        with held(server):
            asking = [asyncio.create_task(opened(server, f"units={number}")) for number in people]
            await asyncio.sleep(HELD)
        return await asyncio.gather(*asking)

    answers = run(all_at_once())
    for number, answer in zip(people, answers, strict=True):
        assert f"**{number}**" in answer.told
        assert "Try again" not in buttons(answer)
    said = [text for answer in answers for text in answer.alerts()]
    assert FULL in said
    assert any(text.startswith("You're ") and text.endswith("This page fills in by itself.") for text in said)


def test_the_page_for_pasted_texts_waits_too_and_keeps_what_was_typed(server: Server) -> None:
    code = "model = Sequential()\nmodel.add(LSTM(6, input_shape=(11, 3)))\nmodel.add(Dense(2))\n"

    async def paste() -> Answer:
        async with Learner(server.url) as learner:
            page = await learner.open_page("diagnose")
            area = next(each.text_area.id for each in page.elements if each.WhichOneof("type") == "text_area")
            await opened(server, "units=4")
            learner.keep(WidgetState(id=area, string_value=code))
            with held(server):
                others = [asyncio.create_task(opened(server, f"units={number}")) for number in range(50, 54 + PLACES)]
                await asyncio.sleep(0.5)
                pressed = asyncio.create_task(learner.press("explain"))
                await asyncio.sleep(HELD - 0.5)
            await asyncio.gather(*others)
            return await pressed

    answer = run(paste())
    kept = [each.text_area for each in answer.elements if each.WhichOneof("type") == "text_area"]
    headings = [each.heading.body for each in answer.elements if each.WhichOneof("type") == "heading"]
    assert "What it is" in headings
    assert "The live model" in headings
    assert not [text for text in answer.alerts() if "Try again" in text]
    assert kept


def test_closed_tabs_have_no_place_in_the_line(server: Server) -> None:
    async def attack() -> float:
        alone = await one(server, 1299)
        heavy = await busy(server, "units=1430")
        tabs = []
        for number in range(30):
            learner = await Learner(server.url).__aenter__()
            tabs.append((learner, asyncio.create_task(learner.open("simple_rnn", f"units={1300 + number}"))))
        await asyncio.sleep(1.0)
        for learner, asking in tabs:
            asking.cancel()
            await learner.__aexit__()
        begun = time.monotonic()
        await opened(server, "units=31")
        heavy.cancel()
        return (time.monotonic() - begun) / alone

    assert run(attack()) < 10  # those at work may end; thirty would take three times as long


def test_of_quick_changes_the_last_one_is_answered_and_the_others_don_t_wait(server: Server) -> None:
    async def drag() -> tuple[str, float]:
        alone = await one(server, 1209)
        async with Learner(server.url) as learner:
            await learner.open("simple_rnn", "units=4")
            for number in range(1210, 1230):
                learner.values = {**learner.values, "units": str(number)}
                await learner.say()
                await asyncio.sleep(0.15)
            begun = time.monotonic()
            answer = await learner.change("units", "33")
            while "**33**" not in answer.told:
                answer = await learner.listen()
            return answer.told, (time.monotonic() - begun) / alone

    told, times = run(drag())
    assert "**33**" in told
    assert times < 6  # of twenty


def test_trainings_queue_visibly_and_start_by_themselves(server: Server) -> None:
    async def train(number: int) -> tuple[list[str], list[str]]:
        async with Learner(server.url) as learner:
            await learner.open("windowed_forecast", f"epochs=25&points=400&seed={number}")
            await learner.press("train:windowed_forecast")
            told: list[str] = []
            answer = await learner.look()
            while learner.clock is not None:
                told += [each.progress.text for each in answer.elements if each.WhichOneof("type") == "progress"]
                await asyncio.sleep(0.4)
                answer = await learner.look()
            return told, answer.alerts()

    async def class_of(number: int) -> list[tuple[list[str], list[str]]]:
        return await asyncio.gather(*(train(each) for each in range(1, number + 1)))

    all_told = run(class_of(PLACES + 3))
    for told, alerts in all_told:
        assert any(text.startswith("epoch ") for text in told), (told, alerts)
        assert not [text for text in alerts if "Many people" in text or "again" in text]
    waits = {text for told, _ in all_told for text in told if not text.startswith("epoch ")}
    assert any("in line" in text and text.endswith("“Stop” leaves the line.") for text in waits)
