"""The program's expressions, followed for their shapes. Nothing is run: each kind of node is read here."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import replace

from explainers.core.spec import Ref
from explainers.reading.ported.values import (
    UNKNOWN,
    Batch,
    Data,
    Dotted,
    Function,
    Gap,
    Several,
    State,
    Tensor,
)

MOST_STEPS = 20_000
MOST_ROUNDS = 200  # of one loop
DEEPEST = 24  # calls in calls
_LARGEST = 10**12
_ARITHMETIC: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.FloorDiv: lambda a, b: a // b,
    ast.Div: lambda a, b: a / b,
    ast.Mod: lambda a, b: a % b,
    ast.Pow: lambda a, b: a**b if abs(b) < 64 and abs(a) < 10**6 else 0,
}
_COMPARED: dict[type[ast.cmpop], Callable[[object, object], bool]] = {
    ast.Eq: lambda a, b: a == b,
    ast.NotEq: lambda a, b: a != b,
    ast.Is: lambda a, b: a is b,
    ast.IsNot: lambda a, b: a is not b,
    ast.Lt: lambda a, b: float(str(a)) < float(str(b)),
    ast.LtE: lambda a, b: float(str(a)) <= float(str(b)),
    ast.Gt: lambda a, b: float(str(a)) > float(str(b)),
    ast.GtE: lambda a, b: float(str(a)) >= float(str(b)),
}
_TENSOR_OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide", ast.MatMult: "matmul",
}  # fmt: skip


class Expressions:
    """What an expression is; what is called is decided by `Machine`, which knows the framework."""

    def __init__(self) -> None:
        self.steps = 0
        self.depth = 0
        self.offset = 0
        self.now = 0  # the line that was reached
        self.made_last: dict[Ref, Tensor] = {}  # what calls returned, with its axes in the framework's order

    # -- what a machine decides ----------------------------------------------------------------------------------

    def call(self, function: object, places: list[object], named: dict[str, object], line: int) -> object:
        """The result of a call."""
        raise NotImplementedError

    def operate(self, name: str, one: object, other: object, line: int) -> object:
        """An operator with a tensor on one side."""
        raise NotImplementedError

    def index(self, value: object, node: ast.expr, scope: dict[str, object], line: int) -> object:
        """``x[…]`` of a tensor or a state."""
        raise NotImplementedError

    def attribute(self, value: object, name: str, line: int) -> object:
        """``x.shape``, ``self.fc``."""
        raise NotImplementedError

    def missing(self, name: str, given: bool = False) -> object:
        """An argument that nobody gives, or that is given in a way that isn't worked out here."""
        return UNKNOWN

    def line(self, node: ast.AST) -> int:
        """Where a node is in the text."""
        return self.offset + int(getattr(node, "lineno", 1)) - 1

    def assign(self, target: ast.expr, value: object, scope: dict[str, object]) -> None:
        """A value gets its name."""
        raise NotImplementedError

    # -- expressions ---------------------------------------------------------------------------------------------

    def value(self, node: ast.expr, scope: dict[str, object]) -> object:
        """What an expression is; UNKNOWN for what isn't read."""
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise Gap("this program takes too many steps to be followed")
        if isinstance(node, ast.Tuple):
            return tuple(self._elements(node.elts, scope))
        method = getattr(self, f"_of_{type(node).__name__.lower()}", None)
        return UNKNOWN if method is None else method(node, scope)

    def _of_constant(self, node: ast.Constant, scope: dict[str, object]) -> object:
        return node.value

    def _of_name(self, node: ast.Name, scope: dict[str, object]) -> object:
        return scope[node.id] if node.id in scope else Dotted(node.id)

    def _of_attribute(self, node: ast.Attribute, scope: dict[str, object]) -> object:
        return self.attribute(self.value(node.value, scope), node.attr, self.line(node))

    def _of_list(self, node: ast.List, scope: dict[str, object]) -> object:
        return self._elements(node.elts, scope)

    def _elements(self, nodes: list[ast.expr], scope: dict[str, object]) -> list[object]:
        found: list[object] = []
        for node in nodes:
            if isinstance(node, ast.Starred):
                found += list(parts(self.value(node.value, scope)))
            else:
                found.append(self.value(node, scope))
        return found

    def _of_dict(self, node: ast.Dict, scope: dict[str, object]) -> object:
        found: dict[object, object] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            name = self.value(key, scope) if key is not None else UNKNOWN
            if isinstance(name, str | int):
                found[name] = self.value(value, scope)
        return found

    def _of_listcomp(self, node: ast.ListComp, scope: dict[str, object]) -> object:
        found: list[object] = []
        inside = dict(scope)
        first = node.generators[0]
        if len(node.generators) > 1:
            raise Gap("a list made by two loops")
        for part in parts(self.value(first.iter, scope)):
            self.assign(first.target, part, inside)
            if all(truth(self.value(test, inside)) is not False for test in first.ifs):
                found.append(self.value(node.elt, inside))
        return found

    _of_generatorexp = _of_listcomp

    def _of_lambda(self, node: ast.Lambda, scope: dict[str, object]) -> object:
        return Function(node, scope, None, self.offset)

    def _of_ifexp(self, node: ast.IfExp, scope: dict[str, object]) -> object:
        known = truth(self.value(node.test, scope))
        if known is None:
            return UNKNOWN
        return self.value(node.body if known else node.orelse, scope)

    def _of_unaryop(self, node: ast.UnaryOp, scope: dict[str, object]) -> object:
        value = self.value(node.operand, scope)
        if isinstance(node.op, ast.Not):
            known = truth(value)
            return UNKNOWN if known is None else not known
        if isinstance(node.op, ast.USub):
            return -value if isinstance(value, int | float) else value if isinstance(value, Tensor) else UNKNOWN
        return value

    def _of_boolop(self, node: ast.BoolOp, scope: dict[str, object]) -> object:
        known = [truth(self.value(part, scope)) for part in node.values]
        if isinstance(node.op, ast.And):
            return False if False in known else UNKNOWN if None in known else True
        return True if True in known else UNKNOWN if None in known else False

    def _of_compare(self, node: ast.Compare, scope: dict[str, object]) -> object:
        if len(node.ops) != 1:
            return UNKNOWN
        one, other = self.value(node.left, scope), self.value(node.comparators[0], scope)
        plain = (int, float, str, bool, type(None), tuple, list)
        op = node.ops[0]
        if isinstance(op, ast.Is | ast.IsNot) and (one is None or other is None):
            return _COMPARED[type(op)](one, other)
        if not isinstance(one, plain) or not isinstance(other, plain):
            return UNKNOWN
        if isinstance(op, ast.In | ast.NotIn):
            return (one in other) == isinstance(op, ast.In) if isinstance(other, tuple | list) else UNKNOWN
        try:
            return _COMPARED[type(op)](one, other)
        except (KeyError, ValueError):
            return UNKNOWN

    def _of_binop(self, node: ast.BinOp, scope: dict[str, object]) -> object:
        one, other = self.value(node.left, scope), self.value(node.right, scope)
        if isinstance(one, Tensor) or isinstance(other, Tensor):
            name = _TENSOR_OPERATORS.get(type(node.op))
            return one if name is None else self.operate(name, one, other, self.line(node))
        return combined(type(node.op), one, other)

    def _of_subscript(self, node: ast.Subscript, scope: dict[str, object]) -> object:
        value = self.value(node.value, scope)
        if isinstance(value, tuple | list | dict | Several | str):
            return taken(value, self._key(node.slice, scope))
        return self.index(value, node.slice, scope, self.line(node))

    def _key(self, node: ast.expr, scope: dict[str, object]) -> object:
        if not isinstance(node, ast.Slice):
            return self.value(node, scope)
        ends = [self.value(end, scope) if end is not None else None for end in (node.lower, node.upper, node.step)]
        return slice(*ends) if all(end is None or isinstance(end, int) for end in ends) else UNKNOWN

    def _of_call(self, node: ast.Call, scope: dict[str, object]) -> object:
        function = self.value(node.func, scope)
        places = self._elements(node.args, scope)
        named: dict[str, object] = {}
        for keyword in node.keywords:
            value = self.value(keyword.value, scope)
            if keyword.arg is not None:
                named[keyword.arg] = value
            elif isinstance(value, dict):
                named |= {str(key): one for key, one in value.items()}
        made = self.call(function, places, named, self.line(node))
        if isinstance(made, Tensor):
            self.made_last[made.ref] = made
        return made


