"""keras.ops and channels_first in functional models: named axes as the live model has them, and code that runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import pytest
from keras import layers, ops

from explainers.core.axes import names, sizes
from explainers.core.inspection import inspect_live
from explainers.core.results import Inspection

Sample = tuple[int | None, ...]


def inspected(samples: tuple[Sample, ...], call: Callable[..., Any]) -> tuple[Inspection, Any]:
    def build() -> Any:
        inputs = [keras.Input(sample, name=f"input_{i}") for i, sample in enumerate(samples)]
        return keras.Model(inputs, call(*inputs), name="pasted")

    found = inspect_live(build, run=False)  # a CPU can't run a convolution with channels first
    return found.inspection, found.model


ROWS = ("height", "width")
FIRST: tuple[tuple[Any, dict[str, Any], Sample, tuple[str, ...]], ...] = (
    (layers.Conv1D, {"filters": 5, "kernel_size": 2}, (3, 12), ("batch", "filters", "steps")),
    (layers.Conv1D, {"filters": 6, "kernel_size": 3, "groups": 2}, (4, 13), ("batch", "filters", "steps")),
    (layers.Conv2D, {"filters": 5, "kernel_size": (2, 3), "strides": 2}, (3, 12, 14), ("batch", "filters", *ROWS)),
    (layers.MaxPooling1D, {"pool_size": 2}, (3, 13), ("batch", "channels", "steps")),
    (layers.AveragePooling1D, {"pool_size": 3, "strides": 2}, (3, 13), ("batch", "channels", "steps")),
    (layers.MaxPooling2D, {"pool_size": (2, 3)}, (3, 12, 14), ("batch", "channels", *ROWS)),
    (layers.AveragePooling2D, {"pool_size": 2, "padding": "same"}, (3, 11, 14), ("batch", "channels", *ROWS)),
    (layers.GlobalAveragePooling1D, {}, (3, 12), ("batch", "channels")),
    (layers.GlobalMaxPooling1D, {"keepdims": True}, (3, 12), ("batch", "channels", "steps")),
    (layers.GlobalAveragePooling2D, {"keepdims": True}, (3, 12, 14), ("batch", "channels", *ROWS)),
)  # fmt: skip


@pytest.mark.parametrize(("layer", "given", "sample", "wanted"), FIRST)
def test_channels_first_keeps_the_names_in_the_live_order(
    layer: Any, given: dict[str, Any], sample: Sample, wanted: tuple[str, ...]
) -> None:
    found, model = inspected((sample,), lambda x: layer(**given, data_format="channels_first", name="slides")(x))
    assert names(found.layers[1].outputs[0]) == wanted
    assert sizes(found.layers[1].outputs[0]) == tuple(model.output.shape)
    assert names(found.layers[0].outputs[0])[:2] == ("batch", "channels")
    assert found.layers[1].known


def windows(x: Any) -> Any:
    """As a Swin Transformer cuts an image: windows of 4 × 2 in the batch, their places in a row."""
    cut = ops.transpose(ops.reshape(x, (-1, 2, 4, 3, 2, 3)), (0, 1, 3, 2, 4, 5))
    return ops.reshape(cut, (-1, 8, 3))


def back(x: Any) -> Any:
    """The windows apart again."""
    return ops.reshape(x, (-1, 2, 3, 4, 2, 3))


NAMED: tuple[tuple[str, tuple[Sample, ...], Callable[..., Any], tuple[str, ...]], ...] = (
    ("x + y", ((3, 12), (3, 12)), lambda x, y: x + y, ("batch", "rows", "columns")),
    ("stretched", ((3, 12), (3, 1)), lambda x, y: ops.multiply(x, y), ("batch", "rows", "columns")),
    ("stretched in front", ((3, 1), (3, 12)), lambda x, y: x - y, ("batch", "rows", "columns")),
    ("a number", ((3, 12),), lambda x: 1.0 - x, ("batch", "rows", "columns")),
    ("a constant", ((3, 12),), lambda x: x * ops.ones((3, 12)), ("batch", "rows", "columns")),
    ("a constant that adds an axis", ((3, 12),), lambda x: x + ops.ones((5, 1, 3, 12)),
     ("axis 0", "batch", "rows", "columns")),
    ("maximum", ((3, 12), (3, 12)), ops.maximum, ("batch", "rows", "columns")),
    ("where", ((3, 12), (3, 12)), lambda x, y: ops.where(x > 0, x, y), ("batch", "rows", "columns")),
    ("tanh", ((3, 12),), ops.tanh, ("batch", "rows", "columns")),
    ("mean of one axis", ((3, 12),), lambda x: ops.mean(x, axis=1), ("batch", "columns")),
    ("mean of two", ((3, 12, 5),), lambda x: ops.mean(x, axis=(1, 3)), ("batch", "axis 2")),
    ("sum kept", ((3, 12),), lambda x: ops.sum(x, axis=-1, keepdims=True), ("batch", "rows", "columns")),
    ("a new axis", ((3, 12),), lambda x: ops.expand_dims(x, -1), ("batch", "rows", "columns", "1")),
    ("an axis less", ((3, 1),), lambda x: ops.squeeze(x, 2), ("batch", "rows")),
    ("turned", ((3, 12),), lambda x: ops.transpose(x, (0, 2, 1)), ("batch", "columns", "rows")),
    ("product", ((3, 12), (12, 5)), ops.matmul, ("batch", "rows", "columns")),
    ("joined", ((3, 12), (3, 5)), lambda x, y: ops.concatenate([x, y], axis=-1), ("batch", "rows", "columns")),
    ("stacked", ((3, 12),), lambda x: ops.stack([x, x], axis=1), ("batch", "stacked", "rows", "columns")),
    ("cut", ((3, 12),), lambda x: x[:, -1], ("batch", "columns")),
    ("every second", ((3, 12),), lambda x: x[:, :, 1::2], ("batch", "rows", "columns")),
    ("one axis more", ((3, 12),), lambda x: x[..., None, :], ("batch", "rows", "1", "columns")),
    ("reshaped", ((3, 12),), lambda x: ops.reshape(x, (-1, 36)), ("batch", "rows × columns")),
    ("einsum", ((3, 12), (5, 12)), lambda x, y: ops.einsum("btf,bsf->bts", x, y), ("batch", "rows", "rows")),
    ("split", ((3, 12),), lambda x: ops.split(x, 4, axis=-1)[1], ("batch", "rows", "columns")),
    ("split what was joined", ((3, 12), (3, 5)), lambda x, y: ops.split(ops.concatenate([x, y], -1), [12], -1)[0],
     ("batch", "rows", "columns")),
    ("unstacked", ((3, 12),), lambda x: ops.unstack(x, axis=1)[2], ("batch", "columns")),
    ("padded", ((3, 12),), lambda x: ops.pad(x, [[0, 0], [2, 1], [0, 0]]), ("batch", "rows", "columns")),
    ("tiled", ((3, 12),), lambda x: ops.tile(x, [1, 2, 1]), ("batch", "rows", "columns")),
    ("repeated", ((3, 12),), lambda x: ops.repeat(x, 2, axis=-1), ("batch", "rows", "columns")),
    ("two rows", ((3, 12),), lambda x: ops.take(x, [0, 2], axis=1), ("batch", "rows", "columns")),
    ("moved", ((3, 12, 5),), lambda x: ops.moveaxis(x, -1, 1), ("batch", "axis 3", "axis 1", "axis 2")),
    ("length", ((3, 12),), lambda x: ops.norm(x, axis=-1), ("batch", "rows")),
    ("one hot", ((3,),), lambda x: ops.one_hot(ops.cast(x, "int32"), 7), ("batch", "features", "num_classes")),
    ("differences", ((3, 12),), lambda x: ops.diff(x, axis=1), ("batch", "rows", "columns")),
    ("the best", ((3, 12),), lambda x: ops.top_k(x, 4)[0], ("batch", "rows", "columns")),
    ("moments", ((3, 12),), lambda x: ops.moments(x, axes=[1])[1], ("batch", "columns")),
    ("cut in two", ((3, 12),), lambda x: ops.reshape(x, (-1, 3, 2, 6)), ("batch", "rows", "columns_1", "columns_2")),
    ("the batch laid flat", ((3, 12),), lambda x: ops.reshape(x, (-1, 12)), ("batch × rows", "columns")),
    ("by a constant", ((3, 12),), lambda x: ops.matmul(x, ops.ones((12, 5))), ("batch", "rows", "axis 1")),
    ("joined with a constant", ((3, 12),), lambda x: ops.concatenate([x, ops.ones((1, 2, 12))], axis=1),
     ("batch", "rows", "columns")),
    ("a kernel", ((11, 4),), lambda x: ops.conv(x, ops.ones((3, 4, 5))), ("batch", "steps", "filters")),
    ("a kernel for each channel", ((11, 4),), lambda x: ops.depthwise_conv(x, ops.ones((3, 4, 2))),
     ("batch", "steps", "2 × channels")),
    ("segments", ((3, 12), ()), lambda x, y: ops.segment_sum(x, ops.cast(y, "int32"), num_segments=7),
     ("segments", "rows", "columns")),
    ("frames", ((3, 40),), lambda x: ops.stft(x, 16, 8, 16)[0], ("batch", "rows", "frames", "frequencies")),
    ("many hot", ((6,),), lambda x: ops.multi_hot(ops.cast(x, "int32"), num_classes=9), ("batch", "num_classes")),
    ("sorted rows", ((3, 12),), lambda x: ops.take_along_axis(x, ops.argsort(x, axis=1), axis=1),
     ("batch", "rows", "columns")),
    ("a loss", ((3, 12), (3, 12)), ops.categorical_crossentropy, ("batch", "rows")),
    ("a quantile", ((3, 12),), lambda x: ops.quantile(x, 0.5, axis=1), ("batch", "columns")),
    ("single numbers", ((), ()), lambda x, y: ops.concatenate([ops.expand_dims(x, -1), ops.expand_dims(y, -1)], -1),
     ("batch", "features")),
    ("resized", ((8, 6, 3),), lambda x: ops.image.resize(x, (5, 4)), ("batch", "height", "width", "channels")),
    ("split by columns", ((3, 12),), lambda x: ops.hsplit(x, [1])[0], ("batch", "rows", "columns")),
    ("two new axes", ((3, 12),), lambda x: ops.expand_dims(x, (1, -1)), ("batch", "1", "rows", "columns", "1")),
    ("distances", ((3, 12), (5, 12)), ops.cdist, ("batch", "rows", "rows")),
    ("a determinant", ((4, 4),), ops.det, ("batch",)),
    ("singular values", ((12, 3),), lambda x: ops.svd(x, full_matrices=False)[0], ("batch", "rows", "singular values")),
    ("an area", ((3, 12),), lambda x: ops.trapezoid(x, axis=1), ("batch", "columns")),
    ("between", ((3, 12),), lambda x: ops.linspace(x, x, num=7, axis=1), ("batch", "num", "rows", "columns")),
    ("counted", ((3, 12),), lambda x: ops.bincount(ops.cast(x, "int32"), minlength=5), ("batch", "rows", "bins")),
    ("real and imaginary", ((3, 12),), ops.view_as_real, ("batch", "rows", "columns", "real, imaginary")),
    ("turned by 90°", ((3, 12),), lambda x: ops.rot90(x, axes=(1, 2)), ("batch", "columns", "rows")),
    ("a pool of the kernel's own strides", ((11, 4),), lambda x: ops.max_pool(x, 3), ("batch", "steps", "channels")),
    ("all sorted in one row", ((3, 12),), lambda x: ops.sort(x, axis=None), ("batch × rows × columns",)),
    ("windows and back", ((8, 6, 3),), lambda x: back(windows(x)),
     ("batch", "height_1", "width_1", "height_2", "width_2", "channels")),
    ("heads laid flat and cut again", ((7, 12),), lambda x: ops.reshape(
        ops.reshape(ops.reshape(x, (-1, 7, 3, 4)), (-1, 7, 12)), (-1, 7, 3, 4)),
     ("batch", "rows", "columns_1", "columns_2")),
    ("the batch laid flat and cut again", ((3, 12),), lambda x: ops.reshape(ops.reshape(x, (-1, 12)), (-1, 3, 12)),
     ("batch", "rows", "columns")),
    ("swapped", ((3, 12, 5),), lambda x: ops.swapaxes(x, 1, -1), ("batch", "axis 3", "axis 2", "axis 1")),
)  # fmt: skip


@pytest.mark.parametrize(("samples", "call", "wanted"), [row[1:] for row in NAMED], ids=[row[0] for row in NAMED])
def test_an_operation_names_its_axes_or_what_their_sizes_show(
    samples: tuple[Sample, ...], call: Callable[..., Any], wanted: tuple[str, ...]
) -> None:
    found, model = inspected(samples, call)
    last = found.layers[-1]
    assert names(last.outputs[0]) == wanted
    assert sizes(last.outputs[0]) == tuple(model.output.shape)
    assert last.known
    assert (last.weights, last.params) == ((), 0)


@pytest.mark.parametrize(("samples", "call"), [row[1:3] for row in NAMED], ids=[row[0] for row in NAMED])
def test_its_code_runs_and_makes_the_same_shape(samples: tuple[Sample, ...], call: Callable[..., Any]) -> None:
    found, model = inspected(samples, call)
    space: dict[str, Any] = {}
    exec(found.code, space)  # our own text about a model made above
    assert space["model"].output.shape == model.output.shape


def test_a_layer_behind_an_operation_still_knows_its_axes() -> None:
    found, _ = inspected(((3, 12), (3, 12)), lambda x, y: layers.LSTM(7, name="lstm")(x * y))
    assert names(found.layers[-1].outputs[0]) == ("batch", "units")
    assert found.layers[-1].weights[0].formula == "features × 4 × units"


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ({"shape": 5}, 'x = keras.Input(shape=5, name="x")  # fails here'),
        ({"shape": (3, -2)}, 'x = keras.Input(shape=(3, -2), name="x")  # fails here'),
        ({"shape": (3,), "batch_shape": (2,)}, 'x = keras.Input(shape=(3,), batch_shape=(2,), name="x")  # fails here'),
    ],
)  # fmt: skip
def test_an_input_that_is_refused_stands_in_the_code_as_it_was_called(given: dict[str, Any], line: str) -> None:
    found = inspect_live(lambda: keras.Model(keras.Input(**given, name="x"), [], name="pasted")).inspection
    assert found.error is not None
    assert found.error.layer == "x"
    assert found.code.splitlines()[-1] == line
