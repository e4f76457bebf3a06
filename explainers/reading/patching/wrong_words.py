"""A word in the place of another, or one that was left out: strides of a shortcut, a name, the order of two arguments.

Each is read again and run live before it is offered, as every other change.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise, permutations

from explainers.core.layers import CONVOLUTIONS, MERGES
from explainers.core.spec import LayerSpec, ModelSpec, Sizes
from explainers.reading.literal import today_name
from explainers.reading.patching.places import Edit, Places, Rewritten, argument, last, parts
from explainers.reading.patching.slips import given
from explainers.reading.patching.writing import changed
from explainers.reading.shapes import walk

_STRIDES = ("strides", "stride", "subsample")
_JOINS = ("concat", "concatenate", *MERGES, "add", "multiply", "subtract", "average", "maximum")
MOST = 4  # places that are tried


def _met(spec: ModelSpec) -> tuple[int | None, tuple[Sizes, ...]]:
    """The line of the first call whose two tensors don't fit, and their shapes."""
    for i, inputs, outputs in walk(spec):
        layer = spec.layers[spec.calls[i].layer]
        if len(inputs) == 2 and (outputs is None or (layer.class_name in MERGES and not _fit(layer, inputs))):
            return spec.calls[i].line, inputs
    return None, ()


def _fit(layer: LayerSpec, shapes: tuple[Sizes, ...]) -> bool:
    """Whether a layer can join two tensors: of a Concatenate, one axis may differ."""
    if len(shapes[0]) != len(shapes[1]):
        return False
    axis = layer.get("axis", -1) if layer.class_name == "Concatenate" else None
    joined = axis % len(shapes[0]) if isinstance(axis, int) else None
    pairs = [pair for place, pair in enumerate(zip(*shapes, strict=True)) if place != joined]
    return all(a == b or None in (a, b) or (joined is None and 1 in (a, b)) for a, b in pairs)


