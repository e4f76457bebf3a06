"""A model's file -> what is in it, and a document where its layers can be edited here. Only a worker imports this."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from explainers.core.calls import tensors_in
from explainers.core.graph import in_order, read_by
from explainers.core.layers import MERGES, book, operations
from explainers.core.layers.signatures import arguments_of, defaults_of
from explainers.core.limits import Limits
from explainers.core.operating import is_merging
from explainers.core.operations import given_to, is_operation, name_of
from explainers.core.products import operands
from explainers.core.spec import Argument, InputSpec, LayerSpec
from explainers.core.words import listed
from explainers.saved.files import read_config
from explainers.saved.partial import as_far_as_known
from explainers.saved.rebuild import inspected, rebuilt
from explainers.yours.document import LITERAL, Document, DocumentError, Placed, fresh
from explainers.yours.link import to_json
from explainers.yours.results import Opened

_NOT_SHOWN = ("name", "dtype", "trainable")
# Operations of keras.ops that an Activation does as well, whatever they were given besides their tensors.
_ACTIVATIONS = ("relu", "sigmoid", "tanh", "softplus", "softsign", "silu")


def opened(path: str) -> Opened:
    """A file as a document, or, where it holds what can't be edited, as it is. Raises Refused with one sentence."""
    limits = Limits.from_environment()
    config, why = as_far_as_known(read_config(path, limits), limits)
    inspection = inspected(config, limits)
    if inspection.error is not None:
        return Opened(inspection, None, "Keras stops at one of its layers, so it is shown as far as it can be built.")
    if inspection.total_params > limits.weights:
        return Opened(
            inspection,
            None,
            f"Its {inspection.total_params:,} weights are more than the {limits.weights:,} that this server allows, "
            "so it is shown without them and can't be edited.",
        )
    try:
        model = rebuilt(config)
        document = document_of(model)
        notes = (f"{why} Here is the model before that." if why else "", _laid_out(model), _of_ones(document))
        return Opened(inspection, to_json(document), " ".join(note for note in notes if note))
    except DocumentError as error:
        return Opened(inspection, None, str(error))


def _laid_out(model: Any) -> str:
    """What to say of models inside the model; "" where there are none."""
    inner = [layer.name for layer in model.layers if book.is_graph(layer)]
    if not inner:
        return ""
    told = f"The model inside, {inner[0]}, is" if len(inner) == 1 else f"The models inside, {listed(inner)}, are"
    return f"{told} laid out as layers here, so that each can be edited."


def _of_ones(document: Document) -> str:
    """What to say of arrays, whose numbers aren't kept; "" where there are none."""
    held = [
        placed.name
        for placed in document.layers
        for _, value in placed.layer.arguments
        if isinstance(value, LayerSpec) and value.class_name == operations.ONES
    ]
    return (
        (f"The array that {listed(held)} reads is filled with ones here: no shape depends on its values.")
        if held
        else ""
    )


def document_of(model: Any) -> Document:
    """The document of a live model with Inputs. Raises DocumentError for what can't be edited here."""
    inputs = tuple(_input(tensor) for tensor in model.inputs)
    laid = _Laid([tensor.name for tensor in inputs], model.layers)
    named = dict(zip(map(id, model.inputs), (tensor.name for tensor in inputs), strict=True))
    ends = tuple(laid.out(model.inputs, model.outputs, named))
    document = Document(inputs, tuple(laid.layers))
    layers = document.layers
    read = {name for place in range(len(layers)) for name in (*document.reads(place), *layers[place].states)}
    unread = {placed.name for placed in layers if placed.name not in {name.partition("[")[0] for name in read}}
    return document if set(ends) == unread or not layers else replace(document, outputs=ends)


def _input(tensor: Any) -> InputSpec:
    dtype = "int32" if "int" in str(tensor.dtype) else "float32"
    return InputSpec(tensor._keras_history.operation.name, tuple(tensor.shape), dtype)


class _Laid:
    """The calls of a model one after the other, those of a model inside it in its place."""

    def __init__(self, taken: list[str], outside: Sequence[Any]) -> None:
        """outside: the model's own layers, whose names no layer of a model inside takes from them."""
        self.layers: list[Placed] = []
        self._taken, self._outside = taken, {layer.name: id(layer) for layer in outside}
        self._made: dict[int, str] = {}  # the first use of each layer, by its id

    def out(self, inputs: Sequence[Any], outputs: Sequence[Any], named: dict[int, str]) -> list[str]:
        """Lay out what is between the tensors, and return the outputs' names. named: of what is read, by id."""
        for node in in_order(inputs, outputs):
            if not read_by(node):
                continue
            if book.is_graph(node.operation):
                made = self._inside(node, named)
            else:
                name = self._place(node, named)
                made = [name, *(f"{name}[{place}]" for place in range(1, len(node.output_tensors)))]
            named.update(zip(map(id, node.output_tensors), made, strict=True))
        return [named[id(tensor)] for tensor in outputs]

    def _inside(self, node: Any, named: dict[int, str]) -> list[str]:
        """A model inside the model: its own layers, reading what it was given."""
        inner = node.operation
        given = [named[id(tensor)] for tensor in read_by(node)]
        return self.out(inner.inputs, inner.outputs, dict(zip(map(id, inner.inputs), given, strict=True)))

    def _place(self, node: Any, named: dict[int, str]) -> str:
        """One call of one layer: its first use has its arguments, each further one says whose weights it has."""
        op, states = node.operation, list(node.arguments.kwargs.get("initial_state") or ())
        if not is_operation(op):
            _can_be_edited(node)
        starts = {id(state) for state in states}
        reads = tuple(named[id(tensor)] for tensor in read_by(node) if id(tensor) not in starts)
        before = self.layers[-1].name if self.layers else self._taken[0]
        spec = _of_operation(node) if is_operation(op) else _spec(type(op).__name__, op.get_config())
        others = [name for name, layer in self._outside.items() if layer != id(op)]
        name = fresh(op.name, [*self._taken, *others])
        self._taken.append(name)
        of = name if is_operation(op) else self._made.setdefault(id(op), name)
        layer = replace(spec, name=name, arguments=spec.arguments if of == name else ())
        chained = () if reads == (before,) else reads
        self.layers.append(Placed(layer, chained, tuple(named[id(s)] for s in states), "" if of == name else of))
        return name


