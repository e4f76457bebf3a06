"""Kernels of a file that don't fit a convolution: other colors, filters first, channels and filters exchanged."""

from __future__ import annotations

from explainers.core.finding import Change, Finding
from explainers.core.mistakes.kit.mending.kernels import TURN_IT, code_to_turn, filters_last
from explainers.core.spec import Sizes
from explainers.core.words import agreeing


def last_of_kernel(class_name: str | None) -> tuple[str, str]:
    """What the last two axes of a kernel are: a transposed convolution has them the other way round."""
    name = class_name or ""
    if name.startswith("Depthwise"):
        return ("channels", "depth_multiplier")
    return ("filters", "channels") if name.endswith("Transpose") else ("channels", "filters")


def of_a_kernel(expected: Sizes | None, found: Sizes | None) -> tuple[Change, ...]:
    """By the order of its axes; nothing for one that is in order."""
    if not expected or not found or expected == found:
        return ()
    if len(found) > 2 and found == (*expected[:-2], expected[-1], expected[-2]):
        return (_EXCHANGED,)
    return (Change(TURN_IT, code=code_to_turn(found)),) if filters_last(found, expected) != found else ()


_EXCHANGED = Change(
    "Use the same kind of layer: Conv2D keeps (…, channels, filters), Conv2DTranspose (…, filters, channels).",
    code="kernel = kernel.swapaxes(-1, -2)  # only if one of them really is a Conv2DTranspose",
    means="If both are a Conv2D, the weights belong to a different layer: here channels and filters are exchanged.",
)


def of_colors(finding: Finding) -> tuple[Change, ...]:
    """A first kernel for three colors, and a model for gray images, or the other way round."""
    expected, found = finding.shape("expected"), finding.shape("found")
    turned = filters_last(found, expected) if expected and found else None
    if not expected or not turned or len(expected) != 4 or len(turned) != 4:
        return ()
    ours, theirs = expected[2], turned[2]
    if (*expected[:2], expected[3]) != (*turned[:2], turned[3]) or {ours, theirs} - {1, 3, 4} or ours == theirs:
        return ()
    label = (
        f"Build the model for {theirs} channel(s), like the one that these weights come from, and give the images as "
        "many."
    )
    code = (
        "x = np.repeat(x, 3, axis=-1)  # gray images as three equal channels"
        if (ours, theirs) == (1, 3)
        else f"x = x[..., :{theirs}]"
    )
    return (
        Change(
            agreeing(label),
            code=f"keras.Input(shape=(height, width, {theirs}))\n{code}",
            means=f"This kernel reads the colors of the image: the weights {theirs}, your model {ours}.",
        ),
        Change(
            "Or train the first layer again, and load the others.", code="model.load_weights(path, skip_mismatch=True)"
        ),
    )
