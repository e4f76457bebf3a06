"""Conv1D: every number that the lesson names, the steps that feed each step, every mistake made live, the fixes."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

from explainers import conv1d
from explainers.conv1d import Dims
from explainers.core.axes import names, sizes
from explainers.core.registry import find_explainer
from explainers.core.results import Explanation
from explainers.core.sliding import Slide, both_ends, live_conv_places, live_pool_places
from explainers.core.trial import Tried
from explainers.core.trying import try_build
from explainers.core.words import untagged
from tests.explained import explained_at, tried_at

EXPLAINER = find_explainer("conv1d")


def preset(name: str) -> Dims:
    return Dims(**next(p for p in EXPLAINER.presets if p.name == name).dims)  # type: ignore[arg-type]


def explained(dims: Dims) -> Explanation:
    return explained_at(EXPLAINER.name, dims)


def tried(name: str, dims: Dims) -> Tried:
    return tried_at(EXPLAINER.name, name, dims)


def figure(demo: Tried, label: str) -> Any:
    return next(figure.value for figure in demo.figures if figure.label == label)


# -- the preset that people ask about -------------------------------------------------------------------------

ONE_STEP = preset("one-step-133906-channels")


@pytest.fixture(scope="module")
def one_step() -> Explanation:
    return explained(ONE_STEP)


def test_three_from_one_does_not_build(one_step: Explanation) -> None:
    error = one_step.inspection.error
    assert error is not None
    assert error.message == (
        "Computed output size would be zero or negative. Received `inputs shape=(None, 1, 133906)`, "
        "`kernel shape=(3, 133906, 1)`, `dilation_rate=[1]`, `strides=(1,)`, `padding=valid`."
    )
    assert (error.layer, error.mistake, error.axis) == ("conv_1", "kernel_exceeds_steps", 1)
    assert names(error.found) == ("batch", "steps", "channels")
    assert error.cause == (
        "Conv1D conv_1 has kernel_size 3, but only 1 step reaches it: with padding='valid' it doesn't fit (1 − 3 + 1 "
        "= -1)."
    )


def test_the_answer_says_that_the_readings_are_steps(one_step: Explanation) -> None:
    assert untagged(one_step.sentence) == (
        "The kernel_size of conv_1 is 3, but only 1 step reaches it: the kernel doesn't fit anywhere. Your 133,906 "
        "are where Keras reads **channels**. Are they readings one after the other, so a time series? Then they are "
        "**steps**: the shape of a sample is (133906, 1)."
    )


def test_each_fix_builds_and_says_what_it_gives(one_step: Explanation) -> None:
    assert one_step.inspection.error is not None
    fixes = {fix.label: fix for fix in one_step.inspection.error.fixes}
    assert [fix.label for fix in fixes.values() if fix.recommended] == ["swap the axes"]
    assert "It gives conv_1 (None, 133904, 1) with 4 parameters." in fixes["swap the axes"].why
    assert "It gives conv_1 (None, 1, 1) with 133,907 parameters." in fixes["kernel_size=1"].why
    assert "only silences the error" in fixes["kernel_size=1"].why
    assert "It gives conv_1 (None, 1, 1) with 401,719 parameters." in fixes['padding="same"'].why
    for fix, shape, params in (
        ("swap the axes", (None, 133_904, 1), 4),
        ("kernel_size=1", (None, 1, 1), 133_907),
        ('padding="same"', (None, 1, 1), 3 * 133_906 + 1),
    ):
        repaired = ONE_STEP.but(**fixes[fix].dims)
        found = try_build(lambda dims=repaired: conv1d.build(dims), EXPLAINER.inputs)  # type: ignore[misc]
        assert sizes(found.layers[1].outputs[0]) == shape
        assert found.layers[1].params == params


def test_swapped_then_flatten_and_dense() -> None:
    found = explained(preset("133906-steps-one-channel")).inspection
    shapes = {layer.name: (sizes(layer.outputs[0]), layer.params) for layer in found.layers}
    assert shapes == {
        "signal": ((None, 133_906, 1), 0),
        "conv_1": ((None, 133_904, 1), 4),
        "flatten": ((None, 133_904), 0),
        "dense": ((None, 1), 133_905),
    }


def test_the_preset_shows_the_dense_after_the_swap_too() -> None:
    demo = tried("flatten_dense", ONE_STEP)
    assert figure(demo, "numbers after Flatten") == 133_904
    assert figure(demo, "parameters of Dense(1)") == 133_905
    assert "133,904 + 1 = **133,905**" in demo.verdict


# -- other dims ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("steps", "channels", "filters", "kernel", "strides", "padding", "dilation"),
    [
        (31, 2, 7, 5, 3, "valid", 1),
        (31, 2, 7, 5, 3, "same", 1),
        (29, 3, 4, 2, 1, "causal", 6),
        (18, 5, 2, 4, 1, "valid", 3),
        (16, 3, 6, 7, 5, "causal", 1),
    ],
)
def test_lengths_and_counts(
    steps: int, channels: int, filters: int, kernel: int, strides: int, padding: str, dilation: int
) -> None:
    dims = Dims(steps, channels, filters, kernel, strides, padding, dilation)
    layer = try_build(lambda: conv1d.build(dims), EXPLAINER.inputs).layers[1]
    reach = dilation * (kernel - 1) + 1
    covered = steps - reach + 1 if padding == "valid" else steps
    assert sizes(layer.outputs[0]) == (None, -(-covered // strides), filters)
    assert names(layer.outputs[0]) == ("batch", "steps", "filters")
    assert layer.params == kernel * channels * filters + filters
    assert names(layer.weights[0].shape) == ("kernel_size", "channels", "filters")


def test_any_length_runs_with_enough_steps() -> None:
    found = explained(Dims(steps=None, kernel_size=9, layers="3", pool_size=2)).inspection
    assert found.error is None
    assert found.run is not None
    assert sizes(found.run.outputs[0].shape)[1] >= 1  # type: ignore[operator]


NO_PLACE = "Because a kernel fits only where each of its cells covers a step: with fewer than {} steps, no "


@pytest.mark.parametrize(
    ("changed", "begins"),
    [
        ({}, NO_PLACE.format(3) + "output step is left. Here 14 steps become 6. The 5 filters × 3 steps × 4 channels, "
             "and a bias for each filter, make **65** parameters"),
        ({"strides": 1, "dilation_rate": 4}, NO_PLACE.format(9) + "output step is left. Here 14 steps become 6."),
        ({"steps": None}, NO_PLACE.format(3) + "output step is left. Here any number of steps will do, from 3 on."),
        ({"padding": "same", "strides": 1}, "Because with padding='valid' fewer than 3 steps leave no place where the "
             "kernel fits; padding='same' adds zeros. Here the number of steps stays 14."),
    ],
)  # fmt: skip
def test_the_answer_says_when_the_error_comes(changed: dict[str, Any], begins: str) -> None:
    dims = Dims(**changed)
    found = try_build(lambda: conv1d.build(dims), EXPLAINER.inputs)
    assert untagged(conv1d.sentence(dims, found)).startswith(begins)


# -- which steps feed which ----------------------------------------------------------------------------------

GRID = [
    (steps, kernel, strides, padding, dilation)
    for steps, kernel, (strides, dilation), padding in product(
        (1, 2, 5, 12, 13), (1, 2, 3, 4), ((1, 1), (2, 1), (3, 1), (1, 2), (1, 5)), ("valid", "same", "causal")
    )
    if Slide(kernel, strides, padding, dilation).length(steps) > 0
]


def test_the_formula_says_what_the_live_kernel_sees() -> None:
    for steps, kernel, strides, padding, dilation in GRID:
        slide = Slide(kernel, strides, padding, dilation)
        seen = live_conv_places(slide, steps, range(kernel))
        said = slide.places(steps, range(slide.length(steps)), range(kernel))
        np.testing.assert_array_equal(seen, said, err_msg=str((steps, slide)))


def test_impulses_move_exactly_the_steps_that_are_shown() -> None:
    """Another way to ask: an input step feeds an output step if the output moves with it."""
    import keras

    for steps, slide in ((9, Slide(3, 2, "same")), (9, Slide(2, 1, "causal", 3)), (11, Slide(3, 4, "valid"))):
        layer = keras.layers.Conv1D(
            1, slide.kernel_size, strides=slide.strides, padding=slide.padding, dilation_rate=slide.dilation_rate,
            kernel_initializer="ones", name="asked",
        )  # fmt: skip
        impulses = np.eye(steps, dtype="float32")[..., None]  # (steps, steps, 1): one sample per input step
        moved = np.asarray(layer(impulses))[..., 0] != 0  # (input step, output step)
        places = live_conv_places(slide, steps, range(slide.kernel_size))
        for j, row in enumerate(places):
            assert sorted(n for n in row if n >= 0) == list(np.flatnonzero(moved[:, j])), (slide, j)


def test_pools_are_asked_too() -> None:
    for steps, size in ((7, 2), (7, 3), (12, 5), (4, 4)):
        slide = Slide(size, size)
        np.testing.assert_array_equal(
            live_pool_places(slide, steps), slide.places(steps, range(slide.length(steps)), range(size))
        )


def test_extra_of_the_default() -> None:
    extra = explained(Dims()).extra
    assert extra is not None
    signal, conv = extra["rows"]  # type: ignore[misc]
    assert signal["steps"] == 14
    assert conv["places"] == tuple((first, first + 1, first + 2) for first in (0, 2, 4, 6, 8, 10))
    assert (conv["unread"], conv["formula"], conv["agrees"]) == (1, "⌈(14 − 3 + 1) / 2⌉ = 6", True)


def test_extra_of_a_long_series_has_both_ends() -> None:
    extra = explained(preset("133906-steps-one-channel")).extra
    assert extra is not None
    conv = extra["rows"][1]  # type: ignore[index]
    assert conv["steps"] == 133_904
    assert conv["places"][0] == (0, 1, 2)
    assert conv["places"][-1] == (133_903, 133_904, 133_905)
    assert conv["unread"] == 0


def test_extra_of_a_failure_says_who_is_stuck() -> None:
    stuck = explained(preset("out-of-steps")).extra["stuck"]  # type: ignore[index]
    assert stuck == {"layer": "conv_2", "class_name": "Conv1D", "size_name": "kernel_size", "size": 3, "reach": 3,
                     "dilation_rate": 1, "steps": 2}  # fmt: skip


def test_both_ends() -> None:
    assert both_ends(5, 6) == [0, 1, 2, 3, 4]
    assert both_ends(100, 6) == [0, 1, 2, 97, 98, 99]


# -- a stack that runs out -----------------------------------------------------------------------------------


def test_a_stack_names_the_layer_and_all_that_stood() -> None:
    found = explained(preset("out-of-steps")).inspection
    assert found.error is not None
    assert found.error.layer == "conv_2"
    assert "conv_2" not in found.error.message  # Keras itself names no layer
    assert [sizes(layer.outputs[0])[1] for layer in found.layers] == [7, 5, 2]
    assert found.error.fixes[0].label == "no pooling"
    assert found.error.fixes[0].recommended
    assert {"steps": 10} in [fix.dims for fix in found.error.fixes]


def test_the_shortest_samples_are_really_the_shortest() -> None:
    dims = preset("out-of-steps")
    assert try_build(lambda: conv1d.build(dims.but(steps=10)), EXPLAINER.inputs).error is None
    assert try_build(lambda: conv1d.build(dims.but(steps=9)), EXPLAINER.inputs).error is not None


def test_a_pool_can_be_the_one_that_has_no_place() -> None:
    found = explained(Dims(steps=4, kernel_size=3, strides=1, pool_size=3))
    assert found.inspection.error is not None
    assert found.inspection.error.layer == "pool_1"
    assert untagged(found.sentence).startswith("The pool_size of pool_1 is 3, but only 2 steps reach it")


# -- strides and dilation_rate -------------------------------------------------------------------------------


def test_strides_and_dilation_together_are_refused_and_the_layer_is_known() -> None:
    found = explained(Dims(strides=2, dilation_rate=3)).inspection
    assert found.error is not None
    assert "`strides > 1` not supported in conjunction with `dilation_rate > 1`" in found.error.message
    assert (found.error.layer, found.error.mistake) == ("conv_1", "strides_and_dilation")
    assert found.error.cause == (
        "Conv1D conv_1 has strides=2, so its kernel jumps, and dilation_rate=3, so its kernel has gaps. Keras does "
        "only one at a time: one of the two must be 1."
    )
    assert [fix.dims for fix in found.error.fixes] == [{"dilation_rate": 1}, {"strides": 1}]
    assert found.code.rstrip().endswith('dilation_rate=3, name="conv_1")(signal)  # fails here')


def test_flatten_of_open_steps_is_refused_and_repaired() -> None:
    error = explained(Dims(steps=None, head="Flatten")).inspection.error
    assert error is not None
    assert error.mistake == "unknown_axis"
    assert [fix.label for fix in error.fixes] == ["GlobalAveragePooling1D", "steps=100"]


# -- demonstrations ------------------------------------------------------------------------------------------

CASES = [Dims(), *(Dims(**p.dims) for p in EXPLAINER.presets)]  # type: ignore[arg-type]


@pytest.mark.parametrize("demo", EXPLAINER.trials, ids=lambda demo: demo.name)
def test_every_demonstration_is_what_it_says(demo: Any) -> None:
    for dims in CASES:
        shown = tried_at(EXPLAINER.name, demo.name, dims)
        assert shown.kind in (demo.kind, "absent"), (dims, shown.verdict)
        assert dims != Dims() or shown.kind == demo.kind
        assert (shown.error is not None) == (shown.kind == "loud")


def test_a_softmax_of_one_is_always_one() -> None:
    demo = tried("softmax_of_one", ONE_STEP)
    assert figure(demo, "smallest output") == figure(demo, "largest output") == 1.0
    assert figure(demo, "largest sum before the softmax") != figure(demo, "smallest sum before the softmax")
    assert "The softmax operation will always return the value 1" in demo.verdict


def test_the_older_words() -> None:
    demo = tried("then_wording", ONE_STEP)
    assert demo.error is not None
    assert "One of the dimensions in the output is <= 0 due to downsampling in conv1d" in demo.error.message
    assert "Negative dimension size caused by subtracting 3 from 1 for" in demo.verdict
    assert "conv1d_1/convolution/Conv2D" in demo.verdict


def test_channels_first_is_accepted_and_wrong() -> None:
    demo = tried("swapped_axes", Dims())
    assert figure(demo, "parameters, (steps, channels)") == 3 * 4 * 5 + 5
    assert figure(demo, "parameters, (channels, steps)") == 3 * 14 * 5 + 5
    assert tried("swapped_axes", Dims(channels=2)).kind == "absent"


def test_the_tower_names_its_layer() -> None:
    demo = tried("out_of_steps", Dims(steps=20, strides=1))
    assert demo.verdict.startswith("Steps left after each layer: 20, 18, 9, 7, 3, 1. Then pool_3 no longer fits.")


def test_too_much_is_refused_before_it_is_built() -> None:
    shown = explained(Dims(steps=200_000, channels=200_000, filters=1, kernel_size=3))
    assert shown.inspection.error is not None
    assert shown.inspection.error.type == "CostError"
    assert shown.extra == {"rows": [], "stuck": None, "open": False}


@pytest.mark.parametrize("name", [trial.name for trial in EXPLAINER.trials])
@pytest.mark.parametrize("steps", [None, 31])
def test_a_kernel_wider_than_any_sample_is_tried_without_its_holes(name: str, steps: int | None) -> None:
    """kernel_size=500 with dilation_rate=450 reaches over 224,551 steps; a sample has at most 200,000."""
    dims = Dims(steps=steps, channels=3, kernel_size=500, dilation_rate=450, filters=7)
    shown = tried_at(EXPLAINER.name, name, dims)
    assert shown.verdict
    assert "was given" not in shown.verdict
