"""The code that made the model, line by line: coloured as Python, its numbers with their origins, and which line
made which number."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Any

from explainers.core.axes import Axis, Shape, sizes
from explainers.core.results import Inspection, Layer, Step
from views.numbers import axis_data, code_by_layer

_COMMENT = "  # ("  # how the shape comment of a step's line begins
_NUMBER = re.compile(r"None|\d+")
_ARGUMENT = re.compile(r"\b(\w++)=(None|\d++)\b")
_INPUT_SHAPE = re.compile(r"\bshape=\(([^()]*+)\)")
_NAME = re.compile(r'name="([^"]+)"\)')
_HIDDEN = "  # (?)"
_LABEL = "The code; arrow keys move between its numbers"

Span = tuple[int, int, Axis]  # of one line: from, to, and what the number there is


def data(inspection: Inspection, hide: Collection[int] = ()) -> dict[str, Any]:
    """What code.js draws. hide: steps of the flow whose shape is still to be predicted: their comments say "?"."""
    code = text(inspection, hide)
    steps = step_lines(inspection)
    owners = _owners(inspection, steps)
    axes = known_axes(inspection)
    failed = inspection.code_lines.get(inspection.error.layer or "", 0) if inspection.error else 0
    by_layer = code_by_layer(inspection)
    lines = []
    for number, (line, colours) in enumerate(zip(code.splitlines(), _coloured(code), strict=True), 1):
        layer = owners.get(number)
        spans = sorted(_spans(line, steps.get(number), layer, axes), key=lambda span: span[0])
        lines.append(
            {
                "number": number,
                "pieces": list(_pieces(line, colours, spans, by_layer)),
                "sources": sorted(source for source in axes if layer is not None and _owner(source) == layer.name),
                "failed": number == failed,
            }
        )
    return {"lines": lines, "text": code, "label": _LABEL}


def plain(
    code: str, label: str, language: str = "python", numbered: bool = False, only: range | None = None
) -> dict[str, Any]:
    """Code or a link that is shown and copied, with no number that comes from the model on the page.

    language: "python", or "text" for one colour. label: what it is, for who can't see it. only: the lines that are
    shown, from 1; what is copied is the whole.
    """
    colours = _coloured(code) if language == "python" else tuple(" " * len(line) for line in code.splitlines())
    lines = [
        {
            "number": number if numbered else None,
            "pieces": list(_plain(line, letters, 0, len(line))),
            "sources": [],
            "failed": False,
        }
        for number, (line, letters) in enumerate(zip(code.splitlines(), colours, strict=True), 1)
        if only is None or number in only
    ]
    return {"lines": lines, "text": code, "label": label}


def around(code: str, number: int, rows: int, wide: int) -> range:
    """The lines around this one that fit into so many rows of so many letters: as many after it as before it, if there
    are. A longer line goes on in the next row.
    """
    high = [1 + len(line) // wide for line in code.splitlines()]
    first = last = max(1, min(number, len(high)))
    before: tuple[int, int] | None = None
    while before != (first, last):
        before = first, last
        if first > 1 and sum(high[first - 2 : last]) <= rows:
            first -= 1
        if last < len(high) and sum(high[first - 1 : last + 1]) <= rows:
            last += 1
    return range(first, last + 1)


def diff(unified: str, label: str) -> dict[str, Any]:
    """A unified diff as code.js draws it: what goes and what comes, under their signs. What is copied is the diff."""
    shown = [line for line in unified.splitlines() if not line.startswith(("---", "+++", "@@"))]
    while shown and not shown[0].strip():
        shown = shown[1:]
    while shown and not shown[-1].strip():
        shown = shown[:-1]
    colours = _coloured("\n".join(line[1:] for line in shown))
    lines = [
        {
            "number": None,
            "sign": line[:1].strip(),
            "pieces": list(_plain(line[1:], letters, 0, len(line) - 1)),
            "sources": [],
            "failed": False,
        }
        for line, letters in zip(shown, colours, strict=True)
    ]
    return {"lines": lines, "text": unified, "label": label}


def text(inspection: Inspection, hide: Collection[int] = ()) -> str:
    """The code; the shape comments of hidden steps say "?"."""
    lines = inspection.code.splitlines()
    index = {id(step): i for i, step in enumerate(inspection.flow)}
    for number, step in step_lines(inspection).items():
        if index[id(step)] in hide:
            line = lines[number - 1]
            lines[number - 1] = line[: line.rindex(_COMMENT)] + _HIDDEN
    return "".join(f"{line}\n" for line in lines)


def step_lines(inspection: Inspection) -> dict[int, Step]:
    """Line (from 1) -> the step that stands there: the lines with shape comments are in the order of the flow."""
    first = min(inspection.code_lines.values(), default=1)
    commented = [
        number
        for number, line in enumerate(inspection.code.splitlines(), 1)
        if number >= first and _COMMENT in line
    ]  # fmt: skip
    built = [step for step in inspection.flow if not step.failed]
    return dict(zip(commented, built, strict=True)) if len(commented) == len(built) else {}


def known_axes(inspection: Inspection) -> dict[str, Axis]:
    """Every source in the model, with an axis that comes from it: from it alone where there is one."""
    shapes = [shape for layer in inspection.layers for shape in (*layer.outputs, *(w.shape for w in layer.weights))]
    found: dict[str, Axis] = {}
    for axis in sorted((axis for shape in shapes for axis in shape), key=lambda axis: len(axis.sources)):
        for source in axis.sources:
            found.setdefault(source, axis)
    return found


def _owner(source: str) -> str:
    """``level_1`` of ``level_1.units``; ``cells`` of ``cells[0].units``."""
    return re.split(r"[.\[]", source, maxsplit=1)[0]


def _owners(inspection: Inspection, steps: dict[int, Step]) -> dict[int, Layer]:
    """Line -> the layer that it makes or calls; a shared layer has several lines."""
    layers = {layer.name: layer for layer in inspection.layers}
    owners = {number: layers[step.layer] for number, step in steps.items() if step.layer in layers}
    first = min(inspection.code_lines.values(), default=1)
    for number, line in enumerate(inspection.code.splitlines(), 1):
        named = _NAME.search(line)
        if number >= first - 1 and number not in owners and named and named[1] in layers and "keras.Model" not in line:
            owners[number] = layers[named[1]]  # the line that makes a shared layer
    return owners


# -- numbers in a line ---------------------------------------------------------------------------------------


def _spans(line: str, step: Step | None, layer: Layer | None, axes: dict[str, Axis]) -> Iterator[Span]:
    if layer is None:
        return
    comment = line.rfind(_COMMENT)
    statement = line if comment < 0 else line[:comment]
    yield from _argument_spans(statement, layer, axes)
    if step is not None and comment >= 0:
        yield from _comment_spans(line, comment, step.outputs)


def _argument_spans(statement: str, layer: Layer, axes: dict[str, Axis]) -> Iterator[Span]:
    """``units=5``, and the sizes in ``shape=(20, 1)`` of an Input."""
    for found in _ARGUMENT.finditer(statement):
        source = f"{layer.name}.{found[1]}"
        size = None if found[2] == "None" else int(found[2])
        if source in axes:
            axis = axes[source]
            own = axis if axis.size == size else _argument(found[1], size, layer, source)
            yield found.start(2), found.end(2), own
    shape = _INPUT_SHAPE.search(statement)
    if shape is None or layer.class_name != "InputLayer":
        return
    numbers = list(_NUMBER.finditer(statement, shape.start(1), shape.end(1)))
    for found, axis in zip(numbers, layer.outputs[0][1:], strict=False):
        yield found.start(), found.end(), axis


def _argument(name: str, size: int | None, layer: Layer, source: str) -> Axis:
    """An argument that decides a size without being it: kernel_size=3."""
    return Axis(name, size, f"{name}={size} of {layer.class_name} {layer.name}", (source,))


def _comment_spans(line: str, comment: int, shapes: tuple[Shape, ...]) -> Iterator[Span]:
    """``# (None, 6, 5) batch, timesteps, units``: the numbers, where they are the shape's."""
    groups = list(re.finditer(r"\(([^()]*)\)", line[comment:]))
    for group, shape in zip(groups, shapes, strict=False):
        numbers = list(_NUMBER.finditer(line, comment + group.start(1), comment + group.end(1)))
        if [found[0] for found in numbers] == [str(size) for size in sizes(shape)]:
            for found, axis in zip(numbers, shape, strict=True):
                yield found.start(), found.end(), axis


