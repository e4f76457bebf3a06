"""What is a shape: the tour against NumPy, the answer, every mistake made live, what is recognized."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from explainers.array_shapes import Dims
from explainers.core.axes import names, sizes
from explainers.core.registry import find_explainer
from explainers.core.trial import Tried
from explainers.core.words import untagged
from explainers.reading.diagnosing import read
from tests.explained import explained_at, tried_at

EXPLAINER = find_explainer("array_shapes")


def tried(name: str, dims: Dims) -> Tried:
    return tried_at(EXPLAINER.name, name, dims)


def stops(dims: Dims) -> list[dict[str, Any]]:
    extra = explained_at(EXPLAINER.name, dims).extra
    assert extra is not None
    return extra["stops"]  # type: ignore[return-value]


def shape_of(stop: dict[str, Any]) -> tuple[int, ...]:
    return tuple(axis["size"] for axis in stop["result"]["shape"])


@pytest.mark.parametrize(
    ("dims", "shape"),
    [(Dims(samples=9, timesteps=4, features=6), (9, 4, 6)), (Dims(sample="row", samples=8, features=5), (8, 5))],
)
def test_the_tour_says_what_numpy_says(dims: Dims, shape: tuple[int, ...]) -> None:
    """Each line that indexes is run here on an array of its own."""
    x = np.arange(np.prod(shape)).reshape(shape)
    lines = [stop for stop in stops(dims) if stop["by"] == "NumPy"]
    for stop in lines:
        truth = eval(stop["code"], {"x": x})
        assert shape_of(stop) == np.shape(truth), stop["code"]
        shown = np.asarray(truth)[np.ix_(*stop["result"]["shown"])] if np.ndim(truth) else np.asarray(truth)
        assert stop["result"]["cells"] == [float(n) for n in shown.ravel()]
    ranks = [len(shape_of(stop)) for stop in lines[: len(shape) + 1]]
    assert [before - after for before, after in pairwise(ranks)] == [1] * len(shape)  # an index takes one axis away


def test_layers_in_the_tour_keep_what_they_should() -> None:
    flat = [stop for stop in stops(Dims(timesteps=4, features=6, units=9, flatten=True)) if stop["by"] == "Keras"]
    assert [shape_of(stop) for stop in flat] == [(2, 24), (2, 9)]
    assert flat[0]["result"]["cells"][:4] == [0.0, 1.0, 2.0, 3.0]  # no number moved
    (kept,) = (stop for stop in stops(Dims(timesteps=4, features=6, units=9)) if stop["by"] == "Keras")
    assert shape_of(kept) == (2, 4, 9)


def test_the_answer_names_rank_sample_and_batch() -> None:
    found = explained_at(EXPLAINER.name, Dims(timesteps=8, features=6, units=9))
    told = untagged(found.sentence)
    assert "8 timesteps and 6 features" in told
    assert "(None, 8, 6)**: 3 axes, so rank 3" in told
    assert "(None, 8, 9)" in told
    assert found.inspection.total_params == 6 * 9 + 9
    assert names(found.inspection.layers[-1].outputs[0]) == ("batch", "timesteps", "units")
    fixed = explained_at(EXPLAINER.name, Dims(sample="row", batch_size=11, features=6))
    assert sizes(fixed.inspection.layers[0].outputs[0]) == (11, 6)
    assert "11 samples at a time" in untagged(fixed.sentence)


def test_flatten_of_an_open_axis_is_refused_and_mended() -> None:
    error = explained_at(EXPLAINER.name, Dims(timesteps=None, flatten=True)).inspection.error
    assert error is not None
    assert [fix.label for fix in error.fixes] == ["flatten=False", "timesteps=5"]


def test_reshape_moves_no_number_and_transpose_moves_axes() -> None:
    shown = tried("reshape_is_no_transpose", Dims(samples=4, timesteps=6, features=2))
    x = np.arange(48).reshape(4, 6, 2)
    alike = int((x.transpose(0, 2, 1) == x.reshape(4, 2, 6)).sum())
    assert [figure.value for figure in shown.figures] == [alike, 48]
    assert 0 < alike < 48
    assert tried("reshape_is_no_transpose", Dims(features=1)).kind == "run"  # nothing to scramble


def test_differences_that_numpy_stretches() -> None:
    shown = tried("missing_axis", Dims(samples=6))
    assert [sizes(tensor.shape) for tensor in shown.tensors] == [(6, 1), (6,), (6, 6)]
    assert tried("missing_axis", Dims(samples=1)).kind == "run"


def test_one_sample_of_one_feature_is_taken_silently() -> None:
    assert tried("one_sample", Dims(sample="row", features=1)).kind == "silent"
    assert tried("one_sample", Dims(sample="row", features=4)).kind == "loud"


@pytest.mark.parametrize(
    ("code", "dims"),
    [
        ("x = keras.Input((13,))\nm = keras.Model(x, layers.Dense(6)(x))",
         {"sample": "row", "features": 13, "units": 6}),
        ("m = keras.Sequential([keras.Input((9, 4)), layers.Flatten(), layers.Dense(11)])",
         {"timesteps": 9, "features": 4, "flatten": True, "units": 11}),
    ],
)  # fmt: skip
def test_a_net_of_one_dense_is_recognized(code: str, dims: dict[str, Any]) -> None:
    found = read(code)
    assert found.explainer == "array_shapes"
    assert dims.items() <= found.dims.items()


def test_a_net_of_several_layers_isnt_this_lesson() -> None:
    code = "m = keras.Sequential([keras.Input((9,)), layers.Dense(4), layers.Dense(2)])"
    assert read(code).explainer != "array_shapes"
