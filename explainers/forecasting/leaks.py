"""What a window must not contain: forecasts that look good because the target was given away.

The forecaster here is the best straight-line one: a Dense(1) on the flattened window, with the weights that
least squares finds. No luck of a training is in it, so a difference between two runs is the data's doing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from explainers.forecasting.windows import Array, Split, mae, split

RIDGE = 1e-9  # so that columns that say the same don't blow up


@dataclass(frozen=True)
class Compared:
    """MAE on the held-out part. believed: of the wrong windows. in_use: of the same model when it has to forecast.

    honest: of a model that got right windows. naive: same as the last value.
    """

    believed: float
    in_use: float
    honest: float
    naive: float
    windows: int


def straight(x: Array, y: Array) -> Any:
    """A live Keras model, Flatten and Dense(1), with the weights of least squares. x (windows, timesteps, features)."""
    import keras
    from keras import layers

    rows = np.concatenate([x.reshape(len(x), -1), np.ones((len(x), 1))], axis=1)  # (windows, timesteps × features + 1)
    weights = np.linalg.solve(rows.T @ rows + RIDGE * len(x) * np.eye(rows.shape[1]), rows.T @ y)
    window = keras.Input(x.shape[1:], name="window")  # (windows, timesteps, features)
    flat = layers.Flatten(name="flat")(window)  # (windows, timesteps × features)
    model = keras.Model(window, layers.Dense(1, name="dense")(flat), name="straight")  # (windows, 1)
    model.get_layer("dense").set_weights([weights[:-1, None], weights[-1:]])
    return model


def predictions(model: Any, x: Array) -> Array:
    """(windows, timesteps, features) -> (windows,)."""
    return np.asarray(model(x.astype("float32"), training=False))[:, 0]


def windows_of(columns: Array, timesteps: int, last: Array) -> Array:
    """The windows that end with the points `last`: (len(last), timesteps, features)."""
    return columns[last[:, None] + np.arange(1 - timesteps, 1)]


def ends(where: Split, timesteps: int) -> tuple[Array, Array]:
    """The last points of right windows: those for training, and those whose next point is held out."""
    return np.arange(timesteps - 1, where.first - 1), np.arange(where.first - 1, where.first - 1 + where.held_out)


def target_in_window(series: Array, timesteps: int, share: float) -> Compared:
    """Off by one: the target is the last point of its own window. series: (points,)."""
    columns, (train, later) = series[:, None], _ends(series, timesteps, share)
    leaking = straight(windows_of(columns, timesteps, train), series[train])
    truth = series[later + 1]
    return Compared(
        believed=mae(series[later + 1], predictions(leaking, windows_of(columns, timesteps, later + 1))),
        in_use=mae(truth, predictions(leaking, windows_of(columns, timesteps, later))),
        honest=_honest(series, timesteps, share),
        naive=mae(truth, series[later]),
        windows=len(later),
    )


def one_late(series: Array, timesteps: int, share: float) -> Compared:
    """Off by one the other way: the point right after the window is left out, the one after it is the target."""
    columns, (train, later) = series[:, None], _ends(series, timesteps, share)
    late = straight(windows_of(columns, timesteps, train[:-1]), series[train[:-1] + 2])
    return Compared(
        believed=mae(series[later[:-1] + 2], predictions(late, windows_of(columns, timesteps, later[:-1]))),
        in_use=mae(series[later + 1], predictions(late, windows_of(columns, timesteps, later))),
        honest=_honest(series, timesteps, share),
        naive=mae(series[later + 1], series[later]),
        windows=len(later),
    )


def look_ahead(series: Array, timesteps: int, share: float) -> Compared:
    """A feature that knows the future: the mean of each point, the one before it and the one after it."""
    centred = (series + np.roll(series, 1) + np.roll(series, -1)) / 3  # (points,)
    centred[0], centred[-1] = series[:2].mean(), series[-2:].mean()  # the ends have one neighbour
    columns = np.stack([series, centred], axis=1)  # (points, features)
    train, later = _ends(series, timesteps, share)
    leaking = straight(windows_of(columns, timesteps, train), series[train + 1])
    truth = series[later + 1]
    seen = windows_of(columns, timesteps, later)  # (windows, timesteps, features)
    real = seen.copy()
    real[:, -1, 1] = series[later - 1] / 2 + series[later] / 2  # today, tomorrow isn't there yet
    return Compared(
        believed=mae(truth, predictions(leaking, seen)),
        in_use=mae(truth, predictions(leaking, real)),
        honest=_honest(series, timesteps, share),
        naive=mae(truth, series[later]),
        windows=len(later),
    )


def _ends(series: Array, timesteps: int, share: float) -> tuple[Array, Array]:
    return ends(split(len(series), timesteps, 1, share), timesteps)


def _honest(series: Array, timesteps: int, share: float) -> float:
    columns, (train, later) = series[:, None], _ends(series, timesteps, share)
    model = straight(windows_of(columns, timesteps, train), series[train + 1])
    return mae(series[later + 1], predictions(model, windows_of(columns, timesteps, later)))
