"""Take it away: Keras' own summary, and the code that runs as shown."""

from __future__ import annotations

import streamlit as st

from shell.page import Page, Section


def draw(page: Page) -> None:
    if page.found.summary:
        st.markdown("**Keras' own summary**")
        st.code(page.found.summary, language=None)
    if page.found.code:
        st.markdown("**The code that runs as shown**")
        st.code(page.found.code, language="python", line_numbers=True, wrap_lines=True)


TAKE_AWAY = Section("take-away", "Take it away", draw, wanted=lambda page: bool(page.found.code))
