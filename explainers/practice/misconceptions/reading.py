"""Misconceptions about reading a shape: whose axis is which, what None is, what reshape does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from explainers.core.axes import plain
from explainers.core.dims import DimsBase, choice, dim
from explainers.core.results import Inspection
from explainers.core.trial import Tried
from explainers.core.words import tag
from explainers.practice.misconceptions import fields
from explainers.practice.misconceptions.live import (
    Array,
    alive,
    built,
    chain,
    count_truth,
    fed,
    layer,
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


def _show_whole(dims: Whole) -> tuple[str, tuple[Tried, ...]]:
    x = waves((dims.samples, dims.timesteps, dims.features))
    whole = _lstm_on(x.shape, dims.units)
    sample = _lstm_on(x.shape[1:], dims.units)
    trials = (
        built(
            "The shape of the whole array",
            whole.inspection,
            f"The {tag(dims.samples, 'batch')} samples ended up inside one sample, and Keras put a None in front.",
        ),
        built(
            "The shape of one sample",
            sample.inspection,
            "The batch is not written: Keras puts it in front.",
        ),
        fed(
            "Feed the whole array",
            sample,
            x,
            "samples timesteps features",
            f"All {tag(dims.samples, 'batch')} samples go in, though no {dims.samples} is in the model.",
        ),
    )
    given = plain(sample.inspection.layers[0].outputs[0])
    return f"Input({x.shape[1:]}) is {given}: the batch is Keras' own, and open.", trials


def _whole_truth(dims: Whole) -> Truth:
    x = waves((dims.samples, dims.timesteps, dims.features))
    model = _lstm_on(x.shape[1:], dims.units)
    y, words = predicted(model.model, x)
    assert y is not None, words
    axes = model.inspection.layers[0].outputs[0][1:]
    return shape_truth(axes, f"With this Input the model read all of {x.shape} and gave {len(y)} answers.")


WHOLE = Misconception(
    slug="shape-is-the-whole-array",
    number=8,
    seen=13,
    believed="The shape argument describes the whole array.",
    truth="`shape` (and `input_shape`) is **one sample**. Keras adds the batch in front, as None.",
    look="Change samples: the refusal changes, the model that works doesn't.",
    dims=Whole,
    demonstrate=_show_whole,
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


def _show_swapped(dims: Swapped) -> tuple[str, tuple[Tried, ...]]:
    told: list[Tried] = []
    counts: list[int] = []
    for title, shape in (
        ("Timesteps first", (dims.timesteps, dims.features)),
        ("The same numbers, axes swapped", (dims.features, dims.timesteps)),
    ):
        found = _lstm_on(shape, dims.units).inspection
        lstm = layer(found, "lstm")
        counts.append(lstm.params)
        _, steps, features = (axis.size for axis in lstm.inputs[0])
        sentence = (
            f"{tag(steps, 'timesteps')} bites of {tag(features, 'features')} numbers: the cell runs {steps} times "
            f"with {lstm.params:,} weights."
        )
        told.append(built(title, found, sentence, silent=bool(told) and dims.timesteps != dims.features))
    return (
        f"The first axis is walked along, the second is read in one bite: {counts[0]:,} weights one way, "
        f"{counts[1]:,} the other. Keras takes both.",
        tuple(told),
    )


def _swapped_truth(dims: Swapped) -> Truth:
    lstm = layer(_lstm_on((dims.features, dims.timesteps), dims.units).inspection, "lstm")
    return count_truth(lstm.params, f"Now {dims.timesteps} numbers are read in one bite: {sum_of(lstm)}.")


SWAPPED = Misconception(
    slug="steps-and-features-are-interchangeable",
    number=15,
    seen=10,
    believed="Steps and features are interchangeable.",
    truth="`(timesteps, features)`: the RNN walks along the first and reads the second in one bite. Swapped, it "
    "still builds, and learns something else.",
    look="Make timesteps and features equal: nothing in the shape would tell you any more.",
    dims=Swapped,
    demonstrate=_show_swapped,
    ask=Ask(
        "count",
        lambda rng: Swapped(**distinct(rng, timesteps=(4, 9), features=(2, 6), units=(2, 5))),
        lambda d: (
            f"Samples of {d.timesteps} timesteps with {d.features} features are fed with the axes swapped. "
            "How many parameters has the LSTM then?"
        ),
        lambda d: f"x = keras.Input(({d.features}, {d.timesteps}))\ny = layers.LSTM({d.units})(x)",
        lambda d: "4 · ((features + units) · units + units), where features is the last axis of the Input.",
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


def _show_channels(dims: ChannelsFirst) -> tuple[str, tuple[Tried, ...]]:
    first = _conv_on((dims.channels, dims.rows, dims.columns), dims)
    last = _conv_on((dims.rows, dims.columns, dims.channels), dims)
    weights = layer(last, "conv").weights[0]
    wrong = (
        f"The {tag(dims.channels, 'rows')} channels were read as rows of the image, and its "
        f"{tag(dims.columns, 'channels')} columns as channels."
    )
    trials = (
        built("Channels first", first, wrong, silent=True),
        built("Channels last", last, f"The kernel is {plain(weights.shape)}: it sees all channels of a place at once."),
    )
    return f"Keras reads (rows, columns, channels). Only then comes {plain(out(last))}.", trials


def _channels_truth(dims: ChannelsFirst) -> Truth:
    found = _conv_on((dims.channels, dims.rows, dims.columns), dims)
    assert found.error is None, found.error
    return shape_truth(
        out(found),
        f"Keras read {dims.channels} rows and {dims.rows} columns; a kernel of {dims.kernel_size} takes "
        f"{dims.kernel_size - 1} away from each.",
    )


def _draw_channels(rng: Any) -> ChannelsFirst:
    drawn = distinct(rng, rows=(20, 40), columns=(20, 40), channels=(5, 9), kernel_size=(2, 4), filters=(10, 16))
    return ChannelsFirst(**drawn)


CHANNELS_FIRST = Misconception(
    slug="channels-may-stand-first",
    number=18,
    seen=9,
    believed="Channels can come first.",
    truth="Keras reads channels **last**: `(rows, columns, channels)`, `(steps, channels)`. An image that starts with "
    "its channels is taken for a very flat one.",
    look="Make channels smaller than kernel_size: now Keras refuses what it accepted in silence.",
    dims=ChannelsFirst,
    demonstrate=_show_channels,
    ask=Ask(
        "shape",
        _draw_channels,
        lambda d: (
            f"An image comes as (channels, rows, columns) = ({d.channels}, {d.rows}, {d.columns}). Keras is not told "
            "about that. What is the output of the Conv2D?"
        ),
        lambda d: (
            f"x = keras.Input(({d.channels}, {d.rows}, {d.columns}))\n"
            f"y = layers.Conv2D({d.filters}, {d.kernel_size})(x)"
        ),
        lambda d: "Keras takes the first two axes for rows and columns. A kernel of k leaves n − k + 1.",
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


def _show_reshaped(dims: Reshaped) -> tuple[str, tuple[Tried, ...]]:
    whole = (
        "reshape cuts the numbers anew in reading order: a row now mixes moments and sensors.",
        "transpose turns the axes: row t holds what all sensors said at moment t.",
    )
    order = ("reshape", "transpose") if dims.how == "reshape" else ("transpose", "reshape")
    trials = [
        Tried(
            f"a.shape  # {_sensors(dims).shape}",
            f"{tag(dims.sensors, 'sequences')} sensors, one a row, {tag(dims.steps, 'timesteps')} moments.",
            (named("a", _sensors(dims), "sequences timesteps"),),
            values=True,
            title="The readings",
            kind="run",
        )
    ]
    for how in order:
        call = f"a.reshape({dims.steps}, {dims.sensors})" if how == "reshape" else "a.T"
        array = _turned(dims, how)
        trials.append(
            Tried(
                f"{call}  # {array.shape}",
                whole[how == "transpose"],
                (named(call, array, "timesteps sequences"),),
                values=True,
                title=call,
                kind="silent" if how == "reshape" else "run",
            )
        )
    same = bool((_turned(dims, "reshape") == _turned(dims, "transpose")).all())
    return (
        f"Both have the shape {_turned(dims, 'reshape').shape}; the numbers inside are "
        f"{'the same' if same else 'not the same'}.",
        tuple(trials),
    )


def _reshaped_truth(dims: Reshaped) -> Truth:
    array = _turned(dims, dims.how)
    rows = "; ".join(str(row) for row in array.tolist())
    return count_truth(int(array[-1, 0]), f"NumPy made the rows {rows}.")


RESHAPED = Misconception(
    slug="reshape-turns-axes",
    number=19,
    seen=9,
    believed="reshape turns axes.",
    truth="`reshape` cuts the numbers anew in reading order; `transpose` (in a model: `Permute`) turns the axes. The "
    "layer `Reshape` never touches the batch.",
    look="Follow the tens through both results: after reshape they share rows with the ones.",
    dims=Reshaped,
    demonstrate=_show_reshaped,
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


def _show_open(dims: Open) -> tuple[str, tuple[Tried, ...]]:
    model = _open(dims)
    words = "batch timesteps features"
    trials = (
        built("The model", model.inspection, "None is written with a dashed edge: it is an axis without a number yet."),
        *(
            fed(
                f"{steps} timesteps",
                model,
                waves((dims.batch_size, steps, dims.features)),
                words,
                f"None became {tag(steps, 'timesteps')} for this call.",
            )
            for steps in (dims.short, dims.long)
        ),
        fed(
            "Without the open axis",
            # another model: a model that was fed before answers with the words of its first call
            _open(dims),
            waves((dims.batch_size, dims.features)),
            "batch features",
            "None does not mean 'none': the axis must be there."
            if dims.features > 1
            else "With one feature Keras adds an axis by itself, and reads something else than you meant.",
            silent=True,
        ),
    )
    return f"The model is {plain(model.inspection.layers[0].outputs[0])}: three axes, two of them open.", trials


def _open_truth(dims: Open) -> Truth:
    model = _open(dims)
    y, words = predicted(model.model, waves((dims.batch_size, dims.long, dims.features)))
    assert y is not None, words
    shape = out(model.inspection)
    return shape_truth(
        shape,
        f"The model stays {plain(shape)}, whatever is fed; fed with ({dims.batch_size}, {dims.long}, "
        f"{dims.features}) it gave {y.shape}.",
    )


OPEN = Misconception(
    slug="none-is-a-number",
    number=20,
    seen=9,
    believed="None is a number: one, or nothing.",
    truth="None means *open until data arrive*. It keeps its axis. An RNN can walk along it; Flatten and weights "
    "cannot use it.",
    look="Change short and long: both pass through the same weights.",
    dims=Open,
    demonstrate=_show_open,
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
