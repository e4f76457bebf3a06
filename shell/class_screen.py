"""The teacher's screen of a class that is live; without the key, the same for the projector."""

from __future__ import annotations

import time
from functools import partial

import streamlit as st

from explainers.core.results import Inspection
from rooms.desk import CLOSED, OPEN, REVEALED, WAITING, Room, TaskRow, phase
from shell import class_tasks, components, waiting
from shell.class_desk import desk
from shell.prose import painted
from views import classes, shape_flow
from views.markup import verbatim


def draw(room: Room, key: str) -> None:
    """Where the class is, and what to do next."""
    task = desk().task(room.code, room.current) if room.current >= 0 else None
    where = phase(room, task, time.time())
    count = desk().task_count(room.code)
    left, right = st.columns([1.5, 1], gap="large")
    with left:
        if task is None:
            _lobby(room, count)
        else:
            _task(room, task, count, where)
        if key:
            _buttons(room, key, where, count)
        if task is not None and where == REVEALED:
            _revealed(task)
    with right:
        _door(room)
        components.class_board({"room": room.code, "key": key, "version": room.version, "phase": where})


def _lobby(room: Room, count: int) -> None:
    st.title(verbatim(room.title), anchor=False)
    st.markdown(f"{count} questions. They appear on your students' phones when you start.")


def _task(room: Room, task: TaskRow, count: int, where: str) -> None:
    asked = task.prepared.asked
    st.title(verbatim(asked.title), anchor=False)
    told = {OPEN: "open", CLOSED: "closed", REVEALED: "revealed", WAITING: "not asked yet"}[where]
    st.caption(f"Question {task.place + 1} of {count} · {told}")
    st.markdown(painted(asked.prompt))
    if asked.message:
        st.error(verbatim(asked.message))
    if asked.code:
        components.listing(asked.code, "The code", f"class:code:{task.place}", numbered=asked.numbered)
    if asked.choices:
        st.markdown("\n".join(f"- {verbatim(choice)}" for choice in asked.choices))


def _door(room: Room) -> None:
    st.html(f'<p class="class-code">{room.code}</p>')


def _buttons(room: Room, key: str, where: str, count: int) -> None:
    last = room.current + 1 >= count
    with st.container(horizontal=True):
        if room.current < 0:
            _button(room, key, "Start", "next", primary=True)
            return
        _button(room, key, "Back", "back", disabled=room.current == 0)
        if where in (OPEN, CLOSED):
            _button(room, key, "Close" if where == OPEN else "Open again", "close" if where == OPEN else "reopen")
            _button(room, key, "One minute more", "minute")
            _button(room, key, "Reveal", "reveal", primary=True)
        _button(room, key, "End" if last else "Next", "end" if last else "next", primary=where == REVEALED)


def _button(room: Room, key: str, label: str, action: str, primary: bool = False, disabled: bool = False) -> None:
    def act() -> None:
        desk().act(room.code, key, action, room.current)

    st.button(label, key=f"class:{action}", type="primary" if primary else "secondary", disabled=disabled, on_click=act)


def _revealed(task: TaskRow) -> None:
    found = classes.verdict_data(task.prepared, None)
    st.success(f"Keras says **{verbatim(found['keras'])}**")
    st.markdown(painted(found["why"]))
    figure = waiting.asked(partial(class_tasks.figure, task.prepared), "Building the model …")
    if figure is not None and figure.flow:
        components.shape_flow(shape_flow.data(figure), key=f"class:flow:{task.place}")


_Figure = Inspection | None
