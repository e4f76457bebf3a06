"""Images of another size than a model was declared for: what a Flatten behind them says, and patches of them."""

# ruff: noqa: E501  (a pattern stands on one line)

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from explainers.core.finding import Change, Finding, Value, written
from explainers.core.mistakes.kit.sheet import Said
from explainers.core.spec import Sizes

_FED = re.compile(r"Arguments received by (?:Sequential|Functional|\w{1,60})\.call\(\).{0,80}?inputs=.{0,60}?shape=")


_SIDES_COUNT = ("height and width count", "a different height or width")
_STEPS_COUNT = ("the timesteps count", "a different number of them")
_FLAT = 256  # numbers of a flattened feature map; fewer are most often columns


def with_fed_data(finding: Finding, said: Said) -> Finding:
    """What went into the model, which Keras prints behind the message: the layer inside got what became of it."""
    behind = _FED.search(said.near(0, 600))
    shape = (
        re.match(r"\((?:None|\d{1,9})(?:, (?:None|\d{1,9})){1,5},?\)", said.near(0, 700)[behind.end() :])
        if behind
        else None
    )
    if shape is None:
        return finding
    sizes = tuple(None if size == "None" else int(size) for size in re.findall(r"None|\d{1,9}", shape[0]))
    return replace(finding, named={**finding.named, "fed": (sizes,)})


def _declared_sides(finding: Finding) -> tuple[int, int] | None:
    """The sides for which the model was declared, by what a Flatten gives and what it should give."""
    fed, found, wanted = finding.shape("fed"), finding.shape("found"), finding.number("right")
    if not fed or len(fed) != 4 or not found or len(found) != 2 or not found[1] or not wanted or None in fed[1:]:
        return None
    up, down = math.isqrt(found[1] * wanted), wanted  # the square root of found / wanted is up / down
    if up * up != found[1] * wanted or up == down:
        return None
    sides = [divmod((side or 0) * down, up) for side in fed[1:3]]
    return None if any(rest for _, rest in sides) else (sides[0][0], sides[1][0])


def _as_large(finding: Finding) -> Fraction | None:
    """How many times as long the sides of the images are, by two flat lengths alone: the root of their ratio."""
    return _longer(finding.shape("found"), finding.number("right"))


def _longer(found: Sizes | None, wanted: int | None) -> Fraction | None:
    if (
        not found
        or len(found) != 2
        or not found[1]
        or not wanted
        or min(found[1], wanted) < _FLAT
        or found[1] == wanted
    ):
        return None
    ratio = Fraction(found[1], wanted)
    up, down = math.isqrt(ratio.numerator), math.isqrt(ratio.denominator)
    return Fraction(up, down) if up * up == ratio.numerator and down * down == ratio.denominator else None


def sides_in_words(finding: Finding) -> dict[str, str]:
    """``65536 is 4 times 16384: …``, where the data are pictures."""
    sides, fed, found = _declared_sides(finding), finding.shape("fed"), finding.shape("found")
    times = f"{(found[1] or 0) / (finding.number('right') or 1):.3g}" if found and len(found) == 2 else ""
    if sides is not None and fed:
        return {"declared": f"{sides[0]} × {sides[1]}", "pictures": f"{fed[1]} × {fed[2]}", "times": times}
    if fed and len(fed) in (3, 4) and found and len(found) == 2:
        counted, another = _SIDES_COUNT if len(fed) == 4 else _STEPS_COUNT
        return {"of_data": written(fed), "counted": counted, "another": another}
    longer = _as_large(finding)
    if longer is None:
        return {}
    return {"longer": str(longer), "times": times, "larger": "larger" if longer > 1 else "smaller"}


def width_in_words(finding: Finding) -> dict[str, str]:
    """``28 × 28``, where the layer was made for as many numbers as a whole sample has; and the sides of pictures."""
    found, wanted = finding.shape("found"), finding.number("right")
    flat = found is not None and wanted is not None and laid_flat(found, wanted)
    product = {"product": " × ".join(map(str, found[1:]))} if found and flat else {}
    return {**product, **sides_in_words(finding)}


def laid_flat(found: Sizes, wanted: int) -> bool:
    """Whether the axes of one sample hold just so many numbers."""
    return len(found) > 2 and math.prod(size or 0 for size in found[1:]) == wanted


