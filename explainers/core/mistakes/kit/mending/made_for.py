"""A layer whose weights were made for another size of the last axis than comes: what the sizes say about the data."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from explainers.core.editing import with_input, with_layer_before
from explainers.core.layers import sheet
from explainers.core.mistakes.kit.colors import COLORS, MOST_CHANNELS, SMALLEST
from explainers.core.mistakes.kit.mending.broken import Broken, Mend, of_call, written
from explainers.core.mistakes.kit.mending.data import recolored
from explainers.core.spec import LayerSpec, Sizes


def _met(broken: Broken) -> tuple[int, int, Sizes, Sizes] | None:
    """The call that failed, the Input of what came, what the weights were made for, and what came.

    Keras names no layer where a product inside it fails: then it is the second call of the only one.
    """
    spec = broken.spec
    call = broken.call
    if call is None and len(spec.layers) == 1 and len(spec.calls) == 2:
        call = 1
    if call is None or not spec.calls[call].inputs:
        return None
    place = spec.calls[call].layer
    first = next((other.inputs[0] for other in spec.calls[:call] if other.layer == place), None)
    here = spec.calls[call].inputs[0]
    if first is None or first.source != "input" or here.source != "input":
        return None
    made_for, came = spec.inputs[first.index].shape, spec.inputs[here.index].shape
    return (call, here.index, made_for, came) if len(came) > 1 and made_for[-1] != came[-1] else None


def colors_of_the_layer(broken: Broken) -> Iterator[Mend]:
    """Gray images for a layer of three colors, or the other way round: the data are made as the weights read them."""
    met = _met(broken)
    if met is not None and len(met[3]) in (4, 5):
        _, place, made_for, came = met
        yield from recolored(made_for[-1], came[-1], with_input(broken.spec, place, (*came[:-1], made_for[-1])))


def channels_turned(broken: Broken) -> Iterator[Mend]:
    """(None, 3, 224, 224) for weights of 3 channels, (None, 1, 187) for 1: the axis stands right after the batch."""
    met = _met(broken)
    if met is None or len(met[3]) < 3:
        return
    _, place, made_for, came = met
    wanted = made_for[-1]
    if came[1] != wanted or None in came[1:] or (len(came) > 3 and (wanted or 0) not in (1, COLORS, MOST_CHANNELS)):
        return
    turned = (came[0], *came[2:], came[1])
    yield Mend(
        "Put the channels last, where Keras reads them."
        if len(came) > 3
        else "Swap axes 1 and 2: they are in the wrong order.",
        "x = np.moveaxis(x, 1, -1)" if len(came) > 3 else "x = np.swapaxes(x, 1, 2)",
        with_input(broken.spec, place, turned),
        f"{written(came)} becomes {written(turned)}.",
        0,
    )


def one_row_alone(broken: Broken) -> Iterator[Mend]:
    """(None, 1) for weights of 13 features, (None, 28) for 784: the numbers (or the rows) of one sample, as samples."""
    met = _met(broken)
    if met is None or len(met[3]) != 2:
        return
    _, place, made_for, came = met
    wanted, width = made_for[-1] or 0, came[1] or 0
    rows = width > 1 and width * width == wanted and width >= SMALLEST
    if not rows and (width != 1 or came[0] not in (None, wanted)):
        return
    yield Mend(
        f"If this is one image of {width} × {width}, lay it out in one row: (1, {wanted})."
        if rows
        else "Put the batch axis in front, if this is one sample.",
        f"x = x.reshape(1, {wanted})",
        with_input(broken.spec, place, (None, wanted)),
        f"Its {width} rows were read as samples."
        if rows
        else f"The {wanted} numbers of one sample, ({wanted},), were read as samples of one number.",
        0,
    )


def separate_layer(broken: Broken) -> Iterator[Mend]:
    """Other channels inside a network: the layer was called on another tensor before, and keeps those weights."""
    met = _met(broken)
    if met is None:
        return
    call, _, made_for, came = met
    layer = of_call(broken.spec, call)
    facts = sheet(layer.class_name)
    inside = min(made_for[-1] or 0, came[-1] or 0) > MOST_CHANNELS
    if facts is None or facts.group not in ("conv", "norm") or not inside:
        return
    own = replace(layer, name=f"{layer.name}_here")
    calls = list(broken.spec.calls)
    calls[call] = replace(calls[call], layer=len(broken.spec.layers))
    yield Mend(
        f"Make a separate {layer.class_name} here, if it was used on {made_for[-1]} channels before.",
        f"x = layers.{layer.class_name}({'…' if facts.group == 'conv' else ''})(x)",
        replace(broken.spec, layers=(*broken.spec.layers, own), calls=tuple(calls)),
        f"A layer has one set of weights: those of {layer.name} are for {made_for[-1]} channels.",
        0,
    )


def as_many_numbers_flat(broken: Broken) -> Iterator[Mend]:
    """Weights for as many numbers as a whole sample has: the sample was flat when they were made."""
    if broken.call is None or not broken.reaching or len(broken.reaching[0]) < 3 or None in broken.reaching[0][1:]:
        return
    place, came = broken.spec.calls[broken.call].layer, broken.reaching[0]
    firsts = [call.inputs[0] for call in broken.spec.calls[: broken.call] if call.layer == place]
    if not firsts or firsts[0].source != "input":
        return
    wanted = broken.spec.inputs[firsts[0].index].shape[-1]
    if wanted != math.prod(n or 1 for n in came[1:]):
        return
    alone = with_input(broken.spec, firsts[0].index, (came[0], wanted))
    product = (
        f"{' × '.join(map(str, came[1:]))} = {wanted}: the layer was made for all numbers of one sample in one row."
    )
    fed = broken.spec.calls[broken.call].inputs[0]
    if fed.source == "input":
        flat = with_input(alone, fed.index, (came[0], wanted))
        yield Mend(
            (f"Lay the numbers of each sample out in one row: {wanted}."),
            f"x = x.reshape(len(x), {wanted})",
            flat,
            product,
            1,
        )
    before = with_layer_before(alone, broken.call, LayerSpec("Flatten", "flat"))
    yield Mend("Or put a Flatten in front of it.", "layers.Flatten()", before, product, 1)


def built_for_what_comes(broken: Broken) -> Iterator[Mend]:
    """Weights that were made for another width: make them for what comes."""
    met = _met(broken)
    if met is None or len(met[2]) != len(met[3]):
        return
    call, _, made_for, came = met
    if made_for[-1] == math.prod(n or 1 for n in came[1:]):
        return  # a sample laid flat: `as_many_numbers_flat`
    first = next(other.inputs[0].index for other in broken.spec.calls if other.layer == broken.spec.calls[call].layer)
    layer = of_call(broken.spec, call)
    facts = sheet(layer.class_name)
    yield Mend(f"Declare the Input for your data: then {layer.name} is made for {came[-1]}.",
               "keras.Input(shape=x.shape[1:])", with_input(broken.spec, first, came),
               _times(made_for[-1], came[-1]) if facts is not None and facts.group == "dense" else "")  # fmt: skip


def _times(wanted: int | None, came: int | None) -> str:
    """``1600 is 4 times 400: …``, where it is a whole number of times."""
    if not wanted or not came or came % wanted or came == wanted:
        return ""
    return f"{came} is {came // wanted} times {wanted}: the data are larger than the model was declared for."


MADE_FOR = (
    colors_of_the_layer,
    channels_turned,
    one_row_alone,
    separate_layer,
    as_many_numbers_flat,
    built_for_what_comes,
)
