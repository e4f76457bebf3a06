"""A program that failed, and a change to it that may help."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from explainers.core.layers import sheet
from explainers.core.spec import OF_SLICES, Check, LayerSpec, ModelSpec, Sizes

SEVEN = 7  # an example, where a length is open
IN_FRONT = "layer_in_front"  # the name of a layer that an example puts in front of the asker's


@dataclass(frozen=True)
class Mend:
    """A changed program. label: what to do; code: how; means: how the numbers are read then, "" where that is plain.

    cost: how much it changes; the smaller, the earlier it is offered.
    """

    label: str
    code: str
    spec: ModelSpec
    means: str = ""
    cost: int = 2


@dataclass(frozen=True)
class Broken:
    """A program that failed.

    call: the place of the call that failed among `spec.calls`; None where the model stands and the data were refused.
    reaching: the shapes that reached it. made: the shapes that came out of the calls in front of it, by their places.
    outputs: what the model gives.
    """

    spec: ModelSpec
    call: int | None = None
    reaching: tuple[Sizes, ...] = ()
    made: Mapping[int, Sizes] | None = None
    outputs: tuple[Sizes, ...] = ()

    @property
    def first(self) -> Sizes:
        """The shape that reached the call that failed; of several the first."""
        return self.reaching[0] if self.call is not None and self.reaching else ()

    @property
    def layer(self) -> LayerSpec:
        """The layer that failed."""
        return self.spec.layers[self.spec.calls[self.call or 0].layer]

    def before(self) -> Iterator[int]:
        """The calls in front of the one that failed (or of the end), the nearest first, along the first input."""
        ref = self.spec.outputs[0] if self.call is None else self.spec.calls[self.call].inputs[0]
        while ref.source == "call":
            yield ref.index
            ref = self.spec.calls[ref.index].inputs[0]

    def source(self) -> int | None:
        """The Input at the other end."""
        ref = self.spec.outputs[0] if self.call is None else self.spec.calls[self.call].inputs[0]
        while ref.source == "call":
            ref = self.spec.calls[ref.index].inputs[0]
        return ref.index

    def fed(self) -> Iterator[tuple[int, Check]]:
        """What was tried with data, with its place."""
        return ((i, check) for i, check in enumerate(self.spec.checks) if check.kind in ("fit", "predict"))


Mender = Callable[[Broken], Iterator[Mend]]


def of_call(spec: ModelSpec, call: int) -> LayerSpec:
    """The layer of a call."""
    return spec.layers[spec.calls[call].layer]


def fits(wanted: Sizes, came: Sizes) -> bool:
    """Whether two shapes agree, open axes with everything."""
    pairs = zip(wanted, came, strict=False)
    return len(wanted) == len(came) and all(a is None or b is None or a == b for a, b in pairs)


def filled(wanted: Sizes, numbers: int) -> Sizes:
    """``(None, None, 16, 9)`` with as many timesteps as so many numbers give."""
    rest = math.prod(n or 1 for n in wanted[1:])
    if len(wanted) < 4 or wanted[1:].count(None) != 1 or not numbers or numbers % rest:
        return wanted
    return (wanted[0], *(numbers // rest if n is None else n for n in wanted[1:]))


def written(sizes: Sizes) -> str:
    """``(20, 8)``, ``(20,)``: as it stands in code."""
    return str(tuple(sizes))


def unfit(broken: Broken) -> Iterator[tuple[int, int, Sizes, Sizes]]:
    """Each array that doesn't fit its Input: the check, the place, what the Input takes, what came."""
    for i, check in broken.fed():
        for place, (tensor, came) in enumerate(zip(broken.spec.inputs, check.shapes, strict=False)):
            if check.text == OF_SLICES and len(came) == len(tensor.shape) - 1:
                continue  # single samples: the data set puts them into batches, and nothing is wrong with the arrays
            if came and not fits(tensor.shape, (None, *came[1:])):  # of a single value nothing can be made
                yield i, place, tensor.shape, came


def ends_in_classes(spec: ModelSpec) -> bool:
    """Whether a softmax over several classes is the last that is done."""
    ref = spec.outputs[0] if spec.outputs else None
    while ref is not None and ref.source == "call":
        layer = of_call(spec, ref.index)
        inner = layer.get("layer")
        inner = inner if isinstance(inner, LayerSpec) and layer.class_name == "TimeDistributed" else layer
        if inner.get("activation") == "softmax" or inner.class_name == "Softmax":
            return True
        facts = sheet(inner.class_name)
        if facts is None or facts.group != "same":
            return False
        ref = spec.calls[ref.index].inputs[0]
    return False


def fed_with_examples(broken: Broken) -> bool:
    """Whether the sizes that come in at the other end are examples: what follows from them is none of the asker's."""
    source = broken.source()
    if source is None:
        return False
    ours = {int(size) for note in broken.spec.assumed if (size := note.rpartition(" = ")[2]).isdigit()}
    return any(n in ours for n in broken.spec.inputs[source].shape[1:])
