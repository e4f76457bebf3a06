"""Models of keras.applications, live: the real ones for their shapes and counts, stand-ins where something is run.

Only a worker imports this module. A real one is built without the numbers of its weights (a second at most, where
loading and running it would take many): its layers, shapes and counts are Keras' own. What is tried with data runs
through a layer without weights that takes and gives the same shapes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import keras
from keras.src.applications.imagenet_utils import obtain_input_shape

from explainers.core.building import names_begin_anew, shapes_alone
from explainers.core.spec import LayerSpec, Sizes
from explainers.reading.backbones import ENDS, PREFIX, backbone_of, ends_of

OF_IMAGENET = 1000  # classes
MOST_KEPT = 4  # of the real ones, which hold no numbers


class StandIn(keras.layers.Layer):
    """In place of a backbone: every number that comes out is the mean of a picture, in the backbone's own shape."""

    def __init__(self, real: keras.Model, name: str) -> None:
        super().__init__(name=name)
        make: Any = keras.layers.InputSpec  # untyped in Keras
        self.input_spec = [make(shape=tensor.shape) for tensor in real.inputs]
        tensor: Any = keras.KerasTensor  # untyped, as its method here
        told: Any = real.compute_output_spec
        self.spec_of: Callable[[Sizes], Any] = lambda shape: told(tensor(shape))  # a model of its own would be tracked

    def compute_output_spec(self, inputs: Any, **_: Any) -> Any:
        """Keras' own, or its own refusal."""
        return self.spec_of(inputs.shape)

    def call(self, inputs: Any) -> Any:
        """A mean for each picture, spread over the output."""
        mean = keras.ops.mean(inputs, axis=tuple(range(1, len(inputs.shape))))
        made = self.spec_of((None, *inputs.shape[1:]))
        several = isinstance(made, list | tuple)
        spread = [_spread(mean, tuple(tensor.shape)) for tensor in (made if several else [made])]
        return spread if several else spread[0]


def _spread(mean: Any, shape: Sizes) -> Any:
    samples = keras.ops.shape(mean)[0]
    return keras.ops.broadcast_to(
        keras.ops.reshape(mean, (-1, *[1] * (len(shape) - 1))), (samples, *(n or 1 for n in shape[1:]))
    )


def backbone(spec: LayerSpec, stands_in: bool) -> Any:
    """The model that the text asks for, under a name of its own; or what takes its place."""
    bare = tuple((key, value) for key, value in spec.arguments if key != ENDS)
    real = real_one(LayerSpec(spec.class_name, spec.name, bare), ends_of(spec))
    if stands_in:
        return StandIn(real, spec.name)
    return keras.Model(real.inputs, real.outputs if len(real.outputs) > 1 else real.outputs[0], name=spec.name)


@lru_cache(maxsize=MOST_KEPT)
def real_one(spec: LayerSpec, ends: tuple[str | int, ...]) -> keras.Model:
    """Keras' own model without its numbers. Raises what Keras raises."""
    arguments = {key: value for key, value in spec.arguments if key not in ("weights", "name")}
    make = getattr(keras.applications, spec.class_name.removeprefix(PREFIX))
    _refuse_what_weights_do(spec)
    with shapes_alone(), names_begin_anew():
        made = make(weights=None, **arguments)
        if ends == ("",):
            return made
        outputs = [made.output if end == "" else _inside(made, end).output for end in ends]
        return keras.Model(made.inputs, outputs if len(outputs) > 1 else outputs[0])


def _refuse_what_weights_do(spec: LayerSpec) -> None:
    """Raise what Keras raises where its trained weights, which aren't loaded here, are made for other pictures."""
    facts, shape, classes = backbone_of(spec), spec.get("input_shape"), spec.get("classes", OF_IMAGENET)
    if facts is None or spec.get("weights", "imagenet") != "imagenet":
        return
    top = spec.get("include_top", True) is True
    if top and classes != OF_IMAGENET:
        raise ValueError(
            f"If using `weights='imagenet'` with `include_top=True`, `classes` should be {OF_IMAGENET}.  "
            f"Received classes={classes}"
        )
    if isinstance(shape, tuple):
        obtain_input_shape(shape, facts.side, 1, "channels_last", top and facts.side is not None, "imagenet")


def _inside(model: keras.Model, which: str | int) -> Any:
    return model.layers[which] if isinstance(which, int) else model.get_layer(which)
