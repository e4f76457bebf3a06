"""Kinds of texts that people post about sequences: a fixed batch, open sizes, one-hot rows, ticks around code."""

from __future__ import annotations

import numpy as np
import pytest

from explainers.core.finding import Change
from explainers.reading.diagnosing import diagnose, read
from explainers.reading.diagnosis import Diagnosis
from explainers.reading.patching.patch import applied
from explainers.reading.rlang.back import in_r
from tests.explainers.reading.test_sequences_and_targets import HEAD, runs

FIXED = HEAD + (
    "model = Sequential([Input(batch_shape=(4, 9, 3)), GRU(5, stateful=True), Dense(2)])\n"
    "model.compile(loss='mse')\nx, y = np.zeros((36, 9, 3)), np.zeros((36, 2))\nmodel.fit(x, y, epochs=1)\n"
)


@pytest.fixture(scope="module")
def fixed() -> Diagnosis:
    """A program with a fixed batch, between two sentences."""
    return diagnose(f"My model stops at the first batch, what is wrong with it?\n\n{FIXED}\nThanks a lot in advance!")


def test_a_fixed_batch_is_fed_as_it_was_fixed(fixed: Diagnosis) -> None:
    assert fixed.mistake == "stateful_batch"
    assert fixed.fixes[0].label == "Take as many samples at a time as the model was built for: batch_size=4."
    assert "+model.fit(x, y, epochs=1, batch_size=4)" in fixed.fixes[0].diff


def test_another_batch_says_how_it_is_fed(fixed: Diagnosis) -> None:
    """A batch that holds all samples is no help while fit takes 32 of them."""
    for fix in fixed.fixes:
        if fix.label.startswith("Fix how many samples"):
            assert "batch_size=36" in f"{fix.code}{fix.diff}"


def test_code_among_sentences_gets_the_change_in_its_own_lines(fixed: Diagnosis) -> None:
    assert fixed.kind == "code"
    changed = applied(fixed.code, fixed.fixes[0].diff)
    assert "Thanks" not in changed
    assert runs(changed)


def test_an_open_size_is_no_other_size() -> None:
    found = read(
        "ValueError: A target array with shape (12, 6, 3) was passed for an output of shape (None, None, 3) while "
        "using as loss `categorical_crossentropy`. This loss expects targets to have the same shape as the output."
    )
    assert [fix.label for fix in found.fixes] == [
        "Declare the size that the output leaves open: the Input, or input_length, says 6."
    ]
    assert found.fixes[0].code == "keras.Input(shape=(6, …))"


@pytest.mark.parametrize("layer", ["Output", "dense_3"])
def test_a_target_for_each_step_asks_for_an_output_for_each(layer: str) -> None:
    found = diagnose(
        f"ValueError: Error when checking target: expected {layer} to have 2 dimensions, but got array with shape "
        "(45, 13, 7)\nMy LSTM should tag each word."
    )
    assert "return_sequences=True" in found.fixes[0].code
    assert found.fixes[0].tried is not None
    assert not any("to_categorical" in fix.code for fix in found.fixes)


def test_rows_of_several_numbers_are_never_made_one_hot_of_one_column() -> None:
    found = read(
        "Exception: A target array with shape (350, 14) was passed for an output of shape (None, 1) while using as "
        "loss `categorical_crossentropy`."
    )
    assert [fix.code for fix in found.fixes] == ["layers.Dense(14)"]


def test_an_example_of_ours_leaves_room_for_all_windows() -> None:
    """The text gives no shape: no kernel of it is too long for a size that we made up."""
    text = HEAD + (
        "model = Sequential()\nmodel.add(Conv1D(8, 5))\nmodel.add(MaxPooling1D(4))\nmodel.add(Conv1D(9, 7))\n"
        "model.add(MaxPooling1D(3))\nmodel.add(GlobalAveragePooling1D())\nmodel.add(Dense(2))\n"
    )
    found = diagnose(text)
    assert found.mistake is None
    assert found.spec is not None
    steps = found.spec.inputs[0].shape[1]
    assert f"the input's steps = {steps}" in found.spec.assumed
    assert steps is not None
    assert steps >= 42


