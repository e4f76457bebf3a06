"""What an axis is called where no layer made it: by the first layer that reads it and has a word for it.

An Input alone can't tell whether (None, 28, 28) are timesteps or an image. The layers that read it can, also from
behind layers that keep its axes. The same words name what a Reshape made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from explainers.core.axes import IMAGE_CHANNELS, Axis, Shape, by_place, is_named
from explainers.core.calls import given, read_by, tensors_in
from explainers.core.layers import reads, sheet_of
from explainers.core.layers.attention import MASK
from explainers.core.layers.reshaping import is_fresh, regroup
from explainers.core.operating import is_faint, is_merging, op_reads, operated
from explainers.core.operations import is_operation

# Layers that only have a word for an axis where nobody else has: they pad, drop or normalize whatever it is.
_FAINT = ("pad", "crop", "up", "same", "dense", "norm", "custom", "abstract")
_NEW_AXES = ("flatten", "einsum", "repeat")  # what leaves has other axes than what enters
_PLAIN = {2: ("features",), 3: ("rows", "columns"), 4: ("height", "width", "channels"),
          5: ("frames", "height", "width", "channels")}  # fmt: skip
_BESIDE = {"timesteps": "features", "steps": "channels", "width": "channels"}  # the last axis, where one of these is


@dataclass(frozen=True)
class Word:
    """The names that one reader has for all axes of a tensor; "" for an axis that it has no word for."""

    names: tuple[str, ...]
    faint: bool = False


Words = dict[Word, None]  # what all readers say, the nearest first; a set that keeps its order


@dataclass(frozen=True)
class Inside:
    """The graph inside one call: of a model inside a model, or of a layer that was opened. nodes: in order."""

    inputs: list[Any]
    outputs: list[Any]
    nodes: list[Any]


def gathered(
    nodes: Sequence[Any],
    outputs: Sequence[Any],
    failing: Any,
    inner: Mapping[int, Inside] | None = None,
    behind_all: Sequence[Words] = (),
) -> dict[int, Words]:
    """By id of each tensor, the words of those who read it, also of those behind layers that keep its axes.

    inner: by id of a call, the graph inside it. behind_all: the words of those who read the `outputs`.
    """
    found: dict[int, Words] = {id(tensor): words for tensor, words in zip(outputs, behind_all, strict=False)}
    for tensor in outputs:
        found.setdefault(id(tensor), _heard(failing, [tensor], tensor) if failing is not None else {})
    for node in reversed(nodes):
        behind: Words = {word: None for tensor in node.output_tensors for word in found.get(id(tensor), ())}
        tensors = read_by(node)
        inside = (inner or {}).get(id(node))
        if inside is not None:
            for tensor, words in _through_inside(node, inside, found):
                found.setdefault(id(tensor), {}).update(words)
            continue
        masks = {id(t) for name, value in given(node) if name == "attention_mask" for t in tensors_in(value)}
        for tensor in {id(t): t for t in tensors}.values():
            own = _heard(node.operation, tensors, tensor, id(tensor) in masks)
            found.setdefault(id(tensor), {}).update({**own, **_passed(node, tensor, behind)})
    return found


def _through_inside(node: Any, inside: Inside, found: Mapping[int, Words]) -> Iterator[tuple[Any, Words]]:
    """What is said inside a call of each tensor that it is given, and what is said behind it of what comes out."""
    behind = [found.get(id(tensor), {}) for tensor in node.output_tensors]
    said_inside = gathered(inside.nodes, inside.outputs, None, behind_all=behind)
    given_once = {id(tensor): tensor for tensor in node.input_tensors}.values()
    for tensor, ours in zip(given_once, inside.inputs, strict=False):
        words = said_inside.get(id(ours), {})
        yield tensor, {word: None for word in words if len(word.names) == len(tensor.shape)}


def _heard(layer: Any, tensors: Sequence[Any], tensor: Any, is_mask: bool = False) -> Words:
    """What one reader calls the axes of a tensor; a tensor that it reads as several things has place -1."""
    places = [place for place, other in enumerate(tensors) if other is tensor]
    place = MASK if is_mask else places[0] if len(places) == 1 else -1
    rank = len(tensor.shape)
    if is_operation(layer):
        return _word(op_reads(layer, rank), is_faint(layer))
    facts = sheet_of(layer)
    names = reads(layer, rank, place)
    if facts is not None and facts.group == "embedding" and rank > 1 and tensor.shape[-1] == 1:
        return _word((*names[:-1], "1"), True)  # a single id is no sequence, unless someone else says that it is
    return _word(names, facts is not None and facts.group in _FAINT)


def _word(names: tuple[str, ...], faint: bool) -> Words:
    return {Word(names, faint): None} if any(names) else {}


def _passed(node: Any, tensor: Any, behind: Words) -> Words:
    """The words from behind a layer, as words for what enters it."""
    places = _where(node, tensor)
    moved = (Word(tuple(_at(word.names, place) for place in places), word.faint) for word in behind)
    return {word: None for word in moved if any(word.names)}


def _at(names: tuple[str, ...], place: int | None) -> str:
    return names[place] if place is not None and place < len(names) else ""


def _where(node: Any, tensor: Any) -> list[int | None]:
    """For each axis that enters, at which place it leaves; None where it doesn't, or nobody can tell."""
    rank = len(tensor.shape)
    nowhere: list[int | None] = [None] * rank
    leaving = [tuple(output.shape) for output in node.output_tensors]
    facts = sheet_of(node.operation)
    group = facts.group if facts is not None else ""
    if is_operation(node.operation) and not is_merging(node.operation):
        return _marked(node, tensor, lambda shapes: operated(node.operation, shapes, leaving)) or _alike(
            tensor.shape, leaving[0]
        )
    rule = facts.rule if facts is not None and facts.name == "Dot" else None
    if rule is not None:
        return _marked(node, tensor, lambda shapes: (rule(node.operation, shapes).outputs, "")) or nowhere
    if group == "embedding":
        return [*range(rank)]  # it only adds an axis, the last
    if group == "dense" and rank == 2:
        return [0, None]  # its units are no features of the sample, whatever reads them
    if group == "permute":
        return [0, *(node.operation.dims.index(place) + 1 for place in range(1, rank))]
    if group == "reshape":
        return _through_reshape(tensor, node.output_tensors[0])
    if group in ("custom", "abstract", "") and not is_operation(node.operation):
        return _alike(tensor.shape, leaving[0])
    if group in _NEW_AXES or any(len(other) < rank for other in leaving):
        return nowhere
    return _from_the_right(tuple(tensor.shape), leaving[0])


