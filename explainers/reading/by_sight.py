"""Names for the axes of shapes that stand alone in a text: by the other shapes, by its words, by their sizes.

A rule of a layer always comes first; what is named here is what people would call it who see the whole text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from explainers.core.axes import IMAGE_CHANNELS, Shape, is_named, sizes
from explainers.core.layers import SEQUENCE_READERS, names_of, sheet
from explainers.core.mistakes.kit.colors import front_names, one_picture
from explainers.core.mistakes.kit.mending.pictures import has_channels
from explainers.core.spec import Sizes

PICTURES = re.compile(
    r"conv_?2d|pool(?:ing)?_?2d|image|picture|photo|pixel|rgb|gr[ae]yscale|height|\bcnn\b|resnet|vgg|u-?net|mnist|"
    r"cifar|"
    r"sampling_?2d|padding_?2d|\bmin_ndim=4",
    re.IGNORECASE,
)
VOLUMES = re.compile(r"conv_?3d|pool(?:ing)?_?3d|volum|voxel|\bmri\b|\bct\b|nifti|depth", re.IGNORECASE)
FRAMES = re.compile(r"time_?distributed|conv_?lstm|video|frame|lstm|gru", re.IGNORECASE)
SEQUENCES = re.compile(
    r"lstm|gru|rnn|conv_?1d|time ?-?_?step|sequence|sensor|sentence|words?\b|series|sliding|\blags?\b|forecast|"
    r"embedding|attention|transformer",
    re.IGNORECASE,
)
OF_CHANNELS = re.compile(r"channel dimension|conv_?1d|pool(?:ing)?_?1d", re.IGNORECASE)
RECURRENT = re.compile(r"lstm|gru|rnn", re.IGNORECASE)
_KINDS = (PICTURES, VOLUMES, FRAMES, SEQUENCES, OF_CHANNELS, RECURRENT)
Says = Mapping[re.Pattern[str], bool]
_LOOKED_AT = 20_000  # characters of a text whose words count
_LARGE_SIDE = 8


def _says(text: str) -> Says:
    """Which kinds of data the words of a text are about."""
    return {kind: kind.search(text[:_LOOKED_AT]) is not None for kind in _KINDS}


def named_by_sight(shapes: Sequence[Shape], text: str, class_name: str | None = None) -> tuple[Shape, ...]:
    """The shapes with a word for each axis that has none; one that another names already isn't told twice."""
    known, says = _named(shapes), _says(text)
    longest_first = sorted(shapes, key=len, reverse=True)
    for shape in (
        shape for shape in longest_first if shape and shape[0].size is None
    ):  # with its batch, a shape says most
        known.setdefault(sizes(shape), _of_a_sample(known, sizes(shape)) or _words(sizes(shape), says, class_name))
    told = [_told(shape, known, says, class_name) for shape in shapes]
    return _once(told)


def _told(shape: Shape, known: dict[Sizes, tuple[str, ...]], says: Says, class_name: str | None) -> Shape:
    here = sizes(shape)
    names = known.get(here) or _of_a_sample(known, here)
    if not names and shape and shape[0].origin.startswith("input_shape"):  # one sample, without its batch
        names = _words((None, *here), says, class_name)[1:]
    of_a_batch = bool(shape) and shape[0].axis == "batch"  # a rule said so: what follows is one sample
    names = names or _words((None, *here[1:]) if of_a_batch else here, says, class_name)
    pairs = zip(shape, names, strict=True)
    return tuple(axis if is_named(axis.axis) else replace(axis, axis=name) for axis, name in pairs)


def _named(shapes: Sequence[Shape]) -> dict[Sizes, tuple[str, ...]]:
    """The names of the sizes that some shape has a word for on each of its axes; the first one counts."""
    found: dict[Sizes, tuple[str, ...]] = {}
    for shape in shapes:
        if shape and all(is_named(axis.axis) for axis in shape):
            found.setdefault(sizes(shape), tuple(axis.axis for axis in shape))
    return found


def _of_a_sample(known: dict[Sizes, tuple[str, ...]], here: Sizes) -> tuple[str, ...]:
    """The same shape with its batch open, with a number of samples, or without the batch."""
    for other, names in known.items():
        if len(other) == len(here) and other[1:] == here[1:] and len(here) > 1 and names[0] in ("batch", "samples"):
            return ("batch" if here[0] is None else "samples", *names[1:])
        if other[1:] == here and names[0] in ("batch", "samples"):
            return names[1:]
        if other[:-1] == here and len(here) > 2 and names[0] in ("batch", "samples"):  # labels: without the classes
            return names[:-1]
    return ()


def _once(shapes: Sequence[Shape]) -> tuple[Shape, ...]:
    """Without shapes "in the text" that a layer, an Input or a message told already."""
    told = {sizes(shape) for shape in shapes if shape and shape[0].origin != IN_THE_TEXT}
    samples = {sizes(shape)[1:] for shape in shapes if shape and shape[0].origin != IN_THE_TEXT}
    kept = [s for s in shapes if not s or s[0].origin != IN_THE_TEXT or sizes(s) not in told | samples]
    return tuple(dict.fromkeys(kept))