def parts(value: object) -> Iterator[object]:
    """What a loop goes through."""
    if isinstance(value, Several):
        value = value.parts
    if isinstance(value, dict):
        value = list(value)
    if not isinstance(value, tuple | list | range):
        raise Gap("a loop over something that isn't worked out here")
    yield from list(value)[:MOST_ROUNDS]


def truth(value: object) -> bool | None:
    """Whether it counts as true; None where that isn't known."""
    if isinstance(value, Tensor | Data | Dotted | State | Batch) or value is UNKNOWN:
        return None
    return bool(value.parts) if isinstance(value, Several) else bool(value)


def combined(operator: type[ast.operator], one: object, other: object) -> object:
    """Numbers, lists and batches."""
    if isinstance(one, Batch) or isinstance(other, Batch):
        times = other if isinstance(one, Batch) else one
        many = operator is ast.Mult and isinstance(times, int)
        return (
            Batch((one if isinstance(one, Batch) else replace_batch(other)).times * int(str(times)))
            if many
            else (UNKNOWN)
        )
    if isinstance(one, tuple | list) and isinstance(other, tuple | list) and operator is ast.Add:
        return [*one, *other] if isinstance(one, list) else (*one, *other)
    if isinstance(one, tuple | list) and isinstance(other, int) and operator is ast.Mult:
        return (list(one) * min(other, MOST_ROUNDS)) if isinstance(one, list) else tuple(one) * min(other, MOST_ROUNDS)
    if not isinstance(one, int | float) or not isinstance(other, int | float) or operator not in _ARITHMETIC:
        return UNKNOWN
    try:
        made = _ARITHMETIC[operator](one, other)
    except (ZeroDivisionError, OverflowError):
        return UNKNOWN
    return made if not isinstance(made, complex) and abs(made) < _LARGEST else UNKNOWN


def replace_batch(value: object) -> Batch:
    """The batch on the right of a product."""
    return value if isinstance(value, Batch) else Batch()


def taken(value: object, key: object) -> object:
    """``sizes[0]``, ``widths[:-1]``, ``settings["units"]``."""
    if isinstance(value, Several):
        if isinstance(key, str) and key in value.names:
            return value.parts[value.names.index(key)]
        if isinstance(key, slice):
            return replace(value, names=value.names[key], parts=value.parts[key])
        value = value.parts
    try:
        if isinstance(value, dict):
            return value.get(key, UNKNOWN)
        if isinstance(value, tuple | list) and isinstance(key, int | slice):
            return value[key]
    except (IndexError, TypeError):
        return UNKNOWN
    return UNKNOWN
