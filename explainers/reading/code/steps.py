"""What each kind of statement does."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from explainers.core.spec import Check, Ref
from explainers.reading.code.arithmetic import binary
from explainers.reading.code.budget import MOST_TURNS
from explainers.reading.code.patterns import window_of
from explainers.reading.code.values import (
    Arr,
    ClassV,
    FuncV,
    Missing,
    ModelV,
    ObjV,
    Returned,
    Sym,
    Ten,
    Value,
)

if TYPE_CHECKING:
    from explainers.reading.code.evaluator import Reader


def loop(reader: Reader, node: ast.For) -> None:
    """A for-loop over a range or a list, turn by turn."""
    values = reader.value(node.iter)
    if isinstance(values, Missing | Arr | Sym) or not isinstance(values, list | tuple | range):
        reader.skip(node, "how often this loop runs isn't in the text; it is read once")
        values = [Missing("a turn of the loop")]
    cut_windows(reader, node)
    for turn in list(values)[:MOST_TURNS]:
        bind(reader, node.target, turn)
        reader.block(node.body)


def repeat(reader: Reader, node: ast.While) -> None:
    """A while-loop, as long as its test holds in numbers; read once where it can't be told."""
    for _ in range(MOST_TURNS):
        test = reader.value(node.test)
        told = isinstance(test, bool | int | float)
        if told and not test:
            return
        reader.block(node.body)
        if not told or isinstance(node.test, ast.Constant):
            return


def cut_windows(reader: Reader, node: ast.For) -> None:
    """``for i in …: x.append(series[i : i + n])``: one series is cut into windows."""
    found = window_of(node)
    if found is None:
        return
    series, length = reader.value(found[0]), reader.value(found[1])
    points = series.sizes[0] if isinstance(series, Arr) and series.sizes else None
    reader.custom.cut(points, length if isinstance(length, int) else None)


def read_branch(reader: Reader, node: ast.If) -> None:
    """Both arms can't be right: the one whose test holds, or the first."""
    test = reader.value(node.test)
    taken = bool(test) if isinstance(test, bool | int | float) else True
    reader.block(node.body if taken else node.orelse)


def bind(reader: Reader, target: ast.expr, value: Value) -> None:
    """Give a name (or several) its value."""
    if isinstance(target, ast.Name):
        if isinstance(value, ModelV):
            value.variable = target.id
        if isinstance(value, Arr):
            value = Arr(target.id, value.sizes or reader.hints.get(target.id), value.largest)
            if value.sizes is not None:
                reader.data[target.id] = value.sizes
        if isinstance(value, int) and not isinstance(value, bool) and len(reader.numbers) < 60:
            reader.numbers[target.id] = value
        if isinstance(value, Missing) and target.id in reader.hints:
            value = Arr(target.id, reader.hints[target.id])
        reader.env[target.id] = value
    elif isinstance(target, ast.Tuple | ast.List):
        unpack(reader, target, value)
    elif isinstance(target, ast.Attribute):
        owner = reader.value(target.value)
        if isinstance(owner, ObjV):
            owner.attributes[target.attr] = value


def unpack(reader: Reader, target: ast.Tuple | ast.List, value: Value) -> None:
    """``a, b = layer(x)``: a wrong number of names is a mistake of its own."""
    names = target.elts
    starred = any(isinstance(name, ast.Starred) for name in names)
    if isinstance(value, Ten):
        wanted, made = len(names), reader.graph.outputs_of(value.ref.index) if value.ref.source == "call" else 1
        if not starred and wanted != made:
            line = reader.line(target)
            reader.checks.append(
                (
                    None,
                    Check("unpack", number=wanted, line=line, text=reader.source(line), layer=str(value.ref.index)),
                )
            )
        value = [Ten(Ref("call", value.ref.index, i)) for i in range(wanted)] if made > 1 else [value] * wanted
    if isinstance(value, list | tuple) and not starred and len(value) == len(names):
        for name, part in zip(names, value, strict=True):
            bind(reader, name, part)
        return
    for name in names:
        if not isinstance(name, ast.Starred):
            bind(reader, name, Missing(ast.unparse(name)[:40]))


def _assign(reader: Reader, node: ast.Assign) -> None:
    value = reader.value(node.value)
    for target in node.targets:
        bind(reader, target, value)


def _annotated(reader: Reader, node: ast.AnnAssign) -> None:
    if node.value is not None:
        bind(reader, node.target, reader.value(node.value))


def _augmented(reader: Reader, node: ast.AugAssign) -> None:
    bind(reader, node.target, binary(reader, type(node.op), reader.value(node.target), reader.value(node.value), node))


def _expression(reader: Reader, node: ast.Expr) -> None:
    reader.value(node.value)


def _function(reader: Reader, node: ast.FunctionDef) -> None:
    reader.env[node.name] = FuncV(node)


def _class(reader: Reader, node: ast.ClassDef) -> None:
    reader.env[node.name] = ClassV(node)


def _return(reader: Reader, node: ast.Return) -> None:
    raise Returned(reader.value(node.value) if node.value is not None else None)


def _body(reader: Reader, node: ast.With | ast.Try) -> None:
    reader.block(node.body)


STATEMENTS: dict[type[ast.stmt], Callable[[Reader, Any], None]] = {
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Expr: _expression,
    ast.FunctionDef: _function,
    ast.ClassDef: _class,
    ast.Return: _return,
    ast.For: loop,
    ast.While: repeat,
    ast.If: read_branch,
    ast.With: _body,
    ast.Try: _body,
}
