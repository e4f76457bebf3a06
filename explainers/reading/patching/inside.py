"""Changes inside of the asker's own classes, where two operands don't fit: a width by its name, an axis, a shortcut.

Each is read again and run live before it is offered, as every other change.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from explainers.core.spec import LayerSpec, ModelSpec, Ref, Sizes
from explainers.reading.literal import BY_NAME
from explainers.reading.patching.numbers import corrected
from explainers.reading.patching.places import Edit, Places, Rewritten, argument, last, parts
from explainers.reading.patching.writing import changed
from explainers.reading.shapes import walk

_WIDTHS = ("units", "filters", "output_dim")
_PLACES_AN_AXIS = {
    "stack": "The tensors are then stacked along that axis.",
    "expand_dims": "The new axis is then there.",
}
_FURTHEST = 12  # calls that are gone back to the layer that made a tensor's width
MOST_NAMES = 4  # that are tried in the place of one width
EQUAL_THEN = "The two sizes that disagree are then equal."


@dataclass(frozen=True)
class _Refused:
    """The operation whose operands don't fit: where it stands, what it reads, and the shapes of that."""

    line: int | None
    refs: tuple[Ref, ...]
    shapes: tuple[Sizes, ...]


def _refused(spec: ModelSpec) -> _Refused | None:
    for i, inputs, outputs in walk(spec):
        call = spec.calls[i]
        if outputs is None and inputs and spec.layers[call.layer].class_name.startswith("ops."):
            return _Refused(call.line, call.inputs, inputs)
    return None


def _made_wide(spec: ModelSpec, ref: Ref) -> LayerSpec | None:
    """The layer that gave a tensor its last axis."""
    for _ in range(_FURTHEST):
        if ref.source != "call":
            return None
        call = spec.calls[ref.index]
        layer = spec.layers[call.layer]
        if any(isinstance(layer.get(width), int) for width in _WIDTHS):
            return layer
        ref = call.inputs[0]
    return None


def _width_of(places: Places, layer: LayerSpec | None) -> tuple[ast.Call, ast.expr] | None:
    """The call that makes a layer, and its width as it is written there."""
    made = places.makers(layer) if layer is not None else []
    width = next((name for name in _WIDTHS if layer is not None and isinstance(layer.get(name), int)), "")
    if len(made) != 1 or layer is None:
        made = [node for node in made if layer is not None and node.lineno == layer.line][-1:]
    order = BY_NAME[layer.class_name].order if layer is not None and layer.class_name in BY_NAME else ()
    at = argument(made[0], order.index(width) if width in order else -1, width) if made else None
    return (made[0], at) if at is not None else None


