"""Misconceptions about weights: how many there are, when they are made, and of which shape."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

from explainers.core.axes import plain
from explainers.core.dims import DimsBase, choice, dim
from explainers.core.layers import BY_GATES
from explainers.core.results import Figure, Inspection
from explainers.core.trial import Tried, first, trial
from explainers.core.words import tag
from explainers.practice.misconceptions import fields
from explainers.practice.misconceptions.live import (
    built,
    chain,
    code_of,
    count_truth,
    keras,
    layers,
    seen,
    shape_truth,
    sum_of,
    titles,
)
from explainers.practice.misconceptions.misconception import Ask, Misconception, Truth, distinct


@dataclass(frozen=True)
class Counted(DimsBase):
    timesteps: int = fields.timesteps(5)
    features: int = fields.features(3)
    units: int = fields.units(4, "rnn")
    cell: str = fields.cell()


def _counted(dims: Counted, timesteps: int | None, cell: str) -> Inspection:
    return seen(lambda: chain((timesteps, dims.features), getattr(layers, cell)(dims.units, name="rnn")))  # (…, units)


@trial("{} timesteps", "run", each=lambda dims: dict.fromkeys((dims.timesteps, 500, None)))
def as_long(dims: Counted, steps: int | None) -> Tried:
    """The same layer on sequences of this length."""
    found = _counted(dims, steps, dims.cell)
    return built(found, f"{tag(steps, 'timesteps')} timesteps: {found.layer('rnn').params:,} weights.")


@trial("The three kinds", "run")
def three_kinds(dims: Counted) -> Tried:
    """The same sizes with each kind of cell."""
    counted = {cell: _counted(dims, dims.timesteps, cell).layer("rnn") for cell in BY_GATES}
    figures = tuple(Figure(cell, one.params, sum_of(one)) for cell, one in counted.items())
    return Tried("", "The gates make the difference: an RNN has 1, 3 or 4 blocks.", figures=figures)


def _counted_verdict(dims: Counted, tried: tuple[Tried, ...]) -> str:
    counts = sorted({one.inspection.layer("rnn").params for one in tried if one.inspection})
    return (
        f"{' or '.join(f'{count:,}' for count in counts)} weights at {tag(dims.timesteps, 'timesteps')}, 500 "
        "or an open number of timesteps: the steps share them."
    )


def _counted_truth(dims: Counted) -> Truth:
    rnn = _counted(dims, dims.timesteps, dims.cell).layer("rnn")
    return count_truth(rnn.params, f"No weight has a timesteps axis: {sum_of(rnn)}.")


COUNTED = Misconception(
    slug="more-steps-more-weights",
    number=6,
    seen=13,
    believed="More steps means more weights.",
    truth="All steps share the same weights. LSTM: `4 × ((features + units) × units + units)`. The steps don't "
    "appear in it.",
    look="Change timesteps as far as you like, then features or units by one.",
    dims=Counted,
    trials=(as_long, three_kinds),
    verdict=_counted_verdict,
    ask=Ask(
        "count",
        lambda rng: Counted(
            cell=rng.choice(BY_GATES), **distinct(rng, timesteps=(10, 99), features=(2, 6), units=(2, 6))
        ),
        lambda d: f"How many parameters does the {d.cell} have?",
        lambda d: f"x = keras.Input(({d.timesteps}, {d.features}))\ny = layers.{d.cell}({d.units})(x)",
        lambda d: {
            "SimpleRNN": "(features + units) × units, and a bias per unit.",
            "GRU": "3 gates: 3 × ((features + units) × units + 2 × units), because Keras' GRU has two biases.",
            "LSTM": "4 gates: 4 × ((features + units) × units + units).",
        }[d.cell],
        _counted_truth,
    ),
    lesson="simple_rnn",
    lesson_dims={"timesteps": 500},
    words=("number of parameters", "param count", "4,224", "count_params", "weights per timestep"),
)


KERNELS = ("batch too", "whole sample", "last axis")


@dataclass(frozen=True)
class PerSample(DimsBase):
    timesteps: int = fields.timesteps(5)
    features: int = fields.features(3)
    kernel: str = choice("batch too", KERNELS, help="Which part of input_shape the weight takes.")


def _scaled(dims: PerSample, kernel: str) -> Inspection:
    from explainers.layers.hadamard import Hadamard, HadamardLastAxis, HadamardWholeShape

    kinds = {"batch too": HadamardWholeShape, "whole sample": Hadamard, "last axis": HadamardLastAxis}
    return seen(
        lambda: chain((dims.timesteps, dims.features), kinds[kernel](name="scale")), {"x": "batch timesteps features"}
    )


SHAPES = {
    "batch too": "shape=input_shape",
    "whole sample": "shape=(1, *input_shape[1:])",
    "last axis": "shape=input_shape[-1:]",
}


@trial(
    "{}",
    "loud",
    says="Received: shape=(None, 5, 3) for variable path='model/scale/kernel'",
    each=lambda dims: first(dims.kernel, KERNELS),
)
def scaled(dims: PerSample, kernel: str) -> Tried:
    """A custom layer whose weight takes this part of input_shape."""
    found = _scaled(dims, kernel)
    made = "" if found.error else plain(found.layer("scale").weights[0].shape)
    told = f"The weight is {made}; it stretches over the batch." if made else "The batch is None when weights are made."
    return built(found, told, title=kernel.capitalize(), code=f'self.add_weight({SHAPES[kernel]}, name="kernel")')


def _scaled_verdict(dims: PerSample, tried: tuple[Tried, ...]) -> str:
    good = len(titles(tried, "run"))
    return f"{good} of {len(tried)} build: a weight is made before any data arrive, so it can't contain the batch."


def _scaled_truth(dims: PerSample) -> Truth:
    found = _scaled(dims, dims.kernel)
    if found.error is not None:
        return Truth("0", "Keras refuses it: the batch is None, and a weight needs numbers.", words=found.error.message)
    weight = found.layers[-1].weights[0]
    return count_truth(weight.count, f"The weight is {plain(weight.shape)}: {weight.numbers} = {weight.count:,}.")


PER_SAMPLE = Misconception(
    slug="a-weight-contains-the-batch",
    number=26,
    seen=7,
    believed="A weight (or a state_size) contains the batch.",
    truth=(
        "Weights are made before data arrive, and the batch is None then. Use `input_shape[1:]`; broadcasting "
        "stretches the weight over all samples."
    ),
    look="Change kernel and compare the shapes of the weight.",
    dims=PerSample,
    trials=(scaled,),
    verdict=_scaled_verdict,
    ask=Ask(
        "count",
        lambda rng: PerSample(kernel=rng.choice(KERNELS), **distinct(rng, timesteps=(3, 9), features=(2, 9))),
        lambda d: (
            f"A custom layer gets (None, {d.timesteps}, {d.features}) and makes a weight from it. How many numbers "
            "does the weight hold? Write 0 if Keras refuses."
        ),
        lambda d: f"self.add_weight({SHAPES[d.kernel]})",
        lambda d: "Write the shape out. Is there a None in it?",
        _scaled_truth,
    ),
    lesson="hadamard",
    lesson_dims={"kernel": "input_shape"},
    mistakes=("unknown_axis",),
    words=("add_weight", "must be fully-defined", "custom layer build", "state_size"),
)


@dataclass(frozen=True)
class Later(DimsBase):
    timesteps: int = fields.timesteps(5)
    features: int = fields.features(3)
    units_1: int = fields.units(4)
    units_2: int = fields.units(2, "lstm_1")
    claimed: int = dim(9, high=64, help="Both numbers of the input_shape that is written on the second layer.")


def _later(dims: Later, claims: bool) -> tuple[Inspection, str]:
    """The two layers, the second one with an input_shape of its own or not; and what Keras says aloud about it."""

    def build() -> Any:
        own = {"input_shape": (dims.claimed, dims.claimed)} if claims else {}
        first = layers.LSTM(dims.units_1, return_sequences=True, name="lstm")  # (batch, timesteps, units_1)
        return chain((dims.timesteps, dims.features), first, layers.LSTM(dims.units_2, name="lstm_1", **own))

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        found = seen(build)
    return found, str(said[0].message) if said else ""


def _second_kernel(found: Inspection) -> str:
    return plain(found.layer("lstm_1").weights[0].shape)


@trial("With input_shape on the second layer", "silent")
def with_claim(dims: Later) -> Tried:
    """Claim another shape."""
    found, said = _later(dims, True)
    plainly, _ = _later(dims, False)
    wrote = f"layers.LSTM({dims.units_2}, input_shape=({dims.claimed}, {dims.claimed}))"
    return Tried(
        f"{code_of(plainly)}\n\n# the second layer was written as {wrote}",
        f"The kernel of the second LSTM is {_second_kernel(found)}: no {dims.claimed} in it. "
        + (f"All that Keras says is a warning: “{said}”" if said else "Keras said nothing."),
        inspection=found,
    )


@trial("Without it", "run")
def without_claim(dims: Later) -> Tried:
    """Claim nothing."""
    found, _ = _later(dims, False)
    return built(found, f"The kernel is {_second_kernel(found)}.")


def _later_verdict(dims: Later, tried: tuple[Tried, ...]) -> str:
    one, other = (_second_kernel(entry.inspection) for entry in tried if entry.inspection)
    return f"The two kernels are {'the same' if one == other else 'not the same'}: {one} and {other}."


def _later_truth(dims: Later) -> Truth:
    kernel = _later(dims, True)[0].layer("lstm_1").weights[0]
    return shape_truth(kernel.shape, f"What reaches the layer counts: {kernel.formula} = {kernel.numbers}.")


LATER = Misconception(
    slug="input-shape-on-a-later-layer",
    number=28,
    seen=8,
    believed="input_shape on a later layer counts.",
    truth=(
        "Only what really reaches a layer counts. An `input_shape` on a later layer is ignored, with a warning at most."
    ),
    look="Change claimed: nothing changes. Change units_1: the second kernel does.",
    dims=Later,
    trials=(with_claim, without_claim),
    verdict=_later_verdict,
    ask=Ask(
        "shape",
        lambda rng: Later(
            **distinct(rng, timesteps=(4, 9), features=(2, 9), units_1=(2, 9), units_2=(2, 9), claimed=(10, 30))
        ),
        lambda d: "What is the shape of the **second** layer's kernel?",
        lambda d: (
            f"keras.Sequential([\n    keras.Input(({d.timesteps}, {d.features})),\n"
            f"    layers.LSTM({d.units_1}, return_sequences=True),\n"
            f"    layers.LSTM({d.units_2}, input_shape=({d.claimed}, {d.claimed})),\n])"
        ),
        lambda d: "(size of the input, 4 × units). The input is what the first layer returns.",
        _later_truth,
    ),
    lesson="stacked_lstm",
    mistakes=("old_argument",),
    words=("input_shape argument", "Do not pass an input_shape", "input_dim", "Sequential first layer"),
)


@dataclass(frozen=True)
class Unbuilt(DimsBase):
    timesteps: int = fields.timesteps(5)
    features: int = fields.features(3)
    units: int = fields.units(4)


def _unbuilt(dims: Unbuilt) -> Any:
    """A Sequential without an Input."""
    return keras.Sequential([layers.LSTM(dims.units, name="lstm"), layers.Dense(1, name="dense")], name="model")


@trial("Before it has seen a shape", "run")
def before_build(dims: Unbuilt) -> Tried:
    """Its summary, and which layers are built."""
    from explainers.core.inspection import summary_of

    model = _unbuilt(dims)
    states = [model.built, *(layer.built for layer in model.layers)]
    return Tried(summary_of(model), f"Built: {', '.join(map(str, states))}. No shape, no count.")


@trial("After build", "run")
def after_build(dims: Unbuilt) -> Tried:
    """The same once the features are known."""
    from explainers.core.inspection import summary_of

    model = _built(dims)
    return Tried(
        summary_of(model),
        f"{tag(dims.features, 'features')} features are known, so kernels can be made.",
        figures=tuple(Figure(layer.name, layer.count_params()) for layer in model.layers),
        title=f"After build((None, {dims.timesteps}, {dims.features}))",
    )


def _built(dims: Unbuilt) -> Any:
    model = _unbuilt(dims)
    model.build((None, dims.timesteps, dims.features))
    return model


def _unbuilt_verdict(dims: Unbuilt, tried: tuple[Tried, ...]) -> str:
    weights = sum(int(figure.value) for figure in tried[-1].figures)
    return f"0 weights before, {weights:,} after: the features decide, and they aren't known without an Input."


def _unbuilt_truth(dims: Unbuilt) -> Truth:
    model = _unbuilt(dims)
    before = sum(len(layer.weights) for layer in model.layers)
    model.build((None, dims.timesteps, dims.features))
    parts = " + ".join(f"{layer.count_params():,}" for layer in model.layers)
    return count_truth(model.count_params(), f"{before} weights before build, then {parts} = {model.count_params():,}.")


UNBUILT = Misconception(
    slug="a-summary-knows-the-shapes",
    number=30,
    seen=7,
    believed="A summary always knows the shapes.",
    truth=(
        "`?` and `0 (unbuilt)` are shown until the first `Input`, `build` or data arrive. A weight can't be made "
        "before the features are known."
    ),
    look="Change features: the count after build changes, the summary before it can't.",
    dims=Unbuilt,
    trials=(before_build, after_build),
    verdict=_unbuilt_verdict,
    ask=Ask(
        "count",
        lambda rng: Unbuilt(**distinct(rng, timesteps=(10, 40), features=(2, 5), units=(2, 5))),
        lambda d: "How many parameters does the model have after build?",
        lambda d: (
            f"model = keras.Sequential([layers.LSTM({d.units}), layers.Dense(1)])\n"
            f"model.build((None, {d.timesteps}, {d.features}))\nmodel.count_params()"
        ),
        lambda d: "LSTM: 4 × ((features + units) × units + units). Dense(1): one weight per unit, and a bias.",
        _unbuilt_truth,
    ),
    lesson="simple_rnn",
    mistakes=("unknown_axis",),
    words=("unbuilt", "model.summary()", "question mark", "0 (unbuilt)", "has not yet been built"),
)

WEIGHTS: tuple[Misconception[Any], ...] = (COUNTED, PER_SAMPLE, LATER, UNBUILT)
