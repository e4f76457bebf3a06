"""Keras and its layers, loaded when they are first used: the web process reads the lessons, and must not wait for it.

from explainers.core.later import keras, layers
model = keras.Model(x, layers.Dense(3)(x))  # here Keras is loaded, if it isn't yet
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any


class _Later:
    """A module that isn't imported before somebody asks it for something."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(import_module(self._name), attribute)


if TYPE_CHECKING:
    import keras as keras
    from keras import layers as layers
else:
    keras = _Later("keras")
    layers = _Later("keras.layers")
