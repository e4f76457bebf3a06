"""A sample is a set of m sequences: one RNN reads each of them with the same weights, and the outputs are averaged.

    squeeze            (1, m, T, f) -> (m, T, f) -> RNN (m, units) -> (1, m, units) -> average (1, units)
    time_distributed   (batch, m, T, f) -> TimeDistributed(RNN) (batch, m, units) -> average (batch, units)

    m sequences   T timesteps   f features

Both have the same weights and give the same numbers. Only the second takes a batch of more than one sample.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from explainers.core.asked import count_of, shape_told
from explainers.core.axes import Shape
from explainers.core.bounds import bounded, telling
from explainers.core.bounds import sentence as bounded_sentence
from explainers.core.dims import DimsBase, choice, dim, switch
from explainers.core.explainer import Asked, Explainer, Journey, Preset
from explainers.core.later import keras, layers
from explainers.core.layers import RECURRENT
from explainers.core.recording import shown
from explainers.core.results import Inspection
from explainers.core.trying import live
from explainers.core.waves import waves
from explainers.core.words import tag

INPUTS = {"sample": "batch sequences timesteps features"}


@dataclass(frozen=True)
class Dims(DimsBase):
    sequences: int | None = dim(
        4,
        high=64,
        allows_none=True,
        axis="sequences",
        sets=("sample.shape[0]",),
        help="m: how many sequences one sample holds. None leaves it open.",
    )
    timesteps: int | None = dim(
        6,
        high=200,
        allows_none=True,
        axis="timesteps",
        sets=("sample.shape[1]",),
        help="How long each sequence is. None leaves it open.",
    )
    features: int = dim(
        2,
        high=64,
        axis="features",
        sets=("sample.shape[2]",),
        help="How many numbers one timestep of one sequence has.",
    )
    cell: str = choice("GRU", tuple(sorted(RECURRENT)), help="The recurrent layer that reads every sequence.")
    units: int = dim(5, high=256, axis="units", sets=("rnn.units",), help="The width of the output for each sequence.")
    reset_after: bool = switch(
        True,
        sets=("rnn.reset_after",),
        help="GRU only. True, today's default, keeps two biases; older summaries show the count with False.",
    )
    form: str = choice(
        "squeeze",
        ("squeeze", "time_distributed"),
        help="squeeze: the sequences become the batch. time_distributed: the RNN runs once for each sequence.",
    )
    mask: bool = switch(
        False, help="time_distributed only. True: timesteps of zeros are padding, and padded sequences don't count."
    )
    dense_units: int = dim(
        3, high=128, axis="units", sets=("dense.units",), help="The width of the layer after the average."
    )
    projected: int = dim(
        0,
        low=0,
        high=64,
        advanced=True,
        axis="units",
        sets=("w_hr.units",),
        help="The width of a learned projection W_hr of each output, before the average. 0: none.",
    )


PRESETS = (
    Preset(
        "16-x-100",
        "16 × 100",
        {"sequences": 16, "timesteps": 100, "features": 1, "units": 4, "dense_units": 32},
        "One sample of 16 sequences, averaged after the RNN.",
    ),
    Preset(
        "printed-summary",
        "printed summary",
        {"sequences": 32, "timesteps": 100, "features": 1, "units": 16, "reset_after": False, "dense_units": 8},
        "An older summary says 864: reset_after=False.",
    ),
    Preset(
        "todays-gru",
        "the same with today's GRU",
        {"sequences": 32, "timesteps": 100, "features": 1, "units": 16, "dense_units": 8},
        "Today's default reset_after=True has a second bias: 912.",
    ),
    Preset(
        "time-distributed",
        "TimeDistributed",
        {"form": "time_distributed"},
        "The second way: any batch.",
    ),
    Preset(
        "both-vary",
        "m and T both vary",
        {"sequences": None, "timesteps": None, "features": 1, "form": "time_distributed", "mask": True},
        "(None, None, None, 1): padding, a mask, and an average that uses it.",
    ),
)


def build(dims: Dims) -> keras.Model:
    """Input -> (take out) -> RNN for each sequence -> (put back) -> average -> Dense -> Dense."""
    from explainers.layers.sequence_set import MaskedMean, PutBack, TakeOut

    shape = (dims.sequences, dims.timesteps, dims.features)
    options = {"reset_after": dims.reset_after} if dims.cell == "GRU" else {}
    rnn = getattr(layers, dims.cell)(dims.units, name="rnn", **options)
    if dims.form == "squeeze":
        sample = keras.Input(shape, batch_size=1, name="sample")  # (1, sequences, timesteps, features)
        one = TakeOut(name="take_out")(sample)  # (sequences, timesteps, features)
        outputs = rnn(one)  # (sequences, units)
        outputs = PutBack(name="put_back")(outputs)  # (1, sequences, units)
    else:
        sample = keras.Input(shape, name="sample")  # (batch, sequences, timesteps, features)
        real = layers.Masking(name="masking")(sample) if dims.mask else sample
        outputs = layers.TimeDistributed(rnn, name="each_sequence")(real)  # (batch, sequences, units)
    if dims.projected:
        outputs = layers.Dense(dims.projected, use_bias=False, name="w_hr")(outputs)  # (batch, sequences, projected)
    masked = dims.mask and dims.form == "time_distributed"
    average = MaskedMean(name="average") if masked else layers.GlobalAveragePooling1D(name="average")
    mean = average(outputs)  # (batch, units)
    hidden = layers.Dense(dims.dense_units, activation="relu", name="dense")(mean)  # (batch, dense_units)
    prediction = layers.Dense(1, name="prediction")(hidden)  # (batch, 1)
    return keras.Model(sample, prediction, name="sequence_set")


def sentence(dims: Dims, found: Inspection) -> str:
    """One sentence from what the model showed."""
    if found.error is not None:
        return f"This model can't be built: {found.error.cause}"
    name = "rnn" if dims.form == "squeeze" else "each_sequence"
    rnn, average = found.layer(name), found.layer("average")
    where = "the batch" if dims.form == "squeeze" else "an axis of the sample"
    return (
        f"Let the {tag(dims.sequences, 'sequences')} sequences be {where}: one {dims.cell} reads each of them with "
        "the same "
        f"**{rnn.params:,}** parameters and returns {shape_told(rnn.outputs[0])}; the average over sequences is "
        f"{shape_told(average.outputs[0])}. Gradients flow through the average to every sequence, in equal shares."
    )


# -- the two ways, and the average in real numbers -----------------------------------------------------------


@dataclass(frozen=True)
class Stop:
    """One layer on a way: its name, its class, the shape that leaves it, its parameters."""

    layer: str
    class_name: str
    shape: Shape
    params: int


def extra(dims: Dims, found: Inspection) -> dict[str, object]:
    """Both ways layer by layer, and one real sample: an output per sequence, their average, the prediction."""
    if found.error is not None:
        return {"ways": {}, "answers": (), "average": (), "prediction": None}
    other = "time_distributed" if dims.form == "squeeze" else "squeeze"
    model, built_other = live(lambda: build(dims.but(form=other)), INPUTS)
    ways = {dims.form: _way(found), other: _way(built_other)}
    with telling() as told:
        small = small_enough(dims, sequences=12, timesteps=20)
    outputs, average, prediction = _averaged(model, waves((1, *shape_of_set(small)))[0])
    return {
        "ways": {form: ways[form] for form in ("squeeze", "time_distributed")},
        "answers": shown(outputs, rows=12),
        "average": shown(average)[0],
        "prediction": shown(prediction)[0][0],
        "sample": shape_of_set(small),
        "bounded": bounded_sentence(told),
    }


def _way(found: Inspection) -> tuple[Stop, ...]:
    """The layers of one way."""
    return tuple(Stop(layer.name, layer.class_name, layer.outputs[0], layer.params) for layer in found.layers)


def _averaged(model: Any, sample: Any) -> tuple[Any, Any, Any]:
    """An output per sequence, their average, the prediction, from the layers of a model of either way.

    sample: (sequences, timesteps, features), of any lengths: neither is in a weight. The layers are called one by one,
    because the model's own Input may ask for other lengths.
    """
    kept = {layer.name: layer for layer in model.layers}
    rnn = kept["rnn"] if "rnn" in kept else kept["each_sequence"].layer
    outputs = rnn(sample)  # (sequences, units): the sequences stand in for the batch
    if "w_hr" in kept:
        outputs = kept["w_hr"](outputs)  # (sequences, projected)
    average = kept["average"](outputs[None])  # (1, units)
    return outputs, average, kept["prediction"](kept["dense"](average))  # (1, 1)


def shape_of_set(dims: Dims) -> tuple[int, int, int]:
    return (dims.sequences or 5, dims.timesteps or 7, dims.features)


def small_enough(dims: Dims, sequences: int = 4, timesteps: int = 6) -> Dims:
    """The same weights on fewer and shorter sequences: neither number is in any weight."""
    some = dims.but(sequences=dims.sequences or 5, timesteps=dims.timesteps or 7)
    return bounded(some, sequences=sequences, timesteps=timesteps)


# -- tried for real ------------------------------------------------------------------------------------------


def unused(dims: Dims) -> tuple[str, ...]:
    """reset_after is GRU's, the mask needs the second way."""
    return (
        *(() if dims.cell == "GRU" else ("reset_after",)),
        *(() if dims.form == "time_distributed" else ("mask",)),
    )


