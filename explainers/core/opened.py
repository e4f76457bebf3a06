"""A layer without a rule, opened: its ``call`` runs once more on symbolic tensors, and the graph of it is walked.

So a class of somebody's own, or a Lambda, that calls Keras' layers and operations has the names that these give. What
works on values only (tf functions, NumPy) stays closed. The layer is left as it was found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from explainers.core.axes import Axis, Shape, by_place, is_named
from explainers.core.calls import tensors_in
from explainers.core.layers import book, reads
from explainers.core.layers.ruling import Sizes, arguments_kept, recognised_shape, rule_of, weights_of
from explainers.core.layers.sheet import NamedWeight, kind_of

_LARGEST = 80  # layers inside; more are a model, not a layer


@dataclass(frozen=True)
class Opened:
    """What a layer does inside: from symbolic inputs to outputs, as a model has them."""

    inputs: list[Any]
    outputs: list[Any]


def can_be_opened(layer: Any) -> bool:
    """Whether nobody brought a rule for its class, and there is a call to follow."""
    if book.is_graph(layer) or not hasattr(layer, "_flatten_layers"):
        return False  # a model has a graph already, and an operation nothing inside
    return rule_of(layer) is None and hasattr(layer, "call") and len(_layers(layer)) <= _LARGEST


@contextmanager
def opened(node: Any) -> Iterator[Opened | None]:
    """The graph inside one call of a layer, while it is needed; None where it has none."""
    layer = node.operation
    with _restored(layer):
        yield _followed(layer, node)


def _followed(layer: Any, node: Any) -> Opened | None:
    import keras  # here, not above: whoever only looks at results doesn't load it

    fresh: dict[int, Any] = {}

    def stand_in(value: Any) -> Any:
        if not tensors_in(value):
            return value
        if isinstance(value, list | tuple):
            return type(value)(stand_in(part) for part in value)
        if isinstance(value, dict):
            return {key: stand_in(part) for key, part in value.items()}
        if id(value) not in fresh:
            fresh[id(value)] = keras.Input(batch_shape=tuple(value.shape), dtype=value.dtype)
        return fresh[id(value)]

    try:
        with keras.StatelessScope():
            args = [stand_in(value) for value in node.arguments.args]
            kwargs = {key: stand_in(value) for key, value in node.arguments.kwargs.items()}
            outputs = tensors_in(layer.call(*args, **kwargs))
    except Exception:  # a call that needs values; nothing of it is missed
        return None
    read = [fresh[id(tensor)] for tensor in node_inputs(node)]
    alike = [tuple(tensor.shape) for tensor in outputs] == [tuple(tensor.shape) for tensor in node.output_tensors]
    return Opened(read, outputs) if alike else None


def node_inputs(node: Any) -> list[Any]:
    """The tensors that a call was given, each once."""
    return list({id(tensor): tensor for tensor in node.input_tensors}.values())


@contextmanager
def _restored(layer: Any) -> Iterator[None]:
    """Whatever the call notes at the layers (a node, the last scores) is gone afterwards."""
    kept = [(part, dict(part.__dict__), [*part._inbound_nodes], [*part._outbound_nodes]) for part in _layers(layer)]
    for part, *_ in kept:
        part.__dict__["add_loss"] = lambda loss: None  # Keras' own takes no symbolic tensor
    try:
        yield
    finally:
        for part, attributes, inbound, outbound in kept:
            part.__dict__.clear()
            part.__dict__.update(attributes)
            part._inbound_nodes[:] = inbound
            part._outbound_nodes[:] = outbound


def _layers(layer: Any) -> list[Any]:
    return list(layer._flatten_layers())


def left_over(
    layer: Any, found: Sequence[NamedWeight], shapes: Sequence[Shape], met: Mapping[int, Shape]
) -> list[NamedWeight]:
    """The weights that no layer inside has: the layer's own, and those of layers called on constants.

    met: by id of a weight, the names of what it meets in the operations that read it.
    """
    known = {id(weight.variable) for weight in found}
    by_rule = {
        id(weight.variable): weight
        for part in _layers(layer)[1:]
        if any(id(variable) not in known for variable in part.weights)
        for weight in _by_its_rule(part)
    }
    origin = f"a weight of {kind_of(layer)} {layer.name}"
    own = arguments_kept(layer)
    left = [variable for variable in weights_of(layer) if id(variable) not in known]
    seen = {id(variable): recognised_shape(tuple(variable.shape), shapes, origin, True, own) for variable in left}
    return [
        by_rule.get(id(variable))
        or NamedWeight(variable, variable.name, _surest(met.get(id(variable), ()), seen[id(variable)]))
        for variable in left
    ]


def _surest(met: Shape, seen: Shape) -> Shape:
    """Each axis as what it meets is called, else by its size."""
    return tuple(one if is_named(one.axis) else other for one, other in zip(met, seen, strict=True)) if met else seen


def _by_its_rule(layer: Any) -> Sequence[NamedWeight]:
    """The weights of a layer that was called on a constant, by the shape that it was built for."""
    rule = rule_of(layer)
    shape = next(iter((getattr(layer, "_build_shapes_dict", None) or {}).values()), None)
    if rule is None or not isinstance(shape, tuple | list) or any(isinstance(n, tuple | list) for n in shape):
        return ()
    try:
        return rule(layer, (_spoken(layer, tuple(shape)),)).weights
    except Exception:  # a rule that needs what isn't known here
        return ()


def _spoken(layer: Any, shape: Sizes) -> Shape:
    words = reads(layer, len(shape)) or ("",) * len(shape)
    return tuple(Axis(word or by_place(i), n, "") for i, (word, n) in enumerate(zip(words, shape, strict=True)))
