"""keras.ops in a functional model: which they are, and their calls as code. Their axes: see `operating`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from explainers.core.calls import given, read_by
from explainers.core.layers.operations import (
    INDEX,
    PREFIX,
    arranged,
    function_of,
    is_default,
    is_known,
    operations,
    written_index,
)


def is_operation(layer: Any) -> bool:
    """Whether it is a bare operation of keras.ops and no layer."""
    return type(layer).__module__.startswith("keras.src.ops.")


# -- as code -------------------------------------------------------------------------------------------------


def expression(operation: Any, tensors: Sequence[str]) -> str:
    """``ops.mean(lstm_1, axis=1)``: the call as one writes it. tensors: the variables of its tensors, in order."""
    node, name = operation._inbound_nodes[0], name_of(operation)
    names = {id(tensor): name for tensor, name in zip(read_by(node), tensors, strict=True)}
    if name == INDEX:
        return f"{as_written(node.arguments.args[0], names)}[{written_index(node.arguments.args[1])}]"
    said = {key: as_written(value, names) for key, value in given_to(operation).items()}
    if not is_known(name) or operations()[name]["spread"]:  # einsum has its subscripts in front
        positional = [as_written(value, names) for value in node.arguments.args]
        if "subscripts" in said:
            positional.insert(0, said.pop("subscripts"))
    else:
        positional, said = arranged(name, (), said)
    words = [*positional, *(f"{key}={text}" for key, text in said.items())]
    return f"{name}({', '.join(words)})"


def name_of(operation: Any) -> str:
    """``ops.mean`` of a Mean: Keras' public name."""
    return PREFIX + function_of(type(operation))


def given_to(operation: Any) -> dict[str, Any]:
    """What it was given, in its call and when it was made, without what Keras takes anyway."""
    name = name_of(operation)
    kept = operations().get(name, {"spread": None, "call": ()})
    own = [argument for argument in kept["call"] if argument != kept["spread"]]
    found = dict(given(operation._inbound_nodes[0])) | _config(operation)
    return {key: value for key, value in found.items() if key in own and not is_default(name, key, value)}


def _config(operation: Any) -> dict[str, Any]:
    """What its constructor was given; nothing where it can't be told. A dtype policy is no argument of a function."""
    try:
        config = dict(operation.get_config())
    except (NotImplementedError, TypeError, ValueError, AttributeError):
        return {}
    return {key: value for key, value in config.items() if key != "dtype" or isinstance(value, str)}


def as_written(value: Any, names: dict[int, str]) -> str:
    """A tensor by its variable, a literal as it is; an array of numbers by its shape alone."""
    if id(value) in names:
        return names[id(value)]
    if isinstance(value, dict):
        inside = ", ".join(f"{key!r}: {as_written(part, names)}" for key, part in value.items())
        return f"{{{inside}}}"
    if isinstance(value, list | tuple):
        inside = ", ".join(as_written(part, names) for part in value)
        return f"[{inside}]" if isinstance(value, list) else f"({inside},)" if len(value) == 1 else f"({inside})"
    if hasattr(value, "shape"):
        return f"ops.ones({tuple(value.shape)})"
    return repr(value)
