"""Files and links: the page as a script, as a notebook, as an address, as a part of another page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from explainers.core.results import Explanation, Fix
from shell import components, engine
from shell.page import Page
from views import export
from views.classroom import HIDE
from workers.pool import WorkerError

KINDS = (
    ("py", "Script (.py)", "text/x-python", export.script),
    ("ipynb", "Notebook (.ipynb)", "application/x-ipynb+json", export.notebook),
)


def draw(page: Page) -> None:
    hide = st.query_params.get(HIDE)
    kept = {HIDE: hide} if hide else {}  # the link that a class passes on is still its teacher's
    address = export.link(st.context.url or "", page.explanation, kept)
    st.markdown(
        "The model above, with an `assert` for every shape and every count on this page. It runs wherever Keras "
        "and TensorFlow are installed."
    )
    with st.container(horizontal=True):
        for ending, label, mime, write in KINDS:
            st.download_button(
                label,
                _writer(page, address, write),
                file_name=export.file_name(page.explanation, ending),
                mime=mime,
                key=f"download:{ending}:{page.name}",
                on_click="ignore",
                icon=":material/download:",
            )
    st.caption(
        "You can save each figure on this page as SVG or PNG: point at it, and the buttons appear below it. "
        "On a touch screen they are always there."
    )
    st.markdown("**Link** to this page with these dims")
    components.listing(address, "The link", f"link:{page.name}", "text")
    st.markdown("**Embed** it in another page, without menu and footer")
    frame = export.iframe(address, page.explainer.question)
    components.listing(frame, "Code to embed this page", f"frame:{page.name}", "text")


def _writer(page: Page, address: str, write: Callable[[export.Taken], str]) -> Callable[[], bytes]:
    """Writes the file when somebody asks for it, so that a rerun costs nothing."""
    versions = engine.state().versions

    def written() -> bytes:
        repaired = _repaired(page)
        taken = export.Taken(_whole(page), page.explainer.question, address, versions.get("keras", ""), repaired)
        return write(taken).encode()

    return written


def _whole(page: Page) -> Explanation:
    """With its run, which is a part of the file; without it where no worker answers."""
    try:
        return engine.explanation(page.name, page.texts)
    except WorkerError:
        return replace(page.explanation, inspection=replace(page.found, run=None))


def _repaired(page: Page) -> tuple[Fix, Explanation] | None:
    """For a build that fails: the best fix, and the page that it leads to."""
    if page.found.error is None or not page.found.error.fixes:
        return None
    fix = page.found.error.fixes[0]
    dims = page.dims.but(**fix.dims)
    try:
        return fix, engine.explanation(page.name, tuple(dims.changed().items()))
    except WorkerError:  # the file is still worth having
        return None
