"""What goes wrong with the workers of the real app: a sentence on the page, and the next reply comes.

The learner has no browser (benchmarks/learner.py); server, pool, workers and Keras are the real ones. The same faults
without Keras, and more of them, are in tests/workers/test_pool.py.

One server takes one blow after the other; the first must come while its worker starts.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import psutil
import pytest

from benchmarks.learner import Learner, Reply, ReplyError
from benchmarks.report import workers_of
from tests.browser.server import Server

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
T = TypeVar("T")
PATIENCE = 150  # Keras' start on a busy machine, twice
DIED = "Keras crashed on this request"


def started(folder: Path, **limits: str) -> Server:
    """A server with one worker of each kind and these limits."""
    env = {f"SHAPE_EXPLAINER_{name}": value for name, value in {"WORKERS": "1", **limits}.items()}
    return Server(folder / "server.log", env=env)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server that all tests but one share."""
    running = started(tmp_path_factory.mktemp("faults"), REQUEST_SECONDS="90")
    yield running
    running.stop()


@pytest.fixture
def small_server(tmp_path: Path) -> Iterator[Server]:
    """One where hardly any memory may be used."""
    running = started(tmp_path, MEMORY_MB="24")
    yield running
    running.stop()


def run(work: Coroutine[Any, Any, T]) -> T:
    async def bounded() -> T:
        async with asyncio.timeout(2 * PATIENCE):
            return await work

    return asyncio.run(bounded())


def workers(server: Server) -> list[int]:
    return [process.pid for process in workers_of(psutil.Process(server.process.pid))]


async def appeared(look: Callable[[], list[int]]) -> int:
    """The first worker that `look` finds."""
    end = time.monotonic() + PATIENCE
    while not (found := look()):
        assert time.monotonic() < end, "no worker appeared"
        await asyncio.sleep(0.05)
    return found[0]


async def sentence(asked: Coroutine[Any, Any, object]) -> str:
    """What the page says instead of a reply."""
    with pytest.raises(ReplyError) as caught:
        await asked
    return str(caught.value)


def test_a_worker_killed_while_it_starts_costs_nobody_an_answer(server: Server) -> None:
    async def visit() -> str:
        async with Learner(server.url) as learner:
            opening = asyncio.create_task(learner.open("simple_rnn", "units=9"))
            os.kill(await appeared(lambda: workers(server)), signal.SIGKILL)
            return (await opening).told

    assert "**9**" in run(visit())
    assert "could not start: exit code -9" in server.log()


@pytest.mark.parametrize(("blow", "units"), [(signal.SIGKILL, "1500"), (signal.SIGSTOP, "1400")])
def test_a_worker_killed_or_stopped_in_a_request_costs_nobody_an_answer(
    server: Server, blow: signal.Signals, units: str
) -> None:
    async def visit() -> tuple[Reply, str]:
        async with Learner(server.url) as learner:
            await learner.open("simple_rnn", f"units={units}")
            (pid,) = workers(server)
            before = sum(psutil.Process(pid).cpu_times()[:2])
            seeing = asyncio.create_task(learner.see("calls"))  # seconds of work: a large random matrix
            while sum(psutil.Process(pid).cpu_times()[:2]) < before + 0.05:  # it has begun
                await asyncio.sleep(0.01)
            os.kill(pid, blow)
            return await seeing, learner.query

    reply, query = run(visit())
    drawn = [element.bidi_component.component_name for element in reply.elements]
    assert any(name.endswith("calls") for name in drawn)
    assert query == f"units={units}"  # what was chosen is not lost


def test_a_worker_stopped_between_two_requests_costs_nobody_an_answer(server: Server) -> None:
    async def visit() -> str:
        async with Learner(server.url) as learner:
            await learner.open("simple_rnn")
            (pid,) = workers(server)
            os.kill(pid, signal.SIGSTOP)
            return (await learner.change("units", "8")).told

    assert "**8**" in run(visit())


def test_a_model_beyond_the_memory_gives_a_sentence_and_the_next_answer_comes(small_server: Server) -> None:
    async def visit() -> tuple[str, str]:
        async with Learner(small_server.url) as learner:
            await learner.open("simple_rnn")
            await learner.see("calls")
            # A recurrent kernel of (2,000, 2,000) takes 16 MB, and its random start several times as much.
            told = await sentence(learner.change("units", "2000"))
            return told, (await learner.change("units", "7")).told

    told, after = run(visit())
    assert told.startswith("This needs more than the 24 MB of memory that one request may use")
    assert after


def test_a_worker_killed_in_a_training_gives_a_sentence_and_the_page_lives(server: Server) -> None:
    async def visit() -> tuple[list[str], str]:
        async with Learner(server.url) as learner:
            await learner.open("windowed_forecast", "epochs=200&points=2000")
            (short,) = workers(server)
            await learner.press("train:windowed_forecast")
            long = await appeared(lambda: [pid for pid in workers(server) if pid != short])
            reply = await learner.look()
            while not any("epoch " in element.progress.text for element in reply.elements):  # it trains
                await asyncio.sleep(0.5)
                reply = await learner.look()
            os.kill(long, signal.SIGKILL)
            while learner.clock is not None:
                await asyncio.sleep(0.5)
                reply = await learner.look()
            return reply.alerts(), (await learner.change("units", "7")).told

    alerts, after = run(visit())
    assert any(text.startswith(DIED) for text in alerts)
    assert after
