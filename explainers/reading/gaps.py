"""What the reader couldn't follow is a gap of its own: told as one, and never the asker's mistake.

Before the model is built, what stands behind a gap is left out: its shapes aren't known. After it was built, a refusal
that rests on a size the text doesn't give, or on an argument that wasn't read, is no mistake.
"""

from __future__ import annotations

import re
from dataclasses import replace

from explainers.core.results import BuildError
from explainers.core.spec import InputSpec, ModelSpec, Ref, Sizes
from explainers.reading.code.graph import Graph
from explainers.reading.literal import BY_NAME
from explainers.reading.shapes import walk
from explainers.reading.text import clean

_NOT_FOLLOWED = re.compile(r"an example: (.{0,400}) isn't in the text", re.DOTALL)
_CUT_CALL = re.compile(r"\(.{0,400}?(?=\.\w{1,40}$|$)", re.DOTALL)
_UNREAD = "a tensor that couldn't be read"
_OF_INPUT = "the input's "
_MISSED = re.compile(r"\b(?P<name>\w+)(?P<made>\.__init__)?\(\) missing \d+ required positional argument")
_OF_RANK = re.compile(r"expected (?:min_|max_)?ndim=\d")
_NUMBER = re.compile(r" = (\d+)$")
_TWO_SIZES = re.compile(r"Dimensions must be equal, but are (\d{1,9}) and (\d{1,9})")
_LAID_OUT = re.compile(r"the requested shape has (\d{1,15})")
_FREE = {"features": 5, "channels": 3, "timesteps": 30, "steps": 30, "height": 32, "width": 30, "depth": 28}
RESTS_ON_AN_EXAMPLE = (
    "What Keras refuses here depends on a size that the text doesn't give: an example is used instead."
)
NOT_READ = "This app can't read an argument on this line, so this refusal says nothing about your code."


def before_gaps(graph: Graph, spec: ModelSpec) -> tuple[ModelSpec | None, str]:
    """The part of a program in front of what couldn't be followed, and a sentence that says so."""
    gaps = {Ref("input", i): words for i, tensor in enumerate(graph.inputs) if (words := _gap(tensor))}
    if not gaps or not any(_gap(tensor) for tensor in spec.inputs):
        return spec, ""
    behind: set[int] = set()
    for i, call in enumerate(graph.calls):
        refs = (*call.inputs, *call.states)
        if any(ref in gaps or (ref.source == "call" and ref.index in behind) for ref in refs):
            behind.add(i)
    ref, words = (
        next((ref, words) for ref, words in gaps.items() if words != _UNREAD)
        if any(words != _UNREAD for words in gaps.values())
        else next(iter(gaps.items()))
    )
    line = next((call.line for call in graph.calls if ref in call.inputs), None)
    told = f"`{_closed(words)[:80]}`" if words != _UNREAD else "A tensor here"
    if len(gaps) == len(graph.inputs):
        return spec, f"{told} can't be read here: an example is used instead." if words != _UNREAD else ""
    note = (
        (f"{told} can't be read here: from line {line} on, the shapes are unknown.")
        if line
        else f"{told} can't be read here."
    )
    return _front(graph, spec, behind), note


def _gap(tensor: InputSpec) -> str:
    """What couldn't be followed, in its own words; "" for an Input of the text, and for data that stand elsewhere."""
    found = _NOT_FOLLOWED.match(tensor.origin)
    words = found[1] if found is not None else ""
    return words if words == _UNREAD or "(" in words or "[" in words else ""


def _closed(words: str) -> str:
    """A long call that was cut, with its bracket closed: ``ResNet50(…).output``."""
    return words if words.count("(") == words.count(")") else _CUT_CALL.sub("(…)", words)


def _front(graph: Graph, spec: ModelSpec, behind: set[int]) -> ModelSpec | None:
    kept = [i for i in range(len(graph.calls)) if i not in behind]
    used = {ref.index for i in kept for ref in (*graph.calls[i].inputs, *graph.calls[i].states) if ref.source == "call"}
    ends = [Ref("call", i) for i in kept if i not in used]
    return graph.model(ends, [], False, (), spec.assumed, spec.name) if ends else None


