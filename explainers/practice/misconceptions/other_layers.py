"""Misconceptions about the layers around recurrent ones: convolution, Dense, Embedding, Flatten."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

from explainers.core.axes import Axis, plain, sizes
from explainers.core.dims import DimsBase, choice, dim
from explainers.core.results import Inspection
from explainers.core.trial import Tried, first, trial
from explainers.core.words import tag
from explainers.practice.misconceptions import fields
from explainers.practice.misconceptions.live import (
    built,
    chain,
    count_truth,
    layers,
    np,
    out,
    predicted,
    refusal,
    seen,
    shape_truth,
    sum_of,
    titles,
    waves,
)
from explainers.practice.misconceptions.misconception import BUILDS, REFUSES, Ask, Misconception, Truth, distinct

# -- 4 ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sliding(DimsBase):
    steps: int = dim(7, low=3, high=256, axis="steps", sets=("x.shape[0]",), help="How many readings one sample has.")
    channels: int = dim(5, high=64, axis="channels", sets=("x.shape[1]",), help="How many numbers one reading has.")
    filters: int = dim(4, high=64, axis="filters", sets=("conv.filters", "conv_1.filters"), help="Kernels per layer.")
    kernel_size: int = dim(
        3, high=32, axis="kernel_size", sets=("conv.kernel_size", "conv_1.kernel_size"), help="Steps a kernel looks at."
    )
    pool_size: int = dim(2, high=8, axis="pool_size", sets=("pool.pool_size",), help="Steps that become one.")
    padding: str = choice("valid", ("valid", "same"), help='"same" puts zeros around the steps.')


def _slid(dims: Sliding, padding: str, deep: bool = True) -> Inspection:
    def conv(name: str) -> Any:
        return layers.Conv1D(dims.filters, dims.kernel_size, padding=padding, name=name)

    def build() -> Any:
        if not deep:
            return chain((dims.steps, dims.channels), conv("conv"))  # (batch, fewer steps, filters)
        pool = layers.MaxPooling1D(dims.pool_size, name="pool")  # (batch, steps // pool_size, filters)
        return chain((dims.steps, dims.channels), conv("conv"), pool, conv("conv_1"))

    return seen(build)


@trial(
    'padding="{}"',
    "loud",
    says="output size would be zero or negative. Received `inputs shape=(None, 2, 4)`",
    each=lambda dims: first(dims.padding, ("valid", "same")),
)
def slid(dims: Sliding, padding: str) -> Tried:
    """Convolution, pool, convolution."""
    found = _slid(dims, padding)
    lengths = [sizes(layer.outputs[0])[1] for layer in found.layers]
    way = " → ".join(str(tag(length, "steps")) for length in lengths)
    told = f"Steps: {way}" + (", and then the kernel no longer fits." if found.error else ".")
    return built(found, told)


def _slid_verdict(dims: Sliding, tried: tuple[Tried, ...]) -> str:
    alone = _slid(dims, "valid", deep=False)
    left = sizes(alone.layers[-1].outputs[0])[1] if alone.error is None else 0
    return (
        f"A kernel of {tag(dims.kernel_size, 'kernel_size')} leaves {tag(left, 'steps')} of "
        f"{tag(dims.steps, 'steps')} steps; a pool of {tag(dims.pool_size, 'pool_size')} divides and drops the rest."
    )


def _slid_truth(dims: Sliding) -> Truth:
    found = _slid(dims, dims.padding, deep=False)
    assert found.error is None, found.error
    return shape_truth(out(found), out(found)[1].origin + f": {plain(out(found))}.")


def _draw_slid(rng: Random) -> Sliding:
    drawn = distinct(rng, steps=(8, 30), channels=(2, 6), filters=(8, 20), kernel_size=(2, 6))
    return Sliding(padding=rng.choice(("valid", "valid", "same")), **drawn)


SLIDING = Misconception(
    slug="convolution-keeps-the-length",
    number=4,
    seen=14,
    believed="Convolution and pooling keep the length.",
    truth='With `padding="valid"` a kernel removes `kernel_size − 1` steps; a pool divides and drops the rest. Soon '
    "nothing is left for the next kernel.",
    look="Change steps until the last kernel fits, or set padding to same.",
    dims=Sliding,
    trials=(slid,),
    verdict=_slid_verdict,
    ask=Ask(
        "shape",
        _draw_slid,
        lambda d: "What is the shape of y?",
        lambda d: (
            f"x = keras.Input(({d.steps}, {d.channels}))\n"
            f'y = layers.Conv1D({d.filters}, {d.kernel_size}, padding="{d.padding}")(x)'
        ),
        lambda d: "At how many positions does the kernel fit? The last axis is the number of kernels.",
        _slid_truth,
    ),
    lesson="conv1d",
    mistakes=("kernel_exceeds_steps",),
    words=("Computed output size would be zero or negative", "Negative dimension size", "padding", "pooling", "stride"),
)

# -- 11 --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mixes(DimsBase):
    timesteps: int = fields.timesteps(5, high=128)
    features: int = fields.features(3)
    units: int = fields.units(7, "dense")


def _dense(dims: Mixes, flat: bool) -> Inspection:
    def build() -> Any:
        first = [layers.Flatten(name="flatten")] if flat else []  # (batch, timesteps × features)
        return chain((dims.timesteps, dims.features), *first, layers.Dense(dims.units, name="dense"))  # (…, units)

    return seen(build)


@trial("Dense on a sequence", "run")
def on_a_sequence(dims: Mixes) -> Tried:
    """The timesteps stay."""
    found = _dense(dims, flat=False)
    return built(found, f"The same weights at every timestep: {sum_of(found.layer('dense'))}.")


@trial("Flatten first", "run")
def flat_first(dims: Mixes) -> Tried:
    """The timesteps are gone."""
    found = _dense(dims, flat=True)
    return built(found, f"Now every number has its own weights: {sum_of(found.layer('dense'))}.")


def _mixes_verdict(dims: Mixes, tried: tuple[Tried, ...]) -> str:
    each, flat = (one.inspection.layer("dense").params for one in tried if one.inspection)
    return f"Dense({tag(dims.units, 'units')}) has {each:,} weights on the sequence and {flat:,} after a Flatten."


def _mixes_truth(dims: Mixes) -> Truth:
    dense = _dense(dims, flat=False).layer("dense")
    return count_truth(dense.params, f"Dense works on the last axis alone: {sum_of(dense)}.")


MIXES = Misconception(
    slug="dense-mixes-everything",
    number=11,
    seen=11,
    believed="Dense mixes all numbers of a sample.",
    truth="Dense acts on the **last axis** only: once per timestep, with the same weights. To mix all of them, "
    "Flatten first.",
    look="Change timesteps: one of the two counts doesn't change.",
    dims=Mixes,
    trials=(on_a_sequence, flat_first),
    verdict=_mixes_verdict,
    ask=Ask(
        "count",
        lambda rng: Mixes(**distinct(rng, timesteps=(4, 12), features=(2, 9), units=(3, 12))),
        lambda d: "How many parameters does the Dense layer have?",
        lambda d: f"x = keras.Input(({d.timesteps}, {d.features}))\ny = layers.Dense({d.units})(x)",
        lambda d: "One weight from each number of the last axis to each unit, and one bias per unit.",
        _mixes_truth,
    ),
    lesson="array_shapes",
    mistakes=("target_shape",),
    words=("Dense on 3D", "TimeDistributed Dense", "Flatten", "fully connected"),
)

# -- 12 --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Looking(DimsBase):
    samples: int = fields.samples(2, high=16)
    timesteps: int = fields.timesteps(5, high=64)
    input_dim: int = dim(
        10, high=256, axis="input_dim", sets=("embedding.input_dim",), help="Rows of the table: ids 0 … input_dim − 1."
    )
    output_dim: int = dim(
        4, high=64, axis="output_dim", sets=("embedding.output_dim",), help="How many numbers one id becomes."
    )
    largest_id: int = dim(10, low=0, high=256, help="The largest id in the data.")


def _embedding(dims: Looking) -> Any:
    return layers.Embedding(dims.input_dim, dims.output_dim, name="embedding")  # one axis more than the ids


def _looked_up(dims: Looking) -> tuple[Any, BaseException | None]:
    """The real lookup of (samples, timesteps) ids, of which the first is `largest_id`."""
    ids = np.zeros((dims.samples, dims.timesteps), "int32")
    ids[0, 0] = dims.largest_id
    try:
        return _embedding(dims)(ids), None
    except Exception as error:  # any error that Keras raises is the lesson
        return None, error


@trial("Whole numbers", "run")
def whole_numbers(dims: Looking) -> Tried:
    """Ids, as Embedding expects them."""
    ids = seen(lambda: chain((dims.timesteps,), _embedding(dims), dtype="int32"), {"x": "batch timesteps"})
    return built(ids, f"Each id becomes {tag(dims.output_dim, 'units')} numbers: one more axis.")


@trial("One-hot rows", "silent")
def one_hot_rows(dims: Looking) -> Tried:
    """Vectors, as a Dense would read them."""
    one_hot = seen(
        lambda: chain((dims.timesteps, dims.input_dim), _embedding(dims), dtype="int32"),
        {"x": "batch timesteps input_dim"},
    )
    return built(one_hot, "Every single 0 and 1 is looked up: one more axis, and hardly what was meant.")


@trial("Look up the largest id", "loud", says="indices[0,0] = 10 is not in [0, 10)")
def look_up(dims: Looking) -> Tried:
    """One row more than the table has."""
    _, error = _looked_up(dims)
    fits = f"The table has rows 0 … {dims.input_dim - 1}: row {dims.largest_id} is there."
    missing = (
        f"The table has rows 0 … {dims.input_dim - 1}; row {dims.largest_id} is outside. Ids from 1 need one more row: "
        f"input_dim={dims.largest_id + 1}."
    )
    return Tried(
        f"layers.Embedding({dims.input_dim}, {dims.output_dim})(np.array([[{dims.largest_id}, …]]))",
        fits if error is None else missing,
        error=None if error is None else refusal(error, "embedding_range", missing),
        title=f"Look up id {dims.largest_id}",
    )


def _looking_verdict(dims: Looking, tried: tuple[Tried, ...]) -> str:
    ids = tried[0].inspection
    assert ids is not None
    return f"Ids (batch, {tag(dims.timesteps, 'timesteps')}) become {plain(out(ids))}."


def _looking_truth(dims: Looking) -> Truth:
    from explainers.core.inspection import inspect_live

    def build() -> Any:
        return chain((dims.timesteps,), _embedding(dims), dtype="int32")

    model = inspect_live(build, {"x": "batch timesteps"}, run=False).model
    y, words = predicted(model, waves((dims.samples, dims.timesteps)).astype("int32"))
    assert y is not None, words
    shape = out(seen(build, {"x": "batch timesteps"}))
    batch = Axis("batch", len(y), f"the {len(y)} sentences that were fed")
    return shape_truth(
        (batch, *shape[1:]), f"The model read the ids and returned {y.shape}: an axis is added, none is replaced."
    )


LOOKING = Misconception(
    slug="embedding-takes-vectors",
    number=12,
    seen=11,
    believed="Embedding takes vectors, and input_dim is the number of words.",
    truth=(
        "It takes whole numbers 0 … `input_dim − 1` and **adds** an axis. Ids that start at 1 need one more row; so "
        "does a pretrained matrix."
    ),
    look="Lower largest_id by one: the lookup works.",
    dims=Looking,
    trials=(whole_numbers, one_hot_rows, look_up),
    verdict=_looking_verdict,
    ask=Ask(
        "shape",
        lambda rng: Looking(
            largest_id=0, **distinct(rng, samples=(2, 9), timesteps=(3, 12), input_dim=(20, 90), output_dim=(2, 16))
        ),
        lambda d: f"{d.samples} sentences of {d.timesteps} word ids each are fed. What is the shape of the result?",
        lambda d: f"ids.shape  # ({d.samples}, {d.timesteps})\nlayers.Embedding({d.input_dim}, {d.output_dim})(ids)",
        lambda d: "Nothing is replaced: each id becomes a vector, on a new last axis.",
        _looking_truth,
    ),
    lesson="stacked_lstm",
    mistakes=("embedding_range", "layer_rank"),
    words=("is not in [0,", "InvalidArgumentError indices", "vocab_size", "one-hot embedding", "mask_zero"),
)

# -- also seen -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Along(DimsBase):
    steps: int = dim(101, high=256, axis="steps", sets=("x.shape[0]",), help="How many readings one sample has.")
    channels: int = dim(1, high=64, axis="channels", sets=("x.shape[1]",), help="How many numbers one reading has.")
    filters: int = dim(64, high=128, axis="filters", sets=("conv.filters",), help="How many kernels slide.")
    kernel_size: int = dim(10, high=64, axis="kernel_size", sets=("conv.kernel_size",), help="Steps a kernel sees.")


def _along(dims: Along, shape: tuple[int, int]) -> Inspection:
    return seen(lambda: chain(shape, layers.Conv1D(dims.filters, dims.kernel_size, name="conv")))  # (…, filters)


def _kernel(found: Inspection) -> str:
    return plain(found.layer("conv").weights[0].shape) if found.error is None else "no kernel"


@trial("Readings along the first axis", "run")
def readings_first(dims: Along) -> Tried:
    """(steps, channels)."""
    found = _along(dims, (dims.steps, dims.channels))
    return built(
        found,
        f"The kernel is {_kernel(found)}: it covers all {tag(dims.channels, 'channels')} channels of a reading at once."
        if found.error is None
        else "The kernel is longer than the series.",
    )


@trial(
    "The same numbers, axes swapped",
    "loud",
    says="output size would be zero or negative. Received `inputs shape=(None, 1, 101)`",
)
def values_first(dims: Along) -> Tried:
    """(channels, steps)."""
    return built(
        _along(dims, (dims.channels, dims.steps)),
        f"{tag(dims.channels, 'steps')} step with {tag(dims.steps, 'channels')} channels: a kernel of "
        f"{tag(dims.kernel_size, 'kernel_size')} steps doesn't fit.",
        wrong=True,
    )


def _along_verdict(dims: Along, tried: tuple[Tried, ...]) -> str:
    found = tried[0].inspection
    assert found is not None
    return f"The kernel slides along steps; the values of one reading are all inside it: {_kernel(found)}."


def _along_truth(dims: Along) -> Truth:
    kernel = _along(dims, (dims.steps, dims.channels)).layer("conv").weights[0]
    return shape_truth(kernel.shape, f"{kernel.formula} = {kernel.numbers} = {kernel.count:,} weights.")


ALONG = Misconception(
    slug="a-kernel-slides-over-the-values",
    number=34,
    seen=5,
    believed="A Conv1D kernel slides over the values of a step.",
    truth="It slides along the **steps** and sees all channels of each: the kernel is "
    "`(kernel_size, channels, filters)`.",
    look="Give the signal more channels: the kernel grows, the number of positions stays the same.",
    dims=Along,
    trials=(readings_first, values_first),
    verdict=_along_verdict,
    ask=Ask(
        "shape",
        lambda rng: Along(**distinct(rng, steps=(20, 60), channels=(2, 9), filters=(10, 19), kernel_size=(2, 9))),
        lambda d: "What is the shape of the kernel?",
        lambda d: (
            f"x = keras.Input(({d.steps}, {d.channels}))\nlayer = layers.Conv1D({d.filters}, {d.kernel_size})\n"
            "layer(x)\nlayer.kernel.shape"
        ),
        lambda d: "How many steps does it look at, how many numbers per step, how many kernels are there?",
        _along_truth,
    ),
    lesson="conv1d",
    mistakes=("kernel_exceeds_steps", "channels"),
    words=("kernel shape Conv1D", "zero or negative", "filters", "1D signal"),
)

HEADS = ("Flatten", "GlobalAveragePooling1D", "LSTM")


@dataclass(frozen=True)
class OpenFlat(DimsBase):
    timesteps: int | None = dim(
        None, high=256, allows_none=True, axis="timesteps", sets=("x.shape[0]",), help="None leaves the length open."
    )
    features: int = fields.features(3)
    rnn_units: int = fields.units(6, "lstm")
    units: int = fields.units(4, "dense")
    head: str = choice("Flatten", HEADS, help="What combines the timesteps.")


def _flat(dims: OpenFlat, head: str) -> Inspection:
    def build() -> Any:
        together = {
            "Flatten": lambda: layers.Flatten(name="flatten"),  # (batch, timesteps × features)
            "GlobalAveragePooling1D": lambda: layers.GlobalAveragePooling1D(name="average"),  # (batch, features)
            "LSTM": lambda: layers.LSTM(dims.rnn_units, name="lstm"),  # (batch, rnn_units)
        }[head]()
        return chain(
            (dims.timesteps, dims.features), together, layers.Dense(dims.units, name="dense")
        )  # (batch, units)

    return seen(build, {"x": "batch timesteps features"})


@trial(
    "{}",
    "loud",
    says="Received: shape=(None, 4) for variable path='model/dense/kernel'",
    each=lambda dims: first(dims.head, HEADS),
)
def together(dims: OpenFlat, head: str) -> Tried:
    """A Dense behind one of the layers that bring the timesteps together."""
    found = _flat(dims, head)
    entering = plain(found.flow[-1].inputs[0].shape)
    told = (
        f"Dense gets {entering}: it can't make a kernel with an open number of rows."
        if found.error
        else f"Dense gets {entering}: the last axis is known."
    )
    return built(found, told)


def _flat_verdict(dims: OpenFlat, tried: tuple[Tried, ...]) -> str:
    length = "an open length" if dims.timesteps is None else f"{tag(dims.timesteps, 'timesteps')} timesteps"
    return f"With {length}, Dense builds after {', '.join(titles(tried, 'run'))}."


def _flat_truth(dims: OpenFlat) -> Truth:
    found = _flat(dims, dims.head)
    if found.error is not None:
        return Truth(REFUSES, "After the Flatten the last axis is None.", words=found.error.message)
    return Truth(BUILDS, f"Dense read {plain(found.flow[-1].inputs[0].shape)}: its last axis is known.")


FLAT = Misconception(
    slug="flatten-works-with-open-steps",
    number=33,
    seen=4,
    believed="Flatten works with open timesteps.",
    truth="Flatten of an open axis is open, and Dense needs a number there. Pool over the steps, read them with an "
    "RNN, or fix their number.",
    look="Give timesteps a number: all three build.",
    dims=OpenFlat,
    trials=(together,),
    verdict=_flat_verdict,
    ask=Ask(
        "choice",
        lambda rng: OpenFlat(
            timesteps=rng.choice((None, 17)),
            head=rng.choice(HEADS),
            **distinct(rng, features=(2, 9), rnn_units=(2, 9), units=(2, 9)),
        ),
        lambda d: "Does this model build?",
        lambda d: (
            f"x = keras.Input(({d.timesteps}, {d.features}))\n"
            + (f"h = layers.LSTM({d.rnn_units})(x)\n" if d.head == "LSTM" else f"h = layers.{d.head}()(x)\n")
            + f"y = layers.Dense({d.units})(h)"
        ),
        lambda d: "What is the last axis that reaches the Dense: a number, or None?",
        _flat_truth,
        (BUILDS, REFUSES),
    ),
    lesson="conv1d",
    mistakes=("unknown_axis",),
    words=("must be fully-defined", "last dimension", "None dimensions", "GlobalAveragePooling1D"),
)

OTHER_LAYERS: tuple[Misconception[Any], ...] = (SLIDING, MIXES, LOOKING, ALONG, FLAT)
