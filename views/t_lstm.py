"""The pictures of the lesson t_lstm: visits on a timeline, and what becomes of the memory at each.

Plain data (`extra` of the lesson) -> Plotly figures as dicts, table rows, and the same in words.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from views.palette import COLOURS

Figure = dict[str, Any]

# What a line is called, the field of a visit, its colour family, dash and marker: never told apart by colour alone.
_LINES = (
    ("memory c", "memory", "gray", "solid", "circle"),
    ("short-term", "short", "orange", "dot", "x"),
    ("discounted", "discounted", "pink", "dash", "diamond"),
    ("long-term", "long", "blue", "dashdot", "square"),
    ("adjusted c*", "adjusted", "green", "solid", "star"),
)
_FUNCTIONS = (("1/log(e + Δt)", "g_log", "log", "circle"), ("1/Δt", "g_inverse", "inverse", "diamond"))


def timeline_figure(extra: Mapping[str, Any], dark: bool = False) -> Figure:
    """Visits by day; the height of a mark is g(Δt), the share of the short-term memory that is left."""
    visits = extra["visits"]
    data = [
        {
            "type": "scatter",
            "mode": "lines+markers" if name == extra["g"] else "markers",
            "name": f"g = {label}" + (" (chosen)" if name == extra["g"] else ""),
            "x": [visit["day"] for visit in visits],
            "y": [_finite(visit[field]) for visit in visits],
            "text": [f"visit {v['timestep']}, Δt {v['elapsed']:g} days: {v[field]}" for v in visits],
            "hoverinfo": "text",
            "line": {"dash": "dot", "width": 1, "color": _colour("pink", dark)},
            "marker": {
                "symbol": symbol if name == extra["g"] else f"{symbol}-open",
                "size": 11,
                "color": _colour("pink" if name == extra["g"] else "gray", dark),
            },
        }
        for label, field, name, symbol in _FUNCTIONS
    ]
    layout = _layout("days since the first visit", "g(Δt): share kept", dark)
    return {"data": data, "layout": layout}


def path_figure(extra: Mapping[str, Any], unit: int, dark: bool = False) -> Figure:
    """One unit's memory at every visit: as it was, its two parts, the discounted part, and what the LSTM step reads."""
    visits = extra["visits"]
    data = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": name,
            "x": [visit["timestep"] for visit in visits],
            "y": [_finite(visit[field][unit]) for visit in visits],
            "line": {"dash": dash, "width": 2, "color": _colour(family, dark)},
            "marker": {"symbol": symbol, "size": 9, "color": _colour(family, dark)},
        }
        for name, field, family, dash, symbol in _LINES
    ]
    return {"data": data, "layout": _layout("timestep", f"value in unit {unit}", dark)}


def steps(extra: Mapping[str, Any], timestep: int, unit: int) -> list[dict[str, str]]:
    """One visit as equations, in the order in which the cell computes them, with this unit's real numbers."""
    visit = extra["visits"][timestep]
    c, short, long, left, adjusted, after = (
        _digits(visit[field][unit]) for field in ("memory", "short", "long", "discounted", "adjusted", "after")
    )
    g, gap = _digits(visit["g"]), f"{visit['elapsed']:g}"
    function = "1/log(e + Δt)" if extra["g"] == "log" else "1/Δt"
    rows = (
        ("memory from before", "c", c),
        ("short-term memory", "tanh(decay of c)", short),
        ("long-term memory", f"c − short-term = {_bracketed(c)} − {_bracketed(short)}", long),
        ("elapsed time", "Δt, in days", gap),
        ("discount", f"g(Δt) = {function}", g),
        ("discounted short-term memory", f"short-term · g(Δt) = {_bracketed(short)} · {g}", left),
        ("adjusted memory", f"long-term + discounted = {_bracketed(long)} + {_bracketed(left)}", adjusted),
        ("memory after the LSTM step", "forget gate · adjusted + input gate · candidate", after),
    )
    return [{"what": what, "how": how, "value": value} for what, how, value in rows]


def text(extra: Mapping[str, Any]) -> str:
    """Both figures in full sentences."""
    visits = extra["visits"]
    if not visits:
        return "No cell was called."
    gaps = ", ".join(f"{visit['elapsed']:g}" for visit in visits)
    kept = ", ".join(_digits(visit["g"]) for visit in visits)
    function = "1/log(e + Δt)" if extra["g"] == "log" else "1/Δt"
    since = extra["spoiled_since"]
    spoiled = f" From timestep {since} on the memory holds inf or nan." if since is not None else ""
    return (
        f"{len(visits)} visits in {visits[-1]['day']:g} days. The elapsed times are {gaps} days; with g(Δt) = "
        f"{function} "
        f"the share of the short-term memory that is kept at each is {kept}.{spoiled} {checked(extra)}"
    )


def checked(extra: Mapping[str, Any]) -> str:
    """How far Keras is from the recomputation."""
    if extra["largest_difference"] is None:
        return "Nothing was recomputed."
    return f"All states recomputed in NumPy: the largest difference is {extra['largest_difference']:.0e}."


def _finite(value: float | str) -> float | None:
    """inf and nan, which arrive as words, leave a gap in a line."""
    return None if isinstance(value, str) else value


def _digits(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.3g}"


def _bracketed(number: str) -> str:
    """A negative number inside an equation: ``(-0.5)``."""
    return f"({number})" if number.startswith("-") else number


def _colour(family: str, dark: bool) -> str:
    return COLOURS[family].dark_text if dark else COLOURS[family].light_text


def _layout(x: str, y: str, dark: bool) -> dict[str, Any]:
    ink = _colour("neutral", dark)
    grid = COLOURS["gray"].dark_fill if dark else COLOURS["gray"].light_fill
    axis = {"gridcolor": grid, "zerolinecolor": grid, "tickfont": {"color": ink}}
    return {
        "height": 300,
        "margin": {"l": 56, "r": 12, "t": 8, "b": 44},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": ink, "size": 13},
        "legend": {"orientation": "h", "y": 1.18},
        "xaxis": {**axis, "title": {"text": x}},
        "yaxis": {**axis, "title": {"text": y}},
    }
