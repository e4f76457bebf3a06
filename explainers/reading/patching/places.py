"""Where a layer, an Input, a call and the data stand in a pasted text: nodes of its syntax tree with their places."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from explainers.core.spec import LayerSpec
from explainers.reading.backbones import BACKBONES, PREFIX
from explainers.reading.code.names import dotted
from explainers.reading.literal import today_name

_SIGNS: dict[str, type[ast.operator]] = {
    "ops.add": ast.Add,
    "ops.subtract": ast.Sub,
    "ops.multiply": ast.Mult,
    "ops.divide": ast.Div,
    "ops.matmul": ast.MatMult,
}
_INPUTS = ("Input", "InputLayer")


UNREADABLE = (  # what a text that is no whole program may raise while its lines are changed
    *(AttributeError, LookupError, MemoryError, RecursionError),
    *(StopIteration, SyntaxError, TypeError, ValueError),
)


@dataclass(frozen=True)
class Edit:
    """Characters of the text and what stands there instead."""

    start: int
    end: int
    words: str


@dataclass(frozen=True)
class Rewritten:
    """A text with a change in it. label: what to do; code: how; means: how the numbers are read then.

    other_data: whether what reaches the model then isn't what the message says.
    """

    text: str
    label: str
    code: str
    means: str = ""
    other_data: bool = False


class Places:
    """The text as code from end to end. Raises SyntaxError where it isn't."""

    def __init__(self, text: str) -> None:
        self.text = text
        bare = textwrap.dedent(text)
        both = zip(text.split("\n"), bare.split("\n"), strict=True)
        self.margin = next((len(line) - len(plain) for line, plain in both if plain.strip()), 0)
        self.tree = ast.parse(bare)
        self.parents = {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}
        self.lines = text.split("\n")
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line) + 1)

    def span(self, node: ast.expr | ast.stmt | ast.keyword) -> tuple[int, int]:
        """Where a node stands, in characters."""
        return (
            self._place(node.lineno, node.col_offset),
            self._place(node.end_lineno or node.lineno, node.end_col_offset or 0),
        )

    def _place(self, line: int, column: int) -> int:
        before = self.lines[line - 1][self.margin :].encode()[:column].decode(errors="ignore")
        return self.starts[line - 1] + self.margin + len(before)

    def source(self, node: ast.expr | ast.stmt) -> str:
        """A node as it is written."""
        start, end = self.span(node)
        return self.text[start:end]

    def calls(self, line: int | None = None) -> list[ast.Call]:
        """The calls of the text in its order; those that begin in one line, from the inside out."""
        found = [node for node in ast.walk(self.tree) if isinstance(node, ast.Call)]
        found = [node for node in found if line is None or node.lineno == line]
        return sorted(found, key=lambda node: (node.lineno, node.col_offset, node.end_lineno, node.end_col_offset))

    def makers(self, layer: LayerSpec) -> list[ast.Call]:
        """The calls that can have made a layer: its class, in its line; else the only one with its numbers."""
        here = [node for node in self.calls(layer.line) if _class_of(node) == layer.class_name]
        if here:
            return here
        alike = [node for node in self.calls() if _class_of(node) == layer.class_name and _made_so(node, layer)]
        return alike if len(alike) == 1 else []

    def value_of(self, node: ast.expr | None) -> ast.expr | None:
        """An expression; for a name that is given something once, that."""
        if not isinstance(node, ast.Name):
            return node
        assigned = (other for other in ast.walk(self.tree) if isinstance(other, ast.Assign))
        found = [a.value for a in assigned if any(isinstance(t, ast.Name) and t.id == node.id for t in a.targets)]
        return found[0] if len(found) == 1 else node

    def inputs(self) -> list[ast.Call]:
        """Every Input of the text."""
        return [node for node in self.calls() if last(node) in _INPUTS]

    def methods(self, names: tuple[str, ...], line: int | None = None) -> list[ast.Call]:
        """Calls of methods by their names."""
        return [node for node in self.calls(line) if isinstance(node.func, ast.Attribute) and node.func.attr in names]

    def statement(self, node: ast.AST) -> ast.stmt:
        """The statement that a node stands in."""
        while not isinstance(node, ast.stmt):
            node = self.parents[node]
        return node

    def sums(self, line: int | None, class_name: str) -> list[ast.BinOp]:
        """The sums, products, … that begin in one line: ``a + b`` of an ops.add."""
        wanted = _SIGNS.get(class_name)
        found = [node for node in ast.walk(self.tree) if isinstance(node, ast.BinOp) and node.lineno == line]
        return [node for node in found if wanted is not None and isinstance(node.op, wanted)]

    def keras(self) -> tuple[str, tuple[Edit, ...]]:
        """How the text calls Keras, and the import that it lacks."""
        for node in self.tree.body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                for alias in node.names:
                    if alias.name == "keras":
                        return alias.asname or "keras", ()
                    if alias.name == "tensorflow" and isinstance(node, ast.Import):
                        return f"{alias.asname or 'tensorflow'}.keras", ()
        return "keras", (self.line_before(self.tree.body[0], "import keras"),)

    def line_before(self, node: ast.stmt, words: str) -> Edit:
        """A line of its own in front of a statement."""
        start, _ = self.span(node)
        place = self.text.rfind("\n", 0, start) + 1
        return Edit(place, place, f"{self.text[place:start]}{words}\n")

    def layer_name(self, class_name: str) -> tuple[str, tuple[Edit, ...]]:
        """How the text calls a layer's class, and the import that it lacks."""
        for node in self.calls():
            name = dotted(node.func)
            module, _, made = name.rpartition(".")
            if module and made[:1].isupper() and today_name(made) is not None:
                return f"{module}.{class_name}", ()
        imports = [node for node in self.tree.body if isinstance(node, ast.ImportFrom) and node.module]
        if any(alias.name == class_name and not alias.asname for node in imports for alias in node.names):
            return class_name, ()
        if any(re.search(r"\blayers$", node.module or "") and node.names[0].name == "*" for node in imports):
            return class_name, ()
        plain = next((node for node in imports if re.search(r"\blayers$", node.module or "")), None)
        if plain is not None:
            return class_name, (self.line_before(plain, f"from {plain.module} import {class_name}"),)
        known = any(
            isinstance(node, ast.Import) and any(a.name == "keras" for a in node.names) for node in self.tree.body
        )
        first = self.tree.body[0]
        return f"keras.layers.{class_name}", () if known else (self.line_before(first, "import keras"),)

    def numpy(self) -> tuple[Edit, ...]:
        """The import of NumPy, where the text lacks it."""
        named = (a.asname for node in ast.walk(self.tree) if isinstance(node, ast.Import) for a in node.names)
        return () if "np" in named else (self.line_before(self.tree.body[0], "import numpy as np"),)


