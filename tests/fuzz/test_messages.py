"""Component messages that no browser sends, over the websocket of the real server: a page each time, no traceback."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState

from benchmarks.learner import Learner, Reply
from tests.browser.server import Server

PATIENCE = 150  # the first page waits for TensorFlow


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("server") / "server.log")
    yield running
    running.stop()


async def posted(server: Server, json_value: str) -> tuple[Reply, str]:
    """Post this as the state of the controls; the page that comes back, and its link."""
    async with asyncio.timeout(PATIENCE), Learner(server.url) as learner:
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


MESSAGES = {
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


@pytest.mark.slow
@pytest.mark.parametrize("json_value", MESSAGES.values(), ids=MESSAGES)
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


@pytest.mark.slow
@pytest.mark.parametrize("json_value", NO_JSON.values(), ids=NO_JSON)
def test_what_is_no_json_tells_nothing_of_the_server_and_a_reload_goes_on(server: Server, json_value: str) -> None:
    broken, link = asyncio.run(posted(server, json_value))
    (error,) = [each.exception for each in broken.elements if each.WhichOneof("type") == "exception"]
    assert error.message.startswith("This app has encountered an error.")
    assert not error.stack_trace

    async def reload() -> tuple[Reply, str]:
        async with asyncio.timeout(PATIENCE), Learner(server.url) as learner:
            await learner.open("simple_rnn", link)
            return await learner.change("features", "5"), learner.query

    answer, query = asyncio.run(reload())
    assert answer.told
    assert query == "features=5&units=9"


@pytest.mark.slow
def test_what_cannot_be_used_comes_back_with_a_sentence(server: Server) -> None:
    answer, query = asyncio.run(posted(server, '{"values": {"units": [1, 2], "features": "5"}}'))
    assert "units=[1, 2] was given; it must be a whole number from 1 to 2,000." in controls(answer)
    assert query == "features=5&units=9"
