"""Hadamard product: every number that the lesson names, the layer itself, every mistake made live, the fixes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from explainers import hadamard
from explainers.core.axes import names, sizes
from explainers.core.registry import find_explainer
from explainers.core.results import Explanation
from explainers.core.trial import Tried
from explainers.core.trying import try_build
from explainers.core.words import untagged
from explainers.hadamard import Dims
from explainers.layers.hadamard import Hadamard
from tests.explained import explained_at, tried_at

EXPLAINER = find_explainer("hadamard")


def preset(name: str) -> Dims:
    return Dims(**next(p for p in EXPLAINER.presets if p.name == name).dims)  # type: ignore[arg-type]


def explained(dims: Dims) -> Explanation:
    return explained_at(EXPLAINER.name, dims)


def tried(name: str, dims: Dims) -> Tried:
    return tried_at(EXPLAINER.name, name, dims)


def figure(demo: Tried, label: str) -> Any:
    return next(figure.value for figure in demo.figures if figure.label == label)


# -- the presets ---------------------------------------------------------------------------------------------


def test_first_layer() -> None:
    found = explained(preset("first-layer"))
    layer = found.inspection.layers[1]
    assert sizes(layer.outputs[0]) == (None, 10, 64)
    assert names(layer.outputs[0]) == ("batch", "timesteps", "features")
    assert [(w.name, sizes(w.shape), names(w.shape), w.count) for w in layer.weights] == [
        ("kernel", (1, 10, 64), ("1", "timesteps", "features"), 640)
    ]
    assert found.inspection.total_params == 640
    assert untagged(found.sentence) == (
        "In build, create the weights: `self.kernel = self.add_weight(shape=(1, *input_shape[1:]))`. In call, "
        "multiply: `return x * self.kernel`. Here the kernel has shape (1, 10, 64): **640** weights, one weight per "
        "element; the product keeps the shape of the input, 10 timesteps by 64 features."
    )


def test_inside_a_net() -> None:
    found = explained(preset("inside-a-net")).inspection
    assert {layer.name: layer.params for layer in found.layers} == {
        "matrix": 0, "dense_1": 8_320, "dense_2": 8_256, "hadamard": 640, "relu": 0, "dense_3": 2_080, "dense_4": 33,
    }  # fmt: skip
    assert found.total_params == 19_329
    assert sizes(found.layers[-1].outputs[0]) == (None, 10, 1)


@pytest.mark.parametrize(
    ("kernel", "shape", "words"),
    [
        ("element", (1, 7, 11), ("1", "timesteps", "features")),
        ("column", (1, 1, 11), ("1", "1", "features")),
        ("row", (1, 7, 1), ("1", "timesteps", "1")),
        ("last_axis", (11,), ("features",)),
    ],
)
def test_kernels_and_their_axes(kernel: str, shape: tuple[int, ...], words: tuple[str, ...]) -> None:
    layer = explained(Dims(timesteps=7, features=11, kernel=kernel)).inspection.layers[1]
    assert sizes(layer.weights[0].shape) == shape
    assert names(layer.weights[0].shape) == words
    assert layer.params == int(np.prod(shape))


def test_a_batch_of_one_is_still_no_batch_axis_of_the_kernel() -> None:
    found = try_build(lambda: hadamard.build(Dims(batch_size=1, timesteps=1, features=1)), EXPLAINER.inputs)
    assert names(found.layers[1].weights[0].shape) == ("1", "timesteps", "features")


def test_the_silent_preset_says_what_is_missing() -> None:
    answer = untagged(explained(preset("only-p")).sentence)
    assert answer.startswith(
        "`self.kernel = self.add_weight(shape=(input_shape[-1],))` in build is accepted here, with "
    )
    assert answer.endswith(
        "One weight per element would be 640: nothing complains that 576 are missing. `shape=(1, *input_shape[1:])` "
        "makes them all."
    )


# -- the layer itself ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("per", ["element", "column", "row"])
def test_the_product_is_numpys(per: str) -> None:
    x = np.random.default_rng(1).normal(size=(4, 3, 5)).astype("float32")
    layer = Hadamard(per=per, kernel_initializer="glorot_uniform", name="product")
    y = np.asarray(layer(x))
    np.testing.assert_array_equal(y, x * np.asarray(layer.kernel))
    assert not np.array_equal(y, x)


# Keras' own conversion of a variable to NumPy, on the way into the file.
@pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning")
def test_it_saves_and_loads(tmp_path: Path) -> None:
    matrix = keras.Input((3, 5), name="matrix")
    product = Hadamard(per="row", kernel_initializer="glorot_uniform", name="product")
    model = keras.Model(matrix, product(matrix), name="saved")
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    x = np.random.default_rng(2).normal(size=(2, 3, 5)).astype("float32")
    np.testing.assert_array_equal(np.asarray(model(x)), np.asarray(loaded(x)))
    assert loaded.get_layer("product").per == "row"


def test_it_says_what_per_may_be() -> None:
    with pytest.raises(ValueError, match="per='cell' was given; it must be 'element', 'column' or 'row'"):
        Hadamard(per="cell")


def test_the_code_runs_as_shown() -> None:
    shown = explained(preset("inside-a-net")).inspection.code
    scope: dict[str, Any] = {"__name__": "copied"}
    try:
        exec(shown, scope)  # our own code, as a learner would paste it
    finally:
        keras.saving.get_custom_objects()["shape_explainer>Hadamard"] = Hadamard
    assert scope["model"].count_params() == 19_329


# -- the picture ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dims", [Dims(), Dims(kernel="column"), Dims(kernel="row"), Dims(kernel="last_axis"),
                                  Dims(net=True), Dims(kernel="input_shape", batch_size=4),
                                  Dims(timesteps=None, kernel="column")])  # fmt: skip
def test_x_times_w_is_y_in_every_cell(dims: Dims) -> None:
    extra = explained(dims).extra
    assert extra is not None
    product: Any = extra["product"]
    x, w, y = (np.array(product[part]) for part in ("x", "kernel", "y"))
    np.testing.assert_allclose(x * w, y, atol=2e-4)  # each was rounded to four decimals
    assert np.abs(y).max() > 0.01
    assert product["largest_difference"] == 0.0


def test_the_picture_shows_the_data_of_the_run() -> None:
    found = explained(Dims())
    assert found.extra is not None
    assert found.inspection.run is not None
    product: Any = found.extra["product"]
    fed = np.array(found.inspection.run.fed[0].values)
    np.testing.assert_allclose(np.array(product["x"]), fed[:3, :5], atol=1e-4)


def test_no_picture_of_a_model_that_failed() -> None:
    assert explained(preset("shape-input-shape")).extra == {"product": None}


# -- what fails ----------------------------------------------------------------------------------------------


def test_a_kernel_with_the_batch_axis_is_refused_and_repaired() -> None:
    dims = preset("shape-input-shape")
    error = explained(dims).inspection.error
    assert error is not None
    assert error.message == (
        "Shapes used to initialize variables must be fully-defined (no `None` dimensions). Received: "
        "shape=(None, 10, 16) for variable path='hadamard/kernel'"
    )
    assert (error.layer, error.mistake, error.axis) == ("hadamard", "unknown_axis", 0)
    assert [fix.label for fix in error.fixes] == ["leave the batch out", "batch_size=8"]
    fixed = explained(dims.but(**error.fixes[1].dims)).inspection
    assert sizes(fixed.layers[1].weights[0].shape) == (8, 10, 16)
    assert names(fixed.layers[1].weights[0].shape) == ("batch", "timesteps", "features")


def test_a_large_fixed_batch_is_fed_whole() -> None:
    found = explained(Dims(batch_size=2000, timesteps=30, features=20, kernel="input_shape")).inspection
    assert found.error is None
    assert found.run is not None
    assert sizes(found.run.fed[0].shape) == (2000, 30, 20)


def test_open_timesteps_are_refused_and_repaired() -> None:
    found = explained(Dims(timesteps=None))
    assert found.inspection.error is not None
    assert found.inspection.error.axis == 1
    assert [fix.label for fix in found.inspection.error.fixes] == ["per column", "timesteps=10"]
    assert "one row for each of the timesteps" in untagged(found.sentence)
    both = explained(Dims(timesteps=None, kernel="input_shape")).inspection.error
    assert both is not None
    assert [fix.dims for fix in both.fixes] == [{"kernel": "column"}, {"batch_size": 8, "timesteps": 10}]


CASES = [Dims(), preset("first-layer"), preset("shape-input-shape"), Dims(timesteps=None, features=1)]


@pytest.mark.parametrize("demo", EXPLAINER.trials, ids=lambda demo: demo.name)
def test_every_demonstration_is_what_it_says(demo: Any) -> None:
    for dims in CASES:
        shown = tried_at(EXPLAINER.name, demo.name, dims)
        assert shown.kind == demo.kind, (dims, shown.verdict)
        assert (shown.error is not None) == (shown.kind == "loud")


def test_none_16() -> None:
    demo = tried("batch_in_kernel", preset("shape-input-shape"))
    assert demo.error is not None
    assert "Received: shape=(None, 16) for variable" in demo.error.message


def test_the_silent_kernel() -> None:
    demo = tried("last_axis_kernel", preset("first-layer"))
    assert figure(demo, "weights of a kernel (features,)") == 64
    assert figure(demo, "weights of a kernel (1, timesteps, features)") == 640
    assert figure(demo, "largest difference between rows") == 0.0


def test_counts_of_the_kernels() -> None:
    demo = tried("kernel_shapes", preset("first-layer"))
    assert [entry.value for entry in demo.figures] == [640, 64, 10, 64]
    assert [entry.how for entry in demo.figures] == ["(1, 10, 64)", "(1, 1, 64)", "(1, 10, 1)", "(64,)"]


def test_a_fixed_batch_takes_only_itself() -> None:
    demo = tried("fixed_batch", Dims())
    assert figure(demo, "weights") == 6 * 5
    assert figure(demo, "2 samples are accepted") is False
    assert figure(demo, "samples out when 1 is fed") == 6  # a wrong answer without a word
    assert figure(demo, "largest difference in a different order") > 0.1


def test_rows_of_weights_as_an_axis_of_the_sample() -> None:
    demo = tried("rows_as_axis", Dims())
    assert [sizes(tensor.shape) for tensor in demo.tensors] == [(6, 5), (1, 6, 5), (1, 6, 5)]
    assert figure(demo, "weights") == 30
    assert figure(demo, "largest difference from x * kernel in NumPy") == 0.0


def test_a_diagonal_dense_gives_the_same() -> None:
    demo = tried("diagonal_dense", Dims(features=13))
    assert figure(demo, "weights of Dense without bias") == 169
    assert figure(demo, "weights of Hadamard per column") == 13
    assert figure(demo, "largest difference") < 1e-6


def test_it_learns() -> None:
    demo = tried("it_learns", Dims())
    assert figure(demo, "largest distance before") > 0.5
    assert figure(demo, "largest distance after 20 steps") < 0.01
    assert figure(demo, "trainable weights") == 15
