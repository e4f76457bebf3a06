"""A recurrent cell of your own that returns two things at every timestep, and sees the same latent vector at every one.

    mixed = [h, latent] · mix_kernel + mix_bias      (batch, units + latent) -> (batch, units)
    h     = GRU step from x_t and mixed              (batch, units)         -> sequences, and the state
    extra = h · extra_kernel + extra_bias            (batch, extra_units)   -> extra

`RNN` of today's Keras gives its cell one tensor and takes one back. So the latent vector is copied behind the features
of every timestep, the extra output stands behind the units, and both are cut apart again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from explainers.core.asked import shape_told
from explainers.core.axes import plain
from explainers.core.bounds import bounded
from explainers.core.dims import DimsBase, dim
from explainers.core.explainer import Asked, Explainer, Journey, Preset
from explainers.core.finding import SEVERAL_OUTPUTS
from explainers.core.later import keras, layers
from explainers.core.recording import largest_gap
from explainers.core.results import Call, Figure, Inspection, Tensor
from explainers.core.signs import Level, Recognised, Seen, known
from explainers.core.then import agreement
from explainers.core.trial import Tried, trial
from explainers.core.trying import built, like, try_build
from explainers.core.waves import waves
from explainers.core.words import tag

INPUTS = {"sequence": "batch timesteps features", "latent": "batch latent"}


@dataclass(frozen=True)
class Dims(DimsBase):
    batch_size: int | None = dim(
        None,
        high=512,
        allows_none=True,
        axis="batch",
        sets=("sequence.batch_size", "latent.batch_size"),
        help="How many sequences go through together. None leaves it open: any number.",
    )
    timesteps: int | None = dim(
        4,
        high=200,
        allows_none=True,
        axis="timesteps",
        sets=("sequence.shape[0]",),
        help="How often the cell is called. None leaves it open.",
    )
    features: int = dim(
        6, high=256, axis="features", sets=("sequence.shape[1]",), help="How many numbers one timestep has."
    )
    latent: int = dim(
        2,
        low=0,
        high=256,
        axis="latent",
        sets=("latent.shape[0]",),
        help="The length of the vector that every call of the cell sees. 0: no such vector.",
    )
    units: int = dim(3, high=256, axis="units", sets=("rnn.units",), help="The width of the state and of the output.")
    extra_units: int = dim(
        5, high=256, axis="extra_units", sets=("rnn.extra_units",), help="The width of the second output."
    )


PRESETS = (
    Preset(
        "3-steps",
        "3 steps",
        {"batch_size": 4, "timesteps": 3, "features": 12, "latent": 8, "units": 10, "extra_units": 15},
        "Two outputs at every timestep, one latent vector at every call.",
    ),
    Preset(
        "6-steps-no-latent",
        "6 steps, no latent",
        {"batch_size": 4, "timesteps": 6, "features": 8, "latent": 0, "units": 10, "extra_units": 5},
        "The second output alone.",
    ),
    Preset("any-length", "any length", {"timesteps": None}, "None timesteps: the copies follow the sequence."),
)


def build(dims: Dims) -> keras.Model:
    """Inputs, packed side by side -> RNN(MultiOutputCell) -> cut apart."""
    from explainers.layers.multi_output import MultiOutputCell, RepeatAlong, Split

    size = dims.batch_size
    sequence = keras.Input(
        (dims.timesteps, dims.features), batch_size=size, name="sequence"
    )  # (batch, timesteps, features)
    inputs, packed = sequence, sequence
    if dims.latent:
        latent = keras.Input((dims.latent,), batch_size=size, name="latent")  # (batch, latent)
        copies = RepeatAlong(name="latent_every_step")([latent, sequence])  # (batch, timesteps, latent)
        packed = layers.Concatenate(name="packed")([sequence, copies])  # (batch, timesteps, features + latent)
        inputs = [sequence, latent]
    cell = MultiOutputCell(dims.units, dims.extra_units, latent=dims.latent, name="cell")
    rnn = layers.RNN(cell, return_sequences=True, return_state=True, name="rnn")
    both, state = rnn(packed)  # (batch, timesteps, units + extra_units) and (batch, units)
    lengths = (dims.units, dims.extra_units)
    sequences, extra = Split(lengths, name="split")(both)  # (batch, timesteps, units) and (…, extra_units)
    return keras.Model(inputs, [sequences, extra, state], name="multi_output")


def sentence(dims: Dims, found: Inspection) -> str:
    """One sentence from what the model showed."""
    if found.error is not None:
        return f"This model can't be built: {found.error.cause}"
    rnn = found.layer("rnn")
    both, state = rnn.outputs
    sequences, extra = found.layer("split").outputs
    sees = f": each time with the same {tag(dims.latent, 'latent')} latent numbers" if dims.latent else ""
    return (
        f"The cell returns units and extra_units side by side, so the RNN returns {shape_told(both)}. Split it: "
        f"sequences {shape_told(sequences)}, extra {shape_told(extra)}. The last state is {shape_told(state)}. The "
        f"cell is called once per timestep, {tag(dims.timesteps, 'timesteps')} times{sees}, always with the same "
        f"**{rnn.params:,}** parameters."
    )


# -- packing and splitting -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Piece:
    """A run of columns of a packed axis: what it is, how long, its first values in the first sequence."""

    name: str
    axis: str
    start: int
    length: int
    values: tuple[float | str, ...]


@dataclass(frozen=True)
class Packing:
    """One call of the cell: the pieces that go in side by side, the state, and the pieces that come out."""

    timestep: int
    entering: tuple[Piece, ...]
    state: Piece
    leaving: tuple[Piece, ...]


def extra(dims: Dims, found: Inspection) -> dict[str, object]:
    """Every call with its pieces, from the recording, and whether the latent vector really was the same at each."""
    calls = [call for call in found.run.calls if not call.probe] if found.run else []
    packings = tuple(_packing(call) for call in calls)
    seen = {packing.entering[-1].values for packing in packings} if dims.latent else set()
    return {
        "packings": packings,
        "latent_at_every_call": len(seen) == 1,
        "largest_difference": found.run.largest_difference if found.run else None,
    }


def _packing(call: Call) -> Packing:
    inputs = call.inputs[1:] or call.inputs  # behind the packed tensor stand its pieces
    return Packing(
        timestep=call.timestep,
        entering=_pieces(inputs),
        state=_pieces(call.states)[0],
        leaving=_pieces(call.outputs[1:]),
    )


def _pieces(tensors: tuple[Tensor, ...]) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    start = 0
    for tensor in tensors:
        length = tensor.shape[-1].size or 0
        pieces.append(Piece(tensor.name, tensor.shape[-1].axis, start, length, tensor.values[0]))
        start += length
    return tuple(pieces)


# -- tried for real ------------------------------------------------------------------------------------------


def _small(dims: Dims) -> Dims:
    """The same cell for any batch, at most 8 timesteps: what the demonstrations run on."""
    return bounded(dims.but(batch_size=None, timesteps=dims.timesteps or 5), timesteps=8)


def _data(dims: Dims, batch: int = 4) -> list[Any]:

    sequence = waves((batch, dims.timesteps or 5, dims.features))
    return [sequence, waves((batch, dims.latent))] if dims.latent else [sequence]


@trial("A list output_size in today's Keras", "loud", says="output_size must be an integer.")
def list_output_now(dims: Dims) -> Tried:
    """A list output_size, as older code declared it: today's RNN refuses."""
    from explainers.layers.multi_output import ListOutputCell

    def older() -> Any:
        sequence = keras.Input((dims.timesteps, dims.features), name="sequence")  # (batch, timesteps, features)
        cell = ListOutputCell(dims.units, dims.extra_units, name="cell")
        return keras.Model(sequence, layers.RNN(cell, name="rnn")(sequence), name="older")

    verdict = (
        f"output_size = [{dims.units}, {dims.extra_units}] meant two outputs in Keras 2. Today's RNN takes one "
        f"number: pack them, output_size = {dims.units} + {dims.extra_units} = {dims.units + dims.extra_units}, and "
        "split after the RNN."
    )
    error = try_build(older, INPUTS).error
    code = f"self.output_size = [{dims.units}, {dims.extra_units}]\nlayers.RNN(cell)(sequence)"
    return Tried(code, verdict, (), error=error)


