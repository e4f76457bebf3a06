"""Skip connections that join the wrong tensor."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import takewhile

from explainers.core.layers import MERGES
from explainers.core.spec import CallSpec, ModelSpec, Ref, Sizes
from explainers.reading.patching.places import Edit, Places, Rewritten, last
from explainers.reading.patching.slips import given
from explainers.reading.patching.writing import changed
from explainers.reading.shapes import walk


def other_operand(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """A skip connection that takes a tensor twice, where another one that fits is never joined."""
    made = {i: outputs for i, _, outputs in walk(spec)}
    merges = ((i, inputs) for i, inputs, _ in walk(spec) if _joins(spec, spec.calls[i]) and len(inputs) > 1)
    failing = next((met for met in merges if not all(_same_places(met[1][0], other) for other in met[1])), None)
    if failing is None:
        return
    call = spec.calls[failing[0]]
    joined = [ref for other in spec.calls if _joins(spec, other) for ref in other.inputs]
    names = _names_of_calls(places, spec, call.line or 0)
    for place, ref in enumerate(call.inputs):
        others = [shape for i, shape in enumerate(failing[1]) if i != place]
        if joined.count(ref) < 2 or ref not in names:
            continue
        free = (r for r in names if r.index < failing[0] and r not in joined)
        meant = [r for r in free if (shape := (made.get(r.index) or ((),))[0]) and _same_places(shape, others[0])]
        if meant:
            nearest = max(meant, key=lambda r: r.index)
            one, name = names[nearest], names[ref]
            label = f"Join {one} here instead of {name}: it has the same height and width."
            means = f"{name} is joined in another place, too, and {one} nowhere."
            yield from _renamed(places, call, spec, name, one, label, means)


def where_it_began(places: Places, spec: ModelSpec) -> Iterator[Rewritten]:
    """A residual sum with the wrong tensor: the branch began at another one, and that one has the branch's shape."""
    tensors = [tensor.shape for tensor in spec.inputs]
    made: dict[Ref, Sizes] = {Ref("input", i): shape for i, shape in enumerate(tensors)}
    for i, inputs, outputs in walk(spec):
        call = spec.calls[i]
        if _adds(spec, call) and len(inputs) == 2 and inputs[0] != inputs[1]:
            names = _names_of_inputs(places, spec) | _names_of_calls(places, spec, call.line or 0)
            for place, ref in enumerate(call.inputs):
                shape = inputs[1 - place]
                starts = (r for r in _in_front(spec, call.inputs[1 - place]) if made.get(r) == shape and r in names)
                start = next(starts, None)
                told = start is not None and ref in names and _branches(spec, start, call, place)
                if start is not None and told and names[start] not in (names[ref], names.get(call.inputs[1 - place])):
                    label = f"Add {names[start]} here instead of {names[ref]}: the branch begins there."
                    means = "A residual connection adds the input of the branch to its output; these have one shape."
                    yield from _renamed(places, call, spec, names[ref], names[start], label, means)
            return
        made |= {Ref("call", i, k): shape for k, shape in enumerate(outputs or ())}


def _branches(spec: ModelSpec, start: Ref, call: CallSpec, place: int) -> bool:
    """Whether what is added is a branch that begins there: it has weights, and what isn't added then is still read."""
    ref, other = call.inputs[place], call.inputs[1 - place]
    if sum(ref in one.inputs for one in spec.calls) < 2:
        return False
    between = [other, *takewhile(lambda before: before != start, _in_front(spec, other))]
    layers = (spec.layers[spec.calls[one.index].layer] for one in between if one.source == "call")
    return any(layer.get(width) is not None for layer in layers for width in ("units", "filters", "num_heads"))


def _adds(spec: ModelSpec, call: CallSpec) -> bool:
    return spec.layers[call.layer].class_name in ("Add", "ops.add")


def _in_front(spec: ModelSpec, ref: Ref) -> Iterator[Ref]:
    """The tensors that lead to one, the nearest first: always the first input, a query for one, before the others."""
    seen, waiting = {ref}, [ref]
    while waiting:
        ref = waiting.pop(0)
        for before in spec.calls[ref.index].inputs if ref.source == "call" else ():
            if before not in seen:
                seen.add(before)
                waiting.append(before)
                yield before


def _names_of_inputs(places: Places, spec: ModelSpec) -> dict[Ref, str]:
    """What the text calls its Inputs, where each has a name of its own."""
    made = [
        name
        for name, value in sorted(given(places), key=_place)
        if isinstance(value, ast.Call) and last(value) == "Input"
    ]
    return {Ref("input", i): name for i, name in enumerate(made)} if len(made) == len(spec.inputs) else {}


def _place(pair: tuple[str, ast.expr]) -> tuple[int, int]:
    return pair[1].lineno, pair[1].col_offset


def _joins(spec: ModelSpec, call: CallSpec) -> bool:
    return spec.layers[call.layer].class_name in MERGES


def _same_places(one: Sizes, other: Sizes) -> bool:
    """Whether all axes but the last are alike."""
    return len(one) == len(other) > 2 and one[1:-1] == other[1:-1]


def _names_of_calls(places: Places, spec: ModelSpec, line: int) -> dict[Ref, str]:
    """What the text calls the output of a call in front of a line: the last that each name is given there."""
    in_order = sorted((value.lineno, name) for name, value in given(places) if value.lineno < line)
    by_line = {place: name for name, place in {name: place for place, name in in_order}.items()}
    return {Ref("call", i): by_line[call.line] for i, call in enumerate(spec.calls) if call.line in by_line}


def _renamed(
    places: Places, call: CallSpec, spec: ModelSpec, name: str, other: str, label: str, means: str
) -> Iterator[Rewritten]:
    """The layer or the sum of a line, with one name in the place of another."""
    calls = [n for n in places.calls(call.line) if last(n) in _JOIN_FUNCTIONS or isinstance(n.func, ast.Call)]
    for node in [*calls, *places.sums(call.line, spec.layers[call.layer].class_name)]:
        found = [part for part in ast.walk(node) if isinstance(part, ast.Name) and part.id == name]
        if found:
            yield changed(places, [Edit(*places.span(found[0]), other)], label, places.source(node), means)
            return


_JOIN_FUNCTIONS = ("concatenate", "add", "multiply", "average", "merge")
