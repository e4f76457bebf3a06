"""Functions, classes and objects of the text itself: they are read where they are used."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from explainers.reading.code.given import tensor
from explainers.reading.code.options import constant_of, fields_of
from explainers.reading.code.values import (
    NOT_READ,
    ClassV,
    FuncV,
    Missing,
    ObjV,
    Ten,
    Value,
    Yielded,
    function_of,
)

if TYPE_CHECKING:
    from explainers.reading.code.evaluator import Reader


def attribute_of(reader: Reader, made: ObjV, name: str) -> Value:
    """What ``self.name`` stands for: assigned, or worked out by a property of the class."""
    if name not in made.attributes:
        function = function_of(made.cls.node, name)
        if function is not None and any(ast.unparse(d) == "property" for d in function.decorator_list):
            return reader.run(FuncV(function, made), [], {})
        constant = constant_of(reader, made.cls, name)
        if constant is not NOT_READ:
            return constant
    return made.attributes.get(name, Missing(f"self.{name}"))


def call_function(reader: Reader, function: FuncV, node: ast.Call) -> Value:
    """A function of the text is read with its arguments in place."""
    positional, named = reader.arguments(node)
    made = reader.run(function, positional, named)
    yields = any(isinstance(inner, ast.Yield) for inner in ast.walk(function.node))
    return Yielded(made) if yields else made


def make_object(reader: Reader, cls: ClassV, node: ast.Call) -> Value:
    """An object of a class of the text: its __init__ is read."""
    positional, named = reader.arguments(node)
    made = ObjV(cls)
    init = function_of(cls.node, "__init__")
    if init is not None:
        reader.run(FuncV(init, made), positional, named)
    elif fields := fields_of(cls.node):
        made.attributes.update({**dict(zip(fields, positional, strict=False)), **named})
    sizes = reader.sizes(named.get("input_shape"))
    if sizes is not None:
        made.attributes["input_shape"] = (None, *sizes)
    return made


def call_object(reader: Reader, made: ObjV, node: ast.Call) -> Value:
    """``MyLayer()(x)``: build and call of the class are read."""
    positional, named = reader.arguments(node)
    return run_object(reader, made, [tensor(reader, v) for v in positional], named)


def run_object(reader: Reader, made: ObjV, inputs: list[Value], named: dict[str, Value] | None = None) -> Value:
    """Read build(input_shape) once, then call(inputs)."""
    build = function_of(made.cls.node, "build")
    call = function_of(made.cls.node, "call") or function_of(made.cls.node, "__call__")
    if call is None:
        return Missing(made.cls.node.name)
    first = inputs[0] if inputs else None
    if build is not None and not made.attributes.get("built"):
        made.attributes["built"] = True
        reader.run(FuncV(build, made), [_shape_of(reader, first)], {})
    return reader.run(FuncV(call, made), inputs, named or {})


def _shape_of(reader: Reader, given: Value) -> Value:
    """The shape of what a layer reads; of several tensors the list of their shapes."""
    if isinstance(given, list | tuple) and given and all(isinstance(part, Ten) for part in given):
        return [_shape_of(reader, part) for part in given]
    shape = reader.graph.made.get(given.ref) if isinstance(given, Ten) else None
    return shape if shape is not None else Missing("input_shape")
