"""What people try with a T-LSTM, and how the lesson recognises one."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from explainers.core.bounds import bounded
from explainers.core.explainer import Explainer
from explainers.core.finding import ELAPSED_TIME
from explainers.core.later import keras, layers
from explainers.core.recording import largest_gap
from explainers.core.results import Figure, Fix, Tensor
from explainers.core.signs import Level, Recognised, Seen, known, sequence
from explainers.core.then import agreement
from explainers.core.trial import Tried, trial
from explainers.core.trying import built, like, named, try_build
from explainers.core.trying import gradients as gradients_of
from explainers.core.waves import waves
from explainers.t_lstm import EXPLAINER, INPUTS, Dims, build, elapsed_times, first_row, spoiled_since


def _small(dims: Dims) -> Dims:
    """The same cell for any batch, at most 12 visits: what the demonstrations run on."""
    some = dims.but(batch_size=None, timesteps=dims.timesteps or 7, head=False, return_sequences=True)
    return bounded(some, timesteps=12)


def _data(dims: Dims, batch: int = 3) -> tuple[Any, Any]:

    steps = dims.timesteps or 7
    return waves((batch, steps, dims.features)), elapsed_times(dims, (batch, steps, 1))


@dataclass(frozen=True)
class _Spoiled:
    """What a Δt of 0 does: how many of the memory's and the output's numbers at the last visit, and of the "
    "gradients."""

    since: int | None
    memory: tuple[Any, ...]
    output: tuple[Any, ...]
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
        memory=first_row(run.calls[-1].new_states, "c_t"),
        output=first_row(run.calls[-1].new_states, "h_t"),
        gradients=int(sum(np.sum(~np.isfinite(gradient)) for _, gradient in found)),
        weights=int(sum(gradient.size for _, gradient in found)),
    )


def zero_gap(dims: Dims, gaps: str) -> tuple[_Spoiled, _Spoiled]:
    """The same cell on a Δt of 0, with g = 1/Δt and with the paper's other g."""
    small = _small(dims).but(gaps=gaps)
    return _spoiled(small.but(g="inverse")), _spoiled(small.but(g="log"))


@trial("Δt = 0 at the first visit, g = 1/Δt", "silent")
def zero_first(dims: Dims) -> Tried:
    """Δt = 0 at the first visit, as most tables have it, with g = 1/Δt: 0 × inf = nan, for ever."""
    bad, good = zero_gap(dims, "zero_first")
    verdict = (
        f"At the first visit the memory is 0 and g(0) = 1/0 = inf: 0 × inf is nan. From timestep {bad.since} on the "
        f"memory is {bad.memory[0]}, the output is {bad.output[0]}, and {bad.gradients:,} of {bad.weights:,} "
        "gradients are not finite. No error says so. The paper's other g, 1/log(e + Δt), is 1 at Δt = 0: nothing "
        f"fades, and every number is finite (gradients that are not finite: {good.gradients})."
    )
    return _zero_gap("elapsed[:, 0] = 0", verdict, bad, good)


