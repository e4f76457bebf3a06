"""What a teacher's link hides on a lesson's page. It tidies the page for a class; it is no lock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from explainers.core.explainer import Explainer
from shell.page import Section
from views import classroom
from views.classroom import Hidden
from views.markup import verbatim


def read(explainer: Explainer[Any], sections: Sequence[Section]) -> Hidden:
    """What the link hides. A name that the page doesn't have gets a notice."""
    names = [name for section in sections for name in section.names]
    dims = [spec.name for spec in explainer.dims.specs()]
    hidden = classroom.read_hidden(st.query_params.get(classroom.HIDE, ""), names, dims)
    if told := classroom.unknown_told(hidden, names, dims):
        st.warning(verbatim(told))
    return hidden


def note(explainer: Explainer[Any], hidden: Hidden) -> None:
    """For the learner: that something is hidden, and how to see all. Not where the page is a part of another one."""
    if not hidden or st.context.is_embedded:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("Your teacher has hidden parts of this page.", width="content")
        if hidden.locked:
            return
        # A link to the page one is on would change the page, but not the address.
        st.button("Show everything", key=f"hidden:{explainer.name}", type="tertiary", on_click=_show_all)


def _show_all() -> None:
    st.query_params.pop(classroom.HIDE, None)
