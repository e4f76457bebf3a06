"""Normalizations: the shape stays, and each axis that is normalized has its own numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from explainers.core.axes import Axis, Shape
from explainers.core.layers import book
from explainers.core.layers.ruling import inside
from explainers.core.layers.sheet import Ruling, Sheet, same, weight

SECTION = "Normalization layers"


def _normalized(layer: Any, inputs: Sequence[Shape], *names: str) -> Ruling:
    """One set of numbers for the axes that `axis` says, under these names."""
    positions = layer.axis if isinstance(layer.axis, tuple | list) else [layer.axis]
    axes = tuple(inputs[0][index] for index in positions)
    held = tuple(weight(layer, name, axes) for name in names)
    return Ruling((inputs[0],), held, f"One set of numbers for each of the {axes[-1].axis}; the shape stays the same.")


def _trained(layer: Any) -> tuple[str, ...]:
    """gamma scales, beta moves the centre; each can be left out."""
    centred = layer.center and not getattr(layer, "rms_scaling", False)
    return (*(("gamma",) if layer.scale else ()), *(("beta",) if centred else ()))


def _batch_normalization(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    names = (*_trained(layer), "moving_mean", "moving_variance")
    renorm = ("moving_stddev", "renorm_mean", "renorm_stddev") if getattr(layer, "renorm", False) else ()
    return _normalized(layer, inputs, *names, *renorm)


def _layer_normalization(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    return _normalized(layer, inputs, *_trained(layer))


def _rms_normalization(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    return _normalized(layer, inputs, "scale")


def _spectral_normalization(layer: Any, inputs: Sequence[Shape]) -> Ruling:
    """The layer that it wraps, and one vector that keeps track of its kernel."""
    inner = inside(layer.layer, inputs)
    kernel = next(held.shape for held in inner.weights if held.name in ("kernel", "embeddings"))
    one = Axis("1", 1, f"a single row in {layer.name}")
    held = (*inner.weights, weight(layer, "vector_u", (one, kernel[-1])))
    return Ruling(inner.outputs, held, f"{inner.why} Its kernel is divided by its largest singular value.", inner.known)


def _reads_inside(layer: Any, rank: int, place: int) -> tuple[str, ...]:
    return book.reads(layer.layer, rank, place) if layer is not None else ()


SHEETS = (
    Sheet("BatchNormalization", "norm", _batch_normalization),
    Sheet("LayerNormalization", "norm", _layer_normalization),
    Sheet("UnitNormalization", "same", same),
    Sheet("GroupNormalization", "norm", _layer_normalization),
    Sheet("RMSNormalization", "norm", _rms_normalization),
    Sheet("SpectralNormalization", "wrapper_one", _spectral_normalization, reads=_reads_inside),
)
