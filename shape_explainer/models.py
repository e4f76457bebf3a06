"""A model of somebody's notebook, inspected: without running it, and without changing it where that can be helped."""

from __future__ import annotations

import contextlib
import copy
import os
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from explainers.core.limits import CostError, Limits
from explainers.core.results import Inspection
from explainers.core.words import spoken_by_keras

InputShape = Sequence[Any] | Mapping[str, Any]  # (20, 8), or a list or dict of such, as the model's call takes them
BUILT = "The model had no weights yet. They were made now, for this input_shape."
_HERE = Limits(weights=10**10, activations=10**10, seconds=10.0**6)  # the kernel is the user's own, and so is the model


class NoShapes(ValueError):
    """Nobody has said what shape goes into the model."""


@dataclass(frozen=True)
class Seen:
    """The inspection, the model with Inputs that was walked, and what was done to the user's own."""

    inspection: Inspection
    model: Any
    notes: tuple[str, ...] = ()


def look(model: Any, input_shape: InputShape | None = None) -> Seen:
    """Name every axis and take the counts apart. Raises NoShapes or TypeError with one sentence."""
    import keras

    if not isinstance(model, keras.Model):
        raise TypeError(f"explain() takes a model of Keras {keras.__version__}. {_instead(model)}")
    notes: tuple[str, ...] = ()
    if not _has_shapes(model):
        if input_shape is None:
            raise NoShapes(_ask_for_shape(model))
        model, notes = _with_shapes(model, input_shape)
    return Seen(*_inspected(model), notes)


def _has_shapes(model: Any) -> bool:
    return bool(getattr(model, "inputs", None)) or bool(model.built and getattr(model, "_build_shapes_dict", None))


def _instead(model: Any) -> str:
    """What came, and what to do about it."""
    family = type(model).__module__.split(".")[0]
    if family in ("tf_keras", "torch"):
        return f"This is a {type(model).__name__} of {family}."
    if hasattr(model, "count_params"):
        return f"This is the layer {type(model).__name__}: put it into a model, keras.Sequential([layer])."
    return f"This is a {type(model).__name__}."


def _ask_for_shape(model: Any) -> str:
    return (
        f"The model {model.name} has no Input, so its shapes are unknown until data arrive. Pass the shape of one "
        "sample, without the batch: explain(model, input_shape=(20, 8))."
    )


def _inspected(model: Any) -> tuple[Inspection, Any]:
    from explainers.core.inspection import inspect_live

    with nothing_left_behind():
        try:
            found = inspect_live(lambda: model, limits=_HERE, run=False)
        except CostError:  # a build that is done costs nothing more; the walk is all that is wanted
            found = inspect_live(lambda: model, limits=_HERE, run=False, may_skip=True)
    return found.inspection, found.model if found.model is not None else model


@contextlib.contextmanager
def nothing_left_behind() -> Iterator[None]:
    """Python's random numbers and the terminal's width are the user's: both are as before afterwards."""
    state, columns = random.getstate(), os.environ.get("COLUMNS")
    try:
        yield
    finally:
        random.setstate(state)
        if columns is None:
            os.environ.pop("COLUMNS", None)
        else:
            os.environ["COLUMNS"] = columns


# -- a model without an Input ---------------------------------------------------------------------------------


def _with_shapes(model: Any, input_shape: InputShape) -> tuple[Any, tuple[str, ...]]:
    """A copy of the model, built for this shape; the model itself where it can't be copied."""
    import keras

    inputs = _inputs(input_shape)
    if not model.built:
        with contextlib.suppress(Exception), nothing_left_behind():  # not every class can be copied
            twin = copy.deepcopy(model)
            return _called(twin, inputs), ()
    try:
        outputs = _called(model, inputs)
    except Exception as error:  # whatever Keras or the model's own call says to this shape
        said = spoken_by_keras(error).splitlines()[0]
        raise NoShapes(
            f"The model {model.name} can't be called on an Input of input_shape={input_shape!r}: {said} If its call "
            "needs values, call it on data once, model(x), and then explain(model)."
        ) from error
    return outputs, (BUILT,) if isinstance(outputs, keras.Model) else ()


def _called(model: Any, inputs: Any) -> Any:
    """The model as one with Inputs: its call is followed from inside, so that its layers are seen."""
    import keras

    if isinstance(model, keras.Sequential):
        return keras.Sequential([inputs, *model.layers], name=model.name)
    model(inputs)
    return model


def _inputs(input_shape: Any, name: str = "input") -> Any:
    """Inputs in the structure of the shapes: one, a list or a dict."""
    import keras

    if isinstance(input_shape, Mapping):
        return {key: _inputs(shape, str(key)) for key, shape in input_shape.items()}
    if isinstance(input_shape, list | tuple) and input_shape and isinstance(input_shape[0], list | tuple):
        return [_inputs(shape, f"input_{place}") for place, shape in enumerate(input_shape)]
    if isinstance(input_shape, int):
        input_shape = (input_shape,)
    if not all(n is None or (isinstance(n, int) and n > 0) for n in input_shape):
        raise NoShapes(f"input_shape={input_shape!r} isn't the shape of one sample, such as (20, 8) or (None, 8).")
    return keras.Input(tuple(input_shape), name=name)
