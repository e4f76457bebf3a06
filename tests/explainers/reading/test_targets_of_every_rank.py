"""Old Keras' messages about targets: what is missing or too much by the sizes, tried on a live model."""

from __future__ import annotations

import pytest

from explainers.reading.diagnosing import diagnose

RANK = "ValueError: Error when checking target: expected {} to have {} dimensions, but got array with shape {}"


@pytest.mark.parametrize(
    ("name", "rank", "found", "axes", "code"),
    [
        ("conv2d_19", 4, "(12, 40, 40)", ["samples", "height", "width"], "y = y[..., np.newaxis]"),  # masks
        ("conv2d_7", 4, "(30, 26, 3)", ["height", "width", "channels"], "y = y[np.newaxis]"),  # one image
        ("reshape_4", 4, "(20, 2500)", ["samples", "features"], "y = y.reshape(-1, 50, 50, 1)"),
        ("conv2d_7", 4, "(5, 1600, 2)", None, "y = y.reshape(-1, 40, 40, 2)"),
        ("conv3d_5", 5, "(3, 12, 14, 16)", ["samples", "depth", "height", "width"], "y = y[..., np.newaxis]"),
        ("time_distributed_1", 3, "(640, 12)", None, "y = y[..., np.newaxis]"),
        ("dense_2", 2, "(600, 10, 2)", None, "y = y[..., 1]  # what it was before the second call"),
        ("softmax", 2, "(300, 1, 1, 6)", None, "y = y.reshape(len(y), 6)"),
        ("flatten_2", 2, "(96, 30, 20)", None, "y = y.reshape(len(y), -1)"),
    ],
)
def test_targets_get_the_axes_of_the_output(
    name: str, rank: int, found: str, axes: list[str] | None, code: str
) -> None:
    result = diagnose(RANK.format(name, rank, found))
    first = result.fixes[0]
    assert result.mistake == "target_shape"
    assert first.code == code
    assert first.tried is not None
    assert first.tried.ran
    if axes is not None:
        assert [axis.axis.replace("batch", "samples") for axis in result.shapes[0]] == axes


def test_steps_and_columns_in_the_other_order_are_swapped() -> None:
    text = "Error when checking target: expected reshape_1 to have shape (2, 12) but got array with shape (12, 2)"
    first = diagnose(text).fixes[0]
    assert first.code == "y = np.swapaxes(y, 1, 2)"
    assert first.tried is not None


def test_the_last_convolution_gets_a_filter_for_each_channel_of_the_target() -> None:
    text = (
        "ValueError: Error when checking target: expected conv2d_9 to have shape (20, 24, 1) but got array with shape "
        "(20, 24, 5)"
    )
    result = diagnose(text)
    assert "Give the last Conv2D filters=5: one for each channel of the target." in [fix.label for fix in result.fixes]
    assert result.spec is not None
    assert result.spec.layers[-1].class_name == "Conv2D"


@pytest.mark.parametrize(
    ("name", "expected", "found", "code"),
    [
        ("lstm_2", "(32,)", "(1,)", "layers.Dense(1)"),  # units of a state are no classes
        ("flatten_5", "(4096,)", "(10,)", "layers.Dense(10)"),
        ("conv2d_9", "(1, 40, 40)", "(40, 40, 1)", "y = np.moveaxis(y, -1, 1)"),
        ("add_3", "(14, 14, 5)", "(7, 7, 5)", "layers.AveragePooling2D(2)  # or one more layer with strides=2"),
    ],
)
def test_the_last_layer_is_the_one_that_the_message_names(name: str, expected: str, found: str, code: str) -> None:
    first = diagnose(
        f"Error when checking target: expected {name} to have shape {expected} but got array with shape {found}"
    ).fixes[0]
    assert first.code == code
    assert first.tried is not None


@pytest.mark.parametrize(
    ("shapes", "says", "code"),
    [
        ("[(None, 26, 26, 8), (None, 26, 26, 16), (None, 13, 13, 12)]", "height (axis 1) is 26 versus 13",
         "layers.UpSampling2D(2)"),
        ("[(None, 1, 80, 8), (None, 1, 80, 16), (None, 1, 80, 4)]\nx = merge([a, b, c], mode='concat', concat_axis=1)",
         "channels (axis 3) is 8 versus 16", "layers.Concatenate(axis=3)([a, b, c])"),
        ("[(None, 10, 4), (None, 20, 4), (None, 30, 4)]", "timesteps (axis 1) is 10 versus 20",
         "layers.Concatenate(axis=1)([a, b, c])"),
    ],
)  # fmt: skip
def test_of_several_tensors_the_one_that_does_not_fit_is_mended(shapes: str, says: str, code: str) -> None:
    result = diagnose(
        "ValueError: A `Concatenate` layer requires inputs with matching shapes except for the concat axis. Got inputs "
        f"shapes: {shapes}"
    )
    assert says in result.cause
    assert result.fixes[0].code == code
    assert result.fixes[0].tried is not None
