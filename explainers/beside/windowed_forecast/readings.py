"""The five readings of one series, tried with new points."""

from __future__ import annotations

from typing import Any

import numpy as np

from explainers.core import then
from explainers.core.axes import Shape
from explainers.core.bounds import at_most
from explainers.core.later import keras, layers
from explainers.core.results import BuildError, Figure, Fix, Tensor
from explainers.core.trial import Tried, trial
from explainers.core.trying import like, live, named, try_feed
from explainers.core.words import tag
from explainers.forecasting import windows as cutting
from explainers.windowed_forecast import INPUTS, Dims, build, cut, feed, readings, table

_MOST_PIECES = 100  # read one after the other by a stateful model
_ANY = Fix("any_length=True", {"any_length": True}, "Leave the timesteps open: Input((None, features)).")
_WINDOWS = Fix(
    "reading=windows",
    {"reading": "windows", "any_length": False},
    "Train on samples that are as long as what you predict from.",
    recommended=True,
)


def newest(dims: Dims) -> cutting.Array:
    """The newest points, as one sample: (1, timesteps, features)."""
    points: cutting.Array = table(dims).astype("float32")[-dims.timesteps :, : dims.features][None]
    return points


def live_reading(dims: Dims, **changes: Any) -> tuple[Any, Shape, Shape]:
    """The live model, and the named shapes of what goes in and what comes out."""
    model, found = live(lambda: build(dims.but(**changes)), INPUTS)
    return model, found.layers[0].outputs[0], found.layers[-1].outputs[0]


def _predict(model: Any, x: cutting.Array) -> cutting.Array:
    """What `model.predict(x)` gives, without compiling a graph first: faster where there are few timesteps."""
    return np.asarray(model(x, training=False))


def needs_test(dims: Dims) -> str:
    if dims.points > dims.timesteps:
        return ""
    return f"The series has {dims.points} points: choose fewer than {dims.points} timesteps to predict from."


def needs_windows(dims: Dims) -> str:
    if cutting.window_count(dims.points, dims.timesteps, dims.horizon) > 1:
        return ""
    return f"{dims.points} points make fewer than two windows of {dims.timesteps} timesteps and {dims.horizon} targets."


@trial(
    "The whole series as one sample",
    "loud",
    says="expected shape=(None, 240, 3), found shape=(1, 12, 3)",
    needs=needs_test,
)
def whole_series(dims: Dims) -> Tried:
    """Train on the whole series as one sample, predict from a few points: a functional model refuses."""
    test = newest(dims)
    model, expected, _ = live_reading(dims, reading="whole_series", any_length=False)
    _, error = try_feed(model, test, expected)
    x, y, _ = readings(dims)["whole_series"]
    verdict = (
        f"The whole series is one sample of {tag(dims.points, 'timesteps')} timesteps. The model was built for that, "
        f"so it doesn't take {tag(dims.timesteps, 'timesteps')}."
    )
    return Tried(
        f"Input(({dims.points}, {dims.features}))\nmodel.predict(x_test)  # {test.shape}",
        verdict,
        (x, y, named("x_test", test, INPUTS["series"])),
        error=error,
        fixes=(_WINDOWS, _ANY),
    )


@trial("The whole series, in a Sequential model", "silent", needs=needs_test)
def whole_series_sequential(dims: Dims) -> Tried:
    """The same layers in a Sequential: today's Keras predicts without a word."""
    _, expected, out = live_reading(dims, reading="whole_series", any_length=False)
    model = keras.Sequential(
        [
            keras.Input((dims.points, dims.features), name="series"),
            layers.LSTM(dims.units, return_sequences=True, name="rnn"),
            layers.Dense(dims.targets, name="dense"),
        ],
        name="sequential",
    )
    test = newest(dims)
    predicted, error = try_feed(model, test, expected)
    tensors = (named("x_test", test, INPUTS["series"]),)
    if predicted is None:
        return Tried(
            "keras.Sequential([...])",
            "A Sequential refuses it as well.",
            tensors,
            error=error,
        )
    verdict = (
        f"A Sequential with Input(({dims.points}, {dims.features})) takes {test.shape} and returns {predicted.shape}, "
        f"without a warning: the declared {tag(dims.points, 'timesteps')} timesteps are not checked. And it predicts "
        "for each timestep, not for the next point."
    )
    return Tried(
        f"keras.Sequential([Input(({dims.points}, {dims.features})), ...]).predict(x_test)",
        verdict,
        (*tensors, like("prediction", predicted, out)),
    )


