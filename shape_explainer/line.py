"""The operation of the failing line, `a @ b` for one, and changes that make it work.

Nothing of the cell runs again: an operation is repeated by Keras on symbolic tensors of the same shapes, which hold no
numbers. The one that Keras refuses there is the one that failed, and a change that Keras takes is told with its output.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

from shape_explainer.helping import Help, Sizes, nearest

_MOST = 2

_WORDS = {
    **dict.fromkeys(("matmul", "dot"), "product"),
    **dict.fromkeys(("add", "subtract", "multiply", "divide", "maximum", "minimum", "power"), "by number"),
    **dict.fromkeys(("concatenate", "concat"), "joined"),
    "reshape": "reshape",
}
_OPERATORS = {ast.MatMult: "product"} | dict.fromkeys(
    (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow), "by number"
)
_SIGNS = {ast.MatMult: "@", ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//"}


@dataclass(frozen=True)
class Operand:
    """What the line writes, the shape that it has, and whether it knows `.T`, as an array of NumPy does."""

    text: str
    shape: Sizes
    turns: bool = True


@dataclass(frozen=True)
class Operation:
    """One operation of a line. word: a value of `_WORDS`. written: how the line writes it, `np.matmul`, `.dot` or `@`.

    axis: what is joined. target: what a reshape asks for.
    """

    word: str
    written: str
    operands: tuple[Operand, ...]
    axis: int = -1
    target: tuple[int, ...] = ()

    @property
    def library(self) -> str:
        """The name before the dot, "" for an operator or a method."""
        return self.written.rpartition(".")[0]

    def text(self, *operands: str) -> str:
        """The operation again, with other operands."""
        first, *others = operands
        if self.written.startswith("."):
            return f"{first}{self.written}({', '.join(others)})"
        if not self.written[0].isidentifier():
            return f"{first} {self.written} {others[0]}"
        return f"{self.written}({', '.join(operands)})"

    def run(self) -> Sizes:
        """What Keras makes of these shapes. Raises what Keras raises where they don't fit."""
        from keras import KerasTensor, ops

        tensors = [KerasTensor(operand.shape, dtype="float32") for operand in self.operands]
        if self.word == "product":
            return tuple(ops.matmul(*tensors).shape)
        if self.word == "by number":
            return tuple(ops.add(*tensors).shape)
        if self.word == "joined":
            return tuple(ops.concatenate(tensors, axis=self.axis).shape)
        return tuple(ops.reshape(tensors[0], self.target).shape)

    def told(self) -> str:
        """The shapes by their names, and which sizes don't meet."""
        told = " and ".join(f"{operand.text} is {operand.shape}" for operand in self.operands)
        one, other = self.operands[0], self.operands[-1]
        if self.word == "product" and one.shape and other.shape:
            rows, columns = other.shape[-2:][0], one.shape[-1]
            return (
                f"{told}: a product multiplies along the last axis of the first, {columns}, and the rows of the "
                f"second, {rows}. {other.text} needs {columns} rows, or {one.text} {rows} on its last axis."
            )
        if self.word == "reshape":
            return f"{told}: its numbers can't be laid out as {self.target}."
        differ = [(i, a, b) for i, (a, b) in enumerate(zip(one.shape[::-1], other.shape[::-1], strict=False), 1)]
        pairs = ", ".join(f"axis -{i} is {a} versus {b}" for i, a, b in differ if a != b and (1 not in (a, b)))
        return f"{told}: {pairs or 'their numbers of axes differ'}."

    def output(self) -> Sizes | None:
        """What comes out, None where Keras refuses the shapes."""
        try:
            return self.run()
        except Exception:  # whatever the reason is: it doesn't work
            return None


def failed(statement: ast.stmt | None, names: Mapping[str, Any]) -> Operation | None:
    """The innermost operation of a statement whose shapes are known and don't fit."""
    if statement is None:
        return None
    reader = _Reader(names)
    found = [reader.operation(node) for node in ast.walk(statement) if isinstance(node, ast.expr)]
    return next((one for one in reversed(found) if one is not None and one.output() is None), None)


