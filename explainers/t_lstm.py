"""A T-LSTM is an LSTM whose cell is told how much time went by since the last visit.

    c_short = tanh(w_d ⊙ c + b_d)        what fades            c_long = c − c_short        what stays
    c*      = c_long + c_short · g(Δt)   g(Δt) = 1/Δt or 1/log(e + Δt)

    then an ordinary LSTM step from h and c*     (Baytas et al., KDD 2017)

    x_t (batch, features)   Δt (batch, 1)   h, c (batch, units)   w_d, b_d (units,)

`RNN` of today's Keras hands one tensor to its cell, so x_t and Δt travel side by side in one last axis,
features + elapsed time, and the cell takes them apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from explainers.core.bounds import bounded
from explainers.core.dims import DimsBase, choice, dim, switch
from explainers.core.explainer import Explainer, Journey, Preset
from explainers.core.later import keras, layers
from explainers.core.results import BuildError, Call, Figure, Fix, Inspection, Tensor
from explainers.core.trial import Tried, trial
from explainers.core.trying import built, like, named, try_build
from explainers.core.trying import gradients as gradients_of
from explainers.core.waves import waves
from explainers.core.words import tag

INPUTS = {"visits": "batch timesteps features", "elapsed": "batch|timesteps|elapsed time"}
GAPS = (1.0, 3.0, 30.0, 2.0, 14.0, 90.0, 7.0, 0.5, 365.0, 21.0, 5.0)  # days between visits, as irregular as life
EVEN_GAP = 7.0  # days


@dataclass(frozen=True)
class Dims(DimsBase):
    batch_size: int | None = dim(
        None,
        high=512,
        allows_none=True,
        axis="batch",
        sets=("visits.batch_size", "elapsed.batch_size"),
        help="How many patients go through together. None leaves it open: any number.",
    )
    timesteps: int | None = dim(
        6,
        high=200,
        allows_none=True,
        axis="timesteps",
        sets=("visits.shape[0]", "elapsed.shape[0]"),
        help="How many visits one patient has: how often the cell is called. None leaves it open.",
    )
    features: int = dim(
        3, high=512, axis="features", sets=("visits.shape[1]",), help="How many numbers were measured at one visit."
    )
    units: int = dim(4, high=512, axis="units", sets=("t_lstm.units",), help="The width of the two states h and c.")
    decay: str = choice(
        "per_unit",
        ("per_unit", "matrix"),
        sets=("t_lstm.decay",),
        help="per_unit: one weight for each unit decides what is short-term. matrix: the paper's W_d (units, units).",
    )
    g: str = choice(
        "log",
        ("log", "inverse"),
        sets=("t_lstm.g",),
        help="How the short-term memory fades with the elapsed time. log: 1/log(e + Δt), for long gaps. inverse: 1/Δt.",
    )
    gaps: str = choice(
        "irregular",
        ("irregular", "even", "zero_first", "zero_later"),
        help="The elapsed times that are fed. zero_first: 0 at the first visit. zero_later: two visits on one day.",
    )
    return_sequences: bool = switch(
        True, sets=("t_lstm.return_sequences",), help="True: an answer at every visit. False: only the last one."
    )
    head: bool = switch(
        False,
        help="Flatten and Dense after the T-LSTM. Flatten must know how many visits there are.",
        label="Flatten, Dense",
    )
    dense_units: int = dim(
        2, high=64, advanced=True, axis="units", sets=("dense.units",), help="Numbers in the final answer."
    )


PRESETS = (
    Preset(
        "23-features-7-visits",
        "23 features, 7 visits",
        {"batch_size": 20, "timesteps": 7, "features": 23, "units": 16},
        "One weight per unit decides what fades.",
    ),
    Preset(
        "matrix-decay",
        "matrix decay, as in the paper",
        {"batch_size": 20, "timesteps": 7, "features": 23, "units": 16, "decay": "matrix"},
        "W_d (units, units): every unit's short-term part looks at all units.",
    ),
    Preset(
        "flatten-dense",
        "Flatten and Dense",
        {"timesteps": 7, "features": 23, "units": 16, "head": True, "dense_units": 1},
        "Where do I say how many timesteps? In the Input.",
    ),
    Preset(
        "any-number-of-visits",
        "Flatten with None",
        {"timesteps": None, "features": 23, "units": 16, "head": True, "dense_units": 1},
        "Flatten of an unknown number of visits: Dense can't be built.",
    ),
    Preset(
        "last-answer",
        "only the last answer",
        {"timesteps": 7, "features": 23, "units": 16, "return_sequences": False},
        "return_sequences=False drops the timesteps.",
    ),
    Preset(
        "first-gap-0",
        "first gap 0, g = 1/Δt",
        {"timesteps": 7, "g": "inverse", "gaps": "zero_first"},
        "Δt = 0 at the first visit: everything is nan.",
    ),
    Preset(
        "two-visits-a-day",
        "two visits on one day, g = 1/Δt",
        {"timesteps": 7, "g": "inverse", "gaps": "zero_later"},
        "Δt = 0 later on: the memory is inf, and the answers don't show it.",
    ),
)


def build(dims: Dims) -> keras.Model:
    """Two Inputs, packed side by side -> RNN(TLSTMCell) -> (Flatten -> Dense)."""
    from explainers.layers.t_lstm import TLSTMCell

    size = dims.batch_size
    visits = keras.Input(
        (dims.timesteps, dims.features), batch_size=size, name="visits"
    )  # (batch, timesteps, features)
    elapsed = keras.Input((dims.timesteps, 1), batch_size=size, name="elapsed")  # (batch, timesteps, 1)
    packed = layers.Concatenate(name="packed")([visits, elapsed])  # (batch, timesteps, features + 1)
    cell = TLSTMCell(dims.units, decay=dims.decay, g=dims.g, name="cell")
    rnn = layers.RNN(cell, return_sequences=dims.return_sequences, name="t_lstm")
    answer = rnn(packed)  # (batch, timesteps, units), or (batch, units)
    if dims.head and dims.return_sequences:
        answer = layers.Flatten(name="flatten")(answer)  # (batch, timesteps·units)
    if dims.head:
        answer = layers.Dense(dims.dense_units, name="dense")(answer)  # (batch, dense_units)
    return keras.Model([visits, elapsed], answer, name="t_lstm_model")


def elapsed_times(dims: Dims, shape: tuple[int, ...]) -> Any:
    """Days since the last visit, (batch, timesteps, 1). At the first visit there is no memory yet that could fade."""
    batch, steps, _ = shape
    place = np.add.outer(5 * np.arange(batch), np.arange(steps))  # (batch, timesteps): each patient has other gaps
    days = np.full((batch, steps), EVEN_GAP) if dims.gaps == "even" else np.asarray(GAPS)[place % len(GAPS)]
    if dims.gaps.startswith("zero"):
        days[:, 0 if dims.gaps == "zero_first" else steps // 2] = 0.0
    return days[..., None].astype("float32")  # (batch, timesteps, 1)


def feed(dims: Dims, name: str, shape: tuple[int, ...]) -> Any:
    """Days for `elapsed`; the visits get the engine's smooth waves."""
    return elapsed_times(dims, shape) if name == "elapsed" else None


