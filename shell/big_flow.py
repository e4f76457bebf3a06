"""The shape flow of any model: of a large one repeated blocks once, a part at a time, any layer found by name."""

from __future__ import annotations

from functools import partial

import streamlit as st

from explainers.core.results import Inspection
from shell import components
from views import folding, shape_flow
from views.markup import verbatim


def draw(inspection: Inspection, key: str) -> None:
    """The figure, and what a large one needs to be read."""
    if len(inspection.flow) <= folding.LARGE:
        components.shape_flow(shape_flow.data(inspection), key=f"flow:{key}")
        return
    found, first = f"{key}:find", f"{key}:first"
    st.selectbox(
        "Find a layer",
        [step.layer for step in inspection.flow],
        index=None,
        key=found,
        placeholder=f"One of {len(inspection.flow):,} steps",
        on_change=_go,
        args=(first, 0),
    )
    around = st.session_state[found] or ""
    titles = {fold.start: folding.title(inspection, fold) for fold in folding.folds(inspection)}
    part = folding.part(inspection, _opened(titles, key), around, st.session_state.get(first, 0))
    with st.container(key=f"flow-{key}"):
        components.shape_flow(
            folding.data(inspection, part), key=f"flow:{key}", on_open=partial(_open, key, {*titles}, found)
        )
    if part.is_cut:
        _pager(part, found, first)


def _opened(titles: dict[int, str], key: str) -> list[int]:
    """The repeated blocks that are drawn as often as they are there: a click on one opens it, here or in the figure."""
    if not titles:
        return []
    return st.pills(
        "Repeated blocks are drawn once. Open one:",
        list(titles),
        format_func=lambda start: verbatim(titles[start]),
        selection_mode="multi",
        key=f"{key}:open",
    )


def _open(key: str, blocks: set[int], found: str) -> None:
    """A block was clicked in the figure: what was open is folded, what was folded opened. It comes from outside."""
    start = st.session_state[f"flow:{key}"].get("open")
    if start in blocks:
        opened = {*st.session_state.get(f"{key}:open", [])}
        st.session_state[f"{key}:open"] = sorted(opened ^ {start})
        st.session_state[found] = None


def _pager(part: folding.Part, found: str, first: str) -> None:
    """Where the picture is in the whole, and the ways on."""
    where = f"Steps {part.first + 1:,} to {part.last:,} of {part.whole:,}."
    st.caption(f"{where} Arrows from steps outside this part aren't drawn.")
    with st.container(horizontal=True):
        back, on = max(part.first - folding.PART, 0), part.first + folding.PART
        st.button(
            "Earlier steps", key=f"{first}:back", disabled=not part.first, on_click=_go, args=(first, back, found)
        )
        st.button(
            "Later steps", key=f"{first}:on", disabled=part.last == part.whole, on_click=_go, args=(first, on, found)
        )


def _go(first: str, place: int, found: str = "") -> None:
    st.session_state[first] = place
    if found:
        st.session_state[found] = None
