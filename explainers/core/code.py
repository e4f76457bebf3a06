"""The model as code that runs as shown: one line per layer call, with a shape comment on each.

Written from the live graph, so it fits lessons and pasted models alike, and the failing line too.
"""

from __future__ import annotations

import inspect
import keyword
import re
import textwrap
from collections.abc import Sequence
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

from explainers.core.axes import Shape, names, plain
from explainers.core.calls import given as arguments_given
from explainers.core.calls import read_by
from explainers.core.graph import Walked, follow
from explainers.core.layers.book import is_graph
from explainers.core.operations import as_written, expression, is_operation

_SKIPPED = {
    "name",
    "trainable",
    "dtype",
    "seed",
    "layer",
    "backward_layer",
    "cell",
    "cells",
    "autocast",
    "quantization_config",
}


_arguments_of: WeakKeyDictionary[Any, dict[str, str]] = WeakKeyDictionary()  # get_config is slow: once per layer


def arguments(layer: Any) -> dict[str, str]:
    """The arguments worth reading: required ones, and those that differ from their defaults."""
    if layer not in _arguments_of:
        _arguments_of[layer] = _read_arguments(layer)
    return _arguments_of[layer]


def _read_arguments(layer: Any) -> dict[str, str]:
    if type(layer).__name__ == "InputLayer":
        if not layer._inbound_nodes:
            return _refused_input(layer)
        batch, *sample = tuple(layer.output.shape) or (None,)
        return {"shape": repr(tuple(sample)), **({"batch_size": repr(batch)} if batch is not None else {})}
    try:
        config, defaults = layer.get_config(), _defaults(layer.__class__)
    except (AttributeError, NotImplementedError, TypeError, ValueError):  # also a layer whose constructor failed
        return {}
    chosen: dict[str, str] = {}
    for name, default in defaults.items():
        if name in _SKIPPED or name not in config or isinstance(config[name], dict):
            continue
        value = _simplified(config[name])
        required = default is inspect.Parameter.empty
        said_anyway = (name, value) in (("data_format", "channels_last"), ("strides", None))
        if (required or value != _simplified(default)) and not said_anyway:
            chosen[name] = repr(value)
    if "pool_size" in config:
        size = repr(_simplified(config["pool_size"]))
        rest = {name: text for name, text in chosen.items() if name != "pool_size"}
        chosen = {"pool_size": size, **rest}  # always worth reading, also where it is the default
        if chosen.get("strides") == size:
            chosen.pop("strides")  # strides default to the pool_size
    return chosen


def _refused_input(layer: Any) -> dict[str, str]:
    """What an Input was given that Keras refused: it has no tensor, only the words of its call."""
    given = getattr(getattr(layer, "_auto_config", None), "config", {})
    words = ("shape", "batch_size", "batch_shape", "dtype")
    return {word: repr(_plain_list(given[word])) for word in words if given.get(word) is not None}


def _plain_list(value: Any) -> Any:
    """Keras keeps a tuple as {"class_name": "__tuple__", "items": […]}."""
    return tuple(value["items"]) if isinstance(value, dict) and "items" in value else value


@cache
def _defaults(layer_class: type) -> dict[str, Any]:
    """Constructor arguments with their defaults, in order, the base classes' where **kwargs pass them on."""
    found: dict[str, Any] = {}
    for parameter in inspect.signature(layer_class.__init__).parameters.values():  # type: ignore[misc]
        if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY) and parameter.name != "self":
            found[parameter.name] = parameter.default
    return found


def _simplified(value: Any) -> Any:
    """(3,) and [3] mean 3 where Keras counts one axis; no activation is the linear one."""
    if value == "linear":
        return None
    if isinstance(value, tuple | list):
        plain_values = tuple(value)
        return plain_values[0] if len(plain_values) == 1 and isinstance(plain_values[0], int) else plain_values
    return value


def constructor(layer: Any) -> str:
    """``layers.LSTM(units=5, return_sequences=True, name="lstm_1")``."""
    if is_graph(layer):
        return f"make_{variable(layer.name)}()"
    inner = _wrapped(layer)
    parts = [inner] if inner else []
    parts += [f"{name}={_argument(layer, name, text)}" for name, text in arguments(layer).items()]
    named = [f'name="{layer.name}"'] if _is_layer(layer) and _takes_name(layer.__class__) else []
    return f"{_class_path(layer)}({', '.join(parts + named)})"


@cache
def _takes_name(of: type) -> bool:
    """Whether a class can be made with a name: a custom one may not hand it on."""
    parameters = inspect.signature(of).parameters.values()
    return any(p.name == "name" or p.kind is p.VAR_KEYWORD for p in parameters)


