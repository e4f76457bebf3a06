"""Layers of PyTorch and flax as they stand in code -> the same model in Keras. Parsed, never executed."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from explainers.core.axes import Shape
from explainers.core.finding import Value, name_axes
from explainers.core.layers import blocks, two_biases
from explainers.core.spec import Argument, CallSpec, InputSpec, LayerSpec, ModelSpec, Ref, Sizes
from explainers.reading.code.statements import statements
from explainers.reading.shapes import output_shapes

MOST_LAYERS = 60
_STEPS, _SIDE = 7, 32  # examples, where the text gives no data
_SAME = ("Dropout", "Dropout1d", "Dropout2d", "Identity")
_ACTIVATIONS = {
    "ReLU": "relu", "Tanh": "tanh", "Sigmoid": "sigmoid", "Softmax": "softmax", "GELU": "gelu", "ELU": "elu",
    "LeakyReLU": "leaky_relu", "SiLU": "silu", "relu": "relu", "tanh": "tanh", "sigmoid": "sigmoid",
    "softmax": "softmax", "gelu": "gelu", "log_softmax": "log_softmax", "leaky_relu": "leaky_relu",
}  # fmt: skip
RECURRENT_THERE = {"LSTM": "LSTM", "GRU": "GRU", "RNN": "SimpleRNN"}
_MADE = ("rand", "randn", "zeros", "ones", "empty", "randint", "normal", "uniform")


@dataclass(frozen=True)
class Ported:
    """The model in Keras. differences: what bites. clash: a layer declared for other features than reach it."""

    spec: ModelSpec | None
    values: dict[str, Value] = field(default_factory=dict)
    shapes: tuple[Shape, ...] = ()
    differences: tuple[str, ...] = ()
    clash: tuple[str, int, int] | None = None
    unread: tuple[str, ...] = ()


@dataclass
class _Written:
    """One layer as it was written: its name there, its numbers, and whether only its last step is used."""

    name: str
    numbers: list[object]
    named: dict[str, object]
    line: int
    last_only: bool = False

    def get(self, key: str, place: int = -1, default: object = None) -> object:
        """An argument by name or place."""
        return self.named.get(key, self.numbers[place] if 0 <= place < len(self.numbers) else default)

    def whole(self, key: str, place: int = -1) -> int | None:
        """The same, where it is a whole number."""
        value = self.get(key, place)
        return value if isinstance(value, int) and not isinstance(value, bool) else None


def ported(text: str, framework: str) -> Ported | None:
    """The text's layers one after the other, in the order in which they are called; None where there are none."""
    reader = _Torch(text)
    written = list(reader.in_order())[:MOST_LAYERS]
    if not written:
        return None
    return _Model(written, reader.data, framework).ported()


