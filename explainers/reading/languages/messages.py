"""A message of Keras that a web site has translated -> the same as Keras writes it, from its words in English.

Each language has its own order of words, so a message is known by its words and its numbers, which all languages keep
in the same order: what was expected, then what was found.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from explainers.core.finding import written
from explainers.reading.text import shapes_in

LONGEST = 4000  # characters of a message with what stands around it
_OF_MESSAGE = re.compile(
    r"\b(?:incompatible|checking|equal|reshape|negative|logits|concatenate)\b|"
    r"\bexpected\b.{1,200}\b(?:found|received|got)\b",
    re.IGNORECASE,
)
_ERROR = re.compile(r"\b\w{0,40}(?:Error|Exception)\s?:")
_NDIM = re.compile(r"\b(min_|max_)?ndim(?: (?:expected|found|received|of))?\s?=\s?(\d)")
_AXIS = re.compile(r"\b(?:axis|dimensions?)\s?(-?\d)\b[^\d()\[\]]{1,60}(\d{1,9})\b")
_LAYER = re.compile(
    r"\blayers?\s?[\"'`«「]\s?([A-Za-z_][\w/.]{0,80})|[\"'`«「]\s?([a-z_][\w/.]{0,80})\s?[\"'`»」][^\"'\n]{0,12}\blayer|"
    r"\blayer\s?:?\s?([a-z]\w{0,60}?(?:_\d{1,4})|(?:lstm|gru|simple_rnn|rnn|dense|conv[123]d|conv\d{0,3}|embedding|"
    r"bidirectional|sequential|functional|model|flatten|max_pooling[123]d|batch_normalization|time_distributed)\d{0,4})\b|"
    r"\b([a-z][a-z0-9_]{0,40}_\d{1,4})\s?layer\b"
)
_CHECKED = re.compile(
    r"\b([A-Za-z_]\w{0,60}_(?:input|target)\d{0,4}|(?:input|target)_\d{1,4}|[a-z][a-z0-9_]{0,40}_\d{1,4})\b"
)
_DIMENSIONS = re.compile(r"\b(\d)\s?-?\s?dimension")
_ARRAY_OF = re.compile(r"\bsize\b[^\d()]{0,20}(\d{1,12})")
_COMPARED = re.compile(r"\bincompatible\b|\bexpected\b.{1,200}\b(?:found|received|got)\b")
_TWO = re.compile(r"(?<![\w.])(\d{1,9})(?!\w)[^\d()\[\]]{1,30}(?<![\w.])(\d{1,9})(?!\w)")
_OPERATION = re.compile(r"[\"'](?:[\w.]{1,80}/){0,8}([A-Z]\w{1,40}?)(?:_\d{1,4})?[\"']")
_INPUT = re.compile(r"\binput[ _]?(?:#|n\S?\.?)?\s?(\d{1,2})\b|\b(\d{1,2})\s?(?:-?\w{0,3}\s)?input\b")


def as_keras_writes(words: str) -> str | None:
    """The message in a text whose words are English already; None where no message of Keras is known by them."""
    words = words[:LONGEST]
    lines = (line for line in words.split("\n") if _ERROR.search(line))
    for part in (words, *lines):  # the sentences around a message have shapes and sizes of their own
        flat = " ".join(part.split())
        told = next((told for read in _MESSAGES if (told := read(flat)) is not None), None)
        if told is not None and _OF_MESSAGE.search(flat) is not None:
            return told
    return None


def is_of_message(line: str) -> bool:
    """Whether a line has words of a message, and isn't a sentence around it."""
    return _OF_MESSAGE.search(line) is not None or "ndim" in line


def _shapes(flat: str) -> list[str]:
    return [written(found.sizes) for found in shapes_in(flat)[:4]]


def _head(flat: str) -> str:
    layer = _LAYER.search(flat)
    place = _INPUT.search(flat)
    name = f' "{next(filter(None, layer.groups()))}"' if layer is not None else ""
    number = next(filter(None, place.groups()), "0") if place is not None else "0"
    return f"ValueError: Input {number} of layer{name} is incompatible with the layer: expected"


