"""Changes of a document, each a new document. Names that other layers read are kept true."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from explainers.core.layers import operations
from explainers.core.layers.signatures import defaults_of, needed
from explainers.core.spec import Argument, InputSpec, LayerSpec, Sizes, snake
from explainers.yours.document import LITERAL, Document, DocumentError, Placed, fresh_name

# What a layer can't do without, until the learner says it: sizes that are told apart at sight.
EXAMPLES: dict[str, Argument] = {
    "units": 4, "filters": 6, "kernel_size": 3, "num_heads": 2, "key_dim": 5, "value_dim": None, "input_dim": 50,
    "output_dim": 10, "n": 6, "rate": 0.5, "stddev": 0.1, "activation": "relu", "target_shape": (-1,), "dims": (2, 1),
    "axes": 1, "output_size": 3, "height": 16, "width": 16, "num_query_heads": 4, "num_key_value_heads": 2,
    "head_dim": 5, "output_shape": (4,), "equation": "ab,bc->ac", "scale": 1.0, "factor": 0.1, "height_factor": 0.1,
    "width_factor": 0.1, "bin_boundaries": (0.0, 1.0), "num_bins": 8, "num_tokens": 8, "groups": 1,
}  # fmt: skip
# Arguments that Keras asks for when the layer is made, though its signature has a default.
_ALSO: dict[str, tuple[tuple[str, Argument], ...]] = {
    "CategoryEncoding": (("num_tokens", 8),),
    "Discretization": (("num_bins", 8),),
    "GroupNormalization": (("groups", 1),),
}
# Operations of keras.ops that can be added, with what they can't do without on the sequence of an empty start.
_OPERATIONS: dict[str, tuple[tuple[str, Argument], ...]] = {
    **{f"ops.{name}": () for name in ("add", "subtract", "multiply", "divide", "maximum", "minimum", "matmul")},
    **{f"ops.{name}": (("axis", 1),) for name in ("mean", "sum", "max", "min", "argmax", "cumsum", "flip", "norm")},
    **{f"ops.{name}": () for name in ("exp", "log", "sqrt", "square", "abs", "softmax", "sigmoid", "tanh", "relu")},
    "ops.expand_dims": (("axis", 1),),
    "ops.squeeze": (),
    "ops.reshape": (("newshape", (-1, 8)),),
    "ops.transpose": (("axes", (0, 2, 1)),),
    "ops.concatenate": (("axis", -1),),
    "ops.stack": (("axis", 1),),
    "ops.split": (("indices_or_sections", 2), ("axis", -1)),
    operations.INDEX: (("key", ":, -1"),),
    "ops.take": (("indices", 0), ("axis", 1)),
    "ops.repeat": (("repeats", 2), ("axis", 1)),
    "ops.pad": (("pad_width", ((0, 0), (1, 1), (0, 0))),),
    "ops.power": (("x2", 2),),
    "ops.clip": (("x_min", 0), ("x_max", 1)),
    "ops.cast": (("dtype", "float32"),),
    "ops.einsum": (("subscripts", "btf,bsf->bts"),),
}
_OF_OPERATIONS = "keras.ops"
_WRAPPED = {"TimeDistributed": ("Dense", 4), "Bidirectional": ("LSTM", 4)}
_NOT_ALONE = ("Pipeline", "STFTSpectrogram")  # one needs layers of its own, the other a package that isn't here
_CELL = LayerSpec("LSTMCell", "lstm_cell", (("units", 4),))


def addable() -> dict[str, str]:
    """Class -> the section of Keras' documentation, of all that can be added, in Keras' order."""
    layers = {name: sheet for name, sheet in LITERAL.items() if sheet.group != "cell" and name not in _NOT_ALONE}
    return {name: sheet.section for name, sheet in layers.items()} | dict.fromkeys(_OPERATIONS, _OF_OPERATIONS)


def added(document: Document, class_name: str, place: int) -> Document:
    """A new layer at a place (0 is the first). It reads what stands before it, and a merge what is before that, too."""
    if class_name not in addable():
        raise DocumentError(f"{class_name[:60]!r} isn't a layer that can be added here.")
    before = [*(tensor.name for tensor in document.inputs), *(p.name for p in document.layers[:place])]
    new = new_layer(document, class_name)
    group = LITERAL[class_name].group if class_name in LITERAL else ""
    if group == "attention":
        new = replace(new, reads=(before[-1], before[-1]))
    if group == "merge" or operations.reads_several(class_name, dict(new.layer.arguments)):
        new = replace(new, reads=(before[-2], before[-1]) if len(before) > 1 else (before[-1], before[-1]))
    layers = [*document.layers]
    layers.insert(place, new)
    return replace(document, layers=tuple(layers))


def new_layer(document: Document, class_name: str) -> Placed:
    """A layer of a class, with example arguments where it can't do without."""
    name = fresh_name(document, snake(class_name))
    if class_name in _OPERATIONS:
        return Placed(LayerSpec(class_name, name.removeprefix("ops_"), _OPERATIONS[class_name]))
    given: list[tuple[str, Argument]] = []
    for argument in needed(class_name):
        if argument == "layer":
            inner, units = _WRAPPED.get(class_name, ("Dense", 4))
            given.append((argument, LayerSpec(inner, snake(inner), (("units", units),))))
        elif argument in ("cell", "cells"):
            given.append((argument, _CELL if argument == "cell" else (_CELL,)))
        else:
            given.append((argument, EXAMPLES.get(argument, 1)))
    given += list(_ALSO.get(class_name, ()))
    return Placed(LayerSpec(class_name, name, tuple(given)))


