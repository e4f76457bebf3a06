"""Trained weights of Keras' applications: made for pictures of three colors, and some for one size and its classes."""

# ruff: noqa: E501  (a wording stands on one line, as it is printed)

from __future__ import annotations

from explainers.core.axes import IMAGE_CHANNELS
from explainers.core.finding import Change, Finding, Value, written
from explainers.core.mistakes.kit.sheet import Family, Said, nothing_live
from explainers.core.spec import Sizes

COLORS = 3
LEAST_SIDE = 32  # of an image for a network of keras.applications; some take only larger ones
MOST_CHANNELS = max(IMAGE_CHANNELS)
SMALLEST = 8  # a side of a picture; fewer rows are samples


_LARGE = 32  # a height of 3 behind the batch would be odd where the other sides are at least as long


def channels_first(sizes: Sizes) -> bool:
    """(64, 3, 32, 32): pictures as PyTorch and Theano hold them, their colors in front."""
    if len(sizes) != 4 or sizes[1] not in IMAGE_CHANNELS or sizes[-1] in IMAGE_CHANNELS:
        return False
    shortest = min(n or 0 for n in sizes[2:])
    return (sizes[2] == sizes[3] and shortest >= SMALLEST) or (sizes[1] == COLORS and shortest >= _LARGE)


def front_names(sizes: Sizes) -> tuple[str, ...]:
    """The axes of pictures, films or volumes whose channels stand in front of their sides; () for others."""
    if channels_first(sizes):
        return ("batch", "channels", "height", "width")
    if len(sizes) == 5 and channels_first((sizes[0], *sizes[2:])):
        return ("batch", "frames", "channels", "height", "width")
    if len(sizes) == 5 and sizes[1] != MOST_CHANNELS and channels_first((sizes[0], sizes[1], *sizes[3:])):
        return ("batch", "channels", "depth", "height", "width")
    return ()


def colors_in_front(sizes: Sizes) -> bool:
    """(None, 1, 28, 20) and (None, 3, 32, 30, 16): colors right after the batch, and sides of any lengths behind them.

    For a layer whose window found no room in the axis of the colors: other axes may be as short.
    """
    if len(sizes) not in (4, 5) or None in sizes[1:] or sizes[1] not in IMAGE_CHANNELS or sizes[-1] in IMAGE_CHANNELS:
        return False
    return min(n or 0 for n in sizes[2:]) >= SMALLEST


def one_picture(sizes: Sizes) -> bool:
    """(600, 400, 3): a height, a width and colors, without a batch."""
    return (
        len(sizes) == 3
        and None not in sizes
        and sizes[2] in IMAGE_CHANNELS
        and min(n or 0 for n in sizes[:2]) >= SMALLEST
    )


_MOST_FRAMES = 64  # of one film; more pictures are samples


def one_film(sizes: Sizes) -> bool:
    """(16, 112, 112, 3): pictures with channels, few enough to be the frames (or the slices) of one sample."""
    return one_picture(sizes[1:]) and (sizes[0] or 0) <= _MOST_FRAMES


def _sizes(finding: Finding) -> tuple[Sizes, Sizes]:
    return finding.shape("expected") or (), finding.shape("found") or ()


