"""What the names of a program in PyTorch or flax hold while its shapes are followed."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from explainers.core.spec import Ref, Sizes


class Unknown:
    """A value that isn't worked out here."""


class Batch:
    """The number of samples, as ``x.size(0)`` gives it; `times` are folded into it, as ``batch * steps`` does."""

    def __init__(self, times: int = 1) -> None:
        self.times = times


UNKNOWN = Unknown()


@dataclass(frozen=True)
class Dotted:
    """A name that the text doesn't define: ``torch.nn.functional``."""

    name: str

    @property
    def last(self) -> str:
        """``relu`` of ``torch.nn.functional.relu``."""
        return self.name.rsplit(".", 1)[-1]


@dataclass(eq=False)
class Leaf:
    """A layer of the framework: its class, its arguments, the line where it is made and its name in the program."""

    kind: str
    places: list[object]
    named: dict[str, object]
    line: int
    name: str = ""

    def get(self, key: str, place: int = -1, default: object = None) -> object:
        """An argument by name or place."""
        return self.named.get(key, self.places[place] if 0 <= place < len(self.places) else default)

    def whole(self, key: str, place: int = -1) -> int | None:
        """The same, where it is a whole number."""
        value = self.get(key, place)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def flag(self, key: str, place: int = -1, default: bool = False) -> bool:
        """The same, where it is True or False."""
        value = self.get(key, place, default)
        return value if isinstance(value, bool) else default


@dataclass(eq=False)
class Several:
    """Modules in a Sequential, a ModuleList or a ModuleDict; only the first is called as a whole."""

    kind: str
    names: list[str] = field(default_factory=list)
    parts: list[object] = field(default_factory=list)

    def add(self, part: object, name: str = "") -> None:
        """One more, at the end."""
        self.names.append(name or str(len(self.parts)))
        self.parts.append(part)


@dataclass(eq=False)
class Class:
    """A class of the text and the names that it sees."""

    node: ast.ClassDef
    scope: dict[str, object]
    bases: list[object]
    offset: int = 1  # the line of the text at which its statement begins

    def method(self, name: str) -> ast.FunctionDef | None:
        """One of its own methods, or of a class of the text that it inherits from."""
        for node in self.node.body:
            if isinstance(node, ast.FunctionDef) and node.name == name:
                return node
        inherited = (base.method(name) for base in self.bases if isinstance(base, Class))
        return next((found for found in inherited if found is not None), None)

    def is_sequential(self) -> bool:
        """Whether it is a Sequential with a name of its own."""
        return any(
            base.last == "Sequential" if isinstance(base, Dotted) else isinstance(base, Class) and base.is_sequential()
            for base in self.bases
        )


@dataclass(eq=False)
class Instance:
    """A module of a class of the text."""

    of: Class
    attributes: dict[str, object] = field(default_factory=dict)
    chain: Several | None = None


@dataclass(frozen=True)
class Function:
    """A function or a bound method of the text."""

    node: ast.FunctionDef | ast.Lambda
    scope: dict[str, object]
    bound: object = None
    offset: int = 1  # the line of the text at which its statement begins


@dataclass(frozen=True)
class Partial:
    """``functools.partial(function, window_shape=(2, 2))``."""

    function: object
    places: tuple[object, ...]
    named: tuple[tuple[str, object], ...]


@dataclass(eq=False)
class Data:
    """An array of the program whose samples haven't met a layer yet, or an argument whose shape isn't known (None)."""

    shape: tuple[int, ...] | None
    name: str
    line: int
    integers: bool = False
    zeros: bool = False
    trained: bool = False  # nn.Parameter


@dataclass(frozen=True)
class Tensor:
    """A tensor of the model. shape: in the framework's order. order: where each of these axes is in Keras."""

    ref: Ref
    shape: Sizes
    order: tuple[int, ...]
    integers: bool = False

    @property
    def batch(self) -> int:
        """The axis of the samples in the framework's order."""
        return self.order.index(0)

    @property
    def in_keras(self) -> Sizes:
        """Its shape in Keras' order."""
        made: list[int | None] = [None] * len(self.shape)
        for axis, place in enumerate(self.order):
            made[place] = self.shape[axis]
        return tuple(made)


@dataclass(frozen=True)
class State:
    """h_n or c_n of a recurrent module: an axis of layers and directions in front, (layers * directions, batch, units).

    parts: the tensor of each layer and direction.
    """

    parts: tuple[Tensor, ...]
    units: int


class Gap(Exception):
    """What isn't read here, in words."""


class Restart(Exception):
    """The shapes are followed once more: an argument has got its shape, or an input its batch axis."""


@dataclass(frozen=True)
class Missing:
    """A class that the text doesn't define and that isn't a layer known here."""

    name: str


def name_it(value: object, name: str) -> None:
    """The layers of a module get its name."""
    if isinstance(value, Leaf):
        value.name = value.name or name
    elif isinstance(value, Several):
        for own, part in zip(value.names, value.parts, strict=True):
            name_it(part, f"{name}_{own}")
    elif isinstance(value, Instance):
        for leaf in leaves_of(value):
            leaf.name = f"{name}_{leaf.name}"


def leaves_of(value: object) -> list[Leaf]:
    """All layers of a module."""
    if isinstance(value, Leaf):
        return [value]
    if isinstance(value, Several):
        return [leaf for part in value.parts for leaf in leaves_of(part)]
    if isinstance(value, Instance):
        parts = [*value.attributes.values(), value.chain]
        return list(dict.fromkeys(leaf for part in parts for leaf in leaves_of(part)))
    return []
