"""``x[:, :7]``, ``x[..., -1, None]``: an index into a tensor as the literal of a spec, and what it does to a shape.

A part is a whole number, `REST` for ``...``, `NEW` for ``None``, or (low, high, step) for a slice. No Keras here.
"""

from __future__ import annotations

from explainers.core.spec import Argument, Sizes

NAME = "ops.getitem"  # the operation that Keras makes of it
REST, NEW = "...", "newaxis"
WHOLE: Argument = (None, None, None)


def as_index(parts: Argument) -> tuple[object, ...]:
    """The index itself, as Python gives it to a tensor."""
    return tuple(_live(part) for part in parts) if isinstance(parts, tuple) else ()


def as_code(parts: Argument) -> str:
    """``:, :7``: what stands between the brackets."""
    return ", ".join(_written(part) for part in parts) if isinstance(parts, tuple) else "..."


def cut(sizes: Sizes, parts: Argument) -> Sizes | None:
    """The shape that is left; None where Keras refuses it, or an open axis decides."""
    given = list(parts) if isinstance(parts, tuple) else []
    if REST not in given:
        given.append(REST)
    left, out = list(sizes), list[int | None]()
    used = sum(part not in (REST, NEW) for part in given)
    if used > len(left):
        return None
    for part in given:
        if part == NEW:
            out.append(1)
        elif part == REST:
            kept = len(sizes) - used
            out, left = [*out, *left[:kept]], left[kept:]
        elif isinstance(part, tuple):
            size = left.pop(0)
            if size is None and part != WHOLE:
                return None
            out.append(size if size is None else len(range(*_slice(part).indices(size))))
        else:
            size = left.pop(0)
            if not isinstance(part, int) or (size is not None and not -size <= part < size):
                return None
    return tuple(out)


def _slice(part: tuple[Argument, ...]) -> slice:
    low, high, step = (n if isinstance(n, int) else None for n in part)
    return slice(low, high, step)


def _live(part: Argument) -> object:
    if isinstance(part, tuple):
        return _slice(part)
    return {REST: Ellipsis, NEW: None}.get(part) if isinstance(part, str) else part


def _written(part: Argument) -> str:
    if not isinstance(part, tuple):
        return {NEW: "None"}.get(str(part), str(part))
    low, high, step = ("" if n is None else str(n) for n in part)
    return f"{low}:{high}" + (f":{step}" if step else "")
