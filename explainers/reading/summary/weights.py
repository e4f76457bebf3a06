"""The shapes of a model's weights, as `get_weights()` lists them -> the layers that hold exactly these."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from explainers.core.axes import Shape, sizes
from explainers.core.finding import Finding, Value
from explainers.core.layers import RECURRENT, class_of, names_of
from explainers.core.spec import LayerSpec, ModelSpec, Ref, Sizes, snake
from explainers.reading.code.graph import Graph
from explainers.reading.shapes import named, output_shapes, ruled, walk, weights_of
from explainers.reading.summary.asked import is_embedding
from explainers.reading.summary.cells import ways
from explainers.reading.summary.chain import plain
from explainers.reading.summary.one import make
from explainers.reading.text import Cleaned, read_sizes

LONGEST = 20_000  # characters that are looked at
MOST = 60  # weights of one text
_SAID = re.compile(r"\bget_weights\b|\.weights\b|\bweights\[\d|\.get_weights\(")
_SHAPE = r"(?>\(\d{1,9}(?:, ?\d{1,9}){0,5},?\))"
_LISTED = re.compile(rf"[\[(]\s{{0,4}}{_SHAPE}(?:,\s{{0,4}}+{_SHAPE}){{1,{MOST}}}+\s{{0,4}}+,?[\])]")
# <tf.Variable 'lstm_4/kernel:0' shape=(30, 40) …>, <Variable path=lstm/lstm_cell/kernel, shape=(30, 40), …>
_NAMED = re.compile(
    rf"(?:'|path=)(?P<layer>[A-Za-z_][\w.-]{{0,60}})/[\w./-]{{0,80}}(?::0)?'?,? {{0,2}}shape=(?P<shape>{_SHAPE})"
)
_ALONE = re.compile(rf"(?m)^\W{{0,4}}(?:Out\[\d{{0,5}}\]:)?\s{{0,3}}(?P<shape>{_SHAPE})\s{{0,9}}$")


@dataclass
class _Held:
    """One layer, what it reads, and how many of the weights are its own."""

    layer: LayerSpec
    reads: Sizes
    weights: tuple[tuple[str, Shape], ...]


@dataclass
class _Chain:
    """The layers one after the other, each on the output of the one before it where the widths allow that."""

    graph: Graph = field(default_factory=Graph)
    last: Ref | None = None
    apart: list[str] = field(default_factory=list)

    def add(self, held: _Held, follows: _Held | None) -> None:
        """One more layer; `follows` is the next one."""
        layer = held.layer
        if follows is not None and len(follows.reads) == 3 and len(held.reads) == 3:
            layer = _with_every_step(layer)
        before = self.graph.made.get(self.last) if self.last is not None else None
        made = output_shapes(layer, (before,)) if before is not None and before[-1] == held.reads[-1] else None
        if made is None:
            if self.last is not None:
                self.apart.append(layer.name)
            dtype = "int32" if is_embedding(layer.class_name) else "float32"
            origin = f"worked out from the weights of {layer.name}"
            self.last = self.graph.add_input(held.reads, f"{layer.name}_input", dtype, origin)
        assert self.last is not None
        self.last = Ref("call", self.graph.call(self.graph.add_layer(layer), (self.last,), (), 1, layer.name))


def read_weights(text: Cleaned) -> Finding | None:
    """The layers whose weights a text lists; None where it lists none, or where they are no layers' of Keras."""
    shapes, names = _listed(text.shown[:LONGEST])
    layers = _layers(shapes, names)
    if not layers:
        return None
    chain = _Chain()
    for held, follows in zip(layers, (*layers[1:], None), strict=True):
        chain.add(held, follows)
    total = sum(math.prod(size or 1 for size in sizes(shape)) for held in layers for _, shape in held.weights)
    values: dict[str, Value] = {"total_params": total}
    for held in layers:
        values |= {f"{held.layer.name}.{key}": value for key, value in plain(held.layer) if type(value) is int}
    gaps = tuple(
        f"{name}: its weights don't fit the width before it; a Flatten or a pooling may be between them, so it "
        "gets its own input"
        for name in chain.apart
    )
    return Finding(
        "question",
        layer=layers[0].layer.name,
        class_name=layers[0].layer.class_name,
        values=values,
        shapes=tuple(shape for held in layers for _, shape in held.weights),
        cause=_told(layers, total),
        spec=chain.graph.model(chain.graph.loose_ends(), [], False, (), (), "model"),
        unread=gaps,
    )


def weights_beside(text: Cleaned, spec: ModelSpec | None) -> Finding | None:
    """The weights that a text lists beside code, where the code as it was read doesn't make them all."""
    held = read_weights(text)
    if held is None or spec is None:
        return held
    made = sum(weights_of(spec.layers[spec.calls[i].layer], inputs) for i, inputs, _ in walk(spec))
    return held if made != held.values["total_params"] else None