def removed(document: Document, place: int) -> Document:
    """Without a layer; what read it reads what that one read."""
    gone, before = document.layers[place].name, document.reads(place)[0]
    layers = tuple(placed for i, placed in enumerate(document.layers) if i != place)
    layers = _inherited(layers, document.layers[place])
    return _renamed(replace(document, layers=layers, outputs=()), gone, before)


def _inherited(layers: tuple[Placed, ...], gone: Placed) -> tuple[Placed, ...]:
    """Where a layer that was used more than once is gone, its next use has its arguments, and the others use that."""
    heir = next((placed for placed in layers if placed.of == gone.name), None)
    if heir is None:
        return layers
    whole = replace(heir, layer=replace(gone.layer, name=heir.name), of="")
    return tuple(
        whole if placed is heir else replace(placed, of=heir.name) if placed.of == gone.name else placed
        for placed in layers
    )


def used_again(document: Document, place: int) -> Document:
    """Another use of the same layer, with the same weights, behind the first: it reads what stands before it."""
    placed = document.layers[place]
    layers = [*document.layers]
    name = fresh_name(document, placed.of or placed.name)
    again = Placed(LayerSpec(placed.layer.class_name, name), document.reads(place), of=placed.of or placed.name)
    layers.insert(place + 1, again)
    if place + 2 < len(layers) and not layers[place + 2].reads:  # what came behind reads what it read
        layers[place + 2] = replace(layers[place + 2], reads=(placed.name,))
    return replace(document, layers=tuple(layers))


def moved(document: Document, place: int, to: int) -> Document:
    """A layer at another place."""
    layers = [*document.layers]
    layers.insert(max(0, min(to, len(layers) - 1)), layers.pop(place))
    return replace(document, layers=tuple(layers))


def duplicated(document: Document, place: int) -> Document:
    """The same layer once more, behind the first, under a name of its own."""
    placed = document.layers[place]
    twin = replace(placed.layer, name=fresh_name(document, placed.name))
    layers = [*document.layers]
    layers.insert(place + 1, Placed(twin, of=placed.of))
    return replace(document, layers=tuple(layers))


def with_argument(document: Document, place: int, name: str, value: Argument) -> Document:
    """One argument of a layer; Keras' default takes it out of the document."""
    layer = document.layers[place].layer
    default = defaults_of(layer.class_name).get(name, ...)
    default = tuple(default) if isinstance(default, list) else default
    kept = {key: old for key, old in layer.arguments if key != name}
    if value != default or type(value) is not type(default):
        kept[name] = value
    return _at(document, place, lambda placed: replace(placed, layer=replace(layer, arguments=tuple(kept.items()))))


def with_reads(document: Document, place: int, reads: tuple[str, ...], states: tuple[str, ...] = ()) -> Document:
    """What a layer reads, and what it starts from; what it would read anyway isn't written down."""
    before = (document.layers[place - 1].name,) if place else (document.inputs[0].name,)
    return _at(document, place, lambda placed: replace(placed, reads=() if reads == before else reads, states=states))


def with_name(document: Document, place: int, name: str) -> Document:
    """Another name for a layer, wherever it is read."""
    old = document.layers[place].name
    named = _at(document, place, lambda placed: replace(placed, layer=replace(placed.layer, name=name)))
    return _renamed(named, old, name)


def with_input(document: Document, place: int, shape: Sizes | None = None, dtype: str = "", name: str = "") -> Document:
    """Another shape, dtype or name for an Input."""
    old = document.inputs[place]
    new = InputSpec(name or old.name, shape or old.shape, dtype or old.dtype)
    inputs = tuple(new if i == place else tensor for i, tensor in enumerate(document.inputs))
    return _renamed(replace(document, inputs=inputs), old.name, new.name)


def with_new_input(document: Document) -> Document:
    """One more Input, of the shape of the first."""
    first = document.inputs[0]
    return replace(document, inputs=(*document.inputs, replace(first, name=fresh_name(document, first.name))))


def without_input(document: Document, place: int) -> Document:
    """Without an Input; what read it reads the first that is left."""
    if len(document.inputs) == 1:
        raise DocumentError("A model needs an Input: change its shape instead.")
    gone = document.inputs[place].name
    inputs = tuple(tensor for i, tensor in enumerate(document.inputs) if i != place)
    return _renamed(replace(document, inputs=inputs), gone, inputs[0].name)


def _at(document: Document, place: int, change: Callable[[Placed], Placed]) -> Document:
    layers = tuple(change(placed) if i == place else placed for i, placed in enumerate(document.layers))
    return replace(document, layers=layers)


def _renamed(document: Document, old: str, new: str) -> Document:
    """Every reader of one name reads another."""

    def other(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(new + name[len(old) :] if name == old or name.startswith(f"{old}[") else name for name in names)

    layers = tuple(
        replace(
            placed, reads=other(placed.reads), states=other(placed.states), of=new if placed.of == old else placed.of
        )
        for placed in document.layers
    )
    return replace(document, layers=layers, outputs=other(document.outputs))
