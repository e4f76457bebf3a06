"""Misconceptions about what is fed: rows and sequences, batches of one, windows, lists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from explainers.core.axes import Axis, Shape
from explainers.core.dims import DimsBase, dim
from explainers.core.trial import Tried, trial
from explainers.core.words import tag
from explainers.practice.misconceptions import fields
from explainers.practice.misconceptions.live import (
    Array,
    Told,
    built,
    chain,
    count_truth,
    fed,
    layers,
    model_of,
    named,
    np,
    predicted,
    shape_truth,
    train,
    trained,
    waves,
)
from explainers.practice.misconceptions.misconception import REFUSES, Ask, Misconception, Truth, distinct

if TYPE_CHECKING:
    from explainers.core.inspection import Inspected
SEQUENCE = "samples timesteps features"


def lstm(timesteps: int | None, features: int, units: int, outputs: int = 0) -> Inspected:
    """Input -> LSTM, with a Dense of `outputs` units on top where that is not 0."""

    def build() -> Any:
        head = [layers.Dense(outputs, name="dense")] if outputs else []  # (batch, outputs)
        return chain((timesteps, features), layers.LSTM(units, name="lstm"), *head)  # (batch, units)

    return model_of(build)


def made(axes: dict[str, int], origin: str) -> Shape:
    """The named shape of an array that was made here."""
    return tuple(Axis(name, size, origin, (f"data.{name}",)) for name, size in axes.items())


# -- 1 ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Rows(DimsBase):
    rows: int = dim(6, low=6, high=200, axis="rows", help="How many rows the table has: one per moment.")
    columns: int = dim(2, high=64, axis="features", help="How many columns the table has: one per quantity.")
    window: int = dim(3, high=6, axis="timesteps", help="How many rows one window takes.")
    units: int = fields.units(5)


def _windows(dims: Rows) -> tuple[Array, Array]:
    """The table (rows, columns), and its windows (windows, window, columns)."""
    table = np.arange(float(dims.rows * dims.columns)).reshape(dims.rows, dims.columns)  # (rows, columns)
    starts = range(dims.rows - dims.window + 1)
    return table, np.stack([table[i : i + dims.window] for i in starts])  # (windows, window, columns)


@trial("Feed the table as it is", "loud", says="Expected shape (None, 3, 2), but input has incompatible shape (6, 2)")
def table_as_it_is(dims: Rows) -> Tried:
    """Two axes where three are read."""
    table, _ = _windows(dims)
    return fed(
        lstm(dims.window, dims.columns, dims.units),
        table,
        "rows features",
        "Two axes. The layer reads three: nothing says where one sequence ends and the next one begins.",
        code=f"model.predict(table)  # table.shape == {table.shape}",
    )


@trial("Slide a window over the table", "run")
def cut_windows(dims: Rows) -> Tried:
    """Cut the table into windows."""
    table, windows = _windows(dims)
    many = len(windows)
    return Tried(
        f"windows = np.stack([table[i : i + {dims.window}] for i in range({many})])\nwindows.shape  # {windows.shape}",
        f"{tag(dims.rows, 'rows')} rows hold {tag(many, 'samples')} windows of {tag(dims.window, 'timesteps')} rows. "
        "Adjacent windows overlap: the second window starts one row later.",
        (named("table", table, "rows features"), named("windows[1]", windows[1], "timesteps features")),
        values=True,
    )


@trial("Feed the windows", "run")
def feed_windows(dims: Rows) -> Tried:
    """Three axes."""
    _, windows = _windows(dims)
    return fed(
        lstm(dims.window, dims.columns, dims.units),
        windows,
        SEQUENCE,
        f"One output of {tag(dims.units, 'units')} numbers for each of the {tag(len(windows), 'samples')} windows.",
        code="model.predict(windows)",
    )


def _rows_verdict(dims: Rows, tried: tuple[Tried, ...]) -> str:
    return (
        f"A table of {tag(dims.rows, 'rows')} rows becomes {tag(len(_windows(dims)[1]), 'samples')} sequences of "
        f"{tag(dims.window, 'timesteps')} timesteps with {tag(dims.columns, 'features')} features: three axes."
    )


def _rows_truth(dims: Rows) -> Truth:
    _, windows = _windows(dims)
    y, words = predicted(lstm(dims.window, dims.columns, dims.units).model, windows)
    assert y is not None, words
    named = made(
        {"windows": len(y), "timesteps": windows.shape[1], "features": windows.shape[2]}, "the windows cut here"
    )
    return shape_truth(
        named,
        f"The last window starts at row {dims.rows - dims.window}, so there are {dims.rows} − {dims.window} + 1 = "
        f"{len(y)} of them. The model read them and returned {len(y)} outputs.",
    )


ROWS = Misconception(
    slug="a-row-is-a-sequence",
    number=1,
    seen=17,
    believed="A row of numbers is already a sequence.",
    truth="A recurrent layer reads `(batch, timesteps, features)`. A table of rows, or one vector per sample, lacks "
    "one of the last two axes. Windows add the missing one.",
    look="Change window: the number of windows changes, the number of features doesn't.",
    dims=Rows,
    trials=(table_as_it_is, cut_windows, feed_windows),
    verdict=_rows_verdict,
    ask=Ask(
        "shape",
        lambda rng: Rows(**distinct(rng, rows=(8, 20), columns=(2, 6), window=(2, 6), units=(2, 9))),
        lambda d: (
            f"A table has {d.rows} rows and {d.columns} columns. A window of {d.window} rows slides over it, one "
            "row at a time. What is the shape of all windows together?"
        ),
        lambda d: f"windows = np.stack([table[i : i + {d.window}] for i in range(…)])",
        lambda d: (
            "Three axes: how many windows, how long is one, how wide is one row? Where can the last window start?"
        ),
        _rows_truth,
    ),
    lesson="windowed_forecast",
    mistakes=("data_rank",),
    words=("table to sequence", "csv to lstm", "2d to 3d", "sliding window", "expected ndim=3, found ndim=2"),
)

# -- 23 --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NextValue(DimsBase):
    rows: int = dim(10, low=8, high=200, axis="rows", help="How many values the series has.")
    look_back: int = dim(4, high=7, axis="timesteps", help="How many values the model sees to predict the next.")
    units: int = fields.units(2, high=64)


def _next_value(dims: NextValue) -> tuple[Array, Array, Array]:
    """The series (rows,), the windows (rows − look_back, look_back, 1), and the value after each window."""
    series = np.arange(dims.rows, dtype="float32")
    starts = range(dims.rows - dims.look_back)
    x = np.stack([series[i : i + dims.look_back] for i in starts])[..., None]  # (windows, look_back, 1)
    return series, x, series[dims.look_back :]  # (windows,)


@trial("All rows as targets", "loud", says="Make sure all arrays contain the same number of samples.'x' sizes: 6")
def all_rows(dims: NextValue) -> Tried:
    """More targets than windows."""
    series, x, _ = _next_value(dims)
    return trained(
        train(lstm(dims.look_back, 1, dims.units, 1).model, x, series, "mse"),
        "model.fit(x, series)",
        f"{tag(len(x), 'samples')} windows, but {tag(dims.rows, 'rows')} targets: the first "
        f"{tag(dims.look_back, 'timesteps')} values have no window before them.",
        tensors=(named("x", x, SEQUENCE), named("y", series, "rows")),
        mistake="data_size",
        cause="fit pairs the first sample with the first target, and so on: both need the same number of rows.",
    )


@trial("y starts at row look_back", "run")
def from_look_back(dims: NextValue) -> Tried:
    """As many targets as windows."""
    _, x, y = _next_value(dims)
    first = ", ".join(f"{value:g}" for value in x[0, :, 0])
    return trained(
        train(lstm(dims.look_back, 1, dims.units, 1).model, x, y, "mse"),
        f"y = series[{dims.look_back}:]\nmodel.fit(x, y)",
        f"The first window is [{first}]; the value after it is {y[0]:g}.",
        tensors=(named("x", x, SEQUENCE), named("y", y, "samples")),
        title=f"y starts at row {dims.look_back}",
    )


def _next_value_verdict(dims: NextValue, tried: tuple[Tried, ...]) -> str:
    _, x, _ = _next_value(dims)
    return (
        f"{tag(dims.rows, 'rows')} rows − {tag(dims.look_back, 'timesteps')} look_back = "
        f"{tag(len(x), 'samples')} windows, and as many targets."
    )


def _next_value_truth(dims: NextValue) -> Truth:
    _, x, _ = _next_value(dims)
    y, words = predicted(lstm(dims.look_back, 1, dims.units, 1).model, x)
    assert y is not None, words
    return count_truth(
        len(y), f"The model made {len(y)} predictions: {dims.rows} − {dims.look_back}, since a target must follow each."
    )


NEXT_VALUE = Misconception(
    slug="as-many-targets-as-rows",
    number=23,
    seen=9,
    believed="After windowing, x and y have as many rows as the series.",
    truth=(
        "With the next value as the target, there are `rows − look_back` windows, and y starts at row `look_back`. "
        "`predict` takes windows too, never y."
    ),
    look="Change look_back: each value that a window needs costs one target.",
    dims=NextValue,
    trials=(all_rows, from_look_back),
    verdict=_next_value_verdict,
    ask=Ask(
        "count",
        lambda rng: NextValue(**distinct(rng, rows=(12, 40), look_back=(2, 7), units=(3, 9))),
        lambda d: (
            f"A series has {d.rows} values. Each sample is {d.look_back} values, its target is the next value. "
            "How many samples are there?"
        ),
        lambda d: f"x = np.stack([series[i : i + {d.look_back}] for i in range(…)])[..., None]",
        lambda d: "The last window must leave one value for its target.",
        _next_value_truth,
    ),
    lesson="windowed_forecast",
    mistakes=("data_size",),
    words=("Data cardinality is ambiguous", "look_back", "window", "same number of samples"),
)

# -- 24 --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Columns(DimsBase):
    timesteps: int = fields.timesteps(5)
    features: int = fields.features(4)
    new_features: int = dim(34, high=256, axis="features", help="How many features the data have at predict.")
    units: int = fields.units(32)


def _kernel(dims: Columns, model: Inspected) -> tuple[int, int]:
    """The rows and the columns of the LSTM's kernel, live."""
    rows, columns = (axis.size or 0 for axis in model.inspection.layer("lstm").weights[0].shape)
    return rows, columns


