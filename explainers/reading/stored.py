"""A model as Keras stores it (`to_json`, `get_config`): the lines of a program that makes the same model.

The words around it stay. Nothing is run: JSON and literals of Python are parsed, and layers are written by their
sheets.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

from explainers.core.layers import WRAPPERS, sheet
from explainers.core.layers.old_names import RENAMED
from explainers.core.layers.signatures import arguments_of, defaults_of
from explainers.reading.literal import BY_NAME, today_name

_BEGINS = re.compile(r"[\"']?(?=\{\s{0,40}[\"'](?:class_name|module|name|backend|keras_version|config)[\"']\s{0,4}:|"
                     r"\[\s{0,40}\{\s{0,40}[\"']class_name[\"']\s{0,4}:)")  # fmt: skip
Tensor = tuple[str, int, int]  # a layer, which of its calls, which of its outputs
MOST_PLACES = 8  # where such a model may begin
MOST_LAYERS = 400
_MODELS = ("Sequential", "Functional", "Model")
_LEFT_OUT = ("_initializer", "_regularizer", "_constraint")
_NOT_WRITTEN = ("name", "layer", "backward_layer", "dtype", "seed")
_WINDOWS = ("kernel_size", "pool_size", "strides", "dilation_rate", "axis")  # a list whose parts are equal: one number
_USUAL = {"activation": "'linear'", "data_format": "'channels_last'"}  # what a config has for None
_SIDES = (("nb_row", "nb_col"), ("kernel_dim1", "kernel_dim2", "kernel_dim3"))  # how Keras 1 said kernel_size
_INPUT_SHAPES = ("batch_shape", "batch_input_shape", "build_input_shape")


def as_code(text: str) -> str:
    """The text with a stored model in it as the program that makes it; itself where it has none."""
    if "class_name" not in text:
        return text
    for _, begin in zip(range(MOST_PLACES), _BEGINS.finditer(text), strict=False):
        quote = text[begin.start() : begin.end()]
        end = _end(text, begin.end())
        stored = _parsed(text[begin.end() : end]) if end is not None else None
        model = _model_in(stored)
        if model is None or end is None:
            continue
        end += len(quote) if text.startswith(quote, end) else 0
        lines = _Writer().written(*model)
        return "\n".join(filter(None, (text[: begin.start()].rstrip(" \n(="), lines, text[end:].lstrip(" \n),"))))
    return text


def _end(text: str, start: int) -> int | None:
    """Where the bracket that opens at a place is closed; None where it never is."""
    depth, quote, place = 0, "", start
    while place < len(text):
        sign = text[place]
        if quote:
            place += 1 if sign == "\\" else 0
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign in "{[(":
            depth += 1
        elif sign in "}])":
            depth -= 1
            if depth == 0:
                return place + 1
        place += 1
    return None


def _parsed(written: str) -> object:
    try:
        return json.loads(written)
    except (ValueError, RecursionError):
        pass
    try:
        return ast.literal_eval(written)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None


def _model_in(stored: object) -> tuple[str, dict[str, Any]] | None:
    """The class and the config of a stored model; None where it is none."""
    if isinstance(stored, list):
        stored = {"class_name": "Sequential", "config": {"layers": stored}}
    if not isinstance(stored, dict):
        return None
    kind, config = stored.get("class_name"), stored.get("config", stored)
    if isinstance(config, list):  # Keras 1 and 2.0 stored the layers of a Sequential and nothing else
        config = {"layers": config}
    if not isinstance(config, dict) or not isinstance(config.get("layers"), list):
        return None
    kind = kind if kind in _MODELS else "Functional" if "input_layers" in config else "Sequential"
    layers = config["layers"]
    whole = 0 < len(layers) <= MOST_LAYERS and all(
        isinstance(layer, dict) and "class_name" in layer for layer in layers
    )
    return (str(kind), config) if whole else None


class _Writer:
    """The lines of one stored model, and of the models inside of it."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.names: set[str] = set()
        self.several: dict[str, bool] = {}  # a tensor's variable -> whether it holds more than one

    def written(self, kind: str, config: dict[str, Any]) -> str:
        """All of it; the model is called `model`."""
        self.model(kind, config, "model")
        return "\n".join(("import keras", "from keras import layers", *self.lines))

    def model(self, kind: str, config: dict[str, Any], variable: str) -> None:
        """One model, and those inside of it before."""
        if kind == "Sequential":
            self.sequential(config, variable)
        else:
            self.functional(config, variable)

    def variable(self, name: object) -> str:
        """A name that no other variable has."""
        plain = re.sub(r"\W", "_", str(name))[:60] or "layer"
        plain = f"_{plain}" if plain[0].isdigit() else plain
        while plain in self.names or plain in ("keras", "layers", "model"):
            plain += "_"
        self.names.add(plain)
        return plain

    def sequential(self, config: dict[str, Any], variable: str) -> None:
        """``model.add`` for each layer, the Input in front."""
        added: list[str] = []
        stored = config["layers"]
        shape = _shape_of(stored[0]) or _shape_of({"config": config})
        added += [_input(shape, "")] if shape is not None else []
        added += [self.layer(one) for one in stored if one["class_name"] != "InputLayer"]
        self.lines.append(f"{variable} = keras.Sequential()")
        self.lines += [f"{variable}.add({one})" for one in added]

    def layer(self, stored: dict[str, Any]) -> str:
        """``layers.LSTM(9, return_sequences=True)``; a model inside is made first and named."""
        inner = _model_in(stored) if stored.get("class_name") in _MODELS else None
        if inner is not None:
            variable = self.variable(_name_of(stored) or "inner")
            self.model(*inner, variable)
            return variable
        kind = today_name(str(stored["class_name"])) or str(stored["class_name"]).rpartition(">")[2]
        config = stored.get("config")
        told = ", ".join(
            f"{key}={value}" for key, value in self.arguments(kind, config if isinstance(config, dict) else {})
        )
        return f"layers.{kind}({told})"

    def arguments(self, kind: str, config: dict[str, Any]) -> Iterator[tuple[str, str]]:
        """The arguments that differ from the defaults, by their names of today."""
        known, defaults = arguments_of(kind), defaults_of(kind)
        config = _of_today(kind, config)
        inner = config.get("layer")
        if kind in WRAPPERS and isinstance(inner, dict) and "class_name" in inner:
            yield "layer", self.layer(inner)
        for key in known:
            if key in _NOT_WRITTEN or key.endswith(_LEFT_OUT):
                continue
            plain, usual = (
                _plain(_one(values.get(key)) if key in _WINDOWS else values.get(key)) for values in (config, defaults)
            )
            same = key == "strides" and config.get(key) == config.get("pool_size")
            if plain is not None and not same and plain not in (usual, _USUAL.get(key)):
                yield key, plain
        if isinstance(config.get("name"), str):
            yield "name", repr(config["name"])

    # -- functional ------------------------------------------------------------------------------------------

    def functional(self, config: dict[str, Any], variable: str) -> None:
        """Each layer once, then each of its calls as soon as its tensors are there."""
        made: dict[tuple[str, int], str] = {}
        pending: list[tuple[dict[str, Any], str, int, object]] = []
        for stored in config["layers"]:
            name = _name_of(stored)
            if stored["class_name"] == "InputLayer":
                made[name, 0] = self.variable(name)
                self.lines.append(f"{made[name, 0]} = {_input(_shape_of(stored) or (None, None), name)}")
                continue
            layer = self.variable(f"{name}_layer")
            self.lines.append(f"{layer} = {self.layer(stored)}")
            nodes = stored.get("inbound_nodes")
            # An inner model was called once when it was made: Keras 2 counts that call, and doesn't store it.
            start = min((node for one, node, _ in _tensors(config) if one == name), default=0)
            start = start if stored["class_name"] in _MODELS else 0
            pending += [
                (stored, layer, i, node) for i, node in enumerate(nodes if isinstance(nodes, list) else [], start)
            ]
        while pending:
            ready = [one for one in pending if all((name, node) in made for name, node, _ in _tensors(one[3]))]
            if not ready:
                break
            for stored, layer, number, node in ready:
                out = self.variable(_name_of(stored))
                made[_name_of(stored), number] = out
                self.several[out] = _gives_several(stored)
                self.lines.append(f"{out} = {layer}({self.called_with(stored, node, made)})")
            pending = [one for one in pending if one not in ready]
        ends = [
            [self.tensor(tensor, made) for tensor in _tensors(config.get(key)) if (tensor[0], tensor[1]) in made]
            for key in ("input_layers", "output_layers")
        ]
        self.lines.append(f"{variable} = keras.Model([{', '.join(ends[0])}], [{', '.join(ends[1])}])")

    def tensor(self, tensor: Tensor, made: dict[tuple[str, int], str]) -> str:
        name, node, place = tensor
        variable = made[name, node]
        return f"{variable}[{place}]" if place or self.several.get(variable) else variable

    def called_with(self, stored: dict[str, Any], node: object, made: dict[tuple[str, int], str]) -> str:
        """What a layer is called with: one tensor, several, or a list of them; states and the like by their names."""
        positional, named = _call(node)
        told = [
            f"[{', '.join(self.tensor(one, made) for one in part)}]" if len(part) != 1 else self.tensor(part[0], made)
            for part in positional
        ]
        facts = sheet(today_name(str(stored["class_name"])))
        if (
            len(positional) == 1
            and len(positional[0]) > 1
            and facts is not None
            and facts.group in ("rnn", "rnn_wrapper")
        ):
            first, *states = (self.tensor(one, made) for one in positional[0])
            told = [first, f"initial_state=[{', '.join(states)}]"]
        for key, tensors in named:
            words = [self.tensor(one, made) for one in tensors]
            told.append(f"{key}={words[0]}" if len(words) == 1 else f"{key}=[{', '.join(words)}]")
        return ", ".join(told)


