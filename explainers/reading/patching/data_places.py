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
        slices = [node for node in places.calls() if last(node) == "from_tensor_slices"]
        held = [node for node in slices if made is not None and node in ast.walk(made)]
        if held:
            return _of(place, argument(held[0], 0, "tensors"))
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


def _assigned(places: Places, name: str) -> ast.expr | None:
    """What a name is given last."""
    found = [node for node in ast.walk(places.tree) if isinstance(node, ast.Assign)]
    named = [node.value for node in found if any(isinstance(t, ast.Name) and t.id == name for t in node.targets)]
    return named[-1] if named else None


def _getter(places: Places, name: str) -> ast.FunctionDef | None:
    """``__getitem__`` of a class of the text."""
    for node in places.tree.body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            return next((n for n in node.body if isinstance(n, ast.FunctionDef) and n.name == "__getitem__"), None)
    return None