def last(node: ast.Call) -> str:
    """``LSTM`` of ``layers.LSTM(4)``."""
    func = node.func
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""


def _class_of(node: ast.Call) -> str | None:
    """The class that a call may make, as a spec names it."""
    return f"{PREFIX}{last(node)}" if last(node) in BACKBONES else today_name(last(node))


def _made_so(node: ast.Call, layer: LayerSpec) -> bool:
    """Whether a call is written with the layer's own first number: its class may make it in another line."""
    first = argument(node, 0, *(key for key, _ in layer.arguments[:1]))
    return isinstance(first, ast.Constant) and bool(layer.arguments) and first.value == layer.arguments[0][1]


def argument(node: ast.Call, place: int, *names: str) -> ast.expr | None:
    """An argument by its name or its place."""
    for keyword in node.keywords:
        if keyword.arg in names:
            return keyword.value
    return node.args[place] if 0 <= place < len(node.args) and not isinstance(node.args[place], ast.Starred) else None


def parts(node: ast.expr | None) -> list[ast.expr]:
    """The elements of a list or tuple; the expression itself where it is none."""
    if node is None:
        return []
    return list(node.elts) if isinstance(node, ast.List | ast.Tuple) else [node]


def within(node: ast.AST) -> Iterator[ast.Call]:
    """The calls inside of a node."""
    return (child for child in ast.walk(node) if isinstance(child, ast.Call) and child is not node)
