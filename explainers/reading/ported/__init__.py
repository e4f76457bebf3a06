"""Programs of PyTorch and flax -> the same model in Keras. Parsed and followed, never executed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from explainers.core.axes import Shape
from explainers.core.finding import Value, name_axes
from explainers.core.spec import ModelSpec, Sizes
from explainers.reading.code.statements import statements
from explainers.reading.ported.graph import Clash
from explainers.reading.ported.idioms import idioms
from explainers.reading.ported.listed import as_program, is_listed
from explainers.reading.ported.walk import Program, Walked, sides_said, walked


@dataclass(frozen=True)
class Ported:
    """The model in Keras. differences: what bites. clashes: where the program contradicts itself. there: how many
    parameters the framework counts. side: of the images, where it was worked out. output: in the framework's order.
    on_examples: whether the text doesn't give the shape of the data. facts: what its layers make of these, in words.
    """

    spec: ModelSpec | None
    values: dict[str, Value] = field(default_factory=dict)
    shapes: tuple[Shape, ...] = ()
    differences: tuple[str, ...] = ()
    clashes: tuple[Clash, ...] = ()
    unread: tuple[str, ...] = ()
    there: int | None = None
    side: int | None = None
    output: Sizes | None = None
    on_examples: bool = False
    facts: tuple[str, ...] = ()
    known: Mapping[str, tuple[Sizes, bool]] = field(default_factory=dict)


def ported(
    text: str,
    framework: str,
    reached: tuple[int, int, int] | None = None,
    printed: Mapping[str, Sizes] | None = None,
    around: str = "",
    known: Mapping[str, tuple[Sizes, bool]] | None = None,
) -> Ported | None:
    """The model of a text; None where it makes no layers.

    reached: what a message says of the layer that failed. printed: shapes that the text shows, by names of arrays.
    around: the whole text, where `text` is only its code. known: the shapes of arguments that an earlier walk found.
    """
    program = Program(statements(as_program(text)).found, framework, printed or {}, is_listed(text), reached,
                      sides_said(around or text), known)  # fmt: skip
    walk = walked(program)
    if walk is None:
        return None
    graph = walk.machine.graph
    ends = idioms(graph, walk.ends)
    spec = graph.spec(ends, _assumed(walk)) if ends else None
    if spec is None and not walk.clashes and not walk.gaps:
        return None
    return Ported(
        spec,
        shapes=_shapes(walk) if not program.listed else (),
        differences=tuple(graph.differences),
        clashes=tuple(walk.clashes),
        unread=walk.gaps,
        there=sum(graph.counts.values()) + graph.more if graph.counts else None,
        side=walk.side,
        output=ends[0].shape if ends else None,
        on_examples=bool(walk.machine.known),
        facts=(*(graph.facts if not program.listed else ()), *graph.reads),
        known=walk.machine.known,
    )


def _assumed(walk: Walked) -> tuple[str, ...]:
    """Sizes that are examples; the side of the images isn't one where the layers fix it."""
    sizes = [f"{name} = {n}" for shape, names in walk.machine.examples for n, name in zip(shape, names, strict=True)
             if name in _MADE_UP and ((walk.side is None and not walk.said) or name not in _SIDES)]  # fmt: skip
    return tuple(dict.fromkeys((*walk.machine.assumed, *sizes)))


def _shapes(walk: Walked) -> tuple[Shape, ...]:
    return tuple(name_axes(shape, names, "the data of the text") for shape, names in walk.machine.data)


_SIDES = ("height", "width", "depth", "steps")
_MADE_UP = (*_SIDES, "timesteps")
