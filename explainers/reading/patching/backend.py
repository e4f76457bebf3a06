"""Functions of Keras 2's backend: today's Keras has them in keras.ops, most under the same name."""

from __future__ import annotations

import ast

from explainers.reading.code.names import dotted
from explainers.reading.code.old_backend import BACKEND, of_the_backend
from explainers.reading.patching.places import Edit, Places


def in_keras_ops(places: Places) -> list[Edit]:
    """``K.mean(t, axis=1)`` with keras.ops, where K is the backend of Keras itself."""
    owners = _names_of_the_backend(places.tree)
    edits: list[Edit] = []
    keras, imports = places.keras()
    for node in places.calls():
        owner, _, last = dotted(node.func).rpartition(".")
        today = of_the_backend(f"{BACKEND}.{last}") if owner in owners else None
        if today is not None:
            edits.append(Edit(*places.span(node.func), today.replace("keras", keras, 1)))
    return [*imports, *edits] if edits else []


def _names_of_the_backend(tree: ast.AST) -> set[str]:
    """What a program calls keras.backend: K, most often."""
    names = {BACKEND}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.asname for alias in node.names if alias.name == BACKEND and alias.asname}
        elif isinstance(node, ast.ImportFrom) and node.module == "keras":
            names |= {alias.asname or alias.name for alias in node.names if alias.name == "backend"}
    return names
