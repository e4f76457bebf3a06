"""Kinds of lines in pasted programs, each held against NumPy, Keras or a closed form."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from explainers.reading.cutting import cut
from explainers.reading.diagnosing import Diagnosis, diagnose, read
from explainers.reading.live import attempt
from explainers.reading.patching.patch import applied

HEAD = "import numpy as np\nimport keras\nfrom keras import layers\n"


def fixed(found: Diagnosis, text: str) -> list[str]:
    """The program with each fix that was tried and is in its lines."""
    return [applied(text, fix.diff) for fix in found.fixes if fix.diff and fix.tried is not None and fix.tried.ran]


def total(text: str) -> int:
    """The parameters of the live model."""
    found = diagnose(text)
    assert found.model is not None, found.notes
    assert found.model["error"] is None
    return int(found.model["total_params"])


@pytest.mark.parametrize("index", [":, :4", ":, -3:", "..., None", ":, ::2, 1:", ":, 0, :2", "..., -1", ":, 2:n"])
def test_a_slice_of_a_tensor_is_cut_as_numpy_cuts_it(index: str) -> None:
    wanted = eval(f"np.zeros((1, 9, 5))[{index}]", {"np": np, "n": 6}).shape
    spec = read(f"{HEAD}n = 6\nx = keras.Input((9, 5))\nmodel = keras.Model(x, x[{index}])").spec
    assert spec is not None
    assert attempt(spec).output == (None, *wanted[1:])


def test_an_index_cuts_a_shape_as_numpy_cuts_an_array() -> None:
    assert cut((None, 8, 7, 6), ":, :-2, None, ..., 3") == (
        None,
        *np.zeros((1, 8, 7, 6))[:, :-2, None, ..., 3].shape[1:],
    )
    assert cut((None, 4), "1, 2, 3") is None  # more places than axes
    assert cut((None, 4), "2:") is None  # how many samples are left hangs on how many there are


LARGE = f"{HEAD}model = keras.Sequential([keras.Input((30_000,)), layers.Dense(5_000), layers.Dense(7)])\n"


def test_a_model_too_large_for_its_numbers_is_counted_all_the_same() -> None:
    assert total(LARGE) == 30_001 * 5_000 + 5_001 * 7


@pytest.mark.parametrize(
    ("fed", "mistake"),
    [
        ("model.predict(np.zeros((4, 20_000)))", "data_size"),
        ('model.compile("sgd", "mse")\nmodel.fit(np.zeros((4, 30_000)), np.zeros((4, 6)))', "target_shape"),
    ],
)
def test_data_of_such_a_model_are_tried_by_their_shapes(fed: str, mistake: str) -> None:
    found = diagnose(LARGE + fed)
    assert found.mistake == mistake
    assert fixed(found, LARGE + fed)


def test_windows_of_a_series_have_the_shapes_that_keras_gives_them() -> None:
    made = keras.utils.timeseries_dataset_from_array(np.zeros((70, 3)), np.zeros(70), 12, sampling_rate=2)
    text = (
        f"{HEAD}ds = keras.utils.timeseries_dataset_from_array(np.zeros((70, 3)), np.zeros(70), 12, sampling_rate=2)\n"
        "model = keras.Sequential([layers.LSTM(5, input_shape=(12, 3)), layers.Dense(1)])\n"
        'model.compile("sgd", "mse")\nmodel.fit(ds)'
    )
    spec = read(text).spec
    assert spec is not None
    check = next(check for check in spec.checks if check.kind == "fit")
    real = next(iter(made))
    assert [sizes[1:] for sizes in (*check.shapes, *check.targets)] == [tuple(part.shape[1:]) for part in real]


def test_the_classes_of_a_known_data_set_are_known() -> None:
    text = (
        "from sklearn.datasets import load_wine\nfrom keras import layers, utils, Sequential\n"
        "wine = load_wine()\ny = utils.to_categorical(wine.target)\n"
        "model = Sequential([layers.Dense(y.shape[1], input_shape=(wine.data.shape[1],))])"
    )
    assert total(text) == (13 + 1) * 3


def test_letters_of_the_text_are_counted() -> None:
    words = ["go", "run", "gone"]
    text = f"{HEAD}words = {words}\nchars = sorted(set(''.join(words)))\n" + (
        "model = keras.Sequential([layers.LSTM(4, input_shape=(7, len(chars))), layers.Dense(len(chars))])"
    )
    letters = len(set("".join(words)))
    assert total(text) == 4 * 4 * (letters + 4 + 1) + 5 * letters


def test_each_output_has_its_own_target_and_loss() -> None:
    text = HEAD + (
        "x = keras.Input((6,))\na = layers.Dense(1, name='age')(x)\nb = layers.Dense(4, name='kind')(x)\n"
        "model = keras.Model(x, [a, b])\n"
        "model.compile('sgd', {'age': 'mse', 'kind': 'categorical_crossentropy'})\n"
        "y = np.zeros((8, KIND))\nmodel.fit(np.zeros((8, 6)), {'kind': y, 'age': np.zeros((8, 1))})"
    )
    assert diagnose(text.replace("KIND", "4")).mistake is None
    broken = text.replace("KIND", "3")
    found = diagnose(broken)
    assert (found.mistake, "(8, 3)" in found.cause) == ("target_shape", True)
    assert any("Dense(3, name='kind')" in mended for mended in fixed(found, broken))


def test_data_for_validation_are_changed_with_those_of_fit() -> None:
    text = HEAD + (
        "a, b = np.zeros((9, 40)), np.zeros((4, 40))\n"
        "model = keras.Sequential([layers.Conv2D(3, 2, input_shape=(5, 8, 1)), layers.Flatten(), layers.Dense(1)])\n"
        "model.compile('sgd', 'mse')\nmodel.fit(a, np.zeros(9), validation_data=(b, np.zeros(4)))\nmodel.predict(b)"
    )
    mended = fixed(diagnose(text), text)[0]
    assert mended.count(".reshape(-1, 5, 8, 1)") == 3


def test_layers_of_a_loop_that_shrink_too_much_keep_the_length() -> None:
    text = HEAD + (
        "model = keras.Sequential([keras.Input((50, 2))])\nfor n in (3, 4, 6):\n"
        "    model.add(layers.Conv1D(n, 4))\n    model.add(layers.MaxPooling1D(3))\n"
        "model.add(layers.GlobalMaxPooling1D())"
    )
    found = diagnose(text)
    assert found.mistake == "kernel_exceeds_steps"
    assert fixed(found, text)[0].count('padding="same"') == 2


def test_attention_called_by_keywords_and_a_number_beside_a_tensor() -> None:
    text = HEAD + (
        "x = keras.Input((8, 12))\ny = layers.MultiHeadAttention(3, 5)(query=x, value=x, key=x)\n"
        "y = y * 16 ** -0.5\nmodel = keras.Model(x, layers.Dense(2)(y[:, 0]))"
    )
    assert total(text) == 3 * (12 * 15 + 15) + 15 * 12 + 12 + 13 * 2


@pytest.mark.parametrize(("units", "columns"), [(1, 3), (4, 1)])
def test_a_target_that_the_loss_stretches_is_told(units: int, columns: int) -> None:
    text = HEAD + (
        f"model = keras.Sequential([keras.Input((6,)), layers.Dense({units})])\nmodel.compile('sgd', 'mae')\n"
        f"model.fit(np.zeros((9, 6)), np.zeros((9, {columns})))"
    )
    found = diagnose(text)
    assert found.mistake == "target_shape"
    assert "trains without a warning" in found.cause
    assert any(f"Dense({columns})" in mended for mended in fixed(found, text))
    assert diagnose(text.replace(f"Dense({units})", f"Dense({columns})")).mistake is None


def test_the_layers_of_a_sequential_are_counted_without_its_input() -> None:
    text = HEAD + (
        "model = keras.Sequential([keras.Input((14,)), layers.Dense(9), layers.Dense(2)])\n"
        "model.layers[0].set_weights([np.zeros((16, 9)), np.zeros(9)])"
    )
    found = diagnose(text)
    assert (found.mistake, "(14, 9)" in found.cause) == ("weights_shape", True)
    assert "samples" not in found.cause
    assert diagnose(text.replace("(16, 9)", "(14, 9)")).mistake is None