def _argument(layer: Any, name: str, text: str) -> str:
    """target_shape=6 would not run: shapes stay tuples."""
    return f"({text},)" if name in ("target_shape", "dims") and not text.startswith("(") else text


def _wrapped(layer: Any) -> str:
    if hasattr(layer, "forward_layer"):
        return constructor(layer.forward_layer).replace('name="forward_', 'name="', 1)
    if type(layer).__name__ == "TimeDistributed":
        inner = getattr(layer, "layer", None)  # none where Keras refused to make it
        return constructor(inner) if inner is not None else ""
    if type(layer).__name__ == "RNN":
        return constructor(layer.cell)
    if type(layer).__name__ == "StackedRNNCells":
        return "[" + ", ".join(constructor(cell) for cell in getattr(layer, "cells", ())) + "]"
    return ""


def _is_layer(layer: Any) -> bool:
    """Whether it takes part under its own name; a cell is only a part of its layer."""
    return hasattr(layer, "add_weight") and (hasattr(layer, "cell") or not hasattr(layer, "state_size"))


def _class_path(layer: Any) -> str:
    name = type(layer).__name__
    return f"layers.{name}" if type(layer).__module__.startswith("keras.") else name


def custom_sources(steps: Sequence[Walked]) -> list[str]:
    """The source of every class that is not Keras' own, once each, in order of use."""
    sources: dict[str, str] = {}
    for step in steps:
        for part in _parts(step.layer):
            if not type(part).__module__.startswith("keras.") and not is_graph(part):
                sources.setdefault(type(part).__name__, class_source(part.__class__))
    return list(sources.values())


@cache  # Python parses the whole file for it
def class_source(of: type) -> str:
    """The class as code to copy: notes to a type checker mean nothing there.

    A class that was made in a notebook's cell or by `exec` may have no source any more.
    """
    try:
        source = textwrap.dedent(inspect.getsource(of)).rstrip()
    except (OSError, TypeError):
        return f"# class {of.__name__}: its source isn't available here, so add the class yourself"
    return re.sub(r"  # type: ignore\[[\w, -]+\]", "", source)


def _parts(layer: Any) -> list[Any]:
    inner = [getattr(layer, name, None) for name in ("forward_layer", "layer", "cell")]
    cells = list(getattr(layer, "cells", []))
    return [layer] + [deep for part in [*inner, *cells] if part is not None for deep in _parts(part)]


def variable(name: str) -> str:
    """A layer's name as a Python variable."""
    cleaned = re.sub(r"\W", "_", name)
    cleaned = f"t_{cleaned}" if not cleaned or cleaned[0].isdigit() else cleaned
    return f"{cleaned}_" if keyword.iskeyword(cleaned) or cleaned in ("keras", "layers", "model") else cleaned


def write(
    steps: Sequence[Walked],
    outputs: Sequence[tuple[int, int]],
    model_name: str,
    failing: tuple[Any, Sequence[tuple[int, int]]] | None,
) -> tuple[str, dict[str, int]]:
    """The code, and on which line (from 1) each layer stands.

    outputs: (step, output) of each model output. failing: the layer that refused, and what it was given.
    """
    lines = _imports(steps, failing)
    numbers: dict[str, int] = {}
    variables = _variables(steps)
    shared = _shared(steps)
    for index, step in enumerate(steps):
        if step.layer.name in shared and step.layer.name not in numbers:
            lines.append(f"{shared[step.layer.name]} = {constructor(step.layer)}")
        target = ", ".join(variables[index])
        text = f"{target} = {_expression(step, variables, shared)}"
        lines.append(f"{text}  # {' and '.join(_commented(shape) for shape in step.outputs)}")
        numbers.setdefault(step.layer.name, len(lines))
    if failing is not None:
        layer, given = failing
        lines.append(f"{variable(layer.name)} = {_failing(layer, [variables[s][o] for s, o in given])}  # fails here")
        numbers[layer.name] = len(lines)
    else:
        ends = [variables[s][o] for s, o in outputs]
        starts = [variables[i][0] for i, step in enumerate(steps) if not step.parents]
        lines += ["", f'model = keras.Model({_fed(starts)}, {_fed(ends)}, name="{model_name}")']
    return "\n".join(lines) + "\n", numbers


def _failing(layer: Any, given: list[str]) -> str:
    """The call that is refused; an Input is one by itself."""
    if type(layer).__name__ == "InputLayer":
        words = [f"{name}={text}" for name, text in arguments(layer).items()]
        named = f'name="{layer.name}"'
        return f"keras.Input({', '.join([*words, named])})"
    return f"{constructor(layer)}({_called(layer, given)})"