def _marked(
    node: Any, tensor: Any, rule: Callable[[Sequence[Shape]], tuple[Sequence[Shape], str] | None]
) -> list[int | None]:
    """Where the rule itself takes the axes of one tensor: each is marked, and looked for in what comes out."""
    tensors = read_by(node)
    at = next(place for place, other in enumerate(tensors) if other is tensor)
    shapes = [
        tuple(Axis(f"{place} {i}", size, "") for i, size in enumerate(other.shape))
        for place, other in enumerate(tensors)
    ]
    found = rule(shapes)
    if found is None:
        return []
    left = [axis.axis for axis in found[0][0]]
    marks = [axis.axis for axis in shapes[at]]
    return [left.index(mark) if mark in left else None for mark in marks]


def _alike(entering: Sequence[int | None], leaving: Sequence[int | None]) -> list[int | None]:
    """A layer without a rule: the axes that keep their place and size; and one more, where all others do."""
    if len(entering) != len(leaving):
        return [None] * len(entering)
    kept = [place if size == leaving[place] else None for place, size in enumerate(entering)]
    return [*range(len(kept))] if kept.count(None) == 1 and kept[-1] is not None else kept


def _from_the_right(entering: Sequence[int | None], leaving: Sequence[int | None]) -> list[int | None]:
    """As sizes line up in a sum: the last with the last; an axis of 1 that was stretched is another one."""
    more = len(leaving) - len(entering)
    places: list[int | None] = [place + more for place in range(len(entering))]
    if more:
        places[0] = None
        places = [None if place is None or leaving[place] != entering[i] else place for i, place in enumerate(places)]
    return places


def _through_reshape(before: Any, after: Any) -> list[int | None]:
    """The axes that a Reshape leaves alone."""
    entering = tuple(Axis(str(place), size, "") for place, size in enumerate(before.shape))
    leaving = [axis.axis for axis in regroup(entering[1:], tuple(after.shape[1:]), "")]
    kept = {name: place + 1 for place, name in enumerate(leaving) if name.isdigit() and after.shape[place + 1] != 1}
    return [0, *(kept.get(str(place)) for place in range(1, len(before.shape)))]


# -- from words to names -------------------------------------------------------------------------------------


def said(words: Words | None, rank: int) -> tuple[str, ...]:
    """What readers call the axes: the nearest who is sure, else the nearest of the others; "" where none has a word."""
    fitting = [word for word in words or () if len(word.names) == rank]
    fitting.sort(key=lambda word: word.faint)
    return tuple(next((word.names[place] for word in fitting if word.names[place]), "") for place in range(rank))


def words_for(sizes: Sequence[int | None], words: Words | None) -> tuple[str, ...]:
    """A name for every axis of an Input, also where its readers have none."""
    rank = len(sizes)
    names = said(words, rank)
    plain = _PLAIN.get(rank, ())
    if rank > 3 and not any(names[1:]) and sizes[-1] not in IMAGE_CHANNELS:
        plain = ()
    beside = next((_BESIDE[name] for name in names if name in _BESIDE), "")
    square = rank == 3 and None not in sizes[1:] and sizes[1] == sizes[2]  # a graph's matrix, not steps with channels
    if beside and plain and not names[-1] and not square:
        plain = (*plain[:-1], beside)
    ours = ("batch", *plain) if len(plain) == rank - 1 else ("batch", *(by_place(i) for i in range(1, rank)))
    taken = set(names)
    return tuple(
        name or (own if own not in taken else by_place(place))
        for place, (name, own) in enumerate(zip(names, ours[:rank], strict=True))  # a single number has no axis at all
    )


def named_by(shape: Shape, words: Words | None) -> Shape:
    """The shape with its nameless axes called as their readers call them."""
    if not words or not any(_nameless(axis) for axis in shape):
        return shape
    names = said({word: None for word in words if not word.faint}, len(shape))
    return tuple(
        replace(axis, axis=name) if name and _nameless(axis) else axis for axis, name in zip(shape, names, strict=True)
    )


def _nameless(axis: Axis) -> bool:
    return axis.axis == "1" or is_fresh(axis) or not is_named(axis.axis)
