"""Layers and their shapes as other things than `summary()` print them -> rows of a table without counts.

`plot_model`'s boxes, `[layer.output_shape for layer in model.layers]`, a loop that prints each name and shape.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from explainers.core.layers import class_of
from explainers.core.spec import snake
from explainers.reading.literal import BY_NAME, today_name

MOST_ROWS = 400
LONGEST = 20_000  # characters that are looked at
_SHAPE = r"\[?\((?:None|\d{1,9})(?:, ?(?:None|\d{1,9})){0,6},?\)\]?"
_GAP = r"[\s|]{1,12}"
_MADE = rf"output(?: shape)?:{_GAP}"
_NAME = r"[A-Za-z_][\w./-]{0,60}"
# conv2d: Conv2D  input: (None, 80, 100, 3)  output: (None, 78, 98, 6); Keras 3: conv2d (Conv2D) Output shape: (…)
_BOX = re.compile(
    rf"(?<![\w./-])(?P<name>{_NAME}) {{0,2}}[:(|] {{0,2}}(?P<type>[A-Z]\w{{2,40}})\)?{_GAP}"
    rf"(?:input(?: shape)?:{_GAP}(?:{_MADE}(?P<first>{_SHAPE}){_GAP}(?P<then>{_SHAPE})|"
    rf"(?P<read>{_SHAPE}){_GAP}{_MADE}(?P<made>{_SHAPE}))|{_MADE}(?P<alone>{_SHAPE}))",
    re.IGNORECASE,
)
# 3 conv2d_1 (None, 31, 23, 24); "dense <class '…Dense'> (None, 31) (None, 9)": the last shape is the output
_LINE = re.compile(
    rf"^\W{{0,6}}(?:\d{{1,3}}[\s.:)]{{1,4}})?['\"]?(?P<name>{_NAME})['\"]?[\s,:=>-]{{1,6}}"
    rf"(?:output(?:_shape)?[\s=:]{{1,4}})?(?:(?P<read>{_SHAPE})[\s,:>-]{{1,6}})?(?P<made>{_SHAPE})\W{{0,4}}$",
    re.MULTILINE,
)
_OF_ALL = re.compile(
    r"output_shape[^\n]{0,60}\bin [\w.]{1,40}\.layers\b|\.layers\b[^\n]{0,40}\n?[^\n]{0,120}\boutput_?(?:shape|\.shape)"
)
_LIST = re.compile(rf"\[{_SHAPE}(?:,\s{{0,4}}{_SHAPE}){{1,60}}\]")
_CLASSES = re.compile(r"\[\s{0,4}['\"]?\w{3,40}['\"]?(?:,\s{0,4}['\"]?\w{3,40}['\"]?){1,60}\s{0,4}\]")
_ONE_SHAPE = re.compile(_SHAPE)

Listed = tuple[str, str, str, str, tuple[int, int]]  # name, type, what it reads, what it makes, its place


def listed(text: str) -> list[Listed]:
    """The rows in the order in which they stand; none where nothing lists layers."""
    text = text[:LONGEST]
    boxes = [_of_box(found) for found in _BOX.finditer(text)][:MOST_ROWS]
    if len(boxes) > 1:
        return boxes
    if _OF_ALL.search(text) is None:
        return []
    lines = [found for found in _LINE.finditer(text) if class_of(found["name"])]
    if len(lines) > 1:
        return [(one["name"], "", one["read"] or "", one["made"], one.span()) for one in lines[:MOST_ROWS]]
    return list(_of_lists(text))


def _of_box(found: re.Match[str]) -> Listed:
    read = found["first"] or found["read"] or ""
    return found["name"], found["type"], read, found["then"] or found["made"] or found["alone"], found.span()


def _of_lists(text: str) -> Iterator[Listed]:
    """A list of shapes, and one of as many classes or names beside it."""
    shapes = _LIST.search(text)
    if shapes is None:
        return
    made = _ONE_SHAPE.findall(shapes.group()[1:-1])
    for other in _CLASSES.finditer(text):
        names = re.findall(r"\w{3,40}", other.group())
        classes = [today_name(name) or class_of(name) for name in names]
        if len(names) == len(made) and all(name in BY_NAME or name == "InputLayer" for name in classes):
            for i, (name, shape) in enumerate(zip(names, made, strict=True)):
                plain = f"{snake(str(classes[i]))}_{i + 1}" if today_name(name) else name
                yield plain, str(classes[i]), "", shape, shapes.span()
            return