@trial(
    ("The whole series, in Keras 2"),
    "loud",
    says="expected shape=(None, 240, 3), found shape=(None, 12, 3)",
    needs=needs_test,
)
def whole_series_then(dims: Dims) -> Tried:
    """The whole series, in Keras 2, today's tf_keras and the first releases' own check."""
    test, declared = newest(dims), (1, dims.points, dims.features)
    layers = [("LSTM", {"units": dims.units, "return_sequences": True}), ("Dense", {"units": dims.targets})]
    predicted, said = then.predict_sequential(layers, declared, test)
    older = then.first_keras_check("lstm_46_input", declared, test)
    error = BuildError(
        "ValueError", said, None, "data_size", "Keras 2 checks the declared timesteps in a Sequential too."
    )
    verdict = f"Keras 2 refuses {test.shape} in a Sequential too. Its first releases said: “{older}”"
    return Tried(
        "tf_keras.Sequential([...]).predict(x_test)",
        verdict,
        (named("x_test", test, INPUTS["series"]),),
        error=error if predicted is None else None,
    )


@trial("Leave the timesteps open", "run", needs=needs_test)
def any_length(dims: Dims) -> Tried:
    """Timesteps left open: the same weights read the whole series and a few points."""
    model, _, out = live_reading(dims, reading="whole_series", any_length=True)
    whole, test = feed(dims, "series", (1, dims.points, dims.features)), newest(dims)
    first, second = model.predict(whole, verbose=0), _predict(model, test)
    verdict = (
        f"With Input((None, {dims.features})) the same {model.count_params():,} weights return {first.shape} for the "
        "whole "
        f"series and {second.shape} for {tag(dims.timesteps, 'timesteps')} points. But it was trained on one single "
        "sample."
    )
    return Tried(
        f"Input((None, {dims.features}))\nmodel.predict(x_test)  # {test.shape}",
        verdict,
        (named("x_test", test, INPUTS["series"]), like("prediction", second, out)),
    )


@trial("Each point as a sample", "run", needs=needs_test)
def one_sample_per_point(dims: Dims) -> Tried:
    """Each point as a sample, its measurements read as timesteps."""
    model, _, out = live_reading(dims, reading="samples", any_length=False)
    x, y, _ = readings(dims)["samples"]
    test = newest(dims)[0][:, :, None]  # (timesteps, features, 1)
    predicted = _predict(model, test)
    verdict = (
        f"{dims.points} samples of {tag(dims.features, 'timesteps')} timesteps: the test data are {test.shape}, and "
        f"{tag(dims.timesteps, 'samples')} points lead to {predicted.shape}, one prediction each. It runs, but the "
        "order of the points is lost, and the features of one point are read as if they were a sequence."
    )
    return Tried(
        f"x = table[:, :, None]  # {_sizes(x)}",
        verdict,
        (x, y, named("x_test", test, INPUTS["samples"]), like("prediction", predicted, out)),
    )


def _sizes(tensor: Tensor) -> tuple[int | None, ...]:
    return tuple(axis.size for axis in tensor.shape)


@trial("Pad with zeros", "run", needs=needs_test)
def padding(dims: Dims) -> Tried:
    """Fill the few points up to the length of the series; masked, the empty timesteps don't count."""
    model, _, out = live_reading(dims, reading="padding", any_length=False)
    free, _, _ = live_reading(dims, reading="whole_series", any_length=True)
    free.set_weights(model.get_weights())
    test = newest(dims)
    filled = cutting.padded(test[0], dims.points)  # (1, points, features)
    predicted = np.asarray(model.predict(filled, verbose=0))  # (1, points, targets)
    alone = _predict(free, test)  # (1, timesteps, targets)
    gap = float(np.max(np.abs(predicted[:, : dims.timesteps] - alone)))
    empty = dims.points - dims.timesteps
    verdict = (
        f"x_test becomes {filled.shape} with {tag(empty, 'timesteps')} empty timesteps. Its first "
        f"{tag(dims.timesteps, 'timesteps')} predictions are those of the unpadded points (largest difference "
        f"{gap:.1g}); the other {empty} say nothing new."
    )
    return Tried(
        "x_test = padded(points)  # zeros at the end\nMasking()",
        verdict,
        (named("x_test", filled, INPUTS["padded"]), like("prediction", predicted, out)),
        (
            Figure("empty timesteps", empty, f"{dims.points} − {dims.timesteps}"),
            Figure("largest difference from the unpadded run", gap),
        ),
    )


