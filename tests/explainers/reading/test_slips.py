"""Slips of the pen: the change is made in the asker's own line, which is then as Keras' documentation writes it."""

from __future__ import annotations

import pytest

from explainers.reading.diagnosing import read
from explainers.reading.patching.lines import rewritten

HEAD = "import numpy as np\nfrom tensorflow import keras\nfrom tensorflow.keras import layers\n"

SLIPS = {
    "a shape without its brackets": (
        "old_argument",
        "x = keras.Input(shape=(49 * 5,))\ny = layers.Reshape(7, 7, 5)(x)\n",
        "y = layers.Reshape((7, 7, 5))(x)",
    ),
    "a number in brackets": (
        "old_argument",
        "n = 11\nx = keras.Input(shape=(n))\ny = layers.Dense(3)(x)\n",
        "x = keras.Input(shape=(n,))",
    ),
    "tensors one after the other": (
        "input_count",
        "a = keras.Input((4,))\nb = keras.Input((6,))\ny = layers.Concatenate()(a, b)\n",
        "y = layers.Concatenate()([a, b])",
    ),
    "attention to itself": (
        "input_count",
        "x = keras.Input((9, 8))\ny = layers.MultiHeadAttention(2, 4)(x)\nm = keras.Model(x, y)\n",
        "y = layers.MultiHeadAttention(2, 4)(x, x)",
    ),
    "a tensor where the layer is made": (
        "input_count",
        "x = keras.Input((9, 8))\ny = layers.Dense(x, 5)\n",
        "y = layers.Dense(5)(x)",
    ),
    "arrays one after the other": (
        "input_count",
        "a = keras.Input((4,))\nb = keras.Input((6,))\nm = keras.Model([a, b], layers.Concatenate()([a, b]))\n"
        "u, v, w = np.zeros((5, 4)), np.zeros((5, 6)), np.zeros((5, 10))\nm.compile('adam', 'mse')\nm.fit(u, v, w)\n",
        "m.fit([u, v], w)",
    ),
    "a skip connection from the wrong level": (
        "merge_shapes",
        "x = keras.Input((16, 16, 3))\na = layers.Conv2D(4, 3, padding='same')(x)\np = layers.MaxPooling2D()(a)\n"
        "b = layers.Conv2D(6, 3, padding='same')(p)\nq = layers.MaxPooling2D()(b)\nu = layers.UpSampling2D()(q)\n"
        "u = layers.concatenate([u, a])\nv = layers.UpSampling2D()(u)\nv = layers.concatenate([v, a])\n"
        "m = keras.Model(x, v)\n",
        "u = layers.concatenate([u, b])",
    ),
    "a residual sum with the other input": (
        "merge_shapes",
        "q = keras.Input((9, 24))\nk = keras.Input((14, 40))\ny = layers.MultiHeadAttention(2, 8)(q, k)\n"
        "y = layers.Dense(24)(y)\ny = layers.Add()([k, y])\nm = keras.Model([q, k], y)\n",
        "y = layers.Add()([q, y])",
    ),
    "a residual sum written with a plus": (
        "operand_sizes",
        "x = keras.Input((9, 24))\ny = layers.Dense(40)(x)\nz = layers.LayerNormalization()(y)\n"
        "z = layers.Dense(40)(z)\nz = z + x\nm = keras.Model(x, z)\n",
        "z = z + y",
    ),
    "the last step of one vector": (
        "layer_rank",
        "x = keras.Input((9, 8))\nh = layers.GRU(5)(x)\ny = layers.Dense(2)(h[:, -1, :])\nm = keras.Model(x, y)\n",
        "y = layers.Dense(2)(h)",
    ),
    "a layer for two widths": (
        "data_size",
        "d = layers.Dense(5)\nx = keras.Input((9,))\nh = d(x)\ny = d(h)\nm = keras.Model(x, y)\n",
        "y = d_2(h)",
    ),
    "a shortcut in a block that is called twice": (
        "merge_shapes",
        "def block(x, n):\n    y = layers.Dense(n)(x)\n    return layers.Add()([x, y])\n\n"
        "i = keras.Input((9,))\nm = keras.Model(i, block(block(i, 9), 4))\n",
        "        x = layers.Dense(y.shape[-1])(x)",
    ),
    "a vector and a sequence": (
        "operand_sizes",
        "a, b = keras.Input((6,)), keras.Input((9, 6))\nc = a + b\nm = keras.Model([a, b], c)\n",
        "c = a[:, None, :] + b",
    ),
    "patches of one row": (
        "operand_sizes",
        "n = 24 // 6\na = keras.Input((16, 5))\nb = keras.Input((n, 5))\nm = keras.Model([a, b], a + b)\n",
        "n = (24 // 6) ** 2",
    ),
    "the Input of another model": (
        "input_count",
        "i = keras.Input((9,))\nfront = keras.Model(i, layers.Dense(4)(i))\ni = keras.Input((4,))\n"
        "back = keras.Model(i, layers.Dense(9)(i))\nwhole = keras.Model(i, back(front.output))\n",
        "whole = keras.Model(front.input, back(front.output))",
    ),
}


