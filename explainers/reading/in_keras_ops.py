"""Functions that take no tensors of Keras: the asker's own lines with those of keras.ops."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from explainers.core.finding import Change, Finding
from explainers.core.mistakes.old_argument import OF_THE_OLD_BACKEND
from explainers.core.mistakes.unknown_axis import OF_A_LAMBDA
from explainers.core.spec import ModelSpec
from explainers.reading.patching.foreign import OF_BACKEND, OF_NUMPY, in_ops, today_of
from explainers.reading.patching.of_tf import in_operations_of_keras
from explainers.reading.patching.patch import diff_of

IN_OPS = "Use the functions of keras.ops."
_OF_NUMPY = re.compile(r"\b(?:np|numpy)\.[a-z]\w{0,40}\(")
_MOST_TOLD = 4

_GONE = {  # what has no namesake in keras.ops
    "int_shape": Change("Read the shape of the tensor.", code="x.shape  # not K.int_shape(x)"),
    "ndim": Change("Count the axes of its shape.", code="len(x.shape)"),
    "batch_dot": Change("Multiply the last two axes, or name the axes in a Dot layer.",
                        code="keras.ops.matmul(a, b)  # or layers.Dot(axes=(…, …))([a, b])"),
    "batch_flatten": Change("Use a Flatten layer.", code="x = layers.Flatten()(x)"),
    "flatten": Change("Reshape to one axis.", code="keras.ops.reshape(x, (-1,))"),
    "repeat": Change("Use a RepeatVector layer.", code="x = layers.RepeatVector(n)(x)"),
    "switch": Change("Use where.", code="keras.ops.where(condition, a, b)"),
    "constant": Change("Make a tensor of the numbers.", code="keras.ops.convert_to_tensor(numbers)"),
    "variable": Change("Make a Variable.", code="keras.Variable(numbers)"),
    "placeholder": Change("Declare an Input.", code="keras.Input(shape=(…))"),
    "function": Change("Make a model from these inputs to these outputs.", code="keras.Model(inputs, outputs)"),
    "learning_phase": Change("Pass training when you call the model.", code="model(x, training=False)"),
    "image_dim_ordering": Change("Ask the configuration.", code="keras.config.image_data_format()"),
    "set_image_dim_ordering": Change("Set it in the configuration.",
                                     code='keras.config.set_image_data_format("channels_last")  # "tf" in Keras 1'),
    "get_session": Change("Leave it out: TensorFlow 2 has no sessions.", code="keras.utils.clear_session()"),
    "set_session": Change("Leave it out: TensorFlow 2 has no sessions.", code="keras.utils.clear_session()"),
    "tf": Change("Import TensorFlow itself.", code="import tensorflow as tf"),
}  # fmt: skip


def about_functions(finding: Finding) -> bool:
    """Whether the message is about the functions that are called, whatever reaches them."""
    return finding.family in (OF_A_LAMBDA, OF_THE_OLD_BACKEND)


def of_the_old_backend(finding: Finding, text: str, code: str) -> Finding:
    """A function of Keras 2's backend that is missing today: the asker's lines without it, or what does the same."""
    if finding.family is not OF_THE_OLD_BACKEND:
        return finding
    name = str(finding.values.get("attribute", "")).strip("'\"`,() ")
    today, own = today_of(f"{OF_BACKEND[0]}.{name}"), written_in_ops(text, code, OF_BACKEND)
    if own is None and name in _GONE:
        return replace(finding, fixes=(_GONE[name],))
    here = f"Use keras.{today}." if today else "Look for it in keras.ops, which has today's operations on tensors."
    plain = Change(here, code=f"keras.{today}(…)" if today else "keras.ops.…")
    return replace(finding, fixes=(own or plain, *((_GONE[name],) if name in _GONE else ())))


def written_in_ops(text: str, code: str, owners: Collection[str], spec: ModelSpec | None = None) -> Change | None:
    """The lines with keras.ops in the place of what these libraries call; None where there is no such line.

    code: the lines of the text that are code. spec: their model; then only what is called on its tensors is changed.
    """
    exact = in_operations_of_keras(code, spec) if spec is not None else None
    if exact is not None:
        return Change(IN_OPS, code=exact.code, means=exact.label, diff=diff_of(code, exact.text))
    if OF_NUMPY[0] in owners and len(_OF_NUMPY.findall(text)) != 1:
        return None  # most calls of NumPy make the data
    made = in_ops(code, text, owners)
    if made is None:
        return None
    told = ", ".join(f"{new} replaces {old}" for old, new in made.told[:_MOST_TOLD])
    return Change(IN_OPS, code=made.first, means=f"{told}.", diff=diff_of(made.before, made.text))
