"""Misconceptions about recurrent layers: what they give back, and how wide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from explainers.core.axes import plain, sizes
from explainers.core.dims import DimsBase, choice, dim
from explainers.core.results import Inspection
from explainers.core.trial import Tried, first, trial
from explainers.core.words import tag
from explainers.practice.misconceptions import fields
from explainers.practice.misconceptions.live import built, chain, keras, layers, out, seen, shape_truth
from explainers.practice.misconceptions.misconception import Ask, Misconception, Truth, distinct


def _on(shape: tuple[int | None, ...], *make: Callable[[], Any]) -> Inspection:
    """What is known about Input(shape) and the layers; each is made inside the watched build."""
    return seen(lambda: chain(shape, *(layer() for layer in make)))


def _shape_of(found: Inspection) -> Truth:
    assert found.error is None, found.error
    return shape_truth(out(found), f"{found.layers[-1].why} Keras says {plain(out(found))}.".strip())


# -- 10 --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PassesOn(DimsBase):
    timesteps: int = fields.timesteps(7)
    features: int = fields.features(3)
    units_1: int = fields.units(4)
    units_2: int = fields.units(2, "lstm_1")
    return_sequences: bool = fields.return_sequences(False)


def _two(dims: PassesOn, keeps: bool, both: bool = True) -> Inspection:
    first = lambda: layers.LSTM(dims.units_1, return_sequences=keeps, name="lstm")  # noqa: E731  (batch, …, units_1)
    second = lambda: layers.LSTM(dims.units_2, name="lstm_1")  # noqa: E731  (batch, units_2)
    return _on((dims.timesteps, dims.features), first, *((second,) if both else ()))


@trial(
    "return_sequences={}",
    "loud",
    says="expected ndim=3, found ndim=2. Full shape received: (None, 4)",
    each=lambda dims: first(dims.return_sequences, (False, True)),
)
def stacked(dims: PassesOn, keeps: bool) -> Tried:
    """A second LSTM on the first."""
    told = (
        f"All {tag(dims.timesteps, 'timesteps')} outputs are returned, and the second LSTM has a sequence to walk "
        "along."
        if keeps
        else (
            f"Only the last output is returned: one row of {tag(dims.units_1, 'units')} numbers. The second LSTM gets "
            "no timesteps."
        )
    )
    return built(_two(dims, keeps), told)


def _passes_on_verdict(dims: PassesOn, tried: tuple[Tried, ...]) -> str:
    alone = {keeps: plain(out(_two(dims, keeps, both=False))) for keeps in (False, True)}
    return f"By default the first LSTM returns {alone[False]}; with return_sequences=True it returns {alone[True]}."


PASSES_ON = Misconception(
    slug="an-rnn-passes-its-sequence-on",
    number=10,
    seen=11,
    believed="An RNN passes on its sequence by default.",
    truth="By default only the last step is returned: `(batch, units)`. The next RNN, Conv1D or TimeDistributed needs "
    "all of them: `return_sequences=True`.",
    look="Switch return_sequences: the second LSTM builds, or is refused.",
    dims=PassesOn,
    trials=(stacked,),
    verdict=_passes_on_verdict,
    ask=Ask(
        "shape",
        lambda rng: PassesOn(
            return_sequences=rng.random() < 0.5,
            **distinct(rng, timesteps=(4, 12), features=(2, 9), units_1=(2, 9), units_2=(2, 9)),
        ),
        lambda d: "What is the shape of y?",
        lambda d: (
            f"x = keras.Input(({d.timesteps}, {d.features}))\n"
            f"y = layers.LSTM({d.units_1}" + (", return_sequences=True)(x)" if d.return_sequences else ")(x)")
        ),
        lambda d: "Batch first (None). Are the timesteps kept? The last axis is never the features.",
        lambda d: _shape_of(_two(d, d.return_sequences, both=False)),
    ),
    lesson="stacked_lstm",
    lesson_dims={"return_sequences_1": False},
    mistakes=("layer_rank",),
    words=("expected ndim=3, found ndim=2", "return_sequences", "stack LSTM", "incompatible with the layer"),
)

# -- 13 --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Units(DimsBase):
    timesteps: int = fields.timesteps(7)
    features: int = fields.features(3)
    units: int = fields.units(4)


def _sequence(dims: Units, units: int) -> Inspection:
    return _on(
        (dims.timesteps, dims.features),
        lambda: layers.LSTM(units, return_sequences=True, name="lstm"),  # (batch, timesteps, units)
    )


@trial("units={}", "run", each=lambda dims: dict.fromkeys((dims.units, 1, 100)))
def as_wide(dims: Units, units: int) -> Tried:
    """An LSTM of so many units."""
    found = _sequence(dims, units)
    return built(
        found,
        f"{tag(sizes(out(found))[1], 'timesteps')} timesteps in and the same number out, each with "
        f"{tag(units, 'units')} number{'s' if units > 1 else ''}.",
    )


def _units_verdict(dims: Units, tried: tuple[Tried, ...]) -> str:
    return (
        f"The {tag(dims.timesteps, 'timesteps')} timesteps come from the data and stay; units only says how wide the "
        "output at each of them is."
    )


def _units_truth(dims: Units) -> Truth:
    return _shape_of(_on((dims.timesteps, dims.features), lambda: layers.LSTM(dims.units, name="lstm")))


UNITS = Misconception(
    slug="units-is-the-number-of-steps",
    number=13,
    seen=11,
    believed="units is the number of timesteps (or of cells in a chain, or of outputs).",
    truth=(
        "units is the width of the hidden vector; you choose it freely. The steps come from the data. The output is "
        "that vector: not one number, and not the flattened steps."
    ),
    look="Change units, then timesteps: each changes its own number and nothing else.",
    dims=Units,
    trials=(as_wide,),
    verdict=_units_verdict,
    ask=Ask(
        "shape",
        lambda rng: Units(**distinct(rng, timesteps=(5, 30), features=(2, 9), units=(2, 40))),
        lambda d: "What is the shape of y?",
        lambda d: f"x = keras.Input(({d.timesteps}, {d.features}))\ny = layers.LSTM({d.units})(x)",
        lambda d: "return_sequences is False: one output per sample. How wide is it?",
        _units_truth,
    ),
    lesson="simple_rnn",
    lesson_dims={"timesteps": 64, "features": 1, "units": 2000},
    words=("what is units", "hidden_size", "number of cells", "number of neurons", "LSTM units meaning"),
)

# -- 17 --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Nested(DimsBase):
    sequences: int = dim(
        6, high=64, axis="sequences", sets=("x.shape[0]",), help="How many small sequences a sample has (sentences)."
    )
    timesteps: int = dim(
        5, high=64, axis="timesteps", sets=("x.shape[1]",), help="How long a small sequence is (words)."
    )
    features: int = dim(3, high=64, axis="features", sets=("x.shape[2]",), help="Numbers per timestep.")
    units_1: int = fields.units(4, "lstm")
    units_2: int = fields.units(2, "lstm_1")


def _nested(dims: Nested, *make: Callable[[], Any]) -> Inspection:
    shape = (dims.sequences, dims.timesteps, dims.features)
    return seen(lambda: chain(shape, *(layer() for layer in make)), {"x": "batch sequences timesteps features"})


def _wrapped(dims: Nested) -> Any:
    return layers.TimeDistributed(layers.LSTM(dims.units_1, name="lstm"), name="each")  # (batch, sequences, units_1)


def _read(dims: Nested) -> Any:
    return layers.LSTM(dims.units_1, name="lstm")  # (batch, units_1)


@trial(
    "An LSTM on sequences of sequences",
    "loud",
    says="expected ndim=3, found ndim=4. Full shape received: (None, 6, 5, 3)",
)
def four_axes(dims: Nested) -> Tried:
    """One axis too many."""
    told = "Four axes; a recurrent layer walks along one of them, and reads one."
    return built(_nested(dims, lambda: _read(dims)), told)


@trial("TimeDistributed reads the small sequences", "run")
def small_ones(dims: Nested) -> Tried:
    """A wrapper."""
    return built(
        _nested(dims, lambda: _wrapped(dims), lambda: layers.LSTM(dims.units_2, name="lstm_1")),
        f"{tag(dims.sequences, 'sequences')} small sequences, one vector of {tag(dims.units_1, 'units')} each; a "
        "second LSTM walks along those.",
    )


@trial("Or one long sequence", "run")
def one_long(dims: Nested) -> Tried:
    """Sequences and timesteps become one axis."""
    longer = (dims.sequences * dims.timesteps, dims.features)
    return built(
        _nested(dims, lambda: layers.Reshape(longer, name="longer"), lambda: _read(dims)),
        f"{tag(longer[0], 'timesteps')} timesteps: the boundaries between the small sequences are gone.",
    )


@trial("Or wider steps", "run")
def wider_steps(dims: Nested) -> Tried:
    """Timesteps and features become one axis."""
    wider = (dims.sequences, dims.timesteps * dims.features)
    return built(
        _nested(dims, lambda: layers.Reshape(wider, name="wider"), lambda: _read(dims)),
        f"{tag(wider[1], 'features')} features at each of {tag(wider[0], 'timesteps')} steps.",
    )


def _nested_verdict(dims: Nested, tried: tuple[Tried, ...]) -> str:
    return "An RNN reads three axes, batch included. A fourth axis needs a wrapper, or you merge two axes into one."


NESTED = Misconception(
    slug="an-rnn-reads-nested-sequences",
    number=17,
    seen=10,
    believed="An RNN can read nested sequences: frames of maps, sentences of words.",
    truth="Three axes only. Either `TimeDistributed` reads the inner sequence, or you merge two axes into one.",
    look="Change sequences and timesteps, and follow them through the three ways out.",
    dims=Nested,
    trials=(four_axes, small_ones, one_long, wider_steps),
    verdict=_nested_verdict,
    ask=Ask(
        "shape",
        lambda rng: Nested(
            **distinct(rng, sequences=(3, 9), timesteps=(3, 9), features=(2, 9), units_1=(2, 9), units_2=(2, 9))
        ),
        lambda d: (
            f"{d.sequences} sentences of {d.timesteps} words, {d.features} numbers per word. What is the shape of y?"
        ),
        lambda d: (
            f"x = keras.Input(({d.sequences}, {d.timesteps}, {d.features}))\n"
            f"y = layers.TimeDistributed(layers.LSTM({d.units_1}))(x)"
        ),
        lambda d: "Each sentence becomes one vector. How many sentences, how wide is a vector?",
        lambda d: _shape_of(_nested(d, lambda: _wrapped(d))),
    ),
    lesson="sequence_set",
    mistakes=("layer_rank",),
    words=("expected ndim=3, found ndim=4", "TimeDistributed", "video frames", "hierarchical", "sentences of words"),
)

# -- 21 --------------------------------------------------------------------------------------------------------

MERGES = ("concat", "sum", "mul", "ave")


@dataclass(frozen=True)
class BothWays(DimsBase):
    timesteps: int = fields.timesteps(7)
    features: int = fields.features(3)
    units: int = fields.units(4, "forward_both")
    merge_mode: str = choice("concat", MERGES, sets=("both.merge_mode",), help="How the two outputs become one.")


def _both(dims: BothWays, merge: str) -> Inspection:
    return _on(
        (dims.timesteps, dims.features),
        lambda: layers.Bidirectional(layers.LSTM(dims.units, name="both"), merge_mode=merge, name="both"),
    )


def _states(dims: BothWays) -> Inspection:
    """Input -> Bidirectional LSTM that gives its states too."""

    def build() -> Any:
        x = keras.Input((dims.timesteps, dims.features), name="x")
        inner = layers.LSTM(dims.units, return_state=True, name="both")
        return keras.Model(x, layers.Bidirectional(inner, name="both")(x), name="model")  # (batch, 2 × units), 4 states

    return seen(build)


def _width(dims: BothWays, merge: str) -> int | None:
    return sizes(out(_both(dims, merge)))[-1]


@trial('merge_mode="{}"', "run", each=lambda dims: dict.fromkeys((dims.merge_mode, "concat", "sum")))
def merged(dims: BothWays, merge: str) -> Tried:
    """Two directions, merged in one of the ways."""
    found = _both(dims, merge)
    return built(found, f"{tag(sizes(out(found))[-1], 'units')} wide, from {found.total_params:,} weights.")


@trial("With its states", "run")
def with_states(dims: BothWays) -> Tried:
    """What comes next to the output."""
    states = _states(dims)
    given = states.layers[-1].outputs
    return built(
        states,
        f"{len(given)} tensors: the output, and {len(given) - 1} states of {tag(dims.units, 'units')} each (h and "
        "c, forward and backward).",
    )


def _both_verdict(dims: BothWays, tried: tuple[Tried, ...]) -> str:
    return (
        f"Two LSTM({tag(dims.units, 'units')}) read in two directions: concat makes "
        f"{tag(_width(dims, 'concat'), 'units')}, sum keeps {tag(_width(dims, 'sum'), 'units')}."
    )


BOTH_WAYS = Misconception(
    slug="bidirectional-keeps-the-width",
    number=21,
    seen=9,
    believed="Bidirectional keeps the width and the state.",
    truth='Two layers read in two directions. `concat` (the default) doubles the width; `merge_mode="sum"` keeps it. '
    "An LSTM inside has four states of `units` each.",
    look="Change merge_mode: the width changes, the weights don't.",
    dims=BothWays,
    trials=(merged, with_states),
    verdict=_both_verdict,
    ask=Ask(
        "shape",
        lambda rng: BothWays(
            merge_mode=rng.choice(("concat", "sum")), **distinct(rng, timesteps=(4, 12), features=(2, 9), units=(3, 20))
        ),
        lambda d: "What is the shape of y?",
        lambda d: (
            f"x = keras.Input(({d.timesteps}, {d.features}))\n"
            f'y = layers.Bidirectional(layers.LSTM({d.units}), merge_mode="{d.merge_mode}")(x)'
        ),
        lambda d: "Two outputs of `units` numbers each: side by side, or added up?",
        lambda d: _shape_of(_both(d, d.merge_mode)),
    ),
    lesson="stacked_lstm",
    lesson_dims={"bidirectional": True},
    mistakes=("initial_state", "operand_sizes"),
    words=("merge_mode", "Bidirectional output shape", "twice the units", "encoder states"),
)

# -- also seen -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ahead(DimsBase):
    timesteps: int = fields.timesteps(10)
    features: int = fields.features(3)
    units: int = fields.units(4)
    ahead: int = dim(5, high=64, axis="horizon", help="How many values you want to predict.")


def _per_step(dims: Ahead) -> Inspection:
    return _on(
        (dims.timesteps, dims.features),
        lambda: layers.LSTM(dims.units, return_sequences=True, name="lstm"),  # (batch, timesteps, units)
        lambda: layers.TimeDistributed(
            layers.Dense(dims.ahead, name="dense"), name="each"
        ),  # (batch, timesteps, ahead)
    )


@trial("An output per timestep", "silent")
def per_timestep(dims: Ahead) -> Tried:
    """The length stays."""
    found = _per_step(dims)
    return built(
        found,
        f"{tag(dims.timesteps, 'timesteps')} timesteps in, {tag(sizes(out(found))[1], 'timesteps')} out, each with "
        f"{tag(dims.ahead, 'units')}.",
    )


@trial("All at once, from the last state", "run")
def all_at_once(dims: Ahead) -> Tried:
    """A Dense behind the last state."""
    found = _on(
        (dims.timesteps, dims.features),
        lambda: layers.LSTM(dims.units, name="lstm"),  # (batch, units)
        lambda: layers.Dense(dims.ahead, name="dense"),  # (batch, ahead)
    )
    return built(found, f"One vector of {tag(dims.ahead, 'units')} numbers per sample.")


@trial("A second sequence", "run")
def second_sequence(dims: Ahead) -> Tried:
    """An encoder and a decoder."""
    found = _on(
        (dims.timesteps, dims.features),
        lambda: layers.LSTM(dims.units, name="encoder"),  # (batch, units)
        lambda: layers.RepeatVector(dims.ahead, name="repeat"),  # (batch, ahead, units)
        lambda: layers.LSTM(dims.units, return_sequences=True, name="decoder"),  # (batch, ahead, units)
        lambda: layers.Dense(1, name="dense"),  # (batch, ahead, 1)
    )
    return built(
        found, f"RepeatVector starts a new sequence of {tag(dims.ahead, 'timesteps')} steps from the last state."
    )


def _ahead_verdict(dims: Ahead, tried: tuple[Tried, ...]) -> str:
    return f"Only the last two give {dims.ahead} values; an RNN alone keeps the number of steps."


AHEAD = Misconception(
    slug="an-rnn-changes-the-length",
    number=31,
    seen=7,
    believed="An RNN can shorten or lengthen a sequence by its units.",
    truth="10 steps in, 10 out. To predict 5 values: `Dense(5)` on the last state, or `RepeatVector(5)` and a second "
    "RNN.",
    look="Change ahead: in the first model it never becomes a number of steps.",
    dims=Ahead,
    trials=(per_timestep, all_at_once, second_sequence),
    verdict=_ahead_verdict,
    ask=Ask(
        "shape",
        lambda rng: Ahead(**distinct(rng, timesteps=(6, 20), features=(2, 6), units=(3, 9), ahead=(2, 9))),
        lambda d: "What is the shape of y?",
        lambda d: (
            f"x = keras.Input(({d.timesteps}, {d.features}))\n"
            f"h = layers.LSTM({d.units}, return_sequences=True)(x)\n"
            f"y = layers.TimeDistributed(layers.Dense({d.ahead}))(h)"
        ),
        lambda d: "Dense works at every timestep; it changes only the last axis.",
        lambda d: _shape_of(_per_step(d)),
    ),
    lesson="windowed_forecast",
    lesson_dims={"horizon": 5},
    mistakes=("target_shape",),
    words=("RepeatVector", "different output length", "multi-step forecast", "seq2seq length"),
)

RECURRENT: tuple[Misconception[Any], ...] = (PASSES_ON, UNITS, NESTED, BOTH_WAYS, AHEAD)
