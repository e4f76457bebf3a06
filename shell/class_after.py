"""After a class: what each question and each student brought, what to repeat, what was gained, and all of it as CSV."""

from __future__ import annotations

import streamlit as st

from rooms import tally
from rooms.desk import Book, Room
from rooms.tally import Gain, Line, TaskTally
from rooms.tasks import packed, repeated
from shell import class_screen, class_trying, links
from shell.class_choose import SET
from shell.class_desk import desk
from shell.frame import foot
from views import tables
from views.links import Target
from views.markup import verbatim


def draw(room: Room, key: str) -> None:
    """Everything about a class that is over, for its teacher."""
    book = desk().book(room.code, key)
    found = tally.tallies(book)
    st.title(f"{verbatim(room.title)}: results", anchor=False)
    st.markdown(_summary(book, found))
    _pending(room, book, found)
    _buttons(room, key, book)
    _repeat(room, book, found)
    _gains(tally.gains(book))
    st.header("Question by question", anchor="questions")
    if found:
        st.markdown(tables.markdown([_task_row(each) for each in found]))
    st.header("Student by student", anchor="students")
    lines = tally.lines(book, named=not room.names_hidden)
    if lines:
        st.markdown(tables.markdown([_line_row(line, found) for line in lines]))
    else:
        st.markdown("No one joined.")
    foot()


def _summary(book: Book, found: tuple[TaskTally, ...]) -> str:
    answered = sum(each.answered for each in found)
    right = sum(each.right for each in found)
    share = f", {right / answered:.0%} of them right" if answered else ""
    students = len(book.students)
    return (
        f"{students} {'student' if students == 1 else 'students'}, {len(found)} of {len(book.tasks)} questions asked, "
        f"{answered} {'answer' if answered == 1 else 'answers'}{share}. Everything is deleted "
        f"{(book.room.expires - book.room.opened) / 3600:g} hours after the class was opened: download what you need."
    )


def _pending(room: Room, book: Book, found: tuple[TaskTally, ...]) -> None:
    """Answers that a live model was not asked about yet: Keras was away, or the class ended at once."""
    for task in book.tasks:
        class_trying.look(desk(), room.code, task, [each for each in book.answers if each.place == task.place])
    count = sum(each.pending for each in found)
    if count:
        what = "1 answer" if count == 1 else f"{count} answers"
        st.info(f"Keras is still checking {what}; they don't count as right until then.")
        st.button("Refresh", key="class:look again")


def _buttons(room: Room, key: str, book: Book) -> None:
    with st.container(horizontal=True):
        st.download_button(
            "Download as CSV",
            lambda: tally.as_csv(book, named=not room.names_hidden).encode("utf-8-sig"),
            file_name=f"class-{room.code}.csv",
            mime="text/csv",
            on_click="ignore",
            type="primary",
            icon=":material/download:",
        )
        if st.button("Back to the last question"):
            desk().act(room.code, key, "back", room.current)
            st.rerun()
        if st.button("Use these questions again"):
            st.query_params.from_dict({SET: room.source})
            st.rerun()
        class_screen.delete(room, key)


def _repeat(room: Room, book: Book, found: tuple[TaskTally, ...]) -> None:
    st.header("What to repeat next time", anchor="repeat")
    worst = tally.to_repeat(book, found)
    if not worst:
        nothing = "Nothing: at least 7 of 10 answers to each question were right."
        st.markdown(nothing if any(each.answered for each in found) else "No question was answered.")
        return
    for each in worst:
        st.markdown(
            f"**Question {each.place + 1} · {verbatim(each.title)}**: {each.right} of {each.answered} right. "
            f"{verbatim(tally.told(each))}"
        )
        targets = [*_believed(each), *_lesson(book, each)]
        if targets:
            links.show(targets, "What explains it", key=f"class:repeat:{each.place}")
    again = repeated(room.title, [book.tasks[each.place].prepared.task for each in worst])
    if st.button("Ask these again, with new sizes", icon=":material/replay:"):
        st.query_params.from_dict({SET: packed(again)})
        st.rerun()


def _believed(found: TaskTally) -> list[Target]:
    """The misconception behind most of the wrong answers, with how many they are."""
    slip = next((each for each in (*found.slips, *found.wrong) if each.misconception), None)
    if slip is None:
        return []
    told = f"“{slip.believed}” ({slip.count} of {found.answered})"
    return [Target(told, "misconceptions", {"misconception": slip.misconception})]


def _lesson(book: Book, found: TaskTally) -> list[Target]:
    """The lesson that draws the question, with its sizes."""
    prepared = book.tasks[found.place].prepared
    return [Target("The lesson with these sizes", prepared.figure, dict(prepared.dims))] if prepared.figure else []


def _gains(found: tuple[Gain, ...]) -> None:
    if not found:
        return
    st.header("What students gained", anchor="gain")
    st.markdown("The same question before and after, with new sizes; only students who answered both count.")
    for gain in found:
        st.markdown(_gain(gain))


def _gain(gain: Gain) -> str:
    title = f"**{verbatim(gain.title)}**"
    if not gain.students:
        return f"{title}: no one answered it both times."
    told = (
        f"{title}: {gain.before} of {gain.students} right before, {gain.after} of {gain.students} after; "
        f"{gain.gained} more got it right, {gain.lost} no longer did."
    )
    if gain.normalized is None:
        return f"{told} There was nothing to gain: everyone was right the first time."
    if gain.after <= gain.before:
        return f"{told} {'Nothing was gained.' if gain.after == gain.before else 'Fewer were right than before.'}"
    return f"{told} That is {gain.normalized:.0%} of what could be gained (Hake’s normalized gain)."


def _task_row(each: TaskTally) -> dict[str, str]:
    return {
        "question": f"{each.place + 1} · {verbatim(each.title)}",
        "Keras says": verbatim(each.truth),
        "answered": str(each.answered),
        "right": str(each.right),
        "most common mistake": verbatim(tally.told(each)),
    }


def _line_row(line: Line, found: tuple[TaskTally, ...]) -> dict[str, str]:
    cells = {
        f"{each.place + 1}": "–" if verdict is None else "✓" if verdict else f"✗ {verbatim(text)}"
        for each, verdict, text in zip(found, line.verdicts, line.answers, strict=True)
    }
    return {"student": verbatim(line.name), **cells, "right": f"{line.right} of {line.answered}"}