class _Torch:
    """Numbers, layers and data that a text assigns, without running any of it."""

    def __init__(self, text: str) -> None:
        self.nodes = [statement.node for statement in statements(text).found]
        self.text = text
        self.numbers: dict[str, object] = {}
        self.layers: dict[str, list[_Written]] = {}
        self.data: Sizes | None = None
        for node in self._walk():
            self._take(node)

    def _walk(self) -> Iterator[ast.AST]:
        for node in self.nodes:
            yield from ast.walk(node)

    def _take(self, node: ast.AST) -> None:
        if isinstance(node, ast.FunctionDef):
            names = [a.arg for a in node.args.args]
            defaults = node.args.defaults
            for name, value in zip(names[len(names) - len(defaults) :], defaults, strict=True):
                self.numbers.setdefault(name, self.value(value))
        if isinstance(node, ast.Call) and _last(node) in _MADE and self.data is None:
            self.data = self._sizes(node)
        if not isinstance(node, ast.Assign) or len(node.targets) != 1:
            return
        target, value = node.targets[0], node.value
        name = ast.unparse(target)[:60]
        if isinstance(value, ast.Call):
            made = self._made(value)
            if made:
                self.layers[name] = made
        elif isinstance(target, ast.Name):
            self.numbers[target.id] = self.value(value)

    def _sizes(self, node: ast.Call) -> Sizes | None:
        parts: list[ast.expr] = list(node.args)
        nested = [part for part in parts if isinstance(part, ast.Tuple | ast.List)]
        parts = list(nested[-1].elts) if nested else parts
        sizes = [self.value(part) for part in parts]
        whole = tuple(n for n in sizes if isinstance(n, int) and 0 < n < 10**6)
        return whole if len(whole) == len(sizes) and 1 < len(whole) < 6 else None

    def value(self, node: ast.expr) -> object:
        """A literal, a name of the text, or a product of them; None where it isn't known."""
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name):
            return self.numbers.get(node.id)
        if isinstance(node, ast.Attribute):
            return self.numbers.get(node.attr)
        if isinstance(node, ast.Tuple | ast.List):
            return tuple(self.value(part) for part in node.elts)
        if isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
            one, other = self.value(node.left), self.value(node.right)
            if isinstance(one, int) and isinstance(other, int) and max(abs(one), abs(other)) < 10**7:
                return _ARITHMETIC[type(node.op)](one, other)
        return None

    def _made(self, node: ast.Call) -> list[_Written]:
        """The layers that a call makes: one, or those of a Sequential; none where it makes none."""
        name = _last(node)
        if name == "Sequential":
            return [layer for part in _parts(node) if isinstance(part, ast.Call) for layer in self._made(part)]
        if name not in _PORTS or not _of_module(node):
            return []
        if name == "RNN" and node.args and isinstance(node.args[0], ast.Call):  # flax: a cell inside
            cell = node.args[0]
            size = next((n for n in map(self.value, (*cell.args, *node.args[1:])) if isinstance(n, int)), None)
            kind = _last(cell).removesuffix("Cell")
            return [_Written({"OptimizedLSTM": "LSTM"}.get(kind, kind), [None, size], {}, node.lineno)]
        named = {k.arg: self.value(k.value) for k in node.keywords if k.arg}
        return [_Written(name, [self.value(part) for part in node.args], named, node.lineno)]

    def in_order(self) -> Iterator[_Written]:
        """The layers in the order of their calls in forward; as they are made where there is no forward."""
        forward = next(
            (n for n in self._walk() if isinstance(n, ast.FunctionDef) and n.name in ("forward", "__call__")), None
        )
        if forward is None:
            made = [layer for layers in self.layers.values() for layer in layers]
            if not made:
                alone = (n.value for n in self.nodes if isinstance(n, ast.Expr) and isinstance(n.value, ast.Call))
                made = [layer for call in alone for layer in self._made(call)]
            last = re.search(r"\[:, ?-1|\((?:h|final)\b|\bhidden\b", self.text) is not None
            for layer in made:
                layer.last_only = last and layer is made[-1]
            yield from made
            return
        body = [layer for node in forward.body for layer in self._called(node)]
        last = re.search(r"\[:, ?-1|\bh_?n\b|\bhidden\b", ast.unparse(forward)) is not None
        recurrent = [layer for layer in body if layer.name in RECURRENT_THERE]
        for layer in recurrent:
            layer.last_only = last and layer is recurrent[-1]
        yield from body

    def _called(self, node: ast.AST) -> Iterator[_Written]:
        """What is called inside of a node, the innermost first."""
        for child in ast.iter_child_nodes(node):
            yield from self._called(child)
        if not isinstance(node, ast.Call):
            return
        name = _last(node)
        if ast.unparse(node.func)[:60] in self.layers:
            yield from self.layers[ast.unparse(node.func)[:60]]
        elif name in _ACTIVATIONS:
            yield _Written(name, [], {}, node.lineno)
        elif name == "flatten" or (name in ("view", "reshape") and "-1" in ast.unparse(node)):
            yield _Written("Flatten", [], {}, node.lineno)
        elif name in ("max_pool2d", "max_pool1d", "avg_pool2d"):
            kind = {"max_pool2d": "MaxPool2d", "max_pool1d": "MaxPool1d", "avg_pool2d": "AvgPool2d"}[name]
            yield _Written(kind, [self.value(part) for part in node.args[1:]], {}, node.lineno)
        elif isinstance(node.func, ast.Call):  # flax: nn.Dense(3)(x)
            yield from self._made(node.func)


