"""Walk the graph of a live Keras model from its inputs to its outputs, naming every axis on the way.

Works on tensors, not on models, so that it also walks the part of a model that was built before a failure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from explainers.core.axes import Axis, Shape
from explainers.core.rules import RULES, NamedWeight, Ruling, apply_rule

RECURRENT = ("SimpleRNN", "LSTM", "GRU", "RNN", "Bidirectional", "TimeDistributed", "ConvLSTM1D")
CONVOLUTIONAL = ("Conv1D", "MaxPooling1D", "AveragePooling1D", "GlobalAveragePooling1D", "GlobalMaxPooling1D")
PICTURES = ("Conv2D", "MaxPooling2D", "AveragePooling2D", "GlobalAveragePooling2D", "GlobalMaxPooling2D")
# What the axes of an Input mean, by who reads it and how many axes a sample has.
NAMES_BY_READER: dict[str, dict[int, tuple[str, ...]]] = {
    **{name: {2: ("timesteps", "features"), 3: ("sequences", "timesteps", "features")} for name in RECURRENT},
    **{name: {2: ("steps", "channels")} for name in CONVOLUTIONAL},
    "Embedding": {1: ("timesteps",)},
    **{name: {3: ("rows", "columns", "channels")} for name in PICTURES},
}
NAMES_BY_RANK: dict[int, tuple[str, ...]] = {0: (), 1: ("features",), 2: ("timesteps", "features")}


@dataclass(frozen=True)
class Walked:
    """One call of one layer, with named shapes. `parents` are (step, output) pairs, in input order."""

    layer: Any
    inputs: tuple[Shape, ...]
    parents: tuple[tuple[int, int], ...]
    ruling: Ruling

    @property
    def outputs(self) -> tuple[Shape, ...]:
        return self.ruling.outputs

    @property
    def weights(self) -> tuple[NamedWeight, ...]:
        return self.ruling.weights

    @property
    def known(self) -> bool:
        return self.ruling.known


@dataclass(frozen=True)
class Walk:
    """All steps in the order of the flow, and the named shapes of the model's outputs."""

    steps: tuple[Walked, ...]
    outputs: tuple[Shape, ...]

    def first_calls(self) -> list[Walked]:
        """One step per layer: a shared layer counts where it is called first."""
        seen: dict[int, Walked] = {}
        for step in self.steps:
            seen.setdefault(id(step.layer), step)
        return list(seen.values())


def follow(
    inputs: Sequence[Any],
    outputs: Sequence[Any],
    named_inputs: Mapping[int, Shape] | None = None,
    axis_names: Mapping[str, str] | None = None,
    failing: Any = None,
) -> Walk:
    """Name every axis between the symbolic `inputs` and `outputs`.

    named_inputs: shapes for some inputs by position (a model inside a model).
    axis_names:   names by Input name, as in einops: {"sequence": "batch timesteps features"}.
    failing:      a layer that would have read the `outputs`, had it not refused them.
    """
    nodes = _in_order(inputs, outputs)
    readers = _readers(nodes, outputs, failing)
    shapes: dict[int, Shape] = {}  # by id of the symbolic tensor
    where: dict[int, tuple[int, int]] = {}
    steps: list[Walked] = []
    for tensor_index, tensor in enumerate(inputs):
        given = (named_inputs or {}).get(tensor_index)
        shapes[id(tensor)] = given or name_input(tensor, axis_names or {}, readers.get(id(tensor), []))
    for node in nodes:
        entering = tuple(shapes[id(t)] for t in read_by(node))
        live = [tuple(t.shape) for t in node.output_tensors]
        if read_by(node):
            ruling = apply_rule(node.operation, entering, live)
        else:
            ruling = Ruling((shapes[id(node.output_tensors[0])],), why="What you feed.")
        for index, (tensor, shape) in enumerate(zip(node.output_tensors, ruling.outputs, strict=True)):
            shapes[id(tensor)] = shape
            where[id(tensor)] = (len(steps), index)
        parents = tuple(where[id(t)] for t in read_by(node))
        steps.append(Walked(node.operation, entering, parents, ruling))
    return Walk(tuple(steps), tuple(shapes[id(t)] for t in outputs))


