"""Where several tensors become one: today's merge layers and functions, and those of Keras 0 and 1."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from explainers.core.spec import Argument, LayerSpec
from explainers.reading.code.calling import apply
from explainers.reading.code.found import OUTPUTS
from explainers.reading.code.functions import of_function
from explainers.reading.code.given import tensor
from explainers.reading.code.layers import Written, modern
from explainers.reading.code.sequential import realize
from explainers.reading.code.values import (
    LayerV,
    Missing,
    ModelV,
    Sym,
    Ten,
    Value,
)
from explainers.reading.literal import BY_NAME, today_name

if TYPE_CHECKING:
    from explainers.reading.code.evaluator import Reader


def merge(reader: Reader, mode: str, tensors: Sequence[Value], named: dict[str, Value], node: ast.AST) -> Value:
    """An old merge mode as today's layer."""
    names = {
        "concat": "Concatenate",
        "sum": "Add",
        "mul": "Multiply",
        "ave": "Average",
        "dot": "Dot",
        "cos": "Dot",
        "max": "Maximum",
    }
    name = names.get(mode)
    if name is None:
        return Missing(f"merge mode {mode[:20]}")
    arguments: list[tuple[str, Argument]] = []
    if name == "Concatenate":
        arguments.append(
            ("axis", reader.whole(named.get("concat_axis", -1)) if named.get("concat_axis") is not None else -1)
        )
    if name == "Dot":
        axes = named.get("dot_axes", -1)
        arguments.append(
            (
                "axes",
                reader.literal(axes[0] if isinstance(axes, list | tuple) and len(axes) == 1 else axes, "dot_axes"),
            )
        )
    reader.renamed.append(f"merge mode {mode} is {name}")
    layer = LayerV(Written(LayerSpec(name, "", tuple(arguments), reader.line(node))))
    return apply(reader, layer, [tensor(reader, t) for t in tensors], [], reader.line(node))


def old_merge(reader: Reader, symbol: Sym, node: ast.Call) -> Value:
    """merge([a, b], mode=...) and the layer Merge of Keras 0 and 1."""
    positional, named = reader.arguments(node)
    parts = positional[0] if positional else named.get("layers", named.get("inputs", []))
    if not isinstance(parts, list | tuple):
        return Missing(reader.short(node))
    mode = named.get("mode", positional[1] if len(positional) > 1 else "sum" if symbol.last == "merge" else "concat")
    mode = mode if isinstance(mode, str) else "concat"
    if all(isinstance(p, Ten) for p in parts):
        return merge(reader, mode, list(parts), named, node)
    ends = [realize(reader, p) for p in parts if isinstance(p, ModelV)]
    if any(end is None for end in ends) or not ends:
        return Missing(reader.short(node))
    return merge(reader, mode, ends, named, node)


def of_models(reader: Reader, node: ast.Call) -> bool:
    """Whether a list of models or tensors is given where a merge layer is made."""
    first = reader.value(node.args[0]) if node.args else None
    return isinstance(first, list) and len(first) > 1 and all(isinstance(part, Ten | ModelV) for part in first)


def misplaced_merge(reader: Reader, name: str, node: ast.Call) -> Value:
    """``Concatenate([a, b])``: the list belongs in a second pair of brackets. Read as it was meant."""
    reader.mistake = "input_count"
    reader.cause = (
        f"{name}([a, b]) only makes the layer, but the list is where its arguments belong. Pass the tensors to merge "
        f"in a second pair of parentheses: {name}()([a, b])."
    )
    reader.meant = f"{name}()([a, b])"
    return old_merge(reader, Sym("Merge"), node)


def _outputs_of_models(reader: Reader, name: str, parts: Sequence[Value]) -> list[Value]:
    """``concatenate([left, right])`` of models: they aren't tensors. Read as their outputs, as it was meant."""
    reader.mistake = "input_count"
    names = [part.variable or "model" for part in parts if isinstance(part, ModelV)]
    told = "are models: pass what each of them returns" if len(names) > 1 else "is a model: pass what it returns"
    reader.cause = f"{name} joins tensors, and {' and '.join(names)} {told}, and make one functional model of it."
    outputs = ", ".join(f"{name}.output" for name in names)
    inputs = ", ".join(f"{name}.input" for name in names)
    reader.how = OUTPUTS
    reader.meant = f"x = layers.{name}([{outputs}])\nmodel = keras.Model([{inputs}], x)"
    return [(realize(reader, part) or part) if isinstance(part, ModelV) else part for part in parts]


def merge_function(reader: Reader, symbol: Sym, node: ast.Call) -> Value:
    """keras.layers.concatenate([a, b], axis=1); tf.concat and np.concatenate are operations."""
    positional, named = reader.arguments(node)
    parts = positional[0] if positional else named.get("inputs")
    if isinstance(parts, list | tuple) and any(isinstance(p, ModelV) for p in parts):
        parts = _outputs_of_models(reader, symbol.last, parts)
    if not isinstance(parts, list | tuple) or not any(isinstance(p, Ten) for p in parts):
        return of_function(reader, symbol, node)
    name = today_name(symbol.last)
    assert name is not None
    arguments = {key: reader.literal(v, key) for key, v in named.items() if key != "inputs"}
    order = BY_NAME[name].order
    for key, value in zip(order, positional[1:], strict=False):
        arguments[key] = reader.literal(value, key)
    written = modern(name, [], arguments, reader.line(node))
    if written is None:
        return Missing(reader.short(node))
    return apply(reader, LayerV(written), [tensor(reader, p) for p in parts], [], reader.line(node))


MERGES: dict[str, Callable[[Reader, Sym, ast.Call], Value]] = {"merge": old_merge, "Merge": old_merge}
