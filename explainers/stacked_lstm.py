"""Stacked recurrent layers: what the three numbers of (None, 20, 1) mean, and who keeps them.

    Input                          (batch, timesteps, features)
    LSTM, return_sequences=True    (batch, timesteps, units)     an output at every step: food for the next layer
    LSTM, return_sequences=False   (batch, units)                only the last output is returned
    Dense                          (batch, dense_units)

A recurrent layer reads (batch, timesteps, features). One that sits on top of another finds three axes only if the
layer below kept its timesteps. None is an axis without a number yet: it is there, and it is filled by the data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from explainers.core.axes import Shape
from explainers.core.dims import DimsBase, Value, choice, dim, switch
from explainers.core.explainer import Explainer, Journey, Preset
from explainers.core.later import keras, layers
from explainers.core.layers import BY_GATES
from explainers.core.results import BuildError, Figure, Fix, Inspection
from explainers.core.trial import Tried, trial
from explainers.core.trying import built, fit_batches, named, try_build, try_feed
from explainers.core.waves import waves
from explainers.core.words import listed, spoken_by_keras, tag

INPUTS = {"sequence": "batch timesteps features"}
MOST_LEVELS = 4


def _units(level: int, default: int) -> Any:
    return dim(
        default,
        high=1024,
        axis="units",
        sets=(f"level_{level}.units",),
        help=f"Numbers that level {level} remembers: the width of its output.",
    )


def _keeps(level: int) -> Any:
    return switch(
        True,
        sets=(f"level_{level}.return_sequences",),
        help=f"Whether level {level} returns an output at every timestep, as the level above it needs.",
    )


def _layer(level: int) -> Any:
    return choice(
        "LSTM", BY_GATES, advanced=level > 2, sets=(f"level_{level}",), help=f"The recurrent layer of level {level}."
    )


@dataclass(frozen=True)
class Dims(DimsBase):
    batch_size: int | None = dim(
        None,
        high=1024,
        allows_none=True,
        axis="batch",
        sets=("sequence.batch_size",),
        help="How many sequences go through together. None leaves it open: any number.",
    )
    timesteps: int | None = dim(
        6,
        high=512,
        allows_none=True,
        axis="timesteps",
        sets=("sequence.shape[0]",),
        help="How long one sequence is. None leaves it open: any length, but the same for all in one batch.",
    )
    features: int = dim(
        3, high=512, axis="features", sets=("sequence.shape[1]",), help="How many numbers one timestep has."
    )
    levels: int = dim(2, high=MOST_LEVELS, help="How many recurrent layers are stacked.")
    units_1: int = _units(1, 5)
    return_sequences_1: bool = _keeps(1)
    units_2: int = _units(2, 4)
    return_sequences_2: bool = _keeps(2)
    units_3: int = _units(3, 7)
    return_sequences_3: bool = _keeps(3)
    units_4: int = _units(4, 8)
    return_sequences: bool = switch(
        False, help="Whether the last level returns an output at every timestep (True) or only at the end (False)."
    )
    layer_1: str = _layer(1)
    layer_2: str = _layer(2)
    layer_3: str = _layer(3)
    layer_4: str = _layer(4)
    bidirectional: bool = switch(
        False, advanced=True, help="Every level reads in both directions and joins the two outputs."
    )
    reset_after: bool = switch(
        True,
        advanced=True,
        help="GRU only: today's variant with two biases (True), or the textbook's with one (False).",
    )
    activation: str = choice(
        "tanh", ("tanh", "relu", "sigmoid", "linear"), advanced=True, help="The activation of each level."
    )
    stateful: bool = switch(
        False, advanced=True, help="The state after one batch starts the next. Needs a fixed batch_size."
    )
    dense_units: int = dim(
        1, high=64, advanced=True, axis="units", sets=("dense.units",), help="Numbers in the prediction."
    )
    dense_activation: str = choice(
        "linear", ("linear", "sigmoid"), advanced=True, help="The activation of the last Dense."
    )
    samples: int = dim(100, high=20_000, advanced=True, help="How many sequences your data set has, for what fit does.")
    fit_batch_size: int = dim(10, high=1024, advanced=True, help="The batch_size that fit gets.")


PRESETS = (
    Preset(
        "2d-input",
        "2D input",
        {"timesteps": 20, "features": 1, "units_1": 5, "units_2": 4},
        "20 readings of one number each: the sample has two axes, the model sees three.",
    ),
    Preset(
        "any-length",
        "any length",
        {"timesteps": None, "features": 1, "units_1": 5, "units_2": 4},
        "timesteps=None: the same 305 weights read 20 steps, then 25.",
    ),
    Preset(
        "30-features-batch-52",
        "30 features, batch 52",
        {
            "batch_size": 52,
            "timesteps": 20,
            "features": 30,
            "units_1": 128,
            "units_2": 128,
            "activation": "relu",
            "dense_activation": "sigmoid",
        },
        "data_dim is the last axis of the input: 30.",
    ),
    Preset(
        "narrowing",
        "narrowing",
        {"timesteps": 20, "features": 30, "units_1": 15, "units_2": 7},
        "Half and a quarter of the features: you choose the units freely.",
    ),
    Preset(
        "dropped-return-sequences",
        "return_sequences forgotten",
        {"timesteps": None, "features": 1, "units_1": 5, "units_2": 4, "return_sequences_1": False},
        "expected ndim=3, found ndim=2: the error everyone meets.",
    ),
)


def build(dims: Dims) -> keras.Model:
    """Input -> one to four recurrent layers -> Dense, as one would write it in a notebook."""
    shape = (dims.timesteps, dims.features)
    sequence = keras.Input(shape, batch_size=dims.batch_size, name="sequence")  # (batch, timesteps, features)
    state = sequence
    for level in range(1, dims.levels + 1):
        layer = recurrent(dims, level)
        if dims.bidirectional:
            layer = layers.Bidirectional(layer, name=f"both_{level}")
        state = layer(state)  # (batch, timesteps, units), or (batch, units)
    output = layers.Dense(dims.dense_units, activation=dims.dense_activation, name="dense")(state)  # (..., dense_units)
    return keras.Model(sequence, output, name="stacked_lstm")


def recurrent(dims: Dims, level: int) -> keras.layers.Layer:
    """The recurrent layer of one level, counted from 1."""
    kind = getattr(dims, f"layer_{level}")
    extra = {"reset_after": dims.reset_after} if kind == "GRU" else {}
    return getattr(layers, kind)(
        getattr(dims, f"units_{level}"),
        activation=dims.activation,
        return_sequences=keeps_timesteps(dims, level),
        stateful=dims.stateful,
        name=f"level_{level}",
        **extra,
    )


def keeps_timesteps(dims: Dims, level: int) -> bool:
    """Whether a level returns an output at every timestep."""
    return bool(dims.return_sequences if level == dims.levels else getattr(dims, f"return_sequences_{level}"))


def unused(dims: Dims) -> tuple[str, ...]:
    """Dims of levels that don't exist now."""
    above = [f"{name}_{level}" for level in range(dims.levels + 1, MOST_LEVELS + 1) for name in ("units", "layer")]
    last = [f"return_sequences_{level}" for level in range(dims.levels, MOST_LEVELS)]
    kinds = [getattr(dims, f"layer_{level}") for level in range(1, dims.levels + 1)]
    return (*above, *last, *(() if "GRU" in kinds else ("reset_after",)))