class _Model:
    """The layers in Keras, one after the other, on data of the text's shape or on an example."""

    def __init__(self, written: list[_Written], data: Sizes | None, framework: str) -> None:
        self.written, self.data, self.framework = written, data, framework
        self.layers: list[LayerSpec] = []
        self.differences: list[str] = []
        self.unread: list[str] = []
        self.assumed: list[str] = []
        self.values: dict[str, Value] = {}
        self.clash: tuple[str, int, int] | None = None
        self.shape = self._input()

    def ported(self) -> Ported:
        """All of it."""
        start = self.shape
        for entry in self.written:
            port = _PORTS.get(entry.name)
            if entry.name in _ACTIVATIONS:
                self.add("Activation", entry, activation=_ACTIVATIONS[entry.name])
            elif port is not None:
                port(self, entry)
        calls = tuple(
            CallSpec(i, (Ref("call", i - 1) if i else Ref("input", 0),), line=layer.line)
            for i, layer in enumerate(self.layers)
        )
        shapes: tuple[Shape, ...] = ()
        if self.data is not None:
            shapes = (name_axes(self.data, self._names(len(self.data)), "the data of the text"),)
        if not calls:
            return Ported(None, self.values, shapes, (), None)
        tensor = InputSpec("input", start, self._dtype(), (), "the data" if self.data else "an example")
        spec = ModelSpec((tensor,), tuple(self.layers), calls, (Ref("call", len(calls) - 1),), True,
                         assumed=tuple(self.assumed))  # fmt: skip
        told = tuple(dict.fromkeys(self.differences))
        return Ported(spec, self.values, shapes, told, self.clash, tuple(self.unread))

    def _dtype(self) -> str:
        return "int32" if self.written[0].name in ("Embedding", "Embed") else "float32"

    def _first(self) -> _Written:
        return next((w for w in self.written if w.name not in (*_SAME, *_ACTIVATIONS)), self.written[0])

    def _names(self, rank: int) -> tuple[str, ...]:
        first = self._first().name
        if "2d" in first and rank == 4:
            return ("batch", "channels", "height", "width")
        if "1d" in first and rank == 3:
            return ("batch", "channels", "timesteps")
        if first in RECURRENT_THERE and rank == 3:
            time_first = self.framework == "PyTorch" and self._first().get("batch_first", 4) is not True
            return ("timesteps", "batch", "features") if time_first else ("batch", "timesteps", "features")
        return ("batch", "features") if rank == 2 else ()

    def _input(self) -> Sizes:
        """The shape of the Input in Keras: channels last, the batch open and in front."""
        first, data = self._first(), self.data
        width = (
            first.whole("in_features", 0)
            or first.whole("input_size", 0)
            or first.whole("in_channels", 0)
            or first.whole("num_features", 0)
        )
        if data is not None:
            names = self._names(len(data))
            if names[:2] == ("batch", "channels"):
                return (None, *data[2:], data[1])
            return (None, *((data[0], *data[2:]) if names[:1] == ("timesteps",) else data[1:]))
        rank = (
            {"1d": 1, "2d": 2, "3d": 3}.get(first.name[-2:], 0)
            if "Conv" in first.name or "Pool" in first.name
            else {"2d": 2, "3d": 3}.get(first.name[-2:], 0)
        )
        if rank:
            self.assumed += [f"the input's {n} = {_SIDE}" for n in ("height", "width", "depth")[:rank]]
            return (None, *(_SIDE,) * rank, width or 3)
        if first.name in (*RECURRENT_THERE, "Embedding", "Embed"):
            self.assumed.append(f"timesteps = {_STEPS}")
            return (None, _STEPS) if first.name.startswith("Emb") else (None, _STEPS, width or 3)
        if width is None:
            self.assumed.append("the input's features = 5")
        return (None, width or 5)

    def add(self, class_name: str, entry: _Written, **arguments: Argument) -> None:
        """One more layer, and the shape behind it."""
        name = f"{class_name.lower()}_{len(self.layers) + 1}"
        layer = LayerSpec(class_name, name, tuple(arguments.items()), entry.line)
        made = output_shapes(layer, (self.shape,))
        self.layers.append(layer)
        self.shape = made[0] if made else self.shape

    def note(self, words: str) -> None:
        """A difference that bites."""
        self.differences.append(words)


