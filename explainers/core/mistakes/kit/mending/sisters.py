"""A layer for other axes than those that reach it: its sister for as many of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from explainers.core.editing import with_layer
from explainers.core.layers import Sheet, sheet
from explainers.core.mistakes.kit.colors import MOST_CHANNELS
from explainers.core.mistakes.kit.mending.broken import Broken, Mend, written
from explainers.core.mistakes.kit.mending.pictures import has_channels
from explainers.core.spec import Argument, LayerSpec, Sizes

_DIMENSIONS = re.compile(r"[123](?=D)")
_SLIDES = ("conv", "pool", "global_pool")  # groups whose classes exist for one, two and three dimensions
_OF_EACH_AXIS = ("kernel_size", "pool_size", "strides", "size", "dilation_rate", "cropping", "padding")
_ALONG_STEPS = ("wrapper", "embedding", "rnn", "rnn_wrapper")  # groups of layers that work along steps or frames


def of_as_many_dimensions(broken: Broken) -> Iterator[Mend]:
    """A layer for sequences on pictures, for pictures on volumes or on sequences: its sister for as many axes."""
    name = broken.layer.class_name if broken.call is not None else ""
    facts, found = sheet(name), broken.first
    sister = _DIMENSIONS.sub(str(len(found) - 2), name)
    axes = (sheet(sister) or facts).axes if sheet(sister) is not None and facts is not None else ()
    if facts is None or not axes or sister == name or abs(len(found) - (facts.rank or 0)) != 1:
        return
    arguments, cost = _for_all_sides(broken.layer), _cost(broken, facts)
    if arguments is None or cost is None:
        return
    yield Mend(
        f"Use {sister}: it reads {len(found)} axes.",
        f"layers.{sister}(…)" if arguments else f"layers.{sister}()",
        with_layer(
            broken.spec,
            broken.spec.calls[broken.call or 0].layer,
            LayerSpec(sister, broken.layer.name, arguments, broken.layer.line),
        ),
        f"{written(found)} is then read as ({', '.join(axes)}).",
        cost,
    )


def _for_all_sides(layer: LayerSpec) -> tuple[tuple[str, Argument], ...] | None:
    """The same arguments, one number for all sides; None where the sides have different ones."""
    given: list[tuple[str, Argument]] = []
    for name, value in layer.arguments:
        if name in _OF_EACH_AXIS and isinstance(value, tuple):
            if len(set(value)) != 1:
                return None
            value = value[0]
        given.append((name, value))
    return tuple(given)


def _cost(broken: Broken, facts: Sheet) -> int | None:
    """Before or behind the other changes, by what the axes are; None where they are frames, or can't be told."""
    found = broken.first
    fewer = len(found) < (facts.rank or 0)
    if fewer and _series(found, facts):
        return 0
    if not fewer and None not in found[2:] and not _frames(broken):
        return 0 if facts.group == "global_pool" else 2
    if facts.group not in _SLIDES or not (len(found) == 5 or has_channels(found)):
        return None
    if any(note.startswith(("samples = ", "height = ", "axis_")) for note in broken.spec.assumed):
        return 4  # nothing but the number of axes is known
    return 1 if fewer else 2 if facts.group == "conv" else 0  # a pooling reads what a layer returned


def _series(found: Sizes, facts: Sheet) -> bool:
    """Whether it is a sequence of numbers that reaches a pooling for pictures, not a gray picture."""
    shrinks = facts.group not in ("conv", "rnn") and "channels" in facts.axes
    return shrinks and len(found) == 3 and found[0] is None and found[1] != found[2] and (found[2] or 0) > MOST_CHANNELS


def _frames(broken: Broken) -> bool:
    """Whether what comes are frames or sequences of sequences: a layer in front, or behind, works along them."""
    others = (sheet(layer.class_name) for layer in broken.spec.layers if layer.class_name != broken.layer.class_name)
    return any(facts is not None and facts.group in _ALONG_STEPS for facts in others)
