"""Shapes that sentences and comments tell are those of the data; what the code leaves open follows from them."""

from __future__ import annotations

import pytest

from explainers.core.spec import Sizes
from explainers.reading.code.hints import hints
from explainers.reading.diagnosing import diagnose, read


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("X_tr is of shape(940, 33), Y_tr is (940, 33, 4)This is", {"X_tr": (940, 33), "Y_tr": (940, 33, 4)}),
        ("My X and y shape are both (260, 48, 1).", {"X": (260, 48, 1), "y": (260, 48, 1)}),
        ("X and y have shapes (950, 6) and (950,) respectively", {"X": (950, 6), "y": (950,)}),
        ("Meu trainX é um vetor [650,20,1].", {"trainX": (650, 20, 1)}),
        ("my train_x is a (75, 9, 3) array", {"train_x": (75, 9, 3)}),
        ('X, y = load("runs.npz")  # (1000, 20), (1000,)', {"X": (1000, 20), "y": (1000,)}),
        ("x = table.values  # shape: 300, 4", {"x": (300, 4)}),
        ("the shape of frames variable is (6,30)", {"frames": (6, 30)}),
        ("model.add(LSTM(10, input_shape=(6, 30)))", {}),
        ("the classes of y are [1, 0, 2]", {}),
        ("kernel_size=(3, 3)", {}),
    ],
)  # fmt: skip
def test_a_sentence_tells_shapes(text: str, told: dict[str, Sizes]) -> None:
    found = hints(text)
    assert {name: sizes for name, sizes in found.items() if "." not in name} == told


TAGS = (
    "X_train is of shape (940, 33) and Y_train is (940, 33, 4).\nm = Sequential([\n"
    "    Embedding(words, 16, input_length=longest),\n    Bidirectional(LSTM(21)),\n"
    "    Dense(longest, activation='softmax')])\n"
    "With categorical_crossentropy it says:\n"
    "Error when checking target: expected dense_3 to have 2 dimensions, but got array with shape (940, 33, 4)"
)


def test_what_the_code_leaves_open_follows_from_the_data() -> None:
    found = read(TAGS)
    assert found.spec is not None
    assert found.spec.inputs[0].shape == (None, 33)
    assert not any(note.startswith("longest") for note in found.spec.assumed)
    assert found.spec.checks[0].targets == ((940, 33, 4),)


def test_a_target_for_each_step_needs_all_outputs_and_its_columns() -> None:
    first = diagnose(TAGS).fixes[0]
    assert "Bidirectional(LSTM(21, return_sequences=True))" in first.diff
    assert "Dense(4, activation='softmax')" in first.diff
    assert first.tried is not None
    assert first.tried.output == (None, 33, 4)


def test_a_layer_that_is_added_behind_fit_is_another_version() -> None:
    model = (
        "model = Sequential()\nmodel.add(LSTM(8, input_shape=(12, 3), return_sequences=True))\nmodel.add(Dense(5))\n"
    )
    found = read(f"{model}model.compile(loss='mse')\nmodel.fit(x, y)\n\nI also tried\nmodel.add(Dense(1))\n")
    assert found.spec is not None
    assert [layer.get("units") for layer in found.spec.layers] == [8, 5]


@pytest.mark.parametrize("loss", ["mse", "mean_absolute_error"])
def test_a_loss_of_numbers_has_no_labels(loss: str) -> None:
    """The shapes say no more: with integer labels one would take the sparse loss."""
    message = "Error when checking target: expected dense_2 to have shape (None, 6) but got array with shape (310, 1)"
    found = read(f"model.compile(loss='{loss}', optimizer='adam')\nValueError: {message}")
    assert found.mistake == "target_shape"
    assert not any("sparse" in fix.code for fix in found.fixes)


def test_old_keras_prints_one_sample_unless_the_batch_is_fixed() -> None:
    message = "Error when checking target: expected out to have shape (64, 9) but got array with shape (12, 2)"
    assert "timesteps (axis 0) is 64 versus 12" in read(message).cause
    fixed = read(f"batch_input_shape=(64, 5, 3)\n{message}")
    assert "axis 0) is 64 versus 12" in fixed.cause
    assert "timesteps (axis 0)" not in fixed.cause


MESSAGE = "ValueError: Negative dimension size caused by subtracting 10 from 4 for 'conv1d_1/convolution/Conv2D'"