@trial("constants= in today's Keras", "loud", says="got an unexpected keyword argument 'constants'")
def constants_now(dims: Dims) -> Tried:
    """constants=, as older code wrote it: today's RNN doesn't know the word."""
    from explainers.layers.multi_output import MultiOutputCell

    wide = dims.latent or 2

    def older() -> Any:
        sequence = keras.Input((dims.timesteps, dims.features), name="sequence")  # (batch, timesteps, features)
        latent = keras.Input((wide,), name="latent")  # (batch, latent)
        rnn = layers.RNN(MultiOutputCell(dims.units, dims.extra_units, name="cell"), name="rnn")
        return keras.Model([sequence, latent], rnn(sequence, constants=[latent]), name="older")

    verdict = (
        "Today's RNN takes no constants. The latent vector travels with the inputs: copied to every timestep and "
        f"joined to the features, {dims.features} + {wide} = {dims.features + wide} columns; the cell splits off the "
        f"last {wide}."
    )
    error = try_build(older, INPUTS).error
    code = "layers.RNN(cell)(sequence, constants=[latent])"
    return Tried(code, verdict, (), error=error)


@trial("Then and now: output_size, constants=", "run")
def then_and_now(dims: Dims) -> Tried:
    """The list and the constants in Keras 2, with the weights of today's packed model."""
    from explainers.then import multi_output as then

    small = _small(dims)
    data = _data(small)
    now = built(lambda: build(small), INPUTS)
    older = then.model(small.timesteps, small.features, small.latent, small.units, small.extra_units)
    older.set_weights(now.get_weights())
    today, formerly = (
        [np.asarray(y) for y in model.predict(data if len(data) > 1 else data[0], verbose=0)] for model in (now, older)
    )
    found = try_build(lambda: build(small), INPUTS)
    shapes = (*found.layer("split").outputs, found.layer("rnn").outputs[1])
    gaps = [largest_gap(one, other) for one, other in zip(today, formerly, strict=True)]
    words = ("sequences", "extra", "last state")
    how = "a list output_size and constants= work directly" if dims.latent else "a list output_size works directly"
    verdict = (
        f"In Keras 2 {how}. With the same {older.count_params():,} weights all three outputs {agreement(max(gaps))}. "
        "What changed is only how the tensors travel: packed and split today, as a structure in Keras 2."
    )
    return Tried(
        f"self.output_size = [{dims.units}, {dims.extra_units}]\ntf_keras.layers.RNN(cell)(sequence, "
        "constants=[latent])",
        verdict,
        tuple(
            like(f"{word} {when}", array, shape)
            for word, shape, pair in zip(words, shapes, zip(formerly, today, strict=True), strict=True)
            for when, array in zip(("in Keras 2", "today, packed"), pair, strict=True)
        ),
        (
            Figure("weights in Keras 2", older.count_params()),
            Figure("weights today", now.count_params()),
            *(Figure(f"largest difference in {word}", gap) for word, gap in zip(words, gaps, strict=True)),
        ),
    )


