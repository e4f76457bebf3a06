"""One long series is one sample, until it is cut into windows.

    series (points, features)      ->   x (windows, timesteps, features),   y (windows, horizon)

    windows = points − timesteps − horizon + 1

Window i holds the points i … i + timesteps − 1, and its target is the point after them. The model sees one
window at a time; how long the series was is no part of it.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from explainers.core.dims import DimsBase, choice, dim, real, switch
from explainers.core.explainer import Asked, Explainer, Journey, Preset
from explainers.core.later import keras, layers
from explainers.core.results import BuildError, Fix, Inspection, Tensor
from explainers.core.trying import named
from explainers.core.words import tag
from explainers.forecasting import windows as cutting
from explainers.forecasting.numbers import checked
from explainers.forecasting.series import KINDS, make_table

# What the axes of the data mean, by how the series is read. The name of the Input says which reading it is.
INPUTS = {
    "series": "series timesteps features",
    "samples": "samples timesteps features",
    "padded": "series timesteps features",
    "windows": "windows timesteps features",
    "piece": "series timesteps features",
}
INPUT_OF = {
    "whole_series": "series",
    "samples": "samples",
    "padding": "padded",
    "windows": "windows",
    "stateful": "piece",
}


@dataclass(frozen=True)
class Dims(DimsBase):
    reading: str = choice(
        "windows",
        tuple(INPUT_OF),
        sets=("rnn.return_sequences", "rnn.stateful"),
        help="How the one series becomes samples: as a whole, a sample per point, padded, in windows, or piece by "
        "piece.",
    )
    points: int = dim(
        240,
        low=4,
        high=2000,
        axis="points",
        sets=("series.shape[0]", "padded.shape[0]"),
        help="How many points the series has.",
    )
    timesteps: int = dim(
        12,
        high=200,
        axis="timesteps",
        label="timesteps (window)",
        sets=("windows.shape[0]", "piece.shape[0]"),
        help="How many points the model sees at once: the length of a window, and of what you predict from.",
    )
    features: int = dim(
        3,
        high=64,
        axis="features",
        sets=("series.shape[1]", "padded.shape[1]", "windows.shape[1]", "piece.shape[1]", "samples.shape[0]"),
        help="How many numbers are measured at one point.",
    )
    targets: int = dim(
        1,
        high=8,
        axis="targets",
        sets=("dense.units",),
        help=("How many of these numbers to forecast, counted from the first."),
    )
    horizon: int = dim(
        4, high=48, axis="horizon", sets=("dense.units",), help="How many points ahead are forecast from one window."
    )
    units: int = dim(16, high=128, axis="units", sets=("rnn.units",), help="How many numbers the LSTM remembers.")
    any_length: bool = switch(
        False, help="True: Input((None, features)), the timesteps are left open.", sets=("windows.shape[0]",)
    )
    series: str = choice(
        "sine", KINDS, help=("The kind of series to generate. In a random walk there is nothing to learn.")
    )
    noise: float = real(0.1, low=0.0, high=2.0, help="How much random noise is in the series (standard deviation).")
    seed: int = dim(7, low=0, high=9999, help="The same seed gives the same series and the same training.")
    epochs: int = dim(20, high=200, help="How many times the training goes through all windows.")
    batch_size: int = dim(32, high=512, axis="batch", help="How many windows go through together in training.")
    learning_rate: float = real(
        0.01, low=0.0001, high=0.1, advanced=True, help="How far Adam moves the weights at each step."
    )
    validation_split: float = real(
        0.2, low=0.05, high=0.5, advanced=True, help="The last part of the series, held out to be forecast."
    )
    target_point: str = choice(
        "next",
        tuple(cutting.SHIFTS),
        advanced=True,
        help="Which point is the target: the next one after the window, or one of two off-by-one mistakes.",
    )


_600 = {"points": 600, "timesteps": 10, "features": 25, "targets": 1, "horizon": 1}

PRESETS = (
    Preset(
        "600-points",
        "600 points",
        {**_600, "reading": "whole_series"},
        "The whole series as one sample: the model needs all 600 points every time.",
    ),
    Preset(
        "600-points-any-length",
        "600 points, any length",
        {**_600, "reading": "whole_series", "any_length": True},
        "Input((None, 25)): the same model takes 10 points.",
    ),
    Preset(
        "600-points-samples",
        "600 samples",
        {**_600, "reading": "samples"},
        "Each point is a separate sample: its 25 numbers are read one after the other.",
    ),
    Preset(
        "600-points-padding",
        "padding",
        {**_600, "reading": "padding"},
        "10 points, padded to 600: most of the sample is empty.",
    ),
    Preset(
        "600-points-windows",
        "windows of 10",
        {**_600, "reading": "windows"},
        "590 windows, each as long as what you predict from.",
    ),
    Preset(
        "600-points-stateful",
        "stateful, batch 1",
        {**_600, "reading": "stateful"},
        "Piece by piece; the state carries over from one piece to the next.",
    ),
    Preset(
        "random-walk",
        "random walk",
        {"series": "random_walk", "features": 1, "horizon": 1},
        "Nothing to learn: “same as the last value” can't be beaten.",
    ),
    Preset(
        "a-day-ahead",
        "24 steps ahead",
        {"timesteps": 36, "features": 1, "horizon": 24, "points": 480},
        "A whole period ahead: all at once, or one step at a time?",
    ),
)


def build(dims: Dims) -> keras.Model:
    """Input -> LSTM -> Dense. The reading decides what the Input is, and whether every step predicts."""
    every_step = dims.reading in ("whole_series", "padding", "stateful")  # one target beside each point
    sequence = keras.Input(
        _sample(dims), batch_size=1 if dims.reading == "stateful" else None, name=INPUT_OF[dims.reading]
    )  # (windows, timesteps, features)
    seen = layers.Masking(name="masking")(sequence) if dims.reading == "padding" else sequence
    rnn = layers.LSTM(dims.units, return_sequences=every_step, stateful=dims.reading == "stateful", name="rnn")
    state = rnn(seen)  # (windows, units), or (series, timesteps, units)
    horizon = dims.horizon if dims.reading == "windows" else 1
    output = layers.Dense(horizon * dims.targets, name="dense")(state)  # (windows, horizon × targets)
    if horizon > 1 and dims.targets > 1:
        output = layers.Reshape((horizon, dims.targets), name="ahead")(output)  # (windows, horizon, targets)
    return keras.Model(sequence, output, name="windowed_forecast")


def _sample(dims: Dims) -> tuple[int | None, int]:
    """The shape of one sample, as the Input is told."""
    lengths = {"whole_series": dims.points, "padding": dims.points, "samples": dims.features}
    timesteps = None if dims.any_length else lengths.get(dims.reading, dims.timesteps)
    return (timesteps, 1 if dims.reading == "samples" else dims.features)


def table(dims: Dims) -> cutting.Array:
    """The series that is made here: (points, features), or as many columns as there are targets."""
    return make_table(dims.series, dims.points, max(dims.features, dims.targets), dims.noise, dims.seed)


def cut(dims: Dims) -> tuple[cutting.Array, cutting.Array]:
    """x (windows, timesteps, features) and y (windows, horizon, targets) of it, float32."""
    shift = cutting.SHIFTS[dims.target_point]
    made = table(dims).astype("float32")
    return cutting.cut(made, dims.timesteps, dims.horizon, dims.features, dims.targets, shift)


def sentence(dims: Dims, found: Inspection) -> str:
    """One sentence from what the model showed."""
    if found.error is not None:
        return f"This model can't be built: {found.error.cause}"
    timesteps, features = found.layers[0].outputs[0][1], found.layers[0].outputs[0][2]
    test = f"{tag(dims.timesteps, 'timesteps')} new points, (1, {dims.timesteps}, {dims.features})"
    fits = timesteps.size in (None, dims.timesteps) and features.size == dims.features
    if dims.reading == "windows":
        return _windows_told(dims, test)
    if dims.reading == "samples":
        return (
            f"Here each of the {tag(dims.points, 'points')} points is a sample of {tag(timesteps.size, 'timesteps')} "
            f"timesteps with {tag(features.size, 'features')} features: the model reads the measurements of one "
            "point one after the other, and nothing connects a point with the one before it."
        )
    if dims.reading == "padding":
        return (
            f"This model takes {test}, only after padding with "
            f"{tag(max(0, dims.points - dims.timesteps), 'timesteps')} empty timesteps; only a Masking "
            "layer keeps the empty ones from counting."
        )
    if fits:
        carried = " and carries its state from each piece to the next" if dims.reading == "stateful" else ""
        reads = (
            f"Input((None, {features.size})) leaves the timesteps open: this model reads {dims.points} of them, or any "
            "other number"
            if timesteps.size is None
            else f"This model reads {tag(timesteps.size, 'timesteps')} timesteps{carried}"
        )
        return f"{reads}, so it takes {test}."
    return (
        f"Input(({timesteps.size}, {features.size})) says that **one sample** has {tag(timesteps.size, 'timesteps')} "
        f"timesteps, so Keras refuses {test}: train on windows of {tag(dims.timesteps, 'timesteps')} instead "
        f"(there are {tag(cutting.window_count(dims.points, dims.timesteps), 'windows')}), or leave the timesteps open "
        f"with Input((None, {dims.features}))."
    )


def _windows_told(dims: Dims, test: str) -> str:
    x, y = cut(dims)
    if not len(x):
        return (
            f"{tag(dims.points, 'points')} points are too few for a window of {tag(dims.timesteps, 'timesteps')} and "
            f"{tag(dims.horizon, 'horizon')} targets after it, so there is no window at all."
        )
    return (
        f"Because the whole series was one sample of {tag(dims.points, 'timesteps')} timesteps, and the model needs "
        f"that many every time. Cut it into windows: {tag(dims.points, 'points')} points make {tag(len(x), 'windows')} "
        f"windows of {tag(dims.timesteps, 'timesteps')} timesteps: x is {x.shape}, y is "
        f"{cutting.squeezed(y).shape}, and the trained model takes {test}."
    )


def fixes(dims: Dims, error: BuildError) -> tuple[Fix, ...]:
    """A model of this lesson fails only where it costs too much."""
    if dims.reading == "windows":
        return (Fix("units=16", {"units": 16}, "A smaller state.", recommended=True),)
    return (
        Fix("reading=windows", {"reading": "windows"}, "One sample is a window, not the series.", recommended=True),
    )


def unused(dims: Dims) -> tuple[str, ...]:
    """Horizon and target belong to windows; the other readings predict for each point."""
    return () if dims.reading == "windows" else ("horizon", "target_point")


def feed(dims: Dims, name: str, shape: tuple[int, ...]) -> cutting.Array:
    """The series itself, cut to the shape that is asked for; it starts over where it ends."""
    samples, timesteps, _ = shape
    made = table(dims).astype("float32")[:, : dims.features]  # (points, features)
    if name == "samples":
        return np.take(made[:, :, None], range(samples), 0, mode="wrap").take(range(timesteps), 1, mode="wrap")
    starts = np.arange(samples)[:, None] + np.arange(timesteps)  # (samples, timesteps)
    return made.take(starts, axis=0, mode="wrap")  # (samples, timesteps, features)


def extra(dims: Dims, found: Inspection) -> dict[str, object]:
    """The series, the windows in it, and the shapes of every reading, for the picture."""
    x, y = cut(dims)
    shift = cutting.SHIFTS[dims.target_point]
    series = [float(f"{value:.6g}") for value in table(dims)[:, 0].tolist()]
    return {
        **cutting.picture(series, dims.timesteps, dims.horizon, dims.validation_split, shift),
        "x_shape": list(x.shape),
        "y_shape": list(cutting.squeezed(y).shape),
        "readings": readings(dims),
    }


def readings(dims: Dims) -> dict[str, list[Tensor]]:
    """The same numbers in the five ways: the arrays that go into fit and predict, really made."""
    made = table(dims).astype("float32")
    x, y = made[:, : dims.features], made[:, : dims.targets]
    parts, beside = cutting.pieces(x, dims.timesteps), cutting.pieces(y, dims.timesteps)
    test = x[-dims.timesteps :]  # the newest points: what one wants to predict from
    wx, wy = cut(dims)
    return {
        "whole_series": [
            _named("x", x[None], "series timesteps features"),
            _named("y", y[None], "series timesteps targets"),
            _named("x_test", test[None], "series timesteps features"),
        ],
        "samples": [
            _named("x", x[:, :, None], "samples timesteps features"),
            _named("y", y, "samples targets"),
            _named("x_test", test[:, :, None], "samples timesteps features"),
        ],
        "padding": [
            _named("x", x[None], "series timesteps features"),
            _named("y", y[None], "series timesteps targets"),
            _named("x_test", cutting.padded(test, dims.points), "series timesteps features"),
        ],
        "windows": [
            _named("x", wx, "windows timesteps features"),
            _named("y", cutting.squeezed(wy), _target_axes(dims)),
            _named("x_test", test[None], "windows timesteps features"),
        ],
        "stateful": [
            _named("x", parts, "pieces timesteps features"),
            _named("y", beside, "pieces timesteps targets"),
            _named("x_test", test[None], "series timesteps features"),
        ],
    }


def _target_axes(dims: Dims) -> str:
    return " ".join(["windows", *(["horizon"] if dims.horizon > 1 else []), *(["targets"] if dims.targets > 1 else [])])


def _named(name: str, array: cutting.Array, words: str) -> Tensor:
    """As `trying.named`, for arrays that are cut here."""
    return named(name, array, words, "the series that was made here")


def train(dims: Dims, numbers: Sequence[float] | None) -> Generator[dict[str, Any], None, object]:
    """Train the windows model on the series made here, or on a learner's own numbers (one feature, one target)."""
    from explainers.forecasting.training import Plan
    from explainers.forecasting.training import train as run

    dims = dims.but(reading="windows")
    if numbers is None:
        data = table(dims)  # (points, features)
    else:
        fewest = cutting.fewest_points(dims.timesteps, dims.horizon, dims.validation_split)
        data = np.array(checked(numbers, fewest))[:, None]  # (points, 1)
        dims = dims.but(features=1, targets=1)
    plan = Plan(
        dims.timesteps,
        dims.horizon,
        dims.features,
        dims.targets,
        dims.target_point,
        dims.validation_split,
        dims.epochs,
        dims.batch_size,
        dims.learning_rate,
        dims.seed,
    )
    return (yield from run(lambda: build(dims), data, plan))


