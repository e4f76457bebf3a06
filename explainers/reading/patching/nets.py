"""Changes inside of a net that its description can't hold: a line of a function that is called several times, for one.

Each is read again and run live before it is offered, as every other change.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from explainers.core.spec import ModelSpec, Sizes
from explainers.reading.literal import BY_NAME
from explainers.reading.patching.places import Edit, Places, Rewritten, parts
from explainers.reading.patching.writing import changed
from explainers.reading.shapes import walk


def own_layer_for_each(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """A layer that is called twice, on tensors of different widths: its weights fit the first one only."""
    reached: dict[int, tuple[Sizes, ...]] = {}
    for i, inputs, _ in walk(spec):
        call = spec.calls[i]
        first = reached.setdefault(call.layer, inputs)
        if not first or not inputs or first[0][-1:] == inputs[0][-1:]:
            continue
        for name, value in _makers(places, spec.layers[call.layer].line):
            for node in (n for n in places.calls(call.line) if places.source(n.func) == name):
                own = f"{name}_2"
                behind = places.span(places.statement(value))[1]
                start = places.span(places.statement(value))[0]
                margin = places.text[places.text.rfind("\n", 0, start) + 1 : start]
                line = f"\n{margin}{own} = {places.source(value)}"
                edits = [Edit(behind, behind, line), Edit(*places.span(node.func), own)]
                label = f"Make a second layer, {own}, for the second call."
                means = f"The weights of {name} are made for {first[0][-1]} features; here it gets {inputs[0][-1]}."
                yield changed(places, edits, label, line.strip(), means)


def _makers(places: Places, line: int | None) -> Iterator[tuple[str, ast.expr]]:
    for node in ast.walk(places.tree):
        if isinstance(node, ast.Assign) and node.lineno == line and isinstance(node.value, ast.Call):
            yield places.source(node.targets[0]), node.value


def shortcut_as_wide(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """A residual block that is called several times: where its shortcut has another shape, a convolution of size 1."""
    for i, inputs, _ in walk(spec):
        call = spec.calls[i]
        facts = BY_NAME.get(spec.layers[call.layer].class_name)
        again = sum(other.line == call.line for other in spec.calls) > 1
        adds = facts is not None and facts.group == "merge" and "axis" not in facts.order
        if not adds or len(inputs) != 2 or not again or inputs[0] == inputs[1]:
            continue
        node = next((n for n in places.calls(call.line) if _two_names(n)), None)
        rank = len(inputs[0])
        if node is None or rank != len(inputs[1]) or not 2 <= rank <= 5:
            continue
        names = [places.source(part) for part in parts(node.args[0])]
        short = min(names, key=lambda name: _last_given(places, name, call.line or 0))
        main = next(name for name in names if name != short)
        yield _projected(places, node, short, main, rank)
        return


def _two_names(node: ast.Call) -> bool:
    listed = parts(node.args[0]) if node.args else []
    return len(listed) == 2 and all(isinstance(part, ast.Name) for part in listed)


def _last_given(places: Places, name: str, line: int) -> int:
    """The line in front of another one where a name is given its value last."""
    stored = (n for n in ast.walk(places.tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
    return max((n.lineno for n in stored if n.id == name and n.lineno < line), default=0)


def _projected(places: Places, node: ast.Call, short: str, main: str, rank: int) -> Rewritten:
    layer, imports = places.layer_name("Dense" if rank == 2 else f"Conv{rank - 2}D")
    strides = f', 1, strides={short}.shape[1] // {main}.shape[1], padding="same"' if rank > 2 else ""
    start = places.span(places.statement(node))[0]
    margin = places.text[places.text.rfind("\n", 0, start) + 1 : start]
    made = f"{short} = {layer}({main}.shape[-1]{strides})({short})"
    words = f"if {short}.shape[1:] != {main}.shape[1:]:\n{margin}    {made}\n{margin}"
    label = f"Bring {short} to the shape of {main} where they differ: a convolution of size 1."
    if rank == 2:
        label = f"Bring {short} to the width of {main} where they differ: a Dense layer."
    means = "The other calls of this block stay as they are, as in residual networks."
    return changed(places, [*imports, Edit(start, start, words)], label, made, means)


def step_axis_added(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """``a + b`` of one vector and of one for each step or pixel: the vector gets axes for these."""
    for i, inputs, _ in walk(spec):
        call, kind = spec.calls[i], spec.layers[spec.calls[i].layer].class_name
        ranks = [len(sizes) for sizes in inputs]
        if len(ranks) != 2 or min(ranks) != 2 or not 3 <= max(ranks) <= 5 or inputs[0][-1] != inputs[1][-1]:
            continue
        words = f"[:, {'None, ' * (max(ranks) - 2)}:]"
        what = "an axis for the steps" if max(ranks) == 3 else "axes for the places of a picture"
        for node in places.sums(call.line, kind):
            side = node.left if ranks[0] == 2 else node.right
            code = f"{places.source(side)}{words}"
            label = f"Give the vector {what}: it is then combined with each of them."
            means = f"(batch, {inputs[0][-1]}) becomes (batch, {'1, ' * (max(ranks) - 2)}{inputs[0][-1]})."
            sides = [side, *_combined_next(places, node)]
            edits = [Edit(places.span(each)[1], places.span(each)[1], words) for each in sides]
            for count in sorted({1, len(edits)}):
                yield changed(places, edits[:count], label, code, means)


def _combined_next(places: Places, node: ast.BinOp) -> list[ast.expr]:
    """``shift`` of ``x * scale + shift``: what the result is combined with in the same expression."""
    parent = places.parents[node]
    return [parent.right] if isinstance(parent, ast.BinOp) and isinstance(parent.right, ast.Name) else []


def patches_on_both_sides(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """``num_patches = image_size // patch_size``: so many are in one row, and there are as many rows."""
    if not any(_is_the_square(inputs) for _, inputs, _ in walk(spec)):
        return
    for node in ast.walk(places.tree):
        value = node.value if isinstance(node, ast.Assign) else None
        if isinstance(value, ast.BinOp) and isinstance(value.op, ast.FloorDiv):
            code = f"({places.source(value)}) ** 2"
            label = "Count the patches of all rows: square the number that fits along one side."
            yield changed(places, [Edit(*places.span(value), code)], label, code)


def _is_the_square(inputs: tuple[Sizes, ...]) -> bool:
    """Whether two sequences meet of which one is as long as the square of the other."""
    steps = [sizes[1] for sizes in inputs if len(sizes) == 3]
    return len(steps) == 2 and None not in steps and max(steps) == min(steps) ** 2 > 1  # type: ignore[type-var,operator]