@pytest.mark.parametrize("name", SLIPS)
def test_the_line_is_written_as_it_was_meant(name: str) -> None:
    mistake, text, meant = SLIPS[name]
    spec = read(HEAD + text).spec
    assert spec is not None
    assert meant not in text.split("\n")
    assert any(meant in change.text.split("\n") for change in rewritten(HEAD + text, spec, mistake))


def test_a_data_set_is_cut_into_batches_once() -> None:
    text = (
        "import tensorflow as tf\nd = tf.data.Dataset.from_tensor_slices((np.zeros((20, 4)), np.zeros((20, 3))))\n"
        "d = d.batch(5)\nd = d.batch(5)\n"
        "m = keras.Sequential([keras.Input((4,)), layers.Dense(3)])\n"
        "m.compile('adam', 'mse')\nm.fit(d)\n"
    )
    found = read(HEAD + text)
    assert found.mistake == "data_rank"
    assert found.spec is not None
    first = next(rewritten(HEAD + text, found.spec, "data_rank"))
    assert first.text == (HEAD + text).replace("d = d.batch(5)\n", "", 1)
    assert read(first.text).mistake is None


@pytest.mark.parametrize(("low", "label"), [(0, 6), (1, 7)])
def test_labels_are_held_against_the_classes(low: int, label: int) -> None:
    """``randint(low, 7 + low)`` draws up to 6 + low; Dense(7) has the classes 0 to 6."""
    text = (
        f"y = np.random.randint({low}, {7 + low}, size=60)\n"
        "m = keras.Sequential([keras.Input((4,)), layers.Dense(7)])\n"
        "m.compile('adam', 'sparse_categorical_crossentropy')\nm.fit(np.zeros((60, 4)), y)\n"
    )
    spec = read(HEAD + text).spec
    assert spec is not None
    assert [check.label for check in spec.checks] == [label]
    changes = [change.text for change in rewritten(HEAD + text, spec, "target_shape")]
    assert any("m.fit(np.zeros((60, 4)), y - 1)" in change for change in changes) == (label == 7)


MEANT = {
    "a layer that isn't called": (
        "input_count",
        "x = keras.Input((9,))\nx = layers.Dense(7)(x)\nx = layers.Dense(5)\ny = layers.Dense(3)(x)\n"
        "m = keras.Model(keras.Input((9,)), y)\n",
        "x = layers.Dense(5)(x)",
    ),
    "a target next to a data set": (
        "target_shape",
        "import tensorflow as tf\na, b = np.zeros((20, 4)), np.zeros((20, 3))\n"
        "d = tf.data.Dataset.from_tensor_slices((a, b)).batch(5)\n"
        "m = keras.Sequential([keras.Input((4,)), layers.Dense(3)])\n"
        "m.compile('adam', 'mse')\nm.fit(d, b)\n",
        "m.fit(d)",
    ),
}


@pytest.mark.parametrize("name", MEANT)
def test_what_keras_refuses_before_it_looks_at_shapes_is_told(name: str) -> None:
    mistake, text, meant = MEANT[name]
    found = read(HEAD + text)
    assert found.mistake == mistake
    assert found.spec is not None
    assert any(meant in change.text.split("\n") for change in rewritten(HEAD + text, found.spec, mistake))
