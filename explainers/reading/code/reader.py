"""Keras code of any era -> Finding with a ModelSpec. Parsed with `ast` and read; nothing pasted is ever executed."""

from __future__ import annotations

import ast
import math
import operator
import re
import time
from collections.abc import Callable
from typing import Any

from explainers.core.finding import Ask, ModelChoice
from explainers.core.spec import Argument, Check, LayerSpec, ModelSpec, Ref, Sizes
from explainers.reading.asking import SHAPE, Answers
from explainers.reading.code.data import array_of, fitted, hints, method_of
from explainers.reading.code.graph import Graph
from explainers.reading.code.layers import Written, modern
from explainers.reading.code.patterns import Custom, cell_widths, window_of
from explainers.reading.code.statements import Statement, Statements, statements
from explainers.reading.code.values import (
    Arr,
    CellCall,
    CellV,
    ClassV,
    FuncV,
    LayerV,
    Missing,
    ModelV,
    ObjV,
    Sym,
    Ten,
    Weight,
    of_lambda,
)
from explainers.reading.layers import BY_NAME, KNOWN, known, today_name

MOST_STEPS = 20_000  # expressions and statements that are read
DEEPEST = 40
MOST_SECONDS = 0.8
MOST_ITEMS = 1000  # of one list
MOST_TURNS = 40  # of one loop
_TARGETS = ("target", "targets", "labels", "label", "y", "Y", "y_train", "Y_train", "trainY")
_EXAMPLES = (7, 11, 13, 5, 17, 19, 23, 9, 29, 31, 37, 41)
_NO_LAYERS = (  # what code imports beside layers; nothing of its shapes depends on it
    *("Adam", "AdamW", "SGD", "RMSprop", "Adagrad", "Adadelta", "Adamax", "Nadam", "Ftrl"),
    *("EarlyStopping", "ModelCheckpoint", "TensorBoard", "ReduceLROnPlateau", "LearningRateScheduler", "CSVLogger"),
    *("MinMaxScaler", "StandardScaler", "LabelEncoder", "OneHotEncoder", "Tokenizer", "DataFrame", "Series"),
    *("MeanSquaredError", "CategoricalCrossentropy", "SparseCategoricalCrossentropy", "BinaryCrossentropy", "Path"),
)
_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_ORDER: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_TENSOR_OPS = {ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide", ast.MatMult: "matmul"}
_OPS = {
    "sum": "sum",
    "reduce_sum": "sum",
    "mean": "mean",
    "reduce_mean": "mean",
    "max": "max",
    "reduce_max": "max",
    "multiply": "multiply",
    "matmul": "matmul",
    "add": "add",
    "subtract": "subtract",
    "divide": "divide",
    "expand_dims": "expand_dims",
    "squeeze": "squeeze",
    "concat": "concatenate",
    "concatenate": "concatenate",
    "softmax": "softmax",
    "tanh": "tanh",
    "sigmoid": "sigmoid",
    "relu": "relu",
    "exp": "exp",
    "square": "square",
    "transpose": "transpose",
    "permute_dimensions": "transpose",
    "reshape": "reshape",
    "dot": "matmul",
    "abs": "abs",
}
_QUIET = (
    "print",
    "summary",
    "plot_model",
    "seed",
    "set_seed",
    "load_data",
    "save",
    "save_weights",
    "get_config",
    "set_random_seed",
    "figure",
    "plot",
    "show",
    "format",
    "append",
    "super",
    "__init__",
    "isinstance",
)


class _Stop(Exception):
    """The budget of steps is used up, or the text nests too deeply."""


class _Return(Exception):
    """A return statement was reached."""

    def __init__(self, value: Any) -> None:
        self.value = value


class Reader:
    """Reads statements one after the other, keeping what each name stands for."""

    def __init__(self, text: str, answers: Answers | None = None) -> None:
        self.graph = Graph()
        self.text = text
        self.lines = text.split("\n")
        self.answers = answers or Answers()
        self.hints = {**hints(text), **self.answers.shapes()}
        self.models: list[ModelV] = []
        self.checks: list[tuple[ModelV | None, Check]] = []
        self.loose: list[LayerV] = []
        self.all_written: list[Written] = []
        self.renamed: list[str] = []
        self.removed: list[tuple[str, str]] = []  # (class, argument) that today's Keras refuses
        self.unread: list[tuple[int, str]] = []
        self.assumed: dict[str, int] = {}
        self.said: dict[str, int] = {}  # what the learner answered in place of an example
        self.asked: dict[str, str] = {}
        self.unshaped: list[str] = []  # arrays whose shape the text doesn't give
        self.data: dict[str, Sizes] = {}
        self.numbers: dict[str, int] = {}
        self.notes: list[str] = []
        self.ignored: list[tuple[LayerV, Sizes]] = []
        self.mistake: str | None = None
        self.cause = ""
        self.meant: str = ""  # the code as it was meant, where it is read so
        self.fed: dict[Arr, Ten] = {}
        self.custom = Custom()
        self.given: list[tuple[LayerV, tuple[Sizes, ...], int]] = []  # weights=[…] in a constructor
        self.env: dict[str, Any] = {}
        self.steps = 0
        self.end = time.monotonic() + MOST_SECONDS
        self.depth = 0
        self.where: Statement | None = None

    # -- statements ------------------------------------------------------------------------------------------

    def read(self, found: Statements) -> None:
        """All statements; a broken one is named and the next one is read."""
        self.unread += found.unread
        for statement in found.found:
            self.where = statement
            try:
                self.statement(statement.node)
            except _Stop:
                self.unread.append((statement.first_line, "the code is too long or nests too deeply to be read on"))
                return
            except _Return:
                continue
            except (
                ArithmeticError,
                ValueError,
                TypeError,
                LookupError,
                AttributeError,
                AssertionError,
                RecursionError,
            ) as error:
                self.skip(statement.node, f"this line couldn't be read ({type(error).__name__})")

    def statement(self, node: ast.stmt) -> None:
        """One statement."""
        self.budget()
        if isinstance(node, ast.Assign):
            value = self.value(node.value)
            for target in node.targets:
                self.bind(target, value)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            self.bind(node.target, self.value(node.value))
        elif isinstance(node, ast.AugAssign):
            self.bind(node.target, self.binary(type(node.op), self.value(node.target), self.value(node.value), node))
        elif isinstance(node, ast.Expr):
            self.value(node.value)
        elif isinstance(node, ast.FunctionDef):
            self.env[node.name] = FuncV(node)
        elif isinstance(node, ast.ClassDef):
            self.env[node.name] = ClassV(node)
        elif isinstance(node, ast.Return):
            raise _Return(self.value(node.value) if node.value is not None else None)
        elif isinstance(node, ast.For):
            self.loop(node)
        elif isinstance(node, ast.While):
            self.repeat(node)
        elif isinstance(node, ast.If):
            self.branch(node)
        elif isinstance(node, ast.With | ast.Try):
            self.block(node.body)

    def block(self, body: list[ast.stmt]) -> None:
        """The statements of a body, one after the other."""
        for node in body:
            self.statement(node)

    def loop(self, node: ast.For) -> None:
        """A for-loop over a range or a list, turn by turn."""
        values = self.value(node.iter)
        if isinstance(values, Missing | Arr | Sym) or not isinstance(values, list | tuple | range):
            self.skip(node, "how often this loop runs isn't in the text; it is read once")
            values = [self.missing("a turn of the loop")]
        self.cut_windows(node)
        for turn in list(values)[:MOST_TURNS]:
            self.bind(node.target, turn)
            self.block(node.body)

    def repeat(self, node: ast.While) -> None:
        """A while-loop, as long as its test holds in numbers; read once where it can't be told."""
        for _ in range(MOST_TURNS):
            test = self.value(node.test)
            told = isinstance(test, bool | int | float)
            if told and not test:
                return
            self.block(node.body)
            if not told or isinstance(node.test, ast.Constant):
                return

    def cut_windows(self, node: ast.For) -> None:
        """``for i in …: x.append(series[i : i + n])``: one series is cut into windows."""
        found = window_of(node)
        if found is None:
            return
        series, length = self.value(found[0]), self.value(found[1])
        points = series.sizes[0] if isinstance(series, Arr) and series.sizes else None
        self.custom.cut(points, length if isinstance(length, int) else None)

    def branch(self, node: ast.If) -> None:
        """Both arms can't be right: the one whose test holds, or the first."""
        test = self.value(node.test)
        taken = bool(test) if isinstance(test, bool | int | float) else True
        self.block(node.body if taken else node.orelse)

    def bind(self, target: ast.expr, value: Any) -> None:
        """Give a name (or several) its value."""
        if isinstance(target, ast.Name):
            if isinstance(value, ModelV):
                value.variable = target.id
            if isinstance(value, Arr):
                value = Arr(target.id, value.sizes or self.hints.get(target.id), value.largest)
                if value.sizes is not None:
                    self.data[target.id] = value.sizes
            if isinstance(value, int) and not isinstance(value, bool) and len(self.numbers) < 60:
                self.numbers[target.id] = value
            if isinstance(value, Missing) and target.id in self.hints:
                value = Arr(target.id, self.hints[target.id])
            self.env[target.id] = value
        elif isinstance(target, ast.Tuple | ast.List):
            self.unpack(target, value)
        elif isinstance(target, ast.Attribute):
            owner = self.value(target.value)
            if isinstance(owner, ObjV):
                owner.attributes[target.attr] = value

    def unpack(self, target: ast.Tuple | ast.List, value: Any) -> None:
        """``a, b = layer(x)``: a wrong number of names is a mistake of its own."""
        names = target.elts
        starred = any(isinstance(name, ast.Starred) for name in names)
        if isinstance(value, Ten):
            wanted, made = len(names), self.graph.outputs_of(value.ref.index) if value.ref.source == "call" else 1
            if not starred and wanted != made:
                line = self.line(target)
                self.checks.append(
                    (
                        None,
                        Check("unpack", number=wanted, line=line, text=self.source(line), layer=str(value.ref.index)),
                    )
                )
            value = [Ten(Ref("call", value.ref.index, i)) for i in range(wanted)] if made > 1 else [value] * wanted
        if isinstance(value, list | tuple) and not starred and len(value) == len(names):
            for name, part in zip(names, value, strict=True):
                self.bind(name, part)
            return
        for name in names:
            if not isinstance(name, ast.Starred):
                self.bind(name, Missing(ast.unparse(name)[:40]))

    # -- expressions -----------------------------------------------------------------------------------------

    def value(self, node: ast.expr | None) -> Any:
        """What an expression stands for; Missing where the text doesn't say."""
        self.budget()
        self.depth += 1
        if self.depth > DEEPEST:
            raise _Stop
        try:
            return self._value(node)
        finally:
            self.depth -= 1

    def _value(self, node: ast.expr | None) -> Any:
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, int | float | str | bool | None.__class__) else None
        if isinstance(node, ast.Name):
            return self.name(node.id)
        if isinstance(node, ast.Attribute):
            return self.attribute(node)
        if isinstance(node, ast.Tuple | ast.List):
            parts: list[Any] = []
            for element in node.elts:
                value = self.value(element.value if isinstance(element, ast.Starred) else element)
                spread = isinstance(element, ast.Starred) and isinstance(value, list | tuple)
                parts += value if spread else [value]
            return tuple(parts[:MOST_ITEMS]) if isinstance(node, ast.Tuple) else parts[:MOST_ITEMS]
        if isinstance(node, ast.Dict):
            return {
                self.value(k): self.value(v)
                for k, v in zip(node.keys, node.values, strict=True)
                if isinstance(k, ast.Constant)
            }
        if isinstance(node, ast.UnaryOp):
            return self.unary(node)
        if isinstance(node, ast.BinOp):
            return self.binary(type(node.op), self.value(node.left), self.value(node.right), node)
        if isinstance(node, ast.Call):
            return self.call(node)
        if isinstance(node, ast.Subscript):
            return self.subscript(node)
        if isinstance(node, ast.IfExp):
            return self.value(node.body)
        if isinstance(node, ast.Compare):
            return self.compare(node)
        if isinstance(node, ast.ListComp):
            return self.comprehension(node)
        if isinstance(node, ast.Lambda):
            return of_lambda(node)
        if isinstance(node, ast.JoinedStr):
            return self.joined(node)
        return Missing(self.short(node))

    def joined(self, node: ast.JoinedStr) -> Any:
        """An f-string of literals: the name of a layer in a loop."""
        parts = [self.value(p.value if isinstance(p, ast.FormattedValue) else p) for p in node.values]
        if all(isinstance(part, str | int) for part in parts):
            return "".join(map(str, parts))[:400]
        return Missing(self.short(node))

    def name(self, name: str) -> Any:
        """A name: what was assigned, a library's, or nothing that the text says."""
        if name in self.env:
            return self.env[name]
        if name in self.hints:
            self.data[name] = self.hints[name]
            return Arr(name, self.hints[name])
        if today_name(name) or name in (
            "np",
            "numpy",
            "tf",
            "keras",
            "K",
            "layers",
            "models",
            "Sequential",
            "Model",
            "Input",
            "range",
            "len",
            "int",
            "Graph",
            "Merge",
            "merge",
            "max",
            "min",
            "print",
            "TimeDistributedDense",
            "float",
            "list",
            "tuple",
            "sum",
            "abs",
            "round",
            "str",
            "InputLayer",
            "Lambda",
            "kl",
            "super",
            "to_categorical",
            "zip",
            "enumerate",
            "reversed",
            "sorted",
            "self",
            "InputSpec",
            "tensorflow",
            "TimeseriesGenerator",
            "timeseries_dataset_from_array",
            "Bidirectional",
        ):
            return Sym(name)
        return Missing(name)

    def attribute(self, node: ast.Attribute) -> Any:
        """``x.shape``, ``self.units``, ``tf.keras.layers.LSTM``."""
        owner = self.value(node.value)
        if isinstance(owner, ObjV):
            return self.attribute_of(owner, node.attr)
        if isinstance(owner, Arr):
            if node.attr == "shape":
                return owner.sizes if owner.sizes is not None else Missing(f"{owner.name}.shape")
            return self.transposed(owner) if node.attr == "T" else Missing(f"{owner.name}.{node.attr}")
        if isinstance(owner, Ten) and node.attr in ("shape", "_keras_shape"):
            made = self.graph.made.get(owner.ref)
            return made if made is not None else Missing(f"{self.short(node.value)}.shape")
        if isinstance(owner, Sym):
            return Sym(f"{owner.name}.{node.attr}")
        if isinstance(owner, Missing):
            dotted = f"{owner.name}.{node.attr}"
            if today_name(node.attr) or node.attr in ("Sequential", "Model", "Input", "layers", "keras", "models"):
                return Sym(dotted)  # an import that isn't in the text
            return Missing(dotted)
        return Missing(self.short(node))

    def attribute_of(self, made: ObjV, name: str) -> Any:
        """What ``self.name`` stands for: assigned, or worked out by a property of the class."""
        if name not in made.attributes:
            function = _function(made.cls.node, name)
            if function is not None and any(ast.unparse(d) == "property" for d in function.decorator_list):
                return self.run(FuncV(function, made), [], {})
        return made.attributes.get(name, Missing(f"self.{name}"))

    @staticmethod
    def transposed(data: Arr) -> Arr:
        """``x.T``."""
        return Arr(f"{data.name}.T", tuple(reversed(data.sizes)) if data.sizes is not None else None)

    def unary(self, node: ast.UnaryOp) -> Any:
        """``-1`` and the like."""
        value = self.value(node.operand)
        if isinstance(node.op, ast.USub) and isinstance(value, int | float):
            return -value
        if isinstance(node.op, ast.Not) and isinstance(value, bool):
            return not value
        return value if isinstance(node.op, ast.UAdd) else Missing(self.short(node))

    def binary(self, op: type[ast.operator], left: Any, right: Any, node: ast.AST) -> Any:
        """Arithmetic of numbers, of lists, of tensors."""
        if isinstance(left, Ten) or isinstance(right, Ten):
            return self.operate(_TENSOR_OPS.get(op, ""), [left, right], {}, node)
        if isinstance(left, str) and isinstance(right, str | int | tuple) and op in (ast.Add, ast.Mod):
            parts = list(right) if isinstance(right, tuple) else [right]
            return _spelled(left, _PERCENT, parts) if op is ast.Mod else f"{left}{right}"[:400]
        if isinstance(left, Missing) or isinstance(right, Missing):
            return self.with_example(op, left, right, node)
        if isinstance(left, tuple | list) and op is ast.Add and isinstance(right, tuple | list):
            joined = [*left, *right][:MOST_ITEMS]
            return joined if isinstance(left, list) else tuple(joined)
        if (
            isinstance(left, list | tuple)
            and op is ast.Mult
            and isinstance(right, int)
            and 0 <= right * len(left) <= MOST_ITEMS
        ):
            return left * right
        if isinstance(left, int | float) and isinstance(right, int | float):
            return self.arithmetic(op, left, right, node)
        return Missing(self.short(node))

    def arithmetic(self, op: type[ast.operator], left: float, right: float, node: ast.AST) -> Any:
        """Bounded arithmetic: no power of a power."""
        if op is ast.Pow:
            if abs(left) > 10**4 or not 0 <= right <= 12:
                return Missing(self.short(node))
            return left**right
        if op not in _ARITHMETIC or (right == 0 and op in (ast.Div, ast.FloorDiv, ast.Mod)):
            return Missing(self.short(node))
        result = _ARITHMETIC[op](left, right)
        return result if abs(result) < 10**15 else Missing(self.short(node))

    def with_example(self, op: type[ast.operator], left: Any, right: Any, node: ast.AST) -> Any:
        """A sum with a number that isn't in the text: worked out with the example in its place."""
        name = self.short(node)
        numbers: list[Any] = [self.whole(part) if isinstance(part, Missing) else part for part in (left, right)]
        if any(not isinstance(n, int | float) for n in numbers):
            return Missing(name)
        result = self.arithmetic(op, numbers[0], numbers[1], node)
        return Missing(name, int(result)) if isinstance(result, int | float) and result >= 1 else Missing(name)

    def compare(self, node: ast.Compare) -> Any:
        """``__name__ == "__main__"`` and comparisons of literals."""
        left, right = self.value(node.left), self.value(node.comparators[0])
        if isinstance(left, int | float | str) and isinstance(right, int | float | str):
            same = left == right
            if isinstance(node.ops[0], ast.Eq | ast.NotEq):
                return same if isinstance(node.ops[0], ast.Eq) else not same
            order = _ORDER.get(type(node.ops[0]))
            if order is not None and not isinstance(left, str) and not isinstance(right, str):
                return order(left, right)
        return True

    def comprehension(self, node: ast.ListComp) -> Any:
        """``[Dense(4)(x) for x in branches]``."""
        generator = node.generators[0]
        values = self.value(generator.iter)
        if not isinstance(values, list | tuple | range) or len(node.generators) != 1:
            return Missing(self.short(node))
        out = []
        for turn in list(values)[:MOST_TURNS]:
            self.bind(generator.target, turn)
            out.append(self.value(node.elt))
        return out

    def subscript(self, node: ast.Subscript) -> Any:
        """``x.shape[1:]``, ``x[:, None]``, ``outputs[0]``."""
        owner = self.value(node.value)
        if isinstance(owner, Arr):
            return Arr(self.short(node), _sliced(owner.sizes, node.slice, self))
        if isinstance(owner, Ten):
            place = node.slice.value if isinstance(node.slice, ast.Constant) else None
            if isinstance(place, int) and self.graph.outputs_of(owner.ref.index) > place >= 0:
                return Ten(Ref("call", owner.ref.index, place))
            return self.taken(owner, node)
        if isinstance(owner, list | tuple):
            if isinstance(node.slice, ast.Slice):
                bounds = [
                    self.value(part) if part is not None else None for part in (node.slice.lower, node.slice.upper)
                ]
                if all(b is None or isinstance(b, int) for b in bounds):
                    return owner[bounds[0] : bounds[1]]
                return Missing(self.short(node))
            place = self.value(node.slice)
            if isinstance(place, int) and -len(owner) <= place < len(owner):
                return owner[place]
        if isinstance(owner, dict):
            return owner.get(self.value(node.slice), Missing(self.short(node)))
        return Missing(self.short(node))

    def taken(self, owner: Ten, node: ast.Subscript) -> Any:
        """``x[:, -1]``: one place of one axis, all of the others."""
        parts = list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]
        places = [(axis, self.value(part)) for axis, part in enumerate(parts) if not isinstance(part, ast.Slice)]
        whole = all(p.lower is p.upper is p.step is None for p in parts if isinstance(p, ast.Slice))
        if not whole or len(places) != 1 or not isinstance(places[0][1], int) or isinstance(places[0][1], bool):
            return Missing(self.short(node))
        return self.operate("take", [owner], {"indices": places[0][1], "axis": places[0][0]}, node)

    # -- calls -----------------------------------------------------------------------------------------------

    def call(self, node: ast.Call) -> Any:
        """A call: of a layer, a model, a library's function, a function of the text."""
        function = self.method(node) if isinstance(node.func, ast.Attribute) else None
        if function is not None:
            return function[0]
        callee = self.value(node.func)
        if isinstance(callee, LayerV):
            return self.call_layer(callee, node)
        if isinstance(callee, ModelV):
            return self.call_model(callee, self.arguments(node)[0], node)
        if isinstance(callee, FuncV):
            return self.call_function(callee, node)
        if isinstance(callee, CellV):
            return self.call_cell(callee, node)
        if isinstance(callee, ClassV):
            return self.make_object(callee, node)
        if isinstance(callee, ObjV):
            return self.call_object(callee, node)
        if isinstance(callee, Sym):
            return self.library(callee, node)
        if isinstance(callee, Missing) and callee.name.rsplit(".", 1)[-1] not in _QUIET:
            last = callee.name.rsplit(".", 1)[-1]
            if last[:1].isupper() and last.isidentifier() and last not in _NO_LAYERS and callee.name[:3] != "np.":
                self.skip(node, f"{last} isn't a layer that is known here, and its class isn't in the text")
        return self.result_of(node)

    def result_of(self, node: ast.Call) -> Any:
        """An unknown function's result: unknown, but its arguments are read."""
        positional, _ = self.arguments(node)
        data = array_of(self.dotted(node.func), positional, self.keywords(node), self.sizes)
        return data if data is not None else Missing(self.short(node))

    def arguments(self, node: ast.Call) -> tuple[list[Any], dict[str, Any]]:
        """Positional and named arguments, read."""
        positional: list[Any] = []
        for argument in node.args:
            value = self.value(argument.value if isinstance(argument, ast.Starred) else argument)
            positional += (
                list(value) if isinstance(argument, ast.Starred) and isinstance(value, list | tuple) else [value]
            )
        return positional, self.keywords(node)

    def keywords(self, node: ast.Call) -> dict[str, Any]:
        """Named arguments; a ``**`` dict of the text is spread."""
        named: dict[str, Any] = {}
        for keyword in node.keywords:
            value = self.value(keyword.value)
            if keyword.arg is not None:
                named[keyword.arg] = value
            elif isinstance(value, dict):
                named |= {str(k): v for k, v in value.items()}
        return named

    def method(self, node: ast.Call) -> tuple[Any] | None:
        """Methods of models, data and tensors: add, compile, fit, predict, reshape, ..."""
        assert isinstance(node.func, ast.Attribute)
        owner = self.value(node.func.value)
        name = node.func.attr
        if isinstance(owner, Sym) and owner.last == "Sequential" and isinstance(node.func.value, ast.Name):
            owner = self.bracketless(node.func.value.id, node)
        if isinstance(owner, str) and name == "format":
            return (_spelled(owner, _BRACES, self.arguments(node)[0]),)
        if isinstance(owner, ModelV):
            return (self.model_method(owner, name, node),)
        if isinstance(owner, Arr):
            return (self.data_method(owner, name, node),)
        if isinstance(owner, list) and name in ("append", "extend", "insert"):
            positional, _ = self.arguments(node)
            if positional:
                owner.append(positional[-1])
            return (None,)
        if isinstance(owner, ObjV):
            return self.object_method(owner, name, node)
        if (
            isinstance(owner, Missing)
            and name in ("add", "fit", "compile", "predict")
            and isinstance(node.func.value, ast.Name)
        ):
            return (self.method_of_unknown(node.func.value.id, name, node),)
        if isinstance(owner, Missing) and name == "reshape":
            return (self.data_method(Arr(owner.name, self.hints.get(owner.name)), name, node),)
        return None

    def bracketless(self, variable: str, node: ast.Call) -> ModelV:
        """``model = Sequential`` without its brackets, as some web pages print it."""
        model = ModelV(True, variable, line=self.line(node))
        self.env[variable] = model
        self.models.append(model)
        return model

    def method_of_unknown(self, variable: str, name: str, node: ast.Call) -> Any:
        """``model.add(...)`` where the text doesn't show how model was made: it was a Sequential."""
        if name not in ("add", "compile", "fit", "predict") or (name != "add" and variable not in ("model", "m")):
            return Missing(self.short(node))
        model = ModelV(True, variable, line=self.line(node))
        if name == "add":
            self.env[variable] = model
            self.models.append(model)
            return self.model_method(model, name, node)
        self.arguments(node)
        return Missing(self.short(node))

    def data_method(self, data: Arr, name: str, node: ast.Call) -> Any:
        """``x.reshape(-1, 3, 58)``; an impossible one is a mistake of its own."""
        positional, _ = self.arguments(node)
        wanted = self.sizes(
            positional[0] if len(positional) == 1 and isinstance(positional[0], tuple | list) else positional
        )
        if name == "reshape" and wanted is not None:
            sizes = fitted(data.sizes, wanted)
            if sizes is None and data.sizes is not None:
                line = self.line(node)
                self.checks.append(
                    (None, Check("reshape", shapes=(data.sizes, wanted), line=line, text=self.source(line)))
                )
            return Arr(
                data.name, sizes if sizes is not None else wanted if None not in wanted and -1 not in wanted else None
            )
        return method_of(data, name, positional)

    # -- models ----------------------------------------------------------------------------------------------

    def model_method(self, model: ModelV, name: str, node: ast.Call) -> Any:
        """add, compile, fit, predict, and the old Graph's add_input, add_node, add_output."""
        positional, named = self.arguments(node)
        if name == "add" and positional:
            self.add(model, positional[0], node)
        elif name == "compile":
            loss = named.get("loss", positional[1] if len(positional) > 1 else "")
            model.loss = self.loss_name(loss)
        elif name in (
            "fit",
            "train_on_batch",
            "evaluate",
            "test_on_batch",
            "predict",
            "predict_on_batch",
            "predict_classes",
            "fit_generator",
        ):
            self.feed(model, name, positional, named, node)
        elif name in ("add_input", "add_node", "add_output"):
            self.old_graph(model, name, positional, named, node)
        elif name not in (
            "summary",
            "save",
            "get_layer",
            "build",
            "load_weights",
            "set_weights",
            "get_weights",
            "reset_states",
            "save_weights",
            "to_json",
        ):
            return Missing(self.short(node))
        return Missing(f"{model.name or 'model'}.{name}(…)")

    def loss_name(self, loss: Any) -> str:
        """ "mse" from a string, a class, a function, or the first of a list or dict."""
        if isinstance(loss, str):
            return loss
        if isinstance(loss, dict | list | tuple) and loss:
            return self.loss_name(next(iter(loss.values())) if isinstance(loss, dict) else loss[0])
        name = loss.name if isinstance(loss, Missing | Sym) else ""
        last = re.sub(r"\(.*", "", name).rsplit(".", 1)[-1]
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", last).lower() if last and "_" not in last else last

    def add(self, model: ModelV, layer: Any, node: ast.AST) -> None:
        """One more layer of a Sequential."""
        if isinstance(layer, LayerV | ModelV | Ten | ObjV | FuncV | CellV):
            model.layers.append(layer)
        else:
            name = layer.name if isinstance(layer, Missing) else type(layer).__name__
            self.skip(node, f"{name[:60]} isn't a layer that is known here; it is left out")

    def feed(self, model: ModelV, name: str, positional: list[Any], named: dict[str, Any], node: ast.Call) -> None:
        """Data given to a model: a check to be made live, where the shapes are in the text."""
        x = positional[0] if positional else named.get("x", named.get("X"))
        training = name.startswith(("fit", "train", "eval", "test"))
        if isinstance(named.get("batch_size"), int):
            self.numbers.setdefault("batch_size", named["batch_size"])
        y = (positional[1] if len(positional) > 1 else named.get("y")) if training else None
        xs = self.arrays(x, "x")
        ys = self.arrays(y, "y") if y is not None else []
        line = self.line(node)
        for array in [a for a in (*xs, *ys) if a.sizes is None]:
            self.ask(array.name)
        ys = ys if all(a.sizes is not None for a in ys) else []
        if xs and all(a.sizes is not None for a in xs):
            batch = named.get("batch_size")
            known_batch = isinstance(batch, int) and not isinstance(batch, bool)
            self.checks.append(
                (
                    model,
                    Check(
                        "fit" if training and ys else "predict",
                        tuple(a.sizes for a in xs if a.sizes is not None),
                        tuple(a.sizes for a in ys if a.sizes is not None),
                        model.loss,
                        number=xs[0].largest,
                        line=line,
                        text=self.source(line),
                        batch_size=batch if known_batch else None if "batch_size" not in named else 0,
                    ),
                )
            )

    def ask(self, name: str) -> None:
        """Ask for the shape of data that the text doesn't give."""
        if re.fullmatch(r"[A-Za-z_][\w.\[\]]{0,40}", name):
            self.asked[name] = f"What does print({name}.shape) say?"
            self.unshaped.append(name)

    def arrays(self, value: Any, fallback: str) -> list[Arr]:
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

    def realize(self, model: ModelV) -> Ten | None:
        """Turn the layers of a Sequential into calls of the graph; its last tensor."""
        if not model.sequential or model.realized:
            return Ten(model.outputs[0]) if model.outputs else None
        model.realized = True
        current, rest = self.start(model)
        for layer in rest:
            if isinstance(layer, LayerV):
                current = self.apply(layer, [current], [], self.line_of(layer))
            elif isinstance(layer, ModelV):
                current = self.call_model(layer, [current], None)
            elif isinstance(layer, ObjV):
                current = self.run_object(layer, [current])
            elif isinstance(layer, FuncV):
                current = self.run(layer, [current], {})
            elif isinstance(layer, CellV):
                current = self.apply_cell(layer, [current], [])
            if not isinstance(current, Ten):
                return None
        if not isinstance(current, Ten):
            return None
        model.outputs = [current.ref]
        return current

    def start(self, model: ModelV) -> tuple[Any, list[Any]]:
        """Where a Sequential begins: its Input, the shape on its first layer, a merge of others, or an example."""
        layers = list(model.layers)
        first = layers[0] if layers else None
        if isinstance(first, Ten):
            model.inputs = [first.ref]
            return first, layers[1:]
        if isinstance(first, ModelV):
            start = self.realize(first)
            model.inputs = first.inputs
            return start if start is not None else Missing("a model"), layers[1:]
        if isinstance(first, LayerV) and isinstance(first.written.spec.get("merged"), tuple):
            return self.merged(model, first), layers[1:]
        if isinstance(first, ObjV) and isinstance(first.attributes.get("input_shape"), tuple):
            ref = self.graph.add_input(first.attributes["input_shape"], "", "float32", "input_shape")
            model.inputs = [ref]
            return Ten(ref), layers
        shape, dtype, origin = self.first_shape(model, layers)
        ref = self.graph.add_input(shape, "", dtype, origin)
        model.inputs = [ref]
        return Ten(ref), layers

    def merged(self, model: ModelV, layer: LayerV) -> Any:
        """Merge([left, right], mode=...) of Keras 0 and 1."""
        branches = [m for m in getattr(layer, "branches", []) if isinstance(m, ModelV)]
        ends = [self.realize(branch) for branch in branches]
        model.inputs = [ref for branch in branches for ref in branch.inputs]
        return self.apply(layer, [end for end in ends if end is not None], [], self.line_of(layer))

    def first_shape(self, model: ModelV, layers: list[Any]) -> tuple[Sizes, str, str]:
        """The input shape of a Sequential, batch axis first, its dtype, and who said so."""
        for place, layer in enumerate(layers):
            if isinstance(layer, LayerV):
                shape = self.declared(layer)
                rules = BY_NAME.get(layer.written.spec.class_name)
                if shape is None and (rules is None or rules.group not in ("same", "norm")):
                    break  # what comes later is not the shape of the input
                if shape is not None:
                    if place:
                        self.notes.append(
                            "The input shape stands on a later layer; today it belongs to an Input in front."
                        )
                    return shape, _dtype(layer), f"the shape on {layer.written.spec.class_name}"
        first = next((layer for layer in layers if isinstance(layer, LayerV)), None)
        for owner, check in self.checks:
            if owner is model and check.shapes:
                return (None, *check.shapes[0][1:]), _dtype(first), "the data"
        return self.example_shape(first), _dtype(first), "an example: the text gives no input shape"

    def declared(self, layer: LayerV) -> Sizes | None:
        """input_shape, batch_input_shape, input_dim with input_length."""
        given = layer.written.shape_arguments
        if not given:
            return None
        batch = self.whole(given["batch_size"]) if given.get("batch_size") is not None else None
        for key in ("batch_input_shape", "input_shape"):
            if key in given:
                sizes = self.sizes(given[key])
                if sizes is not None:
                    return sizes if key == "batch_input_shape" else (batch, *sizes)
        length = self.whole(given["input_length"]) if given.get("input_length") is not None else None
        rules = BY_NAME.get(layer.written.spec.class_name)
        if rules and rules.group == "embedding":
            return (batch, length) if "input_length" in given or "batch_size" in given else None
        if "input_dim" in given:
            width = self.whole(given["input_dim"])
            steps: Sizes = (length,) if (rules.rank if rules else 2) == 3 or "input_length" in given else ()
            return (batch, *steps, width)
        return None

    def example_shape(self, layer: LayerV | None) -> Sizes:
        """A shape to show the model with, where the text gives none; said to be an example."""
        rules = BY_NAME.get(layer.written.spec.class_name) if layer is not None else None
        rank = (rules.rank if rules else None) or 2
        if rules and rules.group == "embedding":
            return (None, None)
        names = rules.axes if rules and len(rules.axes) == rank else tuple(f"axis {i}" for i in range(rank))
        sizes = tuple(self.example(f"the input's {name}") for name in names[1:])
        self.asked.setdefault("input", f"What is the shape of one sample ({', '.join(names[1:])})?")
        return (None, *sizes)

    def call_model(self, model: ModelV, inputs: list[Any], node: ast.AST | None) -> Any:
        """A model used as a layer: its calls are made once more on the new tensor."""
        flat = inputs[0] if len(inputs) == 1 and isinstance(inputs[0], list | tuple) else inputs
        if model.sequential:
            current: Any = flat[0] if flat else Missing("model input")
            current = self.tensor(current)
            for layer in model.layers:
                if isinstance(layer, LayerV):
                    current = self.apply(layer, [current], [], self.line_of(layer))
                elif isinstance(layer, ModelV):
                    current = self.call_model(layer, [current], node)
            return current
        return self.replay(model, [self.tensor(value) for value in flat])

    def replay(self, model: ModelV, inputs: list[Any]) -> Any:
        """Run a functional model's calls on other tensors."""
        moved: dict[Ref, Ref] = {
            old: new.ref for old, new in zip(model.inputs, inputs, strict=False) if isinstance(new, Ten)
        }
        for number in self.graph._needed(model.outputs):
            call = self.graph.calls[number]
            refs = tuple(moved.get(ref, ref) for ref in call.inputs)
            states = tuple(moved.get(ref, ref) for ref in call.states)
            again = self.graph.call(call.layer, refs, states, call.line or 1, call.text)
            for output in range(self.graph.outputs_of(number)):
                moved[Ref("call", number, output)] = Ref("call", again, output)
        ends = [Ten(moved.get(ref, ref)) for ref in model.outputs]
        return ends[0] if len(ends) == 1 else ends

    def old_graph(self, model: ModelV, name: str, positional: list[Any], named: dict[str, Any], node: ast.AST) -> None:
        """Graph() of Keras 0: nodes by name."""
        if name == "add_input":
            shape = self.sizes(named.get("input_shape"))
            batch = self.sizes(named.get("batch_input_shape"))
            sizes: Sizes = batch if batch is not None else (None, *(shape if shape is not None else (None,)))
            ref = self.graph.add_input(sizes, str(named.get("name", positional[0] if positional else "")))
            model.inputs.append(ref)
            model.nodes[str(named.get("name", positional[0] if positional else ""))] = Ten(ref)
            return
        sources = named.get("inputs") or [named.get("input")]
        tensors = [model.nodes[s] for s in sources if isinstance(s, str) and s in model.nodes]
        if (name == "add_node" and positional) or "layer" in named:
            layer = positional[0] if positional else named["layer"]
            label = named.get("name", positional[1] if len(positional) > 1 else "")
            if isinstance(layer, LayerV) and tensors:
                if len(tensors) > 1:
                    tensors = [self.merge(str(named.get("merge_mode", "concat")), tensors, named, node)]
                model.nodes[str(label)] = self.apply(layer, tensors, [], self.line(node))
        elif name == "add_output":
            model.outputs += [t.ref for t in tensors if isinstance(t, Ten)]

    # -- layers ----------------------------------------------------------------------------------------------

    def library(self, symbol: Sym, node: ast.Call) -> Any:
        """A call of something from a library: a layer class, Sequential, Model, Input, numpy, an operation."""
        last = symbol.last
        if last == "Sequential" or last == "Graph":
            return self.new_sequential(node, last == "Sequential")
        if last in ("Input", "InputLayer"):
            return self.new_input(node, last)
        if last in ("Model", "Functional"):
            return self.new_model(node)
        if last in ("merge", "Merge"):
            return self.old_merge(node, last)
        if last == "Lambda":
            return self.new_lambda(node)
        if last in ("TimeseriesGenerator", "timeseries_dataset_from_array"):
            return self.windows_of(node)
        if last == "RNN":
            cell = self.custom_cell(node)
            if cell is not None:
                return cell
        if today_name(last) is not None or last == "TimeDistributedDense":
            if last in ("add", "subtract", "multiply", "average", "maximum", "minimum", "concatenate", "dot"):
                return self.merge_function(symbol, node)
            if last in ("Concatenate", "Add", "Multiply", "Average", "Maximum") and self.of_models(node):
                return self.misplaced_merge(last, node)
            if last[0].isupper() and node.args and not isinstance(node.args[0], ast.Starred):
                wrong = self.misplaced_tensor(symbol, node)
                if wrong is not None:
                    return wrong
            if last not in _OPS or last[0].isupper():
                return self.new_layer(symbol, node)
        return self.plain_function(symbol, node)

    def plain_function(self, symbol: Sym, node: ast.Call) -> Any:
        """len, range, int, numpy and operations on tensors."""
        positional, named = self.arguments(node)
        last = symbol.last
        if any(isinstance(v, Ten) for v in positional) or (
            positional and isinstance(positional[0], list) and any(isinstance(v, Ten) for v in positional[0])
        ):
            return self.operate(_OPS.get(last, ""), positional, named, node)
        if (
            last == "range"
            and positional
            and all(isinstance(v, int) and not isinstance(v, bool) and abs(v) < 10**6 for v in positional)
        ):
            return list(range(*positional[:3]))[:MOST_TURNS]
        if last in ("zip", "enumerate", "reversed", "sorted") and positional:
            return self.paired(last, positional, node)
        if last == "len" and positional and isinstance(positional[0], Arr) and positional[0].sizes:
            return positional[0].sizes[0]
        if last in ("len",) and positional and isinstance(positional[0], list | tuple | str):
            return len(positional[0])
        if (
            last
            in (
                "int",
                "float",
                "round",
                "list",
                "tuple",
                "abs",
                "TensorShape",
                "str",
                "array",
                "asarray",
                "ceil",
                "floor",
            )
            and positional
        ):
            return self.converted(last, positional[0], named, positional)
        if last in ("max", "min", "prod") and positional and isinstance(positional[0], list | tuple):
            numbers = positional[0]
            if numbers and all(isinstance(n, int) for n in numbers):
                return max(numbers) if last == "max" else min(numbers) if last == "min" else math.prod(numbers)
        data = array_of(symbol.name, positional, named, self.sizes)
        return data if data is not None else Missing(self.short(node))

    def paired(self, last: str, positional: list[Any], node: ast.AST) -> Any:
        """zip(…), enumerate(…), reversed(…) of lists of the text."""
        if not all(isinstance(part, list | tuple) for part in positional[: None if last == "zip" else 1]):
            return Missing(self.short(node))
        lists = [list(part)[:MOST_TURNS] for part in positional if isinstance(part, list | tuple)]
        if last == "zip":
            return list(zip(*lists, strict=False))
        if last == "enumerate":
            start = positional[1] if len(positional) > 1 and isinstance(positional[1], int) else 0
            return list(enumerate(lists[0], start))
        return lists[0][::-1] if last == "reversed" else lists[0]

    def converted(self, last: str, value: Any, named: dict[str, Any], positional: list[Any]) -> Any:
        """int(…), list(…), np.array(…)."""
        if last in ("array", "asarray"):
            return value if isinstance(value, Arr) else array_of("np.array", positional, named, self.sizes)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return {"float": float(value), "abs": abs(value), "ceil": math.ceil(value)}.get(last, int(value))
        return value

    def new_layer(self, symbol: Sym, node: ast.Call) -> Any:
        """A layer class is called: read its arguments, translate the old ones."""
        positional, named = self.arguments(node)
        names = BY_NAME[symbol.last].order if symbol.last in BY_NAME else ()
        literal = [
            self.literal(v, names[i] if i < len(names) else f"{symbol.last}'s argument {i + 1}")
            for i, v in enumerate(positional)
        ]
        arguments = {key: self.literal(v, key) for key, v in named.items() if not isinstance(v, Ten | ModelV)}
        written = modern(symbol.last, literal, arguments, self.line(node))
        if written is None:
            return Missing(self.short(node))
        self.take_over(written, positional, named)
        self.renamed += written.renamed
        if symbol.name.startswith(("tf.", "tensorflow.")) or "tensorflow" in self.text:
            self.removed += [
                (written.spec.class_name, argument)
                for argument in written.removed
                if argument in ("batch_input_shape", "input_length") or (argument == "batch_size")
            ]
        layer = LayerV(written)
        shapes = [a.sizes for a in self.arrays(named.get("weights"), "weights") if a.sizes is not None]
        if shapes:
            self.given.append((layer, tuple(shapes), self.line(node)))
        self.loose.append(layer)
        self.all_written.append(written)
        return layer

    def new_lambda(self, node: ast.Call) -> Any:
        """Lambda(f): the function itself is read where it is called."""
        positional, named = self.arguments(node)
        function = positional[0] if positional else named.get("function")
        if isinstance(function, FuncV):
            return function
        if isinstance(function, Sym) and function.last in _OPS:
            argument = ast.arguments([], [ast.arg("x")], None, [], [], None, [])
            body = ast.Call(ast.Name(function.last), [ast.Name("x")], [])
            return of_lambda(ast.copy_location(ast.Lambda(argument, body), node))
        return Missing(self.short(node))

    def windows_of(self, node: ast.Call) -> Any:
        """TimeseriesGenerator(data, targets, length) and timeseries_dataset_from_array: windows of one series."""
        positional, named = self.arguments(node)
        series = positional[0] if positional else named.get("data")
        length = named.get("length", named.get("sequence_length", positional[2] if len(positional) > 2 else None))
        points = series.sizes[0] if isinstance(series, Arr) and series.sizes else None
        self.custom.cut(points, length if isinstance(length, int) else None)
        if isinstance(series, Arr) and series.sizes is not None and len(series.sizes) == 2:
            self.custom.features = series.sizes[1]
        return Missing(self.short(node))

    # -- cells of the text -----------------------------------------------------------------------------------

    def custom_cell(self, node: ast.Call) -> CellV | None:
        """RNN(MyCell(…)), where MyCell is a class of the text."""
        positional, named = self.arguments(node)
        cell = positional[0] if positional else named.get("cell")
        if isinstance(cell, list | tuple) and len(cell) == 1:
            cell = cell[0]
        if not isinstance(cell, ObjV):
            return None
        for size in ("state_size", "output_size"):
            cell.attributes[size] = self.attribute_of(cell, size)
        return CellV(cell, named.get("return_sequences") is True, named.get("return_state") is True, self.line(node))

    def call_cell(self, layer: CellV, node: ast.Call) -> Any:
        """``RNN(MyCell(…))(x, constants=z)``."""
        positional, named = self.arguments(node)
        inputs = positional[0] if positional else named.get("inputs", named.get("sequence"))
        return self.apply_cell(layer, self.tensors(inputs), self.tensors(named.get("constants")))

    def apply_cell(self, layer: CellV, inputs: list[Any], constants: list[Any]) -> Any:
        """What comes out of a cell that isn't rebuilt: an Input of the widths that the class names."""
        shapes = [self.graph.made.get(t.ref) for t in inputs if isinstance(t, Ten)]
        held = [self.graph.made.get(t.ref) for t in constants if isinstance(t, Ten)]
        self.custom.read |= {self.graph.inputs[t.ref.index].name for t in inputs if t.ref.source == "input"}
        known_shapes = tuple(s for s in shapes if s is not None)
        self.custom.calls.append(
            CellCall(layer.cell, known_shapes, tuple(s for s in held if s is not None), layer.sequences)
        )
        outputs, states = cell_widths(layer.cell)
        if not known_shapes or not outputs:
            return Missing(f"the output of RNN({layer.cell.cls.node.name})")
        front = known_shapes[0][:2] if layer.sequences else known_shapes[0][:1]
        sizes = [(*front, n) for n in outputs] + [(front[0], n) for n in (states if layer.state else ())]
        origin = f"the output of RNN({layer.cell.cls.node.name})"
        made = [Ten(self.graph.add_input(size, "", "float32", origin)) for size in sizes]
        return made[0] if len(made) == 1 else made

    def take_over(self, written: Written, positional: list[Any], named: dict[str, Any]) -> None:
        """A wrapper takes the input shape of what it wraps."""
        for value in (*positional, *named.values()):
            if isinstance(value, LayerV):
                if value in self.loose:
                    self.loose.remove(value)
                for key, shape in value.written.shape_arguments.items():
                    if written.spec.class_name == "Bidirectional":
                        written.shape_arguments.setdefault(key, shape)

    def new_sequential(self, node: ast.Call, sequential: bool) -> ModelV:
        """Sequential([...]) or Graph()."""
        positional, named = self.arguments(node)
        model = ModelV(sequential, line=self.line(node))
        layers = positional[0] if positional else named.get("layers", [])
        for layer in layers if isinstance(layers, list | tuple) else []:
            self.add(model, layer, node)
        self.models.append(model)
        return model

    def new_input(self, node: ast.Call, last: str) -> Any:
        """Input(shape=(…)): an int instead of a tuple is a mistake that Keras 3 refuses."""
        positional, named = self.arguments(node)
        batch = self.sizes(named.get("batch_shape", named.get("batch_input_shape")))
        given = named.get("shape", named.get("input_shape", positional[0] if positional else None))
        if batch is None and isinstance(given, int) and not isinstance(given, bool):
            self.checks.append(
                (None, Check("input", number=given, line=self.line(node), text=self.source(self.line(node))))
            )
            given = (given,)
        sizes = self.sizes(given)
        if "tensor" in named or (sizes is None and batch is None):
            sizes = (self.example("the input's width"),)
            self.asked.setdefault("input", "What is the shape of one sample?")
        first = self.whole(named["batch_size"]) if named.get("batch_size") is not None else None
        shape: Sizes = batch if batch is not None else (first, *(sizes or ()))
        name, dtype = named.get("name"), named.get("dtype")
        return Ten(
            self.graph.add_input(
                shape, name if isinstance(name, str) else "", dtype if isinstance(dtype, str) else "float32", "Input"
            )
        )

    def new_model(self, node: ast.Call) -> Any:
        """Model(inputs, outputs)."""
        positional, named = self.arguments(node)
        both = [*positional, *([None] * (2 - len(positional)))][:2]
        inputs = named.get("inputs", named.get("input", both[0]))
        outputs = named.get("outputs", named.get("output", both[1]))
        model = ModelV(False, line=self.line(node))
        model.inputs = [t.ref for t in self.tensors(inputs)]
        model.outputs = [t.ref for t in self.tensors(outputs)]
        if model.outputs:
            self.models.append(model)
            return model
        return Missing(self.short(node))

    def tensors(self, value: Any) -> list[Ten]:
        """Tensors out of one, a list, a dict."""
        if isinstance(value, Ten):
            return [value]
        if isinstance(value, dict):
            value = list(value.values())
        return [t for part in value for t in self.tensors(part)] if isinstance(value, list | tuple) else []

    def call_layer(self, layer: LayerV, node: ast.Call) -> Any:
        """``LSTM(4)(x, initial_state=[h, c])``."""
        positional, named = self.arguments(node)
        inputs = positional[0] if positional else named.get("inputs", named.get("sequence"))
        if isinstance(inputs, tuple) and all(isinstance(v, int) or v is None for v in inputs):
            return Missing(self.short(node))
        values = list(inputs) if isinstance(inputs, list | tuple) else [inputs]
        if len(positional) > 1 and isinstance(positional[1], Ten | Arr):
            values += positional[1:]  # attention(query, value)
        states = named.get("initial_state", [])
        known_class = BY_NAME.get(layer.written.spec.class_name)
        if known_class and known_class.group in ("rnn", "rnn_wrapper") and len(values) > 1:
            values, states = values[:1], values[1:]
        held = [self.tensor(v) for v in (states if isinstance(states, list | tuple) else [states])]
        return self.apply(layer, [self.tensor(v) for v in values], held, self.line(node))

    def tensor(self, value: Any) -> Any:
        """Data given to a layer directly become an Input of exactly that shape; unknown data an example."""
        if isinstance(value, Arr) and value.sizes is not None:
            if value not in self.fed:
                self.fed[value] = Ten(self.graph.add_input(value.sizes, "", "float32", f"the array {value.name}"))
            return self.fed[value]
        return value

    def apply(self, layer: LayerV, inputs: list[Any], states: list[Any], line: int) -> Any:
        """One call of a layer in the graph."""
        if any(not isinstance(v, Ten) for v in inputs):
            wrong = next(v for v in inputs if not isinstance(v, Ten))
            if not isinstance(wrong, Missing) or layer.written.spec.get("merged"):
                return Missing("a tensor that couldn't be read")
            rules = known(layer.written.spec.class_name)
            if len(inputs) > 1 or rules is None:
                return Missing("a tensor that couldn't be read")
            shape = self.example_shape(layer)
            inputs = [
                Ten(self.graph.add_input(shape, "", _dtype(layer), f"an example: {wrong.name} isn't in the text"))
            ]
        if layer.index is None:
            layer.index = self.graph.add_layer(layer.written.spec)
        if layer in self.loose:
            self.loose.remove(layer)
        self.note_ignored(layer, inputs)
        refs = tuple(v.ref for v in inputs)
        held = tuple(v.ref for v in states if isinstance(v, Ten))
        number = self.graph.call(layer.index, refs, held, line, self.source(line))
        outputs = self.graph.outputs_of(number)
        return Ten(Ref("call", number)) if outputs <= 1 else Ten(Ref("call", number, 0))

    def note_ignored(self, layer: LayerV, inputs: list[Ten]) -> None:
        """input_shape on a later layer does nothing; where it disagrees with what comes, that is worth a word."""
        declared = self.declared(layer) if layer.written.shape_arguments else None
        came = self.graph.made.get(inputs[0].ref) if inputs else None
        if declared is None or came is None or inputs[0].ref.source == "input":
            return
        if declared[1:] != came[1:] and not any(a is None for a in declared[1:]):
            self.ignored.append((layer, declared))
            self.notes.append(
                f"input_shape={declared[1:]} on {layer.written.spec.class_name} is ignored: {came} reaches it."
            )

    def merge(self, mode: str, tensors: list[Any], named: dict[str, Any], node: ast.AST) -> Any:
        """An old merge mode as today's layer."""
        names = {
            "concat": "Concatenate",
            "sum": "Add",
            "mul": "Multiply",
            "ave": "Average",
            "dot": "Dot",
            "cos": "Dot",
            "max": "Maximum",
        }
        name = names.get(mode)
        if name is None:
            return Missing(f"merge mode {mode[:20]}")
        arguments: list[tuple[str, Argument]] = []
        if name == "Concatenate":
            arguments.append(
                ("axis", self.whole(named.get("concat_axis", -1)) if named.get("concat_axis") is not None else -1)
            )
        if name == "Dot":
            axes = named.get("dot_axes", -1)
            arguments.append(
                (
                    "axes",
                    self.literal(axes[0] if isinstance(axes, list | tuple) and len(axes) == 1 else axes, "dot_axes"),
                )
            )
        self.renamed.append(f"merge mode {mode} is {name}")
        layer = LayerV(Written(LayerSpec(name, "", tuple(arguments), self.line(node))))
        return self.apply(layer, [self.tensor(t) for t in tensors], [], self.line(node))

    def old_merge(self, node: ast.Call, last: str) -> Any:
        """merge([a, b], mode=...) and the layer Merge of Keras 0 and 1."""
        positional, named = self.arguments(node)
        parts = positional[0] if positional else named.get("layers", named.get("inputs", []))
        if not isinstance(parts, list | tuple):
            return Missing(self.short(node))
        mode = named.get("mode", positional[1] if len(positional) > 1 else "sum" if last == "merge" else "concat")
        mode = mode if isinstance(mode, str) else "concat"
        if all(isinstance(p, Ten) for p in parts):
            return self.merge(mode, list(parts), named, node)
        ends = [self.realize(p) for p in parts if isinstance(p, ModelV)]
        if any(end is None for end in ends) or not ends:
            return Missing(self.short(node))
        return self.merge(mode, ends, named, node)

    def of_models(self, node: ast.Call) -> bool:
        """Whether a list of models or tensors is given where a merge layer is made."""
        first = self.value(node.args[0]) if node.args else None
        return isinstance(first, list) and len(first) > 1 and all(isinstance(part, Ten | ModelV) for part in first)

    def misplaced_merge(self, name: str, node: ast.Call) -> Any:
        """``Concatenate([a, b])``: the list belongs in a second pair of brackets. Read as it was meant."""
        self.mistake = "input_count"
        self.cause = (
            f"{name}([a, b]) only makes the layer, and the list stands where its arguments belong. "
            f"What it joins is given in a second pair of brackets: {name}()([a, b])."
        )
        self.meant = f"{name}()([a, b])"
        return self.old_merge(node, "Merge")

    def misplaced_tensor(self, symbol: Sym, node: ast.Call) -> Any:
        """``Flatten(x)`` and ``Bidirectional(LSTM(4)(x))``: a tensor where a layer is made. Read as it was meant."""
        name, first = symbol.last, node.args[0]
        called = isinstance(first, ast.Call) and isinstance(first.func, ast.Call)
        parts = first.elts if isinstance(first, ast.List) and first.elts else [first]
        if not called and not all(isinstance(part, ast.Name) for part in parts):
            return None  # anything else makes a layer when it is read, and is read only once
        if called and BY_NAME[today_name(name) or "Dense"].group in ("wrapper", "rnn_wrapper"):
            return self.wrapped_output(name, node, first)
        values = [self.value(part) for part in parts]
        if not all(isinstance(value, Ten) for value in values):
            return Missing(self.short(node)) if called else None
        plain = ast.copy_location(ast.Call(node.func, node.args[1:], node.keywords), node)
        self.as_meant(
            f"{name}({self.short(first)}) only makes the layer, and the tensor stands where its arguments belong. "
            "What it reads is given in a second pair of brackets",
            ast.Call(plain, [first], []),
        )
        made = self.new_layer(symbol, plain)
        return self.apply(made, values, [], self.line(node)) if isinstance(made, LayerV) else made

    def wrapped_output(self, name: str, node: ast.Call, inner: Any) -> Any:
        """``Bidirectional(LSTM(4)(x))``: the wrapper belongs around the layer, not around what it gives."""
        made = ast.copy_location(ast.Call(node.func, [inner.func, *node.args[1:]], node.keywords), node)
        call = ast.copy_location(ast.Call(made, inner.args, inner.keywords), node)
        layer = self.short(inner.func.func)
        self.as_meant(
            f"{name} wraps a layer; here it is given what {layer} returns. Wrap the layer, then call it", call
        )
        return self.value(call)

    def as_meant(self, cause: str, call: ast.Call) -> None:
        """The first tensor that stands where a layer is made is the mistake that is told."""
        if self.mistake is None:
            self.mistake, self.meant = "input_count", self.short(call, 160)
            self.cause = f"{cause}: {self.meant}."

    def merge_function(self, symbol: Sym, node: ast.Call) -> Any:
        """keras.layers.concatenate([a, b], axis=1); tf.concat and np.concatenate are operations."""
        positional, named = self.arguments(node)
        parts = positional[0] if positional else named.get("inputs")
        if not isinstance(parts, list | tuple) or not any(isinstance(p, Ten) for p in parts):
            return self.plain_function(symbol, node)
        name = today_name(symbol.last)
        assert name is not None
        arguments = {key: self.literal(v, key) for key, v in named.items() if key != "inputs"}
        order = BY_NAME[name].order
        for key, value in zip(order, positional[1:], strict=False):
            arguments[key] = self.literal(value, key)
        written = modern(name, [], arguments, self.line(node))
        if written is None:
            return Missing(self.short(node))
        return self.apply(LayerV(written), [self.tensor(p) for p in parts], [], self.line(node))

    def operate(self, name: str, positional: list[Any], named: dict[str, Any], node: ast.AST) -> Any:
        """An operation on tensors, as a node of the graph."""
        if not name:
            return Missing(self.short(node))
        parts = list(positional[0]) if positional and isinstance(positional[0], list) else positional
        tensors = [p for p in parts if isinstance(p, Ten | Weight)]
        arguments: list[tuple[str, Argument]] = []
        others = [p for p in parts if not isinstance(p, Ten | Weight)]
        for key, value in named.items():
            if key in ("axis", "keepdims", "axes", "perm", "pattern", "indices"):
                arguments.append(({"perm": "axes", "pattern": "axes"}.get(key, key), self.literal(value, key)))
        rest = [*others, *(positional[1:] if positional and isinstance(positional[0], list) else [])]
        if rest and not isinstance(rest[0], Ten | Weight | Missing) and not arguments:
            key = "newshape" if name == "reshape" else "axes" if name == "transpose" else "axis"
            if name in ("add", "subtract", "multiply", "divide"):
                return tensors[0] if tensors else Missing(self.short(node))
            arguments.append((key, self.literal(rest[0], key)))
        weights = [w for w in tensors if isinstance(w, Weight)]
        if weights:
            arguments.append(("weight", tuple(weights[0].sizes)))
            arguments.append(("weight_first", isinstance(tensors[0], Weight)))
        refs = tuple(t.ref for t in tensors if isinstance(t, Ten))
        if not refs:
            return Missing(self.short(node))
        layer = self.graph.add_layer(LayerSpec(f"ops.{name}", "", tuple(arguments), self.line(node)))
        line = self.line(node)
        return Ten(Ref("call", self.graph.call(layer, refs, (), line, self.source(line))))

    # -- functions and classes of the text -------------------------------------------------------------------

    def call_function(self, function: FuncV, node: ast.Call) -> Any:
        """A function of the text is read with its arguments in place."""
        positional, named = self.arguments(node)
        return self.run(function, positional, named)

    def run(self, function: FuncV, positional: list[Any], named: dict[str, Any]) -> Any:
        """Read a function's body; its local names are forgotten afterwards."""
        kept, self.env = self.env, dict(self.env)
        arguments = function.node.args
        names = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
        values = [function.owner, *positional] if function.owner is not None else positional
        defaults = dict(zip(names[len(names) - len(arguments.defaults) :], arguments.defaults, strict=True))
        self.depth += 2
        try:
            if self.depth > DEEPEST:
                raise _Stop
            for i, name in enumerate(names):
                if i < len(values):
                    self.env[name] = values[i]
                elif name in named:
                    self.env[name] = named[name]
                else:
                    self.env[name] = self.value(defaults[name]) if name in defaults else Missing(name)
            for only, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
                self.env[only.arg] = named.get(
                    only.arg, self.value(default) if default is not None else Missing(only.arg)
                )
            self.block(function.node.body)
        except _Return as returned:
            return returned.value
        finally:
            self.depth -= 2
            self.env = kept
        return None

    def make_object(self, cls: ClassV, node: ast.Call) -> Any:
        """An object of a class of the text: its __init__ is read."""
        positional, named = self.arguments(node)
        made = ObjV(cls)
        init = _function(cls.node, "__init__")
        if init is not None:
            self.run(FuncV(init, made), positional, named)
        sizes = self.sizes(named.get("input_shape"))
        if sizes is not None:
            made.attributes["input_shape"] = (None, *sizes)
        return made

    def call_object(self, made: ObjV, node: ast.Call) -> Any:
        """``MyLayer()(x)``: build and call of the class are read."""
        positional, _ = self.arguments(node)
        return self.run_object(made, [self.tensor(v) for v in positional])

    def run_object(self, made: ObjV, inputs: list[Any]) -> Any:
        """Read build(input_shape) once, then call(inputs)."""
        build, call = _function(made.cls.node, "build"), _function(made.cls.node, "call")
        if call is None:
            return Missing(made.cls.node.name)
        first = inputs[0] if inputs else None
        if build is not None and not made.attributes.get("built"):
            made.attributes["built"] = True
            shape = self.graph.made.get(first.ref) if isinstance(first, Ten) else None
            self.run(FuncV(build, made), [shape if shape is not None else Missing("input_shape")], {})
        return self.run(FuncV(call, made), inputs, {})

    def object_method(self, made: ObjV, name: str, node: ast.Call) -> tuple[Any] | None:
        """self.add_weight(shape=…), self.dense(x), a method of the class."""
        positional, named = self.arguments(node)
        if name == "add_weight":
            shape = named.get("shape", next((v for v in positional if isinstance(v, tuple | list)), None))
            sizes = self.sizes(shape)
            return (Weight(sizes) if sizes is not None else Missing("a weight"),)
        held = made.attributes.get(name)
        if isinstance(held, LayerV):
            return (self.call_layer(held, node),)
        if isinstance(held, ModelV):
            return (self.call_model(held, positional, node),)
        if isinstance(held, ObjV):
            return (self.run_object(held, positional),)
        if name == "build" and made.attributes.get("built") is None and positional:
            sizes = self.sizes(positional[0])
            if sizes is not None and len(sizes) > 1:
                self.run_object(made, [Ten(self.graph.add_input(sizes, "", "float32", "the shape given to build"))])
            return (Missing(name),)
        if name in ("fit", "predict", "compile", "summary", "build"):
            return (Missing(name),)
        function = _function(made.cls.node, name)
        return (self.run(FuncV(function, made), positional, named),) if function is not None else None

    # -- numbers ---------------------------------------------------------------------------------------------

    def literal(self, value: Any, what: str) -> Argument:
        """A literal for a spec. What isn't in the text becomes an example; objects become nothing."""
        if isinstance(value, LayerV):
            return value.written.spec
        if isinstance(value, list | tuple):
            return tuple(self.literal(v, what) for v in value)
        if isinstance(value, bool | int | float | str) or value is None:
            return value[:400] if isinstance(value, str) else value
        if isinstance(value, Sym):
            return value.last.lower() if what in ("activation", "recurrent_activation") else None
        if (
            isinstance(value, Missing)
            and what
            not in (
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
            and not what.endswith(("initializer", "regularizer", "constraint", "init"))
        ):
            return (
                0.5
                if what in ("rate", "p", "dropout", "recurrent_dropout", "alpha", "dropout_W", "dropout_U")
                else self.whole(value)
            )
        return None

    def whole(self, value: Any) -> int | None:
        """A whole number; an example where the text doesn't give it."""
        if isinstance(value, bool):
            return None
        if isinstance(value, float) and value == int(value):
            return int(value)
        if isinstance(value, int):
            return value
        if isinstance(value, Missing):
            return value.number if value.number is not None else self.example(value.name)
        return None

    def example(self, name: str) -> int:
        """A number that the text doesn't give: the learner's; else an example, the same each time, all different."""
        answer = self.answers.number(name)
        if answer is not None:
            self.said[name] = answer
            return answer
        if name not in self.assumed:
            self.assumed[name] = _EXAMPLES[len(self.assumed) % len(_EXAMPLES)] + 40 * (
                len(self.assumed) // len(_EXAMPLES)
            )
            if re.fullmatch(r"[A-Za-z_]\w{0,40}", name):
                self.asked[name] = f"What is {name}? The text doesn't say; {self.assumed[name]} stands in its place."
        return self.assumed[name]

    def sizes(self, value: Any) -> Sizes | None:
        """A shape: a tuple of whole numbers and None."""
        if isinstance(value, int) and not isinstance(value, bool):
            return (value,)
        if not isinstance(value, list | tuple):
            return None
        return tuple(None if v is None else self.whole(v) for v in value)

    # -- what was found ----------------------------------------------------------------------------------------

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

    # -- places ----------------------------------------------------------------------------------------------

    def budget(self) -> None:
        """Every step counts; a text that needs too many isn't read on."""
        self.steps += 1
        if self.steps > MOST_STEPS or (self.steps % 64 == 0 and time.monotonic() > self.end):
            raise _Stop

    def line(self, node: ast.AST) -> int:
        """The line (from 1) in the pasted text."""
        return self.where.line(node) if self.where is not None else 1

    @staticmethod
    def line_of(layer: LayerV) -> int:
        """Where a layer was made."""
        return layer.written.spec.line or 1

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

    def missing(self, name: str) -> Missing:
        """A value that the text doesn't give."""
        return Missing(name)

    def dotted(self, node: ast.expr) -> str:
        """``np.random.rand`` of a call's function."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute) and len(parts) < 8:
            parts.append(node.attr)
            node = node.value
        return ".".join(reversed([*parts, node.id])) if isinstance(node, ast.Name) else ".".join(reversed(parts))


def _function(cls: ast.ClassDef, name: str) -> ast.FunctionDef | None:
    return next((n for n in cls.body if isinstance(n, ast.FunctionDef) and n.name == name), None)


_PERCENT, _BRACES = re.compile("%[ds]"), re.compile(r"\{\d?\}")


def _spelled(text: str, places: re.Pattern[str], parts: list[Any]) -> str:
    """``"conv_%d" % 3`` and ``"conv_{}".format(3)``: one part after the other, without Python's own formatting."""
    for part in parts:
        text = places.sub(str(part)[:40].replace("\\", ""), text[:400], count=1)
    return text


def _dtype(layer: LayerV | None) -> str:
    rules = BY_NAME.get(layer.written.spec.class_name) if layer is not None else None
    return "int32" if rules and rules.group == "embedding" else "float32"


def _sliced(sizes: Sizes | None, place: ast.expr, reader: Reader) -> Sizes | None:
    """The shape of ``x[…]``."""
    if sizes is None:
        return None
    parts = list(place.elts) if isinstance(place, ast.Tuple) else [place]
    left = list(sizes)
    out: list[int | None] = []
    for part in parts:
        if (isinstance(part, ast.Constant) and part.value is None) or (
            isinstance(part, ast.Attribute) and part.attr == "newaxis"
        ):
            out.append(1)
            continue
        if isinstance(part, ast.Constant) and part.value is Ellipsis:
            keep = len(left) - (len(parts) - parts.index(part) - 1)
            out, left = [*out, *left[:keep]], left[keep:]
            continue
        if not left:
            return None
        size = left.pop(0)
        if isinstance(part, ast.Slice):
            out.append(_cut(size, part, reader))
        elif not isinstance(reader.value(part), int):
            return None
    return (*out, *left)


def _cut(size: int | None, part: ast.Slice, reader: Reader) -> int | None:
    if size is None:
        return None
    low = reader.value(part.lower) if part.lower is not None else 0
    high = reader.value(part.upper) if part.upper is not None else size
    step = reader.value(part.step) if part.step is not None else 1
    if not all(isinstance(n, int) and abs(n) < 10**9 for n in (low, high, step)) or step == 0:
        return None
    return len(range(*slice(low, high, step).indices(size)))


# -- the whole text ------------------------------------------------------------------------------------------


def read_statements(text: str, found: Statements, answers: Answers | None = None) -> Reader:
    """Read what was parsed; where only functions or classes stand there, the last of them that makes layers."""
    reader = Reader(text, answers)
    reader.read(found)
    if not reader.graph.calls and not any(m.layers for m in reader.models):
        _objects(reader)
        if not reader.loose and not reader.graph.calls:
            _uncalled(reader)
    for model in reader.models:
        _quietly(reader, lambda model=model: reader.realize(model))  # type: ignore[misc]
    return reader


def _objects(reader: Reader) -> None:
    """Objects of the text's own classes that nobody calls: on an example."""
    for name, value in list(reader.env.items()):
        if isinstance(value, ObjV) and any(isinstance(held, LayerV) for held in value.attributes.values()):
            _quietly(reader, lambda name=name, value=value: reader.run_object(value, [Missing(f"the input of {name}")]))  # type: ignore[misc]


def _uncalled(reader: Reader) -> None:
    """Functions and classes that nobody calls in the text."""
    for value in list(reader.env.values()):
        if isinstance(value, FuncV):
            _quietly(reader, lambda value=value: reader.run(value, [], {}))  # type: ignore[misc]
        elif isinstance(value, ClassV) and _function(value.node, "call") is not None:
            _quietly(reader, lambda value=value: _class_alone(reader, value))  # type: ignore[misc]


def _class_alone(reader: Reader, cls: ClassV) -> None:
    """A class with nobody who calls it: called on the input that a comment of its build method gives."""
    made = ObjV(cls)
    init, build = _function(cls.node, "__init__"), _function(cls.node, "build")
    if init is not None:
        reader.run(FuncV(init, made), [], {})
    commented = reader.source(reader.line(build)) if build is not None else ""
    found = re.search(r"#.{0,40}(\((?:None|\d+)(?:, ?(?:None|\d+)){1,5}\))", commented)
    if found is None:
        return
    sizes = tuple(None if "None" in n else int(n) for n in re.findall(r"None|\d{1,9}", found[1]))
    reader.run_object(made, [Ten(reader.graph.add_input(sizes, "", "float32", "the comment"))])


def _quietly(reader: Reader, work: Callable[[], Any]) -> None:
    try:
        work()
    except (
        _Stop,
        _Return,
        ArithmeticError,
        ValueError,
        TypeError,
        LookupError,
        AttributeError,
        AssertionError,
        RecursionError,
    ):
        reader.notes.append("A part of the code couldn't be read.")


def chosen(reader: Reader, which: int | None = None) -> ModelSpec | None:
    """The model to show: the `which`-th that the text makes; else the one with data, else the one with most layers.

    Loose tensors where no model was made.
    """
    own = [c for owner, c in reader.checks if owner is None] + _given(reader)
    best = main_model(reader, which)
    assumed = tuple(f"{name} = {number}" for name, number in reader.assumed.items())
    if best is not None and not _unfinished(reader, best):
        checks = (*own, *(c for owner, c in reader.checks if owner is best))
        told = next((sizes for name, sizes in reader.hints.items() if name in _TARGETS), None)
        if best.loss and told is not None and None not in told and not any(c.kind == "fit" for c in checks):
            checks = (*checks, Check("fit", (), (told,), best.loss))
        simple = best.sequential and all(isinstance(layer, LayerV | Ten) for layer in best.layers)
        return _placed(reader, reader.graph.model(best.outputs, best.inputs, simple, checks, assumed, best.name))
    ends = reader.graph.loose_ends()
    if ends:
        return _placed(reader, reader.graph.model(ends, [], False, tuple(own), assumed, "model"))
    if reader.loose:
        return _alone(reader, tuple(own), assumed)
    return ModelSpec((), (), (), (), False, tuple(own), assumed) if own else None


def shapes_asked(reader: Reader) -> tuple[Ask, ...]:
    """The shapes of arrays that the text doesn't give, and those that the learner gave."""
    said = {name: str(sizes) for name, sizes in reader.answers.shapes().items() if name in reader.text}
    names = dict.fromkeys((*said, *reader.unshaped))
    return tuple(
        Ask(f"{name}{SHAPE}", "shape", f"What does print({name}.shape) say?", said.get(name, ""), (), name in said)
        for name in names
    )


def _given(reader: Reader) -> list[Check]:
    """Embedding(…, weights=[matrix]) of older versions: the matrix put into the layer."""
    return [
        Check("weights", shapes, layer=reader.graph.layers[layer.index].name, line=line, text=reader.source(line))
        for layer, shapes, line in reader.given
        if layer.index is not None
    ]


def made_models(reader: Reader) -> list[ModelV]:
    """The models of the text that were made out, in its order; one that is only a part of a Sequential counts too."""
    return [model for model in reader.models if model.outputs]


def main_model(reader: Reader, which: int | None = None) -> ModelV | None:
    """The one that is asked for, counted from 1; else the one with data, else the one with most layers."""
    models = made_models(reader)
    if which is not None and 0 < which <= len(models):
        return models[which - 1]
    best: ModelV | None = None
    for model in models:
        if best is None or _rank(reader, model) >= _rank(reader, best):
            best = model
    return best


def choices(reader: Reader, which: int | None = None) -> tuple[ModelChoice, ...]:
    """Every model of the text by its name and line; `shown` is the one that is rebuilt."""
    models, best = made_models(reader), main_model(reader, which)
    whole = set(reader.graph._needed(best.outputs)) if best is not None else set()
    return tuple(
        ModelChoice(
            number,
            model.variable or model.name or "model",
            model.line,
            len(calls := reader.graph._needed(model.outputs)),
            model is best,
            part=model is not best and set(calls) <= whole,
        )
        for number, model in enumerate(models, start=1)
    )


def _unfinished(reader: Reader, model: ModelV) -> bool:
    """Whether calls were made outside of the model that are more than it has: the text goes on after it."""
    inside = len(reader.graph._needed(model.outputs))
    return inside == 0 and bool(reader.graph.calls)


def _rank(reader: Reader, model: ModelV) -> tuple[int, int]:
    return int(any(owner is model for owner, _ in reader.checks)), len(reader.graph._needed(model.outputs))


def _placed(reader: Reader, spec: ModelSpec) -> ModelSpec:
    """Unpackings name the call by its number in the whole graph: give the layer's name instead."""
    from dataclasses import replace

    def named(check: Check) -> Check:
        if check.kind != "unpack":
            return check
        call = reader.graph.calls[int(check.layer)]
        return replace(check, layer=reader.graph.layers[call.layer].name)

    return replace(spec, checks=tuple(named(c) for c in spec.checks))


def _alone(reader: Reader, checks: tuple[Check, ...], assumed: tuple[str, ...]) -> ModelSpec:
    """Layers that were made but never called: each on an example of its own, the last one shown."""
    layer = reader.loose[-1]
    declared = reader.declared(layer)
    shape = declared if declared is not None else reader.example_shape(layer)
    end = reader.apply(
        layer, [Ten(reader.graph.add_input(shape, "", _dtype(layer), "an example"))], [], reader.line_of(layer)
    )
    assumed = tuple(f"{name} = {number}" for name, number in reader.assumed.items())
    outputs = [end.ref] if isinstance(end, Ten) else []
    return reader.graph.model(outputs, [], False, checks, assumed, "model")


def read_code(text: str, answers: Answers | None = None) -> tuple[Reader, Statements]:
    """All that a text says as code, and what the learner said about the rest."""
    found = statements(text)
    return read_statements(text, found, answers), found
