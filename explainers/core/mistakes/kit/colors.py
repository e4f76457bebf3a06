"""Trained weights of Keras' applications: made for pictures of three colors, and some for one size and its classes."""

# ruff: noqa: E501  (a wording stands on one line, as it is printed)

from __future__ import annotations

from explainers.core.finding import Change, Finding, Value
from explainers.core.mistakes.kit.sheet import Family, Said, nothing_live
from explainers.core.spec import Sizes

COLORS = 3


def _sizes(finding: Finding) -> tuple[Sizes, Sizes]:
    return finding.shape("expected") or (), finding.shape("found") or ()


def _advice(finding: Finding, dims: dict[str, Value]) -> tuple[Change, ...]:
    """Three channels in front of the trained weights; another size without the classifier; or no trained weights."""
    expected, found = _sizes(finding)
    last = found[-1] if found else None
    changes: list[Change] = []
    if last is not None and last != COLORS:
        shape = (*found[:-1], COLORS)
        gray = last == 1
        changes.append(
            Change(
                "Declare three channels, and repeat the gray one in your data."
                if gray
                else "Keep only three channels of your data.",
                code=f"input_shape={shape}\nx = np.repeat(x, 3, axis=-1)"
                if gray
                else f"input_shape={shape}\nx = x[..., :3]",
                means="The trained weights of the first layer read red, green and blue.",
            )
        )
        if gray:
            changes.append(
                Change(
                    "Or let a layer turn one channel into three.",
                    code=f"inputs = keras.Input(shape={found})\nx = layers.Concatenate()([inputs, inputs, inputs])\nx = base(x)  # base: made with input_shape={shape}",
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
    changes.append(
        Change(
            "Or start without trained weights: then any shape is taken.",
            code="weights=None",
            means="Everything is then learned from your data.",
        )
    )
    return tuple(changes)


def _words(finding: Finding) -> dict[str, str]:
    found = finding.shape("found")
    return {"channels": str(found[-1])} if found and found[-1] != COLORS else {}


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
    names=lambda finding, role, sizes: ("height", "width", "channels") if len(sizes) == 3 else None,
    advice=_advice,
    live=nothing_live,
    title="Trained weights expect images of a different shape",
)
