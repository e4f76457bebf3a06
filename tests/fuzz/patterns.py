"""Every regular expression of the program: those that modules hold, and those that stand in calls of `re`."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

from tests.fuzz.slow import Way

ROOT = Path(__file__).parents[2]
PACKAGES = ("explainers", "views", "shell", "workers")
FUNCTIONS = {  # of re and of a compiled pattern -> how the pattern is used
    "compile": "compile", "search": "search", "sub": "search", "subn": "search", "findall": "search",
    "finditer": "search", "split": "search", "match": "match", "fullmatch": "fullmatch",
}  # fmt: skip
ANY_WAY = frozenset({"search"})
COMPILED = frozenset({"compile"})


@dataclass(frozen=True)
class Found:
    """A pattern, where it stands, and how it is used."""

    pattern: re.Pattern[str]
    place: str
    ways: frozenset[Way]


@cache
def modules() -> tuple[ModuleType, ...]:
    """Every module of the program."""
    return tuple(_modules())


def _modules() -> Iterator[ModuleType]:
    for name in PACKAGES:
        package = importlib.import_module(name)
        if package.__file__ is not None:
            yield package
        for found in pkgutil.walk_packages(package.__path__, f"{name}."):
            if not found.name.endswith("__main__"):
                yield importlib.import_module(found.name)


@cache
def every_pattern() -> tuple[Found, ...]:
    """Each pattern once, with all ways in which it is used."""
    found: dict[re.Pattern[str], Found] = {}
    held = (one for module in modules() for one in _held(module))
    for one in (*held, *(call for module in modules() for call in _called(module))):
        before = found.get(one.pattern)
        if before is None:
            found[one.pattern] = one
        elif one.ways != COMPILED:  # how a compiled pattern is used is known from the name that holds it
            found[one.pattern] = Found(one.pattern, before.place, one.ways | before.ways)
    return tuple(Found(one.pattern, one.place, one.ways - COMPILED or ANY_WAY) for one in found.values())


def _held(module: ModuleType) -> Iterator[Found]:
    """Compiled patterns in a module's names, tables included."""
    methods = _methods(_tree(module))
    for name, value in vars(module).items():
        for pattern in _patterns(value):
            own = methods.get(name, ANY_WAY) if isinstance(value, re.Pattern) else ANY_WAY
            yield Found(pattern, f"{module.__name__}.{name}", frozenset(own))


def _patterns(value: object) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        yield value
    elif isinstance(value, tuple | list | set | frozenset):
        for part in value:
            yield from _patterns(part)
    elif isinstance(value, Mapping):
        yield from _patterns(tuple(value.values()))
    elif is_dataclass(value) and not isinstance(value, type):
        yield from _patterns(tuple(getattr(value, field.name) for field in fields(value)))


def _methods(tree: ast.Module) -> dict[str, set[Way]]:
    """How each name of a module is used as a pattern: ``_SIZES.fullmatch(…)``."""
    used: dict[str, set[Way]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr in FUNCTIONS:
            used.setdefault(node.value.id, set()).add(FUNCTIONS[node.attr])
    return used


def _called(module: ModuleType) -> Iterator[Found]:
    """Patterns written in a call of `re`."""
    for call in calls(_tree(module)):
        text = literal(call.args[0], module)
        if text is not None:
            way = FUNCTIONS[getattr(call.func, "attr", "")]
            yield Found(re.compile(text, flags(call, module)), f"{module.__name__}:{call.lineno}", frozenset({way}))


def unseen() -> set[str]:
    """Functions that make a pattern out of what isn't written there: ``module.function``."""
    found = set()
    for module in modules():
        for function in (node for node in ast.walk(_tree(module)) if isinstance(node, ast.FunctionDef)):
            if any(literal(call.args[0], module) is None for call in calls(function)):
                found.add(f"{module.__name__}.{function.name}")
    return found


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    """Calls of `re`."""
    for node in ast.walk(tree):
        function = getattr(node, "func", None)
        of_re = isinstance(function, ast.Attribute) and getattr(function.value, "id", "") == "re"
        if isinstance(node, ast.Call) and of_re and function.attr in FUNCTIONS:
            yield node


def literal(node: ast.expr, module: ModuleType) -> str | None:
    """The text of a pattern that is made of literals and of the module's own names; None for any other."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.Name):
        value = vars(module).get(node.id)
        return value if isinstance(value, str) else None
    if isinstance(node, ast.BinOp):
        left, right = literal(node.left, module), literal(node.right, module)
        return left + right if left is not None and right is not None else None
    if isinstance(node, ast.JoinedStr):
        parts = [literal(getattr(part, "value", part) if isinstance(part, ast.FormattedValue) else part, module)
                 for part in node.values]  # fmt: skip
        return "".join(part for part in parts if part is not None) if None not in parts else None
    return None


def flags(call: ast.Call, module: ModuleType) -> int:
    """The flags of a call of `re`: ``re.IGNORECASE | re.ASCII``."""
    names = [node.attr for part in (*call.args[1:], *(keyword.value for keyword in call.keywords))
             for node in ast.walk(part) if isinstance(node, ast.Attribute) and node.attr.isupper()]  # fmt: skip
    found = 0
    for name in names:
        found |= int(getattr(re, name, 0))
    return found


@cache
def _tree(module: ModuleType) -> ast.Module:
    return ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
