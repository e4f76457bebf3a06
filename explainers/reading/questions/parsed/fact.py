"""One fact: what a question about a word, an argument or a choice is told, and the model that shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from explainers.core.spec import Argument

Layers = tuple[tuple[str, Mapping[str, Argument]], ...]
Reads = tuple[str | int | None, ...]


@dataclass(frozen=True)
class Fact:
    """What is told about one thing.

    needs: the terms (terms.py) of such a question, several ways. asks: the question in words. says: the reply; {units}
    and the like are the question's sizes or examples, {out} and {params} are the live model's. reads, layers: that
    model; values: what attention looks at, where that isn't its own query.
    """

    needs: tuple[frozenset[str], ...]
    asks: str
    says: str
    reads: Reads = ("steps", "features")
    layers: Layers = (("RNN", {"units": "$units"}),)
    values: tuple[str, ...] = ()


def needs(*ways: str) -> tuple[frozenset[str], ...]:
    """``"may, other length"``: terms, several ways."""
    return tuple(frozenset(part.strip() for part in way.split(",")) for way in ways)


ROW: Reads = ("features",)
IMAGE: Reads = ("height", "width", "channels")
CONV: Layers = (("Conv2D", {"filters": "$filters", "kernel_size": "$kernel"}),)
SOFTMAX: Layers = (("Dense", {"units": "$classes", "activation": "softmax"}),)
