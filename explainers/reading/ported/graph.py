"""The model in Keras, as it grows: layers, calls, and the order of the axes, which Keras has channels last."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from explainers.core.spec import Argument, CallSpec, InputSpec, LayerSpec, ModelSpec, Ref, Sizes
from explainers.reading.ported.values import Gap, Leaf, Tensor
from explainers.reading.shapes import output_shapes

MOST_CALLS = 300


@dataclass(frozen=True)
class Clash:
    """Where the program's own sizes contradict each other.

    kind: which of the facts in `clashes` tells it. made: what the layer is declared for. came: what reaches it.
    """

    kind: str
    line: int
    leaf: Leaf | None
    made: int
    came: int
    shape: Sizes = ()
    before: Sizes = ()
    axis: int = 0


@dataclass
class Graph:
    """Layers and calls. differences: what bites. counts: the parameters of each module as the framework counts them.

    facts: what the layers make of the text's own data, in words. samples: how many these are.
    reads: where the number of features of a layer after images is from.
    """

    framework: str
    inputs: list[InputSpec] = field(default_factory=list)
    layers: list[LayerSpec] = field(default_factory=list)
    calls: list[CallSpec] = field(default_factory=list)
    made: dict[Leaf, dict[str, int]] = field(default_factory=dict)
    shapes: dict[Ref, Sizes] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)
    counts: dict[Leaf, int] = field(default_factory=dict)
    clashes: list[Clash] = field(default_factory=list)
    flattened: dict[Ref, Sizes] = field(default_factory=dict)
    turned: dict[tuple[Ref, tuple[int, ...]], Ref] = field(default_factory=dict)
    facts: list[str] = field(default_factory=list)
    reads: list[str] = field(default_factory=list)
    samples: int | None = None
    more: int = 0  # parameters outside of layers
    names: Counter[str] = field(default_factory=Counter)

    def note(self, words: str) -> None:
        """A difference that bites, once."""
        if words not in self.differences:
            self.differences.append(words)

    def name(self, wish: str) -> str:
        """A name that no layer has yet."""
        plain = re.sub(r"\W+", "_", wish, flags=re.ASCII).strip("_") or "layer"
        plain = f"layer_{plain}" if plain[0].isdigit() else plain
        self.names[plain] += 1
        again = self.names[plain]
        return plain if again == 1 else self.name(f"{plain}_{again}")

    def input(self, shape: Sizes, order: tuple[int, ...], name: str, integers: bool, origin: str) -> Tensor:
        """One more Input; its samples are the axis that `order` puts in front."""
        ref = Ref("input", len(self.inputs))
        tensor = Tensor(ref, shape, order, integers)
        self.inputs.append(
            InputSpec(self.name(name), tensor.in_keras, "int32" if integers else "float32", (), origin)
        )  # fmt: skip
        self.shapes[ref] = tensor.in_keras
        return tensor

    def call(
        self,
        spec: LayerSpec,
        inputs: tuple[Tensor, ...],
        leaf: Leaf | None = None,
        states: tuple[Ref, ...] = (),
        known: Sizes | None = None,
    ) -> tuple[Ref, Sizes]:
        """One call of a layer; a module that is called twice is one layer. What comes out, in Keras' order.

        known: its shape, for an operation that has no rule here.
        """
        if len(self.calls) >= MOST_CALLS:
            raise Gap(f"only the first {MOST_CALLS} calls of layers are followed")
        own = self.made.setdefault(leaf, {}) if leaf is not None else {}
        key = f"{spec.class_name} {spec.name}"
        place = own.get(key)
        if place is None:
            place = len(self.layers)
            self.layers.append(replace(spec, name=self.name(spec.name or spec.class_name.rsplit(".", 1)[-1])))
            own[key] = place
        entering = tuple(self.shapes[tensor.ref] for tensor in inputs)
        came = output_shapes(self.layers[place], entering) if known is None else (known,)
        if not came or any(size is not None and size <= 0 for size in came[0]):
            raise Gap(f"{spec.class_name} on {', '.join(map(str, entering))} isn't worked out here")
        ref = Ref("call", len(self.calls))
        self.calls.append(CallSpec(place, tuple(t.ref for t in inputs), states, spec.line))
        for output, shape in enumerate(came):
            self.shapes[Ref("call", ref.index, output)] = shape
        return ref, came[0]

    # -- the order of the axes -----------------------------------------------------------------------------------

    def arranged(self, tensor: Tensor, order: tuple[int, ...], line: int) -> Tensor:
        """The same tensor with its axes in Keras where `order` says; the samples must be in front."""
        if tensor.order == order:
            return tensor
        if order[tensor.batch] != 0:
            raise Gap("the axis of the samples becomes an axis of each sample")
        moved = [0] * len(order)  # Keras' new axis -> its old one
        for axis, place in enumerate(order):
            moved[place] = tensor.order[axis]
        dims = tuple(moved[1:])
        made = self.turned.get((tensor.ref, dims))
        if made is None:
            made, _ = self.call(LayerSpec("Permute", "permute", (("dims", dims),), line), (tensor,))
            self.turned[tensor.ref, dims] = made
        return replace(tensor, ref=made, order=order)

    def channels_last(self, tensor: Tensor, line: int) -> Tensor:
        """(batch, channels, …) with the channels last in Keras, as its convolutions read them."""
        rank = len(tensor.shape)
        return self.arranged(tensor, (0, rank - 1, *range(1, rank - 1)), line)

    def plain(self, tensor: Tensor, line: int) -> Tensor:
        """The samples in front, all other axes in the framework's order."""
        order = iter(range(1, len(tensor.shape)))
        return self.arranged(tensor, tuple(0 if a == tensor.batch else next(order) for a in range(len(tensor.shape))),
                             line)  # fmt: skip

    def features_last(self, tensor: Tensor, line: int) -> Tensor:
        """The last axis of the framework is Keras' last; the others may stay."""
        return tensor if tensor.order[-1] == len(tensor.order) - 1 else self.plain(tensor, line)

    # -- what comes out ------------------------------------------------------------------------------------------

    def layer(
        self, class_name: str, tensor: Tensor, leaf: Leaf | None, line: int, name: str = "", **arguments: Argument
    ) -> tuple[Ref, Sizes]:
        """A layer on one tensor."""
        return self.layer_of(class_name, tensor, leaf, line, arguments, name)

    def layer_of(
        self, class_name: str, tensor: Tensor, leaf: Leaf | None, line: int, arguments: Mapping[str, Argument],
        name: str = "",
    ) -> tuple[Ref, Sizes]:  # fmt: skip
        """The same, with its arguments in a dict."""
        wish = name or (leaf.name if leaf is not None and leaf.name else class_name.lower())
        return self.call(LayerSpec(class_name, wish, tuple(arguments.items()), line), (tensor,), leaf)

    def same(self, class_name: str, tensor: Tensor, leaf: Leaf | None, line: int, **arguments: Argument) -> Tensor:
        """A layer that leaves the shape as it is."""
        ref, _ = self.layer_of(class_name, tensor, leaf, line, arguments)
        return replace(tensor, ref=ref)

    def of_keras(self, ref: Ref, shape: Sizes, order: tuple[int, ...], integers: bool = False) -> Tensor:
        """A tensor whose shape is known in Keras' order."""
        return Tensor(ref, tuple(shape[place] for place in order), order, integers)

    def operation(
        self, name: str, tensors: tuple[Tensor, ...], line: int, known: Sizes | None = None, **arguments: Argument
    ) -> tuple[Ref, Sizes]:
        """A function of keras.ops."""
        return self.call(LayerSpec(f"ops.{name}", name, tuple(arguments.items()), line), tensors, known=known)

    def flat(self, tensor: Tensor, line: int, leaf: Leaf | None = None) -> Tensor:
        """Every sample in one row."""
        if len(tensor.shape) == 2 and tensor.batch == 0:
            return tensor
        if tensor.batch != 0:
            tensor = self.plain(tensor, line)
            return self.flat(replace(tensor, shape=tensor.in_keras, order=tuple(range(len(tensor.shape)))), line, leaf)
        ref, shape = self.layer("Flatten", tensor, leaf, line)
        if tensor.order != tuple(range(len(tensor.order))) and sum(n != 1 for n in tensor.shape[1:]) > 1:
            self.note("Flatten lays the channels out last in Keras, first in PyTorch: the same numbers in a different "
                      "order")  # fmt: skip
        made = self.of_keras(ref, shape, (0, 1))
        self.flattened[ref] = tensor.shape[1:]
        return made

    def reshaped(self, tensor: Tensor, shape: Sizes, line: int) -> Tensor:
        """Each sample in another shape; the samples stay in front."""
        if len(shape) == 2 and len(tensor.shape) > 2:
            return self.flat(tensor, line)
        plain = self.plain(tensor, line)
        if plain.batch != 0:
            raise Gap("a reshape of a tensor whose samples aren't in front")
        if plain.shape == shape:
            return plain
        target = tuple(-1 if n is None else n for n in shape[1:])
        spec = LayerSpec("Reshape", "reshape", (("target_shape", target),), line)
        ref, _ = self.call(spec, (plain,))
        return Tensor(ref, shape, tuple(range(len(shape))), tensor.integers)

    def inputs_behind(self, tensor: Tensor) -> list[str]:
        """The names of the inputs that a tensor depends on."""
        refs = {ref for i in self.behind({tensor.ref}) for ref in self.calls[i].inputs if ref.source == "input"}
        refs |= {tensor.ref} if tensor.ref.source == "input" else set()
        return [self.inputs[ref.index].name for ref in refs]

    # -- the end -------------------------------------------------------------------------------------------------

    def spec(self, ends: tuple[Tensor, ...], assumed: tuple[str, ...]) -> ModelSpec | None:
        """The model behind these tensors: what doesn't lead to them is left out."""
        kept = self.behind({tensor.ref for tensor in ends})
        order = [i for i in range(len(self.calls)) if i in kept]
        if not order:
            return None
        read = {ref.index for i in order for ref in (*self.calls[i].inputs, *self.calls[i].states)
                if ref.source == "input"}  # fmt: skip
        ins = {old: new for new, old in enumerate(sorted(read))}
        at = {old: new for new, old in enumerate(order)}
        layers = list(dict.fromkeys(self.calls[i].layer for i in order))

        def moved(ref: Ref) -> Ref:
            return replace(ref, index=(ins if ref.source == "input" else at)[ref.index])

        calls = tuple(
            replace(call, layer=layers.index(call.layer), inputs=tuple(map(moved, call.inputs)),
                    states=tuple(map(moved, call.states)))
            for call in (self.calls[i] for i in order)
        )  # fmt: skip
        ends = tuple(tensor for tensor in ends if tensor.ref.source == "call")
        chained = len(ins) == 1 and len(ends) == 1 and len(layers) == len(calls) and all(
            call.layer == i and not call.states
            and call.inputs == (Ref("call", i - 1) if i else Ref("input", 0),)
            and not self.layers[layers[i]].class_name.startswith("ops.")
            for i, call in enumerate(calls)
        )  # fmt: skip
        return ModelSpec(
            tuple(self.inputs[i] for i in sorted(read)), tuple(self.layers[i] for i in layers), calls,
            tuple(moved(tensor.ref) for tensor in ends), chained, assumed=assumed,
        )  # fmt: skip

    def behind(self, ends: set[Ref]) -> set[int]:
        """The calls that lead to these tensors."""
        kept: set[int] = set()
        waiting = [ref.index for ref in ends if ref.source == "call"]
        while waiting:
            place = waiting.pop()
            if place in kept:
                continue
            kept.add(place)
            call = self.calls[place]
            waiting += [ref.index for ref in (*call.inputs, *call.states) if ref.source == "call"]
        return kept

    def size_of(self, tensor: Tensor) -> int:
        """How many calls lead to it."""
        return len(self.behind({tensor.ref}))


def numbers(shape: Sizes) -> int | None:
    """How many numbers a sample has; None where an axis is open."""
    rest = [n for n in shape if n is not None]
    return math.prod(rest) if len(rest) >= len(shape) - 1 else None
