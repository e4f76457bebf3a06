"""A stranger's configuration -> one that is safe to build: Keras' own layers, plain arguments, nothing else.

Nothing is passed on because it looks harmless: each entry is made anew, of classes on the list and of numbers, texts
and lists. Initializers, regularizers and constraints don't change a shape and are left out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from explainers.core.layers import SHEETS
from explainers.core.layers.operations import MODULES
from explainers.core.limits import Limits
from explainers.saved.files import Refused, Unknown
from explainers.saved.wiring import MOST_CALLS, calls, in_order, name_of

Config = dict[str, Any]
MODELS = {"Sequential": "keras", "Functional": "keras.src.models.functional", "Model": "keras.src.models.functional"}
DEEPEST = 40  # levels of the JSON
LONGEST = 1_000  # letters of a text
LARGEST = 10_000_000  # of a whole number that says a size
MOST_VALUES = 400_000  # numbers, texts and lists in all
MOST_SEQUENTIAL = 100  # layers of a Sequential inside a model: Keras builds them anew for each
_NOT_MADE = ("abstract", "foreign", "custom")  # groups of layers that carry code or another framework's model
_OPERATIONS = MODULES  # of keras.ops; one that is given a function has an argument that isn't made
_PLACES = ("keras.layers", "keras.models", "keras.src.layers", "keras.src.models", "keras.engine", "tf_keras", "keras")
_INSIDE = (
    "layer",
    "backward_layer",
    "forward_layer",
    "cell",
    "cells",
    "layers",
)  # arguments that are layers themselves
_DATA = ("__keras_tensor__", "__ellipsis__", "__slice__", "__tuple__")
_WITHOUT = ("build_config", "compile_config", "shared_object_id", "seed_generator", "quantization_config")
_OLD = ("implementation", "time_major", "batch_input_shape")  # of earlier Keras, and without a meaning today


@dataclass
class _Seen:
    """What was counted so far."""

    limits: Limits
    values: int = 0
    layers: int = 0

    def value(self) -> None:
        self.values += 1
        if self.values > MOST_VALUES:
            raise Refused(f"The configuration has more than {MOST_VALUES:,} values.")

    def layer(self) -> None:
        self.layers += 1
        if self.layers > self.limits.layers:
            raise Refused(f"The model has more than the {self.limits.layers:,} layers that this server builds.")


def allowed(config: Config, limits: Limits) -> Config:
    """The configuration, made anew of what is allowed. Raises Refused with one sentence."""
    seen = _Seen(limits)
    if str(config.get("class_name")) not in MODELS:
        raise Refused(
            f"The model is of the class {_shown(config.get('class_name'))}, whose code isn't in the "
            "file. Sequential and Functional models can be rebuilt. Paste your program instead, with this code in it, "
            "or call explain(model) in your notebook."
        )
    made = _object(config, seen, 0)
    if calls(made) > MOST_CALLS:
        raise Refused(f"Building the model would take more than {MOST_CALLS:,} calls of layers.")
    return made


def foreign(layers: list[Any], limits: Limits) -> set[str]:
    """The names of layers that have code which isn't in the file. Raises Refused for whatever else is wrong."""
    seen, found = _Seen(limits), set[str]()
    for layer in layers:
        try:
            _object(layer, seen, 1)
        except Unknown:
            found.add(name_of(layer))
    return found


def _shown(value: Any) -> str:
    """Something of the file, to be said back: short, and without what a terminal would obey."""
    text = "".join(sign if sign.isprintable() else "?" for sign in str(value)[:60])
    return f"“{text}”"


# -- layers and models ---------------------------------------------------------------------------------------


