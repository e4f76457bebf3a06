"""Streamlit's old menu, kept away: a folder called pages/ beside app.py switches it on.

While it is on, the very first visitor of a fresh server who follows a deep link sees that page without its frame, or
is told that there is no such page. It goes when `st.navigation` has run once in this process; or before, by this.
"""

from __future__ import annotations


def switch_off() -> bool:
    """Leave pages to `st.navigation` alone; returns whether the old menu was on."""
    try:
        from streamlit.runtime.pages_manager import PagesManager
    except ImportError:  # internals moved: nothing to repair
        return False
    was_on = bool(PagesManager.uses_pages_directory)
    PagesManager.uses_pages_directory = False
    return was_on
