"""What is offered was run: for texts of our own, the first fix is the one that a teacher would give."""

from __future__ import annotations

import json

import keras
import numpy as np
import pytest

from explainers.core.finding import name_axes as named_shape
from explainers.core.mistakes import find_mistake
from explainers.core.spec import Check, InputSpec, LayerSpec, chain
from explainers.reading.diagnosing import diagnose
from explainers.reading.diagnosis import as_text
from explainers.reading.live import attempt

HEAD = "import numpy as np\nfrom keras import Input, Model, Sequential, layers\n"
PICTURE = HEAD + (
    "i = Input((19, 14, 2))\n"
    "d = layers.MaxPooling2D(2)(i)\n"
    "u = layers.UpSampling2D(2)(d)\n"
    "model = Model(i, layers.Concatenate()([u, i]))\n"
)
FIXED = [
    ("Input 0 of layer conv2d_4 is incompatible with the layer: expected min_ndim=4, found ndim=3. "
     "Full shape received: (33, 31, 3)", "x = x[np.newaxis]", (None, 31, 29, 6)),
    (HEAD + "model = Sequential([Input((27, 25)), layers.Conv2D(8, 3)])\n",
     "layers.Reshape((27, 25, 1))", (None, 25, 23, 8)),
    (HEAD + "model = Sequential([Input((5, 6)), layers.Conv1D(7, 9)])\n",
     'layers.Conv1D(…, padding="same")', (None, 5, 7)),
    (PICTURE, "layers.ZeroPadding2D(((0, 1), (0, 0)))", (None, 19, 14, 4)),
    ("InvalidArgumentError: indices[2,9] = 640 is not in [0, 511)", "layers.Embedding(641, 10)", (None, None, 10)),
    (HEAD + "model = Sequential([Input((6,)), layers.Dense(9)])\nmodel.compile(loss='mse')\n"
     "model.fit(np.zeros((30, 6)), np.zeros((30, 4)))\n", "layers.Dense(4)", (None, 4)),
    (HEAD + "model = Sequential([Input((8, 5)), layers.GRU(6), layers.GRU(4)])\n",
     "layers.GRU(6, return_sequences=True)", (None, 4)),
    (HEAD + "c = layers.Conv2D(3, 2)\na = Input((9, 7, 1))\nb = Input((9, 7))\n"
     "model = Model([a, b], layers.Add()([c(a), c(b)]))\n",
     "x = x[..., np.newaxis]\nkeras.Input(shape=(9, 7, 1))", (None, 8, 6, 3)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "output"), FIXED, ids=[code for _, code, _ in FIXED])
def test_the_first_fix_makes_it_run(text: str, code: str, output: tuple[int | None, ...]) -> None:
    first = diagnose(text).fixes[0]
    assert (first.code, first.tried is not None and first.tried.ran) == (code, True)
    assert first.tried is not None
    assert first.tried.output == output


def test_the_padding_that_is_offered_works_in_keras_itself() -> None:
    """The outside truth: the program with the line put in, written by hand."""
    tensor = keras.Input((19, 14, 2))
    small = keras.layers.UpSampling2D(2)(keras.layers.MaxPooling2D(2)(tensor))
    padded = keras.layers.ZeroPadding2D(((0, 1), (0, 0)))(small)
    model = keras.Model(tensor, keras.layers.Concatenate()([padded, tensor]))
    assert model(np.zeros((1, 19, 14, 2))).shape == (1, 19, 14, 4)


def test_what_can_not_run_is_not_offered() -> None:
    """A reshape that can't hold the numbers, an axis to be joined on while two differ: neither is among the fixes."""
    found = diagnose(
        "ValueError: A `Concatenate` layer requires inputs with matching shapes except for the concatenation axis. "
        "Received: input_shape=[(None, 30, 26, 4), (None, 31, 27, 8)]"
    )
    assert all(fix.tried is not None and fix.tried.ran for fix in found.fixes)
    assert not [fix for fix in found.fixes if "axis=1" in fix.code or "Dense" in fix.code]


def test_the_json_says_what_was_tried() -> None:
    told = json.loads(json.dumps(diagnose(PICTURE).to_json()))["fixes"]
    assert told[0]["tried"] == {"built": True, "ran": True, "output": [None, 19, 14, 4]}
    assert told[0]["means"] == "Then both are (19, 14)."


def test_advice_that_was_not_tried_says_so() -> None:
    told = diagnose("TypeError: Mask must have shape (batch, 10) but has (batch, 12)").to_json()["fixes"]
    assert told
    assert all(fix["tried"] is None for fix in told)