def _linear(model: _Model, entry: _Written) -> None:
    declared, units = entry.whole("in_features", 0), entry.whole("out_features", 1)
    if model.framework != "PyTorch":
        declared, units = None, entry.whole("features", 0)
    if units is None:
        model.unread.append(f"line {entry.line}: the text doesn't say how many features this layer returns")
        return
    came = model.shape[-1]
    if declared is not None and came is not None and came != declared and not model.assumed and model.clash is None:
        model.clash = (f"nn.Linear({declared}, {units})", declared, came)
    model.add("Dense", entry, units=units)
    if model.framework == "PyTorch":
        model.note("nn.Linear(in_features, out_features) is Dense(units=out_features): Keras works out in_features")
        model.note("CrossEntropyLoss takes scores without a softmax: from_logits=True in Keras")


def _conv(model: _Model, entry: _Written) -> None:
    rank = entry.name[-2]
    filters, kernel = entry.whole("out_channels", 1), entry.get("kernel_size", 2)
    stride, padding = entry.get("stride", 3, 1), entry.get("padding", 4, 0)
    if filters is None or kernel is None:
        model.unread.append(f"line {entry.line}: the text doesn't give the sizes of this convolution")
        return
    if padding not in (0, "same", "valid") and rank in "12":
        pad = "ZeroPadding1D" if rank == "1" else "ZeroPadding2D"
        model.add(pad, entry, padding=padding if isinstance(padding, int) else _literal(padding))
    model.add(f"Conv{rank}D", entry, filters=filters, kernel_size=_literal(kernel), strides=_literal(stride),
              padding="same" if padding == "same" else "valid")  # fmt: skip
    model.note("PyTorch reads (batch, channels, …), Keras (batch, …, channels): the channels are the last axis")
    model.note("out_channels is filters; in_channels is worked out from the input")


def _pool(model: _Model, entry: _Written) -> None:
    kind, rank = ("Max" if entry.name.startswith("Max") else "Average"), entry.name[-2]
    size = _literal(entry.get("kernel_size", 0, 2))
    stride = entry.get("stride", 1)
    model.add(f"{kind}Pooling{rank}D", entry, pool_size=size, strides=_literal(stride) if stride else size)


def _global_pool(model: _Model, entry: _Written) -> None:
    rank = entry.name[-2]
    model.add(f"GlobalAveragePooling{rank}D", entry, keepdims=True)


def _recurrent(model: _Model, entry: _Written) -> None:
    kind = RECURRENT_THERE[entry.name]
    width, units = entry.whole("input_size", 0), entry.whole("hidden_size", 1)
    if units is None:
        model.unread.append(f"line {entry.line}: the text doesn't give hidden_size")
        return
    layers, both = entry.whole("num_layers", 2) or 1, entry.get("bidirectional") is True
    came = model.shape[-1]
    torch = model.framework == "PyTorch"
    if torch and width is not None and came is not None and width != came and model.clash is None and not model.assumed:
        model.clash = (f"nn.{entry.name}({width}, {units})", width, came)
    for place in range(min(layers, 8)):
        every = not (entry.last_only and place == layers - 1)
        if both:
            inner = LayerSpec(
                kind, f"{kind.lower()}_{len(model.layers)}", (("units", units), ("return_sequences", every))
            )
            model.add("Bidirectional", entry, layer=inner)
        else:
            model.add(kind, entry, units=units, return_sequences=every)
    model.values |= {"units": units, "features": came, "hidden_size": units}
    if not torch:
        model.note(f"flax's RNN returns its output at every step: {kind}({units}, return_sequences=True)")
        return
    model.note(f"hidden_size={units} is units={units}")
    model.note(
        f"nn.{entry.name} returns all steps, like return_sequences=True; its last step is what Keras returns without it"
    )
    if entry.get("batch_first", 4) is True:
        model.note("batch_first=True is what Keras always does: (batch, timesteps, features)")
    else:
        model.note("without batch_first=True nn.LSTM reads (timesteps, batch, features); Keras has the batch first")
    ways = 2 if both else 1
    states = f"h_n is (num_layers * directions, batch, hidden_size) = ({layers * ways}, batch, {units})"
    model.note(f"{states}; Keras returns each state as (batch, units)")
    if isinstance(came, int):
        gates, doubled = blocks(kind), two_biases(kind)
        theirs = gates * units * (came + units + 2)
        ours = theirs if doubled else gates * units * (came + units + 1)
        model.note(
            f"nn.{entry.name} has two biases for each gate: {theirs:,} numbers in a first layer of one direction; "
            f"{kind} has {ours:,}" + (" (GRU with reset_after=True has both biases, too)" if doubled else "")
        )


