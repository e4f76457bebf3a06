"""The constructors of Keras' layers: argument names in order, and defaults, from a file that is made from Keras.

The web process loads no Keras, so the signatures stand in ``signatures.json``. After an update of Keras it is made
anew by ``python -m explainers.core.layers.signatures``; a test compares it with the installed Keras.
"""

from __future__ import annotations

import inspect
import json
from functools import cache
from pathlib import Path
from typing import Any

from explainers.core.layers.operations import operations

FILE = Path(__file__).with_name("signatures.json")
Signature = dict[str, Any]  # {"order": [...], "named": [...], "defaults": {...}}; an argument without default is needed


@cache
def signatures() -> dict[str, Signature]:
    """By class name. A test may add one, as the next Keras may."""
    loaded: dict[str, Signature] = json.loads(FILE.read_text(encoding="utf-8"))
    return loaded


def _signature(name: str) -> Signature:
    """Of a class, or of a function of keras.ops: its tensors are no arguments to be edited."""
    return signatures().get(name) or operations().get(name, {})


def order_of(name: str) -> tuple[str, ...]:
    """The positional arguments of a class, in order; () for a class that Keras doesn't have."""
    return tuple(_signature(name).get("order", ()))


def arguments_of(name: str) -> tuple[str, ...]:
    """All arguments of a class that it names itself, those that must be given by name last."""
    return (*order_of(name), *_signature(name).get("named", ()))


def defaults_of(name: str) -> dict[str, Any]:
    """Argument -> default. Lists stand for tuples."""
    return dict(_signature(name).get("defaults", {}))


def needed(name: str) -> tuple[str, ...]:
    """The arguments without which the class can't be made."""
    defaults = defaults_of(name)
    return tuple(argument for argument in arguments_of(name) if argument not in defaults)


def signature_of(layer_class: type) -> Signature:
    """One class, read by Python itself. Private arguments and ``**kwargs`` are nobody's to give: left out."""
    parameters = [p for p in inspect.signature(layer_class).parameters.values() if not p.name.startswith("_")]
    order = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    named = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]
    defaults = {
        p.name: _plain(p.default) for p in parameters if p.name in (*order, *named) and p.default is not p.empty
    }
    return {"order": order, "named": named, "defaults": defaults}


def _plain(value: Any) -> Any:
    """A default as JSON has it; an object (a regularizer) by its class."""
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    return value if isinstance(value, bool | int | float | str | None) else type(value).__name__


def layer_classes() -> dict[str, type]:
    """Today's name -> class, of every layer that the installed Keras shows in `keras.layers`. Aliases are left out."""
    import keras

    public = {name: getattr(keras.layers, name) for name in dir(keras.layers) if not name.startswith("_")}
    classes = {name: found for name, found in public.items() if inspect.isclass(found)}
    own = {found: found.__name__ if found.__name__ in classes else name for name, found in classes.items()}
    return {name: found for found, name in own.items() if issubclass(found, keras.layers.Layer)}


def written() -> str:
    """The file's text, as the installed Keras says it: one class a line."""
    lines = (
        f"{json.dumps(name)}: {json.dumps(signature_of(found))}" for name, found in sorted(layer_classes().items())
    )
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
