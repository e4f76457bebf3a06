"""A model's file -> what is in it, and a document where its layers can be edited here. Only a worker imports this."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import keras

from explainers.core.layers.signatures import arguments_of, defaults_of
from explainers.core.limits import Limits
from explainers.core.spec import Argument, InputSpec, LayerSpec
from explainers.saved.allowed import allowed
from explainers.saved.files import read_config
from explainers.saved.rebuild import inspected, rebuilt
from explainers.yours.document import LITERAL, Document, DocumentError, Placed
from explainers.yours.link import to_json
from explainers.yours.results import Opened

_NOT_SHOWN = ("name", "dtype", "trainable")


def opened(path: str) -> Opened:
    """A file as a document, or, where it holds what can't be edited, as it is. Raises Refused with one sentence."""
    limits = Limits.from_environment()
    config = allowed(read_config(path, limits), limits)
    inspection = inspected(config, limits)
    if inspection.error is not None:
        return Opened(inspection, None, "Keras stops at one of its layers, so it is shown as far as it can be built.")
    if inspection.total_params > limits.weights:
        return Opened(
            inspection,
            None,
            f"Its {inspection.total_params:,} weights are more than the {limits.weights:,} that this server makes, so "
            "it is shown without them and can't be edited.",
        )
    try:
        return Opened(inspection, to_json(document_of(rebuilt(config))), "")
    except DocumentError as error:
        return Opened(inspection, None, str(error))


def document_of(model: Any) -> Document:
    """The document of a live model with Inputs. Raises DocumentError for what can't be edited here."""
    inputs = tuple(_input(tensor) for tensor in model.inputs)
    starts = {tensor.name for tensor in inputs}
    operations = model.layers if isinstance(model, keras.Sequential) else model.operations
    layers = tuple(_placed(op) for op in operations if op.name not in starts)
    ends = tuple(_read(tensor) for tensor in model.outputs)
    document = Document(inputs, layers)
    read = {name for place in range(len(layers)) for name in (*document.reads(place), *layers[place].states)}
    unread = {placed.name for placed in layers if placed.name not in {name.partition("[")[0] for name in read}}
    return document if set(ends) == unread or not layers else replace(document, outputs=ends)


def _input(tensor: Any) -> InputSpec:
    dtype = "int32" if "int" in str(tensor.dtype) else "float32"
    return InputSpec(tensor._keras_history.operation.name, tuple(tensor.shape), dtype)


def _read(tensor: Any) -> str:
    history = tensor._keras_history
    return f"{history.operation.name}[{history.tensor_index}]" if history.tensor_index else str(history.operation.name)


def _placed(op: Any) -> Placed:
    if type(op).__name__ not in LITERAL:
        raise DocumentError(f"{op.name} is a {type(op).__name__}, which can't be edited here yet.")
    if len(op._inbound_nodes) != 1:
        raise DocumentError(f"{op.name} is called more than once; a layer that is shared can't be edited here yet.")
    node = op._inbound_nodes[0]
    states = list(node.arguments.kwargs.get("initial_state") or ())
    given = {id(state) for state in states}
    reads = tuple(_read(tensor) for tensor in node.input_tensors if id(tensor) not in given)
    return Placed(_spec(type(op).__name__, op.get_config()), reads, tuple(_read(state) for state in states))


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
    """Whether Keras has written a default in another way: (1, 1) for 1, "linear" for no activation."""
    if isinstance(value, tuple) and isinstance(default, int):
        return set(value) == {default}
    return value == "linear" and default is None
