"""Record the real calls of every recurrent cell in one forward pass.

Keras runs a cell once more than there are timesteps: a probe on timestep 0 learns the output's dtype, then
T real calls follow (no probe with unroll=True). The recorder wraps `cell.call` and `layer.inner_loop` on the
instances and puts them back; the model must belong to this request alone.

While the model runs only the tensors are kept; they are written down afterwards, all timesteps of a cell at once,
because a small NumPy call for each timestep would take longer than Keras itself. Of a long sequence only the first
timesteps go one by one, recorded; the others go through Keras' own loop compiled, as `predict` runs it, which is many
times faster and gives the same numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from explainers.core import gates
from explainers.core.axes import Axis, Shape, by_place
from explainers.core.results import Call, Number, Tensor
from explainers.core.rules import CellRuling, cell_ruling

ROWS = 3  # rows of a batch whose values are kept
COLUMNS = 16  # columns of which values are kept
WORTH_COMPILING = 100  # timesteps: compiling a loop takes as long as so many calls one by one


@dataclass
class Recorder:
    """Calls as they come in. `made` counts all of them; of each layer the tensors of the first `most` are kept.

    compiled: how many of `made` ran inside a compiled loop, after those that are kept.
    """

    most: int
    kept: list[_Kept] = field(default_factory=list)
    made: int = 0
    compiled: int = 0
    _of: Counter[int] = field(default_factory=Counter)  # by the id of the layer: calls that are kept

    def room(self, layer: Any) -> int:
        """How many more calls of a layer are kept."""
        return self.most - self._of[id(layer)]

    def note(self, kept: _Kept) -> None:
        """One more call, kept while there is room."""
        self.made += 1
        if self.room(kept.watched.layer) > 0:
            self._of[id(kept.watched.layer)] += 1
            self.kept.append(kept)


@dataclass
class _Loop:
    """One walk of an RNN layer over a sequence: how many steps, and how many calls so far."""

    timesteps: int = 0
    probed: bool = False
    backwards: bool = False
    running: bool = False
    seen: int = 0
    probes: int = 0  # the timestep that a probe reads: the first of what the loop is given, backwards too


@dataclass(frozen=True)
class Watched:
    """A recurrent layer with its cell and what the rules say about the cell.

    reads: the axes of what the layer reads, (batch, timesteps, features); () where nobody named them.
    """

    layer: Any
    cell: Any
    name: str
    ruling: CellRuling | None
    reads: Shape = ()


@dataclass(frozen=True)
class _Kept:
    """One call with its live tensors."""

    watched: Watched
    probe: bool
    timestep: int
    inputs: list[Any]
    states: list[Any]
    outputs: list[Any]
    new_states: list[Any]


@dataclass(frozen=True)
class Written:
    """All kept calls as plain data. difference: between Keras and NumPy; None where nothing could be recomputed.

    formulas: of cells whose rule brings some, by the name of the calls' layer.
    """

    calls: tuple[Call, ...]
    difference: float | None
    formulas: dict[str, dict[str, str]]


def recurrent_layers(layers: list[Any], prefix: str = "") -> list[tuple[str, Any]]:
    """Every RNN layer in the model with its name; the wrapped ones as "wrapper/inner"."""
    found: list[tuple[str, Any]] = []
    for layer in layers:
        name = prefix + layer.name
        if hasattr(layer, "cell") and hasattr(layer, "inner_loop"):
            found.append((name, layer))
        for inner in _inside(layer):
            found.extend(recurrent_layers([inner], f"{name}/"))
    return found


def _inside(layer: Any) -> list[Any]:
    if hasattr(layer, "forward_layer"):
        return [layer.forward_layer, layer.backward_layer]
    if hasattr(layer, "layers"):
        return [inner for inner in layer.layers if inner is not layer]
    inner = getattr(layer, "layer", None)
    return [inner] if inner is not None else []


@contextmanager
def recording(layers: list[Any], recorder: Recorder, reads: dict[str, Shape]) -> Iterator[None]:
    """Record every cell call while the body runs. `reads`: the named shape that each RNN layer reads."""
    with ExitStack() as stack:
        for name, layer in recurrent_layers(layers):
            loop = _Loop()
            stack.enter_context(swapped(layer, "inner_loop", _counting(layer, layer.inner_loop, loop, recorder)))
            shape = reads.get(name, ())
            for cell, label, ruling in _cells(layer, name, shape[-1] if shape else None):
                watched = Watched(layer, cell, label, ruling, shape)
                stack.enter_context(swapped(cell, "call", _noting(watched, loop, recorder)))
        yield


def _cells(layer: Any, name: str, axis: Axis | None) -> list[tuple[Any, str, CellRuling | None]]:
    """The cell of a layer; of stacked cells each one, because each is called."""
    cells = list(getattr(layer.cell, "cells", [layer.cell]))
    labelled: list[tuple[Any, str, CellRuling | None]] = []
    for index, cell in enumerate(cells):
        label = name if len(cells) == 1 else f"{name}[{index}]"
        ruling = None
        if axis is not None:
            ruling = cell_ruling(cell, axis, label)
            axis = ruling.output
        labelled.append((cell, label, ruling))
    return labelled


@contextmanager
def swapped(owner: Any, name: str, replacement: Any) -> Iterator[None]:
    """Put `replacement` on the instance, and take it off again."""
    object.__setattr__(owner, name, replacement)
    try:
        yield
    finally:
        object.__delattr__(owner, name)


def _counting(layer: Any, real: Any, loop: _Loop, recorder: Recorder) -> Any:
    def inner_loop(sequences: Any, initial_state: Any, mask: Any, training: bool = False) -> Any:
        loop.timesteps, loop.seen, loop.probes = int(sequences.shape[1]), 0, 0
        loop.probed, loop.backwards, loop.running = not layer.unroll, layer.go_backwards, True
        cells = len(getattr(layer.cell, "cells", [layer.cell]))
        head = max(1, recorder.room(layer) // cells - loop.probed)  # timesteps one by one
        try:
            if loop.timesteps - head < WORTH_COMPILING or not _can_be_cut(layer, mask, head):
                return real(sequences, initial_state, mask, training)
            recorder.made += (loop.timesteps - head) * cells
            recorder.compiled += (loop.timesteps - head) * cells
            loop.probes = loop.timesteps - head if layer.go_backwards else 0
            return _cut_loop(layer, real, (sequences, initial_state, mask, training), head)
        finally:
            loop.running = False

    return inner_loop


def _can_be_cut(layer: Any, mask: Any, head: int) -> bool:
    """Whether the loop over the timesteps after the first `head` needs nothing of the loop before it but the states.

    At a masked timestep it would need the output before it, too.
    """
    if layer.unroll or isinstance(mask, list | tuple):  # Keras allows a mask for each input
        return False
    return mask is None or bool(np.all(np.asarray(mask)[:, -1 - head if layer.go_backwards else head]))


def _cut_loop(layer: Any, real: Any, given: tuple[Any, Any, Any, bool], head: int) -> Any:
    """What Keras' `inner_loop` returns, by two of them: `head` timesteps as they are, the others compiled."""
    import tensorflow as tf  # compiling is the backend's

    sequences, states, mask, training = given
    begin, rest = _read_in_turn(sequences, head, layer.go_backwards)
    first, later = (None, None) if mask is None else _read_in_turn(mask, head, layer.go_backwards)
    _, begun, states = real(begin, states, first, training)
    compiled = tf.function(lambda inputs, states: real(inputs, states, later, training), autograph=False)
    last, ended, states = compiled(rest, states)
    outputs = tf.concat([begun, ended], axis=1) if layer.return_sequences else ended  # (batch, timesteps, units)
    return last, outputs, states


