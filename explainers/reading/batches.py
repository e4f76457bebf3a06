"""`fit` and `predict` on a few samples, without what only pays for many: Keras' pipeline of data, and traced graphs.

Both run the same step on each batch as Keras' methods for one batch do. So a model that takes all batches here takes
them there. Where one fails, Keras' own `fit` or `predict` has the word: its message is the one that learners see.
Only a worker imports this module.
"""

from __future__ import annotations

from typing import Any

import keras

KERAS_BATCH = 32  # samples that fit and predict take at a time where nobody says it
MOST_EAGER = 40  # timesteps up to which running them one by one takes less time than tracing the loop (measured)


def takes_all(model: Any, data: tuple[Any, ...], batch_size: int | None) -> bool:
    """Whether a model predicts on `(x,)`, or trains on `(x, y)`, batch by batch. False where only Keras can say."""
    arrays = keras.tree.flatten(data)
    counts = {len(array) if array.ndim else 0 for array in arrays}
    if len(counts) != 1 or counts == {0}:
        return False
    step = model.predict_on_batch if len(data) == 1 else model.train_on_batch
    size, eager = batch_size or KERAS_BATCH, model.run_eagerly
    model.run_eagerly = timesteps(model, max(max(array.shape) for array in arrays)) <= MOST_EAGER
    try:
        for start in range(0, counts.pop(), size):
            step(*keras.tree.map_structure(lambda array, at=start: array[at : at + size], data))
    except Exception:  # whatever it is, Keras says it again in the words of fit or predict
        return False
    finally:
        model.run_eagerly, model.predict_function, model.train_function = eager, None, None
    return True


def timesteps(model: Any, where_open: int = 1) -> int:
    """How many steps the model's loops through time take; where their number is open, as many as are said."""
    loops = [layer for layer in model.layers if hasattr(layer, "return_sequences") or hasattr(layer, "merge_mode")]
    return sum(_steps(layer, where_open) for layer in loops)


def _steps(layer: Any, where_open: int) -> int:
    steps = keras.tree.flatten(layer.input)[0].shape[1] or where_open
    return int(steps) * (2 if hasattr(layer, "merge_mode") else 1)
