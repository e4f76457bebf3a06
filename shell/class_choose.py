"""Choosing what a class is asked: a ready-made set, or tasks put together; then the class is opened.

The set is in the link from its first task on: a teacher keeps it as a bookmark, or sends it to a colleague.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from explainers.core.registry import all_explainers
from explainers.practice.challenges.challenge import KINDS as CHALLENGES
from explainers.practice.misconceptions.catalogue import BY_SLUG
from rooms.asked import Prepared
from rooms.desk import ClassError
from rooms.limits import LONGEST_TITLE
from rooms.store import StoreLost
from rooms.tasks import (
    BEFORE,
    CHALLENGE,
    COUNT,
    MISCONCEPTION,
    MOST_MINUTES,
    READY,
    SHAPE,
    Task,
    TaskSet,
    TaskSetError,
    asked_again,
    checked,
    packed,
    unpacked,
)
from shell import class_add, components, waiting
from shell.class_desk import desk
from shell.class_join import ROOM
from shell.class_tasks import TaskTrouble, prepare, trouble
from views.classroom import app_address, link
from views.markup import verbatim
from workers.pool import WorkerError

SET = "set"  # in links: ?set=rnn-shapes, or a packed set
KEY = "key"
OWN = "own"
MADE = "class:set being made"  # in the session: the page Your model adds to it
_EMPTY = TaskSet("My class", ())

# A long question goes on below itself, not its buttons.
STYLE = """<style>
[class*="st-key-class-row-"] { flex-wrap: nowrap; }
[class*="st-key-class-row-"] > :first-child { min-width: 0; }
</style>"""


def draw() -> None:
    """The page before there is a class."""
    st.html(STYLE)
    st.title("Start a class", anchor=False)
    st.markdown(
        "Your students join with a code and answer on their phones. You see who has answered, which axis is unclear, "
        "and when to move on. No accounts; everything is deleted after a day. Students join at **Teach, Join a "
        "class**."
    )
    tasks = _chosen()
    with st.container(key="class-set"):
        left, right = st.columns([1.3, 1], gap="large")
    with left:
        tasks = _listed(tasks)
        if tasks.tasks and st.button("Open the class", type="primary", key="class:open"):
            _open(tasks)
    with right:
        class_add.draw(partial(_added, tasks))


def _chosen() -> TaskSet:
    """The set of the link."""
    word = st.query_params.get(SET, "")
    own = _EMPTY
    if word and word not in READY and word != OWN:
        try:
            own = unpacked(word)
            st.session_state[MADE] = word
        except TaskSetError as error:
            st.warning(verbatim(str(error)))
            word = ""
    name = word if word in READY else OWN if word else next(iter(READY))
    key = "class:set"
    st.session_state[key] = name

    def changed() -> None:
        st.query_params[SET] = st.session_state[key]

    titles = {**{each: tasks.title for each, tasks in READY.items()}, OWN: "A set of your choice"}
    st.selectbox("Questions", list(titles), format_func=titles.__getitem__, key=key, on_change=changed)
    return READY.get(name, own)


def _write(tasks: TaskSet) -> None:
    """Put the set into the link; one that can't be used says why, and the earlier one stays."""
    try:
        st.query_params[SET] = packed(checked(tasks)) if tasks.tasks else OWN
    except TaskSetError as error:
        st.session_state["class:problem"] = str(error)


def _added(tasks: TaskSet, task: Task) -> None:
    asked, again = _parted(tasks)
    _write(replace(tasks, tasks=(*asked, task, *again)))


def _parted(tasks: TaskSet) -> tuple[tuple[Task, ...], tuple[Task, ...]]:
    """The tasks, and those that ask again at the end."""
    return (
        tuple(task for task in tasks.tasks if task.part != "after"),
        tuple(task for task in tasks.tasks if task.part == "after"),
    )


# -- the list --------------------------------------------------------------------------------------------------


def _listed(tasks: TaskSet) -> TaskSet:
    """The set, task by task, with what can be done to each."""
    if problem := st.session_state.pop("class:problem", ""):
        st.warning(verbatim(problem))
    if not tasks.tasks:
        st.markdown("No question yet. Add the first one.")
        return tasks
    minutes = sum(task.minutes for task in tasks.tasks)
    count = len(tasks)
    st.markdown(f"**{count} {'question' if count == 1 else 'questions'}, about {minutes:g} minutes**")
    for place, task in enumerate(tasks.tasks):
        _row(tasks, place, task)
    _gain(tasks)
    _details(tasks)
    address = app_address(st.context.url or "")
    with st.expander("A link to these questions"):
        components.listing(
            link(address, "start_class", {SET: packed(tasks)}), "A link to these questions", "class:link", "text"
        )
    return tasks


