"""Walk the graph of a live Keras model from its inputs to its outputs, naming every axis on the way.

Works on tensors, not on models, so that it also walks the part of a model that was built before a failure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from explainers.core.axes import Axis, Shape, is_named, sizes
from explainers.core.calls import node_of, read_by
from explainers.core.layers import NamedWeight, Ruling, book, sheet_of
from explainers.core.layers.ruling import by_its_arguments
from explainers.core.layers.sheet import kind_of
from explainers.core.naming import Inside, Words, gathered, named_by, said, words_for
from explainers.core.opened import can_be_opened, left_over, node_inputs, opened
from explainers.core.operations import is_operation
from explainers.core.products import met, operands
from explainers.core.rules import apply_rule, beside_constants, weights_of

__all__ = ["Walk", "Walked", "follow", "in_order", "name_input", "node_of", "read_by"]


@dataclass(frozen=True)
class Walked:
    """One call of one layer, with named shapes. `parents` are (step, output) pairs, in input order.

    node: the call itself in Keras' graph, with all that it was given.
    """

    layer: Any
    inputs: tuple[Shape, ...]
    parents: tuple[tuple[int, int], ...]
    ruling: Ruling
    node: Any = None

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
    check: bool = True,
) -> Walk:
    """Name every axis between the symbolic `inputs` and `outputs`.

    named_inputs: shapes for some inputs by position (a model inside a model).
    axis_names:   names by Input name, as in einops: {"sequence": "batch timesteps features"}.
    failing:      a layer that would have read the `outputs`, had it not refused them.
    check:        whether the live shapes must be those of the rules: not where other sizes are walked through.
    """
    nodes = in_order(inputs, outputs)
    with ExitStack() as stack:
        inner = {id(node): found for node in nodes if (found := _inside(node, stack)) is not None}
        words = gathered(nodes, outputs, failing, inner)
        return _walked(inputs, outputs, nodes, words, inner, Given(named_inputs or {}, axis_names or {}, check))


@dataclass(frozen=True)
class Given:
    """What is known before a walk; see `follow`."""

    named_inputs: Mapping[int, Shape]
    axis_names: Mapping[str, str]
    check: bool


def _inside(node: Any, stack: ExitStack) -> Inside | None:
    """The graph inside a call: that of a model inside a model, or of a layer without a rule."""
    layer = node.operation
    if not hasattr(node, "arguments") or not read_by(node):
        return None
    if book.is_graph(layer):
        return Inside(list(layer.inputs), list(layer.outputs), in_order(layer.inputs, layer.outputs))
    found = stack.enter_context(opened(node)) if can_be_opened(layer) else None
    return None if found is None else Inside(found.inputs, found.outputs, in_order(found.inputs, found.outputs))


def _walked(
    inputs: Sequence[Any],
    outputs: Sequence[Any],
    nodes: Sequence[Any],
    words: Mapping[int, Words],
    inner: Mapping[int, Inside],
    given: Given,
) -> Walk:
    shapes: dict[int, Shape] = {}  # by id of the symbolic tensor
    where: dict[int, tuple[int, int]] = {}
    steps: list[Walked] = []
    for tensor_index, tensor in enumerate(inputs):
        named = given.named_inputs.get(tensor_index)
        shapes[id(tensor)] = named or name_input(tensor, given.axis_names, words.get(id(tensor)))
    for node in nodes:
        entering = tuple(shapes[id(t)] for t in read_by(node))
        live = [tuple(t.shape) for t in node.output_tensors]
        if read_by(node):
            ruling = _understood(_ruled(node, entering, live, given.check, inner.get(id(node))), node, words)
        else:
            ruling = Ruling((shapes[id(node.output_tensors[0])],), why="What you feed.")
        for index, (tensor, shape) in enumerate(zip(node.output_tensors, ruling.outputs, strict=True)):
            shapes[id(tensor)] = shape
            where[id(tensor)] = (len(steps), index)
        parents = tuple(where[id(t)] for t in read_by(node))
        steps.append(Walked(node.operation, entering, parents, ruling, node))
    return Walk(tuple(steps), tuple(shapes[id(t)] for t in outputs))


def _ruled(
    node: Any, entering: tuple[Shape, ...], live: list[tuple[int | None, ...]], check: bool, inside: Inside | None
) -> Ruling:
    """What the layer's rule says of one call."""
    facts = sheet_of(node.operation)
    if facts is not None and facts.group == "merge":
        all_of_it = [shape for _, shape in operands(node, entering)]
        if len(all_of_it) > len(entering):
            return beside_constants(node.operation, all_of_it, live)
    return apply_rule(node.operation, entering, live, check, partial(_through, node, entering, inside))


