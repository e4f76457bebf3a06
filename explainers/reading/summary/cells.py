"""Recurrent layers and their counts, as their sheets say it: how many gates, how many biases, by which arguments."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from explainers.core.layers import RECURRENT
from explainers.core.layers.signatures import arguments_of
from explainers.core.spec import Argument, LayerSpec
from explainers.reading.shapes import weights_of

_VARIANTS: tuple[dict[str, Argument], ...] = ({}, {"reset_after": False}, {"use_bias": False})  # the usual one first


@dataclass(frozen=True)
class Gated:
    """One way in which a recurrent layer has weights: ``gates × units × (features + units + bias)`` of them."""

    gates: int
    bias: int
    arguments: tuple[tuple[str, Argument], ...] = ()
    fused: bool = False

    @property
    def rare(self) -> bool:
        """Whether hardly anybody makes it so: by an argument, or as a layer of cuDNN."""
        return self.fused or bool(self.arguments)

    def features(self, units: int, count: int) -> int | None:
        """How wide the input of so many units with this count is; None where no width gives it."""
        if units <= 0 or count % (self.gates * units):
            return None
        features = count // (self.gates * units) - units - self.bias
        return features if features >= 1 else None

    def told(self, units: int, features: int, count: int) -> str:
        """``4 × units 32 × (features 5 + units 32 + 1) = 4,864``."""
        bias = f"biases {self.bias}" if self.bias > 1 else str(self.bias)  # a GRU keeps two: reset_after=True
        return f"{self.gates} × units {units} × (features {features} + units {units} + {bias}) = {count:,}"


@cache
def ways(class_name: str) -> tuple[Gated, ...]:
    """All ways in which such a layer has weights, the usual one first; () for what isn't recurrent."""
    if class_name not in RECURRENT:
        return ()
    known = arguments_of(class_name)
    variants = [arguments for arguments in _VARIANTS if all(name in known for name in arguments)]
    return tuple(_measured(class_name, tuple(arguments.items())) for arguments in variants)


@cache
def of_all_eras(class_name: str) -> tuple[Gated, ...]:
    """The same, and the two biases of each gate that cuDNN's layers kept in Keras 2."""
    found = ways(class_name)
    gates = max((way.gates for way in found), default=0)
    old = Gated(gates, 2, fused=True)
    return (*found, old) if gates > 1 and all(way.bias != old.bias for way in found) else found


def _measured(class_name: str, arguments: tuple[tuple[str, Argument], ...]) -> Gated:
    """gates × 1 × (features + 1 + bias), at two widths: the sheet's own count."""
    layer = LayerSpec(class_name, class_name.lower(), (("units", 1), *arguments))
    narrow, wide = (weights_of(layer, ((None, None, features),)) for features in (1, 2))
    gates = wide - narrow
    return Gated(gates, narrow // gates - 2, arguments)
