"""Prose with coloured numbers: ``⟦20|timesteps⟧`` becomes Streamlit's ``:blue[**20**]``."""

from __future__ import annotations

from explainers.core.words import retagged
from views import palette


def painted(text: str) -> str:
    """Markdown in which every tagged number wears the colour of its axis."""
    return retagged(text, lambda number, axis: palette.directive(axis, number))