@trial("Two visits on one day, g = 1/Δt", "silent")
def zero_later(dims: Dims) -> Tried:
    """Two visits on one day with g = 1/Δt: the memory is inf, and the outputs look healthy."""
    bad, good = zero_gap(dims, "zero_later")
    verdict = (
        f"1/0 = inf, times a short-term memory that is not 0: from timestep {bad.since} on the memory is "
        f"{bad.memory[0]}, and it stays that way. tanh(inf) is 1, so the output {bad.output[0]} looks healthy, while "
        f"{bad.gradients:,} of {bad.weights:,} gradients are not finite: the first training step spoils the weights. "
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
    gates = f"4 × ({f} × {u} + {u} × {u} + {u})"
    verdict = (
        f"An LSTM of {u} units on {f} features has {gates} weights. One decay weight per unit adds 2 × {u}: "
        f"{counts['per_unit']:,}. The paper's W_d ({u}, {u}) with b_d adds {u} × {u} + {u}: {counts['matrix']:,}. "
        "g(Δt) itself has no weight."
    )
    return Tried(
        'TLSTMCell(units, decay="per_unit")\nTLSTMCell(units, decay="matrix")',
        verdict,
        (),
        (
            Figure('decay="per_unit"', counts["per_unit"], f"{gates} + 2 × {u}"),
            Figure('decay="matrix"', counts["matrix"], f"{gates} + {u} × {u} + {u}"),
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
        "Today's RNN reads a single tensor. Given a pair, it fails while it builds, and its message names neither "
        "the pair nor the cell. Pack the pair with layers.Concatenate()([visits, elapsed]), and split it in the cell."
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
        f"Keras 2 passes the pair to the cell unchanged: x_t ({len(x)}, {small.features}) and Δt ({len(x)}, 1). "
        "With the "
        f"same {older.count_params():,} weights its outputs and today's packed ones "
        f"{agreement(gap)}. What changed is the path that Δt takes, not the cell."
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
        f"(None, {small.timesteps}, {small.features}) and (None, {small.timesteps}) can't be joined: at every "
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


@trial("Where do I set the number of timesteps?", "run")
def flatten_known(dims: Dims) -> Tried:
    """Where the number of timesteps is said: Input, then Flatten counts."""
    small = _small(dims).but(head=True)
    found = try_build(lambda: build(small), INPUTS)
    shapes = {layer.name: layer.outputs[0] for layer in found.layers}
    width = shapes["flatten"][-1].size
    last = try_build(lambda: build(small.but(head=False, return_sequences=False)), INPUTS).layers[-1].outputs[0]
    verdict = (
        f"You set it in the Input: keras.Input(({small.timesteps}, {small.features})). Then Flatten lays "
        f"{small.timesteps} timesteps × {small.units} units end to end, {width}, and Dense can make a kernel with "
        f"{width} rows. Without return_sequences only the last output is returned, (None, {small.units}), and no "
        "Flatten is needed."
    )
    return Tried(
        f"keras.Input(({small.timesteps}, {small.features}))",
        verdict,
        (
            Tensor("return_sequences=True", shapes["t_lstm"]),
            Tensor("after Flatten", shapes["flatten"]),
            Tensor("return_sequences=False", last),
        ),
        (Figure("numbers after Flatten", width or 0, f"{small.timesteps} × {small.units}"),),
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
        "numbers there are while the number of visits is open. Dense must create its kernel before any data arrive, "
        "so Keras refuses."
    )
    return Tried(
        f"keras.Input((None, {dims.features}))\nlayers.Flatten()\nlayers.Dense({dims.dense_units})",
        verdict,
        (Tensor("after Flatten", flat),),
        error=error,
        fixes=error.fixes,
        title=f"Flatten after Input((None, {dims.features}))",
    )


_ELAPSED = re.compile(r"\bt-?lstm(?:cell)?\b|time[- ]aware lstm|timeawarelstm")


def _elapsed(seen: Seen) -> Recognised | None:
    """A T-LSTM by its name: the visits are the widest sequence of the text, the elapsed times end in 1."""
    if not _ELAPSED.search(seen.text):
        return None
    sequences = [tuple(axis.size for axis in shape) for shape in seen.finding.shapes if len(shape) == 3]
    visits = max(sequences, key=lambda sizes: sizes[-1] or 0, default=())
    units = re.search(r"t-?lstm(?:cell)?\((?:units ?= ?)?(\d{1,6})\b|\b(\d{1,6}) units\b", seen.text)
    return {**sequence(visits), **known(units=int(units[1] or units[2]) if units else None)}


def complete(lesson: Explainer[Dims]) -> Explainer[Dims]:
    """The lesson with its trials and signs."""
    return dataclasses.replace(
        lesson,
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
        signs={Level.PATTERN: lambda seen: seen.pattern(ELAPSED_TIME), Level.NAME: _elapsed},
    )