def _call(node: object) -> tuple[list[list[Tensor]], list[tuple[str, list[Tensor]]]]:
    """One call: its arguments by place, each with its tensors, and those by name."""
    if isinstance(node, dict):  # Keras 3: {"args": […], "kwargs": {…}}
        args, kwargs = node.get("args"), node.get("kwargs")
        by_name = [(key, list(_tensors(value))) for key, value in kwargs.items()] if isinstance(kwargs, dict) else []
        positional = [list(_tensors(one)) for one in args] if isinstance(args, list | tuple) else []
        return [one for one in positional if one], [(key, several) for key, several in by_name if several]
    parts = [part for part in node if isinstance(part, list | tuple)] if isinstance(node, list | tuple) else []
    extra = next((part[3] for part in parts if len(part) > 3 and isinstance(part[3], dict)), {})
    named = [(key, several) for key, value in extra.items() if (several := list(_tensors(value)))]
    first = [one for part in parts if (one := _tensor(part)) is not None]
    return [first or list(_tensors(node))], named


def _tensor(part: object) -> Tensor | None:
    """``["lstm", 0, 1]``: the layer, which of its calls, which of its outputs."""
    if isinstance(part, list | tuple) and len(part) in (3, 4) and isinstance(part[0], str):
        name, node, place = part[:3]
        if type(node) is int and type(place) is int:
            return name, node, place
    return None