def ranked(spec: ModelSpec) -> ModelSpec:
    """An Input whose shape the text doesn't give has as many axes as the layer that reads it takes."""
    inputs, assumed = list(spec.inputs), list(spec.assumed)
    for i, tensor in enumerate(inputs):
        rules, made_up = _read_as(spec, Ref("input", i)), _made_up(spec, tensor)
        if not made_up or rules is None or (rules[0] or 2) == 2:
            continue
        names = rules[1][1:]
        sizes = tuple(_FREE.get(name, 7) for name in names)
        inputs[i] = replace(tensor, shape=(tensor.shape[0], *sizes))
        assumed = [note for note in assumed if note != made_up]
        assumed += [f"the input's {name} = {size}" for name, size in zip(names, sizes, strict=True)]
    return replace(spec, inputs=tuple(inputs), assumed=tuple(assumed))


def _made_up(spec: ModelSpec, tensor: InputSpec) -> str:
    """What is said of an Input with one axis besides the batch that is an example; "" for every other one."""
    sizes = {f" = {n}" for n in tensor.shape[1:] if len(tensor.shape) == 2}
    said = (note for note in spec.assumed if note.startswith(_OF_INPUT))
    return next((note for note in said if note.endswith(tuple(sizes))), "")


_KEEPING = ("same", "same_image", "norm", "resize")  # groups of layers whose output has the axes of their input


def _read_as(spec: ModelSpec, ref: Ref) -> tuple[int | None, tuple[str, ...]] | None:
    """What the first layer that minds its axes reads: behind those that leave them as they are."""
    reached = {ref}
    for number, call in enumerate(spec.calls):
        if reached.isdisjoint(call.inputs):
            continue
        found = BY_NAME.get(spec.layers[call.layer].class_name)
        if found is None or found.group not in _KEEPING:
            return _rules(spec, call.layer)
        reached.add(Ref("call", number))
    return None


_MOST_DOUBLED = 10  # times that an example is doubled: 7 steps become some thousands


def with_room(spec: ModelSpec) -> ModelSpec:
    """An example for the Input's steps or sides that no window of the program is too long for, where there is one."""
    tried = spec
    for _ in range(_MOST_DOUBLED):
        crowded = any(n is not None and n < 1 for _, _, made in walk(tried) for shape in made or () for n in shape)
        if not crowded:
            return tried
        larger = _doubled(tried)
        if larger is None:
            return spec
        tried = larger
    return spec


def _doubled(spec: ModelSpec) -> ModelSpec | None:
    """The same program with an Input of twice the steps; None where the text says how many there are.

    What a layer is given, too, stays: twice as much of it might no longer fit the rest of the program.
    """
    given = {n for layer in spec.layers for _, value in layer.arguments for n in _whole(value)}
    sizes = {int(n[1]) for note in spec.assumed if (n := _NUMBER.search(note)) and note.startswith(_OF_INPUT)}
    sizes |= examples(spec) - given
    inputs = tuple(
        replace(one, shape=(one.shape[0], *(2 * n if n in sizes and n else n for n in one.shape[1:-1]), one.shape[-1]))
        if len(one.shape) > 2 and not any(check.shapes for check in spec.checks)
        else one
        for one in spec.inputs
    )
    if inputs == spec.inputs:
        return None
    grown = {n for one in spec.inputs for n in one.shape[1:-1] if n in sizes}
    return replace(spec, inputs=inputs, assumed=tuple(_with_double(note, grown) for note in spec.assumed))


def _whole(value: object) -> tuple[int, ...]:
    """The numbers in an argument."""
    parts = value if isinstance(value, tuple) else (value,)
    return tuple(part for part in parts if isinstance(part, int) and not isinstance(part, bool))