def _fed_columns(dims: Columns, shape: tuple[int, ...], told: Callable[[int], str]) -> Tried:
    """The trained model, given data of this shape; the sentence gets the number of kernel rows."""
    model = lstm(None, dims.features, dims.units)
    sentence = told(_kernel(dims, model)[0])
    return fed(model, waves(shape), SEQUENCE, sentence, title=f"Data with {shape[-1]} features")


@trial("The trained model", "run")
def trained_model(dims: Columns) -> Tried:
    """Look at its kernel."""
    model = lstm(None, dims.features, dims.units)
    rows, columns = _kernel(dims, model)
    return built(
        model.inspection,
        f"Its kernel has {tag(rows, 'features')} rows, one per feature, and {tag(columns, 'units')} columns: "
        f"4 gates of {tag(columns // 4, 'units')} units.",
    )


@trial("Data with a different number of features", "loud", says="Dimensions must be equal, but are 34 and 4")
def other_columns(dims: Columns) -> Tried:
    """As many features as the learner says."""

    def told(rows: int) -> str:
        if dims.new_features == dims.features:
            return "As many features as kernel rows: it fits."
        return f"{tag(dims.new_features, 'features')} numbers per timestep meet {tag(rows, 'features')} kernel rows."

    return _fed_columns(dims, (2, dims.timesteps, dims.new_features), told)


