"""The lesson windowed_forecast: its numbers, its mistakes made live, and a training that is a forecast."""

from __future__ import annotations

import json
from functools import cache

import msgspec
import numpy as np
import pytest

from explainers import service
from explainers.core import tell, then
from explainers.core.axes import names, sizes
from explainers.core.dims import DimsError
from explainers.core.limits import CostError
from explainers.core.registry import find_explainer
from explainers.core.results import Explanation
from explainers.core.trial import Tried
from explainers.core.words import untagged
from explainers.forecasting import training as at_work
from explainers.forecasting.numbers import NumbersError
from explainers.forecasting.results import Training
from explainers.windowed_forecast import Dims, cut, table
from tests.explained import explained_at, tried_at

EXPLAINER = find_explainer("windowed_forecast")

PRESETS = {preset.name: Dims(**preset.dims) for preset in EXPLAINER.presets}
SIX_HUNDRED = PRESETS["600-points"]


def shown(dims: Dims) -> Explanation:
    return explained_at(EXPLAINER.name, dims)


@cache
def tried(name: str, dims: Dims = SIX_HUNDRED) -> Tried:
    return tried_at(EXPLAINER.name, name, dims)


def tensor(demo: Tried, name: str):
    return next(entry for entry in demo.tensors if entry.name == name).shape


def figure(demo: Tried, label: str):
    return next(entry.value for entry in demo.figures if entry.label == label)


# -- the model of each reading -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("preset", "first", "axis", "last"),
    [
        ("600-points-any-length", (None, None, 25), "series", (None, None, 1)),
        ("600-points-samples", (None, 25, 1), "samples", (None, 1)),
        ("600-points-windows", (None, 10, 25), "windows", (None, 1)),
        ("600-points-stateful", (1, 10, 25), "series", (1, 10, 1)),
    ],
)
def test_readings_have_their_own_input(preset, first, axis, last):
    found = shown(PRESETS[preset]).inspection
    assert sizes(found.layers[0].outputs[0]) == first
    assert names(found.layers[0].outputs[0]) == (axis, "timesteps", "features")
    assert sizes(found.layers[-1].outputs[0]) == last
    assert found.layers[-1].outputs[0][0].axis == axis


def test_windows_are_no_batch_of_strangers_in_the_calls_either():
    found = shown(Dims()).inspection
    call = found.run.calls[1]
    assert call.inputs[0].shape[0].axis == "windows"
    assert found.run.largest_difference < 1e-5


def test_several_targets_and_steps_make_an_axis_each():
    found = shown(Dims(points=90, timesteps=7, features=3, targets=2, horizon=5, units=6)).inspection
    assert sizes(found.layers[-1].outputs[0]) == (None, 5, 2)
    assert found.total_params == 4 * (3 * 6 + 6 * 6 + 6) + 6 * 10 + 10


def test_the_answer_of_windows():
    assert untagged(shown(PRESETS["600-points-windows"]).sentence) == (
        "Because the whole series was one sample of 600 timesteps, and the model needs that many every time. Cut it "
        "into windows: 600 points make 590 windows of 10 timesteps: x is (590, 10, 25), y is (590,), and the "
        "trained model takes 10 new points, (1, 10, 25)."
    )


def test_the_answer_where_no_window_fits():
    assert untagged(shown(Dims(points=20, timesteps=30, horizon=2)).sentence) == (
        "20 points are too few for a window of 30 and 2 targets after it, so there is no window at all."
    )


def test_the_picture_has_every_array_of_600_points():
    told = json.loads(json.dumps(tell.as_json(tell.Told(shown(PRESETS["600-points-windows"]), ()))))
    extra = told["extra"]
    found = {
        (name, entry["name"]): tuple(axis["size"] for axis in entry["shape"])
        for name, tensors in extra["readings"].items()
        for entry in tensors
    }
    assert found == {
        ("whole_series", "x"): (1, 600, 25),
        ("whole_series", "y"): (1, 600, 1),
        ("whole_series", "x_test"): (1, 10, 25),
        ("samples", "x"): (600, 25, 1),
        ("samples", "y"): (600, 1),
        ("samples", "x_test"): (10, 25, 1),
        ("padding", "x"): (1, 600, 25),
        ("padding", "y"): (1, 600, 1),
        ("padding", "x_test"): (1, 600, 25),
        ("windows", "x"): (590, 10, 25),
        ("windows", "y"): (590,),
        ("windows", "x_test"): (1, 10, 25),
        ("stateful", "x"): (60, 10, 25),
        ("stateful", "y"): (60, 10, 1),
        ("stateful", "x_test"): (1, 10, 25),
    }
    assert extra["windows"] == 590
    assert extra["formula"] == "600 − 10 − 1 + 1 = 590"
    assert len(extra["series"]) == 600


