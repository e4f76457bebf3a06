"""Where a program keeps its settings: options of the command line, namespaces, classes of constants."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from explainers.reading.code.values import (
    NOT_READ,
    ClassV,
    Missing,
    Namespace,
    Parser,
    Value,
)

if TYPE_CHECKING:
    from explainers.reading.code.evaluator import Reader

_SWITCHES = {"store_true": False, "store_false": True}  # what an option is that nobody gives


def settings_of(reader: Reader, last: str, node: ast.Call) -> Value:
    """``ArgumentParser()`` and ``SimpleNamespace(units=9)``; NOT_READ for any other call."""
    if last == "ArgumentParser":
        return Parser()
    return Namespace(reader.keywords(node)) if last in ("SimpleNamespace", "Namespace") else NOT_READ


def parser_method(reader: Reader, parser: Parser, name: str, node: ast.Call) -> Value:
    """add_argument, set_defaults, parse_args: the program is read as if nobody gave an option."""
    positional, named = reader.arguments(node)
    if name == "add_argument":
        _add_option(parser, [text for text in positional if isinstance(text, str)], named)
        reader.budget.hold(parser.defaults)
    elif name == "set_defaults":
        parser.defaults.update(named)
    elif name == "parse_args":
        return Namespace(parser.defaults)
    elif name == "parse_known_args":
        return (Namespace(parser.defaults), [])
    return parser  # a group of options is one of the same parser


def _add_option(parser: Parser, flags: list[str], named: dict[str, Value]) -> None:
    """Python's own rule: dest, else the first long flag, else the first one."""
    chosen = named.get("dest", next((flag for flag in flags if flag.startswith("--")), flags[0] if flags else ""))
    name = str(chosen).lstrip("-").replace("-", "_")
    default = named.get("default", _SWITCHES.get(str(named.get("action")), Missing(f"the option {name}")))
    parser.defaults[name] = default


def constant_of(reader: Reader, cls: ClassV, name: str) -> Value:
    """``Config.units``, as the body of the class gives it; NOT_READ where it doesn't."""
    for line in cls.node.body:
        if not isinstance(line, ast.Assign | ast.AnnAssign):
            continue
        targets = line.targets if isinstance(line, ast.Assign) else [line.target]
        if line.value is not None and any(isinstance(each, ast.Name) and each.id == name for each in targets):
            return _default(reader, line.value)
    return NOT_READ


def _default(reader: Reader, given: ast.expr) -> Value:
    """A plain value, or that of ``field(default=64)``."""
    if isinstance(given, ast.Call) and getattr(given.func, "id", getattr(given.func, "attr", "")) == "field":
        given = next((each.value for each in given.keywords if each.arg == "default"), given)
    return reader.value(given)


def fields_of(cls: ClassV) -> list[str]:
    """The names that a dataclass takes, in their order."""
    lines = (line.target for line in cls.node.body if isinstance(line, ast.AnnAssign))
    return [target.id for target in lines if isinstance(target, ast.Name)]
