"""Misconceptions about what is fed: rows and sequences, batches of one, windows, lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from explainers.core.axes import Axis, Shape
from explainers.core.dims import DimsBase, choice, dim
from explainers.core.trial import Tried
from explainers.core.words import tag
from explainers.practice.misconceptions import fields
from explainers.practice.misconceptions.live import (
    Array,
    built,
    chain,
    count_truth,
    fed,
    keras,
    layer,
    layers,
    model_of,
    named,
    np,
    predicted,
    refusal,
    shape_truth,
    train,
    trained,
    waves,
)
from explainers.practice.misconceptions.misconception import Ask, Misconception, Truth, distinct

if TYPE_CHECKING:
    from explainers.core.inspection import Inspected
SEQUENCE = "samples timesteps features"


def _lstm(timesteps: int | None, features: int, units: int, answers: int = 0) -> Inspected:
    """Input -> LSTM, with a Dense of `answers` units on top where that is not 0."""

    def build() -> Any:
        head = [layers.Dense(answers, name="dense")] if answers else []  # (batch, answers)
        return chain((timesteps, features), layers.LSTM(units, name="lstm"), *head)  # (batch, units)

    return model_of(build)


def _made(axes: dict[str, int], origin: str) -> Shape:
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


def _show_rows(dims: Rows) -> tuple[str, tuple[Tried, ...]]:
    table, windows = _windows(dims)
    many = len(windows)
    cut = Tried(
        f"windows = np.stack([table[i : i + {dims.window}] for i in range({many})])\nwindows.shape  # {windows.shape}",
        f"{tag(dims.rows, 'rows')} rows hold {tag(many, 'samples')} windows of {tag(dims.window, 'timesteps')} rows. "
        "Neighbours overlap: the second window starts one row later.",
        (named("table", table, "rows features"), named("windows[1]", windows[1], "timesteps features")),
        values=True,
        title="Slide a window over the table",
        kind="run",
    )
    trials = (
        fed(
            "Feed the table as it is",
            _lstm(dims.window, dims.columns, dims.units),
            table,
            "rows features",
            "Two axes. The layer reads three: nothing says where one sequence ends and the next one begins.",
            code=f"model.predict(table)  # table.shape == {table.shape}",
        ),
        cut,
        fed(
            "Feed the windows",
            _lstm(dims.window, dims.columns, dims.units),
            windows,
            SEQUENCE,
            f"One answer of {tag(dims.units, 'units')} numbers for each of the {tag(many, 'samples')} windows.",
            code="model.predict(windows)",
        ),
    )
    return (
        f"A table of {tag(dims.rows, 'rows')} rows becomes {tag(many, 'samples')} sequences of "
        f"{tag(dims.window, 'timesteps')} timesteps with {tag(dims.columns, 'features')} features: three axes.",
        trials,
    )


def _rows_truth(dims: Rows) -> Truth:
    _, windows = _windows(dims)
    y, words = predicted(_lstm(dims.window, dims.columns, dims.units).model, windows)
    assert y is not None, words
    named = _made(
        {"windows": len(y), "timesteps": windows.shape[1], "features": windows.shape[2]}, "the windows cut here"
    )
    return shape_truth(
        named,
        f"The last window starts at row {dims.rows - dims.window}, so there are {dims.rows} − {dims.window} + 1 = "
        f"{len(y)} of them. The model was fed with them and gave {len(y)} answers.",
    )


ROWS = Misconception(
    slug="a-row-is-a-sequence",
    number=1,
    seen=17,
    believed="A row of numbers is already a sequence.",
    truth="A recurrent layer reads `(batch, timesteps, features)`. A table of rows, or one vector per sample, lacks "
    "one of the last two axes. Windows make the missing one.",
    look="Change window: the number of windows changes, the number of features doesn't.",
    dims=Rows,
    demonstrate=_show_rows,
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

# -- 16 --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ragged(DimsBase):
    longest: int = dim(3, low=3, high=100, axis="timesteps", help="The length of the longer sequence.")
    shortest: int = dim(1, high=2, axis="timesteps", help="The length of the shorter sequence.")
    units: int = fields.units(2)


def _ragged(dims: Ragged) -> tuple[Any, Array]:
    """Two sequences of different lengths as they are, and padded: (2, longest, 1)."""
    sequences = [[float(n) for n in range(1, length + 1)] for length in (dims.longest, dims.shortest)]
    padded = keras.utils.pad_sequences(sequences, dtype="float32", padding="post")[..., None]  # (2, longest, 1)
    return sequences, padded


def _show_ragged(dims: Ragged) -> tuple[str, tuple[Tried, ...]]:
    model = _lstm(None, 1, dims.units)
    sequences, padded = _ragged(dims)
    _, words = predicted(model.model, np.array(sequences, dtype=object))
    cause = f"Lengths {dims.longest} and {dims.shortest} make no box, so NumPy keeps a row of two Python lists."
    box = f"A batch is a box: both samples now have {tag(dims.longest, 'timesteps')} timesteps, some of them zeros."
    trials = (
        Tried(
            f"x = np.array({sequences}, dtype=object)  # (2,)\nmodel.predict(x)",
            cause,
            error=refusal(ValueError(words), "ragged_data", cause) if words else None,
            title="Both lengths in one array",
            kind="loud" if words else "run",
        ),
        fed(
            "Pad to the longest",
            model,
            padded,
            SEQUENCE,
            box,
            code='x = keras.utils.pad_sequences(sequences, padding="post")[..., None]\nmodel.predict(x)',
        ),
        fed(
            "Another batch, another length",
            model,
            waves((2, dims.longest + 4, 1)),
            SEQUENCE,
            "The same model reads another batch of another length: that is what None allows.",
        ),
    )
    return (
        f"None lets one batch be {named('x', padded, SEQUENCE).shape[1].size} timesteps long and the next one "
        f"{tag(dims.longest + 4, 'timesteps')}. Within one batch all are {tag(dims.longest, 'timesteps')} long.",
        trials,
    )


def _ragged_truth(dims: Ragged) -> Truth:
    _, padded = _ragged(dims)
    y, words = predicted(_lstm(None, 1, dims.units).model, padded)
    assert y is not None, words
    axes = _made(dict(zip(("samples", "timesteps", "features"), padded.shape, strict=True)), "what pad_sequences made")
    return shape_truth(axes, f"The longest sequence decides: {dims.longest}. The model read this array.")


RAGGED = Misconception(
    slug="none-allows-different-lengths",
    number=16,
    seen=10,
    believed="With None timesteps the samples of one batch may have different lengths.",
    truth="None lets *batches* differ. One array is a box: inside a batch, pad to one length and mask what you added.",
    look="Change longest: the shorter sequence gets more zeros, the answer stays one row per sample.",
    dims=Ragged,
    demonstrate=_show_ragged,
    ask=Ask(
        "shape",
        lambda rng: Ragged(**distinct(rng, longest=(4, 12), shortest=(1, 2), units=(3, 9))),
        lambda d: (
            f"Two sequences of one feature are {d.longest} and {d.shortest} readings long. They are padded to one "
            "array for a model with `Input((None, 1))`. What is its shape?"
        ),
        lambda d: 'x = keras.utils.pad_sequences(sequences, padding="post")[..., None]',
        lambda d: "How many samples, how long is the longest, and what does [..., None] add?",
        _ragged_truth,
    ),
    lesson="stacked_lstm",
    lesson_dims={"timesteps": None},
    mistakes=("ragged_data",),
    words=("variable length", "ragged", "Invalid dtype: object", "setting an array element with a sequence", "padding"),
)

# -- 23 --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NextValue(DimsBase):
    rows: int = dim(10, low=8, high=200, axis="rows", help="How many values the series has.")
    look_back: int = dim(4, high=7, axis="timesteps", help="How many values the model sees before it says the next.")
    units: int = fields.units(2, high=64)


def _next_value(dims: NextValue) -> tuple[Array, Array, Array]:
    """The series (rows,), the windows (rows − look_back, look_back, 1), and the value after each window."""
    series = np.arange(dims.rows, dtype="float32")
    starts = range(dims.rows - dims.look_back)
    x = np.stack([series[i : i + dims.look_back] for i in starts])[..., None]  # (windows, look_back, 1)
    return series, x, series[dims.look_back :]  # (windows,)


def _show_next_value(dims: NextValue) -> tuple[str, tuple[Tried, ...]]:
    series, x, y = _next_value(dims)
    uncut = train(_lstm(dims.look_back, 1, dims.units, 1).model, x, series, "mse")
    cut = train(_lstm(dims.look_back, 1, dims.units, 1).model, x, y, "mse")
    first = ", ".join(f"{value:g}" for value in x[0, :, 0])
    trials = (
        trained(
            "All rows as targets",
            uncut,
            "model.fit(x, series)",
            f"{tag(len(x), 'samples')} windows, but {tag(dims.rows, 'rows')} targets: the first "
            f"{tag(dims.look_back, 'timesteps')} values have no window in front of them.",
            tensors=(named("x", x, SEQUENCE), named("y", series, "rows")),
            mistake="data_size",
            cause="fit pairs the first sample with the first target, and so on: both need the same number of rows.",
        ),
        trained(
            f"y starts at row {dims.look_back}",
            cut,
            f"y = series[{dims.look_back}:]\nmodel.fit(x, y)",
            f"The first window is [{first}]; the value after it is {y[0]:g}.",
            tensors=(named("x", x, SEQUENCE), named("y", y, "samples")),
        ),
    )
    return (
        f"{tag(dims.rows, 'rows')} rows − {tag(dims.look_back, 'timesteps')} look_back = "
        f"{tag(len(x), 'samples')} windows, and as many targets.",
        trials,
    )


def _next_value_truth(dims: NextValue) -> Truth:
    _, x, _ = _next_value(dims)
    y, words = predicted(_lstm(dims.look_back, 1, dims.units, 1).model, x)
    assert y is not None, words
    return count_truth(
        len(y), f"The model answered {len(y)} times: {dims.rows} − {dims.look_back}, since a target must follow."
    )


NEXT_VALUE = Misconception(
    slug="as-many-targets-as-rows",
    number=23,
    seen=9,
    believed="After windowing, x and y have as many rows as the series.",
    truth="With the next value as target there are `rows − look_back` windows, and y starts at row `look_back`. "
    "`predict` takes windows too, never y.",
    look="Change look_back: each value that a window needs is one target less.",
    dims=NextValue,
    demonstrate=_show_next_value,
    ask=Ask(
        "count",
        lambda rng: NextValue(**distinct(rng, rows=(12, 40), look_back=(2, 7), units=(3, 9))),
        lambda d: (
            f"A series has {d.rows} values. Each sample is {d.look_back} values, its target is the next value. "
            "How many samples are there?"
        ),
        lambda d: f"x = np.stack([series[i : i + {d.look_back}] for i in range(…)])[..., None]",
        lambda d: "The last window must leave one value over, to be its target.",
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


def _show_columns(dims: Columns) -> tuple[str, tuple[Tried, ...]]:
    model = _lstm(None, dims.features, dims.units)
    kernel = layer(model.inspection, "lstm").weights[0]
    rows, columns = (axis.size or 0 for axis in kernel.shape)
    same = dims.new_features == dims.features
    trials = (
        built(
            "The trained model",
            model.inspection,
            f"Its kernel has {tag(rows, 'features')} rows, one per feature, and {tag(columns, 'units')} columns: "
            f"4 gates of {tag(columns // 4, 'units')} units.",
        ),
        fed(
            f"Data with {dims.new_features} features",
            model,
            waves((2, dims.timesteps, dims.new_features)),
            SEQUENCE,
            "As many features as kernel rows: it fits."
            if same
            else f"{tag(dims.new_features, 'features')} numbers a timestep find {tag(rows, 'features')} kernel rows.",
        ),
        fed(
            f"Data with {dims.features} features",
            model,
            waves((3, dims.timesteps + 2, dims.features)),
            SEQUENCE,
            "Other timesteps and another batch are no problem: neither stands in the kernel.",
        ),
    )
    return (
        f"The kernel ({tag(rows, 'features')}, {tag(columns, 'units')}) was made for {tag(rows, 'features')} "
        "features; whatever is fed later must have as many.",
        trials,
    )


def _columns_truth(dims: Columns) -> Truth:
    kernel = layer(_lstm(dims.timesteps, dims.features, dims.units).inspection, "lstm").weights[0]
    return shape_truth(kernel.shape, f"One row per feature, and 4 gates side by side: {kernel.numbers}.")


COLUMNS = Misconception(
    slug="predict-takes-any-columns",
    number=24,
    seen=9,
    believed="At predict the model takes whatever columns there are.",
    truth="The kernel has as many rows as there were features at training: `(features, 4·units)` for an LSTM. "
    "Scale, encode and select at predict exactly as at training.",
    look="Set new_features to the same number as features: it fits.",
    dims=Columns,
    demonstrate=_show_columns,
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
        lambda d: "One row for each number that comes in; four blocks of units side by side.",
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


def _answers(y: Array | None) -> str:
    if y is None:
        return "The batch axis is missing: predict wants many samples, even if there is only one."
    return f"{tag(len(y), 'batch')} answer{'s' if len(y) > 1 else ''} came out."


def _show_one_sample(dims: OneSample) -> tuple[str, tuple[Tried, ...]]:
    def fresh(features: int) -> Inspected:
        # a model that was fed with another rank before answers with the words of its first call
        return _lstm(dims.timesteps, features, dims.units, 1)

    x, one = waves((dims.timesteps, dims.features)), waves((dims.timesteps, 1))
    trials = (
        fed("The sample as it is", fresh(dims.features), x, "timesteps features", _answers, silent=True),
        fed("With a batch axis", fresh(dims.features), x[None], SEQUENCE, _answers, code="model.predict(x[None])"),
        fed(
            "One feature, the sample as it is",
            fresh(1),
            one,
            "timesteps features",
            lambda y: _answers(y) + " Keras took the timesteps for samples of one number each, and said nothing.",
            silent=True,
        ),
        fed("One feature, with a batch axis", fresh(1), one[None], SEQUENCE, _answers, code="model.predict(x[None])"),
    )
    return (
        f"One sample is (1, {tag(dims.timesteps, 'timesteps')}, {tag(dims.features, 'features')}): write x[None], "
        "and one answer comes out.",
        trials,
    )


REFUSED, ONE, PER_STEP = "Keras refuses it", "One answer comes out", "One answer per timestep comes out"


def _one_sample_truth(dims: OneSample) -> Truth:
    model = _lstm(dims.timesteps, dims.features, dims.units, 1).model
    y, words = predicted(model, waves((dims.timesteps, dims.features)))
    if y is None:
        return Truth(
            REFUSED, "Two axes where three are expected, and no way to tell which one is missing.", words=words
        )
    why = f"The output has shape {y.shape}: {len(y)} rows. With one feature Keras adds the last axis by itself."
    return Truth(ONE if len(y) == 1 else PER_STEP, why)


ONE_SAMPLE = Misconception(
    slug="one-sample-as-it-is",
    number=25,
    seen=8,
    believed="One sample can be given to predict as it is.",
    truth="`predict` wants a batch: `(1, timesteps, features)`. With one feature it even succeeds, and wrongly: each "
    "timestep becomes a sample of its own.",
    look="Set features to 1: the refusal of the first trial turns into silent nonsense.",
    dims=OneSample,
    demonstrate=_show_one_sample,
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
        lambda d: "Which axis would Keras have to invent? With one feature there is one that it dares to add.",
        _one_sample_truth,
        (REFUSED, ONE, PER_STEP),
    ),
    lesson="simple_rnn",
    mistakes=("data_rank",),
    words=("expand_dims", "predict single sample", "incompatible shape", "x[None]"),
)

# -- also seen -------------------------------------------------------------------------------------------------

FORMS = ("list of arrays", "list of lists", "np.array")


@dataclass(frozen=True)
class ListOrArray(DimsBase):
    form: str = choice("list of arrays", FORMS, help="How the samples are handed to fit.")
    samples: int = fields.samples(2, low=2, high=64)
    features: int = fields.features(3, low=2, high=64)


def _handed(dims: ListOrArray, form: str) -> tuple[Any, str]:
    """The data in one of the three forms, and how one would write them."""
    x = np.arange(1.0, 1 + dims.samples * dims.features).reshape(dims.samples, dims.features)  # (samples, features)
    return {
        "list of arrays": (list(x), "[row_0, row_1, …]  # a list of NumPy arrays"),
        "list of lists": (x.tolist(), "[[1.0, 2.0, …], …]  # a list of lists"),
        "np.array": (x, f"np.array([…])  # {x.shape}"),
    }[form]


def _fit_form(dims: ListOrArray, form: str) -> BaseException | None:
    model = chain((dims.features,), layers.Dense(1, name="dense"))  # (batch, 1)
    return train(model, _handed(dims, form)[0], np.ones(dims.samples), "mse")


def _show_list(dims: ListOrArray) -> tuple[str, tuple[Tried, ...]]:
    told = {
        "list of arrays": f"Keras reads {dims.samples} inputs of {dims.features} samples each, not "
        f"{dims.samples} samples.",
        "list of lists": "A nested list is no data for Keras: it doesn't guess whether it is one array or many inputs.",
        "np.array": f"One array ({tag(dims.samples, 'samples')}, {tag(dims.features, 'features')}) is one input.",
    }
    order = (dims.form, *(form for form in FORMS if form != dims.form))
    trials = tuple(
        trained(
            form.capitalize() if form != "np.array" else form,
            _fit_form(dims, form),
            f"x = {_handed(dims, form)[1]}\nmodel.fit(x, np.ones({dims.samples}))",
            told[form],
            mistake="input_count",
        )
        for form in order
    )
    works = [trial.title for trial in trials if trial.kind == "run"]
    return f"Of the three forms {', '.join(works)} trains. A list means several inputs.", trials


TRAINS, REFUSES = "It trains", "Keras refuses it"


def _list_truth(dims: ListOrArray) -> Truth:
    error = _fit_form(dims, dims.form)
    if error is None:
        return Truth(TRAINS, f"fit took the {dims.form}.")
    words = refusal(error, None, "").message
    return Truth(REFUSES, f"A {dims.form} is not one array: a list means several inputs.", words=words)


LIST = Misconception(
    slug="a-list-is-an-array",
    number=29,
    seen=7,
    believed="A Python list is an array.",
    truth="A list means *several inputs*. One input is one array: `np.array(...)` first.",
    look="Change form and compare the words of Keras.",
    dims=ListOrArray,
    demonstrate=_show_list,
    ask=Ask(
        "choice",
        lambda rng: ListOrArray(form=rng.choice(FORMS), **distinct(rng, samples=(2, 6), features=(2, 9))),
        lambda d: (
            f"A model with one input of {d.features} features gets {d.samples} samples as a {d.form}. Does it train?"
        ),
        lambda d: f"x = {_handed(d, d.form)[1]}\nmodel.fit(x, np.ones({d.samples}))",
        lambda d: "How would you hand over two different inputs? That form is taken.",
        _list_truth,
        (TRAINS, REFUSES),
    ),
    lesson="simple_rnn",
    mistakes=("input_count",),
    words=("Unrecognized data type", "Data cardinality is ambiguous", "list of arrays", "numpy array"),
)


@dataclass(frozen=True)
class Batched(DimsBase):
    samples: int = fields.samples(8, low=8, high=128)
    timesteps: int = fields.timesteps(10)
    features: int = fields.features(3)
    batches: str = choice("1", ("0", "1", "2"), label=".batch() calls", help="How often .batch() is called.")
    batch_size: int = dim(4, low=2, high=7, axis="batch", help="The number in .batch().")


def _dataset(dims: Batched, times: int) -> Any:
    """A tf.data data set of x (samples, timesteps, features), batched `times` times."""
    import tensorflow as tf

    data = (waves((dims.samples, dims.timesteps, dims.features)), np.ones((dims.samples, 1), "float32"))
    dataset = tf.data.Dataset.from_tensor_slices(data)
    for size in (dims.batch_size, 2)[:times]:
        dataset = dataset.batch(size)  # one more axis in front, each time
    return dataset


def _element(dims: Batched, times: int) -> tuple[int | None, ...]:
    return tuple(_dataset(dims, times).element_spec[0].shape)


def _show_batched(dims: Batched) -> tuple[str, tuple[Tried, ...]]:
    order = (int(dims.batches), *(times for times in (0, 1, 2) if str(times) != dims.batches))
    trials: list[Tried] = []
    for times in order:
        # a SimpleRNN trains in half the time of an LSTM, and refuses with the same words
        cell, head = layers.SimpleRNN(2, name="rnn"), layers.Dense(1, name="dense")
        error = train(chain((dims.timesteps, dims.features), cell, head), _dataset(dims, times), None, "mse")
        shape = _element(dims, times)
        calls = f".batch({dims.batch_size})" * min(times, 1) + ".batch(2)" * (times > 1)
        trials.append(
            trained(
                calls or "No batch",
                error,
                f"ds = tf.data.Dataset.from_tensor_slices((x, y)){calls}\nmodel.fit(ds)  # elements: {shape}",
                f"Elements of {len(shape)} axes reach the model, which reads 3.",
                mistake="data_rank",
            )
        )
    return "Each .batch() puts one axis in front of the data. The model needs exactly one.", tuple(trials)


def _batched_truth(dims: Batched) -> Truth:
    shape = _element(dims, int(dims.batches))
    names = ("batch of batches", "batch", "timesteps", "features")[4 - len(shape) :]
    axes = tuple(Axis(name, size, "element_spec of the data set") for name, size in zip(names, shape, strict=True))
    return shape_truth(
        axes, f"{dims.batches} calls of .batch() put {dims.batches} axes in front; their length is open (None)."
    )


BATCHED = Misconception(
    slug="tf-data-batches-by-itself",
    number=32,
    seen=6,
    believed="tf.data makes batches by itself.",
    truth="A data set hands over its elements as they are: no `.batch()`, no batch axis; two `.batch()`, two of them. "
    "The `batch_size` of `fit` is not for data sets.",
    look="Change the number of .batch() calls and count the axes of the elements.",
    dims=Batched,
    demonstrate=_show_batched,
    ask=Ask(
        "shape",
        lambda rng: Batched(
            batches=rng.choice(("0", "1", "2")),
            **distinct(rng, samples=(8, 24), timesteps=(4, 12), features=(2, 7), batch_size=(2, 6)),
        ),
        lambda d: (
            f"x has shape ({d.samples}, {d.timesteps}, {d.features}). `.batch()` is called {d.batches} times. "
            "What shape do the elements of the data set have (`element_spec`)?"
        ),
        lambda d: (
            "ds = tf.data.Dataset.from_tensor_slices(x)"
            + f".batch({d.batch_size})" * min(int(d.batches), 1)
            + ".batch(2)" * (d.batches == "2")
        ),
        lambda d: "from_tensor_slices takes the first axis away. Each .batch() adds one, of open length: None.",
        _batched_truth,
    ),
    lesson="simple_rnn",
    mistakes=("data_rank",),
    words=("tf.data.Dataset", "from_tensor_slices", "batch_size", "expected shape"),
)

FEEDING: tuple[Misconception[Any], ...] = (ROWS, RAGGED, NEXT_VALUE, COLUMNS, ONE_SAMPLE, LIST, BATCHED)
