"""Misconceptions about what holds the data: ragged samples, Python lists, tf.data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from explainers.core.axes import Axis
from explainers.core.dims import DimsBase, choice, dim
from explainers.core.trial import Tried, first, trial
from explainers.core.words import tag
from explainers.practice.misconceptions import fields
from explainers.practice.misconceptions.feeding import SEQUENCE, lstm, made
from explainers.practice.misconceptions.live import (
    Array,
    chain,
    fed,
    keras,
    layers,
    named,
    np,
    predicted,
    refusal,
    shape_truth,
    titles,
    train,
    trained,
    waves,
)
from explainers.practice.misconceptions.misconception import REFUSES, TRAINS, Ask, Misconception, Truth, distinct


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


@trial("Both lengths in one array", "loud", says="Invalid dtype: object")
def both_lengths(dims: Ragged) -> Tried:
    """Two Python lists in one array."""
    sequences, _ = _ragged(dims)
    _, words = predicted(lstm(None, 1, dims.units).model, np.array(sequences, dtype=object))
    cause = f"Lengths {dims.longest} and {dims.shortest} don't make a full block, so NumPy keeps two Python lists."
    error = refusal(ValueError(words), "ragged_data", cause) if words else None
    return Tried(f"x = np.array({sequences}, dtype=object)  # (2,)\nmodel.predict(x)", cause, error=error)


@trial("Pad to the longest", "run")
def pad(dims: Ragged) -> Tried:
    """Zeros make the box whole."""
    _, padded = _ragged(dims)
    return fed(
        lstm(None, 1, dims.units),
        padded,
        SEQUENCE,
        f"A batch is a full block: both samples now have {tag(dims.longest, 'timesteps')} timesteps, some zeros.",
        code='x = keras.utils.pad_sequences(sequences, padding="post")[..., None]\nmodel.predict(x)',
    )


@trial("A different batch, a different length", "run")
def another_length(dims: Ragged) -> Tried:
    """What None allows."""
    model = lstm(None, 1, dims.units)
    predicted(model.model, _ragged(dims)[1])
    told = "The same model reads a batch of a different length: that is what None allows."
    return fed(model, waves((2, dims.longest + 4, 1)), SEQUENCE, told)


def _ragged_verdict(dims: Ragged, tried: tuple[Tried, ...]) -> str:
    _, padded = _ragged(dims)
    return (
        f"None lets one batch be {named('x', padded, SEQUENCE).shape[1].size} timesteps long and the next one "
        f"{tag(dims.longest + 4, 'timesteps')}. Within one batch all are {tag(dims.longest, 'timesteps')} long."
    )


def _ragged_truth(dims: Ragged) -> Truth:
    _, padded = _ragged(dims)
    y, words = predicted(lstm(None, 1, dims.units).model, padded)
    assert y is not None, words
    axes = made(dict(zip(("samples", "timesteps", "features"), padded.shape, strict=True)), "what pad_sequences made")
    return shape_truth(axes, f"The longest sequence decides: {dims.longest}. The model read this array.")


RAGGED = Misconception(
    slug="none-allows-different-lengths",
    number=16,
    seen=10,
    believed="With None timesteps the samples of one batch may have different lengths.",
    truth=(
        "None lets *batches* differ. One array is a full block: inside a batch, pad to a common length and mask the "
        "padding."
    ),
    look="Change longest: the shorter sequence gets more zeros, the output stays one row per sample.",
    dims=Ragged,
    trials=(both_lengths, pad, another_length),
    verdict=_ragged_verdict,
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


FORMS = ("list of arrays", "list of lists", "np.array")


@dataclass(frozen=True)
class ListOrArray(DimsBase):
    form: str = choice("list of arrays", FORMS, help="How the samples are passed to fit.")
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


@trial(
    "{}",
    "loud",
    says="Make sure all arrays contain the same number of samples.'x' sizes: 3, 3",
    each=lambda dims: first(dims.form, FORMS),
)
def handed(dims: ListOrArray, form: str) -> Tried:
    """Hand the samples over in one of the forms."""
    told = {
        "list of arrays": f"Keras reads {dims.samples} inputs of {dims.features} samples each, not "
        f"{dims.samples} samples.",
        "list of lists": (
            "Keras doesn't accept a nested list: it doesn't guess whether you mean one array or many inputs."
        ),
        "np.array": f"One array ({tag(dims.samples, 'samples')}, {tag(dims.features, 'features')}) is one input.",
    }
    return trained(
        _fit_form(dims, form),
        f"x = {_handed(dims, form)[1]}\nmodel.fit(x, np.ones({dims.samples}))",
        told[form],
        mistake="input_count",
        title=form.capitalize() if form != "np.array" else form,
    )


def _list_verdict(dims: ListOrArray, tried: tuple[Tried, ...]) -> str:
    return f"Of the three forms {', '.join(titles(tried, 'run'))} trains. A list means several inputs."


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
    look="Change form and compare what Keras says.",
    dims=ListOrArray,
    trials=(handed,),
    verdict=_list_verdict,
    ask=Ask(
        "choice",
        lambda rng: ListOrArray(form=rng.choice(FORMS), **distinct(rng, samples=(2, 6), features=(2, 9))),
        lambda d: (
            f"A model with one input of {d.features} features gets {d.samples} samples as a {d.form}. Does it train?"
        ),
        lambda d: f"x = {_handed(d, d.form)[1]}\nmodel.fit(x, np.ones({d.samples}))",
        lambda d: "How would you pass two different inputs? That is how Keras reads it.",
        _list_truth,
        (TRAINS, REFUSES),
    ),
    lesson="array_shapes",
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


@trial("{} .batch() calls", "run", each=lambda dims: first(int(dims.batches), (0, 1, 2)))
def batched(dims: Batched, times: int) -> Tried:
    """Train on a data set that was batched so often."""
    # a SimpleRNN trains in half the time of an LSTM, and refuses with the same words
    cell, head = layers.SimpleRNN(2, name="rnn"), layers.Dense(1, name="dense")
    error = train(chain((dims.timesteps, dims.features), cell, head), _dataset(dims, times), None, "mse")
    shape = _element(dims, times)
    calls = f".batch({dims.batch_size})" * min(times, 1) + ".batch(2)" * (times > 1)
    return trained(
        error,
        f"ds = tf.data.Dataset.from_tensor_slices((x, y)){calls}\nmodel.fit(ds)  # elements: {shape}",
        f"Elements of {len(shape)} axes reach the model, which expects 3.",
        mistake="data_rank",
        title=calls or "No batch",
    )


def _batched_verdict(dims: Batched, tried: tuple[Tried, ...]) -> str:
    return "Each .batch() puts one axis in front of the data. The model needs exactly one."


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
    believed="tf.data makes batches automatically.",
    truth=(
        "A data set yields its elements as they are: no `.batch()`, no batch axis; two calls, two axes. The "
        "`batch_size` argument of `fit` is not for data sets."
    ),
    look="Change the number of .batch() calls and count the axes of the elements.",
    dims=Batched,
    trials=(batched,),
    verdict=_batched_verdict,
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
        lambda d: "from_tensor_slices removes the first axis. Each .batch() adds one of open length: None.",
        _batched_truth,
    ),
    lesson="fit_batches",
    mistakes=("data_rank",),
    words=("tf.data.Dataset", "from_tensor_slices", "batch_size", "expected shape"),
)

CONTAINERS: tuple[Misconception[Any], ...] = (RAGGED, LIST, BATCHED)
