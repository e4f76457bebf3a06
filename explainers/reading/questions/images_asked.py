"""Questions about pictures: their input_shape, the channels that they lack, and channels that are in front."""

from __future__ import annotations

import re

from explainers.core.axes import IMAGE_CHANNELS
from explainers.core.finding import Value, name_axes
from explainers.core.layers import RECURRENT
from explainers.core.spec import LayerSpec, Sizes
from explainers.reading.questions.models import on_one_input, sequence_model
from explainers.reading.questions.words import CHANNELS, Asked, Told

_IMAGES_ASKED = re.compile(
    r"\bimages?\b|\bpictures?\b|\bphotos?\b|\bpixels?\b|\bconv2d\b|\brgb\b|\bmnist\b|\bcifar|"
    r"\bchannels?[ _-](?:last|first)\b|\bnchw\b|\bnhwc\b|\b(?:to|in|for) keras(?: format)?\b|\bfrom (?:py)?torch\b"
)
_PICTURES = re.compile(r"\bimages?\b|\bpictures?\b|\bphotos?\b|\bpixels?\b|\bmnist\b|\brow by row\b")
_GRAY = re.compile(r"gr[ae]y|mnist|black")
_COLORS = re.compile(r"\brgb\b|colou?r|cifar")
_RIGHT_ASKED = re.compile(r"\bam i right|\bis (?:it|that|this) (?:right|correct)|\bcorrect\b|\bright\?|^is\b")
_OUTPUT_ASKED = re.compile(r"\boutputs?\b|->|\bafter\b|\bresult|\bfeature maps?\b")
_WINDOW = re.compile(r"\bstrides?\b|\bkernels?\b|\bfilters?\b|\bpadding\b|\bpool")
_LONGEST_SIDE = 4096


def channels_said(asked: Asked) -> int | None:
    """How many channels the words of a question say: RGB has 3, gray has 1."""
    return 3 if asked.has(_COLORS) else 1 if asked.has(_GRAY) else None


def images(asked: Asked) -> Told | None:
    """Which input_shape pictures of a size need."""
    if not asked.has(_IMAGES_ASKED) or asked.counts or asked.called:
        return None
    if asked.has(_OUTPUT_ASKED) and asked.has(_WINDOW):
        return None  # what a layer makes of them is asked
    if asked.layer in RECURRENT:
        return _row_by_row(asked) if asked.has(_PICTURES) else None
    many = next((s for s in asked.shapes if len(s) == 3 and None not in s), None)
    if many is not None and _are_many(tuple(n or 1 for n in many), asked):
        return without_channels(tuple(n or 1 for n in many))
    in_front = next((s for s in asked.shapes if len(s) == 4 and None not in s[1:] and _of_torch(s)), None)
    if in_front is not None and asked.layer not in RECURRENT:
        return _channels_in_front(tuple(n or 1 for n in in_front[1:]), in_front[0])
    shape = next((s for s in asked.shapes if len(s) in (3, 4) and None not in s[1:]), None)
    two = next((s for s in asked.shapes if len(s) == 2 and None not in s), None)
    side = next(iter(asked.sides), None)
    colors = asked.number(CHANNELS) or (3 if asked.has(_COLORS) else 1 if asked.has(_GRAY) else None)
    if shape is not None:
        sizes = tuple(n or 1 for n in shape[-3:])
    elif two is not None or (side is not None and len(side) == 2):
        flat = tuple(n or 1 for n in (two or side or ()))
        sizes = (*flat, colors or 3)
    elif side is not None:
        sizes = side
    else:
        return None
    if max(sizes) > _LONGEST_SIDE or len(sizes) != 3:
        return None
    if sizes[0] in IMAGE_CHANNELS and sizes[2] not in IMAGE_CHANNELS:
        return _channels_in_front(sizes)
    lacks = ""
    if two is not None and shape is None:
        lacks = f"{two} lacks the channels: " if asked.has(_RIGHT_ASKED) else ""
    example = "" if shape is not None or len(side or ()) == 3 or colors else " (3 channels are an example: RGB)"
    counted = asked.parts.sizes("samples") if shape is None else ()
    count = next((number for number in counted if number not in sizes), None)
    every = f" All {count:,} of them are one array of shape {(count, *sizes)}." if count else ""
    sentence = (
        f"{lacks}Conv2D reads (batch, height, width, channels): input_shape={sizes}{example}, one image without the "
        f"batch.{every}"
    )
    layer = LayerSpec("Conv2D", "conv", (("filters", 8), ("kernel_size", 3)))
    spec = on_one_input((None, *sizes), layer, ("filters = 8", "kernel_size = 3")) if min(sizes[:2]) > 2 else None
    named = name_axes((None, *sizes), ("batch", "height", "width", "channels"), "the question")
    values: dict[str, Value] = dict(zip(("height", "width", "channels"), sizes, strict=True))
    return Told(sentence, spec, values, (named,))


