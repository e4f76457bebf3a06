"""Keras code of any era -> Finding with a ModelSpec. Parsed with `ast` and read; nothing pasted is ever executed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from contextlib import contextmanager

from explainers.reading.asking import Entries
from explainers.reading.code.budget import UsedUp
from explainers.reading.code.evaluator import UNREADABLE, Reader
from explainers.reading.code.names import dotted
from explainers.reading.code.objects import run_object
from explainers.reading.code.sequential import realize
from explainers.reading.code.statements import Statements, statements
from explainers.reading.code.subclassed import is_model
from explainers.reading.code.values import (
    ClassV,
    FuncV,
    LayerV,
    Missing,
    ModelV,
    ObjV,
    Returned,
    Ten,
    Value,
    function_of,
)

MOST_PARTS = 9  # tensors of one argument


def read_statements(text: str, found: Statements, entries: Entries | None = None) -> Reader:
    """Read what was parsed; where only functions or classes stand there, the last of them that makes layers."""
    reader = Reader(text, entries)
    reader.read(found)
    reader.budget.finish()
    if not reader.graph.calls and not any(m.layers for m in reader.models):
        _objects(reader)
        if not reader.loose and not reader.graph.calls:
            _uncalled(reader)
    for model in reader.models:
        with quietly(reader):
            realize(reader, model)
    return reader


def _objects(reader: Reader) -> None:
    """Objects of the text's own classes that nobody calls: on an example."""
    for name, value in list(reader.env.items()):
        if isinstance(value, ObjV) and any(isinstance(held, LayerV) for held in value.attributes.values()):
            with quietly(reader):
                run_object(reader, value, _examples(value) or [Missing(f"the input of {name}")])


def _uncalled(reader: Reader) -> None:
    """Functions and classes that nobody calls in the text."""
    for value in list(reader.env.values()):
        if isinstance(value, FuncV):
            with quietly(reader):
                reader.run(value, [], {})
        elif isinstance(value, ClassV) and function_of(value.node, "call") is not None:
            with quietly(reader):
                _class_alone(reader, value)
        elif isinstance(value, ClassV):
            with quietly(reader):
                _builders(reader, value)


def _builders(reader: Reader, cls: ClassV) -> None:
    """A class around a model, a HyperModel for one: its methods that make one."""
    made = ObjV(cls)
    init = function_of(cls.node, "__init__")
    if init is not None:
        reader.run(FuncV(init, made), [], {})
    for node in cls.node.body:
        if isinstance(node, ast.FunctionDef) and node is not init and _makes_a_model(node):
            reader.run(FuncV(node, made), [Missing(arg.arg) for arg in node.args.args[1:]], {})


def _makes_a_model(function: ast.FunctionDef) -> bool:
    called = (node.func for node in ast.walk(function) if isinstance(node, ast.Call))
    return any(dotted(func).rsplit(".", 1)[-1] in ("Model", "Sequential") for func in called)


def _class_alone(reader: Reader, cls: ClassV) -> None:
    """A class with nobody who calls it: called on the input that a comment of its build method gives."""
    made = ObjV(cls)
    init, build = function_of(cls.node, "__init__"), function_of(cls.node, "build")
    if init is not None:
        reader.run(FuncV(init, made), [], {})
    commented = reader.source(reader.line(build)) if build is not None else ""
    found = re.search(r"#.{0,40}(\((?:None|\d+)(?:, ?(?:None|\d+)){1,5}\))", commented)
    if found is None:
        _on_examples(reader, made)
        return
    sizes = tuple(None if "None" in n else int(n) for n in re.findall(r"None|\d{1,9}", found[1]))
    run_object(reader, made, [Ten(reader.graph.add_input(sizes, "", "float32", "the comment"))])


def _on_examples(reader: Reader, made: ObjV) -> None:
    """A model class that nobody calls, on an example for each tensor that its call reads."""
    inputs = _examples(made) if is_model(made) else []
    ends = reader.tensors(run_object(reader, made, inputs)) if inputs else []
    if ends:
        model = ModelV(False, made.cls.node.name, outputs=[end.ref for end in ends], line=made.cls.node.lineno)
        model.inputs = reader.graph.sources(model.outputs)
        reader.models.append(model)


def _examples(made: ObjV) -> list[Value]:
    """Something in the place of each tensor that the call of a class reads."""
    call = function_of(made.cls.node, "call")
    given = call.args.args[1:] if call is not None else []
    if call is None or not given:
        return []
    asked = [arg.arg for arg in given[: len(given) - len(call.args.defaults)]] or [given[0].arg]
    inputs: list[Value] = [Missing(f"the input {name}") for name in asked]
    count = _taken_apart(call, asked[0])
    if count > 1:
        inputs[0] = [Missing(f"the input {asked[0]}, part {place}") for place in range(1, count + 1)]
    return inputs


def _taken_apart(call: ast.FunctionDef, name: str) -> int:
    """Into how many tensors a call takes its first argument apart: ``a, b = inputs`` and ``inputs[1]``."""
    count = 1
    for node in ast.walk(call):
        value = node.value if isinstance(node, ast.Assign | ast.Subscript) else None
        if not isinstance(value, ast.Name) or value.id != name:
            continue
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple):
            count = max(count, len(node.targets[0].elts))
        place = node.slice.value if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) else None
        if isinstance(place, int) and 0 <= place < MOST_PARTS:
            count = max(count, place + 1)
    return count


@contextmanager
def quietly(reader: Reader) -> Iterator[None]:
    """What can't be read here is noted; the rest of the text is shown without it."""
    try:
        yield
    except (UsedUp, Returned, *UNREADABLE):
        reader.notes.append("Part of the code couldn't be read.")


def read_code(text: str, entries: Entries | None = None) -> tuple[Reader, Statements]:
    """All that a text says as code, and what the learner said about the rest."""
    found = statements(text)
    return read_statements(text, found, entries), found
