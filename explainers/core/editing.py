"""Small changes to a ModelSpec: another argument, one more layer, another Input, other data. The old one stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from explainers.core.spec import Argument, CallSpec, InputSpec, LayerSpec, ModelSpec, Ref, Sizes


def with_arguments(spec: ModelSpec, layer: int, /, **changes: Argument) -> ModelSpec:
    """One layer with some arguments set; None removes one."""
    layers = list(spec.layers)
    layers[layer] = layers[layer].but(**changes)
    return replace(spec, layers=tuple(layers))


def with_layer(spec: ModelSpec, layer: int, other: LayerSpec) -> ModelSpec:
    """Another layer in the place of one."""
    layers = list(spec.layers)
    layers[layer] = other
    return replace(spec, layers=tuple(layers))


def with_layer_before(spec: ModelSpec, call: int, layer: LayerSpec, place: int = 0) -> ModelSpec:
    """One layer more, in front of a call: it reads what stood at that place of the call's inputs."""
    moved = [_moved(other, call) for other in spec.calls]
    inserted = CallSpec(len(spec.layers), (_later(spec.calls[call].inputs[place], call),))
    inputs = list(moved[call].inputs)
    inputs[place] = Ref("call", call)
    calls = (*moved[:call], inserted, replace(moved[call], inputs=tuple(inputs)), *moved[call + 1 :])
    outputs = tuple(_later(ref, call) for ref in spec.outputs)
    return replace(spec, layers=(*spec.layers, _named_once(spec, layer)), calls=calls, outputs=outputs)


def _named_once(spec: ModelSpec, layer: LayerSpec) -> LayerSpec:
    """The layer under a name that no other one has: the same change may be made at several places."""
    names = {other.name for other in spec.layers}
    free = (f"{layer.name}_{i}" for i in range(1, len(names) + 2))
    return layer if layer.name not in names else replace(layer, name=next(name for name in free if name not in names))


def _moved(call: CallSpec, from_call: int) -> CallSpec:
    return rewired(call, lambda ref: _later(ref, from_call))


def rewired(call: CallSpec, moved: Callable[[Ref], Ref]) -> CallSpec:
    """A call that reads other tensors: its inputs, its states and its mask alike."""
    inputs, states = (tuple(map(moved, refs)) for refs in (call.inputs, call.states))
    return replace(call, inputs=inputs, states=states, mask=moved(call.mask) if call.mask is not None else None)


def _later(ref: Ref, from_call: int) -> Ref:
    """The same tensor, one call later."""
    return replace(ref, index=ref.index + 1) if ref.source == "call" and ref.index >= from_call else ref


def with_input(spec: ModelSpec, place: int, shape: Sizes) -> ModelSpec:
    """One Input with another shape."""
    inputs: list[InputSpec] = list(spec.inputs)
    inputs[place] = replace(inputs[place], shape=shape)
    return replace(spec, inputs=tuple(inputs))


def with_data(spec: ModelSpec, check: int, place: int, shape: Sizes) -> ModelSpec:
    """Other data for what is tried."""
    shapes = list(spec.checks[check].shapes)
    shapes[place] = shape
    return with_check(spec, check, shapes=tuple(shapes))


def with_target(spec: ModelSpec, check: int, shape: Sizes, loss: str | None = None) -> ModelSpec:
    """Another target for what is tried, or another loss."""
    targets = (shape, *spec.checks[check].targets[1:])
    return with_check(spec, check, targets=targets, **({} if loss is None else {"loss": loss}))


def with_metrics(spec: ModelSpec, check: int, *metrics: str) -> ModelSpec:
    """Other metrics for what is tried."""
    return with_check(spec, check, metrics=metrics)


def with_targets(spec: ModelSpec, check: int, targets: tuple[Sizes, ...]) -> ModelSpec:
    """Other targets for the outputs of what is tried."""
    return with_check(spec, check, targets=targets)


def with_keys(spec: ModelSpec, check: int, keys: tuple[str, ...]) -> ModelSpec:
    """Other names of the data for what is tried; none where they are those of the Inputs, in their order."""
    return with_check(spec, check, keys=keys)


def with_weights(spec: ModelSpec, check: int, shape: Sizes) -> ModelSpec:
    """Other sample weights for what is tried."""
    return with_check(spec, check, weights=shape)


def with_check(spec: ModelSpec, check: int, **changes: object) -> ModelSpec:
    """What is tried, with some of its fields changed."""
    checks = list(spec.checks)
    checks[check] = replace(checks[check], **changes)  # type: ignore[arg-type]
    return replace(spec, checks=tuple(checks))


def with_layer_behind(spec: ModelSpec, layer: LayerSpec) -> ModelSpec:
    """One layer more, behind the only output."""
    call = CallSpec(len(spec.layers), spec.outputs[:1])
    outputs = (Ref("call", len(spec.calls)), *spec.outputs[1:])
    return replace(spec, layers=(*spec.layers, _named_once(spec, layer)), calls=(*spec.calls, call), outputs=outputs)
