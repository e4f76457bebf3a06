"""Methods, by what they belong to: a model, data, a list, an object of the text."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from explainers.reading.code.arithmetic import BRACES, spelled
from explainers.reading.code.calling import call_layer
from explainers.reading.code.functions import data_method
from explainers.reading.code.models import bracketless, method_of_unknown, model_method
from explainers.reading.code.objects import run_object
from explainers.reading.code.sequential import call_model
from explainers.reading.code.values import (
    NOT_READ,
    Arr,
    FuncV,
    LayerV,
    Missing,
    ModelV,
    ObjV,
    Sym,
    Ten,
    Value,
    Weight,
    function_of,
)

if TYPE_CHECKING:
    from explainers.reading.code.evaluator import Reader


def object_method(reader: Reader, made: ObjV, name: str, node: ast.Call) -> Value:
    """self.add_weight(shape=…), self.dense(x), a method of the class."""
    positional, named = reader.arguments(node)
    if name == "add_weight":
        shape = named.get("shape", next((v for v in positional if isinstance(v, tuple | list)), None))
        sizes = reader.sizes(shape)
        return Weight(sizes) if sizes is not None else Missing("a weight")
    held = made.attributes.get(name)
    if isinstance(held, LayerV):
        return call_layer(reader, held, node)
    if isinstance(held, ModelV):
        return call_model(reader, held, positional, node)
    if isinstance(held, ObjV):
        return run_object(reader, held, positional)
    if name == "build" and made.attributes.get("built") is None and positional:
        sizes = reader.sizes(positional[0])
        if sizes is not None and len(sizes) > 1:
            run_object(reader, made, [Ten(reader.graph.add_input(sizes, "", "float32", "the shape given to build"))])
        return Missing(name)
    if name in ("fit", "predict", "compile", "summary", "build"):
        return Missing(name)
    function = function_of(made.cls.node, name)
    return reader.run(FuncV(function, made), positional, named) if function is not None else NOT_READ


def _of_text(reader: Reader, owner: str, name: str, node: ast.Call) -> Value:
    return spelled(owner, BRACES, reader.arguments(node)[0]) if name == "format" else NOT_READ


def _of_list(reader: Reader, owner: list[Value], name: str, node: ast.Call) -> Value:
    if name not in ("append", "extend", "insert"):
        return NOT_READ
    positional, _ = reader.arguments(node)
    if positional:
        owner.append(positional[-1])
        reader.budget.hold(owner)
    return None


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
    return (
        data_method(reader, Arr(owner.name, reader.hints.get(owner.name)), name, node)
        if name == "reshape"
        else NOT_READ
    )


METHODS: dict[type, Callable[[Reader, Any, str, ast.Call], Value]] = {
    str: _of_text,
    list: _of_list,
    Arr: data_method,
    ModelV: model_method,
    ObjV: object_method,
    Sym: _of_library,
    Missing: _of_unknown,
}


def read_method(reader: Reader, node: ast.Call) -> Value:
    """A method that is called, by what it belongs to; NOT_READ where it is no method of the kinds that are known."""
    if not isinstance(node.func, ast.Attribute):
        return NOT_READ
    owner = reader.value(node.func.value)
    read = METHODS.get(type(owner))
    return read(reader, owner, node.func.attr, node) if read is not None else NOT_READ
