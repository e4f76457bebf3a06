"""What a program is set by: argparse's options with their defaults, a class of constants, a dataclass."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from explainers.reading.code.values import NOT_READ, ClassV, Missing, Options, Sym, Value

if TYPE_CHECKING:
    from explainers.reading.code.evaluator import Reader


def new_parser(reader: Reader, symbol: Sym, node: ast.Call) -> Value:
    """ArgumentParser()."""
    return Options({})


def new_namespace(reader: Reader, symbol: Sym, node: ast.Call) -> Value:
    """``SimpleNamespace(units=9)`` and ``argparse.Namespace(**config)``."""
    return Options(reader.keywords(node))


def options_method(reader: Reader, options: Options, name: str, node: ast.Call) -> Value:
    """``add_argument("--units", default=9)``, a group of arguments, and what parsing gives without a command line."""
    positional, named = reader.arguments(node)
    if name == "add_argument":
        _declare(options, positional, named)
        return None
    if name == "set_defaults":
        options.values.update(named)
        return None
    if name in ("add_argument_group", "add_mutually_exclusive_group", "parse_args"):
        return options
    return (options, []) if name == "parse_known_args" else NOT_READ


def _declare(options: Options, positional: list[Value], named: dict[str, Value]) -> None:
    flags = [flag for flag in positional if isinstance(flag, str)]
    long = next((flag for flag in flags if flag.startswith("--")), flags[0] if flags else "")
    key = named.get("dest", long.lstrip("-").replace("-", "_"))
    if not isinstance(key, str) or not key:
        return
    switched = {"store_true": False, "store_false": True}.get(str(named.get("action")))
    default = switched if switched is not None else Missing(key)
    options.values[key] = named.get("default", default if long.startswith("-") else Missing(key))


def constant_of(reader: Reader, cls: ClassV, name: str) -> Value:
    """``Config.units`` of a class of the text; NOT_READ where its body doesn't assign it."""
    for node in cls.node.body:
        if not isinstance(node, ast.Assign | ast.AnnAssign):
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if node.value is not None and any(isinstance(target, ast.Name) and target.id == name for target in targets):
            return _assigned(reader, cls, node)
    return NOT_READ


def _assigned(reader: Reader, cls: ClassV, node: ast.Assign | ast.AnnAssign) -> Value:
    """The value of a line of a class body; names of lines above it stand there by themselves."""
    value = node.value
    if isinstance(value, ast.Call) and ast.unparse(value.func).endswith("field"):
        given = {k.arg: k.value for k in value.keywords}
        made = given.get("default_factory")
        value = made.body if isinstance(made, ast.Lambda) else given.get("default")
    if isinstance(value, ast.Name) and value.id not in reader.env:
        return constant_of(reader, cls, value.id)
    return reader.value(value)


def fields_of(cls: ast.ClassDef) -> list[str]:
    """The fields of a dataclass or NamedTuple, in the order in which they are given."""
    made = any("dataclass" in ast.unparse(d) for d in cls.decorator_list)
    made = made or any(ast.unparse(base).endswith("NamedTuple") for base in cls.bases)
    lines = (node.target for node in cls.body if isinstance(node, ast.AnnAssign))
    return [target.id for target in lines if isinstance(target, ast.Name)] if made else []
