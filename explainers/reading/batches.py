"""`fit` and `predict` on a few samples, without what only pays for many: Keras' pipeline of data, traced graphs.

Whether data fit shows in one forward pass with its loss and metrics, as the step of `fit` begins. So a model that
takes all batches here takes them there. Where one fails, Keras' own `fit` or `predict` has the word: its message is the
one that learners see. Only a worker imports this module.
"""

from __future__ import annotations

from typing import Any

import keras

from explainers.core.loops import first_steps

KERAS_BATCH = 32  # samples that fit and predict take at a time where nobody says it
# Samples that show what a batch of 32 does; at first those that divide it, as a reshape of a batch may have to.
ENOUGH = (2, 4, 8, 3, 5, 6, 7, 9, 11, 13, 16)


def takes_all(model: Any, data: tuple[Any, ...], batch_size: int | None) -> bool:
    """Whether a model predicts on `(x,)`, or trains on `(x, y)`, batch by batch. False where only Keras can say."""
    arrays = keras.tree.flatten(data)
    counts = {len(array) if array.ndim else 0 for array in arrays}
    if len(counts) != 1 or counts == {0}:
        return False
    size = batch_size or KERAS_BATCH
    try:
        with first_steps(model):
            for samples in _batches(model, arrays, counts.pop(), size):
                _step(model, *keras.tree.map_structure(lambda array, n=samples: array[:n], data))
    except Exception:  # whatever it is, Keras says it again in the words of fit or predict
        return False
    return True


def _step(model: Any, x: Any, y: Any = None) -> None:
    """What `predict` does with a batch, or `fit` up to the gradients: these have the shapes of the weights."""
    outputs = model(x, training=y is not None)
    if y is not None:
        model.compute_loss(x=x, y=y, y_pred=outputs, training=True)
        model.compute_metrics(x, y, outputs)


def _batches(model: Any, arrays: list[Any], count: int, size: int) -> set[int]:
    """The different numbers of samples that batches have; few of them will do where no size of the model is so many."""
    if model.inputs[0].shape[0] is not None:
        return {min(size, count), count % size} - {0}
    few = next((n for n in ENOUGH if n not in _sizes(model, arrays)), KERAS_BATCH)
    return {min(count, size, few)}


def _sizes(model: Any, arrays: list[Any]) -> set[int | None]:
    """All sizes that a number of samples could be taken for."""
    nodes = [node for layer in getattr(model, "operations", model.layers) for node in layer._inbound_nodes]
    held = [*keras.tree.flatten([node.output_tensors for node in nodes]), *model.weights]
    return {n for tensor in held for n in tensor.shape} | {n for array in arrays for n in array.shape[1:]}
