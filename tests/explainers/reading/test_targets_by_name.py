"""Kinds of mistakes around losses: names of outputs, labels from 1, weights, two changes at once, roles of operands."""

from __future__ import annotations

import pytest

from explainers.reading.diagnosing import diagnose, read
from explainers.reading.patching.patch import applied
from tests.explainers.reading.test_sequences_and_targets import HEAD, runs

TWO_OUTPUTS = HEAD + (
    "inp = Input((11,))\nh = Dense(6)(inp)\n"
    "m = Model(inp, [Dense(1, name='price')(h), Dense(4, activation='softmax', name='kind')(h)])\n"
    "p, k = np.zeros((30, 1)), np.zeros((30,), 'int32')\n"
)


@pytest.mark.parametrize(
    ("loss", "targets", "told"),
    [
        ("'price_out': 'mse', 'kind_out': 'sparse_categorical_crossentropy'", "'price': p, 'kind': k", "loss names"),
        (
            "'price': 'mse', 'kind': 'sparse_categorical_crossentropy'",
            "'price': p, 'k': k",
            "The dict of targets names",
        ),
        ("'out1': 'mse', 'out2': 'sparse_categorical_crossentropy'", "'out1': p, 'out2': k", "loss names"),
    ],
)
def test_losses_and_targets_go_by_the_names_of_the_outputs(loss: str, targets: str, told: str) -> None:
    text = TWO_OUTPUTS + f"m.compile(loss={{{loss}}})\nm.fit(np.zeros((30, 11)), {{{targets}}}, verbose=0)\n"
    found = diagnose(text)
    assert found.cause.startswith(told)
    assert "the outputs are called 'price' and 'kind'" in found.cause
    assert not runs(text)
    assert runs(applied(text, found.fixes[0].diff))


def test_right_names_and_automatic_ones_are_no_mistake() -> None:
    loss = "{'price': 'mse', 'kind': 'sparse_categorical_crossentropy'}"
    fit = "m.fit(np.zeros((30, 11)), {'kind': k, 'price': p}, verbose=0)\n"
    assert read(f"{TWO_OUTPUTS}m.compile(loss={loss})\n{fit}").mistake is None
    unnamed = TWO_OUTPUTS.replace(", name='price'", "").replace(", name='kind'", "")
    targets = "m.fit(np.zeros((30, 11)), [p, np.zeros((30, 4))], verbose=0)\n"
    assert read(f"{unnamed}m.compile(loss={{'dense_1': 'mse', 'dense_2': 'mse'}})\n{targets}").mistake is None


LABELS = HEAD + (
    "x = np.zeros((60, 9))\ny = np.tile(np.arange(1, 6), 12)\n"
    "model = Sequential([Input((9,)), Dense(5, activation='softmax')])\n"
)


@pytest.mark.parametrize(
    ("loss", "encoded"),
    [("categorical_crossentropy", "y = keras.utils.to_categorical(y)\n"), ("sparse_categorical_crossentropy", "")],
)
def test_labels_that_count_from_one(loss: str, encoded: str) -> None:
    text = f"import keras\n{LABELS}{encoded}model.compile(loss='{loss}')\nmodel.fit(x, y, verbose=0)\n"
    found = diagnose(text)
    assert found.fixes[0].label == "If your labels are 1 to 5, make them start at 0."
    assert runs(applied(text, found.fixes[0].diff))


def test_labels_that_count_from_one_in_a_message_alone() -> None:
    found = diagnose("ValueError: Shapes (None, 10) and (None, 9) are incompatible\ny = to_categorical(labels)")
    assert found.fixes[0].label == "If your labels are 1 to 9, make them start at 0."
    assert found.fixes[0].tried is not None


def test_fewer_sample_weights_than_samples() -> None:
    text = HEAD + (
        "model = Sequential([Input((9, 4)), LSTM(6), Dense(1)])\nmodel.compile(loss='mse')\nw = np.ones((25,))\n"
        "model.fit(np.zeros((70, 9, 4)), np.zeros((70, 1)), sample_weight=w, verbose=0)\n"
    )
    found = diagnose(text)
    assert found.cause == "sample_weight has 25 weights, the data have 70 samples: each sample needs one."
    assert not runs(text)
    assert runs(applied(text, found.fixes[0].diff))


