"""A shape counts an array along each of its axes. Data come as samples; a model reads a batch of them.

    x        (samples, timesteps, features)   all the data: one array of rank 3, for it has three axes
    x[0]     (timesteps, features)            one sample: an index takes an axis away
    x[:2]    (2, timesteps, features)         a batch of two samples: a slice keeps the axis
    Dense    (batch, timesteps, units)        a layer changes some axes and leaves the others alone

A model's Input names the axes of one sample. Keras puts the batch axis in front of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from explainers.core.axes import TIMES, Axis, Shape, plain
from explainers.core.dims import DimsBase, choice, dim, switch
from explainers.core.explainer import Explainer, Journey, Preset
from explainers.core.later import keras, layers
from explainers.core.results import BuildError, Fix, Inspection
from explainers.core.sliding import both_ends
from explainers.core.trying import built
from explainers.core.words import listed, tag

INPUTS = {"readings": "batch timesteps features", "row": "batch features"}
ROW, SEQUENCE = "row", "sequence"


@dataclass(frozen=True)
class Dims(DimsBase):
    sample: str = choice(
        SEQUENCE,
        (ROW, SEQUENCE),
        help="What one sample is. row: one reading, (features,). sequence: several of them, (timesteps, features).",
    )
    samples: int = dim(7, high=10_000, help="How many samples the data set has: the first axis of x.")
    timesteps: int | None = dim(
        5,
        high=20_000,
        allows_none=True,
        axis="timesteps",
        sets=("readings.shape[0]",),
        help="How many readings one sequence has, one after the other. None leaves it open.",
    )
    features: int = dim(
        3,
        high=20_000,
        axis="features",
        sets=("readings.shape[1]", "row.shape[0]"),
        help="How many numbers one reading has: temperature, pressure and wind are three.",
    )
    batch_size: int | None = dim(
        None,
        high=4096,
        allows_none=True,
        axis="batch",
        sets=("readings.batch_size", "row.batch_size"),
        help="How many samples go through the model together. None leaves it open: any number.",
    )
    flatten: bool = switch(False, help="True: a Flatten before the Dense lays each sample out as one row of numbers.")
    units: int = dim(
        4, high=512, axis="units", sets=("dense.units",), help="How many numbers Dense makes from each row of features."
    )


PRESETS = (
    Preset("a-table", "a table", {"sample": ROW}, "Each sample is one row: x has rank 2."),
    Preset("one-number", "one number each", {"sample": ROW, "features": 1}, "A size of 1 is still an axis."),
    Preset("flattened", "flattened", {"flatten": True}, "Flatten joins all axes but the first."),
    Preset("a-fixed-batch", "a fixed batch", {"batch_size": 2}, "With batch_size the first entry is no longer None."),
    Preset("any-length", "any length", {"timesteps": None}, "None: the length of a sequence depends on the data."),
)


def build(dims: Dims) -> keras.Model:
    """Input -> (Flatten ->) Dense, as one would write it in a notebook."""
    name = "row" if dims.sample == ROW else "readings"
    x = keras.Input(sample_shape(dims), batch_size=dims.batch_size, name=name)  # (batch, timesteps, features)
    y = x
    if dims.flatten and dims.sample == SEQUENCE:
        y = layers.Flatten(name="flatten")(y)  # (batch, timesteps × features)
    y = layers.Dense(dims.units, name="dense")(y)  # (batch, timesteps, units), or (batch, units)
    return keras.Model(x, y, name="array_shapes")


def sample_shape(dims: Dims) -> tuple[int | None, ...]:
    """What `keras.Input` gets: the axes of one sample, without the batch."""
    return (dims.features,) if dims.sample == ROW else (dims.timesteps, dims.features)


def sentence(dims: Dims, found: Inspection) -> str:
    """One sentence from what the model showed."""
    if found.error is not None:
        return f"This model can't be built: {found.error.cause}"
    entering, leaving = found.layers[0].outputs[0], found.layers[-1].outputs[0]
    axes = listed([f"{tag(axis.size, axis.axis)} {axis.axis}" for axis in entering[1:]])
    batch = entering[0].size
    first = (
        "The first entry is the **batch**: None, so any number of samples can go through together."
        if batch is None
        else f"The first entry is the **batch**: {tag(batch, 'batch')} samples at a time."
    )
    return (
        f"A shape lists how long an array is along each **axis**. One sample here has {axes}; the model reads a batch "
        f"of such samples, **{plain(entering)}**: {len(entering)} axes, so rank {len(entering)}. It returns "
        f"**{plain(leaving)}**. {first}"
    )


def fixes(dims: Dims, error: BuildError) -> tuple[Fix, ...]:
    """What makes a failing build work again."""
    if error.mistake != "unknown_axis":
        return ()
    return (
        Fix("flatten=False", {"flatten": False}, "Dense reads only the last axis: any length will do.", True),
        Fix("timesteps=5", {"timesteps": 5}, "With a fixed length Flatten knows how many numbers a sample has."),
    )


def unused(dims: Dims) -> tuple[str, ...]:
    """A row has no timesteps, and nothing to flatten."""
    return ("timesteps", "flatten") if dims.sample == ROW else ()


# -- the picture: one array, taken apart ---------------------------------------------------------------------

CELLS = 8  # of one axis that are drawn; of a longer one its two ends
MOST_NUMBERS = 500_000  # in an array that is really filled; a larger one only has its shape
OPEN = 6  # timesteps that are taken where the dims leave them open
Array = NDArray[np.float32]


@dataclass(frozen=True)
class Drawn:
    """An array as the picture draws it: its shape, which places of each axis are shown, and the numbers there."""

    shape: list[dict[str, object]]
    shown: list[list[int]]
    cells: list[float]  # the numbers of the places that are shown, row after row; [] where there are too many


@dataclass(frozen=True)
class Stop:
    """One step of the tour: a line of code, what of x it takes, and the array that NumPy or Keras gave.

    taken: the range along each axis of x, from the first axis on. rank: the number of its axes. said: what it shows.
    """

    code: str
    by: str
    taken: list[tuple[int, int]]
    result: Drawn
    said: str


def extra(dims: Dims, found: Inspection) -> dict[str, object]:
    """{"x": the data set, "stops": the tour through it}: every shape in it is that of a live array."""
    x, axes = data_set(dims, found)
    stops = [*_indexed(x, axes), *_batched(dims, x, axes, found)]
    return {"x": asdict(drawn(x, axes)), "stops": [asdict(stop) for stop in stops]}


def data_set(dims: Dims, found: Inspection) -> tuple[Array, Shape]:
    """All the data as one array, numbered from 0 on so that each can be told apart, and the names of its axes."""
    timesteps = dims.timesteps if dims.timesteps is not None else OPEN
    sample = (dims.features,) if dims.sample == ROW else (timesteps, dims.features)
    shape = (dims.samples, *sample)
    words = ("samples", "features") if dims.sample == ROW else ("samples", "timesteps", "features")
    axes = tuple(Axis(word, size, f"axis {i} of x") for i, (word, size) in enumerate(zip(words, shape, strict=True)))
    if np.prod(shape) > MOST_NUMBERS:
        return np.broadcast_to(np.float32(0), shape), axes
    return np.arange(np.prod(shape), dtype="float32").reshape(shape), axes


def drawn(array: Array, axes: Shape) -> Drawn:
    """An array with the names of its axes, and the numbers at the places that are drawn."""
    shape = tuple(axis.resized(int(n)) for axis, n in zip(axes, array.shape, strict=True))
    shown = [both_ends(int(n), CELLS) for n in array.shape]
    numbered = array.size <= MOST_NUMBERS
    cells = [round(float(n), 4) for n in array[np.ix_(*shown)].ravel()] if numbered else []
    return Drawn([{"axis": axis.axis, "size": axis.size} for axis in shape], shown, cells)


def _indexed(x: Array, axes: Shape) -> list[Stop]:
    """x, then one index more at a time, down to a single number."""
    whole = listed([f"{n:,} {axis.axis}" for n, axis in zip(x.shape, axes, strict=True)])
    stops = [
        Stop("x", "NumPy", [], drawn(x, axes),
             f"All the data are in one array: {whole}, {x.size:,} numbers in all. It has {x.ndim} axes, so its rank "
             f"is {x.ndim}.")
    ]  # fmt: skip
    told = ("one sample", "one reading", "one number") if x.ndim == 3 else ("one sample", "one number")
    for depth in range(1, x.ndim + 1):
        part = x[(0,) * depth]
        left = f"{part.ndim} {'axis is' if part.ndim == 1 else 'axes are'} left" if part.ndim else "no axis is left"
        stops.append(
            Stop(f"x[{', '.join('0' * depth)}]", "NumPy", [(0, 1)] * depth, drawn(part, axes[depth:]),
                 f"An index picks {told[depth - 1]} and removes the {axes[depth - 1].axis} axis: {left}.")
        )  # fmt: skip
    return stops


def _batched(dims: Dims, x: Array, axes: Shape, found: Inspection) -> list[Stop]:
    """Slices keep the axis; what the model makes of a batch."""
    taken = x[: dims.batch_size or 2]
    batch = len(taken)  # of fewer samples than a batch, all
    stops = [
        Stop("x[:1]", "NumPy", [(0, 1)], drawn(x[:1], axes),
             "A slice keeps the axis, here with size 1: this is a batch of one sample, and a model can read it."),
    ]  # fmt: skip
    if batch > 1:
        stops.append(
            Stop(f"x[:{batch}]", "NumPy", [(0, batch)], drawn(taken, axes),
                 f"A batch: {batch:,} samples that go through the model together. The other axes don't change.")
        )  # fmt: skip
    made = _through(dims, taken, found)
    return stops if made is None else [*stops, *_by_keras(dims, batch, taken, axes, made)]


def _through(dims: Dims, taken: Array, found: Inspection) -> Sequence[Array] | None:
    """What each layer of the live model makes of a batch; None where it can't be built, or would take long."""
    if found.error is not None or max(taken.size, found.total_params) > MOST_NUMBERS:
        return None
    model = built(lambda: build(dims.but(batch_size=None)), INPUTS)
    tap = keras.Model(model.input, [layer.output for layer in model.layers[1:]], name="tap")
    made = tap(taken, training=False)
    return [np.asarray(tensor) for tensor in (made if isinstance(made, list) else [made])]