# -- colours -------------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _coloured(code: str) -> tuple[str, ...]:
    """For each line one letter per character: its kind of token (k keyword, s string, c comment, n number, f name of
    a function or class, space for all else)."""
    from pygments.lexers.python import PythonLexer  # 30 ms to load, and only pages with code need it
    from pygments.token import Comment, Keyword, Name, Number, String

    kinds = [(Keyword, "k"), (Comment, "c"), (String, "s"), (Number, "n")]
    kinds += [(Name.Function, "f"), (Name.Class, "f"), (Name.Decorator, "f")]
    letters = [" "] * len(code)
    for start, token, value in PythonLexer(ensurenl=False, stripnl=False).get_tokens_unprocessed(code):
        letter = next((letter for kind, letter in kinds if token in kind), " ")
        letters[start : start + len(value)] = letter * len(value)
    out, at = [], 0
    for line in code.splitlines():
        out.append("".join(letters[at : at + len(line)]))
        at += len(line) + 1
    return tuple(out)


def _pieces(line: str, colours: str, spans: list[Span], code: dict[str, str]) -> Iterator[list[Any]]:
    """The line cut where its colour changes or a number with an origin stands: ``[kind, text]``, or with an axis."""
    at = 0
    for start, end, axis in spans:
        yield from _plain(line, colours, at, start)
        yield [colours[start].strip(), line[start:end], axis_data(axis, code)]
        at = end
    yield from _plain(line, colours, at, len(line))


def _plain(line: str, colours: str, start: int, end: int) -> Iterator[list[Any]]:
    for found in re.finditer(r"(.)\1*", colours[start:end]):
        yield [found[1].strip(), line[start + found.start() : start + found.end()]]
