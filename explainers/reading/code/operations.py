"""Operations on tensors, as nodes of the graph: keras.ops, keras.backend, tf."""

from __future__ import annotations

import ast
import math
import string
from collections.abc import Sequence
from typing import TYPE_CHECKING

from explainers.core.spec import Argument, LayerSpec, Ref, Sizes
from explainers.reading.code.given import tensor
from explainers.reading.code.values import (
    Arr,
    Missing,
    Ten,
    Value,
    Weight,
)
from explainers.reading.tensor_operations import EACH, MORE, NAMED, OF_TWO, SHAPED, SWAP_FIRST

if TYPE_CHECKING:
    from explainers.reading.code.evaluator import Reader

OPERATIONS = {  # as a library calls it -> as keras.ops does
    **MORE,
    "sum": "sum",
    "reduce_sum": "sum",
    "mean": "mean",
    "reduce_mean": "mean",
    "max": "max",
    "reduce_max": "max",
    "multiply": "multiply",
    "matmul": "matmul",
    "add": "add",
    "subtract": "subtract",
    "divide": "divide",
    "expand_dims": "expand_dims",
    "squeeze": "squeeze",
    "concat": "concatenate",
    "concatenate": "concatenate",
    "softmax": "softmax",
    "tanh": "tanh",
    "sigmoid": "sigmoid",
    "relu": "relu",
    "exp": "exp",
    "square": "square",
    "transpose": "transpose",
    "permute_dimensions": "transpose",
    "swapaxes": "swapaxes",
    "reshape": "reshape",
    "dot": "matmul",
    "abs": "abs",
}


def _turned(reader: Reader, value: Value, named: dict[str, Value], key: str, node: ast.AST) -> Value:
    """``transpose_b=True`` of tf.matmul: the last two axes change places first."""
    sizes = reader.graph.made.get(value.ref) if isinstance(value, Ten) else None
    if named.get(key) is not True:
        return value
    if sizes is None or len(sizes) < 2:
        return Missing(reader.short(node)) if isinstance(value, Ten) else value
    rank = len(sizes)
    return operate(reader, "transpose", [value], {"axes": (*range(rank - 2), rank - 1, rank - 2)}, node)


def _flags_of_tensorflow(reader: Reader, named: dict[str, Value], node: ast.Call) -> None:
    """``keras.ops.matmul(a, b, transpose_b=True)``: tf.matmul has such flags, that of Keras has not. Read as meant."""
    flags = [key for key in named if key in ("transpose_a", "transpose_b")]
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    named_ops = owner.attr if isinstance(owner, ast.Attribute) else owner.id if isinstance(owner, ast.Name) else ""
    if not flags or len(node.args) < 2 or owner is None or named_ops != "ops":
        return
    swap = ast.Attribute(owner, "swapaxes", ast.Load())
    ends: list[ast.expr] = [ast.Constant(-1), ast.Constant(-2)]
    turned = [f"transpose_{'ab'[i]}" in flags for i in range(2)]
    args = [ast.Call(swap, [a, *ends], []) if turn else a for a, turn in zip(node.args, turned, strict=False)]
    call = ast.copy_location(ast.Call(node.func, args, []), node)
    cause = f"keras.ops.matmul has no {flags[0]}; tf.matmul has. Swap the last two axes of that operand yourself"
    reader.as_meant(cause, call, SWAP_FIRST, "old_argument")


def _swapped(reader: Reader, positional: list[Value], node: ast.AST) -> Value:
    """``ops.swapaxes(x, -1, -2)``, as the transpose that it is."""
    value, *places = positional
    sizes = reader.graph.made.get(value.ref) if isinstance(value, Ten) else None
    axes = list(range(len(sizes or ())))
    numbers = [place for place in places if isinstance(place, int) and -len(axes) <= place < len(axes)]
    if len(numbers) != 2 or len(places) != 2:
        return Missing(reader.short(node))
    one, other = numbers
    axes[one], axes[other] = axes[other], axes[one]
    return operate(reader, "transpose", [value], {"axes": tuple(axes)}, node)


