"""A class that is attacked while it learns: ``make siege``.

Twelve learners change dims on one server for ten minutes. Meanwhile everything is done to it, again and again, that was
ever found to stop a class: messages that empty caches, more tabs than files, texts and programs that take for ever to
read, tabs that are filled and dropped, one visitor who asks for a hundred pages at once, workers killed and stopped.

No learner may lose a dim, wait in vain, or be asked to click: each reply must hold the dims that were sent
(`Learner.change` looks), and a page that says "try again" is a failure.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from benchmarks.learner import Learner, ReplyError
from benchmarks.load import Tally, choice, lesson
from benchmarks.report import percentile, resident, workers_of
from tests.browser.server import Server

LEARNERS = 12
EVERY = 4.0  # seconds between two changes of a learner
PAUSE = 5.0  # seconds between two attacks of a kind
TABS = 60  # opened at once and held for a moment
ASKED_AT_ONCE = 100
KB = 1024

SLOW_TEXTS = (
    "[[" + ", ".join(f"{number}       " for number in range(23)) + " 23]",
    "expected shape=(" + "None    , 8     ," * 12 + " y, found shape=(" + "Dimension( 4   ) ,  " * 12,
)
DOUBLING = (
    "s = (3,)\n" + "s = (s, s)\n" * 26 + "Dense(4, input_shape=s)\n",
    "i = Input((5,))\nm = Model(i, Dense(5)(i))\n" + "y = m(m(i))\nm = Model(i, y)\n" * 14,
    "m = Dense(5)\n" + "m = Sequential([m, m])\n" * 16,
)


@dataclass
class Siege:
    """One server under attack: what the learners got, and how often each attack was made."""

    server: Server
    end: float  # monotonic
    learned: Tally = field(default_factory=Tally)
    attacks: Counter[str] = field(default_factory=Counter)

    @property
    def over(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() >= self.end

    def web(self) -> psutil.Process:
        """The server's own process."""
        return psutil.Process(self.server.process.pid)


Attack = Callable[[Siege, random.Random], Awaitable[None]]


# -- the attacks ---------------------------------------------------------------------------------------------


def _tab(siege: Siege) -> connect:
    address = siege.server.url.replace("http", "ws", 1) + "/_stcore/stream"
    return connect(address, subprotocols=[Subprotocol("streamlit")], open_timeout=20)


async def empty_caches(siege: Siege, chance: random.Random) -> None:
    """What the menu hides and the server takes."""
    async with _tab(siege) as socket:
        for _ in range(3):
            await socket.send(BackMsg(clear_cache=True).SerializeToString())


async def open_many_tabs(siege: Siege, chance: random.Random) -> None:
    """Tabs that do nothing but hold their files."""
    tabs: list[ClientConnection] = []
    try:
        for _ in range(TABS):
            tabs.append(await _tab(siege))
        await asyncio.sleep(2)
    finally:
        await asyncio.gather(*(tab.close() for tab in tabs), return_exceptions=True)


async def _paste(siege: Siege, text: str) -> None:
    async with Learner(siege.server.url) as learner:
        page = await learner.open_page("diagnose")
        areas = [each.text_area.id for each in page.elements if each.WhichOneof("type") == "text_area"]
        if areas:
            await learner.post(WidgetState(id=areas[0], string_value=text))


async def paste_slow_texts(siege: Siege, chance: random.Random) -> None:
    """Prints that made a pattern go back and forth for ever."""
    await _paste(siege, chance.choice(SLOW_TEXTS))


async def paste_doubling_programs(siege: Siege, chance: random.Random) -> None:
    """Short programs whose values double with each line."""
    await _paste(siege, chance.choice(DOUBLING))


async def fill_and_drop_tabs(siege: Siege, chance: random.Random) -> None:
    """A text as long as is taken, in a tab that is gone before anybody answers."""
    await _paste(siege, chr(chance.randint(97, 122)) * (900 * KB))