def changes(operation: Operation) -> Iterator[Help]:
    """Changes of one place that Keras takes, at most two."""
    told = 0
    for text, changed in _CHANGES[operation.word](operation):
        output = changed.output()
        if output is not None and told < _MOST:
            told += 1
            yield Help(text, output)


# -- the line, read ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Reader:
    names: Mapping[str, Any]

    def operation(self, node: ast.expr) -> Operation | None:
        """The operation that an expression is, if all its shapes are known."""
        if isinstance(node, ast.BinOp) and type(node.op) in _SIGNS:
            operands = self.operands([node.left, node.right])
            return None if operands is None else Operation(_OPERATORS[type(node.op)], _SIGNS[type(node.op)], operands)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _WORDS:
            return self.call(node, node.func)
        return None

    def call(self, node: ast.Call, func: ast.Attribute) -> Operation | None:
        """``np.matmul(a, b)``, ``a.dot(b)``, ``x.reshape(4, 6)``."""
        word, given = _WORDS[func.attr], list(node.args)
        of_library = isinstance(self.value(func.value), ModuleType)
        written = ast.unparse(func) if of_library else f".{func.attr}"
        given = given if of_library else [func.value, *given]
        if word == "joined":
            parts = self.operands(given[0].elts) if given and isinstance(given[0], ast.List | ast.Tuple) else None
            axis = self.whole(_named(node, "axis") or (given[1] if len(given) > 1 else None))
            default = 0 if getattr(self.value(func.value), "__name__", "") == "numpy" else -1
            return None if parts is None else Operation(word, written, parts, axis=default if axis is None else axis)
        if word == "reshape":
            return self.reshape(written, given)
        operands = self.operands(given[:2]) if len(given) > 1 else None
        if operands is None or (func.attr == "dot" and max(len(one.shape) for one in operands) > 2):
            return None
        return Operation(word, written, operands)

    def reshape(self, written: str, given: Sequence[ast.expr]) -> Operation | None:
        operands = self.operands(given[:1])
        listed = given[1].elts if len(given) == 2 and isinstance(given[1], ast.List | ast.Tuple) else given[1:]
        target = [self.whole(size) for size in listed]
        if operands is None or not target or None in target:
            return None
        return Operation("reshape", written, operands, target=tuple(n for n in target if n is not None))

    def operands(self, nodes: Sequence[ast.expr]) -> tuple[Operand, ...] | None:
        found = [self.operand(node) for node in nodes]
        known = tuple(operand for operand in found if operand is not None)
        return known if len(known) == len(nodes) and known else None

    def operand(self, node: ast.expr) -> Operand | None:
        """A variable with a shape, one that is turned, or what another operation gives."""
        text, value = ast.unparse(node), self.value(node)
        if value is not None and hasattr(value, "shape"):
            return Operand(text, tuple(value.shape), hasattr(value, "T"))
        if isinstance(node, ast.Attribute) and node.attr == "T":
            inner = self.operand(node.value)
            return inner and replace(inner, text=text, shape=inner.shape[::-1])
        inside = self.operation(node)
        output = inside.output() if inside is not None else None
        return None if output is None else Operand(f"({text})", output)

    def value(self, node: ast.expr) -> Any:
        return self.names.get(ast.unparse(node)) if isinstance(node, ast.Name | ast.Attribute) else None

    def whole(self, node: ast.expr | None) -> int | None:
        """A whole number that is written there, or that a variable has."""
        if node is None:
            return None
        try:
            value = ast.literal_eval(node)
        except ValueError:
            value = self.value(node)
        return value if isinstance(value, int) and not isinstance(value, bool) else None


def _named(node: ast.Call, argument: str) -> ast.expr | None:
    return next((keyword.value for keyword in node.keywords if keyword.arg == argument), None)