def answer(dims: Dims, found: Inspection) -> str:
    """One sentence from what the model showed."""
    if found.error is not None:
        return f"This model can't be built: {found.error.cause}"
    rnn = next(layer for layer in found.layers if layer.name == "t_lstm")
    if found.run is None or not found.run.calls:
        return f"The T-LSTM has **{rnn.params:,}** parameters."
    calls = [call for call in found.run.calls if not call.probe]
    x, elapsed = calls[0].inputs[-2:]
    probes = found.run.calls_made - _steps(found)
    return (
        f"Yes: the cell is called once for each of the {tag(_steps(found), 'timesteps')} timesteps, with x_t "
        f"{_spelled(x)} and Δt {_spelled(elapsed)}, plus {probes} probe by which Keras learns the dtype. "
        f"The number of timesteps stands in the Input, never in the cell: all calls share the same "
        f"**{rnn.params:,}** parameters.{_spoiling(found.run.calls)}"
    )


def _spoiling(calls: tuple[Call, ...]) -> str:
    """What is to be said where a Δt of 0 has made inf or nan of the memory; "" where it is sound."""
    since = spoiled_since(calls)
    if since is None:
        return ""
    spoiled = next(n for n in _first_row(calls[-1].new_states, "c_t") if isinstance(n, str))
    return (
        f" But from timestep {tag(since, 'timesteps')} on its memory is **{spoiled}**: g(Δt) = 1/Δt is inf where Δt is "
        "0. g=log, 1/log(e + Δt), is 1 there."
    )


