"""A layer is called: which tensors go in, and what the graph makes of it."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from explainers.core.layers import MERGES, QUERY_AND_VALUE
from explainers.core.spec import Check, Ref, Sizes
from explainers.reading.code.found import CALL_TOO, ONE_LIST
from explainers.reading.code.given import tensor
from explainers.reading.code.patterns import cell_widths
from explainers.reading.code.values import (
    NOT_READ,
    Arr,
    CellCall,
    CellV,
    Items,
    LayerV,
    Missing,
    Ten,
    Value,
    line_of,
)
from explainers.reading.literal import BY_NAME, known

if TYPE_CHECKING:
    from explainers.reading.code.evaluator import Reader


NOT_THERE = "isn't in the text"  # ends the origin of an Input that takes the place of a gap
OF_CELL = "the output of RNN("  # begins the origin of what a cell of the text returns


def dtype_of(layer: LayerV | None) -> str:
    """The dtype of what a layer reads."""
    rules = BY_NAME.get(layer.written.spec.class_name) if layer is not None else None
    return "int32" if rules and rules.group == "embedding" else "float32"


def declared_shape(reader: Reader, layer: LayerV) -> Sizes | None:
    """input_shape, batch_input_shape, input_dim with input_length."""
    given = layer.written.shape_arguments
    if not given:
        return None
    batch = reader.whole(given["batch_size"]) if given.get("batch_size") is not None else None
    for key in ("batch_input_shape", "input_shape"):
        if key in given:
            sizes = reader.sizes(given[key])
            if sizes is not None:
                return sizes if key == "batch_input_shape" else (batch, *sizes)
    length = reader.whole(given["input_length"]) if given.get("input_length") is not None else None
    rules = BY_NAME.get(layer.written.spec.class_name)
    if rules and rules.group == "embedding":
        return (batch, length) if "input_length" in given or "batch_size" in given else None
    if "input_dim" in given:
        width = reader.whole(given["input_dim"])
        steps: Sizes = (length,) if (rules.rank if rules else 2) == 3 or "input_length" in given else ()
        return (batch, *steps, width)
    return None


def example_shape(reader: Reader, layer: LayerV | None) -> Sizes:
    """A shape to show the model with, where the text gives none; said to be an example."""
    rules = BY_NAME.get(layer.written.spec.class_name) if layer is not None else None
    rank = max(2, (rules.rank if rules else None) or 2)  # a batch, and at least one number for each sample
    if rules and rules.group == "embedding":
        return (None, None)
    names = rules.axes if rules and len(rules.axes) == rank else tuple(f"axis {i}" for i in range(rank))
    sizes = tuple(reader.example(f"the input's {name}") for name in names[1:])
    reader.asked.setdefault("input", f"What is the shape of one sample ({', '.join(names[1:])})?")
    return (None, *sizes)


_ROLES = ("query", "value", "key")


def call_layer(reader: Reader, layer: LayerV, node: ast.Call) -> Value:
    """``LSTM(4)(x, initial_state=[h, c])``."""
    positional, named = reader.arguments(node)
    facts = BY_NAME.get(layer.written.spec.class_name)
    group = facts.group if facts is not None else ""
    positional += [named[role] for role in _ROLES[len(positional) :] if role in named]  # attention(query=x, value=y)
    inputs = positional[0] if positional else named.get("inputs", named.get("sequence"))
    if isinstance(inputs, tuple) and all(isinstance(v, int) or v is None for v in inputs):
        return Missing(reader.short(node))
    if isinstance(inputs, Items) and inputs and all(type(v) is int for v in inputs):  # tf.range(20)
        inputs = Arr(reader.short(node.args[0]) if node.args else "a range", (inputs.total,))
    values = [_called(reader, v, node) for v in (inputs if isinstance(inputs, list | tuple) else [inputs])]
    if len(positional) > 1 and isinstance(positional[1], Ten | Arr):
        values += positional[1:]  # attention(query, value)
        if layer.written.spec.class_name in MERGES:
            _in_one_list(reader, layer, node)
    if "states" in named or (group == "cell" and len(positional) > 1):
        reader.skip(node, f"{reader.short(node)} isn't read here: one step of a cell")
        if layer in reader.loose:
            reader.loose.remove(layer)  # it is called
        return Missing(reader.short(node))
    states = named.get("initial_state", [])
    if group in ("rnn", "rnn_wrapper") and len(values) > 1:
        values, states = values[:1], values[1:]
    held = [tensor(reader, v) for v in (states if isinstance(states, list | tuple) else [states])]
    mask = _mask(reader, layer, node, named)
    return apply(reader, layer, [tensor(reader, v) for v in values], held, reader.line(node), mask)


def _mask(reader: Reader, layer: LayerV, node: ast.Call, named: Mapping[str, Value]) -> Value:
    """What a call may look at: one tensor or array. What isn't followed, like a list of masks, is told."""
    takes = _called_with(layer)
    given = {name: named[name] for name in ("mask", "attention_mask") if named.get(name) is not None}
    followed = [value for name, value in given.items() if name in takes and isinstance(value, Ten | Arr)]
    if len(followed) < len(given):
        reader.skip(node, f"the mask of {layer.written.spec.class_name} isn't read here")
    return tensor(reader, followed[0]) if followed else None


