"""Methods, by what they belong to: a model, data, a list, an object of the text."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from explainers.reading.code.arithmetic import BRACES, spelled
from explainers.reading.code.arrays import RULES, array_function
from explainers.reading.code.budget import MOST_ITEMS
from explainers.reading.code.calling import call_layer
from explainers.reading.code.frames import in_place, mapped, stream_method, table_method, tool_method
from explainers.reading.code.models import FED, bracketless, layer_method, method_of_unknown, model_method
from explainers.reading.code.objects import run_object
from explainers.reading.code.on_data import model_on
from explainers.reading.code.options import options_method
from explainers.reading.code.pretrained import BackboneV, get_layer
from explainers.reading.code.samples import flow_of
from explainers.reading.code.steps import put_in
from explainers.reading.code.subclassed import is_model, object_of_data
from explainers.reading.code.tuning import hyperparameter
from explainers.reading.code.values import (
    NOT_READ,
    Arr,
    FuncV,
    Items,
    Keyed,
    LayerV,
    Missing,
    ModelV,
    ObjV,
    Options,
    Stream,
    Sym,
    Ten,
    Value,
    Weight,
    count_of,
    function_of,
    keyed,
)

if TYPE_CHECKING:
    from explainers.reading.code.evaluator import Reader


LONGEST_WORD = 4000  # characters of a text that is put together


def object_method(reader: Reader, made: ObjV, name: str, node: ast.Call) -> Value:
    """self.add_weight(shape=…), self.dense(x), a method of the class."""
    held = made.attributes.get(name)
    if isinstance(held, LayerV):
        return call_layer(reader, held, node)  # which reads the arguments itself
    positional, named = reader.arguments(node)
    if name == "add_weight":
        shape = named.get("shape", next((v for v in positional if isinstance(v, tuple | list)), None))
        sizes = reader.sizes(shape)
        return Weight(sizes) if sizes is not None else Missing("a weight")
    if isinstance(held, ModelV):
        return model_on(reader, held, positional, node)
    if isinstance(held, ObjV):
        return run_object(reader, held, positional, named)
    function = function_of(made.cls.node, name)
    own = function is not None and not made.cls.node.bases  # its own way of making a model, nothing of Keras
    if name == "build" and not own and made.attributes.get("built") is None and positional:
        sizes = reader.sizes(positional[0])
        if sizes is not None and len(sizes) > 1:
            run_object(reader, made, [Ten(reader.graph.add_input(sizes, "", "float32", "the shape given to build"))])
        return Missing(name)
    if is_model(made) and name in (*FED, "compile") and (function is None or name == "compile"):
        return object_of_data(reader, made, name, node)
    if name in ("summary", "build") and not own:
        return Missing(name)
    return reader.run(FuncV(function, made), positional, named) if function is not None else NOT_READ


def _of_text(reader: Reader, owner: str, name: str, node: ast.Call) -> Value:
    if name == "join" and len(node.args) == 1:
        return _joined(owner, reader.value(node.args[0]))
    if name == "format":
        return spelled(owner, BRACES, reader.arguments(node)[0])
    return _spelled_otherwise(owner, name, reader.arguments(node)[0]) if name in _OF_WORDS else NOT_READ


_OF_WORDS: dict[str, Callable[..., str | bool | list[str]]] = {  # a table of our own: nothing of the text is looked up
    "split": str.split,
    "splitlines": str.splitlines,
    "lower": str.lower,
    "upper": str.upper,
    "strip": str.strip,
    "capitalize": str.capitalize,
    "title": str.title,
    "replace": str.replace,
    "removeprefix": str.removeprefix,
    "removesuffix": str.removesuffix,
    "startswith": str.startswith,
    "endswith": str.endswith,
    "isdigit": str.isdigit,
}


def _spelled_otherwise(owner: str, name: str, positional: list[Value]) -> Value:
    """``"conv_3".split("_")``, ``name.lower()``; NOT_READ where the text doesn't give what it is given."""
    given = [part for part in positional if isinstance(part, str) and len(part) <= 40]
    if len(given) < len(positional) or len(owner) > LONGEST_WORD:
        return NOT_READ
    try:
        made = _OF_WORDS[name](owner, *given)
    except (TypeError, ValueError):
        return NOT_READ
    if isinstance(made, list):
        return Items(made[:MOST_ITEMS], len(made))
    return made if isinstance(made, bool) or len(made) <= LONGEST_WORD else NOT_READ


