"""Misconceptions about weights, states and masks: what is kept, how much of it, and for whom."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

from explainers.core.axes import plain
from explainers.core.dims import DimsBase, choice, dim
from explainers.core.results import Figure, Inspection
from explainers.core.trial import Tried
from explainers.core.words import tag
from explainers.practice.misconceptions import fields
from explainers.practice.misconceptions.live import (
    Array,
    alive,
    built,
    chain,
    code_of,
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
    seen,
    shape_truth,
    sum_of,
    waves,
)
from explainers.practice.misconceptions.misconception import Ask, Misconception, Truth, distinct

if TYPE_CHECKING:
    from explainers.core.inspection import Inspected
SEQUENCE = "samples timesteps features"
REFUSED = "Keras refuses it"

# -- 2 ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stateful(DimsBase):
    batch_size: int = dim(
        4, low=2, high=64, axis="batch", sets=("x.batch_size",), help="The batch the model was built for."
    )
    samples: int = fields.samples(1, high=64)
    timesteps: int = fields.timesteps(5, high=64)
    features: int = fields.features(3)
    units: int = fields.units(2)


def _stateful(dims: Stateful, stateful: bool) -> Inspected:
    return model_of(
        lambda: chain(
            (dims.timesteps, dims.features),
            layers.LSTM(dims.units, stateful=stateful, name="lstm"),  # (batch, units)
            batch_size=dims.batch_size if stateful else None,
        )
    )


def _show_stateful(dims: Stateful) -> tuple[str, tuple[Tried, ...]]:
    x = waves((dims.samples, dims.timesteps, dims.features))
    fresh, fed_before, twin = _stateful(dims, True), _stateful(dims, True), _stateful(dims, False)
    predicted(fed_before.model, waves((2 * dims.batch_size, *x.shape[1:])), batch_size=dims.batch_size)
    twin.model.set_weights(fed_before.model.get_weights()[:3])
    call = f"model.predict(x, batch_size={dims.samples})  # x.shape == {x.shape}"

    def told(y: Array | None) -> str:
        if y is None:
            return f"The layer keeps {tag(dims.batch_size, 'batch')} rows of state; {tag(dims.samples, 'batch')} came."
        return f"{tag(dims.samples, 'batch')} in, {tag(len(y), 'batch')} out."

    wrong = dims.samples != dims.batch_size
    trials = (
        fed("A fresh stateful model", fresh, x, SEQUENCE, told, code=call, silent=wrong, batch_size=dims.samples),
        fed(
            "The same, after two full batches",
            fed_before,
            x,
            SEQUENCE,
            told,
            code=f"model.predict(x_full, batch_size={dims.batch_size})\n{call}",
            silent=wrong,
            batch_size=dims.samples,
        ),
        fed("Its twin without state, same weights", twin, x, SEQUENCE, told, code=call, batch_size=dims.samples),
    )
    return (
        f"A stateful layer keeps one row of state per sample: {tag(dims.batch_size, 'batch')} rows, from the first "
        "batch to the last.",
        trials,
    )


AS_MANY, OTHER_NUMBER = "As many answers as samples", "Another number of answers"


def _stateful_truth(dims: Stateful) -> Truth:
    x = waves((dims.samples, dims.timesteps, dims.features))
    y, words = predicted(_stateful(dims, True).model, x, batch_size=dims.samples)
    if y is None:
        return Truth(REFUSED, f"{dims.batch_size} rows of state, {dims.samples} samples.", words=words)
    return Truth(AS_MANY if len(y) == dims.samples else OTHER_NUMBER, f"The output has shape {y.shape}.")


def _draw_stateful(rng: Random) -> Stateful:
    drawn = distinct(rng, batch_size=(2, 9), timesteps=(3, 9), features=(2, 9), units=(2, 9))
    return Stateful(samples=rng.choice((drawn["batch_size"], 2 * drawn["batch_size"], 1)), **drawn)


STATEFUL = Misconception(
    slug="any-batch-for-a-stateful-model",
    number=2,
    seen=17,
    believed="Any batch can go through a stateful model.",
    truth="State has one row per sample of the batch. The batch is fixed when the model is built, samples must come in "
    "whole batches, and `predict` inherits it. For one sample: a twin without state, same weights.",
    look="Set samples to batch_size: all three agree.",
    dims=Stateful,
    demonstrate=_show_stateful,
    ask=Ask(
        "choice",
        _draw_stateful,
        lambda d: (
            f"A stateful LSTM was built for batches of {d.batch_size}. It is fresh and gets {d.samples} "
            f"sample{'s' if d.samples > 1 else ''} in one batch. What comes out?"
        ),
        lambda d: (
            f"x = keras.Input(({d.timesteps}, {d.features}), batch_size={d.batch_size})\n"
            f"y = layers.LSTM({d.units}, stateful=True)(x)\n…\n"
            f"model.predict(np.zeros(({d.samples}, {d.timesteps}, {d.features})), batch_size={d.samples})"
        ),
        lambda d: "Each sample of a batch needs its row of state.",
        _stateful_truth,
        (REFUSED, AS_MANY, OTHER_NUMBER),
    ),
    lesson="stacked_lstm",
    lesson_dims={"stateful": True, "batch_size": 4},
    mistakes=("stateful_batch",),
    words=("stateful", "batch_input_shape", "divisible by batch size", "initial state", "predict one sample"),
)

# -- 5 ---------------------------------------------------------------------------------------------------------

STATE_CELLS = ("SimpleRNN", "GRU", "LSTM", "Bidirectional LSTM")


@dataclass(frozen=True)
class States(DimsBase):
    timesteps: int = fields.timesteps(5, high=64)
    features: int = fields.features(3)
    units: int = fields.units(4)
    state_width: int = dim(
        2, high=64, axis="units", sets=("state.shape[0]",), help="The width of the state you hand over."
    )
    cell: str = choice("LSTM", STATE_CELLS, help="The layer whose states are counted.")


def _with_states(dims: States, cell: str) -> Inspection:
    def build() -> Any:
        x = keras.Input((dims.timesteps, dims.features), name="x")
        kind = getattr(layers, cell.removeprefix("Bidirectional "))
        layer = kind(dims.units, return_state=True, name=kind.__name__.lower())
        layer = layers.Bidirectional(layer, name="both") if cell.startswith("Bidirectional") else layer
        return keras.Model(x, layer(x), name="model")  # the answer, then the states: (batch, units) each

    return seen(build)


def _started(dims: States) -> Inspected:
    """An LSTM that starts from two states of `state_width` numbers."""

    def build() -> Any:
        x = keras.Input((dims.timesteps, dims.features), name="x")
        state = keras.Input((dims.state_width,), name="state")
        y = layers.LSTM(dims.units, name="lstm")(x, initial_state=[state, state])  # (batch, units)
        return keras.Model([x, state], y, name="model")

    return alive(build, {"x": "batch timesteps features", "state": "batch units"})


def _show_states(dims: States) -> tuple[str, tuple[Tried, ...]]:
    trials: list[Tried] = []
    counts: dict[str, int] = {}
    for cell in dict.fromkeys((dims.cell, "LSTM", "GRU")):
        found = _with_states(dims, cell)
        counts[cell] = len(found.layers[-1].outputs) - 1
        many = f"{counts[cell]} state" + ("s" if counts[cell] > 1 else "")
        trials.append(built(cell, found, f"The answer and {many}, {tag(dims.units, 'units')} wide each."))
    trials.append(_unpacked(dims))
    started = _started(dims)
    trials.append(
        built(f"Start from states of {dims.state_width}", started.inspection, "The model builds, whatever the width.")
    )
    if started.model is not None:
        batch = (waves((1, dims.timesteps, dims.features)), waves((1, dims.state_width)))
        y, words = predicted(started.model, list(batch))
        cause = f"A state of {tag(dims.state_width, 'units')} numbers meets {tag(dims.units, 'units')} units."
        trials.append(
            Tried(
                "model.predict([x, state])",
                cause,
                error=refusal(ValueError(words), "initial_state", cause) if y is None else None,
                title="Run it",
                kind="loud" if y is None else "run",
            )
        )
    told = ", ".join(f"{cell} {number}" for cell, number in counts.items())
    return f"States: {told}. Each is (batch, {tag(dims.units, 'units')}).", tuple(trials)


def _unpacked(dims: States) -> Tried:
    """The line that people copy from an LSTM to a GRU."""
    cause = "A GRU has one state: two names on the left, not three."
    try:
        x = keras.Input((dims.timesteps, dims.features), name="x")
        answer, h, c = layers.GRU(dims.units, return_state=True, name="gru")(x)
    except ValueError as error:
        failure = refusal(error, "output_count", cause)
        return Tried("y, h, c = gru(x)", cause, error=failure, title="Take a GRU for an LSTM", kind="loud")
    return Tried(
        "y, h, c = gru(x)", f"{answer.shape}, {h.shape}, {c.shape}", title="Take a GRU for an LSTM", kind="run"
    )


def _states_truth(dims: States) -> Truth:
    outputs = _with_states(dims, dims.cell).layers[-1].outputs
    return count_truth(len(outputs), " and ".join(plain(shape) for shape in outputs) + ": the answer first.")


STATES = Misconception(
    slug="a-state-is-any-tensor",
    number=5,
    seen=14,
    believed="A state is just another tensor, of any width and number.",
    truth="An LSTM has two states (h and c), a GRU one; each is `(batch, units)`. Bidirectional has them twice. Keras "
    "3 does not check a state that you hand over before the first run.",
    look="Set state_width to units: the last trial runs.",
    dims=States,
    demonstrate=_show_states,
    ask=Ask(
        "count",
        lambda rng: States(
            cell=rng.choice(STATE_CELLS), **distinct(rng, timesteps=(3, 9), features=(2, 9), units=(2, 9))
        ),
        lambda d: "How many tensors does the call give back?",
        lambda d: (
            f"x = keras.Input(({d.timesteps}, {d.features}))\n"
            + (
                f"layers.Bidirectional(layers.LSTM({d.units}, return_state=True))(x)"
                if d.cell.startswith("Bi")
                else f"layers.{d.cell}({d.units}, return_state=True)(x)"
            )
        ),
        lambda d: "The answer, and then the states: one or two, in one direction or in two.",
        _states_truth,
    ),
    lesson="t_lstm",
    mistakes=("initial_state", "output_count"),
    words=("initial_state", "return_state", "not enough values to unpack", "encoder decoder", "state_h, state_c"),
)

# -- 6 ---------------------------------------------------------------------------------------------------------


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

# -- 22 --------------------------------------------------------------------------------------------------------

WAYS = ("no mask", "Masking", "Embedding", "Embedding, mask_zero")


@dataclass(frozen=True)
class Padded(DimsBase):
    steps: int = dim(2, high=16, axis="timesteps", help="How many real timesteps there are.")
    padded: int = dim(4, low=0, high=16, axis="timesteps", help="How many zeros stand behind them.")
    units: int = fields.units(3, high=16)
    way: str = choice("no mask", WAYS, help="What stands in front of the LSTM.")


def _read_padded(dims: Padded, way: str) -> tuple[Array, Array]:
    """What the same LSTM says about 1, 2, … without and with zeros behind: (1, units) each."""
    keras.utils.set_random_seed(3)
    ids = np.arange(1, dims.steps + 1)[None]  # (1, steps)
    longer = np.pad(ids, ((0, 0), (0, dims.padded)))  # (1, steps + padded)
    lstm = layers.LSTM(dims.units, name="lstm")
    if way.startswith("Embedding"):
        front = layers.Embedding(dims.steps + 1, 2, mask_zero="mask_zero" in way, name="embedding")
        return np.asarray(lstm(front(ids))), np.asarray(lstm(front(longer)))
    short, long = (array[..., None].astype("float32") for array in (ids, longer))  # (1, …, 1)
    front = layers.Masking(name="masking") if way == "Masking" else layers.Identity(name="same")
    return np.asarray(lstm(front(short))), np.asarray(lstm(front(long)))


def _same(dims: Padded, way: str) -> bool:
    return bool(np.allclose(*_read_padded(dims, way), atol=1e-6))


def _show_padded(dims: Padded) -> tuple[str, tuple[Tried, ...]]:
    codes = {
        "no mask": "lstm(x)",
        "Masking": "lstm(layers.Masking()(x))",
        "Embedding": "lstm(layers.Embedding(…)(ids))",
        "Embedding, mask_zero": "lstm(layers.Embedding(…, mask_zero=True)(ids))",
    }
    trials: list[Tried] = []
    for way in (dims.way, *(one for one in WAYS if one != dims.way)):
        short, long = _read_padded(dims, way)
        same = _same(dims, way)
        told = "The two answers are the same." if same else "The zeros changed the answer: they were read as data."
        tensors = (named("without zeros", short, "batch units"), named("with zeros", long, "batch units"))
        trials.append(Tried(codes[way], told, tensors, values=True, title=way, kind="run" if same else "silent"))
    good = [trial.title for trial in trials if trial.kind == "run"]
    return f"The {tag(dims.padded, 'timesteps')} zeros don't count with {' and '.join(good) or 'none of them'}.", tuple(
        trials
    )


SAME, DIFFERENT = "The same answer", "Two different answers"


def _padded_truth(dims: Padded) -> Truth:
    short, long = (", ".join(f"{value:.4f}" for value in array[0]) for array in _read_padded(dims, dims.way))
    return Truth(SAME if _same(dims, dims.way) else DIFFERENT, f"Without zeros [{short}], with zeros [{long}].")


PADDED = Misconception(
    slug="padding-zeros-do-not-count",
    number=22,
    seen=9,
    believed="Padding zeros do not count.",
    truth="They are data unless a mask says otherwise: `Masking()`, or `Embedding(..., mask_zero=True)`. Flatten, "
    "convolution and pooling lose the mask, with a warning at most.",
    look="Set padded to 0: without zeros all four agree.",
    dims=Padded,
    demonstrate=_show_padded,
    ask=Ask(
        "choice",
        lambda rng: Padded(way=rng.choice(WAYS), **distinct(rng, steps=(2, 6), padded=(1, 5), units=(2, 5))),
        lambda d: (
            f"The same LSTM reads {d.steps} values, then the same {d.steps} values and {d.padded} "
            f"zero{'s' if d.padded > 1 else ''} behind them. In front of it: **{d.way}**. What does it answer?"
        ),
        lambda d: f"x = [1, …, {d.steps}]\nx_padded = [1, …, {d.steps}" + ", 0" * d.padded + "]",
        lambda d: "Who tells the LSTM which timesteps to skip?",
        _padded_truth,
        (SAME, DIFFERENT),
    ),
    lesson="stacked_lstm",
    mistakes=("mask",),
    words=("mask_zero", "Masking", "pad_sequences", "padding value", "supports_masking"),
)

# -- also seen -------------------------------------------------------------------------------------------------

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
    truth="`?` and `0 (unbuilt)` stand there until the first `Input`, `build` or data. A weight can't be made before "
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

MEMORY: tuple[Misconception[Any], ...] = (STATEFUL, STATES, COUNTED, PADDED, PER_SAMPLE, LATER, UNBUILT)
