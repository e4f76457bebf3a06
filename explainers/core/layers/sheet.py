"""The fact sheet of a layer class, and the words in which its axis rule speaks.

A rule gets a layer and the named shapes that go in; it says the named shapes that come out, the named axes of each
weight, and one sentence why. The layer may be a live Keras layer or one that only stands in a text (`Planned`): both
have Keras' argument names as attributes, so one rule serves the inspection and the reader. Nothing here loads Keras.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from explainers.core.axes import TIMES, Axis, Shape
from explainers.core.layers.signatures import arguments_of, order_of


@dataclass(frozen=True)
class NamedWeight:
    """A variable with the names of its axes; `gates` stand side by side on the last axis.

    variable: the live one; None for a layer that isn't built.
    """

    variable: Any
    name: str
    shape: Shape
    gates: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ruling:
    """What a rule says: the shapes that come out, the weights, one sentence why.

    verb: the same in two or three words, for the arrow that leads to the layer; "" leaves it to the shapes.

    optional: how many of the last outputs only come out where the call asks for them (attention scores).
    otherwise: what comes out instead where the call asks for the other direction (an embedding read backwards).
    """

    outputs: tuple[Shape, ...]
    weights: tuple[NamedWeight, ...] = ()
    why: str = ""
    known: bool = True
    optional: int = 0
    otherwise: tuple[Shape, ...] = ()
    verb: str = ""


@dataclass(frozen=True)
class CellRuling:
    """What a recurrent cell does: (batch, output), states (batch, state) each, and its weights.

    A cell that packs several tensors in one says how: input_parts and output_parts name the pieces of the last
    axis, in order (("x_t", features), ("Δt", elapsed)). gates: the axis of each recomputed gate by its name,
    where that is not the output's. formulas: what the cell computes, by the name of the gate, state or output that it
    gives ("c_t"), written with such names, weights and ⊙; "key" says what the letters stand for.
    known: whether a rule says all this.
    """

    output: Axis
    states: tuple[Axis, ...]
    weights: tuple[NamedWeight, ...]
    state_names: tuple[str, ...]
    input_parts: tuple[tuple[str, Axis], ...] = ()
    output_parts: tuple[tuple[str, Axis], ...] = ()
    gates: Mapping[str, Axis] = field(default_factory=dict)
    formulas: Mapping[str, str] = field(default_factory=dict)
    known: bool = True


Rule = Callable[[Any, Sequence[Shape]], Ruling]
CellRule = Callable[[Any, Axis, str], CellRuling]
Reader = Callable[[Any, int, int], tuple[str, ...]]  # (layer, rank, which input) -> names of the axes, "" for any


@dataclass(frozen=True)
class Sheet:
    """All that is known of one layer class, and known only here.

    group:   how its shapes come about ("dense", "conv", "pool", "merge", ...): what the reader sorts layers by.
    section: where Keras' documentation lists it ("Core layers").
    rule:    what it does to the axes. cell_rule: the same for a recurrent cell.
    axes:    the names of the axes that it reads, batch first; () where it reads any. rank, least: how many axes it
             reads, and whether that is only the smallest number.
    reads:   the same, where that depends on the layer (a wrapper) or on which input it is (attention).
    made:    what the last axis of its output is called.
    old:     its names in earlier eras, and Keras' own aliases.
    cell:    of a recurrent layer, the class of its cell. gates, states: of a cell, by name, in the order of Keras.
    why_not: where there is no rule, the reason.
    """

    name: str
    group: str
    rule: Rule | None = None
    axes: tuple[str, ...] = ()
    made: str = ""
    old: tuple[str, ...] = ()
    rank: int | None = None
    least: bool = False
    reads: Reader | None = None
    cell: str = ""
    cell_rule: CellRule | None = None
    gates: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    why_not: str = ""
    section: str = ""

    @property
    def blocks(self) -> int:
        """How many gates are side by side in each matrix of a cell: 1 where there are none."""
        return max(len(self.gates), 1)

    @property
    def order(self) -> tuple[str, ...]:
        """The constructor's positional arguments, in Keras' order."""
        return order_of(self.name)

    @property
    def also(self) -> tuple[str, ...]:
        """Arguments that can only be given by name."""
        return tuple(name for name in arguments_of(self.name) if name not in self.order)

    @property
    def words(self) -> tuple[str, ...]:
        """What people call it: today's name and those of all eras."""
        return (self.name, *self.old)


def reading(axes: str, **facts: Any) -> dict[str, Any]:
    """``reading("batch timesteps features")``: the axes that a layer reads, and so its rank, as facts of a sheet."""
    names = tuple(axes.split())
    return {"axes": names, "rank": len(names), **facts}


# -- small words of the rules --------------------------------------------------------------------------------


def kind_of(layer: Any) -> str:
    """The class of a layer, live or planned: ``"LSTM"``."""
    return getattr(layer, "planned_class", None) or type(layer).__name__


def held(layer: Any, name: str) -> Any:
    """A variable of a layer: with LoRA or quantized, Keras keeps it under a private name. None where it isn't built."""
    for attribute in (f"_{name}", name):
        variable = getattr(layer, attribute, None)
        if variable is not None:
            return variable
    return None


def weight(layer: Any, name: str, shape: Shape, gates: tuple[str, ...] = ()) -> NamedWeight:
    """A weight that the layer keeps under its own name."""
    return NamedWeight(held(layer, name), name, shape, gates)


def weights(layer: Any, **shapes: Shape | None) -> tuple[NamedWeight, ...]:
    """``weights(layer, kernel=(features, units), bias=None)``: those that are not None."""
    return tuple(weight(layer, name, shape) for name, shape in shapes.items() if shape is not None)


def given(layer: Any, name: str) -> Any:
    """An argument that Keras keeps under its own or under a private name; None where it keeps none."""
    for attribute in (name, f"_{name}"):
        if hasattr(layer, attribute):
            return getattr(layer, attribute)
    return None


def argument(layer: Any, name: str, value: Any, axis: str, owner: str = "") -> Axis:
    """The axis that an argument makes: ``units=5 of LSTM lstm_1``."""
    owner = owner or layer.name
    return Axis(axis, value, f"{name}={value} of {kind_of(layer)} {owner}", (f"{owner}.{name}",))


def times(factor: int, axis: Axis) -> Axis:
    """``4 × units``: several blocks of the same axis side by side."""
    if factor == 1:
        return axis
    size = None if axis.size is None else factor * axis.size
    return replace(axis, axis=f"{factor}{TIMES}{axis.axis}", size=size, origin=f"{factor} blocks of {axis.origin}")


def as_role(axis: Axis, role: str) -> Axis:
    """An incoming axis in its role as the rows of a weight: units of one layer are features of the next."""
    if axis.axis == role:
        return axis
    return replace(axis, axis=role, origin=f"{axis.axis} of the input: {axis.origin}")


def spread(value: Any, rank: int) -> tuple[int, ...]:
    """``3`` -> ``(3, 3)`` for two axes."""
    several = tuple(value) if isinstance(value, tuple | list) else (value,)
    return several if len(several) == rank else several * rank


def same(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    """The rule of all layers that change values only."""
    return Ruling((inputs[0],), why="Changes values, never the shape.")
