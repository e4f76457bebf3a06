"""What stands around every page: its title in the browser, the menu, and the foot."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.navigation.page import StreamlitPage

from shell import components, engine, menu, style
from shell.pages import MISCONCEPTION, MODEL, lesson_pages, page
from shell.pasting import KEPT, VERDICT
from views.search import AT

ROOT = Path(__file__).parent.parent
ICON = ROOT / "views" / "assets" / "icon.png"
_CALLED = {"keras": "Keras", "numpy": "NumPy", "python": "Python", "tensorflow": "TensorFlow"}


def guard() -> None:
    """First line of every page's file: also where it was run by itself, app.py must put the frame around it."""
    if menu.switch_off():
        st.rerun()


def navigation() -> StreamlitPage:
    """The page that was asked for, with the menu on top."""
    st.set_page_config(page_title="Shape Explainer", page_icon=str(ICON), layout="wide")
    st.html(style.STYLE_IN_FRAME if st.context.is_embedded else style.STYLE)
    engine.pool()  # Keras starts loading while the learner reads
    home = st.Page("pages/home.py", title="Shape Explainer", default=True)
    opened = st.navigation(
        {
            "": [home, page("diagnose", "Fix an error"), page("your_model", "Your model")],
            **lesson_pages(),
            **_others(),
        },
        position="hidden" if st.context.is_embedded else "top",
    )
    with st.container(key="focus-kept"):
        components.focus(_arrived(opened.url_path), (VERDICT, st.query_params.get(AT, "")))
    return opened


def _arrived(address: str) -> str:
    """What is a page of its own for who comes to it: also one misconception, and the first sight of one's model.

    And what is found in another text, where the focus was on what replaced it: a fix, an example.
    """
    begun = "begun" if MODEL in st.query_params else ""
    text = str(hash(st.session_state.get(KEPT, ""))) if address == "diagnose" else ""
    return " ".join(filter(None, [address, begun, st.query_params.get(MISCONCEPTION, ""), text]))


def _others() -> dict[str, list[StreamlitPage]]:
    """Pages to practise, and those for teachers. An address from before leads on."""
    return {
        "Practice": [
            page("misconceptions", "Common misconceptions"),
            page("challenges", "Challenges"),
            page("glossary", "Glossary"),
            page("beliefs", visibility="hidden"),
        ],
        "Teach": [
            page("start_class", "Start a class"),
            page("classroom", "For teachers"),
            page("join", "Join a class"),
        ],
    }


def beside_controls() -> tuple[DeltaGenerator, DeltaGenerator]:
    """A narrow column for the dims, which stays in sight, and a wide one for what they make.

    On a phone the column is a sheet at the lower end of the window, behind the figure in the order of the page: closed
    until its summary is touched.
    """
    with st.container(key="lesson"):
        left, right = st.columns([1, 3.3], gap="large")
    with left:
        st.html('<details class="sheet"><summary>Change the sizes</summary></details>')
    return left, right


def foot(all_live: bool = False) -> None:
    """Which Keras answered, in one quiet line; not where the page is a part of another one.

    all_live: whether every number on the page is a model's; others also count students, minutes or reports.
    """
    if st.context.is_embedded:
        return
    told = "\u00a0· ".join(versions_told())
    which = "Every number" if all_live else "Every number of a model"
    st.caption(f"{which} on this page was read from a live Keras model. {told}")


def versions_told() -> list[str]:
    """``["Keras 3.15.1", "NumPy 2.4.6", …]``, each on one line."""
    return [f"{_CALLED.get(name, name)}\u00a0{version}" for name, version in sorted(engine.state().versions.items())]
