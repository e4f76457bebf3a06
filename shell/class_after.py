"""After a class."""

from __future__ import annotations

import streamlit as st

from rooms.desk import Room


def draw(room: Room, key: str) -> None:
    st.title("Over")
