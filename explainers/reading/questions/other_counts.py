"""A count that somebody expected, or read elsewhere: what the layer would need to have just so many parameters."""

from __future__ import annotations

from explainers.core.spec import Argument, LayerSpec, Sizes
from explainers.reading.questions.words import Asked
from explainers.reading.shapes import weights_of

_CHANGES: tuple[tuple[str, Argument, str], ...] = (
    ("reset_after", False, "one bias instead of two, as in older Keras"),
    ("use_bias", False, "without a bias"),
)


def other_counts(asked: Asked, layer: LayerSpec, shape: Sizes, count: int) -> str:
    """What another count in the question would be the count of: the same layer with another setting; "" for none."""
    claimed = [number for number in asked.numbers if number != count and number > 20]
    for argument, value, words in _CHANGES:
        other = weights_of(_with(layer, argument, value), (shape,))
        if other != count and other in claimed:
            return f" {other:,} is the count with {argument}={value}: {words}."
    return ""


def _with(layer: LayerSpec, argument: str, value: Argument) -> LayerSpec:
    """The layer with one argument changed; of a wrapper, the layer inside of it."""
    inner = layer.get("layer")
    return (
        layer.but(layer=_with(inner, argument, value))
        if isinstance(inner, LayerSpec)
        else layer.but(**{argument: value})
    )
