"""One long series is one sample, until it is cut into windows.

    series (points, features)      ->   x (windows, timesteps, features),   y (windows, horizon)

    windows = points − timesteps − horizon + 1

Window i holds the points i … i + timesteps − 1, and its target is the point after them. The model sees one
window at a time; how long the series was is no part of it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from explainers.core import then
from explainers.core.axes import Shape
from explainers.core.bounds import at_most
from explainers.core.dims import DimsBase, choice, dim, real, switch
from explainers.core.explainer import Explainer, Journey, Preset
from explainers.core.later import keras, layers
from explainers.core.results import BuildError, Figure, Fix, Inspection, Tensor
from explainers.core.trial import Tried, trial
from explainers.core.trying import fit_batches, like, live, named, try_feed
from explainers.core.words import tag
from explainers.forecasting import windows as cutting
from explainers.forecasting.series import KINDS, make_table

if TYPE_CHECKING:
    from explainers.forecasting.leaks import Compared

_MOST_PIECES = 100  # read one after the other by a stateful model

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
        1, high=8, axis="targets", sets=("dense.units",), help="How many of these numbers are forecast: the first ones."
    )
    horizon: int = dim(
        4, high=48, axis="horizon", sets=("dense.units",), help="How many points ahead are forecast from one window."
    )
    units: int = dim(16, high=128, axis="units", sets=("rnn.units",), help="How many numbers the LSTM remembers.")
    any_length: bool = switch(
        False, help="True: Input((None, features)), the timesteps are left open.", sets=("windows.shape[0]",)
    )
    series: str = choice("sine", KINDS, help="The series that is made here. In a random walk nothing can be learned.")
    noise: float = real(0.1, low=0.0, high=2.0, help="How much chance is in the series (standard deviation).")
    seed: int = dim(7, low=0, high=9999, help="The same seed gives the same series and the same training.")
    epochs: int = dim(20, high=200, help="How many times the training goes through all windows.")
    batch_size: int = dim(32, high=512, axis="batch", help="How many windows go through together in training.")
    learning_rate: float = real(
        0.01, low=0.0001, high=0.1, advanced=True, help="How far Adam moves the weights a step."
    )
    validation_split: float = real(
        0.2, low=0.05, high=0.5, advanced=True, help="The last share of the series: held out, to be forecast."
    )
    target_point: str = choice(
        "next",
        tuple(cutting.SHIFTS),
        advanced=True,
        help="Where the target stands: the next point after the window, or one of two mistakes by one point.",
    )


_600 = {"points": 600, "timesteps": 10, "features": 25, "targets": 1, "horizon": 1}

PRESETS = (
    Preset(
        "600-points",
        "600 points",
        {**_600, "reading": "whole_series"},
        "The whole series as one sample: the model wants all 600 points, every time.",
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
        "Each point a sample of its own: its 25 numbers are read one after the other.",
    ),
    Preset(
        "600-points-padding",
        "padding",
        {**_600, "reading": "padding"},
        "10 points, filled up to 600: most of the sample is empty.",
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
        "Piece by piece; the state is carried from one piece to the next.",
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
        "A whole wave ahead: all at once, or one step at a time?",
    ),
)


def build(dims: Dims) -> keras.Model:
    """Input -> LSTM -> Dense. The reading decides what the Input is, and whether every step answers."""
    every_step = dims.reading in ("whole_series", "padding", "stateful")  # one target beside each point
    sequence = keras.Input(
        _sample(dims), batch_size=1 if dims.reading == "stateful" else None, name=INPUT_OF[dims.reading]
    )  # (windows, timesteps, features)
    seen = layers.Masking(name="masking")(sequence) if dims.reading == "padding" else sequence
    rnn = layers.LSTM(dims.units, return_sequences=every_step, stateful=dims.reading == "stateful", name="rnn")
    state = rnn(seen)  # (windows, units), or (series, timesteps, units)
    horizon = dims.horizon if dims.reading == "windows" else 1
    answer = layers.Dense(horizon * dims.targets, name="dense")(state)  # (windows, horizon·targets)
    if horizon > 1 and dims.targets > 1:
        answer = layers.Reshape((horizon, dims.targets), name="ahead")(answer)  # (windows, horizon, targets)
    return keras.Model(sequence, answer, name="windowed_forecast")


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


def answer(dims: Dims, found: Inspection) -> str:
    """One sentence from what the model showed."""
    if found.error is not None:
        return f"This model can't be built: {found.error.cause}"
    timesteps, features = found.layers[0].outputs[0][1], found.layers[0].outputs[0][2]
    test = f"{tag(dims.timesteps, 'timesteps')} new points, (1, {dims.timesteps}, {dims.features})"
    fits = timesteps.size in (None, dims.timesteps) and features.size == dims.features
    if dims.reading == "windows":
        return _windows_answer(dims, test)
    if dims.reading == "samples":
        return (
            f"Here each of the {tag(dims.points, 'points')} points is a sample of {tag(timesteps.size, 'timesteps')} "
            f"timesteps with {tag(features.size, 'features')} feature: the model reads the measurements of one point "
            "one "
            f"after the other, and nothing connects a point with the one before it."
        )
    if dims.reading == "padding":
        return (
            f"{test}, must be filled up with {tag(max(0, dims.points - dims.timesteps), 'timesteps')} empty timesteps "
            f"before this model takes them; a Masking layer is what keeps the empty ones from counting."
        )
    if fits:
        carried = " and carries its state from each piece to the next" if dims.reading == "stateful" else ""
        reads = (
            f"Input((None, {features.size})) leaves the timesteps open: this model reads {dims.points} of them, or any "
            "other number"
            if timesteps.size is None
            else f"This model reads {tag(timesteps.size, 'timesteps')} timesteps{carried}"
        )
        return f"{reads}, so {test}, fit."
    return (
        f"Input(({timesteps.size}, {features.size})) says that **one sample** has {tag(timesteps.size, 'timesteps')} "
        f"timesteps, so {test}, are refused: train on windows of {tag(dims.timesteps, 'timesteps')} instead "
        f"(there are {tag(cutting.window_count(dims.points, dims.timesteps), 'windows')}), or leave the timesteps open "
        f"with Input((None, {dims.features}))."
    )


def _windows_answer(dims: Dims, test: str) -> str:
    x, y = cut(dims)
    if not len(x):
        return (
            f"{tag(dims.points, 'points')} points are too few for a window of {tag(dims.timesteps, 'timesteps')} and "
            f"{tag(dims.horizon, 'horizon')} targets after it: there is no window at all."
        )
    return (
        f"Because the whole series was one sample of {tag(dims.points, 'timesteps')} timesteps, and the model wants as "
        f"many every time. Cut it into windows: {tag(dims.points, 'points')} points make {tag(len(x), 'windows')} "
        f"windows of {tag(dims.timesteps, 'timesteps')} timesteps: x is {x.shape}, y is {cutting.squeezed(y).shape}, "
        f"and {test}, fit the trained model as they are."
    )


def fixes(dims: Dims, error: BuildError) -> tuple[Fix, ...]:
    """A model of this lesson fails only where it costs too much."""
    if dims.reading == "windows":
        return (Fix("units=16", {"units": 16}, "A smaller state.", recommended=True),)
    return (
        Fix("reading=windows", {"reading": "windows"}, "One sample is a window, not the series.", recommended=True),
    )


def unused(dims: Dims) -> tuple[str, ...]:
    """Horizon and target belong to windows; the other readings answer for each point."""
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
    """As `trying.named`, for arrays that are cut here (that module loads Keras, this one must not)."""
    return named(name, array, words, "the series that was made here")


def train(dims: Dims, numbers: Sequence[float] | None) -> Generator[dict[str, Any], None, object]:
    """Train the windows model on the series made here, or on a learner's own numbers (one feature, one target)."""
    from explainers.forecasting.numbers import checked
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


