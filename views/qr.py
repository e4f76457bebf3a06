"""QR codes of links, as pictures within the page: nothing is asked of another host."""

from __future__ import annotations

import html

import segno

QUIET = 4  # modules of white around the code: readers need them


def data_uri(text: str) -> str:
    """An SVG as a data: address, dark on white in every theme."""
    code = segno.make(text, error="m", micro=False)
    return str(code.svg_data_uri(scale=4, border=QUIET, dark="#000", light="#fff", xmldecl=False, omitsize=True))


def picture(text: str, alt: str, size: str = "180px") -> str:
    """The code as HTML. alt: what it leads to, for those who don't see it."""
    style = f"width: {size}; max-width: 100%; aspect-ratio: 1; display: block; border-radius: 8px;"
    return f'<img src="{html.escape(data_uri(text))}" alt="{html.escape(alt)}" style="{style}">'
