"""Take it away: Keras' own summary, and the code that runs as shown."""

from __future__ import annotations

import streamlit as st

from shell import components
from shell.page import Page, Section
from views import code, summary


def draw(page: Page) -> None:
    if page.found.summary:
        st.markdown("**Keras' own summary**")
        components.summary(summary.data(page.found, page.hidden), key=f"summary:{page.name}")
    if page.found.code:
        st.markdown("**Code**, which runs as shown")
        components.code(code.data(page.found, page.hidden), key=f"code:{page.name}")


TAKE_AWAY = Section("take-away", "Code and summary", draw, wanted=lambda page: bool(page.found.code), hides=True)
