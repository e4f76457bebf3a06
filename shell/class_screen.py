"""The teacher's screen of a class that is live, and the parts of it that the projector shows as well."""

from __future__ import annotations

import html
import time
from contextlib import suppress
from functools import partial
from typing import Literal
from urllib.parse import urlencode

import streamlit as st

from explainers.core.results import Inspection
from rooms.desk import CLOSED, OPEN, REVEALED, WAITING, ClassError, Room, TaskRow, phase
from rooms.store import StoreLost
from shell import class_tasks, components, waiting
from shell.class_desk import desk
from shell.class_join import ROOM
from shell.prose import painted
from views import classes, folding, qr, shape_flow
from views.classroom import app_address
from views.markup import verbatim

_COLUMNS = 4  # of a large model, up to what was asked
_TOLD = {OPEN: "open", CLOSED: "closed", REVEALED: "revealed", WAITING: "not asked yet"}
STYLE = """<style>
.class-code { font-size: 2.6rem; font-weight: 700; letter-spacing: .12em; line-height: 1.1; margin: 0; }
.class-where { overflow-wrap: anywhere; margin: 0 0 .5rem; }
@media (max-width: 640px) {  /* on a phone the counts come before the question */
  .st-key-class-lead [data-testid="stHorizontalBlock"]:has(> [data-testid="stColumn"]) { flex-direction: column; }
  .st-key-class-lead [data-testid="stColumn"],
  .st-key-class-lead [data-testid="stColumn"] > [data-testid="stVerticalBlock"] { display: contents; }
  .st-key-class-lead :has(> .st-key-class-counts) { order: 1; }
  .st-key-class-lead :has(> .st-key-class-asked) { order: 2; }
  .st-key-class-lead :has(> .st-key-class-aside) { order: 3; }
}
</style>"""


def draw(room: Room, key: str) -> None:
    """Where the class is, and what to do next."""
    st.html(STYLE)
    task = desk().task(room.code, room.current) if room.current >= 0 else None
    where = phase(room, task, time.time())
    count = desk().task_count(room.code)
    with st.container(key="class-lead"):
        left, right = st.columns([1.5, 1], gap="large")
    with left:
        with st.container(key="class-top"):
            head(room, task, count, where, leads=True)
            _buttons(room, key, where, count)
        with st.container(key="class-asked"):
            if task is not None:
                question(task)
                if where == REVEALED:
                    said_by_keras(task)
                    figure(task)
    with right:
        with st.container(key="class-counts"):
            components.class_board({"room": room.code, "key": key, "version": room.version, "phase": where})
        with st.container(key="class-aside"):
            _door(room, large=room.current < 0)
            _options(room, key)


def head(room: Room, task: TaskRow | None, count: int, where: str, leads: bool = False) -> None:
    """Where the class is. leads: with a word for who does."""
    if room.over:
        st.title("The class is over", anchor=False)
    elif task is None:
        st.title(verbatim(room.title), anchor=False)
        if leads:
            st.markdown(
                f"{count} {'question' if count == 1 else 'questions'}. They appear on the students’ phones when you "
                "start. This page is for you: it shows answers as they arrive. Show your class the projector view."
            )
    else:
        st.title(verbatim(task.prepared.asked.title), anchor=False)
        part = {"before": " · before", "after": " · after, with new sizes"}.get(task.prepared.task.part, "")
        st.caption(f"Question {task.place + 1} of {count} · {_TOLD[where]}{part}")


def question(task: TaskRow, only: range | None = None) -> None:
    """What is asked. only: the lines of its program that there is room for."""
    asked = task.prepared.asked
    st.markdown(painted(asked.prompt))
    if asked.message:
        st.error(verbatim(asked.message))
    if asked.code:
        components.listing(asked.code, "The code", f"class:code:{task.place}", numbered=asked.numbered, only=only)
        if only is not None and len(only) < len(asked.code.splitlines()):
            st.caption("The rest of the program is on your phone.")
    if asked.choices:
        st.markdown("\n".join(f"- {verbatim(choice)}" for choice in asked.choices))


def said_by_keras(task: TaskRow) -> None:
    """Keras' answer, and why."""
    found = classes.verdict_data(task.prepared, None)
    st.success(f"{found['lead']} **{verbatim(found['keras'])}**")
    with st.container(key="class-why"):
        st.markdown(painted(found["why"]))


