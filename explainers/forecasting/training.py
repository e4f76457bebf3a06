"""Train a small model on the past of a series, epoch by epoch, and forecast what was held out.

    steps = train(build, table, plan)        a generator: one dict per epoch, the result at its end
    {"epoch": 3, "of": 20, "loss": 0.12, "val_loss": 0.15, "so_far": Training(...) or None}

`so_far` is what a learner keeps who stops here. It comes about once a second, and with the last epoch.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from explainers.core.limits import CostError
from explainers.forecasting.numbers import NumbersError
from explainers.forecasting.results import Ahead, Errors, OneStep, Several, Training
from explainers.forecasting.windows import SHIFTS, Array, Split, cut, fewest_points, mae, naive, rmse, split

MOST_CELLS = 20_000_000  # numbers in all windows together; 80 MB
MOST_SECONDS = 60.0  # a training that takes longer ends there, and what it has learned is shown
SNAPSHOT_SECONDS = 1.0
ALIVE_SECONDS = 0.5  # something is said at least so often, so that a stop is heard soon
CLOSE = 0.02  # errors that differ by less than this share count as equal

Progress = dict[str, Any]


@dataclass(frozen=True)
class Plan:
    """What to train on. target_point: "next", or one of the mistakes in `windows.SHIFTS`.

    held_out_share: the last share of the series, to be forecast. learning_rate: Adam's.
    """

    timesteps: int
    horizon: int
    features: int
    targets: int
    target_point: str
    held_out_share: float
    epochs: int
    batch_size: int
    learning_rate: float
    seed: int

    @property
    def shift(self) -> int:
        return SHIFTS[self.target_point]


@dataclass(frozen=True)
class _Data:
    """The windows on both sides of the split, scaled, and what is needed to undo the scaling of column 0."""

    table: Array  # (points, columns), as measured
    scaled: Array  # (points, columns)
    centre: float
    scale: float
    where: Split
    x: Array  # (training windows, timesteps, features)
    y: Array  # (training windows, horizon, targets)
    x_later: Array  # (held-out windows, timesteps, features)
    y_later: Array  # (held-out windows, horizon, targets)
    first_targets: Array  # (held-out windows,): the position of each one's first target


def train(build: Callable[[], Any], table: Array, plan: Plan) -> Generator[Progress, None, Training]:
    """Train; yields progress, returns the `Training`. table: (points, columns), the first target in column 0.

    build: gives the model, (None, timesteps, features) -> horizon × targets numbers. Raises NumbersError where
    the series is too short, CostError where its windows would take too much memory.
    """
    began = time.monotonic()
    data = _prepared(table, plan)
    keras.utils.set_random_seed(plan.seed)  # the same seed starts from the same weights
    model = build()
    model.compile(optimizer=keras.optimizers.Adam(plan.learning_rate), loss="mse")
    order = np.random.default_rng(plan.seed)
    losses: list[float] = []
    val_losses: list[float] = []
    so_far, taken = None, 0.0
    for epoch in range(1, plan.epochs + 1):
        loss = yield from _one_epoch(model, data, plan, order.permutation(data.where.training), epoch, began)
        if loss is None:
            break
        losses.append(loss)
        forecast = _predictions(model, data.x_later, plan)  # (held-out windows, horizon, targets)
        val_losses.append(float(np.mean((forecast - data.y_later) ** 2)))
        now = time.monotonic()
        last = epoch == plan.epochs
        if so_far is None or last or now - taken > SNAPSHOT_SECONDS:
            so_far = _result(model, data, plan, forecast, losses, val_losses, now - began, "")
            taken = now
            yield _progress(epoch, plan, loss, val_losses[-1], so_far)
        else:
            yield _progress(epoch, plan, loss, val_losses[-1], None)
    else:
        assert so_far is not None
        return so_far
    note = f"Stopped after {len(losses)} of {plan.epochs} epochs: training may take {MOST_SECONDS:g} seconds here."
    return _result(
        model, data, plan, _predictions(model, data.x_later, plan), losses, val_losses, time.monotonic() - began, note
    )


def _progress(epoch: int, plan: Plan, loss: float, val_loss: float | None, so_far: Training | None) -> Progress:
    return {"epoch": epoch, "of": plan.epochs, "loss": loss, "val_loss": val_loss, "so_far": so_far}


def _prepared(table: Array, plan: Plan) -> _Data:
    """Scale by the past alone (the future is not known yet), and cut."""
    points = len(table)
    fewest = fewest_points(plan.timesteps, plan.horizon, plan.held_out_share)
    if points < fewest:
        raise NumbersError(
            f"{points:,} points are too few for windows of {plan.timesteps:,} timesteps and a horizon of "
            f"{plan.horizon:,}: "
            f"at least {fewest:,} are needed. Choose more points, or fewer timesteps."
        )
    cells = points * plan.timesteps * plan.features
    if cells > MOST_CELLS:
        raise CostError(
            f"The windows would hold {cells:,} numbers; this server allows {MOST_CELLS:,}. "
            "Choose fewer timesteps, features or points."
        )
    where = split(points, plan.timesteps, plan.horizon, plan.held_out_share, plan.shift)
    centre = table[: where.first].mean(axis=0)  # (columns,)
    spread = table[: where.first].std(axis=0)  # (columns,)
    spread = np.where(spread > 1e-12 * np.maximum(1.0, np.abs(centre)), spread, 1.0)  # a constant can't be divided away
    scaled = ((table - centre) / spread).astype("float32")  # (points, columns)
    x, y = cut(scaled, plan.timesteps, plan.horizon, plan.features, plan.targets, plan.shift)
    start = where.first - plan.timesteps - plan.shift  # the window whose first target is the first held-out point
    later = slice(start, start + where.held_out)
    return _Data(
        table, scaled, float(centre[0]), float(spread[0]), where,
        x[: where.training], y[: where.training], x[later], y[later],
        np.arange(where.first, where.first + where.held_out),
    )  # fmt: skip


def _one_epoch(
    model: Any, data: _Data, plan: Plan, order: Array, epoch: int, began: float
) -> Generator[Progress, None, float | None]:
    """Every training window once, in batches, as `fit` does it. Returns the mean loss; None where time ran out."""
    model.reset_metrics()  # train_on_batch returns the mean since the last reset
    loss, said = float("nan"), time.monotonic()
    for start in range(0, len(order), plan.batch_size):
        chosen = order[start : start + plan.batch_size]
        x = np.ascontiguousarray(data.x[chosen])  # (batch_size, timesteps, features)
        y = data.y[chosen].reshape(_output_shape(len(chosen), model))  # as the model's output
        loss = float(model.train_on_batch(x, y))
        now = time.monotonic()
        if now - began > MOST_SECONDS and epoch > 1:
            return None
        if now - said > ALIVE_SECONDS:
            said = now
            yield {**_progress(epoch, plan, loss, None, None), "batch": start // plan.batch_size + 1}
    return loss


def _output_shape(windows: int, model: Any) -> tuple[int, ...]:
    return (windows, *(int(n) for n in model.output_shape[1:]))


def _predictions(model: Any, x: Array, plan: Plan) -> Array:
    """(windows, timesteps, features) -> (windows, horizon, targets), scaled."""
    predicted = np.asarray(model.predict_on_batch(np.ascontiguousarray(x)))
    return predicted.reshape(len(x), plan.horizon, plan.targets)


def recursive(model: Any, x: Array, plan: Plan) -> Array:
    """`horizon` steps, one at a time: the first prediction becomes the newest point of the next window.

    (windows, timesteps, features) -> (windows, horizon, targets). Features that are no targets aren't forecast
    by this model: they stay at their last value.
    """
    window = np.array(x)  # (windows, timesteps, features)
    shared = min(plan.features, plan.targets)
    steps = []
    for _ in range(plan.horizon):
        next_point = _predictions(model, window, plan)[:, 0]  # (windows, targets)
        steps.append(next_point)
        newest = window[:, -1].copy()  # (windows, features)
        newest[:, :shared] = next_point[:, :shared]
        window = np.concatenate([window[:, 1:], newest[:, None]], axis=1)  # (windows, timesteps, features)
    return np.stack(steps, axis=1)  # (windows, horizon, targets)


def _result(
    model: Any, data: _Data, plan: Plan, forecast: Array, losses: list[float], val_losses: list[float],
    seconds: float, note: str,
) -> Training:  # fmt: skip
    """Everything in the units of the series, for its first target."""
    direct = forecast[:, :, 0] * data.scale + data.centre  # (held-out windows, horizon)
    again = None
    if plan.horizon > 1 and plan.target_point == "next":
        again = recursive(model, data.x_later, plan)[:, :, 0] * data.scale + data.centre  # (held-out windows, horizon)
    series = data.table[:, 0]  # (points,)
    ahead = data.first_targets[:, None] + np.arange(plan.horizon)  # (held-out windows, horizon)
    truth = series[ahead]  # (held-out windows, horizon)
    same = naive(data.table, data.first_targets, plan.horizon)[:, :, 0]  # (held-out windows, horizon)
    one_step = _one_step(data.first_targets, truth[:, 0], direct[:, 0], same[:, 0])
    winner = _winner(one_step)
    return Training(
        epochs=len(losses),
        of=plan.epochs,
        loss=tuple(losses),
        val_loss=tuple(val_losses),
        series=_floats(series),
        first=data.where.first,
        training_windows=data.where.training,
        held_out_windows=data.where.held_out,
        params=int(model.count_params()),
        one_step=one_step,
        several=Several(
            tuple(int(p) for p in ahead[0]), _floats(truth[0]), _floats(direct[0]),
            () if again is None else _floats(again[0]), _floats(same[0]),
        ),
        by_step=tuple(
            Ahead(k + 1, mae(truth[:, k], direct[:, k]), None if again is None else mae(truth[:, k], again[:, k]),
                  mae(truth[:, k], same[:, k]))
            for k in range(plan.horizon)
        ),
        winner=winner,
        verdict=_verdict(one_step, winner, plan),
        seconds=round(seconds, 2),
        note=note,
    )  # fmt: skip


def _one_step(points: Array, truth: Array, forecast: Array, same: Array) -> OneStep:
    return OneStep(
        tuple(int(p) for p in points), _floats(truth), _floats(forecast), _floats(same),
        Errors(mae(truth, forecast), rmse(truth, forecast)),
        Errors(mae(truth, same), rmse(truth, same)),
    )  # fmt: skip


def _floats(values: Array) -> tuple[float, ...]:
    return tuple(float(f"{value:.6g}") for value in values.tolist())


def _winner(step: OneStep) -> str:
    model, same = step.model_errors.mae, step.naive_errors.mae
    if abs(model - same) <= CLOSE * max(model, same):
        return "neither"
    return "model" if model < same else "naive"


def _verdict(step: OneStep, winner: str, plan: Plan) -> str:
    numbers = (
        f"One step ahead the model is off by {step.model_errors.mae:.3g} on average, "
        f"“same as the last value” by {step.naive_errors.mae:.3g}."
    )
    if plan.target_point == "inside_window":
        return f"{numbers} That isn't a forecast: the target was inside the window, which gave it away."
    if plan.target_point == "one_late":
        return f"{numbers} The targets are one point late: the model learned two steps ahead, and is told it was one."
    return (
        numbers
        + {
            "model": " The model beats the baseline: the past says something about the next point, and it has "
            "learned it.",
            "naive": (
                " The model does not beat the baseline: train longer, or use the last value; perhaps there is "
                "nothing to learn."
            ),
            "neither": " That isn't a real difference: the model does not beat the baseline.",
        }[winner]
    )