@trial("Forget to split the two outputs", "silent")
def no_split(dims: Dims) -> Tried:
    """Forget the split: one tensor that holds two things goes on as if it were one, and even trains."""

    small = _small(dims)
    both = try_build(lambda: build(small), INPUTS).layer("rnn").outputs[0]
    wide = both[-1].size
    whole, data = built(lambda: build(small), INPUTS), _data(small)
    mixed = keras.layers.Dense(1, name="dense")(whole.get_layer("rnn").output[0])  # (batch, timesteps, 1)
    model = keras.Model(whole.input, mixed, name="mixed")
    model.compile(loss="mse")
    target = np.zeros((*data[0].shape[:2], 1), "float32")
    loss = model.fit(data if len(data) > 1 else data[0], target, epochs=1, verbose=0).history["loss"][0]
    verdict = (
        f"Without the split the RNN gives {plain(both)}: one tensor whose last axis is {both[-1].axis}, "
        f"{dims.units} + {dims.extra_units} = {wide}. Keras sees one width of {wide}: a Dense after it mixes both, "
        f"and fit trains it (loss {loss:.3g}). No error says so."
    )
    code = "both, state = rnn(packed)\nlayers.Dense(1)(both)"
    return Tried(
        code,
        verdict,
        (Tensor("both outputs, packed", both),),
        (
            Figure("columns of the packed output", wide or 0, f"{dims.units} + {dims.extra_units}"),
            Figure("loss after one epoch on the mixture", float(loss)),
        ),
    )


def _several_outputs(seen: Seen) -> Recognised | None:
    """A cell with more than one output, or one that wants constants."""
    sizes = seen.finding.shape("sizes")
    if sizes is not None:
        return known(**dict(zip(("units", "extra_units"), sizes, strict=False)))
    if "constants" in str(seen.finding.values.get("argument", "")) or (
        seen.finding.class_name == "RNN" and seen.main() is None
    ):
        return {}
    return None


def _states_alone(seen: Seen) -> Recognised | None:
    """States that don't fit, of a layer that the text doesn't show."""
    state = seen.finding.mistake == "initial_state" and seen.finding.class_name is None
    return {} if state and seen.main() is None else None


EXPLAINER = Explainer(
    name="multi_output_cell",
    title="Cell with two outputs",
    question="How can my RNN cell return more than one thing per timestep?",
    dims=Dims,
    presets=PRESETS,
    inputs=INPUTS,
    build=build,
    sentence=sentence,
    journey=Journey(change="units"),
    trials=(list_output_now, constants_now, then_and_now, no_split),
    extra=extra,
    extra_reads_run=True,
    extra_later=True,
    signs={
        Level.PATTERN: lambda seen: seen.pattern(SEVERAL_OUTPUTS),
        Level.STRUCTURE: _several_outputs,
        Level.LAYER: _states_alone,
    },
    asked=(
        Asked("output_size must be an integer", {}, "break-it", trial="list_output_now"),
        Asked("How do I pass constants to an RNN cell in Keras 3?", {}, "break-it", trial="constants_now"),
        Asked("How do I feed the same latent vector at every timestep?", {}, "calls"),
        Asked("Can a custom RNN cell have two outputs?", {}, "packing"),
    ),
    label="Two outputs per timestep",
    about="A cell may compute anything at a timestep. Today it must return a single tensor, which is split afterwards.",
    picture="multi_output_cell",
    order=80,
    always_builds=True,
)