def _with_double(note: str, grown: set[int]) -> str:
    found = _NUMBER.search(note)
    size = int(found[1]) if found is not None else 0
    return f"{note.rsplit(' = ', 1)[0]} = {2 * size}" if size in grown else note


def _rules(spec: ModelSpec, layer: int) -> tuple[int | None, tuple[str, ...]] | None:
    found = BY_NAME.get(spec.layers[layer].class_name)
    return None if found is None or found.rank is None or len(found.axes) != found.rank else (found.rank, found.axes)


def examples(spec: ModelSpec) -> set[int]:
    """The numbers that stand in place of what the text doesn't give."""
    return {int(found[1]) for note in spec.assumed if (found := _NUMBER.search(note)) is not None}


def excused(spec: ModelSpec, error: BuildError, text: str) -> str:
    """Why a refusal says nothing about the program that the text holds; "" where it does."""
    if _hides_arguments(spec, error.message, text):
        return NOT_READ
    if any(_NOT_FOLLOWED.match(tensor.origin) and None in tensor.shape[1:] for tensor in spec.inputs):
        return RESTS_ON_AN_EXAMPLE  # a tensor that wasn't followed: the sizes that it got are ours
    if _OF_RANK.search(error.message) and any(
        _made_up(spec, tensor) and _read_as(spec, Ref("input", i)) is None for i, tensor in enumerate(spec.inputs)
    ):
        return RESTS_ON_AN_EXAMPLE  # how many axes it has is ours, too
    made_up = examples(spec)
    if made_up and error.expected and error.found and len(error.expected) == len(error.found):
        pairs = zip(error.expected, error.found, strict=True)
        apart = [(a.size, b.size) for a, b in pairs if a.size != b.size and None not in (a.size, b.size)]
        if apart and all(a in made_up or b in made_up for a, b in apart):
            return RESTS_ON_AN_EXAMPLE
    if len(error.expected) == 1 < len(error.found) and error.axis is not None:
        ours = {n for tensor in spec.inputs for n in tensor.shape[1:-1]} & made_up
        if ours or error.found[error.axis].size in made_up:
            return RESTS_ON_AN_EXAMPLE  # a window that is longer than a size of ours, or than what is left of it
    printed = [found.sizes for found in clean(error.message).shapes[:2]] if made_up and error.layer is None else []
    if len(printed) == 2 and _apart_by(printed[0], printed[1], made_up):
        return RESTS_ON_AN_EXAMPLE
    laid_out = _LAID_OUT.search(error.message)
    if laid_out is not None and any(int(laid_out[1]) % size == 0 for size in made_up):
        return RESTS_ON_AN_EXAMPLE
    of_operation = _TWO_SIZES.search(error.message)
    if of_operation is not None and any(int(size) in made_up for size in of_operation.groups()):
        return RESTS_ON_AN_EXAMPLE
    return ""


def _apart_by(one: Sizes, other: Sizes, made_up: set[int]) -> bool:
    """Whether two operands, lined up from the right, differ by examples alone."""
    pairs = [(a, b) for a, b in zip(reversed(one), reversed(other), strict=False) if a != b and None not in (a, b)]
    pairs = [pair for pair in pairs if 1 not in pair]
    return bool(pairs) and all(a in made_up or b in made_up for a, b in pairs)


def _hides_arguments(spec: ModelSpec, message: str, text: str) -> bool:
    """Whether what Keras misses is what wasn't read: an operand, a ``**`` of arguments, a layer inside of another."""
    missed = _MISSED.search(message)
    if missed is not None and not missed["made"]:
        return True  # a function of keras.ops: all of its operands are the reader's own
    lines = text.split("\n")
    of_class = [layer for layer in spec.layers if missed is not None and layer.class_name == missed["name"]]
    if any(layer.line and layer.line <= len(lines) and "*" in lines[layer.line - 1] for layer in of_class):
        return True
    inner = (value for layer in spec.layers for key, value in layer.arguments if key in ("layer", "cell"))
    return ": None" in message and any(value is None or (isinstance(value, tuple) and None in value) for value in inner)