_USED = re.compile(r"\bpredict|load_model|\bsaved?\b|trained (?:on|with)|inference|\bweb ?cam|\bphoto\b", re.IGNORECASE)


def resized(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """Declare the model for the data as they are, or make images as large as it was declared for."""
    sides, fed = _declared_sides(finding), finding.shape("fed")
    used = _USED.search(finding.around) is not None
    if sides is None:
        flat = len(finding.shape("found") or ()) == 2
        return _by_the_ratio(finding, used) if not fed else _declared_for(fed) if flat else ()
    if not fed:
        return ()
    both = (
        Change(
            f"Declare the model for images of your size: {fed[1]} × {fed[2]}.",
            code=f"keras.Input(shape={tuple(fed[1:])})",
            means="The layers after the Flatten get larger weights, so the model has to be trained again."
            if sides[0] * sides[1] < (fed[1] or 0) * (fed[2] or 0)
            else "The layers after the Flatten get smaller weights, so the model has to be trained again.",
        ),
        Change(
            f"Resize the images to what the model was declared for: {sides[0]} × {sides[1]}.",
            code=f"x = layers.Resizing({sides[0]}, {sides[1]})(x)",
            means="The weights stay.",
        ),
    )
    return both[::-1] if used else both


def _declared_for(fed: Sizes) -> tuple[Change, ...]:
    """An Input for the data that went into the model, where no side says for which others it was declared."""
    if len(fed) not in (3, 4) or None in fed[1:]:
        return ()
    return (
        Change(
            f"Declare the model for your data: {written(fed[1:])}.",
            code=f"keras.Input(shape={written(fed[1:])})",
            means="It gets new weights, so it has to be trained again. Or bring the data to the shape that "
            "model.input_shape shows.",
        ),
    )


def _by_the_ratio(finding: Finding, used: bool) -> tuple[Change, ...]:
    """Two flat lengths whose ratio is a square: images of another size, whose sizes only the text may give."""
    if _as_large(finding) is None:
        return ()
    given = dict.fromkeys(sides_given(finding.around)) if used else {}
    size = f"({', '.join(map(str, next(iter(given))))})" if len(given) == 1 else "model.input_shape[1:3]"
    label = "Resize the images to the size that the model was built for."
    resize = Change(label, code=f"x = keras.ops.image.resize(x, {size})",
                    means="The weights stay. model.input_shape shows the size, (batch, height, width, channels).")  # fmt: skip
    found, layer = finding.shape("found") or (0,), finding.layer or "the layer"
    declare = Change(  # as `built_for_what_comes` calls it, which is tried
        f"Declare the Input for your data: then {layer} is made for {found[-1]}.",
        code="keras.Input(shape=x.shape[1:])",
        means="The layers after the Flatten get other weights, so the model has to be trained again.",
    )
    return (resize, declare) if used else (declare, resize)


_OF_IMAGES = re.compile(r"\bimages?\b|\bcrops?\b|pixel|photo|Conv\d?|Flatten|\bcnn\b|target_size", re.IGNORECASE)


def of_a_product(finding: Finding) -> tuple[Change, ...]:
    """A flat vector and a kernel whose lengths are the squares of two sides, in a text about images."""
    both = finding.named.get("both", ())[:2] or (finding.shape("left_shape") or (), finding.shape("right_shape") or ())
    if len(both) != 2 or [len(sizes) for sizes in both] != [2, 2] or not _OF_IMAGES.search(finding.around):
        return ()
    came, wanted = both[0][1], both[1][0]
    longer = _longer(both[0], wanted)
    if longer is None:
        return ()
    sides = sorted(dict.fromkeys(sides_given(finding.around)))
    meant = sides[:: 1 if longer > 1 else -1][0] if 1 <= len(sides) <= 2 else None
    size = f"({meant[0]}, {meant[1]})" if meant is not None else "model.input_shape[1:3]"
    told = f" {meant[0]} × {meant[1]}" if meant is not None else " the size that the model was built for"
    return (
        Change(
            f"Resize the images to{told}.",
            code=f"x = keras.ops.image.resize(x, {size})",
            means=f"{came} is {(came or 0) / (wanted or 1):.3g} times {wanted}: after a Flatten height and width both "
            f"count, and each is {longer} times as long. The weights stay.",
        ),
        Change(
            "Or let a global pooling replace the Flatten: the Dense then fits images of any size.",
            code="layers.GlobalAveragePooling2D()",
            means="The Dense gets new weights, so the model has to be trained again.",
        ),
    )


def of_patches(expected: Sizes | None, found: Sizes | None) -> tuple[Change, ...]:
    """(None, 256, 3072) for images of (512, 512, 3): each was cut into patches before it reached the model."""
    if not expected or not found or len(expected) != 4 or len(found) != 3 or None in (*expected[1:], *found[1:]):
        return ()
    height, width, colors = (n or 1 for n in expected[1:])
    patches, numbers = (n or 1 for n in found[1:])
    side = math.isqrt(numbers // colors)
    if patches * numbers != height * width * colors or side * side * colors != numbers or side < 2 or height % side:
        return ()
    return (
        Change(
            "Pass whole images: this model reads them as they are.",
            code="model.fit(images, y)  # not the patches",
            means=f"{patches} patches of {side} × {side} × {colors} = {numbers} numbers make one image of {height} × "
            f"{width}.",
        ),
        Change("Or use a model that reads patches.", code=f"keras.Input(shape={tuple(found[1:])})",
               means="A vision transformer reads them as a sequence."),
    )  # fmt: skip


_SIDES = (
    re.compile(r"\(\s{0,3}(?:(?:None|\d{1,7}), ?)?(?P<height>\d{2,5}), ?(?P<width>\d{2,5}), ?[134]\s{0,3}\)"),
    re.compile(r"(?:shape|size)\s{0,3}=\s{0,3}\(\s{0,3}(?P<height>\d{2,5}), ?(?P<width>\d{2,5})(?:, ?[134])?\s{0,3}\)"),
    re.compile(
        r"height\s{0,3}[=:]\s{0,3}(?P<height>\d{2,5}).{1,40}?width\s{0,3}[=:]\s{0,3}(?P<width>\d{2,5})", re.IGNORECASE
    ),
    re.compile(r"\b(?P<height>\d{2,4}) ?[x×*] ?(?P<width>\d{2,4})\b"),
)
_A_NETWORK = re.compile(r"\b(?:Conv|MaxPool|UpSampling)\w{0,12}\(")
_HALVINGS = 5  # of most networks for images: 2 × 2 × 2 × 2 × 2 = 32


def divisible(text: str) -> tuple[Change, ...]:
    """Images whose sides can be halved often enough: the sides that a text gives, and the nearest that can.

    Nothing for a text that holds the network: then the sizes are tried with it.
    """
    step = 2**_HALVINGS
    if _A_NETWORK.search(text):
        return ()
    for sides in sides_given(text):
        if min(sides) < step or all(side % step == 0 for side in sides):
            continue
        less = tuple(max(step, side // step * step) for side in sides)
        more = tuple(-(-side // step) * step for side in sides)
        return (
            Change(
                f"Use images whose sides can be halved {_HALVINGS} times: {more[0]} × {more[1]}, or {less[0]} × {less[1]}.",
                code=f"images = keras.ops.image.resize(images, {more})\n"
                f'masks = keras.ops.image.resize(masks, {more}, interpolation="nearest")',
                means=f"{sides[0]} × {sides[1]} leaves a rest on the way down: both sides must be multiples of {step}.",
            ),
        )
    return ()


def sides_given(text: str) -> Iterator[tuple[int, int]]:
    """The sides of images that a text gives: as a shape, as an argument, or as 512 x 512."""
    for form in _SIDES:
        for at in form.finditer(text[:4000]):
            yield int(at["height"]), int(at["width"])


def halved_without_a_rest(text: str, size: int) -> tuple[int, int] | None:
    """A side that the text gives and how often it is halved to a size: 512, halved 3 times, is 64."""
    for side in (side for sides in sides_given(text) for side in sides):
        times, rest = divmod(side, size)
        if size > 1 and not rest and times > 1 and times & (times - 1) == 0:
            return side, times.bit_length() - 1
    return None


def multiples() -> tuple[Change, ...]:
    """The same, where the text gives no sides."""
    step = 2**_HALVINGS
    return (
        Change(
            f"Use images whose sides can be halved at every level: multiples of {step}, like 256 or 320.",
            code=f"side // {step} * {step}  # for {_HALVINGS} levels",
        ),
    )
