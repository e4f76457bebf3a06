"""Graph code of TensorFlow 1: placeholders, tf.layers, cells and variables, read as the layers that Keras has."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from explainers.core.layers.book import cell_of
from explainers.core.layers.signatures import arguments_of
from explainers.core.spec import Argument, Ref
from explainers.reading.code.any_operation import any_operation
from explainers.reading.code.calling import apply
from explainers.reading.code.given import tensor
from explainers.reading.code.layers import modern
from explainers.reading.code.models import NOT_READ_ON
from explainers.reading.code.names import dotted
from explainers.reading.code.values import NOT_READ, Arr, LayerV, Missing, ModelV, Sym, Ten, Value, Weight
from explainers.reading.literal import BY_NAME

if TYPE_CHECKING:
    from explainers.reading.code.evaluator import Reader

_OF_THE_CALL = ("inputs", "training", "reuse", "is_training", "scope")  # which Keras' layer isn't made with
_CELL = re.compile(r"(?:Basic)?(\w{1,12}?)(?:Block)?Cell")
_LOSSES = (
    "softmax_cross_entropy_with_logits", "softmax_cross_entropy_with_logits_v2", "softmax_cross_entropy",
    "sparse_softmax_cross_entropy_with_logits", "sparse_softmax_cross_entropy", "sigmoid_cross_entropy_with_logits",
    "sigmoid_cross_entropy", "weighted_cross_entropy_with_logits",
)  # fmt: skip


def of_first_tensorflow(reader: Reader, symbol: Sym, node: ast.Call) -> Value:
    """What a function of TensorFlow 1 makes; NOT_READ for any other call."""
    if symbol.name.partition(".")[0] not in ("tf", "tensorflow") or "keras" in symbol.name:
        return NOT_READ
    if ".layers." in symbol.name and (name := _layer_named(symbol.last)):
        return _layer_function(reader, name, node)
    if "rnn" in symbol.name and (name := _run_by(symbol.last)):
        return _cell(reader, name, node)
    read = _FUNCTIONS.get(symbol.last) or _FUNCTIONS.get(".".join(symbol.name.split(".")[-2:]))
    return read(reader, symbol, node) if read is not None else NOT_READ


GRAPH_CODE = "This is graph code of TensorFlow 1, which today's TensorFlow doesn't run: its layers are shown in Keras"


def _told(reader: Reader, node: ast.Call, today: str) -> None:
    """That it is gone, and what Keras has in its place."""
    if not reader.first_tensorflow:
        reader.first_tensorflow = True
        reader.renamed.append(GRAPH_CODE)
    reader.renamed.append(f"{dotted(node.func)} is {today}")


def _placeholder(reader: Reader, symbol: Sym, node: ast.Call) -> Value:
    """``tf.placeholder(tf.float32, [None, 28, 28])``: the first axis is the batch."""
    positional, named = reader.arguments(node)
    sizes = reader.sizes(named.get("shape", positional[1] if len(positional) > 1 else None))
    if not sizes:
        return Missing(reader.short(node))
    _told(reader, node, "keras.Input, without the batch axis")
    kind = positional[0] if positional else named.get("dtype")
    whole = isinstance(kind, Sym) and kind.last.startswith(("int", "uint"))
    return Ten(reader.graph.add_input(sizes, "", "int32" if whole else "float32", "Input"))


def _layer_named(function: str) -> str:
    """MaxPooling2D for ``max_pooling2d``; "" for what is no layer."""
    words = function.replace("_", "").replace("fullyconnected", "dense")
    return next((name for name in BY_NAME if name.lower() == words), "") if function[:1].islower() else ""


def _layer_function(reader: Reader, name: str, node: ast.Call) -> Value:
    """``tf.layers.dense(x, 10)``: a layer that is made and called at once."""
    positional, named = reader.arguments(node)
    given = [*positional] if "inputs" in named else positional[1:]
    value = named.get("inputs", positional[0] if positional else None)
    value = tensor(reader, value) if isinstance(value, Arr) else value
    _told(reader, node, f"layers.{name}")
    arguments = {key: reader.literal(part, key) for key, part in named.items() if key not in _OF_THE_CALL}
    if name == "Dropout":
        given, arguments = [], {"rate": 0.5}  # its place in contrib is that of keep_prob
    if dotted(node.func).endswith("fully_connected"):
        arguments = {{"num_outputs": "units", "activation_fn": "activation"}.get(k, k): v for k, v in arguments.items()}
        arguments.setdefault("activation", "relu")
    written = modern(name, [reader.literal(part, name) for part in given], arguments, reader.line(node))
    if written is None or not isinstance(value, Ten):
        return Missing(reader.short(node))
    return apply(reader, LayerV(written), [value], [], reader.line(node))


def _run_by(cell: str) -> str:
    """The layer that runs a cell: LSTM for ``BasicLSTMCell``; "" for what is no cell."""
    found = _CELL.fullmatch(cell)
    names = (found[1], f"Simple{found[1]}") if found is not None else ()
    return next((name for name in names if cell_of(name) is not None), "")


def _cell(reader: Reader, name: str, node: ast.Call) -> Value:
    """``tf.contrib.rnn.BasicLSTMCell(64)``: the layer that runs such a cell."""
    positional, named = reader.arguments(node)
    units = reader.literal(positional[0] if positional else named.get("num_units", named.get("units")), "units")
    both: dict[str, Argument] = {"units": units, "return_sequences": True, "return_state": True}
    both |= {"reset_after": False} if "reset_after" in arguments_of(name) else {}  # it has one bias for each gate
    written = modern(name, [], both, reader.line(node))
    if written is None:
        return Missing(reader.short(node))
    _told(reader, node, f"layers.{name}, which runs its cell itself")
    return LayerV(written)


def _wrapped_cell(reader: Reader, symbol: Sym, node: ast.Call) -> Value:
    """``DropoutWrapper(cell, …)`` keeps every shape; ``MultiRNNCell([…])`` is its cells, one on the other."""
    positional, named = reader.arguments(node)
    return positional[0] if positional else named.get("cell", named.get("cells", Missing(reader.short(node))))


def _dynamic_rnn(reader: Reader, symbol: Sym, node: ast.Call) -> Value:
    """``outputs, state = tf.nn.dynamic_rnn(cell, x)``: each timestep's output, and the last states."""
    positional, named = reader.arguments(node)
    cell = named.get("cell", positional[0] if positional else None)
    current = named.get("inputs", positional[1] if len(positional) > 1 else None)
    cells = list(cell) if isinstance(cell, list | tuple) else [cell]
    if isinstance(current, list):
        current = _unstacked(reader, current)
    states: list[Value] = []
    for layer in cells:
        if not isinstance(layer, LayerV) or not isinstance(current, Ten) or named.get("time_major") is True:
            reader.skip(node, f"{reader.short(node)}{NOT_READ_ON}")
            return Missing(reader.short(node))
        current = apply(reader, layer, [current], [], reader.line(node))
        states.append(_states_of(reader, current))
        current = Ten(current.ref) if isinstance(current, Ten) else current  # the output alone goes on
    _told(reader, node, "a recurrent layer with return_sequences=True and return_state=True")
    last = states[0] if len(states) == 1 else states
    return [current if symbol.last == "dynamic_rnn" else _each_step(reader, current, node), last]