def strides_of_the_other_path(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """A shortcut, or an upsampling convolution, without the strides that the layers beside it have."""
    line, shapes = _met(spec)
    if line is None or len({len(sizes) for sizes in shapes}) != 1 or len(shapes[0]) < 3:
        return
    bare = [node for node in places.calls() if _could_stride(node) and argument(node, -1, *_STRIDES) is None]
    found = [(node, words) for node in bare if (words := _strides_beside(places, node))]
    for node, (key, value) in sorted(found, key=lambda pair: not _of_size_one(pair[0]))[:MOST]:
        end = places.span(node)[1] - 1
        inside = places.text[:end].rstrip()
        comma = " " if inside.endswith(",") else "" if inside.endswith("(") else ", "
        edit = Edit(len(inside), len(inside), f"{comma}{key}={value}")
        label = f"Give {last(node)} in line {node.lineno} {key}={value}, like the path that it meets."
        means = "Both paths must change height and width alike before they are joined."
        yield changed(places, [edit], label, f"{last(node)}(…, {key}={value})", means)


def _could_stride(node: ast.Call) -> bool:
    """A convolution, or a function of the text that is given strides elsewhere."""
    name = today_name(last(node)) or ""
    return name in CONVOLUTIONS or not name


def _strides_beside(places: Places, node: ast.Call) -> tuple[str, str] | None:
    """The strides of another convolution, or of another call of the same function, in the function around a call."""
    around, own = _function(places, node), today_name(last(node)) or last(node)
    for other in places.calls():
        kind = today_name(last(other)) or last(other)
        alike = kind == own or (own in CONVOLUTIONS and kind in CONVOLUTIONS and "Transpose" not in f"{kind}{own}")
        at = argument(other, -1, *_STRIDES) if alike and other is not node else None
        one = isinstance(at, ast.Constant) and at.value == 1
        if at is not None and not one and _function(places, other) is around:
            return next(k.arg or "" for k in other.keywords if k.value is at), places.source(at)
    return None


def _of_size_one(node: ast.Call) -> bool:
    given = (*node.args[1:2], *(keyword.value for keyword in node.keywords))
    return any(isinstance(size, ast.Constant) and size.value == 1 for size in given)


def _function(places: Places, node: ast.AST) -> ast.AST | None:
    while node in places.parents:
        node = places.parents[node]
        if isinstance(node, ast.FunctionDef):
            return node
    return None


def operand_in_the_other_order(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """``multiply([x, a])`` of (28, 60) and (60, 28): the axes of one of the two are exchanged back."""
    line, shapes = _met(spec)
    turned = len(shapes) == 2 and len(shapes[0]) == len(shapes[1]) == 3 and shapes[0][1:] == shapes[1][:0:-1]
    for _, listed in _joined(places, line) if turned else ():
        layer, imports = places.layer_name("Permute")
        operand = listed[-1]
        code = f"{layer}((2, 1))({places.source(operand)})"
        label = f"Swap the two axes of {places.source(operand)} back."
        means = f"{shapes[1]} becomes {(shapes[1][0], *shapes[0][1:])}."
        yield changed(places, [*imports, Edit(*places.span(operand), code)], label, code, means)
    for node in places.sums(line, "ops.add") if turned else ():
        name, imports = places.keras()
        code = f"{name}.ops.transpose({places.source(node.right)}, (0, 2, 1))"
        label = f"Swap the two axes of {places.source(node.right)} back."
        means = f"{shapes[1]} becomes {(shapes[1][0], *shapes[0][1:])}."
        yield changed(places, [*imports, Edit(*places.span(node.right), code)], label, code, means)


def parts_of_a_width(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """``reshape(x, (-1, steps, heads, dim))``: the heads share the width, so each has a part of it."""
    lines = {layer.line for layer in spec.layers} | {check.line for check in spec.checks if check.kind == "reshape"}
    for node in (node for node in places.calls() if "reshape" in last(node).lower() and node.lineno in lines):
        listed = [part for part in (*node.args, *(k.value for k in node.keywords)) if isinstance(part, ast.Tuple)]
        sizes = [part for part in parts(listed[0] if listed else None) if isinstance(part, ast.Name | ast.Attribute)]
        for whole, count in list(permutations(reversed(sizes), 2))[:MOST]:
            code = f"{places.source(whole)} // {places.source(count)}"
            label = f"Write {code} instead of {places.source(whole)} in line {whole.lineno}."
            means = f"{places.source(count)} parts share the {places.source(whole)} numbers."
            yield changed(places, [Edit(*places.span(whole), code)], label, code, means)


def vector_beside_steps(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """``tf.concat([context, x], -1)`` of one vector and of one for each step."""
    line, shapes = _met(spec)
    ranks = [len(sizes) for sizes in shapes]
    if sorted(ranks) != [2, 3]:
        return
    place = ranks.index(2)
    vector, sequence = shapes[place], shapes[1 - place]
    for _, listed in _joined(places, line):
        imports: tuple[Edit, ...] = ()
        words = places.source(listed[place])
        if sequence[1] == 1:
            code = f"{words}[:, None, :]"
            label = "Give the vector an axis for the one step."
        else:
            layer, imports = places.layer_name("RepeatVector")
            code, label = f"{layer}({sequence[1]})({words})", f"Repeat the vector for each of the {sequence[1]} steps."
        means = f"{vector} becomes {(vector[0], sequence[1], vector[1])}."
        yield changed(places, [*imports, Edit(*places.span(listed[place]), code)], label, code, means)


def _joined(places: Places, line: int | None) -> Iterator[tuple[ast.Call, list[ast.expr]]]:
    """The calls of a line that join two tensors of a list, and these."""
    for node in places.calls(line) if line is not None else ():
        name = last(node) or (last(node.func) if isinstance(node.func, ast.Call) else "")
        listed = parts(node.args[0]) if node.args and isinstance(node.args[0], ast.List | ast.Tuple) else []
        if name in _JOINS and len(listed) == 2:
            yield node, listed


def input_by_its_name(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """``Input(shape=(hidden,))`` of a part that is given what is ``latent`` wide: the name with that number."""
    apart = _apart(spec)
    numbers = {
        name: value.value
        for name, value in given(places)
        if isinstance(value, ast.Constant) and type(value.value) is int
    }
    for node in places.inputs():
        for at in (part for value in _shapes_of(node) for part in parts(value) if isinstance(part, ast.Name)):
            came = apart.get(numbers.get(at.id, 0))
            for name in [name for name, number in numbers.items() if number == came and name != at.id][:MOST]:
                label = f"Write {name} instead of {at.id} in line {at.lineno}."
                means = f"What comes in is {came} wide, as {name} says."
                yield changed(places, [Edit(*places.span(at), name)], label, f"Input(… {name} …)", means)


def _shapes_of(node: ast.Call) -> list[ast.expr]:
    return [*node.args[:1], *(k.value for k in node.keywords if k.arg in ("shape", "input_shape"))]


def _apart(spec: ModelSpec) -> dict[int, int]:
    """The sizes that an Input declares and the data have otherwise: declared, and found."""
    found: dict[int, int] = {}
    for check in spec.checks:
        for tensor, came in zip(spec.inputs, check.shapes, strict=False):
            pairs = zip(tensor.shape[1:], came[1:], strict=False) if len(tensor.shape) == len(came) else ()
            found |= {a: b for a, b in pairs if a is not None and b is not None and a != b}
    return found


def arguments_in_order(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """``Agent(4, 2)`` where the class of the text takes the two the other way round."""
    apart = _apart(spec)
    defined = [n.name for n in ast.walk(places.tree) if isinstance(n, ast.ClassDef | ast.FunctionDef)]
    numbers = {name: value for name, value in given(places) if isinstance(value, ast.Constant)}
    for node in (n for n in places.calls() if last(n) in defined and len(n.args) > 1):
        values = [numbers.get(arg.id) if isinstance(arg, ast.Name) else arg for arg in node.args]
        sizes = [value.value if isinstance(value, ast.Constant) else None for value in values]
        for one, (a, b) in enumerate(pairwise(sizes)):
            if type(a) is not int or type(b) is not int or (apart.get(a) != b and apart.get(b) != a):
                continue
            first, second = node.args[one], node.args[one + 1]
            edits = [Edit(*places.span(first), places.source(second)), Edit(*places.span(second), places.source(first))]
            label = f"Swap {places.source(first)} and {places.source(second)}: {last(node)} takes them in that order."
            code = f"{last(node)}({places.source(second)}, {places.source(first)})"
            yield changed(places, edits, label, code, f"The data have {apart.get(a, apart.get(b, a))} of these.")
