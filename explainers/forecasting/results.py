"""What a training hands out: plain frozen data, so far or at the end. No Keras inside."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Errors:
    """MAE and RMSE in the units of the series, on the held-out part."""

    mae: float
    rmse: float


@dataclass(frozen=True)
class OneStep:
    """Each held-out point, forecast from the window before it. All tuples are equally long.

    points: their positions in the series. naive: same as the last value.
    """

    points: tuple[int, ...]
    truth: tuple[float, ...]
    forecast: tuple[float, ...]
    naive: tuple[float, ...]
    model_errors: Errors
    naive_errors: Errors


@dataclass(frozen=True)
class Ahead:
    """Errors (MAE) so many steps ahead, over all held-out windows. recursive: None where it makes no sense."""

    steps: int
    direct: float
    recursive: float | None
    naive: float


@dataclass(frozen=True)
class Several:
    """`horizon` points ahead, all forecast from the one window that ends where the held-out part begins.

    direct: what Dense(horizon) says at once. recursive: its first prediction, fed back as if it had been
    measured; () where that makes no sense.
    """

    points: tuple[int, ...]
    truth: tuple[float, ...]
    direct: tuple[float, ...]
    recursive: tuple[float, ...]
    naive: tuple[float, ...]


@dataclass(frozen=True)
class Training:
    """A training, so far or at its end.

    epochs: finished ones, `of` how many. loss, val_loss: one entry per finished epoch, in scaled units.
    series: all points of the first target. first: where the held-out part begins. by_step: one entry per
    step ahead. winner: "model", "naive" or "neither" (one step ahead, by MAE). verdict: one or two sentences.
    note: why it ended early, else "".
    """

    epochs: int
    of: int
    loss: tuple[float, ...]
    val_loss: tuple[float, ...]
    series: tuple[float, ...]
    first: int
    training_windows: int
    held_out_windows: int
    params: int
    one_step: OneStep
    several: Several
    by_step: tuple[Ahead, ...]
    winner: str
    verdict: str
    seconds: float
    note: str = ""