def _unstacked(reader: Reader, steps: list[Value]) -> Value:
    """The sequence that ``tf.unstack(x, 28, 1)`` made one tensor for each timestep of."""
    numbers = {step.ref.index for step in steps if isinstance(step, Ten) and step.ref.source == "call"}
    call = reader.graph.calls[numbers.pop()] if len(numbers) == 1 else None
    made = reader.graph.layers[call.layer] if call is not None else None
    if call is None or made is None or made.class_name != "ops.unstack" or made.get("axis") != 1:
        return NOT_READ
    return Ten(call.inputs[0])


def _each_step(reader: Reader, outputs: Value, node: ast.Call) -> Value:
    """What static_rnn returns: a list with the output of each timestep."""
    sizes = reader.graph.made.get(outputs.ref) if isinstance(outputs, Ten) else None
    parts = any_operation(reader, "tf.unstack", [outputs], {"axis": 1}, node) if sizes and sizes[1] else NOT_READ
    return parts if isinstance(parts, list) else Missing(reader.short(node))


def _states_of(reader: Reader, output: Value) -> Value:
    """The state behind a layer's output: of an LSTM c and h, as LSTMStateTuple has them."""
    if not isinstance(output, Ten):
        return output
    number = output.ref.index
    several = [Ten(Ref("call", number, i)) for i in range(1, reader.graph.outputs_of(number))]
    return several[0] if len(several) == 1 else several[::-1]


def _variable(reader: Reader, symbol: Sym, node: ast.Call) -> Value:
    """``tf.Variable(tf.random_normal([5, 3]))`` and ``tf.get_variable("w", [5, 3])``: a weight of that shape."""
    positional, named = reader.arguments(node)
    shape = named.get("shape", positional[1] if symbol.last == "get_variable" and len(positional) > 1 else None)
    sizes = reader.sizes(shape) if isinstance(shape, list | tuple) else None
    first = positional[0] if positional else named.get("initial_value")
    if sizes is None and isinstance(first, Arr):
        sizes = first.sizes
    return Weight(sizes) if sizes and None not in sizes else Missing(reader.short(node))