def test_one_hot_rows_for_an_embedding_become_ids() -> None:
    text = HEAD + (
        "model = Sequential([Input((6,)), Embedding(40, 8), LSTM(5), Dense(40, activation='softmax')])\n"
        "model.predict(np.zeros((3, 6, 40)))\n"
    )
    found = diagnose(text)
    assert found.fixes[0].code == "x = np.argmax(x, axis=-1)"
    assert found.fixes[0].tried is not None
    assert not any("in one row" in fix.label for fix in found.fixes)  # 240 numbers are no 240 words


def test_more_columns_than_words_are_no_one_hot_rows() -> None:
    text = HEAD + (
        "model = Sequential([Input((6,)), Embedding(40, 8), LSTM(5), Dense(2)])\nmodel.predict(np.zeros((3, 6, 50)))\n"
    )
    assert not any("argmax" in fix.code for fix in diagnose(text).fixes)


def test_an_array_of_objects_for_an_lstm_holds_sequences() -> None:
    said = "expected lstm_1_input to have 3 dimensions, but got array with shape (75, 1)"
    found = read(f"Error when checking input: {said}\nmy sequences are 310x12, 275x12 and so on")
    assert "pad_sequences" in found.fixes[0].code
    of_pixels = read(f"Error when checking input: {said}\nthe pixels of my images are in one column")
    assert "string of pixels" in of_pixels.fixes[0].label


def test_what_older_layers_took_is_left_out_and_the_rest_is_tried() -> None:
    text = HEAD + (
        "model = Sequential()\nmodel.add(Embedding(50, 8, input_length=9, dropout=0.2))\n"
        "model.add(LSTM(6, dropout=0.1))\nmodel.add(Dense(1))\nmodel.compile(loss='categorical_crossentropy')\n"
        "model.fit(np.zeros((20, 9)), np.zeros((20, 4)))\n"
    )
    found = diagnose(f"ValueError: Shapes (None, 4) and (None, 1) are incompatible\n\n{text}")
    changed = applied(found.code, found.fixes[0].diff)
    assert "Embedding(50, 8, input_length=9)" in changed
    assert "LSTM(6, dropout=0.1)" in changed
    assert runs(changed)


CODE = "model.add(LSTM(15, input_shape=(21, 13)))\nmodel.add(Dropout(0.2))\nmodel.add(Dense(2))"


@pytest.mark.parametrize(
    ("before", "behind"), [("`", "`"), ("`", "\n`"), ("  `", "`  "), ("```\n", "\n```"), ("see `x`:\n`", "`\nand `y`")]
)
def test_one_tick_around_several_lines_is_a_fence(before: str, behind: str) -> None:
    found = read(f"This is what I wrote:\n{before}{CODE}{behind}\nIt doesn't learn.")
    assert found.spec is not None
    assert [layer.class_name for layer in found.spec.layers] == ["LSTM", "Dropout", "Dense"]
    assert found.spec.inputs[0].shape == (None, 21, 13)


def test_steps_are_put_together_in_front_of_the_last_layer_with_weights() -> None:
    text = HEAD + (
        "model = Sequential([Input((8, 3)), Conv1D(6, 3), Dense(2), Activation('softmax')])\n"
        "model.compile(loss='categorical_crossentropy')\nmodel.fit(np.zeros((20, 8, 3)), np.zeros((20, 2)))\n"
    )
    found = diagnose(text)
    diffs = [fix.diff for fix in found.fixes if "Flatten" in fix.label or "Pooling" in fix.label]
    assert diffs
    for diff in diffs:
        changed = applied(text, diff)
        assert runs(changed + "assert model.output_shape == (None, 2)\n")