def _joined(between: str, parts: Value) -> Value:
    """``"".join(texts)``; NOT_READ where the text doesn't give all of them."""
    words = [part for part in parts if isinstance(part, str)] if isinstance(parts, list | tuple) else []
    told = isinstance(parts, list | tuple) and count_of(parts) == len(words) and sum(map(len, words)) <= LONGEST_WORD
    return between.join(words) if told and len(between) <= 10 else NOT_READ


def _of_list(reader: Reader, owner: list[Value], name: str, node: ast.Call) -> Value:
    if name == "pop":
        return _popped(owner, reader.arguments(node)[0])
    if name in ("add", "update") and isinstance(owner, Items):
        return _to_a_set(reader, owner, reader.arguments(node)[0], name == "update")
    if name not in ("append", "extend", "insert"):
        return NOT_READ
    positional, _ = reader.arguments(node)
    if positional:
        last = positional[-1]
        several = list(last) if name == "extend" and isinstance(last, list | tuple) else [last]
        owner += several
        if isinstance(owner, Items):
            owner.grow(len(several))
            reader.grew(owner, len(several))
        reader.budget.hold(owner)
    return None


def _to_a_set(reader: Reader, owner: Items, positional: list[Value], several: bool) -> Value:
    """``seen.add(word)`` and ``seen.update(words)``: what the text gives once, else as often as data decide."""
    given = positional[0] if positional else None
    parts = [*given] if several and isinstance(given, list | tuple | dict) else [given]
    told = all(isinstance(part, str | int) for part in parts)
    new = list(dict.fromkeys(part for part in parts if part not in owner)) if told else []
    owner += new
    owner.grow(len(new) if told else None)
    reader.grew(owner, len(new))
    return None


def _popped(owner: list[Value], positional: list[Value]) -> Value:
    """``skips.pop()``, of a list that was read whole."""
    place = positional[0] if positional else -1
    told = count_of(owner) == len(owner) and isinstance(place, int) and -len(owner) <= place < len(owner)
    if not told or not isinstance(place, int):
        return NOT_READ
    if isinstance(owner, Items):
        owner.total = len(owner) - 1
    return owner.pop(place)


def _of_dict(reader: Reader, owner: dict[Value, Value], name: str, node: ast.Call) -> Value:
    positional, named = reader.arguments(node)
    if name == "setdefault" and positional:
        given = positional[1] if len(positional) > 1 else None
        return owner[positional[0]] if _told_in(owner, positional[0]) else put_in(reader, owner, positional[0], given)
    if name == "items":
        return Items(owner.items(), count_of(owner))
    if name in ("keys", "values"):
        return Items(owner if name == "keys" else owner.values(), count_of(owner))
    if name in ("get", "pop") and positional and isinstance(positional[0], str | int):
        known = count_of(owner) == len(owner) or positional[0] in owner
        missing = (positional[1] if len(positional) > 1 else None) if known else Missing(reader.short(node))
        return owner.get(positional[0], missing) if name == "get" else owner.pop(positional[0], missing)
    if name == "update":
        more = keyed(positional[0] if positional else {}, named)
        owner.update(more)
        if isinstance(owner, Keyed):
            owner.grow(more.unread)
        reader.budget.hold(owner)
        return None
    return keyed(owner, {}) if name == "copy" else NOT_READ


