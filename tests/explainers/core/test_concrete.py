"""The same weights in several sizes: live shapes, calls, refusals, and the proof that nothing in them moved."""

from __future__ import annotations

import keras
import msgspec
import pytest

from explainers.core import concrete as running
from explainers.core.axes import names, sizes
from explainers.core.concrete import BATCHES, concrete, fingerprint, run_sizes
from explainers.core.limits import CostError, Limits
from explainers.core.registry import all_explainers
from explainers.core.results import Concrete, ConcreteRun
from explainers.service import OPS

LESSONS = all_explainers()
every_lesson = pytest.mark.parametrize("name", LESSONS)


def shapes(run: ConcreteRun) -> list[tuple[int | None, ...]]:
    return [sizes(shape) for step in run.steps for shape in step.shapes]


@every_lesson
def test_every_lesson_runs_with_the_same_weights(name):
    shown = run_sizes(LESSONS[name], LESSONS[name].dims())
    assert {run.batch for run in shown.runs} >= set(BATCHES)
    done = [run for run in shown.runs if run.error is None]
    assert done
    for run in done:
        assert [step.layer for step in run.steps] == [step.layer for step in shown.declared]
        for tensor in run.fed:
            assert tensor.shape[0].size == run.batch
        for declared, given in zip(shown.declared, run.steps, strict=True):
            for said, live in zip(declared.shapes, given.shapes, strict=True):
                assert names(said) == names(live)
                if shown.declared_batch is None:  # what the model said is kept, and every None has its number
                    assert all(a.size in (None, b.size) and b.size is not None for a, b in zip(said, live, strict=True))
    assert {run.fingerprint for run in shown.runs} == {shown.fingerprint}
    assert msgspec.json.decode(msgspec.json.encode(shown), type=Concrete) == shown


def test_batches_then_lengths_where_timesteps_is_none():
    shown = concrete("stacked_lstm", {"timesteps": "None", "features": "9", "units_1": "5", "units_2": "4"})
    assert shown.open_axes == ("timesteps",)
    assert [(run.batch, run.lengths["timesteps"]) for run in shown.runs] == [(1, 8), (2, 8), (7, 8), (2, 3), (2, 13)]
    assert shapes(shown.runs[2]) == [(7, 8, 9), (7, 8, 5), (7, 4), (7, 1)]
    assert shapes(shown.runs[4]) == [(2, 13, 9), (2, 13, 5), (2, 4), (2, 1)]
    assert [run.calls_made for run in shown.runs] == [18, 18, 18, 8, 28]  # two layers, one probe each
    assert shown.weights == 4 * 5 * (9 + 5 + 1) + 4 * 4 * (5 + 4 + 1) + 4 + 1


def test_a_fixed_length_is_fed_as_it_is():
    shown = concrete("stacked_lstm", {})
    assert shown.fixed_axes == {"timesteps": 6}
    assert shown.open_axes == ()
    assert [sizes(run.fed[0].shape) for run in shown.runs] == [(1, 6, 3), (2, 6, 3), (7, 6, 3)]


def test_todays_keras_takes_other_batches_than_the_declared_one():
    shown = concrete("stacked_lstm", {"batch_size": "9"})
    assert shown.declared_batch == 9
    assert [(run.batch, run.error) for run in shown.runs] == [(1, None), (2, None), (7, None), (9, None)]
    assert shapes(shown.runs[1])[-1] == (2, 1)


def test_a_stateful_model_refuses_them_in_keras_words():
    shown = concrete("stacked_lstm", {"batch_size": "8", "stateful": "True"})
    assert shown.stateful == ("level_1", "level_2")
    refused = [run for run in shown.runs if run.error is not None]
    assert [run.batch for run in refused] == [1, 2, 7]
    assert "If an RNN is stateful, the batch size of the input sequences must be the same" in refused[1].error.message
    assert "Received batch size: 2" in refused[1].error.message
    assert refused[1].steps == ()
    assert shapes(shown.runs[3]) == [(8, 6, 3), (8, 6, 5), (8, 4), (8, 1)]
    assert {run.fingerprint for run in shown.runs} == {shown.fingerprint}


def test_lengths_are_long_enough_for_every_kernel():
    shown = concrete("conv1d", {"steps": "None", "kernel_size": "6", "head": "GlobalAveragePooling1D"})
    assert sorted({run.lengths["steps"] for run in shown.runs}) == [6, 11, 16]
    assert all(run.error is None for run in shown.runs)


def test_what_cannot_be_built_cannot_be_run():
    with pytest.raises(CostError, match=r"This model can't be built, so nothing can be fed to it: .*timesteps"):
        concrete("stacked_lstm", {"return_sequences_1": "False"})


def test_the_cost_is_bounded_before_anything_runs():
    lesson = LESSONS["simple_rnn"]
    long = lesson.dims(timesteps=512)
    shown = run_sizes(lesson, long, Limits(seconds=1.0))  # about 0.6 s each
    assert [run.batch for run in shown.runs] == [1]
    assert shown.note == "Not run, because it would take too long here: batch 2 and batch 7."
    with pytest.raises(CostError, match=r"would take too long here\. Choose fewer steps, or fewer units\."):
        run_sizes(lesson, long, Limits(seconds=0.1))


def test_a_busy_machine_stops_after_the_first_run(monkeypatch):
    monkeypatch.setattr(running, "PATIENCE", 0.0)
    shown = run_sizes(LESSONS["hadamard"], LESSONS["hadamard"].dims())
    assert [run.batch for run in shown.runs] == [1]
    assert "batch 2 and batch 7" in shown.note


def test_one_changed_weight_changes_the_fingerprint():
    model = keras.Sequential([keras.Input((3,), name="x"), keras.layers.Dense(2, name="d")], name="m")
    before = fingerprint(model)
    assert before == fingerprint(model)
    kernel = model.layers[0].kernel.numpy().copy()
    kernel[2, 1] += 1e-6
    model.layers[0].kernel.assign(kernel)
    assert fingerprint(model) != before


def test_workers_can_be_asked_for_it():
    assert OPS["concrete"] is concrete
