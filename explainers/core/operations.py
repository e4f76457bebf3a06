"""keras.ops in a functional model: which they are, and their calls as code. Their axes: see `operating`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from explainers.core.calls import read_by


def is_operation(layer: Any) -> bool:
    """Whether it is a bare operation of keras.ops and no layer."""
    return type(layer).__module__.startswith("keras.src.ops.")


# -- as code -------------------------------------------------------------------------------------------------


def expression(operation: Any, given: Sequence[str]) -> str:
    """``ops.mean(lstm_1, axis=1)``: the call as one writes it. given: the variables of its tensors, in order."""
    node = operation._inbound_nodes[0]
    names = {id(tensor): name for tensor, name in zip(read_by(node), given, strict=True)}
    positional = [as_written(value, names) for value in node.arguments.args]
    if type(operation).__name__ == "GetItem":
        return f"{positional[0]}[{_place(node.arguments.args[1])}]"
    named = {key: as_written(value, names) for key, value in node.arguments.kwargs.items()}
    made = {key: as_written(value, names) for key, value in _config(operation).items()}
    if "subscripts" in made:  # einsum has them in front of its tensors
        positional.insert(0, made.pop("subscripts"))
    named |= made
    words = [*positional, *(f"{key}={text}" for key, text in named.items())]
    return f"ops.{_function(operation)}({', '.join(words)})"


def _config(operation: Any) -> dict[str, Any]:
    """What its constructor was given; nothing where it can't be told."""
    try:
        config = dict(operation.get_config())
    except (NotImplementedError, TypeError, ValueError, AttributeError):
        return {}
    kept = ("name",) if type(operation).__name__ == "Cast" else ("name", "dtype")
    return {key: value for key, value in config.items() if key not in kept and value is not None}


def _function(operation: Any) -> str:
    """``image.resize`` of the class Resize: Keras' public name of the function."""
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", type(operation).__name__.replace("RGBTo", "RgbTo")).lower()
    return f"image.{name}" if type(operation).__module__.endswith(".image") else name


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


def _place(index: Any) -> str:
    parts = index if isinstance(index, tuple) else (index,)
    return ", ".join(_index(part) for part in parts)


def _index(part: Any) -> str:
    if not isinstance(part, slice):
        return "..." if part is Ellipsis else repr(part)
    low, high = ("" if n is None else str(n) for n in (part.start, part.stop))
    return f"{low}:{high}" + (f":{part.step}" if part.step is not None else "")
