"""A message about axes alone, without a word of the asker's: what its sizes say about the data."""

from __future__ import annotations

import pytest

from explainers.reading.diagnosing import diagnose

RANK = (
    "ValueError: Input 0 of layer {} is incompatible with the layer: expected {}ndim={}, found ndim={}. "
    "Full shape received: {}"
)
VALUE = (
    "ValueError: Input 0 of layer {} is incompatible with the layer: expected axis -1 of input shape to have value "
    "{}, but received input with shape {}"
)
BUILT = 'ValueError: Input 0 of layer "model" is incompatible with the layer: expected shape={}, found shape={}'

FIRST = [
    (RANK.format("conv2d", "min_", 4, 2, "[None, 1296]"), "x = x.reshape(-1, 36, 36, 1)"),
    (RANK.format("conv2d_3", "min_", 4, 2, "(None, 2187)"), "x = x.reshape(-1, 27, 27, 3)"),
    (RANK.format("conv2d_transpose", "", 4, 2, "[None, 90]"), "layers.Dense(7 * 7 * 64)"),
    (RANK.format("conv2d", "min_", 4, 2, "(44, 44)"), "x = x[np.newaxis, ..., np.newaxis]"),
    (RANK.format("sequential", "", 4, 2, "(44, 52)"), "x = x[np.newaxis, ..., np.newaxis]"),
    (RANK.format("conv2d", "min_", 4, 3, "[3, 60, 72]"), "x = np.moveaxis(x, 0, -1)[np.newaxis]"),
    (RANK.format("global_max_pooling1d", "", 3, 4, "[None, 9, 9, 48]"), "layers.GlobalMaxPooling2D("),
    (RANK.format("conv3d", "min_", 5, 4, "(None, 40, 56, 3)"), "layers.Conv2D(…)"),
    (RANK.format("conv_lstm2d", "", 5, 4, "(None, 40, 40, 3)"), "x = x[:, np.newaxis]"),
    (RANK.format("gru_2", "", 3, 1, "(37,)"), "x = x.reshape((1, 37, 1))"),
    (RANK.format("lstm", "", 3, 2, "[None, None]"), "layers.Embedding("),
    (RANK.format("sequential_2", "", 2, 3, "[None, 23, 29]"), "x = x.reshape(-1, 667)"),
    (VALUE.format("conv2d", 3, "(None, 3, 50, 66)"), "x = np.moveaxis(x, 1, -1)"),
    (VALUE.format("conv1d", 1, "[None, 1, 143]"), "x = np.swapaxes(x, 1, 2)"),
    (VALUE.format("dense", 19, "(None, 1)"), "x = x.reshape(1, 19)"),
    (VALUE.format("batch_normalization", 24, "(None, 11, 11, 48)"), "x = layers.BatchNormalization()(x)"),
    (VALUE.format("dense_1", "{6}", "[None, 9]"), "keras.Input(shape=x.shape[1:])"),
    (BUILT.format("(None, 52, 60, 3)", "(None, 60, 3)"), "x = x[np.newaxis]"),
    ("The channel dimension of the inputs should be defined. The input_shape received is (None, 57, None)",
     "keras.Input(shape=(57, 1))"),
    ("ValueError: cannot reshape array of size 259200 into shape (200,40,40,1)", "x.reshape((200, 36, 36, 1))"),
]  # fmt: skip


@pytest.mark.parametrize(("message", "code"), FIRST, ids=[code for _, code in FIRST])
def test_the_sizes_of_a_message_say_what_helps(message: str, code: str) -> None:
    first = diagnose(message).fixes[0]
    assert first.code.startswith(code)
    assert first.tried is not None
    assert first.tried.ran


def test_no_window_of_one_row_and_no_number_of_samples_for_a_side() -> None:
    alone = diagnose(RANK.format("sequential_3", "", 3, 2, "(1, 11)"))
    feature_map = diagnose(RANK.format("simple_rnn", "", 3, 4, "[None, 9, 9, 48]"))
    assert not [fix for fix in alone.fixes if "windows" in fix.label]
    assert not [fix for fix in feature_map.fixes if "number of samples" in fix.label + fix.means]


def test_an_empty_array_and_a_pooled_vector_are_told_as_that() -> None:
    empty = diagnose(RANK.format("gru", "", 3, 1, "[0]")).fixes
    pooled = diagnose(RANK.format("global_average_pooling2d", "", 4, 2, "[None, 2048]")).fixes
    assert "holds no numbers" in empty[0].label
    assert "already pooled" in pooled[0].label
    assert not [fix for fix in pooled if "Reshape" in fix.code]