def _by_keras(dims: Dims, batch: int, taken: Array, axes: Shape, made: Sequence[Array]) -> list[Stop]:
    part, taking, stops = f"x[:{batch}]", [(0, batch)], []
    if len(made) > 1:
        joined = Axis(TIMES.join(axis.axis for axis in axes[1:]), 0, "Flatten")
        each = " × ".join(f"{n:,}" for n in taken.shape[1:])
        stops.append(
            Stop(f"Flatten()({part})", "Keras", taking, drawn(made[0], (axes[0], joined)),
                 f"Flatten joins all axes but the first: {each} = {made[0].shape[-1]:,}. No number is lost.")
        )  # fmt: skip
    left = (axes[0], Axis("units", 0, "Dense")) if made[-1].ndim == 2 else (*axes[:-1], Axis("units", 0, "Dense"))
    name = "flatten" if len(made) > 1 else part
    stops.append(
        Stop(f"Dense({dims.units})({name})", "Keras", taking, drawn(made[-1], left),
             f"Dense replaces the last axis with its {dims.units:,} units and leaves every other axis alone.")
    )  # fmt: skip
    return stops


EXPLAINER = Explainer(
    name="array_shapes",
    title="Arrays",
    question="What is a shape?",
    dims=Dims,
    presets=PRESETS,
    inputs=INPUTS,
    build=build,
    sentence=sentence,
    journey=Journey(change="units", steps="array"),
    fixes=fixes,
    extra=extra,
    extra_later=True,
    unused=unused,
    label="What is a shape?",
    group="Basics",
    about="Array, axis, rank, sample, batch: five words, and each number in a shape has a meaning.",
    picture="array",
    order=5,
)