def _tensors(part: object) -> Iterator[Tensor]:
    """All tensors in a part of a stored call, in order."""
    one = _tensor(part)
    if one is not None:
        yield one
        part = part[3] if isinstance(part, list | tuple) and len(part) > 3 else None
    if isinstance(part, dict) and part.get("class_name") == "__keras_tensor__":
        history = part.get("config")
        yield from _tensors(history.get("keras_history") if isinstance(history, dict) else None)
    elif isinstance(part, dict):
        for value in part.values():
            yield from _tensors(value)
    elif isinstance(part, list | tuple) and one is None:
        for value in part:
            yield from _tensors(value)


def _name_of(stored: dict[str, Any]) -> str:
    config = stored.get("config")
    name = stored.get("name") or (config.get("name") if isinstance(config, dict) else None)
    return str(name or stored["class_name"])


def _gives_several(stored: dict[str, Any]) -> bool:
    """Whether a call of the layer returns more than one tensor."""
    config = stored.get("config")
    if not isinstance(config, dict):
        return False
    ends = list(_tensors(config.get("output_layers")))
    inner = config.get("layer")
    return bool(config.get("return_state")) or len(ends) > 1 or (isinstance(inner, dict) and _gives_several(inner))


def _shape_of(stored: dict[str, Any]) -> tuple[int | None, ...] | None:
    """The shape that a layer or a model was built for, with the batch."""
    config = stored.get("config")
    if not isinstance(config, dict):
        return None
    for key in _INPUT_SHAPES:
        shape = config.get(key)
        if isinstance(shape, list | tuple) and len(shape) > 1 and all(n is None or type(n) is int for n in shape):
            return tuple(shape)
    width = config.get("input_dim")
    if stored.get("class_name") not in ("Embedding", None) and type(width) is int:
        rules = BY_NAME.get(today_name(str(stored["class_name"])) or "")
        length = config.get("input_length")
        between = (length if type(length) is int else None,) if rules is not None and rules.rank == 3 else ()
        return (None, *between, width)
    return None


def _input(shape: tuple[int | None, ...], name: str) -> str:
    """``keras.Input(shape=(30, 6))``; a fixed batch is kept."""
    told = f"shape={shape[1:]}" if shape[0] is None else f"batch_shape={shape}"
    return f"keras.Input({told}, name={name!r})" if name else f"keras.Input({told})"


def _of_today(kind: str, config: dict[str, Any]) -> dict[str, Any]:
    """The config with the names of today's arguments."""
    known = arguments_of(kind)
    today = {key if key in known else RENAMED.get(key) or key: value for key, value in config.items()}
    if "units" in known and "output_dim" in today:
        today["units"] = today["output_dim"]
    if "negative_slope" in known and "alpha" in today:
        today["negative_slope"] = today["alpha"]
    for sides in _SIDES:
        if "kernel_size" in known and all(side in today for side in sides):
            today["kernel_size"] = tuple(today[side] for side in sides)
    return today


def _held(value: object) -> object:
    """Lists as tuples, as deep as they go."""
    return tuple(map(_held, value)) if isinstance(value, list | tuple) else value


def _one(value: object) -> object:
    """``(3, 3)`` -> ``3``: a window with equal sides."""
    sides = value if isinstance(value, list | tuple) else ()
    return sides[0] if sides and all(type(side) is int and side == sides[0] for side in sides) else value


def _plain(value: object) -> str | None:
    """A value as it is written; None for None and for an object that has no name."""
    if isinstance(value, dict):
        inside = value.get("config")
        value = inside if isinstance(inside, str) else inside.get("name") if isinstance(inside, dict) else None
    if isinstance(value, str | bool | int | float | list | tuple):
        return repr(_held(value))
    return None