def _read_in_turn(tensor: Any, head: int, backwards: bool) -> tuple[Any, Any]:
    """(batch, timesteps, ...) in two: the `head` timesteps that a layer reads first, and the others."""
    return (tensor[:, -head:], tensor[:, :-head]) if backwards else (tensor[:, :head], tensor[:, head:])


def _noting(watched: Watched, loop: _Loop, recorder: Recorder) -> Any:
    real = watched.cell.call
    stacked = hasattr(watched.layer.cell, "cells")
    first = not stacked or watched.layer.cell.cells[0] is watched.cell

    def call(inputs: Any, states: Any, *args: Any, **kwargs: Any) -> Any:
        outputs, new_states = real(inputs, states, *args, **kwargs)
        if not hasattr(_flat(inputs)[0], "numpy"):
            return outputs, new_states  # graph tracing: no real tensors
        index = loop.seen if first else loop.seen - 1  # stacked cells share the count of the lowest one
        loop.seen += 1 if first and loop.running else 0
        entering, *others = (_flat(part) for part in (states, inputs, outputs, new_states))
        if watched.layer.stateful:  # these are the layer's own variables, and hold other numbers when the run is over
            entering = [np.asarray(state).copy() for state in entering]
        given, *made = others
        recorder.note(_Kept(watched, *_moment(loop, index), given, entering, *made))
        return outputs, new_states

    return call


