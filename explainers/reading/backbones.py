"""The models of keras.applications, as a text asks for them: their arguments and the shapes that come out.

Nothing here loads Keras. What isn't known here (pictures whose sides aren't multiples of 32, the middle of a model) is
left open; the live model says it (`build_backbone.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from explainers.core.mistakes.kit.colors import LEAST_SIDE
from explainers.core.spec import LayerSpec, Sizes

PREFIX = "applications."  # begins the class of such a layer in a spec
ENDS = "ends"  # the argument that says which of its layers give an output; "" is the last one
SHRINKS = 32  # times a picture's sides are smaller behind one


@dataclass(frozen=True)
class Backbone:
    """channels: those that come out. least: the smallest side that it takes.

    side: of the pictures that it was trained on; None where it takes others, too. whole: whether each side that is a
    multiple of 32 becomes 1/32 of it; others lose their borders on the way.
    """

    channels: int
    side: int | None = 224
    whole: bool = True
    least: int = LEAST_SIDE


_DENSE = {"DenseNet121": 1024, "DenseNet169": 1664, "DenseNet201": 1920}
_CONVNEXT = {"Tiny": 768, "Small": 768, "Base": 1024, "Large": 1536, "XLarge": 2048}
_RESNETS = ("ResNet50", "ResNet101", "ResNet152", "ResNet50V2", "ResNet101V2", "ResNet152V2")
_EFFICIENT = (
    (1280, 224), (1280, 240), (1408, 260), (1536, 300), (1792, 380), (2048, 456), (2304, 528), (2560, 600),
)  # fmt: skip
_EFFICIENT_V2 = {
    "B0": (1280, 224), "B1": (1280, 240), "B2": (1408, 260), "B3": (1536, 300),
    "S": (1280, 384), "M": (1280, 480), "L": (1280, 480),
}  # fmt: skip
BACKBONES: Mapping[str, Backbone] = {
    "VGG16": Backbone(512),
    "VGG19": Backbone(512),
    "MobileNet": Backbone(1024),
    "MobileNetV2": Backbone(1280),
    "MobileNetV3Small": Backbone(576, None),
    "MobileNetV3Large": Backbone(960, None),
    "InceptionV3": Backbone(2048, 299, whole=False, least=75),
    "InceptionResNetV2": Backbone(1536, 299, whole=False, least=75),
    "Xception": Backbone(2048, 299, whole=False, least=71),
    "NASNetMobile": Backbone(1056),
    "NASNetLarge": Backbone(4032, 331),
    **{name: Backbone(2048) for name in _RESNETS},
    **{name: Backbone(channels) for name, channels in _DENSE.items()},
    **{f"ConvNeXt{name}": Backbone(channels) for name, channels in _CONVNEXT.items()},
    **{f"EfficientNetB{i}": Backbone(*facts) for i, facts in enumerate(_EFFICIENT)},
    **{f"EfficientNetV2{name}": Backbone(*facts) for name, facts in _EFFICIENT_V2.items()},
}
ARGUMENTS = (  # those that are read; a text with another one has a gap there
    "include_top", "weights", "input_tensor", "input_shape", "pooling", "classes", "classifier_activation", "alpha",
    "depth_multiplier", "dropout", "minimalistic", "include_preprocessing", "name",
)  # fmt: skip
WIDER = ("alpha", "depth_multiplier", "minimalistic")  # arguments that change how many channels come out


def backbone_of(layer: LayerSpec) -> Backbone | None:
    """The facts of such a layer; None for any other."""
    return BACKBONES.get(layer.class_name.removeprefix(PREFIX)) if is_backbone(layer) else None


def is_backbone(layer: LayerSpec) -> bool:
    """Whether it is a model of keras.applications."""
    return layer.class_name.startswith(PREFIX)


def ends_of(layer: LayerSpec) -> tuple[str | int, ...]:
    """The layers inside of it that give an output, by name or place; "" is the last one."""
    given = layer.get(ENDS)
    return tuple(end for end in given if isinstance(end, str | int)) if isinstance(given, tuple) else ("",)


def own_input(layer: LayerSpec) -> Sizes:
    """The shape that it takes, the batch axis first."""
    given, facts = layer.get("input_shape"), backbone_of(layer)
    if isinstance(given, tuple):
        return (None, *(n if isinstance(n, int) else None for n in given))
    side = facts.side if facts is not None and layer.get("include_top", True) else None
    return (None, side, side, 3)


def came_out(layer: LayerSpec, inputs: tuple[Sizes, ...]) -> tuple[Sizes, ...] | None:
    """The shape behind it; None where only the live model knows it."""
    facts, first = backbone_of(layer), inputs[0] if inputs else ()
    if facts is None or ends_of(layer) != ("",) or len(first) != 4:
        return None
    if layer.get("include_top", True):
        classes = layer.get("classes", 1000)
        return ((first[0], classes),) if isinstance(classes, int) else None
    if any(layer.get(argument) is not None for argument in WIDER):
        return None
    if layer.get("pooling") is not None:
        return ((first[0], facts.channels),)
    sides = [side for side in first[1:3] if side is not None and side % SHRINKS == 0]
    if len(sides) < 2 or not facts.whole:
        return None
    return ((first[0], *(side // SHRINKS for side in sides), facts.channels),)


def too_small(layer: LayerSpec) -> bool:
    """Whether the pictures that it is declared for are smaller than it takes."""
    facts = backbone_of(layer)
    sides = [side for side in own_input(layer)[1:3] if side is not None]
    return facts is not None and bool(sides) and min(sides) < facts.least