# -- predicting from 10 points -------------------------------------------------------------------------------


def test_a_functional_model_refuses():
    demo = tried("whole_series")
    assert demo.kind == "loud"
    assert "expected shape=(None, 600, 25), found shape=(1, 10, 25)" in demo.error.message
    assert demo.error.axis == 1
    assert demo.fixes[0].recommended
    repaired = shown(SIX_HUNDRED.but(**demo.fixes[0].dims)).inspection
    assert sizes(repaired.layers[0].outputs[0])[1] == 10


def test_a_sequential_answers_without_a_word():
    demo = tried("whole_series_sequential")
    assert demo.kind == "silent"
    assert demo.error is None
    assert sizes(tensor(demo, "prediction")) == (1, 10, 1)


def test_keras_2_refuses_in_its_own_words():
    then.sequential([("Dense", {"units": 2})], (None, 3))  # a name by count would be another one now
    demo = tried("whole_series_then")
    assert demo.kind == "loud"
    assert demo.error.message == (
        'Input 0 of layer "sequential" is incompatible with the layer: expected shape=(None, 600, 25), '
        "found shape=(None, 10, 25)"
    )
    assert "expected lstm_46_input to have shape (1, 600, 25) but got array with shape (1, 10, 25)" in demo.verdict


def test_open_timesteps_run():
    demo = tried("any_length")
    assert sizes(tensor(demo, "prediction")) == (1, 10, 1)
    assert "2,705 weights return (1, 600, 1)" in demo.verdict  # 4 × (25 × 16 + 16 × 16 + 16) + 17


def test_samples_run_with_ten_test_samples():
    demo = tried("one_sample_per_point")
    assert sizes(tensor(demo, "x")) == (600, 25, 1)
    assert sizes(tensor(demo, "x_test")) == (10, 25, 1)
    assert sizes(tensor(demo, "prediction")) == (10, 1)


def test_padding_leaves_590_steps_empty_and_masked_they_do_not_count():
    demo = tried("padding")
    assert sizes(tensor(demo, "x_test")) == (1, 600, 25)
    assert figure(demo, "empty timesteps") == 590
    assert figure(demo, "largest difference from the unpadded run") < 1e-5
    unmasked = tried("padding_unmasked")
    assert unmasked.kind == "silent"
    assert figure(unmasked, "largest difference") > 1e-3


def test_windows_fit_what_one_predicts_from():
    demo = tried("windows")
    assert figure(demo, "windows") == 590
    assert sizes(tensor(demo, "x")) == (590, 10, 25)
    assert sizes(tensor(demo, "y")) == (590,)
    assert names(tensor(demo, "x"))[0] == "windows"
    assert sizes(tensor(demo, "prediction")) == (1, 1)


def test_pieces_with_a_carried_state_are_one_run():
    demo = tried("stateful")
    assert figure(demo, "pieces") == 60
    assert figure(demo, "largest difference from one run") < 1e-5
    uneven = tried("stateful", Dims(points=50, timesteps=8))
    assert figure(uneven, "points left out") == 2


# -- mistakes with windows -----------------------------------------------------------------------------------


def test_uncut_targets_are_refused():
    demo = tried("uncut_targets")
    assert "Data cardinality is ambiguous" in demo.error.message
    assert "'x' sizes: 590" in demo.error.message
    assert "'y' sizes: 600" in demo.error.message


def test_a_window_alone_lacks_an_axis():
    demo = tried("window_without_batch")
    assert demo.error.mistake == "data_rank"
    assert demo.error.cause.endswith("3 axes; the data have 2: (10, 25).")


def test_with_one_feature_a_window_alone_is_read_as_many_windows():
    dims = Dims(features=1, timesteps=12, horizon=4)
    assert tried("window_without_batch", dims).kind == "absent"
    demo = tried("one_feature_alone", dims)
    assert demo.kind == "silent"
    assert sizes(tensor(demo, "prediction")) == (12, 4)
    assert "12 windows of one point" in demo.verdict


