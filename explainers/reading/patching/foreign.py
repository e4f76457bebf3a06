"""Functions that take no tensors of Keras (of TensorFlow, NumPy, Keras 2's backend): those of keras.ops in their place.

In a whole program with the import that it lacks; of a text that is none, in each line that can be read by itself.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection
from dataclasses import dataclass

from explainers.core.layers.operations import operations
from explainers.reading.code.names import dotted
from explainers.reading.code.old_backend import IN_KERAS_OPS
from explainers.reading.patching.patch import with_edits
from explainers.reading.patching.places import UNREADABLE, Edit, Places
from explainers.reading.tensor_operations import NAMED

OF_BACKEND = ("K", "backend", "keras.backend", "tf.keras.backend")
OF_TF = ("tf", "tensorflow", *(f"tf.{part}" for part in ("math", "nn", "linalg", "image", "compat.v1")))
OF_NUMPY = ("np", "numpy")
_ELSEWHERE = {
    "batch_dot": "ops.matmul",
    "random_normal": "random.normal",
    "random_uniform": "random.uniform",
    "epsilon": "config.epsilon",
}
_RENAMED = {**NAMED, "perm": "axes", "pattern": "axes", "values": "xs", "keep_dims": "keepdims"}
_FLOATS = re.compile(r"tf\.(?P<name>(?:float|int|uint|bfloat)\d{1,2}|bool)\b")
MOST_LINES = 2000
_LONGEST = 600


@dataclass(frozen=True)
class InOps:
    """A text with keras.ops. before: what it was; told: what each function is called today; first: the first change."""

    before: str
    text: str
    told: tuple[tuple[str, str], ...]
    first: str


def today_of(name: str) -> str:
    """``tf.reduce_mean`` -> ``ops.mean``; ``K.random_normal`` -> ``random.normal``; "" for what Keras has not."""
    last = name.rpartition(".")[2]
    today = IN_KERAS_OPS.get(last) or last.removeprefix("reduce_")
    known = bool(IN_KERAS_OPS.get(last)) or f"ops.{today}" in operations()
    return f"ops.{today}" if known else _ELSEWHERE.get(last, "")


def in_ops(code: str, text: str, owners: Collection[str]) -> InOps | None:
    """The code with keras.ops; where it can't be read as a whole, the text with the lines that can.

    owners: the libraries whose functions are meant, as the text calls them.
    """
    try:
        return _changed(Places(code), owners)
    except UNREADABLE:
        return _line_by_line(text, owners)


def _changed(places: Places, owners: Collection[str]) -> InOps | None:
    keras, imports = places.keras()
    made = [(node, edits) for node in places.calls() if (edits := _edits(places, node, owners, keras))]
    if not made:
        return None
    told = dict.fromkeys((dotted(node.func), f"{keras}.{today_of(dotted(node.func))}") for node, _ in made)
    edits = [edit for _, several in made for edit in several]
    first = next(iter(told))
    return InOps(places.text, with_edits(places.text, [*imports, *edits]), tuple(told), f"{first[1]}(…)")


def _edits(places: Places, node: ast.Call, owners: Collection[str], keras: str) -> list[Edit]:
    """One call in today's words; nothing where it isn't such a function, or is called in a way that Keras' isn't."""
    name = dotted(node.func)
    today = today_of(name) if name.rpartition(".")[0] in owners else ""
    if not today or _in_a_method(places, node):
        return []
    facts = operations().get(today)
    takes = tuple(facts["call"]) if facts is not None else None
    words = {word: _word(word, takes) for keyword in node.keywords if (word := keyword.arg)}
    if takes is not None and len(node.args) > len(takes):
        return []
    if None in words.values() or (today == "ops.split" and not _in_equal_parts(node)):
        return []
    edits = [Edit(*places.span(node.func), f"{keras}.{today}")]
    for keyword in node.keywords:
        if keyword.arg and words[keyword.arg] != keyword.arg:
            start, _ = places.span(keyword)
            edits.append(Edit(start, start + len(keyword.arg), str(words[keyword.arg])))
    for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
        named = _FLOATS.fullmatch(dotted(argument))
        edits += [Edit(*places.span(argument), f'"{named["name"]}"')] if named is not None else []
    return edits


def _word(word: str, takes: tuple[str, ...] | None) -> str | None:
    """What keras.ops calls an argument; None for one that it doesn't take."""
    if takes is None or word in takes:
        return word
    today = "axis" if word == "axes" and "axis" in takes else _RENAMED.get(word, "")
    return today if today in takes else takes[0] if word in ("input", "input_tensor", "tensor", "a") else None


def _in_equal_parts(node: ast.Call) -> bool:
    """Whether a split is told how many parts: tf takes their lengths too, keras.ops where they end."""
    parts = [*node.args[1:2], *(word.value for word in node.keywords if word.arg == "num_or_size_splits")]
    return len(parts) == 1 and isinstance(parts[0], ast.Constant)


def _in_a_method(places: Places, node: ast.AST) -> bool:
    """Whether a node stands in a method of a class: inside of a layer, a tf function is in its place."""
    inside = False
    while node in places.parents:
        node = places.parents[node]
        inside = inside or isinstance(node, ast.FunctionDef)
        if inside and isinstance(node, ast.ClassDef):
            return True
    return False


def _line_by_line(text: str, owners: Collection[str]) -> InOps | None:
    lines, told, first = text.split("\n"), list[tuple[str, str]](), ""
    for place, line in enumerate(lines[:MOST_LINES]):
        if len(line) > _LONGEST or not any(f"{owner}." in line for owner in owners):
            continue
        try:
            places = Places(line.strip())
            made = [edit for node in places.calls() for edit in _edits(places, node, owners, "keras")]
        except UNREADABLE:
            continue
        if made:
            names = (dotted(node.func) for node in places.calls() if _edits(places, node, owners, "keras"))
            told += [(name, f"keras.{today_of(name)}") for name in names]
            margin = line[: len(line) - len(line.lstrip())]
            lines[place] = f"{margin}{with_edits(places.text, made)}"
            first = first or lines[place].strip()
    return InOps(text, "\n".join(lines), tuple(dict.fromkeys(told)), first) if told else None
