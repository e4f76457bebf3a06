"""The rule of a layer that may be anybody's: Keras' own by its sheet, a custom one by what stands beside its class.

A custom layer brings its rule beside its class: its module has a dict ``AXIS_RULES = {"ClassName": rule}``
(and ``CELL_RULES`` for recurrent cells). A layer without any rule never cuts the picture: see `recognised`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from explainers.core.axes import LIKE, Axis, Shape, by_place, is_named, sizes
from explainers.core.layers import book
from explainers.core.layers.reshaping import is_fresh
from explainers.core.layers.sheet import CellRule, CellRuling, NamedWeight, Rule, Ruling, kind_of

Sizes = tuple[int | None, ...]
_OF_CELLS = ("state_size", "output_size")  # what Keras asks every cell for; its own arguments have better names


def rule_of(layer: Any) -> Rule | None:
    """The rule of a layer's class; None where nobody brought one."""
    beside: dict[str, Rule] = getattr(sys.modules.get(type(layer).__module__), "AXIS_RULES", {})
    if kind_of(layer) in beside:
        return beside[kind_of(layer)]
    if book.is_graph(layer) and book.MODELS is not None:
        return book.MODELS.rule
    if keras_own(layer):
        found = book.sheet(kind_of(layer))
        return found.rule if found else None
    return None


def base_rule_of(layer: Any) -> Rule | None:
    """For a custom class that builds on one of Keras', the base's rule: to be tried, for it may do something else."""
    found = None if keras_own(layer) else book.sheet_of(layer)
    return found.rule if found else None


def keras_own(layer: Any) -> bool:
    """Whether the class is Keras' own (or stands in a text under Keras' name)."""
    return bool(getattr(layer, "planned_class", None)) or type(layer).__module__.startswith("keras.")


def cell_ruling(cell: Any, features: Axis, owner: str) -> CellRuling:
    """The rule of a recurrent cell; of a cell without one, what can be recognised by its sizes."""
    rule = cell_rule_of(cell)
    return rule(cell, features, owner) if rule else _recognised_cell(cell, features, owner)


def cell_rule_of(cell: Any) -> CellRule | None:
    """The rule that a cell's class has, or that stands beside it."""
    if keras_own(cell):
        found = book.sheet(kind_of(cell))
        return found.cell_rule if found else None
    beside: dict[str, CellRule] = getattr(sys.modules.get(type(cell).__module__), "CELL_RULES", {})
    return beside.get(type(cell).__name__)


def _recognised_cell(cell: Any, features: Axis, owner: str) -> CellRuling:
    """A cell that nobody brought a rule for: its state_size and output_size are all that Keras asks of it, too."""
    state_sizes = _several(cell.state_size)
    output_size = getattr(cell, "output_size", None) or state_sizes[0]
    states = tuple(_cell_axis(cell, size, owner, "state_size") for size in state_sizes)
    output = _cell_axis(cell, _several(output_size)[0], owner, "output_size")
    axes = ((features, output, *states),)
    held = tuple(
        NamedWeight(v, v.name, recognised_shape(tuple(v.shape), axes, f"a weight of {owner}", own=arguments_kept(cell)))
        for v in weights_of(cell)
    )
    return CellRuling(output, states, held, tuple(f"state {i}" for i in range(len(states))), known=False)


def _several(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, tuple | list) else (value,)


def _cell_axis(cell: Any, size: Any, owner: str, name: str) -> Axis:
    number = int(_several(size)[-1])
    word = "units" if getattr(cell, "units", None) == number else name
    return Axis(word, number, f"{word}={number} of {type(cell).__name__} {owner}", (f"{owner}.{word}",))


def verb_of(ruling: Ruling, inputs: Sequence[Shape]) -> str:
    """What a layer does in two or three words: as its rule says, else as its shapes show; "" where they don't."""
    if ruling.verb or not inputs or not ruling.outputs:
        return ruling.verb
    before, after = sizes(inputs[0]), sizes(ruling.outputs[0])
    if before == after:
        return "keeps the shape"
    if len(before) == len(after):
        return "changes the last axis" if before[:-1] == after[:-1] else ""
    return "adds an axis" if len(after) > len(before) else "drops an axis"


# -- layers inside layers ------------------------------------------------------------------------------------


