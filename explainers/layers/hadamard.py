"""A trainable element-wise (Hadamard) product: the layer, two ways to get its kernel wrong, and their axis rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import layers

from explainers.core.axes import Axis, Shape
from explainers.core.rules import NamedWeight, Ruling


@keras.saving.register_keras_serializable(package="shape_explainer")
class Hadamard(layers.Layer):
    """y = x * kernel, element by element: no sum, so every element keeps its place.

    x and y: (batch, rows, columns), or any other sample of N rows and P columns.
    kernel, by `per`: "element" (1, N, P), "column" (1, 1, P), "row" (1, N, 1). The 1 in front stands for the batch:
    it stretches over however many samples come, so all of them meet the same weights.
    """

    def __init__(self, per: str = "element", kernel_initializer: str = "ones", **kwargs: object) -> None:
        super().__init__(**kwargs)
        if per not in ("element", "column", "row"):
            raise ValueError(f"per={per!r} was given; it must be 'element', 'column' or 'row'.")
        self.per = per
        self.kernel_initializer = keras.initializers.get(kernel_initializer)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        sample = list(input_shape[1:])  # (N, P): without the batch
        if self.per == "column":
            sample[:-1] = [1] * (len(sample) - 1)  # (1, P)
        if self.per == "row":
            sample[-1] = 1  # (N, 1)
        self.kernel = self.add_weight(
            name="kernel", shape=(1, *sample), initializer=self.kernel_initializer
        )  # (1, N, P), (1, 1, P) or (1, N, 1)

    def call(self, x: keras.KerasTensor) -> keras.KerasTensor:
        return x * self.kernel  # (batch, N, P) * (1, N, P) -> (batch, N, P)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return input_shape

    def get_config(self) -> dict[str, object]:
        initializer = keras.initializers.serialize(self.kernel_initializer)
        return {**super().get_config(), "per": self.per, "kernel_initializer": initializer}


@keras.saving.register_keras_serializable(package="shape_explainer")
class HadamardWholeShape(layers.Layer):
    """The mistake: a kernel as large as the whole input, the batch included.

    x: (batch, ..., P). kernel: the same shape, which is (None, ..., P) unless the batch is fixed.
    """

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        self.kernel = self.add_weight(name="kernel", shape=input_shape, initializer="ones")  # (None, ..., P): refused

    def call(self, x: keras.KerasTensor) -> keras.KerasTensor:
        return x * self.kernel  # (batch, ..., P) * (batch, ..., P)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return input_shape


@keras.saving.register_keras_serializable(package="shape_explainer")
class HadamardLastAxis(layers.Layer):
    """The silent mistake, where one weight per element was meant: a kernel of the last axis only.

    x: (batch, N, P). kernel: (P,), which broadcasting stretches over the batch and over the N rows.
    """

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        self.kernel = self.add_weight(
            name="kernel", shape=(input_shape[-1],), initializer=keras.initializers.RandomUniform(-1.0, 1.0)
        )  # (P,)

    def call(self, x: keras.KerasTensor) -> keras.KerasTensor:
        return x * self.kernel  # (batch, N, P) * (P,) -> (batch, N, P)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return input_shape


def _rule(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    """The shape stays. The kernel has the input's axes, with a 1 wherever one weight serves the whole axis."""
    entering = inputs[0]
    last = len(entering) - 1
    shared = {
        "element": {0},
        "column": set(range(last)),
        "row": {0, last},
    }[layer.per]
    kernel = tuple(_one(layer, axis) if place in shared else axis for place, axis in enumerate(entering))
    return _ruling(layer, entering, kernel, [entering[place].axis for place in sorted(shared)])


def _whole_shape(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    """The kernel has every axis of the input, the batch too: it builds only where the batch is fixed."""
    return _ruling(layer, inputs[0], inputs[0], [])


def _last_axis(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    """The kernel has the last axis only; broadcasting stretches it over all others."""
    return _ruling(layer, inputs[0], inputs[0][-1:], [axis.axis for axis in inputs[0][:-1]])


def _ruling(layer: Any, entering: Shape, kernel: Shape, served: list[str]) -> Ruling:
    over = f" The same weights serve all of {' and '.join(served)}." if served else " Each element has its own weight."
    why = f"Multiplies element by element; the shape stays the same.{over}"
    return Ruling((entering,), (NamedWeight(layer.kernel, "kernel", kernel),), why)


def _one(layer: Any, axis: Axis) -> Axis:
    """A 1 that broadcasting stretches along `axis`."""
    name = f"{type(layer).__name__} {layer.name}"
    return Axis("1", 1, f"1 in the kernel of {name}: it stretches over {axis.axis}", (f"{layer.name}.per",))


AXIS_RULES = {"Hadamard": _rule, "HadamardWholeShape": _whole_shape, "HadamardLastAxis": _last_axis}
