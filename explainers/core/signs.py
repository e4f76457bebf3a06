"""How a lesson recognises a pasted model as its own: it declares rules, from the most special sign to the plainest.

    signs={Level.LAYER: lambda seen: seen.sequence() if seen.about("SimpleRNN") else None}

A rule gets all that was seen in the text, and returns the learner's dims for the lesson, or None: not mine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from explainers.core.finding import Finding, Value
from explainers.core.layers import RECURRENT as RECURRENT
from explainers.core.spec import LayerSpec, ModelSpec, Sizes

_MAIN = ("Conv1D", *RECURRENT, "Bidirectional", "ops.multiply")

Recognised = dict[str, Value]


class Level(IntEnum):
    """How special a sign is; the most special one decides, and of two lessons the later one on the home page."""

    LAYER = 1  # the class of a layer
    STRUCTURE = 2  # how layers, weights and outputs are put together
    DATA = 3  # what is fed
    NAME = 4  # a name that stands in the text
    PATTERN = 5  # what the code does beyond layers of Keras: a cell of its own, windows cut from a series


@dataclass(frozen=True)
class Seen:
    """What a rule looks at: the finding, the text in lower case, and the calls of the model with what they read.

    own_layer: whether the layer that the message names is no layer of Keras.
    """

    finding: Finding
    text: str
    calls: tuple[tuple[LayerSpec, Sizes], ...]
    own_layer: bool = False

    def main(self) -> tuple[LayerSpec, Sizes] | None:
        """The first layer that a lesson is about, and the shape that it reads."""
        return next(((layer, shape) for layer, shape in self.calls if layer.class_name in _MAIN), None)

    def dense(self) -> list[int]:
        """The units of every Dense, in order."""
        units = [layer.get("units") for layer, _ in self.calls if inner(layer).class_name == "Dense"]
        return [n for n in units if isinstance(n, int)]

    def pattern(self, kind: str) -> Recognised | None:
        """The dims of this pattern, where it is the one that the code has."""
        found = self.finding.pattern
        return dict(found[1]) if found is not None and found[0] == kind else None


Sign = Callable[[Seen], Recognised | None]


def inner(layer: LayerSpec) -> LayerSpec:
    """What a Bidirectional or TimeDistributed wraps; else the layer itself."""
    wrapped = layer.get("layer")
    return wrapped if isinstance(wrapped, LayerSpec) else layer


def known(**dims: Value) -> Recognised:
    """Without what the text doesn't say."""
    return {name: value for name, value in dims.items() if value is not None}


def sequence(shape: Sizes) -> Recognised:
    """batch_size, timesteps and features of (batch, timesteps, features); open timesteps are a choice, too."""
    if len(shape) != 3:
        return {}
    return {**known(batch_size=shape[0]), "timesteps": shape[1], **known(features=shape[2])}


def units_of(layer: LayerSpec, name: str) -> Recognised:
    """``{"units_2": 4}``: the layer's units under the name of a dim, where the text says them."""
    units = layer.get("units")
    return {name: units} if isinstance(units, int) else {}


def levels(spec: ModelSpec) -> list[LayerSpec]:
    """The recurrent layers of a model, also inside a Bidirectional, in order."""
    return [inner(entry) for entry in spec.layers if inner(entry).class_name in RECURRENT]
