"""What a page does while it waits for a worker: it says so, keeps its place in the line, and asks again by itself.

Nobody has to click, and nothing typed is lost. Several times a second it looks whether somebody still waits: when
the learner changes something, or the tab is closed, the run ends there, and with it its place in the line.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import random
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

import streamlit as st

from shell import engine
from views import waiting as view
from views.markup import verbatim
from workers.messages import CANT_START
from workers.pool import Place as PlaceInLine
from workers.pool import WorkerError

T = TypeVar("T")
_numbers = itertools.count()  # two containers of a page never have the same key

STARTING = "Keras is starting on this server (a few seconds, once). The page is ready and will fill in automatically."
UNNOTICED = 1.0  # seconds of waiting that aren't worth a word
SOON = 0.25  # seconds of work after which what is known already is said
PAUSES = (0.5, 1.5)  # seconds before a page asks again; each takes its own time, so that they don't come all at once
FLOATING = "waiting"  # a container whose key begins so floats above the page (shell/frame.py)
STEP = 0.1  # seconds between two looks in a pause


def asked(ask: Callable[[], T], doing: str = "", starting: str = STARTING, where: str = "") -> T | None:
    """What `ask` returns, after whatever time in the line; None where there is no reply, and the page says why.

    doing: said while it is being worked on. starting: said as long as Keras is not there yet. where: a name for what is
    asked here; once it has been answered in a session, the old reply stays in place until the new one is there, and
    what is said meanwhile floats above the page, so that nothing on it moves.
    """
    seen = f"answered:{where}"
    place = Place(floats=bool(where) and seen in st.session_state)
    try:
        found = patiently(ask, doing, starting, place)
    except WorkerError as error:
        place.fail(verbatim(error.sentence))
        return None
    if where:
        st.session_state[seen] = True
    return found


def nothing_known() -> str:
    """Nothing can be said before the reply is there."""
    return ""


def patiently(
    ask: Callable[[], T],
    doing: str = "",
    starting: str = STARTING,
    place: Place | None = None,
    known: Callable[[], str] = nothing_known,
) -> T:
    """The same, for a page that says by itself why there is no reply. Raises WorkerError.

    place: where it is said how long it takes; by default here. known: what can be said before the reply is there; it is
    asked only where the reply isn't there soon.
    """
    place = place or Place()
    notice = _Notice(place, starting, known)
    with place.spinner(doing), engine.meanwhile(notice.look):
        found = _sooner_or_later(ask, notice)
    notice.say("")
    return found


class Place:
    """Where a page says that it waits: here, or, where it has a reply already, floating above it (FLOATING)."""

    def __init__(self, floats: bool = False) -> None:
        self._here, self._spinning, self._floats = st.empty(), st.empty(), floats

    def say(self, text: str) -> None:
        """Say this in place of what was said; "" for nothing."""
        if not text:
            self._here.empty()
        elif self._floats:
            self._here.container(key=f"{FLOATING}-{next(_numbers)}").info(text)
        else:
            self._here.info(text)

    def fail(self, text: str) -> None:
        """Say why there is no reply, where the reply would be."""
        self._here.error(text)

    @contextlib.contextmanager
    def spinner(self, doing: str) -> Iterator[None]:
        """Something that moves while it takes long; not where the old reply is still on the page."""
        if not self._floats and doing:
            with self._spinning, st.spinner(doing):
                yield
        else:
            yield


def comes_by_itself(error: WorkerError) -> bool:
    """Whether asking again in a moment helps: there was no room, or Keras is not there yet."""
    return error.kind == "busy" or (error.kind == "starting" and error.sentence != CANT_START)


def _sooner_or_later(ask: Callable[[], T], notice: _Notice) -> T:
    while True:
        try:
            return ask()
        except WorkerError as error:
            if not comes_by_itself(error):
                notice.say("")
                raise
            notice.refused(error)


class _Notice:
    """One line on the page that is there only while there is something to say."""

    def __init__(self, place: Place, starting: str, known: Callable[[], str]) -> None:
        self._place, self._starting = place, starting
        self._known = functools.cache(known)
        self._said = ""
        self._since = time.monotonic()

    def look(self, place: PlaceInLine | None) -> None:
        """Called again and again while the page waits. Ends the run when nobody waits for it any more."""
        _end_if_unwanted()
        if not engine.state().ready:
            self.say(self._starting)
        elif place is None:
            self.say(self._known() if time.monotonic() - self._since > SOON else "")
        elif time.monotonic() - self._since > UNNOTICED:
            self.say(view.in_line(place.number, place.seconds))

    def refused(self, error: WorkerError) -> None:
        """There was no room: say so, and wait a moment."""
        self.say(view.FULL if error.kind == "busy" else self._starting)
        end = time.monotonic() + random.uniform(*PAUSES)
        while time.monotonic() < end:
            _end_if_unwanted()
            time.sleep(STEP)

    def say(self, text: str) -> None:
        """Say this instead of what was said; "" for nothing."""
        if text == self._said:
            return
        self._said = text
        self._place.say(text)


def _end_if_unwanted() -> None:
    """Let Streamlit end this run if the learner has changed something since, or has left."""
    _ = "waiting" in st.session_state  # whoever looks into it passes a point where Streamlit may do so