def _told(layers: list[_Held], total: int) -> str:
    """What the weights are, then each with its axes."""
    called = [_called(held) for held in layers]
    whole = f"{', '.join(called[:-1])} and {called[-1]}" if len(called) > 1 else called[0]
    parts = []
    for held in layers:
        weights = [
            f"{name} ({', '.join(f'{axis.axis} = {axis.size}' for axis in shape)})" for name, shape in held.weights
        ]
        count = sum(math.prod(size or 1 for size in sizes(shape)) for _, shape in held.weights)
        parts.append(f"{held.layer.name}: {', '.join(weights)}: {count:,} numbers.")
    blocks = next(
        (axis.axis for held in layers for _, shape in held.weights for axis in shape if " × " in axis.axis), ""
    )
    gates = f" {blocks} is {blocks.partition(' ')[0]} blocks side by side, one for each gate." if blocks else ""
    return f"These are the weights of {whole}. They hold {total:,} parameters. {' '.join(parts)}{gates}"


def _called(held: _Held) -> str:
    """``LSTM(units=9) on 1 feature``"""
    words = ", ".join(f"{key}={value}" for key, value in plain(held.layer) if not isinstance(value, bool))
    return f"{held.layer.class_name}({words})"


def _listed(text: str) -> tuple[list[Sizes], list[str]]:
    """The shapes in their order, and the layer of each where it is named."""
    if _SAID.search(text) is None and "/kernel" not in text:
        return [], []
    found = list(_NAMED.finditer(text))
    if found:
        return [_sizes(one["shape"]) for one in found[:MOST]], [one["layer"] for one in found[:MOST]]
    whole = _LISTED.search(text)
    written = re.findall(_SHAPE, whole.group()[1:-1]) if whole is not None else _ALONE.findall(text)
    return ([_sizes(one) for one in written[:MOST]], []) if len(written) > 1 else ([], [])


def _sizes(written: str) -> Sizes:
    return read_sizes(written.strip("()"))


def _layers(shapes: list[Sizes], names: list[str]) -> list[_Held]:
    """The layers that hold these weights, one after the other; none where one of the shapes is nobody's."""
    found: list[_Held] = []
    place = 0
    while place < len(shapes):
        name = names[place] if names else ""
        end = next((i for i in range(place, len(names)) if names[i] != name), len(names)) if names else len(shapes)
        held = _held(shapes[place:end], name, bool(names), not found)
        if held is None:
            return []
        place += len(held.weights)
        before = sum(one.layer.class_name == held.layer.class_name for one in found)
        layer = held.layer if name or not before else _renamed(held.layer, f"{held.layer.name}_{before}")
        found.append(_Held(layer, held.reads, held.weights))
    return found


def _held(shapes: list[Sizes], name: str, whole: bool, first: bool) -> _Held | None:
    """The layer that begins with these shapes: the one that holds most of them."""
    best: _Held | None = None
    wanted = class_of(name) if name else None
    for layer, reads in _candidates(shapes):
        if is_embedding(layer.class_name) and not (first or name):  # ids come from the Input
            continue
        if wanted not in (None, layer.class_name):
            continue
        layer = _renamed(layer, name) if name else layer
        ruling = ruled(layer, (named(layer, reads),))
        weights = tuple((weight.name, weight.shape) for weight in ruling.weights) if ruling is not None else ()
        held = [sizes(shape) for _, shape in weights]
        fits = bool(held) and held == shapes[: len(held)] and (not whole or len(held) == len(shapes))
        if fits and (best is None or len(held) > len(best.weights)):
            best = _Held(layer, reads, weights)
    return best


def _renamed(layer: LayerSpec, name: str) -> LayerSpec:
    return LayerSpec(layer.class_name, name, layer.arguments)


def _candidates(shapes: list[Sizes]) -> Iterator[tuple[LayerSpec, Sizes]]:
    """The layers that may hold such weights, and what each would read; the likeliest of one length first."""
    first = shapes[0]
    if len(first) == 2:
        second = shapes[1] if len(shapes) > 1 else ()
        for cell in RECURRENT if len(second) == 2 else ():
            for way in ways(cell):
                layer = make(cell, snake(cell), units=second[0], **dict(way.arguments))
                both = make("Bidirectional", "bidirectional", layer=layer)
                yield layer, (None, None, first[0])
                yield both, (None, None, first[0])
        yield make("Dense", "dense", units=first[1]), (None, first[0])
        for name in names_of("embedding")[:1]:
            yield make(name, snake(name), input_dim=first[0], output_dim=first[1]), (None, None)
        yield make("Dense", "dense", units=first[1], use_bias=False), (None, first[0])
    elif len(first) in (3, 4, 5):
        rank = len(first) - 2
        kernel = first[0] if rank == 1 else first[:-2]
        for bias in (True, False):
            more = {} if bias else {"use_bias": False}
            layer = make(f"Conv{rank}D", f"conv{rank}d", filters=first[-1], kernel_size=kernel, **more)
            yield layer, (None, *[None] * rank, first[-2])
    else:
        for name in ("BatchNormalization", "LayerNormalization"):
            yield make(name, snake(name)), (None, first[0])


def _with_every_step(layer: LayerSpec) -> LayerSpec:
    """The same recurrent layer, returning each step."""
    inner = layer.get("layer")
    if isinstance(inner, LayerSpec):
        return layer.but(layer=inner.but(return_sequences=True))
    return layer.but(return_sequences=True) if layer.class_name in RECURRENT else layer
