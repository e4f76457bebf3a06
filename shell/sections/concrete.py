"""None made concrete: the same weights run with several batches and lengths, when the learner asks for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from explainers.core.results import Concrete
from shell import components, engine, waiting
from shell.page import Page, Section
from shell.prose import painted
from views import concrete as view
from views.markup import verbatim


def draw(page: Page) -> None:
    st.markdown(
        "None in a shape marks an axis whose size depends on the data. Here the same model runs on data of several "
        "sizes."
    )
    runs(page.name, partial(engine.concrete, page.name, page.texts))


@st.fragment
def runs(name: str, ask: Callable[[], Concrete]) -> None:
    """Runs nothing until it is opened, so that changing a dim stays quick."""
    opened = st.expander("Run the same weights with batches of 1, 2 and 7", key=f"concrete:{name}", on_change="rerun")
    if not opened.open:
        return
    with opened:
        shown = waiting.asked(ask, "Running it …")
        if shown is None:
            return
        st.markdown(painted(view.text(shown)))
        for who, refusal in view.refusals(shown):
            st.error(verbatim(f"Keras refuses {who}. {refusal.type}: {refusal.message}"))
        components.grid(view.data(shown), key=f"runs:{name}")


CONCRETE = Section("concrete", "What None becomes", draw, wanted=lambda page: page.found.error is None)
