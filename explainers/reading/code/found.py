"""What is known of a pasted program so far: its graph, its data, what wasn't read, and what stands in open places."""

from __future__ import annotations

import ast
import re

from explainers.core.spec import Argument, Check, Sizes
from explainers.reading.asking import Entries
from explainers.reading.code.arithmetic import arithmetic
from explainers.reading.code.arrays import fitted
from explainers.reading.code.budget import Budget
from explainers.reading.code.graph import Graph
from explainers.reading.code.hints import hints
from explainers.reading.code.layers import Written
from explainers.reading.code.patterns import Custom
from explainers.reading.code.statements import Statement
from explainers.reading.code.values import (
    Arr,
    ClassV,
    Items,
    Keyed,
    LayerV,
    Missing,
    ModelV,
    Sym,
    Ten,
    Value,
)
from explainers.reading.literal import BY_NAME, KNOWN

_FRACTIONS = ("rate", "p", "dropout", "recurrent_dropout", "alpha", "dropout_W", "dropout_U")
_NO_NUMBERS = (  # arguments for which no example is made up
    "layer",
    "forward_layer",
    "backward_layer",
    "cell",
    "cells",
    "activation",
    "name",
    "recurrent_activation",
    "dtype",
    "mask_zero",
    "return_sequences",
    "return_state",
    "stateful",
    "use_bias",
    "weights",
    "kernel_initializer",
)

MAKE_FIRST = "Make the layer first, then call it with its tensors."
OUTPUTS = "Join the outputs of the models."
ONE_LIST = "Pass the tensors as one list: this layer reads a list."
CALL_TOO = "Call the layer on its tensor: the brackets so far only make it."
NO_TARGET = "Leave the target out: the data set holds it already."


