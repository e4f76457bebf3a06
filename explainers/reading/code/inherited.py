"""A class of the text that is made of another one: its methods beside those that it takes over."""

from __future__ import annotations

import ast
import copy

MOST_METHODS = 200  # of one class, those of the classes that it is made of included


def with_base(node: ast.ClassDef, base: ast.ClassDef) -> ast.ClassDef:
    """The class with what it inherits. ``super().call(x)`` is a method under a name of its own."""
    own = {part.name for part in node.body if isinstance(part, ast.FunctionDef)}
    taken = [_apart(part, node.name) if _name(part) in own else part for part in base.body]
    body = [_Super(node.name, _names(base)).visit(copy.deepcopy(part)) for part in node.body]
    merged = ast.ClassDef(node.name, base.bases, node.keywords, [*body, *taken][:MOST_METHODS], node.decorator_list)
    return ast.copy_location(merged, node)


def _name(part: ast.stmt) -> str:
    return part.name if isinstance(part, ast.FunctionDef) else ""


def _names(cls: ast.ClassDef) -> set[str]:
    return {_name(part) for part in cls.body}


def _renamed(method: str, cls: str) -> str:
    return f"_{method}_above_{cls}"


def _apart(part: ast.stmt, cls: str) -> ast.stmt:
    """A method that the class has anew, kept for its ``super()``."""
    if not isinstance(part, ast.FunctionDef):
        return part
    kept = ast.FunctionDef(_renamed(part.name, cls), part.args, part.body, part.decorator_list)
    return ast.copy_location(kept, part)


class _Super(ast.NodeTransformer):
    """``super().call(x)`` -> ``self.<the method above>(x)``."""

    def __init__(self, cls: str, methods: set[str]) -> None:
        self.cls, self.methods, self.within = cls, methods, ""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """A method: a call of ``super`` in it may mean the one above it."""
        before, self.within = self.within, self.within or node.name
        self.generic_visit(node)
        self.within = before
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """The call itself, with the name under which the method above is kept."""
        self.generic_visit(node)
        called = node.func
        if not isinstance(called, ast.Attribute) or called.attr not in self.methods or not _is_super(called.value):
            return node
        name = _renamed(called.attr, self.cls) if called.attr == self.within else called.attr
        owner = ast.copy_location(ast.Name("self", ast.Load()), called)
        node.func = ast.copy_location(ast.Attribute(owner, name, ast.Load()), called)
        return node


def _is_super(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"