@pytest.mark.slow
def test_every_mistake_is_of_its_kind_with_one_feature_too():
    for declared in EXPLAINER.trials:
        assert tried(declared.name, PRESETS["random-walk"]).kind in (declared.kind, "absent"), declared.name


@pytest.mark.parametrize("series", ["sine", "random_walk"])
def test_a_leak_beats_the_baseline_unfairly_and_fails_in_use(series):
    dims = Dims(series=series, horizon=1)
    for name in ("target_inside", "look_ahead"):
        demo = tried(name, dims)
        baseline = figure(demo, "error of “same as the last value”")
        assert demo.kind == "silent"
        assert figure(demo, "error it shows") < 0.01 * baseline
        assert figure(demo, "its error when it forecasts") > 0.9 * baseline
    copied = tried("target_inside", dims)
    assert figure(copied, ("its error when it forecasts")) == pytest.approx(
        figure(copied, "error of “same as the last value”")
    )


def test_a_skipped_point_costs_in_use():
    demo = tried("target_late", Dims(horizon=1))
    assert figure(demo, "its error when it forecasts") > 1.3 * figure(demo, "error of right windows")


def test_right_windows_beat_the_baseline_on_a_sine_but_not_on_a_random_walk():
    sine, walk = (tried("target_inside", Dims(series=kind, horizon=1)) for kind in ("sine", "random_walk"))
    assert figure(sine, "error of right windows") < 0.7 * figure(sine, "error of “same as the last value”")
    assert figure(walk, "error of right windows") > 0.95 * figure(walk, "error of “same as the last value”")


def test_what_fit_does():
    demo = tried("what_fit_does")
    assert figure(demo, "training windows") == 472
    assert figure(demo, "steps per epoch") == 15
    assert figure(demo, "windows in the last batch") == 472 - 14 * 32


def test_too_few_points_are_one_sentence():
    demo = tried("windows", Dims(points=15, timesteps=13))
    assert demo.kind == "absent"
    assert demo.verdict == "15 points make fewer than two windows of 13 timesteps and 4 targets."


# -- the training --------------------------------------------------------------------------------------------


def trained(numbers=None, **dims):
    """(progress, result) of the service's op, as the worker runs it, through JSON and back."""
    steps = service.train("windowed_forecast", {name: str(value) for name, value in dims.items()}, numbers)
    progress = []
    while True:
        try:
            progress.append(msgspec.json.decode(msgspec.json.encode(next(steps))))
        except StopIteration as end:
            return progress, msgspec.json.decode(msgspec.json.encode(end.value), type=Training)


@cache
def sine():
    return trained(epochs=12, horizon=3, features=2)


def test_progress_comes_after_each_epoch_and_carries_what_was_learned():
    progress, result = sine()
    epochs = [step for step in progress if step["val_loss"] is not None]
    assert [step["epoch"] for step in epochs] == list(range(1, 13))
    assert {step["of"] for step in progress} == {12}
    assert epochs[0]["so_far"] is not None  # who stops after one epoch keeps it
    assert msgspec.convert(epochs[-1]["so_far"], Training) == result
    assert result.loss == tuple(step["loss"] for step in epochs)
    assert result.loss[-1] < 0.3 * result.loss[0]


def test_the_model_beats_the_baseline_on_a_sine():
    _, result = sine()
    assert result.winner == "model"
    assert "The model beats the baseline" in result.verdict
    assert result.first == 192
    assert result.training_windows == 192 - 12 - 3 + 1
    assert result.held_out_windows == 48 - 3 + 1
    assert result.params == 4 * (2 * 16 + 16 * 16 + 16) + 16 * 3 + 3


def test_the_baseline_is_recomputed_from_the_series():
    _, result = sine()
    made = table(Dims(features=2))[:, 0]
    points = np.array(result.one_step.points)
    assert np.allclose(result.one_step.truth, made[points], atol=1e-5)
    assert np.allclose(result.one_step.naive, made[points - 1], atol=1e-5)
    gap = np.abs(np.array(result.one_step.truth) - np.array(result.one_step.naive))
    assert result.one_step.naive_errors.mae == pytest.approx(gap.mean(), rel=1e-4)
    assert result.one_step.naive_errors.rmse == pytest.approx(np.sqrt((gap**2).mean()), rel=1e-4)
    model_gap = np.abs(np.array(result.one_step.truth) - np.array(result.one_step.forecast))
    assert result.one_step.model_errors.mae == pytest.approx(model_gap.mean(), rel=1e-3)


