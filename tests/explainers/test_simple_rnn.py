"""SYSTEMS.md 1: every number, for the presets and for other dims; every mistake, live."""

from __future__ import annotations

import pytest

from explainers.core.axes import names, sizes
from explainers.core.words import untagged
from explainers.simple_rnn import EXPLAINER, Dims
from tests.explained import explained_at, tried_at


def found(**dims):
    return explained_at(EXPLAINER.name, Dims(**dims))


def preset(name):
    return Dims(**next(p.dims for p in EXPLAINER.presets if p.name == name))


def demo(name, dims):
    return tried_at(EXPLAINER.name, name, dims)


def test_64_readings_64_units():
    shown = explained_at(EXPLAINER.name, preset("64-readings-64-units"))
    sequence, rnn, dense = shown.inspection.layers
    assert list(zip(names(sequence.outputs[0]), sizes(sequence.outputs[0]), strict=True)) == [
        ("batch", 1000),
        ("timesteps", 64),
        ("features", 1),
    ]
    assert list(zip(names(rnn.outputs[0]), sizes(rnn.outputs[0]), strict=True)) == [("batch", 1000), ("units", 64)]
    assert [weight.count for weight in rnn.weights] == [1 * 64, 64 * 64, 64]
    assert (rnn.params, dense.params, shown.inspection.total_params) == (4224, 65, 4289)
    assert sizes(dense.outputs[0]) == (1000, 1)
    assert "4,224" in shown.sentence
    assert "two different numbers that happen to be equal" in shown.sentence


def test_the_two_64s_have_different_origins():
    sequence, rnn, _ = explained_at(EXPLAINER.name, preset("64-readings-64-units")).inspection.layers
    timesteps, units = sequence.outputs[0][1], rnn.outputs[0][1]
    assert timesteps.size == units.size == 64
    assert not set(timesteps.sources) & set(units.sources)
    assert units.origin == "units=64 of SimpleRNN rnn"


@pytest.mark.slow
def test_2000_units_are_not_the_number_of_features():
    rnn = explained_at(EXPLAINER.name, preset("64-readings-2000-units")).inspection.layers[1]
    assert sizes(rnn.outputs[0]) == (1000, 2000)
    assert rnn.params == 1 * 2000 + 2000 * 2000 + 2000


@pytest.mark.parametrize("units", [4, 8, 13])
def test_the_count_grows_as_units_squared(units):
    rnn = found(features=3, units=units).inspection.layers[1]
    assert rnn.params == 3 * units + units * units + units


@pytest.mark.parametrize("timesteps", [2, 9, None])
def test_timesteps_are_in_no_count(timesteps):
    assert found(timesteps=timesteps, features=3, units=4).inspection.layers[1].params == 32


def test_what_fit_does_with_10000_samples():
    shown = demo("what_fit_does", preset("64-readings-64-units"))
    assert [sizes(t.shape) for t in shown.tensors] == [(10_000, 64), (10_000, 64, 1)]
    assert {f.label: f.value for f in shown.figures} == {
        "training samples": 8000,
        "steps per epoch": 8,
        "samples in the last batch": 1000,
    }


def test_no_features_axis_is_added_silently_for_one_feature():
    shown = demo("without_features_axis", Dims(features=1))
    assert shown.kind == "silent"
    assert "(5, 6) is read as (5, 6, 1)" in shown.verdict


def test_no_features_axis_is_refused_for_more():
    shown = demo("without_features_axis", Dims(features=3))
    assert (shown.kind, shown.error.mistake) == ("loud", "data_rank")


def test_wrong_features():
    shown = demo("wrong_features", Dims())
    assert (shown.kind, shown.error.mistake) == ("loud", "data_size")
    assert "found shape=(5, 6, 4)" in shown.error.message
    assert shown.fixes[0].dims == {"features": 4}


def test_half_a_batch_is_accepted_today():
    shown = demo("half_batch", preset("64-readings-64-units"))
    assert (shown.kind, sizes(shown.tensors[1].shape)) == ("run", (500, 1))


def test_half_a_batch_is_refused_by_a_stateful_layer():
    shown = demo("half_batch_stateful", preset("64-readings-64-units"))
    assert (shown.kind, shown.error.mistake) == ("loud", "stateful_batch")
    assert "Expected batch size: 1000" in shown.error.message
    assert "Received batch size: 500" in shown.error.message


def test_half_a_batch_in_keras_2():
    shown = demo("half_batch_then", Dims(batch_size=8, return_sequences=True))
    assert shown.verdict == "Keras 2 accepts it too: (4, 6, 1) for the 4 samples that were fed."
    assert names(shown.tensors[1].shape) == ("batch", "timesteps", "units")


@pytest.mark.parametrize(("units", "few"), [(5, 5), (2000, 1000)])
def test_units_are_free_and_cost_their_square(units, few):
    shown = demo("other_units", Dims(features=3, units=units))
    assert [sizes(t.shape) for t in shown.tensors] == [(None, few), (None, 2 * few)]
    assert [f.value for f in shown.figures] == [
        3 * few + few * few + few, few * few, 6 * few + 4 * few * few + 2 * few, 4 * few * few,
    ]  # fmt: skip
    assert "have 4 times the numbers in recurrent_kernel" in shown.verdict


def test_a_stateful_layer_needs_a_batch_and_the_fix_works():
    error = found(stateful=True).inspection.error
    assert error.mistake == "stateful_batch"
    assert [fix.label for fix in error.fixes] == ["batch_size=8", "stateful=False"]


def test_return_sequences_keeps_the_timesteps():
    rnn = found(return_sequences=True).inspection.layers[1]
    assert names(rnn.outputs[0]) == ("batch", "timesteps", "units")


def test_the_cell_is_called_once_per_timestep_and_once_to_probe():
    run = explained_at(EXPLAINER.name, preset("64-readings-64-units")).inspection.run
    assert run.calls_made == 65
    assert [(names(t.shape), sizes(t.shape)) for t in run.calls[1].inputs] == [(("batch", "features"), (1000, 1))]
    assert [(names(t.shape), sizes(t.shape)) for t in run.calls[1].new_states] == [(("batch", "units"), (1000, 64))]


def test_the_sentence_speaks_of_the_dims_on_screen():
    told = untagged(found(timesteps=9, features=5, units=7).sentence)
    assert "7 numbers wide" in told
    assert "9 timesteps nor the 5 features" in told


@pytest.mark.parametrize(("samples", "split"), [(1, 0.4), (2, 0.7)])
def test_fit_with_nothing_left_to_train_on_is_refused_by_keras_and_explained(samples, split):
    shown = demo("what_fit_does", Dims(samples=samples, validation_split=split))
    assert shown.kind == "loud"
    assert "not sufficient to split it" in shown.error.message
    assert f"of {samples} that is none" in shown.verdict


def test_fit_with_one_sample_and_no_split_runs():
    shown = demo("what_fit_does", Dims(samples=1, validation_split=0.0))
    assert (shown.kind, shown.error) == ("run", None)
