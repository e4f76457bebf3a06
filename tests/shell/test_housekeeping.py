"""Tabs are counted and bounded, closed ones forgotten, and nothing is left behind."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from shell import housekeeping
from shell.housekeeping import Housekeeping, Sessions, Tabs, most_tabs
from workers.limits import Limits


@pytest.mark.parametrize(
    ("files", "wanted", "most"),
    [
        (1024, 2000, 240),
        (4096, 2000, 1008),
        (65_536, 2000, 2000),
        (64, 2000, 8),
        (3, 2000, 1),
        (0, 700, 700),
        (1024, 50, 50),
    ],
)
def test_as_many_tabs_as_the_files_allow(files: int, wanted: int, most: int) -> None:
    assert most_tabs(files, wanted) == most


def test_tabs_are_bounded_in_all_and_for_an_address() -> None:
    tabs = Tabs(most=5, most_of_an_address=3)
    assert [tabs.let_in("a") for _ in range(4)] == [True, True, True, False]
    assert [tabs.let_in("b") for _ in range(3)] == [True, True, False]  # five in all
    tabs.leave("a")
    assert tabs.let_in("b")
    assert tabs.closed == 1
    for address in "aabbb":
        tabs.leave(address)
    assert not tabs.open


class Info:
    """A session as Streamlit lists it; without a client its tab is closed."""

    def __init__(self, id: str, client: object) -> None:
        self.session, self.client = self, client
        self.id = id


class Server:
    """As much of Streamlit's runtime as is asked for."""

    def __init__(self, infos: list[Info]) -> None:
        self.infos = infos
        self._session_mgr = self

    def list_sessions(self) -> list[Info]:
        return self.infos

    def close_session(self, id: str) -> None:
        self.infos = [info for info in self.infos if info.id != id]


def test_closed_tabs_are_forgotten_in_time_and_open_ones_never(monkeypatch: pytest.MonkeyPatch) -> None:
    server, now = Server([Info("open", object()), Info("closed", None), Info("away", None)]), 100.0
    monkeypatch.setattr(housekeeping.runtime, "exists", lambda: True)
    monkeypatch.setattr(housekeeping.runtime, "get_instance", lambda: server)
    sessions = Sessions(60.0, lambda: now)
    assert sessions.forget_old() == 0
    now = 130.0
    server.infos[2].client = object()  # its network is back
    assert sessions.forget_old() == 0
    server.infos[2].client = None  # and away again: the time begins anew
    now = 161.0
    assert sessions.forget_old() == 1
    assert [info.id for info in server.infos] == ["open", "away"]
    assert sessions.forget_old(0.0) == 1  # where files are scarce
    assert [info.id for info in server.infos] == ["open"]


def test_one_tab_too_many_is_told_to_try_again_later() -> None:
    """And the browser does; as soon as another tab is closed, there is room."""
    leave = asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept"})
        await leave.wait()

    async def visit(house: Housekeeping) -> list[Message]:
        said: list[Message] = []

        async def send(message: Message) -> None:
            said.append(message)

        async def receive() -> Any:
            return {"type": "websocket.connect"}

        await house({"type": "websocket", "client": ("10.0.0.7", 4711)}, receive, send)
        return said

    async def all_of_them() -> None:
        house = Housekeeping(app, Limits(tabs_per_address=2))
        first = [asyncio.create_task(visit(house)) for _ in range(2)]
        await asyncio.sleep(0)
        assert await visit(house) == [{"type": "websocket.close", "code": 1013}]
        leave.set()
        await asyncio.gather(*first)
        assert await visit(house) == [{"type": "websocket.accept"}]

    asyncio.run(all_of_them())
