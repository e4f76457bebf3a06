"""Misconceptions about weights: how many there are, when they are made, and of which shape."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from explainers.core.axes import plain
from explainers.core.dims import DimsBase, choice, dim
from explainers.core.results import Figure, Inspection
from explainers.core.trial import Tried
from explainers.core.words import tag
from explainers.practice.misconceptions import fields
from explainers.practice.misconceptions.live import (
    built,
    chain,
    code_of,
    count_truth,
    keras,
    layer,
    layers,
    seen,
    shape_truth,
    sum_of,
)
from explainers.practice.misconceptions.misconception import Ask, Misconception, Truth, distinct

if TYPE_CHECKING:
    pass


@dataclass(frozen=True)
class Counted(DimsBase):
    timesteps: int = fields.timesteps(5)
    features: int = fields.features(3)
    units: int = fields.units(4, "rnn")
    cell: str = fields.cell()


def _counted(dims: Counted, timesteps: int | None, cell: str) -> Inspection:
    return seen(lambda: chain((timesteps, dims.features), getattr(layers, cell)(dims.units, name="rnn")))  # (…, units)


def _show_counted(dims: Counted) -> tuple[str, tuple[Tried, ...]]:
    trials: list[Tried] = []
    counts = set()
    for steps in dict.fromkeys((dims.timesteps, 500, None)):
        found = _counted(dims, steps, dims.cell)
        counts.add(layer(found, "rnn").params)
        told = f"{tag(steps, 'timesteps')} timesteps: {layer(found, 'rnn').params:,} weights."
        trials.append(built(f"{steps} timesteps", found, told))
    others = {cell: layer(_counted(dims, dims.timesteps, cell), "rnn") for cell in fields.CELLS}
    figures = tuple(Figure(cell, one.params, sum_of(one)) for cell, one in others.items())
    trials.append(
        Tried("", "The gates make the difference: 1, 3 or 4 of them.", (), figures, title="The three kinds", kind="run")
    )
    return (
        f"{' or '.join(f'{count:,}' for count in sorted(counts))} weights at {tag(dims.timesteps, 'timesteps')}, 500 "
        "or an open number of timesteps: the steps share them.",
        tuple(trials),
    )


def _counted_truth(dims: Counted) -> Truth:
    rnn = layer(_counted(dims, dims.timesteps, dims.cell), "rnn")
    return count_truth(rnn.params, f"No weight has a timesteps axis: {sum_of(rnn)}.")


COUNTED = Misconception(
    slug="more-steps-more-weights",
    number=6,
    seen=13,
    believed="More steps means more weights.",
    truth="All steps share the same weights. LSTM: `4 · ((features + units) · units + units)`. The steps do not occur.",
    look="Change timesteps as far as you like, then features or units by one.",
    dims=Counted,
    demonstrate=_show_counted,
    ask=Ask(
        "count",
        lambda rng: Counted(
            cell=rng.choice(fields.CELLS), **distinct(rng, timesteps=(10, 99), features=(2, 6), units=(2, 6))
        ),
        lambda d: f"How many parameters has the {d.cell}?",
        lambda d: f"x = keras.Input(({d.timesteps}, {d.features}))\ny = layers.{d.cell}({d.units})(x)",
        lambda d: {
            "SimpleRNN": "(features + units) · units, and a bias per unit.",
            "GRU": "3 gates: 3 · ((features + units) · units + 2 · units), because Keras' GRU has two biases.",
            "LSTM": "4 gates: 4 · ((features + units) · units + units).",
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


def _show_scaled(dims: PerSample) -> tuple[str, tuple[Tried, ...]]:
    codes = {
        "batch too": "shape=input_shape",
        "whole sample": "shape=(1, *input_shape[1:])",
        "last axis": "shape=input_shape[-1:]",
    }
    trials: list[Tried] = []
    for kernel in (dims.kernel, *(one for one in KERNELS if one != dims.kernel)):
        found = _scaled(dims, kernel)
        made = "" if found.error else plain(layer(found, "scale").weights[0].shape)
        told = (
            f"The weight is {made}; it stretches over the batch."
            if made
            else "The batch is None when weights are made."
        )
        code = f'self.add_weight({codes[kernel]}, name="kernel")'
        trials.append(dataclasses.replace(built(kernel.capitalize(), found, told), code=code))
    good = sum(trial.kind == "run" for trial in trials)
    return f"{good} of {len(trials)} build: a weight is made before any data, so no batch is in it.", tuple(trials)


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
    truth="Weights are made before data arrive, and the batch is None then. Take `input_shape[1:]`; broadcasting "
    "stretches the weight over all samples.",
    look="Change kernel and compare the shapes of the weight.",
    dims=PerSample,
    demonstrate=_show_scaled,
    ask=Ask(
        "count",
        lambda rng: PerSample(kernel=rng.choice(KERNELS), **distinct(rng, timesteps=(3, 9), features=(2, 9))),
        lambda d: (
            f"A custom layer gets (None, {d.timesteps}, {d.features}) and makes a weight from it. How many numbers "
            "does the weight hold? Write 0 if Keras refuses."
        ),
        lambda d: {
            "batch too": "self.add_weight(shape=input_shape)",
            "whole sample": "self.add_weight(shape=(1, *input_shape[1:]))",
            "last axis": "self.add_weight(shape=input_shape[-1:])",
        }[d.kernel],
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
    import warnings

    def build() -> Any:
        own = {"input_shape": (dims.claimed, dims.claimed)} if claims else {}
        first = layers.LSTM(dims.units_1, return_sequences=True, name="lstm")  # (batch, timesteps, units_1)
        return chain((dims.timesteps, dims.features), first, layers.LSTM(dims.units_2, name="lstm_1", **own))

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        found = seen(build)
    return found, str(said[0].message) if said else ""


def _show_later(dims: Later) -> tuple[str, tuple[Tried, ...]]:
    found, said = _later(dims, True)
    plainly, _ = _later(dims, False)
    kernels = [plain(layer(one, "lstm_1").weights[0].shape) for one in (found, plainly)]
    wrote = f"layers.LSTM({dims.units_2}, input_shape=({dims.claimed}, {dims.claimed}))"
    trials = (
        Tried(
            f"{code_of(plainly)}\n\n# the second layer was written as {wrote}",
            f"The kernel of the second LSTM is {kernels[0]}: no {dims.claimed} in it. "
            + (f"All that Keras says is a warning: “{said}”" if said else "Keras said nothing."),
            inspection=found,
            title="With input_shape on the second layer",
            kind="silent",
        ),
        built("Without it", plainly, f"The kernel is {kernels[1]}."),
    )
    same = "the same" if kernels[0] == kernels[1] else "not the same"
    return f"The two kernels are {same}: {kernels[0]} and {kernels[1]}.", trials


def _later_truth(dims: Later) -> Truth:
    kernel = layer(_later(dims, True)[0], "lstm_1").weights[0]
    return shape_truth(kernel.shape, f"What reaches the layer counts: {kernel.formula} = {kernel.numbers}.")


LATER = Misconception(
    slug="input-shape-on-a-later-layer",
    number=28,
    seen=8,
    believed="input_shape on a later layer counts.",
    truth="Only what really reaches a layer counts. An `input_shape` that is written on a later layer is ignored, with "
    "a warning at most.",
    look="Change claimed: nothing moves. Change units_1: the second kernel does.",
    dims=Later,
    demonstrate=_show_later,
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
        lambda d: "(what comes in, 4 · units). What comes in is what the first layer gives.",
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


def _show_unbuilt(dims: Unbuilt) -> tuple[str, tuple[Tried, ...]]:
    from explainers.core.inspection import summary_of

    model = _unbuilt(dims)
    before, states = summary_of(model), [model.built, *(layer.built for layer in model.layers)]
    model.build((None, dims.timesteps, dims.features))
    counts = {layer.name: layer.count_params() for layer in model.layers}
    figures = tuple(Figure(name, count) for name, count in counts.items())
    trials = (
        Tried(
            before,
            f"Built: {', '.join(map(str, states))}. No shape, no count.",
            title="Before it has seen a shape",
            kind="run",
        ),
        Tried(
            summary_of(model),
            f"{tag(dims.features, 'features')} features are known, so kernels can be made.",
            figures=figures,
            title=f"After build((None, {dims.timesteps}, {dims.features}))",
            kind="run",
        ),
    )
    return (
        f"0 weights before, {model.count_params():,} after: the features decide, and only an Input tells them.",
        trials,
    )


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
    truth="`?` and `0 (unbuilt)` are shown until the first `Input`, `build` or data. A weight can't be made before "
    "the features are known.",
    look="Change features: the count after build moves, the summary before it can't.",
    dims=Unbuilt,
    demonstrate=_show_unbuilt,
    ask=Ask(
        "count",
        lambda rng: Unbuilt(**distinct(rng, timesteps=(10, 40), features=(2, 5), units=(2, 5))),
        lambda d: "How many parameters has the model after build?",
        lambda d: (
            f"model = keras.Sequential([layers.LSTM({d.units}), layers.Dense(1)])\n"
            f"model.build((None, {d.timesteps}, {d.features}))\nmodel.count_params()"
        ),
        lambda d: "LSTM: 4 · ((features + units) · units + units). Dense(1): one weight per unit, and a bias.",
        _unbuilt_truth,
    ),
    lesson="simple_rnn",
    mistakes=("unknown_axis",),
    words=("unbuilt", "model.summary()", "question mark", "0 (unbuilt)", "has not yet been built"),
)

WEIGHTS: tuple[Misconception[Any], ...] = (COUNTED, PER_SAMPLE, LATER, UNBUILT)