# -- changes -------------------------------------------------------------------------------------------------

_Changes = Iterator[tuple[str, Operation]]


def _turned(operation: Operation, place: int) -> Operand:
    """An operand with its last two axes exchanged, in the words of the line's library."""
    operand = operation.operands[place]
    shape = (*operand.shape[:-2], *operand.shape[-2:][::-1])
    library = operation.library or ("np" if operand.turns else "ops")
    if len(shape) == 2 and operand.turns:
        text = f"{operand.text}.T"
    elif len(shape) == 2:
        text = f"{library}.transpose({operand.text})"
    elif library == "tf":
        text = f"tf.linalg.matrix_transpose({operand.text})"
    else:
        text = f"{library}.swapaxes({operand.text}, -1, -2)"
    return Operand(text, shape, operand.turns)


def _with(operation: Operation, place: int, operand: Operand) -> tuple[str, Operation]:
    operands = [*operation.operands]
    operands[place] = operand
    return operation.text(*(one.text for one in operands)), replace(operation, operands=tuple(operands))


def _of_product(operation: Operation) -> _Changes:
    """One of the two turned, or the two in the other order."""
    for place in (1, 0):
        if len(operation.operands[place].shape) > 1:
            yield _with(operation, place, _turned(operation, place))
    exchanged = operation.operands[::-1]
    yield operation.text(*(one.text for one in exchanged)), replace(operation, operands=exchanged)


def _of_numbers(operation: Operation) -> _Changes:
    """One of the two turned, or an axis of length 1 in the shorter one, so that it is stretched along the longer."""
    ranks = [len(operand.shape) for operand in operation.operands]
    if ranks == [2, 2]:
        for place in (1, 0):
            yield _with(operation, place, _turned(operation, place))
    short = ranks.index(min(ranks))
    longer = operation.operands[1 - short].shape
    if max(ranks) - min(ranks) != 1:
        return
    for axis in range(1, max(ranks)):
        changed = _with(operation, short, _longer(operation.operands[short], axis))
        if changed[1].output() == longer:
            yield changed


def _longer(operand: Operand, axis: int) -> Operand:
    """An operand with one axis of length 1 more."""
    shape = (*operand.shape[:axis], 1, *operand.shape[axis:])
    if not operand.turns:
        return Operand(f"ops.expand_dims({operand.text}, {axis})", shape, turns=False)
    places = [":"] * len(operand.shape)
    places.insert(axis, "np.newaxis")
    return Operand(f"{operand.text}[{', '.join(places)}]", shape)


def _of_joined(operation: Operation) -> _Changes:
    """Along another axis."""
    listed = f"[{', '.join(operand.text for operand in operation.operands)}]"
    for axis in range(len(operation.operands[0].shape)):
        yield operation.text(listed, f"axis={axis}"), replace(operation, axis=axis)


def _of_reshape(operation: Operation) -> _Changes:
    """-1 in place of one size; else as many axes, with sizes near to those that were asked for."""
    operand, target = operation.operands[0], operation.target
    for place in reversed(range(len(target))):
        open_ = (*target[:place], -1, *target[place + 1 :])
        if open_.count(-1) == 1:
            yield _reshaped(operation, open_)
    known = [n for n in operand.shape if n is not None]
    if len(known) == len(operand.shape) and -1 not in target:
        near = nearest(math.prod(known), target)
        if near is not None:
            yield _reshaped(operation, near)


def _reshaped(operation: Operation, target: tuple[int, ...]) -> tuple[str, Operation]:
    shown = ", ".join(map(str, target))
    shown = shown if operation.written.startswith(".") else f"({shown})"
    return operation.text(operation.operands[0].text, shown), replace(operation, target=target)


_CHANGES = {"product": _of_product, "by number": _of_numbers, "joined": _of_joined, "reshape": _of_reshape}