def test_turned_data_and_an_output_for_each_step_are_mended_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explainers.reading.mended.PATIENCE", 60.0)  # of two changes both are tried, however busy
    monkeypatch.setattr("explainers.reading.mended.LONGEST", 200.0)
    text = HEAD + (
        "model = Sequential([Input((30, 8)), LSTM(5, return_sequences=True), Dense(3)])\nmodel.compile(loss='mse')\n"
        "model.fit(np.zeros((60, 8, 30)), np.zeros((60, 3)), verbose=0)\n"
    )
    first = diagnose(text).fixes[0]
    assert first.label.startswith("Swap axes 1 and 2")
    assert "omit return_sequences" in first.label
    assert runs(applied(text, first.diff))


def test_a_series_comes_out_of_an_autoencoder_as_long_as_it_went_in() -> None:
    text = HEAD + (
        "x = np.zeros((6, 90, 3))\ninp = Input((90, 3))\ne = MaxPooling1D(4, padding='same')(inp)\n"
        "model = Model(inp, Conv1D(3, 5, padding='same')(UpSampling1D(4)(e)))\nmodel.compile(loss='mse')\n"
        "model.fit(x, x, verbose=0)\n"
    )
    found = diagnose(text)
    assert [fix.code.partition("\n")[0] for fix in found.fixes] == ["layers.Cropping1D((1, 1))", "x = x[:, :88]"]
    assert all(runs(applied(text, fix.diff)) for fix in found.fixes)


@pytest.mark.parametrize(
    ("node", "output"),
    [
        ("mean_absolute_error/sub", (None, 7, 5)),  # tf.keras: output - target
        ("compile_loss/mae/sub", (None, 5)),  # Keras 3: target - output
        ("poisson/mul", (None, 5)),  # target * log(output)
    ],
)
def test_which_operand_of_a_loss_is_the_output(node: str, output: tuple[int | None, ...]) -> None:
    found = read(f"Incompatible shapes: [40,7,5] vs. [40,5] [[{{{{node {node}}}}}]]")
    assert f"outputs {(40, *output[1:])}" in found.cause


@pytest.mark.parametrize(
    ("what", "first"),
    [("numpy.ndarray", "x = np.stack(x)"), ("float", 'x = np.asarray(x).astype("float32")')],
)
def test_an_array_of_objects_is_told_by_what_it_holds(what: str, first: str) -> None:
    found = diagnose(f"ValueError: Failed to convert a NumPy array to a Tensor (Unsupported object type {what}).")
    assert found.title == "The array holds objects instead of numbers"
    assert found.fixes[0].code == first


@pytest.mark.parametrize(
    ("layer", "ranks", "shape", "sister"),
    [
        ("global_max_pooling1d", "expected ndim=3, found ndim=4", "(None, 9, 6, 320)", "GlobalMaxPooling2D"),
        ("average_pooling2d", "expected ndim=4, found ndim=3", "(None, 61, 24)", "AveragePooling1D"),
    ],
)
def test_a_pooling_for_other_axes(layer: str, ranks: str, shape: str, sister: str) -> None:
    text = f'Input 0 of layer "{layer}" is incompatible with the layer: {ranks}. Full shape received: {shape}'
    first = diagnose(text).fixes[0]
    assert first.label.startswith(f"Use {sister}")
    assert first.tried is not None


def test_states_of_both_directions_joined_for_a_narrow_decoder() -> None:
    text = HEAD + (
        "a, b = Input((None, 7)), Input((None, 9))\n"
        "_, fh, fc, bh, bc = Bidirectional(LSTM(12, return_state=True))(a)\n"
        "h, c = Concatenate()([fh, bh]), Concatenate()([fc, bc])\ndecoder = LSTM(12)\n"
        "model = Model([a, b], decoder(b, initial_state=[h, c]))\n"
        "model.predict([np.zeros((2, 4, 7)), np.zeros((2, 5, 9))], verbose=0)\n"
    )
    found = diagnose(text)
    assert [fix.code for fix in found.fixes][:1] == ["layers.LSTM(24, …)"]
    assert not runs(text)
    assert all(runs(applied(text, fix.diff)) for fix in found.fixes[:2])