def _steps(found: Inspection) -> int:
    assert found.run is not None
    return int(found.run.fed[0].shape[1].size or 0)


def _spelled(tensor: Tensor) -> str:
    """``(20, 23)``, each number in the colour of its axis."""
    return "(" + ", ".join(tag(axis.size, axis.axis) for axis in tensor.shape) + ")"


def fixes(dims: Dims, error: BuildError) -> tuple[Fix, ...]:
    """What makes Flatten and Dense work again."""
    if not (dims.head and dims.timesteps is None):
        return ()
    return (
        Fix(
            "timesteps=7",
            {"timesteps": 7},
            "Say in the Input how many visits there are: Flatten can count then.",
            recommended=True,
        ),
        Fix(
            "return_sequences=False", {"return_sequences": False}, "One answer for the whole sequence needs no Flatten."
        ),
        Fix("without Flatten and Dense", {"head": False}, "The T-LSTM itself reads any number of visits."),
    )


# -- the decay path ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Visit:
    """One timestep of the first patient. day: since the first visit. Lists hold one number for each unit that is shown.

    memory: c as the last visit left it, short + long. adjusted: what the LSTM step reads, long + discounted.
    """

    timestep: int
    day: float
    elapsed: float
    g: float | str
    g_log: float | str
    g_inverse: float | str
    memory: tuple[float | str, ...]
    short: tuple[float | str, ...]
    long: tuple[float | str, ...]
    discounted: tuple[float | str, ...]
    adjusted: tuple[float | str, ...]
    after: tuple[float | str, ...]


def extra(dims: Dims, found: Inspection) -> dict[str, object]:
    """The first patient's visits on a timeline, and what becomes of the memory at each, from the recorded calls."""
    if found.run is None or not found.run.calls:
        return {"visits": (), "largest_difference": None, "spoiled_since": None, "g": dims.g}
    day = 0.0
    visits: list[Visit] = []
    for call in found.run.calls:
        if not call.probe:
            gap = _first_row(call.inputs, "Δt")[0]
            day += float(gap) if visits else 0.0  # the first visit is day 0
            visits.append(_visit(call, day, float(gap)))
    return {
        "visits": tuple(visits),
        "largest_difference": found.run.largest_difference,
        "spoiled_since": spoiled_since(found.run.calls),
        "g": dims.g,
    }


def _visit(call: Call, day: float, gap: float) -> Visit:

    from explainers.core.recording import number
    from explainers.layers.t_lstm import discount

    both = {name: number(float(discount(name, np.asarray(gap)))) for name in ("log", "inverse")}
    gate = {tensor.name: tensor.values[0] for tensor in call.gates}
    return Visit(
        timestep=call.timestep,
        day=day,
        elapsed=gap,
        g=gate["g(Δt)"][0],
        g_log=both["log"],
        g_inverse=both["inverse"],
        memory=_first_row(call.states, "c_t-1"),
        short=gate["short-term memory"],
        long=gate["long-term memory"],
        discounted=gate["discounted short-term memory"],
        adjusted=gate["adjusted memory"],
        after=_first_row(call.new_states, "c_t"),
    )


def _first_row(tensors: tuple[Tensor, ...], name: str) -> tuple[float | str, ...]:
    return next(tensor.values[0] for tensor in tensors if tensor.name == name)


# -- tried for real ------------------------------------------------------------------------------------------