# -- tried for real: five readings ---------------------------------------------------------------------------


def _test(dims: Dims) -> cutting.Array:
    """The newest points, as one sample: (1, timesteps, features)."""
    newest: cutting.Array = table(dims).astype("float32")[-dims.timesteps :, : dims.features][None]
    return newest


def _live(dims: Dims, **changes: Any) -> tuple[Any, Shape, Shape]:
    """The live model, and the named shapes of what goes in and what comes out."""
    model, found = live(lambda: build(dims.but(**changes)), INPUTS)
    return model, found.layers[0].outputs[0], found.layers[-1].outputs[0]


def _answer(model: Any, x: cutting.Array) -> cutting.Array:
    """What `model.predict(x)` gives, without compiling a graph first: faster where there are few timesteps."""
    return np.asarray(model(x, training=False))


def _needs_test(dims: Dims) -> str:
    if dims.points > dims.timesteps:
        return ""
    return f"The series has {dims.points} points: choose fewer than {dims.points} timesteps to predict from."


def _needs_windows(dims: Dims) -> str:
    if cutting.window_count(dims.points, dims.timesteps, dims.horizon) > 1:
        return ""
    return f"{dims.points} points hold no two windows of {dims.timesteps} timesteps and {dims.horizon} targets."


_WINDOWS = Fix(
    "reading=windows",
    {"reading": "windows", "any_length": False},
    "Train on samples that are as long as what you predict from.",
    recommended=True,
)
_ANY = Fix("any_length=True", {"any_length": True}, "Leave the timesteps open: Input((None, features)).")