def test_several_steps_ahead_direct_and_recursive():
    _, result = sine()
    assert [entry.steps for entry in result.by_step] == [1, 2, 3]
    assert result.by_step[0].direct == pytest.approx(result.by_step[0].recursive, rel=1e-4)  # nothing fed back yet
    assert result.by_step[2].direct != pytest.approx(result.by_step[2].recursive, rel=1e-3)
    assert result.by_step[2].naive > result.by_step[0].naive
    assert result.several.points == (192, 193, 194)
    assert len(set(result.several.naive)) == 1


def test_the_model_does_not_beat_the_baseline_on_a_random_walk_and_it_says_so():
    _, result = trained(series="random_walk", features=1, horizon=1, epochs=8)
    assert result.winner != "model"
    assert "does not beat the baseline" in result.verdict
    assert result.by_step[0].recursive is None


def test_the_same_seed_trains_the_same():
    settings = {"points": 60, "timesteps": 5, "units": 3, "epochs": 2, "horizon": 1}
    one, again, other = (trained(**settings, seed=seed)[1] for seed in (3, 3, 4))
    assert one.loss == pytest.approx(again.loss, rel=1e-5)
    assert one.loss != pytest.approx(other.loss, rel=1e-3)


def test_own_numbers_are_forecast():
    numbers = [float(10 + p % 5) for p in range(60)]  # a saw: the next point is always known
    _, result = trained(numbers, timesteps=6, horizon=1, epochs=30, units=8, features=25)
    assert list(result.series) == numbers
    assert result.winner == "model"
    assert result.params == 4 * (1 * 8 + 8 * 8 + 8) + 9  # one feature, whatever the series made here had


def test_a_constant_series_trains():
    _, result = trained([5.0] * 40, timesteps=4, horizon=1, epochs=1, units=2)
    assert np.isfinite(result.one_step.model_errors.mae)


def test_a_leaking_target_is_called_no_forecast():
    _, result = trained(points=60, timesteps=5, horizon=2, epochs=1, units=3, target_point="inside_window")
    assert "That isn't a forecast" in result.verdict
    assert result.several.recursive == ()


def test_what_can_not_be_trained_is_refused_before_anything_is_built():
    with pytest.raises(NumbersError, match="These are 3 numbers: too few"):
        next(service.train("windowed_forecast", {}, [1.0, 2.0, 3.0]))
    with pytest.raises(NumbersError, match="20 points are too few for windows of 15 timesteps and a horizon of 4"):
        next(service.train("windowed_forecast", {"points": "20", "timesteps": "15"}))
    with pytest.raises(CostError, match="The windows would hold 25,600,000 numbers"):
        next(service.train("windowed_forecast", {"points": "2000", "timesteps": "200", "features": "64"}))
    with pytest.raises(DimsError, match="epochs=900 was given"):
        next(service.train("windowed_forecast", {"epochs": "900"}))


def test_a_training_that_takes_too_long_ends_with_what_it_has_learned(monkeypatch):
    monkeypatch.setattr(at_work, "MOST_SECONDS", 0.0)
    _, result = trained(points=60, timesteps=5, horizon=1, epochs=5, units=3)
    assert result.epochs == 1
    assert result.note == "Stopped after 1 of 5 epochs: training may take 0 seconds here."


def test_recursion_feeds_back_only_what_is_forecast():
    """A stand-in model: the next value is the last one plus the second feature, which stays as it was."""

    class Counting:
        def predict_on_batch(self, x):
            return np.repeat(x[:, -1, :1] + x[:, -1, 1:], 3, axis=1)  # (windows, horizon)

    plan = at_work.Plan(2, 3, 2, 1, "next", 0.2, 1, 1, 0.01, 0)
    x = np.array([[[3.0, 80.0], [4.0, 10.0]]])
    assert at_work.recursive(Counting(), x, plan)[0, :, 0].tolist() == [14.0, 24.0, 34.0]


def test_cut_data_are_the_series_itself():
    x, y = cut(Dims(points=40, timesteps=6, horizon=2))
    made = table(Dims(points=40)).astype("float32")
    assert np.array_equal(x[5], made[5:11, :3])
    assert np.array_equal(y[5, :, 0], made[11:13, 0])
