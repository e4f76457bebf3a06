"""In which order the files of tests begin: who mostly waits does so while others work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def spread(files: Sequence[T], waits: Callable[[T], bool]) -> list[T]:
    """Both kinds as they were among themselves, and those that wait evenly between the others.

    A file is the work of one process, and neighbors run at the same time: where all of them wait, the processors do.
    """
    kinds = [file for file in files if waits(file)], [file for file in files if not waits(file)]
    place = {file: (number + 0.5) / len(kind) for kind in kinds for number, file in enumerate(kind)}
    return sorted(files, key=place.__getitem__)
