"""Misconceptions about reading a shape: whose axis is which, what None is, what reshape does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from explainers.core.axes import plain
from explainers.core.dims import DimsBase, choice, dim
from explainers.core.results import Inspection
from explainers.core.trial import Tried, first, trial
from explainers.core.words import tag
from explainers.practice.misconceptions import fields
from explainers.practice.misconceptions.live import (
    Array,
    alive,
    built,
    chain,
    count_truth,
    fed,
    layers,
    model_of,
    named,
    np,
    out,
    predicted,
    seen,
    shape_truth,
    sum_of,
    waves,
)
from explainers.practice.misconceptions.misconception import Ask, Misconception, Truth, distinct

if TYPE_CHECKING:
    from explainers.core.inspection import Inspected

# -- 8 ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Whole(DimsBase):
    samples: int = fields.samples(32)
    timesteps: int = fields.timesteps(10)
    features: int = fields.features(3)
    units: int = fields.units(4)


def _lstm_on(shape: tuple[int | None, ...], units: int) -> Inspected:
    return alive(lambda: chain(shape, layers.LSTM(units, name="lstm")))  # (batch, units)


def _whole(dims: Whole) -> tuple[int, int, int]:
    return (dims.samples, dims.timesteps, dims.features)


@trial(
    "The shape of the whole array", "loud", says="expected ndim=3, found ndim=4. Full shape received: (None, 32, 10, 3)"
)
def whole_array(dims: Whole) -> Tried:
    """Write the samples into the shape."""
    told = f"The {tag(dims.samples, 'batch')} samples ended up inside one sample, and Keras put a None in front."
    return built(_lstm_on(_whole(dims), dims.units).inspection, told)


@trial("The shape of one sample", "run")
def one_sample(dims: Whole) -> Tried:
    """Leave them out."""
    found = _lstm_on(_whole(dims)[1:], dims.units).inspection
    return built(found, "You don't write the batch: Keras puts it in front.")


@trial("Feed the whole array", "run")
def feed_all(dims: Whole) -> Tried:
    """All samples go in."""
    x = waves(_whole(dims))
    told = (
        f"All {tag(dims.samples, 'batch')} samples go through, although the number {dims.samples} appears nowhere in "
        "the model."
    )
    return fed(_lstm_on(x.shape[1:], dims.units), x, "samples timesteps features", told)


def _whole_verdict(dims: Whole, tried: tuple[Tried, ...]) -> str:
    shape = _whole(dims)[1:]
    given = plain(_lstm_on(shape, dims.units).inspection.layers[0].outputs[0])
    return f"Input({shape}) is {given}: Keras adds the batch axis itself, and leaves it open."


def _whole_truth(dims: Whole) -> Truth:
    x = waves(_whole(dims))
    model = _lstm_on(x.shape[1:], dims.units)
    y, words = predicted(model.model, x)
    assert y is not None, words
    axes = model.inspection.layers[0].outputs[0][1:]
    return shape_truth(axes, f"With this Input the model read all of {x.shape} and returned {len(y)} outputs.")


WHOLE = Misconception(
    slug="shape-is-the-whole-array",
    number=8,
    seen=13,
    believed="The shape argument describes the whole array.",
    truth="`shape` (and `input_shape`) is **one sample**. Keras adds the batch in front, as None.",
    look="Change samples: the error changes, but the model that works doesn't.",
    dims=Whole,
    trials=(whole_array, one_sample, feed_all),
    verdict=_whole_verdict,
    ask=Ask(
        "shape",
        lambda rng: Whole(**distinct(rng, samples=(20, 60), timesteps=(5, 15), features=(2, 8), units=(3, 9))),
        lambda d: (
            f"Your data have the shape ({d.samples}, {d.timesteps}, {d.features}): samples, timesteps, features. "
            "What do you write as the shape of the Input?"
        ),
        lambda d: f"x = keras.Input(…)\ny = layers.LSTM({d.units})(x)",
        lambda d: "The shape of one sample, without the number of samples.",
        _whole_truth,
    ),
    lesson="array_shapes",
    mistakes=("layer_rank",),
    words=("input_shape", "expected ndim=3, found ndim=4", "batch_input_shape", "Input(shape=...)"),
)

# -- 15 --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Swapped(DimsBase):
    timesteps: int = fields.timesteps(7)
    features: int = fields.features(3)
    units: int = fields.units(4)


def _walked(found: Inspection) -> str:
    """How an LSTM reads this Input."""
    lstm = found.layer("lstm")
    _, steps, features = (axis.size for axis in lstm.inputs[0])
    return (
        f"{tag(steps, 'timesteps')} times {tag(features, 'features')} numbers: the cell runs {steps} times "
        f"with {lstm.params:,} weights."
    )


@trial("Timesteps first", "run")
def timesteps_first(dims: Swapped) -> Tried:
    """As Keras reads them."""
    found = _lstm_on((dims.timesteps, dims.features), dims.units).inspection
    return built(found, _walked(found))


@trial("The same numbers, axes swapped", "silent")
def features_first(dims: Swapped) -> Tried:
    """The other way around."""
    found = _lstm_on((dims.features, dims.timesteps), dims.units).inspection
    return built(found, _walked(found), wrong=dims.timesteps != dims.features)


def _swapped_verdict(dims: Swapped, tried: tuple[Tried, ...]) -> str:
    one, other = (entry.inspection.layer("lstm").params for entry in tried if entry.inspection)
    return (
        f"The layer walks along the first axis and reads the second at once: {one:,} weights one way, {other:,} the "
        "other. Keras accepts both."
    )


def _swapped_truth(dims: Swapped) -> Truth:
    lstm = _lstm_on((dims.features, dims.timesteps), dims.units).inspection.layer("lstm")
    return count_truth(lstm.params, f"Now {dims.timesteps} numbers are read at once: {sum_of(lstm)}.")


SWAPPED = Misconception(
    slug="steps-and-features-are-interchangeable",
    number=15,
    seen=10,
    believed="Steps and features are interchangeable.",
    truth="`(timesteps, features)`: the RNN walks along the first and reads the second at once. Swapped, it still "
    "builds, but it learns something else.",
    look="Make timesteps and features equal: nothing in the shape gives the swap away.",
    dims=Swapped,
    trials=(timesteps_first, features_first),
    verdict=_swapped_verdict,
    ask=Ask(
        "count",
        lambda rng: Swapped(**distinct(rng, timesteps=(4, 9), features=(2, 6), units=(2, 5))),
        lambda d: (
            f"Samples of {d.timesteps} timesteps with {d.features} features are fed with the axes swapped. "
            "How many parameters does the LSTM have then?"
        ),
        lambda d: f"x = keras.Input(({d.features}, {d.timesteps}))\ny = layers.LSTM({d.units})(x)",
        lambda d: "4 × ((features + units) × units + units), where features is the last axis of the Input.",
        _swapped_truth,
    ),
    lesson="simple_rnn",
    words=("transpose input", "time major", "features first", "(features, timesteps)"),
)

# -- 18 --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ChannelsFirst(DimsBase):
    rows: int = dim(32, low=8, high=128, axis="rows", help="The height of the image.")
    columns: int = dim(28, low=8, high=128, axis="columns", help="The width of the image.")
    channels: int = dim(4, high=16, axis="channels", help="How many values a pixel has.")
    kernel_size: int = dim(
        3, high=8, axis="kernel_size", sets=("conv.kernel_size",), help="Rows and columns of the kernel."
    )
    filters: int = dim(8, high=64, axis="filters", sets=("conv.filters",), help="How many kernels slide.")


def _conv_on(shape: tuple[int, ...], dims: ChannelsFirst) -> Inspection:
    return seen(lambda: chain(shape, layers.Conv2D(dims.filters, dims.kernel_size, name="conv")))  # (…, filters)


@trial("Channels first", "silent")
def channels_first(dims: ChannelsFirst) -> Tried:
    """As other frameworks order them."""
    return built(
        _conv_on((dims.channels, dims.rows, dims.columns), dims),
        f"The {tag(dims.channels, 'rows')} channels were read as rows of the image, and its "
        f"{tag(dims.columns, 'channels')} columns as channels.",
    )


@trial("Channels last", "run")
def channels_last(dims: ChannelsFirst) -> Tried:
    """As Keras reads them."""
    last = _conv_on((dims.rows, dims.columns, dims.channels), dims)
    weights = last.layer("conv").weights[0]
    return built(last, f"The kernel is {plain(weights.shape)}: it sees all channels of a place at once.")


def _channels_verdict(dims: ChannelsFirst, tried: tuple[Tried, ...]) -> str:
    last = tried[-1].inspection
    assert last is not None
    return f"Keras reads (rows, columns, channels). Only then is the output {plain(out(last))}."


def _channels_truth(dims: ChannelsFirst) -> Truth:
    found = _conv_on((dims.channels, dims.rows, dims.columns), dims)
    assert found.error is None, found.error
    return shape_truth(
        out(found),
        f"Keras read {dims.channels} rows and {dims.rows} columns; a kernel of {dims.kernel_size} leaves "
        f"{dims.kernel_size - 1} fewer of each.",
    )


def _draw_channels(rng: Any) -> ChannelsFirst:
    drawn = distinct(rng, rows=(20, 40), columns=(20, 40), channels=(5, 9), kernel_size=(2, 4), filters=(10, 16))
    return ChannelsFirst(**drawn)


CHANNELS_FIRST = Misconception(
    slug="channels-may-stand-first",
    number=18,
    seen=9,
    believed="Channels can come first.",
    truth=(
        "Keras reads channels **last**: `(rows, columns, channels)`, `(steps, channels)`. An image that starts with "
        "its channels is read as a very flat image."
    ),
    look="Make channels smaller than kernel_size: now Keras refuses what it silently accepted.",
    dims=ChannelsFirst,
    trials=(channels_first, channels_last),
    verdict=_channels_verdict,
    ask=Ask(
        "shape",
        _draw_channels,
        lambda d: (
            f"An image is stored as (channels, rows, columns) = ({d.channels}, {d.rows}, {d.columns}). Keras doesn't "
            "know that. What is the output of the Conv2D?"
        ),
        lambda d: (
            f"x = keras.Input(({d.channels}, {d.rows}, {d.columns}))\n"
            f"y = layers.Conv2D({d.filters}, {d.kernel_size})(x)"
        ),
        lambda d: "Keras reads the first two axes as rows and columns. A kernel of size k leaves n − k + 1.",
        _channels_truth,
    ),
    lesson="conv1d",
    mistakes=("channels", "kernel_exceeds_steps"),
    words=("data_format", "channels_first", "NCHW", "PyTorch image"),
)

# -- 19 --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reshaped(DimsBase):
    sensors: int = dim(2, low=2, high=6, axis="sequences", help="How many sensors: the rows of the array.")
    steps: int = dim(3, low=2, high=8, axis="timesteps", help="How many readings a sensor has: the columns.")
    how: str = choice("reshape", ("reshape", "transpose"), help="What is done to the array.")


def _sensors(dims: Reshaped) -> Array:
    """(sensors, steps): 1, 2, 3 from the first sensor, 10, 20, 30 from the second, then 100, 200, 300."""
    return np.array([[step * 10**sensor for step in range(1, dims.steps + 1)] for sensor in range(dims.sensors)])


def _turned(dims: Reshaped, how: str) -> Array:
    readings = _sensors(dims)  # (sensors, steps)
    turned: Array = readings.reshape(dims.steps, dims.sensors) if how == "reshape" else readings.T  # (steps, sensors)
    return turned


HOW = {
    "reshape": "reshape regroups the numbers in reading order: a row now mixes moments and sensors.",
    "transpose": "transpose swaps the axes: row t holds the readings of all sensors at moment t.",
}


@trial("The readings", "run")
def readings(dims: Reshaped) -> Tried:
    """The array as it is."""
    a = _sensors(dims)
    return Tried(
        f"a.shape  # {a.shape}",
        f"{tag(dims.sensors, 'sequences')} sensors, one per row, {tag(dims.steps, 'timesteps')} moments.",
        (named("a", a, "sequences timesteps"),),
        values=True,
    )


@trial("a.{}", "silent", each=lambda dims: first(dims.how, tuple(HOW)))
def turned(dims: Reshaped, how: str) -> Tried:
    """Turn it in one of the ways."""
    call = f"a.reshape({dims.steps}, {dims.sensors})" if how == "reshape" else "a.T"
    array = _turned(dims, how)
    return Tried(
        f"{call}  # {array.shape}",
        HOW[how],
        (named(call, array, "timesteps sequences"),),
        values=True,
        title=call,
        kind="silent" if how == "reshape" else "run",
    )


def _reshaped_verdict(dims: Reshaped, tried: tuple[Tried, ...]) -> str:
    same = bool((_turned(dims, "reshape") == _turned(dims, "transpose")).all())
    return (
        f"Both have the shape {_turned(dims, 'reshape').shape}; the numbers inside are "
        f"{'the same' if same else 'not the same'}."
    )


def _reshaped_truth(dims: Reshaped) -> Truth:
    array = _turned(dims, dims.how)
    rows = "; ".join(str(row) for row in array.tolist())
    return count_truth(int(array[-1, 0]), f"NumPy made the rows {rows}.")


RESHAPED = Misconception(
    slug="reshape-turns-axes",
    number=19,
    seen=9,
    believed="reshape swaps axes.",
    truth=(
        "`reshape` regroups the numbers in reading order; `transpose` (in a model: `Permute`) reorders the axes. The "
        "layer `Reshape` never touches the batch."
    ),
    look="Follow the tens through both results: after reshape they share rows with the ones.",
    dims=Reshaped,
    trials=(readings, turned),
    verdict=_reshaped_verdict,
    ask=Ask(
        "count",
        lambda rng: Reshaped(how=rng.choice(("reshape", "transpose")), **distinct(rng, sensors=(2, 4), steps=(3, 6))),
        lambda d: (
            f"`a` has {d.sensors} rows of {d.steps} numbers: 1, 2, 3, … then 10, 20, 30, …"
            + (", then 100, 200, 300, …" if d.sensors > 2 else "")
            + (", and so on" if d.sensors > 3 else "")
            + ". What is the **first number in the last row** of the result?"
        ),
        lambda d: f"b = a.reshape({d.steps}, {d.sensors})\nb[-1, 0]" if d.how == "reshape" else "b = a.T\nb[-1, 0]",
        lambda d: (
            "reshape: write all numbers in one line, cut it into rows of the new width. Transpose: rows become columns."
        ),
        _reshaped_truth,
    ),
    lesson="array_shapes",
    mistakes=("reshape",),
    words=("np.reshape", "transpose", "Permute", "swap axes", "scrambled data"),
)

# -- 20 --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Open(DimsBase):
    batch_size: int = dim(5, high=64, axis="batch", help="How many samples are fed.")
    short: int = dim(3, high=64, axis="timesteps", help="The timesteps of the first batch.")
    long: int = dim(7, high=64, axis="timesteps", help="The timesteps of the second batch.")
    features: int = fields.features(2)
    units: int = fields.units(4)
    return_sequences: bool = fields.return_sequences(False)


def _open(dims: Open) -> Inspected:
    return model_of(
        lambda: chain(
            (None, dims.features),
            layers.LSTM(dims.units, return_sequences=dims.return_sequences, name="lstm"),
        )
    )


@trial("The model", "run")
def open_model(dims: Open) -> Tried:
    """Look at it."""
    told = "None is written with a dashed edge: it is an axis without a number yet."
    return built(_open(dims).inspection, told)


@trial("{} timesteps", "run", each=lambda dims: (dims.short, dims.long))
def any_length(dims: Open, steps: int) -> Tried:
    """Feed it both lengths, this one last."""
    model = _open(dims)
    predicted(model.model, waves((dims.batch_size, dims.short + dims.long - steps, dims.features)))
    x = waves((dims.batch_size, steps, dims.features))
    return fed(model, x, "batch timesteps features", f"None became {tag(steps, 'timesteps')} for this call.")


@trial("Without the open axis", "loud", says="Expected shape (None, None, 2), but input has incompatible shape (5, 2)")
def without_axis(dims: Open) -> Tried:
    """Leave the axis away. Another model: one that was fed before refuses with the words of its first call."""
    told = (
        "None does not mean 'none': the axis must be there."
        if dims.features > 1
        else "With one feature, Keras adds an axis itself, and reads something other than you meant."
    )
    return fed(_open(dims), waves((dims.batch_size, dims.features)), "batch features", told, wrong=True)


def _open_verdict(dims: Open, tried: tuple[Tried, ...]) -> str:
    found = tried[0].inspection
    assert found is not None
    return f"The model is {plain(found.layers[0].outputs[0])}: three axes, two of them open."


def _open_truth(dims: Open) -> Truth:
    model = _open(dims)
    y, words = predicted(model.model, waves((dims.batch_size, dims.long, dims.features)))
    assert y is not None, words
    shape = out(model.inspection)
    return shape_truth(
        shape,
        f"The model stays {plain(shape)}, whatever you feed; fed ({dims.batch_size}, {dims.long}, {dims.features}) "
        f"it returned {y.shape}.",
    )


OPEN = Misconception(
    slug="none-is-a-number",
    number=20,
    seen=9,
    believed="None is a number: one, or nothing.",
    truth="None means *open until data arrive*. It keeps its axis. An RNN can walk along it; Flatten and weights "
    "cannot use it.",
    look="Change short and long: both go through the same weights.",
    dims=Open,
    trials=(open_model, any_length, without_axis),
    verdict=_open_verdict,
    ask=Ask(
        "shape",
        lambda rng: Open(
            return_sequences=rng.random() < 0.6,
            **distinct(rng, batch_size=(3, 9), short=(2, 5), long=(6, 12), features=(2, 7), units=(2, 9)),
        ),
        lambda d: "What is the output shape **of this model**, as its summary prints it?",
        lambda d: (
            f"x = keras.Input((None, {d.features}))\n"
            f"y = layers.LSTM({d.units}, return_sequences={d.return_sequences})(x)\nmodel = keras.Model(x, y)"
        ),
        lambda d: "Batch first, and it is open. Are the timesteps kept? Then they are open too.",
        _open_truth,
    ),
    lesson="array_shapes",
    lesson_dims={"timesteps": None},
    mistakes=("unknown_axis", "data_rank"),
    words=("(None, None,", "what does None mean", "batch None", "incompatible shape"),
)

READING: tuple[Misconception[Any], ...] = (WHOLE, SWAPPED, CHANNELS_FIRST, RESHAPED, OPEN)