async def ask_for_everything(siege: Siege, chance: random.Random) -> None:
    """One visitor who wants a hundred costly pages at once, and leaves."""

    async def one(number: int) -> None:
        async with Learner(siege.server.url) as learner:
            await learner.open_page("stacked_lstm", f"timesteps={100 + number}&units_1=64&units_2=32")

    asked = [asyncio.create_task(one(chance.randint(0, 800))) for _ in range(ASKED_AT_ONCE)]
    await asyncio.sleep(3)
    for task in asked:
        task.cancel()
    await asyncio.gather(*asked, return_exceptions=True)


def _signalled(sign: signal.Signals) -> Attack:
    async def attack(siege: Siege, chance: random.Random) -> None:
        workers = workers_of(siege.web())
        if workers:
            os.kill(chance.choice(workers).pid, sign)

    return attack


ATTACKS: dict[str, tuple[Attack, float]] = {  # name -> attack, and how many pauses lie between two of them
    "caches emptied": (empty_caches, 1),
    "tabs opened and held": (open_many_tabs, 2),
    "slow texts pasted": (paste_slow_texts, 1),
    "doubling programs pasted": (paste_doubling_programs, 1),
    "tabs filled and dropped": (fill_and_drop_tabs, 1),
    "a hundred pages at once": (ask_for_everything, 6),
    "workers killed": (_signalled(signal.SIGKILL), 6),
    "workers stopped": (_signalled(signal.SIGSTOP), 9),
}


async def _again_and_again(siege: Siege, name: str) -> None:
    attack, pauses = ATTACKS[name]
    chance = random.Random(name)
    while not siege.over:
        await asyncio.sleep(PAUSE * pauses * chance.uniform(0.5, 1.5))
        try:
            async with asyncio.timeout(60):
                await attack(siege, chance)
        except (OSError, WebSocketException, ReplyError, TimeoutError, psutil.Error):
            pass  # an attacker who is sent away is no fault
        siege.attacks[name] += 1


# -- the learners --------------------------------------------------------------------------------------------


async def _learn(siege: Siege, number: int) -> None:
    """Change a dim every few seconds in one tab that is never reloaded."""
    chance = random.Random(2000 + number)
    await asyncio.sleep(chance.uniform(0, EVERY))
    name = lesson(chance)
    async with Learner(siege.server.url) as learner:
        if not await siege.learned.watch(learner.open(name)):
            return
        while not siege.over:
            begun = time.monotonic()
            dim, text = choice(name, chance)
            if not await siege.learned.watch(learner.change(dim, text)):
                return  # what is left of this reply would be taken for the next one
            await asyncio.sleep(max(0.0, EVERY - (time.monotonic() - begun)))


async def besiege(siege: Siege) -> None:
    """Learners and attackers, until the time is up."""
    async with asyncio.TaskGroup() as group:
        for number in range(LEARNERS):
            group.create_task(_learn(siege, number))
        for name in ATTACKS:
            group.create_task(_again_and_again(siege, name))


# -- what is told --------------------------------------------------------------------------------------------


def told(siege: Siege, before: float, after: float) -> list[str]:
    """The outcome, line by line. before, after: memory of the web process in MB."""
    seconds = siege.learned.seconds
    return [
        f"{LEARNERS} learners got {len(seconds)} replies, half of them within {percentile(seconds, 0.5):.1f} s, "
        f"95 % within {percentile(seconds, 0.95):.1f} s, all within {max(seconds, default=0):.1f} s; "
        f"{sum(siege.learned.failures.values())} failed.",
        *(f"- failed, {count} times: {text}" for text, count in siege.learned.failures.items()),
        "Meanwhile: " + ", ".join(f"{name} {siege.attacks[name]}" for name in ATTACKS) + ".",
        f"Web process: {before:.0f} → {after:.0f} MB; workers at the end: {len(workers_of(siege.web()))}.",
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Besiege and print; returns 1 where a learner was let down."""
    parser = argparse.ArgumentParser(prog="make siege", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=600.0, help="how long (default 600)")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "server.log")
        try:
            siege = Siege(server, time.monotonic() + chosen.seconds)
            before = resident(siege.web())
            asyncio.run(besiege(siege))
            print("\n".join(told(siege, before, resident(siege.web()))), flush=True)
        finally:
            server.stop()
    return 1 if siege.learned.failures else 0


if __name__ == "__main__":
    sys.exit(main())
