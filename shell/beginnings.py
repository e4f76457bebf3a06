"""What pages begin with: every lesson at its own dims and at its presets, and the home page's example.

These replies are kept on disk (`workers/kept.py`). Filled beforehand, as the image's build does, by

    SHAPE_EXPLAINER_CACHE=folder python -m shell.beginnings

or else by the first visitor of each.
"""

from __future__ import annotations

import os
import sys
import zlib
from functools import cache
from typing import Any

import msgspec

from explainers.core.registry import all_explainers
from workers import shared
from workers.kept import Kept, kept_from

OP = "structure"
EXAMPLE = "stacked_lstm"  # of the home page
EXAMPLE_DIMS = (("timesteps", "20"), ("features", "1"))


@cache
def kept() -> Kept:
    """Of this process."""
    return kept_from(os.environ)


def encoded(arguments: dict[str, Any]) -> bytes:
    """A question's arguments as they are remembered by."""
    return msgspec.json.encode(arguments, order="sorted")


@cache
def questions() -> frozenset[bytes]:
    """The arguments of every question that is kept."""
    found = [{"name": EXAMPLE, "dims": dict(EXAMPLE_DIMS)}]
    for lesson in all_explainers().values():
        for dims in (lesson.dims(), *(lesson.dims(**preset.dims) for preset in lesson.presets)):
            found.append({"name": lesson.name, "dims": dims.changed()})
    return frozenset(map(encoded, found))


def known(op: str, arguments: bytes) -> bytes | None:
    """The packed reply from before, or None."""
    return kept().get(op, arguments) if op == OP and arguments in questions() else None


def keep(op: str, arguments: bytes, packed: bytes) -> None:
    """Keep it, if it is what a page begins with."""
    if op == OP and arguments in questions():
        kept().put(op, arguments, packed)


def main() -> int:
    """Ask a worker for all, and keep them; returns 1 where one could not be kept."""
    done = 0
    for arguments in sorted(questions()):
        reply = shared.pool().call_bytes(OP, msgspec.json.decode(arguments))
        done += kept().put(OP, arguments, zlib.compress(reply, level=1))
    shared.close()
    print(f"{done} of {len(questions())} beginnings are kept in {kept().folder}")
    return 0 if done == len(questions()) else 1


if __name__ == "__main__":
    sys.exit(main())
