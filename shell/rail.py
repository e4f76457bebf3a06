"""The way around a long page: its sections as links that stay in sight."""

from __future__ import annotations

import streamlit as st

from shell import components

# Of the sections whose headings are sentences; the others are called as their headings are.
SHORT = {
    "parameters": "Parameters",
    "calls": "Time",
    "concrete": "None",
    "break-it": "Break it",
    "compare": "Compare",
    "take-away": "Code and export",
    "practise": "Practice",
    # and of a lesson's own picture
    "one-array": "One array",
    "sliding": "Kernel",
    "pixels": "Kernel",
    "steps": "Steps",
    "windows": "Windows",
    "readings": "Five readings",
    "scores": "Scores",
    "decay": "Decay",
    "two-ways": "Two ways",
    "packing": "Packing",
}


def draw() -> None:
    """The links; a page that is a part of another one has no room for them."""
    if not st.context.is_embedded:
        with st.container(key="rail"):
            components.rail({"label": "Sections of this page", "top": "Flow", "short": SHORT}, key="rail:links")