def name_input(tensor: Any, axis_names: Mapping[str, str], readers: Sequence[Any]) -> Shape:
    """Name the axes of an Input: as its lesson says, else by who reads it."""
    name = tensor._keras_history.operation.name
    batch, *sample = tuple(tensor.shape)
    spoken = (
        axis_names.get(name, "").split("|") if "|" in axis_names.get(name, "") else axis_names.get(name, "").split()
    )
    words = tuple(spoken[1:]) if spoken else _names_by_reader(len(sample), readers)
    first = spoken[0] if spoken else "batch"
    return (
        Axis(first, batch, _batch_origin(name, batch), (f"{name}.batch_size",)),
        *(
            Axis(word, size, _input_origin(name, index, size), (f"{name}.shape[{index}]",))
            for index, (word, size) in enumerate(zip(words, sample, strict=True))
        ),
    )


def _batch_origin(name: str, size: int | None) -> str:
    if size is None:
        return f"batch_size of Input {name} is left open: any number of samples"
    return f"batch_size={size} of Input {name}"


def _input_origin(name: str, index: int, size: int | None) -> str:
    if size is None:
        return f"shape[{index}] of Input {name} is None: left open until data arrive"
    return f"shape[{index}]={size} of Input {name}"


def _names_by_reader(rank: int, readers: Sequence[Any]) -> tuple[str, ...]:
    for reader in readers:
        words = NAMES_BY_READER.get(type(reader).__name__, {}).get(rank)
        if words:
            front = getattr(reader, "data_format", "") == "channels_first"
            return (words[-1], *words[:-1]) if front else words
    return NAMES_BY_RANK.get(rank) or tuple(f"axis {index + 1}" for index in range(rank))


def _in_order(inputs: Sequence[Any], outputs: Sequence[Any]) -> list[Any]:
    """The nodes between inputs and outputs, each after those it needs; the inputs first, as declared."""
    order: list[Any] = []
    done: set[int] = set()
    stops = {id(tensor) for tensor in inputs}

    def visit(tensor: Any) -> None:
        node = node_of(tensor)
        if id(node) in done:
            return
        done.add(id(node))
        if id(tensor) not in stops:
            for parent in read_by(node):
                visit(parent)
        order.append(node)

    for tensor in (*inputs, *outputs):
        visit(tensor)
    return [node if id(node.output_tensors[0]) not in stops else _Entry(node) for node in order]


class _Entry:
    """The node where a walk starts: whatever made this tensor before is not part of it."""

    def __init__(self, node: Any) -> None:
        self.operation, self.output_tensors = node.operation, node.output_tensors
        self.input_tensors: list[Any] = []


def node_of(tensor: Any) -> Any:
    """The call that made a symbolic tensor."""
    operation, node_index, _ = tensor._keras_history
    return operation._inbound_nodes[node_index]


def read_by(node: Any) -> list[Any]:
    """The tensors that a call reads, without a mask: Keras hands masks on by itself, nobody writes them in code."""
    mask = node.arguments.kwargs.get("mask") if hasattr(node, "arguments") else None
    masks = {id(part) for part in (mask if isinstance(mask, list | tuple) else [mask])}
    return [tensor for tensor in node.input_tensors if id(tensor) not in masks]


def _readers(nodes: Iterable[Any], outputs: Sequence[Any], failing: Any) -> dict[int, list[Any]]:
    """Who reads each tensor; layers that keep the shape pass the question on."""
    last = [failing] if type(failing).__name__ in NAMES_BY_READER else []
    readers: dict[int, list[Any]] = {id(tensor): list(last) for tensor in outputs}
    for node in reversed(list(nodes)):
        passes_on = [r for t in node.output_tensors for r in readers.get(id(t), [])]
        for tensor in read_by(node):
            own = [node.operation] if type(node.operation).__name__ in NAMES_BY_READER else passes_on
            readers.setdefault(id(tensor), []).extend(own)
    return readers


# -- models inside models ------------------------------------------------------------------------------------


def _nested(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    walked = follow(layer.inputs, layer.outputs, dict(enumerate(inputs)))
    weights = tuple(
        replace(weight, name=f"{step.layer.name}/{weight.name}")
        for step in walked.first_calls()
        for weight in step.weights
    )
    return Ruling(walked.outputs, weights, "A model inside the model.", all(step.known for step in walked.steps))


RULES.update(dict.fromkeys(("Functional", "Sequential", "Model"), _nested))
