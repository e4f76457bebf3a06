"""What Keras 2's backend and TensorFlow call what is in keras.ops today."""

from __future__ import annotations

from explainers.reading.code.operations import OPERATIONS

_OTHERS: dict[str, str] = {  # as the backend or TensorFlow calls it -> as keras.ops does; the reader knows some more
    "permute_dimensions": "transpose", "gather": "take", "l2_normalize": "normalize", "pow": "power",
    "repeat_elements": "repeat", "reverse": "flip", "reduce_min": "min", "reduce_prod": "prod", "tile": "tile",
    "stack": "stack", "split": "split", "clip": "clip", "clip_by_value": "clip", "sqrt": "sqrt", "log": "log",
    "argmax": "argmax", "cast": "cast", "one_hot": "one_hot", "shape": "shape", "einsum": "einsum", "zeros": "zeros",
    "ones": "ones", "zeros_like": "zeros_like", "ones_like": "ones_like", "maximum": "maximum", "minimum": "minimum",
    "std": "std", "var": "var", "min": "min", "prod": "prod", "repeat": "repeat", "cumsum": "cumsum", "pad": "pad",
}  # fmt: skip
IN_KERAS_OPS = {**_OTHERS, **OPERATIONS}
BACKEND = "keras.backend"  # tf.keras.backend still has them


def of_the_backend(name: str) -> str | None:
    """``keras.backend.mean`` -> ``keras.ops.mean``; None for what isn't a function of it, or has another name today."""
    owner, _, last = name.rpartition(".")
    today = IN_KERAS_OPS.get(last) if owner == BACKEND else None
    return f"keras.ops.{today}" if today else None