def test_rows_that_no_reshape_divides_lose_what_is_left_over() -> None:
    text = "import numpy as np\nx = np.zeros((500, 12))\nx = x.reshape((int(x.shape[0] / 7), 7, x.shape[1]))\n"
    found = diagnose(f"How do I make windows of 7 rows for my LSTM?\n\n{text}")
    assert found.fixes[0].code == "x.ravel()[:5964].reshape((-1, 7, 12))"
    assert found.fixes[0].tried is not None


def test_an_end_that_is_not_read_is_told_with_what_reaches_it() -> None:
    """A layer of another library: the message is about it, and not about a part of the model that was read."""
    found = diagnose(
        "from other_layers import Tagger\nwords = Input((17,))\nbody = Sequential()\nbody.add(Embedding(90, 6))\n"
        "x = LSTM(9)(body(words))\ny = Tagger(5)(x)\nmodel = Model(words, y)\nmodel.fit(a, b)\n\n"
        "ValueError: Index out of range using input dim 2; input has only 2 dims for 'strided_slice'\n"
    )
    assert found.cause.endswith("Tagger isn't read here. What reaches it is (None, 9), the output of lstm.")
    assert found.fixes[0].code == "layers.LSTM(9, return_sequences=True)"
    assert not any("axis=-1" in fix.code for fix in found.fixes)
    assert found.spec is not None
    assert [layer.class_name for layer in found.spec.layers] == ["Embedding", "LSTM"]


@pytest.mark.parametrize(
    ("said", "columns", "code"),
    [
        (
            "non-broadcastable output operand with shape (80,1) doesn't match the broadcast shape (80,6)",
            6,
            "(len(predictions), 6)",
        ),
        ("operands could not be broadcast together with shapes (70,8) (3,) (70,8)", 3, "x[:, :3]"),
    ],
)
def test_a_scaler_of_other_columns(said: str, columns: int, code: str) -> None:
    found = read(f"    p = scaler.inverse_transform(p)\nValueError: {said}")
    assert found.mistake == "data_size"
    assert f"The scaler was fitted to {columns} columns" in found.cause
    assert any(code in fix.code for fix in found.fixes)


def test_a_scaler_beside_a_summary_is_what_is_told() -> None:
    table = (
        "lstm_1 (LSTM)                (None, 30, 7)             364       \n"
        "dense_1 (Dense)              (None, 30, 1)             8         \n"
    )
    said = "ValueError: non-broadcastable output operand with shape (40,1) doesn't match the broadcast shape (40,5)"
    found = read(f"{table}\n    p = scaler.inverse_transform(p)\n{said}")
    assert found.kind == "error"
    assert "5 columns" in found.cause


def test_flat_logits_beside_their_axes_are_no_smaller_batch() -> None:
    found = read(
        "InvalidArgumentError: logits and labels must be same size: logits_size=[66,40] labels_size=[78,40]\n"
        "logits are (6, 11, 40) and the labels (6, 13, 40)"
    )
    assert found.mistake == "target_shape"
    assert "(6, 11, 40) with targets (6, 13, 40)" in found.cause


def test_a_number_made_of_an_example_is_written_by_its_name() -> None:
    text = HEAD + (
        "a = Input((11,))\nb = Input((13,))\ncode = Bidirectional(GRU(hidden))(Embedding(50, 6)(a))\n"
        "d = GRU(hidden, return_sequences=True)(Embedding(50, 6)(b), initial_state=[code])\nmodel = Model([a, b], d)\n"
    )
    found = diagnose(text)
    assert "+d = GRU(2 * hidden, return_sequences=True)" in found.fixes[0].diff


def test_classes_are_never_made_one_unit() -> None:
    """A softmax of one unit runs, and always returns 1."""
    text = HEAD + "model = Sequential([Input((9, 4)), Conv1D(6, 3), Flatten(), Dense(3, activation='softmax')])\n"
    found = diagnose(
        f"Error when checking target: expected dense to have shape (None, 3) but got array with shape (61, 1)\n\n{text}"
    )
    assert found.fixes[0].code == 'loss="sparse_categorical_crossentropy"'
    assert not any("Dense(1" in f"{fix.code}{fix.diff}" for fix in found.fixes)


