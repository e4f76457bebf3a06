"""Functions that take no tensors of Keras, in messages: the asker's own lines with keras.ops."""

from __future__ import annotations

import keras
import pytest
import tensorflow as tf

from explainers.reading.diagnosing import diagnose, read
from explainers.reading.patching.foreign import OF_BACKEND, OF_TF, in_ops, today_of


def refused(function: object) -> str:
    """What Keras says of a function that is called on a placeholder."""
    with pytest.raises((ValueError, AttributeError)) as told:
        function(keras.Input((6, 5)))  # type: ignore[operator]
    return f"{told.type.__name__}: {told.value}"


def test_the_askers_model_is_written_with_operations_and_runs() -> None:
    code = (
        "import tensorflow as tf\nfrom tensorflow import keras\na = keras.Input((14, 6))\n"
        "b = keras.layers.GRU(9, return_sequences=True)(a)\nc = tf.reduce_max(b, axis=1, keepdims=True)\n"
        "model = keras.Model(a, c)\n"
    )
    found = diagnose(f"{code}\n{refused(tf.math.square)}")
    assert found.title == "A TensorFlow function was called on a tensor of Keras"
    assert "+c = tf.keras.ops.max(b, axis=1, keepdims=True)" in found.fixes[0].diff
    assert found.fixes[0].tried is not None
    assert found.fixes[0].tried.output == (None, 1, 9)


@pytest.mark.parametrize(
    ("line", "today"),
    [
        ("m = tf.cast(tf.not_equal(ids, 0), tf.float32)", 'm = keras.ops.cast(keras.ops.not_equal(ids, 0), "float32")'),
        ("    q = tf.transpose(q, perm=[0, 2, 1])", "    q = keras.ops.transpose(q, axes=[0, 2, 1])"),
        ("d = K.sqrt(K.sum(K.square(a - b), axis=-1))",
         "d = keras.ops.sqrt(keras.ops.sum(keras.ops.square(a - b), axis=-1))"),
        ("r = K.reverse(a, axes=1)", "r = keras.ops.flip(a, axis=1)"),
        ("p = tf.matmul(a, b, transpose_b=True)", None),  # which keras.ops takes no such argument for
        ("p = tf.split(a, [2, 3], axis=1)", None),
    ],
)  # fmt: skip
def test_single_lines_are_written_with_operations(line: str, today: str | None) -> None:
    made = in_ops("(", f"some words\n{line}\nmore words", (*OF_TF, *OF_BACKEND))
    assert (made.text.split("\n")[1] if made is not None else None) == today


def test_methods_of_own_layers_keep_their_functions_of_tensorflow() -> None:
    code = "class Own(layers.Layer):\n    def call(self, x):\n        return tf.square(x)\n"
    assert in_ops(code, code, OF_TF) is None


@pytest.mark.parametrize(
    "name", ["expand_dims", "permute_dimensions", "l2_normalize", "random_normal", "stack", "epsilon"]
)
def test_functions_of_the_old_backend_have_their_names_of_today(name: str) -> None:
    owner: object = keras
    for part in today_of(f"K.{name}").split("."):
        owner = getattr(owner, part)
    assert callable(owner)
    if not hasattr(keras.backend, name):
        message = refused(lambda _: getattr(keras.backend, name))
        assert read(message).fixes[0].code == f"keras.{today_of(f'K.{name}')}(…)"


def test_a_function_that_a_lambda_calls_is_mended_where_it_is_defined() -> None:
    found = diagnose(
        "from keras import Input, Model, layers\nfrom keras import backend as K\n"
        "def gap(pair):\n    a, b = pair\n    return K.sqrt(K.maximum(K.sum(K.square(a - b), axis=1), K.epsilon()))\n"
        "x, y = Input((23,)), Input((23,))\nmodel = Model([x, y], layers.Lambda(gap)([x, y]))\n"
        "We could not automatically infer the shape of the Lambda's output."
    )
    assert (
        "keras.ops.maximum(keras.ops.sum(keras.ops.square(a - b), axis=1), keras.config.epsilon())"
        in found.fixes[0].diff
    )
    assert found.fixes[0].tried is not None
    assert found.fixes[0].tried.ran


def test_a_message_without_the_name_of_its_error_is_one_beside_its_example() -> None:
    message = refused(tf.math.square).partition(": ")[2]
    assert read(message).title == "A TensorFlow function was called on a tensor of Keras"