IN_THE_TEXT = "in the text"  # the origin of a shape that only stands there


def words_for(here: Sizes, text: str, class_name: str | None = None) -> tuple[str, ...]:
    """A word for each axis of a shape, by the layer that it reached and by the words around it."""
    return _words(here, _says(text), class_name)


def _words(here: Sizes, says: Says, class_name: str | None) -> tuple[str, ...]:
    facts = sheet(class_name)
    usual = facts.axes if facts is not None else ()
    if facts is not None and facts.group == "attention" and len(here) == 4:
        return (_first(here), "heads", "query steps", "key steps")
    sides = _sides(here, usual)
    if sides:
        return sides
    if usual and len(here) == len(usual) - 1:
        return _one_less(here, usual)
    if len(usual) > 2 and len(here) == len(usual) + 1 and len(here) != 5 and class_name not in SEQUENCE_READERS:
        return (_first(here), "frames" if len(usual) > 3 else "sequences", *usual[1:])
    match len(here):
        case 0:
            return ()
        case 1:
            return ("batch",) if here == (None,) else ("values",)
        case 2:
            return (_first(here), "features")
        case 3:
            return _three(here, says, class_name)
        case 4:
            return _four(here, says, class_name)
        case 5:
            return (_first(here), *(front_names(here) or _five(says, class_name))[1:])
    return (_first(here), *(f"part {place}" for place in range(1, len(here))))


def _sides(here: Sizes, usual: tuple[str, ...]) -> tuple[str, ...]:
    """Images that reach a layer of sequences, of films or of volumes, by their sizes; one image without its channel."""
    if len(here) == 4 and len(usual) in (3, 5) and has_channels(here):
        return (_first(here), "height", "width", "channels")
    if len(usual) == 5 and one_picture(here):
        return ("height", "width", "channels")
    gray = len(here) == 2 and here[0] is not None and min(n or 0 for n in here) > _LARGE_SIDE
    return ("height", "width") if gray and usual[1:] == ("height", "width", "channels") else ()


def _first(here: Sizes) -> str:
    """None is the batch; a number in front counts samples, of a batch or of the whole array."""
    return "batch" if here[0] is None or (here[0] <= 512 and here[0] & (here[0] - 1) == 0) else "samples"


def _one_less(here: Sizes, usual: tuple[str, ...]) -> tuple[str, ...]:
    """One axis less than the layer reads: with the batch in front the last one lacks, without it the batch does."""
    if here[0] is None or len(here) == 2:
        rest = ("features",) if len(here) == 2 else usual[1 : len(here)]
        return (_first(here), *rest)
    return usual[1:] if here[-1] in IMAGE_CHANNELS or len(here) < 3 else (_first(here), *usual[1 : len(here)])


def _three(here: Sizes, says: Says, class_name: str | None) -> tuple[str, ...]:
    steps = class_name in (*names_of("rnn", "rnn_wrapper", "wrapper"),)
    looks = here[0] is not None and here[-1] in IMAGE_CHANNELS and min(n or 0 for n in here[:2]) > _LARGE_SIDE
    square = here[0] == here[1] and (here[0] or 1) > 1
    if not steps and (looks or square) and (says[PICTURES] or not says[SEQUENCES]):
        return ("height", "width", "channels")
    sides = here[1] == here[2] and (here[1] or 0) > _LARGE_SIDE  # hardly any series has as many features as steps
    if not steps and sides and not says[SEQUENCES]:
        return (_first(here), "height", "width")
    if not steps and says[PICTURES] and not says[SEQUENCES]:
        return (_first(here), "height", "width") if here[0] is None else ("height", "width", "channels")
    if not steps and says[OF_CHANNELS] and not says[RECURRENT]:
        return (_first(here), "steps", "channels")
    return (_first(here), "timesteps", "features")


def _four(here: Sizes, says: Says, class_name: str | None) -> tuple[str, ...]:
    steps = class_name in SEQUENCE_READERS or (says[SEQUENCES] and not says[PICTURES])
    if steps and not one_picture(here[1:]):
        return (_first(here), "sequences", "timesteps", "features")
    if front_names(here):
        return (_first(here), *front_names(here)[1:])
    if here[0] is not None and here[-1] in IMAGE_CHANNELS and says[FRAMES] and here[1] == here[2]:
        return ("frames", "height", "width", "channels")
    return (_first(here), "height", "width", "channels")


def _five(says: Says, class_name: str | None) -> tuple[str, ...]:
    frames = says[FRAMES] and not says[VOLUMES]
    return ("batch", "frames" if frames or class_name in names_of("conv_rnn") else "depth", "height", "width",
            "channels")  # fmt: skip
