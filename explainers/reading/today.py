"""ModelSpec -> the same model in today's Keras, as code to take away. Each line says the shape behind it."""

from __future__ import annotations

import keyword
import re
from collections import Counter

from explainers.core.layers import QUERY_AND_VALUE
from explainers.core.layers.operations import INDEX, operations
from explainers.core.spec import Argument, CallSpec, LayerSpec, ModelSpec, Ref, Sizes
from explainers.reading.backbones import ENDS, ends_of, is_backbone
from explainers.reading.code.constants import CONSTANT
from explainers.reading.shapes import walk

_WEIGHTED = '''class Weighted(keras.layers.Layer):
    """One weight of a fixed shape, combined with the input."""

    def __init__(self, operation, shape):
        super().__init__()
        self.operation, self.weight_shape = operation, shape

    def build(self, input_shape):
        self.w = self.add_weight(shape=self.weight_shape)

    def call(self, inputs):
        return self.operation(inputs, self.w)
'''

_INSIDE = '''def inside_of(model, ends):
    """The same model with the outputs of some of its layers, by name or place; "" is the last one."""
    places = [-1 if end == "" else end for end in ends]
    layers = [model.layers[end] if isinstance(end, int) else model.get_layer(end) for end in places]
    return keras.Model(model.inputs, [layer.output for layer in layers])
'''


def todays_code(spec: ModelSpec) -> str:
    """A script that builds the model; empty where the spec has no layers."""
    if not spec.calls:
        return ""
    shapes = {i: outputs for i, _, outputs in walk(spec)}
    head = ["import keras", "from keras import layers", ""]
    if any(layer.get("weight") is not None for layer in spec.layers):
        head += [*_WEIGHTED.splitlines(), ""]
    if any(is_backbone(layer) and ends_of(layer) != ("",) for layer in spec.layers):
        head += [*_INSIDE.splitlines(), ""]
    for note in spec.assumed:
        head.append(f"# {note}: an example, the text doesn't say")
    body = _sequential(spec, shapes) if _is_chain(spec) else _functional(spec, shapes)
    return "\n".join([*head, *body]) + "\n"


def _is_chain(spec: ModelSpec) -> bool:
    if not spec.sequential or len(spec.inputs) != 1:
        return False
    return all(
        call.layer == i and call.inputs == ((Ref("input", 0),) if i == 0 else (Ref("call", i - 1),)) and not call.states
        for i, call in enumerate(spec.calls)
    )


def _sequential(spec: ModelSpec, shapes: dict[int, tuple[Sizes, ...] | None]) -> list[str]:
    lines = ["model = keras.Sequential(", "    ["]
    lines.append(f"        {_input(spec, 0)},  # {spec.inputs[0].shape}")
    for i, call in enumerate(spec.calls):
        lines.append(f"        {layer_code(spec.layers[call.layer])},{_comment(shapes.get(i))}")
    return [*lines, "    ]", ")"]


def _functional(spec: ModelSpec, shapes: dict[int, tuple[Sizes, ...] | None]) -> list[str]:
    names: dict[Ref, str] = {}
    taken = dict.fromkeys(("keras", "layers", "model"), 1)
    lines: list[str] = []
    for i, tensor in enumerate(spec.inputs):
        names[Ref("input", i)] = _variable(tensor.name, taken)
        lines.append(f"{names[Ref('input', i)]} = {_input(spec, i)}  # {tensor.shape}")
    shared = {layer for layer, calls in Counter(call.layer for call in spec.calls).items() if calls > 1}
    for number in sorted(shared):
        lines.append(f"{_variable('shared_' + spec.layers[number].name, taken)} = {layer_code(spec.layers[number])}")
    for i, call in enumerate(spec.calls):
        layer = spec.layers[call.layer]
        outputs = shapes.get(i) or ((),)
        variables = [_variable(layer.name if k == 0 else f"{layer.name}_state_{k}", taken) for k in range(len(outputs))]
        names |= {Ref("call", i, k): variable for k, variable in enumerate(variables)}
        made = _safe("shared_" + layer.name) if call.layer in shared else layer_code(layer)
        lines.append(f"{', '.join(variables)} = {_call(made, layer, call, names)}{_comment(shapes.get(i))}")
    inputs = ", ".join(names[Ref("input", i)] for i in range(len(spec.inputs)))
    ends = ", ".join(names.get(ref, "…") for ref in spec.outputs)
    return [*lines, f"model = keras.Model([{inputs}], [{ends}])"]