def _advice(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """Three channels in front of the trained weights; another size without the classifier; or no trained weights."""
    expected, found = _sizes(finding)
    if _first(found):
        return _moved(finding, found)
    last = found[-1] if found else None
    changes: list[Change] = []
    if last is not None and last != COLORS:
        small = min((n for n in found[:-1] if n is not None), default=LEAST_SIDE) < LEAST_SIDE
        shape = (*(max(n or LEAST_SIDE, LEAST_SIDE) if small else n for n in found[:-1]), COLORS)
        gray = last == 1
        larger = f"\nx = keras.ops.image.resize(x, {shape[:-1]})" if small else ""
        changes.append(
            Change(
                "Declare three channels, and repeat the gray one in your data."
                if gray
                else "Keep only three channels of your data.",
                code=f"input_shape={shape}\nx = np.repeat(x, 3, axis=-1){larger}"
                if gray
                else f"input_shape={shape}\nx = x[..., :3]{larger}",
                means="The trained weights of the first layer read red, green and blue."
                + (
                    f" These networks take images of {LEAST_SIDE} × {LEAST_SIDE} or more; some need larger ones."
                    * small
                ),
            )
        )
        if gray:
            changes.append(
                Change(
                    "Or let a layer turn one channel into three.",
                    code=f"inputs = keras.Input(shape={found})\nx = layers.Concatenate()([inputs, inputs, inputs])\n"
                    + f"x = layers.Resizing({shape[0]}, {shape[1]})(x)\n" * small
                    + f"x = base(x)  # base: made with input_shape={shape}",
                )
            )
    elif expected and found and expected != found:
        changes.append(
            Change(
                "Leave out the classifier at the top: its Dense layers work for that one size only.",
                code=f"include_top=False, input_shape={found}",
                means="Put your own Dense after it, with as many units as you have classes.",
            )
        )
        changes.append(
            Change(
                f"Or resize the images to {expected[0]} × {expected[1]}.",
                code=f"layers.Resizing({expected[0]}, {expected[1]})",
            )
        )
    untrained = "weights=None" in finding.around.replace(" ", "")
    changes.append(
        Change(
            "Today's Keras takes any number of channels with weights=None."
            if untrained
            else "Or start without trained weights: then any shape is taken.",
            code=f"weights=None, input_shape={found}" if untrained and found else "weights=None",
            means="Everything is then learned from your data.",
        )
    )
    return tuple(reversed(changes)) if untrained else tuple(changes)


def _first(found: Sizes) -> bool:
    """(1, 128, 128): the channels in front, as Theano had them."""
    return channels_first((None, *found))


def _moved(finding: Finding, found: Sizes) -> tuple[Change, ...]:
    """The channels behind, where Keras reads them; and three of them for trained weights."""
    shape, gray = (*found[1:], found[0]), found[0] == 1
    untrained = "weights=None" in finding.around.replace(" ", "")
    colors = (*found[1:], COLORS)
    repeated = gray and not untrained
    return (
        Change(
            "Put the channels last, in the data and in input_shape"
            + (", and repeat the gray one." if repeated else "."),
            code=f"x = np.moveaxis(x, 1, -1){'.repeat(3, axis=-1)' if repeated else ''}\n"
            f"input_shape={colors if repeated else shape}",
            means=f"{written(found)} becomes {written(shape)}"
            + (
                f", then {written(colors)}."
                if repeated
                else ". Today's Keras takes one channel with weights=None."
                if gray
                else "."
            ),
        ),
    )


def _words(finding: Finding) -> dict[str, str]:
    found = finding.shape("found")
    if found and _first(found):
        return {"in_front": str(found[0]), "channels": str(found[-1])}
    return {"channels": str(found[-1])} if found and found[-1] != COLORS else {}


def _names(finding: Finding, role: str, sizes: Sizes) -> tuple[str, ...] | None:
    if len(sizes) != 3:
        return None
    return ("channels", "height", "width") if _first(sizes) else ("height", "width", "channels")


def _larger(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """Pictures that are large enough to be halved as often as the network halves them."""
    found, sides = finding.shape("found"), (finding.number("left"), finding.number("right"))
    colors = found[-1] if found and len(found) == 3 else COLORS
    shape = (*sides, colors)
    return (
        Change(
            f"Enlarge the images before they reach it: {sides[0]} × {sides[1]} or more.",
            code=f"inputs = keras.Input(shape={found or '(…)'})\nx = layers.Resizing({sides[0]}, {sides[1]})(inputs)\n"
            f"x = base(x)  # base: made with input_shape={shape}",
        ),
        Change("Or use your own small network: images of this size need fewer pooling layers.",
               code='layers.Conv2D(32, 3, padding="same"), layers.MaxPooling2D()'),
    )  # fmt: skip


DECODED = Family(
    sees=("decode_predictions",),
    says=("decode_predictions<`>? expects a batch of predictions (i.e. a 2D array of shape ...Found array with shape: {found:shape}",),
    causes=(
        "decode_predictions knows the names of the 1000 classes of ImageNet, so it reads (samples, 1000); your model returns "
        "{found}.",
    ),
    weight=3,
    names=lambda finding, role, sizes: ("batch", "classes") if len(sizes) == 2 else None,
    decides=lambda finding, said: "data_size",
    advice=lambda finding, dims: (
        Change("Name your own classes, in the order of their numbers.",
               code='names = ["cat", "dog"]  # yours\n'
               + ("print(names[int(pred[0, 0] > 0.5)])" if (finding.shape("found") or (0,))[-1] == 1 else "print(names[pred[0].argmax()])")),
    ),
    live=nothing_live,
    title="The predictions are of other classes than ImageNet's",
)  # fmt: skip

SMALLEST_PICTURE = Family(
    sees=("input size must be at least",),
    says=(
        "Input size must be at least {left}x{right}<;|.|,>? <got|Received:> <`>?input_shape={found:shape}",
        "Input size must be at least {left}x{right}",
    ),
    causes=(
        "This network halves the sides of its input several times, so it needs images of {left} × {right} or more; "
        "input_shape is {found}.",
        "This network halves the sides of its input several times, so it needs images of {left} × {right} or more.",
    ),
    weight=3,
    names=lambda finding, role, sizes: ("height", "width", "channels") if len(sizes) == 3 else None,
    decides=lambda finding, said: "kernel_exceeds_steps",
    advice=_larger,
    live=nothing_live,
    title="The images are too small for this network",
)


def _three(finding: Finding, said: Said) -> str | None:
    """The size alone, where the channels are three."""
    expected, found = _sizes(finding)
    return "data_size" if expected and found and expected[-1] == found[-1] else None


COLORS_OF_WEIGHTS = Family(
    sees=("must have 3 channels", "loading `imagenet` weights", "must have 3 input channels"),
    says=(
        "The input must have 3 channels; Received `input_shape={found:shape}`",
        "The input must have 3 channels; got `input_shape={found:shape}`",
        "When setting ?<`>?include_top=True<`>? and loading `imagenet` weights, `input_shape` should be {expected:shape}. Received: input_shape={found:shape}",
        "When setting ?<`>?include_top=True<`>? and loading `imagenet` weights, `input_shape` should be {expected:shape}",
        "The input must have 3 channels",
    ),
    causes=(
        "input_shape={found} has its {in_front} channel(s) first; Keras reads (height, width, channels), so it "
        "counts {channels} channels where 3 are needed.",
        'weights="imagenet" were trained on color images, so they read 3 channels; input_shape={found} has {channels}.',
        (
            'weights="imagenet" with include_top=True are made for images of {expected}: the classifier at the top '
            "takes no other size. input_shape is {found}."
        ),
        'weights="imagenet" with include_top=True are made for images of {expected}; input_shape is a different one.',
        'weights="imagenet" were trained on color images, so they read 3 channels.',
    ),
    weight=3,
    decides=_three,
    words=_words,
    names=_names,
    advice=_advice,
    live=nothing_live,
    title="Trained weights expect images of a different shape",
)


def lacks_frames(axes: tuple[str, ...], found: Sizes) -> bool:
    """Whether pictures with their channels reach a layer that reads frames of them, or a depth."""
    pictures = len(axes) == 5 and axes[-1] == "channels" and len(found) == 4
    return pictures and 0 < (found[-1] or 0) <= MOST_CHANNELS < (found[-2] or 0)
