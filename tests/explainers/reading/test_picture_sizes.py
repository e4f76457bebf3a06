"""Pictures of another height or width than the model's: Keras itself says whether it is a mistake, and runs the fix."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from explainers.reading.diagnosing import diagnose
from explainers.reading.patching.patch import applied

HEAD = "import keras\nimport numpy as np\nfrom keras import layers\nimages = np.zeros((5, 34, 26, 3))\n"
LAYERS = "keras.Input((40, 40, 3)), layers.Conv2D(8, 3), {pool}, layers.Dense(7)"
TRAINED = 'model.compile("sgd", "mse")\nmodel.fit(images, np.zeros((5, 7)), verbose=0)\n'
ANY_SIZE = f"{HEAD}model = keras.Sequential([{LAYERS.format(pool='layers.GlobalMaxPooling2D()')}])\n{TRAINED}"
ONE_SIZE = f"{HEAD}model = keras.Sequential([{LAYERS.format(pool='layers.Flatten()')}])\n{TRAINED}"
COMPARED = f"""{HEAD}i = keras.Input((40, 40, 3))
x = layers.GlobalMaxPooling2D()(layers.Conv2D(8, 3)(i))
model = keras.Model(i, layers.Dense(7)(x))
{TRAINED}"""
SQUARE = COMPARED.replace("(5, 34, 26, 3)", "(5, 34, 34, 3)")


def runs(program: str) -> bool:
    """Whether Keras runs a program of this file, in the tests' own process."""
    try:
        exec(compile(program, "program", "exec"), {})
    except ValueError:
        return False
    finally:
        keras.backend.clear_session(free_memory=False)
    return True


def test_what_keras_takes_is_no_mistake() -> None:
    assert runs(ANY_SIZE)
    found = diagnose(ANY_SIZE)
    assert found.mistake is None
    assert found.fixes == ()
    told = "height (axis 1) is 40 versus 34, width (axis 2) is 40 versus 26. Today's Keras still runs this"
    assert any(told in note for note in found.notes)
    assert "The model has 287 parameters" in found.cause  # 3 × 3 × 3 × 8 + 8, and 8 × 7 + 7


@pytest.mark.parametrize("program", [ONE_SIZE, COMPARED, SQUARE], ids=["Flatten", "compared", "square"])
def test_what_keras_refuses_is_mended_in_the_line(program: str) -> None:
    assert not runs(program)
    first = diagnose(program).fixes[0]
    assert first.code == "x = keras.ops.image.resize(x, (40, 40))"
    assert first.tried is not None
    assert first.tried.output == (None, 7)
    assert runs(applied(program, first.diff))


def test_both_sides_of_a_square_are_changed_at_once() -> None:
    second = diagnose(SQUARE).fixes[1]
    mended = applied(SQUARE, second.diff)
    assert "keras.Input((34, 34, 3))" in mended
    assert runs(mended)


def test_a_reshape_is_only_offered_for_as_many_numbers() -> None:
    """By the message alone, which names no layer that could be built."""
    text = "ValueError: expected input_1 to have shape (48, 48, 3) but got array with shape (50, 30, 3)"
    codes = [fix.code for fix in diagnose(text).fixes]
    assert codes
    assert not any("reshape" in code for code in codes)
    assert np.prod((48, 48, 3)) != np.prod((50, 30, 3))


OPEN_UNET = """
import keras
from keras import layers
image = keras.Input((None, None, 3))
first = layers.Conv2D(8, 3, padding="same")(image)
second = layers.Conv2D(9, 3, strides=2, padding="same")(layers.MaxPooling2D(3)(first))
up = layers.Conv2DTranspose(9, 2, strides=2)(second)
both = layers.Concatenate()([layers.MaxPooling2D(3)(first), up])
model = keras.Model(image, layers.Concatenate()([first, layers.UpSampling2D(3)(both)]))
"""


def test_open_sides_are_run_with_sizes_that_come_back() -> None:
    """A network for images of any size is sound: the example must be one that its poolings halve without a rest."""
    found = diagnose(OPEN_UNET)
    assert (found.kind, found.mistake) == ("code", None)
    assert found.model is not None
    assert found.model.get("error") is None
