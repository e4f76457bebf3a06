"""A pasted model that is too large for its numbers to be made: Keras' own shapes and counts, without a number.

A VGG16 has 138 million weights. What a learner asks about it, shapes and counts and whether the data fit, needs none of
them: weights get shapes alone, and data are symbolic tensors. Only a worker imports this module.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import keras
from keras.src.backend import compute_output_spec
from keras.src.trainers.compile_utils import CompileLoss

from explainers.core.building import shapes_alone, symbolic
from explainers.core.forward import not_run
from explainers.core.inspection import Inspected, inspect_live
from explainers.core.limits import Limits
from explainers.core.spec import Check, ModelSpec, Sizes
from explainers.reading.build import build, loss_of
from explainers.reading.shapes import MOST_COUNTED, channels_in_front

IN_FRONT = (
    'With data_format="channels_first" TensorFlow runs this on a GPU only, and there is none here: Keras worked out '
    "its shapes and counts."
)
_BARE = Limits(weights=MOST_COUNTED, activations=10 * MOST_COUNTED, seconds=3600.0)


def inspected(spec: ModelSpec) -> Inspected:
    """The model's shapes and counts, and why it wasn't run. Raises TooBig where even these cost too much."""
    found = inspect_live(lambda: build(spec, numbers=False), limits=_BARE, run="plan")
    if found.inspection.error is not None:
        return found
    large = (
        f"With {found.inspection.total_params:,} parameters the model is too large to run here: Keras worked out its "
        "shapes and counts, but its weights hold no values."
    )
    why = IN_FRONT if channels_in_front(spec) else large
    return dataclasses.replace(found, inspection=dataclasses.replace(found.inspection, run=not_run(why)))


def bare(spec: ModelSpec) -> keras.Model:
    """The model with shapes in place of its weights."""
    with shapes_alone():
        return build(spec, numbers=False)


def run_check(model: keras.Model, check: Check) -> None:
    """A check with data, on their shapes alone. One that fails raises Keras' own error."""
    if check.kind not in ("fit", "predict") or not check.shapes:
        return
    with shapes_alone():
        x = [_tensor(sizes, tensor.dtype) for sizes, tensor in zip(check.shapes, model.inputs, strict=False)]
        outputs = check.of_outputs(tuple(symbolic(model(x if len(x) > 1 else x[0]))))
        if check.kind == "fit" and len(check.targets) == 1:
            compute_output_spec(CompileLoss(loss_of(check)), _tensor(check.targets[0], "float32"), outputs[0])


def _tensor(sizes: Sizes, dtype: Any) -> keras.KerasTensor:
    """Data of a shape. How many samples there are decides nothing."""
    return keras.KerasTensor((None, *sizes[1:]), dtype)
