"""A document as text for a link, and back: JSON, squeezed, with a version in front. Bounded before it is unpacked."""

from __future__ import annotations

import base64
import binascii
import json
import math
import zlib
from typing import Any

from explainers.core.spec import Argument, InputSpec, LayerSpec
from explainers.yours.document import Document, DocumentError, Placed

VERSION = "1"
LONGEST = 8_000  # characters of a link's part
_LARGEST = 200_000  # bytes of JSON
_BROKEN = "This link doesn't hold a complete model: it was cut off or changed. Ask for the link again, or start over."


def packed(document: Document) -> str:
    """``1.eNq…``: what stands behind ``?m=`` in a link. Raises DocumentError for a model that no link can hold."""
    plain = json.dumps(to_json(document), separators=(",", ":")).encode()
    text = base64.urlsafe_b64encode(zlib.compress(plain, 9)).decode().rstrip("=")
    if len(text) > LONGEST:
        raise DocumentError("The model is too large for a link.")
    return f"{VERSION}.{text}"


def unpacked(text: str) -> Document:
    """The document of a link. Raises DocumentError with one sentence."""
    version, _, body = text.partition(".")
    if version != VERSION and version.isdigit() and len(version) < 4:
        raise DocumentError(f"The link is of version {version}; this app reads version {VERSION}.")
    if version != VERSION or len(body) > LONGEST:
        raise DocumentError(_BROKEN)
    try:
        squeezed = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
        unpacker = zlib.decompressobj()
        plain = unpacker.decompress(squeezed, _LARGEST)
        if unpacker.unconsumed_tail or not unpacker.eof:
            raise DocumentError(_BROKEN)
        found = json.loads(plain)
    except (binascii.Error, zlib.error, ValueError, RecursionError):
        raise DocumentError(_BROKEN) from None
    return from_json(found)


def to_json(document: Document) -> dict[str, Any]:
    """The document as plain data: ``{"inputs": [[name, shape, dtype]], "layers": [[class, name, arguments, …]]}``."""
    layers = []
    for placed in document.layers:
        entry: list[Any] = [placed.layer.class_name, placed.name, _arguments(placed.layer)]
        extra: list[list[str] | str] = [list(placed.reads), list(placed.states), placed.of]
        while extra and not extra[-1]:
            extra.pop()
        layers.append([*entry, *extra])
    told: dict[str, Any] = {"inputs": [[t.name, list(t.shape), t.dtype] for t in document.inputs], "layers": layers}
    return told | ({"outputs": list(document.outputs)} if document.outputs else {})


def _arguments(layer: LayerSpec) -> dict[str, Any]:
    return {name: _plain(value) for name, value in layer.arguments}


def _plain(value: Argument) -> Any:
    if isinstance(value, LayerSpec):
        return {"class": value.class_name, "name": value.name, "arguments": _arguments(value)}
    return [_plain(part) for part in value] if isinstance(value, tuple) else value


def from_json(data: Any) -> Document:
    """The document of plain data from anywhere. Raises DocumentError with one sentence."""
    try:
        inputs = tuple(InputSpec(str(name), _sizes(shape), str(dtype)) for name, shape, dtype in data["inputs"])
        layers = tuple(_placed(*entry) for entry in data["layers"])
        return Document(inputs, layers, _names(data.get("outputs", [])))
    except DocumentError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        raise DocumentError(_BROKEN) from None


def _sizes(shape: Any) -> tuple[int | None, ...]:
    if not isinstance(shape, list) or any(n is not None and type(n) is not int for n in shape):
        raise TypeError("a shape is a list of whole numbers and nulls")
    return tuple(shape)


def _placed(class_name: str, name: str, arguments: Any, reads: Any = (), states: Any = (), of: Any = "") -> Placed:
    return Placed(LayerSpec(str(class_name), str(name), _given(arguments)), _names(reads), _names(states), str(of))


def _given(arguments: Any) -> tuple[tuple[str, Argument], ...]:
    return tuple((str(name), _argument(value)) for name, value in arguments.items())


def _argument(value: Any) -> Argument:
    if isinstance(value, dict):
        return LayerSpec(str(value["class"]), str(value["name"]), _given(value["arguments"]))
    if isinstance(value, list):
        return tuple(_argument(part) for part in value)
    if isinstance(value, float) and not math.isfinite(value):
        raise DocumentError("An argument must be a finite number.")
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError("an argument is a literal")


def _names(names: Any) -> tuple[str, ...]:
    return tuple(str(name) for name in names)