def _convolved(reader: Reader, symbol: Sym, node: ast.Call) -> Value:
    """``tf.nn.conv2d(x, w, strides=[1, 1, 1, 1], padding="SAME")``: the weight says filters and kernel."""
    positional, named = reader.arguments(node)
    x, w, strides, padding = _in_order(positional, named, ("input", "filter", "strides", "padding"))
    w = w if w is not None else named.get("filters")
    if not isinstance(x, Ten) or not isinstance(w, Weight) or len(w.sizes) != 4:
        return NOT_READ
    arguments = {"filters": w.sizes[3], "kernel_size": w.sizes[:2], "use_bias": False, **_steps(strides, padding)}
    return _applied(reader, "Conv2D", arguments, x, node)


def _pooled(reader: Reader, symbol: Sym, node: ast.Call) -> Value:
    """``tf.nn.max_pool(x, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="SAME")``."""
    positional, named = reader.arguments(node)
    x, size, strides, padding = _in_order(positional, named, ("value", "ksize", "strides", "padding"))
    x = x if x is not None else named.get("input")
    if not isinstance(x, Ten) or not isinstance(size, list | tuple) or not _of_images(size):
        return NOT_READ
    name = "MaxPooling2D" if "max" in symbol.last else "AveragePooling2D"
    return _applied(reader, name, {"pool_size": tuple(size[1:3]), **_steps(strides, padding)}, x, node)


def _in_order(positional: list[Value], named: dict[str, Value], order: tuple[str, ...]) -> list[Value]:
    given = dict(zip(order, positional, strict=False)) | named
    return [given.get(key) for key in order]


def _of_images(sizes: Value) -> bool:
    return isinstance(sizes, list | tuple) and len(sizes) == 4 and all(isinstance(n, int) for n in sizes)


def _steps(strides: Value, padding: Value) -> dict[str, Argument]:
    """strides and padding as Keras writes them."""
    made: dict[str, Argument] = {"padding": padding.lower()} if isinstance(padding, str) else {}
    if isinstance(strides, list | tuple) and _of_images(strides):
        made["strides"] = tuple(strides[1:3])
    return made


def _applied(reader: Reader, name: str, arguments: dict[str, Argument], value: Ten, node: ast.Call) -> Value:
    written = modern(name, [], arguments, reader.line(node))
    return apply(reader, LayerV(written), [value], [], reader.line(node)) if written is not None else NOT_READ


def _looked_up(reader: Reader, symbol: Sym, node: ast.Call) -> Value:
    """``tf.nn.embedding_lookup(table, ids)``."""
    positional, named = reader.arguments(node)
    table, ids = _in_order(positional, named, ("params", "ids"))
    if not isinstance(ids, Ten) or not isinstance(table, Weight) or len(table.sizes) != 2:
        return NOT_READ
    _told(reader, node, "layers.Embedding")
    return _applied(reader, "Embedding", {"input_dim": table.sizes[0], "output_dim": table.sizes[1]}, ids, node)


def _biased(reader: Reader, symbol: Sym, node: ast.Call) -> Value:
    """``tf.nn.bias_add(x, b)``: a sum."""
    added = ast.copy_location(ast.BinOp(node.args[0], ast.Add(), node.args[1]), node) if len(node.args) > 1 else None
    return reader.value(added) if added is not None else NOT_READ


def _loss(reader: Reader, symbol: Sym, node: ast.Call) -> Value:
    """A loss of logits: these are what the model returns, so what is made of them and the labels is no part of it."""
    positional, named = reader.arguments(node)
    logits = named.get("logits", next((part for part in reversed(positional[:2]) if isinstance(part, Ten)), None))
    if isinstance(logits, Ten):
        inputs = reader.graph.sources([logits.ref])
        reader.models.append(ModelV(False, inputs=inputs, outputs=[logits.ref], line=reader.line(node)))
    return Missing(reader.short(node))


_FUNCTIONS: dict[str, Callable[[Reader, Sym, ast.Call], Value]] = {
    "placeholder": _placeholder,
    **dict.fromkeys(("dynamic_rnn", "static_rnn"), _dynamic_rnn),
    **dict.fromkeys(("DropoutWrapper", "MultiRNNCell"), _wrapped_cell),
    **dict.fromkeys(("Variable", "get_variable"), _variable),
    "nn.conv2d": _convolved,
    **dict.fromkeys(("max_pool", "avg_pool"), _pooled),
    "embedding_lookup": _looked_up,
    "bias_add": _biased,
    **dict.fromkeys(_LOSSES, _loss),
}
