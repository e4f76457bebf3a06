"""What a name in pasted code can stand for, once read."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from explainers.core.spec import Ref, Sizes
from explainers.reading.code.layers import Written


class Returned(Exception):
    """A return statement was reached."""

    def __init__(self, value: Value) -> None:
        self.value = value


class Broke(Exception):
    """A break statement was reached."""


class Continued(Exception):
    """A continue statement was reached."""


@dataclass(frozen=True)
class Missing:
    """A value that the text doesn't give.

    open: a number that data from elsewhere decide, as the rows of a file. parts: the operation that it is worked out
    by, once an example is needed in its place.
    """

    name: str
    open: bool = False
    parts: tuple[type[ast.operator], Value, Value] | None = None

    @property
    def depth(self) -> int:
        """How many operations it is worked out by, one in the other."""
        sides = self.parts[1:] if self.parts is not None else ()
        return 1 + max((side.depth for side in sides if isinstance(side, Missing)), default=0) if sides else 0


@dataclass(frozen=True)
class Arr:
    """Data: only its shape is kept. sizes None: unknown; an axis of None: of a length that isn't in the text."""

    name: str
    sizes: Sizes | None
    largest: int | None = None  # of whole numbers that stand in the text
    columns: tuple[str, ...] | None = None  # of a table, where they have names in the text


MASK = "mask of "  # begins the name of data that say which rows are taken


@dataclass(frozen=True)
class Stream:
    """A tf.data.Dataset of arrays: the shapes of one element, and whether it is a batch."""

    parts: tuple[Arr, ...]
    batched: bool = False

    @property
    def element(self) -> Value:
        """What a loop over it is given."""
        return self.parts[0] if len(self.parts) == 1 else self.parts


@dataclass(frozen=True)
class Yielded:
    """A generator of the text: what it yields first."""

    first: Value


class Items(list["Value"]):
    """A list of which only a part was read. total: how many items it has; None where the text doesn't say."""

    def __init__(self, items: Iterable[Value] = (), total: int | None = None) -> None:
        super().__init__(items)
        self.total = total

    def grow(self, rest: int | None) -> None:
        """Items of the turns of a loop that weren't read; None where the text doesn't say how many."""
        self.total = None if rest is None or self.total is None else self.total + rest


class Keyed(dict["Value", "Value"]):
    """A dict that the text makes. unread: how many keys weren't read; None where the text doesn't say."""

    unread: int | None = 0

    def grow(self, rest: int | None) -> None:
        """Keys that weren't read, one by one or those of further turns of a loop."""
        self.unread = None if rest is None or self.unread is None else self.unread + rest


def keyed(pairs: Value, named: dict[str, Value]) -> Keyed:
    """``dict(pairs, **named)``: of a dict, or of a list of pairs; what isn't known may hold any keys."""
    made = Keyed()
    if isinstance(pairs, dict):
        made.update(pairs)
    elif isinstance(pairs, list | tuple):
        read = (part for part in pairs if isinstance(part, tuple | list) and len(part) == 2)
        made.update({key: value for key, value in read if isinstance(key, str | int)})
    total = count_of(pairs) if isinstance(pairs, dict | list | tuple) else None
    whole = isinstance(pairs, dict) or (isinstance(pairs, list | tuple) and len(made) == len(pairs))
    made.unread = total - len(made) if whole and total is not None else None
    made.update(named)
    return made


def count_of(items: list[Value] | tuple[Value, ...] | dict[Value, Value]) -> int | None:
    """How many items a list or a dict has; None where the text doesn't say."""
    if isinstance(items, Keyed):
        return None if items.unread is None else len(items) + items.unread
    return items.total if isinstance(items, Items) else len(items)


@dataclass(frozen=True)
class Options:
    """Options by their names: a parser of argparse and what it gives, a namespace."""

    values: dict[str, Value]


@dataclass(frozen=True)
class Sym:
    """A dotted name: a module, a class, a function of a library."""

    name: str

    @property
    def last(self) -> str:
        """``LSTM`` of ``tf.keras.layers.LSTM``."""
        return self.name.rsplit(".", 1)[-1]


@dataclass
class LayerV:
    """A layer that was made; `index` is its place in the graph once it was called."""

    written: Written
    index: int | None = None


@dataclass(frozen=True)
class Ten:
    """A symbolic tensor. whole: it stands for all tensors that a call returns, under one name."""

    ref: Ref
    whole: bool = field(default=False, compare=False)


@dataclass
class ModelV:
    """A model: the layers of a Sequential, or the ends of a functional one."""

    sequential: bool
    name: str = ""
    layers: list[Value] = field(default_factory=list)
    inputs: list[Ref] = field(default_factory=list)
    outputs: list[Ref] = field(default_factory=list)
    loss: str = ""
    metrics: tuple[str, ...] = ()
    realized: bool = False
    nodes: dict[str, Value] = field(default_factory=dict)  # Graph of Keras 0
    line: int = 0
    variable: str = ""  # the name that the text gives it
    declared: Sizes | None = None  # by build()
    names: list[str] = field(default_factory=list)  # of its outputs, where it has several
    losses: Value = None  # as compile was given them, where they are several
    trained: bool = False  # a layer that is added behind fit belongs to another version of the program


@dataclass(frozen=True)
class ClassV:
    """A class of the text."""

    node: ast.ClassDef


@dataclass(frozen=True)
class FuncV:
    """A function of the text; a lambda too. around: the names of the function in which it was made."""

    node: ast.FunctionDef
    owner: Value = None
    around: dict[str, Value] | None = field(default=None, compare=False, repr=False)
    lambda_layer: bool = False  # what it does is done in a layer, as in the call of a class


def of_lambda(node: ast.Lambda) -> FuncV:
    """``lambda x: K.mean(x, axis=1)`` as a function with one return."""
    body: ast.stmt = ast.copy_location(ast.Return(node.body), node)
    return FuncV(ast.FunctionDef("<lambda>", node.args, [body], []))


@dataclass
class ObjV:
    """An object of a class of the text, with its attributes."""

    cls: ClassV
    attributes: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class CellV:
    """``RNN(cell)`` around a cell that is a class of the text: its steps aren't read, its widths are."""

    cell: ObjV
    sequences: bool
    state: bool
    line: int


@dataclass(frozen=True)
class CellCall:
    """One call of such an RNN: the shapes that went in (x first), and those of its constants."""

    cell: ObjV
    inputs: tuple[Sizes, ...]
    constants: tuple[Sizes, ...] = ()
    sequences: bool = False


@dataclass(frozen=True)
class Weight:
    """A weight made by add_weight in a class of the text."""

    sizes: Sizes


Value: TypeAlias = object  # anything that a name stands for: narrowed by isinstance before it is used

NOT_READ = Missing("not read here")  # what a table's function gives where the call is none of its own


def function_of(cls: ast.ClassDef, name: str) -> ast.FunctionDef | None:
    """A method of a class of the text."""
    return next((n for n in cls.body if isinstance(n, ast.FunctionDef) and n.name == name), None)


def line_of(layer: LayerV) -> int:
    """Where a layer was made."""
    return layer.written.spec.line or 1
