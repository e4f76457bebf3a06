"""What the server does for itself: it bounds its open tabs, forgets closed ones, and leaves nothing behind at its end.

Streamlit keeps the session of a tab that was closed, so that a learner whose network was away for a moment finds what
was typed. It looks for those that are too old only when the next tab closes, and Python gives memory back to the
system when it likes. `Housekeeping` stands around the whole server (`app.py`) and sees to both.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import psutil
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import runtime

from shell import assets
from workers import memory, shared
from workers.descriptors import raise_limit
from workers.limits import Limits
from workers.trouble import survived

EVERY = 5.0  # seconds between two looks
CLASSES_EVERY = 60.0  # the same for classes whose time is over
FILES_OF_A_TAB = 4  # descriptors; measured: socket, event loop and its two ends
SPARE_FILES = 64  # for workers, plain requests and the log
SCARCE = 0.8  # of the files that may be open: from then on closed tabs are forgotten at once
TRY_AGAIN_LATER = 1013  # the websocket's own number for it; the browser tries again by itself


def most_tabs(files: int, wanted: int) -> int:
    """How many tabs may be open where this many files may be; `wanted` if they fit."""
    if not files:
        return wanted
    return max(1, min(wanted, (files - min(SPARE_FILES, files // 2)) // FILES_OF_A_TAB))


@dataclass
class Tabs:
    """The tabs that are open, by the address they come from."""

    most: int
    most_of_an_address: int
    open: Counter[str] = field(default_factory=Counter)
    closed: int = 0  # since the last look

    def let_in(self, address: str) -> bool:
        """Whether there is room for one more; it is counted."""
        if self.open.total() >= self.most or self.open[address] >= self.most_of_an_address:
            return False
        self.open[address] += 1
        return True

    def leave(self, address: str) -> None:
        """One was closed."""
        self.closed += 1
        self.open[address] -= 1
        if not self.open[address]:
            del self.open[address]


class Sessions:
    """Closed tabs that Streamlit still remembers, and since when. kept_seconds: for how long."""

    def __init__(self, kept_seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._kept_seconds, self._clock = kept_seconds, clock
        self._since: dict[str, float] = {}

    def forget_old(self, kept_seconds: float | None = None) -> int:
        """Close those that were closed long ago. Returns how many. On the server's own thread only."""
        kept = self._kept_seconds if kept_seconds is None else kept_seconds
        if not runtime.exists():
            return 0
        server = runtime.get_instance()
        closed = {info.session.id for info in server._session_mgr.list_sessions() if info.client is None}
        now = self._clock()
        self._since = {id: self._since.get(id, now) for id in closed}
        old = [id for id, since in self._since.items() if now - since >= kept]
        for id in old:
            server.close_session(id)
        return len(old)


def _delete_old_classes() -> None:
    """The store of classes is imported by who needs it: the first page comes sooner without."""
    from shell import class_desk

    class_desk.sweep()


class Housekeeping:
    """ASGI middleware: counts tabs, and keeps house while the server runs."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self.app = app
        self._files = raise_limit()
        self.tabs = Tabs(most_tabs(self._files, limits.tabs), limits.tabs_per_address)
        self._sessions = Sessions(limits.closed_tab_seconds)
        self._keeping: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._tab(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self.app(scope, receive, self._at_start_and_end(send))
        else:
            await self.app(scope, receive, send)

    async def _tab(self, scope: Scope, receive: Receive, send: Send) -> None:
        client = scope.get("client")
        address = client[0] if client else ""
        if not self.tabs.let_in(address):
            await send({"type": "websocket.close", "code": TRY_AGAIN_LATER})
            return
        try:
            await self.app(scope, receive, send)
        finally:
            self.tabs.leave(address)

    def _at_start_and_end(self, send: Send) -> Send:
        async def told(message: Message) -> None:
            if message["type"] == "lifespan.startup.complete":
                self._keeping = asyncio.create_task(self._keep(), name="housekeeping")
            elif message["type"] == "lifespan.shutdown.complete":
                self._end()
            await send(message)

        return told

    async def _keep(self) -> None:
        swept = time.monotonic()
        while True:
            await asyncio.sleep(EVERY)
            with survived("Keeping house"):
                self._look()
            if time.monotonic() - swept >= CLASSES_EVERY:
                swept = time.monotonic()
                with survived("Deleting old classes"):
                    await asyncio.to_thread(_delete_old_classes)  # a database may be slow

    def _look(self) -> None:
        forgotten = self._sessions.forget_old(0.0 if self._files_are_scarce() else None)
        if forgotten or self.tabs.closed:
            self.tabs.closed = 0
            memory.give_back()

    def _files_are_scarce(self) -> bool:
        """Whether more than four in five files that may be open are open."""
        return sys.platform != "win32" and psutil.Process().num_fds() > SCARCE * self._files > 0

    def _end(self) -> None:
        """The server is about to be ended by the signal that stopped it: what runs at Python's end won't."""
        if self._keeping is not None:
            self._keeping.cancel()
        with survived("Ending the workers"):
            shared.close()
        assets.remove()