class Found:
    """What one text says. The evaluator and the tables of calls write it; the diagnosis is made of it."""

    def __init__(self, text: str, entries: Entries | None = None) -> None:
        self.budget = Budget()
        self.graph = Graph(budget=self.budget)
        self.text = text
        self.lines = text.split("\n")
        self.entries = entries or Entries()
        self.hints = {**hints(text), **self.entries.printed, **self.entries.shapes()}
        self.models: list[ModelV] = []
        self.checks: list[tuple[ModelV | None, Check]] = []
        self.misused: list[ModelV] = []  # called on a tensor that its Input doesn't take
        self.loose: list[LayerV] = []
        self.all_written: list[Written] = []
        self.renamed: list[str] = []
        self.removed: list[tuple[str, str]] = []  # (class, argument) that today's Keras refuses
        self.unread: list[tuple[int, str]] = []
        self.ended: tuple[int, str] | None = None  # the line at which the budget was used up
        self.assumed: dict[str, int] = {}
        self.said: dict[str, int] = {}  # what the learner entered in place of an example
        self.asked: dict[str, str] = {}
        self.unshaped: list[str] = []  # arrays whose shape the text doesn't give
        self.data: dict[str, Sizes] = {}
        self.numbers: dict[str, int] = {}
        self.notes: list[str] = []
        self.ignored: list[tuple[LayerV, Sizes]] = []
        self.mistake: str | None = None
        self.cause = ""
        self.meant: str = ""  # the code as it was meant, where it is read so
        self.how = ""  # what to do, to write it so
        self.replaced: dict[str, Ten] = {}  # tensors whose name was given a layer that isn't called
        self.fed: dict[Arr, Ten] = {}
        self.custom = Custom()
        self.given: list[tuple[LayerV, tuple[Sizes, ...], int]] = []  # weights=[…] in a constructor
        self.env: dict[str, Value] = {}
        self.later: dict[str, Value] = {}  # numbers and lists of them that the text names only further down
        self.grown: dict[int, tuple[int, Items | Keyed]] = {}  # lists and dicts that grew in the loop that is read
        self.depth = 0  # of the expression that is read
        self.inside = 0  # functions of the text that are being read
        self.in_layer = 0  # calls of classes and Lambda layers that are being read
        self.outside: set[int] = set()  # calls that are made in none: with constants alone Keras makes them at once
        self.of_tf: dict[int, str] = {}  # those of them that are functions of tf
        self.first_tensorflow = False  # whether it is graph code, which today's TensorFlow doesn't run
        self.where: Statement | None = None
        self.here: ast.AST = ast.Pass()  # the call that is read

    def line(self, node: ast.AST) -> int:
        """The line (from 1) in the pasted text."""
        return self.where.line(node) if self.where is not None else 1

    def source(self, line: int) -> str:
        """That line of the text."""
        return self.lines[line - 1].strip()[:200] if 0 < line <= len(self.lines) else ""

    def skip(self, node: ast.AST, why: str) -> None:
        """Name a line that isn't read."""
        if len(self.unread) < 40:
            self.unread.append((self.line(node), why))

    def short(self, node: ast.AST | None, letters: int = 60) -> str:
        """An expression in words, for questions."""
        if isinstance(node, ast.Name):
            return node.id[:60]
        try:
            return ast.unparse(node)[:letters] if node is not None and self.depth < 25 else "an expression"
        except (RecursionError, ValueError, AttributeError, TypeError):
            return "an expression"

    def whole(self, value: Value) -> int | None:
        """A whole number; an example where the text doesn't give it."""
        if isinstance(value, bool):
            return None
        if isinstance(value, float) and value == int(value):
            return int(value)
        if isinstance(value, int):
            return value
        return self.worked_out(value) if isinstance(value, Missing) else None

    def worked_out(self, value: Missing) -> int:
        """A number that isn't in the text: an example, or what its operation makes of examples."""
        if value.parts is not None and value.name not in {**self.entries.given, **self.entries.solved}:
            operation, *sides = value.parts
            numbers = [self.whole(side) if isinstance(side, Missing) else side for side in sides]
            known = [n for n in numbers if isinstance(n, int | float)]
            result = arithmetic(operation, *known) if len(known) == 2 else None
            if result is not None and result >= 1:
                return int(result)
        return self.example(value.name)

    def example(self, name: str) -> int:
        """A number that the text doesn't give: the learner's; else an example, the same each time, all different."""
        entry = self.entries.number(name)
        if entry is not None:
            self.said[name] = entry
            return entry
        if name in self.entries.solved:
            return self.entries.solved[name]
        if name not in self.assumed:
            self.assumed[name] = self.entries.example(name, len(self.assumed))
            if re.fullmatch(r"[A-Za-z_]\w{0,40}", name):
                self.asked[name] = f"What is {name}? The text doesn't say; {self.assumed[name]} is used instead."
        return self.assumed[name]

    def sizes(self, value: Value) -> Sizes | None:
        """A shape: a tuple of whole numbers and None."""
        if isinstance(value, int) and not isinstance(value, bool):
            return (value,)
        if not isinstance(value, list | tuple):
            return None
        return tuple(None if v is None else self.whole(v) for v in value)

    def array_sizes(self, value: Value) -> Sizes | None:
        """The shape of an array that is made: examples where the text gives a name, open where data decide."""
        parts = value if isinstance(value, list | tuple) else [value]
        if any(not isinstance(part, int | float | Missing) for part in parts):
            return None
        return tuple(None if isinstance(n, Missing) and n.open else self.whole(n) for n in parts)

    def reshape(self, array: Arr, sizes: Sizes, wanted: Sizes | None) -> Arr:
        """An array in another form; one that it can't take is a mistake of its own, and read on as it was meant."""
        if wanted is None:
            return Arr(array.name, None)
        made = fitted(sizes, wanted)
        if made is not None:
            return Arr(array.name, made, array.largest)
        line = self.line(self.here)
        self.checks.append((None, Check("reshape", shapes=(sizes, wanted), line=line, text=self.source(line))))
        return Arr(array.name, wanted if -1 not in wanted else None)

    def ragged(self, rows: int, longest: int, floats: bool) -> None:
        """Rows of different lengths in one array: NumPy refuses them."""
        line = self.line(self.here)
        check = Check("values", ((rows, longest),), number=int(floats), line=line, text=self.source(line))
        self.checks.append((None, check))

    def grew(self, held: Items | Keyed, by: int) -> None:
        """A list or a dict has more items than before: of a loop that isn't read to its end, more follow."""
        self.grown[id(held)] = self.grown.get(id(held), (0, held))[0] + by, held

    def literal(self, value: Value, what: str) -> Argument:
        """A literal for a spec. What isn't in the text becomes an example; objects become nothing."""
        self.budget.spend()
        if isinstance(value, LayerV):
            return value.written.spec
        if isinstance(value, list | tuple):
            return tuple(self.literal(v, what) for v in value)
        if isinstance(value, bool | int | float | str) or value is None:
            return value[:400] if isinstance(value, str) else value
        if isinstance(value, Sym):
            return value.last.lower() if what in ("activation", "recurrent_activation") else None
        if isinstance(value, Arr) and value.sizes == ():
            value = Missing(value.name)  # one number of an array
        if (
            isinstance(value, Missing)
            and what not in _NO_NUMBERS
            and not what.endswith(("initializer", "regularizer", "constraint", "init"))
        ):
            return 0.5 if what in _FRACTIONS else self.whole(value)
        return None

    def ask(self, name: str) -> None:
        """Ask for the shape of data that the text doesn't give."""
        if re.fullmatch(r"[A-Za-z_][\w.\[\]]{0,40}", name):
            self.asked[name] = f"What does print({name}.shape) say?"
            self.unshaped.append(name)

    def arrays(self, value: Value, fallback: str) -> list[Arr]:
        """The arrays given to fit or predict."""
        if isinstance(value, Arr):
            return [value]
        if isinstance(value, list | tuple) and value and all(isinstance(v, Arr | Missing) for v in value):
            return [a for v in value for a in self.arrays(v, fallback)]
        if isinstance(value, dict):
            return [a for v in value.values() for a in self.arrays(v, fallback)]
        if isinstance(value, Missing):
            return [Arr(value.name, self.hints.get(value.name))]
        return []

    def puts_in(self, layer: LayerV, weights: Value, node: ast.AST) -> None:
        """Arrays that a layer is given as its weights, where the shapes of all of them are known."""
        arrays = self.arrays(weights, "weights")
        shapes = tuple(a.sizes for a in arrays if a.sizes is not None and None not in a.sizes)
        if shapes and len(shapes) == len(arrays):
            self.given.append((layer, shapes, self.line(node)))

    def classes(self) -> list[ClassV]:
        """Classes of the text."""
        return [value for value in self.env.values() if isinstance(value, ClassV)]

    def written(self) -> list[Written]:
        """Every layer that was made, as it was written."""
        return self.all_written[:80]

    def nested_state(self) -> bool:
        """Whether a class of the text has a state_size with a tuple inside a tuple."""
        for cls in self.classes():
            for node in ast.walk(cls.node):
                if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Tuple | ast.List):
                    continue
                nested = any(isinstance(e, ast.Tuple | ast.List) for e in node.value.elts)
                if nested and any(getattr(t, "attr", "") == "state_size" for t in node.targets):
                    return True
        return False

    def behind_merge(self, layer: LayerV) -> bool:
        """Whether the layer reads what a merge layer made."""
        for call in self.graph.calls:
            if call.layer == layer.index:
                sources = [self.graph.calls[ref.index].layer for ref in call.inputs if ref.source == "call"]
                return any(BY_NAME.get(self.graph.layers[i].class_name, KNOWN[0]).group == "merge" for i in sources)
        return False

    def as_meant(self, cause: str, call: ast.Call, how: str = MAKE_FIRST, mistake: str = "input_count") -> None:
        """The first call that is written otherwise than it was meant is the mistake that is told."""
        if self.mistake is None:
            self.mistake, self.meant, self.how = mistake, self.short(call, 160), how
            self.cause = f"{cause}: {self.meant}."

    def tensors(self, value: Value) -> list[Ten]:
        """Tensors out of one, a list, a dict."""
        if isinstance(value, Ten):
            return [value]
        if isinstance(value, dict):
            value = list(value.values())
        return [t for part in value for t in self.tensors(part)] if isinstance(value, list | tuple) else []