def _told_in(owner: dict[Value, Value], key: Value) -> bool:
    return isinstance(key, str | int) and key in owner


def data_method(reader: Reader, data: Arr, name: str, node: ast.Call) -> Value:
    """``x.reshape(-1, 3, 58)``: a table's method, or NumPy's function of that name."""
    positional, named = reader.arguments(node)
    made = table_method(data, name, positional, named)
    if made is not NOT_READ:
        return in_place(reader, data, name, made, positional, named, node)
    if name in ("flatten", "ravel"):
        return reader.reshape(data, data.sizes, (-1,)) if data.sizes is not None else Arr(data.name, (None,))
    if name == "reshape":
        single = len(positional) == 1 and isinstance(positional[0], tuple | list)
        given = positional[0] if single else named.get("shape", positional)
        positional = [given]
    if name in ("transpose", "permute") and len(positional) > 1:
        positional = [positional]
    if name in RULES:
        return array_function(reader, f"np.{name}", [data, *positional], named, node)
    return Missing(f"{data.name}.{name}(…)")


def _of_stream(reader: Reader, stream: Stream, name: str, node: ast.Call) -> Value:
    positional, _ = reader.arguments(node)
    if name == "map" and positional and isinstance(positional[0], FuncV):
        return mapped(stream, reader.run(positional[0], list(stream.parts), {}))
    return stream_method(stream, name, positional)


def _of_backbone(reader: Reader, owner: BackboneV, name: str, node: ast.Call) -> Value:
    return get_layer(reader, owner, node) if name == "get_layer" else model_method(reader, owner, name, node)


def _of_library(reader: Reader, owner: Sym, name: str, node: ast.Call) -> Value:
    """``model = Sequential`` without its brackets, as some web pages print it."""
    variable = node.func.value if isinstance(node.func, ast.Attribute) else None
    if owner.last != "Sequential" or not isinstance(variable, ast.Name):
        return NOT_READ
    return model_method(reader, bracketless(reader, variable.id, node), name, node)


def _of_unknown(reader: Reader, owner: Missing, name: str, node: ast.Call) -> Value:
    variable = node.func.value if isinstance(node.func, ast.Attribute) else None
    if name in ("add", "fit", "compile", "predict") and isinstance(variable, ast.Name):
        return method_of_unknown(reader, variable.id, name, node)
    tuned = hyperparameter(reader, owner, name, node)
    if tuned is not NOT_READ:
        return tuned
    positional, named = reader.arguments(node) if name in _TOOLS else ([], {})
    made = tool_method(owner.name, name, positional)
    made = made if made is not NOT_READ or name not in _TOOLS else flow_of(name, positional, named)
    if made is not NOT_READ:
        return made
    return (
        data_method(reader, Arr(owner.name, reader.hints.get(owner.name)), name, node)
        if name == "reshape"
        else NOT_READ
    )


_TOOLS = (
    *("fit_transform", "transform", "inverse_transform", "texts_to_sequences"),
    *("flow", "flow_from_directory", "flow_from_dataframe"),
)


METHODS: dict[type, Callable[[Reader, Any, str, ast.Call], Value]] = {
    str: _of_text,
    list: _of_list,
    Items: _of_list,
    dict: _of_dict,
    Keyed: _of_dict,
    Stream: _of_stream,
    Arr: data_method,
    ModelV: model_method,
    BackboneV: _of_backbone,
    LayerV: layer_method,
    ObjV: object_method,
    Sym: _of_library,
    Options: options_method,
    Missing: _of_unknown,
}


def read_method(reader: Reader, node: ast.Call) -> Value:
    """A method that is called, by what it belongs to; NOT_READ where it is no method of the kinds that are known."""
    if not isinstance(node.func, ast.Attribute):
        return NOT_READ
    owner = reader.value(node.func.value)
    read = METHODS.get(type(owner))
    return read(reader, owner, node.func.attr, node) if read is not None else NOT_READ
