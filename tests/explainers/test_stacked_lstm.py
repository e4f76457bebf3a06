"""SYSTEMS.md 2: every number, for the presets and for other dims; every mistake, live."""

from __future__ import annotations

import pytest

from explainers.core.axes import names, plain, sizes
from explainers.core.registry import find_explainer
from explainers.stacked_lstm import Dims
from tests.explained import explained_at, tried_at

EXPLAINER = find_explainer("stacked_lstm")


def found(**dims):
    return explained_at(EXPLAINER.name, Dims(**dims)).inspection


def preset(name):
    return Dims(**next(p.dims for p in EXPLAINER.presets if p.name == name))


def demo(name, dims):
    return tried_at(EXPLAINER.name, name, dims)


def lstm(features, units):
    return 4 * (features * units + units * units + units)


@pytest.mark.parametrize(
    ("name", "shapes", "params", "total"),
    [
        ("2d-input", ["(None, 20, 1)", "(None, 20, 5)", "(None, 4)", "(None, 1)"], [0, 140, 160, 5], 305),
        ("any-length", ["(None, None, 1)", "(None, None, 5)", "(None, 4)", "(None, 1)"], [0, 140, 160, 5], 305),
        (
            "30-features-batch-52",
            ["(52, 20, 30)", "(52, 20, 128)", "(52, 128)", "(52, 1)"],
            [0, 81_408, 131_584, 129],
            213_121,
        ),
        ("narrowing", ["(None, 20, 30)", "(None, 20, 15)", "(None, 7)", "(None, 1)"], [0, 2760, 644, 8], 3412),
    ],
)
def test_the_numbers_of_the_presets(name, shapes, params, total):
    inspection = explained_at(EXPLAINER.name, preset(name)).inspection
    assert [plain(layer.outputs[0]) for layer in inspection.layers] == shapes
    assert [layer.params for layer in inspection.layers] == params
    assert inspection.total_params == total


@pytest.mark.parametrize(("features", "first", "second"), [(3, 5, 4), (9, 2, 11)])
def test_counts_by_the_closed_form(features, first, second):
    layers = found(features=features, units_1=first, units_2=second).layers
    assert [layer.params for layer in layers[1:]] == [lstm(features, first), lstm(first, second), second + 1]


@pytest.mark.parametrize(("kind", "gates"), [("SimpleRNN", 1), ("LSTM", 4)])
def test_each_kind_of_layer(kind, gates):
    layers = found(layer_1=kind, features=3, units_1=5).layers
    assert layers[1].class_name == kind
    assert layers[1].params == gates * (3 * 5 + 5 * 5 + 5)


@pytest.mark.parametrize(("reset_after", "biases"), [(True, 2), (False, 1)])
def test_gru_with_one_bias_or_two(reset_after, biases):
    gru = found(layer_1="GRU", reset_after=reset_after, features=3, units_1=5).layers[1]
    assert gru.params == 3 * (3 * 5 + 5 * 5 + biases * 5)


def test_bidirectional_doubles_the_width():
    layers = found(bidirectional=True, timesteps=6, features=3, units_1=5, units_2=4).layers
    assert names(layers[1].outputs[0]) == ("batch", "timesteps", "2 × units")
    assert sizes(layers[1].outputs[0]) == (None, 6, 10)
    assert layers[2].params == 2 * lstm(10, 4)


@pytest.mark.parametrize("levels", [1, 2, 3, 4])
def test_one_to_four_levels(levels):
    assert len(found(levels=levels).layers) == levels + 2


def test_dropped_return_sequences():
    error = found(timesteps=None, return_sequences_1=False).error
    assert (error.layer, error.mistake) == ("level_2", "layer_rank")
    assert "expected ndim=3, found ndim=2. Full shape received: (None, 5)" in error.message
    assert error.fixes[0].dims == {"return_sequences_1": True}
    assert error.fixes[0].recommended


def test_two_dropped_at_once_are_mended_at_once():
    error = found(levels=3, return_sequences_1=False, return_sequences_2=False).error
    assert error.fixes[0].label == "return_sequences_1=True and return_sequences_2=True"


def test_the_same_weights_read_20_steps_then_25():
    shown = demo("any_length", preset("any-length"))
    assert [sizes(t.shape) for t in shown.tensors] == [(3, 20, 1), (3, 1), (2, 25, 1), (2, 1)]
    assert shown.figures[0].value == 305


def test_a_ragged_batch_fails_and_buckets_work():
    ragged, buckets = demo("ragged_batch", Dims()), demo("bucketed", Dims())
    assert (ragged.kind, ragged.error.mistake) == ("loud", "ragged_data")
    assert ragged.error.message == "Invalid dtype: object"
    assert [sizes(t.shape)[:2] for t in buckets.tensors[::2]] == [(2, 20), (3, 25)]


def test_what_fit_does_with_100_and_105_samples():
    shown = demo("what_fit_does", preset("2d-input"))
    assert [(f.label, f.value) for f in shown.figures] == [
        ("steps per epoch with 100 samples", 10),
        ("samples in the last batch of 100", 10),
        ("steps per epoch with 105 samples", 11),
        ("samples in the last batch of 105", 5),
    ]
    assert "each (10, 20, 1), the last (5, 20, 1)" in shown.verdict


def test_50_samples_where_52_were_declared():
    stateless = demo("other_batch", preset("30-features-batch-52"))
    assert (stateless.kind, sizes(stateless.tensors[0].shape)) == ("run", (50, 1))
    stateful = demo("other_batch_stateful", preset("30-features-batch-52"))
    assert (stateful.kind, stateful.error.mistake) == ("loud", "stateful_batch")
    assert "Received batch size: 50" in stateful.error.message


def test_a_wrong_number_of_features():
    shown = demo("wrong_features", Dims())
    assert (shown.error.mistake, shown.fixes[0].dims) == ("data_size", {"features": 4})


def test_controls_of_levels_that_do_not_exist_fold_away():
    assert set(EXPLAINER.unused(Dims(levels=1))) >= {"units_2", "layer_2", "return_sequences_1"}
    assert "units_4" not in EXPLAINER.unused(Dims(levels=4))
