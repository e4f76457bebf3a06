"""Record the real calls of every recurrent cell in one forward pass.

Keras runs a cell once more than there are timesteps: a probe on timestep 0 learns the output's dtype, then
T real calls follow (no probe with unroll=True). The recorder wraps `cell.call` and `layer.inner_loop` on the
instances and puts them back; the model must belong to this request alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from explainers.core import gates
from explainers.core.axes import Axis, Shape
from explainers.core.results import Call, Number, Tensor
from explainers.core.rules import CellRuling, cell_ruling

ROWS = 3  # rows of a batch whose values are kept
COLUMNS = 16  # columns of which values are kept


@dataclass
class Recorder:
    """Calls as they come in. `made` counts all of them; values are kept for the first `most` per layer."""

    most: int
    calls: list[Call] = field(default_factory=list)
    made: int = 0
    difference: float | None = None


@dataclass
class _Loop:
    """One walk of an RNN layer over a sequence: how many steps, and how many calls so far."""

    timesteps: int = 0
    probed: bool = False
    backwards: bool = False
    seen: int = 0


@dataclass(frozen=True)
class Watched:
    """A recurrent layer with its cell and what the rules say about the cell."""

    layer: Any
    cell: Any
    name: str
    ruling: CellRuling | None


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
def recording(layers: list[Any], recorder: Recorder, features: dict[str, Axis]) -> Iterator[None]:
    """Record every cell call while the body runs. `features`: the last axis that each RNN layer reads."""
    with ExitStack() as stack:
        for name, layer in recurrent_layers(layers):
            loop = _Loop()
            stack.enter_context(_swapped(layer, "inner_loop", _counting(layer, layer.inner_loop, loop)))
            for cell, label, ruling in _cells(layer, name, features.get(name)):
                watched = Watched(layer, cell, label, ruling)
                stack.enter_context(_swapped(cell, "call", _noting(watched, loop, recorder)))
        yield


def _cells(layer: Any, name: str, axis: Axis | None) -> list[tuple[Any, str, CellRuling | None]]:
    """The cell of a layer; of stacked cells each one, because each is called."""
    cells = list(getattr(layer.cell, "cells", [layer.cell]))
    labelled: list[tuple[Any, str, CellRuling | None]] = []
    for index, cell in enumerate(cells):
        label = name if len(cells) == 1 else f"{name}[{index}]"
        ruling = None
        if axis is not None:
            try:
                ruling = cell_ruling(cell, axis, label)
                axis = ruling.output
            except KeyError:
                axis = None
        labelled.append((cell, label, ruling))
    return labelled


@contextmanager
def _swapped(owner: Any, name: str, replacement: Any) -> Iterator[None]:
    """Put `replacement` on the instance, and take it off again."""
    object.__setattr__(owner, name, replacement)
    try:
        yield
    finally:
        object.__delattr__(owner, name)


def _counting(layer: Any, real: Any, loop: _Loop) -> Any:
    def inner_loop(sequences: Any, *args: Any, **kwargs: Any) -> Any:
        loop.timesteps, loop.seen = int(sequences.shape[1]), 0
        loop.probed, loop.backwards = not layer.unroll, layer.go_backwards
        return real(sequences, *args, **kwargs)

    return inner_loop


def _noting(watched: Watched, loop: _Loop, recorder: Recorder) -> Any:
    real = watched.cell.call
    stacked = hasattr(watched.layer.cell, "cells")
    first = not stacked or watched.layer.cell.cells[0] is watched.cell
    state = {"call": 0}

    def call(inputs: Any, states: Any, *args: Any, **kwargs: Any) -> Any:
        outputs, new_states = real(inputs, states, *args, **kwargs)
        if not hasattr(_flat(inputs)[0], "numpy"):
            return outputs, new_states  # graph tracing: no real tensors
        if first and loop.seen == 0:
            state["call"] = 0
        index = loop.seen if first else loop.seen - 1
        loop.seen += 1 if first else 0
        recorder.made += 1
        if recorder.made <= recorder.most:
            recorder.calls.append(_noted(watched, loop, index, inputs, states, outputs, new_states, recorder))
        return outputs, new_states

    return call


def _noted(
    watched: Watched, loop: _Loop, index: int, inputs: Any, states: Any, outputs: Any, new_states: Any, recorder: Recorder
) -> Call:
    probe = loop.probed and index == 0
    position = max(index - loop.probed, 0)
    timestep = loop.timesteps - 1 - position if loop.backwards else position
    ruling = watched.ruling
    state_axes = ruling.states if ruling else ()
    labels = ruling.state_names if ruling else tuple(f"state {i}" for i in range(len(_flat(states))))
    output = (ruling.output,) if ruling else ()
    entering, leaving = _flat(states), _flat(new_states)
    recomputed = _recompute(watched.cell, inputs, entering, leaving, recorder)
    return Call(
        layer=watched.name,
        cell=type(watched.cell).__name__,
        timestep=timestep,
        probe=probe,
        inputs=tuple(_tensor("x_t", t, _input_axes(watched, t)) for t in _flat(inputs)),
        states=tuple(_tensor(f"{n}_t-1", t, a) for n, t, a in _zip(labels, entering, state_axes)),
        outputs=tuple(_tensor("y_t", t, output) for t in _flat(outputs)),
        new_states=tuple(_tensor(f"{n}_t", t, a) for n, t, a in _zip(labels, leaving, state_axes)),
        gates=tuple(_tensor(name, values, output) for name, values in recomputed.items()),
    )


def _zip(labels: tuple[str, ...], tensors: list[Any], axes: tuple[Axis, ...]) -> list[tuple[str, Any, Shape]]:
    return [
        (label, tensor, (axes[i],) if i < len(axes) else ())
        for i, (label, tensor) in enumerate(zip(labels, tensors, strict=False))
    ]


def _input_axes(watched: Watched, tensor: Any) -> Shape:
    """A cell reads one timestep: the last axis is what the kernel's rows are."""
    if watched.ruling is None or not watched.ruling.weights:
        return ()
    return (watched.ruling.weights[0].shape[0],) if len(tensor.shape) == 2 else ()