def figure(task: TaskRow) -> None:
    """The live model that says so; of a large one what was asked about, with what leads to it."""
    found = model(task)
    if found is not None:
        large = len(found.flow) > folding.LARGE
        drawn(task, folding.near(found, task.prepared.layer, _COLUMNS) if large else found, len(found.flow))


def model(task: TaskRow) -> Inspection | None:
    """The live model of a task, to be drawn; None where there is none, or not yet."""
    found = waiting.asked(partial(class_tasks.figure, task.prepared), "Building the model …")
    return found if found is not None and found.flow else None


def drawn(task: TaskRow, part: Inspection, whole: int) -> None:
    """The shape flow of a model, or of a part of it."""
    components.shape_flow(shape_flow.data(part, whole=whole), key=f"class:flow:{task.place}")


# -- what a teacher does -----------------------------------------------------------------------------------------


def _buttons(room: Room, key: str, where: str, count: int) -> None:
    last = room.current + 1 >= count
    with st.container(horizontal=True, key="class-buttons"):
        if room.current < 0:
            _button(room, key, "Start", "next", primary=True)
            st.link_button("Open the projector view", _projector(room), icon=":material/open_in_new:")
        else:
            _button(room, key, "Back", "back", disabled=room.current == 0)
            asking = where in (OPEN, CLOSED)
            _button(room, key, "Open again" if where == CLOSED else "Close", "reopen" if where == CLOSED else "close",
                    disabled=not asking)  # fmt: skip
            _button(room, key, "One more minute", "minute", disabled=not asking)
            _button(room, key, "Reveal", "reveal", primary=asking, disabled=not asking)
            _button(room, key, "End the class" if last else "Next", "end" if last else "next", primary=not asking)


def _button(room: Room, key: str, label: str, action: str, primary: bool = False, disabled: bool = False) -> None:
    """Not by a callback: Streamlit calls none when the click is the first word to a server that was started anew.

    The key has the task in it: a click that was meant for the one before does nothing.
    """
    kind: Literal["primary", "secondary"] = "primary" if primary else "secondary"
    if st.button(label, key=f"class:{label}:{room.current}", type=kind, disabled=disabled):
        desk().act(room.code, key, action, room.current)
        st.rerun()


def _door(room: Room, large: bool) -> None:
    """How one gets in: the address, the code, a picture of both."""
    link, shown = way_in(room)
    with st.container(key="class-door"):
        st.html(f'<p class="class-where">Join at <b>{shown}</b> with the code</p><p class="class-code">{room.code}</p>')
        st.html(qr.picture(link, f"QR code that leads to {link}", "280px" if large else "160px"))


def way_in(room: Room) -> tuple[str, str]:
    """The link for students, and their page's address as one types it (HTML)."""
    address = app_address(st.context.url or "")
    shown = html.escape(f"{address.partition('://')[2]}/join")
    # A long address goes on after a dot or before a slash, not within a word.
    return f"{address}/join?{urlencode({ROOM: room.code})}", shown.replace(".", ".<wbr>").replace("/", "<wbr>/")


def _options(room: Room, key: str) -> None:
    with st.expander("Options", key="class:options"):
        if room.current >= 0:
            st.link_button("Open the projector view", _projector(room), icon=":material/open_in_new:")
        st.caption(
            "Keep this page’s address private: anyone who has it can lead the class. The projector view and the code "
            "don’t allow that."
        )
        _option(room, key, "names_hidden", "Hide names in tables and downloads", room.names_hidden)
        _option(room, key, "dims_free", "Let students change the dims after the reveal", room.dims_free)
        _option(room, key, "show_all", "Offer “Show everything” after the reveal", room.show_all)
        delete(room, key)


def _projector(room: Room) -> str:
    return f"{app_address(st.context.url or '')}/start_class?{urlencode({ROOM: room.code})}"


def _option(room: Room, key: str, name: str, label: str, now: bool) -> None:
    widget = f"class:{name}"
    st.session_state[widget] = now

    def changed() -> None:
        with suppress(StoreLost, ClassError):  # the page that is drawn next says what is wrong, and shows how it is
            desk().choose(room.code, key, **{name: bool(st.session_state[widget])})

    st.toggle(label, key=widget, on_change=changed)


def delete(room: Room, key: str) -> None:
    """Delete the class with everything that was said in it, after a second click."""
    with st.popover("Delete the class now"):
        st.markdown("All names and answers are deleted. This can’t be undone.")
        if st.button("Delete everything", key="class:delete"):
            desk().delete(room.code, key)
            st.query_params.clear()
            st.rerun()