def _row_by_row(asked: Asked) -> Told | None:
    """Pictures for a recurrent layer: each row is a step."""
    side = next((s for s in (*asked.sides, *asked.shapes) if len(s) in (2, 3) and None not in s), None)
    if side is None:
        return None
    height, width = side[-2:] if len(side) == 2 or (side[-1] or 0) > 4 else side[:2]
    given = side[2] if len(side) == 3 and (side[-1] or 0) <= 4 else channels_said(asked)
    features = (width or 1) * (given or 1)
    each = f"{width} x {given} = {features} numbers" if (given or 1) > 1 else f"{features} numbers"
    sentence = (
        f"{asked.layer} reads an image row by row: {height} rows are {height} timesteps, {each} in a row are "
        f"{features} features. So input_shape=({height}, {features}), and the data are (samples, {height}, "
        f"{features})."
    )
    spec = sequence_model(asked, height, features)
    named = name_axes((None, height, features), ("batch", "timesteps", "features"), "the question")
    values: dict[str, Value] = {"timesteps": height, "features": features, **({"channels": given} if given else {})}
    return Told(sentence, spec, values, (named,))


def _are_many(sizes: tuple[int, ...], asked: Asked) -> bool:
    """``(60000, 28, 28)``: so many pictures of one gray value per pixel."""
    count, height, width = sizes
    if width in IMAGE_CHANNELS or (count in IMAGE_CHANNELS and count != 1):
        return False
    return asked.layer == "Conv2D" and (count > 2 * max(height, width) or height == width != count)


def without_channels(sizes: tuple[int, ...]) -> Told:
    """Pictures in gray, as MNIST's: the axis of the channels is missing."""
    count, height, width = sizes
    sentence = (
        f"{sizes} lacks the channels: {count:,} images of {height} x {width}, with one gray value for each pixel. "
        f"x[..., None] makes ({count}, {height}, {width}, 1), and Conv2D reads (batch, height, width, channels): "
        f"input_shape=({height}, {width}, 1)."
    )
    sample = (height, width, 1)
    layer = LayerSpec("Conv2D", "conv", (("filters", 8), ("kernel_size", 3)))
    spec = on_one_input((None, *sample), layer, ("filters = 8", "kernel_size = 3")) if min(height, width) > 2 else None
    named = name_axes((count, *sample), ("samples", "height", "width", "channels"), "with the channels")
    values: dict[str, Value] = {"samples": count, "height": height, "width": width, "channels": 1}
    return Told(sentence, spec, values, (named,))


def _of_torch(shape: Sizes) -> bool:
    """``(32, 1, 28, 28)``: the channels are right after the batch."""
    return shape[1] in IMAGE_CHANNELS and shape[3] not in IMAGE_CHANNELS


def _channels_in_front(sizes: tuple[int, ...], batch: int | None = None) -> Told:
    """Images as PyTorch keeps them: Keras reads the channels last."""
    many = "samples" if batch is None else batch
    last = (*sizes[1:], sizes[0])
    sentence = (
        f"Keras reads the channels last, and {sizes} has its {sizes[0]} in front. np.moveaxis(x, 1, -1) turns a batch "
        f"({many}, {', '.join(map(str, sizes))}) into ({many}, {', '.join(map(str, last))}), for input_shape={last}. "
        'data_format="channels_first" in each layer reads them as they are, on a GPU.'
    )
    layer = LayerSpec("Conv2D", "conv", (("filters", 8), ("kernel_size", 3)))
    spec = on_one_input((None, *last), layer, ("filters = 8", "kernel_size = 3")) if min(last[:2]) > 2 else None
    named = name_axes((None, *sizes), ("batch", "channels", "height", "width"), "the question")
    values: dict[str, Value] = dict(zip(("height", "width", "channels"), last, strict=True))
    return Told(sentence, spec, values, (named,))