def test_the_terminal_shows_what_came_out() -> None:
    assert "Tried live: it runs, and its output is (None, 19, 14, 4)." in as_text(diagnose(PICTURE))


@pytest.mark.parametrize(
    ("layer", "data", "expected"),
    [
        (LayerSpec("Dense", "dense", (("units", 3),)), (4, 5), (True, True)),
        (LayerSpec("Dense", "dense", (("units", 3),)), (4, 6), (True, False)),
        (LayerSpec("Dense", "dense", (("units", -3),)), (4, 5), (False, False)),
    ],
)
def test_an_attempt_tells_building_from_running(
    layer: LayerSpec, data: tuple[int, ...], expected: tuple[bool, bool]
) -> None:
    tried = attempt(chain(InputSpec("input", (None, 5)), (layer,), checks=(Check("predict", (data,)),)))
    assert (tried.built, tried.ran) == expected


def test_a_current_message_with_a_cell_in_its_path_is_read_as_keras_own() -> None:
    found = diagnose(
        "ValueError: Exception encountered when calling GRUCell.call().\n\nDimensions must be equal, but are 13 and 11 "
        "for '{{node sequential_2_1/gru_1/gru_cell_1/MatMul}} = MatMul[T=DT_FLOAT]"
        "(sequential_2_1/gru_1/strided_slice_1, sequential_2_1/gru_1/gru_cell_1/"
        "Cast/ReadVariableOp)' with input shapes: [4,13], [11,18]."
    )
    assert (found.dims["features"], found.dims["came"], found.dims["units"]) == (11, 13, 6)


def test_a_layer_whose_making_failed_is_judged_without_a_crash() -> None:
    """A layer that Keras gave up halfway has no `built` yet."""
    halfway = keras.layers.LSTM.__new__(keras.layers.LSTM)
    judge = find_mistake("unknown_axis")
    assert judge is not None
    assert judge.judge is not None
    assert judge.judge(halfway, [named_shape((None, 7, 5), ("batch", "timesteps", "features"), "Input")]) is None


def test_a_layer_made_for_a_whole_sample_gets_it_flat() -> None:
    """As many numbers as the axes of the input hold together: no layer is declared anew for the last of them."""
    found = diagnose(
        'Input 0 of layer "hidden" is incompatible with the layer: expected axis -1 of input shape to have value 442, '
        "but received input with shape (None, 26, 17)"
    )
    assert "442 numbers, 26 × 17" in found.cause
    assert [fix.code for fix in found.fixes[:2]] == ["x = x.reshape(len(x), 442)", "layers.Flatten()"]
    assert all(fix.tried is not None and fix.tried.ran for fix in found.fixes[:2])
    assert not any("Declare the Input" in fix.label for fix in found.fixes)


def test_two_equal_sides_are_those_of_a_picture() -> None:
    found = diagnose("expected axis -1 of input shape to have value 9 but received input with shape (None, 33, 33)")
    assert [axis.axis for axis in found.shapes[0]] == ["batch", "height", "width"]


def test_the_only_change_that_a_call_of_several_tensors_needs_is_in_the_diff() -> None:
    """Attention reads one list, MultiHeadAttention one tensor after the other."""
    text = (
        "from keras import Input, Model, layers\nq, v = Input((6, 5)), Input((7, 8))\n"
        "m = Model([q, v], layers.Attention()([q, v]))\n"
    )
    diffs = [fix.diff for fix in diagnose(text).fixes]
    assert any("layers.MultiHeadAttention(2, key_dim=5)(q, v)" in diff for diff in diffs)


def test_where_numpy_stops_what_comes_behind_it_is_not_told_first() -> None:
    text = (
        "import numpy as np\nfrom keras import Input, Sequential, layers\nx = np.zeros((9, 6, 5)).reshape(9, 5, 7)\n"
        "m = Sequential([Input((6, 5)), layers.LSTM(3)])\nm.predict(x)\n"
    )
    assert diagnose(text).mistake == "reshape"


def test_a_model_behind_cells_of_the_text_is_told_as_a_part() -> None:
    text = (
        "from keras import Input, Model, layers\nclass Cell(layers.Layer):\n    def __init__(self, n):\n"
        "        super().__init__()\n        self.state_size = n\n    def call(self, x, states):\n"
        "        return other(x, states)\nx = Input((None, 5))\n"
        "m = Model(x, layers.Dense(3)(layers.RNN([Cell(12), Cell(9)])(x)))\n"
    )
    found = diagnose(text)
    assert found.mistake is None
    assert found.cause.startswith("The part of the model that was read has 30 parameters")
    assert any("isn't rebuilt here" in note for note in found.notes)
