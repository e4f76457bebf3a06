"""Data that don't fit, made live: a model built for what was expected, fed with what was found."""

from __future__ import annotations

import math
from dataclasses import replace

from explainers.core.axes import sizes
from explainers.core.finding import Finding
from explainers.core.layers import SHEETS, axis_names
from explainers.core.layers.signatures import arguments_of, needed
from explainers.core.mistakes.kit.colors import MOST_CHANNELS, SMALLEST, front_names, one_film, one_picture
from explainers.core.mistakes.kit.columns import rows_as_steps
from explainers.core.mistakes.kit.scene import (
    EXAMPLES,
    Scene,
    dtype_of,
    entry,
    guessed_class,
    prints_samples,
    rank_of,
)
from explainers.core.spec import Argument, Check, LayerSpec, ModelSpec, Sizes, chain


def fed(scene: Scene) -> ModelSpec | None:
    """A model built for what was expected, fed with what was found."""
    finding = scene.finding
    found = finding.shape("found")
    if found is None:
        return None
    expected = finding.shape("expected")
    class_name = finding.class_name if _can_be_shown(finding.class_name) else None
    if expected is None:
        rank = finding.number("expected_ndim") or 3
        class_name = class_name or guessed_class(finding)
        expected = _fitting(scene, class_name, rank, found)
    else:
        expected, found = _with_batch(finding, class_name, expected, found)
    order: dict[str, Argument] = {"data_format": "channels_first"} if front_names(expected) else {}
    if class_name and SHEETS[class_name].group == "conv" and _too_small_for_the_example(scene, class_name, expected):
        order["kernel_size"] = 1
    if len(expected) == 5 and (class_name == "TimeDistributed" or "frames" in front_names(expected)):
        class_name, order = "TimeDistributed", {"layer": scene.layer("Conv2D", kernel_size=1, **order)}
    layer = (
        scene.layer(class_name, **{name: order[name] for name in order if name in arguments_of(class_name)})
        if class_name and _takes(class_name, len(expected))
        else _reader(scene, len(expected), **order)
    )
    spec = chain(
        entry(expected, dtype=dtype_of(class_name or "")),
        (layer,),
        sequential=finding.class_name == "Sequential",
        checks=(Check("predict", (found,)),),
    )
    return replace(spec, told=(("the table", expected[1:]),)) if rows_as_steps(finding) else spec


_GIVEN = ("layer", "rate", "activation")  # arguments that `Scene.layer` can give, beside its examples


def _can_be_shown(class_name: str | None) -> bool:
    """Whether a layer of the class can be made from examples: a Reshape can't without its target_shape."""
    if class_name not in SHEETS or class_name == "InputLayer":
        return False
    return all(argument in EXAMPLES or argument in _GIVEN for argument in needed(str(class_name)))


def _too_small_for_the_example(scene: Scene, class_name: str, expected: Sizes) -> bool:
    """A side that a kernel of the example's size would not fit into: the model would fail for the example."""
    said = scene.finding.number("kernel_size") or scene.argument(class_name, "kernel_size")
    sides = [n for n in expected[1:-1] if n is not None]
    return said is None and min(sides, default=EXAMPLES["kernel_size"]) < EXAMPLES["kernel_size"]


def _takes(class_name: str, rank: int) -> bool:
    return rank == rank_of(class_name) or (SHEETS[class_name].least and rank > rank_of(class_name))


def _with_batch(finding: Finding, class_name: str | None, expected: Sizes, found: Sizes) -> tuple[Sizes, Sizes]:
    """Keras 2.2 and later print one sample; a batch axis is put in front of both."""
    if not prints_samples(finding, class_name, expected):
        return expected, found
    if found == (1,) and len(expected) == 1:  # one row alone, of which Keras took each number for a sample
        return (None, *expected), (expected[0], 1)
    return (None, *expected), (EXAMPLES["samples"], *found) if len(found) <= len(expected) else found


