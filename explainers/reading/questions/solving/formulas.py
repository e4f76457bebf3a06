"""A count and the numbers that make it: the layer of the named class that has just so many parameters."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

from explainers.core.layers import CONVOLUTIONS, RECURRENT, sheet
from explainers.core.spec import LayerSpec, Sizes, snake
from explainers.reading.questions.parsed.network import Network, of_layers
from explainers.reading.questions.solving.sums import Sum
from explainers.reading.summary.cells import ways

_SMALLEST = 8
_MOST = 7  # different numbers of a sum
_LARGEST_KERNEL = 15


def owner_of_count(name: str, sums: tuple[Sum, ...], counts: tuple[int, ...], known: tuple[int, ...]) -> Network | None:
    """The layer of that class whose count is one of these, with sizes from a sum; else from all numbers that are known.

    counts: the values of the sums, and the counts that stand beside them.
    """
    pools = [(one.numbers, (one.value, *counts)) for one in sums]
    pools += [((*one.numbers, *known), (one.value, *counts)) for one in sums]
    for numbers, values in pools:
        wanted = {value for value in values if value > _SMALLEST}
        for layer, shape in _made_of(name, tuple(dict.fromkeys(n for n in numbers if n > 0))[:_MOST], numbers):
            made = of_layers(shape, (layer,))
            if made is not None and made.count in wanted:
                return made
    return None


def _made_of(name: str, numbers: tuple[int, ...], again: tuple[int, ...]) -> Iterator[tuple[LayerSpec, Sizes]]:
    """Layers whose sizes are among the numbers. again: the same with those that are there twice."""
    facts = sheet(name)
    if facts is None:
        return
    pairs = list(itertools.product(numbers, repeat=2))
    if name in RECURRENT:
        gates = {way.gates for way in ways(name)}
        once = [n for n in numbers if n not in gates and n != 1] or list(numbers)
        for units, features in sorted(pairs, key=lambda pair: sum(n not in once for n in pair)):
            yield LayerSpec(name, snake(name), (("units", units),)), (None, None, features)
    elif facts.group == "dense":
        for units in numbers:
            rest = [n for n in again if n > 1]
            for several in range(1, 4):
                for chosen in itertools.islice(itertools.combinations(rest, several), 60):
                    yield LayerSpec(name, snake(name), (("units", units),)), (None, math.prod(chosen))
    elif facts.group == "embedding":
        for one, other in pairs:
            if one > other:
                yield LayerSpec(name, snake(name), (("input_dim", one), ("output_dim", other))), (None, None)
    elif name in CONVOLUTIONS and facts.rank is not None and facts.made == "filters":
        yield from _convolutions(name, facts.rank, numbers, again)


def _convolutions(name: str, rank: int, numbers: tuple[int, ...], again: tuple[int, ...]) -> Iterator[
    tuple[LayerSpec, Sizes]
]:  # fmt: skip
    """Kernels whose side is there as often as the layer has sides come first."""
    sides = rank - 2
    kernels = [n for n in numbers if n <= _LARGEST_KERNEL]
    kernels.sort(key=lambda n: again.count(n) < sides)
    for kernel in kernels:
        for filters, channels in itertools.product(numbers, (*numbers, 1)):
            layer = LayerSpec(name, snake(name), (("filters", filters), ("kernel_size", kernel)))
            yield layer, (None, *(None,) * sides, channels)
