"""The shapes of weights, as get_weights prints them: the layer that has just these, and what it reads."""

from __future__ import annotations

from collections.abc import Iterator

from explainers.core.layers import CONVOLUTIONS, RECURRENT, sheet
from explainers.core.spec import LayerSpec, Sizes, snake
from explainers.reading.questions.parsed.network import Network, of_layers
from explainers.reading.summary.cells import ways

_MOST = 8  # weights of a question


def owner_of(weights: tuple[Sizes, ...], name: str) -> Network | None:
    """The layers that have these weights, in their order; the class that is named, else Dense and convolutions.

    A kernel alone is enough where its layer is named.
    """
    if not weights or len(weights) > _MOST or any(None in shape or not shape for shape in weights):
        return None
    alone = len(weights) == 1
    for classes in ((name,),) if alone else ((name,), ("Dense",), ("Conv2D",)):
        found = _in_a_row(weights, classes, alone)
        if found is not None:
            return found
    return None


def _in_a_row(weights: tuple[Sizes, ...], classes: tuple[str, ...], alone: bool) -> Network | None:
    """One layer after the other, each with the next of the weights."""
    layers: list[LayerSpec] = []
    reads: Sizes | None = None
    left = weights
    while left:
        fitting = next(_first(left, classes, alone), None)
        if fitting is None:
            return None
        layer, shape, used = fitting
        reads = reads or shape
        layers.append(layer)
        left = left[used:]
    return of_layers(reads, tuple(layers)) if reads is not None else None


def _first(weights: tuple[Sizes, ...], classes: tuple[str, ...], alone: bool) -> Iterator[tuple[LayerSpec, Sizes, int]]:
    """A layer whose weights are the first of these, what it reads, and how many of them they are."""
    for name in classes:
        for layer, shape in _with_kernel(name, weights[0]):
            made = of_layers(shape, (layer,))
            own = tuple(weight.sizes for weight in made.rows[0].weights) if made is not None else ()
            if not own:
                continue
            if weights[: len(own)] == own:
                yield layer, shape, len(own)
            elif alone and weights[0] in own:
                yield layer, shape, 1


def _with_kernel(name: str, kernel: Sizes) -> Iterator[tuple[LayerSpec, Sizes]]:
    """Layers of a class that may have this kernel, and what they read."""
    facts = sheet(name)
    sizes = tuple(size or 0 for size in kernel)
    if facts is None:
        return
    if name in RECURRENT and len(sizes) == 2:
        for way in ways(name):
            units, rest = divmod(sizes[1], way.gates)
            if not rest and units:
                given = (("units", units), *((("reset_after", False),) if name == "GRU" and way.bias == 1 else ()))
                yield LayerSpec(name, snake(name), given), (None, None, sizes[0])
    elif facts.group == "dense" and len(sizes) == 2:
        yield LayerSpec(name, snake(name), (("units", sizes[1]),)), (None, sizes[0])
    elif facts.group == "embedding" and len(sizes) == 2:
        yield LayerSpec(name, snake(name), (("input_dim", sizes[0]), ("output_dim", sizes[1]))), (None, None)
    elif name in CONVOLUTIONS and facts.rank == len(sizes) and facts.made == "filters":
        turned = "Transpose" in name
        filters, channels = (sizes[-2], sizes[-1]) if turned else (sizes[-1], sizes[-2])
        layer = LayerSpec(name, snake(name), (("filters", filters), ("kernel_size", sizes[:-2])))
        yield layer, (None, *(None,) * (len(sizes) - 2), channels)
