"""One model reads what another one makes, in another size: the change belongs to the one that makes it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from explainers.core.spec import ModelSpec, Sizes
from explainers.reading.patching.patch import with_edits
from explainers.reading.patching.places import Edit, Places, Rewritten, last, parts


def made_as_read(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """``discriminator(generator(z))``: the generator's pictures get the size that the discriminator reads."""
    for check in spec.checks:
        if check.kind != "predict" or len(check.shapes) != 1 or len(spec.inputs) != 1:
            continue
        end = next((end for node in places.calls(check.line) if (end := _end_of_maker(places, node)) is not None), None)
        if end is None:
            continue
        for words, means in _layers(spec.inputs[0].shape[1:], check.shapes[0][1:]):
            edits = _behind(places, end, words)
            label = f"Let the model in front make {_written(spec.inputs[0].shape[1:])}, as the next one reads it."
            yield Rewritten(with_edits(places.text, edits), label, words, means)


def _layers(wanted: Sizes, came: Sizes) -> Iterator[tuple[str, str]]:
    """Layers that make one shape of the other, with what they mean."""
    if len(wanted) != 3 or len(came) != 3 or wanted[2] != came[2] or None in (*wanted, *came):
        return
    apart = [(a or 0) - (b or 0) for a, b in zip(came[:2], wanted[:2], strict=True)]
    sides = tuple((abs(n) // 2, abs(n) - abs(n) // 2) for n in apart)
    if min(apart) >= 0:
        yield f"Cropping2D({sides})", f"{_written(came[:2])} is cut down to {_written(wanted[:2])}."
    elif max(apart) <= 0:
        yield f"ZeroPadding2D({sides})", f"{_written(came[:2])} is padded with zeros: {_written(wanted[:2])}."
    yield f"Resizing({wanted[0]}, {wanted[1]})", "The images are resized; nothing is cut off."


def _written(sizes: Sizes) -> str:
    return " × ".join(map(str, sizes))


def _end_of_maker(places: Places, node: ast.Call) -> ast.Call | None:
    """The last layer of the model whose output a call reads: ``b(x)`` behind ``x = a(z)``, or ``b(a(z))``."""
    read = node.args[0] if len(node.args) == 1 and isinstance(node.func, ast.Name) else None
    made = _assigned(places, read.id) if isinstance(read, ast.Name) else read
    if not isinstance(made, ast.Call) or not isinstance(made.func, ast.Name):
        return None
    model = _assigned(places, made.func.id)
    if not isinstance(model, ast.Call):
        return None
    function = next(
        (n for n in ast.walk(places.tree) if isinstance(n, ast.FunctionDef) and n.name == last(model)), None
    )
    return _last_layer(places, function if function is not None else model, made.func.id)


def _last_layer(places: Places, inside: ast.AST, name: str) -> ast.Call | None:
    """Of a function that makes a model, or of a Sequential: the element of its list, or the last ``add``."""
    calls = [node for node in ast.walk(inside) if isinstance(node, ast.Call)]
    for node in calls:
        listed = parts(node.args[0]) if last(node) == "Sequential" and node.args else []
        if listed and isinstance(listed[-1], ast.Call):
            return listed[-1]
    adds = [node for node in calls if last(node) == "add" and node.args]
    if not adds:
        owned = (node for node in places.methods(("add",)) if isinstance(node.func, ast.Attribute))
        adds = [node for node in owned if places.source(node.func) == f"{name}.add" and node.args]
    first = max(adds, key=lambda node: node.lineno).args[0] if adds else None
    return first if isinstance(first, ast.Call) else None


def _assigned(places: Places, name: str) -> ast.expr | None:
    """What a name is given last, by itself or next to others."""
    found = (node for node in ast.walk(places.tree) if isinstance(node, ast.Assign))
    pairs = (
        pair
        for node in found
        for target in node.targets
        for pair in (
            [(target, node.value)]
            if isinstance(target, ast.Name)
            else zip(parts(target), parts(node.value), strict=False)
        )
    )
    given = [value for target, value in pairs if isinstance(target, ast.Name) and target.id == name]
    return given[-1] if given else None


def _behind(places: Places, end: ast.Call, words: str) -> list[Edit]:
    class_name, _, rest = words.partition("(")
    name, imports = places.layer_name(class_name)
    called = f"{name}({rest}"
    parent = places.parents[end]
    if isinstance(parent, ast.Call) and isinstance(parent.func, ast.Attribute):
        statement = places.statement(end)
        start, place = places.span(statement)
        margin = places.text[places.text.rfind("\n", 0, start) + 1 : start]
        return [*imports, Edit(place, place, f"\n{margin}{places.source(parent.func)}({called})")]
    place = places.span(end)[1]
    return [*imports, Edit(place, place, f", {called}")]