def _object(node: Any, seen: _Seen, depth: int) -> Config:
    """A model, a layer, a cell or an operation."""
    _deep_enough(depth)
    if not isinstance(node, dict) or not isinstance(node.get("config"), dict):
        raise Refused("A layer of the configuration isn't an object with a config.")
    name, module = node.get("class_name"), node.get("module") or "keras.layers"
    registered = node.get("registered_name")
    if registered is not None and (not isinstance(registered, str) or ">" in registered):
        raise Unknown(f"{_shown(registered)} is a registered custom class; its code isn't in the file.")
    seen.layer()
    made: Config = {"class_name": name, "config": {}, "registered_name": None}
    if "module" not in node and isinstance(name, str) and "trainable" not in node["config"]:
        # An .h5 file names no module; of an operation (`x + y`, "Add") it says less than of the layer of that name.
        module = next((place for place in _OPERATIONS if _is_operation(name, place)), module)
    if isinstance(name, str) and isinstance(module, str) and _is_operation(name, module):
        made |= {"module": module, "registered_name": name, "config": _arguments(node["config"], seen, depth)}
    elif isinstance(name, str) and name in MODELS:
        made |= {"module": MODELS[name], "config": _model(node, seen, depth)}
        made["class_name"] = "Sequential" if name == "Sequential" else "Functional"
    else:
        made |= {"module": "keras.layers", "config": _layer(name, module, node["config"], seen, depth)}
    if not isinstance(node.get("inbound_nodes", []), list):
        raise Refused("A layer of the configuration has no list of its calls.")
    made |= {key: _data(node[key], seen, depth + 1) for key in ("name", "inbound_nodes") if key in node}
    return made


def _is_operation(name: str, module: str) -> bool:
    """An operation between layers (`x + y`): a class of Keras' own modules of operations."""
    if module not in _OPERATIONS:
        return False
    from keras import Operation

    found = getattr(import_module(module), name, None)
    return isinstance(found, type) and issubclass(found, Operation) and found.__module__ == module


def _layer(name: Any, module: Any, config: Config, seen: _Seen, depth: int) -> Config:
    sheet = SHEETS.get(name) if isinstance(name, str) else None
    if name == "Lambda":
        raise Unknown(f"The layer {_shown(config.get('name'))} is a Lambda: it carries code, which isn't run here.")
    home = isinstance(module, str) and any(module == place or module.startswith(f"{place}.") for place in _PLACES)
    if sheet is None or sheet.group in _NOT_MADE or not home:
        where = f" of {_shown(module)}" if not home else ""
        raise Unknown(
            f"{_shown(name)}{where} isn't one of the Keras layers that this app builds; its code isn't in the file."
        )
    if "vocabulary" in (*sheet.order, *sheet.also) and isinstance(config.get("vocabulary"), str):
        raise Refused(f"The vocabulary of {_shown(config.get('name'))} is the name of a file; no other file is opened.")
    return _arguments(config, seen, depth)


def _model(node: Config, seen: _Seen, depth: int) -> Config:
    """A Functional or Sequential: its layers, and how they hang together."""
    config = node["config"]
    layers = config.get("layers")
    if not isinstance(layers, list) or not layers:
        raise Refused("A model of the configuration has no list of layers.")
    made = {"name": _data(config.get("name", "model"), seen, depth + 1)}
    made["layers"] = [_object(layer, seen, depth + 1) for layer in layers]
    if node["class_name"] == "Sequential":
        if depth and len(layers) > MOST_SEQUENTIAL:
            raise Refused(f"A Sequential inside a model has more than {MOST_SEQUENTIAL} layers.")
        return _with_input(made, node, seen)
    made["layers"] = in_order(made["layers"])
    for key in ("input_layers", "output_layers"):
        made[key] = _data(config.get(key), seen, depth + 1)
    return made


def _with_input(made: Config, node: Config, seen: _Seen) -> Config:
    """A Sequential that was built by data says their shape beside its layers."""
    build = node.get("build_config")
    shape = build.get("input_shape") if isinstance(build, dict) else node["config"].get("build_input_shape")
    if isinstance(shape, list) and made["layers"][0]["class_name"] != "InputLayer":
        layer = {"batch_shape": _data(shape, seen, 1), "name": "input"}
        first = {"module": "keras.layers", "class_name": "InputLayer", "config": layer, "registered_name": None}
        made["layers"].insert(0, first)
    return made


# -- arguments -----------------------------------------------------------------------------------------------


