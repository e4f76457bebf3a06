"""The picture of the lesson multi_output_cell: what is packed into one call of the cell, and where it is cut again.

Plain data (`extra` of the lesson) -> one SVG per call, table rows, and the same in words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from views.palette import COLOURS, colour

_WIDTH, _BAR, _LEFT = 640, 34, 92  # px: the drawing, the height of a bar, where bars begin
_ROWS = (("goes in", "entering"), ("state", "state"), ("comes out", "leaving"))


def svg(packing: Mapping[str, Any], dark: bool = False) -> str:
    """One call as three bars, drawn to one scale: packed inputs, state, packed outputs; each piece names its axis."""
    rows = [(label, _row(packing, field)) for label, field in _ROWS]
    longest = max(sum(piece["length"] for piece in row) for _, row in rows)
    scale = (_WIDTH - _LEFT - 4) / longest
    ink = _ink("neutral", dark)
    height = len(rows) * (_BAR + 34) + 4
    body = "".join(_bar(label, row, index, scale, dark) for index, (label, row) in enumerate(rows))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="100%" role="img" '
        f'aria-label="{escape(text(packing))}" font-family="sans-serif" font-size="14" fill="{ink}">{body}</svg>'
    )


def _row(packing: Mapping[str, Any], field: str) -> Sequence[Mapping[str, Any]]:
    value = packing[field]
    return [value] if isinstance(value, Mapping) else list(value)


def _bar(label: str, pieces: Sequence[Mapping[str, Any]], row: int, scale: float, dark: bool) -> str:
    top = 4 + row * (_BAR + 34)
    parts = [f'<text x="0" y="{top + 22}">{label}</text>']
    for piece in pieces:
        family = colour(piece["axis"])
        left, wide = _LEFT + piece["start"] * scale, max(piece["length"] * scale, 2)
        parts.append(
            f'<rect x="{left:.1f}" y="{top}" width="{wide - 2:.1f}" height="{_BAR}" rx="3" '
            f'fill="{_fill(family, dark)}" stroke="{_ink(family, dark)}" stroke-width="1.5"/>'
            f'<text x="{left + wide / 2:.1f}" y="{top + 22}" text-anchor="middle" fill="{_ink(family, dark)}" '
            f'font-weight="600">{piece["length"]}</text>'
            f'<text x="{left + wide / 2:.1f}" y="{top + _BAR + 16}" text-anchor="middle" fill="{_ink(family, dark)}" '
            f'font-size="12">{escape(piece["axis"])}</text>'
        )
    return "".join(parts)


def rows(packing: Mapping[str, Any]) -> list[dict[str, str]]:
    """Every piece of one call with its columns and its first values: a table."""
    return [
        {
            "": label,
            "tensor": piece["name"],
            "axis": piece["axis"],
            "columns": f"{piece['start']} to {piece['start'] + piece['length'] - 1}",
            "first values": ", ".join(_digits(value) for value in piece["values"][:6]),
        }
        for label, field in _ROWS
        for piece in _row(packing, field)
    ]


def text(packing: Mapping[str, Any]) -> str:
    """One call in a sentence."""
    entering = " + ".join(f"{p['axis']} {p['length']}" for p in _row(packing, "entering"))
    leaving = " + ".join(f"{p['axis']} {p['length']}" for p in _row(packing, "leaving"))
    state = packing["state"]
    return (
        f"Call for timestep {packing['timestep']}: {entering} columns go in, with a state of {state['length']} units; "
        f"{leaving} columns come out."
    )


def latent_sentence(extra: Mapping[str, Any]) -> str:
    """Whether every call saw the same latent vector: found in the recorded calls."""
    calls = len(extra["packings"])
    if not calls or len(extra["packings"][0]["entering"]) < 2:
        return "There is no latent vector here (latent=0)."
    same = "the same latent vector" if extra["latent_at_every_call"] else "different latent vectors"
    return f"All {calls} calls saw {same}."


def _digits(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.3g}"


def _ink(family: str, dark: bool) -> str:
    return COLOURS[family].dark_text if dark else COLOURS[family].light_text


def _fill(family: str, dark: bool) -> str:
    return COLOURS[family].dark_fill if dark else COLOURS[family].light_fill