def _open_once(reader: Reader, positional: list[Value]) -> list[Value] | None:
    """``ops.reshape(x, (batch, 4, 8))``: the size that the data decide is worked out, one of them at most.

    ``ops.reshape(x, (batch, -1, 8))`` leaves two open, and the tensor says what the second one is.
    """
    shape = positional[1] if len(positional) > 1 else None
    if not isinstance(shape, tuple | list):
        return positional
    sizes = [-1 if isinstance(n, Missing) and n.open else n for n in shape]
    if sizes.count(-1) == 2 and sizes[0] == -1 != shape[0] and isinstance(positional[0], Ten):
        rest = _worked_out(reader.graph.made.get(positional[0].ref) or (), sizes[1:])
        sizes = [-1, *rest] if rest is not None else sizes
    return [positional[0], tuple(sizes), *positional[2:]] if sizes.count(-1) <= 1 else None


def _worked_out(came: Sizes, wanted: list[Value]) -> list[Value] | None:
    """The sizes of a sample with its -1 worked out; None where the tensor doesn't say."""
    known = [n for n in wanted if isinstance(n, int) and n > 0]
    numbers = [n for n in came[1:] if n is not None]
    if len(known) < len(wanted) - 1 or not numbers or len(numbers) < len(came) - 1:
        return None
    open_one, left = divmod(math.prod(numbers), math.prod(known))
    return [open_one if n == -1 else n for n in wanted] if not left else None


def _shaped(reader: Reader, name: str, positional: list[Value], named: dict[str, Value], node: ast.AST) -> Value:
    """An operation whose arguments decide the shape, all of which the text gives."""
    if name == "einsum":
        positional = [list(positional[1:]), *positional[:1]]
    operands = positional[0] if isinstance(positional[0], list) else positional[:1]
    given = {NAMED.get(key, key): value for key, value in named.items()}
    given |= dict(zip(SHAPED[name], positional[1:], strict=False))
    if name.startswith("image."):
        given = {key: _of_pictures(value) for key, value in given.items()}
    arguments = [(key, literal(given[key])) for key in SHAPED[name] if key in given]
    operands = [_as_tensor(reader, operand) for operand in operands] if name == "einsum" else operands
    refs = tuple(operand.ref for operand in operands if isinstance(operand, Ten))
    weights = [operand for operand in operands if isinstance(operand, Weight)] if len(operands) == 2 else []
    if len(refs) + len(weights) < len(operands) or not refs or any(value is NotImplemented for _, value in arguments):
        return Missing(reader.short(node))
    arguments += _of_weight(weights, operands)
    return operation_node(reader, f"ops.{name}", tuple(arguments), refs, node)


def _of_pictures(value: Value) -> Value:
    """``[1, 6, 6, 1]`` of tf.image is (6, 6) for Keras, and "VALID" is "valid"."""
    if isinstance(value, list | tuple) and len(value) == 4 and value[0] == value[3] == 1:
        return 1 if value[1:3] in ([1, 1], (1, 1)) else tuple(value[1:3])
    return value.lower() if isinstance(value, str) else value


def _of_weight(weights: list[Weight], operands: Sequence[Value]) -> list[tuple[str, Argument]]:
    """What a node says of the weight that it combines with its tensor."""
    if not weights:
        return []
    return [("weight", tuple(weights[0].sizes)), ("weight_first", isinstance(operands[0], Weight))]


def contracted(reader: Reader, positional: list[Value], named: dict[str, Value], node: ast.AST) -> Value:
    """``ops.tensordot(x, w, axes=1)`` of a tensor and a weight, as the einsum that it is."""
    x, weight = positional[:2] if len(positional) > 1 else (None, None)
    sizes = reader.graph.made.get(x.ref) if isinstance(x, Ten) else None
    axes = named.get("axes", positional[2] if len(positional) > 2 else 2)
    if sizes is None or not isinstance(weight, Weight) or axes != 1:
        return Missing(reader.short(node))
    letters = string.ascii_lowercase[: len(sizes) + len(weight.sizes) - 1]
    front, inside, behind = letters[: len(sizes) - 1], letters[len(sizes) - 1], letters[len(sizes) :]
    subscripts = f"{front}{inside},{inside}{behind}->{front}{behind}"
    return _shaped(reader, "einsum", [subscripts, x, weight], {}, node)


