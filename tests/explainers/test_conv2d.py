"""Conv2D: sizes and counts against closed forms, the picture against NumPy, every mistake made live."""

from __future__ import annotations

from itertools import islice
from typing import Any

import numpy as np
import pytest

from explainers import conv2d
from explainers.beside.conv2d import of_count, repaired
from explainers.conv2d import AVERAGE, FLATTEN, NONE, Dims
from explainers.core.axes import names, sizes
from explainers.core.registry import find_explainer
from explainers.core.results import Inspection, Layer
from explainers.core.trial import Tried
from explainers.core.words import untagged
from explainers.reading.diagnosing import read
from tests.explained import explained_at, tried_at

EXPLAINER = find_explainer("conv2d")


def found_at(dims: Dims) -> Inspection:
    return explained_at(EXPLAINER.name, dims).inspection


def tried(name: str, dims: Dims) -> Tried:
    return tried_at(EXPLAINER.name, name, dims)


def layer(found: Inspection, name: str) -> Layer:
    return found.layer(name)


@pytest.mark.parametrize(
    "dims",
    [
        Dims(height=28, width=28, channels=1),
        Dims(height=31, width=22, channels=2, filters=6, kernel_size=4, strides=3, pool_size=None, units=7),
        Dims(height=19, width=33, channels=5, filters=4, kernel_size=3, strides=2, padding="same", pool_size=3),
    ],
)
def test_sizes_and_counts_are_those_of_the_closed_forms(dims: Dims) -> None:
    def left(size: int) -> int:
        covered = size if dims.padding == "same" else size - dims.kernel_size + 1
        slid = -(-covered // dims.strides)
        return slid if dims.pool_size is None else (slid - dims.pool_size) // dims.pool_size + 1

    found = found_at(dims)
    height, width = left(dims.height or 0), left(dims.width)
    flat = layer(found, "flatten")
    assert sizes(flat.inputs[0]) == (None, height, width, dims.filters)
    assert names(flat.inputs[0]) == ("batch", "height", "width", "filters")
    assert layer(found, "conv").params == dims.kernel_size**2 * dims.channels * dims.filters + dims.filters
    assert layer(found, "dense").params == height * width * dims.filters * dims.units + dims.units


def test_the_window_of_each_output_is_the_one_that_numpy_sums() -> None:
    for padding, strides in (("valid", 1), ("same", 3), ("same", 2)):
        dims = Dims(height=17, width=14, channels=2, filters=3, kernel_size=4, padding=padding, strides=strides)
        seen = explained_at(EXPLAINER.name, dims).extra["seen"]  # type: ignore[index]
        assert seen["difference"] < 1e-5
        assert (seen["height"]["after"], seen["width"]["after"]) == np.shape(seen["maps"][0])


def test_the_picture_is_the_live_layers_output() -> None:
    """A kernel of one pixel without neighbors: the output is the image times a weight, plus the bias."""
    dims = Dims(height=9, width=7, channels=1, filters=2, kernel_size=1, pool_size=None)
    seen = explained_at(EXPLAINER.name, dims).extra["seen"]  # type: ignore[index]
    image, made = np.array(seen["image"]), np.array(seen["maps"][0])
    strong = image > 0.2
    ratios = made[strong] / image[strong]
    assert ratios.std() < 1e-2 * abs(ratios.mean())


def test_the_drawn_digit_is_dark_on_its_strokes_alone() -> None:
    seven = conv2d.digit(28, 28)
    assert seven[7, 8:20].min() > 0.8  # the bar
    assert seven[0].max() < 0.01
    assert seven[20, 22:].max() < 0.01


def test_the_missing_channels_axis_is_told_and_mended() -> None:
    shown = explained_at(EXPLAINER.name, Dims(height=28, width=28, channels=1, channels_axis=False))
    error = shown.inspection.error
    assert error is not None
    assert "expected min_ndim=4, found ndim=3" in error.message
    assert "(28, 28, 1)" in untagged(shown.sentence)
    assert "channels axis is missing" in untagged(shown.sentence)
    assert error.fixes[0].dims == {"channels_axis": True, "channels": 1}


def test_an_open_height_needs_an_average() -> None:
    error = found_at(Dims(height=None)).error
    assert error is not None
    assert error.fixes[0].dims == {"head": AVERAGE}
    fine = found_at(Dims(height=None, head=AVERAGE))
    assert sizes(layer(fine, "average").outputs[0]) == (None, 8)


@pytest.mark.parametrize("dims", [Dims(kernel_size=40), Dims(height=4, width=3), Dims(height=5, pool_size=9)])
def test_too_small_an_image_is_mended(dims: Dims) -> None:
    error = found_at(dims).error
    assert error is not None
    assert error.fixes


@pytest.mark.parametrize("dims", [Dims(height=1, width=1, kernel_size=64, pool_size=64, strides=64), Dims(height=None)])
def test_demonstrations_start_from_a_model_that_builds(dims: Dims) -> None:
    assert found_at(repaired(dims).but(head=FLATTEN)).error is None


def test_flatten_costs_more_than_the_average() -> None:
    shown = tried("flatten_or_average", Dims(height=20, width=18, kernel_size=3, filters=6, units=5))
    assert [figure.value for figure in shown.figures] == [9 * 8 * 6 * 5 + 5, 6 * 5 + 5]


def test_one_channel_is_added_silently_and_three_are_not() -> None:
    assert tried("fed_without_channels", Dims(channels=1)).kind == "silent"
    assert tried("fed_without_channels", Dims(channels=4)).kind == "loud"


def test_channels_first_is_silent_where_the_kernel_still_fits() -> None:
    assert tried("channels_first", Dims(kernel_size=3)).kind == "silent"
    assert tried("channels_first", Dims(kernel_size=4)).kind == "loud"


def test_paddings_are_compared_where_both_fit() -> None:
    shown = tried("both_paddings", Dims(height=3, width=40, kernel_size=9, padding="same"))
    assert [sizes(tensor.shape)[1:3] for tensor in shown.tensors] == [(2, 32), (10, 40)]


def test_without_flatten_each_pixel_gets_its_own_output() -> None:
    shown = tried("no_flatten", Dims(height=12, width=10, kernel_size=3, pool_size=None, units=6))
    assert [sizes(tensor.shape) for tensor in shown.tensors] == [(7, 12, 10, 3), (7, 10, 8, 6)]


@pytest.mark.parametrize("count", [320, 896, 156, 1792])
def test_of_count_has_just_so_many(count: int) -> None:
    for dims in islice(of_count(count), 2):
        assert layer(found_at(Dims(**dims)), "conv").params == count  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "dims"),
    [
        ("m = keras.Sequential([keras.Input((30, 22, 1)), layers.Conv2D(12, (3, 3), activation='relu'), "
         "layers.MaxPooling2D((2, 2)), layers.Flatten(), layers.Dense(7)])",
         {"height": 30, "width": 22, "channels": 1, "filters": 12, "kernel_size": 3, "pool_size": 2, "units": 7}),
        ("x = keras.Input((None, 41, 3))\ny = layers.Conv2D(6, 4, strides=2, padding='same')(x)\n"
         "y = layers.GlobalAveragePooling2D()(y)\nm = keras.Model(x, layers.Dense(9)(y))",
         {"height": None, "width": 41, "strides": 2, "padding": "same", "head": AVERAGE, "pool_size": None}),
        ("m = keras.Sequential([keras.Input((20, 24)), layers.Conv2D(5, 3)])",
         {"height": 20, "width": 24, "channels_axis": False, "filters": 5, "head": NONE}),
    ],
)  # fmt: skip
def test_a_pasted_convolution_is_recognized(code: str, dims: dict[str, Any]) -> None:
    found = read(code)
    assert found.explainer == "conv2d"
    assert dims.items() <= found.dims.items()


def test_a_conv_lstm_is_not() -> None:
    code = "x = keras.Input((9, 8, 7, 1))\nm = keras.Model(x, layers.ConvLSTM2D(3, 2)(x))"
    assert read(code).explainer != "conv2d"
