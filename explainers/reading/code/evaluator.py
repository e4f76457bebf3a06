"""The evaluator: reads a program's statements and expressions by the type of each node. Nothing is executed."""

from __future__ import annotations

import ast

from explainers.reading.code.budget import DEEPEST, TOO_DEEP, UsedUp
from explainers.reading.code.expressions import EXPRESSIONS
from explainers.reading.code.found import Found
from explainers.reading.code.statements import Statements
from explainers.reading.code.steps import STATEMENTS
from explainers.reading.code.values import (
    FuncV,
    Missing,
    ObjV,
    Returned,
    Value,
)

MOST_LISTED = 20  # values of a list that a post tells below its code
UNREADABLE = (  # what reading a line can end in that means something else than its author thought
    ArithmeticError, ValueError, TypeError, LookupError, AttributeError, AssertionError, RecursionError,
)  # fmt: skip


def named_later(found: Statements) -> dict[str, Value]:
    """What a post tells below its code: ``units = 30``, once for each name, numbers and words and lists of them."""
    made: dict[str, list[Value]] = {}
    for statement in found.found:
        node = statement.node
        target = node.targets[0] if isinstance(node, ast.Assign) and len(node.targets) == 1 else None
        if isinstance(node, ast.Assign) and isinstance(target, ast.Name):
            made.setdefault(target.id, []).append(_plain(node.value))
    return {name: values[0] for name, values in made.items() if len(values) == 1 and values[0] is not None}


def _plain(node: ast.expr) -> Value:
    """A number, a word, or a short list of them; None for anything else."""
    listed = isinstance(node, ast.List | ast.Tuple)
    parts = node.elts if isinstance(node, ast.List | ast.Tuple) else [node]
    if len(parts) > MOST_LISTED:
        return None
    values = [p.value for p in parts if isinstance(p, ast.Constant) and isinstance(p.value, int | float | str)]
    if len(values) != len(parts):
        return None
    return tuple(values) if isinstance(node, ast.Tuple) else [*values] if listed else values[0]


BROKE_OFF = "this line couldn't be read"


class Reader(Found):
    """Reads statements one after the other, keeping what each name stands for.

    What is done with a node depends on its type alone: `STATEMENTS` and `EXPRESSIONS` say it.
    """

    def read(self, found: Statements) -> None:
        """All statements; a broken one is named and the next one is read."""
        self.unread += found.unread
        self.later = named_later(found)
        for statement in found.found:
            self.where = statement
            try:
                self.statement(statement.node)
            except UsedUp as used_up:
                self.ended = statement.line(statement.node), str(used_up)
                self.unread.append(self.ended)
                return
            except Returned:
                continue
            except UNREADABLE as error:
                self.skip(statement.node, f"{BROKE_OFF} ({type(error).__name__})")

    def block(self, body: list[ast.stmt]) -> None:
        """The statements of a body, one after the other."""
        for node in body:
            self.statement(node)

    def statement(self, node: ast.stmt) -> None:
        """One statement; of what isn't in the table nothing depends."""
        self.budget.spend()
        if type(node) in STATEMENTS:
            STATEMENTS[type(node)](self, node)

    def value(self, node: ast.expr | None) -> Value:
        """What an expression stands for; Missing where the text doesn't say."""
        self.budget.spend()
        self.depth += 1
        if self.depth > DEEPEST:
            raise UsedUp(TOO_DEEP)
        try:
            read = EXPRESSIONS.get(type(node)) if node is not None else None
            value = read(self, node) if read is not None else Missing(self.short(node))
        finally:
            self.depth -= 1
        if not isinstance(node, ast.Name | ast.Constant):
            self.budget.hold(value)
        return value

    def arguments(self, node: ast.Call) -> tuple[list[Value], dict[str, Value]]:
        """Positional and named arguments, read."""
        positional: list[Value] = []
        for argument in node.args:
            value = self.value(argument.value if isinstance(argument, ast.Starred) else argument)
            positional += (
                list(value) if isinstance(argument, ast.Starred) and isinstance(value, list | tuple) else [value]
            )
        return positional, self.keywords(node)

    def keywords(self, node: ast.Call) -> dict[str, Value]:
        """Named arguments; a ``**`` dict of the text is spread."""
        named: dict[str, Value] = {}
        for keyword in node.keywords:
            value = self.value(keyword.value)
            if keyword.arg is not None:
                named[keyword.arg] = value
            elif isinstance(value, dict):
                named |= {str(k): v for k, v in value.items()}
        return named

    def run(self, function: FuncV, positional: list[Value], named: dict[str, Value]) -> Value:
        """Read a function's body with its arguments in place; its local names are forgotten afterwards."""
        kept, self.env = self.env, {**self.env, **(function.around or {})}
        layer = function.lambda_layer or (isinstance(function.owner, ObjV) and function.node.name == "call")
        self.inside += 1
        self.in_layer += layer
        self.depth += 2
        try:
            if self.depth > DEEPEST:
                raise UsedUp(TOO_DEEP)
            self.place(function, positional, named)
            self.block(function.node.body)
        except Returned as returned:
            return returned.value
        finally:
            self.depth -= 2
            self.inside -= 1
            self.in_layer -= layer
            self.env = kept
        return None

    def place(self, function: FuncV, positional: list[Value], named: dict[str, Value]) -> None:
        """Give the names of a function's arguments their values."""
        arguments = function.node.args
        names = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
        given = [function.owner, *positional] if function.owner is not None else positional
        defaults = dict(zip(names[len(names) - len(arguments.defaults) :], arguments.defaults, strict=True))
        alone = {a.arg: d for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d is not None}
        for name, value in zip(names, given, strict=False):
            self.env[name] = value
        if arguments.vararg is not None:
            self.env[arguments.vararg.arg] = tuple(given[len(names) :])
        if arguments.kwarg is not None:
            own = (*names, *(a.arg for a in arguments.kwonlyargs))
            self.env[arguments.kwarg.arg] = {key: value for key, value in named.items() if key not in own}
        for name in (*names[len(given) :], *(a.arg for a in arguments.kwonlyargs)):
            default = defaults.get(name, alone.get(name))
            missing = self.value(default) if default is not None and name not in named else Missing(name)
            self.env[name] = named.get(name, missing)