EXPLAINER = Explainer(
    name="windowed_forecast",
    title="Windowed forecast",
    question="I trained on one long series: why can't I predict from 10 new points?",
    dims=Dims,
    presets=PRESETS,
    inputs=INPUTS,
    build=build,
    sentence=sentence,
    journey=Journey(change="units", open="any_length"),
    fixes=fixes,
    extra=extra,
    feed=feed,
    train=train,
    unused=unused,
    asked=(
        Asked(
            "expected lstm_46_input to have shape (1, 600, 25) but got array with shape (1, 10, 25)",
            {},
            "break-it",
            trial="whole_series",
        ),
        Asked(
            "How do I reshape a time series for an LSTM?",
            {},
            "break-it",
            None,
            ("reshape", "3D", "samples"),
            trial="windows",
        ),
        Asked("What is look_back, and how many windows are there?", {}, "windows", None, ("sliding window", "lag")),
        Asked("Is my LSTM better than the naive forecast?", {}, "train", None, ("baseline", "persistence")),
        Asked("How do I forecast several steps ahead?", {"horizon": 5}, "windows", None, ("multi-step", "horizon")),
        Asked("Data cardinality is ambiguous", {}, "break-it", trial="uncut_targets"),
    ),
    heading=lambda dims: f"I trained on one long series: why can't I predict from {dims.timesteps} new points?",
    label="Windows of a series",
    group="Time series",
    about="A network learns from many samples. One long series is a single sample, until a window slides over it.",
    order=40,
    always_builds=True,
)
