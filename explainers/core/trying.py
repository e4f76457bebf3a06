"""Ways to try something for real and keep what happened as plain data. Keras is loaded when one of them is used."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainers.core.axes import Axis, Shape
from explainers.core.failures import explain_data
from explainers.core.later import keras
from explainers.core.recording import shown
from explainers.core.results import BuildError, Inspection, Tensor
from explainers.core.rules import RuleError, nameless
from explainers.core.waves import waves as waves

Array = NDArray[Any]


def try_build(build: Callable[[], Any], axis_names: Mapping[str, str] | None = None) -> Inspection:
    """Build it and look at it, without a forward pass; a failure is in `.error`. There is no summary of it."""
    from explainers.core.inspection import inspect_live

    return inspect_live(build, axis_names, run="plan", summary=False).inspection


def built(build: Callable[[], Any], axis_names: Mapping[str, str] | None = None) -> Any:
    """The live model of a build that must work."""
    return live(build, axis_names)[0]


def live(build: Callable[[], Any], axis_names: Mapping[str, str] | None = None) -> tuple[Any, Inspection]:
    """The live model of a build that must work, and what is known about it without a forward pass and a summary."""
    from explainers.core.inspection import inspect_live

    found = inspect_live(build, axis_names, run=False, summary=False)
    if found.model is None:
        raise RuleError(f"This build must work, but: {found.inspection.error}")
    return found.model, found.inspection


def try_feed(
    model: Any, data: Array | Sequence[Array], expected: Shape, **how: Any
) -> tuple[Array | None, BuildError | None]:
    """Feed `data` to `model.predict`, as a learner would. Returns what came out, or the failure explained."""
    try:
        return np.asarray(model.predict(data, verbose=0, **how)), None
    except Exception as error:  # any error that Keras raises is the lesson
        first = data if isinstance(data, np.ndarray) else data[0]
        return None, explain_data(error, expected, tuple(first.shape))


def named(name: str, array: Array, words: str, origin: str = "the data that were made here") -> Tensor:
    """A NumPy array with the names of its axes: ``named("x", x, "batch timesteps features")``."""
    axes = words.split("|") if "|" in words else words.split()
    shape = tuple(Axis(word, n, origin, (f"data.{word}",)) for word, n in zip(axes, array.shape, strict=True))
    return Tensor(name, shape, shown(array))


def like(name: str, array: Array, shape: Shape) -> Tensor:
    """A NumPy array with the axis names of a known shape; "axis 1" where the rank is another."""
    if len(shape) != array.ndim:
        return Tensor(name, nameless(tuple(array.shape), "the live tensor"), shown(array))
    return Tensor(name, tuple(a.resized(int(n)) for a, n in zip(shape, array.shape, strict=True)), shown(array))


def gradients(model: Any, data: Array | Sequence[Array]) -> list[tuple[str, Array]]:
    """The gradient of mean(output²) by each trainable weight, live: (path of the weight, array of its shape)."""
    import tensorflow as tf  # Keras 3 has no gradients of its own: they are its backend's

    with tf.GradientTape() as tape:
        loss = keras.ops.mean(keras.ops.square(model(data, training=False)))
    found = tape.gradient(loss, [weight.value for weight in model.trainable_weights])
    return [
        (weight.path, np.zeros(weight.shape) if gradient is None else np.asarray(gradient))
        for weight, gradient in zip(model.trainable_weights, found, strict=True)
    ]


def fit_batches(x: Array, batch_size: int | None, validation_split: float = 0.0) -> list[tuple[int, ...]]:
    """The shapes of the batches of one epoch, from a real `fit`."""
    from explainers.core.batches import BatchWatcher

    watcher = BatchWatcher()
    watcher.compile(optimizer=None, loss=None, run_eagerly=True)
    watcher.fit(x, batch_size=batch_size, epochs=1, verbose=0, shuffle=False, validation_split=validation_split)
    return watcher.batches
