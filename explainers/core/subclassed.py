"""A subclassed model has no graph of its own: it is called once more, on symbolic Inputs of the shapes that built it.

Its ``call`` then makes the graph, layer by layer, as if it had been written with Inputs.
"""

from __future__ import annotations

from typing import Any

import keras


class NeverCalled(ValueError):
    """The model has no Input and never met data, so it has no shapes."""


def traced(model: Any) -> Any:
    """The same layers and weights as a model with Inputs. NeverCalled where nobody knows a shape."""
    inputs = _inputs(model)
    for call in (model.call, model):  # from inside, else as one layer
        try:
            outputs = call(*inputs)
            return keras.Model(inputs, outputs, name=model.name)
        except Exception:  # a call that does what only tensors with values can
            continue
    raise NeverCalled(f"The model {model.name} can't be called on symbolic Inputs: its call needs values.")


def _inputs(model: Any) -> list[Any]:
    """One Input for each shape that the model was built with, named after the argument of its call."""
    shapes: dict[str, Any] = getattr(model, "_build_shapes_dict", None) or {}
    if not shapes or not getattr(model, "built", False):
        raise NeverCalled(f"The model {model.name} has no Input: its shapes are unknown until data arrive.")
    tensors = []
    for name, shape in shapes.items():
        tensors.append(_structure(name.removesuffix("_shape"), shape))
    return tensors


def _structure(name: str, shape: Any) -> Any:
    """An Input, or a list or dict of them, as the argument was."""
    if isinstance(shape, dict):
        return {key: _structure(key, part) for key, part in shape.items()}
    if isinstance(shape, list | tuple) and shape and isinstance(shape[0], list | tuple | dict):
        return [_structure(f"{name}_{i}", part) for i, part in enumerate(shape)]
    return keras.Input(tuple(shape)[1:], name=name)  # whatever batch built it, any will do