def sentence(dims: Dims, found: Inspection) -> str:
    """One sentence from what the model showed."""
    if found.error is not None:
        return f"This model can't be built: {found.error.cause}"
    batch, steps, features = found.layers[0].outputs[0]
    shape = ", ".join(tag(axis.size, axis.axis) for axis in (batch, steps, features))
    many = "any number of sequences" if batch.size is None else f"{tag(batch.size, 'batch')} sequences"
    long = "of any length" if steps.size is None else f"{tag(steps.size, 'timesteps')} timesteps each"
    told = [_level_told(layer.outputs[0]) for layer in found.layers[1:-1]]
    return (
        f"({shape}) is {many}, {long}, {tag(features.size, 'features')} features at every timestep. "
        f"{listed(['The recurrent layers return ' + told[0], *told[1:]])}."
    )


def _level_told(shape: Shape) -> str:
    per = "timestep" if len(shape) == 3 else "sequence"
    return f"{tag(shape[-1].size, shape[-1].axis)} numbers per {per}"


def fixes(dims: Dims, error: BuildError) -> tuple[Fix, ...]:
    """What makes a failing build work again, best first."""
    found: list[Fix] = []
    dropped = [level for level in range(1, dims.levels) if not keeps_timesteps(dims, level)]
    if error.mistake == "layer_rank" and dropped:
        kept: dict[str, Value] = {f"return_sequences_{level}": True for level in dropped}
        label = " and ".join(f"{name}=True" for name in kept)
        found.append(Fix(label, kept, "The next level needs every timestep of this one.", recommended=True))
        found.append(Fix(f"levels={dropped[0]}", {"levels": dropped[0]}, "Stop where the timesteps end."))
    if dims.stateful and dims.batch_size is None:
        found.append(
            Fix("batch_size=8", {"batch_size": 8}, "A stateful layer keeps one row of state per sample.", True)
        )
        found.append(
            Fix("stateful=False", {"stateful": False}, ("Without memory between batches, any batch size will do."))
        )
    return tuple(found)


