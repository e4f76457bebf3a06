"""Kinds of texts that people post about sequences: a fixed batch, open sizes, one-hot rows, ticks around code."""

from __future__ import annotations

import pytest

from explainers.reading.diagnosing import diagnose, read
from explainers.reading.patching.patch import applied
from tests.explainers.reading.test_sequences_and_targets import HEAD, runs


def _stateful(fed: str) -> str:
    return HEAD + (
        "model = Sequential([Input(batch_shape=(4, 9, 3)), GRU(5, stateful=True), Dense(2)])\n"
        "model.compile(loss='mse')\nx, y = np.zeros((36, 9, 3)), np.zeros((36, 2))\n" + fed
    )


def test_a_fixed_batch_is_fed_as_it_was_fixed() -> None:
    text = _stateful("model.fit(x, y, epochs=1)\n")
    found = diagnose(text)
    assert found.mistake == "stateful_batch"
    assert found.fixes[0].label == "Take as many samples at a time as the model was built for: batch_size=4."
    assert "+model.fit(x, y, epochs=1, batch_size=4)" in found.fixes[0].diff
    assert runs(applied(text, found.fixes[0].diff))


def test_another_batch_says_how_it_is_fed() -> None:
    """A batch that holds all samples is no help while fit takes 32 of them."""
    found = diagnose(_stateful("model.fit(x, y, epochs=1)\n"))
    for fix in found.fixes:
        if fix.label.startswith("Fix how many samples"):
            assert "batch_size=36" in f"{fix.code}{fix.diff}"


def test_code_among_sentences_gets_the_change_in_its_own_lines() -> None:
    code = _stateful("model.fit(x, y, epochs=1)\n")
    text = f"My model stops at the first batch, what is wrong with it?\n\n{code}\nThanks a lot in advance!"
    found = diagnose(text)
    assert found.kind == "code"
    changed = applied(found.code, found.fixes[0].diff)
    assert "batch_size=4" in changed
    assert "Thanks" not in changed


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


def test_what_is_left_of_a_named_example_is_no_mistake_either() -> None:
    text = HEAD + (
        "model = Sequential([Input((longest, 3)), Conv1D(8, 5), MaxPooling1D(4), Conv1D(9, 7), Flatten(), Dense(2)])\n"
    )
    found = diagnose(text)
    assert found.mistake is None
    assert any("depends on a size that the text doesn't give" in note for note in found.notes)


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