def inside(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    """The ruling of a layer that stands inside another one: nothing of it is held against live shapes here."""
    rule = rule_of(layer)
    if rule is not None:
        return rule(layer, inputs)
    return recognised(layer, inputs, asked(layer, inputs))


def asked(layer: Any, inputs: Sequence[Shape]) -> tuple[Sizes, ...]:
    """The shapes that a layer itself says would come out of it."""
    given = [sizes(shape) for shape in inputs]
    said = layer.compute_output_shape(given[0] if len(given) == 1 else given)
    single = isinstance(said, tuple) and all(n is None or isinstance(n, int) for n in said)
    return (tuple(said),) if single else tuple(tuple(shape) for shape in said)


def weights_of(layer: Any) -> list[Any]:
    """The variables that Keras counts; an Operation that is no Layer has none."""
    held = getattr(layer, "weights", None)
    return list(held) if isinstance(held, list) else []


# -- a layer without a rule ----------------------------------------------------------------------------------


def recognised(layer: Any, inputs: Sequence[Shape], live: Sequence[Sizes]) -> Ruling:
    """No rule: Keras' shapes, and of the names what can be seen.

    An unchanged shape keeps its names; an axis of a size that only one axis has had is "same size as" that one; and
    one that is as long as an argument which the layer kept (``self.units``) is called so.
    """
    name = f"{kind_of(layer)} {layer.name}"
    own = arguments_kept(layer)
    outputs = tuple(recognised_shape(tuple(shape), inputs, f"the live shape of {name}", own=own) for shape in live)
    origin, shapes = f"a weight of {name}", (*inputs, *outputs)
    held = tuple(
        NamedWeight(v, v.name, recognised_shape(tuple(v.shape), shapes, origin, True, own)) for v in weights_of(layer)
    )
    unchanged = bool(inputs) and all(shape == inputs[0] for shape in outputs)
    why = (
        ("the shape stays the same, and so do the names of its axes")
        if unchanged
        else "an axis keeps its name where its size identifies it"
    )
    return Ruling(outputs, held, f"{kind_of(layer)} has no rule here: {why}.", known=False)


def arguments_kept(layer: Any) -> Shape:
    """The sizes that a class of somebody's own keeps under a name: ``self.units = units``."""
    if keras_own(layer) or not isinstance(getattr(layer, "__dict__", None), dict):
        return ()
    kept = (
        (name, value)
        for name, value in vars(layer).items()
        if type(value) is int and not name.startswith("_") and name not in _OF_CELLS
    )
    return tuple(
        Axis(name, value, f"{name}={value} of {kind_of(layer)} {layer.name}", (f"{layer.name}.{name}",))
        for name, value in kept
        if value > 1
    )


def by_its_arguments(layer: Any, shape: Shape) -> Shape:
    """The shape with nameless axes called as the argument of the layer that has their size, where only one has."""
    own = arguments_kept(layer)
    return tuple(
        (_kept_as(axis.size, own) or axis) if is_fresh(axis) or not is_named(axis.axis) else axis for axis in shape
    )


def _kept_as(size: int | None, own: Shape) -> Axis | None:
    found = [axis for axis in own if axis.size == size]
    return found[0] if len(found) == 1 else None


def recognised_shape(
    shape: Sizes, inputs: Sequence[Shape], origin: str, is_weight: bool = False, own: Shape = ()
) -> Shape:
    """The names of a shape that nobody named, as far as its sizes show them. own: what the layer keeps as arguments."""
    if not is_weight:
        for entering in inputs:
            if sizes(entering) == shape:
                return entering
    first = () if is_weight else _first(shape, inputs)
    rest = shape[len(first) :]
    return (*first, *(_like(size, len(first) + i, inputs, origin, own) for i, size in enumerate(rest)))


def _first(shape: Sizes, inputs: Sequence[Shape]) -> Shape:
    """The batch, where the shape begins as an input does."""
    for entering in inputs:
        if shape and entering and entering[0].size == shape[0]:
            return entering[:1]
    return ()


def _like(size: int | None, place: int, inputs: Sequence[Shape], origin: str, own: Shape) -> Axis:
    alike = [axis for shape in inputs for axis in shape if axis.size == size and size not in (None, 1)]
    words = {axis.axis.removeprefix(LIKE) for axis in alike if is_named(axis.axis) or axis.axis.startswith(LIKE)}
    if size == 1:
        return Axis("1", 1, origin)
    kept = _kept_as(size, own)
    if kept is not None and words <= {kept.axis}:
        return kept
    if len(words) == 1:
        return Axis(f"{LIKE}{words.pop()}", size, origin)
    return Axis(by_place(place), size, origin)