# -- tried for real ------------------------------------------------------------------------------------------


def _works(dims: Dims, **changes: Value) -> Dims:
    """The same dims with every level keeping what the next one needs, and not stateful."""
    kept: dict[str, Value] = {f"return_sequences_{level}": True for level in range(1, MOST_LEVELS)}
    return dims.but(**{**kept, "stateful": False, **changes})


def _first_shape(dims: Dims) -> Shape:

    return try_build(lambda: build(dims), INPUTS).layers[0].outputs[0]


@trial(
    "The first level without return_sequences",
    "loud",
    says="'level_2' is incompatible with the layer: expected ndim=3, found ndim=2. Full shape received: (None, 5)",
)
def forgotten(dims: Dims) -> Tried:
    """The first level without return_sequences: the next one finds two axes instead of three."""
    broken = _works(dims, levels=max(2, dims.levels), return_sequences_1=False)
    error = try_build(lambda: build(broken), INPUTS).error
    return Tried(
        f"{dims.layer_1}({dims.units_1})  # return_sequences=False is the default",
        "Level 1 returned only its last output, (batch, units); level 2 reads (batch, timesteps, features). The "
        "timesteps were dropped one layer too early.",
        error=error,
        fixes=(Fix("return_sequences_1=True", {"return_sequences_1": True}, recommended=True),),
    )


@trial("Data with one feature too many", "loud", says="expected shape=(None, 6, 3), found shape=(3, 6, 4)")
def wrong_features(dims: Dims) -> Tried:
    """One feature more than the kernel has rows."""
    works = _works(dims, batch_size=None)
    x = waves((3, dims.timesteps or 7, dims.features + 1))
    _, error = try_feed(built(lambda: build(works), INPUTS), x, _first_shape(works))
    verdict = f"The first kernel has {dims.features} rows, one per feature; the data have {dims.features + 1}."
    return Tried(
        f"model.predict(np.zeros({x.shape}))",
        verdict,
        (named("x", x, "batch timesteps features"),),
        error=error,
        fixes=(Fix(f"features={dims.features + 1}", {"features": dims.features + 1}),),
    )


def _other_batch(dims: Dims, stateful: bool) -> tuple[Any, Any, int, int]:

    declared = max(3, dims.batch_size or 52)
    fed = declared - 2 if declared > 3 else 1
    works = _works(dims, batch_size=declared, stateful=stateful)
    x = waves((fed, dims.timesteps or 7, dims.features))
    out, error = try_feed(built(lambda: build(works), INPUTS), x, _first_shape(works), batch_size=fed)
    return out, error, declared, fed


@trial("A batch that differs from the declared one", "run")
def other_batch(dims: Dims) -> Tried:
    """A batch of another size than the declared one: a stateless model does not mind."""
    out, error, declared, fed = _other_batch(dims, stateful=False)
    verdict = (
        f"batch_size={declared} was declared, and the batch had {fed} samples: today's Keras accepts it and returns "
        f"{fed}. Without state, no row has to wait for a partner."
        if error is None
        else f"batch_size={declared} was declared; Keras refuses {fed} samples."
    )
    tensors = () if out is None else (named("y", out, "batch units" if out.ndim == 2 else "batch timesteps units"),)
    return Tried(
        f"Input(..., batch_size={declared})",
        verdict,
        tensors,
        error=error,
        title=f"A batch of {fed} where {declared} were declared",
    )


@trial("A different batch for a stateful layer", "loud", says="- Expected batch size: 52\n- Received batch size: 50")
def other_batch_stateful(dims: Dims) -> Tried:
    """The same, stateful: each sample has its row of state, so the batch must fit."""
    _, error, declared, fed = _other_batch(dims, stateful=True)
    verdict = (
        f"A stateful layer keeps {declared} rows of state from batch to batch: a batch of {fed} leaves rows "
        "without a partner."
    )
    return Tried(
        f"LSTM({dims.units_1}, stateful=True)",
        verdict,
        error=error,
        fixes=(Fix("stateful=False", {"stateful": False}),),
        title=f"A batch of {fed} for a stateful {declared}",
    )


