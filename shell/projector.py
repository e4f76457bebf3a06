"""A lesson for the whole room: large type, one section at a time, on by a key (``?view=projector&section=calls``)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from shell import components
from shell.page import Section
from views import classroom

SCALE = 1.6  # of all type; 1.25 where the window is a phone's

# Streamlit measures in rem, our components by the custom property, which reaches into their shadow roots.
STYLE = f"""<style>
:root {{ --sx-zoom: {SCALE}; }}
html {{ font-size: {16 * SCALE:g}px !important; }}
@media (max-width: 700px) {{ :root {{ --sx-zoom: 1.25; }} html {{ font-size: 20px !important; }} }}
[data-testid="stHeader"] {{ visibility: hidden; pointer-events: none; }}
[data-testid="stMainBlockContainer"] {{ padding: 1rem 1.5rem 2rem; }}
[data-testid="stMainBlockContainer"] h1 {{ font-size: 1.3rem; padding: 0 0 .5rem; }}
</style>"""
_KEYS = "projector:keys"


def is_on() -> bool:
    """Whether the link asks for the projector."""
    return st.query_params.get(classroom.VIEW, "").strip().lower() == classroom.PROJECTOR


def style() -> None:
    """Large type, for as long as this is drawn."""
    st.html(STYLE)


def choose(sections: Sequence[Section]) -> Section:
    """Draw the way through the sections; returns the one to show. It stands in the URL, so a reload stays."""
    names = [section.name for section in sections]
    slide = classroom.slide(names, st.query_params.get(classroom.SECTION, ""))

    def go(by: int) -> None:
        st.query_params[classroom.SECTION] = slide.moved(by)

    def pressed() -> None:
        key = st.session_state[_KEYS].get("go")
        if key in ("next", "previous"):
            go(1 if key == "next" else -1)

    section = sections[slide.index]
    with st.container(horizontal=True, vertical_alignment="center"):
        _button("Previous", ":material/arrow_back:", slide.index == 0, go, -1)
        _button("Next", ":material/arrow_forward:", slide.index == len(names) - 1, go, 1)
        st.markdown(_place(slide, section), width="content")
        st.space("stretch")
        st.button("Leave the projector", key="projector:leave", type="tertiary", on_click=_leave)
    components.keys({"section": section.name}, _KEYS, on_go=pressed)
    return section


def _place(slide: classroom.Slide, section: Section) -> str:
    """``3 of 9 · Step through time``; a section that begins with a heading of its own says that by itself."""
    if section.name == classroom.OWN:
        return slide.told
    return f"{slide.told} · **{classroom.label(section.name, section.title)}**"


def _leave() -> None:
    for parameter in (classroom.VIEW, classroom.SECTION):
        st.query_params.pop(parameter, None)


def _button(label: str, icon: str, end: bool, go: Callable[[int], None], by: int) -> None:
    st.button(label, key=f"projector:{label}", icon=icon, disabled=end, on_click=go, args=(by,))