@trial(
    "The whole series as one sample",
    "loud",
    says="expected shape=(None, 240, 3), found shape=(1, 12, 3)",
    needs=_needs_test,
)
def whole_series(dims: Dims) -> Tried:
    """Train on the whole series as one sample, predict from a few points: a functional model refuses."""
    test = _test(dims)
    model, expected, _ = _live(dims, reading="whole_series", any_length=False)
    _, error = try_feed(model, test, expected)
    x, y, _ = readings(dims)["whole_series"]
    verdict = (
        f"The whole series is one sample of {tag(dims.points, 'timesteps')} timesteps. The model was told so, "
        f"and {tag(dims.timesteps, 'timesteps')} are not {tag(dims.points, 'timesteps')}."
    )
    return Tried(
        f"Input(({dims.points}, {dims.features}))\nmodel.predict(x_test)  # {test.shape}",
        verdict,
        (x, y, named("x_test", test, INPUTS["series"])),
        error=error,
        fixes=(_WINDOWS, _ANY),
    )


@trial("The same in a Sequential", "silent", needs=_needs_test)
def whole_series_sequential(dims: Dims) -> Tried:
    """The same layers in a Sequential: today's Keras answers without a word."""
    _, expected, out = _live(dims, reading="whole_series", any_length=False)
    model = keras.Sequential(
        [
            keras.Input((dims.points, dims.features), name="series"),
            layers.LSTM(dims.units, return_sequences=True, name="rnn"),
            layers.Dense(dims.targets, name="dense"),
        ],
        name="sequential",
    )
    test = _test(dims)
    answered, error = try_feed(model, test, expected)
    tensors = (named("x_test", test, INPUTS["series"]),)
    if answered is None:
        return Tried(
            "keras.Sequential([...])",
            "A Sequential refuses it as well.",
            tensors,
            error=error,
        )
    verdict = (
        f"A Sequential with Input(({dims.points}, {dims.features})) takes {test.shape} and answers {answered.shape}, "
        f"without a word: the declared {tag(dims.points, 'timesteps')} timesteps are not checked. And it answers for "
        "each "
        f"timestep, not for the next point."
    )
    return Tried(
        f"keras.Sequential([Input(({dims.points}, {dims.features})), ...]).predict(x_test)",
        verdict,
        (*tensors, like("answer", answered, out)),
    )


