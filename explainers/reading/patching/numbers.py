"""One number of the asker's lines in place of another: where two sizes disagree, one of them was written wrong."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator

from explainers.core.words import listed
from explainers.reading.code.arrays import ROOTS
from explainers.reading.code.names import dotted
from explainers.reading.patching.patch import LONGEST, with_edits
from explainers.reading.patching.places import Edit, Places, Rewritten

MOST = 8  # places that are tried
_DATA = (*ROOTS, "pd", "rng")
_NO_SIZES = ("epochs", "batch_size", "random_state", "seed", "verbose", "patience", "test_size", "stop", "start")


_TRAINS = ("fit", "train_on", "evaluate", "predict")  # what is said there is no size of a layer


def corrected(text: str, pairs: Iterable[tuple[int, int]]) -> Iterator[Rewritten]:
    """The text with one number changed so that two sizes agree; a picture's two sides at once. pairs: the sizes that
    disagree, axis by axis."""
    places = _places(text)
    if places is None:
        return
    both = Counter(way for a, b in pairs for way in ((a, b), (b, a)))
    found = [(node, *way) for way in both for node in _numbers(places) if node.value == way[0]]
    for node, one, other in sorted(found, key=lambda change: not _in_call(places, change[0]))[:MOST]:
        sides = _beside(places, node) if both[one, other] > 1 else [node]
        if sides[0] is node:
            yield _changed(places, sides, one, other)


def two_sides(text: str, pairs: Iterable[tuple[int, int]]) -> Iterator[Rewritten]:
    """The text with both sides of its images changed at once, where neither of the two can stay as it is."""
    nearest: dict[int, int] = {}
    for side, near in pairs:
        nearest.setdefault(side, near)
    places = _places(text) if len(nearest) == 2 else None
    if places is None:
        return
    for node in (n for n in ast.walk(places.tree) if isinstance(n, ast.Tuple | ast.List) and _is_size(places, n)):
        sides = {part: part.value for part in node.elts if isinstance(part, ast.Constant) and type(part.value) is int}
        if set(sides.values()) & nearest.keys() != nearest.keys():
            continue
        old, new = (listed([str(n) for n in numbers]) for numbers in (nearest, nearest.values()))
        edits = [Edit(*places.span(part), str(nearest[n])) for part, n in sides.items() if n in nearest]
        changed = with_edits(text, edits)
        code = changed.split("\n")[node.lineno - 1].strip()[:120]
        yield Rewritten(changed, f"Write {new} instead of {old} in line {node.lineno}.", code)


def _places(text: str) -> Places | None:
    """The text as code; None where it isn't."""
    try:
        return Places(text) if len(text) <= LONGEST else None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _beside(places: Places, node: ast.Constant) -> list[ast.Constant]:
    """The same number in the same brackets, ``(160, 160, 3)``: itself too."""
    brackets = places.parents.get(node)
    parts = brackets.elts if isinstance(brackets, ast.Tuple | ast.List) else [node]
    return [part for part in parts if isinstance(part, ast.Constant) and part.value == node.value]


def _changed(places: Places, nodes: list[ast.Constant], one: int, other: int) -> Rewritten:
    node = nodes[0]
    text = with_edits(places.text, [Edit(*places.span(each), str(other)) for each in nodes])
    code = text.split("\n")[node.lineno - 1].strip()[:120]
    label = f"Write {other} instead of {one} in line {node.lineno}."
    return Rewritten(text, label, code, "The two sizes that disagree are then equal.")


def _numbers(places: Places) -> list[ast.Constant]:
    """Whole numbers that say how large something is: none of data, of training, of a loop."""
    found = (node for node in ast.walk(places.tree) if isinstance(node, ast.Constant) and type(node.value) is int)
    return sorted((node for node in found if _is_size(places, node)), key=lambda node: (node.lineno, node.col_offset))


def _in_call(places: Places, node: ast.AST) -> bool:
    """Whether it is given to one call alone: less depends on it than on a number with a name."""
    return isinstance(places.parents.get(node), ast.Call | ast.keyword)


def _is_size(places: Places, node: ast.AST) -> bool:
    while node in places.parents and not isinstance(node, ast.stmt):
        node = places.parents[node]
        if isinstance(node, ast.keyword) and node.arg in _NO_SIZES:
            return False
        if isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2].startswith(_TRAINS):
            return False
        if isinstance(node, ast.Call) and dotted(node.func).split(".", 1)[0] in _DATA and _makes_data(node):
            return False
    return not isinstance(node, ast.Import | ast.ImportFrom)


def _makes_data(node: ast.Call) -> bool:
    """``np.zeros((60, 7))``; what Keras makes under tf or keras are layers."""
    name = dotted(node.func)
    return "keras" not in name and "layers" not in name