def _ranks(flat: str) -> str | None:
    ranks = _NDIM.findall(flat)
    if len(ranks) < 2:
        return None
    shape = next(iter(_shapes(flat)), None)
    full = f". Full shape received: {shape}" if shape is not None else ""
    return f"{_head(flat)} {ranks[0][0]}ndim={ranks[0][1]}, found ndim={ranks[1][1]}{full}"


def _size_of_axis(flat: str) -> str | None:
    axis, shapes = _AXIS.search(flat), _shapes(flat)
    if axis is None or len(shapes) != 1 or "incompatible" not in flat:
        return None
    found = f"but received input with shape {shapes[0]}"
    return f"{_head(flat)} axis {axis[1]} of input shape to have value {axis[2]}, {found}"


def _checked(flat: str) -> str | None:
    """What Keras 2 says of data that it checks against the model."""
    name, shapes, rank = _CHECKED.search(flat), _shapes(flat), _DIMENSIONS.search(flat)
    if name is None or "expected" not in flat or "incompatible" in flat or not shapes:
        return None
    needs = f"shape {shapes[0]}" if len(shapes) > 1 else f"{rank[1]} dimensions," if rank is not None else None
    what = "target" if re.search(r"\bchecking\b.{0,20}\btarget\b|_target\b", flat) else "input"
    if needs is None:
        return None
    told = f"expected {name[1]} to have {needs} but got array with shape {shapes[-1]}"
    return f"ValueError: Error when checking {what}: {told}"


def _logits(flat: str) -> str | None:
    shapes = _shapes(flat)
    if len(shapes) != 2 or "logits" not in flat:
        return None
    return f"ValueError: `logits` and `labels` must have the same shape, received ({shapes[0]} vs {shapes[1]})."


def _joined(flat: str) -> str | None:
    shapes = _shapes(flat)
    if len(shapes) < 2 or "concatenate" not in flat.lower():
        return None
    return (
        "ValueError: A `Concatenate` layer requires inputs with matching shapes except for the concatenation axis. "
        f"Received: input_shape=[{', '.join(shapes)}]"
    )


def _two_shapes(flat: str) -> str | None:
    shapes = _shapes(flat)
    if len(shapes) != 2 or _COMPARED.search(flat) is None:
        return None
    if "expected" in flat:
        both = [shape if shape.startswith("(None") else f"(None, {shape[1:]}" for shape in shapes]
        return f"{_head(flat)} shape={both[0]}, found shape={both[1]}"
    return f"ValueError: Shapes {shapes[0]} and {shapes[1]} are incompatible"


def _reshaped(flat: str) -> str | None:
    size, shapes = _ARRAY_OF.search(flat), _shapes(flat)
    if size is None or len(shapes) != 1 or "reshape" not in flat:
        return None
    return f"ValueError: cannot reshape array of size {size[1]} into shape {shapes[0]}"


def _two_sizes(flat: str) -> str | None:
    sizes = _TWO.search(flat)
    if sizes is None or "dimension" not in flat:
        return None
    operation, shapes = _OPERATION.search(flat), _shapes(flat)
    given = f" with input shapes: {', '.join(shapes)}." if shapes else ""
    rest = f" for '{operation[1]}' (op: '{operation[1]}'){given}" if operation is not None else ""
    small, large = sorted((int(sizes[1]), int(sizes[2])))
    if "negative" in flat:
        return f"ValueError: Negative dimension size caused by subtracting {large} from {small}{rest}"
    return f"ValueError: Dimensions must be equal, but are {sizes[1]} and {sizes[2]}{rest}" if "equal" in flat else None


_MESSAGES: tuple[Callable[[str], str | None], ...] = (
    _ranks, _size_of_axis, _checked, _logits, _joined, _two_shapes, _reshaped, _two_sizes,
)  # fmt: skip
