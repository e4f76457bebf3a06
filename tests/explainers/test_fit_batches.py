"""fit: what the callback was told against the closed form, the answer, every mistake made live, what is read."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import keras
import numpy as np
import pytest

from explainers.core.registry import find_explainer
from explainers.core.trial import Tried
from explainers.core.words import untagged
from explainers.fit_batches import MOST_STEPS, Dims, build, counted, data_of, fitted
from explainers.reading.diagnosing import read
from tests.explained import explained_at, tried_at

EXPLAINER = find_explainer("fit_batches")


def tried(name: str, dims: Dims) -> Tried:
    return tried_at(EXPLAINER.name, name, dims)


@pytest.mark.parametrize(
    ("samples", "batch", "epochs"), [(105, 32, 3), (70, 9, 1), (64, 16, 2), (5, 40, 2), (150, None, 1)]
)
def test_the_batches_are_those_of_the_closed_form(samples: int, batch: int | None, epochs: int) -> None:
    fit = fitted(Dims(samples=samples, batch_size=batch, epochs=epochs))
    size = batch or 32
    steps = math.ceil(samples / size)
    left = samples - (steps - 1) * size
    assert fit.planned == steps
    assert [[n for n, _ in epoch] for epoch in fit.epochs] == [[min(size, samples)] * (steps - 1) + [left]] * epochs


@pytest.mark.parametrize("split", [0.0, 0.3, 0.9])
@pytest.mark.parametrize(("samples", "batch"), [(47, 11), (1, 3), (200, 1)])
def test_the_batches_that_are_only_counted_are_those_that_are_learned_from(
    samples: int, batch: int, split: float
) -> None:
    dims = Dims(samples=samples, batch_size=batch, epochs=2, validation_split=split)
    learned, told = fitted(dims), counted(dims)
    sizes = tuple(tuple((n, 0.0) for n, _ in epoch) for epoch in learned.epochs)
    assert told == replace(learned, epochs=sizes)


def test_it_is_a_real_fit_and_its_losses_are_keras_own() -> None:
    """A model that is fitted here, with the same first weights, has the same history."""
    dims = Dims(samples=41, batch_size=10, epochs=3)
    told = fitted(dims)
    x, y = data_of(dims)
    import random

    random.seed(0)
    model = build(dims)
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse")
    history = model.fit(x, y, batch_size=10, epochs=3, shuffle=False, verbose=0).history["loss"]
    assert np.allclose([epoch[-1][1] for epoch in told.epochs], history, atol=2e-4)
    assert history[-1] < history[0]


def test_compiled_or_not_the_callback_hears_the_same() -> None:
    many, few = (fitted(Dims(samples=samples, batch_size=1, epochs=1)) for samples in (60, 20))
    assert [n for n, _ in many.epochs[0]] == [1] * 60
    assert np.allclose([loss for _, loss in many.epochs[0]][:5], [loss for _, loss in few.epochs[0]][:5], atol=2e-4)


@pytest.mark.parametrize(("samples", "split"), [(105, 0.2), (40, 0.33), (11, 0.9)])
def test_validation_leaves_the_first_samples(samples: int, split: float) -> None:
    fit = fitted(Dims(samples=samples, validation_split=split, batch_size=7))
    assert fit.trained == int(samples * (1 - split) + 1e-9)


def test_validation_is_split_off_in_every_epoch() -> None:
    fit = fitted(Dims(samples=90, batch_size=40, epochs=10, validation_split=0.3))
    assert [[n for n, _ in epoch] for epoch in fit.epochs] == [[40, 22]] * 10


def test_too_many_steps_are_not_run_but_planned_by_keras() -> None:
    fit = fitted(Dims(samples=5000, batch_size=3))
    assert (fit.planned, fit.epochs) == (1667, ())
    told = untagged(explained_at(EXPLAINER.name, Dims(samples=5000, batch_size=3)).sentence)
    assert "1,667" in told
    assert f"at most {MOST_STEPS} steps" in told


def test_the_answer_counts_steps_updates_and_what_is_left_over() -> None:
    told = untagged(explained_at(EXPLAINER.name, Dims(samples=50, batch_size=12, epochs=4, features=8)).sentence)
    assert told.startswith("**5** steps: 50 samples in batches of 12. They are 12, 12, 12, 12 and 2")
    assert "(2, 8)" in told
    assert "4 epochs are **20** updates" in told
    assert "No sample is left over" in untagged(explained_at(EXPLAINER.name, Dims(samples=64)).sentence)
    refused = untagged(explained_at(EXPLAINER.name, Dims(samples=1, validation_split=0.5)).sentence)
    assert "not sufficient to split it" in refused


def test_what_is_dropped_is_never_used() -> None:
    shown = tried("dropped", Dims(samples=50, batch_size=12))
    assert [figure.value for figure in shown.figures] == [48, 2]
    assert tried("dropped", Dims(samples=48, batch_size=12)).kind == "absent"


def test_targets_that_are_stretched() -> None:
    assert tried("narrow_targets", Dims(samples=20, units=6)).kind == "silent"
    assert tried("fewer_targets", Dims(samples=20)).kind == "loud"
    assert tried("fewer_targets", Dims(samples=1)).kind == "absent"


def test_steps_that_run_out_are_told_in_keras_words() -> None:
    verdict = tried("too_many_steps", Dims(samples=50, batch_size=12)).verdict
    assert "The epoch has 5 batches" in verdict
    assert "Your input ran out of data" in verdict


def test_a_pasted_fit_is_recognized() -> None:
    code = """
x, y = np.zeros((250, 12)), np.zeros((250, 1))
m = keras.Sequential([keras.Input((12,)), layers.Dense(9, activation="relu"), layers.Dense(1)])
m.compile(loss="mse")
m.fit(x, y, batch_size=40)
"""
    found = read(code)
    wanted: dict[str, Any] = {"samples": 250, "features": 12, "batch_size": 40, "units": 9}
    assert found.explainer == "fit_batches"
    assert wanted.items() <= found.dims.items()
