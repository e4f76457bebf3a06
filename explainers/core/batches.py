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