EXPLAINER = Explainer(
    name="sequence_set",
    title="Set of sequences",
    question="Each of my samples is m sequences: how do I run one RNN over all of them and average?",
    dims=Dims,
    presets=PRESETS,
    inputs=INPUTS,
    build=build,
    sentence=sentence,
    journey=Journey(change="units"),
    extra=extra,
    extra_later=True,
    unused=unused,
    asked=(
        Asked("Do the gradients flow through the average?", {}, "break-it", trial="gradients"),
        Asked(
            "Why does my GRU have 912 parameters and not 864?",
            {"units": 16, "features": 1, "reset_after": True, "form": "squeeze"},
            "parameters",
            count_of("rnn"),
        ),
        Asked("How do I use TimeDistributed with a GRU?", {"form": "time_distributed"}, "break-it", trial="two_ways"),
        Asked("What are the two states of an LSTM?", {"cell": "LSTM"}, "break-it", trial="lstm_states"),
        Asked(
            "How do I average only over real sequences?",
            {"mask": True, "form": "time_distributed"},
            "break-it",
            trial="padded_and_masked",
        ),
    ),
    label="Many sequences per sample",
    about="A set has no order: its sequences share one RNN, and an average turns any number of them into one output.",
    picture="sequence_set",
    order=70,
    always_builds=True,
)
