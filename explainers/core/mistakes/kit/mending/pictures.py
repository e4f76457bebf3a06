"""Images that reach a layer in another form: laid out in a row, without batch and channel, or of other dimensions."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from explainers.core.editing import with_data, with_input, with_layer_before
from explainers.core.layers import sheet
from explainers.core.mistakes.kit.colors import MOST_CHANNELS, SMALLEST, lacks_frames, one_picture
from explainers.core.mistakes.kit.mending.broken import Broken, Mend, written
from explainers.core.spec import LayerSpec, Sizes

_USUAL_CHANNELS = (64, 128, 256, 32, 512, 16)
_COLORS = (1, 3)
_GROWS = re.compile(r"Transpose|UpSampling")
_SIDE, _CHANNELS = 7, 64  # of the small image that a generator begins with: examples


def reads_pictures(broken: Broken) -> bool:
    """Whether the layer that failed reads (batch, height, width, channels)."""
    facts = sheet(broken.layer.class_name) if broken.call is not None else None
    return facts is not None and facts.rank == 4 and facts.axes[-1:] == ("channels",)


def _pools(layer: LayerSpec) -> bool:
    """Whether nothing but what was an image a moment ago comes to it: a vector there is pooled or flattened already."""
    facts = sheet(layer.class_name)
    return facts is not None and facts.group in ("pool", "global_pool")


def laid_out(shape: tuple[int, ...]) -> LayerSpec:
    """A Reshape to that shape."""
    name = "as_" + "_".join(str(n).replace("-1", "any") for n in shape)
    return LayerSpec("Reshape", name, (("target_shape", shape),))


def square_of(numbers: int, channels: int) -> tuple[int, int, int] | None:
    """784 numbers of one channel are (28, 28, 1); None where they make no square."""
    side = math.isqrt(numbers // channels)
    return (side, side, channels) if side * side * channels == numbers else None


def laid_out_in_code(broken: Broken, data: str, shape: tuple[int, ...]) -> str:
    """A layer that gives the data another form; of a message alone, first the data themselves: no line is there."""
    source = broken.source()
    layer = f"layers.Reshape({written(shape)})"
    alone = source is not None and broken.spec.inputs[source].origin == "the message"
    return f"{data}  # or in the model: {layer}" if alone else layer


def numbers_as_pictures(broken: Broken) -> Iterator[Mend]:
    """A vector in front of a layer that reads images: whole images in a row, or a small map as in a generator."""
    numbers = broken.first[1] if len(broken.first) == 2 else None
    data = not any(True for _ in broken.before())
    if numbers is None or not reads_pictures(broken) or (data and _pools(broken.layer)):
        return
    grows = _GROWS.search(broken.layer.class_name) is not None
    for channels in _COLORS if data and not grows else ():
        shape = square_of(numbers, channels)
        if shape is not None and shape[0] >= SMALLEST:
            kind = "gray" if channels == 1 else "color"
            yield Mend(
                f"Lay the {numbers} numbers of each image out as {written(shape)}.",
                laid_out_in_code(broken, f"x = x.reshape(-1, {', '.join(map(str, shape))})", shape),
                with_layer_before(broken.spec, broken.call or 0, laid_out(shape)),
                f"{' × '.join(map(str, shape))} = {numbers}: {kind} images.",
                0,
            )
            return
    maps = [shape for c in _USUAL_CHANNELS if (shape := square_of(numbers, c)) is not None and shape[0] > 2]
    for shape in maps[:2]:
        yield Mend(
            f"Lay the {numbers} numbers out as {written(shape)}, if that is what they are.",
            f"layers.Reshape({written(shape)})",
            with_layer_before(broken.spec, broken.call or 0, laid_out(shape)),
            f"{' × '.join(map(str, shape))} = {numbers}.",
            1,
        )
    if grows and not maps:
        yield _begun_as_picture(broken, 4)


def numbers_as_volume(broken: Broken) -> Iterator[Mend]:
    """The vector of a generator of volumes."""
    facts = sheet(broken.layer.class_name) if broken.call is not None else None
    if facts is None or facts.rank != 5 or len(broken.first) != 2 or broken.first[1] is None:
        return
    if _GROWS.search(broken.layer.class_name):
        yield _begun_as_picture(broken, 5)


def _begun_as_picture(broken: Broken, rank: int) -> Mend:
    """A generator: a Dense makes as many numbers as a small image (or volume) has, and a Reshape lays them out."""
    shape = (*(_SIDE,) * (rank - 2), _CHANNELS)
    product, kind = " * ".join(map(str, shape)), "image" if rank == 4 else "volume"
    spec = with_layer_before(
        broken.spec, broken.call or 0, LayerSpec("Dense", "numbers", (("units", math.prod(shape)),))
    )
    return Mend(
        f"Let a Dense make the numbers of a small {kind}, and lay them out: {written(shape)}.",
        f"layers.Dense({product})\nlayers.Reshape({written(shape)})",
        with_layer_before(spec, (broken.call or 0) + 1, laid_out(shape)),
        f"The vector of {broken.first[1]} numbers has no height and width. {_SIDE} and {_CHANNELS} are examples: "
        "use your own.",
        0,
    )


def one_gray_sample(broken: Broken) -> Iterator[Mend]:
    """(28, 28) for a layer that reads images, (10, 64, 64) for one of volumes: neither batch nor channel."""
    found, source = broken.first, broken.source() if broken.call is not None else None
    facts = sheet(broken.layer.class_name) if broken.call is not None else None
    if source is None or facts is None or facts.rank != len(found) + 2 or facts.axes[-1:] != ("channels",):
        return
    if broken.spec.inputs[source].shape != found or None in found or min(n or 0 for n in found) < SMALLEST:
        return
    yield Mend(
        "Put the batch axis in front and the channel at the end: this is one gray image."
        if len(found) == 2
        else "Put the batch axis in front and the channel at the end: this is one sample.",
        "x = x[np.newaxis, ..., np.newaxis]",
        with_input(broken.spec, source, (None, *found, 1)),
        f"{written(found)} becomes {written((1, *found, 1))}.",
        0,
    )


def one_picture_in_a_row(broken: Broken) -> Iterator[Mend]:
    """(784,) for a layer that reads images: one gray or color image in a row."""
    found, source = broken.first, broken.source() if broken.call is not None else None
    if source is None or len(found) != 1 or not found[0] or not reads_pictures(broken):
        return
    shapes = [shape for c in _COLORS if (shape := square_of(found[0], c)) is not None and shape[0] >= SMALLEST]
    for shape in shapes[:1]:
        yield Mend(
            f"If these are the numbers of one image, lay them out: {written((1, *shape))}.",
            f"x = x.reshape({written((1, *shape))})",
            with_input(broken.spec, source, (None, *shape)),
            f"{' × '.join(map(str, shape))} = {found[0]}.",
            1,
        )


def one_picture_of_torch(broken: Broken) -> Iterator[Mend]:
    """(3, 224, 224): one image with its channels in front, as PyTorch holds it."""
    found, source = broken.first, broken.source() if broken.call is not None else None
    if source is None or not reads_pictures(broken) or not picture_of_torch(found):
        return
    if broken.spec.inputs[source].shape != found:
        return
    turned = (*found[1:], found[0])
    yield Mend(
        "Put the channels last and the batch axis in front: this is one image.",
        "x = np.moveaxis(x, 0, -1)[np.newaxis]",
        with_input(broken.spec, source, (None, *turned)),
        f"{written(found)} is (channels, height, width); Keras reads {written((1, *turned))}.",
        0,
    )


def picture_of_torch(found: Sizes) -> bool:
    """Whether three sizes are those of one image with its channels in front."""
    return len(found) == 3 and None not in found and one_picture((*found[1:], found[0])) and not one_picture(found)


_OF_IMAGES = ("resize", "same_image", "same", "norm")  # layers that take images without a channel for a batch of rows


def channel_before_a_resize(broken: Broken) -> Iterator[Mend]:
    """Spectrograms (or gray images) without a channel in front of a Resizing, which takes them for one image each."""
    if not reads_pictures(broken) or len(broken.first) != 3:
        return
    first, name = None, ""
    for call in broken.before():
        facts = sheet(broken.spec.layers[broken.spec.calls[call].layer].class_name)
        if facts is None or facts.group not in _OF_IMAGES:
            break
        name = facts.name if facts.group == "resize" else name
        first = call if name else None
    ref = broken.spec.calls[first].inputs[0] if first is not None else None
    if first is None or ref is None:
        return
    shape = broken.spec.inputs[ref.index].shape if ref.source == "input" else (broken.made or {}).get(ref.index, ())
    if len(shape) != 3 or None in shape[1:]:
        return
    image = (shape[1] or 0, shape[2] or 0, 1)
    yield Mend(
        f"Give each image its channel before {name} reads it: {written(image)}.",
        f"layers.Reshape({written(image)})",
        with_layer_before(broken.spec, first, laid_out(image)),
        f"{name} takes three axes for one image, (height, width, channels): it would resize the batch.",
        -1,
    )


def batch_was_resized(broken: Broken) -> bool:
    """Whether a number of samples came out that is open in the Input: samples are mixed already."""
    source = broken.source()
    return bool(broken.first) and broken.first[0] is not None and source is not None and _is_open(broken, source)


def _is_open(broken: Broken, source: int) -> bool:
    return broken.spec.inputs[source].shape[:1] == (None,)


def picture_called_on(broken: Broken) -> Sizes | None:
    """The one image, like (28, 28, 1), that a model is called on: its rows were taken for samples."""
    source = broken.source() if broken.call is not None else None
    if source is None or not reads_pictures(broken) or len(broken.first) != 3:
        return None
    shape = broken.spec.inputs[source].shape
    fed = [check.shapes[source] for _, check in broken.fed() if len(check.shapes) > source]
    for told in (*(told for _, told in broken.spec.told), *fed):
        if isinstance(told, tuple) and one_picture(told) and shape[1:] == told[1:] and shape == broken.first:
            return told
    return None


def one_picture_called(broken: Broken) -> Iterator[Mend]:
    """One image that a model is called on: the batch is what is missing."""
    image, source = picture_called_on(broken), broken.source()
    if image is None or source is None:
        return
    spec = with_input(broken.spec, source, (None, *image))
    for i, check in broken.fed():
        if check.shapes[source : source + 1] == (image,):
            spec = with_data(spec, i, source, (1, *image))
    yield Mend(
        "Put the batch axis in front: this is one image.",
        "x = x[np.newaxis]",
        spec,
        f"{written(image)} is (height, width, channels); a batch of it is {written((1, *image))}.",
        -1,
    )


def volumes_without_channel(broken: Broken) -> Iterator[Mend]:
    """(None, 128, 128, 64) that is fed to a Conv3D: scans have a depth, and mostly no axis for their one channel."""
    found, source = broken.first, broken.source() if broken.call is not None else None
    facts = sheet(broken.layer.class_name) if broken.call is not None else None
    if source is None or facts is None or facts.rank != 5 or facts.group != "conv" or len(found) != 4:
        return
    if broken.spec.inputs[source].shape != found or None in found[1:] or (found[3] or 0) <= MOST_CHANNELS:
        return
    if not has_channels(found):
        return  # then `channels_behind` says it
    yield Mend(
        "If these are volumes, give each value its own axis at the end: one channel.",
        f"x = x[..., np.newaxis]\nkeras.Input(shape={written((*found[1:], 1))})",
        with_input(broken.spec, source, (*found, 1)),
        f"{written(found[1:])} is then (depth, height, width) of gray scans.",
        0,
    )


def has_channels(found: Sizes) -> bool:
    """(None, 16, 16, 64) and (None, 48, 64, 3): images and maps with channels; not (None, 10, 64, 64), not (…, 1)."""
    height, width, channels = found[1:] if len(found) == 4 else (None, None, None)
    if height is None or width is None or channels is None:
        return False
    square = height == width != channels
    return square or (channels in (3, 4) and min(height, width) >= SMALLEST)


def frames_declared(broken: Broken) -> Iterator[Mend]:
    """Pictures with their channels in front of a layer that reads several of them in a row."""
    found, source = broken.first, broken.source() if broken.call is not None else None
    if source is None or not frames_are_missing(broken, found) or broken.spec.inputs[source].shape != found:
        return
    axis = _axes_read(broken)[1]
    shape = (found[0], None, *found[1:])
    spec = with_input(broken.spec, source, shape)
    for i, check in broken.fed():
        if len(check.shapes) == len(spec.inputs) and check.shapes[source][1:] == found[1:]:
            spec = with_data(spec, i, source, (check.shapes[source][0], 1, *found[1:]))
    yield Mend(
        f"Declare the axis of the {axis} in front of height and width; the data need it, too.",
        f"x = x[:, np.newaxis]\nkeras.Input(shape={written(shape[1:])})",
        spec,
        f"None leaves open how many {axis} there are." if axis == "frames" else f"None leaves the {axis} open.",
        0 if axis == "frames" else 2,
    )


def _axes_read(broken: Broken) -> tuple[str, ...]:
    facts = sheet(broken.layer.class_name) if broken.call is not None else None
    return facts.axes if facts is not None else ()


def frames_are_missing(broken: Broken, found: Sizes) -> bool:
    return lacks_frames(_axes_read(broken), found)


PICTURES = (
    volumes_without_channel,
    channel_before_a_resize,
    one_picture_called,
    one_gray_sample,
    one_picture_of_torch,
    one_picture_in_a_row,
    numbers_as_pictures,
    numbers_as_volume,
    frames_declared,
)
