"""The graph that a code reader builds up: inputs, layers, calls; at the end the part that leads to one model."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from explainers.core.editing import rewired
from explainers.core.spec import Argument, CallSpec, Check, InputSpec, LayerSpec, ModelSpec, Ref, Sizes, snake
from explainers.reading.code.budget import Budget
from explainers.reading.shapes import output_shapes


@dataclass
class Graph:
    """Everything that was called in the text, in order."""

    budget: Budget = field(default_factory=Budget)
    inputs: list[InputSpec] = field(default_factory=list)
    layers: list[LayerSpec] = field(default_factory=list)
    calls: list[CallSpec] = field(default_factory=list)
    made: dict[Ref, Sizes | None] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    widths: dict[int, int] = field(default_factory=dict)  # call -> how many tensors it gives
    numbers: dict[str, int] = field(default_factory=dict)  # base name -> the last number given

    def unique(self, wish: str, class_name: str) -> str:
        """A name that no other layer has: the wish, or Keras' own way with a number."""
        base = wish if re.fullmatch(r"[A-Za-z0-9_][\w.-]{0,80}", wish) else snake(class_name)
        name, number = base, self.numbers.get(base, 0)
        while name in self.taken:
            number += 1
            name = f"{base}_{number}"
        self.numbers[base] = number
        self.taken.add(name)
        return name

    def add_input(self, shape: Sizes, name: str = "", dtype: str = "float32", origin: str = "") -> Ref:
        """One more Input, batch axis included in `shape`."""
        self.inputs.append(InputSpec(self.unique(name, "Input"), shape, dtype, (), origin))
        ref = Ref("input", len(self.inputs) - 1)
        self.made[ref] = shape
        return ref

    def add_layer(self, spec: LayerSpec) -> int:
        """One more layer, with a name of its own; wrapped layers too."""
        self.layers.append(self._named(spec))
        return len(self.layers) - 1

    def _named(self, spec: LayerSpec) -> LayerSpec:
        arguments: list[tuple[str, Argument]] = []
        for key, value in spec.arguments:
            if isinstance(value, LayerSpec):
                value = self._named(value)
            elif isinstance(value, tuple):
                value = tuple(self._named(v) if isinstance(v, LayerSpec) else v for v in value)
            arguments.append((key, value))
        return replace(spec, name=self.unique(spec.name, spec.class_name), arguments=tuple(arguments))

    def call(
        self,
        layer: int,
        inputs: tuple[Ref, ...],
        states: tuple[Ref, ...],
        line: int,
        text: str,
        mask: Ref | None = None,
    ) -> int:
        """One more call; its output shapes are worked out where the rules are known."""
        self.budget.call(len(inputs))
        self.calls.append(CallSpec(layer, inputs, states, line, text, mask))
        number = len(self.calls) - 1
        shapes = [self.made.get(ref) for ref in inputs]
        known = tuple(shape for shape in shapes if shape is not None)
        outputs = output_shapes(self.layers[layer], known) if len(known) == len(inputs) else None
        self.widths[number] = len(outputs or (None,))
        for i, shape in enumerate(outputs or (None,)):
            self.made[Ref("call", number, i)] = shape
        return number

    def outputs_of(self, number: int) -> int:
        """How many tensors one call gives, as far as it is known."""
        return self.widths.get(number, 1)

    def loose_ends(self) -> list[Ref]:
        """Tensors that nothing reads: the outputs, where no Model was made."""
        used = {ref.index for call in self.calls for ref in _read(call) if ref.source == "call"}
        return [Ref("call", i) for i in range(len(self.calls)) if i not in used]

    def model(
        self,
        outputs: list[Ref],
        inputs: list[Ref],
        sequential: bool,
        checks: tuple[Check, ...],
        assumed: tuple[str, ...],
        name: str,
    ) -> ModelSpec:
        """The part of the graph that the outputs need, renumbered. Inputs keep the order that keras.Model is given."""
        calls = self.needed(outputs)
        tensors = [ref for i in calls for ref in self.read_by(i)] + outputs + inputs
        used = sorted({ref.index for ref in tensors if ref.source == "input"})
        in_order = list(dict.fromkeys([*(ref.index for ref in inputs if ref.source == "input"), *used]))
        layers = sorted({self.calls[i].layer for i in calls})
        places = {old: new for new, old in enumerate(layers)}
        moved = {("input", old): new for new, old in enumerate(in_order)} | {
            ("call", old): new for new, old in enumerate(calls)
        }

        def move(ref: Ref) -> Ref:
            return Ref(ref.source, moved[(ref.source, ref.index)], ref.output)

        return ModelSpec(
            tuple(self.inputs[i] for i in in_order),
            tuple(self.layers[i] for i in layers),
            tuple(replace(rewired(self.calls[i], move), layer=places[self.calls[i].layer]) for i in calls),
            tuple(move(ref) for ref in outputs),
            sequential,
            checks,
            assumed,
            name or "model",
        )

    def read_by(self, call: int) -> tuple[Ref, ...]:
        """The tensors that a call reads."""
        return _read(self.calls[call])

    def sources(self, outputs: list[Ref]) -> list[Ref]:
        """The Inputs that lead to some outputs, in the order in which they were made."""
        read = [*outputs, *(ref for call in self.needed(outputs) for ref in self.read_by(call))]
        return [Ref("input", i) for i in sorted({ref.index for ref in read if ref.source == "input"})]

    def needed(self, outputs: list[Ref]) -> list[int]:
        """The calls that lead to some outputs, in their order."""
        needed: set[int] = set()
        waiting = [ref.index for ref in outputs if ref.source == "call"]
        while waiting:
            i = waiting.pop()
            if i in needed:
                continue
            needed.add(i)
            waiting += [ref.index for ref in self.read_by(i) if ref.source == "call"]
        return sorted(needed)


def _read(call: CallSpec) -> tuple[Ref, ...]:
    return (*call.inputs, *call.states, *((call.mask,) if call.mask is not None else ()))
