"""`fit` and `predict` on a few samples, without what only pays for many: Keras' pipeline of data, and traced graphs.

Both run the same step on each batch as Keras' methods for one batch do, long loops through time without their
gradients, which took longest. So a model that takes all batches here takes them there. Where one fails, Keras' own
`fit` or `predict` has the word: its message is the one that learners see.
Only a worker imports this module.
"""

from __future__ import annotations

from typing import Any

import keras
from keras.src.backend import compute_output_spec
from keras.src.trainers.compile_utils import CompileLoss

KERAS_BATCH = 32  # samples that fit and predict take at a time where nobody says it
MOST_EAGER = 40  # timesteps up to which running them one by one takes less time than tracing the loop (measured)


def takes_all(model: Any, data: tuple[Any, ...], batch_size: int | None) -> bool | None:
    """Whether a model predicts on `(x,)`, or trains on `(x, y)`, batch by batch. None where only Keras can say."""
    arrays = keras.tree.flatten(data)
    counts = {len(array) if array.ndim else 0 for array in arrays}
    if len(counts) != 1 or counts == {0}:
        return None
    size, eager = batch_size or KERAS_BATCH, model.run_eagerly
    model.run_eagerly = timesteps(model, max(max(array.shape) for array in arrays)) <= MOST_EAGER
    learns = model.train_on_batch if model.run_eagerly else model.test_on_batch  # no shape fails in a gradient
    step = model.predict_on_batch if len(data) == 1 else learns
    try:
        if not model.run_eagerly:
            _by_their_shapes(model, *data)
        for start in range(0, counts.pop(), size):
            step(*keras.tree.map_structure(lambda array, at=start: array[at : at + size], data))
    except Exception:  # whatever it is, Keras says it again in the words of fit or predict
        return False
    finally:
        model.run_eagerly, model.predict_function = eager, None
        model.train_function = model.test_function = None
    return True


def _by_their_shapes(model: Any, x: Any, y: Any = None) -> None:
    """The data through the model, and the outputs into its loss, by their shapes: what doesn't fit raises at once.

    How many samples there are decides nothing, unless the model fixes it.
    """
    batch = model.inputs[0].shape[0]
    x, y = keras.tree.map_structure(lambda array: keras.KerasTensor((batch, *array.shape[1:]), array.dtype), (x, y))
    outputs = model(x)
    if isinstance(y, keras.KerasTensor) and isinstance(model.loss, str):
        compute_output_spec(CompileLoss(model.loss), y, outputs)


def timesteps(model: Any, where_open: int = 1) -> int:
    """How many steps the model's loops through time take; where their number is open, as many as are said."""
    loops = [layer for layer in model.layers if hasattr(layer, "return_sequences") or hasattr(layer, "merge_mode")]
    return sum(_steps(layer, where_open) for layer in loops)


def _steps(layer: Any, where_open: int) -> int:
    steps = keras.tree.flatten(layer.input)[0].shape[1] or where_open
    return int(steps) * (2 if hasattr(layer, "merge_mode") else 1)
