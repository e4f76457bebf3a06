"""Recurrent layers, their cells, and the wrappers that run a layer along time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from explainers.core.axes import Axis, Shape
from explainers.core.layers import book
from explainers.core.layers.ruling import cell_ruling, inside
from explainers.core.layers.sheet import (
    CellRuling,
    NamedWeight,
    Ruling,
    Sheet,
    argument,
    as_role,
    kind_of,
    reading,
    times,
    weight,
)
from explainers.core.layers.sliding import PLACES, kernel_axes, parted, put_back, slid

SECTION = "Recurrent layers"

# -- cells ---------------------------------------------------------------------------------------------------


def _gated_cell(cell: Any, features: Axis, owner: str) -> CellRuling:
    kind = kind_of(cell)
    facts = book.SHEETS[kind]
    units = Axis("units", cell.units, f"units={cell.units} of {kind.removesuffix('Cell')} {owner}", (f"{owner}.units",))
    blocks = times(facts.blocks, units)
    found = [
        weight(cell, "kernel", (as_role(features, "features"), blocks), facts.gates),
        weight(cell, "recurrent_kernel", (units, blocks), facts.gates),
    ]
    if cell.use_bias:
        found.append(weight(cell, "bias", (*_bias_rows(cell, owner), blocks), facts.gates))
    return CellRuling(units, (units,) * len(facts.states), tuple(found), facts.states)


def _bias_rows(cell: Any, owner: str) -> Shape:
    """GRU with reset_after=True keeps two biases, one for the input and one for the state."""
    if not getattr(cell, "reset_after", False):
        return ()
    return (Axis("input and recurrent", 2, f"reset_after=True of GRU {owner}", (f"{owner}.reset_after",)),)


def _stacked_cells(stack: Any, features: Axis, owner: str) -> CellRuling:
    rulings: list[CellRuling] = []
    for index, cell in enumerate(stack.cells):
        rulings.append(cell_ruling(cell, features, f"{owner}[{index}]"))
        features = rulings[-1].output  # what one cell sends is what the next one reads
    return CellRuling(
        features,
        tuple(axis for ruling in rulings for axis in ruling.states),
        tuple(replace(w, name=f"cells[{i}]/{w.name}") for i, r in enumerate(rulings) for w in r.weights),
        tuple(f"{name}[{i}]" for i, r in enumerate(rulings) for name in r.state_names),
        known=all(ruling.known for ruling in rulings),
    )


# -- layers --------------------------------------------------------------------------------------------------


def _rnn(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    batch, timesteps, features = inputs[0]  # further inputs are initial states
    ruling = cell_ruling(layer.cell, features, layer.name)
    states = tuple((batch, axis) for axis in ruling.states)
    return _along_time(layer, (batch, timesteps), (ruling.output,), states, ruling.weights, ruling.known)


def _along_time(
    layer: Any,
    time: tuple[Axis, Axis],
    output: Shape,
    states: tuple[Shape, ...],
    held: tuple[NamedWeight, ...],
    known: bool = True,
) -> Ruling:
    """What leaves a loop over time: every output or the last, and the states where they are asked for."""
    batch, timesteps = time
    first: Shape = (batch, timesteps, *output) if layer.return_sequences else (batch, *output)
    kept = (
        f"return_sequences=True keeps {timesteps.axis}: one output at every step"
        if layer.return_sequences
        else f"return_sequences=False drops {timesteps.axis}: only the last output is returned"
    )
    leaving = states if layer.return_state else ()
    why = f"Reads {timesteps.axis} one by one; {kept}."
    verb = "keeps every step" if layer.return_sequences else "last step only"
    return Ruling((first, *leaving), held, why, known, verb=verb)


def _conv_lstm(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    """An LSTM whose products are convolutions: (batch, time, places, channels)."""
    batch, time, *rest = inputs[0]
    _, places, channels = parted(layer, (batch, *rest))
    filters = argument(layer, "filters", layer.filters, "filters")
    gates = book.SHEETS[kind_of(layer)].gates
    blocks, kernel = times(len(gates), filters), kernel_axes(layer, len(places))
    left = slid(layer, places, "kernel_size")
    cell = layer.cell
    found = (
        weight(cell, "kernel", (*kernel, as_role(channels, "channels"), blocks), gates),
        weight(cell, "recurrent_kernel", (*kernel, filters, blocks), gates),
        *((weight(cell, "bias", (blocks,), gates),) if layer.use_bias else ()),
    )
    output = put_back(layer, batch, left, filters)
    return _along_time(layer, (batch, time), output[1:], (output, output), found)


def _bidirectional(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    forward = inside(layer.forward_layer, inputs[:1])
    backward = inside(layer.backward_layer, inputs[:1])
    found = tuple(replace(w, name=f"forward/{w.name}") for w in forward.weights) + tuple(
        replace(w, name=f"backward/{w.name}") for w in backward.weights
    )
    merged = _merge_directions(layer, forward.outputs[0], backward.outputs[0])
    why = f"Two layers read in both directions; merge_mode={layer.merge_mode!r} joins their outputs."
    known = forward.known and backward.known
    verb = f"both ways, {forward.verb}" if forward.verb else ""
    return Ruling(merged + forward.outputs[1:] + backward.outputs[1:], found, why, known, verb=verb)


def _merge_directions(layer: Any, forward: Shape, backward: Shape) -> tuple[Shape, ...]:
    if layer.merge_mode is None:
        return (forward, backward)
    if layer.merge_mode != "concat":
        return (forward,)
    one, other = forward[-1], backward[-1]
    both = times(2, one)
    joined = replace(
        both,
        origin=f"merge_mode='concat' of Bidirectional {layer.name}: {one.axis} forward + {other.axis} backward",
        sources=(*one.sources, *other.sources, f"{layer.name}.merge_mode"),
    )
    return ((*forward[:-1], joined),)


def _time_distributed(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    batch, steps, *rest = inputs[0]
    inner = inside(layer.layer, [(batch, *rest)])
    outputs = tuple((shape[0], steps, *shape[1:]) for shape in inner.outputs)
    why = f"Runs {kind_of(layer.layer)} once for each of the {steps.axis}, always with the same weights."
    return Ruling(outputs, inner.weights, why, inner.known, verb="once for each step")


# -- what they call their input ------------------------------------------------------------------------------


def _reads_sequence(layer: Any, rank: int, place: int) -> tuple[str, ...]:
    """Sequences; a set of them where somebody runs each on its own. Further inputs are states."""
    if place:
        return ("batch", "units")[:rank]
    if rank == 4:
        return ("batch", "sequences", "timesteps", "features")
    return ("batch", "timesteps", "features") if rank == 3 else ()


def _reads_both_ways(layer: Any, rank: int, place: int) -> tuple[str, ...]:
    one = getattr(layer, "forward_layer", None)  # none where the constructor failed
    return book.reads(one, rank, place) if one is not None else _reads_sequence(layer, rank, place)


def _reads_each_step(layer: Any, rank: int, place: int) -> tuple[str, ...]:
    """The words of what it wraps, and one for what it steps along: frames of images, sequences of timesteps."""
    one = getattr(layer, "layer", None)
    if one is None:
        return ("batch", "timesteps", "features") if rank == 3 else ()
    inner = book.reads(one, rank - 1, place)
    if not any(inner):
        return ("batch", "timesteps", *[""] * (rank - 2))
    along = "frames" if "height" in inner else "sequences" if "timesteps" in inner else "timesteps"
    return (inner[0] or "batch", along, *inner[1:])


def _sheet(name: str, cell: str, *old: str) -> Sheet:
    facts = reading("batch timesteps features", made="units", old=old, cell=cell)
    return Sheet(name, "rnn", _rnn, reads=_reads_sequence, **facts)


def _video(rank: int, *old: str) -> Sheet:
    along = "timesteps" if rank == 1 else "frames"
    axes = f"batch {along} {' '.join(PLACES[rank])} channels"
    gates, states = ("input", "forget", "cell", "output"), ("h", "c")
    return Sheet(f"ConvLSTM{rank}D", "conv_rnn", _conv_lstm, old=old, gates=gates, states=states, reads=_reads_video,
                 **reading(axes, made="filters"))  # fmt: skip


def _reads_video(layer: Any, rank: int, place: int) -> tuple[str, ...]:
    """Frames, and for each of them the axes of an image; channels first come right behind the frames."""
    places = PLACES.get(rank - 3)
    if places is None or place:
        return ()
    along = "timesteps" if rank == 4 else "frames"
    if getattr(layer, "data_format", None) == "channels_first":
        return ("batch", along, "channels", *places)
    return ("batch", along, *places, "channels")


_LSTM_GATES = ("input", "forget", "cell", "output")
SHEETS = (
    _sheet("LSTM", "LSTMCell", "CuDNNLSTM"),
    Sheet("LSTMCell", "cell", cell_rule=_gated_cell, gates=_LSTM_GATES, states=("h", "c")),
    _sheet("GRU", "GRUCell", "CuDNNGRU"),
    Sheet("GRUCell", "cell", cell_rule=_gated_cell, gates=("update", "reset", "candidate"), states=("h",)),
    _sheet("SimpleRNN", "SimpleRNNCell"),
    Sheet("SimpleRNNCell", "cell", cell_rule=_gated_cell, states=("h",)),
    Sheet("RNN", "rnn_wrapper", _rnn, old=("StackedRNN",), reads=_reads_sequence,
          **reading("batch timesteps features", made="units")),
    Sheet("StackedRNNCells", "cell", cell_rule=_stacked_cells),
    Sheet("Bidirectional", "wrapper", _bidirectional, reads=_reads_both_ways,
          **reading("batch timesteps features", made="units")),
    Sheet("TimeDistributed", "wrapper", _time_distributed, reads=_reads_each_step,
          **reading("batch timesteps features", made="units", least=True)),
    _video(1), _video(2, "ConvLSTM"), _video(3),
)  # fmt: skip
