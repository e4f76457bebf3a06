"""A layer for other axes than those that reach it: its sister for as many of them."""

from __future__ import annotations

from collections.abc import Iterator

from explainers.core.editing import with_layer
from explainers.core.layers import Sheet, sheet
from explainers.core.mistakes.kit.colors import MOST_CHANNELS
from explainers.core.mistakes.kit.mending.broken import Broken, Mend, written
from explainers.core.spec import LayerSpec, Sizes


def of_as_many_dimensions(broken: Broken) -> Iterator[Mend]:
    """A pooling (or its like) for sequences on pictures, for pictures on volumes or on sequences: its sister for as
    many axes."""
    name = broken.layer.class_name if broken.call is not None else ""
    facts, found = sheet(name), broken.first
    sister = f"{name[:-2]}{len(found) - 2}D"
    if facts is None or facts.rank is None or not name.endswith(f"{facts.rank - 2}D") or sheet(sister) is None:
        return
    plain = all(isinstance(value, int) for key, value in broken.layer.arguments if key in _OF_EACH_AXIS)
    if not plain or None in found[2:] or (_frames(broken) if len(found) > facts.rank else not _series(found, facts)):
        return
    place = broken.spec.calls[broken.call or 0].layer
    axes = (sheet(sister) or facts).axes
    yield Mend(
        f"Use {sister}: it reads {len(found)} axes.",
        f"layers.{sister}(…)" if broken.layer.arguments else f"layers.{sister}()",
        with_layer(broken.spec, place, LayerSpec(sister, broken.layer.name, broken.layer.arguments, broken.layer.line)),
        f"{written(found)} is then read as ({', '.join(axes)}).",
        0 if facts.group == "global_pool" or len(found) < facts.rank else 2,
    )


_OF_EACH_AXIS = ("kernel_size", "pool_size", "strides", "size", "dilation_rate", "cropping", "padding")


def _series(found: Sizes, facts: Sheet) -> bool:
    """Whether it is a sequence of numbers that reaches a pooling for pictures, not a gray picture."""
    shrinks = facts.group not in ("conv", "rnn") and "channels" in facts.axes
    return shrinks and len(found) == 3 and found[0] is None and found[1] != found[2] and (found[2] or 0) > MOST_CHANNELS


def _frames(broken: Broken) -> bool:
    """Whether what comes are frames or sequences of sequences: a layer in front, or behind, works along them."""
    others = (sheet(layer.class_name) for layer in broken.spec.layers if layer.class_name != broken.layer.class_name)
    return any(facts is not None and facts.group in _ALONG_STEPS for facts in others)


_ALONG_STEPS = ("wrapper", "embedding", "rnn", "rnn_wrapper")  # groups of layers that work along steps or frames