def _small(dims: Dims) -> Dims:
    """The same cell for any batch, at most 12 visits: what the demonstrations run on."""
    some = dims.but(batch_size=None, timesteps=dims.timesteps or 7, head=False, return_sequences=True)
    return bounded(some, timesteps=12)


def _data(dims: Dims, batch: int = 3) -> tuple[Any, Any]:

    steps = dims.timesteps or 7
    return waves((batch, steps, dims.features)), elapsed_times(dims, (batch, steps, 1))


@dataclass(frozen=True)
class _Spoiled:
    """What a Δt of 0 does: how many of the memory's and the answer's numbers at the last visit, and of the "
    "gradients."""

    since: int | None
    memory: tuple[Any, ...]
    answer: tuple[Any, ...]
    gradients: int
    weights: int


def _spoiled(dims: Dims) -> _Spoiled:

    from explainers.core.explaining import inspect_lesson

    run = inspect_lesson(EXPLAINER, dims).run
    assert run is not None
    x, elapsed = _data(dims)
    found = gradients_of(built(lambda: build(dims), INPUTS), [x, elapsed])
    return _Spoiled(
        since=spoiled_since(run.calls),
        memory=_first_row(run.calls[-1].new_states, "c_t"),
        answer=_first_row(run.calls[-1].new_states, "h_t"),
        gradients=int(sum(np.sum(~np.isfinite(gradient)) for _, gradient in found)),
        weights=int(sum(gradient.size for _, gradient in found)),
    )


def spoiled_since(calls: tuple[Call, ...]) -> int | None:
    """The first timestep after which the first patient's memory holds inf or nan."""
    real = [call for call in calls if not call.probe]
    return next((c.timestep for c in real if any(isinstance(n, str) for n in _first_row(c.new_states, "c_t"))), None)


def zero_gap(dims: Dims, gaps: str) -> tuple[_Spoiled, _Spoiled]:
    """The same cell on a Δt of 0, with g = 1/Δt and with the paper's other g."""
    small = _small(dims).but(gaps=gaps)
    return _spoiled(small.but(g="inverse")), _spoiled(small.but(g="log"))


@trial("Δt = 0 at the first visit, g = 1/Δt", "silent")
def zero_first(dims: Dims) -> Tried:
    """Δt = 0 at the first visit, as most tables have it, with g = 1/Δt: 0 · inf = nan, for ever."""
    bad, good = zero_gap(dims, "zero_first")
    verdict = (
        f"At the first visit the memory is 0 and g(0) = 1/0 = inf: 0 · inf is nan. From timestep {bad.since} on the "
        f"memory is {bad.memory[0]}, the answer is {bad.answer[0]}, and {bad.gradients:,} of {bad.weights:,} "
        "gradients are "
        "not finite. No error says so. The paper's other g, 1/log(e + Δt), is 1 at Δt = 0: nothing fades, and every "
        f"number is finite ({good.gradients} bad gradients)."
    )
    return _zero_gap("elapsed[:, 0] = 0", verdict, bad, good)


@trial("Two visits on one day, g = 1/Δt", "silent")
def zero_later(dims: Dims) -> Tried:
    """Two visits on one day with g = 1/Δt: the memory is inf, and the answers look healthy."""
    bad, good = zero_gap(dims, "zero_later")
    verdict = (
        f"1/0 = inf, times a short-term memory that is not 0: from timestep {bad.since} on the memory is "
        f"{bad.memory[0]}, "
        f"and it stays so. tanh(inf) is 1, so the answer {bad.answer[0]} looks healthy, while {bad.gradients:,} of "
        f"{bad.weights:,} gradients are not finite: the first training step spoils the weights. "
        f"With 1/log(e + Δt) the memory is {good.memory[0]} and {good.gradients} gradients are bad."
    )
    code = f"elapsed[:, {(_small(dims).timesteps or 7) // 2}] = 0"
    return _zero_gap(code, verdict, bad, good)