@trial(
    "The same in Keras 2", "loud", says="expected shape=(None, 240, 3), found shape=(None, 12, 3)", needs=_needs_test
)
def whole_series_then(dims: Dims) -> Tried:
    """The same in Keras 2, today's tf_keras and the first releases' own check."""
    test, declared = _test(dims), (1, dims.points, dims.features)
    layers = [("LSTM", {"units": dims.units, "return_sequences": True}), ("Dense", {"units": dims.targets})]
    answered, said = then.predict_sequential(layers, declared, test)
    older = then.first_keras_check("lstm_46_input", declared, test)
    error = BuildError(
        "ValueError", said, None, "data_size", "Keras 2 checks the declared timesteps in a Sequential too."
    )
    verdict = f"Keras 2 refuses {test.shape} in a Sequential too. Its first releases said: “{older}”"
    return Tried(
        "tf_keras.Sequential([...]).predict(x_test)",
        verdict,
        (named("x_test", test, INPUTS["series"]),),
        error=error if answered is None else None,
    )


@trial("Leave the timesteps open", "run", needs=_needs_test)
def any_length(dims: Dims) -> Tried:
    """Timesteps left open: the same weights read the whole series and a few points."""
    model, _, out = _live(dims, reading="whole_series", any_length=True)
    whole, test = feed(dims, "series", (1, dims.points, dims.features)), _test(dims)
    first, second = model.predict(whole, verbose=0), _answer(model, test)
    verdict = (
        f"With Input((None, {dims.features})) the same {model.count_params():,} weights answer {first.shape} for the "
        "whole "
        f"series and {second.shape} for {tag(dims.timesteps, 'timesteps')} points. But it was trained on one single "
        "sample."
    )
    return Tried(
        f"Input((None, {dims.features}))\nmodel.predict(x_test)  # {test.shape}",
        verdict,
        (named("x_test", test, INPUTS["series"]), like("answer", second, out)),
    )


@trial("Each point a sample", "run", needs=_needs_test)
def one_sample_per_point(dims: Dims) -> Tried:
    """Each point a sample, its measurements read as timesteps."""
    model, _, out = _live(dims, reading="samples", any_length=False)
    x, y, _ = readings(dims)["samples"]
    test = _test(dims)[0][:, :, None]  # (timesteps, features, 1)
    answered = _answer(model, test)
    verdict = (
        f"{dims.points} samples of {tag(dims.features, 'timesteps')} timesteps: the test data are {test.shape}, and "
        "the "
        f"{tag(dims.timesteps, 'samples')} points get {answered.shape}, one answer each. It runs, but the order of the "
        f"points is lost, and the measurements of one point pass for a sequence."
    )
    return Tried(
        f"x = table[:, :, None]  # {_sizes(x)}",
        verdict,
        (x, y, named("x_test", test, INPUTS["samples"]), like("answer", answered, out)),
    )


def _sizes(tensor: Tensor) -> tuple[int | None, ...]:
    return tuple(axis.size for axis in tensor.shape)


@trial("Fill up with zeros", "run", needs=_needs_test)
def padding(dims: Dims) -> Tried:
    """Fill the few points up to the length of the series; masked, the empty timesteps don't count."""
    model, _, out = _live(dims, reading="padding", any_length=False)
    free, _, _ = _live(dims, reading="whole_series", any_length=True)
    free.set_weights(model.get_weights())
    test = _test(dims)
    filled = cutting.padded(test[0], dims.points)  # (1, points, features)
    answered = np.asarray(model.predict(filled, verbose=0))  # (1, points, targets)
    alone = _answer(free, test)  # (1, timesteps, targets)
    gap = float(np.max(np.abs(answered[:, : dims.timesteps] - alone)))
    empty = dims.points - dims.timesteps
    verdict = (
        f"x_test becomes {filled.shape} with {tag(empty, 'timesteps')} empty timesteps. Its first "
        f"{tag(dims.timesteps, 'timesteps')} answers are those of the unpadded points (largest difference {gap:.1g}); "
        f"the other {empty} say nothing new."
    )
    return Tried(
        "x_test = padded(points)  # zeros behind the end\nMasking()",
        verdict,
        (named("x_test", filled, INPUTS["padded"]), like("answer", answered, out)),
        (
            Figure("empty timesteps", empty, f"{dims.points} − {dims.timesteps}"),
            Figure("largest difference to the unpadded run", gap),
        ),
    )


