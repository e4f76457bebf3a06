"""Packages that Streamlit can use and this app never asks it to: a DataFrame, a map, another kind of chart.

Streamlit needs them installed and imports them late. In the image they are left out (`deploy/slim.sh`); here the same
holds wherever the server runs, so a page that comes to need one fails in every browser test and not in the image alone.
"""

from __future__ import annotations

import sys

NAMES = ("pandas", "pyarrow", "altair", "pydeck")


def leave_out() -> None:
    """From now on an import of one of them says that it isn't there."""
    for name in NAMES:
        if name not in sys.modules:
            sys.modules[name] = None  # type: ignore[assignment]  # Python's way to say: not to be had
