"""The lines of a PyTorch program in which a contradiction arises, written so that it ends."""

from __future__ import annotations

import re

from explainers.reading.ported.edits import Piece, bracketed, in_calls, in_line, made_in, pieces, put
from explainers.reading.ported.graph import Clash
from explainers.reading.ported.recurrent import RECURRENT_THERE
from explainers.reading.ported.values import Leaf

_JOINED = re.compile(r"\b(?:cat|concat)\(\s?[\[(]")
_PRODUCT = re.compile(r"\b(?:matmul|bmm)\(")
_SECOND = re.compile(r"(?<=@ )[\w.]{1,60}")
_VIEW = re.compile(r"\.(?:view|reshape)\(")
_PLACE = re.compile(r"\[\s?:\s?,\s?-?\d{1,4}\s?(?:,\s?:\s?)?\]")


def padded_join(clash: Clash, text: str, sides: list[int]) -> str:
    """The smaller of two tensors that are joined, with zeros at its end."""
    less = [(a or 0) < (b or 0) for a, b in zip(clash.shape[2:], clash.before[2:], strict=True) if a != b]
    if len(set(less)) != 1:
        return ""
    joined = in_line(text, clash.line, _JOINED)
    both = pieces(text, joined.end) if joined is not None else []
    if len(both) != 2:
        return ""
    owner = "F" if re.search(r"functional as F\b", text) else "torch.nn.functional"
    one = both[0 if less[0] else 1]
    return put(text, (one, f"{owner}.pad({one.text}, (0, {sides[1]}, 0, {sides[0]}))"))


def swapped_factor(clash: Clash, text: str) -> str:
    """The second factor of a product with its last two axes swapped."""
    called = in_line(text, clash.line, _PRODUCT)
    given = pieces(text, called.end) if called is not None else []
    second = given[-1] if given else in_line(text, clash.line, _SECOND)
    return put(text, (second, f"{bracketed(second.text)}.transpose(-2, -1)")) if second is not None else ""


def flattened_view(clash: Clash, text: str) -> str:
    """``x.flatten(1)`` in the place of a view with a size of its own."""
    called = in_line(text, clash.line, _VIEW)
    given = pieces(text, called.end) if called is not None else []
    if called is None or not given:
        return ""
    end = text.find(")", given[-1].end) + 1
    return put(text, (Piece(called.start, end, text[called.start : end]), ".flatten(1)"))


def state_of(clash: Clash, text: str, axis: int, new: str) -> str:
    """Arrays of three axes that have the wrong size on one of them."""
    return in_calls(text, lambda given: _axis_of(given, axis, clash.came, new))


def _axis_of(given: list[Piece], axis: int, old: int, new: str) -> tuple[Piece, str] | None:
    sizes = [piece for piece in given if "=" not in piece.text and not piece.text.startswith("device")]
    return (sizes[axis], new) if len(sizes) == 3 and sizes[axis].text == str(old) else None


def last_of_the_first_axis(clash: Clash, text: str) -> str:
    """``out[-1]`` for ``out[:, -1, :]``."""
    where = in_line(text, clash.line, _PLACE)
    place = re.search(r"-?\d+", where.text) if where is not None else None
    return put(text, (where, f"[{place[0]}]")) if place is not None else ""


def only_recurrent(text: str) -> Leaf | None:
    """The one recurrent layer that a text makes."""
    found = [leaf for leaf in made_in(text) if leaf.kind in RECURRENT_THERE]
    return found[0] if len(found) == 1 else None
