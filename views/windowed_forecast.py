"""The pictures of the lesson windowed_forecast: plain data -> Plotly figures as dicts, tables, and the same in words.

Figures are plain dicts (``{"data": [...], "layout": {...}}``), so nothing here loads Plotly. Lines differ by dash
and marker too, never by colour alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from explainers.forecasting.results import Training
from views import tables
from views.palette import COLOURS

Figure = dict[str, Any]

_DASH = {"truth": "solid", "model": "dash", "recursive": "dashdot", "naive": "dot"}
_FAMILY = {"truth": "gray", "model": "blue", "recursive": "violet", "naive": "orange"}
_MARK = {"truth": "circle", "model": "diamond", "recursive": "square", "naive": "x"}
_START = 3  # the window that is shown first: with one before it


# -- the series and its windows ------------------------------------------------------------------------------


def data(extra: Mapping[str, Any]) -> dict[str, Any]:
    """What windows.js draws. The series is there once; which points a window holds follows from four numbers."""
    return {
        "series": [float(f"{value:.6g}") for value in extra["series"]],
        **{name: extra[name] for name in ("windows", "timesteps", "horizon", "shift", "first_held_out")},
        "start": min(_START, extra["windows"] - 1),
        "text": text(extra),
    }


def text(extra: Mapping[str, Any]) -> str:
    """The picture of the windows in full sentences."""
    length, horizon, shift = extra["timesteps"], extra["horizon"], extra["shift"]
    first = length + shift
    targets = f"target is point i + {first}" if horizon == 1 else f"targets are points i + {first} to i + "
    targets += "" if horizon == 1 else str(first + horizon - 1)
    wrong = {0: "", 1: f" Point i + {length} is skipped.", -1: " The target is inside the window."}[shift]
    return (
        f"A series of {len(extra['series']):,} points holds {extra['windows']:,} windows. Window i holds points i to "
        f"i + {length - 1}; its {targets}.{wrong} Points from {extra['first_held_out']:,} on are held out."
    )


def reading_rows(extra: Mapping[str, Any]) -> list[dict[str, str]]:
    """One row per reading of the same series: the shapes of x, y and the test data."""
    titles = {"whole_series": "whole series", "samples": "a sample per point", "padding": "padding",
              "windows": "windows", "stateful": "stateful, batch 1"}  # fmt: skip
    return [
        {"reading": titles[name], **{tensor["name"]: tables.shape(tensor["shape"]) for tensor in tensors}}
        for name, tensors in extra["readings"].items()
    ]


# -- a training ----------------------------------------------------------------------------------------------


def forecast_figure(training: Training, dark: bool = False) -> Figure:
    """One step ahead over the held-out part: truth, model, and “same as the last value”."""
    step = training.one_step
    before = range(max(0, training.first - len(step.points)), training.first)
    data = [
        _line(before, [training.series[i] for i in before], "known", _colour("gray", dark), width=1.2),
        _told("truth", step.points, step.truth, dark, width=2.5),
        _told("model", step.points, step.forecast, dark),
        _told("naive", step.points, step.naive, dark),
    ]
    return {"data": data, "layout": _layout("point", "value", dark)}


def several_figure(training: Training, dark: bool = False) -> Figure:
    """`horizon` points ahead from one window: truth, at once, one by one, and the last value."""
    ahead = training.several
    before = range(max(0, ahead.points[0] - 2 * len(ahead.points)), ahead.points[0])
    data = [
        _line(before, [training.series[i] for i in before], "known", _colour("gray", dark), width=1.2),
        _told("truth", ahead.points, ahead.truth, dark, width=2.5, mark=True),
        _told("model", ahead.points, ahead.direct, dark, name="direct: all at once", mark=True),
    ]
    if ahead.recursive:
        data.append(
            _told("recursive", ahead.points, ahead.recursive, dark, name="recursive: fed back one by one", mark=True)
        )
    data.append(_told("naive", ahead.points, ahead.naive, dark, mark=True))
    return {"data": data, "layout": _layout("point", "value", dark)}


def by_step_figure(training: Training, dark: bool = False) -> Figure:
    """How the error grows with the number of steps ahead."""
    steps = [entry.steps for entry in training.by_step]
    data = [_told("model", steps, [e.direct for e in training.by_step], dark, name="direct: all at once", mark=True)]
    fed_back = [e.recursive for e in training.by_step if e.recursive is not None]
    if fed_back:
        data.append(_told("recursive", steps, fed_back, dark, name="recursive: fed back one by one", mark=True))
    data.append(_told("naive", steps, [e.naive for e in training.by_step], dark, mark=True))
    layout = _layout("steps ahead", "mean absolute error", dark)
    layout["xaxis"]["dtick"] = max(1, len(steps) // 12)  # no half steps
    layout["yaxis"]["rangemode"] = "tozero"
    return {"data": data, "layout": layout}


def loss_figure(loss: Sequence[float], val_loss: Sequence[float], dark: bool = False) -> Figure:
    """The loss of each epoch, on the windows that are trained on and on those held out."""
    data = [
        _line(range(1, len(loss) + 1), loss, "loss", _colour("blue", dark), markers="circle"),
        _line(range(1, len(val_loss) + 1), val_loss, "val_loss", _colour("orange", dark), "dash", markers="diamond"),
    ]
    layout = _layout("epoch", "mean squared error, scaled", dark)
    layout["yaxis"]["rangemode"] = "tozero"
    return {"data": data, "layout": layout}


def error_rows(training: Training) -> list[dict[str, str]]:
    """MAE and RMSE one step ahead, for model and baseline."""
    step = training.one_step
    return [
        {"one step ahead": who, "MAE": f"{errors.mae:.4g}", "RMSE": f"{errors.rmse:.4g}"}
        for who, errors in (("model", step.model_errors), ("same as the last value", step.naive_errors))
    ]


def training_text(training: Training) -> str:
    """What the figures of a training show, in full sentences."""
    told = [
        f"After {training.epochs} of {training.of} epochs, on {training.training_windows:,} windows; "
        f"{training.held_out_windows:,} are held out.",
        training.verdict,
    ]
    if training.loss:
        told.append(f"The loss went from {training.loss[0]:.3g} to {training.loss[-1]:.3g}, on held-out windows from "
                    f"{training.val_loss[0]:.3g} to {training.val_loss[-1]:.3g}.")  # fmt: skip
    if len(training.by_step) > 1:
        last = training.by_step[-1]
        fed_back = f", fed back one by one {last.recursive:.3g}" if last.recursive is not None else ""
        told.append(
            f"{last.steps} steps ahead: all at once {last.direct:.3g}{fed_back}, the last value {last.naive:.3g}."
        )
    return " ".join([*told, *([training.note] if training.note else [])])


# -- the looks -----------------------------------------------------------------------------------------------


def _told(
    who: str, x: Sequence[int], y: Sequence[float], dark: bool, name: str = "", width: float = 2.0, mark: bool = False
) -> dict[str, Any]:
    names = {"truth": "truth", "model": "model", "naive": "same as the last value"}
    return _line(x, y, name or names[who], _colour(_FAMILY[who], dark), _DASH[who], width, _MARK[who] if mark else "")


def _line(
    x: Sequence[int],
    y: Sequence[float],
    name: str,
    colour: str,
    dash: str = "solid",
    width: float = 2.0,
    markers: str = "",
) -> dict[str, Any]:
    trace: dict[str, Any] = {
        "type": "scatter",
        "mode": "lines+markers" if markers else "lines",
        "x": list(x),
        "y": list(y),
        "name": name,
        "line": {"color": colour, "dash": dash, "width": width},
        "hovertemplate": "%{x}: %{y:.3g}<extra>" + name + "</extra>",
    }
    if markers:
        trace["marker"] = {"symbol": markers, "size": 7, "color": colour}
    return trace


def _colour(family: str, dark: bool) -> str:
    return COLOURS[family].dark_text if dark else COLOURS[family].light_text


def _layout(x: str, y: str, dark: bool) -> dict[str, Any]:
    """Calm: no title (the page has one), the legend above, room for the axis names."""
    grid = COLOURS["gray"].dark_fill if dark else COLOURS["gray"].light_fill
    axis = {"gridcolor": grid, "zeroline": False, "title": {"font": {"size": 14}}, "tickfont": {"size": 13}}
    return {
        "height": 320,
        "margin": {"l": 56, "r": 12, "t": 40, "b": 48},
        "xaxis": {**axis, "title": {"text": x, "font": {"size": 14}}},
        "yaxis": {**axis, "title": {"text": y, "font": {"size": 14}}},
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "font": {"size": 13}},
        "hovermode": "closest",
    }