def _can_be_edited(node: Any) -> None:
    """Raises DocumentError for a call of a layer that a document can't hold."""
    op, read = node.operation, read_by(node)
    if type(op).__name__ not in LITERAL:
        raise DocumentError(f"{op.name} is a {type(op).__name__}, which can't be edited here yet.")
    if len(operands(node, [()] * len(read))) > len(read):
        raise DocumentError(f"{op.name} reads an array that isn't a layer's output, so it can't be edited here yet.")


def _is_a_layer_too(node: Any) -> bool:
    """Whether a layer does what this operation does; a merge lines up axes differently where the ranks differ."""
    op, read = node.operation, read_by(node)
    kind, ranks = type(op).__name__, {len(tensor.shape) for tensor in read}
    merges = kind == "Concatenate" or (is_merging(op) and kind in MERGES)
    of_tensors = len(read) > 1 and len(operands(node, [()] * len(read))) == len(read)  # no array, no number
    return kind.lower() in _ACTIVATIONS or (merges and len(ranks) == 1 and of_tensors)


def _of_operation(node: Any) -> LayerSpec:
    """``ops.relu(x)`` is Activation("relu"), ``x + y`` is Add(), ``x[:, -1]`` and ``x + 2`` are operations."""
    op = node.operation
    kind = type(op).__name__
    if _is_a_layer_too(node):
        if kind.lower() in _ACTIVATIONS:
            return LayerSpec("Activation", op.name, (("activation", kind.lower()),))
        return _spec(kind, {**op.get_config(), "name": op.name})
    name = name_of(op)
    if not operations.is_known(name):
        raise DocumentError(f"{op.name} is the operation {kind} of keras.ops, which can't be edited here yet.")
    facts, arguments = operations.operations()[name], []
    for value in node.arguments.args if facts["spread"] else ():
        _only_tensors(op, name, value)
    for argument, value in given_to(op).items():
        if tensors_in(value):
            _only_tensors(op, name, value)
            continue
        held = operations.written_index(value) if name == operations.INDEX else _literal(value)
        if held is ...:
            raise DocumentError(
                f"{argument} of {op.name} isn't a number, text or list, so it can't be edited here yet."
            )
        arguments.append((argument, held))
    return LayerSpec(name, op.name, tuple(arguments))


def _only_tensors(op: Any, name: str, value: Any) -> None:
    """Raises DocumentError where arrays stand between the tensors of a list."""
    parts = value if isinstance(value, list | tuple) else (value,)
    if tensors_in(value) and not (
        all(hasattr(part, "_keras_history") for part in parts)
        and (not isinstance(value, list | tuple) or operations.operations()[name]["listed"])
    ):
        raise DocumentError(f"{op.name} reads an array that isn't a layer's output, so it can't be edited here yet.")


def _literal(value: Any) -> Any:
    """A literal; of an array its shape alone."""
    shape = getattr(value, "shape", None)
    if shape is None:
        return _argument(value)
    if not tuple(shape):  # a single number
        return _argument(np.asarray(value).item())
    return LayerSpec(operations.ONES, "ones", (("shape", tuple(int(n) for n in shape)),))


def _spec(class_name: str, config: dict[str, Any]) -> LayerSpec:
    """The arguments that differ from Keras' defaults, as far as they are literals."""
    defaults = defaults_of(class_name)
    given: list[tuple[str, Argument]] = []
    for name in arguments_of(class_name):
        if name in _NOT_SHOWN or name not in config:
            continue
        value = _argument(config[name])
        default = defaults.get(name, ...)
        default = tuple(default) if isinstance(default, list) else default
        if value is not ... and value != default and not _same(value, default):
            given.append((name, value))
    return LayerSpec(class_name, str(config["name"]), tuple(given))


def _argument(value: Any) -> Any:
    """A literal; a layer inside a layer; `...` for what is none, such as an initializer."""
    if isinstance(value, dict):
        inner = str(value.get("class_name"))
        return _spec(inner, value["config"]) if inner in LITERAL else ...
    if isinstance(value, list | tuple):
        parts = tuple(_argument(part) for part in value)
        return ... if ... in parts else parts
    return value if value is None or isinstance(value, bool | int | float | str) else ...


def _same(value: Any, default: Any) -> bool:
    """Whether Keras has written a default in another way: (1, 1) for 1, "linear" for no activation, the data format."""
    if isinstance(value, tuple) and isinstance(default, int):
        return set(value) == {default}
    return value in ("linear", "channels_last") and default is None