@trial("Padding without Masking", "silent", needs=_needs_test)
def padding_unmasked(dims: Dims) -> Tried:
    """The same without Masking, reading the last answer: the zeros have been read as measurements."""
    free, _, _ = _live(dims, reading="whole_series", any_length=True)
    test = _test(dims)
    filled = cutting.padded(test[0], dims.points)  # (1, points, features)
    last = np.asarray(free.predict(filled, verbose=0))[0, -1]  # (targets,)
    right = _answer(free, test)[0, -1]  # (targets,)
    gap, empty = float(np.max(np.abs(last - right))), dims.points - dims.timesteps
    verdict = (
        f"Without Masking the LSTM reads {tag(empty, 'timesteps')} zeros as if they had been measured: its last "
        "answer is "
        f"{last[0]:.4f} and not {right[0]:.4f}. Keras says nothing."
    )
    return Tried(
        "model.predict(x_test)[0, -1]",
        verdict,
        figures=(
            Figure("last answer, padded", float(last[0])),
            Figure("last answer, as it should be", float(right[0])),
            Figure("largest difference", gap),
        ),
        fixes=(Fix("reading=padding", {"reading": "padding"}),),
    )


@trial("Cut it into windows", "run", needs=_needs_windows)
def windows(dims: Dims) -> Tried:
    """Cut the series into windows: the shapes, and the test data fit."""
    right = dims.but(reading="windows", target_point="next", any_length=False)
    model, _, out = _live(right)
    x, y, _ = readings(right)["windows"]
    test = _test(dims)
    answered = _answer(model, test)
    count = len(cut(right)[0])
    verdict = (
        f"{tag(count, 'windows')} samples instead of one. Window i holds the points i … i+{dims.timesteps - 1} and its "
        f"first target is the point i+{dims.timesteps}. {test.shape} fits, and gets {answered.shape}."
    )
    code = (
        f"count = {dims.points} - {dims.timesteps} - {dims.horizon} + 1\n"
        f"x = np.stack([table[i : i + {dims.timesteps}] for i in range(count)])  # {_sizes(x)}\n"
        f"y = np.stack([target[i + {dims.timesteps} : i + {dims.timesteps + dims.horizon}] for i in range(count)])"
    )
    return Tried(
        code,
        verdict,
        (x, y, named("x_test", test, INPUTS["windows"]), like("answer", answered, out)),
        (Figure("windows", count, f"{dims.points} − {dims.timesteps} − {dims.horizon} + 1"),),
    )


@trial("Stateful, piece by piece", "run", needs=_needs_test)
def stateful(dims: Dims) -> Tried:
    """Piece by piece with batch 1: the carried state makes it the same as reading the whole series."""
    model, _, out = _live(dims, reading="stateful", any_length=False)
    whole, _, _ = _live(dims, reading="whole_series", any_length=True)
    whole.set_weights(model.get_weights())
    every = cutting.pieces(table(dims).astype("float32")[:, : dims.features], dims.timesteps)
    parts = every[: at_most(_MOST_PIECES, len(every), "pieces")]  # (pieces, timesteps, features)
    read = parts.reshape(1, -1, dims.features)  # (1, pieces·timesteps, features)
    in_one = np.asarray(whole.predict(read, verbose=0))  # (1, pieces·timesteps, targets)
    in_pieces = np.asarray(model.predict(parts, batch_size=1, verbose=0)).reshape(in_one.shape)
    gap = float(np.max(np.abs(in_one - in_pieces)))
    test = _test(dims)
    answered = np.asarray(model.predict(test, batch_size=1, verbose=0))
    left = dims.points - len(every) * dims.timesteps
    verdict = (
        f"{tag(len(parts), 'pieces')} pieces of {(1, *parts.shape[1:])}, in order, batch 1: the answers are those of "
        "one run "
        f"over all of them (largest difference {gap:.1g}), because the state is carried on. {test.shape} fits. "
        f"Points that were left out: {left}. Batches must stay in order, and reset_states() belongs before the next "
        "series."
    )
    return Tried(
        "LSTM(..., stateful=True)\nmodel.predict(pieces, batch_size=1)",
        verdict,
        (
            named("pieces", parts, "pieces timesteps features"),
            named("x_test", test, INPUTS["piece"]),
            like("answer", answered, out),
        ),
        (Figure("pieces", len(parts)), Figure("points left out", left), Figure("largest difference to one run", gap)),
    )