def _called(reader: Reader, value: Value, node: ast.Call) -> Value:
    """``x = Dense(9)`` in the place of ``x = Dense(9)(x)``: a layer where a tensor belongs. Read as it was meant."""
    name = node.args[0].id if node.args and isinstance(node.args[0], ast.Name) else ""
    if not isinstance(value, LayerV) or name not in reader.replaced:
        return value
    made = f"{value.written.spec.class_name}(…)"
    call = ast.copy_location(ast.Call(ast.Name(made, ast.Load()), [ast.Name(name, ast.Load())], []), node)
    cause = f"{name} is a layer here, not a tensor: line {line_of(value)} makes it and doesn't call it. It was meant as"
    reader.as_meant(cause, call, CALL_TOO)
    return apply(reader, value, [reader.replaced[name]], [], line_of(value))


def _in_one_list(reader: Reader, layer: LayerV, node: ast.Call) -> None:
    """``Concatenate()(a, b)``: a layer that joins reads one list of tensors. Read as it was meant."""
    listed = ast.copy_location(ast.List([*node.args], ast.Load()), node)
    call = ast.copy_location(ast.Call(node.func, [listed], node.keywords), node)
    cause = f"{layer.written.spec.class_name} reads one list of tensors; here they are given one after the other"
    reader.as_meant(cause, call, ONE_LIST)


def apply(
    reader: Reader,
    layer: LayerV,
    inputs: Sequence[Value],
    states: Sequence[Value],
    line: int,
    mask: Value = None,
) -> Value:
    """One call of a layer in the graph."""
    tensors = [v for v in inputs if isinstance(v, Ten)]
    wrong = next((v for v in inputs if not isinstance(v, Ten)), NOT_READ)
    if len(tensors) < len(inputs):
        if not isinstance(wrong, Missing) or layer.written.spec.get("merged"):
            return Missing("a tensor that couldn't be read")
        rules = known(layer.written.spec.class_name)
        if len(inputs) > 1 or rules is None:
            return Missing("a tensor that couldn't be read")
        shape = declared_shape(reader, layer) or example_shape(reader, layer)
        tensors = [Ten(reader.graph.add_input(shape, "", dtype_of(layer), f"an example: {wrong.name} {NOT_THERE}"))]
    if layer.index is None:
        layer.index = reader.graph.add_layer(layer.written.spec)
    if layer in reader.loose:
        reader.loose.remove(layer)
    note_ignored(reader, layer, tensors)
    for value in tensors:
        _one_of_several(reader, layer, value)
    refs = tuple(v.ref for v in tensors)
    held = tuple(v.ref for v in states if isinstance(v, Ten))
    of_mask = mask.ref if isinstance(mask, Ten) and _called_with(layer) else None
    number = reader.graph.call(layer.index, refs, held, line, reader.source(line), of_mask)
    if not reader.in_layer:
        reader.outside.add(number)
    outputs = reader.graph.outputs_of(number)
    return Ten(Ref("call", number), whole=outputs > 1)