def _embedding(model: _Model, entry: _Written) -> None:
    words, width = entry.whole("num_embeddings", 0), entry.whole("embedding_dim", 1) or entry.whole("features", 1)
    if words is not None and width is not None:
        model.add("Embedding", entry, input_dim=words, output_dim=width)
        model.note("num_embeddings, embedding_dim are input_dim, output_dim")


def _flatten(model: _Model, entry: _Written) -> None:
    if len(model.shape) > 2:
        model.add("Flatten", entry)
        model.note(
            "Flatten lays the channels out last in Keras, first in PyTorch: the same numbers in a different order"
        )


def _normed(model: _Model, entry: _Written) -> None:
    model.add("LayerNormalization" if entry.name == "LayerNorm" else "BatchNormalization", entry)


def _flax_conv(model: _Model, entry: _Written) -> None:
    kernel = entry.get("kernel_size", 1)
    filters = entry.whole("features", 0)
    rank = len(kernel) if isinstance(kernel, tuple) else 1
    if filters is not None and len(model.shape) == rank + 2:
        model.add(f"Conv{rank}D", entry, filters=filters, kernel_size=_literal(kernel), padding="same")


def _nothing(model: _Model, entry: _Written) -> None:
    """Shapes don't change."""


_Port = Callable[[_Model, _Written], None]
_PORTS: dict[str, _Port] = {
    "Linear": _linear,
    "Dense": _linear,
    **dict.fromkeys(("Conv1d", "Conv2d", "Conv3d"), _conv),
    **dict.fromkeys(("MaxPool1d", "MaxPool2d", "MaxPool3d", "AvgPool1d", "AvgPool2d", "AvgPool3d"), _pool),
    **dict.fromkeys(("AdaptiveAvgPool1d", "AdaptiveAvgPool2d"), _global_pool),
    **dict.fromkeys(RECURRENT_THERE, _recurrent),
    **dict.fromkeys(("Embedding", "Embed"), _embedding),
    "Flatten": _flatten,
    "Conv": _flax_conv,
    **dict.fromkeys(("BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "LayerNorm"), _normed),
    **dict.fromkeys((*_SAME, *(name for name in _ACTIVATIONS if name[0].isupper())), _nothing),
}
_ARITHMETIC: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.FloorDiv: lambda a, b: a // b if b else 0,
}


def _last(node: ast.Call) -> str:
    func = node.func
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""


def _of_module(node: ast.Call) -> bool:
    """``nn.Linear(…)``, ``torch.nn.LSTM(…)``, ``flax.linen.Dense(…)``, and a name that was imported."""
    return isinstance(node.func, ast.Name) or re.search(r"\b(?:nn|linen)\.", ast.unparse(node.func)[:80]) is not None


def _parts(node: ast.Call) -> list[ast.expr]:
    first = node.args[0] if node.args else None
    return list(first.elts) if isinstance(first, ast.List | ast.Tuple) else list(node.args)


def _literal(value: object) -> Argument:
    """A number or a tuple of numbers."""
    if isinstance(value, tuple):
        return tuple(n if isinstance(n, int) else 1 for n in value)
    return value if isinstance(value, int | str) else 1
