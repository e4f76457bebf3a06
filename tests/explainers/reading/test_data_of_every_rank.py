"""Old Keras' messages about data: what is missing by the sizes, whatever the layer is called."""

from __future__ import annotations

import pytest

from explainers.reading.diagnosing import diagnose

RANK = "ValueError: Error when checking input: expected {} to have {} dimensions, but got array with shape {}"
SHAPE = "ValueError: Error when checking input: expected {} to have shape {} but got array with shape {}"


@pytest.mark.parametrize(
    ("name", "rank", "found", "code"),
    [
        ("input_6", 4, "(23, 20, 12)", "x = x[..., np.newaxis]"),  # gray images without their channel
        ("conv2d_1_input", 4, "(150, 130, 3)", "x = x[np.newaxis]"),  # one image
        ("conv2d_1_input", 4, "(600, 784)", "x = x.reshape(-1, 28, 28, 1)"),  # flat images: squares
        ("img", 4, "(600, 3072)", "x = x.reshape(-1, 32, 32, 3)"),
        ("input_1", 5, "(16, 12, 20, 3)", "x = x[np.newaxis]"),  # one film
        ("time_distributed_1_input", 5, "(90, 12, 16, 3)", "x = x[np.newaxis]"),
        ("conv_lstm2d_1_input", 5, "(12, 4, 20, 16)", "x = x[..., np.newaxis]"),
        ("conv1d_1_input", 3, "(455, 30)", "x = x[..., np.newaxis]"),
        ("batch_normalization_1_input", 4, "(200, 24, 20)", "x = x[..., np.newaxis]"),
        ("conv2d_transpose_1_input", 4, "(16, 100)", "x = x.reshape(-1, 1, 1, 100)"),
        ("series", 3, "(12, 5, 7, 2)", "x = x.reshape(-1, 5, 14)\nkeras.Input(shape=(5, 14))"),
        ("flatten_1_input", 3, "(300, 784)", "x = x.reshape(-1, 28, 28)"),
        ("dense_7_input", 2, "(12,)", "x = x[np.newaxis]"),
    ],
)
def test_the_axis_that_is_missing_is_found_by_the_sizes_and_tried(name: str, rank: int, found: str, code: str) -> None:
    first = diagnose(RANK.format(name, rank, found)).fixes[0]
    assert first.code == code
    assert first.tried is not None
    assert first.tried.ran


def test_the_numbers_of_a_row_that_make_no_square_are_left_to_the_asker() -> None:
    fixes = diagnose(RANK.format("input_1", 4, "(7, 30)")).fixes
    assert fixes[0].code == "x = x.reshape(-1, height, width, channels)"
    assert "has to be 30" in fixes[0].means


@pytest.mark.parametrize(("found", "says"), [("(1, 3, 1, 0)", "axis 3 of (1, 3, 1, 0) is 0"), ("()", "a single value")])
def test_an_empty_array_is_no_size_to_build_for(found: str, says: str) -> None:
    result = diagnose(RANK.format("input_1", 3, found))
    assert says in result.fixes[0].label
    assert not any("0)" in fix.code for fix in result.fixes)


@pytest.mark.parametrize(
    ("name", "expected", "found", "axes", "code"),
    [
        ("input_2", "(221,)", "(245,)", ["features"], "keras.Input(shape=(245,))"),
        ("lstm_1_input", "(None, 12)", "(60, 14)", ["timesteps", "features"], "keras.Input(shape=(None, 14))"),
        ("dense_1_input", "(784,)", "(1,)", ["features"], "x = x[np.newaxis]"),
        ("input_1", "(88, 96, 3)", "(88, 96)", ["height", "width", "channels"],
         "x = np.repeat(x[..., np.newaxis], 3, axis=-1)"),
        ("input_4", "(None, 5, 3, 16, 16)", "(9, 5, 3, 12, 12)", ["batch", "frames", "channels", "height", "width"],
         "keras.Input(shape=(5, 3, 12, 12))"),
        ("reshape_1_input", "(784,)", "(28,)", ["features"], "x = x.reshape(-1, 784)"),
        ("zeropadding2d_input_1", "(None, 3, 22, 22)", "(16, 22, 22, 3)", ["batch", "channels", "height", "width"],
         "x = np.moveaxis(x, -1, 1)"),
        ("image", "(None, 3, 40, 48)", "(12, 3, 36, 44)", ["batch", "channels", "height", "width"],
         'x = keras.ops.image.resize(x, (40, 48), data_format="channels_first")'),
    ],
)  # fmt: skip
def test_the_shape_of_one_sample_has_no_batch(name: str, expected: str, found: str, axes: list[str], code: str) -> None:
    result = diagnose(SHAPE.format(name, expected, found))
    assert [axis.axis for axis in result.shapes[0]] == axes
    assert code in [fix.code for fix in result.fixes if fix.tried is not None and fix.tried.ran]


def test_what_a_fix_returns_is_the_live_output() -> None:
    tried = diagnose(RANK.format("input_6", 4, "(23, 20, 12)")).fixes[0].tried
    assert tried is not None
    kernel, filters = 3, 6  # examples, said to be such
    assert tried.output == (None, 20 - kernel + 1, 12 - kernel + 1, filters)
