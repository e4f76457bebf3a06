"""The picture of the lesson t_lstm: visits on a timeline, and what becomes of the memory at each.

Plain data (`extra` of the lesson) -> data for decay.js, and the same in words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from explainers.core.words import singular
from views.own import Caption, Drawing, Own, Prose

# What a line is called, the field of a visit, its colour family, dash and mark: never told apart by colour alone.
_LINES = (
    ("memory c", "memory", "gray", "", "circle"),
    ("short-term", "short", "orange", "2 3", "cross"),
    ("discounted", "discounted", "pink", "6 4", "diamond"),
    ("long-term", "long", "blue", "8 3 2 3", "square"),
    ("adjusted c*", "adjusted", "green", "", "triangle"),
)
_FUNCTIONS = {"log": ("1/log(e + Δt)", "g_log", "circle"), "inverse": ("1/Δt", "g_inverse", "diamond")}


def section(extra: Mapping[str, Any]) -> Own | None:
    """The first patient's visits on a timeline, and the memory of one unit at each; None where there are none."""
    if not extra.get("visits"):
        return None
    prose = (
        "The cell splits its memory. The short-term part is multiplied by g(Δt), so a long gap leaves less of it; "
        "the long-term part stays unchanged. Here are the first patient's visits, first by day, then by timestep:"
    )
    parts = (Prose(prose), Drawing("decay", data(extra)), Caption(text(extra)))
    return Own("What fades between two visits", "decay", parts)


def data(extra: Mapping[str, Any]) -> dict[str, Any]:
    """What decay.js draws: the visits with their numbers, the lines to draw of them, and which g was chosen.

    start: the visit that is shown first, where the memory is no longer empty.
    """
    visits = extra["visits"]
    return {
        "visits": list(visits),
        "units": len(visits[0]["memory"]),
        "start": min(2, len(visits) - 1),
        "function": _FUNCTIONS[extra["g"]][0],
        "functions": [
            {"name": name, "field": field, "mark": mark, "chosen": key == extra["g"]}
            for key, (name, field, mark) in _FUNCTIONS.items()
        ],
        "lines": [
            {"name": name, "field": field, "colour": colour, "dash": dash, "mark": mark}
            for name, field, colour, dash, mark in _LINES
        ],
    }


def text(extra: Mapping[str, Any]) -> str:
    """Both figures in full sentences."""
    visits = extra["visits"]
    if not visits:
        return "No cell was called."
    gaps = ", ".join(f"{visit['elapsed']:g}" for visit in visits)
    kept = ", ".join(_digits(visit["g"]) for visit in visits)
    function, *_ = _FUNCTIONS[extra["g"]]
    since = extra["spoiled_since"]
    spoiled = f" From timestep {since} on the memory holds inf or nan." if since is not None else ""
    return (
        f"{singular(f'{len(visits)} visits')} over {visits[-1]['day']:g} days. The elapsed times are {gaps} days, the "
        f"first of them before day 0; with g(Δt) = {function} the share of the short-term memory that is kept at each "
        f"is {kept}.{spoiled} {checked(extra)}"
    )


def checked(extra: Mapping[str, Any]) -> str:
    """How far Keras is from the recomputation."""
    if extra["largest_difference"] is None:
        return "Nothing was recomputed."
    if extra["largest_difference"] == 0:
        return "All states recomputed in NumPy: no difference."
    return f"All states recomputed in NumPy: the largest difference is {extra['largest_difference']:.0e}."


def _digits(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.3g}"