def _of_two(layer: LayerSpec) -> str:
    """The function of a tensor and a weight."""
    if layer.get("subscripts") is None:
        return f"keras.{layer.class_name}"
    order = "w, x" if layer.get("weight_first") is True else "x, w"
    return f"lambda x, w: keras.{layer.class_name}({_literal(layer.get('subscripts'))}, {order})"


def _call(made: str, layer: LayerSpec, call: CallSpec, names: dict[Ref, str]) -> str:
    inputs = [names.get(ref, "…") for ref in call.inputs]
    if layer.get("weight") is not None:
        return f"Weighted({_of_two(layer)}, {_literal(layer.get('weight'))})({inputs[0]})"
    if layer.class_name == INDEX:
        return f"{inputs[0]}[{layer.get('key')}]"
    if layer.class_name == CONSTANT:
        # A model tracks the layers behind its inputs only: 0 · sum makes the array one of them.
        return f"keras.ops.zeros({_literal(layer.get('shape'))}) + 0 * keras.ops.sum({inputs[0]})"
    if len(inputs) > 1 and operations().get(layer.class_name, {}).get("listed"):
        inputs = [f"[{', '.join(inputs)}]"]
    if layer.class_name.startswith("ops."):
        return f"keras.{layer.class_name}({', '.join([*inputs, *_keywords(layer)])})"
    value = inputs[0] if len(inputs) == 1 else f"[{', '.join(inputs)}]"
    states = f", initial_state=[{', '.join(names.get(ref, '…') for ref in call.states)}]" if call.states else ""
    of_two = layer.class_name in QUERY_AND_VALUE
    value = ", ".join(inputs) if of_two else value
    mask = f", {'attention_' * of_two}mask={names.get(call.mask, '…')}" if call.mask is not None else ""
    return f"{made}({value}{states}{mask})"


def _input(spec: ModelSpec, index: int) -> str:
    tensor = spec.inputs[index]
    shape = f"shape={tensor.shape[1:]}" if tensor.shape and tensor.shape[0] is None else f"batch_shape={tensor.shape}"
    dtype = f', dtype="{tensor.dtype}"' if tensor.dtype != "float32" else ""
    return f"keras.Input({shape}{dtype})"


def layer_code(layer: LayerSpec) -> str:
    """``layers.LSTM(4, return_sequences=True)``."""
    if is_backbone(layer):
        made = f"keras.{layer.class_name}({', '.join(k for k in _keywords(layer) if not k.startswith(ENDS))})"
        return made if ends_of(layer) == ("",) else f"inside_of({made}, {_literal(ends_of(layer))})"
    return f"layers.{layer.class_name}({', '.join(_keywords(layer))})"


def _keywords(layer: LayerSpec) -> list[str]:
    return [
        f"{key}={_literal(value)}"
        for key, value in layer.arguments
        if key.isidentifier() and not keyword.iskeyword(key)
    ]


def _literal(value: Argument) -> str:
    if isinstance(value, LayerSpec):
        return layer_code(value)
    if isinstance(value, tuple):
        parts = [_literal(part) for part in value]
        return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"
    return repr(value)


def _comment(outputs: tuple[Sizes, ...] | None) -> str:
    if any(n is not None and n <= 0 for sizes in outputs or () for n in sizes):
        return "  # fails here: nothing is left of an axis"
    return f"  # {', '.join(map(str, outputs))}" if outputs else ""


def _safe(name: str) -> str:
    plain = re.sub(r"\W", "_", name, flags=re.ASCII)
    return f"_{plain}" if not plain or plain[0].isdigit() or keyword.iskeyword(plain) else plain


def _variable(wish: str, taken: dict[str, int]) -> str:
    """A name that nothing has yet. taken: each name, and the last number that was tried behind it."""
    name = base = _safe(wish)
    while name in taken:
        taken[base] += 1
        name = f"{base}_{taken[base]}"
    taken[name] = 1
    return name
