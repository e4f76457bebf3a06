"""A sample is a set of m sequences: one RNN reads each of them with the same weights, and the answers are averaged.

    squeeze            (1, m, T, f) -> (m, T, f) -> RNN (m, units) -> (1, m, units) -> average (1, units)
    time_distributed   (batch, m, T, f) -> TimeDistributed(RNN) (batch, m, units) -> average (batch, units)

    m sequences   T timesteps   f features

Both have the same weights and give the same numbers. Only the second takes a batch of more than one sample.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from explainers.core import then
from explainers.core.axes import Shape
from explainers.core.bounds import bounded, sentence, telling
from explainers.core.dims import DimsBase, choice, dim, switch
from explainers.core.explainer import Explainer, Journey, Preset
from explainers.core.later import keras, layers
from explainers.core.results import Figure, Inspection, Tensor
from explainers.core.trial import Tried, trial
from explainers.core.trying import built, live, named, try_build, try_feed
from explainers.core.trying import gradients as gradients_of
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
    cell: str = choice("GRU", ("GRU", "LSTM", "SimpleRNN"), help="The recurrent layer that reads every sequence.")
    units: int = dim(5, high=256, axis="units", sets=("rnn.units",), help="The width of the answer to each sequence.")
    reset_after: bool = switch(
        True,
        sets=("rnn.reset_after",),
        help="GRU only. True, today's default, keeps two biases; older summaries show the count of False.",
    )
    form: str = choice(
        "squeeze",
        ("squeeze", "time_distributed"),
        help="squeeze: the sequences stand in for the batch. time_distributed: the RNN runs once for each sequence.",
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
        help="A learned projection W_hr of each answer before the average, to so many numbers. 0: none.",
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
        "(None, None, None, 1): padding, a mask, and an average that knows it.",
    ),
)


def build(dims: Dims) -> keras.Model:
    """Input -> (take out) -> RNN for each sequence -> (put back) -> average -> Dense -> Dense."""
    from explainers.layers.sequence_set import MaskedMean, PutBack, TakeOut

    shape = (dims.sequences, dims.timesteps, dims.features)
    kinds = {"GRU": layers.GRU, "LSTM": layers.LSTM, "SimpleRNN": layers.SimpleRNN}
    options = {"reset_after": dims.reset_after} if dims.cell == "GRU" else {}
    rnn = kinds[dims.cell](dims.units, name="rnn", **options)
    if dims.form == "squeeze":
        sample = keras.Input(shape, batch_size=1, name="sample")  # (1, sequences, timesteps, features)
        one = TakeOut(name="take_out")(sample)  # (sequences, timesteps, features)
        answers = rnn(one)  # (sequences, units)
        answers = PutBack(name="put_back")(answers)  # (1, sequences, units)
    else:
        sample = keras.Input(shape, name="sample")  # (batch, sequences, timesteps, features)
        real = layers.Masking(name="masking")(sample) if dims.mask else sample
        answers = layers.TimeDistributed(rnn, name="each_sequence")(real)  # (batch, sequences, units)
    if dims.projected:
        answers = layers.Dense(dims.projected, use_bias=False, name="w_hr")(answers)  # (batch, sequences, projected)
    masked = dims.mask and dims.form == "time_distributed"
    average = MaskedMean(name="average") if masked else layers.GlobalAveragePooling1D(name="average")
    mean = average(answers)  # (batch, units)
    hidden = layers.Dense(dims.dense_units, activation="relu", name="dense")(mean)  # (batch, dense_units)
    prediction = layers.Dense(1, name="prediction")(hidden)  # (batch, 1)
    return keras.Model(sample, prediction, name="sequence_set")


def answer(dims: Dims, found: Inspection) -> str:
    """One sentence from what the model showed."""
    if found.error is not None:
        return f"This model can't be built: {found.error.cause}"
    name = "rnn" if dims.form == "squeeze" else "each_sequence"
    rnn, average = _layer(found, name), _layer(found, "average")
    where = "the batch" if dims.form == "squeeze" else "an axis of the sample"
    return (
        f"Let the {tag(dims.sequences, 'sequences')} sequences be {where}: one {dims.cell} reads each of them with "
        "the same "
        f"**{rnn.params:,}** parameters and answers {_tagged(rnn.outputs[0])}; the average over sequences is "
        f"{_tagged(average.outputs[0])}. Gradients flow through the average to every sequence, in equal shares."
    )


def _layer(found: Inspection, name: str) -> Any:
    return next(layer for layer in found.layers if layer.name == name)


def _tagged(shape: Shape) -> str:
    """``(16, 4)``, each number in the colour of its axis."""
    return "(" + ", ".join(tag(axis.size, axis.axis) for axis in shape) + ")"


# -- the two ways, and the average in real numbers -----------------------------------------------------------


@dataclass(frozen=True)
class Stop:
    """One layer on a way: its name, its class, the shape that leaves it, its parameters."""

    layer: str
    class_name: str
    shape: Shape
    params: int


def extra(dims: Dims, found: Inspection) -> dict[str, object]:
    """Both ways layer by layer, and one real sample: an answer per sequence, their average, the prediction."""
    if found.error is not None:
        return {"ways": {}, "answers": (), "average": (), "prediction": None}
    from explainers.core.recording import shown

    other = "time_distributed" if dims.form == "squeeze" else "squeeze"
    model, built_other = live(lambda: build(dims.but(form=other)), INPUTS)
    ways = {dims.form: _way(found), other: _way(built_other)}
    with telling() as told:
        small = _small(dims, sequences=12, timesteps=20)
    answers, average, prediction = _averaged(model, waves((1, *_shape(small)))[0])
    return {
        "ways": {form: ways[form] for form in ("squeeze", "time_distributed")},
        "answers": shown(answers, rows=12),
        "average": shown(average)[0],
        "prediction": shown(prediction)[0][0],
        "sample": _shape(small),
        "bounded": sentence(told),
    }


def _way(found: Inspection) -> tuple[Stop, ...]:
    """The layers of one way."""
    return tuple(Stop(layer.name, layer.class_name, layer.outputs[0], layer.params) for layer in found.layers)


def _averaged(model: Any, sample: Any) -> tuple[Any, Any, Any]:
    """An answer per sequence, their average, the prediction, from the layers of a model of either way.

    sample: (sequences, timesteps, features), of any lengths: neither is in a weight. The layers are called one by one,
    because the model's own Input may ask for other lengths.
    """
    kept = {layer.name: layer for layer in model.layers}
    rnn = kept["rnn"] if "rnn" in kept else kept["each_sequence"].layer
    answers = rnn(sample)  # (sequences, units): the sequences stand in for the batch
    if "w_hr" in kept:
        answers = kept["w_hr"](answers)  # (sequences, projected)
    average = kept["average"](answers[None])  # (1, units)
    return answers, average, kept["prediction"](kept["dense"](average))  # (1, 1)


def _shape(dims: Dims) -> tuple[int, int, int]:
    return (dims.sequences or 5, dims.timesteps or 7, dims.features)


def _small(dims: Dims, sequences: int = 4, timesteps: int = 6) -> Dims:
    """The same weights on fewer and shorter sequences: neither number is in any weight."""
    some = dims.but(sequences=dims.sequences or 5, timesteps=dims.timesteps or 7)
    return bounded(some, sequences=sequences, timesteps=timesteps)


# -- tried for real ------------------------------------------------------------------------------------------


@trial("Squeeze, TimeDistributed: same numbers", "run")
def two_ways(dims: Dims) -> Tried:
    """Squeeze and TimeDistributed with equal weights; then a batch of two, which only the second takes."""
    from explainers.core.recording import largest_gap
    from explainers.core.then import agreement

    small = _small(dims).but(mask=False)
    squeezed = built(lambda: build(small.but(form="squeeze")), INPUTS)
    distributed = built(lambda: build(small.but(form="time_distributed")), INPUTS)
    distributed.set_weights(squeezed.get_weights())
    x = waves((2, *_shape(small)))  # (batch, sequences, timesteps, features)
    one = squeezed.predict(x[:1], verbose=0)  # (1, 1)
    two = distributed.predict(x, verbose=0)  # (2, 1)
    gap = largest_gap(one, two[:1])
    verdict = (
        f"With the same {squeezed.count_params():,} weights the two ways {agreement(gap)}. TimeDistributed also takes "
        f"this batch of {len(x)} samples; the squeeze can't, its batch is the set. Run here on {small.sequences} "
        "sequences of "
        f"{small.timesteps} timesteps: neither number is in any weight."
    )
    return Tried(
        "distributed.set_weights(squeezed.get_weights())",
        verdict,
        (
            named("sample", x, INPUTS["sample"]),
            named("squeeze, first sample", one, "batch units"),
            named("TimeDistributed, both samples", two, "batch units"),
        ),
        (
            Figure("weights, squeeze", squeezed.count_params()),
            Figure("weights, TimeDistributed", distributed.count_params()),
            Figure("largest difference", gap),
        ),
    )


@trial("Two samples into the squeeze", "loud", says="Cannot squeeze axis=0, because the dimension is not 1.")
def batch_of_two(dims: Dims) -> Tried:
    """A batch of two samples into the squeeze."""
    small = _small(dims).but(form="squeeze")
    x = waves((2, *_shape(small)))
    shape = try_build(lambda: build(small), INPUTS).layers[0].outputs[0]
    _, error = try_feed(built(lambda: build(small), INPUTS), x, shape)
    verdict = (
        f"The squeeze takes an axis of length 1 away. {x.shape} has 2 there: two sets can't both stand in for the "
        "batch. "
        "Use TimeDistributed, or feed one sample at a time."
    )
    return Tried(
        f"model.predict(np.zeros({x.shape}))",
        verdict,
        (named("x", x, INPUTS["sample"]),),
        error=error,
    )


@trial("Do the gradients flow?", "run")
def gradients(dims: Dims) -> Tried:
    """The gradient of every weight, live, through the average."""

    small = _small(dims).but(form="squeeze")
    found = gradients_of(built(lambda: build(small), INPUTS), waves((1, *_shape(small))))
    norms = {path: float(np.linalg.norm(gradient)) for path, gradient in found}
    moved = sum(norm > 0 for norm in norms.values())
    verdict = (
        f"Yes: {moved} of {len(norms)} weights get a gradient that is not 0. Taking the sample out, putting it back "
        "and "
        f"the average are only steps of the calculation: through the average each of the {small.sequences} sequences "
        "gets "
        f"1/{small.sequences} of it, and the RNN's weights, which all share, get the sum."
    )
    return Tried(
        "loss = ops.mean(model(x) ** 2)\ntape.gradient(loss, model.trainable_weights)",
        verdict,
        (),
        tuple(Figure(f"norm of the gradient of {path}", norm) for path, norm in norms.items()),
    )


def _padded(dims: Dims) -> tuple[list[Any], Any]:
    """Two samples of different size, and both in one array, filled up with zeros."""

    samples = [waves((1, 2, 5, dims.features)) + 2.0, waves((1, 4, 3, dims.features)) + 2.0]  # no timestep is all zeros
    padded = np.zeros((2, 4, 5, dims.features), "float32")  # (batch, most sequences, most timesteps, features)
    for row, sample in enumerate(samples):
        padded[row, : sample.shape[1], : sample.shape[2]] = sample[0]
    return samples, padded


def _predictions(dims: Dims, mask: bool) -> tuple[Any, Any]:
    """(each sample alone and unpadded, both padded in one batch), with the same weights."""

    open_dims = dims.but(sequences=None, timesteps=None, mask=False)
    samples, padded = _padded(dims)
    alone = built(lambda: build(open_dims.but(form="squeeze")), INPUTS)
    together = built(lambda: build(open_dims.but(form="time_distributed", mask=mask)), INPUTS)
    together.set_weights(alone.get_weights())
    one_by_one = np.concatenate([np.asarray(alone(sample)) for sample in samples])  # (2, 1)
    return one_by_one, together.predict(padded, verbose=0)  # (2, 1) each


@trial("m and T both vary: padding and a mask", "run")
def padded_and_masked(dims: Dims) -> Tried:
    """Samples of different size in one batch, with a mask: checked against each sample alone."""
    from explainers.core.recording import largest_gap
    from explainers.core.then import agreement

    alone, together = _predictions(dims, mask=True)
    gap = largest_gap(alone, together)
    open_dims = dims.but(sequences=None, timesteps=None, form="time_distributed", mask=True)
    shape = try_build(lambda: build(open_dims), INPUTS).layers[0].outputs[0]
    verdict = (
        "A sample of 2 sequences of 5 timesteps and one of 4 sequences of 3, filled up with zeros to (2, 4, 5, "
        f"{dims.features}). "
        "Masking marks the padding, the RNN passes over padded timesteps, and the average divides by the number of "
        "real "
        f"sequences: padded and unpadded predictions {agreement(gap)}."
    )
    return Tried(
        f"keras.Input((None, None, {dims.features}))\nlayers.Masking()\nMaskedMean()",
        verdict,
        (
            Tensor("the Input", shape),
            named("padded batch", _padded(dims)[1], INPUTS["sample"]),
            named("each sample alone", alone, "batch units"),
            named("both in one padded batch", together, "batch units"),
        ),
        (Figure("largest difference", gap),),
    )


@trial("Padding without a mask", "silent")
def padded_and_counted(dims: Dims) -> Tried:
    """The same without a mask: padding counts as if it were data."""
    from explainers.core.recording import largest_gap

    alone, together = _predictions(dims, mask=False)
    gap = largest_gap(alone, together)
    verdict = (
        "Without a mask the zeros are read as data: the RNN goes on over padded timesteps, and the average counts 2 "
        "padded "
        f"sequences of the first sample. The predictions are off by up to {gap:.2g}, and no error says so."
    )
    return Tried(
        "layers.GlobalAveragePooling1D()",
        verdict,
        (
            named("each sample alone", alone, "batch units"),
            named("both in one padded batch, no mask", together, "batch units"),
        ),
        (Figure("largest difference", gap),),
    )


@trial("LSTM returns two states", "run")
def lstm_states(dims: Dims) -> Tried:
    """LSTM has two states: what each is, and both side by side."""
    from explainers.core.inspection import inspect_model

    def both() -> Any:
        sequence = keras.Input((7, dims.features), name="sequence")  # (sequences, timesteps, features)
        answer, h, c = layers.LSTM(dims.units, return_state=True, name="lstm")(sequence)  # (sequences, units) each
        joined = layers.Concatenate(name="both_states")([h, c])  # (sequences, 2·units)
        return keras.Model(sequence, [answer, h, c, joined], name="states")

    found = inspect_model(both, {"sequence": "sequences timesteps features"})
    assert found.run is not None
    answer, h, c, joined = found.run.outputs
    named_ = tuple(
        Tensor(name, t.shape, t.values)
        for name, t in zip(("answer", "h", "c", "h and c"), (answer, h, c, joined), strict=True)
    )
    wide = joined.shape[-1]
    same = "is the same tensor as the answer" if answer.values == h.values else "differs from the answer"
    verdict = (
        f"LSTM(return_state=True) returns three tensors: the answer, h and c. h, what the cell says, {same}; c is "
        "what it "
        f"remembers and does not say. Side by side they are {wide.axis} = {wide.size} numbers for each sequence, and "
        "the "
        "average takes both."
    )
    return Tried(
        f"answer, h, c = layers.LSTM({dims.units}, return_state=True)(one)\nlayers.Concatenate()([h, c])",
        verdict,
        named_,
        (Figure("numbers for each sequence, h and c", wide.size or 0, f"2·{dims.units}"),),
    )


@trial("A projection W_hr before the average", "run")
def projection(dims: Dims) -> Tried:
    """A learned projection before the average: and after it, where a linear map gives the same."""

    wide = dims.projected or 7
    layer = _layer(try_build(lambda: build(dims.but(projected=wide)), INPUTS), "w_hr")
    rng = np.random.default_rng(0)
    answers, w = rng.normal(size=(4, dims.units)), rng.normal(size=(dims.units, wide))
    gap = float(np.abs((answers @ w).mean(axis=0) - answers.mean(axis=0) @ w).max())
    verdict = (
        f"W_hr ({dims.units}, {wide}), {layer.params:,} weights, maps every answer to {wide} numbers, and then they "
        "are averaged. "
        "It has no bias and no activation, so projecting before or after the average is the same up to rounding "
        f"({gap:.0e}): "
        "after it is cheaper. With an activation the order matters."
    )
    return Tried(
        f'layers.Dense({wide}, use_bias=False, name="w_hr")',
        verdict,
        (Tensor("projected answers", layer.outputs[0]),),
        (
            Figure("weights of W_hr", layer.params, f"{dims.units} · {wide}"),
            Figure("before against after the average", gap),
        ),
    )


@trial("Average the predictions instead", "run")
def average_predictions(dims: Dims) -> Tried:
    """Averaging predictions is another model than predicting from the average."""

    small = _small(dims).but(form="squeeze", mask=False)
    model = built(lambda: build(small), INPUTS)
    parts = keras.Model(model.input, [model.get_layer("average").input, model.output], name="parts")
    answers, from_average = parts.predict(waves((1, *_shape(small))), verbose=0)  # (1, sequences, units), (1, 1)
    dense, last = model.get_layer("dense"), model.get_layer("prediction")
    each = np.asarray(last(dense(answers[0])))  # (sequences, 1)
    of_average, average_of = float(from_average[0, 0]), float(each.mean())
    verdict = (
        f"Predict from the average answer: {of_average:.4g}. Average the {len(each)} predictions: {average_of:.4g}. "
        "Same weights, "
        "another model: the relu between acts once on the average, or on each sequence by itself. Only if all layers "
        "after the "
        "RNN are linear are the two the same."
    )
    return Tried(
        "ops.mean(prediction(dense(answers)), axis=0)",
        verdict,
        (),
        (
            Figure("prediction from the average", of_average),
            Figure("average of the predictions", average_of),
            Figure("difference", abs(of_average - average_of)),
        ),
    )


@trial("GRU: reset_after and the older summary", "run")
def reset_after(dims: Dims) -> Tried:
    """Why an older summary shows fewer GRU weights."""
    small = _small(dims).but(cell="GRU", form="squeeze")
    models = {flag: built(partial(build, small.but(reset_after=flag)), INPUTS) for flag in (False, True)}
    counts = {flag: model.get_layer("rnn").count_params() for flag, model in models.items()}
    shape = (None, small.timesteps, dims.features)
    older = {
        flag: then.sequential([("GRU", {"units": dims.units, "reset_after": flag})], shape).count_params()
        for flag in (False, True)
    }
    f, u = dims.features, dims.units
    verdict = (
        f"reset_after=False has one bias, 3·({f}·{u} + {u}·{u} + {u}) = {counts[False]:,}; reset_after=True keeps a "
        "second one for "
        f"the state, 3·{u} more: {counts[True]:,}. Older summaries were printed with False, today's default is True. "
        "Keras 2 "
        f"counts the same: {older[False]:,} and {older[True]:,}."
    )
    return Tried(
        f"layers.GRU({u}, reset_after=False)",
        verdict,
        (),
        (
            Figure("reset_after=False", counts[False], f"3·({f}·{u} + {u}·{u} + {u})"),
            Figure("reset_after=True", counts[True], f"3·({f}·{u} + {u}·{u} + 2·{u})"),
            Figure("Keras 2, reset_after=False", older[False]),
            Figure("Keras 2, reset_after=True", older[True]),
        ),
    )


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
    answer=answer,
    journey=Journey(change="units"),
    trials=(
        two_ways,
        batch_of_two,
        gradients,
        padded_and_masked,
        padded_and_counted,
        reset_after,
        lstm_states,
        projection,
        average_predictions,
    ),
    extra=extra,
    unused=unused,
    asked=(
        "Do the gradients flow through the average?",
        "Why does my GRU have 912 parameters and not 864?",
        "How do I use TimeDistributed with a GRU?",
        "What are the two states of an LSTM?",
        "How do I average only over real sequences?",
    ),
    about="A set has no order: its sequences share one RNN, and an average makes one answer of any number of them.",
    picture="sequence_set",
    order=70,
    always_builds=True,
)
