"""The pictures of windowed_forecast: the right points are marked, and the words say what the figure shows."""

from __future__ import annotations

import subprocess
import sys

import plotly.graph_objects as go
import pytest

from explainers.forecasting import windows as cutting
from explainers.forecasting.results import Ahead, Errors, OneStep, Several, Training
from views import windowed_forecast as view

SERIES = [float(p * p % 17) for p in range(40)]


def picture(horizon=2, shift=0):
    return cutting.picture(SERIES, timesteps=5, horizon=horizon, held_out_share=0.25, shift=shift)


def training(recursive=True):
    fed_back = (4.0, 7.5) if recursive else ()
    return Training(
        epochs=2, of=6, loss=(0.9, 0.4), val_loss=(1.0, 0.5), series=tuple(SERIES), first=37, training_windows=31,
        held_out_windows=2, params=88,
        one_step=OneStep((37, 38), (1.0, 2.0), (1.5, 2.5), (0.0, 1.0), Errors(0.5, 0.51), Errors(1.0, 1.01)),
        several=Several((37, 38), (1.0, 2.0), (1.5, 2.5), fed_back, (0.0, 0.0)),
        by_step=tuple(Ahead(k, 0.5 * k, 0.75 * k if recursive else None, 1.0 * k) for k in (1, 2)),
        winner="model", verdict="The model beats the baseline.", seconds=1.5, note="Ended early.",
    )  # fmt: skip


def test_a_window_and_its_targets():
    assert view.window(picture(), 3) == {
        "points": [3, 7], "targets": [8, 9], "x": SERIES[3:8], "y": SERIES[8:10],
    }  # fmt: skip


def test_the_window_and_the_target_are_marked_on_the_series():
    figure = view.series_figure(picture(), 3)
    whole, window, target = figure["data"]
    assert whole["y"] == SERIES
    assert (window["x"], window["y"]) == ([3, 4, 5, 6, 7], SERIES[3:8])
    assert (target["x"], target["mode"]) == ([8, 9], "markers")
    held_out = figure["layout"]["shapes"][1]
    assert (held_out["x0"], held_out["x1"]) == (29.5, 39.5)


def test_the_series_in_words():
    assert view.series_text(picture(horizon=1), 3) == (
        "A series of 40 points. Window 3 of 0 to 34 holds points 3 to 7; its target is point 8 (13). "
        "Points from 30 on are held out."
    )
    assert "the answer is given away" in view.series_text(picture(1, -1), 3)
    assert "Point 8 is skipped." in view.series_text(picture(1, 1), 3)


def test_a_long_series_is_shown_around_its_window():
    long = cutting.picture([float(p % 9) for p in range(900)], 10, 1, 0.2)
    for index in (0, 400, 889):
        left, right = view.series_figure(long, index)["layout"]["xaxis"]["range"]
        assert left <= index
        assert index + 10 <= right
        assert right - left < 200


def test_rows_of_x_and_y():
    rows = view.array_rows(picture(), 0)
    assert [row["window"] for row in rows] == ["0", "1", "2"]
    assert rows[0][""] == "this one"
    assert rows[1]["points in x"] == "1 … 5"
    assert rows[1]["points in y"] == "6 … 7"
    assert "-0.00" not in view.array_rows({**picture(), "series": [-0.001] * 40}, 1)[0]["y[i]"]


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("recursive", [False, True])
def test_every_figure_is_one_that_plotly_takes(dark, recursive):
    learned = training(recursive)
    for figure in (
        view.series_figure(picture(), 2, dark), view.forecast_figure(learned, dark), view.several_figure(learned, dark),
        view.by_step_figure(learned, dark), view.loss_figure(learned.loss, learned.val_loss, dark),
    ):  # fmt: skip
        go.Figure(figure)  # raises on an unknown property
        dashes = [(t["line"]["dash"], t["line"]["width"], t.get("marker", {}).get("symbol")) for t in figure["data"]]
        assert len(set(dashes)) == len(dashes)  # colour is never the only difference


def test_forecast_truth_and_baseline_in_one_plot():
    known, truth, model, naive = view.forecast_figure(training())["data"]
    assert [entry["name"] for entry in (known, truth, model, naive)] == [
        "known", "truth", "model", "same as the last value",
    ]  # fmt: skip
    assert truth["x"] == model["x"] == naive["x"] == [37, 38]
    assert known["x"][-1] == 36


def test_without_recursion_there_is_no_such_line():
    assert "recursive" in str(view.several_figure(training())["data"])
    assert "recursive" not in str(view.several_figure(training(recursive=False))["data"])


def test_a_training_in_words():
    assert view.training_text(training()) == (
        "After 2 of 6 epochs, on 31 windows; 2 are held out. The model beats the baseline. The loss went from 0.9 "
        "to 0.4, on held-out windows from 1 to 0.5. 2 steps ahead: all at once 1, fed back one by one 1.5, "
        "the last value 2. Ended early."
    )
    assert view.error_rows(training())[1] == {"one step ahead": "same as the last value", "MAE": "1", "RMSE": "1.01"}


def test_nothing_heavy_is_loaded():
    heavy = "('keras', 'tensorflow', 'streamlit')"
    code = f"import sys, views.windowed_forecast; print([m for m in {heavy} if m in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )
