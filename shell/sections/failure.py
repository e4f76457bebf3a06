"""A build that failed: Keras' own words, the cause, and fixes that are one click."""

from __future__ import annotations

import streamlit as st

from explainers.core.results import Fix
from shell import dims_state
from shell.page import Page, Section
from shell.prose import painted
from views.markup import verbatim

HELD = "More fixes exist, but they change dims that your teacher has hidden."
HELD_ALL = "Every fix changes dims that your teacher has hidden. What would you do?"


def draw(page: Page) -> None:
    error = page.found.error
    assert error is not None
    refused = error.type == "CostError"
    st.markdown("**Not built**" if refused else "**Keras says**")
    st.error(verbatim(error.message if refused else f"{error.type}: {error.message}"))
    if error.cause != error.message:
        st.markdown(f"**Why.** {painted(error.cause)}")
    fixes(page, error.fixes, "now")


def fixes(page: Page, found: tuple[Fix, ...], where: str) -> None:
    """One button per fix; a click puts its dims into the URL. None for what a teacher has hidden."""
    offered = [fix for fix in found if not page.fixed & fix.dims.keys()]
    if not found:
        return
    st.markdown("**How to fix it**")
    if len(offered) < len(found):
        st.caption(HELD if offered else HELD_ALL)
    for index, fix in enumerate(offered):
        st.button(
            fix.label + (" (what you probably want)" if fix.recommended and len(offered) > 1 else ""),
            key=f"fix:{page.name}:{where}:{index}",
            type="primary" if fix.recommended else "secondary",
            on_click=dims_state.apply,
            args=(page.explainer, dict(fix.dims)),
        )
        if fix.why:
            st.caption(painted(fix.why))


FAILURE = Section("failure", "", draw, wanted=lambda page: page.found.error is not None)
