"""A layer whose arguments stand elsewhere, in a dict, a list or a name: the change is made where its value stands.

Which of several equal values is the layer's own is found by trying: the caller reads each text again, and takes the one
whose program is the one that was meant.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from explainers.core.spec import LayerSpec, ModelSpec
from explainers.reading.literal import today_name
from explainers.reading.patching.patch import LONGEST, literal, with_edits
from explainers.reading.patching.places import UNREADABLE, Edit, Places

MOST = 10  # places that are read again


def configured(text: str, before: ModelSpec, after: ModelSpec) -> Iterator[str]:
    """Texts in each of which one value is what the only changed layer needs."""
    two = _changed_layer(before, after)
    if two is None or len(text) > LONGEST:
        return
    try:
        places = Places(text)
        edits = list(dict.fromkeys(_edits(places, *two)))[:MOST]
    except UNREADABLE:
        return
    for edit in edits:
        yield with_edits(text, [edit])


def _changed_layer(before: ModelSpec, after: ModelSpec) -> tuple[LayerSpec, LayerSpec] | None:
    """The layer that differs, before and after; None where more differs, or where a call is new."""
    if len(before.layers) != len(after.layers) or len(before.calls) != len(after.calls):
        return None
    pairs = [(old, new) for old, new in zip(before.layers, after.layers, strict=True) if old != new]
    if len(pairs) != 1:
        return None
    old, new = pairs[0]
    inner, wanted = old.get("layer"), new.get("layer")
    return (inner, wanted) if isinstance(inner, LayerSpec) and isinstance(wanted, LayerSpec) else (old, new)


def _edits(places: Places, old: LayerSpec, new: LayerSpec) -> Iterator[Edit]:
    if old.class_name != new.class_name:
        yield from _other_class(places, old.class_name, new.class_name)
        return
    keys = [key for key in dict((*old.arguments, *new.arguments)) if old.get(key) != new.get(key)]
    if len(keys) != 1 or isinstance(new.get(keys[0]), LayerSpec | None):
        return
    key, was, words = keys[0], old.get(keys[0]), literal(new.get(keys[0]))
    if was is None:
        yield from _one_more(places, old, key, words)
    was = False if was is None and new.get(key) is True else was
    alike = [node for node in ast.walk(places.tree) if isinstance(node, ast.Constant) and _is(node, was)]
    for node in sorted(alike, key=lambda node: _called(places, node) != key):
        yield Edit(*places.span(node), words)


def _is(node: ast.Constant, value: object) -> bool:
    return type(node.value) is type(value) and node.value == value


def _called(places: Places, node: ast.Constant) -> str:
    """The name under which a value stands: its key in a dict, its keyword in a call; "" for any other."""
    parent = places.parents.get(node)
    if isinstance(parent, ast.keyword):
        return parent.arg or ""
    if isinstance(parent, ast.Dict):
        key = dict(zip(map(id, parent.values), parent.keys, strict=True)).get(id(node))
        return str(key.value) if isinstance(key, ast.Constant) else ""
    return ""


def _other_class(places: Places, was: str, wanted: str) -> Iterator[Edit]:
    """The name of a class where it stands as text or is looked up, but isn't called."""
    for node in ast.walk(places.tree):
        if isinstance(node, ast.Constant) and node.value == was:
            yield Edit(*places.span(node), literal(wanted))
        elif isinstance(node, ast.Attribute) and today_name(node.attr) == was:
            end = places.span(node)[1]
            yield Edit(end - len(node.attr), end, wanted)


def _one_more(places: Places, layer: LayerSpec, key: str, words: str) -> Iterator[Edit]:
    """One more entry in a dict that holds arguments of this layer."""
    for node in ast.walk(places.tree):
        if isinstance(node, ast.Dict):
            names = [part.value if isinstance(part, ast.Constant) else None for part in node.keys]
            values, entry = list(node.values), f'"{key}": {words}'
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict":
            names = [part.arg for part in node.keywords]
            values, entry = [part.value for part in node.keywords], f"{key}={words}"
        else:
            continue
        if values and _of_layer(layer, dict(zip(names, values, strict=True))):
            end = places.span(values[-1])[1]
            yield Edit(end, end, f", {entry}")


def _of_layer(layer: LayerSpec, entries: dict[object, ast.expr]) -> bool:
    """Whether a dict says what this layer was given, and nothing else of it."""
    said = {str(name): value.value for name, value in entries.items() if isinstance(value, ast.Constant)}
    own = [said[key] == value for key, value in layer.arguments if key in said]
    return bool(own) and all(own)