def test_a_named_example_leaves_room_and_is_told_as_it_is_used() -> None:
    text = HEAD + (
        "model = Sequential([Input((longest, 3)), Conv1D(8, 5), MaxPooling1D(4), Conv1D(9, 7), Flatten(), Dense(2)])\n"
    )
    found = read(text)
    assert found.spec is not None
    steps = found.spec.inputs[0].shape[1]
    assert f"longest = {steps}" in found.spec.assumed
    assert found.mistake is None


def test_a_table_for_a_stateful_model_keeps_its_fixed_batch() -> None:
    text = HEAD + (
        "model = Sequential([Input(batch_shape=(8, 1, 5)), LSTM(6, stateful=True), Dense(2)])\n"
        "model.compile(loss='mse')\n"
    )
    found = diagnose(
        "Error when checking input: expected lstm_input to have 3 dimensions, but got array with shape (40, 7)"
        f"\n\n{text}"
    )
    assert found.fixes[0].tried is not None
    assert "(8, 1, 7)" in f"{found.fixes[0].code}{found.fixes[0].diff}"


def test_swapped_axes_are_said_in_r() -> None:
    assert in_r(Change("", code="x = np.swapaxes(x, 1, 2)")).code == "x <- aperm(x, c(1, 3, 2))"
    assert in_r(Change("", code="x = np.swapaxes(x, 0, 2)")).code == "x <- aperm(x, c(3, 2, 1))"


def test_a_reshape_is_mended_by_the_numbers_of_the_message_and_not_by_examples() -> None:
    found = diagnose(
        "ValueError: total size of new array must be unchanged, input_shape = [24, 10, 16], output_shape = [24, 96]\n\n"
        "x = layers.MaxPooling2D(2)(x)\nx = layers.Reshape((width // 4, height // 4 * 16), name='reshape')(x)\n"
        "x = layers.LSTM(12)(x)\n"
    )
    assert found.fixes[0].code == "layers.Reshape((24, 160))"
    assert not any(fix.diff for fix in found.fixes)


EXPECTED = "Error when checking input: expected dense_1_input to have shape"


@pytest.mark.parametrize("column", [False, True])
def test_a_column_of_arrays_is_stacked(column: bool) -> None:
    found = read(
        "Error when checking input: expected dense_1_input to have shape (None, 48) but got array with shape (7, 1)"
    )
    code = found.fixes[0].code
    x = np.empty(7, dtype=object)
    x[:] = [np.zeros((1, 48)) for _ in range(7)]
    names = {"np": np, "x": x[:, np.newaxis] if column else x}
    exec(code.splitlines()[0], names)
    assert names["x"].shape == (7, 48)
    assert not any("shape=(1,)" in fix.code for fix in found.fixes)


def test_a_few_columns_too_few_are_no_arrays() -> None:
    found = read(
        "Error when checking input: expected dense_1_input to have shape (None, 5) but got array with shape (70, 1)"
    )
    assert not any("np.stack" in fix.code for fix in found.fixes)


def test_a_flatten_that_gets_a_mask_is_replaced_by_what_reads_it() -> None:
    found = read("Layer flatten_3 does not support masking, but was passed an input_mask")
    assert "today's drops the mask with a warning" in found.cause
    assert [fix.code.split("(")[0] for fix in found.fixes] == [
        "layers.LSTM",
        "layers.GlobalAveragePooling1D",
        "layers.Embedding",
    ]
    masked = HEAD + (
        "import warnings\nwith warnings.catch_warnings(record=True) as told:\n    warnings.simplefilter('always')\n"
        "    Sequential([Input((6,)), Embedding(9, 4, mask_zero=True), Flatten()]).predict(np.zeros((2, 6)))\n"
        "assert any('mask' in str(one.message) for one in told)\n"
    )
    assert runs(masked)
