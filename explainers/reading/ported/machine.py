"""What the names of PyTorch and flax do: layers are made and called, functions are applied, arrays get their shapes."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from explainers.core.spec import Sizes
from explainers.reading.ported.attention import attention, encoder, encoder_layer
from explainers.reading.ported.evaluator import Evaluator
from explainers.reading.ported.examples import (
    OF_STATES,
    as_reached,
    axis_names,
    changed,
    example_by_name,
    example_for,
    for_function,
    part_of,
    reads_batch_at,
    wanted_rank,
)
from explainers.reading.ported.expressions import parts
from explainers.reading.ported.flax_layers import FLAX, FLAX_FUNCTIONS, NOT_A_LAYER
from explainers.reading.ported.function_list import FUNCTIONS
from explainers.reading.ported.functions import Given, cut, size, whole_state
from explainers.reading.ported.graph import Clash, Graph
from explainers.reading.ported.library import PYTHONS_OWN, array, builtin, several_of
from explainers.reading.ported.recurrent import RECURRENT_THERE, read_as, recurrent, state_at
from explainers.reading.ported.torch_layers import PORTS
from explainers.reading.ported.values import (
    UNKNOWN,
    Class,
    Data,
    Dotted,
    Function,
    Gap,
    Instance,
    Leaf,
    Missing,
    Partial,
    Restart,
    Several,
    State,
    Tensor,
    name_it,
)

CONTAINERS = ("Sequential", "ModuleList", "ModuleDict", "List")
MADE = ("rand", "randn", "zeros", "ones", "empty", "randint", "normal", "uniform", "full", "FloatTensor", "Tensor",
        "LongTensor", "random")  # fmt: skip


class Machine(Evaluator):
    """One walk through the program."""

    def __init__(
        self, framework: str, known: dict[str, tuple[Sizes, bool]], batch_at: dict[str, int],
        printed: Mapping[str, Sizes],
    ) -> None:  # fmt: skip
        super().__init__()
        self.graph = Graph(framework)
        self.framework = framework
        self.known, self.batch_at = known, batch_at  # shapes of arguments, and where the samples are, of earlier walks
        self.printed = printed  # shapes that the text shows next to its code, by the names of arrays
        self.assumed: list[str] = []
        self.entered: dict[int, Tensor] = {}
        self.unnamed: dict[str, Data] = {}  # names that the text gives no value
        self.repeat_pool = False
        self.reached: tuple[int, int, int] | None = None
        self.copies: dict[int, dict[int, Leaf]] = {}
        self.compact: dict[tuple[int, int], Leaf] = {}
        self.running: list[Instance] = []
        self.inside: list[int] = []  # how many layers each running module has made
        self.making: Instance | None = None
        self.data: list[tuple[tuple[int, ...], tuple[str, ...]]] = []  # arrays of the text that the model reads
        self.examples: list[tuple[Sizes, tuple[str, ...]]] = []

    @property
    def of_torch(self) -> bool:
        """Whether it is PyTorch."""
        return self.framework == "PyTorch"

    # -- names ---------------------------------------------------------------------------------------------------

    def attribute(self, value: object, name: str, line: int) -> object:
        """An attribute; a method is bound."""
        if isinstance(value, Dotted):
            return Dotted(f"{value.name}.{name}")
        if isinstance(value, Instance):
            return _of_instance(value, name)
        if isinstance(value, Tensor) and name == "shape":
            return size(Given(self.graph, [value], {}, line))
        if isinstance(value, Data) and name == "shape" and value.shape is not None:
            return value.shape
        if isinstance(value, Leaf) and name in value.named:
            return value.named[name]
        if isinstance(value, Leaf):
            place = {"in_features": 0, "out_features": 1, "in_channels": 0, "out_channels": 1, "hidden_size": 1,
                     "num_layers": 2, "input_size": 0}.get(name)  # fmt: skip
            return value.get(name, place) if place is not None else Partial(("method", value, name), (), ())
        return Partial(("method", value, name), (), ())

    def missing(self, name: str, given: bool = False) -> object:
        """A size that no call of the class gives, or only ``len(class_names)``: an example for what is made."""
        if self.making is None:
            return UNKNOWN if given else Data(None, name, 0)
        example = example_by_name(name)
        if self.reached is not None and re.search(r"out|class", name):
            return self.reached[2]  # as the message says
        if example is None:
            return UNKNOWN
        self.assumed.append(f"{name} = {example}")
        return example

    # -- calls ---------------------------------------------------------------------------------------------------

    def call(self, function: object, places: list[object], named: dict[str, object], line: int) -> object:
        """A call of anything."""
        if isinstance(function, Function):
            return self.enter(function, places, named)
        if isinstance(function, Class):
            return self.made(function, places, named)
        if isinstance(function, Leaf | Several | Instance):
            return self.applied(function, places, named, line)
        if isinstance(function, Partial):
            return self._of_partial(function, places, named, line)
        if isinstance(function, Dotted):
            return self._of_library(function, places, named, line)
        return UNKNOWN

    def _of_partial(self, partial: Partial, places: list[object], named: dict[str, object], line: int) -> object:
        inner = partial.function
        if not isinstance(inner, tuple):
            return self.call(inner, [*partial.places, *places], {**dict(partial.named), **named}, line)
        _, owner, name = inner
        if isinstance(owner, Tensor | Data) or (isinstance(owner, State) and name in FUNCTIONS):
            return self.function(str(name), [owner, *places], named, line)
        return self._method(owner, str(name), places, named, line)

    def _method(self, owner: object, name: str, places: list[object], named: dict[str, object], line: int) -> object:
        if isinstance(owner, list) and name in ("append", "extend", "insert") and places:
            new = list(parts(places[0])) if name == "extend" else [places[-1]]
            owner.extend(new)
            return None
        if isinstance(owner, Several) and name in ("append", "add_module", "extend", "insert"):
            for part in parts(places[0]) if name == "extend" else [places[-1]]:
                owner.add(part, str(places[0]) if name == "add_module" else "")
            return owner
        if isinstance(owner, Several) and name in ("values", "children", "modules"):
            return list(owner.parts)
        if isinstance(owner, dict) and name in ("values", "keys", "items", "get"):
            return {"values": list(owner.values()), "keys": list(owner), "items": list(owner.items()),
                    "get": owner.get(places[0]) if places else UNKNOWN}[name]  # fmt: skip
        if isinstance(owner, Instance) and name == "add_module" and len(places) == 2:
            owner.attributes[str(places[0])] = places[1]
            return None
        if isinstance(owner, Leaf | Several | Instance):
            if name in ("init", "apply", "init_with_output") and not self.of_torch and len(places) > 1:
                return self._flax_call(owner, name, places[1:], named, line)
            return (
                owner
                if name in ("to", "cuda", "cpu", "eval", "train", "double", "float", "half", "apply")
                else (UNKNOWN)
            )
        return UNKNOWN

    def _flax_call(
        self, owner: object, name: str, places: list[object], named: dict[str, object], line: int
    ) -> object:  # fmt: skip
        kept = {k: v for k, v in named.items() if k not in ("method", "rngs", "mutable", "train", "training")}
        made = self.applied(owner, places, kept, line)
        return made if name == "apply" else UNKNOWN

    # -- modules -------------------------------------------------------------------------------------------------

    def made(self, of: Class, places: list[object], named: dict[str, object]) -> object:
        """An instance of a class of the text."""
        instance = Instance(of)
        before, self.making = self.making, instance
        try:
            constructor = of.method("__init__")
            if constructor is not None:
                self.enter(Function(constructor, of.scope, instance, of.offset), places, named)
            else:
                self._fields(instance, places, named)
            setup = of.method("setup")
            if setup is not None:
                self.enter(Function(setup, of.scope, instance, of.offset), [], {})
        finally:
            self.making = before
        for name, value in instance.attributes.items():
            name_it(value, name)
        return instance

    def _fields(self, instance: Instance, places: list[object], named: dict[str, object]) -> None:
        """flax: the annotated names of a class are its arguments."""
        fields = [node for node in instance.of.node.body if isinstance(node, ast.AnnAssign)]
        for place, node in enumerate(fields):
            name = ast.unparse(node.target)
            if place < len(places):
                value = places[place]
            elif name in named:
                value = named[name]
            else:
                value = self.value(node.value, instance.of.scope) if node.value is not None else self.missing(name)
            instance.attributes[name] = value

    def applied(self, module: object, places: list[object], named: dict[str, object], line: int) -> object:
        """A module on tensors."""
        if isinstance(module, Instance):
            return self._run(module, places, named, line)
        if isinstance(module, Several):
            if module.kind not in ("Sequential",):
                raise Gap(f"nn.{module.kind} is called as a whole")
            value: object = places[0] if places else UNKNOWN
            for part in module.parts:
                value = self.call(part, [value], {}, line)
            return value
        if not isinstance(module, Leaf):
            return UNKNOWN
        return self.layer(module, places, named, line)

    def _run(self, instance: Instance, places: list[object], named: dict[str, object], line: int) -> object:
        forward = instance.of.method("forward") or instance.of.method("__call__")
        if forward is None:
            if instance.chain is not None:
                return self.applied(instance.chain, places, named, line)
            raise Gap(f"{instance.of.node.name} has no forward in the text")
        self.running.append(instance)
        self.inside.append(0)
        try:
            return self.enter(Function(forward, instance.of.scope, instance, instance.of.offset), places, named)
        finally:
            self.running.pop()
            self.inside.pop()

    def layer(self, leaf: Leaf, places: list[object], named: dict[str, object], line: int) -> object:
        """A layer of the framework on tensors."""
        given = [*places, *(named[key] for key in ("input", "query", "key", "value", "inputs") if key in named)]
        state = named.get("hx", given[1] if len(given) > 1 else None)
        if not given:
            raise Gap(f"{leaf.name or leaf.kind} is called without a tensor")
        tensor = self.tensor(given[0], leaf, line)
        if leaf.kind in ("TransformerEncoder", "TransformerEncoderLayer", "MultiheadAttention") and self.of_torch:
            return self._attends(leaf, tensor, given, line)
        if leaf.kind in RECURRENT_THERE and self.of_torch:
            self._in_time(leaf, tensor)
            made, states = recurrent(self.graph, leaf, tensor, state, line)
            return made, states
        ports = PORTS if self.of_torch else FLAX
        return ports[leaf.kind](self.graph, leaf, tensor, line)

    def _attends(self, leaf: Leaf, tensor: Tensor, given: list[object], line: int) -> object:
        inner = leaf.get("encoder_layer", 0)
        own = inner if isinstance(inner, Leaf) else leaf
        self._in_time(own, tensor)
        read_as(self.graph, own, tensor)
        if leaf.kind == "TransformerEncoder":
            return encoder(self.graph, leaf, tensor, self.copies.setdefault(id(leaf), {}), line)
        if leaf.kind == "TransformerEncoderLayer":
            return encoder_layer(self.graph, leaf, tensor, line)
        others = [self.tensor(one, leaf, line) for one in given[1:3] if isinstance(one, Tensor | Data)]
        return attention(self.graph, leaf, [tensor, *others], line)

    def _in_time(self, leaf: Leaf, tensor: Tensor) -> None:
        """Without batch_first the samples are axis 1: of the input behind this tensor, too."""
        if reads_batch_at(leaf) == tensor.batch or len(tensor.shape) != 3 or tensor.ref.source == "free":
            return
        if tensor.batch == 0:
            for name in self.graph.inputs_behind(tensor):
                if name not in self.batch_at:
                    self.batch_at[name] = 1
                    raise Restart
        self.graph.clashes.append(Clash("time_first" if tensor.batch == 0 else "batch_first", leaf.line, leaf,
                                        reads_batch_at(leaf), tensor.batch, tensor.shape))  # fmt: skip

    # -- data ----------------------------------------------------------------------------------------------------

    def tensor(self, value: object, leaf: Leaf | None, line: int) -> Tensor:
        """A tensor of the model; an array becomes an Input when the first layer reads it."""
        if isinstance(value, State):
            value = whole_state(Given(self.graph, [value], {}, line))
        if isinstance(value, Tensor):
            return value
        if isinstance(value, Dotted) and "." not in value.name:
            value = self.unnamed.setdefault(value.name, Data(None, value.name, line))
        if not isinstance(value, Data):
            raise Gap("what this layer reads isn't worked out here")
        if id(value) in self.entered:
            return self.entered[id(value)]
        shape, integers, origin = self._shape_of(value, leaf)
        rank = wanted_rank(leaf) if leaf is not None else None
        if rank is not None and len(shape) < rank and leaf is not None and leaf.kind.endswith("d"):
            shape = self._ranked(shape, leaf, rank, line)
        at = self.batch_at.get(value.name, reads_batch_at(leaf) if leaf is not None and self.of_torch else 0)
        at = at if at < len(shape) else 0
        open_shape = tuple(None if axis == at else n for axis, n in enumerate(shape))
        rest = iter(range(1, len(shape)))
        order = tuple(0 if axis == at else next(rest) for axis in range(len(shape)))
        made = self.graph.input(open_shape, order, value.name or "input", integers, origin)
        self.entered[id(value)] = made
        names = axis_names(leaf, len(shape), at, self.of_torch)
        whole = tuple(n for n in shape if n is not None)
        if origin == "the data" and len(whole) == len(shape):
            self.data.append((whole, names))
            self.graph.samples = self.graph.samples or whole[at]
        else:
            self.examples.append((shape, names))
        return made

    def _ranked(self, shape: Sizes, leaf: Leaf, rank: int, line: int) -> Sizes:
        """Data with an axis too few, as they were meant: one sample, one channel, or a row of channels."""
        channels = leaf.whole("in_channels", 0)
        if len(shape) == rank - 1 and channels is not None and shape[0] == channels:
            return (1, *shape)  # one sample, which PyTorch reads without a batch axis
        self.graph.clashes.append(Clash("rank", line, leaf, rank, len(shape), shape))
        if len(shape) == 2:
            return (*shape, *(1,) * (rank - 2))
        return (shape[0], 1, *shape[1:]) if len(shape) == rank - 1 else shape

    def _shape_of(self, value: Data, leaf: Leaf | None) -> tuple[Sizes, bool, str]:
        if value.shape is not None:
            return value.shape, value.integers or (leaf is not None and leaf.kind in ("Embedding", "Embed")), "the data"
        told = self.printed.get(value.name, ())
        if told and all(isinstance(n, int) and n > 0 for n in told):
            return told, leaf is not None and leaf.kind in ("Embedding", "Embed"), "the data"
        if value.name not in self.known:
            if leaf is None:
                raise Gap(f"the text doesn't give the shape of {value.name}")
            example = as_reached(example_for(leaf, self.of_torch), leaf, self.reached)
            self.known[value.name] = (example, leaf.kind in ("Embedding", "Embed"))
        shape, integers = self.known[value.name]
        return shape, integers, "an example"

    # -- the library ---------------------------------------------------------------------------------------------

    def _of_library(
        self, function: Dotted, places: list[object], named: dict[str, object], line: int
    ) -> object:  # fmt: skip
        last = function.last
        if last in ("__init__",):
            if self.making is not None and self.making.of.is_sequential():
                self.making.chain = several_of("Sequential", places)
            return None
        if last == "super":
            return Dotted("super")
        if last in CONTAINERS:
            return several_of("ModuleList" if last == "List" else last, places)
        if last in ("partial",) and places:
            return Partial(places[0], tuple(places[1:]), tuple(named.items()))
        if last == "len" and places and isinstance(places[0], Tensor):
            return size(Given(self.graph, [places[0], 0], {}, line))
        if last == "Parameter" and places and isinstance(places[0], Data):
            return replace(places[0], trained=True)
        if last in PYTHONS_OWN and "." not in function.name:
            return builtin(last, places)
        ports: dict[str, object] = dict(PORTS) if self.of_torch else dict(FLAX)
        if last in ports or (last in (*RECURRENT_THERE, *OF_STATES) and self.of_torch):
            return self._new_layer(last, places, named, line)
        tensors: list[object] = [p for p in places if isinstance(p, Tensor | State | Data)] or _nested(places)
        if last in MADE and not any(isinstance(p, Tensor) for p in places):
            return array(last, places, named, line)
        known = FUNCTIONS if self.of_torch else {**FUNCTIONS, **FLAX_FUNCTIONS}
        if tensors and last in known:
            return self.function(last, places, named, line)
        if tensors and last not in NOT_A_LAYER and any(isinstance(one, Tensor) for one in _flat(tensors)):
            raise Gap(f"{function.name} isn't read here")
        if last[:1].isupper() and last not in NOT_A_LAYER:
            return Missing(function.name)
        return UNKNOWN

    def _new_layer(self, kind: str, places: list[object], named: dict[str, object], line: int) -> Leaf:
        """A layer; one that flax makes inside of __call__ is the same at every call of its module."""
        leaf = Leaf(kind, places, named, line)
        name = named.get("name")
        leaf.name = name if isinstance(name, str) else ""
        if self.running and not self.of_torch:
            self.inside[-1] += 1
            return self.compact.setdefault((id(self.running[-1]), self.inside[-1]), leaf)
        return leaf

    def function(self, name: str, places: list[object], named: dict[str, object], line: int) -> object:
        """A function on tensors."""
        if isinstance(places[0], State) and name not in ("cat", "concat"):
            return whole_state(Given(self.graph, places, named, line))
        if isinstance(places[0], Data) and name in (
            "to",
            "float",
            "cuda",
            "long",
            "type",
            "double",
            "cpu",
            "int",
            "requires_grad_",
            "half",
            "astype",
            "detach",
        ):
            return places[0]
        if isinstance(places[0], Data):
            places = [self._data_or_tensor(places[0], name, places, line), *places[1:]]
            if isinstance(places[0], Data):
                return places[0]
        known: dict[str, Callable[[Given], object]] = (
            FUNCTIONS if self.of_torch else {**FUNCTIONS, **FLAX_FUNCTIONS}
        )  # fmt: skip
        if name not in known:
            if name in ("backward", "numel", "dim", "ndim", "tolist", "is_contiguous", "data_ptr", "register_hook"):
                return UNKNOWN
            raise Gap(f"{name} isn't read here")
        return known[name](Given(self.graph, places, named, line))

    def _data_or_tensor(self, data: Data, name: str, places: list[object], line: int) -> Tensor | Data:
        """An array that isn't read by a layer first: its shape changes, or it enters the model as it is."""
        if data.shape is not None and name in ("unsqueeze", "permute", "transpose", "view", "reshape", "squeeze"):
            new = changed(data, name, places[1:])
            if new is not None:
                return new
        if data.shape is None and data.name not in self.known:
            self.known[data.name] = (for_function(name, places), False)
        return self.tensor(data, None, line)

    def operate(self, name: str, one: object, other: object, line: int) -> object:
        """``a + b`` with a tensor."""
        pair = [self.tensor(v, None, line) if isinstance(v, Data) and not v.trained else v for v in (one, other)]
        return FUNCTIONS[name](Given(self.graph, pair, {}, line))

    def index(self, value: object, node: ast.expr, scope: dict[str, object], line: int) -> object:
        """``x[:, -1]`` of a tensor, ``h[-1]`` of a state."""
        parts = node.elts if isinstance(node, ast.Tuple) else [node]
        keys = [self._key(part, scope) for part in parts]
        if isinstance(value, State):
            if len(keys) and isinstance(keys[0], int) and all(k == slice(None) for k in keys[1:]):
                return state_at(value, keys[0])
            return whole_state(Given(self.graph, [value], {}, line))
        if isinstance(value, Data) and value.shape is not None:
            return part_of(value, keys) or self._sliced(self.tensor(value, None, line), keys, line)
        if not isinstance(value, Tensor):
            return UNKNOWN
        return self._sliced(value, keys, line)

    def _sliced(self, tensor: Tensor, keys: list[object], line: int) -> object:
        dots = next((i for i, key in enumerate(keys) if key is Ellipsis), None)
        if dots is not None:
            fill = len(tensor.shape) - len(keys) + 1
            keys = [*keys[:dots], *[slice(None)] * fill, *keys[dots + 1 :]]
        if any(key is None or not isinstance(key, int | slice) or isinstance(key, bool) for key in keys):
            raise Gap("an index that isn't worked out here")
        parts = {axis: key for axis, key in enumerate(keys) if isinstance(key, int | slice) and key != slice(None)}
        if isinstance(parts.get(tensor.batch), int):
            self.graph.clashes.append(
                Clash("batch_taken", line, None, tensor.batch, 0, tensor.shape, axis=tensor.batch)
            )  # fmt: skip
            steps = 0 if tensor.batch else 1
            parts = {steps: parts[tensor.batch]}
        return cut(self.graph, tensor, parts, line) if parts else tensor


def _nested(places: list[object]) -> list[object]:
    return [one for p in places if isinstance(p, tuple | list) for one in p if isinstance(one, Tensor | State | Data)]


def _flat(values: list[object]) -> list[object]:
    return [one for value in values for one in (value if isinstance(value, tuple | list) else [value])]


def _of_instance(value: Instance, name: str) -> object:
    if name in value.attributes:
        return value.attributes[name]
    method = value.of.method(name)
    if method is not None:
        static = any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in method.decorator_list)
        return Function(method, value.of.scope, None if static else value, value.of.offset)
    return Partial(("method", value, name), (), ())