@trial("20 steps, then 25, the same weights", "run")
def any_length(dims: Dims) -> Tried:
    """None timesteps: the same weights read two lengths, and their number doesn't change."""
    model = built(lambda: build(_works(dims, timesteps=None, batch_size=None)), INPUTS)
    tensors: list[Any] = []
    for batch, steps in ((3, 20), (2, 25)):
        x = waves((batch, steps, dims.features))
        out = model.predict(x, verbose=0)
        tensors += [
            named(f"x, {steps} steps", x, "batch timesteps features"),
            named(f"y, {steps} steps", out, "batch units" if out.ndim == 2 else "batch timesteps units"),
        ]
    count = model.count_params()
    verdict = f"20 steps, then 25, through the same {count:,} weights: no weight has a timesteps axis."
    return Tried(
        "Input((None, features))",
        verdict,
        tuple(tensors),
        (Figure("weights, both times", count),),
    )


@trial("20 and 25 steps in one batch", "loud", says="Invalid dtype: object")
def ragged_batch(dims: Dims) -> Tried:
    """Two lengths in one batch are no array."""
    model = built(lambda: build(_works(dims, timesteps=None, batch_size=None)), INPUTS)
    rows = np.empty(2, dtype=object)
    rows[:] = [waves((20, dims.features)), waves((25, dims.features))]
    error = None
    try:
        model.predict(rows, verbose=0)
    except ValueError as failure:
        error = BuildError(
            type(failure).__name__,
            spoken_by_keras(failure),
            None,
            "ragged_data",
            "One array has one length on each axis: 20 and 25 steps don't fit into one batch.",
        )
    verdict = (
        "None lets batches differ, not the samples of one batch. Pad and mask inside a batch, or bucket by length."
    )
    return Tried(
        "np.array([twenty_steps, twenty_five_steps], dtype=object)",
        verdict,
        error=error,
    )


@trial("Batches bucketed by length", "run")
def bucketed(dims: Dims) -> Tried:
    """Samples of mixed lengths, grouped by length: every batch is an array."""
    lengths = (20, 25, 20, 25, 25)
    model = built(lambda: build(_works(dims, timesteps=None, batch_size=None)), INPUTS)
    tensors: list[Any] = []
    for steps in sorted(set(lengths)):
        x = waves((lengths.count(steps), steps, dims.features))
        out = model.predict_on_batch(x)
        tensors += [
            named(f"bucket of {steps} steps", x, "batch timesteps features"),
            named(f"outputs, {steps} steps", out, "batch units" if out.ndim == 2 else "batch timesteps units"),
        ]
    verdict = (
        f"{len(lengths)} samples of two lengths make {len(set(lengths))} batches, one per length: each is a full array."
    )
    return Tried(
        "for bucket in by_length: model.fit(bucket, ...)",
        verdict,
        tuple(tensors),
    )


@trial("What fit does with your samples", "run")
def what_fit_does(dims: Dims) -> Tried:
    """How fit cuts the samples into batches, once with the learner's number and once with five more."""
    figures: list[Figure] = []
    lines: list[str] = []
    steps = dims.timesteps or 7
    x = np.zeros((0, steps, dims.features), "float32")
    for samples in (dims.samples, dims.samples + dims.fit_batch_size // 2):
        x = np.zeros((samples, steps, dims.features), "float32")
        batches = fit_batches(x, dims.fit_batch_size)
        how = f"{samples:,} / {dims.fit_batch_size:,}, rounded up"
        figures.append(Figure(f"steps per epoch with {samples:,} samples", len(batches), how))
        figures.append(Figure(f"samples in the last batch of {samples:,}", batches[-1][0]))
        lines.append(
            f"{samples:,} samples: {len(batches):,} steps per epoch, each {batches[0]}, the last {batches[-1]}."
        )
    return Tried(
        f"model.fit(x, y, batch_size={dims.fit_batch_size})",
        " ".join(lines),
        (named("x", x, "samples timesteps features"),),
        tuple(figures),
    )


EXPLAINER = Explainer(
    name="stacked_lstm",
    title="Stacked LSTM",
    question="What do the three numbers in a shape like (None, 20, 1) mean?",
    dims=Dims,
    presets=PRESETS,
    inputs=INPUTS,
    build=build,
    sentence=sentence,
    journey=Journey(change="units_1"),
    fixes=fixes,
    unused=unused,
    trials=(
        forgotten,
        wrong_features,
        ragged_batch,
        other_batch,
        other_batch_stateful,
        any_length,
        bucketed,
        what_fit_does,
    ),
    heading=lambda dims: (
        f"What do the three numbers in a shape like ({dims.batch_size}, {dims.timesteps}, {dims.features}) mean?"
    ),
    label="Three axes, None and return_sequences",
    group="Basics",
    about="Each level reads the output of the level below it, one timestep at a time.",
    order=20,
)
