"""Break it: what people try with such a model, done for real."""

from __future__ import annotations

from functools import partial

import streamlit as st

from explainers.core.axes import sized
from explainers.core.results import Tensor
from explainers.core.trial import Tried
from shell import components, engine, waiting
from shell.page import Page, Section
from shell.prose import painted
from shell.sections.failure import fixes
from views import palette, tables, trials
from views.markup import verbatim
from views.search import TRY


def draw(page: Page) -> None:
    st.markdown("Common mistakes and experiments with this model, run live with your dims.")
    _try_out(page)


@st.fragment
def _try_out(page: Page) -> None:
    explainer = page.explainer
    titles = {trial.name: trial.title for trial in explainer.trials}
    linked = st.query_params.get(TRY)
    if linked in titles and st.session_state.get("tried:linked") != (explainer.name, linked):
        st.session_state["tried:linked"] = (explainer.name, linked)
        st.session_state[f"try:{explainer.name}"] = linked
    chosen = st.pills(
        "Experiment",
        list(titles),
        format_func=lambda name: titles[name],
        key=f"try:{explainer.name}",
        label_visibility="collapsed",
    )
    if chosen is None:
        return
    shown = waiting.asked(partial(engine.tried, page.name, page.texts, chosen), "Running it …")
    if shown is None:
        return
    told(page, shown)


def told(page: Page, tried: Tried) -> None:
    """What was tried, what happened, and what to make of it."""
    with st.container(border=True):
        st.markdown(f"**{tried.title}** {trials.BADGES[tried.kind]}")
        if tried.code:
            components.listing(tried.code, "What was tried", f"tried:{page.name}:{tried.name}")
        if tried.error is not None:
            st.error(verbatim(f"{tried.error.type}: {tried.error.message}"))
        st.markdown(painted(tried.verdict))
        if tried.tensors:
            st.markdown("\n".join(f"- {_told(tensor)}" for tensor in tried.tensors))
        if tried.figures:
            st.markdown(tables.markdown(trials.figures(tried)))
        fixes(page, tried.fixes, tried.name)


def _told(tensor: Tensor) -> str:
    sizes = ", ".join(palette.directive(axis.axis, sized(axis)) for axis in tensor.shape)
    return f"**{tensor.name}** ({sizes})"


BREAK_IT = Section("break-it", "Break it", draw, wanted=lambda page: bool(page.explainer.trials))
