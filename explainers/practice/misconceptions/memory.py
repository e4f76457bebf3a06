"""Misconceptions about weights, states and masks: what is kept, how much of it, and for whom."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

from explainers.core.axes import plain
from explainers.core.dims import DimsBase, choice, dim
from explainers.core.layers import BY_GATES
from explainers.core.results import Inspection
from explainers.core.trial import Tried, first, trial
from explainers.core.words import tag
from explainers.practice.misconceptions import fields
from explainers.practice.misconceptions.live import (
    Array,
    alive,
    built,
    chain,
    count_truth,
    fed,
    keras,
    layers,
    model_of,
    named,
    np,
    predicted,
    refusal,
    seen,
    titles,
    waves,
)
from explainers.practice.misconceptions.misconception import REFUSES, Ask, Misconception, Truth, distinct

if TYPE_CHECKING:
    from explainers.core.inspection import Inspected
SEQUENCE = "samples timesteps features"

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


def _fed_stateful(dims: Stateful, model: Inspected, wrong: bool, before: str = "") -> Tried:
    """The learner's batch, given to one of the models."""
    x = waves((dims.samples, dims.timesteps, dims.features))

    def told(y: Array | None) -> str:
        if y is None:
            kept, fed = tag(dims.batch_size, "batch"), tag(dims.samples, "batch")
            return f"The layer keeps {kept} rows of state, but was fed {fed}."
        return f"{tag(dims.samples, 'batch')} in, {tag(len(y), 'batch')} out."

    call = f"{before}model.predict(x, batch_size={dims.samples})  # x.shape == {x.shape}"
    return fed(model, x, SEQUENCE, told, code=call, wrong=wrong, batch_size=dims.samples)


def _fed_before(dims: Stateful) -> Inspected:
    """A stateful model that has read two full batches."""
    model = _stateful(dims, True)
    predicted(model.model, waves((2 * dims.batch_size, dims.timesteps, dims.features)), batch_size=dims.batch_size)
    return model


@trial("A fresh stateful model", "loud", says="must be the same as the batch size of the initial state")
def fresh(dims: Stateful) -> Tried:
    """Another number of samples than rows of state, as the first thing the model sees."""
    return _fed_stateful(dims, _stateful(dims, True), dims.samples != dims.batch_size)


@trial("The same, after two full batches", "silent")
def after_full_batches(dims: Stateful) -> Tried:
    """The same for a model that has states of full batches."""
    before = f"model.predict(x_full, batch_size={dims.batch_size})\n"
    return _fed_stateful(dims, _fed_before(dims), dims.samples != dims.batch_size, before)


@trial("Its twin without state, same weights", "run")
def twin(dims: Stateful) -> Tried:
    """A model that keeps no state, with the weights of the one that does."""
    stateless = _stateful(dims, False)
    stateless.model.set_weights(_fed_before(dims).model.get_weights()[:3])
    return _fed_stateful(dims, stateless, wrong=False)


def _stateful_verdict(dims: Stateful, tried: tuple[Tried, ...]) -> str:
    return (
        f"A stateful layer keeps one row of state per sample: {tag(dims.batch_size, 'batch')} rows, from the first "
        "batch to the last."
    )


AS_MANY, OTHER_NUMBER = "As many outputs as samples", "A different number of outputs"


def _stateful_truth(dims: Stateful) -> Truth:
    x = waves((dims.samples, dims.timesteps, dims.features))
    y, words = predicted(_stateful(dims, True).model, x, batch_size=dims.samples)
    if y is None:
        return Truth(REFUSES, f"{dims.batch_size} rows of state, {dims.samples} samples.", words=words)
    return Truth(AS_MANY if len(y) == dims.samples else OTHER_NUMBER, f"The output has shape {y.shape}.")


def _draw_stateful(rng: Random) -> Stateful:
    drawn = distinct(rng, batch_size=(2, 9), timesteps=(3, 9), features=(2, 9), units=(2, 9))
    return Stateful(samples=rng.choice((drawn["batch_size"], 2 * drawn["batch_size"], 1)), **drawn)


