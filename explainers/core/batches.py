"""What batches `fit` brings to a model, written down by a model that does nothing else."""

from __future__ import annotations

from typing import Any

import keras


class BatchWatcher(keras.Model):
    """A model that learns nothing and writes down the shape of every batch that fit brings."""

    def __init__(self) -> None:
        super().__init__(name="batch_watcher")
        self.batches: list[tuple[int, ...]] = []

    def train_step(self, data: Any) -> dict[str, float]:
        inputs = data[0] if isinstance(data, tuple) else data
        self.batches.append(tuple(int(n) for n in inputs.shape))
        return {"loss": 0.0}

    def test_step(self, data: Any) -> dict[str, float]:
        return {"loss": 0.0}


class CountedFit(keras.Model):
    """A model that learns nothing: the logs of each step say how many samples its batch had."""

    def train_step(self, data: Any) -> dict[str, Any]:
        return {"loss": 0.0, "samples": _samples(data)}


class WatchedFit(keras.Model):
    """A functional model that really learns, and adds to the logs of each step how many samples its batch had."""

    def train_step(self, data: Any) -> dict[str, Any]:
        return {**super().train_step(data), "samples": _samples(data)}


def _samples(data: Any) -> Any:
    return keras.ops.shape(keras.tree.flatten(data)[0])[0]


class TooManySteps(Exception):
    """Keras plans more steps than are to be run here."""


class StepRecorder(keras.callbacks.Callback):
    """What fit tells a callback: how many steps it plans for an epoch, then the samples and the loss of each step.

    most: steps in all epochs together that may run; TooManySteps where Keras plans more.
    """

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most
        self.planned = 0
        self.epochs: list[list[tuple[int, float]]] = []

    def on_train_begin(self, logs: Any = None) -> None:
        self.planned = int(self.params["steps"])
        if self.planned * int(self.params["epochs"]) > self.most:
            raise TooManySteps

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.epochs.append([])

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.epochs[-1].append((int(logs["samples"]), float(logs["loss"])))