def test_a_change_in_indented_code_stands_where_it_belongs() -> None:
    """The lines in front are sentences: none of them says how far the code is indented."""
    code = "    model = Sequential()\n    model.add(Conv1D(25, 10, input_shape=(4, 3)))\n    model.add(Flatten())\n"
    found = diagnose(f"{MESSAGE}\n\nHere is what I wrote:\n\n{code}")
    first = found.fixes[0]
    assert '+    model.add(Conv1D(25, 10, input_shape=(4, 3), padding="same"))' in first.diff


def test_train_on_batch_takes_all_of_its_samples() -> None:
    code = "model = Sequential()\nmodel.add(LSTM(5, batch_input_shape=(50, 9, 1), stateful=True))\n"
    found = read(f"X.shape = (50, 9, 1), y.shape = (50, 5)\n{code}model.train_on_batch(X, y)")
    assert found.mistake is None


@pytest.mark.parametrize(
    ("head", "target", "code"),
    [
        ("LSTM(7, return_sequences=True), Dense(1)", "(90, 5)", "y = y[..., np.newaxis]"),
        ("LSTM(7), Dense(5)", "(90, 5, 1)", "y = y[..., 0]"),
    ],
)
def test_an_axis_of_one_is_what_differs(head: str, target: str, code: str) -> None:
    """The message gives the number of axes alone; what the output is, the code says."""
    rank = 3 if target == "(90, 5)" else 2
    message = (
        f"Error when checking target: expected dense_1 to have {rank} dimensions, but got array with shape {target}"
    )
    found = read(f"m = Sequential([Input((5, 2)), {head}])\nm.compile(loss='mse')\n\nValueError: Error when {message}")
    assert found.fixes[0].code == code


def test_stacked_layers_change_together() -> None:
    code = "m = Sequential()\nm.add(GRU(6, input_shape=(8, 3)))\nm.add(GRU(5))\nm.add(GRU(4))\n"
    found = diagnose(f"{code}\nValueError: Input 0 is incompatible with layer gru_2: expected ndim=3, found ndim=2")
    first = found.fixes[0]
    assert first.diff.count("+m.add") == first.diff.count("return_sequences=True") == 2
    assert first.tried is not None
    assert first.tried.output == (None, 4)


def test_the_state_is_passed_on_without_the_outputs() -> None:
    code = (
        "a = Input((9, 5))\nseen = GRU(12, return_sequences=True, return_state=True)(a)\nb = Input((None, 5))\n"
        "out = GRU(12, return_sequences=True)(b, initial_state=seen)\nmodel = Model([a, b], out)\n"
    )
    message = (
        "ValueError: An `initial_state` was passed that is not compatible with `cell.state_size`. Received "
        "`state_spec`=[InputSpec(shape=(None, 9, 12), ndim=3), InputSpec(shape=(None, 12), ndim=2)]; "
        "however `cell.state_size` is [12]"
    )
    first = diagnose(f"{code}{message}").fixes[0]
    assert "[1:]" in first.code
    assert first.tried is not None
    assert first.tried.ran


def test_an_id_below_zero_is_shifted() -> None:
    first = read("InvalidArgumentError: indices[7,2] = -1 is not in [0, 30) [[node embedding/embedding_lookup]]").fixes[
        0
    ]
    assert "x = x + 1" in first.code
    assert "input_dim=31" in first.code


def test_a_generator_may_yield_several_inputs() -> None:
    code = (
        "def gen():\n    while True:\n        yield ((np.zeros((16, 24, 6)), np.zeros((16, 3))), np.zeros((16, 1)))\n"
        "a = Input((24, 6))\nb = Input((5,))\nout = Dense(1)(concatenate([LSTM(20)(a), b]))\n"
        "model = Model([a, b], out)\nmodel.compile('adam', 'mse')\nmodel.fit(gen(), steps_per_epoch=10)\n"
    )
    found = read(code)
    assert found.mistake == "data_size"
    assert "features (axis 1) is 5" in found.cause


def test_a_change_of_the_data_brings_that_of_the_targets_along() -> None:
    code = (
        "x = np.zeros((100, 9))\ny = np.zeros(100)\nmodel = Sequential([Input((None, 9)), LSTM(32), Dense(2)])\n"
        "model.compile(loss='mse')\nmodel.fit(x, y)\n"
    )
    message = "Error when checking input: expected lstm_1_input to have 3 dimensions, but got array with shape (100, 9)"
    first = diagnose(f"{code}\nValueError: {message}").fixes[0]
    assert "np.newaxis" in first.code
    assert "units=1" in first.label