# -- tried for real: mistakes with windows -------------------------------------------------------------------


@trial("Cut x, forget to cut y", "loud", says="Data cardinality is ambiguous.", needs=_needs_windows)
def uncut_targets(dims: Dims) -> Tried:
    """Windows for x, the whole column for y."""
    from explainers.core.words import spoken_by_keras

    right = dims.but(reading="windows", horizon=1, targets=1, target_point="next", any_length=False)
    x, y = cut(right)
    whole = table(right).astype("float32")[:, 0]  # (points,)
    model, _, _ = _live(right)
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
            f"x has {len(x)} rows and y has {len(whole)}: a row of y for each window.",
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
    return _needs_test(dims)


@trial(
    "One window, no windows axis",
    "loud",
    says="expected shape=(None, 12, 3), found shape=(12, 3)",
    needs=_needs_several_features,
)
def window_without_batch(dims: Dims) -> Tried:
    """Predict from one window as it was cut: (timesteps, features)."""
    window = _test(dims)[0]
    model, expected, _ = _live(dims, reading="windows", any_length=False)
    _, error = try_feed(model, window, expected)
    verdict = (
        f"One window is {window.shape}; the model reads (windows, timesteps, features), even for one of them: "
        f"window[None] is {(1, *window.shape)}."
    )
    return Tried(
        f"model.predict(window)  # {window.shape}",
        verdict,
        (named("window", window, "timesteps features"),),
        error=error,
        kind="loud" if error else "silent",
    )


@trial("One window of one feature", "silent", needs=_needs_test)
def one_feature_alone(dims: Dims) -> Tried:
    """The same with one feature: Keras adds an axis, at the wrong end."""
    window = _test(dims)[0][:, :1]
    model, expected, out = _live(dims, reading="windows", any_length=False, features=1)
    answered, error = try_feed(model, window, expected)
    tensors: tuple[Tensor, ...] = (named("window", window, "timesteps features"),)
    verdict = f"{window.shape} is refused: window[None] is {(1, *window.shape)}."
    if answered is not None:
        tensors = (*tensors, like("answer", answered, out))
        verdict = (
            f"With one feature Keras adds the missing axis by itself, but at the end: it reads {len(window)} windows "
            f"of one point and answers {answered.shape} without a word. "
            f"window[None], {(1, *window.shape)}, is one window."
        )
    return Tried(
        f"model.predict(window)  # {window.shape}", verdict, tensors, error=error, kind="loud" if error else "silent"
    )


def _needs_leaks(dims: Dims) -> str:
    where = cutting.split(dims.points, dims.timesteps, 1, dims.validation_split)
    enough = 4 * dims.timesteps + 4
    if where.training >= enough and where.held_out > 2:
        return ""
    return f"Too few windows to compare fairly: {where.training}, and {enough} are needed. Choose more points."


def _compare(dims: Dims, compared: Callable[..., Compared]) -> Compared:

    series = np.asarray(table(dims)[:, 0])
    return compared((series - series.mean()) / (series.std() or 1.0), dims.timesteps, dims.validation_split)