STATEFUL = Misconception(
    slug="any-batch-for-a-stateful-model",
    number=2,
    seen=17,
    believed="A batch of any size can go through a stateful model.",
    truth=(
        "The state has one row per sample of the batch. The batch is fixed when the model is built, samples must "
        "come in whole batches, and `predict` is bound to it, too. For a single sample, build a stateless copy with "
        "the same weights."
    ),
    look="Set samples to batch_size: all three agree.",
    dims=Stateful,
    trials=(fresh, after_full_batches, twin),
    verdict=_stateful_verdict,
    ask=Ask(
        "choice",
        _draw_stateful,
        lambda d: (
            f"A stateful LSTM was built for batches of {d.batch_size}. It is new and gets {d.samples} "
            f"sample{'s' if d.samples > 1 else ''} in one batch. What is the output?"
        ),
        lambda d: (
            f"x = keras.Input(({d.timesteps}, {d.features}), batch_size={d.batch_size})\n"
            f"y = layers.LSTM({d.units}, stateful=True)(x)\n…\n"
            f"model.predict(np.zeros(({d.samples}, {d.timesteps}, {d.features})), batch_size={d.samples})"
        ),
        lambda d: "Each sample of a batch needs a row of state.",
        _stateful_truth,
        (REFUSES, AS_MANY, OTHER_NUMBER),
    ),
    lesson="stacked_lstm",
    lesson_dims={"stateful": True, "batch_size": 4},
    mistakes=("stateful_batch",),
    words=("stateful", "batch_input_shape", "divisible by batch size", "initial state", "predict one sample"),
)

# -- 5 ---------------------------------------------------------------------------------------------------------

STATE_CELLS = (*BY_GATES, "Bidirectional LSTM")


@dataclass(frozen=True)
class States(DimsBase):
    timesteps: int = fields.timesteps(5, high=64)
    features: int = fields.features(3)
    units: int = fields.units(4)
    state_width: int = dim(2, high=64, axis="units", sets=("state.shape[0]",), help="The width of the state you pass.")
    cell: str = choice("LSTM", STATE_CELLS, help="The layer whose states are counted.")


def _with_states(dims: States, cell: str) -> Inspection:
    def build() -> Any:
        x = keras.Input((dims.timesteps, dims.features), name="x")
        kind = getattr(layers, cell.removeprefix("Bidirectional "))
        layer = kind(dims.units, return_state=True, name=kind.__name__.lower())
        layer = layers.Bidirectional(layer, name="both") if cell.startswith("Bidirectional") else layer
        return keras.Model(x, layer(x), name="model")  # the output, then the states: (batch, units) each

    return seen(build)


def _started(dims: States) -> Inspected:
    """An LSTM that starts from two states of `state_width` numbers."""

    def build() -> Any:
        x = keras.Input((dims.timesteps, dims.features), name="x")
        state = keras.Input((dims.state_width,), name="state")
        y = layers.LSTM(dims.units, name="lstm")(x, initial_state=[state, state])  # (batch, units)
        return keras.Model([x, state], y, name="model")

    return alive(build, {"x": "batch timesteps features", "state": "batch units"})


def _states_of(found: Inspection) -> int:
    """How many states the last layer returns, next to its output."""
    return len(found.layers[-1].outputs) - 1


@trial("{}", "run", each=lambda dims: dict.fromkeys((dims.cell, "LSTM", "GRU")))
def returned(dims: States, cell: str) -> Tried:
    """Ask a layer for its states."""
    found = _with_states(dims, cell)
    many = _states_of(found)
    return built(found, f"The output and {many} state{'s' * (many > 1)}, {tag(dims.units, 'units')} wide each.")


@trial("Start from states of a different width", "run")
def started(dims: States) -> Tried:
    """Build a model whose LSTM starts from states of `state_width` numbers."""
    title = f"Start from states of {dims.state_width}"
    return built(_started(dims).inspection, "The model builds, whatever the width.", title=title)


@trial("Run it", "loud", says="Dimensions must be equal, but are 2 and 4")
def run_it(dims: States) -> Tried:
    """Run that model."""
    batch = (waves((1, dims.timesteps, dims.features)), waves((1, dims.state_width)))
    y, words = predicted(_started(dims).model, list(batch))
    cause = f"A state of {tag(dims.state_width, 'units')} numbers meets {tag(dims.units, 'units')} units."
    error = refusal(ValueError(words), "initial_state", cause) if y is None else None
    return Tried("model.predict([x, state])", cause, error=error)


def _states_verdict(dims: States, tried: tuple[Tried, ...]) -> str:
    counts = {one.title: _states_of(one.inspection) for one in tried if one.name == returned.name and one.inspection}
    told = ", ".join(f"{cell} {number}" for cell, number in counts.items())
    return f"States: {told}. Each is (batch, {tag(dims.units, 'units')})."


