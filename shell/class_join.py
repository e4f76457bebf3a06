"""The page of a student in a class. All that moves on it is the component's own doing (class_student.js)."""

from __future__ import annotations

from random import randrange

import streamlit as st

from shell import components
from views import classes

ROOM = "room"  # in links: ?room=K7QF2M
_OFFERED = "class:offered name"

# On a phone the task has the whole window: no menu, hardly a margin.
STYLE = """<style>
[data-testid="stHeader"] { position: static; height: auto; }
[data-testid="stMainBlockContainer"] { padding: 1rem 1rem 2rem; }
[data-testid="stMainBlockContainer"] h1 { font-size: 1.3rem; padding: 0 0 .6rem; max-width: 640px; margin: 0 auto; }
:root[data-in-class] [data-testid="stMainBlockContainer"] [data-testid="stHeading"] {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
}
@media (max-width: 640px) { [data-testid="stHeader"] { display: none; } }
@media (min-width: 641px) and (max-width: 768px) {  /* Streamlit's menu lies above the page there */
  [data-testid="stMainBlockContainer"] { padding-top: 4.75rem; }
}
</style>"""


def join_page() -> None:
    """Join by the code of the link, or by one that is typed."""
    st.html(STYLE)
    st.title("Join a class", anchor=False)
    if _OFFERED not in st.session_state:
        st.session_state[_OFFERED] = classes.offered_name(randrange(classes.NAMES))
    components.class_student({"code": st.query_params.get(ROOM, "")[:12], "name": st.session_state[_OFFERED]})
