"""Models of keras.applications in pasted programs: their facts, shapes and counts are Keras' own."""

from __future__ import annotations

import keras
import pytest

from explainers.core.building import shapes_alone
from explainers.reading.backbones import BACKBONES, PREFIX, came_out
from explainers.reading.diagnosing import diagnose
from explainers.reading.patching.patch import applied

HEAD = "import numpy as np\nimport keras\nfrom keras import layers\nfrom keras.applications import VGG16, MobileNetV2\n"
SMALL = ("VGG16", "MobileNetV2", "MobileNetV3Small")


def made(name: str, **arguments: object) -> keras.Model:
    """Keras' own, without numbers in its weights."""
    with shapes_alone():
        model: keras.Model = getattr(keras.applications, name)(weights=None, **arguments)
    return model


def test_every_backbone_of_keras_is_known() -> None:
    assert set(BACKBONES) == {name for name in dir(keras.applications) if name[0].isupper()}


@pytest.mark.parametrize(
    "name", [*SMALL, *(pytest.param(name, marks=pytest.mark.long) for name in BACKBONES if name not in SMALL)]
)
def test_the_facts_are_those_of_keras(name: str) -> None:
    from explainers.core.spec import LayerSpec

    shape = (160, 96, 3)
    layer = LayerSpec(f"{PREFIX}{name}", "base", (("include_top", False), ("input_shape", shape)))
    real = made(name, include_top=False, input_shape=shape)
    known = came_out(layer, ((None, *shape),))
    assert known in (None, (real.output_shape,))
    assert known is not None or not BACKBONES[name].whole
    assert real.output_shape[-1] == BACKBONES[name].channels
    assert made(name).input_shape == (None, BACKBONES[name].side, BACKBONES[name].side, 3)
    least = BACKBONES[name].least
    with pytest.raises(ValueError, match="at least"):
        made(name, include_top=False, input_shape=(least - 1, least + 3, 3))


BASE = "base = MobileNetV2(include_top=False, weights='imagenet', input_shape=(64, 96, 3){more})\n"
TAIL = "x = layers.Dense(7)({x})\nmodel = keras.Model({inputs}, x)\n"
WAYS = {
    "its output": BASE.format(more="")
    + TAIL.format(x="layers.GlobalAveragePooling2D()(base.output)", inputs="base.input"),
    "pooled": BASE.format(more=", pooling='max'") + TAIL.format(x="base.output", inputs="base.input"),
    "called": BASE.format(more="")
    + "inp = keras.Input((64, 96, 3))\n"
    + TAIL.format(x="layers.GlobalMaxPooling2D()(base(inp, training=False))", inputs="inp"),
    "in a Sequential": BASE.format(more="")
    + "model = keras.Sequential([base, layers.GlobalAveragePooling2D(), layers.Dense(7)])\n",
    "on a tensor": "inp = keras.Input((64, 96, 3))\n"
    "base = MobileNetV2(include_top=False, input_tensor=inp, pooling='avg')\n"
    + TAIL.format(x="base.layers[-1].output", inputs="inp"),
    "frozen": BASE.format(more="")
    + "for layer in base.layers[:-4]:\n    layer.trainable = False\n"
    + TAIL.format(x="layers.Flatten()(base.output)", inputs="base.inputs"),
}


@pytest.mark.parametrize("text", WAYS.values(), ids=WAYS)
def test_a_program_with_one_has_its_true_count(text: str) -> None:
    told = diagnose(HEAD + text)
    pooled = "Flatten" not in text
    own = made("MobileNetV2", include_top=False, input_shape=(64, 96, 3)).count_params()
    assert told.mistake is None
    assert told.model is not None
    assert told.model["total_params"] == own + ((1280 if pooled else 2 * 3 * 1280) + 1) * 7
    assert told.unread == ()


def test_what_stands_behind_the_outputs_that_are_read_is_not_counted() -> None:
    text = (
        "base = VGG16(include_top=False, input_shape=(64, 96, 3))\n"
        "skip = base.get_layer('block2_pool').output\n"
        "model = keras.Model(base.input, layers.Conv2D(5, 1)(skip))\n"
    )
    real = made("VGG16", include_top=False, input_shape=(64, 96, 3))
    part = keras.Model(real.input, real.get_layer("block2_pool").output).count_params()
    told = diagnose(HEAD + text)
    assert told.model is not None
    assert told.model["total_params"] == part + (128 + 1) * 5


def test_a_fix_is_tried_with_a_stand_in_and_says_so() -> None:
    text = (
        f"{HEAD}base = MobileNetV2(include_top=False, weights='imagenet', input_shape=(64, 64, 3))\n"
        "model = keras.Sequential([base, layers.Dense(7, activation='softmax')])\n"
        "model.compile('adam', 'sparse_categorical_crossentropy')\n"
        "model.fit(np.zeros((6, 64, 64, 3)), np.zeros((6,)))\n"
    )
    told = diagnose(text)
    assert told.mistake == "target_shape"
    assert told.fixes[0].tried is not None
    assert told.fixes[0].tried.ran
    assert "substitute for MobileNetV2" in told.fixes[0].means
    assert diagnose(applied(text, told.fixes[0].diff)).mistake is None


def test_pictures_that_are_too_small_are_scaled_up() -> None:
    text = (
        f"{HEAD}base = VGG16(include_top=False, input_shape=(28, 30, 3))\n"
        "x = layers.Flatten()(base.output)\nmodel = keras.Model(base.input, layers.Dense(5)(x))\n"
    )
    told = diagnose(text)
    assert told.mistake == "kernel_exceeds_steps"
    mended = diagnose(applied(text, told.fixes[0].diff))
    assert mended.mistake is None
    assert mended.spec is not None
    assert mended.spec.inputs[0].shape == (None, 28, 30, 3)