@trial("Unpack a GRU like an LSTM", "loud", says="not enough values to unpack (expected 3, got 2)")
def unpacked(dims: States) -> Tried:
    """The line that people copy from an LSTM to a GRU."""
    cause = "A GRU has one state: two names on the left, not three."
    try:
        x = keras.Input((dims.timesteps, dims.features), name="x")
        output, h, c = layers.GRU(dims.units, return_state=True, name="gru")(x)
    except ValueError as error:
        return Tried("y, h, c = gru(x)", cause, error=refusal(error, "output_count", cause))
    return Tried("y, h, c = gru(x)", f"{output.shape}, {h.shape}, {c.shape}")


def _states_truth(dims: States) -> Truth:
    outputs = _with_states(dims, dims.cell).layers[-1].outputs
    return count_truth(len(outputs), " and ".join(plain(shape) for shape in outputs) + ": the output first.")


STATES = Misconception(
    slug="a-state-is-any-tensor",
    number=5,
    seen=14,
    believed="A state is just another tensor; any width and any number will do.",
    truth=(
        "An LSTM has two states (h and c), a GRU one; each is `(batch, units)`. Bidirectional has twice as many. "
        "Keras 3 does not check a state that you pass before the first run."
    ),
    look="Set state_width to units: the last trial runs.",
    dims=States,
    trials=(returned, unpacked, started, run_it),
    verdict=_states_verdict,
    ask=Ask(
        "count",
        lambda rng: States(
            cell=rng.choice(STATE_CELLS), **distinct(rng, timesteps=(3, 9), features=(2, 9), units=(2, 9))
        ),
        lambda d: "How many tensors does the call return?",
        lambda d: (
            f"x = keras.Input(({d.timesteps}, {d.features}))\n"
            + (
                f"layers.Bidirectional(layers.LSTM({d.units}, return_state=True))(x)"
                if d.cell.startswith("Bi")
                else f"layers.{d.cell}({d.units}, return_state=True)(x)"
            )
        ),
        lambda d: "The output, and then the states: one or two, for one direction or two.",
        _states_truth,
    ),
    lesson="t_lstm",
    mistakes=("initial_state", "output_count"),
    words=("initial_state", "return_state", "not enough values to unpack", "encoder decoder", "state_h, state_c"),
)

# -- 22 --------------------------------------------------------------------------------------------------------

WAYS = ("no mask", "Masking", "Embedding", "Embedding, mask_zero")


@dataclass(frozen=True)
class Padded(DimsBase):
    steps: int = dim(2, high=16, axis="timesteps", help="How many real timesteps there are.")
    padded: int = dim(4, low=0, high=16, axis="timesteps", help="How many zeros follow them.")
    units: int = fields.units(3, high=16)
    way: str = choice("no mask", WAYS, help="The layer before the LSTM.")


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


CODES = {
    "no mask": "lstm(x)",
    "Masking": "lstm(layers.Masking()(x))",
    "Embedding": "lstm(layers.Embedding(…)(ids))",
    "Embedding, mask_zero": "lstm(layers.Embedding(…, mask_zero=True)(ids))",
}


@trial("{}", "silent", each=lambda dims: first(dims.way, WAYS))
def read_padded(dims: Padded, way: str) -> Tried:
    """Read the sequence with and without zeros behind it, in one of the ways."""
    short, long = _read_padded(dims, way)
    same = _same(dims, way)
    told = "The two outputs are the same." if same else "The zeros changed the output: they were read as data."
    tensors = (named("without zeros", short, "batch units"), named("with zeros", long, "batch units"))
    return Tried(CODES[way], told, tensors, values=True, kind="run" if same else "silent")


def _padded_verdict(dims: Padded, tried: tuple[Tried, ...]) -> str:
    good = " and ".join(titles(tried, "run")) or "none of them"
    return f"The {tag(dims.padded, 'timesteps')} zeros don't count with {good}."


SAME, DIFFERENT = "The same output", "Two different outputs"


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
    trials=(read_padded,),
    verdict=_padded_verdict,
    ask=Ask(
        "choice",
        lambda rng: Padded(way=rng.choice(WAYS), **distinct(rng, steps=(2, 6), padded=(1, 5), units=(2, 5))),
        lambda d: (
            f"The same LSTM reads {d.steps} values, then the same {d.steps} values and {d.padded} "
            f"zero{'s' if d.padded > 1 else ''} after them. The layer before it: **{d.way}**. Are the outputs the same?"
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

MEMORY: tuple[Misconception[Any], ...] = (STATEFUL, STATES, PADDED)