def _shared(steps: Sequence[Walked]) -> dict[str, str]:
    """Layers that are called more than once, and the variable that holds each."""
    calls = [step.layer.name for step in steps]
    return {name: f"{variable(name)}_layer" for name in calls if calls.count(name) > 1}


def _imports(steps: Sequence[Walked], failing: Any) -> list[str]:
    lines = ["import keras", "from keras import layers", ""]
    sources = custom_sources(steps)
    if failing is not None:
        for part in _parts(failing[0]):
            source = "" if type(part).__module__.startswith("keras.") else class_source(part.__class__)
            if source and source not in sources:
                sources.append(source)
    if any("ops." in source for source in sources) or any(is_operation(step.layer) for step in steps):
        lines[1:2] = ["from keras import layers, ops"]
    for source in sources:
        lines += ["", *source.splitlines(), ""]
    return [*lines, *_inner_models(steps)]


def _inner_models(steps: Sequence[Walked]) -> list[str]:
    """A function for each model inside the model, which makes it."""
    models = {part.name: part for step in steps for part in _parts(step.layer) if is_graph(part)}
    lines: list[str] = []
    for name, model in models.items():
        walk = follow(model.inputs, model.outputs)
        places = {id(t): (i, k) for i, s in enumerate(walk.steps) for k, t in enumerate(s.node.output_tensors)}
        text, _ = write(walk.steps, [places[id(tensor)] for tensor in model.outputs], name, None)
        body = [f"    {line}".rstrip() for line in text.rstrip().splitlines() if not line.startswith(_FIRST_LINES)]
        body[-1] = body[-1].replace("    model = ", "    return ", 1)
        lines += ["", f"def make_{variable(name)}():", *[line for line in body if line], ""]
    return lines


_FIRST_LINES = ("import keras", "from keras import")


def _variables(steps: Sequence[Walked]) -> list[list[str]]:
    return variables([(step.layer.name, len(step.outputs)) for step in steps])


def variables(calls: Sequence[tuple[str, int]]) -> list[list[str]]:
    """The variables that hold the outputs of each call, given as (layer name, number of outputs), in flow order.

    A layer that is called again gets new ones: ``rnn``, then ``rnn_call_2``; several outputs are ``rnn_0``, ``rnn_1``.
    """
    used: dict[str, int] = {}
    all_names: list[list[str]] = []
    for name, outputs in calls:
        base = variable(name)
        used[base] = used.get(base, 0) + 1
        base = base if used[base] == 1 else f"{base}_call_{used[base]}"
        all_names.append([f"{base}_{i}" for i in range(outputs)] if outputs > 1 else [base])
    return all_names


def _expression(step: Walked, variables: list[list[str]], shared: dict[str, str]) -> str:
    if not step.parents:
        return _input(step.layer)
    given = [variables[s][o] for s, o in step.parents]
    if is_operation(step.layer):
        return expression(step.layer, given)
    fed = _fed_as_called(step, given)
    return f"{shared.get(step.layer.name) or constructor(step.layer)}({fed})"


def _fed_as_called(step: Walked, given: list[str]) -> str:
    """What stood in the call's brackets: ``query, value, use_causal_mask=True``. Keras' own additions are left out."""
    if hasattr(step.layer, "cell") or hasattr(step.layer, "forward_layer"):
        return _called(step.layer, given)
    names = {id(tensor): name for tensor, name in zip(read_by(step.node), given, strict=True)}
    positional = len(step.node.arguments.args)
    words = []
    for place, (name, value) in enumerate(arguments_given(step.node)):
        if value is not None and name != "training":
            text = as_written(value, names)
            words.append(text if place < positional else f"{name}={text}")
    return ", ".join(words)


def _called(layer: Any, given: list[str]) -> str:
    """What stands in the call's brackets: the states of a recurrent layer by name."""
    if len(given) > 1 and (hasattr(layer, "cell") or hasattr(layer, "forward_layer")):
        return f"{given[0]}, initial_state=[{', '.join(given[1:])}]"
    return _fed(given)


def _input(layer: Any) -> str:
    if not layer.output.shape:  # a single number, without even a batch
        return f'keras.Input(batch_shape=(), name="{layer.name}")'
    batch, *sample = tuple(layer.output.shape)
    fixed = f", batch_size={batch}" if batch is not None else ""
    dtype = f', dtype="{layer.output.dtype}"' if layer.output.dtype != "float32" else ""
    return f'keras.Input(shape={tuple(sample)}{fixed}{dtype}, name="{layer.name}")'


def _fed(variables: list[str]) -> str:
    return variables[0] if len(variables) == 1 else f"[{', '.join(variables)}]"


def _commented(shape: Shape) -> str:
    return f"{plain(shape)} {', '.join(names(shape))}"
