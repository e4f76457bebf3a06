"""Prose with coloured numbers: ``⟦20|timesteps⟧`` becomes Streamlit's ``:blue[**20**]``."""

from __future__ import annotations

from explainers.core.words import retagged
from views import palette
from views.markup import whole_shapes


def painted(text: str) -> str:
    """Markdown in which every tagged number wears the colour of its axis, and no shape is cut by the end of a line."""
    return whole_shapes(retagged(text, lambda number, axis: palette.directive(axis, number)))