def _zero_gap(code: str, verdict: str, bad: _Spoiled, good: _Spoiled) -> Tried:
    return Tried(
        f'{code}\nTLSTMCell(units, g="inverse")',
        verdict,
        (),
        (
            Figure("memory c of unit 0 at the last visit, g=inverse", bad.memory[0]),
            Figure("memory c of unit 0 at the last visit, g=log", good.memory[0]),
            Figure("gradients that are not finite, g=inverse", bad.gradients, f"of {bad.weights:,}"),
            Figure("gradients that are not finite, g=log", good.gradients, f"of {good.weights:,}"),
        ),
        fixes=(Fix("g=log", {"g": "log"}, "1/log(e + 0) = 1: no gap, no decay.", recommended=True),),
    )


@trial("One decay weight per unit, or a matrix", "run")
def decay_choices(dims: Dims) -> Tried:
    """The two decays, counted by Keras."""
    small = _small(dims)
    per_unit, matrix = small.but(decay="per_unit"), small.but(decay="matrix")
    counts = {d.decay: built(partial(build, d), INPUTS).count_params() for d in (per_unit, matrix)}
    f, u = dims.features, dims.units
    gates = f"4·({f}·{u} + {u}·{u} + {u})"
    verdict = (
        f"An LSTM of {u} units on {f} features has {gates} weights. One decay weight per unit adds 2·{u}: "
        f"{counts['per_unit']:,}. The paper's W_d ({u}, {u}) with b_d adds {u}·{u} + {u}: {counts['matrix']:,}. "
        "g(Δt) itself has no weight."
    )
    return Tried(
        'TLSTMCell(units, decay="per_unit")\nTLSTMCell(units, decay="matrix")',
        verdict,
        (),
        (
            Figure('decay="per_unit"', counts["per_unit"], f"{gates} + 2·{u}"),
            Figure('decay="matrix"', counts["matrix"], f"{gates} + {u}·{u} + {u}"),
        ),
    )


@trial("How often is the cell called?", "run")
def how_often_called(dims: Dims) -> Tried:
    """Count the calls of the cell while building, running and predicting."""
    small = _small(dims)
    x, elapsed = _data(small)
    counts = {unroll: _counted(small, unroll, x, elapsed) for unroll in (False, True)}
    steps = small.timesteps
    verdict = (
        f"On {steps} timesteps: building calls the cell {counts[False]['build']} times, running the model "
        f"{counts[False]['run']} times ({steps} and one probe; with unroll=True {counts[True]['run']}), the first "
        f"predict {counts[False]['predict']} times (it traces a graph), the next one {counts[False]['again']} times: "
        "then the graph runs."
    )
    return Tried(
        "model([x, elapsed])\nmodel.predict([x, elapsed])",
        verdict,
        (),
        (
            Figure("calls while building", counts[False]["build"]),
            Figure("calls in model([x, elapsed])", counts[False]["run"], f"{steps} timesteps + 1 probe"),
            Figure("the same with unroll=True", counts[True]["run"], f"{steps} timesteps"),
            Figure("calls in the first predict", counts[False]["predict"], "probe and loop body, symbolic"),
            Figure("calls in the next predict", counts[False]["again"]),
        ),
    )


def _counted(dims: Dims, unroll: bool, x: Any, elapsed: Any) -> dict[str, int]:

    from explainers.layers.t_lstm import TLSTMCell

    made = 0

    class Counted(TLSTMCell):
        def call(self, inputs: Any, states: Any) -> Any:
            nonlocal made
            made += 1
            return super().call(inputs, states)

    packed = keras.Input((dims.timesteps, dims.features + 1), name="packed")
    cell = Counted(dims.units, decay=dims.decay, g=dims.g, name="cell")
    model = keras.Model(packed, layers.RNN(cell, unroll=unroll, name="t_lstm")(packed), name="counted")
    counts = {"build": made}
    both = keras.ops.concatenate([x, elapsed], axis=-1)  # (batch, timesteps, features + 1)
    for name, run in (("run", model), ("predict", model.predict), ("again", model.predict)):
        made = 0
        run(both, **({} if name == "run" else {"verbose": 0}))
        counts[name] = made
    return counts