def _understood(ruling: Ruling, node: Any, words: Mapping[int, Words]) -> Ruling:
    """With the axes that a reshape (or a layer without a rule) left nameless called as their readers call them."""
    outputs = tuple(
        named_by(shape, words.get(id(tensor)))
        for shape, tensor in zip(ruling.outputs, node.output_tensors, strict=True)
    )
    return ruling if outputs == ruling.outputs else replace(ruling, outputs=outputs)


def name_input(tensor: Any, axis_names: Mapping[str, str], words: Words | None) -> Shape:
    """Name the axes of an Input: as its lesson says, else by who reads it."""
    name = tensor._keras_history.operation.name
    sample = tuple(tensor.shape)
    own = axis_names.get(name, "")
    spoken = own.split("|") if "|" in own else own.split()
    names = tuple(spoken) if spoken else words_for(sample, words)
    return tuple(
        _input_axis(name, word, place, size) for place, (word, size) in enumerate(zip(names, sample, strict=True))
    )


def _input_axis(name: str, word: str, place: int, size: int | None) -> Axis:
    if place == 0:
        return Axis(word, size, _batch_origin(name, size), (f"{name}.batch_size",))
    return Axis(word, size, _input_origin(name, place - 1, size), (f"{name}.shape[{place - 1}]",))


def _batch_origin(name: str, size: int | None) -> str:
    if size is None:
        return f"batch_size of Input {name} is left open: any number of samples"
    return f"batch_size={size} of Input {name}"


def _input_origin(name: str, index: int, size: int | None) -> str:
    if size is None:
        return f"shape[{index}] of Input {name} is None: left open until data arrive"
    return f"shape[{index}]={size} of Input {name}"


def in_order(inputs: Sequence[Any], outputs: Sequence[Any]) -> list[Any]:
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


# -- layers that are opened, models inside models -----------------------------------------------------------


def _through(node: Any, entering: Sequence[Shape], inside: Inside | None) -> Ruling | None:
    """A layer without a rule: walked inside, with the shapes that come in."""
    layer = node.operation
    if inside is None:
        return None
    named = {id(tensor): shape for tensor, shape in zip(read_by(node), entering, strict=True)}
    walked = follow(inside.inputs, inside.outputs, {i: named[id(t)] for i, t in enumerate(node_inputs(node))})
    found = [weight for step in walked.first_calls() for weight in step.weights]
    outputs = tuple(by_its_arguments(layer, shape) for shape in walked.outputs)
    own = left_over(layer, found, (*entering, *outputs), _met(layer, walked))
    order = {id(variable): place for place, variable in enumerate(weights_of(layer))}
    weights = tuple(sorted((*found, *own), key=lambda weight: order[id(weight.variable)]))
    named_all = all(is_named(axis.axis) for weight in own for axis in weight.shape)
    count = len(walked.steps) - len(inside.inputs)
    why = f"The call of {kind_of(layer)} was followed through {count} step{'' if count == 1 else 's'} of its call."
    return Ruling(outputs, weights, why, named_all and all(step.known for step in walked.steps))


def _met(layer: Any, walked: Walk) -> dict[int, Shape]:
    """What the operations inside say of the weights that they read; the first word for each axis counts."""
    found: dict[int, Shape] = {}
    for step in walked.steps:
        if not is_operation(step.layer) or not step.inputs:
            continue
        output = by_its_arguments(layer, step.outputs[0])
        for weight, shape in met(step.layer, step.inputs, output).items():
            known = found.get(weight, shape)
            found[weight] = tuple(a if is_named(a.axis) else b for a, b in zip(known, shape, strict=True))
    return found


def _nested(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    """A model inside a model: walked with the shapes that come in, checked where those are its own."""
    as_declared = [sizes(shape) for shape in inputs] == [tuple(tensor.shape) for tensor in layer.inputs]
    walked = follow(layer.inputs, layer.outputs, dict(enumerate(inputs)), check=as_declared)
    weights = tuple(
        replace(weight, name=f"{step.layer.name}/{weight.name}")
        for step in walked.first_calls()
        for weight in step.weights
    )
    return Ruling(walked.outputs, weights, "A model inside the model.", all(step.known for step in walked.steps))


def _reads(model: Any, rank: int, place: int) -> tuple[str, ...]:
    """What a model inside calls the axes of one of its Inputs: what its own layers say."""
    tensor = model.inputs[max(place, 0)] if place < len(model.inputs) else None
    if tensor is None or len(tensor.shape) != rank:
        return ()
    return said(gathered(in_order(model.inputs, model.outputs), model.outputs, None).get(id(tensor)), rank)


book.MODELS = book.ModelRules(_nested, _reads)
