"""Functions of tf on Keras tensors, outside of a layer: those of keras.ops in their place."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from explainers.core.layers.operations import operations
from explainers.core.spec import ModelSpec
from explainers.reading.code.names import dotted
from explainers.reading.patching.places import UNREADABLE, Edit, Places, Rewritten
from explainers.reading.patching.writing import changed

OF_TF = re.compile(r"\btf\.(?!keras\b)[a-z]")
_GRAPH_CODE = re.compile(  # of TensorFlow 1: no single function of it runs today
    r"\btf\.(?:compat\.v1\.)?(?:placeholder|contrib|Session|layers|get_variable|estimator)\b"
)


def operations_of_keras(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """``tf.concat([a, b], -1)`` -> ``keras.ops.concatenate([a, b], -1)``: all of them in the model's lines at once."""
    if _GRAPH_CODE.search(places.text):
        return
    lines = {layer.line: set[str]() for layer in spec.layers if layer.class_name.startswith("ops.")}
    for layer in spec.layers:
        if layer.line in lines:
            lines[layer.line].add(layer.class_name)
    keras, imports = places.keras()
    edits, told = list[Edit](), list[str]()
    for node in places.calls():
        name, found = dotted(node.func), sorted(lines.get(node.lineno, ()))
        operation = next((made for made in found if _same(name, made)), None)
        if operation is None or not name.startswith("tf.") or ".keras." in name or _in_a_layer(places, node):
            continue
        if {keyword.arg for keyword in node.keywords} <= set(operations().get(operation, {}).get("call", ())):
            edits.append(Edit(*places.span(node.func), f"{keras}.{operation}"))
            told.append(f"{keras}.{operation} instead of {name}")
    if edits:
        label = f"Use {', '.join(dict.fromkeys(told[:3]))}."
        means = "While a Functional model is built, its tensors have no numbers yet: tf functions don't take them."
        yield changed(places, [*imports, *edits], label, f"{keras}.{operation_names(told)}", means)


def in_operations_of_keras(text: str, spec: ModelSpec) -> Rewritten | None:
    """The lines with keras.ops; None where they have no such function of tf, or can't be read."""
    try:
        return next(operations_of_keras(Places(text), spec), None)
    except UNREADABLE:
        return None


def operation_names(told: list[str]) -> str:
    """What stands in the first call instead."""
    return f"ops{told[0].partition('.ops')[2].partition(' ')[0]}(…)"


_WORDS = {
    "concat": "concatenate",
    "gather": "take",
    "reverse": "flip",
    "pow": "power",
    "swish": "silu",
    "extract_patches": "image.extract_patches",
    "resize": "image.resize",
}


def _same(name: str, operation: str) -> bool:
    """Whether ``tf.reduce_mean`` is ``ops.mean``."""
    last = name.rpartition(".")[2]
    today = _WORDS.get(last, last.removeprefix("reduce_"))
    return f"ops.{today}" == operation


def _in_a_layer(places: Places, node: ast.AST) -> bool:
    """Whether a node stands in the call of a class, or in a lambda (most are those of Lambda layers)."""
    while node in places.parents:
        node = places.parents[node]
        if isinstance(node, ast.Lambda) or (isinstance(node, ast.FunctionDef) and node.name == "call"):
            return True
    return False
