"""What a visitor may say to the server besides what the page says for him: it costs nobody anything.

The browser hides most of these messages, the server takes them all (`BackMsg`, Streamlit's own protocol).
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator

import psutil
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from benchmarks.browser import BYTES_GOAL
from benchmarks.learner import Learner
from benchmarks.report import workers_of
from explainers.core.registry import all_explainers
from tests.browser.server import Server

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

MESSAGES = {
    "clear_cache": BackMsg(clear_cache=True),
    "set_run_on_save": BackMsg(set_run_on_save=True),
    "load_git_info": BackMsg(load_git_info=True),
    "stop_script": BackMsg(stop_script=True),
    "app_heartbeat": BackMsg(app_heartbeat=True),
    "debug_disconnect_websocket": BackMsg(debug_disconnect_websocket=True),
    "debug_shutdown_runtime": BackMsg(debug_shutdown_runtime=True),
    "nothing": BackMsg(),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("messages") / "server.log", env={"SHAPE_EXPLAINER_WORKERS": "1"})
    yield running
    running.stop()


def workers(server: Server) -> list[int]:
    return [process.pid for process in workers_of(psutil.Process(server.process.pid))]


async def visited(server: Server, query: str) -> str:
    async with asyncio.timeout(200), Learner(server.url) as learner:
        return (await learner.open("simple_rnn", query)).told


async def say(server: Server, frames: list[bytes | str]) -> None:
    """What somebody sends who has no browser; the server may hang up on him."""
    address = server.url.replace("http", "ws", 1) + "/_stcore/stream"
    async with connect(address, subprotocols=[Subprotocol("streamlit")]) as socket:
        for frame in frames:
            await socket.send(frame)
        await asyncio.sleep(0.5)


@pytest.mark.parametrize("kind", [*MESSAGES, "malformed", "text"])
def test_no_message_starts_a_second_pool_or_forgets_an_answer(server: Server, kind: str) -> None:
    asyncio.run(visited(server, "units=11"))
    before = workers(server)
    frame: bytes | str = {"malformed": b"\xff\x00" * 50, "text": "clear_cache"}.get(kind) or (
        MESSAGES[kind].SerializeToString()
    )
    for _ in range(3):
        asyncio.run(say(server, [frame]))
        assert "**11**" in asyncio.run(visited(server, "units=11"))
    assert workers(server) == before
    assert len(before) == 1
    os.kill(before[0], signal.SIGSTOP)  # whatever comes now was remembered
    try:
        assert "**11**" in asyncio.run(visited(server, "units=11"))
    finally:
        os.kill(before[0], signal.SIGCONT)
    assert server.healthy()


def test_a_change_with_the_top_of_the_page_on_screen_sends_little(server: Server) -> None:
    async def sent() -> dict[str, int]:
        found = {}
        for name, lesson in all_explainers().items():
            spec = lesson.dims.spec(lesson.journey.change)
            async with asyncio.timeout(200), Learner(server.url) as learner:
                await learner.open(name)
                found[name] = (await learner.change(spec.name, str(int(spec.default or 3) + 2))).bytes
        return found

    sizes = asyncio.run(sent())
    assert len(sizes) > 8
    assert max(sizes.values()) <= BYTES_GOAL, sizes
    assert min(sizes.values()) > 5_000, sizes  # a page came, and not a sentence in its place