def _moment(loop: _Loop, index: int) -> tuple[bool, int]:
    """Whether a call is a probe, and which timestep it reads."""
    # Before the loop, Keras calls stacked cells once more, to set up dropout masks: a probe too.
    probe = not loop.running or (loop.probed and index == 0)
    if probe:
        return probe, loop.probes
    position = index - loop.probed
    return probe, loop.timesteps - 1 - position if loop.backwards else position


# -- written down after the run ------------------------------------------------------------------------------

_Piece = tuple[gates.Array, Axis]


def written(recorder: Recorder) -> Written:
    """The kept calls as plain data, with the gates recomputed in NumPy."""
    arrays = _Arrays()
    recomputed: dict[int, gates.Gates] = {}  # by position in `kept`
    differences: list[float] = []
    for positions in _alike(recorder.kept).values():
        calls = [recorder.kept[position] for position in positions]
        stepped = _recomputed(calls, arrays)
        if stepped is not None:
            differences.append(stepped[1])
            recomputed.update(zip(positions, stepped[0], strict=True))
    told = tuple(_call(kept, recomputed.get(index, {}), arrays) for index, kept in enumerate(recorder.kept))
    watched = {kept.watched.name: kept.watched.ruling for kept in recorder.kept}
    formulas = {name: dict(ruling.formulas) for name, ruling in watched.items() if ruling and ruling.formulas}
    return Written(told, max(differences, default=None), formulas)


class _Arrays:
    """The first rows of each live tensor in NumPy, fetched once: a state leaves one call and enters the next."""

    def __init__(self) -> None:
        self._known: dict[int, gates.Array] = {}

    def rows(self, tensor: Any) -> gates.Array:
        """(at most ROWS, ...): the first samples."""
        if id(tensor) not in self._known:
            self._known[id(tensor)] = np.asarray(tensor)[:ROWS]
        return self._known[id(tensor)]


def _alike(kept: list[_Kept]) -> dict[tuple[object, ...], list[int]]:
    """Positions of calls of the same cell with the same sizes: they can be recomputed together."""
    groups: dict[tuple[object, ...], list[int]] = {}
    for position, call in enumerate(kept):
        sizes = tuple(tuple(t.shape) for t in (*call.inputs, *call.states))
        groups.setdefault((id(call.watched.cell), *sizes), []).append(position)
    return groups


def _recomputed(calls: list[_Kept], arrays: _Arrays) -> tuple[list[gates.Gates], float] | None:
    """The gates of each call in NumPy, and the largest gap between Keras' numbers and these.

    All calls are laid end to end, (calls × rows, ...), and go through the cell's equations once. Compared are the new
    states, and those pieces of a packed output that were recomputed under their name.
    """

    def laid(group: str, index: int) -> gates.Array:
        parts = [arrays.rows(getattr(call, group)[index]) for call in calls]
        return np.concatenate(parts).astype(np.float64)  # (calls × rows, ...)

    states = tuple(laid("states", i) for i in range(len(calls[0].states)))
    stepped = gates.step(calls[0].watched.cell, laid("inputs", 0), states)
    if stepped is None:
        return None
    named, ours = stepped
    pairs = [(array, laid("new_states", i)) for i, array in enumerate(ours)]
    ruling = calls[0].watched.ruling
    packed = _parts(laid("outputs", 0), ruling.output_parts if ruling else ())
    pairs += [(named[name], array) for name, (array, _) in packed.items() if name in named]
    gap = max(largest_gap(one, other) for one, other in pairs)
    per_call = {name: np.split(array, len(calls)) for name, array in named.items()}  # (rows, ...) each
    return [{name: parts[i] for name, parts in per_call.items()} for i in range(len(calls))], gap


def _call(kept: _Kept, recomputed: gates.Gates, arrays: _Arrays) -> Call:
    """One call with its named tensors."""
    watched = kept.watched
    ruling, first = watched.ruling, _batch(watched)
    state_axes = ruling.states if ruling else ()
    labels = ruling.state_names if ruling else tuple(f"state {i}" for i in range(len(kept.states)))
    output = (ruling.output,) if ruling else ()
    gate_axes = ruling.gates if ruling else {}
    batch = int(kept.inputs[0].shape[0])

    def tensor(name: str, live: Any, last: Shape) -> Tensor:
        array = arrays.rows(live)
        return _tensor(name, array, (batch, *array.shape[1:]), last, first)

    def pieces(name: str, group: list[Any], parts: tuple[tuple[str, Axis], ...], last: Shape) -> tuple[Tensor, ...]:
        found = _parts(arrays.rows(group[0]), parts) if len(group) == 1 else {}
        whole = [tensor(_packed(name, found), live, last) for live in group]
        return (*whole, *(_tensor(n, a, (batch, *a.shape[1:]), (axis,), first) for n, (a, axis) in found.items()))

    inputs = _input_axes(watched, kept.inputs[0])
    return Call(
        layer=watched.name,
        cell=type(watched.cell).__name__,
        timestep=kept.timestep,
        probe=kept.probe,
        inputs=pieces("x_t", kept.inputs, ruling.input_parts if ruling else (), inputs),
        states=tuple(tensor(f"{n}_t-1", t, a) for n, t, a in _zip(labels, kept.states, state_axes)),
        outputs=pieces("y_t", kept.outputs, ruling.output_parts if ruling else (), output),
        new_states=tuple(tensor(f"{n}_t", t, a) for n, t, a in _zip(labels, kept.new_states, state_axes)),
        gates=tuple(
            _tensor(n, a, (batch, *a.shape[1:]), (gate_axes[n],) if n in gate_axes else output, first)
            for n, a in recomputed.items()
        ),
    )