def literal(value: Value) -> Argument:
    """A number, a word, or numbers in brackets; NotImplemented where the text doesn't give it."""
    if isinstance(value, list | tuple):
        parts = tuple(literal(part) for part in value)
        return NotImplemented if NotImplemented in parts else parts
    return value if isinstance(value, bool | int | str) or value is None else NotImplemented


def _as_tensor(reader: Reader, value: Value) -> Value:
    """An array of several numbers stretches what it is combined with, as a tensor does."""
    several = isinstance(value, Arr) and value.sizes is not None and None not in value.sizes and value.sizes != ()
    return tensor(reader, value) if several else value


def operation_node(
    reader: Reader, name: str, arguments: tuple[tuple[str, Argument], ...], refs: tuple[Ref, ...], node: ast.AST
) -> Ten:
    """One operation and its call, in the graph."""
    line = reader.line(node)
    layer = reader.graph.add_layer(LayerSpec(name, "", arguments, line))
    number = reader.graph.call(layer, refs, (), line, reader.source(line))
    if not reader.in_layer:
        reader.outside.add(number)
    return Ten(Ref("call", number))


def operate(reader: Reader, name: str, positional: list[Value], named: dict[str, Value], node: ast.AST) -> Value:
    """An operation on tensors, as a node of the graph."""
    if not name:
        return Missing(reader.short(node))
    if not positional:  # tf.image.extract_patches(images=x, …)
        key = next((key for key, value in named.items() if isinstance(value, Ten)), "")
        positional, named = [named[key]] if key else [], {k: v for k, v in named.items() if k != key}
    if name in OF_TWO:
        positional = [_as_tensor(reader, value) for value in positional]
    if name == "swapaxes":
        return _swapped(reader, positional, node)
    if name in SHAPED:
        return _shaped(reader, name, positional, named, node)
    if name == "reshape":
        named = dict(named)
        asked = [named.pop(key) for key in ("newshape", "shape") if key in named]
        shaped = _open_once(reader, [*positional[:1], *asked[:1], *positional[1:]])
        if shaped is None:
            return Missing(reader.short(node))
        positional = shaped
    if name == "matmul" and len(positional) > 1 and isinstance(node, ast.Call):
        _flags_of_tensorflow(reader, named, node)
    if name == "matmul" and len(positional) > 1:
        turned = (_turned(reader, v, named, f"transpose_{'ab'[i]}", node) for i, v in enumerate(positional[:2]))
        positional = [*turned, *positional[2:]]
        if any(isinstance(value, Missing) for value in positional[:2]):
            return Missing(reader.short(node))
    parts = list(positional[0]) if positional and isinstance(positional[0], list) else positional
    tensors = [p for p in parts if isinstance(p, Ten | Weight)]
    arguments: list[tuple[str, Argument]] = []
    others = [p for p in parts if not isinstance(p, Ten | Weight)]
    for key, value in named.items():
        if key in ("axis", "keepdims", "axes", "perm", "pattern", "indices"):
            arguments.append(({"perm": "axes", "pattern": "axes"}.get(key, key), reader.literal(value, key)))
    rest = [*others, *(positional[1:] if positional and isinstance(positional[0], list) else [])]
    if rest and not isinstance(rest[0], Ten | Weight | Missing) and not arguments:
        key = "newshape" if name == "reshape" else "axes" if name == "transpose" else "axis"
        if name in EACH:
            return tensors[0] if tensors else Missing(reader.short(node))
        arguments.append((key, reader.literal(rest[0], key)))
    arguments += _of_weight([w for w in tensors if isinstance(w, Weight)], tensors)
    refs = tuple(t.ref for t in tensors if isinstance(t, Ten))
    unread = any(isinstance(other, Missing) for other in others)
    if not refs or (name in OF_TWO and unread and len(tensors) < 2):
        return Missing(reader.short(node))
    return operation_node(reader, f"ops.{name}", tuple(arguments), refs, node)
