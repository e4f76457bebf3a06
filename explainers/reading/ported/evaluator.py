"""The program's statements and its own functions, followed for their shapes."""

from __future__ import annotations

import ast

from explainers.reading.ported.expressions import MOST_STEPS, Expressions, parts, truth
from explainers.reading.ported.values import UNKNOWN, Class, Function, Gap, Instance

DEEPEST = 24  # calls in calls


class Returned(Exception):
    def __init__(self, value: object) -> None:
        self.value = value


class _Left(Exception):
    """break or continue."""


class Evaluator(Expressions):
    """Statements one after the other."""

    # -- statements ----------------------------------------------------------------------------------------------

    def run(self, body: list[ast.stmt], scope: dict[str, object]) -> None:
        """Statements one after the other."""
        for node in body:
            self.step(node, scope)

    def step(self, node: ast.stmt, scope: dict[str, object]) -> None:
        """One statement."""
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise Gap("this program takes too many steps to be followed")
        self.now = self.line(node)
        method = getattr(self, f"_do_{type(node).__name__.lower()}", None)
        if method is not None:
            method(node, scope)

    def _do_expr(self, node: ast.Expr, scope: dict[str, object]) -> None:
        self.value(node.value, scope)

    def _do_assign(self, node: ast.Assign, scope: dict[str, object]) -> None:
        value = self.value(node.value, scope)
        for target in node.targets:
            self.assign(target, value, scope)

    def _do_annassign(self, node: ast.AnnAssign, scope: dict[str, object]) -> None:
        if node.value is not None:
            self.assign(node.target, self.value(node.value, scope), scope)

    def _do_augassign(self, node: ast.AugAssign, scope: dict[str, object]) -> None:
        whole = ast.BinOp(_loaded(node.target), node.op, node.value)
        self.assign(node.target, self.value(ast.copy_location(whole, node), scope), scope)

    def _do_if(self, node: ast.If, scope: dict[str, object]) -> None:
        known = truth(self.value(node.test, scope))
        if known is None:
            known = not (isinstance(node.test, ast.Attribute) and node.test.attr == "training") and bool(node.orelse)
        self.run(node.body if known else node.orelse, scope)

    def _do_for(self, node: ast.For, scope: dict[str, object]) -> None:
        for part in parts(self.value(node.iter, scope)):
            self.assign(node.target, part, scope)
            try:
                self.run(node.body, scope)
            except _Left:
                break

    def _do_with(self, node: ast.With, scope: dict[str, object]) -> None:
        self.run(node.body, scope)

    def _do_try(self, node: ast.Try, scope: dict[str, object]) -> None:
        self.run(node.body, scope)

    def _do_return(self, node: ast.Return, scope: dict[str, object]) -> None:
        raise Returned(self.value(node.value, scope) if node.value is not None else None)

    def _do_break(self, node: ast.Break, scope: dict[str, object]) -> None:
        raise _Left

    def _do_functiondef(self, node: ast.FunctionDef, scope: dict[str, object]) -> None:
        scope[node.name] = Function(node, scope, None, self.offset)

    def _do_classdef(self, node: ast.ClassDef, scope: dict[str, object]) -> None:
        scope[node.name] = Class(node, scope, [self.value(base, scope) for base in node.bases], self.offset)

    def assign(self, target: ast.expr, value: object, scope: dict[str, object]) -> None:
        """A value gets its name."""
        if isinstance(target, ast.Name):
            scope[target.id] = value
        elif isinstance(target, ast.Tuple | ast.List):
            several = list(value) if isinstance(value, tuple | list) else []
            for place, one in enumerate(target.elts):
                self.assign(one, several[place] if place < len(several) else UNKNOWN, scope)
        elif isinstance(target, ast.Attribute):
            owner = self.value(target.value, scope)
            if isinstance(owner, Instance):
                owner.attributes[target.attr] = value
        elif isinstance(target, ast.Subscript):
            owner, key = self.value(target.value, scope), self.value(target.slice, scope)
            if isinstance(owner, dict) and isinstance(key, str | int):
                owner[key] = value

    # -- functions of the text -----------------------------------------------------------------------------------

    def enter(self, function: Function, places: list[object], named: dict[str, object]) -> object:
        """What a function of the text returns."""
        node = function.node
        if self.depth >= DEEPEST:
            raise Gap("functions that call one another too often")
        scope = dict(function.scope)
        given = [function.bound, *places] if function.bound is not None else list(places)
        self._bind(node.args, given, named, scope)
        before, self.offset = self.offset, function.offset
        self.depth += 1
        try:
            if isinstance(node, ast.Lambda):
                return self.value(node.body, scope)
            self.run(node.body, scope)
        except Returned as returned:
            return returned.value
        finally:
            self.depth -= 1
            self.offset = before
        return None

    def _known(self, value: object, name: str) -> object:
        return self.missing(name, given=True) if value is UNKNOWN else value

    def _bind(
        self, arguments: ast.arguments, given: list[object], named: dict[str, object], scope: dict[str, object]
    ) -> None:
        names = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
        only = [argument.arg for argument in arguments.kwonlyargs]
        defaults = dict(zip(names[len(names) - len(arguments.defaults) :], arguments.defaults, strict=True))
        defaults |= {name: node for name, node in zip(only, arguments.kw_defaults, strict=True) if node is not None}
        for place, name in enumerate((*names, *only)):
            if place < len(given) and place < len(names):
                scope[name] = self._known(given[place], name)
            elif name in named:
                scope[name] = self._known(named[name], name)
            else:
                scope[name] = self.value(defaults[name], scope) if name in defaults else self.missing(name)
        if arguments.vararg is not None:
            scope[arguments.vararg.arg] = tuple(given[len(names) :])
        if arguments.kwarg is not None:
            scope[arguments.kwarg.arg] = {key: one for key, one in named.items() if key not in (*names, *only)}


def _loaded(target: ast.expr) -> ast.expr:
    return ast.parse(ast.unparse(target), mode="eval").body
