"""A `SimpleRNN` calls one small cell once per timestep, and hands it its own output.

    h[t] = tanh(x[t] @ kernel + h[t-1] @ recurrent_kernel + bias)

    x[t]   (batch, features)      kernel             (features, units)
    h[t]   (batch, units)         recurrent_kernel   (units, units)      bias   (units,)

The same weights serve every timestep, so no count has `timesteps` in it. `units` is the width of h: it is
chosen freely, and it is what stands last in the output shape.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from explainers.core import then
from explainers.core.asked import count_of, shapes_of
from explainers.core.axes import Shape, plain
from explainers.core.dims import DimsBase, Value, choice, dim, real, switch
from explainers.core.explainer import Asked, Explainer, Journey, Preset
from explainers.core.later import keras, layers
from explainers.core.results import BuildError, Figure, Fix, Inspection, Tensor
from explainers.core.signs import Level, Recognised, Seen, levels, sequence, units_of
from explainers.core.trial import Tried, trial
from explainers.core.trying import built, fit_batches, like, named, try_build, try_feed
from explainers.core.waves import waves
from explainers.core.words import spoken_by_keras, tag

INPUTS = {"sequence": "batch timesteps features"}


@dataclass(frozen=True)
class Dims(DimsBase):
    batch_size: int | None = dim(
        None,
        high=4096,
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
        help="How many readings one sequence has: how often the cell is called. None leaves it open.",
    )
    features: int = dim(
        3, high=512, axis="features", sets=("sequence.shape[1]",), help="How many numbers one reading has."
    )
    units: int = dim(
        4,
        high=2000,
        axis="units",
        sets=("rnn.units",),
        help="How many numbers the cell remembers: the width of its output.",
    )
    return_sequences: bool = switch(
        False, sets=("rnn.return_sequences",), help="True: an output at every timestep. False: only the last one."
    )
    stateful: bool = switch(
        False,
        advanced=True,
        sets=("rnn.stateful",),
        help="True: the state after one batch is the start of the next. Needs a fixed batch_size.",
    )
    activation: str = choice(
        "tanh", ("tanh", "relu", "sigmoid", "linear"), advanced=True, help="The function applied to the cell's sum."
    )
    dense_units: int = dim(
        1, high=64, advanced=True, axis="units", sets=("dense.units",), help="Numbers in the prediction."
    )
    samples: int = dim(
        50, high=20_000, advanced=True, help="How many sequences your data set has, for what fit does with them."
    )
    validation_split: float = real(
        0.2, low=0.0, high=0.9, advanced=True, help="The share of samples that fit keeps for validation."
    )


PRESETS = (
    Preset(
        "64-readings-64-units",
        "64 readings, 64 units",
        {"batch_size": 1000, "timesteps": 64, "features": 1, "units": 64, "samples": 10_000},
        "Two different 64s in one model: which one is in the summary?",
    ),
    Preset(
        "64-readings-2000-units",
        "64 readings, 2000 units",
        {"batch_size": 1000, "timesteps": 64, "features": 1, "units": 2000, "samples": 10_000},
        "Must units equal the number of features? No; but the count grows with the square of units.",
    ),
    Preset("any-length", "any length", {"timesteps": None}, "None timesteps: the same weights read any length."),
    Preset(
        "every-answer", "every output", {"return_sequences": True}, "return_sequences=True keeps the timesteps axis."
    ),
)


def build(dims: Dims) -> keras.Model:
    """Input -> SimpleRNN -> Dense, as one would write it in a notebook."""
    shape = (dims.timesteps, dims.features)
    sequence = keras.Input(shape, batch_size=dims.batch_size, name="sequence")  # (batch, timesteps, features)
    rnn = layers.SimpleRNN(
        dims.units,
        activation=dims.activation,
        return_sequences=dims.return_sequences,
        stateful=dims.stateful,
        name="rnn",
    )
    output = rnn(sequence)  # (batch, units), or (batch, timesteps, units)
    output = layers.Dense(dims.dense_units, name="dense")(output)  # (..., dense_units)
    return keras.Model(sequence, output, name="simple_rnn")


def sentence(dims: Dims, found: Inspection) -> str:
    """One sentence from what the model showed."""
    if found.error is not None:
        return f"This model can't be built: {found.error.cause}"
    rnn = found.layer("rnn")
    batch, *_, last = rnn.outputs[0]
    units = last.size
    many = "any number of sequences" if batch.size is None else f"{tag(batch.size, 'batch')} sequences"
    kept = "one output per timestep" if dims.return_sequences else "one output per sequence"
    clash = (
        f" The {dims.timesteps} timesteps and the {dims.units} units are two different numbers that happen to be equal."
        if dims.timesteps == dims.units
        else ""
    )
    return (
        f"The {tag(units, 'units')} at the end of the SimpleRNN's shape is **units**, the width of its state: "
        f"{kept}, {tag(units, 'units')} numbers wide, from **{rnn.params:,}** parameters. "
        f"It is neither the {tag(dims.timesteps, 'timesteps')} timesteps nor the {tag(dims.features, 'features')} "
        f"features.{clash} The first entry is the **batch**: {many} at a time."
    )


def fixes(dims: Dims, error: BuildError) -> tuple[Fix, ...]:
    """What makes a failing build work again."""
    if dims.stateful and dims.batch_size is None:
        return (
            Fix(
                "batch_size=8", {"batch_size": 8}, "A stateful layer keeps one state row per sample.", recommended=True
            ),
            Fix("stateful=False", {"stateful": False}, "Without memory between batches, any batch size will do."),
        )
    return ()


# -- tried for real ------------------------------------------------------------------------------------------


@trial(
    "Feed a table: no features axis",
    "loud",
    says="Expected shape (None, 6, 3), but input has incompatible shape (5, 6)",
)
def without_features_axis(dims: Dims) -> Tried:
    """Feed (batch, timesteps): a row of numbers, not yet a sequence."""
    model = built(lambda: build(dims.but(stateful=False, batch_size=None)), INPUTS)
    steps = dims.timesteps or 7
    x = waves((5, steps))
    out, error = try_feed(model, x, _input_shape(dims))
    code, fed = f"x = np.zeros({x.shape})\nmodel.predict(x)", named("x", x, "batch timesteps")
    if out is None:
        verdict = "Each row has timesteps but no features axis. Add it: x[..., None] makes (5, steps, 1)."
        return Tried(code, verdict, (fed,), error=error)
    verdict = (
        f"Keras adds the missing axis itself because one feature is expected: {x.shape} is read as {(*x.shape, 1)}. "
        "It works, but only for features=1; write x[..., None] to say what you mean."
    )
    return Tried(code, verdict, (fed, like("y", out, _output_shape(dims))), kind="silent")


@trial("Feed one feature too many", "loud", says="expected shape=(None, 6, 3), found shape=(5, 6, 4)")
def wrong_features(dims: Dims) -> Tried:
    """Feed one feature too many."""
    model = built(lambda: build(dims.but(stateful=False, batch_size=None)), INPUTS)
    x = waves((5, dims.timesteps or 7, dims.features + 1))
    _, error = try_feed(model, x, _input_shape(dims))
    verdict = (
        f"The kernel has {dims.features} rows, one per feature. Data with "
        f"{dims.features + 1} features don't fit, however many samples or timesteps there are."
    )
    return Tried(
        f"x = np.zeros({x.shape})\nmodel.predict(x)",
        verdict,
        (named("x", x, "batch timesteps features"),),
        error=error,
        fixes=(Fix(f"features={dims.features + 1}", {"features": dims.features + 1}),),
    )


@trial("Must units equal the number of features?", "run")
def other_units(dims: Dims) -> Tried:
    """Twice the units on the same data: it fits, and the recurrent kernel has four times the numbers."""
    few = dims.units if 2 * dims.units <= 2000 else dims.units // 2
    chosen = {units: dims.but(units=units, stateful=False) for units in (few, 2 * few)}
    found = {units: try_build(partial(build, those), INPUTS).layers[1] for units, those in chosen.items()}
    recurrent = {units: layer.weights[1] for units, layer in found.items()}
    verdict = (
        f"No: data with {_features(dims)} fit {few:,} units, {plain(found[few].outputs[0])}, and {2 * few:,} units, "
        f"{plain(found[2 * few].outputs[0])}. units is chosen freely; only the cost grows, as units²: twice "
        f"the units have {recurrent[2 * few].count / recurrent[few].count:g} times the numbers in recurrent_kernel."
    )
    return Tried(
        f"layers.SimpleRNN({few})\nlayers.SimpleRNN({2 * few})",
        verdict,
        tuple(Tensor(f"output of {units:,} units", layer.outputs[0]) for units, layer in found.items()),
        tuple(
            Figure(f"{what} of {units:,} units", count, how)
            for units, layer in found.items()
            for what, count, how in (
                ("parameters", layer.params, " + ".join(weight.numbers for weight in layer.weights)),
                ("numbers in recurrent_kernel", recurrent[units].count, recurrent[units].numbers),
            )
        ),
    )


def _features(dims: Dims) -> str:
    return f"{dims.features:,} features"


@trial("Declare a batch, feed half of it", "run")
def half_batch(dims: Dims) -> Tried:
    """Declare a batch, feed half of it: what today's Keras does."""
    batch = dims.batch_size or 8
    fed = max(1, batch // 2)
    model = built(lambda: build(dims.but(batch_size=batch, stateful=False)), INPUTS)
    x = waves((fed, dims.timesteps or 7, dims.features))
    out, error = try_feed(model, x, _input_shape(dims), batch_size=batch)
    tensors: tuple[Tensor, ...] = (named("x", x, "batch timesteps features"),)
    if out is not None:
        tensors = (*tensors, like("y", out, _output_shape(dims)))
    verdict = (
        f"batch_size={batch} was declared, and the batch had {fed} samples: today's Keras accepts it and returns {fed}."
        if error is None
        else f"batch_size={batch} was declared; Keras refuses {fed} samples."
    )
    return Tried(
        f"Input(..., batch_size={batch})\nmodel.predict(np.zeros({x.shape}))",
        verdict,
        tensors,
        error=error,
    )


@trial("A stateful layer and an incomplete batch", "loud", says="- Expected batch size: 8\n- Received batch size: 4")
def half_batch_stateful(dims: Dims) -> Tried:
    """The same with a stateful layer: it keeps one row of state per sample, so the batch must fit."""
    batch = max(2, dims.batch_size or 8)
    fed = batch // 2
    model = built(lambda: build(dims.but(batch_size=batch, stateful=True)), INPUTS)
    x = waves((fed, dims.timesteps or 7, dims.features))
    _, error = try_feed(model, x, _input_shape(dims.but(batch_size=batch)), batch_size=fed)
    verdict = f"The layer keeps {batch} rows of state. {fed} samples would leave {batch - fed} rows without a partner."
    return Tried(
        f"SimpleRNN({dims.units}, stateful=True)\nmodel.predict(np.zeros({x.shape}))",
        verdict,
        (named("x", x, "batch timesteps features"),),
        error=error,
        fixes=(Fix("stateful=False", {"stateful": False}),),
    )


@trial("The same in Keras 2", "run")
def half_batch_then(dims: Dims) -> Tried:
    """The same in Keras 2 (tf_keras), which has its own output."""
    batch = max(2, dims.batch_size or 8)
    fed = batch // 2
    x = waves((fed, dims.timesteps or 7, dims.features))
    out, message = then.predict_sequential(
        [
            ("SimpleRNN", {"units": dims.units, "return_sequences": dims.return_sequences}),
            ("Dense", {"units": dims.dense_units}),
        ],
        (batch, dims.timesteps, dims.features),
        x,
        batch_size=batch,
    )
    if out is None:
        error = BuildError("ValueError", message, None, "stateful_batch", "Keras 2 checked the declared batch.")
        verdict = f"Keras 2 refuses {fed} samples where {batch} were declared; today's Keras accepts them."
        return Tried(
            "tf_keras.Sequential([...])",
            verdict,
            (named("x", x, "batch timesteps features"),),
            error=error,
        )
    verdict = f"Keras 2 accepts it too: {out.shape} for the {fed} samples that were fed."
    return Tried(
        "tf_keras.Sequential([...])",
        verdict,
        (named("x", x, "batch timesteps features"), like("y", out, _output_shape(dims))),
    )


def _nothing_to_split(dims: Dims, code: str, tensors: tuple[Tensor, ...], error: ValueError) -> Tried:
    """So few samples that none is left to train on: Keras refuses."""
    share = f"{1 - dims.validation_split:g}"
    verdict = (
        f"fit trains on the first {share} of the samples, rounded down: of {dims.samples:,} that is none. "
        "Give it more samples, or set validation_split=0."
    )
    return Tried(code, verdict, tensors, error=BuildError("ValueError", spoken_by_keras(error), None, None, verdict))


@trial("What fit does with your data", "run")
def what_fit_does(dims: Dims) -> Tried:
    """A table of readings becomes (samples, timesteps, features); fit cuts it into batches."""
    steps = dims.timesteps or 7
    table = np.zeros((dims.samples, steps * dims.features), "float32")
    x = table.reshape(dims.samples, steps, dims.features)  # (samples, timesteps, features)
    code = (
        f"x = table.reshape({x.shape})\n"
        f"model.fit(x, y, batch_size={dims.batch_size}, validation_split={dims.validation_split})"
    )
    tensors = (named("table", table, "samples readings"), named("x", x, "samples timesteps features"))
    try:
        batches = fit_batches(x, dims.batch_size, dims.validation_split)
    except ValueError as error:
        return _nothing_to_split(dims, code, tensors, error)
    trained = sum(batch[0] for batch in batches)
    size = batches[0][0]
    verdict = (
        f"A data set of {table.shape} becomes {x.shape}. fit keeps {dims.samples - trained:,} samples for validation "
        f"and cuts the other {trained:,} into {len(batches):,} batches: {len(batches):,} steps per epoch, the last "
        f"one {batches[-1]}."
    )
    return Tried(
        code,
        verdict,
        tensors,
        (
            Figure("training samples", trained, f"{dims.samples:,} × {1 - dims.validation_split:g}"),
            Figure("steps per epoch", len(batches), f"{trained:,} / {size:,}, rounded up"),
            Figure("samples in the last batch", batches[-1][0]),
        ),
    )


def _input_shape(dims: Dims) -> Shape:

    return try_build(lambda: build(dims.but(stateful=False)), INPUTS).layers[0].outputs[0]


def _output_shape(dims: Dims) -> Shape:

    return try_build(lambda: build(dims.but(stateful=False)), INPUTS).layers[-1].outputs[0]


def _alone(seen: Seen) -> Recognised | None:
    """One SimpleRNN, and no recurrent layer beside it."""
    main, spec = seen.main(), seen.finding.spec
    if main is None or spec is None or main[0].class_name != "SimpleRNN" or len(levels(spec)) != 1:
        return None
    return {**sequence(main[1]), **units_of(main[0], "units")}


def heading(dims: Dims) -> str:
    """What is asked, about the shape that is in the summary now."""
    kept = (dims.batch_size, dims.timesteps, dims.units) if dims.return_sequences else (dims.batch_size, dims.units)
    return f"What is the ({', '.join(str(size) for size in kept)}) in my summary?"


def of_count(count: int) -> Iterator[dict[str, Value]]:
    """Dims at which the SimpleRNN has so many parameters: units × (features + units + 1) of them."""
    fits = [(count // units - units - 1, units) for units in range(1, 2001) if count % units == 0]
    return ({"features": features, "units": units} for features, units in sorted(fits) if 1 <= features <= 512)


def _calls_told(dims: Dims, found: Inspection) -> str:
    """How many calls there really were."""
    assert found.run is not None
    probes = sum(call.probe for call in found.run.calls)
    steps = len({call.timestep for call in found.run.calls if not call.probe})
    return (
        f"The cell is called once per timestep: {found.run.calls_made} calls for {tag(steps, 'timesteps')} timesteps, "
        f"of which {probes} {'is a probe' if probes == 1 else 'are probes'} to learn the output's dtype."
    )


EXPLAINER = Explainer(
    name="simple_rnn",
    title="SimpleRNN",
    question="What is the (1000, 64) in my summary?",
    dims=Dims,
    presets=PRESETS,
    inputs=INPUTS,
    build=build,
    sentence=sentence,
    journey=Journey(change="units"),
    fixes=fixes,
    trials=(
        without_features_axis,
        wrong_features,
        other_units,
        half_batch,
        half_batch_stateful,
        half_batch_then,
        what_fit_does,
    ),
    signs={Level.STRUCTURE: _alone},
    asked=(
        Asked("Must units equal the number of features?", {"units": 7, "features": 2}, "parameters", shapes_of("rnn")),
        Asked(
            "Why does my SimpleRNN have 4,224 parameters?",
            {"timesteps": 64, "features": 1, "units": 64},
            "parameters",
            count_of("rnn"),
        ),
        Asked("What does units mean in Keras?", {}, "", shapes_of("rnn"), ("units=", "hidden size", "num_units")),
        Asked(
            "Does the number of timesteps change the number of parameters?",
            {"timesteps": None},
            "concrete",
            count_of("rnn"),
            ("longer sequence", "sequence length"),
        ),
        Asked("What is the output shape of a SimpleRNN?", {}, "", shapes_of("rnn")),
        Asked("How often is the cell called?", {}, "calls", _calls_told, ("probe", "cell call", "step through")),
        Asked(
            "What does stateful=True do?",
            {"stateful": True, "batch_size": 5},
            "break-it",
            None,
            ("reset_states",),
            trial="half_batch_stateful",
        ),
    ),
    heading=heading,
    label="Units and parameters",
    group="Basics",
    of_count=of_count,
    about="A SimpleRNN reads a sequence one timestep at a time and keeps a state of `units` numbers.",
    order=10,
)
