"""For teachers: choose a task set, open a class, lead it. Everything is in the link: the set, then the code and key."""

from __future__ import annotations

import streamlit as st

from rooms.desk import ClassError, NoRoom, NotYours, Room, tidy_code
from rooms.store import StoreLost
from shell import class_after, class_choose, class_projector, class_screen, components
from shell.class_api import TOO_MANY, Refused, find_room
from shell.class_choose import KEY
from shell.class_desk import desk
from shell.class_join import ROOM
from shell.frame import foot
from views.markup import verbatim


def start_class_page() -> None:
    """Without a class in the link: choose and open one. With one: its screen."""
    code, key = st.query_params.get(ROOM, ""), st.query_params.get(KEY, "")
    if not code:
        class_choose.draw()
        foot()
        return
    try:
        room = _room(code, key)
    except StoreLost as error:
        st.title("Your class", anchor=False)
        st.error(verbatim(error.sentence))
        # The board asks on, and has this page drawn anew when there is an answer.
        components.class_board({"room": tidy_code(code), "key": key, "version": -1, "phase": ""})
        return
    except (ClassError, Refused) as error:
        _not_there(error)
        return
    try:
        if room.over and key:
            class_after.draw(room, key)
        elif key:
            class_screen.draw(room, key)
        else:
            class_projector.draw(room)
    except (NoRoom, NotYours) as error:  # deleted meanwhile, in another tab
        _not_there(error)
    except StoreLost as error:
        st.error(verbatim(error.sentence))
        components.class_board({"room": room.code, "key": key, "version": -1, "phase": ""})


def _room(code: str, key: str) -> Room:
    """The class of the link. Raises NoRoom, NotYours, Refused, StoreLost."""
    tidy = tidy_code(code)
    known = bool(tidy and key) and desk().is_teacher(tidy, key)
    room = find_room(desk(), tidy, st.context.ip_address or "", known)
    if key and not known:
        raise NotYours("This isn't the teacher's link to this class.")
    return room


def _not_there(error: Exception) -> None:
    st.title("Your class", anchor=False)
    st.warning(verbatim(str(error) or TOO_MANY))
    if isinstance(error, NoRoom):
        st.markdown("A class is deleted a day after it was opened, or at once by its teacher, with all answers.")
    st.button("Start a new class", type="primary", on_click=st.query_params.clear)
