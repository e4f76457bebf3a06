"""A word in the place of another, or one that was left out: the first fix is in the asker's lines, and runs."""

from __future__ import annotations

import pytest

from benchmarks.programs import Program, run
from explainers.reading.diagnosing import diagnose
from explainers.reading.patching.patch import applied

KERAS = "import keras\nfrom keras import layers\n"
BLOCK = """
def block(x, n, stride):
    y = layers.Conv2D(n, 3, strides=stride, padding="same")(x)
    side = layers.Conv2D(n, 1)(x)
    return layers.add([y, side])

a = keras.Input((12, 10, 3))
m = keras.Model(a, block(block(a, 4, 1), 5, 2))
"""
UP = """
a = keras.Input((12, 10, 3))
low = layers.MaxPooling2D()(layers.MaxPooling2D()(a))
b = layers.Conv2DTranspose(6, 2, strides=2)(layers.Conv2DTranspose(7, 2, padding="same")(low))
m = keras.Model(a, layers.concatenate([b, a]))
"""
NAME = """
wide = 40
code = 6
a = keras.Input((30,))
front = keras.Model(a, layers.Dense(code)(layers.Dense(wide)(a)))
b = keras.Input((wide,))
back = keras.Model(b, layers.Dense(30)(b))
m = keras.Model(a, back(front(a)))
"""
ORDER = """
import numpy as np
def actor(actions, seen):
    s = keras.Input((seen,))
    return keras.Model(s, layers.Dense(actions)(layers.Dense(9)(s)))
m = actor(5, 2)
m.predict(np.zeros((4, 5)))
"""
TURNED = """
a = keras.Input((14, 9))
t = layers.Dense(14, activation="softmax")(layers.Permute((2, 1))(a))
m = keras.Model(a, layers.multiply([a, t]))
"""
VECTOR = """
a, v = keras.Input((14, 9)), keras.Input((4,))
m = keras.Model([a, v], layers.Concatenate()([a, v]))
"""
FRAMES = """
m = keras.Sequential([layers.Input((13, 11, 3)), layers.ConvLSTM2D(4, 3)])
"""
STATES = """
a, b = keras.Input((7, 3)), keras.Input((6, 2))
_, f, g = layers.Bidirectional(layers.GRU(5, return_state=True))(a)
m = keras.Model([a, b], layers.GRU(5)(b, initial_state=layers.Concatenate()([f, g])))
"""


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        pytest.param(BLOCK, "layers.Conv2D(n, 1, strides=stride)", id="shortcut"),
        pytest.param(UP, "strides=2)(low)", id="upsampling"),
        pytest.param(NAME, "keras.Input((code,))", id="name"),
        pytest.param(ORDER, "actor(2, 5)", id="order"),
        pytest.param(TURNED, "layers.Permute((2, 1))(t)", id="turned"),
        pytest.param(VECTOR, "layers.RepeatVector(14)(v)", id="vector"),
        pytest.param(FRAMES, "layers.Input((None, 13, 11, 3))", id="frames"),
        pytest.param(STATES, "layers.GRU(10)", id="states"),
    ],
)
def test_the_first_fix_is_what_was_meant(lines: str, words: str) -> None:
    code = KERAS + lines
    diff = diagnose(code).fixes[0].diff
    assert any(line.startswith("+") and words in line for line in diff.split("\n")), diff
    assert run(Program("mended", applied(code, diff))).error is None


def test_a_residual_sum_keeps_its_branch() -> None:
    """Another tensor in its place would run, and the layers of the branch would be lost."""
    told = diagnose(
        f"{KERAS}a = keras.Input((8, 9))\nh = layers.LayerNormalization()(a)\nf = layers.Dense(20)(h)\n"
        "out = layers.Add()([h, f])\nm = keras.Model(a, out)\n"
    )
    assert told.mistake == "merge_shapes"
    assert not any("begins there" in change.label for change in told.fixes)


def test_ids_above_the_vocabulary_are_tried_whatever_the_dtype_of_the_input() -> None:
    told = diagnose(
        f"{KERAS}import numpy as np\nx = np.array([[3, 71, 8], [5, 2, 640]])\n"
        "m = keras.Sequential([layers.Input((3,)), layers.Embedding(90, 4)])\nm.predict(x)\n"
    )
    assert told.mistake == "embedding_range"


@pytest.mark.parametrize(
    ("text", "cause", "live"),
    [
        (
            "AttributeError: module 'keras.layers' has no attribute 'Merge'",
            "keras.layers has no Merge in today's Keras.",
            True,
        ),
        ("ImportError: cannot import name TimeDistributedDense", "keras.layers has no TimeDistributedDense in", True),
        (
            "ImportError: cannot import name 'adam' from 'keras.optimizers'",
            "keras.optimizers has no adam in today",
            False,
        ),
        ("AttributeError: module 'numpy' has no attribute 'int'", "numpy has no int in the version that is", False),
        (
            "ImportError: cannot import name 'load_data' from 'utils'",
            "utils has no load_data in the version that",
            False,
        ),
    ],
)
def test_a_name_that_a_package_lacks_is_not_blamed_on_keras(text: str, cause: str, live: bool) -> None:
    found = diagnose(text)
    assert found.title == "A name that the package doesn't have"
    assert found.cause.startswith(cause)
    assert (found.model is not None) == live
    assert not any("keras.__version__" in fix.code for fix in found.fixes) or "keras" in cause