@trial("Data with the same features", "run")
def same_columns(dims: Columns) -> Tried:
    """Other timesteps, another batch."""
    told = "Other timesteps and another batch are no problem: neither is an axis of the kernel."
    return _fed_columns(dims, (3, dims.timesteps + 2, dims.features), lambda rows: told)


def _columns_verdict(dims: Columns, tried: tuple[Tried, ...]) -> str:
    rows, columns = _kernel(dims, lstm(None, dims.features, dims.units))
    return (
        f"The kernel ({tag(rows, 'features')}, {tag(columns, 'units')}) was made for {tag(rows, 'features')} "
        "features; whatever is fed later must have as many."
    )


def _columns_truth(dims: Columns) -> Truth:
    kernel = lstm(dims.timesteps, dims.features, dims.units).inspection.layer("lstm").weights[0]
    return shape_truth(kernel.shape, f"One row per feature, and 4 gates side by side: {kernel.numbers}.")


COLUMNS = Misconception(
    slug="predict-takes-any-columns",
    number=24,
    seen=9,
    believed="At predict time the model takes any columns.",
    truth=(
        "The kernel has one row for each feature in the training data: `(features, 4 × units)` for an LSTM. Scale, "
        "encode and select at predict time exactly as in training."
    ),
    look="Set new_features to the same number as features: it fits.",
    dims=Columns,
    trials=(trained_model, other_columns, same_columns),
    verdict=_columns_verdict,
    ask=Ask(
        "shape",
        lambda rng: Columns(**distinct(rng, timesteps=(3, 9), features=(2, 12), new_features=(2, 12), units=(2, 16))),
        lambda d: (
            f"An LSTM with {d.units} units reads {d.timesteps} timesteps of {d.features} features. "
            "What is the shape of its kernel?"
        ),
        lambda d: (
            f"x = keras.Input(({d.timesteps}, {d.features}))\nlayer = layers.LSTM({d.units})\nlayer(x)\n"
            "layer.cell.kernel.shape"
        ),
        lambda d: "One row for each input number; four blocks of units side by side.",
        _columns_truth,
    ),
    lesson="simple_rnn",
    mistakes=("data_size", "weights_shape"),
    words=("kernel shape", "Dimensions must be equal", "different number of features", "one-hot at predict"),
)

