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


def test_what_the_browser_draws_the_windows_from():
    found = view.data(picture())
    assert found.pop("text") == view.text(picture())
    assert found == {
        "series": SERIES, "windows": 34, "timesteps": 5, "horizon": 2, "shift": 0, "first_held_out": 30, "start": 3,
    }  # fmt: skip
    few = cutting.picture(SERIES[:8], timesteps=5, horizon=2, held_out_share=0.25)
    assert view.data(few)["start"] == 1
    third = cutting.picture([1 / 3] * 40, timesteps=5, horizon=2, held_out_share=0.25)
    assert view.data(third)["series"][0] == 0.333333


def test_the_windows_in_words():
    assert view.text(picture(horizon=1)) == (
        "A series of 40 points holds 35 windows. Window i holds points i to i + 4; its target is point i + 5. "
        "Points from 30 on are held out."
    )
    assert "its targets are points i + 5 to i + 7." in view.text(picture(horizon=3))
    inside = view.text(picture(1, -1))
    assert "its target is point i + 4. The target is inside the window." in inside
    skipped = view.text(picture(2, 1))
    assert "its targets are points i + 6 to i + 7. Point i + 5 is skipped." in skipped


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("recursive", [False, True])
def test_every_figure_is_one_that_plotly_takes(dark, recursive):
    learned = training(recursive)
    for figure in (
        view.forecast_figure(learned, dark), view.several_figure(learned, dark),
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
