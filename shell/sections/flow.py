"""The hero: how the shape changes from layer to layer. Its edges can be dragged: that changes the dim behind them."""

from __future__ import annotations

import streamlit as st

from shell import components, dims_state
from shell.page import Page, Section
from views import shape_flow

# Pixels: what a frame as high as `views.export.iframe` suggests leaves beside the question, its sentence and the dims.
HIGHEST_IN_FRAME = 535


def draw(page: Page) -> None:
    key = f"flow:{page.name}"
    drags = shape_flow.draggable(page.explainer.dims.specs(), page.dims.values(), page.fixed)
    may = {drag["dim"] for drag in drags.values()}

    def sized() -> None:
        size = st.session_state[key].get("size")
        if isinstance(size, dict) and size.get("dim") in may:
            texts = {name: str(value) for name, value in dims_state.read(page.explainer).dims.values().items()}
            dims_state.change(page.explainer, {**texts, size["dim"]: str(size.get("value"))})

    figure = shape_flow.data(page.found, page.hidden)
    highest = HIGHEST_IN_FRAME if st.context.is_embedded else None
    components.shape_flow({**figure, "drags": drags, "highest": highest}, key, on_size=sized)


FLOW = Section("flow", "", draw, wanted=lambda page: bool(page.found.flow), hides=True)