def width_by_its_name(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """``Dense(ff_dim)`` whose output is added to what is ``embed_dim`` wide: the other name of the same function."""
    refused = _refused(spec)
    found = [_width_of(places, _made_wide(spec, ref)) for ref in refused.refs] if refused is not None else []
    widths = [pair for pair in found if pair is not None]
    for maker, at in sorted(widths, key=lambda pair: not isinstance(pair[1], ast.BinOp)):
        words = places.source(at)
        others = [places.source(other) for node, other in widths if node is not maker and _around(places, node) is
                  _around(places, maker)]  # fmt: skip
        names = dict.fromkeys(name for name in (*others, *_given(places, maker)) if name != words)
        for name in list(names)[:MOST_NAMES] if not isinstance(at, ast.Constant) else ():
            label = f"Write {name} instead of {words} in line {at.lineno}."
            yield changed(places, [Edit(*places.span(at), name)], label, f"{last(maker)}({name})", EQUAL_THEN)


def _around(places: Places, node: ast.AST) -> ast.AST | None:
    """The function that a node stands in."""
    while node in places.parents:
        node = places.parents[node]
        if isinstance(node, ast.FunctionDef):
            return node
    return None


def _class_around(places: Places, node: ast.AST) -> ast.ClassDef | None:
    while node in places.parents:
        node = places.parents[node]
        if isinstance(node, ast.ClassDef):
            return node
    return None


def _given(places: Places, node: ast.AST) -> list[str]:
    """The arguments of the function that a node stands in."""
    function = _around(places, node)
    arguments = function.args.args if isinstance(function, ast.FunctionDef) else []
    return [part.arg for part in arguments if part.arg != "self"]


def as_many_positions(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """Something without samples (positions, a table) that has another length than what it is added to."""
    refused = _refused(spec)
    if refused is None or len(refused.shapes) != 2 or not all(refused.shapes):
        return
    fixed, of_samples = sorted(refused.shapes, key=lambda shape: shape[0] is None)
    pairs = [
        (a, b) for a, b in zip(reversed(fixed), reversed(of_samples), strict=False) if a and b and a != b and a > 1
    ]
    if fixed[0] is None or of_samples[0] is not None or len(pairs) != 1:
        return
    for change in corrected(places.text, pairs):
        if change.label.startswith(f"Write {pairs[0][1]} "):
            yield change


def weight_of_the_last_axis(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """``add_weight(shape=(input_shape[1], units))``: a product needs as many rows as its input has features."""
    for node in ast.walk(places.tree):
        if not isinstance(node, ast.Subscript) or not isinstance(node.value, ast.Name):
            continue
        function = _around(places, node)
        build = isinstance(function, ast.FunctionDef) and function.name == "build"
        if isinstance(places.parents[node], ast.Subscript):
            continue  # the shape of one of several inputs
        if not build or node.value.id not in _given(places, node) or ast.unparse(node.slice) == "-1":
            continue
        if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, int):
            words = f"{node.value.id}[-1]"
            label = f"Write {words} instead of {places.source(node)} in line {node.lineno}: the last axis."
            means = "The kernel of a product needs as many rows as its input has features."
            yield changed(places, [Edit(*places.span(node), words)], label, words, means)


def axis_put_elsewhere(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """``ops.stack(parts, axis=-1)`` in front of a product whose axes are in another order."""
    refused = _refused(spec)
    lines = {spec.calls[ref.index].line for ref in refused.refs if ref.source == "call"} if refused is not None else ()
    for node in (n for n in places.calls() if n.lineno in lines and last(n) in _PLACES_AN_AXIS):
        at = argument(node, 1, "axis")
        words = ast.unparse(at) if at is not None else ""
        for axis in ("1", "-1", "2"):
            if at is None or axis == words:
                continue
            label = f"Write axis={axis} instead of axis={words} in line {at.lineno}."
            code = f"{last(node)}(…, axis={axis})"
            yield changed(places, [Edit(*places.span(at), axis)], label, code, _PLACES_AN_AXIS[last(node)])


_NEW = ("None", "np.newaxis", "tf.newaxis", "numpy.newaxis")


def new_axis_elsewhere(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """``x[:, :, None, :]`` in front of an operation that needs the new axis at another place."""
    refused = _refused(spec)
    if refused is None:
        return
    lines = {refused.line, *(spec.calls[ref.index].line for ref in refused.refs if ref.source == "call")}
    for node in (n for n in ast.walk(places.tree) if isinstance(n, ast.Subscript) and n.lineno in lines):
        words = [places.source(part) for part in parts(node.slice)]
        new = [place for place, word in enumerate(words) if word in _NEW]
        if len(new) != 1 or not {*words} <= {":", "...", words[new[0]]}:
            continue
        rest = [word for word in words if word != words[new[0]]]
        for place in range(1, len(words)):
            if place != new[0]:
                inside = ", ".join((*rest[:place], words[new[0]], *rest[place:]))
                code = f"{places.source(node.value)}[{inside}]"
                label = f"Write {code} in line {node.lineno}."
                means = f"The new axis is then axis {place}."
                yield changed(places, [Edit(*places.span(node), code)], label, code, means)


def shortcut_of_a_class(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """``x + inputs`` in a block that changes the shape: a convolution of size 1 that the block makes for its input."""
    refused = _refused(spec)
    if refused is None or len(refused.shapes) != 2 or len(refused.shapes[0]) != len(refused.shapes[1]):
        return
    widths = [_width_of(places, _made_wide(spec, ref)) for ref in refused.refs]
    for side in (node for node in ast.walk(places.tree) if isinstance(node, ast.Name) and node.lineno == refused.line):
        call, cls = _around(places, side), _class_around(places, side)
        added = isinstance(places.parents[side], ast.BinOp)
        if not added or not isinstance(call, ast.FunctionDef) or call.name != "call" or cls is None:
            continue
        if side.id not in [part.arg for part in call.args.args]:
            continue
        within = [pair for pair in widths if pair is not None and _class_around(places, pair[0]) is cls]
        if within:
            yield from _projected(places, side, within[0], cls, len(refused.shapes[0]))
        return


def _projected(
    places: Places, side: ast.Name, made: tuple[ast.Call, ast.expr], cls: ast.ClassDef, rank: int
) -> Iterator[Rewritten]:
    init = next(part for part in cls.body if isinstance(part, ast.FunctionDef) and part.name == "__init__")
    strides = next((argument(n, -1, "strides") for n in places.calls() if _around(places, n) is init
                    and argument(n, -1, "strides") is not None), None)  # fmt: skip
    layer, imports = places.layer_name("Dense" if rank == 2 else f"Conv{rank - 2}D")
    size = "" if rank == 2 else ", 1"
    step = f', strides={places.source(strides)}, padding="same"' if strides is not None and rank > 2 else ""
    words = f"self.shortcut = {layer}({places.source(made[1])}{size}{step})"
    end = places.span(init.body[-1])[1]
    start = places.span(init.body[-1])[0]
    margin = places.text[places.text.rfind("\n", 0, start) + 1 : start]
    edits = [*imports, Edit(end, end, f"\n{margin}{words}"), Edit(*places.span(side), f"self.shortcut({side.id})")]
    what = "a Dense layer" if rank == 2 else "a convolution of size 1"
    label = f"Bring {side.id} to the shape of what it is added to: {what}."
    yield changed(places, edits, label, words, "The class makes it once, next to its other layers.")
