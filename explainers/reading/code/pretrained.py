"""Models of keras.applications in code: made, called, and asked for their input, output and the layers inside."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from explainers.core.spec import Argument, LayerSpec, Ref
from explainers.reading.backbones import ARGUMENTS, ENDS, PREFIX, ends_of, own_input
from explainers.reading.code.values import Missing, ModelV, Sym, Ten, Value

if TYPE_CHECKING:
    from explainers.reading.code.evaluator import Reader

_DECLARED = "Input"  # the origin of an Input that the text declares


@dataclass
class BackboneV(ModelV):
    """Such a model: one call of one layer, whose inside can give outputs too."""

    layer: int = 0
    calls: list[int] = field(default_factory=list)  # on its own Input, the first of them


@dataclass(frozen=True)
class InsideV:
    """``base.layers`` (which None) or one of them, by name or place."""

    owner: BackboneV
    which: str | int | None = None


def new_backbone(reader: Reader, symbol: Sym, node: ast.Call) -> Value:
    """``VGG16(include_top=False, input_shape=(64, 64, 3))``; a gap where an argument can't be read."""
    positional, named = reader.arguments(node)
    tensor = named.pop("input_tensor", None)
    plain = {key: _plain(value) for key, value in named.items()}
    unread = any(key not in ARGUMENTS or value is NotImplemented for key, value in plain.items())
    if positional or unread or not isinstance(tensor, Ten | None):
        return Missing(reader.short(node))
    sizes = reader.graph.made.get(tensor.ref) if isinstance(tensor, Ten) else None
    if sizes is not None:
        plain["input_shape"] = sizes[1:]
    name, line = plain.pop("name", ""), reader.line(node)
    arguments: dict[str, Argument] = {key: value for key, value in plain.items() if value is not NotImplemented}
    spec = LayerSpec(f"{PREFIX}{symbol.last}", str(name or ""), tuple(arguments.items()), line)
    ref = tensor.ref if isinstance(tensor, Ten) else reader.graph.add_input(own_input(spec), "", "float32", _DECLARED)
    layer = reader.graph.add_layer(spec)
    call = reader.graph.call(layer, (ref,), (), line, reader.source(line))
    made = BackboneV(
        False, line=line, inputs=_sources(reader, ref), outputs=[Ref("call", call)], layer=layer, calls=[call]
    )
    reader.models.append(made)
    return made


def _sources(reader: Reader, ref: Ref) -> list[Ref]:
    """The Inputs behind a tensor."""
    calls = reader.graph.needed([ref])
    read = [given for i in calls for given in reader.graph.calls[i].inputs if given.source == "input"]
    return list(dict.fromkeys(read)) if calls else [ref]


def _plain(value: Value) -> Argument:
    """A literal as it stands in the text; NotImplemented where the text doesn't give it."""
    if isinstance(value, bool | int | float | str) or value is None:
        return value
    if isinstance(value, list | tuple) and all(isinstance(n, int) or n is None for n in value):
        return tuple(value)
    return NotImplemented  # type: ignore[no-any-return]


def output_of(reader: Reader, inside: InsideV) -> Value:
    """``base.get_layer("block3_pool").output``: one more output of the backbone."""
    owner, which = inside.owner, inside.which
    if which is None:
        return Missing("the outputs of all layers")
    spec = reader.graph.layers[owner.layer]
    ends = ends_of(spec)
    if which not in ends:
        ends = (*ends, which)
        reader.graph.layers[owner.layer] = spec.but(**{ENDS: ends})
        for call in (i for i, made in enumerate(reader.graph.calls) if made.layer == owner.layer):
            reader.graph.widths[call] = len(ends)
    return Ten(Ref("call", owner.calls[0], ends.index(which)))


def one_inside(reader: Reader, inside: InsideV, node: ast.Subscript) -> Value:
    """``base.layers[-1]`` and ``base.layers[:-4]``."""
    if isinstance(node.slice, ast.Slice) or inside.which is not None:
        return InsideV(inside.owner)
    place = reader.value(node.slice)
    whole = isinstance(place, int) and not isinstance(place, bool)
    return InsideV(inside.owner, place) if whole and isinstance(place, int) else Missing(reader.short(node))


def get_layer(reader: Reader, owner: BackboneV, node: ast.Call) -> Value:
    """``base.get_layer("block3_pool")``."""
    positional, named = reader.arguments(node)
    which = next(iter((*positional, *named.values())), None)
    return InsideV(owner, which) if isinstance(which, str | int) else Missing(reader.short(node))