def _recompute(cell: Any, inputs: Any, states: list[Any], new_states: list[Any], recorder: Recorder) -> gates.Gates:
    """The gates of the first rows in NumPy; how far Keras' new states are from them goes to the recorder."""
    rows = [np.asarray(t[:ROWS], np.float64) for t in (_flat(inputs)[0], *states)]
    stepped = gates.step(cell, rows[0], tuple(rows[1:]))
    if stepped is None:
        return {}
    named, recomputed = stepped
    for ours, theirs in zip(recomputed, new_states, strict=True):
        gap = float(np.max(np.abs(ours - np.asarray(theirs[:ROWS], np.float64))))
        recorder.difference = max(gap, recorder.difference or 0.0)
    return named


def _flat(structure: Any) -> list[Any]:
    if isinstance(structure, tuple | list):
        return [tensor for part in structure for tensor in _flat(part)]
    return [structure]


def _tensor(name: str, tensor: Any, last: Shape) -> Tensor:
    """A (batch, ...) tensor with the names of its last axes, and its first values."""
    live = tuple(int(n) for n in tensor.shape)
    inner = last if len(last) == len(live) - 1 and tuple(a.size for a in last) == live[1:] else ()
    axes = inner or tuple(Axis("unknown", n, "the live tensor") for n in live[1:])
    batch = Axis("batch", live[0], f"the {live[0]} samples that were fed", ("fed.batch",))
    return Tensor(name, (batch, *axes), shown(tensor))


def shown(tensor: Any, rows: int = ROWS, columns: int = COLUMNS) -> tuple[tuple[Number, ...], ...]:
    """The first rows and columns of a tensor as JSON-able numbers with 6 significant digits."""
    array = np.asarray(tensor)
    if array.ndim == 0:
        array = array[None, None]
    if array.ndim == 1:
        array = array[None]
    while array.ndim > 2:
        array = array[0]
    return tuple(tuple(number(v) for v in row) for row in array[:rows, :columns].tolist())


def number(value: float) -> Number:
    """A float with 6 significant digits; inf and nan as words, because JSON has no numbers for them."""
    if not np.isfinite(value):
        return str(float(value))
    return float(f"{value:.6g}")
