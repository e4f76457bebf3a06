"""What an index, ``x[:, :7]`` or ``x[..., -1, None]``, does to a shape. No Keras here."""

from __future__ import annotations

from explainers.core.layers.operations import read_index
from explainers.core.spec import Argument, Sizes

WHOLE = slice(None)


def axes_named(key: Argument) -> int:
    """How many axes an index names: ``:, -1, :`` three."""
    index = read_index(str(key))
    return sum(part not in (..., None) for part in (index if isinstance(index, tuple) else (index,)))


def cut(sizes: Sizes, key: Argument) -> Sizes | None:
    """The shape that is left; None where Keras refuses the index, or an open axis decides."""
    index = read_index(str(key))
    given = [*index] if isinstance(index, tuple) else [index]
    if ... not in given:
        given.append(...)
    left, out = list(sizes), list[int | None]()
    used = axes_named(key)
    if used > len(left):
        return None
    for part in given:
        if part is None:
            out.append(1)
        elif part is ...:
            kept = len(sizes) - used
            out, left = [*out, *left[:kept]], left[kept:]
        elif isinstance(part, slice):
            size = left.pop(0)
            if size is None and part != WHOLE:
                return None
            out.append(size if size is None else len(range(*part.indices(size))))
        else:
            size = left.pop(0)
            if size is not None and not -size <= part < size:
                return None
    return tuple(out)
