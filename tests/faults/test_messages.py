"""What a visitor may say to the server besides what the page says for him: it costs nobody anything.

The browser hides most of these messages, the server takes them all (`BackMsg`, Streamlit's own protocol).
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Iterator

import psutil
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from benchmarks.browser import BYTES_GOAL
from benchmarks.learner import Learner, Reply
from benchmarks.report import workers_of
from explainers.core.registry import all_explainers
from tests.browser.server import Server

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
SECONDS = 200  # the first page waits for TensorFlow

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
    async with asyncio.timeout(SECONDS), Learner(server.url) as learner:
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
            async with asyncio.timeout(SECONDS), Learner(server.url) as learner:
                await learner.open(name)
                found[name] = (await learner.change(spec.name, str(int(spec.default or 3) + 2))).bytes
        return found

    sizes = asyncio.run(sent())
    assert len(sizes) > 8
    assert max(sizes.values()) <= BYTES_GOAL, sizes
    assert min(sizes.values()) > 5_000, sizes  # a page came, and not a sentence in its place


# -- what no browser posts as the state of a component: a page each time, no traceback ----------------------------


async def posted(server: Server, json_value: str) -> tuple[Reply, str]:
    """Post this as the state of the controls; the page that comes back, and its link."""
    async with asyncio.timeout(SECONDS), Learner(server.url) as learner:
        await learner.open("simple_rnn", "units=9")
        state = WidgetState(id=learner.id_of("controls:simple_rnn"), json_value=json_value)
        return await learner.post(state), learner.query


def controls(answer: Reply) -> str:
    """What the page tells the controls."""
    return next(
        element.bidi_component.json
        for element in answer.elements
        if element.WhichOneof("type") == "bidi_component" and "controls" in element.bidi_component.component_name
    )


POSTED = {
    "null": "null",
    "a list": "[]",
    "a number": "7",
    "a text": '"units"',
    "no values": "{}",
    "values are a list": '{"values": [1, 2]}',
    "values are a text": '{"values": "units"}',
    "a dim is a list": '{"values": {"units": [1, 2]}}',
    "a dim is null": '{"values": {"units": null}}',
    "half a character": '{"values": {"units": "\\ud800", "\\udfff": "1"}}',
    "not a number": '{"values": {"units": NaN, "features": Infinity}}',
    "deep": '{"values": ' + "[" * 900 + "]" * 900 + "}",
    "a long text": json.dumps({"values": {"units": "x" * 900_000}}),
    "many names": json.dumps({"values": {f"name {i}": str(i) for i in range(20_000)}}),
    "markup": json.dumps({"values": {"units": "<img src=x onerror=alert(1)>", "<b>": "1"}}),
    "a preset that is not there": '{"preset": "no such"}',
    "a preset that is a list": '{"preset": [1]}',
}


@pytest.mark.parametrize("json_value", POSTED.values(), ids=POSTED)
def test_a_page_comes_back_and_the_link_holds_what_it_held(server: Server, json_value: str) -> None:
    said = len(server.log())
    answer, query = asyncio.run(posted(server, json_value))
    assert "exception" not in [element.WhichOneof("type") for element in answer.elements]
    assert answer.told
    assert answer.bytes < 120_000
    assert query == "units=9"
    # Streamlit reads a text as JSON once more, and writes to its own log that it is none.
    assert "Traceback" not in server.log()[said:].partition("Failed to deserialize component state")[0]


# Streamlit reads the JSON before us. What it can't read ends the run there with a sentence of its own, and this visit's
# later runs too (its session keeps the message); the browser never sends such, and a reload is a new session.
NO_JSON = {
    "nothing": "",
    "half": "{",
    "a huge number": '{"values": {"units": ' + "9" * 5000 + "}}",
    "too deep": '{"values": ' + "[" * 100_000 + "]" * 100_000 + "}",
}


@pytest.mark.parametrize("json_value", NO_JSON.values(), ids=NO_JSON)
def test_what_is_no_json_tells_nothing_of_the_server_and_a_reload_goes_on(server: Server, json_value: str) -> None:
    broken, link = asyncio.run(posted(server, json_value))
    (error,) = [each.exception for each in broken.elements if each.WhichOneof("type") == "exception"]
    assert error.message.startswith("This app has encountered an error.")
    assert not error.stack_trace

    async def reload() -> tuple[Reply, str]:
        async with asyncio.timeout(SECONDS), Learner(server.url) as learner:
            await learner.open("simple_rnn", link)
            return await learner.change("features", "5"), learner.query

    answer, query = asyncio.run(reload())
    assert answer.told
    assert query == "features=5&units=9"


def test_what_cannot_be_used_comes_back_with_a_sentence(server: Server) -> None:
    answer, query = asyncio.run(posted(server, '{"values": {"units": [1, 2], "features": "5"}}'))
    assert "units=[1, 2] was given; it must be a whole number from 1 to 2,000." in controls(answer)
    assert query == "features=5&units=9"
