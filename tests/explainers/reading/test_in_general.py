"""Messages without a wording here, raised by Keras, NumPy and scikit-learn's words: what they ask for is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest

from explainers.core.axes import sizes
from explainers.reading.diagnosing import read

ops: Any = keras.ops


def said_by(wrong: Callable[[], object]) -> str:
    """The message as Python prints it."""
    with pytest.raises((ValueError, IndexError)) as raised:
        wrong()
    return f"{type(raised.value).__name__}: {raised.value}"


@pytest.mark.parametrize(
    ("wrong", "mistake", "told"),
    [
        (lambda: ops.image.resize(np.zeros((26, 17)), (5, 7)), "layer_rank", "takes a tensor with 3 or 4 axes"),
        (lambda: ops.depth_to_space(keras.KerasTensor((2, 5, 7, 6)), 2), None, "6 must be divisible by 4"),
        (lambda: keras.layers.Dense(8.5), None, "units must be a positive integer; it is 8.5"),
        (lambda: keras.layers.LSTM(-3), None, "units must be a positive integer; it is -3"),
        (lambda: ops.squeeze(keras.KerasTensor((None, 5, 7)), 2), "axis_range", "axis 2 is longer"),
        (lambda: np.zeros((5, 7))[:, 9], "target_shape", "Axis 1 has 7 entries, 0 to 6; 9 is beyond the last"),
        (lambda: np.zeros((5, 7))[6], "embedding_range", "The array has 5 entries along axis 0, 0 to 4"),
        (lambda: np.zeros((5, 7))[0, 1, 2], "axis_range", "3 axes are indexed, but the array has 2"),
        (lambda: np.add(np.zeros((9, 1)), np.zeros((9, 4)), out=np.zeros((9, 1))), "data_size", "fitted on 4 columns"),
    ],
)
def test_what_keras_and_numpy_raise(wrong: Callable[[], object], mistake: str | None, told: str) -> None:
    found = read(said_by(wrong))
    assert (found.kind, found.mistake) == ("error", mistake)
    assert told in found.cause
    assert found.title


@pytest.mark.parametrize(
    ("text", "told", "code"),
    [
        ("ValueError: `inputs` must have rank 4. Received: x.shape=(26, 17, 3)", "(26, 17, 3) has 3 axes", "x[None]"),
        ("ValueError: `x` must be 1-D or 2-D. Received: x.shape=(4, 5, 1)", "1 or 2 axes", "axis=2"),
        ("ValueError: Input should have rank >= 2. Received: x.shape=(9,)", "at least 2 axes; (9,) has 1 axis", "x"),
        ("ValueError: Expected a.shape to match. The two must have the same shape. Received (5, 7) and (5, 9)",
         "axis 1 is 7 versus 9", "print"),
        ("ValueError: the last dimension must be 4. Received: shape=(8, 4, 5)", "ends with 5", "moveaxis(x, 1, -1)"),
        ("ValueError: Found input variables with inconsistent numbers of samples: [170, 90]", "170", "y.shape"),
        ("ValueError: Length of values (83) does not match length of index (90)", "83 values and the table", "[7:]"),
        ("ValueError: Classification metrics can't handle a mix of multiclass and continuous-multioutput targets",
         "one class number for each sample", "argmax(axis=-1)"),
        ("ValueError: X has 6 features, but StandardScaler is expecting 9 features as input.",
         "fitted on 9 columns; these data have 6", "scaler_y"),
    ],
)  # fmt: skip
def test_the_usual_ways_to_ask(text: str, told: str, code: str) -> None:
    found = read(text)
    assert found.kind == "error"
    assert told in found.cause
    assert any(code in fix.code for fix in found.fixes)


def test_shapes_are_shown_with_names_and_a_message_that_asks_nothing_stays_unknown() -> None:
    found = read("ValueError: Invalid images rank: expected rank 3 or rank 4. Received: images.shape=(26, 17)")
    assert [sizes(shape) for shape in found.shapes] == [(26, 17)]
    assert [fix.code for fix in found.fixes[:2]] == ["x = x[..., None]", "x = x[None]"]  # a gray image, most often
    assert read("ValueError: something odd happened with shape (3, 4)").cause.startswith("This is an error, but")