def _reader(scene: Scene, rank: int, /, **order: Argument) -> LayerSpec:
    """A layer that takes this many axes."""
    class_name = {2: "Dense", 3: "LSTM", 4: "Conv2D", 5: "Conv3D"}.get(rank, "Flatten")
    return scene.layer(class_name, **({"kernel_size": 1, **order} if class_name.startswith("Conv") else {}))


MOST_LISTED = 12  # arrays of a list that are shown


def fed_with_a_list(scene: Scene, sample: Sizes, count: int, target: Sizes = ()) -> ModelSpec:
    """A model for batches of such samples, given a list with one array for each of them."""
    count = min(count, MOST_LISTED)
    arrays = (sample,) * count
    check = Check("fit", arrays, ((count, *target),), "mse") if target else Check("predict", arrays)
    layer = LayerSpec("Flatten", "flatten") if target else _reader(scene, len(sample) + 1)
    behind = (LayerSpec("Dense", "dense", (("units", target[-1]),)),) if target else ()
    return chain(entry((None, *sample)), (layer, *behind), checks=(check,))


def _of_as_many(scene: Scene, rank: int, found: Sizes) -> Sizes | None:
    """A shape elsewhere in the text with the expected axes and as many numbers in a sample: what the model reads."""
    numbers = math.prod(n or 0 for n in found[1:])
    for other in map(sizes, scene.finding.shapes):
        sample = other if len(other) == rank - 1 else other[1:] if len(other) == rank else ()
        if sample and other != found and numbers > 1 and math.prod(n or 0 for n in sample) == numbers:
            return (None, *sample)
    return None


def _fitting(scene: Scene, class_name: str, rank: int, found: Sizes) -> Sizes:
    """A shape of the expected rank that such data were most likely meant for."""
    if any(len(other) == rank and sizes(other)[1:] == found for other in scene.finding.shapes):  # a batch of one
        return (None, *found)
    if (told := _of_as_many(scene, rank, found)) is not None:
        return told
    if len(found) == rank + 1 and found[:2] == (1, 1):  # two batch axes of one sample
        return (None, *found[2:])
    if (meant := _one_axis_more(class_name, rank, found) or _laid_out(class_name, rank, found)) is not None:
        return meant
    if len(found) == rank - 1 and rank > 3:
        return (None, scene.example("timesteps"), *found[1:])
    shape = list(scene.sizes(axis_names(class_name, rank)))
    if 1 < len(found) < rank and found[-1] is not None:
        shape[-1] = found[-1]
    return tuple(shape)


def _one_axis_more(class_name: str, rank: int, found: Sizes) -> Sizes | None:
    """What the data are with the axis that is missing: a batch in front of one sample, or a channel behind each."""
    if len(found) != rank - 1 or None in found:
        return None
    group = SHEETS[class_name].group if class_name in SHEETS else ""
    if rank == 2 or (rank == 4 and one_picture(found)) or (rank == 5 and one_film(found)):
        return (None, *found)
    if rank == 5 and one_picture(found[1:]):
        return (None, None, *found[1:])  # the frames of one film, or many films of one frame each
    several = (found[-1] or 0) > MOST_CHANNELS  # of pictures and volumes the last axis is a side, not the channels
    if rank > 3 and several and group not in ("rnn", "rnn_wrapper", "wrapper"):
        return (None, *found[1:], 1)
    return (None, found[1], 1) if rank == 3 and group in ("conv", "pool") else None


def _laid_out(class_name: str, rank: int, found: Sizes) -> Sizes | None:
    """Pictures whose numbers stand in one row: squares, of one or of three channels."""
    numbers = found[1] if len(found) == 2 else None
    if numbers is None or rank not in (3, 4):
        return None
    if rank == 4 and class_name.endswith("Transpose"):  # it makes images of vectors, as in a generator
        return (None, 1, 1, numbers)
    for channels in (1, 3):
        side = math.isqrt(numbers // channels)
        told = rank == 4 or (channels == 1 and class_name == "Flatten")
        if told and side >= SMALLEST and side * side * channels == numbers:
            return (None, side, side, channels)[:rank]
    return None
