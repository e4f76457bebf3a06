"""Choosing what a class is asked: a ready-made set, or tasks put together; then the class is opened."""

from __future__ import annotations

from functools import partial

import streamlit as st

from rooms.asked import Prepared
from rooms.desk import ClassError
from rooms.store import StoreLost
from rooms.tasks import READY, TaskSet, TaskSetError, unpacked
from shell import waiting
from shell.class_desk import desk
from shell.class_join import ROOM
from shell.class_tasks import TaskTrouble, prepare, trouble
from views.markup import verbatim
from workers.pool import WorkerError

SET = "set"  # in links: ?set=rnn-shapes, or a packed set


def draw() -> None:
    """The page before there is a class."""
    st.title("Start a class", anchor=False)
    st.markdown(
        "Your students join with a code and answer on their phones. You see who has answered, which axis "
        "is unclear, and when to go on. No accounts; everything is deleted after a day."
    )
    chosen = _chosen()
    st.button("Open the class", type="primary", on_click=_open_soon, args=(chosen,))
    _open()


def _chosen() -> TaskSet:
    word = st.query_params.get(SET, "")
    if word and word not in READY:
        try:
            return unpacked(word)
        except TaskSetError as error:
            st.warning(verbatim(str(error)))
    names = list(READY)
    key = "class:set"
    st.session_state[key] = word if word in READY else names[0]

    def changed() -> None:
        st.query_params[SET] = st.session_state[key]

    name = st.selectbox("Task set", names, format_func=lambda each: READY[each].title, key=key, on_change=changed)
    return READY[str(name)]


def _open_soon(tasks: TaskSet) -> None:
    st.session_state["class:opening"] = tasks


def _open() -> None:
    """Make all tasks ready, open the class, and go to its screen."""
    tasks = st.session_state.pop("class:opening", None)
    if tasks is None:
        return
    prepared: list[Prepared] = []
    for number, task in enumerate(tasks.tasks, 1):
        try:
            prepared.append(waiting.patiently(partial(prepare, task), f"Building task {number} of {len(tasks)} …"))
        except (TaskTrouble, WorkerError) as error:
            st.error(verbatim(f"Task {number} can't be asked: {trouble(error)}"))
            return
    try:
        opened = desk().open(tasks, prepared, st.context.ip_address or "")
    except ClassError as error:
        st.error(verbatim(str(error)))
        return
    except StoreLost as error:
        st.error(verbatim(error.sentence))
        return
    st.query_params.from_dict({ROOM: opened.code, "key": opened.key})
    st.rerun()
