"""Keras 2 (tf_keras), running live beside today's Keras. Loaded only when a page asks for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainers.core.words import spoken_by_keras

Array = NDArray[Any]
LayerCall = tuple[str, dict[str, Any]]  # class name in tf_keras.layers, arguments


def tf_keras() -> Any:
    """The package itself; imported here so that no page pays for it unasked (0.2 s on top of TensorFlow)."""
    import tf_keras as package

    return package


def sequential(layers: Sequence[LayerCall], batch_shape: tuple[int | None, ...]) -> Any:
    """A Keras 2 Sequential model with a declared batch."""
    package = tf_keras()
    model = package.Sequential(name="sequential")  # else "sequential_1", "sequential_2": by how many there were before
    model.add(package.Input(batch_shape=batch_shape))
    for class_name, arguments in layers:
        model.add(getattr(package.layers, class_name)(**arguments))
    return model


def predict_sequential(
    layers: Sequence[LayerCall], batch_shape: tuple[int | None, ...], x: Array, batch_size: int | None = None
) -> tuple[Array | None, str]:
    """What Keras 2 returns for `x`, or None and its own words where it refuses."""
    try:
        return np.asarray(sequential(layers, batch_shape).predict(x, batch_size=batch_size, verbose=0)), ""
    except Exception as error:  # any error that Keras raises is the lesson
        return None, spoken_by_keras(error)


def first_keras_check(name: str, declared: tuple[int, ...], x: Array) -> str:
    """What the first Keras 2 releases said to data of another shape than declared; "" where they took it.

    Their check still stands in tf_keras, where its graph mode uses it; here it is called by itself.
    """
    tf_keras()
    from tf_keras.src.engine import training_utils_v1

    try:
        training_utils_v1.standardize_input_data(
            [x], [name], [declared], check_batch_axis=True, exception_prefix="input"
        )
    except ValueError as error:
        return spoken_by_keras(error)
    return ""


def refusal(attempt: Callable[[], object]) -> str:
    """The words with which an attempt is refused; "" where it is accepted. Keras 2 prints its own notes: not here."""
    tf_keras()
    try:
        attempt()
    except Exception as error:  # any error that is raised is the lesson
        return spoken_by_keras(error)
    return ""


def agreement(gap: float) -> str:
    """``are equal to the last digit``, ``agree: the largest difference is 3e-08`` or ``differ by 0.2``."""
    if gap == 0.0:
        return "are equal to the last digit"
    return f"agree: the largest difference is {gap:.0e}" if gap < 1e-4 else f"differ by {gap:.2g}"