@trial("Padding without Masking", "silent", needs=needs_test)
def padding_unmasked(dims: Dims) -> Tried:
    """The same without Masking, reading the last prediction: the zeros have been read as measurements."""
    free, _, _ = live_reading(dims, reading="whole_series", any_length=True)
    test = newest(dims)
    filled = cutting.padded(test[0], dims.points)  # (1, points, features)
    last = np.asarray(free.predict(filled, verbose=0))[0, -1]  # (targets,)
    right = _predict(free, test)[0, -1]  # (targets,)
    gap, empty = float(np.max(np.abs(last - right))), dims.points - dims.timesteps
    verdict = (
        f"Without Masking the LSTM reads {tag(empty, 'timesteps')} zeros as if they had been measured: its last "
        "prediction is "
        f"{last[0]:.4f} and not {right[0]:.4f}. Keras says nothing."
    )
    return Tried(
        "model.predict(x_test)[0, -1]",
        verdict,
        figures=(
            Figure("last prediction, padded", float(last[0])),
            Figure("last prediction, as it should be", float(right[0])),
            Figure("largest difference", gap),
        ),
        fixes=(Fix("reading=padding", {"reading": "padding"}),),
    )


@trial("Cut it into windows", "run", needs=needs_windows)
def windows(dims: Dims) -> Tried:
    """Cut the series into windows: the shapes, and the test data fit."""
    right = dims.but(reading="windows", target_point="next", any_length=False)
    model, _, out = live_reading(right)
    x, y, _ = readings(right)["windows"]
    test = newest(dims)
    predicted = _predict(model, test)
    count = len(cut(right)[0])
    verdict = (
        f"{tag(count, 'windows')} samples instead of one. Window i holds the points i … i+{dims.timesteps - 1} and its "
        f"first target is the point i+{dims.timesteps}. {test.shape} fits, and gets {predicted.shape}."
    )
    code = (
        f"count = {dims.points} - {dims.timesteps} - {dims.horizon} + 1\n"
        f"x = np.stack([table[i : i + {dims.timesteps}] for i in range(count)])  # {_sizes(x)}\n"
        f"y = np.stack([target[i + {dims.timesteps} : i + {dims.timesteps + dims.horizon}] for i in range(count)])"
    )
    return Tried(
        code,
        verdict,
        (x, y, named("x_test", test, INPUTS["windows"]), like("prediction", predicted, out)),
        (Figure("windows", count, f"{dims.points} − {dims.timesteps} − {dims.horizon} + 1"),),
    )


@trial("Stateful, piece by piece", "run", needs=needs_test)
def stateful(dims: Dims) -> Tried:
    """Piece by piece with batch 1: the carried state makes it the same as reading the whole series."""
    model, _, out = live_reading(dims, reading="stateful", any_length=False)
    whole, _, _ = live_reading(dims, reading="whole_series", any_length=True)
    whole.set_weights(model.get_weights())
    every = cutting.pieces(table(dims).astype("float32")[:, : dims.features], dims.timesteps)
    parts = every[: at_most(_MOST_PIECES, len(every), "pieces")]  # (pieces, timesteps, features)
    read = parts.reshape(1, -1, dims.features)  # (1, pieces × timesteps, features)
    in_one = np.asarray(whole.predict(read, verbose=0))  # (1, pieces × timesteps, targets)
    in_pieces = np.asarray(model.predict(parts, batch_size=1, verbose=0)).reshape(in_one.shape)
    gap = float(np.max(np.abs(in_one - in_pieces)))
    test = newest(dims)
    predicted = np.asarray(model.predict(test, batch_size=1, verbose=0))
    left = dims.points - len(every) * dims.timesteps
    verdict = (
        f"{tag(len(parts), 'pieces')} pieces of {(1, *parts.shape[1:])}, in order, batch 1: the predictions are those "
        f"of one run over all of them (largest difference {gap:.1g}), because the state carries over from piece to "
        f"piece. {test.shape} fits. Points left out: {left}. Batches must stay in order, and reset_states() belongs "
        "before the next series."
    )
    return Tried(
        "LSTM(..., stateful=True)\nmodel.predict(pieces, batch_size=1)",
        verdict,
        (
            named("pieces", parts, "pieces timesteps features"),
            named("x_test", test, INPUTS["piece"]),
            like("prediction", predicted, out),
        ),
        (Figure("pieces", len(parts)), Figure("points left out", left), Figure("largest difference from one run", gap)),
    )
