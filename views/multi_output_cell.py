"""The picture of the lesson multi_output_cell: what is packed into one call of the cell, and where it is cut again.

Plain data (`extra` of the lesson) -> what packing.js draws, and the same in words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from explainers.core.words import listed
from views.own import Drawing, Own, Prose

_ROWS = (("input", "entering"), ("state", "state"), ("output", "leaving"))
_VALUES = 6  # of a piece, how many numbers are shown


def section(extra: Mapping[str, Any]) -> Own | None:
    """What is packed into one call and where it is cut, call by call; None where nothing was called."""
    if not extra.get("packings"):
        return None
    prose = (
        "RNN passes one tensor to its cell and gets one back, so several things share the last axis, and your code "
        f"splits it in the same places. Widths are drawn to scale. {latent_sentence(extra)}"
    )
    parts = (Prose(prose), Drawing("packing", data(extra)))
    return Own("Packed for one call, cut after it", "packing", parts)


def data(extra: Mapping[str, Any]) -> dict[str, Any]:
    """What packing.js draws: the pieces, which are the same in every call, and the numbers of each call.

    longest: how many columns the longest of the three bars has; all are drawn to its scale.
    """
    packings = extra["packings"]
    rows = [(label, _row(packings[0], field)) for label, field in _ROWS]
    return {
        "rows": [
            {
                "label": label,
                "pieces": [{key: piece[key] for key in ("name", "axis", "start", "length")} for piece in row],
            }
            for label, row in rows
        ],
        "longest": max(sum(piece["length"] for piece in row) for _, row in rows),
        "calls": [
            {
                "timestep": packing["timestep"],
                "values": [[_first(piece["values"]) for piece in _row(packing, field)] for _, field in _ROWS],
                "text": text(packing),
            }
            for packing in packings
        ],
    }


def _row(packing: Mapping[str, Any], field: str) -> Sequence[Mapping[str, Any]]:
    value = packing[field]
    return [value] if isinstance(value, Mapping) else list(value)


def _first(values: Sequence[float | str]) -> str:
    """The first numbers of a piece, three digits each: "0.644, −0.443, …"."""
    shown = [value if isinstance(value, str) else f"{value:.3g}".replace("-", "−") for value in values[:_VALUES]]
    return ", ".join([*shown, *(["…"] if len(values) > _VALUES else [])])


def text(packing: Mapping[str, Any]) -> str:
    """One call in a sentence."""
    entering, leaving = (
        listed([f"{piece['length']} {piece['axis']}" for piece in _row(packing, side)])
        for side in ("entering", "leaving")
    )
    units = f"{packing['state']['length']} {'unit' if packing['state']['length'] == 1 else 'units'}"
    return (
        f"Call for timestep {packing['timestep']}: the input has {entering}, the state has {units}, "
        f"and the output has {leaving}."
    )


def latent_sentence(extra: Mapping[str, Any]) -> str:
    """Whether every call saw the same latent vector: found in the recorded calls."""
    calls = len(extra["packings"])
    if not calls or len(extra["packings"][0]["entering"]) < 2:
        return "There is no latent vector here (latent=0)."
    same = "the same latent vector" if extra["latent_at_every_call"] else "different latent vectors"
    return f"All {calls} calls saw {same}."