def _arguments(config: Config, seen: _Seen, depth: int) -> Config:
    made: Config = {}
    for key, value in config.items():
        if key in _WITHOUT or key in _OLD[:2]:
            continue
        made[_text(key, seen)] = _argument(key, value, seen, depth + 1)
    if "batch_shape" in made or not isinstance(config.get("batch_input_shape"), list):
        made.pop("batch_input_shape", None)
    return made


def _argument(key: str, value: Any, seen: _Seen, depth: int) -> Any:
    """One argument; those that don't change a shape are put as simply as they can be."""
    if key.endswith("_initializer"):
        return "zeros" if value is not None else None
    if key.endswith(("_regularizer", "_constraint")):
        return None
    if key in ("activation", "recurrent_activation"):
        return _activation(value)
    if key == "dtype":
        return _dtype(value)
    if key in _INSIDE and isinstance(value, dict | list):
        return (
            [_object(part, seen, depth) for part in value] if isinstance(value, list) else _object(value, seen, depth)
        )
    if key == "seed":
        return None
    return _data(value, seen, depth)


def _activation(value: Any) -> str | None:
    """The name of one of Keras' activations."""
    from keras import activations

    if isinstance(value, dict) and "class_name" not in value:
        raise Unknown("An activation is a lambda: it carries code, which isn't run here.")
    name = value.get("config") if isinstance(value, dict) and value.get("class_name") == "function" else value
    if isinstance(value, dict) and value.get("class_name") != "function":
        name = value.get("class_name")
    if name is None:
        return None
    named: Callable[..., Any] | None = getattr(activations, str(name).lower(), None) if isinstance(name, str) else None
    if named is None or not name.replace("_", "").isalnum() or name in ("get", "serialize", "deserialize"):
        raise Unknown(f"The activation {_shown(name)} isn't one of Keras' own; its code isn't in the file.")
    return str(name).lower()


def _dtype(value: Any) -> str | None:
    """The name of a dtype or of a policy."""
    inner = value.get("config") if isinstance(value, dict) else None
    name = inner.get("name") if isinstance(inner, dict) else value
    if name is None:
        return None
    if isinstance(value, dict) and value.get("class_name") not in ("DTypePolicy", "Policy", "FloatDTypePolicy"):
        raise Refused(
            f"A layer has the dtype policy {_shown(value.get('class_name'))}; quantized files aren't rebuilt."
        )
    plain = ("float16", "bfloat16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "bool", "string")
    return name if isinstance(name, str) and name in (*plain, "mixed_float16", "mixed_bfloat16") else "float32"


def _data(value: Any, seen: _Seen, depth: int) -> Any:
    """Numbers, texts, lists, and the few objects of Keras' own that say which tensor goes where."""
    _deep_enough(depth)
    seen.value()
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        if abs(value) > LARGEST:
            raise Refused(f"A number of the configuration, {str(value)[:30]}, is above the {LARGEST:,} allowed here.")
        return value
    if isinstance(value, str):
        return _text(value, seen)
    if isinstance(value, list):
        return [_data(part, seen, depth + 1) for part in value]
    if isinstance(value, dict):
        return _node(value, seen, depth)
    raise Refused("The configuration holds something that isn't a number, text or list.")


def _node(value: Config, seen: _Seen, depth: int) -> Config:
    if "class_name" in value and value["class_name"] not in _DATA:
        raise Refused(
            f"An argument is an object of the class {_shown(value['class_name'])}, which this app doesn't make."
        )
    if "module" in value or "registered_name" in value or "__typespec__" in value:
        raise Refused("An argument of a layer names a module; no modules are loaded.")
    return {_text(key, seen): _data(part, seen, depth + 1) for key, part in value.items()}


def _text(value: str, seen: _Seen) -> str:
    seen.value()
    if len(value) > LONGEST:
        raise Refused(f"A text in the configuration has {len(value):,} characters; at most {LONGEST:,} are read.")
    if any(unicodedata.category(sign) in ("Cc", "Cs", "Cf") for sign in value):
        raise Refused(f"A text in the configuration has control characters: {_shown(value)}.")
    return value


def _deep_enough(depth: int) -> None:
    if depth > DEEPEST:
        raise Refused(f"The configuration nests more than {DEEPEST} levels deep.")