def _compared_figures(found: Compared) -> tuple[Figure, ...]:
    how = f"mean absolute error over {found.windows} held-out windows, in standard deviations of the series"
    return (
        Figure("error it shows", found.believed, how),
        Figure("its error in real use", found.in_use, "forecasting the next point, with what is known by then"),
        Figure("error of right windows", found.honest, how),
        Figure("error of “same as the last value”", found.naive, how),
    )


@trial("Off by one: the target inside the window", "silent", needs=_needs_leaks)
def target_inside(dims: Dims) -> Tried:
    """Off by one: the target is the last point of its own window."""
    from explainers.forecasting.leaks import target_in_window

    found, last = _compare(dims, target_in_window), dims.timesteps - 1
    verdict = (
        f"An error of {found.believed:.2g}, where “same as the last value” has {found.naive:.2g} and right windows "
        f"{found.honest:.2g}: too good to be true. The target, point i+{last}, stands inside the window i … i+{last}; "
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
    from explainers.forecasting.leaks import one_late

    found = _compare(dims, one_late)
    verdict = (
        f"y = target[{dims.timesteps + 1}:] skips the next point: the model learns two steps ahead and is told it is "
        "one. "
        f"Its error is {found.believed:.2g}; right windows have {found.honest:.2g}. Used for the next point it is "
        "off by "
        f"{found.in_use:.2g}, and in a plot its curve comes one point early."
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
    from explainers.forecasting import leaks

    found = _compare(dims, leaks.look_ahead)
    verdict = (
        f"A second feature, the mean of each point and its two neighbours, knows the next point: an error of "
        f"{found.believed:.2g} instead of {found.honest:.2g}, and the baseline's {found.naive:.2g} looks beaten. In "
        "real use "
        f"the neighbour isn't there yet, and the same model is off by {found.in_use:.2g}. Smooth and scale with the "
        "past alone."
    )
    return Tried(
        "smooth = (target[:-2] + target[1:-1] + target[2:]) / 3  # uses the next point",
        verdict,
        figures=_compared_figures(found),
    )


def _needs_validation(dims: Dims) -> str:
    missing = _needs_windows(dims)
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
        "shuffles "
        f"the other {tag(trained, 'windows')}, and takes them in {len(batches)} batches an epoch: {batches[0]}, the "
        "last one "
        f"{batches[-1]}. Shuffling windows is fine; the order inside a window is what the LSTM reads."
    )
    return Tried(
        f"model.fit(x, y, batch_size={dims.batch_size}, validation_split={dims.validation_split:g})",
        verdict,
        figures=(
            Figure("training windows", trained),
            Figure("steps an epoch", len(batches)),
            Figure("windows in the last batch", batches[-1][0]),
        ),
    )


EXPLAINER = Explainer(
    name="windowed_forecast",
    title="Windowed forecast",
    question="I trained on one long series: why can't I predict from 10 new points?",
    dims=Dims,
    presets=PRESETS,
    inputs=INPUTS,
    build=build,
    answer=answer,
    journey=Journey(change="units", open="any_length"),
    fixes=fixes,
    trials=(
        whole_series,
        whole_series_sequential,
        whole_series_then,
        any_length,
        one_sample_per_point,
        padding,
        padding_unmasked,
        windows,
        stateful,
        uncut_targets,
        window_without_batch,
        one_feature_alone,
        target_inside,
        target_late,
        look_ahead,
        what_fit_does,
    ),
    extra=extra,
    feed=feed,
    train=train,
    unused=unused,
    asked=(
        "expected lstm_46_input to have shape (1, 600, 25) but got array with shape (1, 10, 25)",
        "How do I reshape a time series for an LSTM?",
        "What is look_back, and how many windows are there?",
        "Is my LSTM better than the naive forecast?",
        "How do I forecast several steps ahead?",
        "Data cardinality is ambiguous",
    ),
    about="A network learns from many samples. One long series is a single sample, until a window slides over it.",
    order=40,
    always_builds=True,
)
