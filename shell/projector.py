"""A lesson for the whole room: large type, one section at a time, on by a key (``?view=projector&section=calls``)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import streamlit as st

from shell import components
from shell.page import Section
from views import classroom, qr
from views.markup import verbatim

SCALE = 1.6  # of all type; 1.25 where the window is a phone's
# Where a projector has 1080 lines, all that is read from the back row is 32 px or more: of a picture the small print,
# which is 12 px.
FAR, FAR_TYPE = 2.7, 32

# Streamlit measures in rem, our components by the custom property, which reaches into their shadow roots.
STYLE = f"""<style>
:root {{ --sx-zoom: {SCALE}; }}
html {{ font-size: {16 * SCALE:g}px !important; }}
@media (min-width: 1600px) and (min-height: 900px) {{
  :root {{ --sx-zoom: {FAR}; }}
  html {{ font-size: {FAR_TYPE}px !important; }}
}}
@media (max-width: 700px) {{ :root {{ --sx-zoom: 1.25; }} html {{ font-size: 20px !important; }} }}
[data-testid="stHeader"] {{ visibility: hidden; pointer-events: none; }}
[data-testid="stMainBlockContainer"] {{ padding: 1rem 1.5rem 2rem; }}
.st-key-projector-code {{
  position: fixed; right: 1.5rem; bottom: 1.5rem; width: auto !important; z-index: 100; padding: 10px;
  background: #ffffff; border-radius: 12px; box-shadow: 0 4px 16px rgb(0 0 0 / 30%);
}}
[data-testid="stExpander"] summary p {{ font-size: 1rem; }}
[data-testid="stMainBlockContainer"] h1 {{ font-size: 1.3rem; padding: 0 0 .5rem; }}
</style>"""
_KEYS, _DIM, _CODE = "projector:keys", "projector:dim", "projector:code"


def is_on() -> bool:
    """Whether the link asks for the projector."""
    return st.query_params.get(classroom.VIEW, "").strip().lower() == classroom.PROJECTOR


def style() -> None:
    """Large type, for as long as this is drawn."""
    st.html(STYLE)


@dataclass(frozen=True)
class Knob:
    """A dim that a presenter changes by keys. told: ``timesteps 20``; turn: one step up (1) or down (-1)."""

    told: str
    turn: Callable[[int], None]


def choose(sections: Sequence[Section], knobs: Sequence[Knob] = ()) -> Section:
    """Draw the way through the sections; returns the one to show. It is in the URL, so a reload stays."""
    names = [section.name for section in sections]
    asked = st.query_params.get(classroom.SECTION, "")
    slide = classroom.slide(names, next((each.name for each in sections if asked in each.names), ""))

    def go(by: int) -> None:
        st.query_params[classroom.SECTION] = slide.moved(by)

    def pressed() -> None:
        key = st.session_state[_KEYS].get("go")
        if key in ("next", "previous"):
            go(1 if key == "next" else -1)
        elif key in ("up", "down") and knobs:
            knobs[_at(knobs)].turn(1 if key == "up" else -1)
        elif key == "dim" and knobs:
            st.session_state[_DIM] = _at(knobs) + 1
        elif key == "code":
            st.session_state[_CODE] = not st.session_state.get(_CODE, False)
        elif key == "leave":
            _leave()

    section = sections[slide.index]
    with st.container(horizontal=True, vertical_alignment="center"):
        _button("Previous", ":material/arrow_back:", slide.index == 0, go, -1)
        _button("Next", ":material/arrow_forward:", slide.index == len(names) - 1, go, 1)
        st.markdown(_place(slide, section), width="content")
        st.space("stretch")
        st.button("Leave the projector", key="projector:leave", type="tertiary", on_click=_leave)
    st.caption(_legend(knobs))
    if st.session_state.get(_CODE):
        _code()
    components.keys({"section": section.name}, _KEYS, on_go=pressed)
    return section


def _at(knobs: Sequence[Knob]) -> int:
    """Which dim the arrows change; its number goes round."""
    return int(st.session_state.get(_DIM, 0)) % len(knobs)


def _legend(knobs: Sequence[Knob]) -> str:
    """The keys, in one line."""
    told = f"↑ ↓ {verbatim(knobs[_at(knobs)].told)} · D another dim · " if knobs else ""
    return f"Keys: ← → sections · {told}Q link as a code · Esc leave"


def _code() -> None:
    """The link to this page as it is now, for the phones in the room."""
    kept = {k: v for k, v in st.query_params.to_dict().items() if k not in (classroom.VIEW, classroom.SECTION)}
    address = (st.context.url or "").split("?")[0]
    link = f"{address}?{urlencode(kept)}" if kept else address
    with st.container(key="projector-code"):
        st.html(qr.picture(link, f"A code that leads to {link}", "260px"))


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