def _packed(name: str, parts: object) -> str:
    """What a tensor is called that the cell takes apart: its pieces follow it under their own names."""
    return f"{name}, packed" if parts else name


def _parts(packed: gates.Array, parts: tuple[tuple[str, Axis], ...]) -> dict[str, _Piece]:
    """The pieces of a packed tensor by name; {} where it is not as wide as its pieces together."""
    if not parts or sum(axis.size or 0 for _, axis in parts) != packed.shape[-1]:
        return {}
    pieces: dict[str, _Piece] = {}
    start = 0
    for name, axis in parts:
        end = start + (axis.size or 0)
        pieces[name] = (packed[..., start:end], axis)
        start = end
    return pieces


def _batch(watched: Watched) -> Axis | None:
    """The first axis of what the layer reads, where it is something else than the batch that was fed."""
    return watched.reads[0] if watched.reads and watched.reads[0].axis != "batch" else None


def _zip(labels: tuple[str, ...], tensors: list[Any], axes: tuple[Axis, ...]) -> list[tuple[str, Any, Shape]]:
    return [
        (label, tensor, (axes[i],) if i < len(axes) else ())
        for i, (label, tensor) in enumerate(zip(labels, tensors, strict=False))
    ]


def _input_axes(watched: Watched, tensor: Any) -> Shape:
    """A cell reads one timestep: the last axis is what the kernel's rows are, or a packing of several."""
    if watched.ruling is None or not watched.ruling.weights:
        return ()
    if watched.ruling.input_parts:
        return watched.reads[-1:]
    return (watched.ruling.weights[0].shape[0],) if len(tensor.shape) == 2 else ()


def largest_gap(one: gates.Array, other: gates.Array) -> float:
    """The largest difference; two nan, or two equal infinities, don't differ."""
    same = (one == other) | (np.isnan(one) & np.isnan(other))
    with np.errstate(invalid="ignore"):  # inf − inf, which `same` already told
        gaps = np.where(same, 0.0, np.abs(one - other))
    return float(np.max(np.nan_to_num(gaps, nan=np.inf), initial=0.0))


def _flat(structure: Any) -> list[Any]:
    if isinstance(structure, tuple | list):
        return [tensor for part in structure for tensor in _flat(part)]
    return [structure]


def _tensor(name: str, rows: gates.Array, live: tuple[int, ...], last: Shape, first: Axis | None) -> Tensor:
    """The first rows of a (batch, ...) tensor with the names of its last axes (and of the first, if not batch)."""
    inner = last if len(last) == len(live) - 1 and tuple(a.size for a in last) == live[1:] else ()
    axes = inner or tuple(Axis(by_place(i), n, "the live tensor") for i, n in enumerate(live) if i)
    fed = Axis("batch", live[0], f"the {live[0]} samples that were fed", ("fed.batch",))
    batch = first.resized(live[0]) if first else fed
    return Tensor(name, (batch, *axes), shown(rows))


def shown(tensor: Any, rows: int = ROWS, columns: int = COLUMNS) -> tuple[tuple[Number, ...], ...]:
    """The first rows and columns of a tensor as JSON-able numbers with 6 significant digits."""
    array = np.asarray(tensor)
    if array.size == 0:
        return ()  # an axis of length 0: there is nothing to show
    if array.ndim == 0:
        array = array[None, None]
    if array.ndim == 1:
        array = array[None]
    while array.ndim > 2:
        array = array[0]
    return tuple(tuple(number(v) for v in row) for row in array[:rows, :columns].tolist())


def number(value: float | str | bytes) -> Number:
    """A float with 6 significant digits; inf and nan as words, because JSON has no numbers for them. Texts stay."""
    if isinstance(value, str | bytes):
        return value if isinstance(value, str) else value.decode(errors="replace")
    if not np.isfinite(value):
        return str(float(value))
    return float(f"{value:.6g}")