@trial("Two inputs to one cell, in today's Keras", "loud", says="Cannot convert '4' to a shape.")
def pair_now(dims: Dims) -> Tried:
    """Hand the pair to the cell, as older code did: today's RNN refuses."""
    from explainers.layers.t_lstm import TLSTMPairCell

    small = _small(dims)

    def older() -> Any:
        visits = keras.Input((small.timesteps, small.features), name="visits")  # (batch, timesteps, features)
        elapsed = keras.Input((small.timesteps, 1), name="elapsed")  # (batch, timesteps, 1)
        cell = TLSTMPairCell(small.units, decay=small.decay, g=small.g, name="cell")
        return keras.Model([visits, elapsed], layers.RNN(cell, name="t_lstm")((visits, elapsed)), name="pair")

    error = try_build(older, INPUTS).error
    verdict = (
        "RNN of today's Keras reads one tensor. With a pair it fails while it builds, and its message names neither "
        "the "
        "pair nor the cell. Pack the pair, layers.Concatenate()([visits, elapsed]), and split it in the cell."
    )
    return Tried(
        "layers.RNN(cell)((visits, elapsed))",
        verdict,
        (),
        error=error,
    )


@trial("Then and now: the pair in Keras 2", "run")
def pair_then(dims: Dims) -> Tried:
    """The pair in Keras 2, with the weights of the packed model of today."""
    from explainers.core.recording import largest_gap
    from explainers.core.then import agreement
    from explainers.then import t_lstm as then

    small = _small(dims)
    if small.g == "inverse" and small.gaps.startswith("zero"):
        small = small.but(gaps="irregular")  # nan has no numbers to compare
    x, elapsed = _data(small)
    now = built(lambda: build(small), INPUTS)
    older = then.model(small.timesteps, small.features, small.units, small.decay, small.g, return_sequences=True)
    older.set_weights(now.get_weights())
    today, formerly = (np.asarray(model.predict([x, elapsed], verbose=0)) for model in (now, older))
    shape = try_build(lambda: build(small), INPUTS).layers[-1].outputs[0]
    gap = largest_gap(today, formerly)
    verdict = (
        f"Keras 2 hands the pair to the cell as it is: x_t ({len(x)}, {small.features}) and Δt ({len(x)}, 1). With the "
        f"same {older.count_params():,} weights its answers and today's packed ones "
        f"{agreement(gap)}. What changed is the road that Δt takes, not the cell."
    )
    return Tried(
        "tf_keras.layers.RNN(cell)((visits, elapsed))",
        verdict,
        (
            named("visits", x, INPUTS["visits"]),
            named("elapsed", elapsed, INPUTS["elapsed"]),
            like("y in Keras 2", formerly, shape),
            like("y today, packed", today, shape),
        ),
        (
            Figure("weights in Keras 2", older.count_params()),
            Figure("weights today", now.count_params()),
            Figure("largest difference", float(gap)),
        ),
    )


@trial(
    "Elapsed times without a third axis",
    "loud",
    says="matching shapes except for the concatenation axis. Received: input_shape=[(None, 6, 3), (None, 6)]",
)
def elapsed_without_axis(dims: Dims) -> Tried:
    """Elapsed times as a table: the third axis is missing."""

    small = _small(dims)

    def table() -> Any:
        visits = keras.Input((small.timesteps, small.features), name="visits")  # (batch, timesteps, features)
        elapsed = keras.Input((small.timesteps,), name="elapsed")  # (batch, timesteps): no third axis
        return keras.Model([visits, elapsed], layers.Concatenate(name="packed")([visits, elapsed]), name="table")

    found = try_build(table, {"visits": INPUTS["visits"], "elapsed": "batch timesteps"})
    verdict = (
        f"(None, {small.timesteps}, {small.features}) and (None, {small.timesteps}) can't stand side by side: at every "
        f"timestep the first has {small.features} numbers, the second has no axis left to count them. One elapsed time "
        f"per visit is an axis of length 1: elapsed[..., None] makes (None, {small.timesteps}, 1)."
    )
    return Tried(
        f"elapsed = keras.Input(({small.timesteps},))\nlayers.Concatenate()([visits, elapsed])",
        verdict,
        (),
        error=found.error,
        title=f"Elapsed times of shape (None, {small.timesteps})",
    )


