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
from functools import cache
from typing import Any

import numpy as np

from explainers.core.axes import Shape
from explainers.core.dims import DimsBase, choice, dim, switch
from explainers.core.explainer import Asked, Explainer, Journey, Preset
from explainers.core.later import keras, layers
from explainers.core.recording import number
from explainers.core.results import BuildError, Call, Fix, Inspection, Tensor
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
        help="The elapsed times of the example. zero_first: 0 at the first visit. zero_later: two visits on one day.",
    )
    return_sequences: bool = switch(
        True, sets=("t_lstm.return_sequences",), help="True: an output at every visit. False: only the last one."
    )
    head: bool = switch(
        False,
        help="Flatten and Dense after the T-LSTM. Flatten must know how many visits there are.",
        label="Flatten, Dense",
    )
    dense_units: int = dim(
        2, high=64, advanced=True, axis="units", sets=("dense.units",), help="Numbers in the prediction."
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
        "W_d (units, units): every unit's short-term part depends on all units.",
    ),
    Preset(
        "flatten-dense",
        "Flatten and Dense",
        {"timesteps": 7, "features": 23, "units": 16, "head": True, "dense_units": 1},
        "Where do I set the number of timesteps? In the Input.",
    ),
    Preset(
        "any-number-of-visits",
        "Flatten with None",
        {"timesteps": None, "features": 23, "units": 16, "head": True, "dense_units": 1},
        "Flatten of an unknown number of visits: Dense can't be built.",
    ),
    Preset(
        "last-answer",
        "only the last output",
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
        "Δt = 0 later on: the memory is inf, and the outputs don't show it.",
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
    output = rnn(packed)  # (batch, timesteps, units), or (batch, units)
    if dims.head and dims.return_sequences:
        output = layers.Flatten(name="flatten")(output)  # (batch, timesteps × units)
    if dims.head:
        output = layers.Dense(dims.dense_units, name="dense")(output)  # (batch, dense_units)
    return keras.Model([visits, elapsed], output, name="t_lstm_model")


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


def sentence(dims: Dims, found: Inspection) -> str:
    """One sentence from what the model showed."""
    if found.error is not None:
        return f"This model can't be built: {found.error.cause}"
    rnn = found.layer("t_lstm")
    if found.run is None or not found.run.fed:
        return f"The T-LSTM has **{rnn.params:,}** parameters."
    visits, elapsed = (tensor.shape for tensor in found.run.fed)
    return (
        f"Yes: the cell is called once per timestep, {tag(_steps(found), 'timesteps')} times, with x_t "
        f"{_of_one_step(visits)} and Δt {_of_one_step(elapsed)}, plus {probes()} probe from which Keras learns the "
        f"dtype. The number of timesteps is set by the Input, never by the cell: all calls share the same "
        f"**{rnn.params:,}** parameters.{_spoiling(found.run.calls)}"
    )


@cache
def probes() -> int:
    """How often Keras calls the cell without a timestep, counted in a small run: it is the same in all."""
    from explainers.core.explaining import inspect_lesson

    found = inspect_lesson(EXPLAINER, Dims(timesteps=2, features=1, units=1))
    assert found.run is not None
    return found.run.calls_made - _steps(found)


def spoils(dims: Dims) -> bool:
    """Whether some Δt that is fed makes g(Δt) infinite: only then has the sentence to say what became of the memory."""
    from explainers.layers.t_lstm import discount

    days = elapsed_times(dims, (1, dims.timesteps or 1, 1))  # a Δt of 0 is fed to any number of visits, or to none
    return not np.isfinite(discount(dims.g, days)).all()


def _spoiling(calls: tuple[Call, ...]) -> str:
    """What is to be said where a Δt of 0 has made inf or nan of the memory; "" where it is sound."""
    since = spoiled_since(calls)
    if since is None:
        return ""
    spoiled = next(n for n in first_row(calls[-1].new_states, "c_t") if isinstance(n, str))
    return (
        f" But from timestep {tag(since, 'timesteps')} on its memory is **{spoiled}**: g(Δt) = 1/Δt is inf where Δt is "
        "0. g=log, 1/log(e + Δt), is 1 there."
    )


def _steps(found: Inspection) -> int:
    assert found.run is not None
    return int(found.run.fed[0].shape[1].size or 0)


def _of_one_step(shape: Shape) -> str:
    """``(20, 23)`` of (20, 7, 23): what the cell is given at one timestep, each number in the colour of its axis."""
    return "(" + ", ".join(tag(axis.size, axis.axis) for axis in shape if axis.axis != "timesteps") + ")"


def fixes(dims: Dims, error: BuildError) -> tuple[Fix, ...]:
    """What makes Flatten and Dense work again."""
    if not (dims.head and dims.timesteps is None):
        return ()
    return (
        Fix(
            "timesteps=7",
            {"timesteps": 7},
            "Set the number of visits in the Input; then Flatten can count them.",
            recommended=True,
        ),
        Fix(
            "return_sequences=False", {"return_sequences": False}, "One output for the whole sequence needs no Flatten."
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
            gap = first_row(call.inputs, "Δt")[0]
            day += float(gap) if visits else 0.0  # the first visit is day 0
            visits.append(_visit(call, day, float(gap)))
    return {
        "visits": tuple(visits),
        "largest_difference": found.run.largest_difference,
        "spoiled_since": spoiled_since(found.run.calls),
        "g": dims.g,
    }


def _visit(call: Call, day: float, gap: float) -> Visit:
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
        memory=first_row(call.states, "c_t-1"),
        short=gate["short-term memory"],
        long=gate["long-term memory"],
        discounted=gate["discounted short-term memory"],
        adjusted=gate["adjusted memory"],
        after=first_row(call.new_states, "c_t"),
    )


def spoiled_since(calls: tuple[Call, ...]) -> int | None:
    """The first timestep after which the first patient's memory holds inf or nan."""
    real = [call for call in calls if not call.probe]
    return next((c.timestep for c in real if any(isinstance(n, str) for n in first_row(c.new_states, "c_t"))), None)


def first_row(tensors: tuple[Tensor, ...], name: str) -> tuple[float | str, ...]:
    return next(tensor.values[0] for tensor in tensors if tensor.name == name)


def heading(dims: Dims) -> str:
    """What is asked, about the calls that are made now."""
    batch = "batch" if dims.batch_size is None else dims.batch_size
    often = "once per timestep" if dims.timesteps is None else f"{dims.timesteps} times"
    return f"Is it expected that my T-LSTM cell is called with ({batch}, {dims.features}) and ({batch}, 1), {often}?"


EXPLAINER = Explainer(
    name="t_lstm",
    title="T-LSTM",
    question="Is it expected that my T-LSTM cell is called with (20, 23) and (20, 1), seven times?",
    dims=Dims,
    presets=PRESETS,
    inputs=INPUTS,
    build=build,
    sentence=sentence,
    journey=Journey(change="units"),
    fixes=fixes,
    extra=extra,
    extra_reads_run=True,
    extra_later=True,
    sentence_reads_run=spoils,  # since when the memory is nan
    feed=feed,
    unused=lambda dims: () if dims.head else ("dense_units",),
    asked=(
        Asked("Where do I set the number of timesteps?", {}, "break-it", trial="flatten_known"),
        Asked("How do I pass two inputs to an RNN cell?", {}, "break-it", trial="pair_now"),
        Asked("Why is my T-LSTM's output nan?", {}, "break-it", trial="zero_first"),
        Asked("Cannot convert '16' to a shape", {}, "break-it", trial="pair_now"),
    ),
    heading=heading,
    label="Irregular visits and elapsed time",
    about=(
        "Visits to a doctor aren't evenly spaced. A T-LSTM splits its memory into a short-term part, which fades "
        "with the elapsed time, and a long-term part, which stays."
    ),
    picture="t_lstm",
    order=60,
)
