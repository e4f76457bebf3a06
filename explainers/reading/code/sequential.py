"""A model becomes calls of the graph: a Sequential when it is complete, any model when it is used as a layer."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from explainers.core.spec import Check, Ref, Sizes
from explainers.reading.code.calling import apply, apply_cell, declared_shape, dtype_of, example_shape
from explainers.reading.code.given import tensor
from explainers.reading.code.objects import run_object
from explainers.reading.code.values import (
    CellV,
    FuncV,
    LayerV,
    Missing,
    ModelV,
    ObjV,
    Ten,
    Value,
    line_of,
)
from explainers.reading.literal import BY_NAME

if TYPE_CHECKING:
    from explainers.reading.code.evaluator import Reader


def realize(reader: Reader, model: ModelV) -> Ten | None:
    """Turn the layers of a Sequential into calls of the graph; its last tensor."""
    if not model.sequential or model.realized:
        return Ten(model.outputs[0]) if model.outputs else None
    model.realized = True
    current, rest = beginning(reader, model)
    for layer in rest:
        current = _through(reader, layer, current, model.line or None)
        if not isinstance(current, Ten):
            return None
    if not isinstance(current, Ten):
        return None
    model.outputs = [current.ref]
    return current


def _through(reader: Reader, layer: Value, current: Value, line: int | None) -> Value:
    """What a part of a Sequential makes of a tensor."""
    if isinstance(layer, LayerV):
        one = Ten(current.ref) if isinstance(current, Ten) else current  # Keras has a message of its own for several
        return apply(reader, layer, [one], [], line_of(layer))
    if isinstance(layer, ModelV):
        return _model_at(reader, layer, [current], line)
    if isinstance(layer, ObjV):
        return run_object(reader, layer, [current])
    if isinstance(layer, FuncV):
        return reader.run(layer, [current], {})
    return apply_cell(reader, layer, [current], []) if isinstance(layer, CellV) else current


def beginning(reader: Reader, model: ModelV) -> tuple[Value, list[Value]]:
    """Where a Sequential begins: its Input, the shape on its first layer, a merge of others, or an example."""
    layers = list(model.layers)
    first = layers[0] if layers else None
    if isinstance(first, Ten):
        model.inputs = reader.graph.sources([first.ref])
        return first, layers[1:]
    if isinstance(first, ModelV):
        start = realize(reader, first)
        model.inputs = first.inputs
        return start if start is not None else Missing("a model"), layers[1:]
    if isinstance(first, LayerV) and isinstance(first.written.spec.get("merged"), tuple):
        return merged(reader, model, first), layers[1:]
    if isinstance(first, ObjV) and isinstance(first.attributes.get("input_shape"), tuple):
        declared = reader.sizes(first.attributes["input_shape"]) or ()
        ref = reader.graph.add_input(declared, "", "float32", "input_shape")
        model.inputs = [ref]
        return Ten(ref), layers
    shape, dtype, origin = first_shape(reader, model, layers)
    ref = reader.graph.add_input(shape, "", dtype, origin)
    model.inputs = [ref]
    return Ten(ref), layers


def merged(reader: Reader, model: ModelV, layer: LayerV) -> Value:
    """Merge([left, right], mode=...) of Keras 0 and 1."""
    branches = [m for m in getattr(layer, "branches", []) if isinstance(m, ModelV)]
    ends = [realize(reader, branch) for branch in branches]
    model.inputs = [ref for branch in branches for ref in branch.inputs]
    return apply(reader, layer, [end for end in ends if end is not None], [], line_of(layer))


def first_shape(reader: Reader, model: ModelV, layers: list[Value]) -> tuple[Sizes, str, str]:
    """The input shape of a Sequential, batch axis first, its dtype, and who said so."""
    for place, layer in enumerate(layers):
        if isinstance(layer, LayerV):
            shape = declared_shape(reader, layer)
            rules = BY_NAME.get(layer.written.spec.class_name)
            if shape is None and (rules is None or rules.group not in ("same", "norm")):
                break  # what comes later is not the shape of the input
            if shape is not None:
                if place:
                    reader.notes.append(
                        "The input shape is given to a later layer; today it belongs in an Input in front."
                    )
                return shape, dtype_of(layer), f"the shape on {layer.written.spec.class_name}"
    first = next((layer for layer in layers if isinstance(layer, LayerV)), None)
    for owner, check in reader.checks:
        if owner is model and check.shapes:
            return (None, *check.shapes[0][1:]), dtype_of(first), "the data"
    if model.declared is not None:
        return model.declared, dtype_of(first), "the shape given to build"
    return example_shape(reader, first), dtype_of(first), "an example: the text gives no input shape"


def call_model(reader: Reader, model: ModelV, inputs: list[Value], node: ast.AST | None) -> Value:
    """A model used as a layer: its calls are made once more on the new tensor."""
    return _model_at(reader, model, inputs, reader.line(node) if node is not None else None)


def _model_at(reader: Reader, model: ModelV, inputs: list[Value], line: int | None) -> Value:
    flat = inputs[0] if len(inputs) == 1 and isinstance(inputs[0], list | tuple) else inputs
    built_here = model.sequential and not model.realized and not _declares(model) and model.declared is None
    if not built_here:
        check_inputs(reader, model, list(flat), line)
    if model.sequential:
        current: Value = flat[0] if flat else Missing("model input")
        current = first = tensor(reader, current)
        for layer in model.layers:
            current = _through(reader, layer, current, line)
        if built_here and isinstance(first, Ten) and isinstance(current, Ten):  # it is built by what reaches it first
            model.realized, model.outputs = True, [current.ref]
            model.inputs = [first.ref] if first.ref.source == "input" else []
        return current
    return replay(reader, model, [tensor(reader, value) for value in flat])


def _declares(model: ModelV) -> bool:
    """Whether a Sequential says itself what it reads."""
    first = model.layers[0] if model.layers else None
    return not isinstance(first, LayerV | ObjV) or any(
        isinstance(layer, LayerV) and layer.written.shape_arguments for layer in model.layers
    )


def check_inputs(reader: Reader, model: ModelV, inputs: list[Value], line: int | None) -> None:
    """A model that is called on a tensor of another shape than its Input says: Keras is asked with such data."""
    realize(reader, model)
    wanted = [reader.graph.inputs[ref.index] for ref in model.inputs]
    came = [reader.graph.made.get(value.ref) for value in inputs if isinstance(value, Ten)]
    declared = all(tensor.origin in ("Input", "") or tensor.origin.startswith("the shape on") for tensor in wanted)
    if line is None or not declared or len(wanted) != len(inputs) or len(came) != len(inputs):
        return
    fed = tuple(sizes for sizes in came if sizes is not None and None not in sizes[1:])
    apart = any(_apart(tensor.shape, sizes) for tensor, sizes in zip(wanted, fed, strict=False))
    if len(fed) == len(came) and apart and not reader.assumed:
        shapes = tuple((2, *sizes[1:]) for sizes in fed)
        reader.misused.append(model)
        reader.checks.append(
            (model, Check("predict", shapes, line=line, text=reader.source(line), batch_size=2, of_tensor=True))
        )


def _apart(wanted: Sizes, came: Sizes) -> bool:
    """Whether one of the axes, without the batch, has another size."""
    if len(wanted) != len(came):
        longer = max(wanted, came, key=len)
        return abs(len(wanted) - len(came)) > 1 or longer[-1] != 1  # which Keras adds or drops
    return any(a != b for a, b in zip(wanted[1:], came[1:], strict=True) if a is not None)


def replay(reader: Reader, model: ModelV, inputs: list[Value]) -> Value:
    """Run a functional model's calls on other tensors."""
    moved: dict[Ref, Ref] = {
        old: new.ref for old, new in zip(model.inputs, inputs, strict=False) if isinstance(new, Ten)
    }
    needed = reader.graph.needed(model.outputs)
    reader.budget.model(len(needed))
    for number in needed:
        call = reader.graph.calls[number]
        refs = tuple(moved.get(ref, ref) for ref in call.inputs)
        states = tuple(moved.get(ref, ref) for ref in call.states)
        again = reader.graph.call(call.layer, refs, states, call.line or 1, call.text)
        for output in range(reader.graph.outputs_of(number)):
            moved[Ref("call", number, output)] = Ref("call", again, output)
    ends = [Ten(moved.get(ref, ref)) for ref in model.outputs]
    return ends[0] if len(ends) == 1 else ends
