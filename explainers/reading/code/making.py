"""A layer is made: its arguments are read, and those of older versions translated."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from explainers.reading.code.calling import apply
from explainers.reading.code.layers import Written, channels_first_throughout, modern, with_channels_first
from explainers.reading.code.objects import attribute_of
from explainers.reading.code.per_step import at_each_step
from explainers.reading.code.values import (
    CellV,
    FuncV,
    LayerV,
    Missing,
    ModelV,
    ObjV,
    Sym,
    Ten,
    Value,
    of_lambda,
)
from explainers.reading.literal import BY_NAME, today_name

if TYPE_CHECKING:
    from explainers.reading.code.evaluator import Reader


def new_layer(reader: Reader, symbol: Sym, node: ast.Call) -> Value:
    """A layer class is called: read its arguments, translate the old ones."""
    positional, named = reader.arguments(node)
    names = BY_NAME[symbol.last].order if symbol.last in BY_NAME else ()
    literal = [
        reader.literal(v, names[i] if i < len(names) else f"{symbol.last}'s argument {i + 1}")
        for i, v in enumerate(positional)
    ]
    arguments = {key: reader.literal(v, key) for key, v in named.items() if not isinstance(v, Ten | ModelV)}
    inside = positional[0] if positional else named.get("layer")
    if symbol.last == "TimeDistributed" and isinstance(inside, ModelV):
        apart = at_each_step(reader, inside, arguments, reader.line(node))
        if apart is None:
            reader.skip(node, f"{reader.short(node)}, around a model that branches, isn't read here")
        return apart if apart is not None else Missing(reader.short(node))
    written = modern(symbol.last, literal, arguments, reader.line(node))
    if written is None:
        return Missing(reader.short(node))
    written = with_channels_first(written) if channels_first_throughout(reader.text) else written
    take_over(reader, written, positional, named)
    reader.renamed += written.renamed
    if symbol.name.startswith(("tf.", "tensorflow.")) or "tensorflow" in reader.text:
        reader.removed += [
            (written.spec.class_name, argument)
            for argument in written.removed
            if argument in ("batch_input_shape", "input_length") or (argument == "batch_size")
        ]
    layer = LayerV(written)
    reader.puts_in(layer, named.get("weights"), node)
    reader.loose.append(layer)
    reader.all_written.append(written)
    return layer


def take_over(reader: Reader, written: Written, positional: list[Value], named: dict[str, Value]) -> None:
    """A wrapper takes the input shape of what it wraps."""
    for value in (*positional, *named.values()):
        if isinstance(value, LayerV):
            if value in reader.loose:
                reader.loose.remove(value)
            for key, shape in value.written.shape_arguments.items():
                if written.spec.class_name == "Bidirectional" or _with_steps(value.written, shape):
                    written.shape_arguments.setdefault(key, shape)


def _with_steps(inner: Written, shape: Value) -> bool:
    """Whether a shape on the inner layer counts the steps, too: it was meant for the wrapper around it."""
    facts = BY_NAME.get(inner.spec.class_name)
    return facts is not None and isinstance(shape, tuple) and len(shape) == facts.rank


def new_lambda(reader: Reader, symbol: Sym, node: ast.Call) -> Value:
    """Lambda(f): the function itself is read where it is called."""
    positional, named = reader.arguments(node)
    function = positional[0] if positional else named.get("function")
    if isinstance(function, FuncV):
        return replace(function, lambda_layer=True)
    if isinstance(function, Sym):
        argument = ast.arguments([], [ast.arg("x")], None, [], [], None, [])
        given = node.args[0] if node.args else next(word.value for word in node.keywords if word.arg == "function")
        body = ast.Call(given, [ast.Name("x", ast.Load())], [])
        return replace(of_lambda(ast.copy_location(ast.Lambda(argument, body), node)), lambda_layer=True)
    return Missing(reader.short(node))


def custom_cell(reader: Reader, node: ast.Call) -> CellV | None:
    """RNN(MyCell(…)), where MyCell is a class of the text."""
    positional, named = reader.arguments(node)
    cell = positional[0] if positional else named.get("cell")
    cells = list(cell) if isinstance(cell, list | tuple) and cell else [cell]
    if not isinstance(cells[-1], ObjV) or (len(cells) > 1 and named.get("return_state") is True):
        return None
    cell = cells[-1]  # of several, one on the other, it makes the output
    for size in ("state_size", "output_size"):
        cell.attributes[size] = attribute_of(reader, cell, size)
    return CellV(cell, named.get("return_sequences") is True, named.get("return_state") is True, reader.line(node))


def misplaced_tensor(reader: Reader, symbol: Sym, node: ast.Call) -> Value:
    """``Flatten(x)`` and ``Bidirectional(LSTM(4)(x))``: a tensor where a layer is made. Read as it was meant."""
    name, first = symbol.last, node.args[0]
    inner = first if isinstance(first, ast.Call) and isinstance(first.func, ast.Call) else None
    parts = first.elts if isinstance(first, ast.List) and first.elts else [first]
    if inner is None and not all(isinstance(part, ast.Name) for part in parts):
        return None  # anything else makes a layer when it is read, and is read only once
    if inner is not None and BY_NAME[today_name(name) or "Dense"].group in ("wrapper", "rnn_wrapper"):
        return wrapped_output(reader, name, node, inner)
    values = [reader.value(part) for part in parts]
    if not all(isinstance(value, Ten) for value in values):
        return Missing(reader.short(node)) if inner is not None else None
    plain = ast.copy_location(ast.Call(node.func, node.args[1:], node.keywords), node)
    reader.as_meant(
        f"{name}({reader.short(first)}) only makes the layer, but the tensor is where its arguments belong. Pass the "
        "layer's input in a second pair of parentheses",
        ast.Call(plain, [first], []),
    )
    made = new_layer(reader, symbol, plain)
    return apply(reader, made, values, [], reader.line(node)) if isinstance(made, LayerV) else made


def wrapped_output(reader: Reader, name: str, node: ast.Call, inner: ast.Call) -> Value:
    """``Bidirectional(LSTM(4)(x))``: the wrapper belongs around the layer, not around what it gives."""
    made = ast.copy_location(ast.Call(node.func, [inner.func, *node.args[1:]], node.keywords), node)
    call = ast.copy_location(ast.Call(made, inner.args, inner.keywords), node)
    layer = reader.short(inner.func.func if isinstance(inner.func, ast.Call) else inner.func)
    reader.as_meant(f"{name} wraps a layer, but here it gets what {layer} returns. Wrap the layer, then call it", call)
    return reader.value(call)
