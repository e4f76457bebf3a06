"""The section that only one lesson has: the view that it names says what is in it, and this draws it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, singledispatch
from importlib import import_module
from typing import Any

import streamlit as st

from shell import components, engine, waiting
from shell.page import Page, Section
from views import own, tables
from views.classroom import OWN
from views.markup import whole_shapes


def section_of(picture: str) -> Section:
    """The section that `views.<picture>.section` makes of what the lesson computed; nothing where that is None."""
    made: Callable[[dict[str, Any]], own.Own | None] = import_module(f"views.{picture}").section

    def draw(page: Page) -> None:
        extra = _later(page) if page.explainer.extra_later else page.explanation.extra
        told = made(dict(extra or {}))
        if told is not None:
            st.header(told.title, anchor=told.anchor)
            for part in told.parts:
                _draw(part, page.name)

    return Section(OWN, "", draw, later=lambda page: page.explainer.extra_later)


def _later(page: Page) -> dict[str, Any] | None:
    ask = partial(engine.extra, page.name, page.texts)
    return waiting.asked(ask, where=f"{OWN}:{page.name}")


@singledispatch
def _draw(part: own.Part, lesson: str) -> None:
    raise TypeError(f"There is no way to draw {part}.")


@_draw.register
def _prose(part: own.Prose, lesson: str) -> None:
    st.markdown(whole_shapes(part.text))


@_draw.register
def _heading(part: own.Heading, lesson: str) -> None:
    st.subheader(part.text, anchor=part.anchor)


@_draw.register
def _drawing(part: own.Drawing, lesson: str) -> None:
    components.drawing(part.name, part.data, key=f"{part.name}:{lesson}")


@_draw.register
def _table(part: own.Table, lesson: str) -> None:
    st.markdown(tables.markdown(part.rows))


@_draw.register
def _caption(part: own.Caption, lesson: str) -> None:
    st.caption(whole_shapes(part.text))
