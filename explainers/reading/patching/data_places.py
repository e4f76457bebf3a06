"""Where the arrays stand that a data set, a generator or a class of batches hands on to fit."""

from __future__ import annotations

import ast
import re

from explainers.reading.patching.places import Places, argument, last, parts

_YIELDS = re.compile(r"_dataset_from_\w{1,20}$|^flow(?:_from_\w{1,20})?$|^TimeseriesGenerator$")


def made_of(places: Places, given: ast.expr | None, place: int) -> ast.expr | None:
    """The expression of the x (0) or y (1) that fit reads: what it is given, or what that is made of."""
    if given is None:
        return None
    name = last(given) if isinstance(given, ast.Call) else places.source(given)
    for node in places.tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return _of(place, next((n.value for n in ast.walk(node) if isinstance(n, ast.Yield)), None))
    if isinstance(given, ast.Name):
        made = _assigned(places, given.id)
        getter = _getter(places, last(made)) if isinstance(made, ast.Call) else None
        if getter is not None:
            return _of(place, next((n.value for n in ast.walk(getter) if isinstance(n, ast.Return)), None))
        held = _slices_of(places, given.id, set())
        if held is not None:
            return _of(place, argument(held, 0, "tensors"))
        if isinstance(made, ast.Call) and _YIELDS.search(last(made)):
            return None  # it yields arrays, and can't be indexed as one
    return given if place == 0 else None


def weights_of(places: Places, node: ast.Call, code: str) -> tuple[ast.expr, str]:
    """The expression of sample_weight, and what the code of a change makes of it. Raises LookupError without one."""
    given = argument(node, -1, "sample_weight")
    line = next((line for line in code.split("\n") if line.startswith("sample_weight = ")), None)
    if given is None or line is None:
        raise LookupError("the weights aren't found")
    change = line.removeprefix("sample_weight = ").split("  #")[0]
    return given, re.sub(r"\bsample_weight\b", lambda _: places.source(given), change)


def _of(place: int, pair: ast.expr | None) -> ast.expr | None:
    both = parts(pair)
    return both[place] if place < len(both) else None


def _slices_of(places: Places, name: str, seen: set[str]) -> ast.Call | None:
    """The from_tensor_slices that a data set begins with, through every name that it had on its way."""
    seen.add(name)
    for value in reversed(_all_assigned(places, name)):
        inside = list(ast.walk(value))
        held = [node for node in inside if isinstance(node, ast.Call) and last(node) == "from_tensor_slices"]
        if held:
            return held[0]
        for other in (node.id for node in inside if isinstance(node, ast.Name) and node.id not in seen):
            found = _slices_of(places, other, seen)
            if found is not None:
                return found
    return None


def _assigned(places: Places, name: str) -> ast.expr | None:
    """What a name is given last."""
    return next(iter(_all_assigned(places, name)[-1:]), None)


def _all_assigned(places: Places, name: str) -> list[ast.expr]:
    """All that a name is given, in the order of the text."""
    found = [node for node in ast.walk(places.tree) if isinstance(node, ast.Assign)]
    named = [node for node in found if any(isinstance(t, ast.Name) and t.id == name for t in node.targets)]
    return [node.value for node in sorted(named, key=lambda node: node.lineno)]


def _getter(places: Places, name: str) -> ast.FunctionDef | None:
    """``__getitem__`` of a class of the text."""
    for node in places.tree.body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            return next((n for n in node.body if isinstance(n, ast.FunctionDef) and n.name == "__getitem__"), None)
    return None
