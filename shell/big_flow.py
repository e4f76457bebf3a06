"""The shape flow of any model: of a large one repeated blocks once, a part at a time, any layer found by name."""

from __future__ import annotations

import streamlit as st

from explainers.core.results import Inspection
from shell import components
from views import folding, shape_flow
from views.markup import verbatim


def draw(inspection: Inspection, key: str) -> None:
    """The figure, and what a large one needs to be read."""
    if len(inspection.flow) <= folding.LARGE:
        _figure(inspection, {}, key)
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
    part = folding.part(inspection, _opened(inspection, key), around, st.session_state.get(first, 0))
    _figure(part.inspection, part.notes, key)
    if part.is_cut:
        _pager(part, found, first)


def _figure(inspection: Inspection, notes: dict[int, str], key: str) -> None:
    with st.container(key=f"flow-{key}"):
        components.shape_flow(shape_flow.data(inspection, repeated=notes), key=f"flow:{key}")


def _opened(inspection: Inspection, key: str) -> list[int]:
    """The repeated blocks that are drawn as often as they are there: a click on one opens it."""
    titles = {fold.start: folding.title(inspection, fold) for fold in folding.folds(inspection)}
    if not titles:
        return []
    return st.pills(
        "Repeated blocks are drawn once. Open one:",
        list(titles),
        format_func=lambda start: verbatim(titles[start]),
        selection_mode="multi",
        key=f"{key}:open",
    )


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
