"""Every page by its address. Most are a file in pages/; the page of a lesson without a file is made here."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Literal

import streamlit as st
from streamlit.navigation.page import StreamlitPage
from streamlit.runtime.scriptrunner import get_script_run_ctx

from explainers.core.explainer import GROUPS, Explainer
from explainers.core.registry import all_explainers

FOLDER = Path(__file__).parent.parent / "pages"
MODEL, MISCONCEPTION = "m", "misconception"  # in links: of one page the model, and of one which of many is shown


def lesson_pages() -> dict[str, list[StreamlitPage]]:
    """A page for every lesson by its group, in their order."""
    grouped: dict[str, list[StreamlitPage]] = {group: [] for group in GROUPS}
    for lesson in all_explainers().values():
        grouped[lesson.group].append(_lesson(lesson))
    return {group: found for group, found in grouped.items() if found}


def place(address: str) -> str | StreamlitPage:
    """What `st.switch_page` and `st.page_link` take: ``place("glossary")``, ``place("simple_rnn")``."""
    return f"pages/{address}.py" if _has_file(address) else _lesson(all_explainers()[address])


def _lesson(lesson: Explainer[Any]) -> StreamlitPage:
    return page(lesson.name, _titled(lesson))


def page(address: str, title: str | None = None, visibility: Literal["visible", "hidden"] = "visible") -> StreamlitPage:
    """The page of this address. Made once: Streamlit looks for its file each time, thirty pages in every run.

    `st.navigation` notes in a page which one may run, so each run gets copies of its own.
    """
    if get_script_run_ctx(suppress_warning=True) is None:  # without a run Streamlit leaves a page half made
        return _made.__wrapped__(address, title, visibility)
    return copy.copy(_made(address, title, visibility))


@cache
def _made(address: str, title: str | None, visibility: Literal["visible", "hidden"]) -> StreamlitPage:
    source = FOLDER / f"{address}.py" if _has_file(address) else _drawn(address)
    return st.Page(source, title=title, url_path=address, visibility=visibility)


def _titled(lesson: Explainer[Any]) -> str:
    """``Units and parameters · SimpleRNN``: what it answers, and the layer next to it."""
    return f"{lesson.label} · {lesson.title}" if lesson.label else lesson.title


def _has_file(address: str) -> bool:
    return (FOLDER / f"{address}.py").exists()


def _drawn(name: str) -> Callable[[], None]:
    """The page of a lesson that has no section of its own to bring."""

    def draw() -> None:
        from shell.lesson import lesson_page  # it needs all sections, and one of them links to pages

        lesson_page(name)

    return draw
