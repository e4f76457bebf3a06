"""What the class sees on the wall: how to join, the question, the counts, and on reveal the live figure.

Its link has the code of the class alone: it shows nothing that the class may not see, and can change nothing.
"""

from __future__ import annotations

import time

import streamlit as st

from rooms.desk import LOBBY, REVEALED, Room, TaskRow, phase
from shell import class_screen, components, projector
from shell.class_desk import desk
from shell.prose import painted
from views import code, folding, qr, shape_flow
from views.markup import verbatim

# Nobody scrolls on a wall: what doesn't fit is made smaller, a step at a time, by class_board.js (--wall-fit). On
# reveal the reason goes first, which each phone has too. In the lobby the code fills the window; later it is small,
# in the corner above the counts, and covers nothing. Type is at least 32 px where the window has 1080 lines; a smaller
# window shrinks it in proportion, to no less than is legible.
STYLE = """<style>
:root { --wall: min(1vw, 1.78vh); --wall-part: tan(atan2(var(--wall), 19.2px)); }
html { font-size: max(16px, calc(1.7 * var(--wall))) !important; }
:root { --sx-zoom: max(1.1, calc(var(--wall-part) * 2.7)) !important; }
[data-testid="stMainBlockContainer"] { padding: 1rem 1.5rem 0; }
:root { --sx-tools: none; }
.st-key-class-wall-left { gap: .5rem; }
.st-key-class-wall-left [data-testid="stHeading"] [data-testid="stMarkdownContainer"] { margin-bottom: 0; }
[data-testid="stMainBlockContainer"] h1 { font-size: 1.6rem; padding: 0; }
[data-testid="stCaptionContainer"] p { font-size: 1rem; }
[data-testid="stMarkdownContainer"] code { font-size: 1rem; }
[data-testid="stAlertContainer"] { padding: .4rem .8rem; font-size: 1.2rem; }
.st-key-class-wall-board { --sx-zoom: max(1, calc(var(--wall-part) * 2.15)); }
.st-key-class-wall-code { --sx-zoom: max(1, calc(var(--wall-part) * 2.5 * var(--wall-fit, 1))); --sx-leading: 1.3; }
.st-key-class-wall-code [data-testid="stMarkdownContainer"] { font-size: calc(1.25rem * var(--wall-fit, 1)); }
.st-key-class-wall-figure { --sx-zoom: max(1.1, calc(var(--wall-part) * 2.7 * var(--wall-fit, 1))); }
:root[data-wall-tight] .st-key-class-why { display: none; }
.class-code { font-weight: 700; letter-spacing: .12em; line-height: 1.1; margin: 0; white-space: nowrap; }
.class-where { margin: 0; overflow-wrap: anywhere; }
.st-key-class-wall-lobby .class-where { font-size: 1.4rem; }
.st-key-class-wall-lobby .class-code { font-size: min(5.2rem, 9vw); margin-top: .5rem; }
.st-key-class-wall-lobby img { width: min(100%, calc(100vh - 6rem)) !important; margin: 0 auto; }
.st-key-class-wall-corner .class-door { display: flex; gap: .8rem; align-items: center; justify-content: flex-end; }
.st-key-class-wall-corner .class-code { font-size: 1.5rem; }
.st-key-class-wall-corner img { width: 5.5rem !important; flex: none; }
</style>"""
_WIDE = 54  # letters in a row of code
_ROWS, _OF_MORE = 15, 12  # rows that there is room for; of a longer program, with the words on where the rest is
_COLUMNS = 2  # of the figure: what was asked, and what reaches it
_ASKING, _SHOWN = 1.45, 3.3  # how wide the left is: on reveal the figure needs room for boxes side by side


def draw(room: Room) -> None:
    """The wall at this moment; the board has it drawn anew when the class moves on."""
    projector.style()
    task = desk().task(room.code, room.current) if room.current >= 0 else None
    where = phase(room, task, time.time())
    st.html(STYLE)
    if where == LOBBY:
        _lobby(room, where)
        return
    shown = where == REVEALED
    left, right = st.columns([_SHOWN if shown else _ASKING, 1], gap="small")
    with left, st.container(key="class-wall-left"):
        if task is None or room.over:
            class_screen.head(room, task, 0, where)
        else:
            count = desk().task_count(room.code)
            st.title(f"{task.place + 1} of {count} · {verbatim(task.prepared.asked.title)}", anchor=False)
            if shown:
                class_screen.said_by_keras(task)
            if shown and not task.prepared.asked.numbered:
                _figure(task)
            else:
                with st.container(key="class-wall-code"):
                    class_screen.question(task, _lines(task, shown))
    with right:
        if not room.over:
            _corner(room)
        _board(room, where)


def _figure(task: TaskRow) -> None:
    """What was asked about, large, and what reaches it; where several tensors reach it, they are told in words."""
    found = class_screen.model(task)
    if found is None:
        return
    part = folding.near(found, task.prepared.layer, _COLUMNS)
    with st.container(key="class-wall-figure"):
        if any(len(column) > 1 for column in shape_flow.columns(part.flow)):
            part = folding.near(found, task.prepared.layer, 1)
            st.markdown(painted(task.prepared.asked.prompt.partition("\n\n")[0]))
        class_screen.drawn(task, part, len(found.flow))


def _lines(task: TaskRow, shown: bool) -> range:
    """The lines of a program that there is room for: those around the layer that is asked about, and on reveal around
    the line that fails; otherwise the last, where the model is. Small type would be read by nobody.
    """
    asked, layer = task.prepared.asked, task.prepared.layer
    lines = asked.code.splitlines()
    wanted = len(lines)
    if layer:
        wanted = next((at for at, line in enumerate(lines, 1) if f'"{layer}"' in line), wanted)
    fails = task.prepared.failing_line if shown else None
    whole = code.around(asked.code, 1, _ROWS, _WIDE)
    return whole if len(whole) == len(lines) else code.around(asked.code, fails or wanted, _OF_MORE, _WIDE)


def _lobby(room: Room, where: str) -> None:
    st.title(verbatim(room.title), anchor=False)
    link, shown = class_screen.way_in(room)
    with st.container(key="class-wall-lobby"):
        left, right = st.columns([1.1, 1], gap="large", vertical_alignment="center")
        with left:
            st.html(
                f'<p class="class-where">Join at <b>{shown}</b> with the code</p><p class="class-code">{room.code}</p>'
            )
            _board(room, where)
        with right:
            st.html(qr.picture(link, f"QR code that leads to {link}", "100%"))


def _corner(room: Room) -> None:
    """For those who come late."""
    link, shown = class_screen.way_in(room)
    with st.container(key="class-wall-corner"):
        picture = qr.picture(link, f"QR code that leads to {link}", "100px")
        st.html(
            f'<div class="class-door"><div><p class="class-where">{shown}</p>'
            f'<p class="class-code">{room.code}</p></div>{picture}</div>'
        )


def _board(room: Room, where: str) -> None:
    with st.container(key="class-wall-board"):
        components.class_board({"room": room.code, "key": "", "wall": True, "version": room.version, "phase": where})