@trial("Where do I say how many timesteps?", "run")
def flatten_known(dims: Dims) -> Tried:
    """Where the number of timesteps is said: Input, then Flatten counts."""
    small = _small(dims).but(head=True)
    found = try_build(lambda: build(small), INPUTS)
    shapes = {layer.name: layer.outputs[0] for layer in found.layers}
    width = shapes["flatten"][-1].size
    last = try_build(lambda: build(small.but(head=False, return_sequences=False)), INPUTS).layers[-1].outputs[0]
    verdict = (
        f"You say it in the Input: keras.Input(({small.timesteps}, {small.features})). Then Flatten lays "
        f"{small.timesteps} "
        f"timesteps × {small.units} units end to end, {width}, and Dense can make a kernel with {width} rows. "
        f"Without return_sequences only the last answer leaves, (None, {small.units}), and no Flatten is needed."
    )
    return Tried(
        f"keras.Input(({small.timesteps}, {small.features}))",
        verdict,
        (
            Tensor("return_sequences=True", shapes["t_lstm"]),
            Tensor("after Flatten", shapes["flatten"]),
            Tensor("return_sequences=False", last),
        ),
        (Figure("numbers after Flatten", width or 0, f"{small.timesteps} · {small.units}"),),
    )


@trial(
    "Flatten of an unknown number of timesteps",
    "loud",
    says="Shapes used to initialize variables must be fully-defined (no `None` dimensions). Received: shape=(None, 2)",
)
def flatten_unknown(dims: Dims) -> Tried:
    """Flatten of an open number of timesteps: Dense fails."""
    from explainers.core.explaining import inspect_lesson, with_fixes

    open_dims = _small(dims).but(timesteps=None, head=True)
    found = inspect_lesson(EXPLAINER, open_dims, run=False)
    assert found.error is not None
    error = with_fixes(EXPLAINER, open_dims, found.error)
    flat = next(
        layer.outputs[0] for layer in try_build(lambda: build(open_dims), INPUTS).layers if layer.name == "flatten"
    )
    verdict = (
        f"With keras.Input((None, {dims.features})) Flatten gives {(None, flat[-1].size)}: it can't know how many "
        "numbers "
        "None visits have. Dense must make its kernel before any data arrive, so it refuses."
    )
    return Tried(
        f"keras.Input((None, {dims.features}))\nlayers.Flatten()\nlayers.Dense({dims.dense_units})",
        verdict,
        (Tensor("after Flatten", flat),),
        error=error,
        fixes=error.fixes,
        title=f"Flatten after Input((None, {dims.features}))",
    )


EXPLAINER = Explainer(
    name="t_lstm",
    title="T-LSTM",
    question="Is it expected that my T-LSTM cell is called with (20, 23) and (20, 1), seven times?",
    dims=Dims,
    presets=PRESETS,
    inputs=INPUTS,
    build=build,
    answer=answer,
    journey=Journey(change="units"),
    fixes=fixes,
    trials=(
        how_often_called,
        zero_first,
        zero_later,
        decay_choices,
        flatten_known,
        flatten_unknown,
        elapsed_without_axis,
        pair_now,
        pair_then,
    ),
    extra=extra,
    feed=feed,
    unused=lambda dims: () if dims.head else ("dense_units",),
    asked=(
        "Where do I say how many timesteps?",
        "How do I pass two inputs to an RNN cell?",
        "Why is my T-LSTM's output nan?",
        "Cannot convert '16' to a shape",
        "Why does Flatten give (None, None)?",
    ),
    about=(
        "Visits to a doctor don't come evenly. A T-LSTM splits its memory into a short-term part, which fades with the "
        "elapsed time, and a long-term part, which stays."
    ),
    picture="t_lstm",
    order=60,
)