def _row(tasks: TaskSet, place: int, task: Task) -> None:
    time = f"{task.minutes:g} min" if task.minutes else "no time limit"
    part = {"before": " · before", "after": " · after"}.get(task.part, "")
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"class-row-{place}"):
        st.markdown(f"{place + 1}. {verbatim(told(task))} · {time}{part}", width="stretch")
        if task.part != "after":
            moved = partial(_moved, tasks, place)
            st.button("Up", key=f"class:up:{place}", disabled=place == 0, on_click=moved, args=(-1,), type="tertiary",
                      help=f"Ask question {place + 1} earlier")  # fmt: skip
            st.button("Remove", key=f"class:remove:{place}", on_click=moved, args=(None,), type="tertiary",
                      help=f"Remove question {place + 1}")  # fmt: skip


def told(task: Task) -> str:
    """A task in the list: ``Output shape of rnn · SimpleRNN``."""
    lessons = all_explainers()
    about = (
        lessons[task.about].title if task.about in lessons else "your model" if task.text or task.model else task.about
    )
    if task.kind == MISCONCEPTION:
        return f"“{BY_SLUG[task.about].believed}”" if task.about in BY_SLUG else task.about
    if task.kind == CHALLENGE:
        return f"{CHALLENGES.get(task.challenge, task.challenge)} · {about}"
    what = {SHAPE: "Output shape", COUNT: "Parameters"}[task.kind]
    return f"{what} of {task.layer} · {about}"


def _moved(tasks: TaskSet, place: int, by: int | None) -> None:
    """One place up, or away with it (None); what asks again follows what asks before."""
    asked, again = _parted(tasks)
    listed = list(asked)
    task = listed.pop(place)
    if by is not None:
        listed.insert(max(0, place + by), task)
    rest = tuple(each for each in again if any(each.pair() == other.pair() for other in listed))
    _write(replace(tasks, tasks=(*listed, *rest)))


def _gain(tasks: TaskSet) -> None:
    """Which questions are asked again at the end, with new sizes: those that a lesson or a seed makes."""
    asked, _ = _parted(tasks)
    places = [place for place, task in enumerate(asked) if task.about]
    if not places:
        return
    key = "class:gain"
    st.session_state[key] = [place for place in places if asked[place].part == BEFORE]

    def changed() -> None:
        chosen = st.session_state[key]
        marked = [replace(task, part=BEFORE if place in chosen else "") for place, task in enumerate(asked)]
        _write(replace(tasks, tasks=asked_again(marked)))

    st.multiselect(
        "Ask again at the end, with new sizes",
        places,
        format_func=lambda place: f"{place + 1}. {told(asked[place])}",
        key=key,
        on_change=changed,
        placeholder="None",
        help="Comparing the answers before and after shows what the lesson achieved.",
    )


def _details(tasks: TaskSet) -> None:
    """What students see above the questions, and how long each of them is open."""
    with st.expander("Name and minutes"):
        name = "class:title"
        st.session_state[name] = tasks.title
        st.text_input(
            "Name of the class, as students see it",
            key=name,
            max_chars=LONGEST_TITLE,
            on_change=lambda: _write(replace(tasks, title=st.session_state[name])),
        )
        for place, task in enumerate(tasks.tasks):
            key = f"class:minutes:{place}"
            st.session_state[key] = float(task.minutes)
            label = f"Minutes for question {place + 1} (0: no time limit)"
            st.number_input(label, 0.0, MOST_MINUTES, step=0.5, key=key, on_change=partial(_timed, tasks, place, key))


def _timed(tasks: TaskSet, place: int, key: str) -> None:
    timed = replace(tasks.tasks[place], minutes=float(st.session_state[key]))
    _write(replace(tasks, tasks=(*tasks.tasks[:place], timed, *tasks.tasks[place + 1 :])))


# -- opening ---------------------------------------------------------------------------------------------------


def _open(tasks: TaskSet) -> None:
    """Make all tasks ready, open the class, and go to its screen."""
    prepared: list[Prepared] = []
    for number, task in enumerate(tasks.tasks, 1):
        doing = f"Building the model of question {number} of {len(tasks)} …"
        try:
            prepared.append(waiting.patiently(partial(prepare, task), doing))
        except (TaskTrouble, WorkerError) as error:
            st.error(verbatim(f"Question {number} can't be asked: {trouble(error)}"))
            return
    try:
        opened = desk().open(tasks, prepared, st.context.ip_address or "")
    except ClassError as error:
        st.error(verbatim(str(error)))
        return
    except StoreLost as error:
        st.error(verbatim(error.sentence))
        return
    st.query_params.from_dict({ROOM: opened.code, KEY: opened.key})
    st.rerun()