_TAKE_SEVERAL = ("merge", "same")  # groups of layers that take a list of tensors, too


def _one_of_several(reader: Reader, layer: LayerV, value: Ten) -> None:
    """A layer of one tensor that is given all that a recurrent layer returns: its states, too."""
    facts, ref = BY_NAME.get(layer.written.spec.class_name), value.ref
    if not value.whole or ref.source != "call" or facts is None or facts.group in _TAKE_SEVERAL:
        return
    call = reader.graph.calls[ref.index]
    check = Check("unpack", number=1, line=call.line, text=reader.source(call.line or 0), layer=str(ref.index))
    if not any(made == check for _, made in reader.checks):
        reader.checks.append((None, check))


def _called_with(layer: LayerV) -> tuple[str, ...]:
    """What a call takes besides its input, where it is followed here: a mask of steps, or of which keys are seen."""
    facts = BY_NAME.get(layer.written.spec.class_name)
    if layer.written.spec.class_name in QUERY_AND_VALUE:
        return ("attention_mask",)
    return ("mask",) if facts is not None and facts.group in ("rnn", "rnn_wrapper") else ()


def note_ignored(reader: Reader, layer: LayerV, inputs: list[Ten]) -> None:
    """input_shape on a later layer does nothing; where it disagrees with what comes, that is worth a word."""
    declared = declared_shape(reader, layer) if layer.written.shape_arguments else None
    came = reader.graph.made.get(inputs[0].ref) if inputs else None
    if declared is None or came is None or inputs[0].ref.source == "input":
        return
    if declared[1:] != came[1:] and not any(a is None for a in declared[1:]):
        reader.ignored.append((layer, declared))
        reader.notes.append(
            f"input_shape={declared[1:]} on {layer.written.spec.class_name} is ignored: {came} reaches it."
        )


def call_cell(reader: Reader, layer: CellV, node: ast.Call) -> Value:
    """``RNN(MyCell(…))(x, constants=z)``."""
    positional, named = reader.arguments(node)
    inputs = positional[0] if positional else named.get("inputs", named.get("sequence"))
    return apply_cell(reader, layer, reader.tensors(inputs), reader.tensors(named.get("constants")))


def apply_cell(reader: Reader, layer: CellV, inputs: Sequence[Value], constants: Sequence[Value]) -> Value:
    """What comes out of a cell that isn't rebuilt: an Input of the widths that the class names."""
    shapes = [reader.graph.made.get(t.ref) for t in inputs if isinstance(t, Ten)]
    held = [reader.graph.made.get(t.ref) for t in constants if isinstance(t, Ten)]
    reader.custom.read |= {
        reader.graph.inputs[t.ref.index].name for t in inputs if isinstance(t, Ten) and t.ref.source == "input"
    }
    known_shapes = tuple(s for s in shapes if s is not None)
    reader.custom.calls.append(
        CellCall(layer.cell, known_shapes, tuple(s for s in held if s is not None), layer.sequences)
    )
    outputs, states = cell_widths(layer.cell)
    if not known_shapes or not outputs:
        return Missing(f"the output of RNN({layer.cell.cls.node.name})")
    front = known_shapes[0][:2] if layer.sequences else known_shapes[0][:1]
    sizes = [(*front, n) for n in outputs] + [(front[0], n) for n in (states if layer.state else ())]
    origin = f"{OF_CELL}{layer.cell.cls.node.name})"
    made = [Ten(reader.graph.add_input(size, "", "float32", origin)) for size in sizes]
    return made[0] if len(made) == 1 else made
