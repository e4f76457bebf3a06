"""Windows that are cut wrong: loudly, silently, and with a look ahead."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from explainers.beside.windowed_forecast.readings import live_reading, needs_test, needs_windows, newest
from explainers.core.results import BuildError, Figure, Fix, Tensor
from explainers.core.trial import Tried, trial
from explainers.core.trying import fit_batches, like, named, try_feed
from explainers.core.words import spoken_by_keras, tag
from explainers.forecasting import leaks
from explainers.forecasting import windows as cutting
from explainers.windowed_forecast import INPUTS, Dims, cut, table

if TYPE_CHECKING:
    from explainers.forecasting.leaks import Compared


@trial("Window x, forget to shorten y", "loud", says="Data cardinality is ambiguous.", needs=needs_windows)
def uncut_targets(dims: Dims) -> Tried:
    """Windows for x, the whole column for y."""
    right = dims.but(reading="windows", horizon=1, targets=1, target_point="next", any_length=False)
    x, y = cut(right)
    whole = table(right).astype("float32")[:, 0]  # (points,)
    model, _, _ = live_reading(right)
    model.compile(loss="mse")
    error = None
    try:
        model.fit(x, whole, verbose=0)
    except ValueError as refused:
        error = BuildError(
            "ValueError",
            spoken_by_keras(refused),
            None,
            None,
            f"x has {len(x)} rows and y has {len(whole)}, but each window needs one row of y.",
        )
    verdict = (
        f"Windowing leaves {tag(len(x), 'windows')} samples of {tag(dims.points, 'points')} points. y must lose the "
        "first "
        f"{tag(dims.timesteps, 'timesteps')}, which no window can predict: y = target[{dims.timesteps}:], "
        f"{y[:, 0, 0].shape}."
    )
    return Tried(
        f"model.fit(x, target)  # x {x.shape}, y {whole.shape}",
        verdict,
        (named("x", x, INPUTS["windows"]), named("y", whole, "points")),
        error=error,
        kind="loud" if error else "silent",
    )


def _needs_several_features(dims: Dims) -> str:
    if dims.features == 1:
        return "With one feature Keras does not refuse: see “One window of one feature”."
    return needs_test(dims)


@trial(
    "One window, no windows axis",
    "loud",
    says="expected shape=(None, 12, 3), found shape=(12, 3)",
    needs=_needs_several_features,
)
def window_without_batch(dims: Dims) -> Tried:
    """Predict from one window as it was cut: (timesteps, features)."""
    window = newest(dims)[0]
    model, expected, _ = live_reading(dims, reading="windows", any_length=False)
    _, error = try_feed(model, window, expected)
    verdict = (
        f"One window is {window.shape}; the model reads (windows, timesteps, features), even for a single window: "
        f"window[None] is {(1, *window.shape)}."
    )
    return Tried(
        f"model.predict(window)  # {window.shape}",
        verdict,
        (named("window", window, "timesteps features"),),
        error=error,
        kind="loud" if error else "silent",
    )


@trial("One window of one feature", "silent", needs=needs_test)
def one_feature_alone(dims: Dims) -> Tried:
    """The same with one feature: Keras adds an axis, at the wrong end."""
    window = newest(dims)[0][:, :1]
    model, expected, out = live_reading(dims, reading="windows", any_length=False, features=1)
    predicted, error = try_feed(model, window, expected)
    tensors: tuple[Tensor, ...] = (named("window", window, "timesteps features"),)
    verdict = f"{window.shape} is refused: window[None] is {(1, *window.shape)}."
    if predicted is not None:
        tensors = (*tensors, like("prediction", predicted, out))
        verdict = (
            f"With one feature, Keras adds the missing axis itself, but at the end: it reads {len(window)} windows of "
            f"one point and returns {predicted.shape} without a warning. window[None], {(1, *window.shape)}, is one "
            "window."
        )
    return Tried(
        f"model.predict(window)  # {window.shape}", verdict, tensors, error=error, kind="loud" if error else "silent"
    )


def _needs_leaks(dims: Dims) -> str:
    where = cutting.split(dims.points, dims.timesteps, 1, dims.validation_split)
    enough = 4 * dims.timesteps + 4
    if where.training >= enough and where.held_out > 2:
        return ""
    return f"Too few windows for a fair comparison: {where.training}, and {enough} are needed. Choose more points."


def _compare(dims: Dims, compared: Callable[..., Compared]) -> Compared:

    series = np.asarray(table(dims)[:, 0])
    return compared((series - series.mean()) / (series.std() or 1.0), dims.timesteps, dims.validation_split)


def _compared_figures(found: Compared) -> tuple[Figure, ...]:
    how = f"mean absolute error over {found.windows} held-out windows, in standard deviations of the series"
    return (
        Figure("error it shows", found.believed, how),
        Figure("its error when it forecasts", found.in_use, "forecasting the next point, with what is known by then"),
        Figure("error of right windows", found.honest, how),
        Figure("error of “same as the last value”", found.naive, how),
    )


@trial("Off by one: the target inside the window", "silent", needs=_needs_leaks)
def target_inside(dims: Dims) -> Tried:
    """Off by one: the target is the last point of its own window."""
    found, last = _compare(dims, leaks.target_in_window), dims.timesteps - 1
    verdict = (
        f"An error of {found.believed:.2g}, where “same as the last value” has {found.naive:.2g} and right windows "
        f"{found.honest:.2g}: too good to be true. The target, point i+{last}, is inside the window i … i+{last}; "
        f"the model copies it. Asked for the next point it is off by {found.in_use:.2g}, no better than the last value."
    )
    return Tried(
        f"y = target[{last}:]  # must be target[{dims.timesteps}:]",
        verdict,
        figures=_compared_figures(found),
        fixes=(Fix("target_point=next", {"target_point": "next"}),),
    )


@trial("Off by one: a point is skipped", "silent", needs=_needs_leaks)
def target_late(dims: Dims) -> Tried:
    """Off by one the other way: one point is skipped."""
    found = _compare(dims, leaks.one_late)
    verdict = (
        f"y = target[{dims.timesteps + 1}:] skips the next point: the model learns two steps ahead and is told it is "
        "one. "
        f"Its error is {found.believed:.2g}; right windows have {found.honest:.2g}. Used for the next point it is "
        "off by "
        f"{found.in_use:.2g}, and in a plot its curve is one point early."
    )
    return Tried(
        f"y = target[{dims.timesteps + 1}:]  # must be target[{dims.timesteps}:]",
        verdict,
        figures=_compared_figures(found),
        fixes=(Fix("target_point=next", {"target_point": "next"}),),
    )


@trial("A feature that looks ahead", "silent", needs=_needs_leaks)
def look_ahead(dims: Dims) -> Tried:
    """A feature that was smoothed over the future."""
    found = _compare(dims, leaks.look_ahead)
    verdict = (
        f"A second feature, the mean of each point and the points on its two sides, gives away the next point: an "
        "error of "
        f"{found.believed:.2g} instead of {found.honest:.2g}, and the baseline's {found.naive:.2g} looks beaten. In "
        "real use "
        f"the next point isn't there yet, and the same model is off by {found.in_use:.2g}. Smooth and scale using "
        "the past alone."
    )
    return Tried(
        "smooth = (target[:-2] + target[1:-1] + target[2:]) / 3  # uses the next point",
        verdict,
        figures=_compared_figures(found),
    )


def _needs_validation(dims: Dims) -> str:
    missing = needs_windows(dims)
    count = cutting.window_count(dims.points, dims.timesteps, dims.horizon)
    if missing or int(count * (1 - dims.validation_split)) == 0:
        return missing or f"{count} windows can't be divided."
    return ""


@trial("What fit does with the windows", "run", needs=_needs_validation)
def what_fit_does(dims: Dims) -> Tried:
    """How fit takes the windows: the last share aside, the rest in batches."""
    right = dims.but(reading="windows", target_point="next", any_length=False)
    x, _ = cut(right)
    batches = fit_batches(x, dims.batch_size, dims.validation_split)
    trained = sum(batch[0] for batch in batches)
    verdict = (
        f"fit keeps the last {tag(len(x) - trained, 'windows')} of {tag(len(x), 'windows')} windows for validation, "
        f"shuffles the other {tag(trained, 'windows')}, and takes them in {len(batches)} batches per epoch: "
        f"{batches[0]}, the last one {batches[-1]}. Shuffling windows is fine; the order inside a window is what the "
        "LSTM reads."
    )
    return Tried(
        f"model.fit(x, y, batch_size={dims.batch_size}, validation_split={dims.validation_split:g})",
        verdict,
        figures=(
            Figure("training windows", trained),
            Figure("steps per epoch", len(batches)),
            Figure("windows in the last batch", batches[-1][0]),
        ),
    )
