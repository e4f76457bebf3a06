"""What can't be right in a model that was read, before it is built: data and states against what the layers take.

Today's Keras accepts some of it without a word (it adds a missing last axis, or fails only while training).
"""

from __future__ import annotations

from explainers.diagnose.finding import written
from explainers.diagnose.layers import BY_NAME
from explainers.diagnose.shapes import walk
from explainers.diagnose.spec import ModelSpec, Ref, Sizes

Misfit = tuple[str | None, str]


def misfit(spec: ModelSpec) -> Misfit:
    """The name of the mistake and its cause; (None, "") where nothing is known to be wrong."""
    state = _state(spec)
    return state if state[0] is not None else _data(spec)


def _data(spec: ModelSpec) -> Misfit:
    """The arrays of fit and predict against the Inputs."""
    for check in spec.checks:
        if check.kind not in ("fit", "predict") or len(check.shapes) != len(spec.inputs):
            continue
        for tensor, sizes in zip(spec.inputs, check.shapes, strict=True):
            if "example" in tensor.origin or tensor.origin == "the data":
                continue
            if len(sizes) != len(tensor.shape):
                return "data_rank", f"The model takes {written(tensor.shape)}; the data are {written(sizes)}."
            apart = [i for i, (a, b) in enumerate(zip(tensor.shape, sizes, strict=True)) if i and _differ(a, b)]
            if apart:
                mistake = "channels" if apart == [_channels(spec, tensor.name)] else "data_size"
                at = ", ".join(f"axis {i} is {tensor.shape[i]} against {sizes[i]}" for i in apart)
                return mistake, f"The model takes {written(tensor.shape)}; the data are {written(sizes)}: {at}."
    return None, ""


def _channels(spec: ModelSpec, name: str) -> int | None:
    """The axis of the channels where a convolution reads this Input."""
    index = next(i for i, tensor in enumerate(spec.inputs) if tensor.name == name)
    for call in spec.calls:
        layer = spec.layers[call.layer]
        rules = BY_NAME.get(layer.class_name)
        if Ref("input", index) in call.inputs and rules is not None and rules.group == "conv":
            return 1 if layer.get("data_format") == "channels_first" else len(spec.inputs[index].shape) - 1
    return None


def _state(spec: ModelSpec) -> Misfit:
    """initial_state against the units and the number of states of its layer."""
    made: dict[Ref, Sizes] = {Ref("input", i): tensor.shape for i, tensor in enumerate(spec.inputs)}
    for i, _, outputs in walk(spec):
        call = spec.calls[i]
        layer = spec.layers[call.layer]
        made |= {Ref("call", i, k): sizes for k, sizes in enumerate(outputs or ())}
        units = layer.get("units")
        wanted = {"LSTM": 2, "GRU": 1, "SimpleRNN": 1}.get(layer.class_name)
        if not call.states or wanted is None or not isinstance(units, int):
            continue
        if len(call.states) != wanted:
            return (
                "initial_state",
                f"{layer.name} ({layer.class_name}) has {wanted} states; {len(call.states)} were given.",
            )
        for ref in call.states:
            sizes = made.get(ref)
            if sizes is not None and (len(sizes) != 2 or _differ(sizes[-1], units)):
                return (
                    "initial_state",
                    f"The state of {layer.name} must be (None, {units}); {written(sizes)} was given.",
                )
    return None, ""


def _differ(one: int | None, other: int | None) -> bool:
    return one is not None and other is not None and one != other
