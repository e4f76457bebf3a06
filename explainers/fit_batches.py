"""`fit` cuts the samples into batches, and goes through all of them once in each epoch.

    steps per epoch = samples / batch_size, rounded up     the last batch has what is left over
    each step: one batch goes through the model, the loss is computed, the weights are updated once

105 samples in batches of 32 make 4 steps: 32, 32, 32 and 9. No shape of the model changes: its batch axis is None, so
it reads 32 samples as well as 9.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from explainers.core.axes import plain
from explainers.core.dims import DimsBase, dim, real
from explainers.core.explainer import Explainer, Journey, Preset
from explainers.core.later import keras, layers
from explainers.core.results import Inspection
from explainers.core.trying import built
from explainers.core.waves import waves
from explainers.core.words import listed, spoken_by_keras, tag

INPUTS = {"x": "batch features"}


@dataclass(frozen=True)
class Dims(DimsBase):
    samples: int = dim(105, high=70_000, axis="samples", help="How many samples x and y have: their first axis.")
    batch_size: int | None = dim(
        32,
        high=20_000,
        allows_none=True,
        axis="batch",
        help="How many samples fit takes at a time. None leaves it to Keras, which takes 32.",
    )
    epochs: int = dim(3, high=10, help="How many times fit goes through all samples.")
    validation_split: float = real(
        0.0, low=0.0, high=0.9, help="The share of the samples, from the end, that fit keeps for validation."
    )
    features: int = dim(6, high=256, axis="features", sets=("x.shape[0]",), help="How many numbers one sample has.")
    units: int = dim(
        4, high=512, axis="units", sets=("hidden.units",), help="How many numbers the first Dense returns."
    )
    declared_batch: int | None = dim(
        None,
        high=4096,
        allows_none=True,
        axis="batch",
        sets=("x.batch_size",),
        help="batch_size of the Input. Almost always None: the model reads batches of any size.",
    )


PRESETS = (
    Preset("no-rest", "no remainder", {"samples": 96}, "96 / 32 = 3: every batch is full."),
    Preset("one-by-one", "one at a time", {"samples": 12, "batch_size": 1, "epochs": 2}, "As many steps as samples."),
    Preset("all-at-once", "all at once", {"batch_size": 105}, "One step per epoch: the whole data set is one batch."),
    Preset("keras-default", "batch_size left out", {"batch_size": None, "samples": 200}, "Keras takes 32."),
    Preset("with-validation", "with validation", {"validation_split": 0.2}, "Fewer samples are left to train on."),
)  # fmt: skip


def build(dims: Dims) -> keras.Model:
    """Input -> Dense -> Dense(1), as one would write it in a notebook."""
    x = keras.Input((dims.features,), batch_size=dims.declared_batch, name="x")  # (batch, features)
    hidden = layers.Dense(dims.units, activation="relu", name="hidden")(x)  # (batch, units)
    output = layers.Dense(1, name="output")(hidden)  # (batch, 1)
    return keras.Model(x, output, name="fit_batches")


def data_of(dims: Dims) -> tuple[Any, Any]:
    """x and y: smooth numbers, and a target that can be learned from them."""
    x = waves((dims.samples, dims.features))  # (samples, features)
    return x, np.asarray(x.mean(axis=1, keepdims=True))  # (samples, 1)


# -- one real fit --------------------------------------------------------------------------------------------

MOST_STEPS = 150  # of all epochs together that are really run for the page
_EAGER = 8  # steps of learning up to which it is quicker not to compile


@dataclass(frozen=True)
class Fitted:
    """What fit told a callback. planned: steps per epoch, as Keras says before it begins.

    epochs: per epoch and step the samples of its batch and the loss so far (0.0 where nothing was learned); () where
        there were too many to run.
    trained: samples that are not kept for validation. refused: Keras' words where it didn't fit.
    """

    samples: int
    features: int
    batch_size: int
    planned: int
    epochs: tuple[tuple[tuple[int, float], ...], ...]
    trained: int
    asked_epochs: int
    refused: str = ""


@lru_cache(maxsize=16)
def fitted(dims: Dims) -> Fitted:
    """Fit a live model, with a callback that writes down what it is told."""
    from explainers.core.batches import WatchedFit

    model = built(lambda: build(dims.but(declared_batch=None)), INPUTS)
    watched = WatchedFit(model.inputs, model.outputs, name="fit_batches")
    few = dims.samples * dims.epochs <= _EAGER * (dims.batch_size or 32)
    watched.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse", run_eagerly=few)
    return _fit(watched, dims)


@lru_cache(maxsize=16)
def counted(dims: Dims) -> Fitted:
    """The same batches, counted without learning from them: what the sentence needs, in a tenth of the time."""
    from explainers.core.batches import CountedFit

    model = CountedFit(name="fit_batches")
    model.compile(run_eagerly=True)
    return _fit(model, dims)


def _fit(model: keras.Model, dims: Dims) -> Fitted:
    """Fit it, and write down what a callback is told."""
    from explainers.core.batches import StepRecorder, TooManySteps

    x, y = data_of(dims)
    told = StepRecorder(MOST_STEPS)
    refused = ""
    try:
        model.fit(x, y, batch_size=dims.batch_size, epochs=dims.epochs, validation_split=dims.validation_split,
                    validation_freq=dims.epochs + 1, shuffle=False, verbose=0, callbacks=[told])  # fmt: skip
    except TooManySteps:
        told.epochs = []
    except ValueError as error:
        refused = spoken_by_keras(error)
    epochs = tuple(tuple((n, round(loss, 4)) for n, loss in epoch) for epoch in told.epochs)
    trained = sum(n for n, _ in epochs[0]) if epochs else 0
    largest = max((n for n, _ in epochs[0]), default=0) if epochs else 0
    return Fitted(dims.samples, dims.features, largest, told.planned, epochs, trained, dims.epochs, refused)


def sentence(dims: Dims, found: Inspection) -> str:
    """One sentence from what fit did."""
    if found.error is not None:
        return f"This model can't be built: {found.error.cause}"
    fit = counted(dims)
    if fit.refused:
        return f"Keras doesn't fit: {fit.refused}"
    size = "32, Keras' default" if dims.batch_size is None else tag(dims.batch_size, "batch")
    samples = f"{tag(dims.samples, 'samples')} samples"
    if not fit.epochs:
        return (
            f"Keras plans **{fit.planned:,}** steps per epoch for {samples} in batches of {size}. This page runs at "
            f"most {MOST_STEPS} steps in all: choose a larger batch_size or fewer epochs to watch them."
        )
    kept = dims.samples - fit.trained
    split = f" fit keeps the last {kept:,} for validation and trains on {fit.trained:,}." if kept else ""
    steps = len(fit.epochs[0])
    updates = sum(len(epoch) for epoch in fit.epochs)
    every = "epoch is" if dims.epochs == 1 else "epochs are"
    return (
        f"**{steps:,}** steps: {samples} in batches of {size}.{split} {_cut(fit)} Each "
        f"step updates the weights once, so {dims.epochs:,} {every} **{updates:,}** "
        f"{'update' if updates == 1 else 'updates'}. The model's shape stays {plain(found.layers[0].outputs[0])}."
    )


def _cut(fit: Fitted) -> str:
    """The batches of an epoch in words."""
    sizes = [n for n, _ in fit.epochs[0]]
    last = f"({tag(sizes[-1], 'batch')}, {tag(fit.features, 'features')})"
    if len(sizes) == 1:
        return f"The only batch is {last}."
    if len(set(sizes)) == 1:
        return f"No sample is left over: every batch is {last}."
    many = f"{len(sizes) - 1:,} of {sizes[0]:,} and one of {sizes[-1]:,}"
    told = listed([f"{n:,}" for n in sizes]) if len(sizes) <= 6 else many
    return f"They are {told}: the last batch has what is left over, {last}."


def extra(dims: Dims, found: Inspection) -> dict[str, object]:
    """{"fit": what fit told the callback, or None}."""
    return {"fit": None if found.error is not None else asdict(fitted(dims))}


EXPLAINER = Explainer(
    name="fit_batches",
    title="fit",
    question="How many batches are in an epoch with 105 samples?",
    dims=Dims,
    presets=PRESETS,
    inputs=INPUTS,
    build=build,
    sentence=sentence,
    journey=Journey(change="units", open="batch_size", axis="batch", steps="batches"),
    extra=extra,
    extra_later=True,
    heading=lambda dims: f"How many batches are in an epoch with {dims.samples} samples?",
    label="Samples, batches, epochs",
    group="Basics",
    about="fit cuts the samples into batches; one pass through all of them is an epoch.",
    picture="batches",
    order=37,
    always_builds=True,
)