# -- 25 --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OneSample(DimsBase):
    timesteps: int = fields.timesteps(10, low=2)
    features: int = fields.features(3)
    units: int = fields.units(4)


def _outputs(y: Array | None) -> str:
    if y is None:
        return "The batch axis is missing: predict expects a batch, even of one sample."
    return f"The model returned {tag(len(y), 'batch')} output{'s' if len(y) > 1 else ''}."


def _one(dims: OneSample, features: int, batch: bool, told: Told, wrong: bool | None = None) -> Tried:
    """One sample of so many features, with or without a batch axis. Each trial has its own model: one that was fed
    with another rank before refuses with the words of its first call."""
    x = waves((dims.timesteps, features))
    model = lstm(dims.timesteps, features, dims.units, 1)
    if batch:
        return fed(model, x[None], SEQUENCE, told, code="model.predict(x[None])")
    return fed(model, x, "timesteps features", told, wrong=wrong)


@trial("The sample as it is", "loud", says="Expected shape (None, 10, 3), but input has incompatible shape (10, 3)")
def as_it_is(dims: OneSample) -> Tried:
    """Without a batch axis."""
    return _one(dims, dims.features, False, _outputs, wrong=True)


@trial("With a batch axis", "run")
def with_batch(dims: OneSample) -> Tried:
    """As predict expects it."""
    return _one(dims, dims.features, True, _outputs)


@trial("One feature, the sample as it is", "silent")
def one_feature(dims: OneSample) -> Tried:
    """With one feature Keras adds an axis."""

    def told(y: Array | None) -> str:
        return _outputs(y) + " Keras read the timesteps as samples of one number each, without a warning."

    return _one(dims, 1, False, told)


@trial("One feature, with a batch axis", "run")
def one_feature_with_batch(dims: OneSample) -> Tried:
    """As predict expects it."""
    return _one(dims, 1, True, _outputs)


def _one_sample_verdict(dims: OneSample, tried: tuple[Tried, ...]) -> str:
    return (
        f"One sample is (1, {tag(dims.timesteps, 'timesteps')}, {tag(dims.features, 'features')}): write x[None], "
        "and you get one output."
    )


ONE, PER_STEP = "One output", "One output per timestep"


def _one_sample_truth(dims: OneSample) -> Truth:
    model = lstm(dims.timesteps, dims.features, dims.units, 1).model
    y, words = predicted(model, waves((dims.timesteps, dims.features)))
    if y is None:
        return Truth(
            REFUSES, "Two axes where three are expected, and no way to tell which one is missing.", words=words
        )
    why = f"The output has shape {y.shape}: {len(y)} rows. With one feature, Keras adds the last axis itself."
    return Truth(ONE if len(y) == 1 else PER_STEP, why)


ONE_SAMPLE = Misconception(
    slug="one-sample-as-it-is",
    number=25,
    seen=8,
    believed="You can pass one sample to predict as it is.",
    truth=(
        "`predict` expects a batch: `(1, timesteps, features)`. With one feature it even runs, but wrongly: each "
        "timestep becomes a separate sample."
    ),
    look="Set features to 1: the error of the first trial turns into silent nonsense.",
    dims=OneSample,
    trials=(as_it_is, with_batch, one_feature, one_feature_with_batch),
    verdict=_one_sample_verdict,
    ask=Ask(
        "choice",
        lambda rng: OneSample(
            features=rng.choice((1, rng.randint(2, 5))), **distinct(rng, timesteps=(6, 20), units=(2, 5))
        ),
        lambda d: (
            f"A model reads {d.timesteps} timesteps of {d.features} feature{'s' if d.features > 1 else ''}. "
            f"It gets one sample, an array of shape ({d.timesteps}, {d.features}). What happens?"
        ),
        lambda d: f"x = np.zeros(({d.timesteps}, {d.features}))\nmodel.predict(x)",
        lambda d: "Which axis would Keras have to invent? With one feature, it adds one of them itself.",
        _one_sample_truth,
        (REFUSES, ONE, PER_STEP),
    ),
    lesson="array_shapes",
    mistakes=("data_rank",),
    words=("expand_dims", "predict single sample", "incompatible shape", "x[None]"),
)

FEEDING: tuple[Misconception[Any], ...] = (ROWS, NEXT_VALUE, COLUMNS, ONE_SAMPLE)
